"""Obligations, occurrences, units and ladders that an amendment adds, takes away and changes."""

from __future__ import annotations

from collections import Counter
from datetime import date

from sqlmodel import select

from tests.workflow.amended import (
    NOW,
    TEXT,
    advance,
    amend,
    amendable,
    heard,
    planned,
    rows,
    rungs_of,
    running,
    schedules_of,
    small_reworded,
)
from tests.workflow.world import World, local
from workflow import library, signing, submissions
from workflow.tables import Deadline, Involved, Link

__all__ = ["amendable"]

MORNING, LATER = local("2022-02-02 10:00"), local("2022-03-08 10:00")
WITHOUT_PLAN = (TEXT[TEXT.index("  plan:") : TEXT.index("  visit:")], "")
MEETING = """\
  meeting:
    title: 参加推进会
    owed_by: few
    due: 04-01
    form: {text: {label: 情况, type: paragraph, required: true}}
    ladder: only
"""
WITH_MEETING = ("ladders:\n", f"{MEETING}ladders:\n")
MORE_UNITS = ("few: [单位U1, 单位U2]", "few: [单位U1, 单位U2, 单位U3]")
FEWER_UNITS = ("few: [单位U1, 单位U2]", "few: [单位U1]")
WITHOUT_THIRD = (", {on: 09-30, key: third}", "")


def test_a_removed_obligation_leaves_what_is_filed_and_frees_the_rest(amendable: World) -> None:
    amendable.file("U1", "plan", now=MORNING)
    amendable.hand_in("U2", "plan", now=MORNING)
    advance(amendable, LATER)
    found = amend(amendable, small_reworded(WITHOUT_PLAN), now=LATER, comment="并入年度总结")
    [gone] = found.withdrawn
    assert (gone.title, gone.units, gone.filed) == ("报送方案", tuple(f"单位U{n}" for n in range(2, 7)), 1)
    after = rows(amendable, "plan")
    assert Counter(row.state for row in after.values()) == {"filed": 1, "exempt": 5}
    assert (after["U2"].waiting_on, after["U2"].chase_at, after["U2"].pending_since) == ("none", None, None)
    assert amendable.history("U2", "plan")[-1].comment == "方案修订，不再要求：并入年度总结"
    assert amendable.open_requests("U2", "plan") == []
    with amendable.store.read() as session:
        ids = [one.id for one in amendable.requests("U2", "plan")]
        links = session.exec(select(Link)).all()
        assert all(one.revoked_at == LATER for one in links if one.sign_off_id in ids)
    told = heard(amendable, "exempted")
    assert Counter(person for person, _ in told)["leader-1"] == 1
    assert {number for _, number in told} == {after[f"U{n}"].id for n in range(2, 7)}
    assert [one.status for one in amendable.letters("notice")].count("queued") == found.told
    assert amendable.broken_chains() == []
    advance(amendable, local("2022-03-20 10:00"))
    assert {row.state for row in rows(amendable, "plan").values()} == {"filed", "exempt"}


def test_an_added_obligation_is_opened_and_told_at_once(amendable: World) -> None:
    advance(amendable, LATER)
    found = amend(amendable, small_reworded(WITH_MEETING), now=LATER)
    [one] = found.opened
    assert (one.title, one.due_date, one.units, one.opens_at) == (
        "参加推进会",
        date(2022, 4, 1),
        ("单位U1", "单位U2"),
        None,
    )
    assert (found.moved, found.withdrawn, found.cancelled, found.told) == ((), (), 0, 4)
    assert set(rows(amendable, "meeting")) == {"U1", "U2"}
    [first] = amendable.history("U1", "meeting")
    assert (first.event, first.dest) == ("amend", "draft")
    told = {"u1-liaison", "u1-unit_head", "u2-liaison", "u2-unit_head"}
    assert {person.replace("-unit-head", "-unit_head") for person, _ in heard(amendable, "opened")} == told
    advance(amendable, local("2022-04-06 09:00"))
    assert rows(amendable, "meeting")["U1"].light == "red"


