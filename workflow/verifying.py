"""The check of the record run beside the service: who asked, how far it is, what came of it, for everybody to read.

It runs on the machine's clock. What is known of it stands in the store, so that any process shows it, and that one
that died in the middle is noticed: a run that has not been heard of for a minute is over.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal

import structlog
from sqlalchemy import select
from sqlmodel import Session

from workflow import anchor_files, audit, proofs
from workflow.acts import Act
from workflow.permissions import OFFICE
from workflow.proofs import Reach
from workflow.refusals import Forbidden, Refusal
from workflow.store import Store
from workflow.tables import Meta

log = structlog.get_logger(__name__)

_KEY: Final = "verifying"
#: A run is heard of at least so often, and given up after SILENCE.
EVERY_SECONDS, SILENCE = 2.0, timedelta(minutes=1)
#: Faults that are kept for the page; the command lists all.
MOST_FAULTS = 200


class AlreadyVerifying(Refusal):
    """正在核验，请等它完成。"""

    code = "already-verifying"


@dataclass(frozen=True)
class Run:
    """One check: ``heard_at`` is when it last told how far it is, ``outcome`` is in Chinese, ``faults`` the first."""

    state: Literal["running", "done", "broken"]
    by: str
    begun_at: datetime
    heard_at: datetime
    done: int = 0
    total: int = 0
    outcome: str = ""
    broken: int = 0
    count: int = 0
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def is_over(self, wall: datetime) -> bool:
        """Whether nobody works on it any more."""
        return self.state != "running" or wall - self.heard_at > SILENCE


def last(session: Session) -> Run | None:
    """The check under way, else the last one there was."""
    row = session.get(Meta, _KEY, populate_existing=True)
    if row is None:
        return None
    told = json.loads(row.value)
    for name in ("begun_at", "heard_at"):
        told[name] = datetime.fromisoformat(told[name])
    return Run(**{**told, "faults": tuple(told["faults"]), "notes": tuple(told["notes"])})


def begin(act: Act, *, wall: datetime) -> Run:
    """Take the place of the one check that may run; raises Forbidden, AlreadyVerifying."""
    if act.actor.role not in OFFICE:
        raise Forbidden(move="核验历史记录")
    # Held first, so that of two who ask at once one is refused.
    act.session.execute(select(Meta).where(Meta.key == "mode").with_for_update())  # type: ignore[arg-type]
    before = last(act.session)
    if before is not None and not before.is_over(wall):
        raise AlreadyVerifying
    with audit.readable():
        run = Run("running", act.actor.name, wall, wall, total=audit.size(act.session).entries)
    _keep(act.session, run)
    return run


def run(store: Store, begun: Run, *, file: Path | None, now: datetime, wall: Callable[[], datetime]) -> Run:
    """Check everything and keep what came of it; never raises. ``now`` is the store's clock."""
    try:
        ended = _checked(store, begun, file, now, wall)
    except Exception as fault:
        log.exception("verification broke off")
        said = fault.text if isinstance(fault, Refusal) else "系统出错，请在服务器上执行 duban audit verify"
        ended = replace(begun, state="broken", heard_at=wall(), outcome=f"核验没有完成：{said}")
    with store.write() as session:
        _keep(session, ended)
    return ended


def _checked(store: Store, begun: Run, file: Path | None, now: datetime, wall: Callable[[], datetime]) -> Run:
    told, count, broken, faults = _Teller(store, begun, wall), 0, set[object](), list[str]()
    outside = anchor_files.read(file) if file is not None else []
    with audit.readable(), store.read() as session:
        size = audit.size(session)
        for fault in proofs.everything(session, outside, seen=told.seen):
            count += 1
            broken.add(fault.submission_id or fault)
            if len(faults) < MOST_FAULTS:
                faults.append(str(fault))
        lines = [*reached(proofs.reach(session, outside), file if outside else None)]
        lines += [f"注意：{one}" for one in doubts(session, file, now)]
    outcome = f"核验了{size.submissions}件报送件的{size.entries}条历史：{verdict(len(broken), count)}"
    return replace(
        begun, state="done", heard_at=wall(), done=size.entries, total=size.entries, outcome=outcome,
        broken=len(broken), count=count, faults=tuple(faults), notes=tuple(lines),
    )  # fmt: skip


def verdict(broken: int, count: int) -> str:
    """The outcome in one phrase."""
    return f"{broken}件有问题，共{count}处" if count else "完整无误"


def reached(reach: Reach, file: Path | None) -> Iterator[str]:
    """How far the anchors prove what was verified, and by what."""
    days = [day.isoformat() for day in reach.days]
    proven, alone = days[: reach.proven], days[reach.proven :]
    if proven:
        yield f"每日存证{_span(proven)}：已由库外文件“{file}”证实"
    if alone:
        why = "文件中没有" if file else "没有库外文件可对照"
        yield f"每日存证{_span(alone)}：{why}，只能证明库内前后一致"
    if reach.open_entries:
        since = "尚未存证" if days else "还没有做过每日存证"
        yield f"另有{reach.open_submissions}件的{reach.open_entries}条历史{since}，只核对了校验链"


def doubts(session: Session, file: Path | None, now: datetime) -> Iterator[str]:
    """What is no fault, and should be looked at all the same."""
    lacking = anchor_files.lacking(session, file) if file is not None else ""
    if lacking:
        yield lacking
    if proofs.never_anchored(session, now):
        yield "历史已有两天以上，却没有任何每日存证：可能被删除，或 duban 服务没有运行"


class _Teller:
    """Tells how far a run is, every few seconds."""

    def __init__(self, store: Store, begun: Run, wall: Callable[[], datetime]) -> None:
        self._store, self._run, self._wall = store, begun, wall
        self._told = time.monotonic()

    def seen(self, entries: int) -> None:
        """So many more entries have been looked at."""
        self._run = replace(self._run, done=self._run.done + entries)
        if time.monotonic() - self._told >= EVERY_SECONDS:
            self._told, self._run = time.monotonic(), replace(self._run, heard_at=self._wall())
            with self._store.write(flushed=False) as session:
                _keep(session, self._run)


def _keep(session: Session, run: Run) -> None:
    plain = {**asdict(run), "begun_at": run.begun_at.isoformat(), "heard_at": run.heard_at.isoformat()}
    session.merge(Meta(key=_KEY, value=json.dumps(plain, ensure_ascii=False)))


def _span(days: list[str]) -> str:
    return f"{days[0]}（1次）" if len(days) == 1 else f"{days[0]}至{days[-1]}（{len(days)}次）"
