"""The words of ledgers: time limits and figures as offices write them, and what cannot be read."""

from __future__ import annotations

from decimal import Decimal

import pytest

from workflow.definition import Comparator
from workflow.recurrences import parse_rule
from workflow.tasks.words import Figure, TimeLimit, figures_said, limit_of_rule, parse_figures, parse_limit

DAYS = [
    ("4月底前", "04-end"),
    ("12月底", "12-end"),
    ("年底前", "12-end"),
    ("年内", "12-end"),
    ("本年度内", "12-end"),
    ("全年", "12-end"),
    ("6月30日前", "06-30"),
    ("６月 30日\n之前", "06-30"),
    ("十月底前", "10-end"),
    ("十二月5日前", "12-05"),
    ("6月上旬", "06-10"),
    ("6月中旬前", "06-20"),
    ("6月下旬", "06-end"),
    ("上半年", "06-end"),
    ("第三季度末", "09-end"),
    ("1季度", "03-end"),
    ("2021-06-30", "2021-06-30"),
    ("2021年6月30日前", "2021-06-30"),
    ("2021/6/30", "2021-06-30"),
    ("2021年2月底前", "2021-02-28"),
    ("2021年底前", "2021-12-31"),
]
RULES = [
    ("每月底", "FREQ=MONTHLY;BYMONTHDAY=-1"),
    ("每月", "FREQ=MONTHLY;BYMONTHDAY=-1"),
    ("每月20日", "FREQ=MONTHLY;BYMONTHDAY=20"),
    ("每月30日前", "FREQ=MONTHLY;BYMONTHDAY=30"),
    ("每季度末", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"),
    ("每半年", "FREQ=MONTHLY;BYMONTH=6,12;BYMONTHDAY=-1"),
    ("每周五", "FREQ=WEEKLY;BYDAY=FR"),
]
FIGURES: list[tuple[str, str, Comparator, str, str]] = [
    ("≥300个", "", "at-least", "300", "个"),
    ("不低于80%", "", "at-least", "80", "%"),
    ("60亿元以上", "", "at-least", "60", "亿元"),
    ("49以内", "", "at-most", "49", ""),
    ("≤49微克/立方米", "", "at-most", "49", "微克/立方米"),
    ("PM2.5年均浓度≤49微克/立方米", "PM2.5年均浓度", "at-most", "49", "微克/立方米"),
    ("PM2.5浓度49微克以内", "PM2.5浓度", "at-most", "49", "微克"),
    ("失业率控制在5.5%以内", "失业率", "at-most", "5.5", "%"),
    ("争取上级资金超过60亿元", "争取上级资金", "above", "60", "亿元"),
    ("违规问题 ＜ ３件", "违规问题", "below", "3", "件"),
    ("服务：不少于1,200户", "服务", "at-least", "1200", "户"),
    ("会议=4次", "会议", "equals", "4", "次"),
    ("改造 5.70万户及以上", "改造", "at-least", "5.7", "万户"),
]


@pytest.mark.parametrize(("written", "day"), DAYS)
def test_a_day_is_read_as_definitions_write_it(written: str, day: str) -> None:
    assert parse_limit(written) == TimeLimit(days=(day,))


@pytest.mark.parametrize(("written", "rule"), RULES)
def test_what_returns_is_read_as_a_rule(written: str, rule: str) -> None:
    assert parse_limit(written) == TimeLimit(rule=rule)
    assert parse_rule(rule) and limit_of_rule(rule) == TimeLimit(rule=rule)


def test_several_days_stand_in_one_cell() -> None:
    assert parse_limit("4月底前、10月底前；12月底") == TimeLimit(days=("04-end", "10-end", "12-end"))


@pytest.mark.parametrize("written", [*(text for text, _ in DAYS), *(text for text, _ in RULES), "4月底前、10月1日前"])
def test_a_limit_that_is_written_reads_back_the_same(written: str) -> None:
    limit = parse_limit(written)
    assert parse_limit(str(limit)) == limit


@pytest.mark.parametrize(
    "written", ["长期坚持", "立即", "6月", "6月前", "底前", "每两个月", "每月32日", "2021-06-30 08:00"]
)
def test_a_limit_without_a_day_is_refused_with_what_may_be_written(written: str) -> None:
    with pytest.raises(
        ValueError, match=f"“{written}”看不出截止日期，请写成 6月底前、6月30日前、年底前、2021-06-30、每月底"
    ):
        parse_limit(written)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("2月30日前", "不存在"),
        ("13月底", "不存在"),
        ("2021年6月31日", "不存在"),
        ("1999-06-30", "2000年到2100年"),
        ("44377", "日期的序号"),
        ("4月底、4月底前", "同一天写了两遍"),
        (" ", "不能为空"),
    ],
)
def test_an_impossible_limit_is_refused(written: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_limit(written)


def test_a_rule_without_words_is_no_limit() -> None:
    assert limit_of_rule("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=-1") is None
    assert limit_of_rule("FREQ=WEEKLY;BYDAY=MO,TU") is None


@pytest.mark.parametrize(("written", "label", "comparator", "value", "unit"), FIGURES)
def test_a_figure_is_read(written: str, label: str, comparator: Comparator, value: str, unit: str) -> None:
    figure = Figure(label, comparator, Decimal(value), unit)
    assert parse_figures(written) == (figure,)
    assert parse_figures(str(figure)) == (figure,)


def test_several_figures_are_set_apart_by_semicolons() -> None:
    found = parse_figures("签约项目≥300个; 落地项目≥200个\n产业占比不低于80%")
    assert [(one.label, one.value) for one in found] == [
        ("签约项目", Decimal(300)),
        ("落地项目", Decimal(200)),
        ("产业占比", Decimal(80)),
    ]
    assert figures_said(found) == "签约项目≥300个；落地项目≥200个；产业占比≥80%"
    assert parse_figures("") == ()


@pytest.mark.parametrize("written", ["完成投资原文数字残缺", "完成投资（数字残缺）", "完成投资残缺"])
def test_a_lost_number_stays_lost(written: str) -> None:
    assert parse_figures(written) == (Figure("完成投资", "at-least", None),)
    assert str(Figure("完成投资", "at-least", None)) == "完成投资原文数字残缺"


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("300个", "没有写明是不低于还是不超过，请写成 ≥300个"),
        ("全面完成", "看不出是多少"),
        ("≥3～5个", "看不出是多少"),
        ("≥1.2.3", "看不出是多少"),
        ("≥300个以上", "写了两种比较"),
        ("≥1；≥2", "须各写名称"),
        ("项目≥1个；项目≥2个", "写了两遍"),
        (f"≥1{'0' * 15}", "数字过长"),
        (f"≥1{'个' * 21}", "单位太长"),
    ],
)
def test_a_figure_that_may_mean_two_things_is_refused(written: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_figures(written)
