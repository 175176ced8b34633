"""A second programme on its way: the three steps, its messages, a large launch; and an amendment."""

from dataclasses import replace
from datetime import date, datetime

from tests.web.samples.approvals import previewed
from tests.web.samples.office import OFFICE, SHANGHAI
from web.contexts.amending import AmendmentPreview, AmendPage, DateLine, UnitsLine, WordsLine
from web.contexts.frame import Choice, Link
from web.contexts.launching import (
    Caution,
    LaunchMessagesPage,
    LaunchPage,
    LaunchPeoplePage,
    LaunchPreviewPage,
    LaunchProgressPage,
    PlannedDate,
    PlannedLine,
    SendingLine,
    Shelf,
    TouchedUnit,
    Upload,
)
from web.contexts.programme import VersionLine
from web.contexts.roster import RosterOutlook, RowFault, SheetChanges, TextFault

HERE = "/programmes/new/k2"
FAULTS = (
    TextFault(7, 1, "不认识的键“titel”，是否想写“title”？", "", "titel: 对标先进提升创建工作"),
    TextFault(91, 10, "日期“02-30”不存在", "    due: ", "02-30"),
)
MODES = (Choice("add", "补充：文件中没有的不变", chosen=True), Choice("replace", "代替：以文件为准"))


def outlook() -> RosterOutlook:
    """A roster that changes a little of everything."""
    preview = previewed().preview
    assert preview is not None
    return RosterOutlook(
        (
            SheetChanges("单位", 1, 1, 0, (("新增", "绥中县人民政府（SZX）"), ("变更", "市公安局（GAJ）：类别有变"))),
            SheetChanges("人员", 0, 0, 0),
            SheetChanges("任职", 140, 0, 1, (("取消", "市公安局联络员：市公安局联络员（gaj-liaison）"),), 140),
            SheetChanges("分管", 0, 0, 0),
        ),
        preview.moves,
        ("2022年1月6日起“市公安局”改由常务副市长分管",),
        ("对标先进提升创建工作（ordos-benchmarking-2022）：“市公安局”没有联络员",),
        ("人员第9行“电子邮箱”：没有电子邮箱，也没有企业微信账号，收不到任何提醒",),
    )  # fmt: skip


def start() -> LaunchPage:
    """Step 1 with a file that is faulty."""
    shelf = (
        Shelf("huludao-delivery", "抓落实暨争先创优专项行动", "专项行动方案", 2021, 55, True, 0,
              (Link("/programmes/new/samples/huludao-delivery/roster.xlsx", "示例花名册"),)),
        Shelf("broken", "broken", "", None, 0, faults=3),
    )  # fmt: skip
    return LaunchPage(OFFICE, "/programmes/new", shelf, kept="方案.yaml", file="方案二.yaml", faults=FAULTS)


def people() -> LaunchPeoplePage:
    """Step 2 with faults in every place."""
    rows = (RowFault("任职 第150行 “单位编码”", "没有编码为“NONE”的单位"), RowFault("", "缺少“分管”表"))
    samples = (Link("/people/roster-template.xlsx", "空白花名册"),)
    return LaunchPeoplePage(
        OFFICE, "抓落实暨争先创优专项行动", "专项行动方案", HERE, f"{HERE}/definition", "20x2",
        "请填年份，例如 2022。", "62个单位、139名人员、148项任职", MODES,
        Upload("roster", "花名册（.xlsx）", "四张表。", "花名册.xlsx", rows, samples),
        Upload("ledger", "任务台账（.xlsx 或 .csv）", "一行一项任务。", faults=rows[:1]),
    )  # fmt: skip


def caution() -> Caution:
    """A roster of another city with the same codes."""
    unit = TouchedUnit(
        "NYJ", "市能源局", 4, (("名称", "市能源局", "市农业农村局"), ("联络员", "市能源局联络员（nyj）", ""))
    )
    return Caution(12, (unit,), outlook().moves, 14)


