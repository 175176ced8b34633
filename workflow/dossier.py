"""One submission with everything around it; another unit's is not found. Its lists are handed on from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from workflow import catalogue, desks, ledger, mailbag, papers, permissions, sight, summaries
from workflow.acts import Act
from workflow.definition import Criterion
from workflow.desks import UnitName
from workflow.lifecycle import FILING, MOVES, moves_open
from workflow.papers import AttachmentLine, FormLine, HistoryLine, Prerequisite, Sheet, SignOffLine
from workflow.refusals import NotFound
from workflow.summaries import Extension, Summary, SummaryPage, submissions
from workflow.tables import Attachment, Submission

__all__ = ["Dossier", "Summary", "SummaryPage", "attachment", "of", "submissions"]

_MESSAGES = 50


@dataclass(frozen=True)
class Dossier:
    """Everything about one submission; ``moves`` are those open now to the actor's role."""

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


def of(act: Act, submission_id: int) -> Dossier:
    """One submission with everything around it; raises NotFound, also for another unit's."""
    row = ledger.load(act.session, submission_id)
    sight.check(act, row)
    listed = catalogue.by_id(act, [row.programme_id])[row.programme_id]
    audience = catalogue.audiences(act, [listed])[listed.id]
    obligation = listed.obligation(row.obligation)
    sheet = papers.sheet(act, row)
    history = papers.history_lines(act, row)
    extension = papers.extension(row, history)
    unit = audience.directory.unit(row.unit)
    summary = summaries.of_row(
        row,
        unit=UnitName(unit.code, unit.name, unit.category),
        listed=listed,
        late=desks.lateness(row, act.now, act.calendar()),
        stuck=desks.stuck_with(act, [row], {listed.id: audience}).get(submission_id, ()),
    )
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
        moves=_moves(act, row),
        messages=mailbag.about(act, submission_id, limit=_MESSAGES),
    )


def attachment(act: Act, submission_id: int, attachment_id: int) -> Attachment:
    """A file of a submission with its bytes; raises NotFound, also for another unit's."""
    sight.check(act, ledger.load(act.session, submission_id))
    found = act.session.get(Attachment, attachment_id)
    if found is None or found.submission_id != submission_id:
        raise NotFound
    return found


def _moves(act: Act, row: Submission) -> tuple[str, ...]:
    """In the order people know them."""
    open_ = moves_open(FILING, row.standing)
    return tuple(move for move in MOVES if move in open_ and permissions.may(act.actor.role, move))
