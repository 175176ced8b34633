"""Everything that can be wrong with a roster, named by sheet, row and column as office people see them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Literal

from workflow.roster_rows import (
    COLUMN_TITLES,
    DERIVED_ROLES,
    OFFICE,
    POST_TITLES,
    SHEET_TITLES,
    UNIT_HEAD,
    UNIT_POSTS,
    PersonRow,
    PostRow,
    Roster,
    RosterFault,
    RosterRefused,
    Sheet,
    SupervisionRow,
)

#: Longest text a cell may hold, in characters.
LONGEST = 500

# One plain ASCII address: what passes goes into a mail header as it stands.
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
# WeCom's own rule for user ids. It shuts out "a|b" (two people) and "@all" (everyone).
_WECOM_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ufffe\uffff]")
_SEPARATOR = re.compile(r"[；;、,，]")

Cell = tuple[Sheet, int, str, str | None]


def check(roster: Roster) -> tuple[RosterFault, ...]:
    """Everything wrong with a roster, sheet by sheet and row by row; warnings included."""
    order = {title: place for place, title in enumerate(SHEET_TITLES.values())}
    found = (*_texts(roster), *_units(roster), *_people(roster), *_posts(roster), *_supervision(roster))
    return tuple(sorted(found, key=lambda fault: (order[fault.sheet], fault.row)))


def require_sound(roster: Roster) -> tuple[RosterFault, ...]:
    """The roster's warnings; raises RosterRefused with every fault when there is an error among them."""
    faults = check(roster)
    if any(fault.severity == "error" for fault in faults):
        raise RosterRefused(faults)
    return faults


def _fault(
    sheet: Sheet, row: int, column: str, code: str, text: str, severity: Literal["error", "warning"] = "error"
) -> RosterFault:
    return RosterFault(SHEET_TITLES[sheet], row, COLUMN_TITLES[sheet][column], code, text, severity)


def _texts(roster: Roster) -> Iterator[RosterFault]:
    """Cells left empty, too long, or with characters no cell should hold."""
    for cell in _cells_needed(roster):
        if not cell[3]:
            yield _fault(*cell[:3], "missing-value", "不能为空")
    for cell in (*_cells_needed(roster), *_cells_beside(roster)):
        value = cell[3] or ""
        if len(value) > LONGEST:
            yield _fault(*cell[:3], "too-long", f"超过{LONGEST}个字")
        elif _CONTROL.search(value):
            yield _fault(*cell[:3], "control-character", "含有换行或不可见的控制字符")
        elif cell[2] == "groups" and _SEPARATOR.search(value):
            text = f"分组名称“{value}”不能含有顿号、逗号或分号"
            yield _fault(*cell[:3], "separator-in-group", text)


def _cells_needed(roster: Roster) -> Iterator[Cell]:
    """The texts that no row can do without."""
    for unit in roster.units:
        yield "units", unit.row, "code", unit.code
        yield "units", unit.row, "name", unit.name
    for person in roster.people:
        yield "people", person.row, "key", person.key
        yield "people", person.row, "name", person.name
    for held in roster.posts:
        yield "posts", held.row, "post", held.post
        yield "posts", held.row, "person key", held.person
    for led in roster.supervision:
        yield "supervision", led.row, "post", led.post
        yield "supervision", led.row, "unit code", led.unit


def _cells_beside(roster: Roster) -> Iterator[Cell]:
    """The other texts that nothing else checks: references and addresses have rules of their own."""
    for unit in roster.units:
        yield "units", unit.row, "category", unit.category
        for group in unit.groups:
            yield "units", unit.row, "groups", group
    for person in roster.people:
        yield "people", person.row, "mobile", person.mobile


def _repeated(
    sheet: Sheet,
    column: str,
    rows: Iterable[tuple[int, str]],
    code: str,
    severity: Literal["error", "warning"] = "error",
) -> Iterator[RosterFault]:
    first: dict[str, int] = {}
    for row, value in rows:
        if value and value in first:
            yield _fault(sheet, row, column, code, f"“{_brief(value)}”与第{first[value]}行重复", severity)
        first.setdefault(value, row)


def _units(roster: Roster) -> Iterator[RosterFault]:
    names = ((unit.row, unit.name) for unit in roster.units)
    yield from _repeated("units", "code", ((unit.row, unit.code) for unit in roster.units), "duplicate-code")
    yield from _repeated("units", "name", names, "duplicate-name", "warning")
    parents = {unit.code: unit.parent for unit in roster.units}
    looping = _looping(parents)
    for unit in roster.units:
        if unit.parent is not None and unit.parent not in parents:
            text = f"没有编码为“{_brief(unit.parent)}”的单位"
            yield _fault("units", unit.row, "parent code", "unknown-parent", text)
        elif unit.code in looping:
            text = f"“{_brief(unit.name)}”绕了一圈成为自己的上级单位"
            yield _fault("units", unit.row, "parent code", "parent-loop", text)


def _looping(parents: Mapping[str, str | None]) -> set[str]:
    """The units that are their own superior over any number of steps; each unit is visited once."""
    done: set[str] = set()
    looping: set[str] = set()
    for code in parents:
        path: list[str] = []
        above: str | None = code
        while above is not None and above in parents and above not in done:
            done.add(above)
            path.append(above)
            above = parents[above]
        if above in path:
            looping.update(path[path.index(above) :])
    return looping


