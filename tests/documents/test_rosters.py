"""Rosters from and to files: exact round trips, tolerant reading, and every fault at once."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import python_calamine
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from documents import rosters
from documents.roster_sheets import workbook
from documents.sheets import csv_table
from workflow.roster import (
    COLUMN_TITLES,
    SHEET_TITLES,
    PersonRow,
    PostRow,
    Roster,
    RosterFault,
    RosterRefused,
    SupervisionRow,
    UnitRow,
    group_key,
    post_key,
)

Rows = list[list[object]]

MAYOR = "副市长（分管教育）"
SMALL = Roster(
    units=(
        UnitRow("101", "市教育体育局", "部门", ("member-units", "部门"), None),
        UnitRow("0102", "𠮷野\u200f中心", "", (), "101"),
    ),
    people=(PersonRow("p1", "=HYPERLINK(1)", "p1@example.cn", None, "+86 1"), PersonRow("p2", MAYOR)),
    posts=(
        PostRow("liaison", "101", "p1", date(2021, 12, 1)),
        PostRow(MAYOR, None, "p2", None, date(2022, 12, 31)),
        PostRow("office", None, "p1"),
    ),
    supervision=(SupervisionRow(MAYOR, "101", date(2021, 12, 1), date(2022, 6, 30)),),
)


def sheets() -> dict[str, Rows]:
    """A small roster under the contract's English names."""
    return {
        "units": [["code", "name", "category", "groups", "parent code"], ["E", "教育局", "部门", "", ""]],
        "people": [["key", "name", "email", "wecom id", "mobile"], ["p", "甲", "p@example.cn", "", ""]],
        "posts": [["post", "unit code", "person key", "from", "to"], ["liaison", "E", "p", "", ""]],
        "supervision": [["post", "unit code", "from", "to"]],
    }


def book(path: Path, pages: dict[str, Rows]) -> Path:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy/m/d"}) as made:
        for name, rows in pages.items():
            page = made.add_worksheet(name)
            for number, cells in enumerate(rows):
                for place, cell in enumerate(cells):
                    page.write(number, place, cell)
    return path


def folder(path: Path, pages: dict[str, Rows], encoding: str = "utf-8") -> Path:
    path.mkdir(exist_ok=True)
    for name, rows in pages.items():
        lines = "\r\n".join(",".join(str(cell) for cell in row) for row in rows)
        (path / f"{name}.csv").write_bytes(lines.encode(encoding))
    return path


def faults_of(path: Path) -> list[RosterFault]:
    with pytest.raises(RosterRefused) as refused:
        rosters.read(path)
    return list(refused.value.faults)


def places(path: Path) -> list[tuple[str, int, str, str]]:
    return [(fault.sheet, fault.row, fault.column, fault.code) for fault in faults_of(path)]


@pytest.mark.parametrize("name", ["roster.xlsx", "ROSTER.XLSX", "roster"])
def test_what_is_written_reads_back_the_same(tmp_path: Path, name: str) -> None:
    rosters.write(SMALL, tmp_path / name)
    assert rosters.read(tmp_path / name) == SMALL


words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp")), min_size=1, max_size=30)
risky = st.builds(str.__add__, st.sampled_from(["", "=", "'=", "''-", "@", "＋", "'", "_x0041_", "𠮷"]), words)
texts = risky.map(lambda text: text.strip(" \xa0\u3000\u200b\ufeff")).filter(bool)
groups = st.lists(texts.filter(lambda text: not set(text) & set("；;、,，")).map(group_key), max_size=3, unique=True)
maybe = st.none() | texts
days = st.none() | st.dates(date(1950, 1, 1), date(2150, 12, 31))
any_roster = st.builds(
    Roster,
    units=st.lists(st.builds(UnitRow, texts, texts, texts, groups.map(tuple), maybe), max_size=4).map(tuple),
    people=st.lists(st.builds(PersonRow, texts, texts, maybe, maybe, maybe), max_size=4).map(tuple),
    posts=st.lists(st.builds(PostRow, texts.map(post_key), maybe, texts, days, days), max_size=4).map(tuple),
    supervision=st.lists(st.builds(SupervisionRow, texts, texts, days, days), max_size=4).map(tuple),
)


