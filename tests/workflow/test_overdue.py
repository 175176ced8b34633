"""The overdue list against a table worked out by hand, its filters, its pages, and what it costs."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from tests.statements import noted
from tests.workflow.world import OFFICE, World, local, ordos
from workflow import overdue, submissions
from workflow.acts import Act, Actor
from workflow.launch import launch
from workflow.overdue import Filters, Item, OverduePage
from workflow.refusals import Forbidden, QueryRefused

NOW = local("2022-01-10 10:00")
INSPECTOR = Actor("督查员", "inspector")

#: Unit → due, days late, working days late (Jan 8 and 9 are a weekend), waiting on, at whose desk, last alert, light.
#: The city's leaders chase from Jan 5 on; what still lies with the unit was last escalated on Jan 7.
BY_HAND = {
    "XCB": ("2022-01-04", 6, 4, "unit", "市委宣传部主要负责同志", "01-07 09:00", "+3wd 09:00", "red"),
    "FGW": ("2022-01-04", 6, 4, "unit", "市发展和改革委员会主要负责同志", "01-07 09:00", "+3wd 09:00", "red"),
    "JYTYJ": ("2022-01-04", 6, 4, "unit", "市教育体育局主要负责同志", "01-07 09:00", "+3wd 09:00", "red"),
    "KJJ": ("2022-01-04", 6, 4, "approver", "副市长（分管工业和信息化）", "01-10 09:00", "pending_for +1wd", "red"),
    "ZZB": ("2022-01-04", 6, 4, "approver", "市委组织部主要负责同志", "01-10 09:00", "pending_for +1wd", "red"),
    "GXJ": ("2022-01-06", 4, 2, "unit", "市工业和信息化局主要负责同志", "01-07 09:00", "+1wd 09:00", "red"),
}
#: In time, late but filed, exempt, not due yet.
NOT_LISTED = ("GAJ", "SFJ", "MZJ", "CZJ")


@pytest.fixture
def january(world: World) -> Iterator[World]:
    """Ordos on January 10 after a week in which some filed, some signed, some did neither."""
    morning = local("2022-01-04 10:00")
    with world.act(local("2022-01-03 09:00")) as act:
        submissions.extend(act, world.id_of("GXJ"), until=date(2022, 1, 6), comment="对象待确认")
        submissions.extend(act, world.id_of("CZJ"), until=date(2022, 1, 10), comment="对象待确认")
        submissions.exempt(act, world.id_of("MZJ"), comment="机构调整")
    world.file("GAJ", now=morning)
    for unit in ("KJJ", "ZZB", "JYTYJ", "SFJ"):
        world.hand_in(unit, now=morning)
    world.sign("JYTYJ", now=local("2022-01-04 15:00"), choice="return")
    world.advance(local("2022-01-06 09:30"))
    world.sign("SFJ", now=local("2022-01-06 09:30"))
    world.advance(NOW)
    yield world


def page(world: World, actor: Actor = OFFICE, **wanted: Any) -> OverduePage:
    with world.look(NOW, actor) as act:
        return overdue.listing(act, **wanted)


def row(item: Item) -> tuple[object, ...]:
    alert = item.last_alert_at.astimezone(NOW.tzinfo).strftime("%m-%d %H:%M") if item.last_alert_at else ""
    return (
        item.due_date.isoformat(), item.days_late, item.working_days_late, item.waiting_on,
        item.stuck_with[-1].post, alert, item.rung, item.light,
    )  # fmt: skip


def test_list_is_the_one_worked_out_by_hand(january: World) -> None:
    found = page(january, limit=200)
    by_unit = {item.unit.code: item for item in found.items}
    assert {unit: row(by_unit[unit]) for unit in BY_HAND} == BY_HAND
    assert not [unit for unit in NOT_LISTED if unit in by_unit]
    assert found.total == len(found.items) == 61 - len(NOT_LISTED)
    assert found.by_category == {
        "党委部门": 4, "市人民政府组成部门": 25 - 4, "直属机构和事业单位": 22, "自治区垂直管理部门": 10,
    }  # fmt: skip
    assert found.by_obligation == {"target-choice": 57}
    assert found.obligation_titles == {"target-choice": "报送建标学习对象"}
    assert found.as_of == NOW
    assert found.next is None


def test_item_says_everything_about_one_late_submission(january: World) -> None:
    item = page(january, unit="KJJ").items[0]
    assert (item.programme, item.programme_title) == ("ordos-benchmarking-2022", "对标先进提升创建工作")
    assert (item.obligation, item.obligation_title, item.occurrence) == ("target-choice", "报送建标学习对象", "2022")
    assert (item.unit.code, item.unit.name, item.unit.category) == ("KJJ", "市科学技术局", "市人民政府组成部门")
    assert item.due_at == local("2022-01-05 00:00")
    assert item.rung_title == "送审1个工作日未签"
    assert item.submission_id == january.id_of("KJJ")
    assert [desk.post for desk in page(january, unit="FGW").items[0].stuck_with] == [
        "市发展和改革委员会联络员", "市发展和改革委员会主要负责同志",
    ]  # fmt: skip


def test_every_filter_leaves_what_it_says(january: World) -> None:
    with january.act(NOW) as act:
        launch(act, ordos(), 2023)
    codes = {item.unit.code for item in page(january, limit=200).items}
    assert page(january, programme="ordos-benchmarking-2022").total == 57
    assert page(january, programme="ordos-benchmarking-2023").total == 0
    assert page(january, obligation="target-choice").total == 57
    assert page(january, obligation="work-plan").total == 0
    assert page(january, category="党委部门").by_category == {"党委部门": 4}
    assert [item.unit.code for item in page(january, unit="KJJ").items] == ["KJJ"]
    assert {item.unit.name for item in page(january, unit="市委").items} == {
        "市委组织部", "市委宣传部", "市委统一战线工作部", "市委政法委员会",
    }  # fmt: skip
    assert {item.unit.code for item in page(january, waiting_on="approver").items} == {"KJJ", "ZZB"}
    assert page(january, min_days=6).total == 56
    assert page(january, min_days=7).total == 0
    assert page(january, unit="%").total == page(january, unit="_").total == 0
    assert len(codes) == 57


def test_last_rung_before_anything_fired_has_no_title(world: World) -> None:
    world.sweep(local("2022-01-05 00:00"))
    with world.look(local("2022-01-05 00:00")) as act:
        first = overdue.listing(act, limit=1).items[0]
    assert (first.days_late, first.working_days_late, first.light) == (1, 1, "yellow")
    assert first.rung_title == "截止时"


@pytest.mark.parametrize("sort", ["-days_late", "days_late", "unit", "due"])
def test_pages_put_together_are_the_whole_list(january: World, sort: str) -> None:
    whole = page(january, sort=sort, limit=200).items
    pages, cursor = [], None
    while True:
        part = page(january, sort=sort, limit=10, cursor=cursor)
        assert part.total == 57
        pages.append(part.items)
        if (cursor := part.next) is None:
            break
    assert [len(items) for items in pages] == [10, 10, 10, 10, 10, 7]
    assert tuple(item for items in pages for item in items) == whole
    with january.look(NOW) as act:
        assert overdue.everything(act, sort=sort) == whole


def test_orders_are_what_they_are_called(january: World) -> None:
    assert page(january, sort="-days_late", limit=200).items[-1].unit.code == "GXJ"
    assert page(january, sort="days_late", limit=1).items[0].unit.code == "GXJ"
    assert [item.unit.code for item in page(january, sort="unit", limit=5).items] == ["ZZB", "XCB", "TZB", "ZFW", "FGW"]


def test_page_stays_right_when_rows_leave_the_list_meanwhile(january: World) -> None:
    first = page(january, limit=10)
    assert first.items[0].unit.code == "ZZB"
    january.sign("ZZB", now=NOW)
    second = page(january, limit=10, cursor=first.next)
    assert not {item.submission_id for item in second.items} & {item.submission_id for item in first.items}
    assert second.total == 56


@pytest.mark.parametrize(
    "wanted",
    [
        {"sort": "unit; DROP TABLE submission"},
        {"limit": 0},
        {"limit": 201},
        {"cursor": ""},
        {"cursor": "甲"},
        {"cursor": "AAAA"},
        {"cursor": "WyItZGF5c19sYXRlIl0"},
        {"cursor": "WyItZGF5c19sYXRlIiwxLDFd"},
        {"cursor": "WyItZGF5c19sYXRlIiwiMjAyMi0wMS0wNFQxNjowMDowMCIsMV0"},
        {"cursor": "WyItZGF5c19sYXRlIiwiMjAyMi0wMS0wNFQxNjowMDowMCswMDowMCIsMWUzMDBd"},
        {"cursor": "W" * 5000},
        {"waiting_on": "nobody"},
        {"min_days": -1},
        {"min_days": 10**9},
        {"programme": "ordos-benchmarking-2099"},
    ],
)
def test_what_means_nothing_is_refused_in_chinese(sqlite_world: World, wanted: dict[str, Any]) -> None:
    with pytest.raises(QueryRefused, match="查询条件不可用"):
        page(sqlite_world, **wanted)


def test_cursor_of_another_order_is_refused(january: World) -> None:
    cursor = page(january, limit=1).next
    with pytest.raises(QueryRefused):
        page(january, limit=1, sort="unit", cursor=cursor)


def test_unit_sees_its_own_lateness_only(january: World) -> None:
    own = page(january, Actor("联络员", "unit", "KJJ"))
    assert [item.unit.code for item in own.items] == ["KJJ"]
    assert (own.total, own.by_category) == (1, {"市人民政府组成部门": 1})
    assert page(january, Actor("联络员", "unit", "KJJ"), unit="FGW").total == 0
    with january.look(NOW, Actor("联络员", "unit", "KJJ")) as act:
        assert [item.unit.code for item in overdue.everything(act)] == ["KJJ"]


def test_inspector_sees_all_and_an_approver_nothing(january: World) -> None:
    assert page(january, INSPECTOR).total == 57
    with pytest.raises(Forbidden):
        page(january, Actor("审签人", "approver"))
    with pytest.raises(Forbidden):
        page(january, Actor("谁", "unit"))


def test_page_costs_the_same_few_statements_however_long_it_is(january: World) -> None:
    def cost(limit: int) -> int:
        with january.look(NOW) as act, noted() as statements:
            overdue.listing(act, limit=limit)
        return len(statements)

    page(january)
    assert cost(5) == cost(57) == 6


def test_export_costs_no_statement_per_row(january: World) -> None:
    page(january)
    with january.look(NOW) as act, noted() as statements:
        assert len(overdue.everything(act)) == 57
    assert len(statements) == 5


def test_page_reads_the_index_of_overdue_rows(sqlite_world: World) -> None:
    sqlite_world.sweep(local("2022-01-05 00:00"))
    with sqlite_world.look(NOW) as act:
        with noted() as statements:
            overdue.listing(act, programme="ordos-benchmarking-2022", limit=10)
        reading = [(sql, values) for sql, values in statements if "ORDER BY submission.due_at" in sql]
        assert len(reading) == 1
        sql, values = reading[0]
        assert "submission.state = 'overdue'" in sql
        connection = act.session.connection()
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()
    assert "submission_late" in plan[0].detail
    assert not [step.detail for step in plan if "TEMP B-TREE" in step.detail]


def test_filters_of_an_export_are_those_of_the_list(january: World) -> None:
    with january.look(NOW) as act:
        found = overdue.everything(act, Filters(category="党委部门", waiting_on="approver"))
        assert [item.unit.code for item in found] == ["ZZB"]
        with pytest.raises(QueryRefused):
            overdue.everything(act, Filters(programme="nothing"))


def test_looking_writes_nothing(january: World) -> None:
    before = january.dump()
    page(january, limit=200)
    assert january.dump() == before
    with january.look(NOW) as act:
        assert isinstance(act, Act)
        assert act.session.execute(text("SELECT count(*) FROM submission")).scalar() == 183
