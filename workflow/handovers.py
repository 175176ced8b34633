"""What waits for an approver goes over to whoever signs in their place: after a change of the roster, of the leaders'
division of work (领导分工调整), or by the office's own hand (改派).

Days are Asia/Shanghai. A move is one commit: the old request closed, its links dead, the new person asked, one entry
in history, the former holder told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from workflow import asking, events, forms, ledger, notices, posts, stranded
from workflow.acts import Act
from workflow.audience import Recipient
from workflow.delegations import midnight, require_office
from workflow.desks import Desk
from workflow.ledger import Entry
from workflow.lifecycle import Decision, State, WaitingOn
from workflow.moments import SHANGHAI
from workflow.refusals import (
    AlreadyDecided,
    ChangedMeanwhile,
    CommentMissing,
    ReassignRefused,
    SupervisionRefused,
)
from workflow.roster import OFFICE, UNIT_POSTS, Directory, Roster, SupervisionRow, post_key
from workflow.signing import CHOICES
from workflow.successions import Succession, foreseen, of_step, staffing_of
from workflow.tables import Holding, Link, Meta, SignOff, Submission, Supervision

_SETTLED = "handovers-settled"
_SINCE = (col(Holding.since), col(Supervision.since))
_UNTIL = (col(Holding.until), col(Supervision.until))


@dataclass(frozen=True)
class Move:
    """One request that goes over, or would; ``to`` is empty where nobody holds the post, and the request stays."""

    sign_off_id: int
    submission_id: int
    programme: str
    unit: str
    obligation: str
    due_date: date
    from_: Desk
    to: tuple[Desk, ...]
    why: str


def preview(
    act: Act,
    *,
    roster: Roster | None = None,
    supervision: Mapping[str, str] | None = None,
    since: date | None = None,
) -> tuple[Move, ...]:
    """What would go over on a day with another roster, or with units (by code) under other leaders' posts.

    Without either: what waits for people who do not sign it any more. Nothing is written. Raises SupervisionRefused.
    """
    if supervision is not None:
        _check_supervision(act, supervision, since or act.today)
    on = max(since or act.today, act.today)
    known = posts.directory(act.session)
    if roster is not None or supervision is not None:
        whole = _merged(posts.export(act.session), roster) if roster is not None else posts.export(act.session)
        if supervision is not None:
            whole = _under(whole, supervision, on)
        known = Directory(whole, posts.bodies(act.session))
    found = foreseen(act, known, on)
    return tuple(_move(act, one) for one in found if supervision is None or one.row.unit in supervision)


def settle(act: Act, *, units: Iterable[str] | None = None, comment: str = "") -> tuple[Move, ...]:
    """Hand over every open request whose person does not sign it any more today; of these units, or of all.

    What nobody can take over stays as it is and comes with an empty ``to``.
    """
    wanted = None if units is None else set(units)
    found = list(foreseen(act, posts.directory(act.session), act.today))
    moved = []
    for number, some in groupby(found, key=lambda one: one.row.id or 0):
        first = next(some)
        if wanted is None or first.row.unit in wanted:
            moved += _settle_one(act, number, comment)
    return tuple(moved)


def supervise(act: Act, changes: Mapping[str, str], *, since: date, comment: str) -> tuple[Move, ...]:
    """领导分工调整: put units (by code) under leaders' posts (by title) from a day on, with all that waits.

    From today, it goes over at once; for a later day, what is told is foreseen and goes over on that day.
    Raises SupervisionRefused, CommentMissing, Forbidden.
    """
    require_office(act, "领导分工调整")
    _check_supervision(act, changes, since)
    said = _said(comment, "分工调整的依据")
    there: dict[str, set[tuple[str, bool]]] = {}
    for row in posts.export(act.session).supervision:
        there.setdefault(row.unit, set()).add((row.post, _lasting(row, since)))
    other = {unit: post for unit, post in changes.items() if there.get(unit) != {(post, True)}}
    posts.supervise(act.session, other, since=since, comment=said)
    if since <= act.today:
        return settle(act, units=changes, comment=said)
    found = foreseen(act, posts.directory(act.session), since)
    return tuple(_move(act, one) for one in found if one.row.unit in changes)


def reassign(act: Act, sign_off_id: int, *, to: str, comment: str) -> SignOff:
    """改派: the office asks another person, given by key, in place of whom a request waits for.

    Raises NotFound, AlreadyDecided, ReassignRefused, CommentMissing, Forbidden.
    """
    require_office(act, "改派审签人")
    said = _said(comment, "改派的理由")
    old = asking.held(act.session, sign_off_id)
    if old.decision is not None:
        assert old.decided_at is not None
        when = old.decided_at.astimezone(SHANGHAI).strftime("%Y年%m月%d日 %H:%M")
        raise AlreadyDecided(when=when, decision=CHOICES[old.decision])
    if old.closed_at is not None:
        raise ReassignRefused(reason="这项审签请求已经结束。", field="sign_off")
    row = _held(act, old.submission_id)
    events.lapse_due(act, row)
    chosen = _chosen(act, old, to)
    [new] = _hand_over(act, row, Succession(old, row, "办公室改派", (chosen,)), comment=said, by=act.actor.name)
    return new


def due(session: Session, now: datetime) -> bool:
    """Whether the day or the roster has changed since what waits was last looked through."""
    row = session.get(Meta, _SETTLED)
    return row is None or row.value != stranded.as_of(session, now)


def tend(act: Act) -> int:
    """Hand over what the day or another roster brings; returns how many requests."""
    moved = settle(act)
    act.session.merge(Meta(key=_SETTLED, value=stranded.as_of(act.session, act.now)))
    stranded.note(act.session, (one.submission_id for one in moved if not one.to), stranded.as_of(act.session, act.now))
    return sum(bool(one.to) for one in moved)


def following(session: Session, after: datetime) -> datetime | None:
    """The next midnight at which somebody takes up or leaves a post, or a leader a unit."""
    day = after.astimezone(SHANGHAI).date()
    begins = [session.exec(select(func.min(one)).where(one > day)).one() for one in _SINCE]
    ends = [session.exec(select(func.min(one)).where(one >= day)).one() for one in _UNTIL]
    days = [one for one in (*begins, *(last + timedelta(days=1) for last in ends if last)) if one]
    return midnight(min(days)) if days else None


def _held(act: Act, submission_id: int) -> Submission:
    """The submission, held until the act ends: what is written of it then comes to no other's way."""
    query = select(Submission).where(Submission.id == submission_id).with_for_update()
    return act.session.exec(query.execution_options(populate_existing=True)).one()


