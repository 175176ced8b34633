"""What an approver sees, read from the store: the page of one request, its receipt, the list of all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from fastapi.responses import Response
from sqlmodel import col, select

from documents import previews
from web.contexts.signing import (
    DecidedOtherwisePage,
    EarlierReturn,
    ReceiptPage,
    SignFile,
    SignPage,
    Since,
)
from web.contexts.submission import FormField, SignOffLine
from web.downloads import picture
from web.pages import contents, measures, waiting
from web.pages.doors import Door
from workflow import asking, deadlines, posts, read_marks, revisions, scores
from workflow.acts import Act
from workflow.definition import Obligation
from workflow.engine import Engine
from workflow.forms import filekinds
from workflow.refusals import LinkUnknown, NotFound
from workflow.revisions import Revision
from workflow.roster import UnitRow
from workflow.signing import Choice
from workflow.tables import Attachment as StoredFile
from workflow.tables import Content, DrawnSignature, History, Link, SignOff, Submission

#: Ready-made words for the comment, one tap each where scripts run, an example where they do not.
PHRASES = ("同意。", "同意，请抓紧落实。", "请补充完善后再报。", "请按标杆逐项量化后再报。")
#: The second step of a decision, as the page announces it.
CONFIRMS = {"none": "", "code": "动态验证码", "wecom": "企业微信身份"}
_VIEWS = {"workbook": "view", "csv": "view", "document": "view", "picture": "view", "pdf": "show"}


def request_of(act: Act, link: Link) -> SignOff:
    """The request behind an item link; raises LinkUnknown when it was closed without a decision."""
    request = act.session.get(SignOff, link.sign_off_id) if link.sign_off_id else None
    if request is None or (request.closed_at is not None and request.decision is None):
        raise LinkUnknown
    return request


def sign_page(act: Act, door: Door, request: SignOff) -> SignPage:
    """The request laid out for reading, nothing chosen yet."""
    row, link = _submission(act, request), door.link(act)
    definition = act.definition(row.programme_id)
    obligation = definition.obligations[row.obligation]
    values = _content(act, request)
    figures = scores.figures(act, row, obligation, values)
    score = scores.score(definition, obligation, values, unit=_scored(act, row))
    told = measures.names(figures, score)
    requests = _requests(act, row)
    submitted = _submitted(act, row)
    revision = revisions.since_sent_back(act, request)
    post, holder, on_behalf_of = _asked(act, request, link)
    waiting_too = waiting.others(act, link.person, request)
    return SignPage(
        action=door.here,
        form_token=door.form_token,
        rehearsal_now=act.now if door.rehearsal else None,
        programme=waiting.programme_of(act, row),
        unit=act.audience(row.programme_id).directory.unit(row.unit).name,
        obligation=obligation.title,
        asked=obligation.duty,
        post=post,
        holder=holder,
        on_behalf_of=on_behalf_of,
        submitted_at=submitted.at if submitted else request.asked_at,
        submitted_by=submitted.actor if submitted else "",
        due_date=row.due_date,
        due_at=row.due_at,
        days_late=deadlines.days_late(row.due_date, act.now) if act.now >= row.due_at else 0,
        fields=tuple(field for field in _fields(act, request, obligation) if field.name not in told),
        attachments=_files(act, door, request, obligation),
        criteria=tuple(one.title + (f"：{one.help}" if one.help else "") for one in obligation.criteria.values()),
        signed_before=_signed_before(requests, request),
        returns=_returns(requests, but=revision),
        phrases=PHRASES,
        content_hash=request.content_hash,
        contact=door.contact,
        others_href=f"{door.here}/all",
        others_waiting=waiting_too,
        since=_since(revision),
        reading=_reading(act, row, request, link, waiting_too),
        confirmed_by=CONFIRMS[obligation.sign_off[request.step].confirm],
        next_item=waiting.next_item(act, link.person, request),
        targets=measures.targets(figures),
        score=measures.score(score),
    )


def renewed_page(act: Act, door: Door, *, opened: bool) -> SignPage:
    """What waits behind a link that took the place of one that died with its round, with a word about that.

    ``opened`` where the old one was only opened, and nothing sent by it.
    """
    request = request_of(act, door.link(act))
    return replace(sign_page(act, door, request), changed_at=request.asked_at, old_link=opened)


def receipt(act: Act, door: Door, request: SignOff) -> ReceiptPage:
    """What was decided; the same page for the same decision sent twice."""
    row, link = _submission(act, request), door.link(act)
    filed = row.state == "filed" and row.filed_at == request.decided_at
    return ReceiptPage(
        rehearsal_now=act.now if door.rehearsal else None,
        programme=waiting.programme_of(act, row),
        unit=act.audience(row.programme_id).directory.unit(row.unit).name,
        obligation=act.definition(row.programme_id).obligations[row.obligation].title,
        record=waiting.record_of(act, request, drawn_href=f"{door.here}/signature"),
        days_late=deadlines.days_late(row.due_date, row.filed_at)
        if filed and row.filed_at and row.late
        else 0
        if filed
        else None,
        contact=door.contact,
        others_href=f"{door.here}/all" if waiting.list_open(act, request) else "",
        others_waiting=waiting.others(act, link.person, request),
        next_item=waiting.next_item(act, link.person, request),
    )


def after_reading(act: Act, door: Door, person: str, request: SignOff) -> str:
    """Where to go on once an item is put aside: to the next that was not read yet, after the last to the list."""
    following = waiting.next_item(act, person, request)
    return following.href if following and following.unread else f"{door.here}/all"


def decided_otherwise(act: Act, door: Door, request: SignOff, attempted: Choice) -> DecidedOtherwisePage:
    """The opposite decision stands already."""
    shown = receipt(act, door, request)
    return DecidedOtherwisePage(
        rehearsal_now=shown.rehearsal_now, programme=shown.programme, unit=shown.unit, obligation=shown.obligation,
        record=shown.record, attempted=attempted, contact=door.contact, others_href=shown.others_href,
        others_waiting=shown.others_waiting,
    )  # fmt: skip


def signature(engine: Engine, door: Door) -> Response:
    """The drawn signature of the decision behind a link; raises NotFound where there is none."""
    with engine.looking() as act:
        found = act.session.get(DrawnSignature, request_of(act, door.link(act)).id)
    if found is None:
        raise NotFound
    return picture(found.png)


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
    audience = act.audience(row.programme_id)
    return audience.directory.seen_by(audience.definition.programme, row.subject or row.unit)


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


def _files(act: Act, door: Door, request: SignOff, obligation: Obligation) -> tuple[SignFile, ...]:
    values = _content(act, request)
    return tuple(
        _file(door, one)
        for name, field in obligation.form.items()
        if field.type == "file"
        for one in _listed(values.get(name))
    )


def _file(door: Door, one: dict[str, Any]) -> SignFile:
    name, here = str(one["name"]), f"{door.here}/files/{one['id']}"
    view = _VIEWS.get(previews.kind_by_name(name))
    return SignFile(
        name, here, f"{here}/{view}" if view else "", int(one["size"]), str(one["sha256"]), is_strange(name)
    )


def is_strange(name: str) -> bool:
    """Whether a file's name is of no kind that a form takes, as a program's or one made for macros."""
    return not name.lower().endswith((*filekinds.endings(tuple(filekinds.KINDS)), ".csv", ".txt"))


def _asked(act: Act, request: SignOff, link: Link) -> tuple[str, str, str]:
    """Post and name of whoever holds the link, and for whom they sign where that is another."""
    if link.delegation_id is None:
        return request.post_title, request.holder, ""
    name = posts.directory(act.session).person(link.person).name
    title = posts.title_of(act.session, link.person, act.today)
    return title, name, asking.named(request.post_title, request.holder)


def _reading(
    act: Act, row: Submission, request: SignOff, link: Link, waiting_too: int
) -> Literal["alone", "offered", "marked"]:
    if request.id in read_marks.marked(act.session, link.person):
        return "marked"
    return "offered" if waiting_too and not read_marks.signed_singly(act, row, request) else "alone"


def _since(revision: Revision | None) -> Since | None:
    if revision is None:
        return None
    return Since(revision.at, revision.who, revision.what, revision.comment, revision.changes)


def _listed(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict) and "sha256" in one] if isinstance(value, list) else []


def _requests(act: Act, row: Submission) -> list[SignOff]:
    of_row = select(SignOff).where(SignOff.submission_id == row.id).order_by(col(SignOff.id))
    return list(act.session.exec(of_row))


def _signed_before(requests: list[SignOff], mine: SignOff) -> tuple[SignOffLine, ...]:
    return tuple(
        SignOffLine(
            step=one.step + 1,
            post=one.decided_by_title if one.delegation_id else one.post_title,
            holder=one.decided_by_name if one.delegation_id else one.holder,
            decision="approve",
            decided_at=one.decided_at,
            comment=one.comment,
            on_behalf_of=asking.named(one.post_title, one.holder) if one.delegation_id else "",
        )
        for one in requests
        if one.round == mine.round and one.decision == "approve" and one.id != mine.id
    )


def _returns(requests: list[SignOff], *, but: Revision | None) -> tuple[EarlierReturn, ...]:
    """The returns of earlier rounds; the last is told with what changed since."""
    return tuple(
        EarlierReturn(at=one.decided_at, post=one.post_title, holder=one.holder, comment=one.comment)
        for one in requests
        if one.decision == "return" and one.decided_at is not None and (but is None or one.decided_at != but.at)
    )
