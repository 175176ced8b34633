"""Ordos 2022 on January 6, two days after its first date: the overview and the board."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from web import contexts
from web.contexts.board import BoardCell, BoardColumn, BoardGroup, BoardRow, TaskCell, TaskRow
from web.contexts.frame import (
    Choice,
    Clock,
    Frame,
    Light,
    Link,
    NextDue,
    Notice,
    State,
    StateCounts,
    Viewer,
    WaitingOn,
)
from web.contexts.overview import Caution, LightCounts, NextDeadline, OfficeDesk, OfficeTask, ProgrammeLine
from web.pages.rooms import rooms

SHANGHAI = ZoneInfo("Asia/Shanghai")
TITLE = "对标先进提升创建工作"
UNITS = {
    "市委部门": "市委组织部 市委宣传部 市委统一战线工作部 市委政法委员会",
    "市人民政府组成部门": (
        "市发展和改革委员会 市教育体育局 市科学技术局 市工业和信息化局 市民族事务委员会 市公安局 市民政局 市司法局 "
        "市财政局 市人力资源和社会保障局 市自然资源局 市生态环境局 市住房和城乡建设局 市交通运输局 市水利局 市农牧局 "
        "市商务局 市文化和旅游局 市卫生健康委员会 市退役军人事务局 市应急管理局 市审计局 市国有资产监督管理委员会 "
        "市市场监督管理局 市林业和草原局 市能源局 市统计局 市医疗保障局 市信访局 市政务服务局 市金融工作办公室 "
        "市乡村振兴局 市人民防空办公室 市城市管理综合执法局 市扶贫开发服务局"
    ),
    "直属事业单位": (
        "市住房公积金中心 市公共资源交易中心 市投资促进中心 市大数据中心 市供销合作社联合社 市机关事务服务中心 "
        "市农牧业科学研究院 市检验检测中心 市中心医院 市蒙医医院 鄂尔多斯职业学院 鄂尔多斯应用技术学院 市图书馆 "
        "市博物院 市水资源保护中心 市公路养护中心"
    ),
    "自治区垂直管理部门": (
        "国家税务总局鄂尔多斯市税务局 市气象局 鄂尔多斯海关 市邮政管理局 市烟草专卖局 国家统计局鄂尔多斯调查队 "
        "市消防救援支队 鄂尔多斯供电公司 市无线电管理处 市地震局 市水文勘测局 中国人民银行鄂尔多斯市中心支行"
    ),
}
OBLIGATIONS = (
    ("报送建标学习对象", "建标阶段", date(2022, 1, 4)),
    ("开展“走出去”专题调研", "对标阶段", date(2022, 2, 10)),
    ("报送《对标创建工作方案》", "对标阶段", date(2022, 2, 15)),
)


def at(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2022) -> datetime:
    """An instant on the clock of Asia/Shanghai."""
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


NOW = at(1, 6, 10, 5)
CLERK = Viewer(name="督办专员", role="office")
LIAISON = Viewer(name="能源局联络员", role="unit", unit="市能源局")
CLOCK = Clock(now=NOW, next_due=NextDue(at(1, 7, 9), "升级督办：报送建标学习对象，9 家单位"), return_to="/")
OFFICE = Frame(
    section="none", viewer=CLERK, clock=CLOCK, form_token="token-of-this-form", rooms=rooms("office", rehearsal=True)
)
LIVE = replace(OFFICE, clock=None, rooms=rooms("office", rehearsal=False))


def standing(index: int, column: int) -> tuple[State, Light, WaitingOn, str, int]:
    """A plausible state of the index-th unit in a column: state, light, waiting on, desk, days late."""
    if column:
        return ("draft", "green", "unit", "联络员", 0)
    if index % 13 == 4:
        return ("overdue", "red", "approver", "分管工业和能源的副市长", 2)
    if index % 17 == 9:
        return ("overdue", "red", "unit", "联络员", 2)
    if index % 11 == 7:
        return ("filed", "yellow", "none", "", 1)
    if index == 61:
        return ("exempt", "none", "none", "", 0)
    if index == 2:
        return ("pending", "yellow", "approver", "本单位主要负责同志", 0)
    return ("filed", "green", "none", "", 0)


def cell(index: int, column: int) -> BoardCell:
    """The cell of that unit; the third unit has an extension."""
    state, light, waiting_on, desk, late = standing(index, column)
    extended = date(2022, 1, 7) if index == 2 and not column else None
    return BoardCell(f"/submissions/{index * 3 + column + 1}", state, light, waiting_on, desk, late, extended)


def count(cells: list[BoardCell]) -> StateCounts:
    """How many stand where."""
    numbers = {state: sum(1 for one in cells if one.state == state) for state in StateCounts.__annotations__}
    numbers["filed_late"] = sum(1 for one in cells if one.state == "filed" and one.days_late)
    return StateCounts(**numbers)


COUNTS = StateCounts(draft=2, filed=1)


def rows() -> dict[str, list[BoardRow]]:
    """All 67 units by category."""
    index = 0
    found: dict[str, list[BoardRow]] = {}
    for category, names in UNITS.items():
        for name in names.split():
            found.setdefault(category, []).append(BoardRow(name, tuple(cell(index, c) for c in range(3))))
            index += 1
    return found


def cells(of: list[BoardRow], column: int | None = None) -> list[BoardCell]:
    """The cells of some rows, of one column or of all."""
    return [one for row in of for c, one in enumerate(row.cells) if one is not None and column in (None, c)]


def programmes() -> contexts.ProgrammesPage:
    """Two programmes, one running and one drawn up for next year."""
    everything = [row for group in rows().values() for row in group]
    running = ProgrammeLine(
        key="ordos-benchmarking-2022",
        title=TITLE,
        cycle=2022,
        document="鄂尔多斯市对标先进提升创建工作实施方案",
        starts=date(2021, 12, 30),
        ends=date(2022, 12, 31),
        units=67,
        counts=count(cells(everything)),
        deadlines=(NextDeadline("开展“走出去”专题调研", date(2022, 2, 10), at(2, 11), 67),),
        lights=LightCounts(green=190, yellow=4, red=6, none=1),
        programme_href="/programmes/ordos-benchmarking-2022/definition",
        board_href="/programmes/ordos-benchmarking-2022",
        overdue_href="/overdue?programme=ordos-benchmarking-2022",
    )
    coming = replace(
        running,
        key="ordos-benchmarking-2023",
        cycle=2023,
        starts=date(2023, 1, 1),
        ends=date(2023, 12, 31),
        counts=StateCounts(draft=201),
        deadlines=(NextDeadline(OBLIGATIONS[0][0], date(2023, 1, 4), at(1, 5, year=2023), 67),),
        provisional="2023 年放假安排尚未公布，工作日按周一至周五暂计，公布后重新计算。",
    )
    notices = (Notice("good", "时钟已拨到 2022年1月6日 10:05，其间发出 14 条消息。"),)
    cautions = (
        Caution("常务副市长外出，1月8日至1月16日无人代签，现有9件待签。", Link("/approvals#uncovered", "授权代签")),
    )
    around = replace(OFFICE, section="programmes", notices=notices)
    task = OfficeTask(
        "/submissions/901", "督查情况通报", "市能源局", f"{TITLE} 2022", "overdue", "red", date(2022, 1, 4)
    )
    desk = OfficeDesk((task,), 9, (replace(task, href="/submissions/902"),), 8)
    return contexts.ProgrammesPage(around, (running, coming), NOW, cautions, desk)


def over() -> contexts.ProgrammesPage:
    """One programme that has nothing ahead of it, on a live service."""
    page = programmes()
    done = replace(page.programmes[0], deadlines=())
    return replace(page, frame=LIVE, programmes=(done,))


def board() -> contexts.BoardPage:
    """The board of all 67 units."""
    table = rows()
    everything = [row for group in table.values() for row in group]
    columns = [
        BoardColumn(title, "", stage, due, count(cells(everything, c)), f"/programmes/x?obligation={c}")
        for c, (title, stage, due) in enumerate(OBLIGATIONS)
    ]
    own = BoardColumn("督查情况通报", "2022年第1季度", "达标阶段", date(2022, 3, 31), StateCounts(draft=1))
    groups = [
        BoardGroup(
            f"group-{number}", name, len(of), count(cells(of)), opened, f"/programmes/x?open={number}#group-{number}",
            (*columns, own) if opened else (), tuple(replace(r, cells=(*r.cells, None)) for r in of if opened),
        )
        for number, ((name, of), opened) in enumerate(zip(table.items(), (True, True, False, False), strict=True))
    ]  # fmt: skip
    return contexts.BoardPage(
        frame=replace(OFFICE, section="programmes"),
        title=TITLE,
        cycle=2022,
        as_of=NOW,
        counts=count(cells(everything)),
        groups=tuple(groups),
        states=tuple(Choice(code, code) for code in ("草稿", "待审签", "已报送", "逾期", "免报")),
        categories=tuple(Choice(name, name) for name in UNITS),
        lights=(Choice("red", "红"),),
        waiting_on=(Choice("approver", "审签人"),),
        text="",
        board_href="/programmes/ordos-benchmarking-2022",
        layout="units",
        turned=Link("/programmes/ordos-benchmarking-2022?layout=tasks", "改为按事项列"),
        exports=(Link("/api/v1/programmes/ordos-benchmarking-2022/board.xlsx", "导出 Excel"),),
        links=(Link("/programmes/ordos-benchmarking-2022/scores", "评分"),),
        rooms=(Link("", "看板"), Link("/programmes/ordos-benchmarking-2022/definition", "方案内容")),
    )


def turned() -> contexts.BoardPage:
    """A ledger's board: a task a line; one of many units tells only how many stand where."""
    few = tuple(TaskCell(f"市发展和改革委员会{'（市水利局）' * n}", "2022-03" * n, cell(n + 2, 0)) for n in range(2))
    tasks = (
        TaskRow(
            "14", "推进新材料基地建设，年内开工项目不少于20个", "二（二）3", date(2022, 6, 30), 1, COUNTS, few[:1], "/x"
        ),
        TaskRow("15", "每月调度重点项目", "", date(2022, 3, 31), 9, COUNTS, few, "/x"),
        TaskRow("", "报送年度总结", "四（一）", date(2022, 12, 31), 1, StateCounts(draft=59, overdue=2), (), "/x"),
    )
    group = BoardGroup("group-1", "重大项目", 3, COUNTS, opened=True, href="/x", tasks=tasks)
    return replace(
        board(),
        groups=(group,),
        layout="tasks",
        narrowed="每月调度重点项目 2022-03",
        kept=(("obligation", "task-15"),),
    )
