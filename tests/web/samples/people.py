"""Units and people of Ordos: lists, one unit, one person, changes and their previews; calendars."""

from dataclasses import replace
from datetime import date, datetime

from tests.web.samples.approvals import previewed
from tests.web.samples.launching import MODES, outlook
from tests.web.samples.office import OFFICE, SHANGHAI
from web.contexts.approvals import Ask, Input
from web.contexts.calendars import (
    CalendarPage,
    CalendarPreviewPage,
    CalendarsPage,
    FixedDate,
    MovedReminder,
    YearLine,
)
from web.contexts.frame import Choice, Link, Pager, StateCounts
from web.contexts.people import (
    AccountLine,
    ChangeLine,
    ChangesPage,
    HeldLine,
    LedLine,
    NewPersonPage,
    PeoplePage,
    PersonLine,
    PersonPage,
    StaffPage,
    StaffPreview,
    UnitLine,
    UnitPage,
    UnitsPage,
    Way,
)
from web.contexts.roster import RosterPage, RowFault

ROOMS = (Link("", "单位"), Link("/people/persons", "人员"), Link("/calendars", "放假安排"))
AT = datetime(2022, 1, 6, 9, 30, tzinfo=SHANGHAI)
WAYS = (Way("电子邮件", "jytyj.liaison@example.cn", True), Way("企业微信", "", False, "未登记"))
CHANGES = (
    ChangeLine(
        AT, "领导小组办公室（office）", "市教育体育局联络员：新任联络员（p0140），自2022-01-06", "新增", "人事通知"
    ),
    ChangeLine(AT, "督办系统", "首次导入：62个单位，139名人员，148项任职", ""),
)
CONTACT = (
    Input("name", "姓名", "text", "市教育体育局联络员"),
    Input("email", "电子邮箱", "text", "x", "电子邮箱格式不对"),
)


def units() -> UnitsPage:
    """A page of units, with one that lacks everybody."""
    lines = (
        UnitLine("/people/units/JYTYJ", "市教育体育局", "JYTYJ", "组成部门", "负责同志", "联络员", "副市长", 3, 1),
        UnitLine("/people/units/KJJ", "市科学技术局", "KJJ", "", "", "", "", 0, 0),
    )
    categories = (Choice("组成部门", "组成部门", chosen=True),)
    return UnitsPage(OFFICE, ROOMS, "局", categories, lines, Pager(62, 2, "/people", "/people?cursor=x"), True)


def unit() -> UnitPage:
    """One unit with posts of every standing."""
    held = (
        HeldLine(
            "联络员", "联络员甲", "/people/persons/a", date(2021, 12, 1), None, "active", WAYS, "/people/appoint", "/e"
        ),
        HeldLine("主要负责同志", "负责同志", "/people/persons/b", date(2022, 3, 1), None, "upcoming", WAYS),
        HeldLine("联络员", "联络员乙", "/people/persons/c", None, date(2021, 12, 1), "over", WAYS),
    )
    led = (
        LedLine("副市长（分管教育和卫生健康）", "", date(2021, 12, 1), None, "active"),
        LedLine("常务副市长", "某某", None, date(2021, 11, 30), "over", "分工通知"),
    )
    return UnitPage(
        OFFICE, ROOMS, "市教育体育局", "JYTYJ", "组成部门", "领导小组成员单位", Link("/people/units/X", "市政府"), held,
        led, StateCounts(1, 1, 1, 1, 0), (AccountLine("jytyj", False), AccountLine("old", True)), CHANGES,
        (Link("/people/appoint?post=x", "增加联络员"),), "/approvals/supervision?unit=JYTYJ",
    )  # fmt: skip


def nobody() -> UnitPage:
    """A unit without people, leaders, submissions, changes; looked at by an inspector."""
    return replace(
        unit(), held=(), led=(), counts=StateCounts(), accounts=(), changes=(), appoint=(), supervision_href="",
        parent=None, groups="",
    )  # fmt: skip


def people() -> PeoplePage:
    """A page of people."""
    lines = (
        PersonLine("/people/persons/a", "联络员甲", "a", ("市教育体育局联络员",), WAYS, "13800000000", 2),
        PersonLine("/people/persons/b", "某某", "b", (), WAYS, "", 0),
    )
    return PeoplePage(OFFICE, ROOMS, "", lines, Pager(2, 2), True)


