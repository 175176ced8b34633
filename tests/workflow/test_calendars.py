"""Working days against the State Council's notices, the holidays package, and imported years."""

from __future__ import annotations

import re
from datetime import date, timedelta

import holidays
import pytest

from workflow.calendars import Calendar, CalendarFault, DayRule, china, parse_year, to_csv, unnamed_festivals

CROSS_CHECKED = range(2020, 2027)
CHINA = china()

NOTICE_2027 = """日期,类型,名称
2027-01-01,休,元旦
2027-01-02,休,元旦
2027/2/6,休,春节
2027年2月5日,休,春节
2027-01-30,班,春节
"""


def days_of(year: int) -> list[date]:
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    return [first + timedelta(days=n) for n in range((after - first).days)]


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2021, 12, 31), True),
        (date(2022, 1, 1), False),
        (date(2022, 1, 3), False),  # Monday off
        (date(2022, 1, 4), True),
        (date(2022, 1, 8), False),  # an ordinary Saturday
        (date(2022, 1, 29), True),  # make-up Saturday
        (date(2022, 1, 30), True),  # make-up Sunday
        *((date(2022, 1, 31) + timedelta(days=n), False) for n in range(7)),
        (date(2022, 2, 7), True),
        (date(2022, 4, 2), True),
        (date(2022, 10, 8), True),
        (date(2022, 10, 9), True),
        (date(2022, 12, 31), False),
        (date(2012, 5, 2), True),  # May 2 became a holiday by law only in 2025
    ],
)
def test_days_are_worked_as_announced(day: date, working: bool) -> None:
    assert CHINA.is_working(day) is working


@pytest.mark.parametrize(
    ("day", "count", "reached"),
    [
        (date(2022, 1, 4), -3, date(2021, 12, 29)),
        (date(2022, 1, 4), -1, date(2021, 12, 31)),
        (date(2022, 1, 4), 1, date(2022, 1, 5)),
        (date(2022, 1, 4), 0, date(2022, 1, 4)),
        (date(2022, 1, 3), 0, date(2022, 1, 3)),
        (date(2022, 2, 10), -3, date(2022, 2, 7)),
        (date(2022, 2, 10), -4, date(2022, 1, 30)),
        (date(2022, 2, 15), 3, date(2022, 2, 18)),
        (date(2022, 1, 28), 2, date(2022, 1, 30)),
        (date(2022, 1, 30), 1, date(2022, 2, 7)),
    ],
)
def test_shift_counts_working_days_and_never_the_day_itself(day: date, count: int, reached: date) -> None:
    assert CHINA.shift(day, count) == reached


def test_shift_equals_walking_day_by_day() -> None:
    for start in days_of(2022):
        for direction in (1, -1):
            day, left = start, 60
            while left:
                day += timedelta(days=direction)
                left -= CHINA.is_working(day)
            assert CHINA.shift(start, 60 * direction) == day


def test_shift_crosses_several_years() -> None:
    worked = CHINA.working_days(date(2019, 12, 31), date(2023, 12, 31))
    assert CHINA.shift(date(2019, 12, 31), worked) == date(2023, 12, 29)
    assert CHINA.shift(date(2024, 1, 1), -worked) == date(2020, 1, 2)


@pytest.mark.parametrize(
    ("after", "through", "count"),
    [
        (date(2022, 1, 4), date(2022, 1, 4), 0),
        (date(2022, 1, 5), date(2022, 1, 4), 0),
        (date(2022, 1, 4), date(2022, 1, 5), 1),
        (date(2021, 12, 31), date(2022, 1, 3), 0),
        (date(2022, 1, 28), date(2022, 2, 7), 3),
        (date(2021, 12, 31), date(2022, 12, 31), 249),
    ],
)
def test_working_days_are_counted_after_and_through(after: date, through: date, count: int) -> None:
    assert CHINA.working_days(after, through) == count


def test_holidays_have_chinese_names() -> None:
    names = {CHINA.name_of(day) for day in days_of(2022)} - {None}
    assert names == {"元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"}


def test_make_up_day_and_plain_weekend_have_no_holiday_name() -> None:
    assert CHINA.name_of(date(2022, 1, 29)) is None
    assert CHINA.name_of(date(2022, 1, 8)) is None
    assert CHINA.rule_of(date(2022, 1, 29)) == DayRule(date(2022, 1, 29), True, "春节")


@pytest.mark.parametrize("year", CROSS_CHECKED)
def test_every_public_holiday_of_the_holidays_package_is_off(year: int) -> None:
    listed = holidays.country_holidays("CN", years=year)
    assert listed and [day for day in sorted(listed) if CHINA.is_working(day)] == []


@pytest.mark.parametrize("year", CROSS_CHECKED)
def test_every_weekday_off_is_a_public_holiday_of_the_holidays_package(year: int) -> None:
    listed = holidays.country_holidays("CN", years=[year, year + 1])
    ours = [day for day in days_of(year) if day.weekday() < 5 and not CHINA.is_working(day)]
    assert [day for day in ours if day not in listed] == []


