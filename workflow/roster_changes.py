"""What another roster changes: units, people, posts and supervision, as sentences for whoever imports it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from workflow.roster_rows import (
    COLUMN_TITLES,
    GROUP_TITLES,
    POST_TITLES,
    PersonRow,
    PostRow,
    Roster,
    Sheet,
    SupervisionRow,
    UnitRow,
)

Kind = Literal["added", "changed", "removed"]
KINDS: Mapping[Kind, str] = {"added": "新增", "changed": "变更", "removed": "取消"}


@dataclass(frozen=True)
class Change:
    """One difference; ``text`` names the row and, where it changed, each column with its old and new value.

    ``unit`` and ``person`` are the code and the key of what it is about, empty where it is about neither.
    """

    sheet: Sheet
    kind: Kind
    text: str
    unit: str = ""
    person: str = ""


def changes(before: Roster, after: Roster) -> tuple[Change, ...]:
    """Every difference, sheet by sheet.

    Units and people that the new roster lacks are ``removed`` when they still had a post or a supervisor: an
    import keeps their rows, since history speaks of them, but they hold nothing any more.
    """
    return (*_units(before, after), *_people(before, after), *_posts(before, after), *_supervision(before, after))


def _units(before: Roster, after: Roster) -> Iterator[Change]:
    old, new = {row.code: row for row in before.units}, {row.code: row for row in after.units}
    for code, unit in new.items():
        if code not in old:
            yield Change("units", "added", f"{unit.name}（{code}）", code)
        elif differing := _differing("units", _cells_of_unit(old[code]), _cells_of_unit(unit)):
            yield Change("units", "changed", f"{unit.name}（{code}）：{differing}", code)
    busy = {row.unit for row in before.posts} | {row.unit for row in before.supervision}
    for code, unit in old.items():
        if code not in new and code in busy:
            yield Change("units", "removed", f"{unit.name}（{code}）", code)


def _people(before: Roster, after: Roster) -> Iterator[Change]:
    old, new = {row.key: row for row in before.people}, {row.key: row for row in after.people}
    for key, person in new.items():
        if key not in old:
            yield Change("people", "added", f"{person.name}（{key}）", "", key)
        elif differing := _differing("people", _cells_of_person(old[key]), _cells_of_person(person)):
            yield Change("people", "changed", f"{person.name}（{key}）：{differing}", "", key)
    busy = {row.person for row in before.posts}
    for key, person in old.items():
        if key not in new and key in busy:
            yield Change("people", "removed", f"{person.name}（{key}）", "", key)


def _posts(before: Roster, after: Roster) -> Iterator[Change]:
    units = {row.code: row.name for row in (*before.units, *after.units)}
    people = {row.key: row.name for row in (*before.people, *after.people)}

    def said(row: PostRow) -> str:
        title = units.get(row.unit, "") if row.unit else ""
        name = people.get(row.person, "")
        return f"{title}{POST_TITLES.get(row.post, row.post)}：{name}（{row.person}）{_span(row)}"

    old, new = set(before.posts), set(after.posts)
    gone, come = [row for row in before.posts if row not in new], [row for row in after.posts if row not in old]
    # The same post of the same person that ends on another day is one change, not two.
    lasting = {_beginning(row): row for row in come}
    longer = {_beginning(row): row for row in gone if _beginning(row) in lasting}
    for row in gone:
        kind: Kind = "changed" if _beginning(row) in lasting else "removed"
        ends = _until(lasting[_beginning(row)]) if kind == "changed" else ""
        yield Change("posts", kind, said(row) + ends, row.unit or "", row.person)
    for row in come:
        if _beginning(row) not in longer:
            yield Change("posts", "added", said(row), row.unit or "", row.person)


def _beginning(row: PostRow) -> tuple[str, str | None, str, date | None]:
    return row.post, row.unit, row.person, row.since


def _until(row: PostRow) -> str:
    return f"，改为任职到{row.until}" if row.until else "，改为不限期"


def _supervision(before: Roster, after: Roster) -> Iterator[Change]:
    units = {row.code: row.name for row in (*before.units, *after.units)}

    def said(row: SupervisionRow) -> str:
        return f"{row.post}分管{units.get(row.unit, row.unit)}{_span(row)}"

    old, new = set(before.supervision), set(after.supervision)
    gone = (row for row in before.supervision if row not in new)
    yield from (Change("supervision", "removed", said(row), row.unit) for row in gone)
    come = (row for row in after.supervision if row not in old)
    yield from (Change("supervision", "added", said(row), row.unit) for row in come)


def _span(row: PostRow | SupervisionRow) -> str:
    since = f"自{row.since}" if row.since else ""
    until = f"至{row.until}" if row.until else ""
    return f"，{since}{until}" if since or until else ""


def _cells_of_unit(row: UnitRow) -> tuple[str, ...]:
    groups = "、".join(GROUP_TITLES.get(group, group) for group in row.groups)
    return row.code, row.name, row.category, groups, row.parent or ""


def _cells_of_person(row: PersonRow) -> tuple[str, ...]:
    return row.key, row.name, row.email or "", row.wecom_id or "", row.mobile or ""


def _differing(sheet: Sheet, old: Sequence[str], new: Sequence[str]) -> str:
    cells = zip(COLUMN_TITLES[sheet].values(), old, new, strict=True)
    return "；".join(f"{title}“{was}”改为“{now}”" for title, was, now in cells if was != now)
