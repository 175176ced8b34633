"""Follow-ups: an event on one submission opens another obligation, linked to it (the Huludao plan, 三（五）2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from workflow import deadlines, openings
from workflow.acts import Act
from workflow.deadlines import Occurrence
from workflow.definition import Definition, Event, Opening
from workflow.proposals import Happened, Proposal, opens_on, proposed
from workflow.tables import Content, Deadline, History, Submission

_s = Submission.__table__  # type: ignore[attr-defined]
_c = Content.__table__  # type: ignore[attr-defined]
_h = History.__table__  # type: ignore[attr-defined]
_d = Deadline.__table__  # type: ignore[attr-defined]

#: States in which a submission is still to be dealt with.
OPEN = ("draft", "pending", "overdue")
#: Events as people read them where a follow-up says what it comes from.
EVENTS: Mapping[Event, str] = {
    "overdue": "逾期未报",
    "light-yellow": "亮黄灯",
    "light-red": "亮红灯",
    "returned": "被退回",
    "finding": "检查发现",
    "target-unmet": "未达到目标",
    "filed": "报送",
    "filed-late": "逾期报送",
}


def happened(
    act: Act,
    programme_id: int,
    event: Event,
    submission_ids: Sequence[int],
    *,
    kind: str | None = None,
    comment: str = "",
) -> int:
    """Open what this event opens for each of these submissions; returns how many were opened.

    Called in the transaction of the event itself, so that neither stands without the other; ``kind`` is a
    finding's, ``comment`` what was said with it. While what an event opened is open, the same event on the same
    submission opens it no second time; nor does a chain of causes open what is open further up in it.
    """
    definition = act.definition(programme_id)
    wanted = openings_for(definition, event, kind=kind)
    if not submission_ids or not wanted:
        return 0
    found = _happened(act, programme_id, event, submission_ids, wanted, kind=kind)
    new = _not_yet(act, definition, proposed(act, programme_id, wanted, found))
    rows = [row for part in _deadlines_of(new) for row in _open(act, programme_id, part, comment)]
    if rows:
        openings.announce(act, programme_id, rows)
    return len(rows)


def openings_for(definition: Definition, event: Event, *, kind: str | None = None) -> tuple[tuple[str, Opening], ...]:
    """The follow-ups that an event may open, each with the opening that names it."""
    return tuple(
        (name, opening)
        for name, obligation in definition.obligations.items()
        for opening in obligation.opened_by
        if opening.event == event and opening.kind in (None, kind)
    )


def looping(definition: Definition, name: str) -> bool:
    """Whether a follow-up can lead to itself, through whatever others."""
    ahead, reached = [name], set()
    while ahead:
        source = ahead.pop()
        for other, obligation in definition.obligations.items():
            if other not in reached and any(opens_on(one, other, source) for one in obligation.opened_by):
                reached.add(other)
                ahead.append(other)
    return name in reached


def _happened(
    act: Act,
    programme_id: int,
    event: Event,
    ids: Sequence[int],
    wanted: Sequence[tuple[str, Opening]],
    *,
    kind: str | None,
) -> list[Happened]:
    """The submissions that some opening looks at, each with its newest content."""
    definition = act.definition(programme_id)
    sources = {
        source for source in definition.obligations for name, opening in wanted if opens_on(opening, name, source)
    }
    newest = (_c.c.submission_id == _s.c.id) & (_c.c.version == _s.c.content_version)
    query = (
        select(_s.c.id, _s.c.obligation, _s.c.unit, _s.c.subject, _c.c.fields)
        .select_from(_s.outerjoin(_c, newest))
        .where(_s.c.id.in_(ids), _s.c.programme_id == programme_id, _s.c.obligation.in_(sources))
        .order_by(_s.c.id)
    )
    title = definition.findings[kind].title if kind is not None and kind in definition.findings else ""
    because = EVENTS[event] + (f"：{title}" if title else "")
    named = f"{event}:{kind}" if kind is not None else event
    return [
        Happened(row.id, row.obligation, row.subject or row.unit, row.fields or {}, named, because)
        for row in act.session.execute(query)
    ]


def _not_yet(act: Act, definition: Definition, all_: Sequence[Proposal]) -> list[Proposal]:
    """What is not open already, each once."""
    if not all_:
        return []
    ids, names = sorted({one.cause for one in all_}), sorted({one.obligation for one in all_})
    open_, ever = _opened_before(act, ids, names)
    loops = [name for name in names if looping(definition, name)]
    above = _open_above(act, ids, loops) if loops else {}
    kept: dict[object, Proposal] = {}
    for one in all_:
        known = one.identity in open_ or (one.of_row and one.dated_identity in ever)
        if not known and (one.obligation, one.concerned) not in above.get(one.cause, ()):
            kept.setdefault((one.dated_identity if one.of_row else one.identity, one.arising.owing), one)
    return list(kept.values())


def _open_above(act: Act, ids: Sequence[int], names: Sequence[str]) -> dict[int, set[tuple[str, str]]]:
    """For each of these submissions, the open ones of these obligations that led to it, itself among them.

    Each is given as its obligation and the unit it concerns.
    """
    walk = select(_s.c.id.label("start"), _s.c.id.label("at"), _s.c.cause_id).where(_s.c.id.in_(ids))
    steps = walk.cte("steps", recursive=True)
    steps = steps.union(select(steps.c.start, _s.c.id, _s.c.cause_id).where(_s.c.id == steps.c.cause_id))
    query = (
        select(steps.c.start, _s.c.obligation, _s.c.unit, _s.c.subject)
        .join(_s, _s.c.id == steps.c.at)
        .where(_s.c.obligation.in_(names), _s.c.state.in_(OPEN))
    )
    found: dict[int, set[tuple[str, str]]] = {}
    for one in act.session.execute(query):
        found.setdefault(one.start, set()).add((one.obligation, one.subject or one.unit))
    return found


def _opened_before(act: Act, ids: Sequence[int], names: Sequence[str]) -> tuple[set[object], set[object]]:
    """What these submissions opened and is still open, and whatever they ever opened with the date it first had."""
    query = (
        select(
            _s.c.cause_id, _s.c.obligation, _s.c.unit, _s.c.subject, _s.c.heading, _s.c.state, _s.c.due_date,
            _s.c.extended_from, _h.c.facts,
        )
        .join(_h, (_h.c.submission_id == _s.c.id) & (_h.c.seq == 1))
        .where(_s.c.cause_id.in_(ids), _s.c.obligation.in_(names))
    )  # fmt: skip
    open_: set[object] = set()
    ever: set[object] = set()
    for row in act.session.execute(query):
        event = row.facts.get("event", "")
        of_event = (row.obligation, row.cause_id, event)
        of_row = (*of_event, row.subject or row.unit, row.heading)
        ever |= {(*of_row, row.extended_from or row.due_date), (*of_row, None)}
        if row.state in OPEN:
            open_ |= {of_event, of_row}
    return open_, ever


def _deadlines_of(new: Sequence[Proposal]) -> list[list[Proposal]]:
    """Together what may share a deadline: one obligation, one due day, each unit once."""
    parts: dict[tuple[str, date, int], list[Proposal]] = {}
    times: dict[tuple[str, date, str, str], int] = {}
    for one in new:
        place = (one.obligation, one.day, one.arising.owing.unit, one.arising.owing.subject)
        turn = times[place] = times.get(place, -1) + 1
        parts.setdefault((one.obligation, one.day, turn), []).append(one)
    return list(parts.values())


def _open(act: Act, programme_id: int, part: Sequence[Proposal], comment: str) -> list[Submission]:
    first = part[0]
    due = act.definition(programme_id).obligations[first.obligation].due
    key = free_key(act, programme_id, first.obligation, f"{act.today}-{min(one.cause for one in part)}")
    occurrence = Occurrence(first.obligation, key, first.day, deadlines.due_at(first.day, until=due.until))
    deadline = openings.lay_out(act, programme_id, occurrence)
    return openings.open_for(act, deadline, [one.arising for one in part], event="open", comment=comment)


def free_key(act: Act, programme_id: int, obligation: str, wanted: str) -> str:
    """A name for an occurrence that the obligation has not used: the one wanted, else numbered from 2."""
    used: set[Any] = set(
        act.session.execute(
            select(_d.c.occurrence).where(
                _d.c.programme_id == programme_id,
                _d.c.obligation == obligation,
                _d.c.occurrence.startswith(wanted, autoescape=True),
            )
        ).scalars()
    )
    number = 1
    while (key := wanted if number == 1 else f"{wanted}.{number}") in used:
        number += 1
    return key
