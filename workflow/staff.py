"""Units and people to be looked up: who holds what, who supervises whom, what waits, what was changed by whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlmodel import col
from sqlmodel import select as of_rows

from workflow import cursors, posts
from workflow.acts import Act
from workflow.permissions import OFFICE
from workflow.refusals import Forbidden, NotFound, QueryRefused
from workflow.roster import PersonRow, UnitRow
from workflow.tables import Account, Holding, RosterChange, SignOff, Submission, Supervision

_READERS = OFFICE | {"inspector"}

_s = Submission.__table__  # type: ignore[attr-defined]
_o = SignOff.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Slice:
    """One page of a list; ``next`` is the cursor behind it, None at the end."""

    items: tuple[UnitRow, ...] | tuple[PersonRow, ...]
    total: int
    next: str | None


@dataclass(frozen=True)
class Changed:
    """One change of the roster as it was written down."""

    id: int
    at: datetime
    by: str
    kind: str
    text: str
    comment: str


@dataclass(frozen=True)
class ChangedPage:
    """One page of changes, the newest first."""

    items: tuple[Changed, ...]
    total: int
    next: str | None


def check_reader(act: Act) -> None:
    """Raises Forbidden for a unit's own people: others' telephone numbers are none of their business."""
    if act.actor.role not in _READERS:
        raise Forbidden(move="查看单位人员")


def units(act: Act, *, text: str = "", category: str = "", limit: int = 50, cursor: str = "") -> Slice:
    """Units in the roster's order; ``text`` is part of a name or a code. Raises Forbidden, QueryRefused."""
    check_reader(act)
    wanted = text.strip().lower()
    found = [
        unit
        for unit in posts.directory(act.session).units()
        if not unit.body
        and (not category or unit.category == category)
        and (wanted in unit.name.lower() or wanted in unit.code.lower())
    ]
    start = _after([unit.code for unit in found], "units", cursor)
    shown = found[start : start + cursors.page_size(limit)]
    more = start + len(shown) < len(found)
    return Slice(tuple(shown), len(found), cursors.written("units", shown[-1].code) if more else None)


def people(act: Act, *, text: str = "", unit: str = "", limit: int = 50, cursor: str = "") -> Slice:
    """People in the roster's order, by part of a name, a key or a post's title, or by the unit they have a post in.

    Raises Forbidden, QueryRefused.
    """
    check_reader(act)
    known, wanted = posts.directory(act.session), text.strip().lower()
    found = []
    for person in known.people():
        titles = known.titles_of(person.key, act.today)
        said = " ".join((person.name, person.key, *titles)).lower()
        if wanted in said and (not unit or any(row.unit == unit for row in known.posts_of(person.key, act.today))):
            found.append(person)
    start = _after([person.key for person in found], "people", cursor)
    shown = found[start : start + cursors.page_size(limit)]
    more = start + len(shown) < len(found)
    return Slice(tuple(shown), len(found), cursors.written("people", shown[-1].key) if more else None)


def unit_of(act: Act, code: str) -> UnitRow:
    """A unit of the roster; raises Forbidden, NotFound."""
    check_reader(act)
    try:
        found = posts.directory(act.session).unit(code)
    except KeyError:
        raise NotFound from None
    if found.body:
        raise NotFound
    return found


def person_of(act: Act, key: str) -> PersonRow:
    """A person of the roster; raises Forbidden, NotFound."""
    check_reader(act)
    known = posts.directory(act.session)
    if not known.knows(key):
        raise NotFound
    return known.person(key)


def counts(act: Act, codes: Iterable[str]) -> dict[str, dict[str, int]]:
    """How many submissions of each unit stand in which state, in one query."""
    wanted = sorted(set(codes))
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    query = select(_s.c.unit, _s.c.state, func.count()).where(_s.c.unit.in_(wanted)).group_by(_s.c.unit, _s.c.state)
    for unit, state, count in act.session.execute(query):
        found[unit][state] = count
    return found


def waiting(act: Act, keys: Iterable[str]) -> Mapping[str, int]:
    """How many requests wait for each person, in one query."""
    query = (
        select(_o.c.person, func.count())
        .where(_o.c.person.in_(sorted(set(keys))), _o.c.decision.is_(None), _o.c.closed_at.is_(None))
        .group_by(_o.c.person)
    )
    return {row[0]: row[1] for row in act.session.execute(query)}


def holdings(act: Act, *, unit: str | None = None, person: str | None = None) -> Sequence[Holding]:
    """Every post of a unit or of a person, the latest beginning first."""
    query = of_rows(Holding).order_by(col(Holding.post), col(Holding.since).desc(), col(Holding.row))
    where = Holding.unit == unit if person is None else Holding.person == person
    return act.session.exec(query.where(where)).all()


def supervision(act: Act, unit: str) -> Sequence[Supervision]:
    """Every leader's post that has or had a unit under it, the latest beginning first."""
    query = of_rows(Supervision).where(Supervision.unit == unit)
    return act.session.exec(query.order_by(col(Supervision.since).desc(), col(Supervision.row))).all()


def accounts(act: Act, unit: str) -> Sequence[Account]:
    """The accounts of a unit's own people."""
    return act.session.exec(of_rows(Account).where(Account.unit == unit).order_by(Account.name)).all()


def changes(
    act: Act, *, unit: str = "", person: str = "", text: str = "", limit: int = 50, cursor: str = ""
) -> ChangedPage:
    """What was changed in the roster, the newest first; raises Forbidden, QueryRefused."""
    check_reader(act)
    where: list[ColumnElement[bool]] = []
    if unit:
        where.append(col(RosterChange.unit) == unit)
    if person:
        where.append(col(RosterChange.person) == person)
    if text.strip():
        where.append(col(RosterChange.text).contains(text.strip(), autoescape=True))
    total = act.session.exec(of_rows(func.count()).select_from(RosterChange).where(*where)).one()
    query = of_rows(RosterChange).where(*where).order_by(col(RosterChange.id).desc())
    if cursor:
        (last,) = cursors.read(cursor, "changes", int)
        query = query.where(col(RosterChange.id) < last)
    size = cursors.page_size(limit)
    rows = act.session.exec(query.limit(size + 1)).all()
    items = tuple(Changed(row.id or 0, row.at, row.by, row.kind, row.text, row.comment) for row in rows[:size])
    return ChangedPage(items, total, cursors.written("changes", items[-1].id) if len(rows) > size else None)


def _after(keys: Sequence[str], order: str, cursor: str) -> int:
    """Where a page begins; raises QueryRefused for the cursor of another list, or of what is not there any more."""
    if not cursor:
        return 0
    (last,) = cursors.read(cursor, order, str)
    try:
        return keys.index(str(last)) + 1
    except ValueError:
        raise QueryRefused(reason="翻页位置（cursor）无效，请从第一页重新查询") from None