def _settle_one(act: Act, submission_id: int, comment: str) -> list[Move]:
    """Hand over what waits on one submission, worked out again now that nobody else can decide on it."""
    requests = asking.all_held(act.session, submission_id)
    row = _held(act, submission_id)
    events.lapse_due(act, row)
    present = [one for one in requests if (one.round, one.step) == (row.round, row.step)]
    place = staffing_of(act, row.programme_id, posts.directory(act.session), act.today)
    moved = []
    for one in of_step(place, row, present) if place and present else ():
        # Told before it is written: the row goes on changing.
        moved.append(_move(act, one))
        if one.asked or one.there:
            _hand_over(act, row, one, comment=comment or _reason(act, one))
    return moved


def _hand_over(act: Act, row: Submission, one: Succession, *, comment: str, by: str = "") -> list[SignOff]:
    """Close the old request with its links, ask who takes it over, write it down and tell the former holder."""
    old = one.request
    _close(act, old)
    new, topics = [], []
    for recipient in one.asked:
        asked, told = asking.request(act, row, recipient, step=old.step, round_=old.round, again=True, by=by)
        new.append(asked)
        topics += told
    notices.request(act, row, topics)
    former = asking.named(old.post_title, old.holder)
    facts = {
        "sign_off": old.id, "step": old.step, "from": former, "why": one.why,
        "to": [asking.named(to.post_title, to.name) for to in one.asked or one.there],
    }  # fmt: skip
    changes = asking.asked_at(act, row, step=old.step) if new else {}
    standing = Decision("reassign", row.standing, row.standing, *_facets(act, row))
    ledger.record(
        act.session, row, standing, Entry("reassign", act.now, act.now, act.actor.name, comment, facts), **changes
    )
    reason = f"handed-over:{old.id}"
    teller = Recipient(old.person, old.holder, old.post, old.post_title)
    notices.gather(act, "notice", row, [notices.Topic(teller, row.id or 0, reason, reason, sign_off_id=old.id)])
    return new


