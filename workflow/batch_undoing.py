"""Taking a batch back: what nothing has happened to since is put as it was; the history keeps both.

An extension or an exemption is reversed where its entry is still the last one, an urge where nothing of it has been
sent. What was returned stays returned: its links are dead and the unit has been told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import col
from sqlmodel import select as pick

from workflow import batches, events, forms, ledger, notices, schedules
from workflow.acts import Act
from workflow.asking import NOT_PENDING
from workflow.beginnings import entry, need_comment, standing_still
from workflow.ledger import Entry
from workflow.lifecycle import MOVES, Decision
from workflow.refusals import NotAllowedNow, Refusal
from workflow.signing import tell_unit
from workflow.tables import Batch, BatchItem, Deadline, Message, MessageItem, RungRow, Submission

_i = BatchItem.__table__  # type: ignore[attr-defined]
_said = MessageItem.__table__  # type: ignore[attr-defined]
_message = Message.__table__  # type: ignore[attr-defined]

UNDO = "undo"
#: Messages that nobody has begun to send.
_UNSENT = ("queued", "gathering")


class NotUndone(NotAllowedNow):
    """{reason}，不能撤销。"""


def begin(act: Act, batch_id: int, *, comment: str) -> Batch:
    """Say that a batch is to be taken back, with a reason; what was not done of it yet stays undone.

    Raises NotFound, Forbidden, NotUndone, CommentMissing.
    """
    batch = batches.held(act, batch_id)
    if batch.act == "return":
        raise _refused("退回已通知单位，审签链接也已失效")
    if batch.undone_at is not None:
        raise _refused("这次办理已经撤销过")
    need_comment(comment, "撤销的理由")
    stop = update(_i).where(_i.c.batch_id == batch_id, _i.c.seq == 0, _i.c.why == "")
    act.session.execute(stop.values(why="批量已撤销，未办理"))
    batch.undone_at, batch.undone_by = act.now, act.actor.name
    batch.facts = {**batch.facts, "undo": forms.remark(comment)}
    act.session.add(batch)
    act.session.flush()
    return batch


def carry_on(act: Act, batch_id: int) -> int:
    """Take back the next part; returns how many are left."""
    batch = batches.held(act, batch_id)
    if batch.undone_at is None:
        return 0
    done = (BatchItem.batch_id == batch_id, col(BatchItem.seq) > 0, ~col(BatchItem.undone), col(BatchItem.why) == "")
    ordered = pick(BatchItem).where(*done).order_by(col(BatchItem.submission_id))
    for item in act.session.exec(ordered.limit(batches.CHUNK)).all():
        try:
            with act.session.begin_nested():
                _UNDO[batch.act](act, batch, item)
            item.undone = True
        except Refusal as refused:
            item.why = str(refused.facts.get("reason") or refused.text.rstrip("。"))
        act.session.add(item)
    act.session.flush()
    return batches.remaining(act, batch_id, (_i.c.seq > 0) & ~_i.c.undone)


def _extension(act: Act, batch: Batch, item: BatchItem) -> None:
    row, before = _untouched(act, item), item.before
    deadline = act.session.get_one(Deadline, row.deadline_id)
    told = f"extended:{deadline.schedule_version}"
    first = before["extended_from"]
    back = {
        "deadline_id": before["deadline"], "due_date": date.fromisoformat(str(before["due_date"])),
        "due_at": datetime.fromisoformat(str(before["due_at"])),
        "extended_from": date.fromisoformat(str(first)) if first else None,
    }  # fmt: skip
    _put_back(act, batch, row, before, back, told=told)


def _exemption(act: Act, batch: Batch, item: BatchItem) -> None:
    row, before = _untouched(act, item), item.before
    machine = act.lifecycle(row.programme_id, row.obligation)
    if machine.standing(str(before["standing"])).waiting_on != "unit":
        raise _refused("免报前正待审签，审签请求已随免报失效，请用“重新打开”")
    _put_back(act, batch, row, before, dict(NOT_PENDING), told=f"exempted:{int(str(before['seq'])) + 1}")


def _urging(act: Act, batch: Batch, item: BatchItem) -> None:
    row = ledger.load(act.session, item.submission_id)
    mine = (_said.c.submission_id == row.id, _said.c.reason == "urge", _said.c.rung == f"urge:{item.seq - 1}")
    queued = select(_message.c.status, _message.c.attempts).join(_said, _said.c.message_id == _message.c.id)
    letters = act.session.execute(queued.where(*mine, _said.c.dropped.is_(None)).with_for_update(of=_message)).all()
    if any(one.status not in _UNSENT or one.attempts for one in letters):
        raise _refused("催办消息已发出")
    notices.cancel_about(act.session, row.id or 0, "催办已撤销", reasons=("urge",))
    # Who was not urged after all may be urged today.
    act.session.execute(update(_said).where(*mine).values(reason=f"urge:{item.seq}"))
    alert: dict[str, Any] = {}
    if row.last_rung == "urge" and row.history_seq == item.seq:
        at = item.before["last_alert_at"]
        alert = {
            "last_alert_at": datetime.fromisoformat(str(at)) if at else None, "last_rung": item.before["last_rung"]
        }  # fmt: skip
    ledger.record(act.session, row, standing_still(act, row, UNDO), _entry(act, batch), **alert)


def _untouched(act: Act, item: BatchItem) -> Submission:
    row = ledger.load(act.session, item.submission_id)
    if row.history_seq != item.seq:
        raise _refused("此后已有新的经过")
    return row


def _put_back(
    act: Act, batch: Batch, row: Submission, before: Mapping[str, object], changes: dict[str, Any], *, told: str
) -> None:
    """The standing, the date and the light as they were; a deadline that has passed meanwhile is noted at once."""
    there = act.lifecycle(row.programme_id, row.obligation).standing(str(before["standing"]))
    heard = _unsaid(act, row, told)
    decision = Decision(UNDO, row.standing, there.name, there.state, there.waiting_on)
    changes |= _rearmed(act, batch, row, {**changes, "state": there.state})
    ledger.record(act.session, row, decision, _entry(act, batch), **changes)
    if row.light != before["light"]:
        told_light = Entry("light", act.now, act.now, act.actor.name, facts={"because": UNDO})
        ledger.relight(act.session, [row.id or 0], str(before["light"]), told_light, over=[row.light])  # type: ignore[arg-type]
        act.session.refresh(row)
    events.lapse_due(act, row)
    if heard:
        tell_unit(act, row, f"restored:{row.history_seq}", posts=("liaison", "unit-head"), at_once=True)


def _unsaid(act: Act, row: Submission, reason: str) -> bool:
    """Withdraw what has not been sent of the act's notice; whether anybody has been told already."""
    notices.cancel_about(act.session, row.id or 0, "已撤销", reasons=(reason,))
    left = select(_said.c.id).where(
        _said.c.submission_id == row.id, _said.c.reason == reason, _said.c.dropped.is_(None)
    )  # fmt: skip
    return act.session.execute(left.limit(1)).first() is not None


