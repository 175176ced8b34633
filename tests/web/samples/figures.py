"""Figures, a circular and papers of Ordos 2022, with every kind of line that their pages can show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.web.samples.office import LIVE, OFFICE, TITLE, at
from web import contexts, plots
from web.contexts.bulletins import BulletinLine, BulletinSection, BulletinTable
from web.contexts.figures import Figure, Headline, Numbers
from web.contexts.frame import Choice, Link, Pager
from web.contexts.papers import OwingUnit, PaperForm, PaperItem, PaperLine
from web.plots import Band, Line

HERE = "/programmes/ordos-benchmarking-2022"
ROOMS = (
    Link(HERE, "看板"),
    Link(f"{HERE}/definition", "方案内容"),
    Link("", "统计图"),
    Link(f"{HERE}/bulletin", "通报"),
)
PERIODS = (Choice("2022", "2022年"), Choice("2022Q1", "2022年第一季度", chosen=True))
WEEKS = ("1月", "", "", "", "2月", "", "", "", "3月", "", "", "", "")


def figures() -> contexts.FiguresPage:
    """A quarter with an extension, so that there are two rates; nothing was signed in it."""
    months = plots.lines(
        "plot-month",
        "各月按时率",
        "1月92.3%；2月71.0%；3月88.1%",
        over=("1月", "2月", "3月"),
        series=(
            Line("按最初截止日", "first", (0.923, 0.71, 0.881)),
            Line("含延期", "second", (0.94, 0.75, None)),
        ),
    )
    bands = (
        Band("按时", "good", (40, 3, 61)),
        Band("延期内报送", "extended", (1, 0, 2)),
        Band("逾期后报送", "late", (2, 1, 0)),
        Band("尚未报送", "overdue", (3, 0, 7)),
    )
    names = ("党委部门", "市人民政府组成部门", "自治区垂直管理部门和其他有关单位及中央驻市的各类机构名称很长的一类")
    categories = plots.bars(
        "plot-category",
        "各类单位按时率",
        "党委部门87.0%",
        over=names,
        bands=bands,
        values=("87.0%", "75.0%", "87.1%"),
        whole=True,
    )
    lights = plots.columns(
        "plot-lights",
        "亮灯变化",
        "3月31日绿灯65件，黄灯3件，红灯186件",
        over=WEEKS,
        bands=(
            Band("绿灯", "green", tuple(183.0 - 9 * week for week in range(13))),
            Band("黄灯", "yellow", tuple(4.0 * week for week in range(13))),
            Band("红灯", "red", tuple(5.0 * week for week in range(13))),
        ),
    )
    turns = plots.bars(
        "plot-post",
        "各审签人用时",
        "副市长（分管公安和司法）中位数16.5小时",
        over=("副市长（分管公安和司法）", "常务副市长"),
        bands=(Band("中位数", "plain", (16.5, 2.0)), Band("九成不超过", "extended", (8.5, 0.0))),
        values=("16.5 / 25.0 小时", "2.0 / 2.0 小时"),
        whole=False,
    )
    numbers = Numbers(("月份", "已到期", "按时"), (("2022-01", "61", "56"), ("2022-02", "122", "87")))
    drawn = (("month", months), ("category", categories), ("post", turns), ("lights", lights))
    shown = [Figure(f"figure-{name}", one.title, "按时率按最初截止日计算。", one, numbers) for name, one in drawn]
    shown.append(Figure("figure-turn-month", "各月审签用时", "期间内作出的决定。", None, Numbers((), ())))
    return contexts.FiguresPage(
        frame=OFFICE,
        title=TITLE,
        cycle=2022,
        as_of=at(4, 1, 9),
        rooms=ROOMS,
        action=f"{HERE}/figures",
        period="2022年第一季度",
        periods=PERIODS,
        counted="按时率、件数只计各单位应报的，与通报口径相同。",
        headlines=(Headline("按时率", "84.3%", "含延期 85.1%"), Headline("逾期后报送", "5 件")),
        figures=tuple(shown),
        exports=(Link(f"/api/v1{HERE}/figures.xlsx?period=2022Q1", "导出 Excel"),),
    )


def bulletin() -> contexts.BulletinPage:
    """The circular of a quarter that is over, with the office's words kept."""
    table = BulletinTable("各类单位报送情况（单位：件）", ("单位类别", "应报", "按时率"), (("党委部门", "17", "5.9%"),))
    lines = (
        BulletinLine("2022年第一季度各单位应报送245件。"),
        BulletinLine("逾期后报送4件。", "（一）报送建标学习对象。"),
    )
    return contexts.BulletinPage(
        frame=LIVE,
        title=TITLE,
        cycle=2022,
        rooms=ROOMS,
        action=f"{HERE}/bulletin",
        period="2022Q1",
        periods=PERIODS,
        subject=f"关于2022年第一季度{TITLE}报送情况的通报",
        until="2022年3月31日24时",
        ended=True,
        hidden=0,
        sections=(BulletinSection("总体情况", lines, (table,)),),
        may_write=True,
        number="督办通报〔2022〕1号",
        opening="",
        usual_opening="按照实施方案要求，现将有关情况通报如下。",
        measures="请逾期单位抓紧报送。",
        error="",
        updated_at=at(4, 1, 9),
        updated_by="督办专员",
        download=f"/api/v1{HERE}/bulletin.docx?period=2022Q1",
    )


