"""What came through failing servers, held against what the store says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select as columns
from sqlmodel import Session, col, func, select

from tests.acceptance.alert_servers import FailingMail, FailingWecom, most_to_one, most_within, times_each
from workflow.store import Store
from workflow.tables import Attempt, Message, MessageItem

_message = Message.__table__  # type: ignore[attr-defined]
_item = MessageItem.__table__  # type: ignore[attr-defined]


def judged(store: Store, mail: FailingMail, wecom: FailingWecom, rate: int) -> dict[str, object]:
    """Hold what came against what is stored; what was counted. Raises AssertionError."""
    came = times_each(mail.came, wecom.numbers)
    with store.read() as session:
        messages = session.exec(select(Message)).all()
        tries = session.exec(select(Attempt)).all()
        _check_fates(session, messages, came)
        _check_reasons(session, came)
    _check_repeats(messages, tries, came)
    limits = _check_limits(mail, wecom, rate)
    status = Counter(one.status for one in messages)
    outcomes = Counter(one.outcome or "unknown" for one in tries)
    return {
        "messages": dict(status), "attempts": dict(outcomes), "arrivals": sum(came.values()),
        "repeats": sum(came.values()) - len(came), "cut": mail.cut,
        "storms": wecom.storms, "tokens expired": wecom.expired, **limits,
    }  # fmt: skip


def _check_fates(session: Session, messages: Sequence[Message], came: Counter[str]) -> None:
    """Each delivered, or on the list of undelivered alerts with the reason."""
    assert {one.status for one in messages} <= {"sent", "failed"}, Counter(one.status for one in messages)
    assert all(came[one.reference] for one in messages if one.status == "sent")
    assert all(one.answer.startswith("550 5.1.1") for one in messages if one.status == "failed")
    dropped = select(func.count()).select_from(MessageItem).where(col(MessageItem.dropped).is_not(None))
    assert session.exec(dropped).one() == 0


def _check_repeats(messages: Sequence[Message], tries: Sequence[Attempt], came: Counter[str]) -> None:
    """What came again had been sent by an attempt whose answer got lost: by a kill, or by a cut of the line."""
    lost: Counter[int] = Counter()
    for one in tries:
        cut = one.outcome == "put-off" and ("可能已送达" in one.answer or "未答复" in one.answer)
        lost[one.message_id] += one.outcome == "" or cut
    numbers = {one.reference: one.id or 0 for one in messages}
    assert came.keys() <= numbers.keys()
    assert all(times - 1 <= lost[numbers[reference]] for reference, times in came.items())


def _check_reasons(session: Session, came: Counter[str]) -> None:
    """Nobody got two messages for one reason and day."""
    said = columns(_item.c.person, _item.c.submission_id, _item.c.reason, _item.c.day, _message.c.reference)
    told: Counter[tuple[str, int, str, date]] = Counter()
    for person, submission, reason, day, reference in session.execute(
        said.join(_message, _message.c.id == _item.c.message_id)
    ):
        told[person, submission, reason, day] += reference in came
    assert max(told.values()) == 1


def _check_limits(mail: FailingMail, wecom: FailingWecom, rate: int) -> dict[str, object]:
    """As the servers counted."""
    mails = most_within((at for at, _, _ in mail.came), 60)
    cards = most_to_one(wecom.numbers, 60)
    assert mails <= rate and cards <= 30
    assert (wecom.dropped, wecom.throttled) == (0, 0)
    return {"mails a minute": f"{mails} of {rate}", "cards a minute to one": f"{cards} of 30"}
