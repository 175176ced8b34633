"""Messages' facts, read at the moment of sending: what is no longer true is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from notifier.letters import placeholder
from notifier.lookups import Looked as Looked
from notifier.lookups import Place
from notifier.lookups import look as look
from notifier.matters import Facts, Matter
from notifier.truth import told_as, untrue
from workflow import deadlines
from workflow.acts import Act
from workflow.audience import Audience
from workflow.lifecycle import BUILT_IN
from workflow.moments import SHANGHAI
from workflow.tables import Link, Message, Programme, Submission

REPEATED = "同一事项在本信中已有一条"


@dataclass(frozen=True)
class Reading:
    """The facts of a message, the links it needs, and the items no longer true with the reason in Chinese.

    ``to_office`` says that its reader is on duty in the leading group's office. Mails of one ``thread`` hang together.
    """

    facts: Facts | None
    untrue: Mapping[int, str]
    links: tuple[Link, ...] = ()
    to_office: bool = False
    thread: str = ""


def read(act: Act, message: Message, *, base_url: str, rehearsal: bool, looked: Looked | None = None) -> Reading:
    """One message's facts; ``looked`` spares the look-ups where it is one of a batch."""
    looked = looked or look(act, [message])
    places = looked.places.get(message.id or 0, ())
    wrong = {place.number: why for place in places if (why := untrue(place.reason, place.seen))}
    true = [place for place in places if place.number not in wrong]
    last = {place.part: place.number for place in true}
    told = [place for place in true if place.number == last[place.part]]
    wrong |= {place.number: REPEATED for place in true if place.number != last[place.part]}
    if not told:
        return Reading(None, wrong)
    programme = looked.programmes[told[0].row.programme_id]
    several = len({place.row.programme_id for place in told})
    links = tuple(looked.links[place.request.id or 0] for place in told if place.request is not None)
    desk = (looked.desks[message.person],) if len(links) > 1 else ()
    office = _on_duty(looked, message, told)
    # Leaders have no account: a page would only shut them out.
    page = _page(base_url, programme, told) if office or all(place.seen.own for place in told) else ""
    more = f"等{several}个方案" if several > 1 else ""
    facts = Facts(
        kind=message.kind, programme=_of_cycle(programme) + more, recipient=message.recipient,
        post_title=message.post_title, matters=tuple(_matter(act, looked, place, named=several > 1) for place in told),
        desk=placeholder(desk[0].id or 0) if desk else "", page=page,
        sent_at=act.now, rehearsal=rehearsal, launched=message.key.startswith(f"{message.programme_id}:launch:"),
    )  # fmt: skip
    return Reading(facts, wrong, (*links, *desk), office, _thread(programme, told))


def _matter(act: Act, looked: Looked, place: Place, *, named: bool) -> Matter:
    """One row; ``named`` with its programme's title."""
    row, late = place.row, place.row.state == "overdue"
    audience = looked.audiences[row.programme_id]
    obligation, unit = audience.definition.obligations[row.obligation], audience.directory.unit(row.unit).name
    return Matter(
        reason=told_as(place.reason, place.seen),
        unit=unit,
        obligation=_titled(obligation.title, row, audience),
        duty=obligation.duty,
        due_date=row.due_date,
        days_late=deadlines.days_late(row.due_date, act.now) if late else 0,
        working_days_late=deadlines.working_days_late(row.due_date, act.now, act.calendar()) if late else 0,
        standing=_standing(act, row),
        stuck_with=_stuck_with(place, unit),
        comment=looked.comments.get((place.item.submission_id, place.reason), ""),
        link=placeholder(looked.links[place.request.id or 0].id or 0) if place.request is not None else "",
        was_due=row.extended_from if row.extended_from != row.due_date else None,
        programme=_of_cycle(looked.programmes[row.programme_id]) if named else "",
        uid=_uid(looked.programmes[row.programme_id], place) if row.state in ("draft", "pending") else "",
        version=looked.versions[row.id or 0],
    )


def _of_cycle(programme: Programme) -> str:
    return f"{programme.title}（{programme.cycle}年度）"


def _uid(programme: Programme, place: Place) -> str:
    """As in the calendar feed of a unit: an entry taken from a mail and one subscribed to are the same."""
    return f"submission-{place.row.id}.{programme.key}@duban"


def _thread(programme: Programme, told: Sequence[Place]) -> str:
    """What a mail hangs on: its submission where it speaks of one, else the programme."""
    numbers = {place.item.submission_id for place in told}
    return f"submission-{numbers.pop()}.{programme.key}" if len(numbers) == 1 else programme.key


def _titled(title: str, row: Submission, audience: Audience) -> str:
    """An obligation with what tells this submission from others of it."""
    about = f"（{audience.directory.unit(row.subject).name}）" if row.subject else ""
    return f"{title}{about}" + (f"：{row.heading}" if row.heading else "")


def _standing(act: Act, row: Submission) -> str:
    """What has happened, in a word; how late it is stands beside it."""
    if row.waiting_on == "approver":
        return "待审签" + (f"，{_day(row.pending_since)}送审" if row.pending_since else "")
    machine = act.lifecycle(row.programme_id, row.obligation)
    if row.waiting_on == "unit":
        return "未提交" if machine.name in BUILT_IN else machine.standing(row.standing).title
    title = machine.standing(row.standing).title + ("（逾期）" if row.late else "")
    reached = row.pending_since or row.filed_at
    return title + (f"，{_day(reached)}收到" if reached else "")


def _day(instant: datetime) -> str:
    day: date = instant.astimezone(SHANGHAI).date()
    return f"{day.month}月{day.day}日"


def _stuck_with(place: Place, unit: str) -> str:
    """Who else must move: never the reader, who is told in plain words what to do."""
    if place.seen.signs or place.row.state not in ("pending", "overdue"):
        return ""
    if place.row.waiting_on == "office":
        return "" if place.seen.clerk else "领导小组办公室"
    if place.row.waiting_on == "approver":
        return "、".join(_named(one.post_title, one.holder) for one in place.asked)
    if place.seen.own or not place.staff:
        return ""
    return "该单位" + "、".join(_named(one.post_title, one.name).removeprefix(unit) for one in place.staff)


def _named(post: str, name: str) -> str:
    return post if name in post else f"{post}（{name}）"


def _on_duty(looked: Looked, message: Message, told: Sequence[Place]) -> bool:
    """Whether the reader holds the office's post."""
    first = told[0].row
    office = looked.audiences[first.programme_id].holders("office", first.unit)
    return any(one.person == message.person for one in office)


def _page(base_url: str, programme: Programme, told: Sequence[Place]) -> str:
    if len({place.item.submission_id for place in told}) == 1:
        return f"{base_url}/submissions/{told[0].item.submission_id}"
    if len({place.row.programme_id for place in told}) > 1:
        return f"{base_url}/"
    return f"{base_url}/programmes/{programme.key}"
