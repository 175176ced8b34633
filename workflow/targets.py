"""Targets that a filing misses; what the figures come to is in ``workflow.scores``."""

from __future__ import annotations

from sqlalchemy import and_, select

from workflow import scores
from workflow.acts import Act
from workflow.definition import Obligation, Target
from workflow.tables import Content, Deadline, Submission

_s = Submission.__table__  # type: ignore[attr-defined]
_d = Deadline.__table__  # type: ignore[attr-defined]

#: A sum that only grows has missed these for good as soon as it passes them.
_CEILINGS = ("at-most", "below")


def unmet(act: Act, row: Submission, obligation: Obligation) -> tuple[str, ...]:
    """The targets that a submission about to be filed misses.

    A sum over the cycle is judged with the last occurrence of its owner; one that may not be passed, at any time.
    """
    if not obligation.targets:
        return ()
    kept = act.session.get(Content, (row.id, row.content_version))
    figures = scores.figures(act, row, obligation, kept.fields if kept else {})
    missed = [one.name for one in figures if one.met is False]
    early = {name for name in missed if _waits(obligation.targets[name])}
    if early and _more_to_come(act, row):
        return tuple(name for name in missed if name not in early)
    return tuple(missed)


def _waits(target: Target) -> bool:
    return target.over == "cycle" and target.comparator not in _CEILINGS


def _more_to_come(act: Act, row: Submission) -> bool:
    """Whether the same owner has other occurrences of the obligation open, or to come."""
    same = and_(
        _s.c.programme_id == row.programme_id, _s.c.obligation == row.obligation, _s.c.unit == row.unit,
        _s.c.subject == row.subject, _s.c.owner_post == row.owner_post, _s.c.id != row.id,
    )  # fmt: skip
    open_ = select(_s.c.id).where(same, _s.c.state.not_in(("filed", "exempt"))).limit(1)
    ahead = select(_d.c.id).where(
        _d.c.programme_id == row.programme_id, _d.c.obligation == row.obligation, _d.c.opened_at.is_(None),
        _d.c.submission_id.is_(None),
    )  # fmt: skip
    return any(act.session.execute(query).first() is not None for query in (open_, ahead.limit(1)))
