"""Files of a submission's content: added and taken out of a draft, part of what is signed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlmodel import col, func, select

from workflow.acts import Act
from workflow.definition import Obligation
from workflow.forms import filekinds
from workflow.refusals import AttachmentRefused
from workflow.submissions import begin, content_of, decided, keep
from workflow.tables import Attachment, Submission

MAX_ATTACHMENT = 20 * 1024 * 1024
#: Everything ever attached to one submission: older versions keep their files.
MAX_TOTAL = 10 * MAX_ATTACHMENT
MAX_NAME = 200
PLAIN = "application/octet-stream"
#: What a browser is told of a file; anything else is only bytes.
KNOWN_TYPES = frozenset(
    {
        "application/pdf",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "image/jpeg",
        "image/png",
    }
)


def attach(act: Act, submission_id: int, *, field: str | None, name: str, media_type: str, data: bytes) -> Attachment:
    """Add a file to a draft's content; it becomes part of what is signed. Raises AttachmentRefused."""
    row, obligation = begin(act, submission_id, "edit")
    decided(act, row, obligation, "edit")
    values = content_of(act, row)
    target = _file_field(obligation, field, values)
    kept_as = plain_name(name)
    _check_size(data)
    filekinds.check(obligation.form[target].accepts, name=kept_as, data=data)
    kept = store(act, row, field=target, name=kept_as, media_type=media_type, data=data)
    keep(act, row, obligation, {**values, target: [*values.get(target, []), described(kept)]})
    return kept


def store(act: Act, row: Submission, *, field: str, name: str, media_type: str, data: bytes) -> Attachment:
    """Keep a file whose kind was checked; raises AttachmentRefused where there is no room for it."""
    assert row.id is not None
    _check_size(data)
    _check_room(act, row.id, len(data))
    kept = Attachment(
        submission_id=row.id, field=field, name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest(),
        data=data, media_type=media_type if media_type in KNOWN_TYPES else PLAIN,
    )  # fmt: skip
    act.session.add(kept)
    act.session.flush()
    return kept


def described(kept: Attachment) -> dict[str, Any]:
    """A file as contents and history name it; the hash is part of what is signed."""
    return {"id": kept.id, "name": kept.name, "size": kept.size, "sha256": kept.sha256}


def detach(act: Act, submission_id: int, attachment_id: int) -> Submission:
    """Take a file out of a draft's content; earlier versions keep it."""
    row, obligation = begin(act, submission_id, "edit")
    decided(act, row, obligation, "edit")
    values = content_of(act, row)
    files = {k for k, field in obligation.form.items() if field.type == "file"}
    left = {k: [one for one in v if one["id"] != attachment_id] if k in files else v for k, v in values.items()}
    return keep(act, row, obligation, left)


def _check_size(data: bytes) -> None:
    if not data:
        raise AttachmentRefused(reason="文件是空的")
    if len(data) > MAX_ATTACHMENT:
        raise AttachmentRefused(reason=f"文件超过{MAX_ATTACHMENT // 1024 // 1024}MB")


def _check_room(act: Act, submission_id: int, size: int) -> None:
    kept = select(func.coalesce(func.sum(Attachment.size), 0)).where(col(Attachment.submission_id) == submission_id)
    if act.session.exec(kept).one() + size > MAX_TOTAL:
        raise AttachmentRefused(reason=f"本事项历次上传的文件合计超过{MAX_TOTAL // 1024 // 1024}MB")


def _file_field(obligation: Obligation, field: str | None, values: Mapping[str, Any]) -> str:
    files = [name for name, one in obligation.form.items() if one.type == "file"]
    if field is None and files:
        return next((name for name in files if not values.get(name)), files[0])
    if field not in files:
        raise AttachmentRefused(reason="该事项的表单没有这个附件项" if files else "该事项不需要附件")
    return field


def plain_name(name: str) -> str:
    """A file's name without its folders and what nobody can read; raises AttachmentRefused where nothing is left."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign for sign in last if sign.isprintable()).strip()
    if not kept:
        raise AttachmentRefused(reason="文件没有名称")
    return kept[-MAX_NAME:]
