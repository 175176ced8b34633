"""Does what people read agree with the history? Decisions, contents, files, drawn signatures, sheets.

The chain proves only itself: a decision, a text or a file that is edited beside it leaves every entry as it was.
Everything goes part by part, so that memory stays the same whatever the size.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Table, select, type_coerce
from sqlalchemy.types import NullType
from sqlmodel import Session

from workflow import forms, handed_out
from workflow.asking import named
from workflow.tables import (
    Attachment,
    Content,
    DrawnSignature,
    History,
    Programme,
    ProgrammeVersion,
    SignOff,
    Submission,
)

_s = Submission.__table__  # type: ignore[attr-defined]
_h = History.__table__  # type: ignore[attr-defined]
_r = SignOff.__table__  # type: ignore[attr-defined]
_c = Content.__table__  # type: ignore[attr-defined]
_f = Attachment.__table__  # type: ignore[attr-defined]
_d = DrawnSignature.__table__  # type: ignore[attr-defined]
_p = Programme.__table__  # type: ignore[attr-defined]
_v = ProgrammeVersion.__table__  # type: ignore[attr-defined]

#: Submissions looked at at a time.
STEP = 200
#: What an entry of a decision says of its request: the fact, and what people call it.
_FACTS: Mapping[str, str] = {
    "step": "步骤", "post": "审签职务", "holder": "审签人", "typed_name": "签名", "channel": "签署方式",
    "content_hash": "所签内容", "delegation": "代签授权", "confirmed": "身份核验",
}  # fmt: skip
_COLUMNS = {"post": "post_title", "delegation": "delegation_id"}


@dataclass(frozen=True)
class Disagreement:
    """One thing of a submission that is not what its history says."""

    submission_id: int
    code: str
    text: str

    def __str__(self) -> str:
        return f"报送件{self.submission_id}：{self.text}（{self.code}）"


@dataclass
class _Held:
    """What there is of one submission, as it is stored: instants and JSON are not read."""

    row: Any
    entries: list[Any] = field(default_factory=list)
    requests: list[Any] = field(default_factory=list)
    contents: list[Any] = field(default_factory=list)
    files: dict[int, Any] = field(default_factory=dict)
    drawn: dict[int, Any] = field(default_factory=dict)


def verify(session: Session) -> Iterator[Disagreement]:
    """Every disagreement, by submission, then every file that is not what it was.

    A submission that disagrees is looked at once more by itself: somebody may have been at work meanwhile.
    """
    texts, low = _texts(session), 0
    while ids := session.execute(select(_s.c.id).where(_s.c.id > low).order_by(_s.c.id).limit(STEP)).scalars().all():
        suspects = {one.submission_id for one in _within(session, (ids[0], ids[-1]), texts)}
        for suspect in sorted(suspects):
            yield from _within(session, (suspect, suspect), texts)
        low = ids[-1]
    yield from _bytes(session)


def of_submission(session: Session, submission_id: int) -> list[Disagreement]:
    """Every disagreement of one submission; of its files only what is told of them, not their bytes."""
    return list(_within(session, (submission_id, submission_id), _texts(session)))


def _texts(session: Session) -> Mapping[int, frozenset[str]]:
    """The versions that each programme's text has had."""
    found = defaultdict[int, set[str]](set)
    for query in (select(_p.c.id, _p.c.version), select(_v.c.programme_id, _v.c.version)):
        for programme, version in session.execute(query):
            found[programme].add(version)
    return {programme: frozenset(versions) for programme, versions in found.items()}


def _within(session: Session, ids: tuple[int, int], texts: Mapping[int, frozenset[str]]) -> Iterator[Disagreement]:
    for held in _gathered(session, ids).values():
        entries = [(one, _read(one.facts) or {}) for one in held.entries]
        yield from _contents(held, entries, texts.get(held.row.programme_id, frozenset()))
        yield from _scans(held, entries)
        yield from _decisions(held, entries)
        yield from _disputes(held, entries)
    for submission_id, code, text in handed_out.disagreements(session, ids):
        yield Disagreement(submission_id, code, text)


