"""How moments are written in definitions, and which days they mean."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflow.world import local
from workflow.moments import (
    DayOfCycle,
    DayOffset,
    PublishedAt,
    TenDayPart,
    parse_day,
    parse_offset,
    parse_published,
    parse_ten_days,
)

DAYS = [
    ("01-04", 2022, date(2022, 1, 4)),
    ("01-04", 2027, date(2027, 1, 4)),
    ("04-end", 2022, date(2022, 4, 30)),
    ("02-end", 2022, date(2022, 2, 28)),
    ("02-end", 2024, date(2024, 2, 29)),
    ("02-29", 2024, date(2024, 2, 29)),
    ("-1/12-31", 2022, date(2021, 12, 31)),
    ("+1/01-end", 2022, date(2023, 1, 31)),
    ("+1/02-29", 2023, date(2024, 2, 29)),
    ("2022-01-04", 2030, date(2022, 1, 4)),
]


@pytest.mark.parametrize(("written", "cycle", "meant"), DAYS)
def test_a_day_falls_in_its_cycle(written: str, cycle: int, meant: date) -> None:
    assert parse_day(written).resolve(cycle) == meant


@pytest.mark.parametrize("written", sorted({written for written, _, _ in DAYS}))
def test_a_day_prints_itself_back(written: str) -> None:
    assert str(parse_day(written)) == written


def test_a_date_of_yaml_is_a_full_day() -> None:
    assert parse_day(date(2022, 1, 4)) == DayOfCycle(month=1, day=4, year=2022)


@pytest.mark.parametrize(("written", "cycle"), [("02-29", 2022), ("+1/02-29", 2022), ("-1/02-29", 2024)])
def test_a_common_year_has_no_leap_day(written: str, cycle: int) -> None:
    with pytest.raises(ValueError, match="2月没有29日"):
        parse_day(written).resolve(cycle)


@pytest.mark.parametrize(
    "written",
    [
        "", "1-4", "01-4", "01/04", "0104", "01-04 ", " 01-04", "01-04\n", "13-01", "00-10", "01-00", "01-32", "02-30",
        "04-31", "2022-02-29", "2022-13-01", "2022-02-30", "22-01-04", "+12/01-04", "1/01-04", "01-end-", "end",
        "2022-01-end", "一月四日", "０１-０４", "0000-01-01", "1999-12-31", "2101-01-01", "9999-12-31", "None",
    ],
)  # fmt: skip
def test_an_impossible_or_strange_day_is_refused_in_chinese(written: str) -> None:
    with pytest.raises(ValueError, match=r"日期“.*”(看不懂|不存在|的年份须在)") as refused:
        parse_day(written)
    assert " ".join(written.split()) in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("value", [None, 5, 1.4, True, ["01-04"], {"on": "01-04"}])
def test_what_is_no_text_is_no_day(value: object) -> None:
    with pytest.raises(ValueError, match="看不懂"):
        parse_day(value)


@pytest.mark.parametrize(
    ("written", "cycle", "first", "last"),
    [
        ("01-early", 2022, date(2022, 1, 1), date(2022, 1, 10)),
        ("01-mid", 2022, date(2022, 1, 11), date(2022, 1, 20)),
        ("02-late", 2022, date(2022, 2, 21), date(2022, 2, 28)),
        ("02-late", 2024, date(2024, 2, 21), date(2024, 2, 29)),
        ("-1/12-late", 2022, date(2021, 12, 21), date(2021, 12, 31)),
        ("+1/01-early", 2022, date(2023, 1, 1), date(2023, 1, 10)),
    ],
)
def test_a_ten_day_part_spans_its_days(written: str, cycle: int, first: date, last: date) -> None:
    part = parse_ten_days(written)
    assert part.span(cycle) == (first, last)
    assert str(part) == written


@pytest.mark.parametrize("written", ["", "01", "01-first", "13-mid", "00-late", "1-mid", "上旬", "01-mid\n", None, 3])
def test_a_strange_ten_day_part_is_refused_in_chinese(written: object) -> None:
    with pytest.raises(ValueError, match=r"旬“.*”看不懂"):
        parse_ten_days(written)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("due", DayOffset(0, "due")),
        ("-3wd 09:00", DayOffset(-3, "wd", time(9, 0))),
        ("+1wd", DayOffset(1, "wd")),
        ("+14d 17:30", DayOffset(14, "d", time(17, 30))),
    ],
)
def test_an_offset_is_read_and_printed_back(written: str, meant: DayOffset) -> None:
    assert parse_offset(written) == meant
    assert str(meant) == written
    assert meant.is_due == (written == "due")


def test_an_offset_without_a_sign_counts_forward() -> None:
    assert parse_offset("1wd") == DayOffset(1, "wd")


@pytest.mark.parametrize(
    "written",
    [
        "", "wd", "1w", "1 wd", "1wd 9:00", "1wd 24:00", "1wd 09:60", "1wd09:00", "1000d", "1.5d", "due 09:00", "1wd\n",
        "+-1d", None, 3, True,
    ],
)  # fmt: skip
def test_a_strange_offset_is_refused_in_chinese(written: object) -> None:
    with pytest.raises(ValueError, match=r"看不懂|不存在"):
        parse_offset(written)


def test_publication_is_an_instant_of_the_cycle() -> None:
    assert parse_published("-1/12-31 08:30").resolve(2022) == local("2021-12-31 08:30")
    assert parse_published("2021-12-31 08:30").resolve(2030) == local("2021-12-31 08:30")


@pytest.mark.parametrize("written", ["", "12-31", "12-31 8:30", "12-31 24:00", "12-31 08:60", "02-30 08:30", "x 08:30"])
def test_a_strange_publication_is_refused_in_chinese(written: str) -> None:
    with pytest.raises(ValueError, match=r"看不懂|不存在"):
        parse_published(written)


@pytest.mark.parametrize(
    ("parse", "value"),
    [
        (parse_day, DayOfCycle(1, 4)),
        (parse_ten_days, TenDayPart(1, "mid")),
        (parse_offset, DayOffset(1, "d")),
        (parse_published, PublishedAt(DayOfCycle(1, 4), time(8, 30))),
    ],
)
def test_a_value_read_before_is_kept(parse: Callable[[object], object], value: object) -> None:
    assert parse(value) is value
    assert parse(str(value)) == value


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)), st.integers(-9, 9))
def test_every_day_of_a_cycle_survives_printing(day: date, shift: int) -> None:
    written = parse_day(f"{shift:+d}/{day:%m-%d}" if shift else f"{day:%m-%d}")
    assert parse_day(str(written)) == written
    assert written.resolve(day.year - shift) == day


@given(st.text(max_size=12))
def test_no_text_breaks_a_parser(text: str) -> None:
    for parse in (parse_day, parse_ten_days, parse_offset, parse_published):
        try:
            parse(text)
        except ValueError:
            continue
