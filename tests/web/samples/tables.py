"""A table with faults and as it reads, targets met and unmet, and scores."""

from dataclasses import replace

from web.contexts.frame import Choice
from web.contexts.submission import Cell, FieldKind, RatingLine, ScoreLine, Table, TableRow, TargetLine

COLUMNS: tuple[tuple[str, str, FieldKind], ...] = (
    ("title", "项目", "text"),
    ("unit", "责任单位", "unit"),
    ("due", "完成时限", "date"),
    ("stage", "进度", "choice"),
    ("money", "投资（万元）", "decimal"),
)
PROJECTS = (
    ("榆横工业区大型煤制烯烃项目前期手续集中办理", "市能源局", "2022-06-30", "在办", "182000.00"),
    ("煤矿智能化改造验收标准修订", "市应急管理局", "二月底", "未开始", ""),
    ("", "", "", "", ""),
)
STAGES = ("未开始", "在办", "办结")


def _cells(row: int, written: tuple[str, ...]) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            f"field-projects.{row}.{name}", label, "text" if value == "二月底" else kind, value,
            required=name == "title",
            options=tuple(Choice(one, one, one == value) for one in STAGES) if kind == "choice" else (),
            error="须是日期，写成 2022-01-04" if value == "二月底" else "",
        )
        for (name, label, kind), value in zip(COLUMNS, written, strict=True)
    )  # fmt: skip


TABLE = Table(
    heads=_cells(0, ("",) * len(COLUMNS)),
    rows=tuple(
        TableRow(number, _cells(number, row), "有表格中没有的列" if number == 3 else "")
        for number, row in enumerate(PROJECTS, start=1)
    ),
    most=40,
)
READ_TABLE = replace(
    TABLE,
    rows=tuple(
        TableRow(row.number, tuple(replace(cell, name=cell.label, options=(), error="") for cell in row.cells))
        for row in TABLE.rows[:2]
    ),
)
TARGETS = (
    TargetLine("签约项目", "不低于300个", "120个", "310个", "累计达标", "good", "三（二）1"),
    TargetLine("完成投资额", "原文数字残缺，以补正为准", "1.2亿元", "", "无法对照", "plain"),
    TargetLine("投诉办结率", "高于95%", "", "", "尚无数字", "plain"),
    TargetLine("新增规模以上企业", "不低于20家", "11家", "", "未达标", "bad"),
)
SCORE = ScoreLine((RatingLine("任务完成", 60, "90"), RatingLine("机制创新", 40, "")), "", "旗区")
SCORED = ScoreLine((RatingLine("任务完成", 60, "90"), RatingLine("机制创新", 40, "85")), "88")
