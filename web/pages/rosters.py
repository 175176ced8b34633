"""How a roster that is taken in is shown: what changes, what is wrong with the file, what goes over to whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from web.contexts.approvals import Holder, MoveLine
from web.contexts.frame import Choice
from web.contexts.roster import RosterOutlook, RowFault, SheetChanges, TextFault
from web.rendering import day
from workflow import posts, roster_merges
from workflow.acts import Act
from workflow.handovers import Move
from workflow.library import FaultyDefinition
from workflow.personnel import Outlook
from workflow.refusals import Refusal
from workflow.roster import SHEET_TITLES, RosterRefused, Sheet, SupervisionRow
from workflow.roster_changes import KINDS, Change
from workflow.tasks.sheet_rows import LedgerRefused

#: So many differences of one table, and so many other lines, are listed.
MOST = 100
#: So many faults are listed; whoever has mended these sees the next.
MOST_FAULTS = 200
#: So much of a faulty line is shown.
_LONGEST_LINE = 160


def modes(chosen: str) -> tuple[Choice, ...]:
    """The two ways a roster is taken in."""
    return tuple(Choice(mode, label, mode == chosen) for mode, label in roster_merges.MODES.items())


def counts(act: Act) -> str:
    """How much of a roster there is, in one line; empty where there is none."""
    known = posts.directory(act.session)
    units = sum(not unit.body for unit in known.units())
    return f"{units}个单位、{len(known.people())}名人员、{len(known.posts())}项任职" if units else ""


def outlook(act: Act, seen: Outlook) -> RosterOutlook:
    """What taking a roster in would do, as it is shown."""
    return RosterOutlook(
        sheets=tuple(_sheet(sheet, seen.changes) for sheet in SHEET_TITLES),
        moves=tuple(map(move, seen.moves)),
        lost=tuple(_lost(act, row) for row in seen.lost),
        gaps=_cut(seen.gaps),
        warnings=_cut([str(one) for one in seen.warnings]),
    )


def move(one: Move) -> MoveLine:
    """One request that would go over."""
    return MoveLine(
        href=f"/submissions/{one.submission_id}",
        unit=one.unit,
        title=one.obligation,
        due_date=one.due_date,
        source=Holder(one.from_.post, one.from_.name),
        to=tuple(Holder(desk.post, desk.name) for desk in one.to),
        why=one.why,
    )


def row_faults(refused: Refusal) -> tuple[RowFault, ...]:
    """What is wrong with a workbook, by sheet, row and column; one line for what has no place."""
    if isinstance(refused, RosterRefused):
        errors = [one for one in refused.faults if one.severity == "error"]
        found = [RowFault(_place(one.sheet, one.row, one.column), one.text) for one in errors]
    elif isinstance(refused, LedgerRefused):
        found = [RowFault(_place("", one.row, one.column), one.text) for one in refused.faults]
    elif isinstance(refused, FaultyDefinition):
        found = [RowFault(f"{one.file} 第{one.line}行", one.text) for one in refused.faults]
    else:
        found = [RowFault("", refused.text)]
    return tuple(found[:MOST_FAULTS])


def text_faults(refused: FaultyDefinition, text: str) -> tuple[TextFault, ...]:
    """What is wrong with a text, each beside its line; a fault of a shared part has no line of this text."""
    lines = text.splitlines()
    found = []
    for one in refused.faults[:MOST_FAULTS]:
        line = lines[one.line - 1][:_LONGEST_LINE] if one.line <= len(lines) else ""
        found.append(TextFault(one.line, one.column, one.text, line[: one.column - 1], line[one.column - 1 :]))
    return tuple(found)


def _place(sheet: str, row: int, column: str) -> str:
    line = f"第{row}行" if row else ""
    return " ".join(part for part in (sheet, line, f"“{column}”" if column else "") if part)


def _sheet(sheet: Sheet, changes: Iterable[Change]) -> SheetChanges:
    own = [one for one in changes if one.sheet == sheet]
    kinds = [one.kind for one in own]
    lines = tuple((KINDS[one.kind], one.text) for one in own[:MOST])
    return SheetChanges(
        SHEET_TITLES[sheet], kinds.count("added"), kinds.count("changed"), kinds.count("removed"), lines,
        len(own) - len(lines),
    )  # fmt: skip


def _lost(act: Act, row: SupervisionRow) -> str:
    since = f"{day(row.since)}起" if row.since else ""
    return f"{since}“{posts.directory(act.session).unit(row.unit).name}”改由{row.post}分管"


def _cut(lines: Sequence[str]) -> tuple[str, ...]:
    more = len(lines) - MOST
    return (*lines[:MOST], f"另有{more}项") if more > 0 else tuple(lines)
