"""Recurrence rules: the days RFC 5545 gives, and what happens in months that lack the day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.recurrences import days, parse_rule, period_of


def _days(text: str, year: int, missing_day: str | None = None) -> list[str]:
    found = days(parse_rule(text), since=date(year, 1, 1), until=date(year, 12, 31), missing_day=missing_day)
    return [one.day.isoformat() for one in found]


@pytest.mark.parametrize(
    ("missing_day", "year", "february"),
    [
        ("last-day", 2020, "2020-02-29"),
        ("last-day", 2021, "2021-02-28"),
        ("next-day", 2020, "2020-03-01"),
        ("next-day", 2021, "2021-03-01"),
    ],
)
def test_the_thirtieth_of_february_follows_the_stated_policy(missing_day: str, year: int, february: str) -> None:
    found = _days("FREQ=MONTHLY;BYMONTHDAY=30", year, missing_day)
    assert february in found and len(found) == 12
    assert [day[5:] for day in found if day != february] == [f"{m:02d}-30" for m in range(1, 13) if m != 2]


def test_skipping_leaves_the_month_out() -> None:
    assert len(_days("FREQ=MONTHLY;BYMONTHDAY=31", 2022, "skip")) == 7


def test_a_day_moved_to_the_next_month_stays_in_its_own_period() -> None:
    rule = parse_rule("FREQ=MONTHLY;BYMONTHDAY=30")
    found = days(rule, since=date(2021, 1, 1), until=date(2021, 12, 31), missing_day="next-day")
    keys = {one.day: period_of(one.counts_as, rule, previous=False) for one in found}
    assert keys[date(2021, 3, 1)] == "2021-02" and keys[date(2021, 3, 30)] == "2021-03"


@pytest.mark.parametrize(
    ("text", "day", "period"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=20", date(2020, 3, 20), "2020-03"),
        ("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=-1", date(2020, 4, 30), "2020-04"),
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1", date(2022, 9, 30), "2022Q3"),
        ("FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", date(2022, 12, 31), "2022Q4"),
        ("FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=-1", date(2021, 6, 30), "2021H1"),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=20", date(2021, 12, 20), "2021"),
        ("FREQ=WEEKLY;BYDAY=FR", date(2021, 1, 1), "2020-W53"),
        ("FREQ=WEEKLY;BYDAY=MO,TH", date(2020, 1, 2), "2020-01-02"),
        ("FREQ=MONTHLY;BYMONTHDAY=10,25", date(2020, 1, 25), "2020-01-25"),
        ("FREQ=YEARLY;BYMONTH=1,2,7;BYMONTHDAY=1", date(2020, 7, 1), "2020-07"),
        ("FREQ=DAILY;INTERVAL=30", date(2020, 1, 31), "2020-01-31"),
    ],
)
def test_an_occurrence_is_named_by_its_period(text: str, day: date, period: str) -> None:
    assert period_of(day, parse_rule(text), previous=False) == period


@pytest.mark.parametrize(
    ("text", "day", "period"),
    [
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=10", date(2022, 4, 10), "2022Q1"),
        ("FREQ=MONTHLY;BYMONTHDAY=5", date(2022, 1, 5), "2021-12"),
        ("FREQ=WEEKLY;BYDAY=MO", date(2022, 1, 10), "2022-W01"),
    ],
)
def test_what_reports_on_the_period_before_is_named_by_it(text: str, day: date, period: str) -> None:
    assert period_of(day, parse_rule(text), previous=True) == period


@pytest.mark.parametrize(
    "text",
    [
        "", "每月20日", "FREQ=HOURLY", "FREQ=MONTHLY;COUNT=3", "FREQ=MONTHLY;UNTIL=20221231",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=MONTHLY;BYMONTHDAY=-31", "FREQ=MONTHLY;BYMONTHDAY=x",
        "FREQ=MONTHLY;INTERVAL=0",
        "FREQ=MONTHLY;FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=ZZ", "FREQ=YEARLY;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTH=13",
        "FREQ=MONTHLY;BYMONTHDAY=", "INTERVAL=2", "FREQ=SECONDLY;BYSECOND=1",
    ],
)  # fmt: skip
def test_what_is_no_rule_of_days_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="重复规则"):
        parse_rule(text)


def test_a_rule_without_a_day_or_with_too_many_is_refused() -> None:
    with pytest.raises(ValueError, match="没有一天"):
        days(
            parse_rule("FREQ=MONTHLY;BYMONTHDAY=20"), since=date(2022, 1, 21), until=date(2022, 2, 1), missing_day=None
        )
    with pytest.raises(ValueError, match="超过400次"):
        days(parse_rule("FREQ=DAILY"), since=date(2022, 1, 1), until=date(2024, 1, 1), missing_day=None)


@given(st.integers(1, 31), st.integers(2000, 2100), st.sampled_from(["last-day", "next-day"]))
def test_a_monthly_day_comes_twelve_times_a_year(day: int, year: int, missing_day: str) -> None:
    found = days(
        parse_rule(f"FREQ=MONTHLY;BYMONTHDAY={day}"), since=date(year, 1, 1), until=date(year, 12, 31),
        missing_day=missing_day,
    )  # fmt: skip
    assert [one.counts_as.month for one in found] == list(range(1, 13))
    assert all(one.day == one.counts_as or one.day.day == 1 for one in found)
