"""What a period may be written as, and where it begins and ends."""

from __future__ import annotations

from datetime import date

import pytest

from tests.workflow.world import local
from workflow import periods
from workflow.refusals import QueryRefused


@pytest.mark.parametrize(
    ("written", "title", "first", "last"),
    [
        ("2022Q1", "2022年第一季度", date(2022, 1, 1), date(2022, 3, 31)),
        (" 2022q4 ", "2022年第四季度", date(2022, 10, 1), date(2022, 12, 31)),
        ("2022H1", "2022年上半年", date(2022, 1, 1), date(2022, 6, 30)),
        ("2024-02", "2024年2月", date(2024, 2, 1), date(2024, 2, 29)),
        ("2022", "2022年", date(2022, 1, 1), date(2022, 12, 31)),
    ],
)
def test_a_period_is_whole_months(written: str, title: str, first: date, last: date) -> None:
    found = periods.parse(written)
    assert (found.title, found.first, found.last) == (title, first, last)


@pytest.mark.parametrize("written", ["", "2022Q5", "2022-13", "2022H3", "1999", "22Q1", "2022Q1; DROP", "２０２２"])
def test_anything_else_is_refused_with_how_to_write_it(written: str) -> None:
    with pytest.raises(QueryRefused, match="2022Q1"):
        periods.parse(written)


@pytest.mark.parametrize(
    ("written", "before"), [("2022Q1", "2021Q4"), ("2022H2", "2022H1"), ("2022-01", "2021-12"), ("2022", "2021")]
)
def test_the_period_before_is_as_long(written: str, before: str) -> None:
    assert periods.before(periods.parse(written)).name == before


def test_a_period_ends_at_midnight_in_shanghai() -> None:
    quarter = periods.parse("2022Q1")
    assert (quarter.begins, quarter.ends) == (local("2022-01-01"), local("2022-04-01"))
    assert len({one.name for one in periods.within(2022)}) == 19