def test_a_unit_added_to_a_group_owes_what_is_still_ahead(amendable: World) -> None:
    advance(amendable, LATER)
    found = amend(amendable, small_reworded(MORE_UNITS), now=LATER)
    assert [(one.title, one.units) for one in found.opened] == [("走访企业", ("单位U3",))]
    after = rows(amendable, "visit")
    assert set(after) == {"U1", "U2", "U3"}
    assert after["U3"].deadline_id == after["U1"].deadline_id
    assert amendable.history("U3", "visit")[0].comment == "方案修订，新增报送单位"


def test_a_unit_added_after_the_date_is_not_late_by_surprise(amendable: World) -> None:
    past = local("2022-04-25 10:00")
    advance(amendable, past)
    found = amend(amendable, small_reworded(MORE_UNITS), now=past)
    assert (found.opened, set(rows(amendable, "visit"))) == ((), {"U1", "U2"})
    assert found.notes == ("“走访企业”（2022）已过截止日期，新增的1个单位不再要求",)


def test_a_unit_taken_out_of_a_group_is_freed_and_asked_again_when_it_comes_back(amendable: World) -> None:
    amend(amendable, small_reworded(FEWER_UNITS), now=MORNING)
    assert {unit: row.state for unit, row in rows(amendable, "visit").items()} == {"U1": "draft", "U2": "exempt"}
    found = amend(amendable, running(), now=LATER)
    assert [one.units for one in found.opened] == [("单位U2",)]
    assert [(one.event, one.source, one.dest) for one in amendable.history("U2", "visit")] == [
        ("launch", "", "draft"), ("amend", "draft", "exempt"), ("amend", "exempt", "draft"),
    ]  # fmt: skip
    assert {person for person, _ in heard(amendable, "opened")} == {"u2-liaison", "u2-unit-head"}
    assert amendable.broken_chains() == []


def test_what_the_office_exempted_stays_exempt(amendable: World) -> None:
    with amendable.act(MORNING) as act:
        submissions.exempt(act, amendable.id_of("U2", "visit"), comment="机构撤并")
    amend(amendable, small_reworded(MORE_UNITS), now=LATER)
    assert rows(amendable, "visit")["U2"].state == "exempt"


def test_an_occurrence_that_nobody_has_yet_is_laid_out_anew_or_taken_away(amendable: World) -> None:
    found = amend(
        amendable, small_reworded(("on: 06-30", "on: 06-20"), WITHOUT_THIRD), now=MORNING, confirm_earlier=True
    )
    [one] = found.moved
    assert (one.occurrence, one.after, one.following) == ("second", date(2022, 6, 20), 0)
    [gone] = found.withdrawn
    assert (gone.occurrence, gone.units) == ("third", ())
    [left] = schedules_of(amendable, "report")
    assert (left.due_date, left.schedule_version, left.opens_at) == (date(2022, 6, 20), 1, local("2022-05-31 09:00"))
    advance(amendable, local("2022-05-31 09:00"))
    assert len(rows(amendable, "report")) == 6
    assert {row.due_date for row in rows(amendable, "report").values()} == {date(2022, 6, 20)}


def test_an_earlier_date_is_told_to_every_owner_and_never_late(amendable: World) -> None:
    pinned, now = small_reworded(("due: 03-10", "due: 03-04")), local("2022-03-03 10:00")
    amendable.file("U1", "plan", now=MORNING)
    advance(amendable, now)
    found = amend(amendable, pinned, now=now, confirm_earlier=True)
    assert [one.earlier for one in found.moved] == [True]
    told = {person for person, _ in heard(amendable, "amended")}
    assert told == {f"u{n}-{post}" for n in range(2, 7) for post in ("liaison", "unit-head")}
    [new, _] = schedules_of(amendable, "plan")
    assert rungs_of(amendable, new.id or 0) == [(0, False), (1, False), (2, True), (3, True)]
    advance(amendable, local("2022-03-03 18:00"))
    assert heard(amendable, "reminder") == []
    advance(amendable, local("2022-03-05 00:00"))
    assert Counter(row.state for row in rows(amendable, "plan").values()) == {"filed": 1, "overdue": 5}


