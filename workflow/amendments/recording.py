"""Carrying out an amendment: schedules laid out anew, submissions moved, withdrawn, asked for, each with its history.

Everything is one transaction of its caller; what somebody else has changed meanwhile makes it lose whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, insert, update

from workflow import extension_answers, ledger, lifecycle, links, openings, schedules
from workflow.acts import Act
from workflow.amendments import impossible
from workflow.amendments.drafts import Came, Draft, Kept, Went
from workflow.amendments.running import AMEND, Running
from workflow.definition import Definition
from workflow.ledger import Entry
from workflow.lifecycle import Decision
from workflow.openings import Arising
from workflow.refusals import ChangedMeanwhile
from workflow.tables import Deadline, History, Involved, RungRow, Submission

#: Why a submission is exempt that the amended definition no longer asks for.
NO_LONGER = "方案修订，不再要求"

_s = Submission.__table__  # type: ignore[attr-defined]
_h = History.__table__  # type: ignore[attr-defined]
_v = Involved.__table__  # type: ignore[attr-defined]
_r = RungRow.__table__  # type: ignore[attr-defined]

#: What an amendment may set on a submission, beside its place and its chain.
_SET = (
    "deadline_id", "due_date", "due_at", "extended_from", "light", "owner_post", "heading", "pending_since",
    "chase_at", "chases",
)  # fmt: skip
_OFF_THE_DESK: Mapping[str, Any] = {"pending_since": None, "chase_at": None, "chases": 0, "light": "green"}


@dataclass(frozen=True)
class Stroke:
    """One submission about to be changed, with its line of history."""

    row: Submission
    decision: Decision
    comment: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Amending:
    """An amendment being carried out; ``definition`` holds already, ``running`` is how it was found."""

    act: Act
    running: Running
    definition: Definition
    drafted: Draft
    version: str
    comment: str = ""

    def carry_out(self) -> tuple[Submission, ...]:
        """Do all of it; returns the submissions that have come to be or are asked for again."""
        gone = [row for kept in self.drafted.kept for row in kept.withdrawn]
        gone += [row for went in self.drafted.went for row in went.withdrawn]
        extension_answers.close_all(self.act, gone, extension_answers.EXEMPTED)
        strokes = [stroke for one in self.drafted.kept for stroke in self._kept(one)]
        strokes += [stroke for one in self.drafted.went for stroke in self._went(one)]
        strokes += self._reassigned({stroke.row.id for stroke in strokes})
        self._write(strokes)
        opened = [row for one in self.drafted.kept for row in self._added(one)]
        opened += [row for one in self.drafted.came for row in self._came(one)]
        self._involve()
        again = [row for one in self.drafted.kept for row in one.again]
        return (*opened, *again)

    def _kept(self, one: Kept) -> Iterator[Stroke]:
        flow = lifecycle.of(self.definition, one.after.obligation)
        deadline = self._schedule(one)
        where = {
            "deadline_id": deadline.id, "due_date": deadline.due_date, "due_at": deadline.due_at,
            "heading": deadline.heading, "extended_from": None,
        }  # fmt: skip
        for row in one.following:
            decision = impossible.moved(self.act, flow, row, one)
            back = {"light": "green"} if decision.state != row.state else {}
            yield Stroke(row, decision, self._of_date(row, one), self._facts(row, deadline, one), {**where, **back})
        for row in one.again:
            decision = impossible.asked_again(self.act, flow, row, one)
            facts = self._facts(row, deadline, one)
            yield Stroke(row, decision, self._said("方案修订，重新要求"), facts, {**where, "light": "green"})
        for row in one.own:
            own = self._own_schedule(row)
            facts = {"schedule": [own.schedule_version - 1, own.schedule_version], "version": self.version}
            stays, values = impossible.as_it_stands(flow, row), {"deadline_id": own.id, "heading": own.heading}
            yield Stroke(row, stays, self._said("方案修订，督办梯次调整"), facts, values)
        for row in one.withdrawn:
            yield self._withdrawn(row, impossible.exempted(self.act, flow, row))

    def _schedule(self, one: Kept) -> Deadline:
        if not one.anew:
            return one.before
        place = (one.after.obligation, one.after.key)
        return schedules.lay_out_anew(
            self.act, one.before, one.after, schedule_version=self.running.highest[place] + 1
        )  # fmt: skip

    def _own_schedule(self, row: Submission) -> Deadline:
        own = schedules.own_deadline(self.act, row, until=row.due_date, due_at=row.due_at)
        own.lapsed_at = self.running.own[row.deadline_id].lapsed_at
        return own

    def _of_date(self, row: Submission, one: Kept) -> str:
        if row.due_at == one.after.due_at:
            return self._said("方案修订，督办梯次调整")
        what = f"截止日期由{_day(row.due_date)}调整为{_day(one.after.due_date)}"
        return self._said(what + ("，逾期予以收回" if row.state == "overdue" else ""))

    def _facts(self, row: Submission, deadline: Deadline, one: Kept) -> dict[str, Any]:
        was = self.running.own.get(row.deadline_id) or one.before
        before = self.act.session.get(Deadline, row.deadline_id) or was
        return {
            "from": row.due_date.isoformat(), "until": deadline.due_date.isoformat(), "version": self.version,
            "schedule": [before.schedule_version, deadline.schedule_version],
        }  # fmt: skip

    def _went(self, one: Went) -> Iterator[Stroke]:
        for row in one.withdrawn:
            flow = self.running.texts.lifecycle(one.obligation)
            yield self._withdrawn(row, impossible.exempted(self.act, flow, row))
        if one.unopened is not None:
            self._take_away(one.unopened)

    def _withdrawn(self, row: Submission, decision: Decision) -> Stroke:
        if row.waiting_on == "approver":
            links.revoke_undecided(self.act.session, row.id or 0, self.act.now)
        facts = {"from": row.due_date.isoformat(), "version": self.version}
        return Stroke(row, decision, self._said(NO_LONGER), facts, _OFF_THE_DESK)

    def _reassigned(self, changed: set[int | None]) -> list[Stroke]:
        """Submissions whose owner is another post and that nothing else happens to."""
        rows = {row.id: row for some in self.running.rows.values() for row in some}
        found = []
        for number in self.drafted.reassigned.keys() - changed:
            row = rows[number]
            flow = lifecycle.of(self.definition, row.obligation)
            decision, said = impossible.as_it_stands(flow, row), self._said("方案修订，责任人调整")
            found.append(Stroke(row, decision, said, {"version": self.version}))
        return found

    def _write(self, strokes: Sequence[Stroke]) -> None:
        """Move these submissions and write their history; raises ChangedMeanwhile when one is no longer as it was."""
        if not strokes:
            return
        changes, entries = [], []
        for one in sorted(strokes, key=lambda stroke: stroke.row.id or 0):
            number, seq = one.row.id or 0, one.row.history_seq + 1
            entry = Entry(AMEND, self.act.now, self.act.now, self.act.actor.name, one.comment, one.facts)
            head = ledger.chained(one.row.head, number, seq, entry, one.decision.source, one.decision.dest)
            post = {"owner_post": self.drafted.reassigned.get(number, one.row.owner_post)}
            values = {**{name: getattr(one.row, name) for name in _SET}, **post, **one.values}
            changes.append(_change(one, values, seq, head))
            entries.append(_line(number, seq, entry, one.decision, head))
        as_found = (_s.c.id == bindparam("its_id"), _s.c.version == bindparam("its_version"))
        names = [name for name in changes[0] if not name.startswith("its_")]
        moved = update(_s).where(*as_found).values({name.removeprefix("new_"): bindparam(name) for name in names})
        done = self.act.session.execute(moved, changes, execution_options={"synchronize_session": False})
        if done.rowcount != len(changes):  # type: ignore[attr-defined]
            raise ChangedMeanwhile
        self.act.session.execute(insert(_h), entries)
        for one in strokes:
            self.act.session.expire(one.row)

    def _added(self, one: Kept) -> Iterable[Submission]:
        if not one.added:
            return []
        place = (one.after.obligation, one.after.key)
        newest = schedules.newest(self.act, self.running.id, *place)
        facts = {"version": self.version}
        said = self._said("方案修订，新增报送单位")
        return openings.open_for(
            self.act, newest, [Arising(owed) for owed in one.added], event=AMEND, comment=said, facts=facts
        )

    def _came(self, one: Came) -> Iterable[Submission]:
        if one.before is not None:
            self._take_away(one.before)
        deadline = schedules.lay_out(self.act, self.running.id, one.after)
        if deadline.opens_at is not None and deadline.opens_at > self.act.now:
            return []
        schedules.silence_past(self.act, deadline)
        return openings.open_deadline(self.act, deadline, event=AMEND)

    def _take_away(self, deadline: Deadline) -> None:
        """A deadline that nobody has had."""
        self.act.session.execute(delete(_r).where(_r.c.deadline_id == deadline.id))
        self.act.session.delete(deadline)
        self.act.session.flush()

    def _involve(self) -> None:
        """Let those read the open submissions of kept occurrences who work with the owner from now on."""
        for one in self.drafted.kept:
            before = self.running.texts.current.obligations.get(one.after.obligation)
            after = self.definition.obligations[one.after.obligation]
            if before is None or (before.cooperating, before.visibility) == (after.cooperating, after.visibility):
                continue
            place = (one.after.obligation, one.after.key)
            rows = [row for row in self.running.rows.get(place, ()) if row.state not in ("filed", "exempt")]
            self.act.session.execute(delete(_v).where(_v.c.submission_id.in_([row.id for row in rows])))
            openings.involve(self.act, one.before, rows)

    def _said(self, what: str) -> str:
        return f"{what}：{self.comment}" if self.comment else what


def _change(one: Stroke, values: Mapping[str, Any], seq: int, head: str) -> dict[str, Any]:
    place = {"standing": one.decision.dest, "state": one.decision.state, "waiting_on": one.decision.waiting_on}
    chain = {"version": one.row.version + 1, "history_seq": seq, "head": head}
    new = {f"new_{name}": value for name, value in {**values, **place, **chain}.items()}
    return {"its_id": one.row.id, "its_version": one.row.version, **new}


def _line(number: int, seq: int, entry: Entry, decision: Decision, head: str) -> dict[str, Any]:
    return {
        "submission_id": number, "seq": seq, "at": entry.at, "noticed_at": entry.noticed_at, "event": entry.event,
        "source": decision.source, "dest": decision.dest, "actor": entry.actor, "comment": entry.comment,
        "facts": dict(entry.facts), "hash": head,
    }  # fmt: skip


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