def _rearmed(act: Act, batch: Batch, row: Submission, there: Mapping[str, Any]) -> dict[str, Any]:
    """A ladder laid out anew where rungs of the old one have fired past this submission meanwhile."""
    deadline_id = there.get("deadline_id", row.deadline_id)
    missed = pick(RungRow.id).where(
        RungRow.deadline_id == deadline_id, col(RungRow.fired_at) > batch.at, RungRow.batch != schedules.BEFORE_ITS_TIME
    )
    if act.session.exec(missed.limit(1)).first() is None:
        return {}
    due = {name: there.get(name, getattr(row, name)) for name in ("due_date", "due_at")}
    as_it_was = Submission(**{**row.model_dump(), **due, "deadline_id": deadline_id})
    return dict(schedules.rearmed(act, as_it_was, str(there["state"])))


def _entry(act: Act, batch: Batch) -> Entry:
    said = str(batch.facts.get("undo", ""))
    return entry(act, UNDO, said, undone=batch.act, what=MOVES[batch.act], batch=batch.id)


def _refused(reason: str) -> NotUndone:
    return NotUndone(reason=reason, standing="", move="")


_UNDO: Mapping[str, Callable[[Act, Batch, BatchItem], None]] = {
    "extend": _extension, "exempt": _exemption, "urge": _urging,
}  # fmt: skip
