"""The content form of a submission: what was sent, what stands in its fields, and keeping it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.datastructures import FormData, UploadFile

from web.contexts.frame import Choice
from web.contexts.submission import Attachment, FormField, Table
from web.pages import measures, tables
from web.pages.tables import TypedRow
from workflow import attachments, forms, ledger, submissions
from workflow.acts import Act
from workflow.attachments import MAX_ATTACHMENT
from workflow.definition import FormField as Asked
from workflow.dossier import Dossier
from workflow.forms import filekinds
from workflow.papers import AttachmentLine, FormLine
from workflow.refusals import AttachmentRefused
from workflow.scores import Figure

#: A field named x is sent as field-x, so that it never meets the names of the page itself.
PREFIX = "field-"
#: The button of table x sends this and x.
MORE = "rows-"
Value = str | list[str] | list[TypedRow]
Typed = Mapping[str, Value]


@dataclass(frozen=True)
class Given:
    """What was sent: values by field, files by field, the version it was based on, and which button.

    ``changed`` says whether there is anything to save: a value that differs, or a move that must be refused.
    """

    values: Typed
    uploads: tuple[tuple[str, UploadFile], ...] = ()
    if_version: int | None = None
    then: str = "save"
    changed: bool = True

    @property
    def removed(self) -> int | None:
        """The file whose button was pressed."""
        number = self.then.removeprefix("remove-")
        return int(number) if number != self.then and number.isdecimal() and len(number) < 10 else None

    @property
    def grown(self) -> str:
        """The table whose button for more rows was pressed, empty for every other button."""
        return self.then.removeprefix(MORE) if self.then.startswith(MORE) else ""


@dataclass(frozen=True)
class Kept:
    """What a refused form said, so that nothing typed is lost; ``faults`` are by field and by cell.

    ``grown`` is the table that gets more empty rows.
    """

    typed: Typed | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    newer: bool = False
    grown: str = ""


class UploadRefused(AttachmentRefused):
    """附件未被接受：{reason}"""


def read(form: FormData, found: Dossier) -> Given:
    """A sent form by the fields of its submission; a name the form lacks stays, to be refused by the use case."""
    kinds = {line.name: line.field.type for line in found.form}
    laid_out = [f"{PREFIX}{name}" for name, kind in kinds.items() if kind == "table"]
    values: dict[str, Value] = {key.removeprefix(PREFIX): tables.read(form, key) for key in laid_out}
    uploads: list[tuple[str, UploadFile]] = []
    for key, sent in _by_name(form).items():
        if tables.is_cell(key, laid_out):
            continue
        name = key.removeprefix(PREFIX)
        words = [one.replace("\r\n", "\n") for one in sent if isinstance(one, str)]
        uploads += [(name, one) for one in sent if isinstance(one, UploadFile) and one.filename]
        if kinds.get(name) == "choices":
            values[name] = words
        elif kinds.get(name) != "file":
            values[name] = words[0] if words else ""
    version = str(form.get("if_version", ""))
    known = int(version) if version.isdecimal() and len(version) < 10 else None
    then = str(form.get("then", "save"))
    # Who only wants more rows has not written anything yet.
    begun = not found.sheet.version and not then.startswith(MORE)
    changed = begun or "edit" not in found.moves or _differ(values, found)
    return Given(values, tuple(uploads), known, then, changed)


def _by_name(form: FormData) -> dict[str, list[UploadFile | str]]:
    """What was sent for each field of the content, in one pass however many there are."""
    found: dict[str, list[UploadFile | str]] = {}
    for key, value in form.multi_items():
        if key.startswith(PREFIX):
            found.setdefault(key, []).append(value)
    return found


def _differ(values: Typed, found: Dossier) -> bool:
    """Whether anything was typed that is not stored; a box nobody ticked is not sent."""
    stored = {line.name: _as_typed(line) for line in found.form if line.field.type != "file"}
    return any((values.get(name) or "") != (stored.get(name) or "") for name in {**values, **stored})


def keep(act: Act, submission_id: int, given: Given) -> int:
    """Save the values, add and remove files, all or nothing; the version that stands afterwards.

    Raises what ``submissions.save``, ``attach`` and ``detach`` raise; UploadRefused names its field.
    """
    if given.changed:
        submissions.save(act, submission_id, given.values, if_version=given.if_version)
    for name, upload in given.uploads:
        try:
            _attach(act, submission_id, name, upload)
        except AttachmentRefused as refused:
            reason = f"{upload.filename}，{refused.facts['reason']}"
            raise UploadRefused(reason=reason, errors={name: f"{reason}。请重新选择文件。"}) from None
    if given.removed is not None:
        attachments.detach(act, submission_id, given.removed)
    return ledger.load(act.session, submission_id).content_version


def _attach(act: Act, submission_id: int, name: str, upload: UploadFile) -> None:
    if (upload.size or 0) > MAX_ATTACHMENT:
        raise AttachmentRefused(reason=f"文件超过{MAX_ATTACHMENT // 1024 // 1024}MB")
    attachments.attach(
        act, submission_id, field=name, name=upload.filename or "", media_type=upload.content_type or "",
        data=upload.file.read(),
    )  # fmt: skip


def to_fill_in(found: Dossier, kept: Kept) -> tuple[FormField, ...]:
    """The form with what was typed, else with what is stored."""
    return tuple(_field(found, line, kept) for line in found.form)


def to_read(found: Dossier) -> tuple[FormField, ...]:
    """The form in words; what targets and ratings asked is told with them."""
    measured = measures.names(found.targets, found.score)
    return tuple(
        replace(reading(line.name, line.field, line.value), files=files(found, line.name))
        for line in found.form
        if line.name not in measured
    )


def reading(name: str, field: Asked, value: Any) -> FormField:
    """One field in words, its files left out."""
    laid_out = field.type == "table" and not forms.misfits(field, value)
    return FormField(
        name=name,
        label=field.label,
        kind=field.type if laid_out or field.type != "table" else "paragraph",
        value="" if _blank(value) else forms.shown(field, value),
        table=tables.to_read(field, value) if laid_out and not _blank(value) else None,
    )


def files(found: Dossier, name: str) -> tuple[Attachment, ...]:
    """The stored files of one field."""
    return tuple(_file(found.summary.id, one) for one in found.attachments if one.field == name)


def _field(found: Dossier, line: FormLine, kept: Kept) -> FormField:
    typed = _as_typed(line) if kept.typed is None else kept.typed.get(line.name, "")
    chosen = typed if isinstance(typed, list) else [typed]
    target = next((one for one in found.targets if one.name == line.name), None)
    return FormField(
        name=line.name,
        label=line.field.label,
        kind=tables.kind_of(line.field.type, typed if isinstance(typed, str) else ""),
        required=line.field.required,
        help=f"目标：{measures.wanted(target)}" if target else _help(line.field),
        value=typed if isinstance(typed, str) else "",
        options=tuple(Choice(value, label, value in chosen) for value, label in _options(line)),
        files=files(found, line.name),
        table=_table(line, typed, kept),
        accept=",".join(filekinds.endings(line.field.accepts)),
        unit=target.unit if target else "",
        note=_so_far(target) if target else "",
        error=kept.faults.get(line.name, ""),
    )


def _table(line: FormLine, typed: Value, kept: Kept) -> Table | None:
    if line.field.type != "table":
        return None
    rows = [row for row in typed if isinstance(row, dict)] if isinstance(typed, list) else []
    return tables.to_fill_in(line.name, line.field, rows, faults=kept.faults, more=kept.grown == line.name)


def _help(field: Asked) -> str:
    """What the definition says, and what the field's own bounds say."""
    files = f"可传：{filekinds.named(field.accepts)}" if field.accepts else ""
    return "。".join(text.rstrip("。") for text in (field.help, files) if text)


def _so_far(target: Figure) -> str:
    if target.so_far is None or target.so_far == (target.value or 0):
        return ""
    return f"另有各期已报送 {target.so_far - (target.value or 0):f}{target.unit}，合计对照目标"


def _options(line: FormLine) -> tuple[tuple[str, str], ...]:
    if line.field.type == "yes-no":
        return (("yes", "是"), ("no", "否"))
    return tuple((option, option) for option in line.field.options)


def _as_typed(line: FormLine) -> Value:
    """A stored value as a browser would send it."""
    if line.field.type == "table":
        return tables.as_typed(line.field, line.value)
    if line.field.type == "choices":
        return [str(one) for one in line.value or ()]
    if isinstance(line.value, bool):
        return "yes" if line.value else "no"
    return "" if line.value is None else str(line.value)


def _blank(value: Any) -> bool:
    return value is None or value in ("", [])


def _file(submission_id: int, one: AttachmentLine) -> Attachment:
    return Attachment(
        name=one.name,
        href=f"/submissions/{submission_id}/files/{one.id}",
        size=one.size,
        sha256=one.sha256,
        uploaded_at=one.uploaded_at,
        uploaded_by=one.uploaded_by,
        number=one.id,
    )
