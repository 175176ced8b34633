"""What the office opens by hand (适时): a duty without a date of its own, or a follow-up that no event opened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import select

from workflow import catalogue, deadlines, followups, openings, owing, permissions
from workflow.acts import Act
from workflow.audience import Audience
from workflow.deadlines import Occurrence
from workflow.definition import CONCERNED, Obligation
from workflow.openings import Arising
from workflow.owing import Owing
from workflow.refusals import AlreadyOpen, CommentMissing, DateRefused, Forbidden, OpeningRefused
from workflow.submissions import entry
from workflow.tables import Programme, Submission

_s = Submission.__table__  # type: ignore[attr-defined]
_programme = Programme.__table__  # type: ignore[attr-defined]

_MOST_DAYS = 731


def open_now(
    act: Act, programme: str, obligation: str, *, unit: str | None = None, due: date | None = None, comment: str = ""
) -> list[Submission]:
    """Open an obligation now, with a reason: for everybody who owes it, or for one unit, given by name or code.

    Where a body or post owes it, the unit is the one it is about. ``due`` may be left out where the definition
    counts the days from the opening. Inspectors open what follows from events; everything else is the office's.
    Raises NotFound, Forbidden, OpeningRefused, AlreadyOpen, DateRefused, CommentMissing.
    """
    programme_id = catalogue.by_key(act, programme).id
    audience = act.audience(programme_id)
    _check_role(act, audience.definition.obligations.get(obligation))
    # Held, so that two who open the same at once do not both find it closed.
    act.session.execute(select(_programme.c.id).where(_programme.c.id == programme_id).with_for_update())
    duty = _duty(audience, obligation)
    said = entry(act, "open", comment)
    if not said.comment:
        raise CommentMissing(what="开启的理由")
    day = _day(act, duty, due)
    key = followups.free_key(act, programme_id, obligation, day.isoformat())
    owed = _owners(act, programme_id, obligation, unit, key)
    _check_new(act, programme_id, audience, obligation, owed, day)
    occurrence = Occurrence(obligation, key, day, deadlines.due_at(day, until=duty.due.until))
    deadline = openings.lay_out(act, programme_id, occurrence)
    rows = openings.open_for(
        act, deadline, [Arising(one) for one in owed], event="open", comment=said.comment, facts=openings.drawn(duty)
    )
    openings.announce(act, programme_id, rows)
    return rows


def opened_by_hand(duty: Obligation) -> bool:
    """Whether people may open it: the calendar does not."""
    return duty.is_follow_up


def _check_role(act: Act, duty: Obligation | None) -> None:
    allowed = permissions.OFFICE if duty is not None and not duty.opened_by else permissions.OFFICE | {"inspector"}
    if act.actor.role not in allowed:
        raise Forbidden(move="开启事项")


def _duty(audience: Audience, obligation: str) -> Obligation:
    duties = audience.definition.obligations
    if obligation not in duties:
        listed = "、".join(name for name, one in duties.items() if opened_by_hand(one)) or "无"
        raise OpeningRefused(reason=f"本方案没有“{obligation}”这一事项，可以开启的有：{listed}")
    if not opened_by_hand(duties[obligation]):
        raise OpeningRefused(reason=f"“{duties[obligation].title}”按规定日期自动开启，不需要另行开启")
    return duties[obligation]


def _day(act: Act, duty: Obligation, due: date | None) -> date:
    day = due or deadlines.opened_due(duty.due, act.today, act.calendar())
    if day is None:
        raise DateRefused(reason="请写明截止日期")
    if deadlines.due_at(day, until=duty.due.until) <= act.now:
        raise DateRefused(reason="截止日期已经过去")
    if day > act.today + timedelta(days=_MOST_DAYS):
        raise DateRefused(reason="截止日期不能在两年以后")
    return day


def _owners(act: Act, programme_id: int, name: str, unit: str | None, key: str) -> tuple[Owing, ...]:
    """Everybody who owes it, or the one unit; where others owe it about a unit, they about that one."""
    audience = act.audience(programme_id)
    duty = audience.definition.obligations[name]
    chosen = None if unit is None else _code(audience, unit)
    if duty.owed_by.named == CONCERNED:
        if chosen is None:
            raise OpeningRefused(reason=f"“{duty.title}”由相关单位报送，请写明单位")
        return (Owing(chosen),)
    lot = act.links.lot(f"{programme_id}:{name}:{key}")
    owed = owing.owing(audience, duty, number=openings.times_opened(act, programme_id, name), lot=lot)
    if chosen is not None:
        owed = tuple(_about(audience, duty, owed, chosen))
    if not owed:
        what = "没有报送单位" if chosen is None else f"不由“{audience.directory.unit(chosen).name}”报送，也不涉及该单位"
        raise OpeningRefused(reason=f"“{duty.title}”{what}")
    return owed


def _about(audience: Audience, duty: Obligation, owed: Iterable[Owing], unit: str) -> Iterable[Owing]:
    owner = duty.owed_by
    if owner.draw or owner.rota:
        groups = (*(one.source for one in owner.draw), *([owner.rota] if owner.rota else []))
        if any(unit in audience.units_in(group) for group in groups):
            yield Owing(unit, owner.each or "")
        return
    is_body = owner.named is not None and audience.body_of(owner.named) is not None
    for one in owed:
        if unit == one.subject or (unit == one.unit and not one.subject):
            yield one
        elif is_body and owner.named not in audience.definition.groups:
            yield Owing(one.unit, one.post, unit)


def _code(audience: Audience, unit: str) -> str:
    found = audience.directory.called(unit)
    if found is None:
        raise OpeningRefused(reason=f"花名册中没有单位“{unit}”")
    return found.code


def _check_new(act: Act, programme_id: int, audience: Audience, name: str, owed: Iterable[Owing], day: date) -> None:
    query = select(_s.c.unit, _s.c.subject).where(
        _s.c.programme_id == programme_id, _s.c.obligation == name, _s.c.due_date == day,
        _s.c.state.in_(followups.OPEN),
    )  # fmt: skip
    open_ = {(row.unit, row.subject) for row in act.session.execute(query)}
    for one in owed:
        if (one.unit, one.subject) in open_:
            title = audience.definition.obligations[name].title
            raise AlreadyOpen(title=title, unit=audience.directory.unit(one.subject or one.unit).name, due=day)