def bulletin_refused() -> contexts.BulletinPage:
    """A quarter that runs, with hidden obligations, after words that were not accepted."""
    return replace(
        bulletin(), ended=False, hidden=2, error="文号最多60字", opening="现通报如下。", updated_at=None, updated_by=""
    )


def papers() -> contexts.PapersPage:
    """Units to choose from, three colours, one paper withdrawn; two have just been made."""
    units = (
        OwingUnit(
            "XCB",
            "市委宣传部",
            "党委部门",
            5,
            date(2022, 1, 4),
            "red",
            "红色督办单",
            f"{HERE}/papers/new?unit=XCB",
            True,
        ),
        OwingUnit(
            "KJJ",
            "市科学技术局",
            "市人民政府组成部门",
            1,
            date(2022, 3, 31),
            "yellow",
            "黄色警示单",
            f"{HERE}/papers/new?unit=KJJ",
        ),
    )
    line = PaperLine(
        number="督〔2022〕第2号",
        colour="red",
        colour_name="红色督办单",
        unit="市委宣传部",
        count=5,
        reply_by=date(2022, 4, 13),
        issued_at=at(4, 8, 9),
        issued_by="督办专员",
        withdrawn_at=None,
        withdrawn_by="",
        href=f"/api/v1{HERE}/papers.docx?paper=2",
        withdraw_to=f"{HERE}/papers/2/withdraw",
    )
    gone = replace(
        line,
        number="督〔2022〕第1号",
        colour="blue",
        colour_name="蓝色提醒单",
        withdrawn_at=at(4, 8, 10),
        withdrawn_by="督办专员",
        withdraw_to="",
    )
    return contexts.PapersPage(
        frame=OFFICE,
        title=TITLE,
        cycle=2022,
        rooms=ROOMS,
        here=f"{HERE}/papers",
        made=(Link(f"/api/v1{HERE}/papers.docx?paper=1&paper=2", "合为一个 Word"),),
        categories=(Choice("党委部门", "党委部门"),),
        obligations=(Choice("work-plan", "报送工作方案", chosen=True),),
        min_days="3",
        units=units,
        total_units=61,
        form=form(error="没有选择单位"),
        obligation="work-plan",
        lines=(line, gone),
        pager=Pager(2, 2),
    )


def form(*, error: str = "") -> PaperForm:
    """The questions, each unit's light deciding the colour."""
    colours = (Choice("", "各按亮灯", chosen=True), Choice("blue", "蓝色提醒单"), Choice("red", "红色督办单"))
    return PaperForm(f"{HERE}/papers", colours, "2022-04-13", "请主要负责同志过问。", error)


def new_paper() -> contexts.NewPaperPage:
    """Something overdue with an extension before it, and something due soon."""
    overdue = PaperItem(
        7, "/submissions/7", "报送工作方案", date(2022, 2, 15), date(2022, 2, 10), " 52 天", "联络员", True
    )
    soon = PaperItem(9, "/submissions/9", "落实情况", date(2022, 4, 15), None, "", "主要负责同志", False)
    return contexts.NewPaperPage(
        frame=OFFICE,
        title=TITLE,
        cycle=2022,
        rooms=ROOMS,
        here=f"{HERE}/papers",
        unit="市委宣传部",
        unit_code="XCB",
        items=(overdue, soon),
        form=form(error="没有选择事项"),
    )