@pytest.mark.parametrize("year", CROSS_CHECKED)
def test_every_make_up_day_of_the_holidays_package_is_worked(year: int) -> None:
    named = " ".join(holidays.country_holidays("CN", years=year, language="en_US").values())
    dates = re.findall(r"substituted from (\d\d)/(\d\d)/(\d{4})", named)
    make_up = [date(int(y), int(m), int(d)) for m, d, y in dates]
    assert make_up and [day for day in make_up if not CHINA.is_working(day)] == []


def test_unpublished_year_is_provisional() -> None:
    assert CHINA.provisional(2027)
    assert not CHINA.provisional(2022)
    assert CHINA.years()[0] == 2004 and CHINA.years() == tuple(range(2004, CHINA.years()[-1] + 1))


def test_provisional_year_rests_on_weekends_and_fixed_holidays_only() -> None:
    off = [day for day in days_of(2027) if day.weekday() < 5 and not CHINA.is_working(day)]
    assert off == [date(2027, 1, 1), date(2027, 10, 1)]
    assert CHINA.name_of(date(2027, 5, 2)) == "劳动节"
    assert CHINA.shift(date(2027, 9, 30), 1) == date(2027, 10, 4)


def test_imported_year_is_announced_and_moves_its_days() -> None:
    year, rules = parse_year(NOTICE_2027)
    announced = CHINA.with_year(year, rules)
    assert year == 2027 and not announced.provisional(2027)
    assert announced.is_working(date(2027, 1, 30)) and not announced.is_working(date(2027, 2, 5))
    assert CHINA.provisional(2027) and CHINA.is_working(date(2027, 2, 5))
    assert announced.shift(date(2027, 2, 4), 1) == date(2027, 2, 8)


def test_fixed_holidays_stay_off_when_a_notice_does_not_mention_them() -> None:
    announced = CHINA.with_year(*parse_year(NOTICE_2027))
    assert not announced.is_working(date(2027, 10, 1))


def test_loading_a_year_again_replaces_it() -> None:
    once = CHINA.with_year(*parse_year(NOTICE_2027))
    again = once.with_year(2027, (DayRule(date(2027, 1, 1), False, "元旦"),))
    assert again.is_working(date(2027, 2, 5))
    assert again.years().count(2027) == 1


def test_calendars_with_the_same_notices_are_equal() -> None:
    first, second = Calendar(), Calendar().with_year(*parse_year(NOTICE_2027))
    assert first != second
    assert second == Calendar(((2027, parse_year(NOTICE_2027)[1]),))


@pytest.mark.parametrize("year", CHINA.years())
def test_every_announced_year_survives_export_and_import(year: int) -> None:
    assert parse_year(to_csv(CHINA, year)) == (year, CHINA.rules(year))


def test_notice_may_settle_the_december_before() -> None:
    text = to_csv(CHINA, 2023)
    assert text.splitlines()[1] == "2022-12-31,休,元旦"
    assert parse_year(text)[0] == 2023


def test_english_headers_and_types_are_read() -> None:
    year, rules = parse_year("\ufeffname,type,date\r\n春节,off,2027-02-05\r\n春节,work,2027-01-30\r\n")
    assert (year, rules) == (
        2027,
        (DayRule(date(2027, 1, 30), True, "春节"), DayRule(date(2027, 2, 5), False, "春节")),
    )


def test_header_may_spell_out_the_types() -> None:
    assert parse_year("日期,类型(休/班),名称\n2027-01-01,休,元旦\n")[0] == 2027


def test_provisional_year_is_not_exported() -> None:
    with pytest.raises(CalendarFault, match="2027年的放假安排尚未载入"):
        to_csv(CHINA, 2027)


def test_every_faulty_line_is_named() -> None:
    text = (
        "日期,类型,名称\n2027-02-30,休,春节\n后天,休,春节\n2027-02-05,歇,春节\n2027-02-06,休,\n"
        "2027-02-08,班,春节\n2027-02-07,休,春节\n2027-02-07,休,春节\n2025-02-07,休,春节\n2027-02-09,休,=1+1\n"
    )
    with pytest.raises(CalendarFault) as refused:
        parse_year(text)
    assert [line for line, _ in refused.value.faults] == [2, 3, 4, 5, 6, 8, 9, 10]
    assert "第2行日期“2027-02-30”不存在；第3行日期“后天”看不懂" in refused.value.text
    assert "第6行2027-02-08是星期一，本来就上班" in refused.value.text
    assert "第8行2027-02-07与第7行重复" in refused.value.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "文件是空的"),
        ("\n , \n", "文件是空的"),
        ("日期,名称\n", "表头缺少“类型”列"),
        ("日期,类型,名称\n", "没有任何日期"),
        ("x" * 140_000, "不是有效的 CSV"),
    ],
)
def test_useless_file_is_refused(text: str, said: str) -> None:
    with pytest.raises(CalendarFault, match=said):
        parse_year(text)


def test_incomplete_notice_names_the_missing_festivals() -> None:
    assert unnamed_festivals(parse_year(NOTICE_2027)[1]) == ("清明", "劳动", "端午", "中秋", "国庆")
    assert unnamed_festivals(CHINA.rules(2022)) == ()