def _people(roster: Roster) -> Iterator[RosterFault]:
    keys = ((person.row, person.key) for person in roster.people)
    yield from _repeated("people", "key", keys, "duplicate-key")
    for person in roster.people:
        yield from _addresses(person)


def _addresses(person: PersonRow) -> Iterator[RosterFault]:
    if person.email is not None and (len(person.email) > 254 or not _EMAIL.fullmatch(person.email)):
        text = "电子邮箱格式不对，应形如 name@example.cn，只填一个地址"
        yield _fault("people", person.row, "email", "bad-email", text)
    if person.wecom_id is not None and not _WECOM_ID.fullmatch(person.wecom_id):
        text = "企业微信账号只能由字母、数字和 _ - @ . 组成，以字母或数字开头，不超过64位"
        yield _fault("people", person.row, "wecom id", "bad-wecom-id", text)
    if person.email is None and person.wecom_id is None:
        text = f"“{_brief(person.name)}”没有电子邮箱，也没有企业微信账号，收不到任何提醒"
        yield _fault("people", person.row, "email", "no-address", text, "warning")


def _posts(roster: Roster) -> Iterator[RosterFault]:
    codes, keys = {unit.code for unit in roster.units}, {person.key for person in roster.people}
    for held in roster.posts:
        yield from _unit_of_post(held)
        if held.unit is not None and held.unit not in codes:
            yield _unknown_unit("posts", held.row, held.unit)
        if held.person and held.person not in keys:
            text = f"没有编号为“{_brief(held.person)}”的人员"
            yield _fault("posts", held.row, "person key", "unknown-person", text)
        yield from _span("posts", held)
    yield from _two_heads(roster.posts)


def _unit_of_post(held: PostRow) -> Iterator[RosterFault]:
    """Posts of a unit need one, the office's post has none, and derived roles are nobody's post."""
    if held.post in DERIVED_ROLES or held.post in DERIVED_ROLES.values():
        text = f"“{held.post}”由分管关系或审签步骤确定，不是可以担任的职务，请填写具体职务"
        yield _fault("posts", held.row, "post", "derived-role", text)
    elif held.post in UNIT_POSTS and held.unit is None:
        text = f"“{POST_TITLES[held.post]}”必须填写所在单位的编码"
        yield _fault("posts", held.row, "unit code", "unit-required", text)
    elif held.post == OFFICE and held.unit is not None:
        text = f"“{POST_TITLES[OFFICE]}”不属于任何单位，单位编码应留空"
        yield _fault("posts", held.row, "unit code", "unit-not-allowed", text)


def _two_heads(posts: Iterable[PostRow]) -> Iterator[RosterFault]:
    """A unit has one head at a time; liaisons may overlap."""
    heads: defaultdict[str, list[PostRow]] = defaultdict(list)
    for held in posts:
        if held.post == UNIT_HEAD and held.unit and _start(held) <= _end(held):
            heads[held.unit].append(held)
    for rows in heads.values():
        ordered = sorted(rows, key=_start)
        longest = ordered[0]
        for held in ordered[1:]:
            if held.person != longest.person and _start(held) <= _end(longest):
                text = f"与第{longest.row}行同时担任同一单位的主要负责同志，请用起止日期分开"
                yield _fault("posts", held.row, "person key", "two-heads", text)
            longest = max(longest, held, key=_end)


def _supervision(roster: Roster) -> Iterator[RosterFault]:
    codes = {unit.code for unit in roster.units}
    spans: dict[str, tuple[date, date]] = {}
    for held in roster.posts:
        if held.unit is None:
            since, until = spans.get(held.post, (date.max, date.min))
            spans[held.post] = min(since, _start(held)), max(until, _end(held))
    for led in roster.supervision:
        span = spans.get(led.post)
        if led.post and (span is None or _end(led) < span[0] or span[1] < _start(led)):
            text = f"没有人在此期间担任“{_brief(led.post)}”，请在“任职”表中补上（单位编码留空）"
            yield _fault("supervision", led.row, "post", "vacant-post", text)
        if led.unit and led.unit not in codes:
            yield _unknown_unit("supervision", led.row, led.unit)
        yield from _span("supervision", led)


def _unknown_unit(sheet: Literal["posts", "supervision"], row: int, code: str) -> RosterFault:
    return _fault(sheet, row, "unit code", "unknown-unit", f"没有编码为“{_brief(code)}”的单位")


def _span(sheet: Literal["posts", "supervision"], row: PostRow | SupervisionRow) -> Iterator[RosterFault]:
    if _start(row) > _end(row):
        yield _fault(sheet, row.row, "to", "bad-span", f"截止日期{row.until}早于起始日期{row.since}")


def _start(row: PostRow | SupervisionRow) -> date:
    return row.since or date.min


def _end(row: PostRow | SupervisionRow) -> date:
    return row.until or date.max


def _brief(text: str) -> str:
    """A value fit to be quoted in a sentence."""
    return text if len(text) <= 40 else text[:40] + "…"