def preview() -> LaunchPreviewPage:
    """Step 3 of a launch that could go ahead."""
    opens = datetime(2022, 6, 1, 9, tzinfo=SHANGHAI)
    first, last = PlannedDate(date(2022, 4, 30), "劳动节", 6), PlannedDate(date(2022, 12, 31), "元旦", 6, opens)
    units = ("市发展和改革委员会", "市科学技术局", "市公安局", "市民政局")
    return LaunchPreviewPage(
        OFFICE, "huludao-delivery-2022", "抓落实暨争先创优专项行动", 2022, f"{HERE}/publish", HERE,
        f"{HERE}/definition", f"{HERE}/messages",
        (PlannedLine("重点指标月研判", "indicators", (first, last), units, 12),
         PlannedLine("市级动员大会", "kick-off", (replace(last, opens_at=opens),), units[:1], 1)),
        490, 12, 59, (), ("“市级动员大会”的截止日期已过去3天，启动后1个单位立即为逾期并收到通知",), outlook(),
        "花名册.xlsx", "台账.xlsx", "abc", must_confirm=True, confirm_error="请勾选确认。", caution=caution(),
        accept_error="请逐个核对。",
    )  # fmt: skip


def impossible() -> LaunchPreviewPage:
    """Step 3 of one that cannot, with the people there are."""
    return replace(
        preview(), wrong=("“市公安局”没有联络员",), people=None, caution=None, roster="", error="情况有了变化。"
    )


def messages() -> LaunchMessagesPage:
    """What the first days would send."""
    at = datetime(2021, 12, 31, 8, 30, tzinfo=SHANGHAI)
    lines = (SendingLine(at, "通知", 61, "报送建标学习对象、开展专题调研"),)
    return LaunchMessagesPage(OFFICE, "对标先进提升创建工作 2022", f"{HERE}/preview", 7, 61, lines)


def progress() -> LaunchProgressPage:
    """A large launch half way."""
    return LaunchProgressPage(OFFICE, "对标先进提升创建工作 2022", f"{HERE}/progress", f"{HERE}/preview", 7, 25)


def amend() -> AmendPage:
    """A changed definition with one of everything, its comment forgotten."""
    at = datetime(2022, 2, 11, tzinfo=SHANGHAI)
    title = "开展“走出去”专题调研"
    later = DateLine(title, "2022", date(2022, 2, 10), date(2022, 2, 8), at, at, 61, 2, "已报送1件", True)
    hour = DateLine("工作方案", "", date(2022, 2, 15), date(2022, 2, 15), at, at.replace(hour=9), 61, 0, "", False)
    return AmendPage(
        OFFICE, (Link("/programmes/x", "看板"), Link("", "调整方案")), "ordos-benchmarking-2022",
        "对标先进提升创建工作", 2022, "/programmes/x/amend", "/programmes/x/amend/definition.yaml",
        (VersionLine("b30c5a5b", at, "领导小组办公室（office）", "启动"),),
        preview=AmendmentPreview(
            "b30c5a5b", "da790194", (later, hour),
            (UnitsLine("新事项", "2022", ("市公安局",) * 8, date(2022, 3, 1), at),
             UnitsLine("再报", "", (), date(2022, 3, 1))),
            (UnitsLine("旧事项", "", ("市公安局",), filed=2),),
            (WordsLine(title, "名称", "专题调研", title), WordsLine(title, "表单", "", "")),
            61, 12, 122, ("“新事项”（2022）已过截止日期，新增的1个单位不再要求",), ("2023年放假安排尚未公布。",), (), 1,
            "/programmes/x/amend/k2", "abc", "方案.yaml", comment_error="请写明修订的依据或理由。",
            earlier_error="有截止日期提前，请勾选确认。",
        ),
    )  # fmt: skip


def amend_faulty() -> AmendPage:
    """A file that cannot be read; the amendments there were."""
    return replace(amend(), preview=None, faults=FAULTS, file="方案.yaml")
