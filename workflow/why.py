"""Why a submission stands as it does: the dates and how they are counted, who heard what and when, what comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import col, select

from workflow import causes, deadlines, desks, dossier, ledger, schedules, signing, upcoming
from workflow.acts import Act
from workflow.audience import Concern, Recipient
from workflow.calendars import Calendar
from workflow.causes import Relative
from workflow.definition import APPROVER, Rung
from workflow.moments import SHANGHAI
from workflow.papers import HistoryLine, Prerequisite
from workflow.summaries import Extension, Summary
from workflow.tables import Deadline, Message, MessageItem, RungRow, SignOff, Submission

_WEEKDAYS = "一二三四五六日"
#: What messages outside the ladder are about.
_OCCASIONS = {
    "request": "送审",
    "chase": "催促审签",
    "urge": "手动催办",
    "returned": "退回通知",
    "filed": "报送回执",
    "extended": "延期通知",
    "extension-asked": "延期申请",
    "extension-declined": "延期申请未获同意",
    "restored": "撤销办理通知",
    "exempted": "免报通知",
    "amended": "截止日期调整通知",
    "opened": "新增事项通知",
}


@dataclass(frozen=True)
class SpecialDay:
    """A day that does not count as its weekday would: a day off, or a weekend worked in exchange."""

    day: date
    name: str


@dataclass(frozen=True)
class Count:
    """The days later than ``after`` up to and including ``through``; ``provisional`` years may still change."""

    after: date
    through: date
    days: int
    working_days: int
    off: tuple[SpecialDay, ...]
    made_up: tuple[SpecialDay, ...]
    provisional: tuple[int, ...]


@dataclass(frozen=True)
class Schedule:
    """One due date the submission has had; the last one holds."""

    version: int
    due_date: date
    due_at: datetime


@dataclass(frozen=True)
class Told:
    """One person who was spoken to of this submission; ``dropped`` says why it was left out when it was sent."""

    person: str
    name: str
    post: str
    status: str
    channel: str | None
    sent_at: datetime | None
    dropped: str | None


@dataclass(frozen=True)
class Alert:
    """One occasion on which people were told; ``due_to_fire`` is a rung's own instant, None outside the ladder."""

    title: str
    due_to_fire: datetime | None
    at: datetime
    before_launch: bool
    told: tuple[Told, ...]


@dataclass(frozen=True)
class Coming:
    """A rung or a chase ahead, with whom it would reach as things stand; nobody when it does not apply."""

    at: datetime
    title: str
    to: tuple[Recipient, ...]


@dataclass(frozen=True)
class Decision:
    """One request for a sign-off and what became of it; ``closed_at`` without a decision means withdrawn."""

    round: int
    step: int
    post: str
    holder: str
    asked_at: datetime
    decision: str | None
    decided_at: datetime | None
    closed_at: datetime | None
    comment: str
    typed_name: str
    channel: str
    content_version: int


@dataclass(frozen=True)
class Why:
    """Everything that explains a submission's state at ``as_of``.

    ``causes`` is the chain that led to it, the nearest first, opened ``because`` of an event of that one;
    ``follow_ups`` is what it led to, each followed by its own.
    """

    as_of: datetime
    summary: Summary
    count: Count | None
    schedules: tuple[Schedule, ...]
    extension: Extension | None
    alerts: tuple[Alert, ...]
    coming: tuple[Coming, ...]
    decisions: tuple[Decision, ...]
    prerequisites: tuple[Prerequisite, ...]
    history: tuple[HistoryLine, ...]
    because: str = ""
    causes: tuple[Relative, ...] = ()
    follow_ups: tuple[Relative, ...] = ()


@dataclass(frozen=True)
class _Heard:
    """A message item with its message."""

    item: MessageItem
    message: Message


def explain(act: Act, submission_id: int) -> Why:
    """The whole explanation; raises NotFound, also for another unit's submission."""
    found = dossier.of(act, submission_id)
    row = ledger.load(act.session, submission_id)
    amended = {number for line in found.history for number in line.facts.get("schedule", ())}
    dates, heard = schedules.had_by(act, row, amended), _heard(act, submission_id)
    return Why(
        as_of=act.now,
        summary=found.summary,
        count=_count(row, act.now, act.calendar()),
        schedules=tuple(Schedule(one.schedule_version, one.due_date, one.due_at) for one in dates),
        extension=found.extension,
        alerts=_alerts(act, row, dates, heard),
        coming=_coming(act, row) if row.state in ("draft", "pending", "overdue") else (),
        decisions=_decisions(act, submission_id),
        prerequisites=found.prerequisites,
        history=found.history,
        because=found.because,
        causes=causes.behind(act, row),
        follow_ups=causes.ahead(act, submission_id),
    )


def count(after: date, through: date, calendar: Calendar) -> Count:
    """Every day of a span looked at, with the name of each that does not count as its weekday would."""
    days = [after + timedelta(days=number) for number in range(1, (through - after).days + 1)]
    off = [SpecialDay(day, _off_name(day, calendar)) for day in days if not calendar.is_working(day)]
    made_up = [day for day in days if calendar.is_working(day) and day.weekday() > 4]
    return Count(
        after, through, len(days), calendar.working_days(after, through), tuple(off),
        tuple(SpecialDay(day, f"星期{_WEEKDAYS[day.weekday()]}调休上班") for day in made_up),
        tuple(year for year in sorted({day.year for day in days}) if calendar.provisional(year)),
    )  # fmt: skip


def _off_name(day: date, calendar: Calendar) -> str:
    return calendar.name_of(day) or f"星期{_WEEKDAYS[day.weekday()]}"