def test_a_changed_ladder_is_laid_out_for_the_open_and_its_past_stays_silent(amendable: World) -> None:
    again = ("- {at: +2wd 09:00", "- {at: -2wd 09:00, to: [unit-head]}\n    - {at: +2wd 09:00")
    with amendable.act(MORNING) as act:
        submissions.extend(act, amendable.id_of("U3", "plan"), until=date(2022, 3, 20), comment="外出")
    amendable.file("U1", "plan", now=MORNING)
    advance(amendable, local("2022-03-08 08:00"))
    found = amend(amendable, small_reworded(again), now=local("2022-03-08 08:00"))
    assert (found.moved, found.relaid, found.told) == ((), 7, 0)
    assert {(one.obligation, one.what) for one in found.changed} == {
        (name, "督办梯次") for name in ("plan", "visit", "report")
    }
    advance(amendable, local("2022-03-17 10:00"))
    u2 = [(one.kind, one.ready.date(), one.items[0].rung) for one in amendable.letters(person="u2-unit-head")]
    assert ("reminder", date(2022, 3, 8), "rung:3") in u2
    liaison = Counter(one.ready.date() for one in amendable.letters("reminder", person="u2-liaison"))
    assert liaison == {date(2022, 3, 7): 1, date(2022, 3, 9): 1}
    extended = [one.ready.date() for one in amendable.letters("reminder", person="u3-unit-head")]
    assert extended == [date(2022, 3, 17)]
    assert rows(amendable, "plan")["U3"].due_date == date(2022, 3, 20)


def test_an_overdue_submission_follows_a_changed_ladder_without_lapsing_again(amendable: World) -> None:
    overdue, later = local("2022-03-11 08:00"), ("at: +2wd 09:00", "at: +4wd 09:00")
    advance(amendable, overdue)
    amend(amendable, small_reworded(later), now=overdue)
    assert amendable.sweep(overdue).lapsed == 0
    advance(amendable, local("2022-03-16 09:00"))
    assert [one.ready for one in amendable.letters("escalation", person="u2-unit-head")] == [local("2022-03-16 09:00")]
    events = [one.event for one in amendable.history("U2", "plan")]
    assert events[:3] == ["launch", "lapse", "amend"] and events.count("lapse") == 1


def test_partners_read_what_they_work_with_from_now_on(amendable: World) -> None:
    partners = ("owed_by: few\n", "owed_by: few\n    with: [单位U5]\n")
    amend(amendable, small_reworded(partners), now=MORNING)
    with amendable.store.read() as session:
        read = {(one.submission_id, one.unit, one.part) for one in session.exec(select(Involved))}
    assert read == {(row.id, "U5", "cooperating") for row in rows(amendable, "visit").values()}


def test_a_moved_date_can_move_again_and_back(amendable: World) -> None:
    for number, (day, pinned) in enumerate(
        [
            (20, small_reworded(("due: 03-10", "due: 03-20"))),
            (25, small_reworded(("due: 03-10", "due: 03-25"))),
            (10, running()),
        ],
        start=2,
    ):
        amend(amendable, pinned, now=MORNING, confirm_earlier=True)
        row = rows(amendable, "plan")["U1"]
        assert row.due_date == date(2022, 3, day)
        with amendable.store.read() as session:
            assert session.get_one(Deadline, row.deadline_id).schedule_version == number
    assert len(amendable.history("U1", "plan")) == 4


def test_a_signature_in_flight_stays_good_when_only_dates_move(amendable: World) -> None:
    amendable.hand_in("U1", "plan", now=MORNING)
    amend(amendable, small_reworded(("due: 03-10", "due: 03-20")), now=LATER)
    assert amendable.sign("U1", "plan", now=LATER).state == "filed"


def test_asking_what_would_happen_writes_nothing(amendable: World) -> None:
    found = planned(amendable, small_reworded(WITHOUT_PLAN, WITH_MEETING, FEWER_UNITS), now=NOW)
    assert (len(found.opened), len(found.withdrawn), found.wrong) == (1, 2, ())
    assert library.parse(TEXT.encode(), name="x").version == found.before and signing.CHOICES
