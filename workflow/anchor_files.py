"""The anchors' file outside the database: one JSON line an anchor, appended after it was committed, flushed to disk.

The file itself tells how far it goes, so whatever was committed and not written yet is written next time, and nothing
twice: also when the process died in the middle of a line. It is only ever appended to, so it may lie on a place that
allows nothing else.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import structlog
from sqlmodel import Session

from workflow import anchors
from workflow.refusals import Refusal
from workflow.store import Store
from workflow.tables import Anchor

log = structlog.get_logger(__name__)


class AnchorsUnreadable(Refusal):
    """存证文件“{file}”不能读取：{reason}"""

    code = "anchors-unreadable"


@dataclass(frozen=True)
class Line:
    """One line of the file as it stands; ``anchor`` is None for one that is not an anchor's."""

    number: int
    text: str
    anchor: Anchor | None


@dataclass
class AnchorFile:
    """Where anchors go when they leave the database; ``written`` is the last root known to be in it."""

    path: Path
    written: str | None = field(default=None, init=False)

    def follow(self, store: Store) -> int:
        """Append every anchor that is committed and not in the file; returns how many. Raises OSError.

        Costs one read of the store while there is none.
        """
        with store.read() as session:
            last = anchors.last_root(session)
            if last in ("", self.written):
                return 0
            chain = anchors.chain(session)
        with _held(self.path) as descriptor:
            missing, tail = _missing(read(self.path), chain)
            if missing:
                _append(descriptor, missing, tail)
        self.written = last
        return len(missing)

    def delivering(self, store: Store, deliver: Callable[[datetime], object]) -> Callable[[datetime], object]:
        """A delivery that writes the file first; a file that cannot be written delays no message."""

        def run(now: datetime) -> object:
            try:
                self.follow(store)
            except OSError as fault:
                log.error("anchors not written", file=str(self.path), reason=fault.strerror)
            return deliver(now)

        return run


def read(path: Path, *, must_exist: bool = False) -> list[Line]:
    """The lines of a file of anchors; raises AnchorsUnreadable for one that is no text, or is missed."""
    if not must_exist and not path.exists():
        return []
    try:
        text = path.read_bytes().decode()
    except OSError as fault:
        raise AnchorsUnreadable(file=path, reason=fault.strerror) from None
    except UnicodeDecodeError:
        raise AnchorsUnreadable(file=path, reason="不是文本文件") from None
    # Not splitlines: what stands behind the last line break was not written whole.
    return [Line(number, one, _parsed(one)) for number, one in enumerate(text.split("\n"), start=1) if one.strip()]


def lacking(session: Session, path: Path) -> str:
    """What the file lacks of the anchors that there are, in Chinese; raises AnchorsUnreadable."""
    last = anchors.last_root(session)
    if not last:
        return ""
    if not path.exists():
        return f"“{path}”不存在，而数据库中已有每日存证：可能被移走或删除，也可能从未写出"
    there = [one.anchor.root for one in read(path) if one.anchor is not None]
    if not there:
        return f"“{path}”中没有任何存证，而数据库中已有：可能被清空"
    return "" if last in there else f"“{path}”缺少最近一次存证，请检查 duban 服务能否写这个文件"


def fault(session: Session, path: Path) -> str:
    """What is wrong with the file, in Chinese, as far as whoever asks may tell; raises AnchorsUnreadable."""
    place = path if path.exists() else next(one for one in path.absolute().parents if one.exists())
    if not os.access(place, os.W_OK) or path.is_dir():
        return f"“{path}”不能写入，每日存证送不出数据库，请检查权限和磁盘"
    return lacking(session, path)


def _parsed(text: str) -> Anchor | None:
    try:
        said = json.loads(text)
        return Anchor(
            day=date.fromisoformat(said["day"]), at=datetime.fromisoformat(said["at"]), submissions=said["submissions"],
            entries=said["entries"], before=said["before"], root=said["root"],
        )  # fmt: skip
    except (ValueError, TypeError, KeyError):
        return None


def _missing(there: Sequence[Line], chain: Sequence[Anchor]) -> tuple[list[Anchor], str]:
    """The anchors behind the last one of the file, and the torn line at its end that the first of them completes."""
    known = {one.anchor.root for one in there if one.anchor is not None}
    reached = max((place for place, one in enumerate(chain) if one.root in known), default=-1)
    days = [one.anchor.day for one in there if one.anchor is not None]
    # A day that the file has with another root stays as the file has it: that is for the check to tell.
    missing = [one for one in chain[reached + 1 :] if one.day not in days]
    torn = there[-1].text if there and there[-1].anchor is None else ""
    return missing, torn


def _append(descriptor: int, missing: Sequence[Anchor], torn: str) -> None:
    text = "".join(anchors.line(one) + "\n" for one in missing)
    ended = _ends_a_line(descriptor)
    if not ended:
        text = text[len(torn) :] if torn and text.startswith(torn) else "\n" + text
    data = text.encode()
    while data:
        data = data[os.write(descriptor, data) :]
    os.fsync(descriptor)


def _ends_a_line(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"


@contextmanager
def _held(path: Path) -> Iterator[int]:
    """The file open for appending, by one process at a time; its name is flushed with it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        os.close(descriptor)
