"""The overdue list as Excel and CSV: what is in it, and that none of it runs."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from python_calamine import load_workbook

from documents.overdue_sheet import COLUMNS, write_csv, write_xlsx
from tests.workflow.world import local
from workflow.desks import Desk, UnitName
from workflow.overdue import Item

NOW = local("2022-01-06 10:00")
ITEM = Item(
    submission_id=17,
    programme="ordos-benchmarking-2022",
    programme_title="对标先进提升创建工作",
    obligation="target-choice",
    obligation_title="报送建标学习对象",
    occurrence="2022",
    unit=UnitName("KJJ", "市科学技术局", "市人民政府组成部门"),
    due_date=date(2022, 1, 4),
    due_at=local("2022-01-05"),
    days_late=2,
    working_days_late=2,
    waiting_on="approver",
    stuck_with=(Desk("副市长（分管工业和信息化）", "副市长", "13800000000"), Desk("秘书长", "秘书长")),
    last_alert_at=local("2022-01-06 09:00"),
    rung="+1wd 09:00",
    light="red",
    heading="某路段",
    subject=UnitName("JTJ", "市交通运输局"),
)
ROW = [
    "对标先进提升创建工作", "报送建标学习对象", "2022", "某路段", "KJJ", "市科学技术局", "市人民政府组成部门",
    "市交通运输局",
    "2022-01-04", "2", "2", "红", "审签人", "副市长（分管工业和信息化）；秘书长", "副市长；秘书长", "13800000000",
    "2022-01-06 09:00", "截止后1个工作日", "17",
]  # fmt: skip
FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1+1", "＋1", "－1", "＠SUM(A1)",
    "=cmd|' /C calc'!A0", "'=1+1", "@", "=HYPERLINK(\"http://example.cn\")",
]  # fmt: skip


def named(name: str) -> Item:
    return replace(ITEM, unit=UnitName("KJJ", name, name))


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheet_rows(content: bytes) -> list[list[object]]:
    with load_workbook(io.BytesIO(content)) as book:
        return [list(row) for row in book.get_sheet_by_name("逾期清单").to_python()]


def test_csv_says_everything_in_chinese() -> None:
    content = write_csv([ITEM])
    assert content.startswith(b"\xef\xbb\xbf")
    assert csv_rows(content) == [[column.title for column in COLUMNS], ROW]


def test_workbook_says_the_same_with_numbers_and_dates() -> None:
    rows = sheet_rows(write_xlsx([ITEM], NOW))
    assert rows[0][0] == "逾期清单"
    assert rows[1][0] == "截至2022-01-06 10:00，共1件"
    assert rows[2] == [column.title for column in COLUMNS]
    assert rows[3][8:11] == [date(2022, 1, 4), 2.0, 2.0]
    assert [str(cell) for cell in rows[3][:8] + rows[3][11:18]] == ROW[:8] + ROW[11:18]


def test_header_is_frozen_and_filtered() -> None:
    with zipfile.ZipFile(io.BytesIO(write_xlsx([ITEM] * 3, NOW))) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
    assert 'ySplit="3"' in sheet and 'state="frozen"' in sheet
    assert '<autoFilter ref="A3:S6"/>' in sheet
    assert "<cols>" in sheet


@pytest.mark.parametrize("text", FORMULAS)
def test_nothing_in_the_workbook_is_a_formula_or_a_link(text: str) -> None:
    content = write_xlsx([named(text)], NOW)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
        assert "xl/worksheets/_rels/sheet1.xml.rels" not in package.namelist()
    assert "<f>" not in sheet and "hyperlink" not in sheet
    assert str(sheet_rows(content)[3][5]).strip() == text.strip()


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_begins_like_a_formula_is_shielded_in_csv(text: str) -> None:
    assert csv_rows(write_csv([named(text)]))[1][5] == "'" + text


def test_empty_list_is_a_sheet_with_its_header() -> None:
    assert sheet_rows(write_xlsx([], NOW))[2] == [column.title for column in COLUMNS]
    assert len(csv_rows(write_csv([]))) == 1


def test_text_longer_than_a_cell_is_cut_not_lost() -> None:
    assert len(str(sheet_rows(write_xlsx([named("局" * 40_000)], NOW))[3][5])) == 32_767


def test_desk_without_anybody_and_alert_that_never_was_are_empty() -> None:
    bare = replace(ITEM, stuck_with=(), last_alert_at=None, rung=None)
    assert csv_rows(write_csv([bare]))[1][13:18] == ["", "", "", "", ""]
