"""通报 as a Word file: the sections made from the facts of the period, beside the office's own words."""

from __future__ import annotations

from datetime import datetime, time

from docx.document import Document as Paper

from documents import bulletin_text, gongwen
from documents.bulletin_text import Table
from workflow.bulletins import Bulletin
from workflow.moments import SHANGHAI


def write(facts: Bulletin) -> bytes:
    """The circular as .docx; the same facts give the same bytes."""
    subject = bulletin_text.subject(facts)
    made = gongwen.paper(subject, datetime.combine(facts.today, time(0, 0), SHANGHAI))
    gongwen.head(made, facts.office_name, facts.words.number)
    gongwen.title(made, subject)
    gongwen.addressee(made, "各有关单位：")
    gongwen.texts(made, facts.words.opening or bulletin_text.opening(facts))
    count = _sections(made, facts)
    if facts.words.measures:
        gongwen.heading(made, f"{gongwen.numeral(count + 1)}、下一步要求")
        gongwen.texts(made, facts.words.measures)
    gongwen.signature(made, facts.office_name, facts.today)
    if facts.by_unit:
        gongwen.new_page(gongwen.addressee(made, "附表"))
        gongwen.note(made, bulletin_text.annex_note(facts))
        _table(made, bulletin_text.annex(facts))
    return gongwen.write(made)


def file_name(facts: Bulletin) -> str:
    """What the file is called."""
    return f"通报_{facts.key}_{facts.period.name}.docx"


def _sections(made: Paper, facts: Bulletin) -> int:
    """Writes the sections; how many there are."""
    found = bulletin_text.sections(facts)
    for number, section in enumerate(found, start=1):
        gongwen.heading(made, f"{gongwen.numeral(number)}、{section.title}")
        for one in section.sentences:
            if one.lead:
                gongwen.second_heading(made, one.lead, one.text)
            else:
                gongwen.text(made, one.text)
        for table in section.tables:
            _table(made, table)
    return len(found)


def _table(made: Paper, table: Table) -> None:
    gongwen.table(made, table.caption, table.heads, table.rows, table.widths)