def _gathered(session: Session, ids: tuple[int, int]) -> dict[int, _Held]:
    """Everything of the submissions in a range of ids; entries first, so that nothing decided since is missed."""
    told = ("approve", "return", "edit", "dispute", "paper")
    history = select(*_raw(_h)).where(_between(_h.c.submission_id, ids), _h.c.event.in_(told)).order_by(_h.c.seq)
    entries = session.execute(history).all()
    own = select(_s.c.id, _s.c.programme_id, _s.c.obligation, _s.c.content_version, _s.c.content_hash)
    found = {row.id: _Held(row) for row in session.execute(own.where(_between(_s.c.id, ids)).order_by(_s.c.id))}
    contents = select(*_raw(_c)).where(_between(_c.c.submission_id, ids)).order_by(_c.c.version)
    requests = select(*_raw(_r)).where(_between(_r.c.submission_id, ids)).order_by(_r.c.id)
    files = select(_f.c.id, _f.c.submission_id, _f.c.name, _f.c.size, _f.c.sha256)
    drawn = select(_r.c.submission_id, _d.c.sign_off_id, type_coerce(_d.c.png, NullType).label("png"), _d.c.sha256)
    drawn = drawn.select_from(_d.join(_r, _r.c.id == _d.c.sign_off_id))
    for one in entries:
        _of(found, one).entries.append(one)
    for one in session.execute(contents):
        _of(found, one).contents.append(one)
    for one in session.execute(requests):
        _of(found, one).requests.append(one)
    for one in session.execute(files.where(_between(_f.c.submission_id, ids))):
        _of(found, one).files[one.id] = one
    for one in session.execute(drawn.where(_between(_r.c.submission_id, ids))):
        _of(found, one).drawn[one.sign_off_id] = one
    return found


def _of(found: Mapping[int, _Held], row: Any) -> _Held:
    """Where a row belongs; what is left of a submission that is gone is told by its history."""
    return found.get(row.submission_id) or _Held(None)


def _raw(table: Table) -> list[ColumnElement[Any]]:
    """Every column as it is stored: what somebody made unreadable is a fault, not a crash."""
    return [type_coerce(column, NullType).label(column.name) for column in table.c]


def _between(column: ColumnElement[int], ids: tuple[int, int]) -> ColumnElement[bool]:
    return column.between(*ids)


def _read(stored: object) -> dict[str, Any] | None:
    """A JSON object, None when it is none."""
    try:
        read = json.loads(stored) if isinstance(stored, str) else stored
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


_Entries = list[tuple[Any, dict[str, Any]]]


def _contents(held: _Held, entries: _Entries, texts: frozenset[str]) -> Iterator[Disagreement]:
    """Each version against its own hash, against the entry that saved it, and against its files."""
    saved = {facts["version"]: facts.get("hash") for one, facts in entries if one.event == "edit" and _saves(facts)}
    hashes: dict[int, str] = {0: ""}
    for one in held.contents:
        hashes[one.version] = one.hash
        fields, what = _read(one.fields), f"第{one.version}版内容"
        if fields is None or one.hash not in _hashes(held.row.obligation, fields, texts):
            yield _fault(held, "content-changed", f"{what}与校验值不符，被改动过")
        elif saved.get(one.version) != one.hash:
            yield _fault(held, "content-differs", f"{what}与历史所记的不一致")
        yield from _files(held, fields or {}, what)
    for version in sorted(saved.keys() - hashes.keys()):
        yield _fault(held, "content-missing", f"历史记有第{version}版内容，现在已不存在")
    if hashes.get(held.row.content_version) != held.row.content_hash:
        yield _fault(held, "content-differs", "现行内容与报送件所记的校验值不一致")
    for one in held.requests:
        if hashes.get(one.content_version) != one.content_hash:
            yield _fault(held, "content-differs", f"审签SQ-{one.id}所针对的内容与其校验值不一致")


def _saves(facts: Mapping[str, Any]) -> bool:
    return isinstance(facts.get("version"), int)


def _hashes(obligation: str, fields: Mapping[str, Any], texts: frozenset[str]) -> Iterator[str]:
    return (forms.content_hash(obligation, fields, definition_version=version) for version in texts)


def _files(held: _Held, fields: Mapping[str, Any], what: str) -> Iterator[Disagreement]:
    """The files that a content names; their hashes are part of its own."""
    lists = [value for value in fields.values() if isinstance(value, list)]
    for one in (one for value in lists for one in value if isinstance(one, dict) and "sha256" in one):
        yield from _file(held, one, what)


def _scans(held: _Held, entries: _Entries) -> Iterator[Disagreement]:
    """The scan of a paper that was entered later, against the entry that says so."""
    for entry, scan in ((entry, facts["scan"]) for entry, facts in entries if isinstance(facts.get("scan"), dict)):
        yield from _file(held, scan, f"历史第{entry.seq}条（补录纸质件）")


