"""Ordos 2022 on January 6 as its definition says it, with a little of every other programme."""

from dataclasses import replace
from datetime import date

from tests.web.samples.office import CLERK, LIAISON, NOW, OFFICE, TITLE, at
from web import contexts
from web.contexts.frame import Link, StateCounts
from web.contexts.programme import (
    BodyLine,
    DueMark,
    DutyGroup,
    DutyLine,
    MonthMark,
    Occasion,
    Place,
    Plan,
    PlanLine,
    Point,
    StageBar,
    Timeline,
    VersionLine,
    WeightLine,
    Weights,
)

BOARD = "/programmes/ordos-benchmarking-2022"
LATE = StateCounts(pending=4, filed=41, overdue=16, filed_late=2)
AHEAD = StateCounts(draft=61)

CHOICE = DutyLine(
    key="target-choice",
    clause="三（一）2",
    title="报送建标学习对象",
    duty="选定一个先进单位，写明主要指标和学习内容，审签后报办公室",
    owner="各成员单位",
    when="2022年1月4日前",
    counts=LATE,
    occasions=(
        Occasion(date(2022, 1, 4), "", LATE, f"{BOARD}?obligation=target-choice", True, (at(1, 4, 9), at(1, 5), None)),
    ),
    alerts=("截止前1个工作日 09:00", "期限一过", "截止后1个工作日 09:00"),
    points=(
        Point("填报内容", ("学习对象：一行文字，必填。写到市一级", "主要指标：文字，必填")),
        Point("审签", ("由市人民政府分管领导审签；市委组织部由主要负责同志审签",)),
        Point("报送至", ("领导小组办公室",)),
        Point("督办梯次", ("截止前1个工作日 09:00，提醒联络员", "期限一过，告知联络员已逾期")),
        Point("引出事项", ("“报送建标学习对象”亮红灯后，由领导小组办公室对该单位办理“警示约谈”",)),
    ),
)
TALK = replace(
    CHOICE,
    key="warning-talk",
    clause="",
    title="警示约谈",
    duty="",
    owner="领导小组办公室",
    when="由事件引出后5个工作日内",
    counts=StateCounts(),
    occasions=(),
    hidden=True,
)
NONE = StateCounts()
EVALUATION = replace(
    CHOICE,
    key="evaluation",
    title="对标创建成效评估",
    owner="由领导小组办公室对各成员单位逐一办理",
    counts=StateCounts(),
    occasions=(
        Occasion(
            date(2022, 12, 20), "2022Q4", StateCounts(), f"{BOARD}?obligation=evaluation", False, (None, None, None)
        ),
        Occasion(date(2022, 12, 30), "总评", StateCounts(), f"{BOARD}?obligation=evaluation", True, (None, None, None)),
    ),
    weights=Weights(("一般", "产业转型领域各单位"), (WeightLine("主要目标完成", ("30%", "40%")),)),
    retired=True,
    more=12,
)


def year() -> Timeline:
    """Two stages, the second without an end, and three days of every kind."""
    return Timeline(
        width=1000,
        height=230,
        base=150,
        months=(MonthMark(16, "2021年12月"), MonthMark(90, "2022年1月"), MonthMark(170, "")),
        stages=(
            StageBar(40, 44, 60, "建标阶段", "三（一）", date(2021, 12, 21), date(2022, 1, 10)),
            StageBar(900, 72, 84, "创标阶段", "三（四）", date(2023, 1, 1), None),
        ),
        dues=(
            DueMark(40, date(2021, 12, 30), 1, "done", ("启动",), "12/30"),
            DueMark(98, date(2022, 1, 4), 2, "late", ("报送建标学习对象", "督查"), "1/4", 1),
            DueMark(500, date(2022, 6, 30), 9, "ahead", tuple(f"事项{number}" for number in range(9)), "6/30"),
            DueMark(503, date(2022, 7, 1), 1, "ahead", ("月督查",)),
        ),
        dense=False,
        now=date(2022, 1, 6),
        now_x=104.5,
        now_at_end=False,
    )


def programme() -> contexts.ProgrammePage:
    """Everything a definition may hold, as the office sees it."""
    return contexts.ProgrammePage(
        frame=replace(OFFICE, section="programmes", viewer=CLERK),
        title=TITLE,
        cycle=2022,
        as_of=NOW,
        document="鄂尔多斯市对标先进提升创建工作实施方案",
        issued=date(2021, 12, 30),
        printed=date(2021, 12, 31),
        published=at(12, 31, 8, 30, year=2021),
        units=61,
        own=False,
        counts=LATE,
        version=VersionLine("1f0c9a77", at(1, 5, 9), "系统管理员（命令行）", "修订", "会议推迟"),
        earlier=(VersionLine("ff463b5e", at(12, 31, 8, 30, year=2021), "系统管理员（命令行）", "启动"),),
        timeline=year(),
        plan=Plan("二", (PlanLine("重点指标", 13, 13), PlanLine("重大项目", 6, 4)), 19, 17),
        bodies=(
            BodyLine("领导小组办公室", "三（一）1", "市人民政府办公室", "主任", "值班员"),
            BodyLine("第一攻坚战专班", "45", "", "", "", "7至8人"),
        ),
        groups=(
            DutyGroup("建标阶段", "2021年12月21日至2022年1月10日", LATE, (CHOICE,), True),
            DutyGroup("方案四（二）", "警示约谈、对标创建成效评估", StateCounts(), (TALK, EVALUATION), False),
        ),
        after_anything=("任一事项被检查发现“推进迟缓”后，由该单位办理“督查问题整改”",),
        coverage=(Point("述职全覆盖（第2段）", ("各县市区每家须且只须承担“大会述职”、“书面述职”之一",)),),
        rollover="“学习清单年度更新”的表“学习内容”中，状态为“学习中”的行转入下一年度，为“已学有所成”的存档",
        damaged=(Place("23", "完成投资“1亿元以上”，数字缺前几位"),),
        rooms=(
            Link(BOARD, "看板"),
            Link("", "方案内容"),
            Link("/overdue?programme=ordos-benchmarking-2022", "逾期清单"),
        ),
        provisional="2023年放假安排尚未公布，工作日暂按周一至周五计算，公布并导入后重新计算。",
    )


def own() -> contexts.ProgrammePage:
    """What one unit sees, after the year is over."""
    whole = programme()
    return replace(
        whole,
        frame=replace(whole.frame, viewer=LIAISON),
        own=True,
        printed=None,
        published=None,
        earlier=(),
        timeline=replace(year(), dense=True, now=date(2024, 5, 1), now_x=None),
        plan=None,
        bodies=whole.bodies[:1],
        groups=(replace(whole.groups[0], counts=AHEAD),),
        after_anything=(),
        coverage=(),
        rollover="",
        damaged=(),
        provisional="",
    )


def at_its_end() -> contexts.ProgrammePage:
    """The last days of a programme that has little to say."""
    return replace(own(), timeline=replace(year(), now_x=980.0, now_at_end=True, stages=()), groups=(), bodies=())
