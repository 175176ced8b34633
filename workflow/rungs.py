"""Firing a rung: whom it concerns, chunk by chunk, and the chasing of approvers who wait too long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from workflow import asking, bulk, deadlines, events, ledger, lights, notices
from workflow.acts import Act
from workflow.audience import Audience, Concern, Recipient
from workflow.definition import APPROVER, Light, Rung
from workflow.ledger import Entry
from workflow.notices import Envelope, Kind, Topic
from workflow.tables import Deadline, RungRow, Submission

_submission = Submission.__table__  # type: ignore[attr-defined]

#: What a rung says → the kind of message, and the public states of the submissions it speaks of.
SPEAKS_OF: dict[str, tuple[Kind, tuple[str, ...]]] = {
    "reminder": ("reminder", ("draft", "pending")),
    "notice": ("notice", ("draft", "pending", "overdue")),
    "overdue": ("lapse", ("overdue",)),
    "escalation": ("escalation", ("overdue",)),
}


@dataclass(frozen=True)
class Firing:
    """One rung about to be fired for the submissions of its deadline; ``at`` is its own instant."""

    rung: Rung
    position: int
    at: datetime
    deadline: Deadline
    ladder: Sequence[Rung]

    @property
    def label(self) -> str:
        """How the rung is named in lists."""
        return str(self.rung.at)

    @property
    def chased(self) -> bool:
        """Whether the ladder chases approvers by itself."""
        return any(rung.is_chase for rung in self.ladder)


def firing(act: Act, row: RungRow) -> Firing:
    """Everything a rung row stands for."""
    deadline = act.session.get(Deadline, row.deadline_id)
    assert deadline is not None
    ladder = act.ladder(deadline)
    return Firing(ladder[row.position], row.position, row.fires_at, deadline, ladder)


def fire_chunk(act: Act, fired: Firing, envelope: Envelope, *, after: int, states: Sequence[str]) -> int | None:
    """Queue one chunk's messages; returns the last submission's id when the chunk was full, None when none is left."""
    rows = act.session.execute(
        select(*(_submission.c[name] for name in ("id", "unit", "waiting_on", "subject", "owner_post")))
        .where(
            _submission.c.deadline_id == fired.deadline.id,
            _submission.c.id > after,
            _submission.c.state.in_(states),
        )
        .order_by(_submission.c.id)
        .limit(ledger.CHUNK)
    ).all()
    if not rows:
        return None
    topics = _topics(act, fired, rows)
    notices.tell(act, envelope, topics)
    ids = sorted({topic.submission_id for topic in topics})
    _mark_alerted(act, fired, ids, states)
    if fired.rung.light is not None:
        # Dated at the rung, as a lapse is at its deadline; what was past when it opened, at the opening.
        at = fired.at if envelope.batch else act.now
        _light(act, fired.deadline.programme_id, ids, fired.rung.light, because=fired.label, at=at, states=states)
    return int(rows[-1].id) if len(rows) == ledger.CHUNK else None


def chase(act: Act, ids: Sequence[int], batch: str) -> int:
    """Chase the approvers of those of these submissions whose wait is over; returns how many submissions."""
    found = select(Submission).where(_submission.c.id.in_(ids), _submission.c.chase_at <= act.now)
    rows = list(act.session.execute(found.order_by(_submission.c.id)).scalars())
    waiting = asking.signers(act, [row.id or 0 for row in rows])
    heard = notices.heard_today(act, [row.id or 0 for row in rows])
    told: dict[tuple[Kind, int], list[Topic]] = {}
    chased = 0
    for row in rows:
        steps = _steps_due(act, row)
        if not _moved_on(act, row, steps):
            continue
        chased += 1
        for topic in _chasing(act, row, steps, waiting.get(row.id or 0, {})):
            if (topic.submission_id, topic.recipient.person) not in heard:
                told.setdefault((steps.kind, row.programme_id), []).append(topic)
    for (kind, programme_id), topics in told.items():
        notices.tell(act, Envelope(kind, programme_id, batch, act.now, batch), topics)
    return chased


def _topics(act: Act, fired: Firing, rows: Sequence[Row[Any]]) -> list[Topic]:
    audience = act.audience(fired.deadline.programme_id)
    waiting = asking.signers(act, [row.id for row in rows if row.waiting_on == "approver"])
    obligation, version = fired.deadline.obligation, fired.deadline.schedule_version
    say, name, acknowledge = fired.rung.say, f"rung:{fired.position}", fired.rung.acknowledge
    known: dict[tuple[str, str, str, bool], tuple[Recipient, ...]] = {}
    found = []
    for number, unit, waiting_on, subject, owner_post in rows:  # type: ignore[misc]
        # What the office has before it is the office's to move on: the unit has done its part.
        place = unit, subject, owner_post, waiting_on == "office"
        if place not in known:
            known[place] = _posts(audience, fired.rung, Concern(unit, obligation, subject, owner_post), place[-1])
        signers = waiting.get(number, {})
        for one in _people(fired, waiting_on, known[place], tuple(signers)):
            found.append(Topic(one, number, say, name, version, signers.get(one), acknowledge))
    return found


def _people(
    fired: Firing, waiting_on: str, posts: tuple[Recipient, ...], approvers: tuple[Recipient, ...]
) -> tuple[Recipient, ...]:
    if waiting_on != "approver":
        return posts
    if fired.rung.say == "reminder":
        # The unit has done its part; its leader is chased instead, by the ladder's own chase where it has one.
        return () if fired.chased else approvers
    return _distinct((*posts, *approvers))


def _posts(audience: Audience, rung: Rung, concern: Concern, for_office: bool) -> tuple[Recipient, ...]:
    """Who holds the rung's posts; where nobody does the office hears, so that no rung fires into the void."""
    if for_office:
        return audience.holders("office", concern.unit)
    posts = [post for post in rung.to if post != APPROVER]
    return audience.reached(posts, concern) or (audience.holders("office", concern.unit) if posts else ())


