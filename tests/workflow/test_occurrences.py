"""Every way of saying when a duty is due, and the occurrences it gives in a cycle."""

from __future__ import annotations

from datetime import date

import pytest

from tests.workflow.world import local
from workflow import deadlines
from workflow.calendars import china
from workflow.definition import Definition
from workflow.library import FaultyDefinition, parse

HEAD = """
programme: dates
title: 日期
source: {document: 日期方案, issued: 2021-12-30}
cycle: 2022
published: -1/12-31 08:30
stages:
  first: {title: 第一阶段, clause: 三（一）, from: 01-early, to: 02-mid}
  last: {title: 末阶段, clause: 三（四）, from: +1/01-early}
obligations:
  plan: {title: 方案, owed_by: member-units, due: 02-15}
"""


def definition(due: str, more: str = "") -> Definition:
    text = f"{HEAD}  one: {{title: 事项, owed_by: member-units, due: {due}{more}}}\n"
    return parse(text.encode(), name="dates.yaml").definition


def days(due: str, *, cycle: int = 2022) -> list[tuple[str, str]]:
    found = deadlines.occurrences_of(definition(due), "one", cycle, china())
    return [(one.key, one.due_date.isoformat()) for one in found]


@pytest.mark.parametrize(
    ("due", "found"),
    [
        ("01-04", [("2022", "2022-01-04")]),
        ("02-end", [("2022", "2022-02-28")]),
        ("{within: first}", [("2022", "2022-02-20")]),
        ("[04-end, 10-end]", [("2022-04", "2022-04-30"), ("2022-10", "2022-10-31")]),
        ("[10-end, 04-end]", [("2022-04", "2022-04-30"), ("2022-10", "2022-10-31")]),
        ("[04-10, 04-20]", [("2022-04-10", "2022-04-10"), ("2022-04-20", "2022-04-20")]),
        ("{dates: [{on: 04-end, key: policy}, 05-end]}", [("policy", "2022-04-30"), ("2022-05", "2022-05-31")]),
        # Spring Festival 2022: Jan 31–Feb 6 off, Saturday Jan 29 and Sunday Jan 30 worked.
        ("{on: 02-03, on_holiday: before}", [("2022", "2022-01-30")]),
        ("{on: 02-03, on_holiday: after}", [("2022", "2022-02-07")]),
        ("{on: 02-03}", [("2022", "2022-02-03")]),
        ("{after: plan, by: +10wd}", [("2022", "2022-03-01")]),
        ("{after: plan, by: -5d}", [("2022", "2022-02-10")]),
        ("{after: published, by: +5wd}", [("2022", "2022-01-10")]),
        ('{every: "FREQ=MONTHLY;BYMONTHDAY=20", from: 11-01}', [("2022-11", "2022-11-20"), ("2022-12", "2022-12-20")]),
        (
            '{every: "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=10", period: previous, from: 10-01, to: +1/01-31}',
            [("2022Q3", "2022-10-10"), ("2022Q4", "2023-01-10")],
        ),
    ],
)
def test_a_due_date_gives_its_occurrences(due: str, found: list[tuple[str, str]]) -> None:
    assert days(due) == found


def test_offsets_from_a_recurring_duty_follow_each_of_its_occurrences() -> None:
    text = (
        HEAD + '  list: {title: 清单, owed_by: member-units, due: {every: "FREQ=MONTHLY;BYMONTHDAY=20", from: 11-01}}\n'
    )
    text += "\n  meeting: {title: 会议, owed_by: member-units, due: {after: list, by: +3d}}\n"
    made = parse(text.encode(), name="dates.yaml").definition
    found = deadlines.occurrences_of(made, "meeting", 2022, china())
    assert [(one.key, one.due_date) for one in found] == [
        ("2022-11", date(2022, 11, 23)), ("2022-12", date(2022, 12, 23))
    ]  # fmt: skip


def test_each_date_has_its_own_thing_and_cut_off() -> None:
    found = deadlines.occurrences_of(
        definition('{dates: [{on: 04-end, title: 意见, until: "17:30"}, {on: 10-end, title: 分档}], until: "12:00"}'),
        "one", 2022, china(),
    )  # fmt: skip
    assert [(one.heading, one.due_at, one.number) for one in found] == [
        ("意见", local("2022-04-30 17:30"), 0),
        ("分档", local("2022-10-31 12:00"), 1),
    ]


def test_an_occurrence_opens_before_its_due_day() -> None:
    found = deadlines.occurrences_of(definition("03-end", ", opens: -5wd 08:00"), "one", 2022, china())
    assert found[0].opens_at == local("2022-03-24 08:00")


def test_what_events_open_is_not_among_the_occurrences_of_the_calendar() -> None:
    made = definition("{opened: +5wd}", ", opened_by: [{event: returned, of: [plan]}]")
    assert [one.obligation for one in deadlines.occurrences(made, 2022, china())] == ["plan"]
    assert deadlines.opened_due(made.obligations["one"].due, date(2022, 1, 28), china()) == date(2022, 2, 9)


@pytest.mark.parametrize(
    ("due", "code"),
    [
        ("02-30", "value-refused"),
        ("02-29", "date-impossible"),
        ("{within: last}", "date-impossible"),
        ("{within: nowhere}", "unknown-stage"),
        ("{after: nothing, by: +1d}", "date-impossible"),
        ("{after: one, by: +1d}", "date-impossible"),
        ("{after: plan}", "value-refused"),
        ("{by: +1d}", "value-refused"),
        ("{after: plan, by: due}", "value-refused"),
        ("{on: 01-04, within: first}", "value-refused"),
        ("{}", "value-refused"),
        ("[]", "value-refused"),
        ("[01-04, 01-04]", "occurrence-twice"),
        ("{dates: [{on: 01-04, key: a}, {on: 02-04, key: a}]}", "occurrence-twice"),
        ("{dates: [{on: 01-04, key: a}, {on: 01-04, key: b}]}", "date-twice"),
        ('{every: "FREQ=MONTHLY;BYMONTHDAY=30"}', "value-refused"),
        ('{every: "FREQ=MONTHLY;BYMONTHDAY=20", from: 12-25}', "date-impossible"),
        ('{every: "每月"}', "value-refused"),
        ("{on: 01-04, from: 01-01}", "value-refused"),
        ("{by_hand: false}", "value-unknown"),
        ("{opened: -5wd}", "value-refused"),
        ("{field: limit}", "due-misplaced"),
    ],
)
def test_an_impossible_due_date_is_refused_with_its_position(due: str, code: str) -> None:
    with pytest.raises(FaultyDefinition) as refused:
        definition(due)
    fault = refused.value.faults[0]
    assert (fault.code, fault.line) == (code, 12), refused.value.text


def test_offsets_that_lead_in_a_circle_are_refused() -> None:
    text = HEAD + "  a: {title: 甲, owed_by: member-units, due: {after: b, by: +1d}}\n"
    text += "  b: {title: 乙, owed_by: member-units, due: {after: a, by: +1d}}\n"
    with pytest.raises(FaultyDefinition) as refused:
        parse(text.encode(), name="dates.yaml")
    assert [fault.code for fault in refused.value.faults] == ["date-impossible", "date-impossible"]
