"""When things are due, when rungs fire, how late something is: on China's calendar of 2022."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from time import tzset

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflow.world import LAUNCH, local, ordos, ordos_roster
from workflow import deadlines, rehearsal
from workflow.calendars import china
from workflow.definition import Rung
from workflow.library import parse
from workflow.moments import SHANGHAI, parse_offset


def rung(*, at: str | None = None, pending_for: str | None = None, every: str | None = None, at_most: int = 1) -> Rung:
    written = {"at": at, "pending_for": pending_for, "every": every}
    return Rung(
        to=("liaison",),
        at_most=at_most,
        **{name: parse_offset(value) for name, value in written.items() if value is not None},
    )


def test_a_day_includes_its_end() -> None:
    late_from = deadlines.due_at(date(2022, 1, 4))
    assert late_from == local("2022-01-05 00:00")
    assert local("2022-01-04 23:59:59.999999") < late_from


def test_a_cut_off_ends_the_day_early() -> None:
    assert deadlines.due_at(date(2022, 1, 4), until=time(17, 30)) == local("2022-01-04 17:30")


def test_ordos_is_due_on_three_days() -> None:
    found = [(one.obligation, one.key, one.due_at) for one in deadlines.occurrences(ordos().definition, 2022, china())]
    assert found[:3] == [
        ("target-choice", "2022", local("2022-01-05")),
        ("research-trip", "2022", local("2022-02-11")),
        ("work-plan", "2022", local("2022-02-16")),
    ]
    assert found[3][2] > local("2022-02-28")


def test_another_cycle_moves_every_date() -> None:
    found = [one.due_date for one in deadlines.occurrences(ordos().definition, 2027, china())]
    assert found[:3] == [date(2027, 1, 4), date(2027, 2, 10), date(2027, 2, 15)]
    assert found[-1] == date(2028, 12, 20)


def test_a_cycle_without_the_day_has_no_occurrences() -> None:
    text = ordos().text.replace("due: 01-04", "due: 02-29")
    leap = parse(text.encode(), name="leap.yaml", cycle=2024).definition
    assert deadlines.occurrences_of(leap, "target-choice", 2024, china())[0].due_date == date(2024, 2, 29)
    with pytest.raises(ValueError, match="2022年2月没有29日"):
        deadlines.occurrences_of(leap, "target-choice", 2022, china())


#: Due day, rung, when it fires. New Year 2022 was Jan 1–3. For Spring Festival Jan 31–Feb 6 were off, and
#: Saturday Jan 29 and Sunday Jan 30 were worked.
RUNGS = [
    ("2022-01-04", "-3wd 09:00", "2021-12-29 09:00"),
    ("2022-01-04", "-1wd 09:00", "2021-12-31 09:00"),
    ("2022-01-04", "due", "2022-01-05 00:00"),
    ("2022-01-04", "+1wd 09:00", "2022-01-05 09:00"),
    ("2022-01-04", "+3wd 09:00", "2022-01-07 09:00"),
    ("2022-02-10", "-3wd 09:00", "2022-02-07 09:00"),
    ("2022-02-10", "-4wd 09:00", "2022-01-30 09:00"),
    ("2022-02-10", "-5wd 09:00", "2022-01-29 09:00"),
    ("2022-02-10", "-6wd 09:00", "2022-01-28 09:00"),
    ("2022-02-10", "+3wd 09:00", "2022-02-15 09:00"),
    ("2022-02-03", "-1wd 09:00", "2022-01-30 09:00"),
    ("2022-02-03", "-2wd 09:00", "2022-01-29 09:00"),
    ("2022-02-03", "+1wd 09:00", "2022-02-07 09:00"),
    ("2022-02-03", "due", "2022-02-04 00:00"),
    ("2022-02-03", "-1d 17:30", "2022-02-02 17:30"),
    ("2022-02-03", "+0d 08:00", "2022-02-03 08:00"),
    ("2022-01-28", "+1wd", "2022-01-29 09:00"),
    ("2022-01-28", "+3wd", "2022-02-07 09:00"),
    ("2022-01-30", "-1wd", "2022-01-29 09:00"),
]  # fmt: skip


@pytest.mark.parametrize(("day", "offset", "fires"), RUNGS)
def test_a_rung_fires_on_working_days(day: str, offset: str, fires: str) -> None:
    due = date.fromisoformat(day)
    at = deadlines.rung_at(rung(at=offset), day=due, late_from=deadlines.due_at(due), calendar=china())
    assert at == local(fires)


def test_a_rung_at_due_follows_the_cut_off() -> None:
    cut_off = local("2022-01-04 17:30")
    at = deadlines.rung_at(rung(at="due"), day=date(2022, 1, 4), late_from=cut_off, calendar=china())
    assert at == cut_off


def test_an_approver_is_chased_on_working_days_only() -> None:
    ladder = [rung(at="due"), rung(pending_for="1wd", every="1wd", at_most=5)]
    found = deadlines.chases(ladder, since=local("2022-01-28 15:00"), calendar=china())
    days = ["2022-01-29", "2022-01-30", "2022-02-07", "2022-02-08", "2022-02-09"]
    assert found == tuple((local(f"{day} 09:00"), 1) for day in days)


def test_the_day_of_asking_is_a_local_day() -> None:
    ladder = [rung(pending_for="1wd")]
    asked = local("2022-01-05 00:30")
    for since in (asked, asked.astimezone(tz=None)):
        assert deadlines.chases(ladder, since=since, calendar=china()) == ((local("2022-01-06 09:00"), 0),)


def test_chases_of_several_rungs_come_in_order_of_time() -> None:
    ladder = [rung(pending_for="2wd 10:00"), rung(pending_for="1wd", every="2wd", at_most=2)]
    found = deadlines.chases(ladder, since=local("2022-03-01 15:00"), calendar=china())
    assert found == (
        (local("2022-03-02 09:00"), 1),
        (local("2022-03-03 10:00"), 0),
        (local("2022-03-04 09:00"), 1),
    )


def test_a_ladder_without_chases_chases_nobody() -> None:
    assert deadlines.chases([rung(at="due")], since=local("2022-03-01"), calendar=china()) == ()


@pytest.mark.parametrize(
    ("now", "days", "working"),
    [
        ("2022-01-28 12:00", 0, 0),
        ("2022-01-29 00:00", 1, 1),
        ("2022-01-30 23:59:59.999999", 2, 2),
        ("2022-02-06 12:00", 9, 2),
        ("2022-02-07 00:00", 10, 3),
        ("2022-01-01 12:00", 0, 0),
    ],
)
def test_lateness_is_counted_in_days_and_working_days(now: str, days: int, working: int) -> None:
    due = date(2022, 1, 28)
    assert deadlines.days_late(due, local(now)) == days
    assert deadlines.working_days_late(due, local(now), china()) == working


@given(st.dates(date(2015, 1, 1), date(2024, 12, 31)), st.integers(-40, 40).filter(bool))
def test_a_working_day_offset_lands_on_a_working_day_that_far_away(day: date, count: int) -> None:
    landed = deadlines.moved(day, parse_offset(f"{count:+d}wd"), china())
    assert china().is_working(landed)
    step = 1 if count > 0 else -1
    between = [day + timedelta(days=step * n) for n in range(1, abs((landed - day).days) + 1)]
    assert sum(china().is_working(one) for one in between) == abs(count)


def test_the_years_leaned_on_include_the_one_before_and_the_one_after() -> None:
    assert deadlines.years_touched(ordos().definition, 2022, china()) == (2021, 2022, 2023)


def everything() -> list[str]:
    """Every instant of the programme, the chases of a day's worth of askings, and a rehearsal."""
    definition = ordos().definition
    found = []
    for one in deadlines.occurrences(definition, 2022, china()):
        found.append(f"{one.obligation} {one.due_at}")
        for step in definition.ladder_of(one.obligation):
            found.append(str(deadlines.rung_at(step, day=one.due_date, late_from=one.due_at, calendar=china())))
    for hour in range(0, 24, 3):
        since = datetime(2022, 1, 28, hour, 30, tzinfo=UTC)
        found.append(str(deadlines.chases(definition.ladders["standard"], since=since, calendar=china())))
        found.append(str(deadlines.days_late(date(2022, 1, 28), since)))
        found.append(str(deadlines.working_days_late(date(2022, 1, 28), since, china())))
    lived = rehearsal.rehearse(ordos(), ordos_roster(), cycle=2022, start=LAUNCH, end=local("2022-01-08"))
    return [*found, *(f"{line.at.isoformat()} {line.kind} {line.recipients} {line.units}" for line in lived.lines)]


@pytest.fixture
def set_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Puts the machine into a time zone, and back."""

    def run(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        tzset()

    yield run
    monkeypatch.undo()
    tzset()


def test_the_machines_own_time_zone_changes_nothing(set_zone: Callable[[str], None]) -> None:
    said = []
    for zone in ("UTC", "Asia/Shanghai", "America/New_York"):
        set_zone(zone)
        said.append(everything())
    assert sum("2022-01-05T00:00:00+08:00 lapse" in line for line in said[0]) == 123
    assert said[0] == said[1] == said[2]


@given(st.dates(date(2021, 1, 1), date(2023, 12, 31)), st.times())
def test_an_instant_is_late_exactly_from_the_next_local_midnight(day: date, clock: time) -> None:
    now = datetime.combine(day, clock, SHANGHAI)
    assert (now >= deadlines.due_at(date(2022, 1, 4))) == (day > date(2022, 1, 4))
