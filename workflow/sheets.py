"""审签单: who signed what, when and how, as one sheet that is handed out and known again.

A sheet shows signing only: no form, no finding, nothing that one reader of a submission may see and another not. The
same record gives the same sheet: one number, one file, until the submission's history goes on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import col

from workflow import agreement, audit, catalogue, deadlines, handed_out, ledger, papers, sheet_lines, sight
from workflow.acts import Act
from workflow.catalogue import Listed
from workflow.ledger import Entry
from workflow.papers import AttachmentLine
from workflow.refusals import SheetRefused
from workflow.sheet_lines import EVENTS, SheetEvent, SheetStep
from workflow.tables import Content, Sheet, Submission


@dataclass(frozen=True)
class SheetFacts:
    """Everything a sheet tells, independent of who reads it and when.

    ``late`` and ``days_late`` are of a filing after its date, 0 for one late by hours. ``head`` and ``seq`` are the
    end of the history the sheet was made from.
    """

    submission_id: int
    programme: str
    unit: str
    about: str
    obligation: str
    occurrence: str
    due_date: date
    first_due: date | None
    standing: str
    submitted_at: datetime | None
    filed_at: datetime | None
    late: bool
    days_late: int
    cycle: int
    round: int
    steps: tuple[SheetStep, ...]
    events: tuple[SheetEvent, ...]
    attachments: tuple[AttachmentLine, ...]
    head: str
    seq: int


@dataclass(frozen=True)
class Stamp:
    """What a sheet that is handed out bears: its number, when it was first made, and for whom."""

    number: str
    made_at: datetime
    made_by: str


@dataclass(frozen=True)
class Known:
    """What a number and a file are known by; ``matched`` is the sheet itself, or the name of an attachment.

    ``moved_on``: the history went on after the sheet was made. ``stands``: the submission is still filed by what the
    sheet shows. ``steps`` are the decisions on the sheet, without anything the sheet does not show.
    """

    number: str
    made_at: datetime
    matched: str
    programme: str
    unit: str
    obligation: str
    occurrence: str
    steps: tuple[SheetStep, ...]
    moved_on: bool
    stands: bool


#: The sheet itself, in ``Known.matched``.
THE_SHEET = ""
Make = Callable[[SheetFacts, Stamp], bytes]


def facts(act: Act, submission_id: int) -> SheetFacts:
    """What the sheet of a submission tells now; raises NotFound, SheetRefused where nobody has signed anything."""
    row = ledger.load(act.session, submission_id)
    sight.check(act, row)
    listed = catalogue.by_id(act, [row.programme_id])[row.programme_id]
    if not listed.obligation(row.obligation).sign_off:
        raise SheetRefused(reason="本事项不需审签")
    steps = sheet_lines.steps(act, submission_id)
    if not any(step.decision for step in steps):
        raise SheetRefused(reason="还没有审签意见")
    return _facts(act, row, listed, steps)


def issued(act: Act, submission_id: int) -> Stamp | None:
    """The stamp of the sheet that was handed out for the record as it is now; raises NotFound."""
    row = ledger.load(act.session, submission_id)
    sight.check(act, row)
    found = _newest(act, row)
    return _stamp(found) if found else None


def issue(act: Act, submission_id: int, make: Make) -> tuple[Sheet, bytes]:
    """Hand a sheet out: the one there is where its file would be the same, else one with a number of its own.

    ``make`` writes the file, always the same for the same facts and stamp. Raises what ``facts`` raises,
    SheetRefused also where the record contradicts its history.
    """
    held = select(col(Submission.id)).where(col(Submission.id) == submission_id).with_for_update()
    act.session.execute(held)
    sight.check(act, ledger.load(act.session, submission_id))
    if not _agrees(act, submission_id):
        raise SheetRefused(reason="审签记录与历史不一致，可能被改动过，请执行 duban audit verify 核验")
    told = facts(act, submission_id)
    found = _newest(act, ledger.load(act.session, submission_id))
    if found is not None:
        again = make(told, _stamp(found))
        if hashlib.sha256(again).hexdigest() == found.sha256:
            return found, again
    return _new(act, told, make)


def known(act: Act, number: str, sha256: str) -> Known | None:
    """What was signed, where a file is the sheet of this number or was attached to what it is about.

    None for an unknown number, for a foreign file and for a record that contradicts its history alike, so that none
    is told from the other. Needs no account: whoever has the file knows what is in it.
    """
    wanted = select(Sheet).where(col(Sheet.number) == number.strip().upper())
    sheet = act.session.execute(wanted).scalar_one_or_none()
    if sheet is None or not _agrees(act, sheet.submission_id):
        return None
    row = ledger.load(act.session, sheet.submission_id)
    signed = sheet_lines.decided_by(act, sheet.submission_id, sheet.head)
    steps = tuple(one for one in sheet_lines.steps(act, sheet.submission_id) if one.id in signed)
    matched = THE_SHEET if sheet.sha256 == sha256 else _attached(act, row, steps, sha256)
    if matched is None or not signed:
        return None
    listed = catalogue.by_id(act, [row.programme_id])[row.programme_id]
    told = _facts(act, row, listed, steps)
    return Known(
        sheet.number, sheet.made_at, matched, told.programme, told.unit, told.obligation, told.occurrence, steps,
        moved_on=told.head != sheet.head, stands=row.state == "filed" and row.round == sheet.round,
    )  # fmt: skip


def contradictions(act: Act, submission_id: int) -> tuple[str, ...]:
    """What of a submission's record contradicts its history, or breaks it; for whoever reads its sheet."""
    broken = [str(one) for one in audit.of_submission(act.session, submission_id)]
    return (*broken, *map(str, agreement.of_submission(act.session, submission_id)))


