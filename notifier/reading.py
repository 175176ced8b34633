"""A message's facts, read at the moment of sending: what is no longer true is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import col, select

from notifier.letters import Facts, Matter, placeholder, reason_of
from workflow import deadlines, signing
from workflow.acts import Act
from workflow.audience import Recipient
from workflow.lifecycle import FILING
from workflow.tables import History, Message, MessageItem, Programme, SignOff, Submission

OPEN = ("draft", "pending", "overdue")
#: Reasons of messages about an event, which stay true whatever came after.
EVENTS = ("extended",)


@dataclass(frozen=True)
class Reading:
    """The facts of a message and the items that are no longer true, with the reason in Chinese."""

    facts: Facts | None
    untrue: Mapping[int, str]


def read(act: Act, message: Message, *, base_url: str, rehearsal: bool) -> Reading:
    """Look at every submission of a message again; issues the links it needs in the caller's transaction."""
    programme = act.programme(message.programme_id)
    items = list(
        act.session.exec(
            select(MessageItem)
            .where(MessageItem.message_id == message.id, col(MessageItem.dropped).is_(None))
            .order_by(col(MessageItem.id))
        )
    )
    rows = _submissions(act, [item.submission_id for item in items])
    waiting = signing.waiting(act.session, sorted(rows))
    matters, untrue, signs = [], {}, False
    for item in items:
        row = rows[item.submission_id]
        asked = waiting.get(item.submission_id, ())
        mine = any(one.person == message.person for one in asked)
        why = _untrue(item, row, mine=mine)
        if why:
            untrue[item.id or 0] = why
            continue
        matters.append(_matter(act, item, row, asked, mine=mine))
        signs = signs or mine
    if not matters:
        return Reading(None, untrue)
    facts = Facts(
        kind=message.kind, programme=f"{programme.title}（{programme.cycle}年度）", recipient=message.recipient,
        post_title=message.post_title, matters=tuple(matters),
        desk=_desk(act, message.person) if signs else "",
        page="" if signs else _page(base_url, programme, matters, rows),
        sent_at=act.now, rehearsal=rehearsal, launched=":launch:" in message.key,
    )  # fmt: skip
    return Reading(facts, untrue)


def _submissions(act: Act, ids: list[int]) -> dict[int, Submission]:
    found: dict[int, Submission] = {}
    for start in range(0, len(ids), 500):
        part = select(Submission).where(col(Submission.id).in_(ids[start : start + 500]))
        found |= {row.id or 0: row for row in act.session.exec(part)}
    return found


def _untrue(item: MessageItem, row: Submission, *, mine: bool) -> str | None:
    """Why an item must not be said any more, None while it holds."""
    reason = reason_of(item.reason)
    if reason in ("request", "chase"):
        return None if mine or (reason == "chase" and row.waiting_on == "approver") else "已不再需要审签"
    if reason == "reminder":
        return None if row.state in ("draft", "pending") and (row.waiting_on == "unit" or mine) else "已提交或已报送"
    if reason in ("overdue", "escalation"):
        return None if row.state == "overdue" else "已不再逾期"
    if reason == "urge" or reason == "notice":
        return None if row.state in OPEN else "已办结"
    if reason == "returned":
        return None if row.waiting_on == "unit" else "已重新提交"
    if reason == "filed":
        return None if row.state == "filed" else "已不是已报送状态"
    if reason == "exempted":
        return None if row.state == "exempt" else "已不是免报状态"
    return None


def _matter(act: Act, item: MessageItem, row: Submission, asked: tuple[Recipient, ...], *, mine: bool) -> Matter:
    audience = act.audience(row.programme_id)
    obligation = audience.definition.obligations[row.obligation]
    late = row.state == "overdue"
    reason = reason_of(item.reason)
    return Matter(
        reason=reason,
        unit=audience.directory.unit(row.unit).name,
        obligation=obligation.title,
        duty=obligation.duty,
        due_date=row.due_date,
        days_late=deadlines.days_late(row.due_date, act.now) if late else 0,
        working_days_late=deadlines.working_days_late(row.due_date, act.now, act.calendar()) if late else 0,
        standing=FILING.standing(row.standing).title,
        stuck_with="、".join(f"{one.post_title}（{one.name}）" for one in asked) if not mine else "",
        comment=_comment(act, row) if reason == "returned" else "",
        link=_sign_link(act, row, item.person) if mine else "",
    )


def _comment(act: Act, row: Submission) -> str:
    last = select(History).where(History.submission_id == row.id, col(History.event).in_(("return", "reopen")))
    found = act.session.exec(last.order_by(col(History.seq).desc())).first()
    return found.comment if found else ""


def _sign_link(act: Act, row: Submission, person: str) -> str:
    open_ = select(SignOff).where(
        SignOff.submission_id == row.id,
        SignOff.person == person,
        col(SignOff.decision).is_(None),
        col(SignOff.closed_at).is_(None),
    )
    request = act.session.exec(open_).first()
    return placeholder(act.links.for_sign_off(act.session, request, act.now).id or 0) if request else ""


def _desk(act: Act, person: str) -> str:
    return placeholder(act.links.for_desk(act.session, person, act.now).id or 0)


def _page(base_url: str, programme: Programme, matters: list[Matter], rows: Mapping[int, Submission]) -> str:
    if len(matters) == 1 and len(rows) == 1:
        return f"{base_url}/submissions/{next(iter(rows))}"
    return f"{base_url}/programmes/{programme.key}"
