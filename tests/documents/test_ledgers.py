"""Ledgers from and to files: what offices write is read, merged cells count for their rows, every fault at once."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import python_calamine
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from documents import ledgers
from documents.ledger_sheets import workbook
from tests.documents.test_sheets import changed
from workflow.tasks.sheet_rows import TITLES, LedgerRefused, TaskRow
from workflow.tasks.standing import Reported, Standing
from workflow.tasks.words import SIGNS, Figure, TimeLimit

Rows = list[list[object]]
#: First row, first column, last row, last column, text.
Blocks = list[tuple[int, int, int, int, str]]

SAMPLES = Path(__file__).parents[2] / "definitions" / "ledgers"
HEADER: list[object] = ["序号", "类别", "任务", "牵头单位", "责任单位", "责任领导", "完成时限", "目标值"]
TASK = TaskRow(
    "1", "城市更新行动", ("市住房和城乡建设局",), TimeLimit(days=("12-end",)), "重点攻坚",
    ("市自然资源局", "连山区人民政府"), "副市长（分管城建和生态环境）",
    (Figure("改造小区", "at-least", Decimal("51"), "处"), Figure("投资", "at-least", None)),
    "二（四）", "=HYPERLINK(1)",
)  # fmt: skip
SMALL = (TASK, TaskRow("2.1", "+月报", ("甲局", "乙局"), TimeLimit(rule="FREQ=MONTHLY;BYMONTHDAY=20"), "重点攻坚"))


def book(path: Path, pages: dict[str, Rows], blocks: Blocks | None = None) -> Path:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy/m/d", "strings_to_formulas": False}) as made:
        for name, rows in pages.items():
            page = made.add_worksheet(name)
            for number, cells in enumerate(rows):
                for place, cell in enumerate(cells):
                    page.write(number, place, cell)
            for top, left, bottom, right, text in blocks or ():
                page.merge_range(top, left, bottom, right, text)
    return path


def read(path: Path, rows: Rows, blocks: Blocks | None = None) -> tuple[TaskRow, ...]:
    return ledgers.read(book(path / "l.xlsx", {"Sheet1": rows}, blocks))


def said(path: Path) -> list[str]:
    with pytest.raises(LedgerRefused) as refused:
        ledgers.read(path)
    return [str(fault) for fault in refused.value.faults]


def task(number: object, *, part: object = "重点攻坚", due: object = "年底前", target: object = "") -> list[object]:
    return [number, part, f"任务{number}", "甲局", "乙局、丙局", "甲副市长", due, target]


@pytest.mark.parametrize("name", ["l.xlsx", "L.XLSX", "l.csv"])
def test_what_is_written_reads_back_the_same(tmp_path: Path, name: str) -> None:
    ledgers.write(SMALL, tmp_path / name)
    assert ledgers.read(tmp_path / name) == SMALL


signs = st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp"), exclude_characters="\ufffe\uffff")
words = st.builds(
    str.__add__, st.sampled_from(["", "=", "'=", "@", "＋", "_x0041_", "𠮷"]), st.text(signs, max_size=20)
)
texts = words.map(lambda text: text.strip(" \xa0\u3000\u200b\ufeff")).filter(bool)
names = texts.filter(lambda text: not set(text) & set("；;、,，（()）"))
labels = st.text("甲乙丙丁项目数", max_size=6)
values = st.decimals(0, 10**9, places=2).map(lambda value: Decimal(f"{value.normalize():f}"))
figures = st.builds(
    Figure, labels, st.sampled_from(sorted(SIGNS)), values, st.sampled_from(["", "个", "%", "微克/立方米"])
)
limits = st.sampled_from(["04-end", "12-end", "06-30", "2021-06-30"]).map(lambda day: TimeLimit(days=(day,))) | (
    st.sampled_from(["FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=MONTHLY;BYMONTHDAY=31"]).map(lambda rule: TimeLimit(rule=rule))
)
tasks = st.builds(
    TaskRow, st.from_regex(r"[0-9A-Za-z]{1,4}(\.[0-9]{1,2})?", fullmatch=True), texts,
    st.lists(names, min_size=1, max_size=3, unique=True).map(tuple), limits, st.just("") | texts,
    st.lists(names, max_size=3, unique=True).map(tuple), st.just("") | texts,
    st.lists(figures, max_size=3, unique_by=lambda one: one.label).map(tuple), st.just("") | texts, st.just("") | texts,
)  # fmt: skip
any_ledger = st.lists(tasks, min_size=1, max_size=4, unique_by=lambda one: one.key).filter(
    lambda rows: len({bool(row.part) for row in rows}) == 1
)


@pytest.mark.parametrize(("name", "examples"), [("l.xlsx", 25), ("l.csv", 60)])
def test_any_ledger_reads_back_the_same(name: str, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, database=None)
    @given(any_ledger)
    def reads_back(rows: list[TaskRow]) -> None:
        with TemporaryDirectory() as place:
            ledgers.write(rows, Path(place) / name)
            assert ledgers.read(Path(place) / name) == tuple(rows)

    reads_back()


@pytest.mark.parametrize(("name", "least"), [("huludao-delivery", 137), ("weifang-key-work", 44)])
def test_the_samples_are_read_and_read_back(tmp_path: Path, name: str, least: int) -> None:
    found = ledgers.read(SAMPLES / f"{name}.xlsx")
    assert len(found) >= least
    assert all(row.part and row.leads and row.limit for row in found)
    ledgers.write(found, tmp_path / "again.xlsx")
    assert ledgers.read(tmp_path / "again.xlsx") == found


def test_same_ledger_makes_the_same_bytes() -> None:
    assert workbook(SMALL) == workbook(SMALL)


def test_workbook_holds_texts_not_formulas_and_how_tasks_stand(tmp_path: Path) -> None:
    reported = (Reported("甲局", "改造小区", "40处"), Reported("乙局", "改造小区", "12处"))
    standing = {"1": Standing((("filed", 1), ("overdue", 1)), "red", reported)}
    ledgers.write(SMALL, tmp_path / "l.xlsx", beside=standing)
    with python_calamine.load_workbook(tmp_path / "l.xlsx") as made:
        head, first, second = made.get_sheet_by_name("台账").to_python()
    assert head == [*TITLES.values(), "状态", "完成值", "亮灯"]
    assert first[9:] == ["=HYPERLINK(1)", "已报送1件，逾期1件", "甲局：40处；乙局：12处", "红"]
    assert second[2] == "+月报" and second[10:] == ["", "", ""]
    assert ledgers.read(tmp_path / "l.xlsx") == SMALL


def test_csv_shields_what_looks_like_a_formula(tmp_path: Path) -> None:
    ledgers.write(SMALL, tmp_path / "l.csv")
    raw = (tmp_path / "l.csv").read_bytes().decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in raw and "'+月报" in raw


def test_reading_forgives_titles_order_synonyms_and_line_breaks(tmp_path: Path) -> None:
    rows: Rows = [
        ["2021年任务台账"],
        [
            "完成\n时限",
            "量化目标（2021年）",
            "牵 头 单 位",
            "配合单位",
            "任务名称",
            "编号*",
            "类型",
            "市级领导",
            "进展",
        ],
        [
            datetime(2021, 6, 30),  # noqa: DTZ001 – Excel has no zones
            "≥3个",
            " 甲局 ",
            "乙局\n丙局（丁办、戊办）,乙局",
            "修\n路",
            11.1,
            "项目",
            "甲副市长",
            "好",
        ],
        [],
        ["", "", "", "", "", "", "", "", "只有进展"],
        [date(2021, 9, 1), "", "乙局；丙局", "", "架桥", 12, "项目", "", ""],
    ]
    first, second = read(tmp_path, rows)
    assert first == TaskRow(
        "11.1", "修路", ("甲局",), TimeLimit(days=("2021-06-30",)), "项目", ("乙局", "丙局（丁办、戊办）"), "甲副市长",
        (Figure("", "at-least", Decimal(3), "个"),),
    )  # fmt: skip
    assert (second.no, second.leads, second.row) == ("12", ("乙局", "丙局"), 6)


def test_responsible_units_lead_where_no_unit_is_called_leading(tmp_path: Path) -> None:
    (found,) = read(tmp_path, [["序号", "任务", "责任单位", "配合单位", "时限"], [1, "修路", "甲局", "乙局", "6月底"]])
    assert (found.leads, found.together) == (("甲局",), ("乙局",))


def test_responsible_and_cooperating_units_are_one_where_another_leads(tmp_path: Path) -> None:
    header: list[object] = ["序号", "任务", "牵头单位", "责任单位", "配合单位", "时限"]
    (found,) = read(tmp_path, [header, [1, "修路", "甲局", "乙局", "丙局、乙局", "6月底"]])
    assert (found.leads, found.together) == (("甲局",), ("乙局", "丙局"))


def test_a_merged_cell_counts_for_all_its_rows(tmp_path: Path) -> None:
    rows: Rows = [HEADER, task(1, part=""), task(2, part=""), task(3, part="重点项目")]
    for row in rows[1:3]:
        row[3] = row[6] = ""
    found = read(tmp_path, rows, [(1, 1, 2, 1, "重点攻坚"), (1, 3, 2, 3, "丁局"), (1, 6, 2, 6, "6月底前")])
    assert [row.part for row in found] == ["重点攻坚", "重点攻坚", "重点项目"]
    assert [row.leads for row in found] == [("丁局",), ("丁局",), ("甲局",)]
    assert found[0].limit == found[1].limit == TimeLimit(days=("06-end",))


def test_an_empty_cell_that_is_not_merged_is_a_fault(tmp_path: Path) -> None:
    rows: Rows = [["台账"], HEADER, task(1), task(2, part=""), task(3)]
    assert said(book(tmp_path / "l.xlsx", {"台账": rows})) == [
        "第4行“类别”：不能为空；几行同属一类时，请合并单元格或逐行填写"
    ]


def test_a_ledger_without_kinds_needs_none(tmp_path: Path) -> None:
    assert [row.part for row in read(tmp_path, [HEADER, task(1, part=""), task(2, part="")])] == ["", ""]


def test_all_faults_are_named_at_once_by_row_and_column(tmp_path: Path) -> None:
    rows: Rows = [
        HEADER,
        task(1, due="长期坚持", target="300个"),
        [2, "重点攻坚", "", "", "", "", "44377", ""],
        task("2、", part="x" * 501),
        task(1, due="每月底"),
    ]
    assert said(book(tmp_path / "l.xlsx", {"台账": rows})) == [
        "第2行“完成时限”：“长期坚持”看不出截止日期，请写成 6月底前、6月30日前、年底前、2021-06-30、每月底、每月20日、"
        "每季度末或每半年",
        "第2行“目标值”：“300个”没有写明是不低于还是不超过，请写成 ≥300个、不低于80%、60亿元以上、≤49微克/立方米，"
        "几项之间用分号隔开",
        "第3行“任务”：不能为空",
        "第3行“牵头单位”：不能为空",
        "第3行“完成时限”：“44377”是日期的序号，请把单元格格式改为日期",
        "第4行“序号”：“2、”不能作序号，请写成 12、12.1 或 A-3",
        "第4行“类别”：超过500个字",
        "第5行“序号”：“1”与第2行重复",
    ]


def test_a_heading_merged_across_the_sheet_is_named(tmp_path: Path) -> None:
    rows: Rows = [HEADER, [], task(1)]
    path = book(tmp_path / "l.xlsx", {"台账": rows}, [(1, 0, 1, 7, "一、重点攻坚")])
    assert said(path) == ["第2行：整行合并的小标题“一、重点攻坚”请删去，类别写在“类别”列"]


def test_missing_and_doubled_columns_are_all_named(tmp_path: Path) -> None:
    rows: Rows = [["序号", "类别", "任务", "任务名称", "责任领导"], [1, "x", "y", "z", "w"]]
    assert said(book(tmp_path / "l.xlsx", {"台账": rows})) == [
        "第1行“任务”：“任务”列出现了不止一次",
        "第1行“牵头单位”：缺少“牵头单位”列",
        "第1行“完成时限”：缺少“完成时限”列",
    ]


def test_the_one_sheet_that_is_a_ledger_is_found(tmp_path: Path) -> None:
    pages: dict[str, Rows] = {"填表说明": [["请逐行填写"]], "附件2": [HEADER, task(1)], "空": []}
    assert len(ledgers.read(book(tmp_path / "l.xlsx", pages))) == 1
    pages["附件3"] = pages["附件2"]
    assert said(book(tmp_path / "l.xlsx", pages)) == ["“附件2”和“附件3”都像是台账，只留一张"]


def test_a_workbook_without_a_header_or_without_tasks_is_refused(tmp_path: Path) -> None:
    assert said(book(tmp_path / "a.xlsx", {"台账": [["甲", "乙"], [1, 2]]})) == [
        "找不到表头，前10行中须有一行写明：序号、任务、牵头单位、完成时限"
    ]
    assert said(book(tmp_path / "b.xlsx", {"台账": [HEADER]})) == ["台账中没有任务"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "不是 Excel 工作簿"),
        (changed({"xl/vbaProject.bin": b"x"}), "文件含有宏"),
        (changed({"xl/embeddings/a.docx": b"x"}), "文件含有嵌入对象"),
        (b"\0" * (10 * 2**20 + 1), "文件过大"),
    ],
)
def test_hostile_workbooks_are_refused_before_they_are_read(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "l.xlsx").write_bytes(content)
    assert why in said(tmp_path / "l.xlsx")[0]


def test_too_many_merged_cells_and_too_many_tasks_are_refused(tmp_path: Path) -> None:
    blocks = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 100_002))
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/>'
        f"<mergeCells>{blocks}</mergeCells></worksheet>"
    )
    (tmp_path / "a.xlsx").write_bytes(changed({"xl/worksheets/sheet1.xml": sheet}))
    assert "文件过大" in said(tmp_path / "a.xlsx")[0]
    lines = "\n".join(f"{n},任务{n},甲局,年底前" for n in range(1, 5002))
    (tmp_path / "b.csv").write_text(f"序号,任务,牵头单位,完成时限\n{lines}\n", encoding="utf-8")
    assert said(tmp_path / "b.csv") == ["台账有5001项任务，最多5000项"]


def test_csv_is_read_in_the_encodings_offices_use(tmp_path: Path) -> None:
    text = "序号,任务,牵头单位,完成时限\r\n1,修路,甲局,6月底前\r\n"
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        (tmp_path / "l.csv").write_bytes(text.encode(encoding))
        assert ledgers.read(tmp_path / "l.csv") == (TaskRow("1", "修路", ("甲局",), TimeLimit(days=("06-end",))),)


def test_missing_file_and_other_formats_are_refused(tmp_path: Path) -> None:
    assert said(tmp_path / "none.xlsx") == ["none.xlsx：找不到文件"]
    with pytest.raises(LedgerRefused, match="格式不支持"):
        ledgers.write(SMALL, tmp_path / "l.xls")
    assert list(tmp_path.iterdir()) == []
