"""授权代签: for a span of days another person may sign what one is asked to sign; set by the office.

Days are Asia/Shanghai, both ends included. Nothing is handed over: the principal's own link always works, and what a
delegate is asked to sign for somebody goes no further to the delegate's own delegate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from sqlalchemy import update
from sqlmodel import Session, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from workflow import forms, notices, posts, releases
from workflow.acts import Act
from workflow.audience import Recipient
from workflow.moments import SHANGHAI
from workflow.permissions import OFFICE
from workflow.refusals import CommentMissing, DelegationRefused, Forbidden, NotFound
from workflow.tables import Delegation, Link, Message, Person, SignOff, Submission

State = Literal["upcoming", "active", "over", "withdrawn"]

#: The longest span that one delegation or absence may have.
LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class Party:
    """One side of a delegation, by the post held now; ``post`` is empty for one who holds none any more."""

    key: str
    post: str
    name: str


@dataclass(frozen=True)
class DelegationLine:
    """A delegation as lists show it; ``withdrawal`` says why the office ended it early."""

    id: int
    principal: Party
    delegate: Party
    since: date
    until: date
    comment: str
    state: State
    created_by: str
    created_at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    withdrawal: str = ""


def grant(act: Act, *, principal: str, delegate: str, since: date, until: date, comment: str) -> Delegation:
    """Let ``delegate`` sign what ``principal`` is asked; where it begins today, at once for all that waits.

    People are given by key. Raises DelegationRefused, CommentMissing, Forbidden.
    """
    require_office(act, "授权代签")
    reason = _said(comment, "授权的理由")
    # Held, so that two who grant the same at once do not both find nothing.
    pair = select(Person).where(col(Person.key).in_((principal, delegate))).order_by(Person.key)
    act.session.exec(pair.with_for_update()).all()
    _check_people(act, principal, delegate, max(since, act.today))
    if fault := wrong_span(act, since, until):
        raise DelegationRefused(reason=fault[1], field=fault[0])
    alike = _unended().where(Delegation.principal == principal, Delegation.delegate == delegate)
    if act.session.exec(alike.where(Delegation.since <= until, Delegation.until >= since)).first() is not None:
        raise DelegationRefused(reason="这两人之间在这段日期内已有授权。", field="since")
    if _leads_back(act.session, delegate, principal, since, until):
        said = "代签人在这段日期内已（直接或经他人）授权给授权人，不能互相代签。"
        raise DelegationRefused(reason=said, field="delegate")
    granted = Delegation(
        principal=principal, delegate=delegate, since=since, until=until, comment=reason,
        created_at=act.now, created_by=act.actor.name,
    )  # fmt: skip
    act.session.add(granted)
    act.session.flush()
    if since <= act.today:
        _start(act, granted)
    return granted


def withdraw(act: Act, delegation_id: int, *, comment: str) -> None:
    """End a delegation before its last day; the delegate's links die with it.

    Raises NotFound, DelegationRefused for one that has ended, CommentMissing, Forbidden.
    """
    require_office(act, "撤销授权代签")
    said = _said(comment, "撤销授权的理由")
    query = select(Delegation).where(Delegation.id == delegation_id).with_for_update()
    row = act.session.exec(query.execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound
    if row.withdrawn_at is not None or row.until < act.today:
        raise DelegationRefused(reason="这项授权已经结束。", field="delegation")
    row.withdrawn_at, row.withdrawn_by, row.withdrawal = act.now, act.actor.name, said
    _end(act, row)


def active(session: Session, on: date) -> Mapping[str, tuple[Delegation, ...]]:
    """The delegations in force on a day, by principal."""
    query = _unended().where(Delegation.since <= on, Delegation.until >= on)
    found: dict[str, tuple[Delegation, ...]] = {}
    for row in session.exec(query.order_by(col(Delegation.id))):
        found[row.principal] = (*found.get(row.principal, ()), row)
    return found


def listed(act: Act) -> tuple[DelegationLine, ...]:
    """Every delegation there ever was, the newest first."""
    rows = act.session.exec(select(Delegation).order_by(col(Delegation.id).desc()))
    return tuple(
        DelegationLine(
            row.id or 0, party(act, row.principal), party(act, row.delegate), row.since, row.until, row.comment,
            _state(row, act.today), row.created_by, row.created_at, row.withdrawn_at, row.withdrawn_by, row.withdrawal,
        )
        for row in rows
    )  # fmt: skip


def party(act: Act, person: str) -> Party:
    """A person by the post they hold now."""
    name = posts.directory(act.session).person(person).name
    return Party(person, posts.title_of(act.session, person, act.today), name)


def invited(act: Act, request: SignOff, standing_in: Sequence[Delegation]) -> list[notices.Topic]:
    """A link for each of a request's delegates, and what they are to be told."""
    found = []
    for one in standing_in:
        act.links.for_sign_off(act.session, request, act.now, one)
        # Named for the request: a delegate may be asked in the same step for themselves, or for a second principal.
        reason = f"request:{request.round}.{request.step}.{request.id}"
        said = recipient(act, one, request)
        found.append(notices.Topic(said, request.submission_id, reason, reason, sign_off_id=request.id))
    return found


