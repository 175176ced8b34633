"""One submission with everything around it, and the lists of submissions."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.statements import noted
from tests.workflow.world import LAUNCH, OFFICE, World, local
from workflow import attachments, dossier, submissions
from workflow.acts import Actor
from workflow.dossier import Dossier, SummaryPage
from workflow.refusals import NotFound, QueryRefused

MORNING = local("2022-01-04 10:00")
NOON = local("2022-01-04 12:00")
KJJ = Actor("科技局联络员", "unit", "KJJ")
INSPECTOR = Actor("督查员", "inspector")
KEY = "ordos-benchmarking-2022"


def read(
    world: World, unit: str, obligation: str = "target-choice", *, now: Any = NOON, actor: Actor = OFFICE
) -> Dossier:
    with world.look(now, actor) as act:
        return dossier.of(act, world.id_of(unit, obligation))


def page(world: World, actor: Actor = OFFICE, **wanted: Any) -> SummaryPage:
    with world.look(NOON, actor) as act:
        return dossier.submissions(act, **wanted)


def test_untouched_submission_shows_what_is_asked_and_who_would_sign(world: World) -> None:
    found = read(world, "KJJ", now=LAUNCH)
    assert (found.summary.state, found.summary.standing, found.summary.waiting_on) == ("draft", "草稿", "unit")
    assert [desk.post for desk in found.summary.stuck_with] == ["市科学技术局联络员", "市科学技术局主要负责同志"]
    assert (found.stage, found.cycle) == ("建标阶段", 2022)
    assert found.duty.startswith("选定一个")
    assert (found.sheet.version, dict(found.sheet.fields)) == (0, {})
    assert [line.name for line in found.form][:2] == ["benchmark-region", "benchmark-unit"]
    assert found.form[0].shown == "（未填写）"
    (line,) = found.sign_off
    assert (line.step, line.post, line.asked_at, line.decision) == (1, "副市长（分管工业和信息化）", None, None)
    assert [(entry.event, entry.title) for entry in found.history] == [("launch", "方案启动")]
    assert (found.attachments, found.extension, found.prerequisites) == ((), None, ())


def test_party_department_is_signed_by_its_own_head(world: World) -> None:
    assert [line.post for line in read(world, "ZZB", now=LAUNCH).sign_off] == ["市委组织部主要负责同志"]


def test_pending_submission_shows_who_was_asked_and_when(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    found = read(world, "KJJ")
    (line,) = found.sign_off
    assert (line.asked_at, line.decision, line.holder) == (MORNING, None, "副市长（分管工业和信息化）")
    assert [desk.post for desk in found.summary.stuck_with] == ["副市长（分管工业和信息化）"]
    assert found.summary.content_version == 1
    assert found.sheet.saved_at == MORNING
    assert found.form[0].value == found.form[0].shown == "建标学习对象所在地区：甲"
    assert [entry.event for entry in found.history] == ["launch", "edit", "submit"]


def test_decision_stands_with_its_comment(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    world.sign("KJJ", now=NOON, choice="return")
    (line,) = read(world, "KJJ").sign_off
    assert (line.decision, line.decided_at, line.comment, line.channel) == ("return", NOON, "请补充", "link")
    world.hand_in("KJJ", now=NOON, said="乙")
    (line,) = read(world, "KJJ").sign_off
    assert (line.decision, line.asked_at) == (None, NOON)
    world.sign("KJJ", now=NOON)
    found = read(world, "KJJ")
    assert [one.decision for one in found.sign_off] == ["approve"]
    assert (found.summary.state, found.summary.filed_at, found.summary.late) == ("filed", NOON, False)
    assert found.summary.stuck_with == ()


def test_approval_of_a_filing_that_came_back_counts_for_nothing(world: World) -> None:
    world.file("KJJ", now=MORNING)
    with world.act(NOON) as act:
        submissions.return_filing(act, world.id_of("KJJ"), comment="请更正指标")
    (line,) = read(world, "KJJ").sign_off
    assert (line.asked_at, line.decision) == (None, None)


def test_withdrawn_request_is_not_shown_as_asked(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    with world.act(NOON) as act:
        submissions.withdraw(act, world.id_of("KJJ"))
    (line,) = read(world, "KJJ").sign_off
    assert line.asked_at is None


def test_extension_tells_both_dates_who_and_why(world: World) -> None:
    with world.act(NOON) as act:
        submissions.extend(act, world.id_of("KJJ"), until=date(2022, 1, 7), comment="对象待确认")
        submissions.extend(act, world.id_of("KJJ"), until=date(2022, 1, 10), comment="仍待确认")
    found = read(world, "KJJ").extension
    assert found is not None
    assert (found.first_due, found.until, found.comment) == (date(2022, 1, 4), date(2022, 1, 10), "仍待确认")
    assert (found.granted_at, found.granted_by) == (NOON, OFFICE.name)
    listed = page(world, unit="KJJ", obligation="target-choice").items[0].extension
    assert listed is not None
    assert (listed.first_due, listed.until) == (date(2022, 1, 4), date(2022, 1, 10))


def test_attachment_tells_when_and_by_whom_it_was_added(world: World) -> None:
    world.fill("KJJ", "research-trip", now=MORNING)
    world.submit("KJJ", "research-trip", now=MORNING)
    world.fill("KJJ", "work-plan", now=MORNING)
    number = world.id_of("KJJ", "work-plan")
    with world.act(NOON, KJJ) as act:
        attachments.attach(act, number, field="plan", name="附表.pdf", media_type="application/pdf", data=b"%PDF-2")
    first, second = read(world, "KJJ", "work-plan").attachments
    assert (first.name, first.uploaded_at, first.uploaded_by) == ("方案（甲）.pdf", MORNING, OFFICE.name)
    assert (second.name, second.uploaded_at, second.uploaded_by, second.size) == ("附表.pdf", NOON, KJJ.name, 6)
    with world.act(NOON, KJJ) as act:
        attachments.detach(act, number, first.id)
    assert [one.name for one in read(world, "KJJ", "work-plan").attachments] == ["附表.pdf"]
    with world.look(NOON) as act:
        assert dossier.attachment(act, number, second.id).data == b"%PDF-2"
        assert dossier.attachment(act, number, first.id).name == "方案（甲）.pdf"
        with pytest.raises(NotFound):
            dossier.attachment(act, world.id_of("KJJ"), first.id)
    with world.look(NOON, Actor("联络员", "unit", "FGW")) as act, pytest.raises(NotFound):
        dossier.attachment(act, number, second.id)


def test_prerequisite_shows_its_state(world: World) -> None:
    (needed,) = read(world, "KJJ", "work-plan").prerequisites
    assert (needed.obligation, needed.state, needed.filed_at) == ("research-trip", "draft", None)
    world.hand_in("KJJ", "research-trip", now=MORNING)
    (needed,) = read(world, "KJJ", "work-plan").prerequisites
    assert (needed.state, needed.filed_at, needed.id) == ("filed", MORNING, world.id_of("KJJ", "research-trip"))
    assert read(world, "KJJ", "work-plan").criteria["clear-goals"].title == "目标明确"


@pytest.mark.parametrize(
    ("actor", "draft", "pending", "filed"),
    [
        (OFFICE, ("edit", "submit", "extend", "exempt", "urge"),
         ("approve", "return", "withdraw", "extend", "exempt", "urge"), ("return", "reopen")),
        (KJJ, ("edit", "submit"), ("withdraw",), ()),
        (INSPECTOR, (), (), ()),
    ],
)  # fmt: skip
def test_moves_are_those_of_the_state_and_the_role(
    world: World, actor: Actor, draft: tuple[str, ...], pending: tuple[str, ...], filed: tuple[str, ...]
) -> None:
    assert read(world, "KJJ", actor=actor).moves == draft
    world.hand_in("KJJ", now=MORNING)
    assert read(world, "KJJ", actor=actor).moves == pending
    world.sign("KJJ", now=NOON)
    assert read(world, "KJJ", actor=actor).moves == filed


def test_late_filing_stays_as_late_as_it_was_filed(world: World) -> None:
    world.advance(local("2022-01-06 09:30"))
    world.file("KJJ", now=local("2022-01-06 09:30"))
    summary = read(world, "KJJ", now=local("2022-03-01")).summary
    assert (summary.state, summary.late, summary.days_late, summary.working_days_late) == ("filed", True, 2, 2)


def test_another_units_submission_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        read(world, "FGW", actor=KJJ)
    assert read(world, "KJJ", actor=KJJ).summary.unit.code == "KJJ"
    assert read(world, "FGW", actor=INSPECTOR).summary.unit.code == "FGW"
    with world.look() as act, pytest.raises(NotFound):
        dossier.of(act, 999_999)


def test_messages_about_it_speak_of_it_alone(world: World) -> None:
    world.advance(local("2022-01-07 10:00"))
    messages = read(world, "KJJ", now=local("2022-01-07 10:00")).messages
    assert {item.unit.code for message in messages for item in message.items} == {"KJJ"}
    assert "office-duty-1" in {message.recipient.person for message in messages}
    mine = read(world, "KJJ", now=local("2022-01-07 10:00"), actor=KJJ).messages
    assert {message.recipient.person for message in mine} == {"kjj-liaison", "kjj-head"}


def test_dossier_costs_a_bound_number_of_statements(world: World) -> None:
    def cost() -> int:
        with world.look(NOON) as act, noted() as statements:
            dossier.of(act, world.id_of("KJJ", "work-plan"))
        return len(statements)

    world.hand_in("KJJ", "research-trip", now=MORNING)
    world.hand_in("KJJ", "work-plan", now=MORNING)
    cost()
    before = cost()
    for said in "乙丙丁":
        world.sign("KJJ", "work-plan", now=NOON, choice="return")
        world.hand_in("KJJ", "work-plan", now=NOON, said=said)
    assert cost() == before <= 18


@pytest.fixture
def january(world: World) -> Iterator[World]:
    """One filed, one waiting for its leader."""
    world.file("GAJ", now=MORNING)
    world.hand_in("KJJ", now=MORNING)
    yield world


def test_list_is_filtered_by_each_of_its_filters(january: World) -> None:
    assert page(january).total == page(january, programme=KEY).total == 183
    assert page(january, obligation="work-plan").total == 61
    assert [one.obligation for one in page(january, unit="KJJ").items] == [
        "target-choice", "research-trip", "work-plan",
    ]  # fmt: skip
    assert page(january, unit="市委").total == 12
    assert [one.unit.code for one in page(january, state="filed").items] == ["GAJ"]
    assert [one.unit.code for one in page(january, waiting_on="approver").items] == ["KJJ"]
    assert page(january, state="overdue").total == 0


def test_pages_put_together_are_the_whole_list(january: World) -> None:
    ids, cursor = [], None
    while True:
        part = page(january, limit=50, cursor=cursor)
        assert part.total == 183
        ids += [one.id for one in part.items]
        if (cursor := part.next) is None:
            break
    assert len(ids) == len(set(ids)) == 183
    assert ids == sorted(ids)


@pytest.mark.parametrize(
    "wanted",
    [
        {"state": "late"},
        {"waiting_on": "mayor"},
        {"programme": "x"},
        {"limit": 0},
        {"limit": 1000},
        {"cursor": "x"},
        {"cursor": "WyJpZCIsImEiXQ"},
    ],
)
def test_what_means_nothing_is_refused(sqlite_world: World, wanted: dict[str, Any]) -> None:
    with pytest.raises(QueryRefused):
        page(sqlite_world, **wanted)


def test_unit_lists_its_own_only(january: World) -> None:
    assert {one.unit.code for one in page(january, KJJ).items} == {"KJJ"}
    assert page(january, KJJ).total == 3
    assert page(january, KJJ, unit="FGW").total == 0


def test_list_costs_the_same_few_statements_however_long(january: World) -> None:
    def cost(limit: int) -> int:
        with january.look(NOON) as act, noted() as statements:
            dossier.submissions(act, limit=limit)
        return len(statements)

    page(january)
    assert cost(200) == 6
    assert cost(100) == 6
