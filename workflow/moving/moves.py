"""The two acts of a move: copy what there is while it is served, then take the rest over and leave the old store.

Either may be killed anywhere and run again. The order at the end is what keeps anything from being lost or sent
twice: the old store is closed first, and only then is the new one opened, its outbox held.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from workflow.moving import departures, proof, snapshots, targets
from workflow.moving.refused import MoveRefused
from workflow.moving.rows import shapes
from workflow.moving.snapshots import Snapshot
from workflow.moving.targets import Target

#: Hears what is being done, and how many rows more of how many.
Hears = Callable[[str, int, int], object]


@dataclass(frozen=True)
class Moved:
    """What stands in the target: tables, rows, submissions, history entries."""

    tables: int
    rows: int
    submissions: int
    entries: int


def copy(source: Path, target: str, hears: Hears) -> Moved:
    """Copy an embedded store, served or not, into an empty database, or go on with that, and compare the two.

    Nothing is opened or closed by it. Raises MoveRefused, StoreBusy, StoreUnusable.
    """
    with _reading(source), targets.opened(target) as filling:
        if departures.left_for(source) is not None:
            raise MoveRefused(reason="原库已经迁出；如确认时中断，请加 --confirm 再次执行")
        snapshot = _begun(source, target, filling)
        _fill(snapshot, filling, hears)
        _prove(snapshot, target, filling, hears)
        return _told(snapshot)


def confirm(source: Path, target: str, hears: Hears, *, now: datetime) -> Moved:
    """Take over what was written since, compare, close the old store for good and open the new one, held.

    Begins by copying where that has not been done. Raises StoreBusy while a service runs on the source, MoveRefused.
    """
    address = targets.shown(target)
    with _reading(source), departures.alone(source), targets.opened(target) as filling:
        left = departures.left_for(source)
        if left is not None and left != address:
            raise MoveRefused(reason=f"原库已经迁移到 {left}")
        if left is not None and filling.number() is None:
            snapshots.forget(source)
            raise MoveRefused(reason=f"已经迁移到 {left}，无需再次确认")
        snapshot = _begun(source, target, filling)
        _fill(snapshot, filling, hears)
        if left is None:
            snapshot = _catch_up(source, snapshot, filling)
        _prove(snapshot, target, filling, hears)
        filling.put_back("reference")
        filling.count_on()
        if left is None:
            departures.leave(source, address, now)
        filling.open_up()
        moved = _told(snapshot)
    snapshots.forget(source)
    return moved


def _begun(source: Path, target: str, filling: Target) -> Snapshot:
    """The snapshot the target is filled from: a new one in an empty database, else the one it was begun with."""
    number = filling.number()
    if number is None:
        filling.require_unused()
        snapshot = snapshots.take(source)
        targets.make_tables(target)
        filling.prepare(snapshot.number)
        return snapshot
    newer = snapshots.kept(source, name="newer")
    if newer is not None and newer.number == number:
        return snapshots.adopt(source, newer)
    begun = snapshots.kept(source)
    if begun is None or begun.number != number:
        raise MoveRefused(reason="目标数据库里是另一次迁移的数据，请换一个空数据库")
    return begun


def _fill(snapshot: Snapshot, filling: Target, hears: Hears) -> None:
    for shape in shapes():
        last, total = filling.last_key(shape), snapshot.count(shape)
        what = f"复制 {shape.name}"
        hears(what, filling.count(shape) if last else 0, total)
        filling.take_in(shape, snapshot.rows(shape, after=last), lambda more: hears(what, more, total))  # noqa: B023
    filling.put_back("index")


def _catch_up(source: Path, before: Snapshot, filling: Target) -> Snapshot:
    """Bring the target to what the source is now, all in one transaction with the note of it."""
    after = snapshots.take(source, name="newer")
    with filling.transaction():
        # There again when an earlier confirmation got as far as that.
        filling.put_aside("reference")
        for shape in shapes():
            keys = {shape.key_line(key) for key in snapshots.gone(before, after, shape)}
            keys |= {shape.key_line(shape.key_of(row)) for row in snapshots.changed(before, after, shape)}
            if keys:
                filling.replace(shape, keys, lambda: map(shape.line, snapshots.changed(before, after, shape)))  # noqa: B023
        filling.note(after.number)
    return snapshots.adopt(source, after)


def _prove(snapshot: Snapshot, target: str, filling: Target, hears: Hears) -> None:
    total = sum(snapshot.count(shape) for shape in shapes())
    proof.compare(snapshot, filling, lambda more: hears("核对", more, total))
    found = proof.faults(target)
    said = [*islice(found, proof.MOST + 1)]
    if said:
        more = "……" if len(said) > proof.MOST else ""
        raise MoveRefused(reason=f"原库的记录不完整：{'；'.join(said[: proof.MOST])}{more}")


def _told(snapshot: Snapshot) -> Moved:
    counts = {shape.name: snapshot.count(shape) for shape in shapes()}
    return Moved(len(counts), sum(counts.values()), counts["submission"], counts["history"])


@contextmanager
def _reading(source: Path) -> Iterator[None]:
    if not source.is_file():
        raise MoveRefused(reason=f"数据库文件“{source}”不存在")
    try:
        yield
    except sqlite3.Error as fault:
        raise MoveRefused(reason=f"“{source}”不能读取（{fault}）") from None
    except OSError as fault:
        raise MoveRefused(reason=f"磁盘操作失败（{fault.strerror}）") from None
