"""What an approver sees, read from the store: the page of one request, its receipt, the list of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from web.contexts.signing import (
    DecidedOtherwisePage,
    EarlierReturn,
    ReceiptPage,
    SignPage,
)
from web.contexts.submission import Attachment, FormField, SignOffLine
from web.pages import contents, measures, waiting
from workflow import deadlines, scores
from workflow.acts import Act
from workflow.definition import Obligation
from workflow.refusals import LinkUnknown, NotFound
from workflow.roster import UnitRow
from workflow.signing import Choice
from workflow.tables import Attachment as StoredFile
from workflow.tables import Content, History, Link, SignOff, Submission

#: Ready-made words for the comment, one tap each where scripts run, an example where they do not.
PHRASES = ("同意。", "同意，请抓紧落实。", "请补充完善后再报。", "请按标杆逐项量化后再报。")


@dataclass(frozen=True)
class Door:
    """Where the page stands: its token, its addresses' prefix, who to call."""

    token: str
    form_token: str
    contact: str
    rehearsal: bool

    @property
    def here(self) -> str:
        """The path of this link."""
        return f"/s/{self.token}"


def request_of(act: Act, link: Link) -> SignOff:
    """The request behind an item link; raises LinkUnknown when it was closed without a decision."""
    request = act.session.get(SignOff, link.sign_off_id) if link.sign_off_id else None
    if request is None or (request.closed_at is not None and request.decision is None):
        raise LinkUnknown
    return request


def sign_page(act: Act, door: Door, request: SignOff) -> SignPage:
    """The request laid out for reading, nothing chosen yet."""
    row = _submission(act, request)
    definition = act.definition(row.programme_id)
    obligation = definition.obligations[row.obligation]
    values = _content(act, request)
    figures = scores.figures(act, row, obligation, values)
    score = scores.score(definition, obligation, values, unit=_scored(act, row))
    told = measures.names(figures, score)
    requests = _requests(act, row)
    submitted = _submitted(act, row)
    return SignPage(
        action=door.here,
        form_token=door.form_token,
        rehearsal_now=act.now if door.rehearsal else None,
        programme=waiting.programme_of(act, row),
        unit=act.audience(row.programme_id).directory.unit(row.unit).name,
        obligation=obligation.title,
        asked=obligation.duty,
        post=request.post_title,
        holder=request.holder,
        on_behalf_of="",
        submitted_at=submitted.at if submitted else request.asked_at,
        submitted_by=submitted.actor if submitted else "",
        due_date=row.due_date,
        due_at=row.due_at,
        days_late=deadlines.days_late(row.due_date, act.now) if act.now >= row.due_at else 0,
        fields=tuple(field for field in _fields(act, request, obligation) if field.name not in told),
        attachments=_files(act, door, request, obligation),
        criteria=tuple(one.title + (f"：{one.help}" if one.help else "") for one in obligation.criteria.values()),
        signed_before=_signed_before(requests, request),
        returns=_returns(requests),
        phrases=PHRASES,
        content_hash=request.content_hash,
        contact=door.contact,
        others_href=f"{door.here}/all",
        others_waiting=waiting.others(act, request),
        targets=measures.targets(figures),
        score=measures.score(score),
    )


def receipt(act: Act, door: Door, request: SignOff) -> ReceiptPage:
    """What was decided; the same page for the same decision sent twice."""
    row = _submission(act, request)
    filed = row.state == "filed" and row.filed_at == request.decided_at
    return ReceiptPage(
        rehearsal_now=act.now if door.rehearsal else None,
        programme=waiting.programme_of(act, row),
        unit=act.audience(row.programme_id).directory.unit(row.unit).name,
        obligation=act.definition(row.programme_id).obligations[row.obligation].title,
        record=waiting.record_of(request),
        days_late=deadlines.days_late(row.due_date, row.filed_at)
        if filed and row.filed_at and row.late
        else 0
        if filed
        else None,
        contact=door.contact,
        others_href=f"{door.here}/all" if waiting.list_open(act, request) else "",
        others_waiting=waiting.others(act, request),
    )


