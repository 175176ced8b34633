"""What nobody can take over, as the sweep found it when it last looked through all that waits.

Looking through fifty thousand open requests takes seconds, so a page asks only about those that were found then.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import func, select, text
from sqlmodel import Session

from workflow import posts, successions
from workflow.acts import Act
from workflow.moments import SHANGHAI
from workflow.tables import Meta, SignOff

_request = SignOff.__table__  # type: ignore[attr-defined]

_NOTED = "handovers-stranded"
#: As many are noted and listed; the office puts these right first.
MOST = 200
#: So few open requests are looked through on the spot when the roster has changed since the sweep.
FEW = 1_000
_OPEN = text("sign_off.decision IS NULL AND sign_off.closed_at IS NULL")


def as_of(session: Session, now: datetime) -> str:
    """The day (Asia/Shanghai) and the roster that what waits is looked through by."""
    return f"{now.astimezone(SHANGHAI).date()}:{posts.revision(session)}"


def note(session: Session, submissions: Iterable[int], at: str) -> None:
    """Keep where nobody could take over, ``at`` is from ``as_of``."""
    session.merge(Meta(key=_NOTED, value=json.dumps([at, sorted(set(submissions))[:MOST]])))


def found(act: Act) -> Mapping[int, str]:
    """The requests that nobody can take over today, each with why."""
    noted = _noted(act.session)
    fresh = noted is not None and noted[0] == as_of(act.session, act.now)
    only = noted[1] if noted is not None and (fresh or _many(act.session)) else None
    if only is not None and not only:
        return {}
    stuck = successions.foreseen(act, posts.directory(act.session), act.today, only=only)
    return {one.request.id or 0: one.why for one in stuck if not one.asked and not one.there}


def _noted(session: Session) -> tuple[str, list[int]] | None:
    row = session.get(Meta, _NOTED)
    if row is None:
        return None
    at, submissions = json.loads(row.value)
    return str(at), [int(one) for one in submissions]


def _many(session: Session) -> bool:
    first = select(_request.c.id).where(_OPEN).limit(FEW + 1).subquery()
    count: int = session.execute(select(func.count()).select_from(first)).scalar_one()
    return count > FEW
