"""How a request for more time (延期申请) ends: granted, declined, withdrawn – or closed when nothing is left to grant.

What closes a request is that the submission is filed or exempt; a deadline that passes does not, for the office may
still take the lapse back. Every end is an entry of the submission's history.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import update
from sqlmodel import col, select

from workflow import beginnings, ledger
from workflow.acts import SYSTEM, Act
from workflow.ledger import Entry
from workflow.moments import SHANGHAI
from workflow.refusals import NotAllowedNow
from workflow.tables import ExtensionRequest, Submission

Answer = Literal["granted", "declined", "withdrawn", "closed"]

#: What people read for an answer.
ANSWERS: dict[str, str] = {"granted": "同意", "declined": "不同意", "withdrawn": "撤回", "closed": "终止"}
#: What closes a request that nobody has answered.
FILED, EXEMPTED = "已报送，不再答复", "已免报，不再答复"


class AlreadyAnswered(NotAllowedNow):
    """这份延期申请已于{when}{answer}，不能再办理。"""


def unanswered(act: Act, submission_id: int) -> ExtensionRequest | None:
    """The one request of a submission that waits for an answer."""
    waits = (ExtensionRequest.submission_id == submission_id, col(ExtensionRequest.answered_at).is_(None))
    return act.session.exec(select(ExtensionRequest).where(*waits)).first()


def settle(act: Act, request: ExtensionRequest, answer: Answer, *, comment: str = "", **given: object) -> None:
    """Write the answer onto a request; raises AlreadyAnswered when somebody else has."""
    waits = (col(ExtensionRequest.id) == request.id, col(ExtensionRequest.answered_at).is_(None))
    by = SYSTEM.name if answer == "closed" else act.actor.name
    values = {"answer": answer, "answered_at": act.now, "answered_by": by, "comment": comment, **given}
    done = act.session.execute(
        update(ExtensionRequest).where(*waits).values(**values).execution_options(synchronize_session=False)
    )
    act.session.refresh(request)
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise refused(request)


def refused(request: ExtensionRequest) -> AlreadyAnswered:
    """That a request was answered before, and how."""
    assert request.answered_at is not None
    when = request.answered_at.astimezone(SHANGHAI).strftime("%Y年%m月%d日 %H:%M")
    return AlreadyAnswered(when=when, answer=ANSWERS[request.answer], standing="", move="")


def close(act: Act, row: Submission, said: str) -> None:
    """End the request of a submission that is filed or exempt, if it has one, and say so in its history."""
    request = unanswered(act, row.id or 0)
    if request is not None:
        _close(act, row, request, said)


def close_all(act: Act, rows: Sequence[Submission], said: str) -> None:
    """The same for many."""
    by_id = {row.id or 0: row for row in rows}
    ids = sorted(by_id)
    for start in range(0, len(ids), 500):
        part = col(ExtensionRequest.submission_id).in_(ids[start : start + 500])
        waits = select(ExtensionRequest).where(part, col(ExtensionRequest.answered_at).is_(None))
        for request in act.session.exec(waits.order_by(col(ExtensionRequest.submission_id))).all():
            _close(act, by_id[request.submission_id], request, said)


def _close(act: Act, row: Submission, request: ExtensionRequest, said: str) -> None:
    settle(act, request, "closed", comment=said)
    told = Entry("extension-closed", act.now, act.now, SYSTEM.name, said, {"request": request.id})
    ledger.record(act.session, row, beginnings.standing_still(act, row, "extension-closed"), told)
