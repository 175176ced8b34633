"""批量办理: looked at, confirmed, done part by part, taken back where nothing has happened since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlmodel import select

from tests.workflow.world import OFFICE, World, local
from workflow import batch_choices, batch_undoing, batches, extensions, submissions
from workflow.acts import Act, Actor
from workflow.batch_choices import ChoiceChanged, Chosen, NothingToDo, Order
from workflow.batch_undoing import NotUndone
from workflow.batches import Line
from workflow.overdue import Filters
from workflow.refusals import CommentMissing, DateRefused, Forbidden, NotFound, QueryRefused, Refusal
from workflow.tables import Message

LATE, LATER = local("2022-01-05 09:05"), local("2022-01-05 09:20")
UNTIL = date(2022, 1, 14)
EXTEND = Order("extend", "统一延期", UNTIL)


@pytest.fixture
def january(sqlite_world: World) -> World:
    """The first deadline has passed: one unit waits for its leader, one has filed."""
    sqlite_world.hand_in("KJJ", now=local("2021-12-31 10:00"))
    sqlite_world.file("CZJ", now=local("2021-12-31 10:00"))
    sqlite_world.advance(local("2022-01-05 09:00"))
    return sqlite_world


def category(world: World) -> Chosen:
    """All that is overdue in the category of the first unit."""
    with world.look(LATE, OFFICE) as act:
        first = batch_choices.preview(act, Chosen(), Order("urge")).ready[0]
    return Chosen(filters=Filters(category=first.unit.category))


def do(world: World, chosen: Chosen, order: Order, *, now: datetime = LATE) -> Line:
    with world.look(now, OFFICE) as act:
        seen = batch_choices.preview(act, chosen, order)
    with world.act(now) as act:
        number = batches.begin(act, chosen, order, fingerprint=seen.fingerprint).id or 0
    left = 1
    while left:
        with world.act(now) as act:
            left = batches.carry_on(act, number)
    return line(world, number)


def line(world: World, number: int) -> Line:
    with world.look(LATE, OFFICE) as act:
        return batches.one(act, number)


def undo(world: World, number: int, *, now: datetime = LATER) -> Line:
    with world.act(now) as act:
        batch_undoing.begin(act, number, comment="所选单位有误")
    left = 1
    while left:
        with world.act(now) as act:
            left = batch_undoing.carry_on(act, number)
    return line(world, number)


def test_all_of_a_category_are_urged_with_one_message_a_person(january: World) -> None:
    chosen = category(january)
    done = do(january, chosen, Order("urge", "请今天报送"))
    assert done.counts["done"] == done.total > 1
    letters = january.letters("urge")
    assert len(letters) == len({one.person for one in letters})
    urged = {january.unit_of(january.id_of(unit)) for letter in letters for unit in letter.units}
    assert len(urged) == done.total
    assert not january.broken_chains()


def test_preview_says_what_is_left_out_and_why_and_the_others_are_done(january: World) -> None:
    ids = tuple(january.id_of(unit) for unit in ("KJJ", "CZJ", "GXJ"))
    with january.look(LATE, OFFICE) as act:
        seen = batch_choices.preview(act, Chosen(ids), Order("urge"))
    assert [one.unit.code for one in seen.left_out] == ["CZJ"]
    assert seen.left_out[0].why == "当前为“已报送”，不能催办"
    done = do(january, Chosen(ids), Order("urge"))
    assert (done.counts["done"], done.counts["refused"]) == (2, 1)
    again = do_preview(january, Chosen(ids))
    assert all("已经为该事项催办过" in one.why for one in again.left_out if one.unit.code != "CZJ")


def do_preview(world: World, chosen: Chosen) -> batch_choices.Preview:
    with world.look(LATE, OFFICE) as act:
        return batch_choices.preview(act, chosen, Order("urge"))


def test_large_batch_goes_part_by_part_and_may_be_carried_on(january: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "CHUNK", 20)
    with january.look(LATE, OFFICE) as act:
        seen = batch_choices.preview(act, Chosen(), EXTEND)
    with january.act(LATE) as act:
        number = batches.begin(act, Chosen(), EXTEND, fingerprint=seen.fingerprint).id or 0
    assert line(january, number).remaining == seen.total > 40
    with january.act(LATE) as act:
        assert batches.carry_on(act, number) == seen.total - 20
    assert line(january, number).counts["done"] == 20
    stopped = undo(january, number)
    assert (stopped.counts["undone"], stopped.counts["refused"]) == (20, seen.total - 20)
    with january.look(LATE, OFFICE) as act:
        assert batches.result(act, number).reasons == {"批量已撤销，未办理": seen.total - 20}


def test_extension_of_many_is_put_back_where_nothing_has_happened_since(january: World) -> None:
    ids = tuple(january.id_of(unit) for unit in ("KJJ", "GXJ", "SJJ"))
    before = {unit: january.submission(unit).model_dump() for unit in ("KJJ", "GXJ", "SJJ")}
    done = do(january, Chosen(ids), EXTEND)
    assert january.submission("GXJ").state == "draft" and january.submission("KJJ").state == "pending"
    january.fill("SJJ", now=local("2022-01-05 09:10"))
    after = undo(january, done.id)
    assert (after.counts["undone"], after.counts["stands"]) == (2, 1)
    with january.look(LATE, OFFICE) as act:
        (stands,) = batches.result(act, done.id, outcome="stands").items
    assert (stands.unit.code, stands.why) == ("SJJ", "此后已有新的经过")
    same = ("standing", "state", "waiting_on", "due_date", "due_at", "deadline_id", "extended_from", "light")
    for unit in ("KJJ", "GXJ"):
        row = january.submission(unit).model_dump()
        assert {name: row[name] for name in same} == {name: before[unit][name] for name in same}
        assert [one.event for one in january.history(unit)][-4:].count("undo") == 1
    assert {item.reason for one in january.letters() for item in one.items if item.dropped == "已撤销"} == {
        "extended:2"
    }
    assert not any(item.reason.startswith("restored") for one in january.letters() for item in one.items)
    assert not january.broken_chains()


def test_extension_again_after_one_was_taken_back_is_told(january: World) -> None:
    ids = (january.id_of("GXJ"),)
    undo(january, do(january, Chosen(ids), EXTEND).id)
    do(january, Chosen(ids), EXTEND, now=local("2022-01-05 09:40"))
    told = [item for one in january.letters() for item in one.items if item.reason.startswith("extended:")]
    assert {item.reason for item in told if item.dropped is None} == {"extended:3"}


def test_unit_that_has_heard_of_it_hears_that_it_is_taken_back(january: World) -> None:
    done = do(january, Chosen((january.id_of("GXJ"),)), Order("exempt", "机构撤销"))
    with january.act(LATER) as act:
        for message in queued(act):
            message.status, message.attempts = "sent", 1
    undo(january, done.id, now=local("2022-01-05 10:00"))
    row = january.submission("GXJ")
    assert (row.state, row.waiting_on) == ("overdue", "unit")
    assert any(item.reason.startswith("restored") for one in january.letters() for item in one.items)


def queued(act: Act) -> list[Message]:
    return list(act.session.exec(select(Message).where(Message.status == "queued")))


def test_exemption_of_what_waits_for_its_leader_stands(january: World) -> None:
    done = do(january, Chosen((january.id_of("KJJ"),)), Order("exempt", "机构撤销"))
    assert undo(january, done.id).counts["stands"] == 1
    assert january.submission("KJJ").state == "exempt"


def test_undone_after_the_first_deadline_passed_is_overdue_at_that_deadline(sqlite_world: World) -> None:
    done = do(sqlite_world, Chosen((sqlite_world.id_of("GXJ"),)), EXTEND, now=local("2022-01-04 09:00"))
    undo(sqlite_world, done.id, now=local("2022-01-06 09:00"))
    row, last = sqlite_world.submission("GXJ"), sqlite_world.history("GXJ")[-1]
    assert (row.state, row.due_date) == ("overdue", date(2022, 1, 4))
    assert (last.event, last.at) == ("lapse", row.due_at)


def test_urge_not_sent_yet_is_cancelled_and_may_be_made_again_the_same_day(january: World) -> None:
    ids = (january.id_of("GXJ"), january.id_of("KJJ"))
    done = do(january, Chosen(ids), Order("urge"))
    assert undo(january, done.id, now=LATE).counts["undone"] == 2
    assert all(one.status == "cancelled" for one in january.letters("urge"))
    again = do(january, Chosen(ids), Order("urge"), now=LATER)
    assert again.counts["done"] == 2
    assert any(one.status == "queued" for one in january.letters("urge"))


def test_urge_that_was_sent_stands(january: World) -> None:
    done = do(january, Chosen((january.id_of("GXJ"),)), Order("urge"))
    with january.act(LATER) as act:
        for message in queued(act):
            message.status, message.attempts = "sent", 1
    assert undo(january, done.id).counts["stands"] == 1
    with january.look(LATE, OFFICE) as act:
        assert batches.result(act, done.id).items[0].why == "催办消息已发出"


def test_filed_ones_are_returned_and_stay_returned(january: World) -> None:
    done = do(january, Chosen((january.id_of("CZJ"),)), Order("return", "请补充指标"))
    assert (done.counts["done"], january.submission("CZJ").state, done.may_undo) == (1, "overdue", False)
    with january.refusing(NotUndone), january.act(LATER) as act:
        batch_undoing.begin(act, done.id, comment="有误")


def test_batch_answers_the_requests_of_its_units(january: World) -> None:
    with january.act(LATE, Actor("联络员", "unit", "GXJ")) as act:
        number = extensions.ask(act, january.id_of("GXJ"), until=UNTIL, reason="须报上级").id or 0
    do(january, Chosen((january.id_of("GXJ"),)), EXTEND)
    with january.look(LATE, OFFICE) as act:
        assert extensions.one(act, number).answer == "granted"


def test_every_refusal_writes_nothing(january: World, subtests: pytest.Subtests) -> None:
    chosen = Chosen((january.id_of("GXJ"),))
    with january.look(LATE, OFFICE) as act:
        seen = batch_choices.preview(act, chosen, EXTEND)
        filed = batch_choices.preview(act, Chosen((january.id_of("CZJ"),)), Order("urge"))
    done = do(january, Chosen((january.id_of("SJJ"),)), EXTEND)
    undo(january, done.id)
    unit, inspector = Actor("联络员", "unit", "GXJ"), Actor("督查员", "inspector")
    tried: list[tuple[type[Refusal], Actor, Callable[[Act], object]]] = [
        (Forbidden, unit, lambda a: batch_choices.preview(a, chosen, EXTEND)),
        (Forbidden, unit, lambda a: batches.begin(a, chosen, EXTEND, fingerprint=seen.fingerprint)),
        (Forbidden, inspector, lambda a: batches.begin(a, chosen, EXTEND, fingerprint=seen.fingerprint)),
        (Forbidden, inspector, lambda a: batches.carry_on(a, done.id)),
        (Forbidden, unit, lambda a: batches.result(a, done.id)),
        (ChoiceChanged, OFFICE, lambda a: batches.begin(a, chosen, EXTEND, fingerprint="")),
        (CommentMissing, OFFICE, lambda a: batches.begin(a, chosen, Order("exempt"), fingerprint="")),
        (DateRefused, OFFICE, lambda a: batches.begin(a, chosen, Order("extend", "x"), fingerprint="")),
        (DateRefused, OFFICE, lambda a: batches.begin(
            a, chosen, Order("extend", "x", date(2022, 1, 4)), fingerprint="")),
        (NothingToDo, OFFICE, lambda a: batches.begin(
            a, Chosen((january.id_of("CZJ"),)), Order("urge"), fingerprint=filed.fingerprint)),
        (QueryRefused, OFFICE, lambda a: batch_choices.preview(a, Chosen(filters=Filters(programme="x")), EXTEND)),
        (NotFound, OFFICE, lambda a: batches.carry_on(a, 999)),
        (NotFound, OFFICE, lambda a: batches.one(a, 999)),
        (CommentMissing, OFFICE, lambda a: batch_undoing.begin(
            a, batches.begin(a, chosen, EXTEND, fingerprint=seen.fingerprint).id or 0, comment="")),
        (NotUndone, OFFICE, lambda a: batch_undoing.begin(a, done.id, comment="又")),
    ]  # fmt: skip
    for kind, actor, attempt in tried:
        with subtests.test(kind.__name__), january.refusing(kind), january.act(LATE, actor) as act:
            attempt(act)


def test_choice_that_changed_is_shown_again_and_nothing_is_done(january: World) -> None:
    with january.look(LATE, OFFICE) as act:
        seen = batch_choices.preview(act, Chosen(), EXTEND)
    with january.act(LATE) as act:
        submissions.exempt(act, january.id_of("GXJ"), comment="机构撤销")
    with january.refusing(ChoiceChanged), january.act(LATE) as act:
        batches.begin(act, Chosen(), EXTEND, fingerprint=seen.fingerprint)