@pytest.mark.parametrize(("name", "examples"), [("r.xlsx", 25), ("r", 60)])
def test_any_roster_reads_back_the_same(name: str, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, database=None)
    @given(any_roster)
    def reads_back(roster: Roster) -> None:
        with TemporaryDirectory() as place:
            rosters.write(roster, Path(place) / name)
            assert rosters.read(Path(place) / name) == roster

    reads_back()


def test_same_roster_makes_the_same_bytes() -> None:
    assert workbook(SMALL) == workbook(SMALL)


def test_workbook_speaks_chinese_and_holds_texts_not_formulas(tmp_path: Path) -> None:
    rosters.write(SMALL, tmp_path / "r.xlsx")
    with python_calamine.load_workbook(tmp_path / "r.xlsx") as made:
        assert made.sheet_names == ["单位", "人员", "任职", "分管"]
        grid = {name: made.get_sheet_by_name(name).to_python() for name in made.sheet_names}
    assert grid["单位"][0] == ["单位编码", "单位名称", "类别", "分组", "上级单位编码"]
    assert grid["单位"][1] == ["101", "市教育体育局", "部门", "领导小组成员单位；部门", ""]
    assert grid["人员"][1][1] == "=HYPERLINK(1)"
    assert grid["任职"][1] == ["联络员", "101", "p1", date(2021, 12, 1), ""]


