"""Attachments on a page: what is in them, within bounds, and nothing hostile is opened."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

import docx
import pytest
import xlsxwriter

from documents import previews
from documents.previews import GridCell, NotShown

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def workbook(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        fill(book)
    return out.getvalue()


def document(fill: Callable[..., object]) -> bytes:
    made = docx.Document()
    fill(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def repacked(content: bytes, changed: Mapping[str, bytes]) -> bytes:
    """The same package with some parts changed or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changed.get(name, old.read(name)))
        for name in changed.keys() - set(old.namelist()):
            new.writestr(name, changed[name])
    return out.getvalue()


def plain() -> bytes:
    return document(lambda made: made.add_paragraph("正文"))


def body(inner: str) -> bytes:
    """A document whose body is written out."""
    xml = f'<w:document xmlns:w="{W}"><w:body>{inner}</w:body></w:document>'
    return repacked(plain(), {"word/document.xml": xml.encode()})


def said(content: bytes) -> list[str]:
    return [block["text"] for block in previews.text("方案.docx", content).blocks]


def test_a_workbook_is_told_sheet_by_sheet_with_its_merged_cells() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("台账")
        sheet.merge_range(0, 0, 0, 2, "重点项目")
        sheet.write_row(1, 0, ["序号", "项目", "投资"])
        sheet.merge_range(3, 0, 4, 0, "合计")
        sheet.write(3, 2, 12.5)
        sheet.write(4, 2, 3)
        book.add_worksheet("空表")

    (grid,) = previews.tables("台账.xlsx", workbook(fill))
    assert (grid.name, grid.cut, [row.number for row in grid.rows]) == ("台账", "", [1, 2, 4, 5])
    assert grid.rows[0].cells == (GridCell("重点项目", wide=3),)
    assert grid.rows[2].cells == (GridCell("合计", high=2), GridCell(""), GridCell("12.5"))
    assert grid.rows[3].cells == (GridCell(""), GridCell("3"))


def test_a_large_sheet_is_cut_and_says_so() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("大")
        for row in range(previews.MOST_ROWS + 7):
            sheet.write(row, 0, "长" * (previews.LONGEST_CELL + 1))
        sheet.write(0, previews.MOST_COLUMNS + 1, "右")

    (grid,) = previews.tables("大.xlsx", workbook(fill))
    assert len(grid.rows) == previews.MOST_ROWS and len(grid.rows[0].cells) == previews.MOST_COLUMNS
    assert grid.rows[0].cells[0].text.endswith("长…")
    assert grid.cut == "共507行，后面7行没有显示；共42列，右边2列没有显示"


def test_all_sheets_together_stay_within_a_page() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        for number in range(previews.MOST_SHEETS + 2):
            sheet = book.add_worksheet(f"表{number}")
            for row in range(100):
                sheet.write_row(row, 0, ["甲"] * previews.MOST_COLUMNS)

    grids = previews.tables("多.xlsx", workbook(fill))
    assert len(grids) == previews.MOST_SHEETS
    assert sum(len(row.cells) for grid in grids for row in grid.rows) <= previews.MOST_CELLS
    assert grids[-1].cut.startswith("共100行，后面100行没有显示")


def test_a_csv_file_is_a_table_in_either_encoding() -> None:
    for encoding in ("utf-8-sig", "gb18030"):
        (grid,) = previews.tables("表.csv", "单位,数\n市能源局,3\n".encode(encoding))
        assert [[cell.text for cell in row.cells] for row in grid.rows] == [["单位", "数"], ["市能源局", "3"]]


def test_a_document_is_told_with_headings_tables_and_what_is_not_shown() -> None:
    def fill(made: docx.document.Document) -> None:
        made.add_heading("工作方案", 0)
        made.add_heading("一、对象", 1)
        made.add_paragraph("正文\t甲")
        table = made.add_table(1, 2)
        table.cell(0, 0).text, table.cell(0, 1).text = "项目", "时限"
        made.sections[0].footer.paragraphs[0].text = "第1页"

    text = previews.text("方案.docx", document(fill))
    assert [(block["level"], block["text"]) for block in text.blocks] == [
        (1, "工作方案"), (1, "一、对象"), (0, "正文\t甲"), (0, ""),
    ]  # fmt: skip
    assert text.blocks[-1]["rows"] == [["项目", "时限"]]
    assert (text.missing, text.cut) == (("页眉页脚",), "")


