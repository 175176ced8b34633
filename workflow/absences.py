"""外出: who cannot sign for a span of days, and what is not covered by anybody meanwhile – shown before, not after.

Days are Asia/Shanghai, both ends included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from sqlalchemy import func
from sqlmodel import col, select

from workflow import forms, posts
from workflow.acts import Act
from workflow.delegations import Party, party, require_office, wrong_span
from workflow.refusals import AbsenceRefused, NotFound
from workflow.roster import LIAISON
from workflow.successions import Staffing, staffing_of
from workflow.tables import Absence, Delegation, Person, SignOff, Submission


@dataclass(frozen=True)
class AbsenceLine:
    """An absence as lists show it; ``over`` once its last day has gone by or it was withdrawn."""

    id: int
    person: Party
    since: date
    until: date
    comment: str
    created_by: str
    created_at: datetime
    withdrawn_at: datetime | None
    over: bool


@dataclass(frozen=True)
class Uncovered:
    """Days on which a person is away and nobody signs for them.

    ``waiting`` is how many requests wait for them now, ``due`` how many submissions that they sign fall due meanwhile.
    """

    absence: Absence
    person: str
    name: str
    posts: tuple[str, ...]
    spans: tuple[tuple[date, date], ...]
    waiting: int
    due: int


def note(act: Act, *, person: str, since: date, until: date, comment: str) -> Absence:
    """Note that somebody, given by key, is away; raises AbsenceRefused, Forbidden."""
    require_office(act, "登记外出")
    if not posts.directory(act.session).knows(person):
        raise AbsenceRefused(reason="花名册中没有这位人员。", field="person")
    if fault := wrong_span(act, since, until):
        raise AbsenceRefused(reason=fault[1], field=fault[0])
    said = forms.remark(comment)
    # Held, so that two who note the same at once do not both find nothing.
    act.session.exec(select(Person).where(Person.key == person).with_for_update()).first()
    same = select(Absence).where(Absence.person == person, col(Absence.withdrawn_at).is_(None))
    if act.session.exec(same.where(Absence.since <= until, Absence.until >= since)).first() is not None:
        raise AbsenceRefused(reason="这段日期内已登记外出。", field="since")
    noted = Absence(
        person=person, since=since, until=until, comment=said, created_at=act.now, created_by=act.actor.name
    )  # fmt: skip
    act.session.add(noted)
    act.session.flush()
    return noted


def withdraw(act: Act, absence_id: int) -> None:
    """Take an absence back, or end it today; raises NotFound, AbsenceRefused for one that is over, Forbidden."""
    require_office(act, "撤销外出")
    query = select(Absence).where(Absence.id == absence_id).with_for_update()
    row = act.session.exec(query.execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound
    if row.withdrawn_at is not None or row.until < act.today:
        raise AbsenceRefused(reason="这次外出已经结束或撤销。", field="absence")
    row.withdrawn_at, row.withdrawn_by = act.now, act.actor.name
    act.session.flush()


def listed(act: Act) -> tuple[AbsenceLine, ...]:
    """Every absence there ever was, the newest first."""
    rows = act.session.exec(select(Absence).order_by(col(Absence.id).desc()))
    return tuple(
        AbsenceLine(
            row.id or 0, party(act, row.person), row.since, row.until, row.comment, row.created_by, row.created_at,
            row.withdrawn_at, row.withdrawn_at is not None or row.until < act.today,
        )
        for row in rows
    )  # fmt: skip


def away(act: Act, on: date) -> Mapping[str, date]:
    """Who is away on a day, and until when."""
    query = select(Absence).where(col(Absence.withdrawn_at).is_(None), Absence.since <= on, Absence.until >= on)
    return {row.person: row.until for row in act.session.exec(query.order_by(col(Absence.id)))}


def uncovered(act: Act, *, days: int = 14) -> tuple[Uncovered, ...]:
    """Who is away within so many days, from today, while nobody signs for them; the nearest first.

    A delegate who is away on the same day covers nothing. Liaisons sign nothing and are left out.
    """
    last = act.today + timedelta(days=days - 1)
    live = select(Absence).where(col(Absence.withdrawn_at).is_(None), Absence.until >= act.today)
    all_ = list(act.session.exec(live.order_by(col(Absence.since), col(Absence.id))))
    near = [one for one in all_ if one.since <= last and _signs(act, one)]
    if not near:
        return ()
    standing_in = _standing_in(act)
    spans = {one.id: _bare(act, one, all_, standing_in) for one in near}
    bare = [one for one in near if any(first <= last for first, _ in spans[one.id])]
    waiting, due = _waiting(act, [one.person for one in bare]), _due(act, bare, spans)
    known = posts.directory(act.session)
    return tuple(
        Uncovered(
            one, one.person, known.person(one.person).name, known.titles_of(one.person, max(one.since, act.today)),
            spans[one.id], waiting.get(one.person, 0), due.get(one.id, 0),
        )
        for one in bare
    )  # fmt: skip


def _signs(act: Act, absence: Absence) -> bool:
    held = posts.directory(act.session).posts_of(absence.person, max(absence.since, act.today))
    return any(row.post != LIAISON for row in held)


def _standing_in(act: Act) -> dict[str, list[Delegation]]:
    query = select(Delegation).where(col(Delegation.withdrawn_at).is_(None), Delegation.until >= act.today)
    found: dict[str, list[Delegation]] = {}
    for row in act.session.exec(query):
        found.setdefault(row.principal, []).append(row)
    return found


def _bare(
    act: Act, absence: Absence, all_: Iterable[Absence], standing_in: Mapping[str, list[Delegation]]
) -> tuple[tuple[date, date], ...]:
    """The days of an absence, from today, on which nobody signs in the person's place, as spans."""
    first = max(absence.since, act.today)
    mine = standing_in.get(absence.person, ())
    gone = [one for one in all_ if one.person in {row.delegate for row in mine}]
    days = [first + timedelta(days=number) for number in range((absence.until - first).days + 1)]
    return _spans([day for day in days if not _covered(day, mine, gone)])


