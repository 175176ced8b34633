"""Is the target what the source was? Every row compared, and the record held against its own hashes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import zip_longest

from workflow import proofs
from workflow.moving.refused import MoveRefused
from workflow.moving.rows import Shape, shapes
from workflow.moving.snapshots import Snapshot
from workflow.moving.targets import Target
from workflow.store import Store

#: As many faults as a person can read.
MOST = 20


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
    """What is wrong with the record in the database at ``url``: chains, what contradicts them, anchors; a line each."""
    with closing(Store.open(url)) as store, store.read() as session:
        yield from map(str, proofs.everything(session, ()))
