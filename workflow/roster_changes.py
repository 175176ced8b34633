"""What another roster changes: units, people, posts and supervision, as sentences for whoever imports it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
    """One difference; ``text`` names the row and, where it changed, each column with its old and new value."""

    sheet: Sheet
    kind: Kind
    text: str


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
            yield Change("units", "added", f"{unit.name}（{code}）")
        elif differing := _differing("units", _cells_of_unit(old[code]), _cells_of_unit(unit)):
            yield Change("units", "changed", f"{unit.name}（{code}）：{differing}")
    busy = {row.unit for row in before.posts} | {row.unit for row in before.supervision}
    for code, unit in old.items():
        if code not in new and code in busy:
            yield Change("units", "removed", f"{unit.name}（{code}）")


def _people(before: Roster, after: Roster) -> Iterator[Change]:
    old, new = {row.key: row for row in before.people}, {row.key: row for row in after.people}
    for key, person in new.items():
        if key not in old:
            yield Change("people", "added", f"{person.name}（{key}）")
        elif differing := _differing("people", _cells_of_person(old[key]), _cells_of_person(person)):
            yield Change("people", "changed", f"{person.name}（{key}）：{differing}")
    busy = {row.person for row in before.posts}
    for key, person in old.items():
        if key not in new and key in busy:
            yield Change("people", "removed", f"{person.name}（{key}）")


def _posts(before: Roster, after: Roster) -> Iterator[Change]:
    units = {row.code: row.name for row in (*before.units, *after.units)}
    people = {row.key: row.name for row in (*before.people, *after.people)}

    def said(row: PostRow) -> str:
        title = units.get(row.unit, "") if row.unit else ""
        name = people.get(row.person, "")
        return f"{title}{POST_TITLES.get(row.post, row.post)}：{name}（{row.person}）{_span(row)}"

    old, new = set(before.posts), set(after.posts)
    yield from (Change("posts", "removed", said(row)) for row in before.posts if row not in new)
    yield from (Change("posts", "added", said(row)) for row in after.posts if row not in old)


def _supervision(before: Roster, after: Roster) -> Iterator[Change]:
    units = {row.code: row.name for row in (*before.units, *after.units)}

    def said(row: SupervisionRow) -> str:
        return f"{row.post}分管{units.get(row.unit, row.unit)}{_span(row)}"

    old, new = set(before.supervision), set(after.supervision)
    yield from (Change("supervision", "removed", said(row)) for row in before.supervision if row not in new)
    yield from (Change("supervision", "added", said(row)) for row in after.supervision if row not in old)


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
