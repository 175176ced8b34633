"""Amendments: what a changed definition would do to a running programme, and doing it, in one transaction.

Dates that move lay a new schedule out for whoever still owes; what is filed or exempt, and units that were given
a later date, keep theirs. Everybody who was asked before gets one notice. What cannot be done is refused with
every reason, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import update

from workflow import bodies, deadlines, forms, posts
from workflow.acts import Act
from workflow.amendments import impossible, told
from workflow.amendments.changes import Changed
from workflow.amendments.drafts import Draft, draft
from workflow.amendments.plans import Amendment, DateMoved, Opened, Withdrawn, described
from workflow.amendments.recording import NO_LONGER, Amending
from workflow.amendments.running import Running, read
from workflow.amendments.told import OF_DATES
from workflow.definition import Definition
from workflow.library import Pinned
from workflow.refusals import ChangedMeanwhile, Refusal
from workflow.tables import Programme, ProgrammeVersion

__all__ = ["Amendment", "AmendmentRefused", "Changed", "DateMoved", "Opened", "Withdrawn", "apply", "plan"]

_p = Programme.__table__  # type: ignore[attr-defined]


class AmendmentRefused(Refusal):
    """不能修订方案：{reason}"""

    code = "amendment-refused"


def plan(act: Act, key: str, pinned: Pinned) -> Amendment:
    """What amending now would do, and everything wrong with it; writes nothing. Raises NotFound."""
    return _planned(act, read(act, key), pinned)[0]


def apply(
    act: Act,
    key: str,
    pinned: Pinned,
    *,
    comment: str = "",
    confirm_earlier: bool = False,
    if_version: str | None = None,
) -> Amendment:
    """Amend a running programme; ``if_version`` is the version that the plan was made on.

    Raises AmendmentRefused with every reason, also for an earlier date that nobody confirmed, and ChangedMeanwhile
    when somebody else has amended the programme since.
    """
    said = forms.remark(comment)
    running = read(act, key, hold=True)
    if if_version not in (None, running.programme.version):
        raise ChangedMeanwhile
    planned, drafted = _planned(act, running, pinned)
    wrong = planned.wrong or (() if confirm_earlier else _unconfirmed(planned))
    if wrong or drafted is None:
        raise AmendmentRefused(reason="；".join(wrong[:20]))
    topics = told.hearers(act, running, drafted)
    told.cancel(act, told.moving(drafted), "截止日期已调整", OF_DATES)
    told.cancel(act, told.leaving(drafted), NO_LONGER)
    _pin(act, running, pinned, said)
    posts.settle_bodies(act.session, bodies.missing(act.audience(running.id)))
    opened = Amending(act, running, pinned.definition, drafted, pinned.version, said).carry_out()
    topics += told.to_owners(act, running.id, opened)
    told.send(act, running.id, pinned.version, topics)
    return planned


def _planned(act: Act, running: Running, pinned: Pinned) -> tuple[Amendment, Draft | None]:
    """The plan with what it is carried out from; no draft where there is nothing to go by."""
    definition, programme = pinned.definition, running.programme
    found = Amendment(programme.key, programme.version, pinned.version)
    if definition.programme != programme.definition:
        other = f"文件是方案“{definition.programme}”的定义，不是“{programme.definition}”的"
        return replace(found, wrong=(other,)), None
    if pinned.version == programme.version:
        return replace(found, wrong=("没有任何变化，与现行定义完全相同",)), None
    calendar = act.calendar()
    try:
        drafted = draft(act, running, definition)
        years = deadlines.years_touched(definition, programme.cycle, calendar)
    except ValueError as fault:
        return replace(found, wrong=(f"{programme.cycle}年度的日期有误：{fault}",)), None
    found = described(act, running, definition, pinned.version, drafted)
    wrong = tuple(dict.fromkeys(_wrong(act, running, definition, drafted, found)))
    return replace(found, wrong=wrong, provisional=tuple(y for y in years if calendar.provisional(y))), drafted


def _wrong(act: Act, running: Running, definition: Definition, drafted: Draft, found: Amendment) -> Iterator[str]:
    done = found.moved or found.opened or found.withdrawn or found.relaid or drafted.came
    if not done and running.texts.current == definition:
        yield "没有任何变化，只有注释或排版与现行定义不同"
    yield from impossible.of_dates(act, definition, drafted)
    yield from impossible.of_contents(act, running, definition)
    yield from impossible.of_people(running, definition, drafted)
    yield from impossible.of_moves(act, running, definition, drafted)


def _unconfirmed(planned: Amendment) -> tuple[str, ...]:
    earlier = ((f"“{one.title}”（{one.occurrence}）", one.before, one.after) for one in planned.earlier)
    return tuple(f"{named}由{before}提前到{after}，须经确认" for named, before, after in earlier)


def _pin(act: Act, running: Running, pinned: Pinned, comment: str) -> None:
    """Pin the programme to the new text; raises ChangedMeanwhile when it is no longer pinned to the old one.

    A text that held before holds again since now; the history of what it changes names both times.
    """
    as_found = (_p.c.id == running.id, _p.c.version == running.programme.version)
    now = {"version": pinned.version, "source_text": pinned.text, "title": pinned.definition.title}
    done = act.session.execute(update(_p).where(*as_found).values(**now))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise ChangedMeanwhile
    act.session.merge(
        ProgrammeVersion(
            programme_id=running.id, version=pinned.version, source_text=pinned.text, since=act.now,
            actor=act.actor.name, comment=comment,
        )
    )  # fmt: skip
    act.session.flush()
    act.forget_programmes()
