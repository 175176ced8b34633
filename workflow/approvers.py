"""Who holds how much since when: the load of everybody whom something waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func
from sqlalchemy import select as pick

from workflow import absences, delegations, posts
from workflow.acts import Act
from workflow.tables import SignOff, Submission

_sign_off = SignOff.__table__  # type: ignore[attr-defined]
_submission = Submission.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Load:
    """What waits for one person: how much, since when, how much of it overdue.

    ``delegates`` are the names of those who may sign for them today, ``absent_until`` the last day they are away;
    ``post`` is the title they hold today, or were last asked by.
    """

    person: str
    post: str
    name: str
    waiting: int
    oldest: datetime
    overdue: int
    delegates: tuple[str, ...] = ()
    absent_until: date | None = None
    mobile: str = ""


def load(act: Act) -> tuple[Load, ...]:
    """Everybody whom something waits for, who has most first; of those with as much, who has it longest."""
    late = func.sum(case((_submission.c.state == "overdue", 1), else_=0))
    of = _sign_off.c
    counted = (
        pick(of.person, func.count(), func.min(of.asked_at), late, func.max(of.post_title))
        .join(_submission, _submission.c.id == of.submission_id)
        .where(of.decision.is_(None), of.closed_at.is_(None))
        .group_by(of.person)
    )
    known, away = posts.directory(act.session), absences.away(act, act.today)
    standing_in = delegations.active(act.session, act.today)
    found = [
        Load(
            person, posts.title_of(act.session, person, act.today) or title, known.person(person).name, waiting, oldest,
            int(overdue), tuple(known.person(one.delegate).name for one in standing_in.get(person, ())),
            away.get(person), known.person(person).mobile or "",
        )
        for person, waiting, oldest, overdue, title in act.session.execute(counted)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.waiting, one.oldest, one.person)))
