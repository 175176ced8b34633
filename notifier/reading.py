"""Messages' facts, read at the moment of sending: what is no longer true is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from notifier import acknowledging, happenings
from notifier.letters import placeholder
from notifier.lookups import Looked as Looked
from notifier.lookups import Place
from notifier.lookups import look as look
from notifier.matters import ANCHOR_TITLE, Facts, Matter
from notifier.truth import told_as, untrue
from notifier.wording import day_text
from workflow import anchors, deadlines
from workflow.acts import Act
from workflow.asking import named
from workflow.audience import Audience
from workflow.lifecycle import BUILT_IN
from workflow.moments import SHANGHAI
from workflow.tables import Anchor, Challenge, Link, Message, Programme, Submission

#: Kinds that nobody but their reader reads.
PERSONAL = ("code", "receipt")
REPEATED = "同一事项在本信中已有一条"


@dataclass(frozen=True)
class Reading:
    """The facts of a message, the links it needs, and the items no longer true with the reason in Chinese.

    ``to_office`` says that the office's group may read it too. Mails of one ``thread`` hang together. ``codes`` are to
    be derived and filled in when it is handed over, as the links are.
    """

    facts: Facts | None
    untrue: Mapping[int, str]
    links: tuple[Link, ...] = ()
    to_office: bool = False
    thread: str = ""
    codes: tuple[Challenge, ...] = ()


def read(act: Act, message: Message, *, base_url: str, rehearsal: bool, looked: Looked | None = None) -> Reading:
    """One message's facts; ``looked`` spares the look-ups where it is one of a batch."""
    if message.kind == "anchor":
        return _anchor(act, message, rehearsal=rehearsal)
    looked = looked or look(act, [message])
    places = looked.places.get(message.id or 0, ())
    wrong = {place.number: why for place in places if (why := untrue(place.reason, place.seen))}
    true = [place for place in places if place.number not in wrong]
    # Of two alike the last is told, or the one that is to be signed for.
    kept = {place.part: place.number for place in sorted(true, key=lambda place: place.asks_receipt)}
    told = [place for place in true if place.number == kept[place.part]]
    wrong |= {place.number: REPEATED for place in true if place.number != kept[place.part]}
    if not told:
        return Reading(None, wrong)
    several = len({place.row.programme_id for place in told})
    programme, found = looked.programmes[told[0].row.programme_id], _links(looked, message, told)
    on_duty = _on_duty(looked, message, told)
    more = f"等{several}个方案" if several > 1 else ""
    facts = Facts(
        kind=message.kind, programme=_of_cycle(programme) + more, recipient=message.recipient,
        post_title=message.post_title, matters=tuple(_matter(act, looked, place, naming=several > 1) for place in told),
        desk=_opened(found.desk), sent_at=act.now, rehearsal=rehearsal,
        # Leaders have no account: a page would only shut them out.
        page=_page(base_url, programme, told) if on_duty or all(place.seen.own for place in told) else "",
        acknowledge=_opened(found.receipt), acknowledge_note=_to_acknowledge(looked, told),
        launched=message.key.startswith(f"{message.programme_id}:launch:"),
    )  # fmt: skip
    codes = tuple(place.happening.challenge for place in told if place.happening.challenge is not None)
    to_office = on_duty and message.kind not in PERSONAL
    return Reading(facts, wrong, found.all, to_office, _thread(programme, told), codes)


@dataclass(frozen=True)
class _Links:
    """The links of one letter."""

    signing: tuple[Link, ...]
    desk: tuple[Link, ...]
    disputes: tuple[Link, ...]
    receipt: tuple[Link, ...]

    @property
    def all(self) -> tuple[Link, ...]:
        """Every one of them."""
        return (*self.signing, *self.desk, *self.disputes, *self.receipt)


def _links(looked: Looked, message: Message, told: Sequence[Place]) -> _Links:
    known = looked.links
    signing = tuple(known.items[place.opens] for place in told if place.request is not None)
    return _Links(
        signing,
        desk=(known.desks[message.person],) if len(signing) > 1 else (),
        disputes=tuple(known.disputes[place.decided.id or 0, place.item.person] for place in told if place.decided),
        receipt=(known.acknowledgements[message.id or 0],) if any(place.asks_receipt for place in told) else (),
    )


def _to_acknowledge(looked: Looked, told: Sequence[Place]) -> str:
    return acknowledging.note([place for place in told if place.asks_receipt], looked.audiences)


def _opened(links: Sequence[Link]) -> str:
    return placeholder(links[0].id or 0) if links else ""


def _anchor(act: Act, message: Message, *, rehearsal: bool) -> Reading:
    """The letter with a day's anchor of the record; it has no matters, and belongs to no programme."""
    _, day, _ = message.key.split(":", 2)
    found = act.session.get(Anchor, date.fromisoformat(day))
    if found is None:
        return Reading(None, {})
    facts = Facts(
        kind=message.kind, programme="", recipient=message.recipient, post_title=message.post_title, matters=(),
        sent_at=act.now, rehearsal=rehearsal, title=ANCHOR_TITLE.format(day=day_text(found.day)),
        lines=anchors.lines(found),
    )  # fmt: skip
    return Reading(facts, {}, thread="anchors")


def _matter(act: Act, looked: Looked, place: Place, *, naming: bool) -> Matter:
    """One row; ``naming`` with its programme's title."""
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
        comment=_comment(looked, place),
        link=_opened([looked.links.items[place.opens]]) if place.request is not None else "",
        on_behalf_of=_on_behalf_of(place),
        happened=happenings.told(
            place.happening,
            place.reason,
            reader=place.item.person,
            asked=place.asked,
            back=row.waiting_on == "unit",
            filed=row.state == "filed",
        ),
        dispute=_opened([looked.links.disputes[place.decided.id or 0, place.item.person]]) if place.decided else "",
        code=happenings.code_of(place.happening),
        code_until=place.happening.challenge.expires_at if place.happening.challenge else None,
        was_due=row.extended_from if row.extended_from != row.due_date else None,
        programme=_of_cycle(looked.programmes[row.programme_id]) if naming else "",
        uid=_uid(looked.programmes[row.programme_id], place) if row.state in ("draft", "pending") else "",
        version=looked.versions[row.id or 0],
    )


def _comment(looked: Looked, place: Place) -> str:
    """What was written with it; the end of a delegation has no comment in the history of a submission."""
    about = place.happening.sign_off
    if place.reason == "handed-over" and about is not None and about.closed_at is None:
        return ""
    history = looked.comments.get((place.item.submission_id, place.reason), "")
    return happenings.said(place.happening, place.reason) or history


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
    if place.seen.signs or place.reason == "handed-over" or place.row.state not in ("pending", "overdue"):
        return ""
    if place.row.waiting_on == "office":
        return "" if place.seen.clerk else "领导小组办公室"
    if place.row.waiting_on == "approver":
        return "、".join(_named(one.post_title, one.holder) for one in place.asked)
    if place.seen.own or not place.staff:
        return ""
    return "该单位" + "、".join(_named(one.post_title, one.name).removeprefix(unit) for one in place.staff)


def _on_behalf_of(place: Place) -> str:
    """Whose signature a delegate is asked for, or gives with a code."""
    asked = place.happening.sign_off if place.reason == "code" else place.request
    if asked is None or asked.person == place.item.person:
        return ""
    return named(asked.post_title, asked.holder)


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
