"""Word files in the layout of public documents: GB/T 9704-2012, 党政机关公文格式.

A4 with margins of 37 mm above, 35 below, 28 left and 26 right, so that a page holds 22 lines of 28 signs; the text in
仿宋 3号, the title in 小标宋 2号, headings in 黑体 and 楷体, page numbers outside under the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from docx.document import Document as Paper
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Length, Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from documents import word
from documents.word import CENTRE, HEADING, RIGHT, TITLE

KAITI = "楷体_GB2312"
SONG = "宋体"
#: 2号, 3号, 4号 and 小四 in points.
SIZE_2, SIZE_3, SIZE_4, SMALL = 22.0, 16.0, 14.0, 12.0
#: Width of the text, in mm.
WIDTH = 156
#: A line of the 22 on a page.
LINE = Pt(28.9)
#: Room above the mark of who issues, and above the signature.
ABOVE, SIGNED = Mm(20), Pt(58)
#: 发文机关标志 is red.
RED = RGBColor(0xE6, 0x00, 0x00)
_NUMERALS = "一二三四五六七八九十"
#: The pitch of the 22 lines, and what a sign of 3号 is set closer by so that 28 fill a line, in twentieths of a point.
#: A grid of signs would say the latter too, but word processors read it differently.
_PITCH, _CLOSER = 578, -5


def paper(title: str, made_at: datetime) -> Paper:
    """An empty public document; ``made_at`` is what its properties say."""
    made = word.a4(title, made_at)
    made.styles["Normal"].font.size = Pt(SIZE_3)
    section = made.sections[0]
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(24)
    _grid(section)
    made.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer.paragraphs[0], odd=True)
    _page_number(section.even_page_footer.paragraphs[0], odd=False)
    return made


def write(made: Paper) -> bytes:
    """The file; the same bytes for the same content."""
    return word.write(made, fallbacks={**word.FALLBACKS, KAITI: "楷体"})


def head(made: Paper, office: str, number: str, *, colour: RGBColor = RED, above: Length = ABOVE) -> Paragraph:
    """The red head: who issues, the number, and the line under them; a paper of another colour has its own."""
    mark = word.paragraph(made, office, font=TITLE, size=_fitting(office), align=CENTRE)
    mark.paragraph_format.space_before, mark.paragraph_format.space_after = above, Mm(above.mm / 2.5)
    mark.runs[0].font.color.rgb = colour
    line = word.paragraph(made, number or "　", size=SIZE_3, align=CENTRE)
    line.paragraph_format.space_after = Pt(4)
    _underline(line, colour)
    return mark


def title(made: Paper, text: str, *, around: Length = LINE) -> None:
    """The title, 2号小标宋, with room above and below."""
    place = word.paragraph(made, text, font=TITLE, size=SIZE_2, align=CENTRE)
    form = place.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(34)
    form.space_before, form.space_after = around, around
    form.keep_with_next = True


def addressee(made: Paper, text: str) -> Paragraph:
    """主送机关, without an indent."""
    return _text(word.paragraph(made, text, size=SIZE_3))


def text(made: Paper, said: str) -> Paragraph:
    """A paragraph of the text, indented by two signs."""
    place = _text(word.paragraph(made, said, size=SIZE_3))
    _indent(place)
    return place


def texts(made: Paper, said: str) -> None:
    """Paragraphs as somebody typed them, one a line."""
    for line in said.splitlines():
        if line.strip():
            text(made, line.strip())


def heading(made: Paper, said: str) -> None:
    """A heading of the first level, 黑体, kept with what follows."""
    place = _text(word.paragraph(made, said, font=HEADING, size=SIZE_3))
    _indent(place)
    place.paragraph_format.keep_with_next = True


def second_heading(made: Paper, said: str, follows: str) -> None:
    """A heading of the second level in 楷体 with its text in the same paragraph."""
    place = word.paragraph(made, said, font=KAITI, size=SIZE_3)
    word.say(place, follows, size=SIZE_3)
    _indent(_text(place))


def table(
    made: Paper,
    caption: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
    *,
    height: Length | None = None,
) -> None:
    """A ruled table under its caption, ``widths`` in mm: its head stands on every page, no row is cut.

    ``height`` is that of rows to write in; such a table stays on one page.
    """
    above = word.paragraph(made, caption, font=HEADING, size=SMALL, align=CENTRE)
    above.paragraph_format.space_before, above.paragraph_format.space_after = Pt(8), Pt(4)
    above.paragraph_format.keep_with_next = True
    ruled = word.grid(made, tuple(widths))
    word.row(ruled, tuple(heads), font=HEADING)
    word.repeat_as_heading(ruled)
    for row in rows:
        word.row(ruled, tuple(row))
    _centred(ruled)
    if height is not None:
        for one in ruled.rows[1:]:
            one.height = height
        for one in ruled.rows[:-1]:
            one.cells[0].paragraphs[0].paragraph_format.keep_with_next = True
    after = made.add_paragraph()
    after.paragraph_format.line_spacing_rule, after.paragraph_format.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(10)


def note(made: Paper, said: str) -> None:
    """A small line above a table."""
    word.paragraph(made, said, size=SMALL)


def signature(made: Paper, office: str, day: date, *, above: Length = SIGNED) -> None:
    """Who issues and the day, to the right; the day stands four signs from the edge."""
    for place, said in enumerate((office, chinese_day(day))):
        line = _text(word.paragraph(made, said, size=SIZE_3, align=RIGHT))
        line.paragraph_format.right_indent = Pt(SIZE_3 * (4 if place else 2))
        line.paragraph_format.keep_together = True
        line.paragraph_format.keep_with_next = place == 0
        if place == 0:
            line.paragraph_format.space_before = above


def new_page(begins: Paragraph) -> None:
    """Let a paragraph begin a page of its own."""
    begins.paragraph_format.page_break_before = True


def chinese_day(day: date) -> str:
    """2022年4月8日"""
    return f"{day.year}年{day.month}月{day.day}日"


def numeral(number: int) -> str:
    """一, 十一, 二十: how headings are counted, up to 99."""
    tens, ones = divmod(number, 10)
    ten = ("" if tens < 2 else _NUMERALS[tens - 1]) + "十" if tens else ""
    return ten + (_NUMERALS[ones - 1] if ones else "")


def _text(place: Paragraph) -> Paragraph:
    form = place.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    form.widow_control = False
    if place.alignment is None:
        place.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    for run in place.runs:
        _set_close(run)
    return place


def _set_close(run: Run) -> None:
    closer = OxmlElement("w:spacing")
    closer.set(qn("w:val"), str(_CLOSER))
    properties = run._element.get_or_add_rPr()
    properties.insert_element_before(closer, "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:u", "w:lang")


def _indent(place: Paragraph) -> None:
    place.paragraph_format.first_line_indent = Pt(SIZE_3 * 2)
    # Counted in signs as well, which is what word processors go by when the size changes.
    place._p.get_or_add_pPr().get_or_add_ind().set(qn("w:firstLineChars"), "200")


def _fitting(office: str) -> float:
    """As large as a name fits one line, within what the standard lets the mark be (22 mm by 15 mm a sign)."""
    return max(24.0, min(42.0, WIDTH / 25.4 * 72 / max(len(office), 1)))


def _underline(place: Paragraph, colour: RGBColor) -> None:
    borders = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "18"), ("space", "4"), ("color", str(colour))):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    properties = place._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr"
    )  # fmt: skip


def _grid(section: Section) -> None:
    found = section._sectPr.find(qn("w:docGrid"))
    grid = found if found is not None else OxmlElement("w:docGrid")
    if found is None:
        section._sectPr.append(grid)
    for name, value in (("type", "lines"), ("linePitch", str(_PITCH))):
        grid.set(qn(f"w:{name}"), value)


def _page_number(place: Paragraph, *, odd: bool) -> None:
    """— 1 — in 4号宋体, a sign from the outer edge: right on odd pages, left on even ones."""
    if odd:
        place.alignment = RIGHT
        place.paragraph_format.right_indent = Pt(SIZE_4)
    else:
        place.paragraph_format.left_indent = Pt(SIZE_4)
    word.say(place, "— ", font=SONG, size=SIZE_4)
    word.field(place, "PAGE", font=SONG, size=SIZE_4)
    word.say(place, " —", font=SONG, size=SIZE_4)


def _centred(ruled: Table) -> None:
    """Everything but the first column in the middle, off the page's grid of lines."""
    for row in ruled.rows:
        for place, cell in enumerate(row.cells):
            for one in cell.paragraphs:
                free = OxmlElement("w:snapToGrid")
                free.set(qn("w:val"), "0")
                one._p.get_or_add_pPr().insert_element_before(free, "w:spacing", "w:ind", "w:jc", "w:rPr")
                one.paragraph_format.line_spacing = 1.0
                if place:
                    one.alignment = CENTRE
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