def decided_otherwise(act: Act, door: Door, request: SignOff, attempted: Choice) -> DecidedOtherwisePage:
    """The opposite decision stands already."""
    shown = receipt(act, door, request)
    return DecidedOtherwisePage(
        rehearsal_now=shown.rehearsal_now, programme=shown.programme, unit=shown.unit, obligation=shown.obligation,
        record=shown.record, attempted=attempted, contact=door.contact, others_href=shown.others_href,
        others_waiting=shown.others_waiting,
    )  # fmt: skip


def file_of(act: Act, request: SignOff, attachment_id: int) -> StoredFile:
    """A file of the content that this request is about; raises NotFound for any other."""
    row = _submission(act, request)
    form = act.definition(row.programme_id).obligations[row.obligation].form
    values = _content(act, request)
    # The rows of a table look like files and may say any number.
    known = {one["id"] for name, field in form.items() if field.type == "file" for one in _listed(values.get(name))}
    found = act.session.get(StoredFile, attachment_id) if attachment_id in known else None
    if found is None:
        raise NotFound
    return found


def _scored(act: Act, row: Submission) -> UnitRow:
    """Whom a score is about: the unit of an inspection's report, else whoever owes it."""
    return act.audience(row.programme_id).directory.unit(row.subject or row.unit)


def _submission(act: Act, request: SignOff) -> Submission:
    row = act.session.get(Submission, request.submission_id)
    assert row is not None
    return row


def _content(act: Act, request: SignOff) -> dict[str, object]:
    found = act.session.get(Content, (request.submission_id, request.content_version))
    return dict(found.fields) if found else {}


def _submitted(act: Act, row: Submission) -> History | None:
    last = select(History).where(History.submission_id == row.id, History.event == "submit")
    return act.session.exec(last.order_by(col(History.seq).desc())).first()


def _fields(act: Act, request: SignOff, obligation: Obligation) -> tuple[FormField, ...]:
    values = _content(act, request)
    return tuple(
        contents.reading(name, field, values.get(name))
        for name, field in obligation.form.items()
        if field.type != "file"
    )


def _files(act: Act, door: Door, request: SignOff, obligation: Obligation) -> tuple[Attachment, ...]:
    values = _content(act, request)
    version = act.session.get(Content, (request.submission_id, request.content_version))
    assert version is not None
    return tuple(
        Attachment(
            name=str(one["name"]),
            href=f"{door.here}/files/{one['id']}",
            size=int(one["size"]),
            sha256=str(one["sha256"]),
            uploaded_at=version.saved_at,
            uploaded_by=version.saved_by,
        )
        for name, field in obligation.form.items()
        if field.type == "file"
        for one in _listed(values.get(name))
    )


def _listed(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict) and "sha256" in one] if isinstance(value, list) else []


def _requests(act: Act, row: Submission) -> list[SignOff]:
    of_row = select(SignOff).where(SignOff.submission_id == row.id).order_by(col(SignOff.id))
    return list(act.session.exec(of_row))


def _signed_before(requests: list[SignOff], mine: SignOff) -> tuple[SignOffLine, ...]:
    return tuple(
        SignOffLine(
            step=one.step + 1,
            post=one.post_title,
            holder=one.holder,
            decision="approve",
            decided_at=one.decided_at,
            comment=one.comment,
        )
        for one in requests
        if one.round == mine.round and one.decision == "approve" and one.id != mine.id
    )


def _returns(requests: list[SignOff]) -> tuple[EarlierReturn, ...]:
    return tuple(
        EarlierReturn(at=one.decided_at, post=one.post_title, holder=one.holder, comment=one.comment)
        for one in requests
        if one.decision == "return" and one.decided_at is not None
    )
