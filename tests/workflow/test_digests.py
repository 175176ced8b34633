"""What can wait is put off, what goes at one instant is one message; nothing is lost and nothing is said twice."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import col

from tests.workflow.test_sweep import TWICE_A_DAY, UNSENDABLE, WITHOUT_ITEMS, ask
from tests.workflow.world import DEFINITION, OFFICE, World, local
from workflow import clock, digests, library, submissions
from workflow.acts import Act
from workflow.hours import USUAL, Hours, parse_span
from workflow.launch import launch
from workflow.tables import Message

NIGHT = Hours(quiet=parse_span("22:00-07:00"))
MAYOR = "fsz-nongmu"


def settle(world: World, now: datetime, hours: Hours = USUAL) -> None:
    digests.settle(world.store, now, world.links, hours)


def run(world: World, target: str, hours: Hours = USUAL) -> None:
    """Move the clock, and take whatever is ready as sent."""

    def deliver(now: datetime) -> None:
        settle(world, now, hours)
        with world.store.write() as session:
            ready = update(Message).where(col(Message.status) == "queued", col(Message.not_before) <= now)
            session.execute(ready.values(status="sent", sent_at=now))

    clock.advance(world.store, local(target), world.links, deliver=deliver)


def told(world: World, *, person: str | None = None) -> Counter[tuple[str, str, str, str]]:
    """(person, reason, obligation, unit) of every word that is not withdrawn."""
    return Counter(
        (letter.person, item.reason.partition(":")[0], item.obligation, item.unit)
        for letter in world.letters(person=person)
        for item in letter.items
        if item.dropped is None
    )


def second_programme(world: World, now: datetime) -> None:
    """The same plan once more under another name, owed by the same units."""
    text = DEFINITION.read_text(encoding="utf-8")
    text = text.replace("programme: ordos-benchmarking", "programme: second-plan", 1)
    text = text.replace("title: 对标先进提升创建工作", "title: 第二个方案", 1)
    pinned = library.parse(text.encode(), name="second", part_of=lambda name: (DEFINITION.parent / name).read_bytes())
    with world.store.write() as session:
        launch(Act(session, now, world.links, OFFICE), pinned, 2022)


def test_kinds_due_at_one_instant_are_one_message_of_the_most_urgent_kind(world: World) -> None:
    """A leader chased for one unit on the morning another's lateness is escalated."""
    run(world, "2022-02-10 10:00")
    world.file("SLJ", "research-trip", now=local("2022-02-10 10:00"))
    world.hand_in("SLJ", "work-plan", now=local("2022-02-10 10:00"))
    run(world, "2022-02-11 08:59")
    now = local("2022-02-11 09:00")
    world.sweep(now)
    before = told(world, person=MAYOR)
    at_nine = [one for one in world.letters(person=MAYOR) if one.ready == now]
    assert sorted(one.kind for one in at_nine) == ["escalation", "reminder"]
    settle(world, now)
    [letter] = [one for one in world.letters(person=MAYOR) if one.ready == now]
    assert letter.kind == "escalation"
    assert {(item.reason, item.obligation) for item in letter.items} >= {
        ("chase", "work-plan"), ("escalation", "research-trip"),
    }  # fmt: skip
    assert told(world, person=MAYOR) == before
    assert ask(world.store, TWICE_A_DAY) == []
    assert ask(world.store, UNSENDABLE) == ask(world.store, WITHOUT_ITEMS) == [(0,)]


def test_settling_again_changes_nothing(world: World) -> None:
    now = local("2022-02-20 10:00")
    world.sweep(now)
    everything = told(world)
    settle(world, now)
    before = world.dump()
    settle(world, now)
    assert world.dump() == before
    assert told(world) == everything


def test_down_across_every_deadline_each_person_gets_one_message(world: World) -> None:
    now = local("2022-02-20 10:00")
    world.sweep(now)
    letters = Counter(one.person for one in world.letters() if one.ready == now)
    assert max(letters.values()) > 1
    everything = told(world)
    settle(world, now)
    letters = Counter(one.person for one in world.letters() if one.ready == now)
    assert set(letters.values()) == {1}
    assert told(world) == everything
    heads = [one for one in world.letters(person="kjj-head") if one.ready == now]
    assert {item.reason for item in heads[0].items} == {"overdue", "escalation"}
    assert heads[0].kind == "escalation"


def test_four_at_once_join_the_same_messages(world: World, launched_url: str) -> None:
    now = local("2022-02-20 10:00")
    world.sweep(now)
    everything, people = told(world), {one.person for one in world.letters() if one.ready == now}
    others = (
        [world] * 4 if world.store.dialect == "sqlite" else [world, *(World.opened(launched_url) for _ in range(3))]
    )
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda one: settle(one, now), others))
    assert told(world) == everything
    assert Counter(one.person for one in world.letters() if one.ready == now) == Counter(people)
    for one in others[1:]:
        if one is not world:
            one.close()


def test_two_programmes_speak_to_a_person_in_one_message(world: World) -> None:
    second_programme(world, local("2021-12-31 08:40"))
    now = local("2021-12-31 09:00")
    world.sweep(now)
    assert len(world.letters("reminder", person="kjj-head")) == 2
    settle(world, now)
    [letter] = world.letters("reminder", person="kjj-head")
    assert len(letter.items) == 2
    assert {item.unit for item in letter.items} == {"KJJ"}