def recipient(act: Act, delegation: Delegation, request: SignOff) -> Recipient:
    """The delegate as somebody to speak to about a request, by their own title."""
    known = party(act, delegation.delegate)
    return Recipient(known.key, known.name, request.post, known.post)


def due(session: Session, now: datetime) -> bool:
    """Whether a delegation begins or ends by the day of ``now``."""
    on = now.astimezone(SHANGHAI).date()
    begins = col(Delegation.started_at).is_(None) & (col(Delegation.since) <= on)
    query = _unended().where(col(Delegation.ended_at).is_(None), or_(begins, col(Delegation.until) < on))
    return session.exec(query.limit(1)).first() is not None


def tend(act: Act) -> int:
    """Begin and end what the day brings; returns how many delegations."""
    query = _unended().where(col(Delegation.ended_at).is_(None), Delegation.since <= act.today)
    done = 0
    for row in act.session.exec(query.order_by(col(Delegation.id)).with_for_update()).all():
        if row.until < act.today:
            _end(act, row)
        elif row.started_at is None:
            _start(act, row)
        else:
            continue
        done += 1
    return done


def following(session: Session, after: datetime) -> datetime | None:
    """The next midnight at which a delegation begins or is over."""
    day = after.astimezone(SHANGHAI).date()
    live = (col(Delegation.withdrawn_at).is_(None), col(Delegation.ended_at).is_(None))
    first = session.exec(select(func.min(Delegation.since)).where(*live, Delegation.since > day)).one()
    last = session.exec(select(func.min(Delegation.until)).where(*live, Delegation.until >= day)).one()
    days = [one for one in (first, last and last + timedelta(days=1)) if one is not None]
    return midnight(min(days)) if days else None


def midnight(day: date) -> datetime:
    """The first instant of a day in Asia/Shanghai."""
    return datetime.combine(day, time(0, 0), SHANGHAI)


def require_office(act: Act, move: str) -> None:
    """Raises Forbidden for everybody but the office."""
    if act.actor.role not in OFFICE:
        raise Forbidden(move=move)


def wrong_span(act: Act, since: date, until: date) -> tuple[str, str] | None:
    """The field and the sentence where a span of days to come is none."""
    if until < since:
        return "until", "截止日期早于起始日期。"
    if since < act.today:
        return "since", "起始日期已经过去，请从今天或以后的日期起。"
    if until - since > LONGEST:
        return "until", "一次最长一年。"
    return None


def _said(comment: str, what: str) -> str:
    said = forms.remark(comment)
    if not said:
        raise CommentMissing(what=what)
    return said


def _check_people(act: Act, principal: str, delegate: str, on: date) -> None:
    known = posts.directory(act.session)
    for field, person, role in (("principal", principal, "授权人"), ("delegate", delegate, "代签人")):
        if not known.knows(person):
            raise DelegationRefused(reason=f"花名册中没有这位{role}。", field=field)
        if not known.posts_of(person, on):
            name = known.person(person).name
            raise DelegationRefused(reason=f"{role}“{name}”届时不担任任何职务。", field=field)
    if principal == delegate:
        raise DelegationRefused(reason="代签人须是另一个人。", field="delegate")


def _leads_back(session: Session, delegate: str, principal: str, since: date, until: date) -> bool:
    """Whether delegations in force within these days lead from the delegate to the principal."""
    onward: dict[str, set[str]] = {}
    for row in session.exec(_unended().where(Delegation.since <= until, Delegation.until >= since)):
        onward.setdefault(row.principal, set()).add(row.delegate)
    seen, ahead = set[str](), {delegate}
    while ahead:
        seen |= ahead
        ahead = {after for one in ahead for after in onward.get(one, ())} - seen
    return principal in seen


def _unended() -> SelectOfScalar[Delegation]:
    return select(Delegation).where(col(Delegation.withdrawn_at).is_(None))


def _state(row: Delegation, today: date) -> State:
    if row.withdrawn_at is not None:
        return "withdrawn"
    if today < row.since:
        return "upcoming"
    return "active" if today <= row.until else "over"


def _start(act: Act, row: Delegation) -> None:
    """Ask the delegate for all that waits for the principal."""
    row.started_at = act.now
    waiting = select(SignOff, Submission).join(Submission, col(Submission.id) == SignOff.submission_id)
    waits = (SignOff.person == row.principal, col(SignOff.decision).is_(None), col(SignOff.closed_at).is_(None))
    for request, submission in act.session.exec(waiting.where(*waits).order_by(col(SignOff.id))).all():
        notices.request(act, submission, invited(act, request, [row]))
    act.session.flush()


def _end(act: Act, row: Delegation) -> None:
    """Take back the delegate's links, but for the receipts of what they decided; they hear of what waited for them."""
    row.ended_at = act.now
    releases.let_go(act, col(SignOff.person) == row.principal, col(Message.person) == row.delegate)
    act.session.flush()
    decided = select(SignOff.id).where(SignOff.delegation_id == row.id)
    act.session.execute(
        update(Link)
        .where(col(Link.delegation_id) == row.id, col(Link.revoked_at).is_(None), col(Link.sign_off_id).not_in(decided))
        .values(revoked_at=act.now)
        .execution_options(synchronize_session=False)
    )
