"""A rehearsal is the engine itself on a virtual clock, and touches no store."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.workflow.small import small, small_roster
from tests.workflow.world import LAUNCH, World, local, ordos, ordos_roster
from workflow import rehearsal
from workflow.calendars import DayRule
from workflow.refusals import LaunchRefused
from workflow.rehearsal import Line, Rehearsed
from workflow.roster import Roster
from workflow.store import Store

#: The ladders of the three dated duties are done; what comes after them has only just begun to open.
END = local("2022-02-19 00:00")


def rehearsed(*, end: datetime = END) -> Rehearsed:
    return rehearsal.rehearse(ordos(), ordos_roster(), cycle=2022, start=LAUNCH, end=end)


def alert(line: Line) -> tuple[datetime, str, str, tuple[tuple[str, str], ...]]:
    return line.at, line.kind, line.recipients[0], tuple(sorted((item.obligation, item.unit) for item in line.items))


@pytest.fixture(scope="module")
def lived() -> Rehearsed:
    """Ordos 2022 through the last rung of its three dates."""
    return rehearsed()


def test_a_rehearsal_says_what_a_launched_programme_does(world: World, lived: Rehearsed) -> None:
    world.advance(END)
    really = Counter(
        (one.ready, one.kind, one.person, tuple(sorted((item.obligation, item.unit) for item in one.items)))
        for one in world.letters()
    )
    lines = lived.lines
    assert Counter(alert(line) for line in lines if line.type == "alert") == really
    lapses = [
        (line.at, line.obligation, len(line.units))
        for line in lines
        if line.kind == "lapse" and line.type == "transition"
    ]
    assert lapses == [
        (local("2022-01-05"), "target-choice", 61),
        (local("2022-02-11"), "research-trip", 61),
        (local("2022-02-16"), "work-plan", 61),
    ]
    assert all(entry.at == local("2022-01-05") for entry in world.history("KJJ") if entry.event == "lapse")


def test_lines_come_in_order_and_name_people_units_and_channels(lived: Rehearsed) -> None:
    lines = lived.lines
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    assert all(str(line.at.tzinfo) == "Asia/Shanghai" for line in lines)
    first = next(line for line in lines if "kjj-liaison" in line.recipients)
    assert (first.kind, first.units, first.obligation, first.occurrence) == (
        "notice", ("KJJ",), "target-choice", "2022"
    )  # fmt: skip
    assert set(first.channels) <= {"wecom", "mail"} and first.channels
    leader = next(line for line in lines if line.kind == "escalation" and "fsz-gongye" in line.recipients)
    assert len(leader.units) > 1


def test_a_rehearsal_opens_no_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(url: str) -> Store:
        raise AssertionError(url)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Store, "open", refuse)
    assert rehearsed(end=local("2022-01-06")).plan.submissions == 183
    assert list(tmp_path.iterdir()) == []


def test_a_whole_year_is_rehearsed_to_its_end(lived: Rehearsed) -> None:
    whole = rehearsed(end=local("2023-01-01"))
    assert tuple(line for line in whole.lines if line.at < END) == lived.lines
    assert whole.lines[-1].at > local("2022-12-30")
    assert (whole.plan.key, whole.plan.wrong, whole.plan.provisional) == ("ordos-benchmarking-2022", (), ())


def test_another_cycle_moves_every_line() -> None:
    start = rehearsal.start_of(ordos(), 2023)
    assert start == local("2022-12-31 08:30")
    found = rehearsal.rehearse(ordos(), ordos_roster(), cycle=2023, start=start, end=local("2023-02-19"))
    assert [str(line.at.date()) for line in found.lines if line.kind == "lapse" and line.type == "transition"] == [
        "2023-01-05", "2023-02-11", "2023-02-16",
    ]  # fmt: skip


def test_a_year_without_a_calendar_is_said_to_be_provisional() -> None:
    start = rehearsal.start_of(ordos(), 2035)
    found = rehearsal.rehearse(ordos(), ordos_roster(), cycle=2035, start=start, end=local("2035-01-02"))
    assert found.plan.provisional == (2034, 2035, 2036)


def test_a_calendar_given_along_moves_the_rungs() -> None:
    off = tuple(DayRule(date(2035, 3, day), working=False, name="试验假") for day in (8, 9))
    moved = {}
    for years in ({}, {2035: off}):
        found = rehearsal.rehearse(
            small(), small_roster(), cycle=2035, start=local("2035-03-01 08:00"), end=local("2035-03-10 12:00"),
            years=years,
        )  # fmt: skip
        moved[len(years)] = [line.at for line in found.lines if line.kind == "reminder"]
    assert moved == {0: [local("2035-03-09 09:00")], 1: [local("2035-03-07 09:00")]}


def test_two_rehearsals_do_not_mix_their_rosters() -> None:
    for units in (3, 1, 2):
        start, end = local("2022-03-01 08:00"), local("2022-03-12")
        found = rehearsal.rehearse(small(), small_roster(units=units), cycle=2022, start=start, end=end)
        told = {line.recipients for line in found.lines if line.kind == "reminder"}
        assert told == {(f"u{number}-liaison",) for number in range(1, units + 1)}


def test_what_a_launch_refuses_a_rehearsal_refuses() -> None:
    with pytest.raises(LaunchRefused):
        rehearsal.rehearse(ordos(), Roster(), cycle=2022, start=LAUNCH, end=END)
