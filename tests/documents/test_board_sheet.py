"""The board as a workbook: words beside colours, frozen heads, A3 – read back by a library that did not write it."""

from __future__ import annotations

import io
import zipfile

from python_calamine import load_workbook

from documents import board_sheet
from tests.workflow.world import OFFICE, World, local
from workflow import board

NOW = local("2022-01-06 10:00")


def test_every_cell_says_in_words_what_its_colour_says(sqlite_world: World) -> None:
    sqlite_world.hand_in("KJJ", now=local("2022-01-03 10:00"))
    sqlite_world.advance(NOW)
    with sqlite_world.look(NOW, OFFICE) as act:
        found = board.board(act, "ordos-benchmarking-2022")
    made = board_sheet.write_xlsx(found)
    with load_workbook(io.BytesIO(made)) as book:
        table = book.get_sheet_by_index(0).to_python()
    rows = {row[1]: row for row in table[4:]}
    assert str(rows["市科学技术局"][3]).startswith("✕红 逾期（待审签） 2天\n卡在：")
    assert (rows["市科学技术局"][4], len(rows)) == ("●绿 草稿", 61)
    assert table[3][3] == "报送建标学习对象\n2022\n2022-01-04前"
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        sheet, styles = (package.read(f"xl/{name}").decode() for name in ("worksheets/sheet1.xml", "styles.xml"))
    assert 'topLeftCell="C5"' in sheet and 'state="frozen"' in sheet
    assert 'paperSize="8"' in sheet and 'orientation="landscape"' in sheet
    assert all(fill in styles for fill in ("FFE3F2E7", "FFF4B6B0"))