def test_a_launch_is_told_by_itself(sqlite_world: World) -> None:
    second_programme(sqlite_world, local("2021-12-31 08:40"))
    settle(sqlite_world, local("2021-12-31 08:40"))
    assert [one.kind for one in sqlite_world.letters(person="kjj-liaison")] == ["notice", "notice"]


def test_a_lapse_of_the_night_is_told_in_the_morning_and_dated_at_midnight(world: World) -> None:
    world.sweep(local("2022-01-05"))
    settle(world, local("2022-01-05"), NIGHT)
    lapses = world.letters("lapse")
    assert {one.ready for one in lapses} == {local("2022-01-05 07:00")}
    assert len(lapses) == 122
    row = world.submission("KJJ")
    assert (row.state, world.history("KJJ")[-1].at) == ("overdue", local("2022-01-05"))
    settle(world, local("2022-01-05 07:00"), NIGHT)
    assert {one.ready for one in world.letters("lapse")} == {local("2022-01-05 07:00")}


def test_receipts_of_a_day_wait_for_the_next_mornings_message(world: World) -> None:
    for unit, at in (("KJJ", "10:00"), ("KJJ", "11:00")):
        obligation = "target-choice" if at == "10:00" else "research-trip"
        world.file(unit, obligation, now=local(f"2022-01-04 {at}"))
        settle(world, local(f"2022-01-04 {at[:3]}10"))
    receipts = [one for one in world.letters("notice", person="kjj-liaison") if one.items[0].reason.startswith("filed")]
    assert {str(one.ready)[:16] for one in receipts} == {"2022-01-05 09:00"}
    settle(world, local("2022-01-05 09:00"))
    mine = [one for one in world.letters(person="kjj-liaison") if str(one.ready)[:16] == "2022-01-05 09:00"]
    assert len(mine) == 1


def test_an_extension_is_told_within_minutes_at_work_and_on_a_holiday_only_when_it_is_near(world: World) -> None:
    for unit, until in (("KJJ", date(2022, 1, 14)), ("GXJ", date(2022, 1, 9))):
        with world.act(local("2022-01-08 10:00")) as act:
            submissions.extend(act, world.id_of(unit), until=until, comment="同意")
    settle(world, local("2022-01-08 10:10"))
    ready = {one.person: str(one.ready)[5:16] for one in world.letters("notice") if one.items[0].reason != "reminder"}
    assert (ready["kjj-liaison"], ready["gxj-liaison"]) == ("01-10 09:00", "01-08 10:10")


def test_what_is_put_off_counts_for_the_day_it_is_said(world: World) -> None:
    with world.act(local("2022-02-09 22:30")) as act:
        submissions.extend(act, world.id_of("KJJ", "research-trip"), until=date(2022, 2, 18), comment="疫情")
    settle(world, local("2022-02-09 22:40"), NIGHT)
    days = ask(world.store, "SELECT DISTINCT cast(day AS text) FROM message_item WHERE reason LIKE 'extended:%'")
    assert days == [("2022-02-10",)]


def test_two_reminders_put_off_to_one_morning_are_said_once(world: World) -> None:
    """Two rungs of one duty, caught up in one night, and another duty's rung of the next morning."""
    run(world, "2022-01-10 09:00")
    for at in ("2022-02-07 23:00", "2022-02-09 23:00"):
        world.sweep(local(at))
    settle(world, local("2022-02-09 23:00"), NIGHT)
    said = [
        (item.rung, item.dropped)
        for letter in world.letters("reminder", person="kjj-liaison")
        for item in letter.items
        if item.obligation == "research-trip"
    ]
    assert said == [("rung:0", None), ("rung:1", digests.TOLD_ALREADY)]
    run(world, "2022-02-10 09:00", NIGHT)
    [letter] = [
        one
        for one in world.letters("reminder", person="kjj-liaison")
        if one.ready == local("2022-02-10 09:00") and one.status == "sent"
    ]
    assert {item.obligation for item in letter.items} == {"research-trip", "work-plan"}
    assert ask(world.store, TWICE_A_DAY) == []
    assert ask(world.store, WITHOUT_ITEMS) == [(0,)]


def test_words_withdrawn_while_they_waited_stay_withdrawn(world: World) -> None:
    now = local("2022-02-09 23:00")
    world.sweep(local("2022-01-10 09:00"))
    world.sweep(now)
    settle(world, now, NIGHT)
    with world.act(local("2022-02-09 23:10")) as act:
        submissions.extend(act, world.id_of("KJJ", "research-trip"), until=date(2022, 2, 25), comment="疫情")
    settle(world, local("2022-02-10 07:00"), NIGHT)
    about = [
        item
        for letter in world.letters(person="kjj-head")
        for item in letter.items
        if item.obligation == "research-trip" and item.reason == "reminder"
    ]
    assert {item.dropped for item in about} == {"已延期"}
    assert ("kjj-head", "extended", "research-trip", "KJJ") in told(world)


def test_a_message_that_was_tried_is_left_as_it_is(world: World) -> None:
    now = local("2022-02-20 10:00")
    world.sweep(now)
    with world.store.write() as session:
        session.execute(update(Message).where(col(Message.kind) == "lapse").values(attempts=1))
    before = Counter(one.kind for one in world.letters() if one.ready == now)
    settle(world, now)
    assert Counter(one.kind for one in world.letters() if one.ready == now) == before
