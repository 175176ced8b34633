"""What the clock does by itself to Ordos 2022, on both databases."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime

from sqlalchemy import text

from tests.workflow.world import World, local
from workflow import posts, submissions, sweep
from workflow.roster import Roster
from workflow.store import Store

#: (instant, kind, obligation, people): the whole ladder of the programme when nobody hands anything in.
#: 61 units, each with a liaison and a head; 8 leaders supervise all but the four party departments; 2 on duty.
LADDER = [
    ("2021-12-31 08:30", "notice", "target-choice", 61),
    ("2021-12-31 09:00", "reminder", "target-choice", 61),
    ("2022-01-05 00:00", "lapse", "target-choice", 122),
    ("2022-01-05 09:00", "escalation", "target-choice", 69),
    ("2022-01-07 09:00", "escalation", "target-choice", 2),
    ("2022-02-07 09:00", "reminder", "research-trip", 61),
    ("2022-02-09 09:00", "reminder", "research-trip", 122),
    ("2022-02-10 09:00", "reminder", "work-plan", 61),
    ("2022-02-11 00:00", "lapse", "research-trip", 122),
    ("2022-02-11 09:00", "escalation", "research-trip", 69),
    ("2022-02-14 09:00", "reminder", "work-plan", 122),
    ("2022-02-15 09:00", "escalation", "research-trip", 2),
    ("2022-02-16 00:00", "lapse", "work-plan", 122),
    ("2022-02-16 09:00", "escalation", "work-plan", 69),
    ("2022-02-18 09:00", "escalation", "work-plan", 2),
]

TWICE_A_DAY = """
SELECT person, reason, day, count(DISTINCT message_id) FROM message_item
WHERE dropped IS NULL GROUP BY person, reason, day HAVING count(DISTINCT message_id) > 1
"""
UNSENDABLE = "SELECT count(*) FROM message WHERE status = 'gathering'"
#: An anchor's message speaks of no submission.
WITHOUT_ITEMS = (
    "SELECT count(*) FROM message WHERE kind <> 'anchor' AND id NOT IN (SELECT message_id FROM message_item)"
)


def ask(store: Store, statement: str) -> list[tuple[object, ...]]:
    with store.read() as session:
        return [tuple(row) for row in session.execute(text(statement))]


def what_went(world: World) -> list[tuple[datetime, str, str, int]]:
    counted = Counter(
        (letter.ready, letter.kind, name)
        for letter in world.letters()
        for name in {item.obligation for item in letter.items}
    )
    return [(*what, people) for what, people in sorted(counted.items())]


def test_the_whole_ladder_fires_as_the_plan_says(world: World) -> None:
    world.advance(local("2022-02-19"))
    assert what_went(world) == [(local(at), kind, name, people) for at, kind, name, people in LADDER]
    assert ask(world.store, TWICE_A_DAY) == []
    assert ask(world.store, UNSENDABLE) == ask(world.store, WITHOUT_ITEMS) == [(0,)]
    assert world.broken_chains() == []
    states = Counter((row.state, row.light) for row in (world.submission("KJJ", name) for name in PLAN))
    assert states == {("overdue", "red"): 3}


PLAN = ("target-choice", "research-trip", "work-plan")


def test_rungs_past_at_launch_are_one_notice_and_nobody_hears_twice_that_day(world: World) -> None:
    world.advance(local("2021-12-31 23:59"))
    heard = Counter((letter.person, letter.kind, letter.ready) for letter in world.letters())
    assert set(heard.values()) == {1}
    assert [one for one in heard if one[0] == "kjj-liaison"] == [("kjj-liaison", "notice", local("2021-12-31 08:30"))]
    assert [one for one in heard if one[0] == "kjj-head"] == [("kjj-head", "reminder", local("2021-12-31 09:00"))]
    assert len(heard) == 122


def test_a_lapse_is_dated_at_the_deadline_and_noticed_later(world: World) -> None:
    now = local("2022-01-05 07:12:30")
    assert world.sweep(now).lapsed == 61
    [*_, entry] = world.history("KJJ")
    assert (entry.event, entry.at, entry.noticed_at) == ("lapse", local("2022-01-05"), now)
    assert (entry.source, entry.dest, entry.actor) == ("draft", "overdue-draft", "督办系统")
    row = world.submission("KJJ")
    assert (row.state, row.light, row.version, row.head) == ("overdue", "yellow", 2, entry.hash)


def test_nothing_lapses_before_the_day_is_over(world: World) -> None:
    assert world.sweep(local("2022-01-04 23:59:59.999999")).lapsed == 0
    assert world.sweep(local("2022-01-05 00:00")).lapsed == 61


def test_sweeping_again_at_the_same_instant_adds_nothing(world: World) -> None:
    now = local("2022-02-11 09:00")
    first = world.sweep(now)
    assert (first.lapsed, first.failed) == (122, 0)
    before = world.dump()
    again = world.sweep(now)
    assert (again.lapsed, again.rungs, again.chased, again.released) == (0, 0, 0, 0)
    assert world.dump() == before


def test_four_sweeps_at_once_add_nothing(world: World, launched_url: str) -> None:
    now = local("2022-02-11 09:00")
    world.hand_in("KJJ", now=local("2021-12-31 10:00"))
    others = (
        [world, *(World.opened(launched_url) for _ in range(3))] if world.store.dialect != "sqlite" else [world] * 4
    )
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda one: one.sweep(now), others))
    assert (sum(one.lapsed for one in done), sum(one.failed for one in done)) == (122, 0)
    assert ask(world.store, TWICE_A_DAY) == []
    assert ask(world.store, UNSENDABLE) == ask(world.store, WITHOUT_ITEMS) == [(0,)]
    assert Counter(one.kind for one in world.letters() if one.ready == now)["lapse"] == 122 + 1
    assert world.broken_chains() == []
    for one in others[1:]:
        one.close()


def test_an_earlier_clock_changes_nothing(world: World) -> None:
    world.sweep(local("2022-01-05 09:00"))
    before = world.dump(without=["meta"])
    for earlier in ("2022-01-05 08:00", "2022-01-04 12:00", "2021-01-01 00:00"):
        world.sweep(local(earlier))
        assert world.dump(without=["meta"]) == before


def test_reminders_missed_while_down_reach_a_person_as_one_message(world: World) -> None:
    world.sweep(local("2022-01-10 09:00"))
    now = local("2022-02-10 10:00")
    world.sweep(now)
    [letter] = [one for one in world.letters("reminder", person="kjj-liaison") if one.ready == now]
    assert {item.obligation for item in letter.items} == {"research-trip", "work-plan"}
    assert len(letter.items) == 2
    [head] = [one for one in world.letters("reminder", person="kjj-head") if one.ready == now]
    assert [item.obligation for item in head.items] == ["research-trip"]


def test_down_across_every_deadline_the_lapses_and_escalations_still_go(world: World) -> None:
    now = local("2022-02-20 10:00")
    assert world.sweep(now).lapsed == 183
    went = [one for one in world.letters() if one.ready == now]
    assert Counter(one.kind for one in went) == {"lapse": 122, "escalation": 71}
    assert {len({item.obligation for item in one.items}) for one in went} == {3}
    assert ask(world.store, TWICE_A_DAY) == []
    assert {entry.at for entry in world.history("KJJ", "work-plan") if entry.event == "lapse"} == {local("2022-02-16")}


def test_who_has_filed_is_left_alone(world: World) -> None:
    world.file("KJJ", now=local("2021-12-31 10:00"))
    world.file("KJJ", "research-trip", now=local("2021-12-31 10:00"))
    world.file("KJJ", "work-plan", now=local("2021-12-31 10:00"))
    world.advance(local("2022-03-01"))
    kinds = {letter.kind for letter in world.letters() if "KJJ" in letter.units}
    assert kinds == {"notice", "receipt", "request"}


def test_an_extension_cancels_what_is_unsent_and_alerts_again_at_the_new_date(world: World) -> None:
    world.advance(local("2022-02-09 09:00"))
    now = local("2022-02-09 09:05")
    with world.act(now) as act:
        submissions.extend(act, world.id_of("KJJ", "research-trip"), until=date(2022, 2, 18), comment="疫情")
    old = [one for one in world.letters("reminder", person="kjj-head") if one.items[0].obligation == "research-trip"]
    assert [(one.status, one.items[0].dropped) for one in old] == [("cancelled", "已延期")]
    assert next(one for one in world.letters("reminder", person="gxj-head")).status == "queued"
    world.advance(local("2022-03-01"))
    about = sorted(
        (str(one.ready)[:16], one.kind, one.person)
        for one in world.letters()
        for item in one.items
        if (item.unit, item.obligation) == ("KJJ", "research-trip") and item.dropped is None
    )
    assert about == [
        ("2022-02-09 09:10", "notice", "kjj-head"),
        ("2022-02-09 09:10", "notice", "kjj-liaison"),
        ("2022-02-15 09:00", "reminder", "kjj-liaison"),
        ("2022-02-17 09:00", "reminder", "kjj-head"),
        ("2022-02-17 09:00", "reminder", "kjj-liaison"),
        ("2022-02-19 00:00", "lapse", "kjj-head"),
        ("2022-02-19 00:00", "lapse", "kjj-liaison"),
        ("2022-02-21 09:00", "escalation", "fsz-gongye"),
        ("2022-02-21 09:00", "escalation", "kjj-head"),
        ("2022-02-23 09:00", "escalation", "office-duty-1"),
        ("2022-02-23 09:00", "escalation", "office-duty-2"),
    ]


def test_an_overdue_that_was_extended_lapses_once_more_at_the_new_deadline(world: World) -> None:
    world.advance(local("2022-01-05 10:00"))
    with world.act(local("2022-01-05 10:00")) as act:
        submissions.extend(act, world.id_of("KJJ"), until=date(2022, 1, 6), comment="对象待确认")
    world.advance(local("2022-01-20"))
    lapses = [entry.at for entry in world.history("KJJ") if entry.event == "lapse"]
    assert lapses == [local("2022-01-05"), local("2022-01-07")]
    heard = [one.ready for one in world.letters("lapse", person="kjj-liaison")]
    assert heard == [local("2022-01-05"), local("2022-01-07")]
    assert ask(world.store, TWICE_A_DAY) == []


def test_a_rung_whose_post_nobody_holds_is_heard_by_the_office(world: World) -> None:
    with world.act(local("2022-02-01 10:00")) as act:
        roster = posts.export(act.session)
        left = tuple(one for one in roster.posts if (one.post, one.unit) != ("liaison", "KJJ"))
        posts.import_roster(act.session, Roster(roster.units, roster.people, left, roster.supervision))
    world.advance(local("2022-02-07 09:00"))
    told = [one.person for one in world.letters("reminder") for item in one.items if item.unit == "KJJ"]
    assert told == ["kjj-head", "office-duty-1", "office-duty-2"]


def test_a_programme_launched_after_a_date_says_so_at_once_and_shows_it_red(sqlite_url: str) -> None:
    now = local("2022-01-06 10:00")
    with closing(World.launched(sqlite_url, now=now)) as world:
        world.sweep(now)
        row = world.submission("KJJ")
        assert (row.state, row.light, world.history("KJJ")[-1].at) == ("overdue", "red", local("2022-01-05"))
        heard = Counter(letter.person for letter in world.letters())
        assert (set(heard.values()), len(heard)) == ({1}, 61 * 2 + 8)
        assert {letter.kind for letter in world.letters()} == {"notice"}


def test_the_next_instant_is_the_first_thing_due(sqlite_world: World) -> None:
    launched = local("2022-01-04")
    sqlite_world.hand_in("KJJ", now=launched)
    sqlite_world.sweep(launched)
    found = [launched]
    with sqlite_world.look() as act:
        while len(found) < 7 and (upcoming := sweep.next_instant(act.session, after=found[-1])) is not None:
            found.append(upcoming)
    assert found[1:] == [
        local("2022-01-04 00:10"), local("2022-01-04 09:00"), local("2022-01-05"), local("2022-01-05 09:00"),
        local("2022-01-07 09:00"), local("2022-02-07 09:00"),
    ]  # fmt: skip
