"""One submission with everything around it; another unit's is not found. Its lists are handed on from here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlmodel import col, select

from workflow import (
    catalogue,
    causes,
    desks,
    findings,
    ledger,
    lifecycle,
    lights,
    mailbag,
    papers,
    permissions,
    scores,
    sight,
    summaries,
)
from workflow.acts import Act
from workflow.causes import Relative
from workflow.definition import Criterion
from workflow.desks import UnitName
from workflow.lifecycle import MOVES, moves_open
from workflow.lights import Change
from workflow.papers import AttachmentLine, FormLine, HistoryLine, Prerequisite, Sheet, SignOffLine
from workflow.refusals import NotFound
from workflow.scores import Figure, Score
from workflow.summaries import Extension, Summary, SummaryPage, submissions
from workflow.tables import Attachment, DrawnSignature, SignOff, Submission

__all__ = ["Dossier", "Summary", "SummaryPage", "attachment", "of", "submissions"]

_MESSAGES = 50


@dataclass(frozen=True)
class Dossier:
    """Everything about one submission; ``moves`` are those open now to the actor's role.

    ``units`` are the names a field may be filled with that asks for a unit, none where no field does. ``cause`` is
    what opened it and ``because`` by which event, ``follow_ups`` what it opened in turn, each only where the actor
    may know of it; ``findings`` are the kinds the actor may record, with their titles.
    """

    summary: Summary
    cycle: int
    stage: str
    duty: str
    sheet: Sheet
    form: tuple[FormLine, ...]
    criteria: Mapping[str, Criterion]
    prerequisites: tuple[Prerequisite, ...]
    sign_off: tuple[SignOffLine, ...]
    extension: Extension | None
    history: tuple[HistoryLine, ...]
    attachments: tuple[AttachmentLine, ...]
    moves: tuple[str, ...]
    messages: tuple[mailbag.MessageLine, ...]
    targets: tuple[Figure, ...] = ()
    score: Score | None = None
    units: tuple[str, ...] = ()
    cause: Relative | None = None
    because: str = ""
    follow_ups: tuple[Relative, ...] = ()
    findings: Mapping[str, str] = field(default_factory=dict)
    lights: tuple[Change, ...] = ()


def of(act: Act, submission_id: int) -> Dossier:
    """One submission with everything around it; raises NotFound, also for another unit's."""
    row = ledger.load(act.session, submission_id)
    sight.check(act, row)
    listed = catalogue.by_id(act, [row.programme_id])[row.programme_id]
    audience = catalogue.audiences(act, [listed])[listed.id]
    obligation = listed.obligation(row.obligation)
    sheet = papers.sheet(act, row)
    cause = causes.of(act, row)
    history = _told(act, row, cause, papers.history_lines(act, row))
    extension = papers.extension(row, history)
    directory = audience.directory
    unit = directory.unit(row.unit)
    summary = summaries.of_row(
        row,
        unit=UnitName(unit.code, unit.name, unit.category),
        listed=listed,
        audience=audience,
        late=desks.lateness(row, act.now, act.calendar()),
        stuck=desks.stuck_with(act, [row], {listed.id: audience}).get(submission_id, ()),
    )
    scored = directory.seen_by(listed.definition.programme, row.subject or row.unit)
    return Dossier(
        summary=replace(summary, extension=extension),
        cycle=listed.cycle,
        stage=listed.definition.stages[obligation.stage].title if obligation.stage else "",
        duty=obligation.duty,
        sheet=sheet,
        form=papers.form_lines(obligation, sheet.fields),
        criteria=obligation.criteria,
        prerequisites=papers.prerequisites(act, row, listed),
        sign_off=papers.sign_off_lines(act, row, listed, audience),
        extension=extension,
        history=history,
        attachments=papers.attachment_lines(act, row, sheet.fields),
        moves=_moves(act, row, listed),
        messages=mailbag.about(act, submission_id, limit=_MESSAGES),
        targets=scores.figures(act, row, obligation, sheet.fields),
        score=scores.score(listed.definition, obligation, sheet.fields, unit=scored),
        units=directory.names() if papers.asks_for_units(obligation) else (),
        cause=cause,
        because=str(history[0].facts.get("because", "")),
        follow_ups=causes.opened_by(act, submission_id),
        findings=findings.kinds(listed.definition) if permissions.may(act.actor.role, findings.FINDING) else {},
        lights=lights.changes(history),
    )


def attachment(act: Act, submission_id: int, attachment_id: int) -> Attachment:
    """A file of a submission with its bytes; raises NotFound, also for another unit's."""
    sight.check(act, ledger.load(act.session, submission_id))
    found = act.session.get(Attachment, attachment_id)
    if found is None or found.submission_id != submission_id:
        raise NotFound
    return found


def drawn(act: Act, sign_off_ids: Sequence[int]) -> frozenset[int]:
    """Which of these decisions were signed with the finger as well."""
    if not sign_off_ids:
        return frozenset()
    wanted = select(DrawnSignature.sign_off_id).where(col(DrawnSignature.sign_off_id).in_(sign_off_ids))
    return frozenset(act.session.exec(wanted))


def signature(act: Act, sign_off_id: int) -> bytes:
    """The PNG of a signature drawn with the finger; raises NotFound, also for another unit's."""
    request, found = act.session.get(SignOff, sign_off_id), act.session.get(DrawnSignature, sign_off_id)
    if request is None or found is None:
        raise NotFound
    sight.check(act, ledger.load(act.session, request.submission_id))
    return found.png


def _moves(act: Act, row: Submission, listed: catalogue.Listed) -> tuple[str, ...]:
    """In the order people know them; none to a unit that only reads."""
    if act.actor.role == "unit" and act.actor.unit != row.unit:
        return ()
    open_ = moves_open(lifecycle.of(listed.definition, row.obligation), row.standing)
    return tuple(move for move in MOVES if move in open_ and _may(act, row, move))


def _may(act: Act, row: Submission, move: str) -> bool:
    return permissions.may(act.actor.role, move, follow_up=row.cause_id is not None)


def _told(
    act: Act, row: Submission, cause: Relative | None, history: tuple[HistoryLine, ...]
) -> tuple[HistoryLine, ...]:
    """The history, without the cause where the reader may not know of it, nor findings that open something hidden."""
    if sight.own_unit(act) is not None:
        secret = findings.secret_kinds(act.definition(row.programme_id))
        history = tuple(line for line in history if line.event != "finding" or line.facts.get("kind") not in secret)
    if row.cause_id is None or cause is not None:
        return history
    kept = {name: fact for name, fact in history[0].facts.items() if name not in ("cause", "event", "because")}
    return (replace(history[0], facts=kept), *history[1:])
