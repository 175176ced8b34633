"""Letting go of whoever was asked to sign: they hear once that it waits for them no longer."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from workflow import notices
from workflow.acts import Act
from workflow.audience import Recipient
from workflow.tables import Message, MessageItem, SignOff, Submission

#: What is on its way or has arrived; what still waits to be sent is dropped when its turn comes.
_GONE_OUT = ("sending", "sent")


def let_go(act: Act, *which: ColumnElement[bool]) -> None:
    """Tell whoever was sent one of these requests, while it is still open, that they need not sign it any more."""
    sent = (
        select(SignOff, Submission, Message)
        .join(Submission, col(Submission.id) == col(SignOff.submission_id))
        .join(MessageItem, col(MessageItem.sign_off_id) == col(SignOff.id))
        .join(Message, col(Message.id) == col(MessageItem.message_id))
        .where(*which, col(SignOff.decision).is_(None), col(SignOff.closed_at).is_(None))
        # By submission too: what was said is indexed by that.
        .where(col(MessageItem.submission_id) == col(SignOff.submission_id))
        .where(col(MessageItem.reason).like("request:%"), col(MessageItem.dropped).is_(None))
        .where(col(Message.status).in_(_GONE_OUT))
    )
    # In one order for everybody, so that two acts with the same recipients never wait for each other.
    for request, row, message in act.session.exec(sent.order_by(col(Message.person), col(SignOff.id))).all():
        to = Recipient(message.person, message.recipient, request.post, message.post_title)
        reason = f"handed-over:{request.id}"
        topic = notices.Topic(to, request.submission_id, reason, reason, sign_off_id=request.id)
        notices.gather(act, "notice", row, [topic])