def _count(row: Submission, now: datetime, calendar: Calendar) -> Count | None:
    """The days that are late, or those left; None once it is filed in time or exempt."""
    today = now.astimezone(SHANGHAI).date()
    if row.state in ("draft", "pending", "overdue"):
        return count(row.due_date, today, calendar) if now >= row.due_at else count(today, row.due_date, calendar)
    if row.late and row.filed_at is not None:
        return count(row.due_date, row.filed_at.astimezone(SHANGHAI).date(), calendar)
    return None


def _heard(act: Act, submission_id: int) -> list[_Heard]:
    pairs = (
        select(MessageItem, Message)
        .join(Message, col(Message.id) == col(MessageItem.message_id))
        .where(MessageItem.submission_id == submission_id)
    )
    return [_Heard(item, message) for item, message in act.session.exec(pairs.order_by(col(MessageItem.id)))]


def _alerts(act: Act, row: Submission, dates: Sequence[Deadline], heard: Sequence[_Heard]) -> tuple[Alert, ...]:
    by_rung: dict[tuple[str, int], list[_Heard]] = {}
    for one in heard:
        by_rung.setdefault((one.item.rung, one.item.schedule_version), []).append(one)
    found = []
    for deadline in dates:
        ladder = act.ladder(deadline)
        for rung in _fired(act, deadline):
            of_rung = by_rung.pop((f"rung:{rung.position}", deadline.schedule_version), [])
            # Of an earlier schedule only what reached somebody is this submission's own story.
            if of_rung or deadline.id == row.deadline_id:
                found.append(_of_rung(ladder[rung.position], rung, of_rung))
    found += [
        Alert(_occasion(name), None, told[0].message.created_at, False, _told(told))
        for (name, _), told in by_rung.items()
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.title)))


def _fired(act: Act, deadline: Deadline) -> list[RungRow]:
    query = select(RungRow).where(RungRow.deadline_id == deadline.id, col(RungRow.fired_at).is_not(None))
    return list(act.session.exec(query.order_by(col(RungRow.fires_at), col(RungRow.id))))


def _of_rung(rung: Rung, row: RungRow, heard: Sequence[_Heard]) -> Alert:
    assert row.fired_at is not None
    title = f"{desks.rung_title(str(rung.at))}{upcoming.SAYS[rung.say]}"
    return Alert(title, row.fires_at, row.fired_at, row.batch == schedules.BEFORE_ITS_TIME, _told(heard))


def _occasion(rung: str) -> str:
    kind, _, which = rung.partition(":")
    if kind == "chase":
        return f"第{int(which.rpartition('.')[2]) + 1}次{_OCCASIONS[kind]}"
    return _OCCASIONS.get(kind, "通知")


def _told(heard: Sequence[_Heard]) -> tuple[Told, ...]:
    return tuple(
        Told(
            one.item.person, one.message.recipient, one.message.post_title, one.message.status, one.message.channel,
            one.message.sent_at, one.item.dropped,
        )
        for one in heard
    )  # fmt: skip


def _coming(act: Act, row: Submission) -> tuple[Coming, ...]:
    deadline = act.session.get_one(Deadline, row.deadline_id)
    query = select(RungRow).where(RungRow.deadline_id == row.deadline_id, col(RungRow.fired_at).is_(None))
    asked = signing.waiting(act.session, [row.id or 0]).get(row.id or 0, ())
    laid_out, ladder = act.ladder(deadline), act.definition(row.programme_id).ladder_of(row.obligation)
    chased = any(rung.is_chase for rung in laid_out)
    found = []
    for one in act.session.exec(query):
        rung, late = laid_out[one.position], one.fires_at >= row.due_at
        applies = upcoming.concerns(rung, row.state, row.waiting_on, late=late, chased=chased)
        title = f"{desks.rung_title(str(rung.at))}{upcoming.SAYS[rung.say]}"
        found.append(Coming(one.fires_at, title, _reached(act, row, rung, asked) if applies else ()))
    if row.chase_at is not None and row.pending_since is not None:
        plan = deadlines.chases(ladder, since=row.pending_since, calendar=act.calendar())
        for number, (at, position) in enumerate(plan[row.chases :], start=row.chases + 1):
            found.append(Coming(at, f"第{number}次催促审签", _reached(act, row, ladder[position], asked)))
    return tuple(sorted(found, key=lambda one: (one.at, one.title)))


def _reached(act: Act, row: Submission, rung: Rung, asked: Sequence[Recipient]) -> tuple[Recipient, ...]:
    """Whom a rung or a chase would speak to: while a leader is asked, that leader too, or instead of the unit."""
    posts = [post for post in rung.to if post != APPROVER]
    concern = Concern(row.unit, row.obligation, row.subject, row.owner_post)
    people = list(act.audience(row.programme_id).reached(posts, concern))
    if row.waiting_on == "approver" and not rung.is_chase and rung.say == "reminder":
        people = list(asked)
    elif APPROVER in rung.to or (row.waiting_on == "approver" and not rung.is_chase):
        people += asked
    distinct: Mapping[str, Recipient] = {one.person: one for one in reversed(people)}
    return tuple(distinct.values())[::-1]


def _decisions(act: Act, submission_id: int) -> tuple[Decision, ...]:
    query = select(SignOff).where(SignOff.submission_id == submission_id)
    ordered = query.order_by(col(SignOff.round), col(SignOff.step), col(SignOff.id))
    return tuple(
        Decision(
            one.round, one.step + 1, one.post_title, one.holder, one.asked_at, one.decision, one.decided_at,
            one.closed_at, one.comment, one.typed_name, one.channel, one.content_version,
        )
        for one in act.session.exec(ordered)
    )  # fmt: skip