def _file(held: _Held, one: Mapping[str, Any], what: str) -> Iterator[Disagreement]:
    kept = held.files.get(one.get("id", 0))
    if kept is None:
        yield _fault(held, "file-missing", f"{what}的附件“{one.get('name')}”已不存在")
    elif (kept.name, kept.size, kept.sha256) != (one.get("name"), one.get("size"), one.get("sha256")):
        yield _fault(held, "file-differs", f"{what}的附件“{one.get('name')}”与所签内容记载的不一致")


def _decisions(held: _Held, entries: _Entries) -> Iterator[Disagreement]:
    """Each decision against the entry that made it; one of a request that the office closed itself names none."""
    made = {facts["sign_off"]: (one, facts) for one, facts in entries if one.event in _DECIDED and _names(facts)}
    for one in held.requests:
        entry, facts = made.pop(one.id, (None, {}))
        if entry is None:
            if one.decision is not None:
                yield _fault(held, "decision-unrecorded", f"审签SQ-{one.id}有意见，历史中没有")
        elif one.decision is None:
            yield _fault(held, "decision-missing", f"历史第{entry.seq}条记有审签SQ-{one.id}的意见，现在没有")
        elif wrong := [*_differing(one, entry, facts), *_signature(held, one, facts)]:
            told = f"审签SQ-{one.id}与历史第{entry.seq}条不一致：{'、'.join(wrong)}"
            yield _fault(held, "decision-differs", told)
        if entry is None and one.id in held.drawn:
            yield _fault(held, "signature-unrecorded", f"审签SQ-{one.id}有手写签名，历史中没有")
    for number, (entry, _) in made.items():
        yield _fault(held, "decision-missing", f"历史第{entry.seq}条记有审签SQ-{number}的意见，该审签已不存在")


_DECIDED = ("approve", "return")


def _names(facts: Mapping[str, Any]) -> bool:
    return isinstance(facts.get("sign_off"), int)


def _differing(request: Any, entry: Any, facts: Mapping[str, Any]) -> Iterator[str]:
    """What a request says otherwise than the entry of its decision."""
    if request.decision != entry.event:
        yield "意见"
    if request.comment != entry.comment:
        yield "理由"
    if request.decided_at != entry.at:
        yield "时间"
    for fact, title in _FACTS.items():
        if (getattr(request, _COLUMNS.get(fact, fact)) or None) != (facts.get(fact) or None):
            yield title
    asked = named(request.post_title, request.holder)
    if request.delegation_id is not None:
        who = f"{named(request.decided_by_title, request.decided_by_name)}（代 {asked}）"
    else:
        who = asked if request.channel == "link" else f"（代录 {asked}）"
        if request.channel == "link" and request.decided_by not in ("", request.person):
            yield "签署人"
    if not entry.actor.endswith(who):
        yield "签署人"


def _signature(held: _Held, request: Any, facts: Mapping[str, Any]) -> Iterator[str]:
    drawn = held.drawn.get(request.id)
    is_ = (drawn.sha256, _sha256(drawn.png)) if drawn else (None, None)
    if is_ != (facts.get("signature"), facts.get("signature")):
        yield "手写签名"


def _disputes(held: _Held, entries: _Entries) -> Iterator[Disagreement]:
    """Each “not my own act” against its entry."""
    made = {facts["sign_off"]: one for one, facts in entries if one.event == "dispute" and _names(facts)}
    for one in held.requests:
        entry = made.get(one.id)
        said = (entry.at, entry.comment) if entry else (None, "")
        if (one.disputed_at, one.dispute) != said:
            yield _fault(held, "dispute-differs", f"审签SQ-{one.id}的“非本人操作”声明与历史不一致")


def _bytes(session: Session) -> Iterator[Disagreement]:
    """Attachments that no longer have their SHA-256, one after the other."""
    data = type_coerce(_f.c.data, NullType).label("data")
    query = select(_f.c.id, _f.c.submission_id, _f.c.name, _f.c.sha256, data).order_by(_f.c.id)
    for row in session.execute(query, execution_options={"yield_per": 1}):
        if _sha256(row.data) != row.sha256:
            yield Disagreement(row.submission_id, "file-changed", f"附件“{row.name}”与校验值不符，被改动过")


def _sha256(stored: object) -> str:
    """SQLite may hold a text where bytes belong."""
    data = stored.encode() if isinstance(stored, str) else stored
    return hashlib.sha256(data if isinstance(data, bytes | memoryview) else b"").hexdigest()


def _fault(held: _Held, code: str, text: str) -> Disagreement:
    return Disagreement(held.row.id, code, text)
