"""A year of the Huludao programme: rehearsed with nobody submitting, and its chains of follow-ups gone through."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime

import pytest

from tests.definitions.test_huludao import ROSTER, days_of, definition, huludao
from tests.workflow.world import local
from workflow import rehearsal
from workflow.rehearsal import Line, Rehearsed


@pytest.fixture(scope="module")
def year() -> Rehearsed:
    """2021 from the day of issue with nobody submitting."""
    start = rehearsal.start_of(huludao(), 2021)
    return rehearsal.rehearse(huludao(), ROSTER, cycle=2021, start=start, end=local("2021-12-31 23:59:59"))


def alerts(year: Rehearsed, obligation: str, kind: str) -> list[Line]:
    """The alerts of a kind that speak of an obligation."""
    return [
        line
        for line in year.lines
        if line.type == "alert" and line.kind == kind and any(item.obligation == obligation for item in line.items)
    ]


def moments(lines: list[Line]) -> list[datetime]:
    """When they fire, each instant once."""
    return sorted({line.at for line in lines})


def test_nothing_is_wrong_with_the_launch(year: Rehearsed) -> None:
    assert year.plan.wrong == ()
    owed = Counter(one.obligation for one in year.plan.obligations for _ in one.units)
    assert owed["counterparts"] == len(ROSTER.units)
    assert owed["monthly-hearing"] == owed["dispatch-trade"] == 9
    assert owed["project-rhythm"] == 4 * 10
    assert owed["research-heads"] == 3 * 33


def test_every_deadline_of_the_year_lapses_at_its_instant(year: Rehearsed) -> None:
    lapsed: defaultdict[str, set[date]] = defaultdict(set)
    for line in year.lines:
        if line.kind == "lapse" and line.type == "transition":
            for item in line.items:
                assert line.at.hour == line.at.minute == 0
                lapsed[item.obligation].add(line.at.date())
    for name, one in definition().obligations.items():
        if one.due.from_calendar:
            ends = {date.fromordinal(day.toordinal() + 1) for day in days_of(name)}
            assert lapsed[name] == {end for end in ends if end.year == 2021}, name


@pytest.mark.parametrize(
    ("obligation", "expected"),
    [
        # Due on the last day of each month; reminded three working days before, over Labour Day's make-up Sunday,
        # the make-up Sunday before the National Day holidays, and so on.
        (
            "monthly-hearing",
            "04-27 05-26 06-25 07-28 08-26 09-27 10-27 11-25 12-28",
        ),
        ("half-year-summary", "06-25 12-28"),
        ("year-rating", "12-28"),
        # Due on 13 April, ten working days after the issue, over the Qingming holidays.
        ("counterparts", "04-08"),
        ("task-split", "04-08"),
        ("five-ones", "04-15"),
        # Quarter ends; the first was two days after the issue and is told at once.
        ("project-rhythm", "06-16 06-25 09-16 09-27 12-17 12-28"),
        ("higher-funds", "12-17 12-28"),
    ],
)
def test_reminders_come_on_the_right_days(year: Rehearsed, obligation: str, expected: str) -> None:
    found = moments(alerts(year, obligation, "reminder"))
    assert [f"{at:%m-%d}" for at in found] == expected.split()
    assert {f"{at:%H:%M}" for at in found} == {"09:00"}


@pytest.mark.parametrize(
    ("obligation", "expected"),
    [
        # The first and third working day after; 1 May begins five days off, 8 May is a make-up Saturday.
        ("monthly-hearing", "05-06 06-01 07-01 08-02 09-01 10-08 11-01 12-01"),
        (
            "indicator-analysis",
            "05-06 05-08 06-01 06-03 07-01 07-05 08-02 08-04 09-01 09-03 10-08 10-11 11-01 11-03 12-01 12-03",
        ),
        ("counterparts", "04-14 04-16"),
        ("mobilisation", "04-02 04-07"),
        ("project-rhythm", "04-01 07-01 10-08"),
    ],
)
def test_escalations_come_on_the_right_days(year: Rehearsed, obligation: str, expected: str) -> None:
    found = moments(alerts(year, obligation, "escalation"))
    assert [f"{at:%m-%d}" for at in found] == expected.split()


def test_each_missed_node_opens_a_warning_talk_at_once(year: Rehearsed) -> None:
    opened = [line for line in year.lines if line.kind == "open"]
    assert {line.obligation for line in opened} == {"warning-talk"}
    # The quarters that end within the year; ten regions miss each.
    assert [(f"{line.at:%m-%d %H:%M}", len(line.items)) for line in opened] == [
        ("04-01 00:00", 10),
        ("07-01 00:00", 10),
        ("10-01 00:00", 10),
    ]


def test_warning_talks_are_due_within_five_working_days(year: Rehearsed) -> None:
    lapsed = [line for line in year.lines if line.type == "transition" and line.kind == "lapse"]
    talks = [line.at for line in lapsed if line.obligation == "warning-talk"]
    # 9 April over Qingming, 8 July, 13 October over the National Day holidays.
    assert [f"{at:%m-%d}" for at in talks] == ["04-10", "07-09", "10-14"]


def test_first_quarter_is_told_once_at_the_issue(year: Rehearsed) -> None:
    told = alerts(year, "project-rhythm", "notice")
    assert moments(told) == [local("2021-03-29 08:30")]
    assert len(told) == len({line.recipients for line in told})


def test_a_vice_mayor_is_told_of_what_he_owes_himself(year: Rehearsed) -> None:
    told = alerts(year, "dispatch-city", "reminder")
    assert {line.names for line in told} == {("副市长（分管城建和生态环境）",)}


def test_one_person_hears_once_of_one_moment(year: Rehearsed) -> None:
    heard = Counter((line.at, line.kind, line.recipients) for line in year.lines if line.type == "alert")
    assert set(heard.values()) == {1}
