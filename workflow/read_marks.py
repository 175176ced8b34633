"""已阅: items that somebody has opened and put aside, to be approved together under one name.

A mark holds for the content that was read: whatever has changed since falls out of the lot. A step that asks for
a second confirmation is signed singly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete
from sqlmodel import Session, col, select

from workflow import asking, ledger, signing
from workflow.acts import Act
from workflow.moments import SHANGHAI
from workflow.refusals import ContentChanged, LinkUnknown, NothingToApprove, SignedSingly
from workflow.tables import ReadMark, SignOff, Submission


@dataclass(frozen=True)
class Left:
    """An item that was not approved with the others, and why in Chinese."""

    sign_off_id: int
    submission_id: int
    why: str


@dataclass(frozen=True)
class Together:
    """What one act approved, and what it left; the same act again gives the same."""

    approved: tuple[SignOff, ...]
    left: tuple[Left, ...]


def mark(act: Act, sign_off_id: int, person: str, *, content_hash: str) -> None:
    """Put an open item among those this person approves together, as its content is now.

    Raises ContentChanged when another text was shown, SignedSingly, LinkUnknown when nothing waits any more.
    """
    request = asking.held(act.session, sign_off_id)
    if request.decision is not None or request.closed_at is not None:
        raise LinkUnknown
    row = ledger.load(act.session, request.submission_id)
    if content_hash != request.content_hash or row.content_hash != request.content_hash:
        raise ContentChanged(current=row.content_version)
    if signed_singly(act, row, request):
        raise SignedSingly
    found = act.session.get(ReadMark, (sign_off_id, person))
    kept = found or ReadMark(sign_off_id=sign_off_id, person=person, content_hash="", at=act.now)
    kept.content_hash, kept.at = content_hash, act.now
    act.session.add(kept)
    act.session.flush()


def unmark(act: Act, sign_off_id: int, person: str) -> None:
    """Take an item out again; one that is not marked stays so."""
    mine = (col(ReadMark.sign_off_id) == sign_off_id, col(ReadMark.person) == person)
    act.session.execute(delete(ReadMark).where(*mine))


def marked(session: Session, person: str) -> dict[int, ReadMark]:
    """The marks that still hold, by request: it waits, and its content is what was read."""
    holds = select(ReadMark).join(SignOff, col(SignOff.id) == col(ReadMark.sign_off_id))
    waits = (
        ReadMark.person == person,
        SignOff.content_hash == ReadMark.content_hash,
        col(SignOff.decision).is_(None),
        col(SignOff.closed_at).is_(None),
    )
    return {one.sign_off_id: one for one in session.exec(holds.where(*waits))}


def changed_since(session: Session, person: str, submission_ids: Sequence[int]) -> frozenset[int]:
    """Which of these submissions this person marked in a round that has ended without a decision of theirs."""
    closed = select(SignOff.submission_id).join(ReadMark, col(SignOff.id) == col(ReadMark.sign_off_id))
    lost = (ReadMark.person == person, col(SignOff.decision).is_(None), col(SignOff.closed_at).is_not(None))
    return frozenset(session.exec(closed.where(*lost, col(SignOff.submission_id).in_(submission_ids))))


def signed_singly(act: Act, row: Submission, request: SignOff) -> bool:
    """Whether the step of a request asks for a second confirmation."""
    steps = act.definition(row.programme_id).obligations[row.obligation].sign_off
    return steps[request.step].confirm != "none"


def approve_marked(act: Act, person: str, shown: Mapping[int, str], *, typed_name: str, comment: str = "") -> Together:
    """Approve marked items under one name, all of them in this transaction or, when one is refused, none.

    ``shown`` is the content hash by request, as the list showed it. What has changed, was decided otherwise or may
    only be signed singly is left out and told. Raises NothingToApprove when nothing remains, and what ``sign`` raises.
    """
    approved: list[SignOff] = []
    left: list[Left] = []
    for request in _in_order(act.session, person, shown):
        assert request.id is not None
        done = _approve(act, person, request.id, shown[request.id], typed_name=typed_name, comment=comment)
        if isinstance(done, SignOff):
            approved.append(done)
        else:
            left.append(Left(request.id, request.submission_id, done))
    if not approved:
        raise NothingToApprove(why="；".join(dict.fromkeys(one.why for one in left)) or "没有选择任何一件")
    return Together(tuple(approved), tuple(left))


def _in_order(session: Session, person: str, shown: Mapping[int, str]) -> list[SignOff]:
    """What this person has marked of it, submission by submission: as everybody locks them who takes several."""
    ids = sorted(shown)
    mine = select(SignOff).join(ReadMark, col(ReadMark.sign_off_id) == col(SignOff.id))
    found: list[SignOff] = []
    for start in range(0, len(ids), 500):
        part = mine.where(ReadMark.person == person, col(SignOff.id).in_(ids[start : start + 500]))
        found += session.exec(part).all()
    return sorted(found, key=lambda one: (one.submission_id, one.id or 0))


def _approve(
    act: Act, person: str, sign_off_id: int, content_hash: str, *, typed_name: str, comment: str
) -> SignOff | str:
    """The approved request, else why it is left out."""
    request = asking.held(act.session, sign_off_id)
    if request.decision == "approve" and request.decided_by == person:
        return request  # The same act sent twice: what it did stands as it was.
    if request.decision is not None or request.closed_at is not None:
        return _closed(request, person)
    if why := _not_now(act, request, person, content_hash):
        return why
    try:
        hand = signing.hand_for(act, request, person)
    except LinkUnknown:
        return "授权代签已结束"
    return signing.sign(
        act, sign_off_id, "approve", comment=comment, typed_name=typed_name, channel="link",
        content_hash=content_hash, hand=hand,
    )  # fmt: skip


def _not_now(act: Act, request: SignOff, person: str, content_hash: str) -> str:
    """Why an open request is not approved with others, empty when it is."""
    assert request.id is not None
    row = ledger.load(act.session, request.submission_id)
    read = act.session.get(ReadMark, (request.id, person))
    if not row.content_hash == request.content_hash == content_hash == (read and read.content_hash):
        return "内容已更新，请重新打开阅看"
    return "须单独审签（需二次确认）" if signed_singly(act, row, request) else ""


def _closed(request: SignOff, person: str) -> str:
    """What has become of a request that cannot be approved any more."""
    if request.decision is None:
        return "已不需您审签：单位已撤回或重新提交，或已由他人办理"
    assert request.decided_at is not None
    when = request.decided_at.astimezone(SHANGHAI).strftime("%m月%d日 %H:%M")
    by = "您" if request.decided_by == person else request.decided_by_name or request.holder
    return f"{by}已于{when}{signing.CHOICES[request.decision]}"