def _agrees(act: Act, submission_id: int) -> bool:
    """Whether what was signed is what the history says, and the history whole."""
    whole = not any(audit.of_submission(act.session, submission_id))
    return whole and not agreement.of_submission(act.session, submission_id)


def _facts(act: Act, row: Submission, listed: Listed, steps: tuple[SheetStep, ...]) -> SheetFacts:
    directory = catalogue.audiences(act, [listed])[listed.id].directory
    events = sheet_lines.events(act, row.id or 0)
    head, seq = handed_out.ground(act.session, row.id or 0)
    title = listed.obligation(row.obligation).title + (f"：{row.heading}" if row.heading else "")
    machine = act.lifecycle(row.programme_id, row.obligation)
    handed_in = [one.at for one in events if one.what == EVENTS["submit"]]
    late = row.filed_at is not None and row.late
    return SheetFacts(
        submission_id=row.id or 0,
        programme=listed.definition.title,
        unit=directory.unit(row.unit).name,
        about=directory.unit(row.subject).name if row.subject else "",
        obligation=title,
        occurrence=row.occurrence,
        due_date=row.due_date,
        first_due=row.extended_from,
        standing=machine.standing(row.standing).title,
        submitted_at=handed_in[-1] if handed_in else None,
        filed_at=row.filed_at,
        late=late,
        days_late=deadlines.days_late(row.due_date, row.filed_at) if late and row.filed_at else 0,
        cycle=listed.cycle,
        round=row.round,
        steps=steps,
        events=events,
        attachments=_attachments(act, row, steps[-1].content_version) if steps else (),
        head=head,
        seq=seq,
    )


def _attachments(act: Act, row: Submission, version: int) -> tuple[AttachmentLine, ...]:
    """The files of one version of the content."""
    content = act.session.get(Content, (row.id, version))
    return papers.attachment_lines(act, row, content.fields) if content else ()


def _attached(act: Act, row: Submission, steps: tuple[SheetStep, ...], sha256: str) -> str | None:
    """The name of a file of any content that was decided on, by its hash."""
    versions = sorted({one.content_version for one in steps}, reverse=True)
    files = (one for version in versions for one in _attachments(act, row, version))
    return next((one.name for one in files if one.sha256 == sha256), None)


def _newest(act: Act, row: Submission) -> Sheet | None:
    """The sheet last handed out for the history as it is now."""
    head, _ = handed_out.ground(act.session, row.id or 0)
    found = select(Sheet).where(col(Sheet.submission_id) == row.id, col(Sheet.head) == head)
    return act.session.execute(found.order_by(col(Sheet.id).desc()).limit(1)).scalar_one_or_none()


def _new(act: Act, told: SheetFacts, make: Make) -> tuple[Sheet, bytes]:
    sheet = Sheet(
        number=f"draft:{told.submission_id}:{told.head}", submission_id=told.submission_id, round=told.round, sha256="",
        head=told.head, made_at=act.now, made_by=act.actor.name,
    )  # fmt: skip
    act.session.add(sheet)
    act.session.flush()
    sheet.number = f"SQD-{told.cycle}-{sheet.id:06d}"
    made = make(told, _stamp(sheet))
    sheet.sha256 = hashlib.sha256(made).hexdigest()
    act.session.flush()
    # Chained, so that whoever changes the row of a sheet contradicts the history.
    handing_out = Entry(handed_out.HANDED_OUT, act.now, act.now, act.actor.name, facts=handed_out.facts_of(sheet))
    ledger.note(act.session, [told.submission_id], handing_out)
    return sheet, made


def _stamp(sheet: Sheet) -> Stamp:
    return Stamp(sheet.number, sheet.made_at, sheet.made_by)