def _covered(day: date, standing_in: Iterable[Delegation], gone: Iterable[Absence]) -> bool:
    missing = {one.person for one in gone if one.since <= day <= one.until}
    return any(one.since <= day <= one.until and one.delegate not in missing for one in standing_in)


def _spans(days: list[date]) -> tuple[tuple[date, date], ...]:
    if not days:
        return ()
    breaks = [(one, other) for one, other in pairwise(days) if other - one > timedelta(days=1)]
    firsts, lasts = [days[0], *(other for _, other in breaks)], [*(one for one, _ in breaks), days[-1]]
    return tuple(zip(firsts, lasts, strict=True))


def _waiting(act: Act, people: Iterable[str]) -> dict[str, int]:
    open_ = (col(SignOff.decision).is_(None), col(SignOff.closed_at).is_(None), col(SignOff.person).in_(list(people)))
    found = act.session.exec(select(SignOff.person, func.count()).where(*open_).group_by(col(SignOff.person)))
    return dict(found.all())


def _due(
    act: Act, absences: Iterable[Absence], spans: Mapping[int | None, tuple[tuple[date, date], ...]]
) -> dict[int | None, int]:
    """By absence, how many open submissions that its person signs fall due on the days not covered."""
    wanted = [(one, first, last) for one in absences for first, last in spans[one.id]]
    if not wanted:
        return {}
    between = (min(first for _, first, _ in wanted), max(last for _, _, last in wanted))
    query = select(Submission).where(
        col(Submission.state).in_(("draft", "pending")), col(Submission.due_date).between(*between)
    )
    staffing: dict[int, Staffing | None] = {}
    found: dict[int | None, int] = {}
    for row in act.session.exec(query):
        signers = _signers(act, row, staffing)
        for one, first, last in wanted:
            if first <= row.due_date <= last and one.person in signers:
                found[one.id] = found.get(one.id, 0) + 1
    return found


def _signers(act: Act, row: Submission, staffing: dict[int, Staffing | None]) -> set[str]:
    """Who signs any step of a submission, as things stand today."""
    if row.programme_id not in staffing:
        known = posts.directory(act.session)
        staffing[row.programme_id] = staffing_of(act, row.programme_id, known, act.today)
    place = staffing[row.programme_id]
    return set() if place is None else {one.person for step in place.steps(row) for one in place.signers(row, step)}
