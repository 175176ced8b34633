"""When an obligation is due, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from workflow.definition import Definition, Due, Obligation
from workflow.wording.names import day, quote, span, title
from workflow.wording.rhythms import exceptions, rhythm

_HOLIDAYS = {"before": "逢节假日提前到工作日", "after": "逢节假日顺延到工作日"}


def due(definition: Definition, name: str, cycle: int) -> str:
    """When an obligation is due: 2022年1月4日前, 每月30日前, 方案印发后5个工作日内, 适时.

    Raises ValueError when the cycle lacks a day.
    """
    written = definition.obligations[name].due
    notes = list(_notes(written, cycle))
    return _plain(definition, name, cycle) + (f"（{'；'.join(notes)}）" if notes else "")


def _notes(written: Due, cycle: int) -> Iterator[str]:
    if written.every is not None:
        yield from exceptions(written, cycle)
    if written.until is not None and written.kind not in ("on", "dates"):
        yield f"{written.until:%H:%M}截止"
    if written.on_holiday in _HOLIDAYS:
        yield _HOLIDAYS[written.on_holiday]


def _plain(definition: Definition, name: str, cycle: int) -> str:
    written = definition.obligations[name].due
    if written.on is not None:
        return day(written.on.resolve(cycle), written.until)
    if written.dates:
        each = (day(one.on.resolve(cycle), one.until or written.until) + (one.title or "") for one in written.dates)
        return "；".join(each)
    if written.every is not None:
        return rhythm(written, cycle)
    if written.within is not None:
        return _within(definition, written.within, cycle)
    if written.after is not None and written.by is not None:
        base = "方案印发" if written.after == "published" else f"{title(definition, written.after)}截止"
        later = written.by.count >= 0
        return f"{base}{'后' if later else '前'}{span(written.by)}{'内' if later else ''}"
    return "适时（由办公室启动并确定期限）" if written.by_hand else _opened(definition, definition.obligations[name])


def _within(definition: Definition, stage: str, cycle: int) -> str:
    found = definition.stages[stage]
    if found.until is None:
        return f"{quote(found.title)}结束前"
    return f"{day(found.until.span(cycle)[1])}（{quote(found.title)}的最后一日）"


def _opened(definition: Definition, written: Obligation) -> str:
    """The date of what an event opens: a field or a row's column of what is behind it, or so long after."""
    column = _column(definition, written)
    if written.due.opened is None:
        label = column or _field(definition, written)
        return f"按前一事项所填{quote(label) if label else '日期'}"
    after = f"由事件引出后{span(written.due.opened)}内"
    return f"按表中{quote(column)}一栏；未列的，{after}" if column else after


def _column(definition: Definition, written: Obligation) -> str:
    """The column of a table that dates each row, empty where none does."""
    for by in written.opened_by:
        for source in (definition.obligations[one] for one in by.of if one in definition.obligations):
            table = source.form.get(by.rows.field) if by.rows and by.rows.due else None
            if table is not None and by.rows is not None and by.rows.due in table.columns:
                return table.columns[by.rows.due].label
    return ""


def _field(definition: Definition, written: Obligation) -> str:
    """The label of the form field that dates it, empty where the reader does not know the form."""
    field = written.due.field or ""
    sources = (definition.obligations.get(one) for by in written.opened_by for one in by.of)
    return next((one.form[field].label for one in sources if one is not None and field in one.form), "")