def person() -> PersonPage:
    """One person whose contact was typed wrong."""
    edit = Ask("person", "/people/persons/a", "保存", CONTACT, label="修改联系方式")
    return PersonPage(
        OFFICE, ROOMS, "联络员甲", "a", WAYS, "13800000000", unit().held, 2, "/approvals?person=a", CHANGES, edit,
        "/people/appoint?person=a",
    )  # fmt: skip


def new_person() -> NewPersonPage:
    """Somebody to be added."""
    return NewPersonPage(OFFICE, ROOMS, Ask("person", "/people/persons", "增加人员", CONTACT))


def appointing() -> StaffPage:
    """A new leader, with what goes over."""
    inputs = (
        Input("post", "职务", "text", "副市长"),
        Input("unit", "单位（领导和办公室不填）", "text", required=False),
        Input("person", "任职人", "person", "某某", "花名册中没有此人，请从列表中选，或先增加人员。"),
        Input("since", "自（含当日）", "day", "2022-01-10"),
    )
    supervised = previewed().preview
    assert supervised is not None
    confirm = Ask("confirm", "/people/appoint", "确认变更", (Input("comment", "依据", "text", required=False),))
    preview = StaffPreview(
        (("新增", "副市长：某某（p0140），自2022-01-10"), ("变更", "副市长：甲（a），改为任职到2022-01-09")),
        supervised.moves, ("“某某”没有电子邮箱，也没有企业微信账号，收不到任何提醒",), date(2022, 1, 10), True, confirm,
    )  # fmt: skip
    lists = (("people", ("某某（p0140）",)), ("units", ("市教育体育局（JYTYJ）",)), ("posts", ("联络员",)))
    ask = Ask("appoint", "/people/appoint", "预览", inputs, (("replaces", "7"),))
    return StaffPage(
        OFFICE, ROOMS, "任命", "接替甲，其任职到前一日为止。", Link("/people", "单位"), ask, lists, preview
    )


def changes() -> ChangesPage:
    """The record of changes."""
    return ChangesPage(OFFICE, ROOMS, "教育", CHANGES, Pager(2, 2))


def roster() -> RosterPage:
    """A roster before it is taken in, which would undo an adjustment."""
    return RosterPage(
        OFFICE, ROOMS, True, MODES, "62个单位、139名人员、148项任职", file="花名册.xlsx", outlook=outlook(),
        mode="代替：以文件为准", action="/people/roster/k2", shown="abc", must_confirm=True,
        confirm_error="请勾选确认。",
    )  # fmt: skip


def roster_faulty() -> RosterPage:
    """A roster that cannot be taken in."""
    return replace(roster(), outlook=None, faults=(RowFault("任职 第3行 “单位编码”", "没有编码为“NONE”的单位"),))


def calendars() -> CalendarsPage:
    """The years, one of them provisional and counted in; a notice with a fault."""
    lines = (
        YearLine(2022, "/calendars/2022", False, True, 31, 7, ("对标先进提升创建工作 2022",)),
        YearLine(2031, "/calendars/2031", True, False, 0, 0, ("对标先进提升创建工作 2031",)),
    )
    return CalendarsPage(OFFICE, ROOMS, lines, True, (RowFault("第3行", "“never”不是日期"),), "2031.csv")


def calendar() -> CalendarPage:
    """One year's days."""
    days = ((date(2022, 1, 29), True, "春节调休"), (date(2022, 1, 31), False, "春节"))
    return CalendarPage(OFFICE, ROOMS, 2022, False, days, "/calendars/2022.csv")


def calendar_preview() -> CalendarPreviewPage:
    """A notice that moves a reminder, one of them to the past."""
    moved = (MovedReminder("工作方案", "截止前3个工作日", AT, AT.replace(day=7), True),)
    fixed = (FixedDate("对标 2031", "工作方案", "2031", date(2031, 2, 10), date(2031, 2, 12)),)
    return CalendarPreviewPage(
        OFFICE, ROOMS, 2031, True, "2031.csv", calendar().days, moved, 12, fixed, ("端午节",), "/calendars/notices/k",
        "abc", "情况有了变化。",
    )  # fmt: skip