def test_what_was_inserted_is_read_and_what_was_deleted_is_not() -> None:
    inner = (
        "<w:p><w:r><w:t>增加</w:t></w:r><w:ins><w:r><w:t>三亿元</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>一亿元</w:delText></w:r></w:del></w:p>"
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>控件里的话</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    text = previews.text("方案.docx", body(inner))
    assert [block["text"] for block in text.blocks] == ["增加三亿元", "控件里的话"]
    assert {"修订中增加的文字（已一并显示）", "修订中删除的文字"} <= set(text.missing)


def test_a_table_inside_a_table_is_read_where_it_stands() -> None:
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p>{}</w:tc>"
    nested = "<w:tbl><w:tr>" + cell.format("内", "") + "</w:tr></w:tbl>"
    (block,) = previews.text("表.docx", body("<w:tbl><w:tr>" + cell.format("外", nested) + "</w:tr></w:tbl>")).blocks
    assert [[one.split() for one in row] for row in block["rows"]] == [[["外", "内"]]]


def test_macros_are_refused_and_embedded_objects_left_alone() -> None:
    with pytest.raises(NotShown, match="文件含有宏，不能在线查看，请勿打开"):
        previews.text("宏.docx", repacked(plain(), {"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}))
    embedded = repacked(plain(), {"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"})
    assert said(embedded) == ["正文"]


def test_a_document_that_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(NotShown, match="文件较大或内容异常"):
        previews.text("大.docx", repacked(plain(), {"word/media/a.bin": b"\x00" * (201 * 1024 * 1024)}))


def test_a_document_that_grows_in_memory_ends_with_its_own_process() -> None:
    inner = "<w:p><w:r>" + "<w:br/>" * 4_000_000 + "</w:r></w:p>"
    with pytest.raises(NotShown, match="不能在线查看"):
        previews.text("深.docx", body(inner))


def test_entities_are_not_unfolded() -> None:
    laughs = '<!DOCTYPE a [<!ENTITY x "哈"><!ENTITY y "' + "&x;" * 50 + '">]>'
    xml = f'{laughs}<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>前&y;</w:t></w:r></w:p></w:body></w:document>'
    assert said(repacked(plain(), {"word/document.xml": xml.encode()})) == ["前"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("坏.docx", b"PK\x03\x04 not a package"),
        ("坏.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old one"),
        ("坏.docx", workbook(lambda book: book.add_worksheet("甲"))),
    ],
)
def test_what_is_no_document_is_not_shown(name: str, data: bytes) -> None:
    with pytest.raises(NotShown, match="请勿打开"):
        previews.text(name, data)


def test_what_is_no_workbook_is_not_shown() -> None:
    for data in (b"PK\x03\x04", plain(), b"\x00" * 10):
        with pytest.raises(NotShown):
            previews.tables("坏.xlsx", data)
    with pytest.raises(NotShown, match="文件较大，不能在线查看，请下载后打开"):
        previews.tables("大.csv", b"1," * previews.LARGEST)


@pytest.mark.parametrize(
    ("name", "data", "kind", "media_type"),
    [
        ("表.XLSX", b"PK\x03\x04", "workbook", ""),
        ("方案.wps", b"PK\x03\x04", "document", ""),
        ("表.csv", b"a,b", "csv", ""),
        ("扫描.JPG", b"\xff\xd8\xff\xe0", "picture", "image/jpeg"),
        ("图.png", b"\x89PNG\r\n\x1a\n", "picture", "image/png"),
        ("函.pdf", b"junk %PDF-1.7", "pdf", "application/pdf"),
        ("函.pdf", b"<html>", "none", ""),
        ("图.png", b"<svg onload=alert(1)>", "none", ""),
        ("网页.html", b"<html>", "none", ""),
        ("图.svg", b"<svg/>", "none", ""),
        ("包.zip", b"PK\x03\x04", "none", ""),
        ("表.xlsx", b"<html>", "none", ""),
        ("表.csv", b"a\x00b", "none", ""),
    ],
)
def test_a_file_is_what_its_name_and_its_first_bytes_both_say(
    name: str, data: bytes, kind: str, media_type: str
) -> None:
    assert (previews.kind_of(name, data), previews.media_type(name, data)) == (kind, media_type)
