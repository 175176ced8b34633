"""Attachments on a page: a workbook, a Word document, a picture, and one that cannot be shown."""

from dataclasses import replace

from documents.previews import Grid, GridCell, GridRow
from tests.web.samples.office import NOW
from tests.web.samples.signing import CONTACT, LINK
from tests.web.samples.submission import HASH
from web.contexts.previews import Passage, PreviewPage

_ROWS = tuple(
    GridRow(
        row + 2,
        (
            GridCell(f"{row}"),
            GridCell("煤矿智能化改造验收标准修订" if row % 2 else "大型煤制烯烃项目前期手续集中办理"),
            GridCell("182000.00"),
            GridCell("2022-06-30"),
            GridCell("在办"),
        ),
    )
    for row in range(1, 9)
)


def workbook() -> PreviewPage:
    """Two sheets, the first with a merged title."""
    head = tuple(GridCell(title) for title in ("序号", "项目", "投资（万元）", "完成时限", "进度"))
    title = GridRow(1, (GridCell("重点项目台账", wide=5),))
    grid = Grid("台账", (title, GridRow(2, head), *_ROWS), "共900行，后面400行没有显示")
    tall = Grid("", (GridRow(1, (GridCell("合计", high=2), GridCell("1"))), GridRow(2, (GridCell("2"),))))
    return PreviewPage(
        rehearsal_now=NOW,
        name="能源局对标指标台账.xlsx",
        unit="市能源局",
        obligation="报送建标学习对象",
        size=48_200,
        sha256=HASH,
        href=f"{LINK}/files/3",
        back_href=LINK,
        contact=CONTACT,
        grids=(grid, tall),
    )


def document() -> PreviewPage:
    """Headings, paragraphs, a table, and what the page does not show."""
    return replace(
        workbook(),
        name="对标先进工作方案.docx",
        grids=(),
        blocks=(
            Passage(2, "对标先进工作方案"),
            Passage(0, "为贯彻落实全市部署，结合我局实际，制定本方案。"),
            Passage(3, "一、学习对象"),
            Passage(0, "", (("项目", "时限"), ("智能化改造", "六月底"))),
        ),
        missing=("图片或图形", "脚注"),
        cut="文件很长，这里只显示前一部分",
    )


def picture() -> PreviewPage:
    """A scan."""
    return replace(workbook(), name="联系函.png", grids=(), picture_href=f"{LINK}/files/6/show")


def refused() -> PreviewPage:
    """A workbook with macros."""
    return replace(workbook(), grids=(), why="文件含有宏，不能在线查看，请勿打开。", unsafe=True)