def _distinct(recipients: Sequence[Recipient]) -> tuple[Recipient, ...]:
    return tuple({recipient.person: recipient for recipient in reversed(recipients)}.values())[::-1]


def _mark_alerted(act: Act, fired: Firing, ids: Sequence[int], states: Sequence[str]) -> None:
    # Asked again: who has filed since the rows were read is no longer spoken of.
    still = (bulk.among(act.session, _submission.c.id, ids), _submission.c.state.in_(states))
    alerted = update(_submission).where(*still).values(last_alert_at=act.now, last_rung=fired.label)
    act.session.execute(alerted)


def _light(
    act: Act,
    programme_id: int,
    ids: Sequence[int],
    light: Light,
    *,
    because: str,
    at: datetime,
    states: Sequence[str] | None = None,
) -> None:
    """Turn on the light of a rung, in history too, with what it opens; a rung never makes a light lighter."""
    entry = Entry("light", at, act.now, act.actor.name, facts={"because": because})
    over = lights.lighter_than(light)
    changed = ledger.relight(act.session, ids, light, entry, over=over, states=states)
    events.lit(act, programme_id, light, changed)


@dataclass(frozen=True)
class _Steps:
    """The chases of one submission that are due; those missed while the service was down merge into one."""

    rungs: tuple[Rung, ...]
    done: int
    upcoming: datetime | None

    @property
    def kind(self) -> Kind:
        """An escalation as soon as one of them is."""
        return "escalation" if any(rung.say == "escalation" for rung in self.rungs) else "reminder"

    @property
    def posts(self) -> tuple[str, ...]:
        """Everybody whom one of them names."""
        return tuple(dict.fromkeys(post for rung in self.rungs for post in rung.to))

    @property
    def signed_for(self) -> Rung | None:
        """The last of them that is to be signed for."""
        return next((rung for rung in reversed(self.rungs) if rung.acknowledge), None)


def _steps_due(act: Act, row: Submission) -> _Steps:
    assert row.pending_since is not None
    ladder = act.definition(row.programme_id).ladder_of(row.obligation)
    plan = deadlines.chases(ladder, since=row.pending_since, calendar=act.calendar())
    index = row.chases
    while index + 1 < len(plan) and plan[index + 1][0] <= act.now:
        index += 1
    rungs = tuple(ladder[position] for _, position in plan[row.chases : index + 1])
    return _Steps(rungs, index + 1, plan[index + 1][0] if index + 1 < len(plan) else None)


def _moved_on(act: Act, row: Submission, steps: _Steps) -> bool:
    """Note that the approver was chased; not when somebody has acted on the submission since it was read."""
    values: dict[str, object] = {"chases": steps.done, "chase_at": steps.upcoming, "last_alert_at": act.now}
    label = f"pending_for {steps.rungs[-1].pending_for}" if steps.rungs else ""
    if label:
        values["last_rung"] = label
    as_read = (_submission.c.id == row.id, _submission.c.version == row.version, _submission.c.chase_at == row.chase_at)
    done = act.session.execute(update(_submission).where(*as_read).values(**values))
    if not done.rowcount:  # type: ignore[attr-defined]
        return False
    turned = [rung.light for rung in steps.rungs if rung.light is not None]
    if turned:
        _light(act, row.programme_id, [row.id or 0], turned[-1], because=label, at=row.chase_at or act.now)
    return True


def _chasing(act: Act, row: Submission, steps: _Steps, approvers: Mapping[Recipient, int | None]) -> list[Topic]:
    assert row.id is not None
    concern = Concern(row.unit, row.obligation, row.subject, row.owner_post)
    audience, signed_for = act.audience(row.programme_id), steps.signed_for

    def hearing(posts: Sequence[str]) -> tuple[Recipient, ...]:
        others = audience.reached([post for post in posts if post != APPROVER], concern)
        return _distinct((*(approvers if APPROVER in posts else ()), *others))

    asked = {one.person for one in hearing(signed_for.to)} if signed_for else set()
    name = f"chase:{row.round}.{row.step}.{steps.done - 1}"
    return [
        Topic(
            one, row.id, "chase", name, sign_off_id=approvers.get(one),
            acknowledge=signed_for.acknowledge if signed_for and one.person in asked else None,
        )
        for one in hearing(steps.posts)
    ]  # fmt: skip
