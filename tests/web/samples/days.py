"""A unit's desk, the days ahead, leaders' load and calendar addresses, with everything that they can show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.web.samples.approvals import INDUSTRY, SCHOOLS
from tests.web.samples.office import CLERK, LIAISON, LIVE, NOW, OFFICE, TITLE, at
from web import contexts
from web.contexts.agenda import (
    AgendaFilter,
    DayLine,
    FiredLine,
    HappeningLine,
    Month,
    MonthCell,
    Strip,
    StripDay,
)
from web.contexts.feeds import FeedLine, NewFeed
from web.contexts.frame import Choice, Link, Pager
from web.contexts.load import LoadLine
from web.contexts.workbench import (
    AheadLine,
    Countdown,
    DeskLine,
    FiledLine,
    GivenBack,
    Matter,
    NewsLine,
    SentLine,
    TodoLine,
)

TARGET = Matter("报送建标学习对象", "/submissions/31", TITLE)
PLAN = Matter("报送《对标创建工作方案》", "/submissions/33", TITLE, "2022", "市能源局", "主要负责同志")
OWN = replace(LIVE, section="workbench", viewer=LIAISON)
DAYS = replace(OFFICE, section="timeline", viewer=CLERK)


def workbench() -> contexts.WorkbenchPage:
    """A unit with something of every kind."""
    late = Countdown("late", "已逾期2天（2个工作日）", date(2022, 1, 4), at(1, 5), date(2022, 1, 2))
    near = Countdown("soon", "还有3天（2个工作日）", date(2022, 1, 9), at(1, 10))
    far = Countdown("later", "还有40天（25个工作日）", date(2022, 2, 15), at(2, 16))
    return contexts.WorkbenchPage(
        frame=OWN,
        as_of=NOW,
        unit="市能源局",
        own=True,
        contact="领导小组办公室 0477-0000000",
        given_back=(
            TodoLine(TARGET, late, Link("/submissions/31?fill=1", "补充后再报"),
                     GivenBack("副市长（分管工业和信息化）", at(1, 3, 15), "请补充对标城市的选择依据"),
                     extension_href="/submissions/31#extension"),
            TodoLine(replace(TARGET, title="月度报告"), near, Link("/submissions/34?fill=1", "继续填报"),
                     GivenBack("督办专员", at(1, 4, 9), "", again=True)),
        ),
        fresh=(
            TodoLine(PLAN, far, Link("/submissions/33?fill=1", "填报"),
                     missing=(Link("/submissions/31", "报送建标学习对象"),), extension_asked=date(2022, 2, 25)),
        ),
        todo_total=53,
        todo_more="/workbench?todo=x",
        sent=(
            SentLine(replace(TARGET, title="调研报告"), replace(far, nearness="today", words="今天截止"),
                     (DeskLine("副市长（分管工业和信息化）"), DeskLine("本单位主要负责同志", "0477-0000001")),
                     at(1, 3, 10), "系统已催促2次，下一次催促 1月7日 09:00"),
            SentLine(TARGET, near, (DeskLine("领导小组办公室"),), None),
        ),
        sent_total=52,
        sent_more="/workbench?sent=x",
        overdue=1,
        ahead=(AheadLine(replace(PLAN, href=""), at(3, 11), date(2022, 3, 31)),),
        filed=(
            FiledLine(TARGET, date(2022, 1, 4), at(1, 4, 15)), FiledLine(PLAN, date(2022, 1, 4), at(1, 6), "迟报 2 天"),
        ),
        on_time=21,
        filed_late=1,
        news=(NewsLine("/messages/5", "【逾期】报送建标学习对象", "市能源局联络员", at(1, 5)),),
        news_href="/messages",
        feeds=2,
        code="NYJ",
        provisional="2023年放假安排尚未公布，工作日暂按周一至周五计算，公布并导入后重新计算。",
    )  # fmt: skip


def quiet_workbench() -> contexts.WorkbenchPage:
    """Nothing to do, as the office looks at it."""
    return contexts.WorkbenchPage(replace(OWN, viewer=CLERK), NOW, "市能源局", own=False, contact="", code="NYJ")


def no_unit_yet() -> contexts.WorkbenchPage:
    """The office picks a unit."""
    return replace(quiet_workbench(), unit="", units=("市能源局", "市科技局"), asked="市能")


def agenda() -> contexts.AgendaPage:
    """The list, with every kind of day and of thing on it."""
    board = "/programmes/ordos-benchmarking-2022?obligation=target-choice&occurrence=2022"
    due = HappeningLine("due", "", "截止", "报送建标学习对象", board, "2022-01", "60 件未报", "", "市能源局等2家")
    said = HappeningLine(
        "escalation", "09:00", "截止后3个工作日升级督办", "报送建标学习对象", board, "", "60 件未报", "领导小组办公室"
    )
    first = DayLine(
        date(2022, 1, 6), "working", "", "今天", True,
        (
            said, due, replace(said, mark="reminder", label="截止前1个工作日提醒"), replace(said, mark="notice"),
            replace(said, mark="overdue"), replace(said, mark="chase", open_="3 件待签"),
            HappeningLine("message", "09:00", "提醒消息", "", "", "", "56 条", ""),
            HappeningLine("later", "", "截止", "月督查", "", "2022-02", "1 家应报", "", opens_on=date(2022, 1, 18)),
        ),
    )  # fmt: skip
    return contexts.AgendaPage(
        frame=DAYS,
        as_of=NOW,
        since=date(2022, 1, 6),
        until=date(2022, 2, 16),
        filter=AgendaFilter(
            spans=(Choice("2", "2 周"), Choice("6", "6 周", True)),
            programmes=(Choice("ordos-benchmarking-2022", TITLE, True),),
            obligations=(Choice("target-choice", "报送建标学习对象"),),
            unit="市能源局",
            units=("市能源局", "市科技局"),
            own=False,
            view="list",
        ),
        views=(Link("", "逐日"), Link("/timeline?view=month", "月历")),
        strip=Strip(
            1000, 72, 96,
            (
                StripDay(0, 500, 58, off=False, escalated=True),
                StripDay(500, 500, 0, off=True, escalated=False, label="1/10"),
            ),
            60,
        ),
        days=(
            first,
            DayLine(date(2022, 1, 29), "made-up", "", "23天后（17个工作日）", False, ()),
            DayLine(date(2022, 1, 31), "holiday", "春节", "25天后（18个工作日）", False, (), date(2022, 2, 6)),
            DayLine(date(2022, 2, 12), "weekend", "", "37天后（23个工作日）", False, (said,)),
        ),
        months=(),
        fired=(FiredLine(at(1, 5, 9), ("报送建标学习对象：截止后1个工作日升级督办",), 68, 66),),
        feeds_href="/feeds",
        provisional="2023年放假安排尚未公布，工作日暂按周一至周五计算，公布并导入后重新计算。",
        now_href="/timeline",
        rest_href="/timeline?since=2022-02-17",
        next_href="",
    )  # fmt: skip


def months() -> contexts.AgendaPage:
    """The same as a month, as a unit sees it."""
    day = date(2022, 1, 3)
    cell = MonthCell(day, "working", "", today=False, shown=True)
    week = (
        cell,
        replace(cell, day=date(2022, 1, 4), href="/timeline#day-2022-01-04", due=1, said=2, escalated=1, today=True),
        replace(cell, day=date(2022, 1, 5), shown=False),
        replace(cell, day=date(2022, 1, 6), href="/timeline#day-2022-01-06"),
        replace(cell, day=date(2022, 1, 7), kind="holiday", name="春节"),
        replace(cell, day=date(2022, 1, 8), kind="made-up"),
        replace(cell, day=date(2022, 1, 9), kind="weekend"),
    )
    page = agenda()
    return replace(
        page,
        filter=replace(page.filter, own=True, view="month"),
        views=(Link("/timeline", "逐日"), Link("", "月历")),
        days=(),
        months=(Month(date(2022, 1, 1), ((None, None, None, None, None, None, cell), week)),),
        rest_href="",
        next_href="/timeline?since=2022-02-17",
    )


def load() -> contexts.LoadPage:
    """A full queue, a leader away, one whom nothing waits for."""
    full = LoadLine(INDUSTRY, "/approvals?person=x#queue-1", 12, 3, at(1, 3, 10), 3, 41, "1 天 4 小时", ("秘书长",))
    away = replace(full, holder=SCHOOLS, overdue=0, decided=0, median="", delegates=(), away_until=date(2022, 1, 12))
    return contexts.LoadPage(
        frame=replace(OFFICE, section="approvals"),
        as_of=NOW,
        waiting=24,
        overdue=3,
        most=12,
        sorts=(Choice("waiting", "待签多的在前", True), Choice("oldest", "等得久的在前")),
        everybody=True,
        text="副市长",
        lines=(full, away, LoadLine(SCHOOLS, "", 0, 0, None, 0, 5, "3 小时")),
        pager=Pager(3, 3, "/approvals/load", "/approvals/load?after=x"),
        exports=(Link("/approvals/load.xlsx", "导出 Excel"),),
    )


def feeds() -> contexts.FeedsPage:
    """The office has just made an address for a leader, and another was not made."""
    return contexts.FeedsPage(
        frame=DAYS,
        lines=(
            FeedLine("市能源局", False, NOW, "督办专员", "/feeds/1/revoke"),
            FeedLine("副市长", True, NOW, "督办专员"),
        ),
        pager=Pager(2, 2, "/feeds", "/feeds?cursor=x"),
        made=NewFeed("副市长（分管工业和信息化）", "https://duban.example.cn/calendar/a-key.ics", of_person=True),
        units=("市能源局",),
        leaders=("副市长（分管工业和信息化） 副市长（四）",),
        text="副市长",
        unit="市能",
        leader="副市",
        error="订阅地址未生成：花名册中没有“市能”，请从列表中选。",
    )


def own_feeds() -> contexts.FeedsPage:
    """A unit that has none yet."""
    return contexts.FeedsPage(frame=replace(DAYS, viewer=LIAISON), lines=(), pager=Pager(0, 0), own="市能源局")


PAGES: dict[str, contexts.Page] = {
    "workbench": workbench(),
    "workbench-quiet": quiet_workbench(),
    "workbench-no-unit": no_unit_yet(),
    "timeline": agenda(),
    "timeline-months": months(),
    "timeline-none": replace(agenda(), days=(), strip=None, fired=()),
    "load": load(),
    "load-none": replace(load(), lines=(), exports=()),
    "feeds": feeds(),
    "feeds-own": own_feeds(),
}
