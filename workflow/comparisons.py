"""What a unit changed between two versions of its content: field by field, row by row, file by file; pure.

Values are compared as they are stored and told as people read them, by the form of today: a value that an
earlier definition asked for and this one does not is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, Literal

from workflow import forms
from workflow.definition import FormField
from workflow.forms import tabular
from workflow.forms.scalars import blank

#: Clauses of one text beyond which it is shown whole instead of clause by clause.
MOST_CLAUSES = 2000

_CLAUSE = re.compile(r"[^，。；！？、,;!?\n]*[，。；！？、,;!?\n]*")


@dataclass(frozen=True)
class Piece:
    """A stretch of a text, and whether the other version lacks it."""

    text: str
    changed: bool = False


@dataclass(frozen=True)
class CellChange:
    """One cell of a changed row."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class RowChange:
    """One row of a table, by its number in the new version, in the old one where it is gone.

    ``cells`` are those that differ; all that are filled in where the row is new or gone. ``about`` is its first
    filled cell, by which people know it.
    """

    kind: Literal["added", "removed", "changed"]
    number: int
    about: str
    cells: tuple[CellChange, ...]


@dataclass(frozen=True)
class FileChange:
    """One file, by name and SHA-256; empty where the version has none."""

    kind: Literal["added", "removed", "replaced", "renamed"]
    before: str = ""
    before_sha256: str = ""
    after: str = ""
    after_sha256: str = ""


@dataclass(frozen=True)
class Change:
    """One field that differs: its words before and after, or its rows, or its files."""

    name: str
    label: str
    before: tuple[Piece, ...] = ()
    after: tuple[Piece, ...] = ()
    rows: tuple[RowChange, ...] = ()
    files: tuple[FileChange, ...] = ()


def changes(form: Mapping[str, FormField], before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """The fields that differ, in the order of the form; none when the two versions say the same."""
    found: list[Change] = []
    for name, field in form.items():
        old, new = before.get(name), after.get(name)
        if (blank(old) and blank(new)) or old == new:
            continue
        change = _change(name, field, old, new)
        if change.before or change.after or change.rows or change.files:
            found.append(change)
    return tuple(found)


def _change(name: str, field: FormField, old: Any, new: Any) -> Change:
    fits = not forms.misfits(field, old) and not forms.misfits(field, new)
    if field.type == "table" and fits:
        return Change(name, field.label, rows=tuple(_rows(field, old or [], new or [])))
    if field.type == "file" and fits:
        return Change(name, field.label, files=tuple(_files(old or [], new or [])))
    return Change(name, field.label, *_words(_shown(field, old), _shown(field, new)))


def _shown(field: FormField, value: Any) -> str:
    return "" if blank(value) else forms.shown(field, value)


def _words(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts in pieces; clauses are compared, since single signs that happen to agree help nobody to read."""
    mine, theirs = _clauses(old), _clauses(new)
    if max(len(mine), len(theirs)) > MOST_CLAUSES:
        return (Piece(old),), (Piece(new),)
    before: list[Piece] = []
    after: list[Piece] = []
    for kind, start, end, other, stop in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        for pieces, text in ((before, "".join(mine[start:end])), (after, "".join(theirs[other:stop]))):
            if text:
                pieces.append(Piece(text, kind != "equal"))
    # Where nothing is left as it was, marking all of it says no more than the two headings do.
    if not any(not piece.changed for piece in (*before, *after)):
        before, after = [Piece(old)] if old else [], [Piece(new)] if new else []
    return tuple(before), tuple(after)


def _clauses(text: str) -> list[str]:
    return [clause for clause in _CLAUSE.findall(text) if clause]


def _rows(field: FormField, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> Iterator[RowChange]:
    mine, theirs = [_key(row) for row in old], [_key(row) for row in new]
    for kind, start, end, other, stop in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for number, (was, now) in enumerate(zip_longest(old[start:end], new[other:stop])):
            yield _row(field, start + number + 1 if now is None else other + number + 1, was, now)


def _row(field: FormField, number: int, was: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> RowChange:
    told = [
        CellChange(
            column.label,
            tabular.cell_shown(column, (was or {}).get(name)),
            tabular.cell_shown(column, (now or {}).get(name)),
        )
        for name, column in field.columns.items()
    ]
    kind: Literal["added", "removed", "changed"] = "added" if was is None else "removed" if now is None else "changed"
    about = next((cell.after or cell.before for cell in told if cell.after or cell.before), "")
    return RowChange(kind, number, about, tuple(cell for cell in told if cell.before != cell.after))


def _key(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True)


def _files(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> Iterator[FileChange]:
    """A file of the same name with other bytes is replaced, one of the same bytes with another name is renamed."""
    gone = [one for one in old if not _has(new, one, "name", "sha256")]
    come = [one for one in new if not _has(old, one, "name", "sha256")]
    for one in come:
        replaced = next((was for was in gone if was["name"] == one["name"]), None)
        renamed = next((was for was in gone if was["sha256"] == one["sha256"]), None)
        was = replaced or renamed
        if was is None:
            yield FileChange("added", after=str(one["name"]), after_sha256=str(one["sha256"]))
            continue
        gone.remove(was)
        yield FileChange(
            "replaced" if replaced else "renamed",
            before=str(was["name"]), before_sha256=str(was["sha256"]),
            after=str(one["name"]), after_sha256=str(one["sha256"]),
        )  # fmt: skip
    for was in gone:
        yield FileChange("removed", before=str(was["name"]), before_sha256=str(was["sha256"]))


def _has(files: Sequence[Mapping[str, Any]], wanted: Mapping[str, Any], *keys: str) -> bool:
    return any(all(one[key] == wanted[key] for key in keys) for one in files)
