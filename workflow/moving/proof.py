"""Is the target what the source was? Every row compared, and the record held against its own hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import zip_longest

from sqlalchemy import LargeBinary, select
from sqlmodel import Session

from workflow import audit, forms, proofs
from workflow.moving.refused import MoveRefused
from workflow.moving.rows import Shape, shapes
from workflow.moving.snapshots import Snapshot
from workflow.moving.targets import Target
from workflow.store import Store
from workflow.tables import Content, Programme, ProgrammeVersion, SQLModel, Submission

#: As many faults as a person can read.
MOST = 20

_c = Content.__table__  # type: ignore[attr-defined]
_p = Programme.__table__  # type: ignore[attr-defined]
_v = ProgrammeVersion.__table__  # type: ignore[attr-defined]
_s = Submission.__table__  # type: ignore[attr-defined]


def compare(snapshot: Snapshot, target: Target, compared: Callable[[int], object]) -> None:
    """Every row of every table, byte for byte, and how many there are; raises MoveRefused at the first difference."""
    for shape in shapes():
        here, there = snapshot.count(shape), target.count(shape)
        if here != there:
            raise MoveRefused(reason=f"核对不符：数据表 {shape.name} 原库{here}行，目标库{there}行")
        _compare(snapshot, target, shape)
        compared(here)


def _compare(snapshot: Snapshot, target: Target, shape: Shape) -> None:
    for row, line in zip_longest(snapshot.rows(shape), target.lines(shape)):
        if row is None or line != shape.line(row):
            place = shape.place(row) if row is not None else f"数据表 {shape.name} 末尾"
            raise MoveRefused(reason=f"核对不符：{place}与原库不同")


def faults(url: str) -> Iterator[str]:
    """What is wrong with the record in the database at ``url``: chains, anchors, contents, files – each as one line."""
    with closing(Store.open(url)) as store, store.read() as session:
        yield from map(str, proofs.everything(session, ()))
        yield from _contents(session)
        yield from _files(session)


def _contents(session: Session) -> Iterator[str]:
    """Contents whose hash is not that of their fields under any text of their programme."""
    versions: dict[int, set[str]] = {}
    for query in (select(_p.c.id, _p.c.version), select(_v.c.programme_id, _v.c.version)):
        for programme, version in session.execute(query):
            versions.setdefault(programme, set()).add(version)
    joined = select(_c.c.submission_id, _c.c.version, _c.c.fields, _c.c.hash, _s.c.obligation, _s.c.programme_id)
    rows = session.execute(
        joined.select_from(_c.join(_s, _s.c.id == _c.c.submission_id)).order_by(_c.c.submission_id, _c.c.version),
        execution_options={"yield_per": audit.STEP},
    )
    for row in rows:
        hashes = (
            forms.content_hash(row.obligation, row.fields, definition_version=version)
            for version in versions.get(row.programme_id, ())
        )
        if row.hash not in hashes:
            yield f"报送件{row.submission_id}：第{row.version}版内容与校验值不符（content-changed）"


def _files(session: Session) -> Iterator[str]:
    """Files of any table that are kept with a SHA-256 of their own and no longer have it."""
    for table in SQLModel.metadata.sorted_tables:
        held = [column for column in table.columns if isinstance(column.type, LargeBinary)]
        if not held or "sha256" not in table.columns:
            continue
        key = next(iter(table.primary_key))
        rows = session.execute(
            select(key.label("key"), held[0].label("data"), table.c.sha256).order_by(key),
            execution_options={"yield_per": 1},
        )
        for row in rows:
            if hashlib.sha256(row.data).hexdigest() != row.sha256:
                yield f"数据表 {table.name} 中 {row.key} 的文件与校验值不符（file-changed）"
