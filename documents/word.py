"""Word files in the manner of official papers: A4, Chinese fonts on every run, the same bytes for the same content."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.image.exceptions import UnrecognizedImageError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TITLE, HEADING, BODY, LATIN = "方正小标宋简体", "黑体", "仿宋_GB2312", "Times New Roman"
#: Which font stands in for one that a machine has not got.
FALLBACKS = {TITLE: "宋体", HEADING: "SimHei", BODY: "仿宋"}
_FONT_TABLE = "/word/fontTable.xml"
#: Zip's own beginning of time, so that the hour of writing is in no byte.
_NEVER = (1980, 1, 1, 0, 0, 0)
#: What XML cannot hold.
_UNWRITABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


def a4(title: str, made_at: datetime) -> Paper:
    """An empty A4 paper with official margins; ``made_at`` is what its properties say."""
    paper = Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(30), Mm(25)
    section.left_margin, section.right_margin = Mm(25), Mm(25)
    paper.styles["Normal"].paragraph_format.space_after = Pt(0)
    _fonts(paper.styles["Normal"].element.get_or_add_rPr(), BODY)
    about, at = paper.core_properties, made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    about.title, about.author, about.last_modified_by, about.comments = title, "督办", "督办", ""
    about.created = about.modified = at
    return paper


def write(paper: Paper, *, fallbacks: Mapping[str, str] = FALLBACKS) -> bytes:
    """The file; nothing in it tells when or where it was written. ``fallbacks`` are its fonts' stand-ins."""
    _name_fallbacks(paper, fallbacks)
    first, out = io.BytesIO(), io.BytesIO()
    paper.save(first)
    with zipfile.ZipFile(first) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in made.infolist():
            packed.writestr(zipfile.ZipInfo(part.filename, _NEVER), made.read(part), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def say(place: Paragraph, text: str, *, font: str = BODY, size: float = 12) -> Run:
    """A run of text in one font; a line break stays one."""
    run = place.add_run(_UNWRITABLE.sub("", text))
    run.font.size = Pt(size)
    _fonts(run._element.get_or_add_rPr(), font)
    return run


def paragraph(
    paper: Paper, text: str, *, font: str = BODY, size: float = 12, align: WD_ALIGN_PARAGRAPH | None = None
) -> Paragraph:
    """A paragraph of one run."""
    place = paper.add_paragraph()
    if align is not None:
        place.alignment = align
    say(place, text, font=font, size=size)
    return place


def grid(paper: Paper, widths: tuple[int, ...]) -> Table:
    """A ruled table with columns of fixed widths in millimetres."""
    table: Table = paper.add_table(rows=0, cols=len(widths), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    return table


def row(table: Table, texts: tuple[str, ...], *, font: str = BODY, size: float = 10.5) -> tuple[_Cell, ...]:
    """One more row, kept on one page where it fits."""
    added: _Row = table.add_row()  # type: ignore[no-untyped-call]
    cells = tuple(added.cells)
    for cell, column, text in zip(cells, table.columns, texts, strict=True):
        cell.width = column.width or Mm(0)
        spaced = cell.paragraphs[0].paragraph_format
        spaced.space_before = spaced.space_after = Pt(2)
        if text:
            say(cell.paragraphs[0], text, font=font, size=size)
    added._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    return cells


def repeat_as_heading(table: Table) -> None:
    """The first row stands on top of every page."""
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def picture(place: Paragraph, png: bytes, *, widest: Length, highest: Length) -> bool:
    """A picture no larger than that; whether it could be read."""
    try:
        shape = place.add_run().add_picture(io.BytesIO(png))
    except (UnrecognizedImageError, ValueError, KeyError, IndexError, OSError):
        return False
    scale = min(widest / shape.width, highest / shape.height)
    shape.width, shape.height = Length(int(shape.width * scale)), Length(int(shape.height * scale))
    return True


def page_numbers(paper: Paper, before: str) -> None:
    """A line at the foot of every page, with the number of the page and of all."""
    foot = paper.sections[0].footer.paragraphs[0]
    foot.alignment = CENTRE
    say(foot, f"{before}　第", size=9)
    field(foot, "PAGE")
    say(foot, "页，共", size=9)
    field(foot, "NUMPAGES")
    say(foot, "页", size=9)


def field(place: Paragraph, code: str, *, font: str = BODY, size: float = 9) -> None:
    """What a word processor works out itself, such as the number of the page."""
    run = say(place, "", font=font, size=size)
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("", "1"), ("end", "")):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText" if text == code else "w:t")
            mark.text = text
        run._element.append(mark)


def _fonts(properties: object, font: str) -> None:
    fonts = properties.get_or_add_rFonts()  # type: ignore[attr-defined]
    for script, name in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", font)):
        fonts.set(qn(f"w:{script}"), name)


def _name_fallbacks(paper: Paper, fallbacks: Mapping[str, str]) -> None:
    """Tell word processors which font to take where ours is missing."""
    part = next(one for one in paper.part.package.iter_parts() if str(one.partname) == _FONT_TABLE)
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font>'
        for name, other in fallbacks.items()
    )
    part._blob = part.blob.replace(b"</w:fonts>", f"{fonts}</w:fonts>".encode())