@pytest.mark.parametrize("opener", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_csv_cell_that_looks_like_a_formula_is_shielded(tmp_path: Path, opener: str) -> None:
    rosters.write(Roster(units=(UnitRow("A", f"{opener}cmd", ""),)), tmp_path / "r")
    raw = (tmp_path / "r" / "units.csv").read_bytes().decode("utf-8-sig")
    assert f"'{opener}cmd" in raw
    assert csv_table(tmp_path / "r" / "units.csv")[1][1] == f"{opener}cmd"


def test_english_names_are_read_from_a_workbook_and_a_folder(tmp_path: Path) -> None:
    from_book, from_folder = book(tmp_path / "r.xlsx", sheets()), folder(tmp_path / "r", sheets())
    assert rosters.read(from_book) == rosters.read(from_folder)
    assert rosters.read(from_book).posts == (PostRow("liaison", "E", "p"),)


def test_reading_forgives_order_spaces_numbers_dates_and_blank_rows(tmp_path: Path) -> None:
    pages: dict[str, Rows] = {
        " 分管 ": [["截止日期", "起始日期", "单位编码", "分管职务"], ["2022年6月30日", "2022.1.4", 101, MAYOR]],
        "说明": [["随便写"]],
        "Units": [
            ["2022年花名册"],
            ["分 组", "parent_code", " Name ", "备注", "类别", "单位编码*"],
            [],
            [" 党委部门、领导小组成员单位;甲，甲 ", "", "　教育局 ", "x", "部门", 101.0],
            ["", None, " ", "只有备注"],
            ["", 101, "科技局", "", "部门", "0102"],
        ],
        "人员": [["人员编号", "姓名", "邮箱", "企业微信", "手机"], [7, "甲", "p@example.cn", "", 13800000000]],
        "任职": [
            ["职务", "单位编码", "人员编号", "起始日期", "截止日期"],
            ["联络员", 101, 7, date(2021, 12, 1), datetime(2022, 12, 31)],  # noqa: DTZ001 – Excel has no zones
            ["领导小组办公室", "", 7, "2022/1/4", "20221231"],
        ],
    }
    roster = rosters.read(book(tmp_path / "r.xlsx", pages))
    assert roster == Roster(
        units=(
            UnitRow("101", "教育局", "部门", ("党委部门", "member-units", "甲"), None),
            UnitRow("0102", "科技局", "部门", (), "101"),
        ),
        people=(PersonRow("7", "甲", "p@example.cn", None, "13800000000"),),
        posts=(
            PostRow("liaison", "101", "7", date(2021, 12, 1), date(2022, 12, 31)),
            PostRow("office", None, "7", date(2022, 1, 4), date(2022, 12, 31)),
        ),
        supervision=(SupervisionRow(MAYOR, "101", date(2022, 1, 4), date(2022, 6, 30)),),
    )
    assert [unit.row for unit in roster.units] == [4, 6]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_offices_use(tmp_path: Path, encoding: str) -> None:
    assert rosters.read(folder(tmp_path / "r", sheets(), encoding)).units[0].name == "教育局"


def test_csv_files_may_have_chinese_names_and_blank_lines(tmp_path: Path) -> None:
    pages = {SHEET_TITLES[name]: rows for name, rows in zip(SHEET_TITLES, sheets().values(), strict=True)}
    pages["单位"] = [[], *pages["单位"][:1], [], ["", ""], *pages["单位"][1:]]
    assert [unit.row for unit in rosters.read(folder(tmp_path / "r", pages)).units] == [5]


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    pages = sheets()
    pages["units"] += [["E", "", "部门", "", "X"]]
    pages["posts"] += [["liaison", "E", "p", "下周", "2022-02-30"], ["主要负责同志", "E", "q", 44565.0, ""]]
    assert places(book(tmp_path / "r.xlsx", pages)) == [
        ("单位", 3, "单位名称", "missing-value"),
        ("单位", 3, "单位编码", "duplicate-code"),
        ("单位", 3, "上级单位编码", "unknown-parent"),
        ("任职", 3, "起始日期", "unreadable-date"),
        ("任职", 3, "截止日期", "unreadable-date"),
        ("任职", 4, "起始日期", "unreadable-date"),
        ("任职", 4, "人员编号", "unknown-person"),
    ]


def test_date_with_a_time_or_as_a_number_is_not_guessed(tmp_path: Path) -> None:
    pages = sheets()
    moment = datetime(2022, 1, 4, 8, 30)  # noqa: DTZ001 – Excel has no zones
    pages["posts"] += [["liaison", "E", "p", moment, 44565]]
    said = [fault.text for fault in faults_of(book(tmp_path / "r.xlsx", pages))]
    assert said == [
        "日期“2022-01-04 08:30:00”看不懂，请写成 2022-01-31（不带时间）",
        "“44565”是日期的序号，请把单元格格式改为日期",
    ]


def test_missing_sheets_and_columns_are_all_named(tmp_path: Path) -> None:
    pages = sheets()
    del pages["people"]
    pages["posts"] = [["post", "unit code", "from", "to", "to"]]
    pages["supervision"] = []
    assert places(book(tmp_path / "r.xlsx", pages)) == [
        ("人员", 0, "", "missing-sheet"),
        ("任职", 1, "人员编号", "missing-column"),
        ("任职", 1, "截止日期", "duplicate-column"),
        *(("分管", 1, title, "missing-column") for title in COLUMN_TITLES["supervision"].values()),
    ]


def test_sheet_there_under_both_names_is_refused(tmp_path: Path) -> None:
    pages = sheets()
    pages["单位"] = pages["units"]
    assert places(book(tmp_path / "r.xlsx", pages)) == [("单位", 0, "", "duplicate-sheet")]


def test_unreadable_csv_files_are_named_each(tmp_path: Path) -> None:
    made = folder(tmp_path / "r", sheets())
    (made / "units.csv").write_bytes(b"\xff\xfe\x00\xd8\x80")
    (made / "people.csv").write_text("x" * 200_000)
    (made / "posts.csv").write_bytes(b"a\n" * 50_001)
    (made / "supervision.csv").unlink()
    assert [(fault.code, fault.text[:12]) for fault in faults_of(made)] == [
        ("not-csv", "people.csv：不"),
        ("too-large", "posts.csv：文件"),
        ("unknown-encoding", "units.csv：文字"),
        ("missing-sheet", "缺少“分管”表"),
    ]


def test_empty_folder_and_missing_file_are_refused(tmp_path: Path) -> None:
    assert {fault.code for fault in faults_of(tmp_path)} == {"missing-sheet"}
    assert [fault.code for fault in faults_of(tmp_path / "none.xlsx")] == ["no-such-file"]


def test_other_formats_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(RosterRefused, match="格式不支持"):
        rosters.write(SMALL, tmp_path / "r.xls")
    assert list(tmp_path.iterdir()) == []