def _close(act: Act, request: SignOff) -> None:
    waits = (col(SignOff.id) == request.id, col(SignOff.decision).is_(None), col(SignOff.closed_at).is_(None))
    done = act.session.execute(update(SignOff).where(*waits).values(closed_at=act.now))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise ChangedMeanwhile
    dead = update(Link).where(col(Link.sign_off_id) == request.id, col(Link.revoked_at).is_(None))
    act.session.execute(dead.values(revoked_at=act.now).execution_options(synchronize_session=False))


def _facets(act: Act, row: Submission) -> tuple[State, WaitingOn]:
    standing = act.lifecycle(row.programme_id, row.obligation).standing(row.standing)
    return standing.state, standing.waiting_on


def _chosen(act: Act, old: SignOff, to: str) -> Recipient:
    """Whom the office has chosen, by their own title; raises ReassignRefused."""
    known = posts.directory(act.session)
    if not known.knows(to):
        raise ReassignRefused(reason="花名册中没有这位人员。", field="to")
    name = known.person(to).name
    if not known.posts_of(to, act.today):
        raise ReassignRefused(reason=f"“{name}”现在不担任任何职务。", field="to")
    step = select(SignOff).where(
        SignOff.submission_id == old.submission_id, SignOff.round == old.round, SignOff.step == old.step
    )
    asked = {one.person for one in act.session.exec(step) if one.decision is not None or one.closed_at is None}
    if to in asked:
        raise ReassignRefused(reason=f"“{name}”已经是这一步的审签人。", field="to")
    return Recipient(to, name, old.post, posts.title_of(act.session, to, act.today))


def _move(act: Act, one: Succession) -> Move:
    row, known = one.row, posts.directory(act.session)
    programme = act.programme(row.programme_id)
    obligation = act.definition(row.programme_id).obligations[row.obligation]
    to = tuple(Desk(person.post_title, person.name) for person in one.asked or one.there)
    return Move(
        one.request.id or 0, row.id or 0, programme.title, known.unit(row.unit).name, obligation.title, row.due_date,
        Desk(one.request.post_title, one.request.holder), to, one.why,
    )  # fmt: skip


def _reason(act: Act, one: Succession) -> str:
    """What was written when the unit was put under another leader for today."""
    on = act.today
    for row in act.session.exec(select(Supervision).where(Supervision.unit == one.row.unit)):
        in_force = (row.since is None or row.since <= on) and (row.until is None or on <= row.until)
        if in_force and row.comment and row.post in {to.post_title for to in one.asked or one.there}:
            return row.comment
    return ""


def _check_supervision(act: Act, changes: Mapping[str, str], since: date) -> None:
    known = posts.directory(act.session)
    if not changes:
        raise SupervisionRefused(reason="请选择单位。", field="units")
    if since < act.today:
        raise SupervisionRefused(reason="起始日期已经过去，请从今天或以后的日期起。", field="since")
    units = {unit.code for unit in known.units() if not unit.body}
    for unit, post in changes.items():
        if unit not in units:
            raise SupervisionRefused(reason=f"花名册中没有单位“{unit}”。", field="units")
        if post in UNIT_POSTS or post_key(post) == OFFICE or not known.holders(post, None, since):
            raise SupervisionRefused(reason=f"{since}没有人担任“{post}”。", field="post")


def _said(comment: str, what: str) -> str:
    said = forms.remark(comment)
    if not said:
        raise CommentMissing(what=what)
    return said


def _lasting(row: SupervisionRow, since: date) -> bool:
    """Whether a leader supervises from this day on without an end or another beginning."""
    return row.until is None and (row.since is None or row.since <= since)


def _merged(old: Roster, new: Roster) -> Roster:
    """The roster as an import would leave it: who and what it lacks stays, in no group and without a post."""
    codes, keys = {row.code for row in new.units}, {row.key for row in new.people}
    units = (*new.units, *(replace(row, groups=()) for row in old.units if row.code not in codes))
    return Roster(units, (*new.people, *(row for row in old.people if row.key not in keys)), new.posts, new.supervision)


def _under(roster: Roster, changes: Mapping[str, str], since: date) -> Roster:
    kept = tuple(row for row in roster.supervision if row.unit not in changes)
    return replace(roster, supervision=(*kept, *(SupervisionRow(post, u, since) for u, post in changes.items())))
