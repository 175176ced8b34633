"""What cannot be done is set aside and tried again; nothing else waits for it. And chases, with several rungs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import delete, update
from sqlmodel import col, select

from tests.workflow.small import LADDER, small, small_roster
from tests.workflow.world import OFFICE, World, local
from workflow import submissions
from workflow.launch import launch
from workflow.tables import History, Programme, Submission

DUE = local("2022-02-11 00:00")


@pytest.fixture
def two(world: World) -> Iterator[World]:
    """Ordos 2022 and a small programme beside it, both with a reminder on 2022-02-07 and a deadline on 02-10."""
    ladder = LADDER.replace("-1wd 09:00", "-3wd 09:00")
    with world.act(local("2022-02-01 10:00")) as act:
        launch(act, small(due="02-10", sign_off="[{by: office}]", ladder=ladder), 2022)
    yield world


def spoil(world: World, *, text: str) -> str:
    """Put another text in the small programme's place; gives back the one that was there."""
    with world.store.write() as session:
        row = session.exec(select(Programme).where(Programme.definition == "small")).one()
        before, row.source_text = row.source_text, text
        return before


def heard(world: World, kind: str, obligation: str) -> int:
    return len([one for one in world.letters(kind) if obligation in {item.obligation for item in one.items}])


def test_a_rung_that_fails_delays_no_other(two: World) -> None:
    good = spoil(two, text="programme: [")
    two.sweep(local("2022-02-01 10:01"))
    swept = two.sweep(local("2022-02-07 09:00"))
    assert (swept.failed, heard(two, "reminder", "research-trip"), heard(two, "reminder", "report")) == (1, 61, 0)
    assert {one.status for one in two.letters("reminder")} == {"queued"}
    assert two.sweep(local("2022-02-07 09:05")).failed == 1
    spoil(two, text=good)
    mended = two.sweep(local("2022-02-07 09:10"))
    assert (mended.failed, mended.rungs, heard(two, "reminder", "report")) == (0, 1, 61)
    assert {one.status for one in two.letters("reminder")} == {"queued"}


def test_a_definition_nobody_can_read_still_lapses(two: World) -> None:
    spoil(two, text="programme: [")
    swept = two.sweep(DUE)
    assert swept.lapsed == 61 * 3
    assert {two.submission("KJJ", name).state for name in ("research-trip", "report")} == {"overdue"}


def test_a_deadline_that_cannot_lapse_keeps_its_rungs_for_later(two: World) -> None:
    spoilt = two.id_of("KJJ", "report")
    stray = History(submission_id=spoilt, seq=2, at=DUE, noticed_at=DUE, event="stray", source="", dest="", hash="x")
    with two.store.write() as session:
        session.add(stray)
    swept = two.sweep(DUE)
    assert (swept.failed, swept.lapsed) == (1, 61 * 2)
    assert (heard(two, "lapse", "research-trip"), heard(two, "lapse", "report")) == (122, 0)
    with two.store.write() as session:
        session.execute(delete(History).where(col(History.event) == "stray"))
    mended = two.sweep(local("2022-02-11 00:10"))
    assert (mended.failed, mended.lapsed, heard(two, "lapse", "report")) == (0, 61, 61)
    assert {entry.at for entry in two.history("KJJ", "report") if entry.event == "lapse"} == {DUE}


def test_a_chase_that_fails_delays_no_other(world: World) -> None:
    now = local("2022-01-04 10:00")
    for unit in ("KJJ", "GXJ", "GZW", "NYJ", "ZZB"):
        world.hand_in(unit, now=now)
    spoilt, noon = world.id_of("GZW"), local("2022-01-04 12:00")
    with world.store.write() as session:
        session.execute(update(Submission).where(col(Submission.chase_at).is_not(None)).values(chase_at=noon))
        session.execute(update(Submission).where(col(Submission.id) == spoilt).values(pending_since=None))
    swept = world.sweep(noon)
    assert (swept.chased, swept.failed) == (4, 1)
    told = {one.person: one.units for one in world.letters("reminder") if one.items[0].reason == "chase"}
    assert told == {"fsz-gongye": ("KJJ", "GXJ", "NYJ"), "zzb-head": ("ZZB",)}
    assert {one.status for one in world.letters("reminder")} == {"queued"}


TWO_CHASES = """\
    - {pending_for: 1wd, to: [approver], every: 1wd, at_most: 5}
    - {pending_for: 3wd, to: [office], say: escalation, light: yellow}
"""


def test_two_chases_at_one_instant_reach_both_their_posts(sqlite_url: str) -> None:
    now = local("2022-03-01 10:00")
    pinned, roster = small(ladder=TWO_CHASES), small_roster(leaders=1)
    with closing(World.launched(sqlite_url, now=now, pinned=pinned, roster=roster)) as world:
        world.hand_in("U1", "report", now=now)
        world.advance(local("2022-03-10"))
        told = [(str(one.ready)[8:16], one.kind, one.person) for one in world.letters() if one.kind != "request"]
        assert sorted(told) == [
            ("02 09:00", "reminder", "leader-1"),
            ("03 09:00", "reminder", "leader-1"),
            ("04 09:00", "escalation", "duty"),
            ("04 09:00", "escalation", "leader-1"),
            ("07 09:00", "reminder", "leader-1"),
            ("08 09:00", "reminder", "leader-1"),
        ]
        assert world.submission("U1", "report").light == "yellow"


def test_chases_missed_while_down_are_one_message(sqlite_url: str) -> None:
    now = local("2022-03-01 10:00")
    pinned, roster = small(ladder=TWO_CHASES), small_roster(leaders=1)
    with closing(World.launched(sqlite_url, now=now, pinned=pinned, roster=roster)) as world:
        world.hand_in("U1", "report", now=now)
        assert world.sweep(local("2022-03-07 12:00")).chased == 1
        assert sorted(one.person for one in world.letters("escalation")) == ["duty", "leader-1"]
        row = world.submission("U1", "report")
        assert (row.chases, row.chase_at) == (5, local("2022-03-08 09:00"))


def test_an_approver_spoken_to_that_day_is_not_chased_besides(sqlite_world: World) -> None:
    sqlite_world.hand_in("KJJ", now=local("2022-01-04 10:00"))
    with sqlite_world.act(local("2022-01-05 08:00"), OFFICE) as act:
        submissions.urge(act, sqlite_world.id_of("KJJ"))
    sqlite_world.advance(local("2022-01-06 12:00"))
    told = [(str(one.ready)[8:16], one.kind) for one in sqlite_world.letters(person="fsz-gongye") if "KJJ" in one.units]
    assert told == [
        ("04 10:10", "request"), ("05 08:00", "urge"), ("05 00:00", "lapse"), ("05 09:00", "escalation"),
        ("06 09:00", "reminder"),
    ]  # fmt: skip
