"""What lies in a submission's file: form, sign-offs, history, attachments, what must be filed before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from workflow import asking, forms, lights, submissions
from workflow.acts import Act
from workflow.audience import Audience
from workflow.catalogue import Listed
from workflow.definition import FormField, Obligation
from workflow.lifecycle import MOVES
from workflow.summaries import Extension
from workflow.tables import Attachment, Content, History, SignOff, Submission

__all__ = [
    "AttachmentLine",
    "Extension",
    "FormLine",
    "HistoryLine",
    "Prerequisite",
    "Sheet",
    "SignOffLine",
]

_sign_off = SignOff.__table__  # type: ignore[attr-defined]
_history = History.__table__  # type: ignore[attr-defined]
_content = Content.__table__  # type: ignore[attr-defined]
_attachment = Attachment.__table__  # type: ignore[attr-defined]

#: What people read for an event of history.
EVENTS: Mapping[str, str] = {
    **MOVES,
    "launch": "方案启动",
    "approve": "审签同意",
    "open": "开启",
    "finding": "检查发现",
    "amend": "方案修订",
    "reassign": "审签改派",
    "dispute": "声明不是本人操作",
    "acknowledged": "签收通知",
    "unacknowledged": "通知未签收",
    "light": "亮灯变化",
    "urging-sheet": "发出督办单",
    "urging-sheet-withdrawn": "撤回督办单",
    "extension-asked": "申请延期",
    "extension-withdrawn": "撤回延期申请",
    "extension-declined": "不同意延期",
    "extension-closed": "延期申请终止",
    "paper": "补录纸质件",
    "undo": "撤销办理",
    "sheet": "出具审签单",
}


@dataclass(frozen=True)
class FormLine:
    """One field of the form: what is asked, the stored value, and the value as people read it."""

    name: str
    field: FormField
    value: Any
    shown: str


@dataclass(frozen=True)
class SignOffLine:
    """One approver of one step (counted from 1); without ``asked_at`` it is whoever would be asked now.

    ``decided_by`` names who decided by a link, ``on_behalf_of`` the approver where that was a delegate; ``confirmed``
    is the second step that was passed, as ``code:mail``.
    """

    id: int | None
    step: int
    post: str
    holder: str
    asked_at: datetime | None = None
    decision: str | None = None
    decided_at: datetime | None = None
    comment: str = ""
    typed_name: str = ""
    channel: str = ""
    person: str = ""
    decided_by: str = ""
    on_behalf_of: str = ""
    confirmed: str = ""
    disputed_at: datetime | None = None


@dataclass(frozen=True)
class HistoryLine:
    """One entry of history: ``at`` is when it takes effect, ``noticed_at`` when the system came to it."""

    seq: int
    at: datetime
    noticed_at: datetime
    event: str
    title: str
    source: str
    dest: str
    actor: str
    comment: str
    facts: Mapping[str, Any]
    hash: str


@dataclass(frozen=True)
class AttachmentLine:
    """A file of the present content, with when and by whom it was added; ``size`` in bytes."""

    id: int
    field: str
    name: str
    media_type: str
    size: int
    sha256: str
    uploaded_at: datetime
    uploaded_by: str


@dataclass(frozen=True)
class Prerequisite:
    """Another submission of the unit that must be filed first."""

    id: int
    obligation: str
    obligation_title: str
    state: str
    filed_at: datetime | None


@dataclass(frozen=True)
class Sheet:
    """The newest content version; version 0 is a form nobody has touched."""

    fields: Mapping[str, Any]
    version: int = 0
    saved_at: datetime | None = None
    saved_by: str = ""


def sheet(act: Act, row: Submission) -> Sheet:
    """What the unit filled in last."""
    query = select(_content).where(_content.c.submission_id == row.id, _content.c.version == row.content_version)
    found = act.session.execute(query).one_or_none()
    return Sheet(found.fields, found.version, found.saved_at, found.saved_by) if found else Sheet({})


def form_lines(obligation: Obligation, values: Mapping[str, Any]) -> tuple[FormLine, ...]:
    """The form with its values."""
    return tuple(
        FormLine(name, field, values.get(name), forms.shown(field, values.get(name)))
        for name, field in obligation.form.items()
    )


def asks_for_units(obligation: Obligation) -> bool:
    """Whether a field or a column wants the name of a unit."""
    fields = obligation.form.values()
    return any(field.type == "unit" or any(one.type == "unit" for one in field.columns.values()) for field in fields)


def sign_off_lines(act: Act, row: Submission, listed: Listed, audience: Audience) -> tuple[SignOffLine, ...]:
    """The present round, step by step: who was asked and what they decided, else who would be asked."""
    query = select(_sign_off).where(_sign_off.c.submission_id == row.id, _sign_off.c.round == row.round)
    asked = act.session.execute(query.order_by(_sign_off.c.step, _sign_off.c.id)).all()
    if row.waiting_on == "unit" and not any(one.decision == "return" for one in asked):
        asked = []  # Back with the unit for another reason: what was approved then counts for nothing now.
    found: list[SignOffLine] = []
    for step, wanted in enumerate(listed.obligation(row.obligation).sign_off):
        # A request that was closed undecided (withdrawn, or not needed any more) asks nobody.
        live = [one for one in asked if one.step == step and (one.decision or one.closed_at is None)]
        found += [_asked(one) for one in live]
        if not live and row.state not in ("filed", "exempt"):
            next_ = audience.approvers(wanted, row.unit)
            found += [SignOffLine(None, step + 1, one.post_title, one.name, person=one.person) for one in next_]
    return tuple(found)


def _asked(one: Row[Any]) -> SignOffLine:
    asked = asking.named(one.post_title, one.holder)
    by = asking.named(one.decided_by_title or one.post_title, one.decided_by_name or one.holder)
    return SignOffLine(
        one.id, one.step + 1, one.post_title, one.holder, one.asked_at, one.decision, one.decided_at,
        one.comment, one.typed_name, one.channel, one.person,
        decided_by=by if one.decided_by else "",
        on_behalf_of=asked if one.delegation_id is not None else "",
        confirmed=one.confirmed,
        disputed_at=one.disputed_at,
    )  # fmt: skip


def history_lines(act: Act, row: Submission) -> tuple[HistoryLine, ...]:
    """The history, oldest first."""
    query = select(_history).where(_history.c.submission_id == row.id).order_by(_history.c.seq)
    return tuple(
        HistoryLine(
            one.seq, one.at, one.noticed_at, one.event, _titled(one), one.source, one.dest,
            one.actor, one.comment, one.facts, one.hash,
        )
        for one in act.session.execute(query)
    )  # fmt: skip


def _titled(entry: Row[Any]) -> str:
    """What people read for an entry; a change of light says from what to what, and why."""
    title: str = EVENTS.get(entry.event, entry.event)
    change = lights.change_in(entry.event, entry.facts)
    if change is None:
        return title
    turned = lights.shown(change)
    return turned if entry.event == "light" else f"{title}，{turned}"


def extension(row: Submission, history: Sequence[HistoryLine]) -> Extension | None:
    """The newest extension, None while the first date stands."""
    granted = [line for line in history if line.event == "extend"]
    if row.extended_from is None or not granted:
        return None
    last = granted[-1]
    return Extension(row.extended_from, row.due_date, last.at, last.actor, last.comment)


def attachment_lines(act: Act, row: Submission, values: Mapping[str, Any]) -> tuple[AttachmentLine, ...]:
    """The files of the present content, in the order of the form."""
    fields = _file_fields(act, row)
    files = {one["id"]: name for name in fields for one in _files(values.get(name))}
    if not files:
        return ()
    added = _added(act, row, fields)
    columns = [column for column in _attachment.c if column.name != "data"]
    found = act.session.execute(select(*columns).where(_attachment.c.id.in_(files)))
    by_id = {one.id: one for one in found}
    return tuple(
        AttachmentLine(one.id, files[one.id], one.name, one.media_type, one.size, one.sha256, *added[one.id])
        for one in (by_id[key] for key in files)
    )


def prerequisites(act: Act, row: Submission, listed: Listed) -> tuple[Prerequisite, ...]:
    """What must be filed (or exempt) before this one is handed in."""
    return tuple(
        Prerequisite(one.id or 0, one.obligation, listed.obligation(one.obligation).title, one.state, one.filed_at)
        for one in submissions.prerequisites(act, row, listed.obligation(row.obligation))
    )


def _added(act: Act, row: Submission, fields: Sequence[str]) -> dict[int, tuple[datetime, str]]:
    """By file, when and by whom the first content version with it was saved."""
    query = select(_content.c.fields, _content.c.saved_at, _content.c.saved_by)
    versions = act.session.execute(query.where(_content.c.submission_id == row.id).order_by(_content.c.version))
    found: dict[int, tuple[datetime, str]] = {}
    for version in versions:
        for name in fields:
            for one in _files(version.fields.get(name)):
                found.setdefault(one["id"], (version.saved_at, version.saved_by))
    return found


def _files(value: object) -> list[dict[str, Any]]:
    """The files in a stored value; one that was stored under an earlier definition may be anything."""
    return [one for one in value if isinstance(one, dict) and "sha256" in one] if isinstance(value, list) else []


def _file_fields(act: Act, row: Submission) -> tuple[str, ...]:
    """The fields that hold files, in the order of the form; the rows of a table look like files and are none."""
    form = act.definition(row.programme_id).obligations[row.obligation].form
    return tuple(name for name, field in form.items() if field.type == "file")
