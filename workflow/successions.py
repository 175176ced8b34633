"""Who takes over what waits for an approver that a step is no longer signed by: worked out, nothing written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

import structlog
from sqlmodel import Session, col, select

from workflow.acts import Act
from workflow.audience import Audience, Recipient
from workflow.definition import Step
from workflow.refusals import DefinitionRefused
from workflow.roster import Directory
from workflow.tables import SignOff, Submission

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Succession:
    """One open request and who takes its place.

    ``asked`` are to be asked now, ``there`` have been asked in this step anyway; both are empty where nobody holds the
    post, and the request stays.
    """

    request: SignOff
    row: Submission
    why: str
    asked: tuple[Recipient, ...] = ()
    there: tuple[Recipient, ...] = ()


@dataclass
class Staffing:
    """Who signs the steps of a programme on a day, looked up once."""

    audience: Audience
    _known: dict[tuple[str, int, str], tuple[Recipient, ...]] = field(default_factory=dict)

    def steps(self, row: Submission) -> range:
        """The steps of a submission's sign-off, by number."""
        return range(len(self.audience.definition.obligations[row.obligation].sign_off))

    def signers(self, row: Submission, step: int) -> tuple[Recipient, ...]:
        """Who would be asked for a step of a submission; nobody where the definition has no such step any more."""
        place = (row.obligation, step, row.unit)
        if place not in self._known:
            steps: Sequence[Step] = self.audience.definition.obligations[row.obligation].sign_off
            found = self.audience.approvers(steps[step], row.unit) if step < len(steps) else ()
            self._known[place] = found
        return self._known[place]


def of_step(staffing: Staffing, row: Submission, requests: Sequence[SignOff]) -> Iterator[Succession]:
    """What becomes of the requests of one step and round that wait for people who do not sign it any more.

    Each is taken over by whoever holds its post now, else by whoever signs the step now and was not asked in it. Where
    all of them were asked already, one is asked again if nobody else would be left to end the step: a person must.
    """
    live = [one for one in requests if one.decision is not None or one.closed_at is None]
    signers = staffing.signers(row, requests[0].step)
    open_ = [one for one in live if one.decision is None]
    leaving = [one for one in open_ if not _stays(staffing, one, signers)]
    if not signers:
        yield from (Succession(one, row, _why(one, signers)) for one in leaving)
        return
    there = {one.person for one in live if one not in leaving}
    new = [one for one in signers if one.person not in there]
    shares = _shared(leaving, new)
    remaining = bool(new) or len(open_) > len(leaving)
    for one in leaving:
        asked = shares[one.id or 0]
        if not asked and not remaining:
            asked, remaining = [_again(one, signers)], True
        carrying = () if asked else signers
        yield Succession(one, row, _why(one, signers), tuple(asked), carrying)


def _stays(staffing: Staffing, request: SignOff, signers: Iterable[Recipient]) -> bool:
    """Whether it is still this person's: they sign the step, or the office chose them and they hold some post."""
    if request.person in {one.person for one in signers}:
        return True
    chosen = request.assigned_by != ""
    return chosen and bool(staffing.audience.directory.posts_of(request.person, staffing.audience.on))


def _shared(leaving: Sequence[SignOff], new: Sequence[Recipient]) -> dict[int, list[Recipient]]:
    """Who is asked in place of whom: by the same post where there is one, else in turn."""
    shares: dict[int, list[Recipient]] = {one.id or 0: [] for one in leaving}
    if not leaving:
        return shares
    rest = []
    for one in new:
        same = next((old for old in leaving if old.post_title == one.post_title), None)
        if same is None:
            rest.append(one)
        else:
            shares[same.id or 0].append(one)
    for one in rest:
        empty = next((old for old in leaving if not shares[old.id or 0]), leaving[-1])
        shares[empty.id or 0].append(one)
    return shares


def _again(request: SignOff, signers: Sequence[Recipient]) -> Recipient:
    return next((one for one in signers if one.post_title == request.post_title), signers[0])


def _why(request: SignOff, signers: Iterable[Recipient]) -> str:
    if request.assigned_by:
        return "改派的审签人已不任职"
    if any(one.post_title == request.post_title for one in signers):
        return "任职人变动"
    return "领导分工调整" if request.post == "supervising-leader" and signers else "任职人变动"


def foreseen(act: Act, known: Directory, on: date, *, only: Collection[int] | None = None) -> Iterator[Succession]:
    """What would become of each request that waits for somebody who does not sign it on that day.

    ``only`` names submissions, None is all.
    """
    staffing: dict[int, Staffing | None] = {}
    for row, requests in _waiting(act.session, only):
        if row.programme_id not in staffing:
            staffing[row.programme_id] = staffing_of(act, row.programme_id, known, on)
        place = staffing[row.programme_id]
        if place is not None:
            yield from of_step(place, row, requests)


def staffing_of(act: Act, programme_id: int, known: Directory, on: date) -> Staffing | None:
    """Who signs the steps of a programme on a day; None where its definition cannot be read any more."""
    try:
        return Staffing(Audience(act.definition(programme_id), known, on))
    except DefinitionRefused:
        # Its text cannot be read any more; it delays no other programme.
        log.warning("programme without a readable definition", programme=programme_id)
        return None


def _waiting(session: Session, only: Collection[int] | None) -> Iterator[tuple[Submission, list[SignOff]]]:
    """Every submission that waits for approvers, with the requests of its present step."""
    open_ = select(SignOff.submission_id).where(col(SignOff.decision).is_(None), col(SignOff.closed_at).is_(None))
    both = select(SignOff, Submission).join(Submission, col(Submission.id) == SignOff.submission_id)
    found = both.where(
        col(SignOff.submission_id).in_(open_), SignOff.round == Submission.round, SignOff.step == Submission.step
    )
    if only is not None:
        found = found.where(col(SignOff.submission_id).in_(only))
    rows = session.exec(found.order_by(col(SignOff.submission_id), col(SignOff.id))).all()
    for _, some in groupby(rows, key=lambda pair: pair[0].submission_id):
        pairs = list(some)
        yield pairs[0][1], [request for request, _ in pairs]
