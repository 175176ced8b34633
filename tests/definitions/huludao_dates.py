"""The Huludao plan read a second time: every word for time in its sections 二 and 三, and every figure with a limit.

Taken from the document's words, not from the definition: where the word stands, what it says, and the days it means
in 2021. What recurs begins after the day of issue, 29 March 2021; 一季度 is named by the document itself.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Timed(NamedTuple):
    """A clause with a word for time: the rule in it, and who or what it binds; ``days`` are those of 2021."""

    clause: str
    word: str
    rule: str
    thing: str
    days: tuple[date, ...]


class Figure(NamedTuple):
    """A figure that the plan wants: its clause, the document's comparing word, ours, number and unit."""

    clause: str
    thing: str
    word: str
    comparator: str
    value: int
    unit: str


ISSUED = date(2021, 3, 29)
YEAR_END = (date(2021, 12, 31),)
MONTH_ENDS = tuple(
    date(2021, month, day)
    for month, day in ((4, 30), (5, 31), (6, 30), (7, 31), (8, 31), (9, 30), (10, 31), (11, 30), (12, 31))
)
HALF_YEAR_ENDS = (date(2021, 6, 30), date(2021, 12, 31))
QUARTER_ENDS = (date(2021, 3, 31), date(2021, 6, 30), date(2021, 9, 30), date(2021, 12, 31))

TIMED = (
    Timed("二（一）", "如期", "year", "13项重点指标", YEAR_END),
    Timed("二（一）", "每月", "month", "研判运行态势", MONTH_ENDS),
    Timed("二（二）1", "全年", "year", "争取上级资金", YEAR_END),
    Timed("二（二）2", "全年", "year", "签约、开工、产业占比", YEAR_END),
    Timed("二（二）3", "一季度、二季度、三季度、四季度", "quarter", "前期、开工、推进、储备", QUARTER_ENDS),
    Timed("二（二）3", "全年", "year", "亿元以上、开复工、储备项目", YEAR_END),
    Timed("二（三）", "年度任务", "year", "9项重大平台任务", YEAR_END),
    Timed("二（四）", "年度任务", "year", "67项攻坚任务", YEAR_END),
    Timed("二（五）", "如期", "year", "29件民生实事", YEAR_END),
    Timed("二（六）", "年度任务", "year", "13项制度性创新", YEAR_END),
    Timed("三（二）1", "每月至少1次", "month", "各位副市长调度并报告", MONTH_ENDS),
    Timed("三（二）2", "每月1次", "month", "市政府党组听取汇报", MONTH_ENDS),
    Timed("三（二）2", "每半年", "half-year", "小结并通报", HALF_YEAR_ENDS),
    Timed("三（二）2", "年底", "year", "评定总结", YEAR_END),
    # The year's two months are asked for by quarters that are still to come; see TWO_MONTHS.
    Timed("三（三）1", "全年", "quarter", "班子成员和部门主要负责同志调研", QUARTER_ENDS[1:]),
)

#: Words without a day: 立即 follows the publication, 限期 what is written in a report.
AT_ONCE = "三（六）1"
WITHIN_A_TERM = "三（五）2"

#: 不少于2个月, of each person over the year, in days.
TWO_MONTHS = Figure("三（三）1", "调研时间", "不少于", "at-least", 60, "天")

FIGURES = (
    Figure("二（二）1", "上级资金", "突破", "above", 60, "亿元"),
    Figure("二（二）2", "签约项目", "不低于", "at-least", 300, "个"),
    Figure("二（二）2", "落地开工项目", "不低于", "at-least", 200, "个"),
    Figure("二（二）2", "产业项目占比", "不低于", "at-least", 80, "%"),
    Figure("二（二）3", "亿元以上项目", "确保", "at-least", 200, "个"),
    Figure("二（二）3", "开复工项目", "不少于", "at-least", 350, "个"),
    Figure("二（二）3", "储备争取资金项目", "不少于", "at-least", 300, "个"),
)

#: 6个方面137项任务.
PARTS = {"重点指标": 13, "重大项目": 6, "重大平台": 9, "重点攻坚": 67, "重点民生": 29, "重大制度性创新": 13}

#: Every numbered paragraph and point that orders something.
CLAUSES = frozenset(
    [
        *("二（一）", "二（二）1", "二（二）2", "二（二）3", "二（三）", "二（四）", "二（五）", "二（六）"),
        *("三（一）1", "三（一）2", "三（一）3", "三（二）1", "三（二）2", "三（二）3", "三（二）4", "三（三）1"),
        *("三（四）2", "三（四）3", "三（五）1", "三（五）2", "三（五）3", "三（六）1", "三（六）2", "三（六）3"),
    ]
)
#: Paragraphs that say how something of their neighbours is done, and stand there as questions and criteria.
MANNERS = {"三（三）2": "三（三）1", "三（三）3": "三（三）1", "三（四）1": "三（四）2"}
