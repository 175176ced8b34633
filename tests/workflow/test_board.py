"""The board and the list of programmes."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from sqlmodel import select

from tests.statements import noted
from tests.workflow.world import LAUNCH, OFFICE, World, local, ordos
from workflow import board, outline, overview, submissions
from workflow.acts import Actor
from workflow.board import Board, Counts, Filters
from workflow.launch import launch
from workflow.refusals import NotFound
from workflow.tables import Submission

NOW = local("2022-01-05 10:00")
KEY = "ordos-benchmarking-2022"
KJJ = Actor("联络员", "unit", "KJJ")
STRANGER = Actor("局外人", "unit", "OFFICE")


@pytest.fixture
def january(world: World) -> Iterator[World]:
    """The morning after the first deadline: one filed, one filed late, one waits for its leader, one exempt."""
    world.file("GAJ", now=local("2022-01-04 10:00"))
    world.hand_in("KJJ", now=local("2022-01-04 10:00"))
    with world.act(local("2022-01-04 11:00")) as act:
        submissions.exempt(act, world.id_of("MZJ"), comment="机构调整")
        submissions.extend(act, world.id_of("GXJ"), until=date(2022, 1, 10), comment="对象待确认")
    world.advance(NOW)
    world.file("SFJ", now=NOW)
    yield world


def look(world: World, filters: Filters = board.ALL, actor: Actor = OFFICE) -> Board:
    with world.look(NOW, actor) as act:
        return board.board(act, KEY, filters)


def cell_of(found: Board, unit: str, place: int = 0) -> board.Cell:
    cell = next(line.cells[place] for line in found.lines if line.unit.code == unit)
    assert cell is not None
    return cell


def test_board_counts_the_programme_and_each_column(january: World) -> None:
    found = look(january)
    first = Counts(draft=1, filed=2, overdue=57, exempt=1, filed_late=1)
    assert [column.counts for column in found.columns] == [first, Counts(draft=61), Counts(draft=61)]
    assert found.counts == Counts(draft=123, filed=2, overdue=57, exempt=1, filed_late=1)
    assert found.counts.total == 183
    assert (found.key, found.cycle, found.as_of) == (KEY, 2022, NOW)


def test_columns_stand_in_the_order_of_their_dates(january: World) -> None:
    columns = look(january).columns
    assert [(column.title, column.stage, column.due_date.isoformat()) for column in columns] == [
        ("报送建标学习对象", "建标阶段", "2022-01-04"),
        ("建立工作联系并开展专题调研", "对标阶段", "2022-02-10"),
        ("报送《对标创建工作方案》", "对标阶段", "2022-02-15"),
    ]
    assert columns[0].due_at == local("2022-01-05 00:00")


def test_units_stand_in_the_order_of_the_roster(january: World) -> None:
    found = look(january)
    assert [line.unit.code for line in found.lines[:5]] == ["ZZB", "XCB", "TZB", "ZFW", "FGW"]
    assert len(found.lines) == 61
    assert found.categories == ("党委部门", "市人民政府组成部门", "直属机构和事业单位", "自治区垂直管理部门")


def test_cell_says_state_light_and_desk(january: World) -> None:
    found = look(january)
    waiting = cell_of(found, "KJJ")
    assert (waiting.state, waiting.standing, waiting.waiting_on) == ("overdue", "逾期（待审签）", "approver")
    assert [desk.post for desk in waiting.stuck_with] == ["副市长（分管工业和信息化）"]
    assert (waiting.days_late, waiting.working_days_late, waiting.light) == (1, 1, "red")
    assert waiting.submission_id == january.id_of("KJJ")
    late = cell_of(found, "SFJ")
    assert (late.state, late.late, late.days_late, late.filed_at, late.stuck_with) == ("filed", True, 1, NOW, ())
    extended = cell_of(found, "GXJ")
    assert (extended.state, extended.due_date, extended.extended_from) == ("draft", date(2022, 1, 10), date(2022, 1, 4))
    assert cell_of(found, "FGW", 2).standing == "草稿"


@pytest.mark.parametrize(
    ("filters", "units"),
    [
        (Filters(category="党委部门"), ["ZZB", "XCB", "TZB", "ZFW"]),
        (Filters(unit="KJJ"), ["KJJ"]),
        (Filters(unit="市委组织"), ["ZZB"]),
        (Filters(state="filed"), ["GAJ", "SFJ"]),
        (Filters(state="exempt"), ["MZJ"]),
        (Filters(waiting_on="approver"), ["KJJ"]),
        (Filters(state="draft", obligation="target-choice"), ["GXJ"]),
        (Filters(light="red", category="党委部门"), ["ZZB", "XCB", "TZB", "ZFW"]),
        (Filters(unit="没有这个单位"), []),
    ],
)
def test_filters_leave_units_and_no_count_changes(january: World, filters: Filters, units: list[str]) -> None:
    found = look(january, filters)
    assert [line.unit.code for line in found.lines] == units
    assert found.counts.total == 183
    assert all(len(line.cells) == 3 for line in found.lines)


def test_unit_sees_its_own_line_and_counts(january: World) -> None:
    found = look(january, actor=KJJ)
    assert [line.unit.code for line in found.lines] == ["KJJ"]
    assert found.counts == Counts(draft=2, overdue=1)
    assert found.categories == ("市人民政府组成部门",)


def test_programme_of_others_is_not_found(january: World) -> None:
    with pytest.raises(NotFound):
        look(january, actor=STRANGER)
    with january.look(NOW, STRANGER) as act:
        assert board.programmes(act) == ()
        with pytest.raises(NotFound):
            outline.of(act, KEY)
        with pytest.raises(NotFound):
            overview.programme(act, KEY)
    with january.look(NOW) as act, pytest.raises(NotFound):
        board.board(act, "ordos-benchmarking-2099")


def test_board_costs_no_statement_per_cell(january: World) -> None:
    def cost(**wanted: Any) -> int:
        with january.look(NOW) as act, noted() as statements:
            board.board(act, KEY, Filters(**wanted))
        return len(statements)

    look(january)
    assert cost() == cost(waiting_on="approver") == 6


def test_programmes_come_newest_first_with_counts_and_next_deadline(january: World) -> None:
    with january.act(NOW) as act:
        launch(act, ordos(), 2027)
    with january.look(NOW) as act:
        coming, running = board.programmes(act)
    assert [coming.key, running.key] == ["ordos-benchmarking-2027", KEY]
    assert running.counts == Counts(draft=123, filed=2, overdue=57, exempt=1, filed_late=1)
    assert (running.title, running.cycle, running.units) == ("对标先进提升创建工作", 2022, 61)
    assert running.document == "鄂尔多斯市对标先进提升创建工作实施方案"
    assert (running.starts, running.ends) == (date(2021, 12, 21), None)
    assert running.provisional_years == ()
    # GXJ's extension is the nearest date that something is still open for.
    next_ = running.next_deadline
    assert next_ is not None
    assert (next_.obligation, next_.due_date, next_.open_count) == ("target-choice", date(2022, 1, 10), 1)
    assert next_.due_at == local("2022-01-11 00:00")
    # Announced years come with the calendar's package; the last duties are due in 2028.
    assert coming.provisional_years[-2:] == (2027, 2028)
    assert coming.next_deadline is not None
    assert coming.next_deadline.open_count == 61


def test_bodies_that_owe_something_are_no_units(sqlite_world: World) -> None:
    def units_at(now: datetime) -> tuple[int, int]:
        with sqlite_world.look(now) as act:
            return board.programmes(act)[0].units, len(set(act.session.exec(select(Submission.unit))))

    first = units_at(NOW)
    sqlite_world.advance(local("2022-03-01 09:00"))
    later = units_at(local("2022-03-01 09:00"))
    assert first[0] == later[0] == 61 < later[1]


def test_unit_has_only_its_own_counted(january: World) -> None:
    with january.look(NOW, KJJ) as act:
        (mine,) = board.programmes(act)
    assert (mine.units, mine.counts) == (1, Counts(draft=2, overdue=1))
    assert mine.next_deadline is not None
    assert (mine.next_deadline.due_date, mine.next_deadline.open_count) == (date(2022, 2, 10), 1)


def test_programmes_cost_the_same_few_statements_however_many(january: World) -> None:
    def cost() -> int:
        with january.look(NOW) as act, noted() as statements:
            board.programmes(act)
        return len(statements)

    cost()
    before = cost()
    with january.act(NOW) as act:
        for cycle in (2023, 2024, 2025):
            launch(act, ordos(), cycle)
    assert cost() == before == 5


def test_outline_gives_forms_sign_off_and_dated_rungs(world: World) -> None:
    with world.look(LAUNCH) as act:
        found = outline.of(act, KEY)
    assert [one.id for one in found.obligations][:3] == ["target-choice", "research-trip", "work-plan"]
    choice = found.obligations[0]
    assert choice.form["benchmark-region"].label == "建标学习对象所在地区"
    assert [(step.by, dict(step.exceptions)) for step in choice.sign_off] == [
        ("supervising-leader", {"party-departments": "unit-head"})
    ]
    (occurrence,) = choice.occurrences
    assert (occurrence.due_date, occurrence.due_at) == (date(2022, 1, 4), local("2022-01-05 00:00"))
    assert occurrence.rungs == (
        local("2021-12-29 09:00"), local("2021-12-31 09:00"), local("2022-01-05 00:00"),
        local("2022-01-05 09:00"), local("2022-01-07 09:00"), None,
    )  # fmt: skip
    assert [stage.title for stage in found.stages] == ["建标阶段", "对标阶段", "达标阶段", "创标阶段"]
    assert found.stages[0].since == date(2021, 12, 21)
    assert found.posts["supervising-leader"] == "市人民政府分管领导"
    assert found.posts["approver"] == "审签人"
    assert found.overview.key == KEY
