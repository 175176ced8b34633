"""The archive of a programme – what its units have finished over the years – as an Excel workbook and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime

import xlsxwriter

from documents.sheets import shielded
from workflow.rollovers import Archive

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
#: Same rows, same bytes: Excel's own zero year instead of the hour of writing.
_CREATED = datetime(1980, 1, 1)  # noqa: DTZ001 – a document property without a zone
#: A cell of Excel holds no more characters than this.
_LONGEST = 32_767
_TITLES = ("年度", "单位编码", "单位")


def headings(archive: Archive) -> list[str]:
    """Year and unit, then the columns of the table."""
    return [*_TITLES, *(label for _, label in archive.columns)]


def rows(archive: Archive) -> Iterator[list[str]]:
    """Every archived row as texts."""
    for one in archive.rows:
        cells = (one.values.get(name) for name, _ in archive.columns)
        yield [str(one.cycle), one.unit, one.unit_name, *("" if cell is None else str(cell) for cell in cells)]


def write_xlsx(archive: Archive) -> bytes:
    """The archive as an .xlsx workbook with a frozen header and filters; every text is text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"title": "归档内容", "created": _CREATED})
        frame = {"border": 1, "text_wrap": True, "valign": "vcenter"}
        head, text = book.add_format({**frame, "bold": True, "bg_color": "#DDE7F3"}), book.add_format(frame)
        page, titles = book.add_worksheet("归档"), headings(archive)
        for place, title in enumerate(titles):
            page.set_column(place, place, 10 if place < 2 else 28)
            page.write_string(0, place, title, head)
        for number, cells in enumerate(rows(archive), start=1):
            for place, cell in enumerate(cells):
                page.write_string(number, place, cell[:_LONGEST], text)
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, max(len(archive.rows), 1), len(titles) - 1)
    return out.getvalue()


def write_csv(archive: Archive) -> bytes:
    """The archive as CSV in UTF-8 with a byte order mark, so that Excel reads the Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([shielded(title) for title in headings(archive)])
    writer.writerows([shielded(cell) for cell in cells] for cells in rows(archive))
    return out.getvalue().encode("utf-8-sig")
