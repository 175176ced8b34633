"""Backup files: written beside their name and moved there when whole, never over something else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.util import CommandError

from workflow.refusals import Refusal

_MIGRATIONS = Path(__file__).parent / "migrations"


class BackupRefused(Refusal):
    """没有备份：{reason}"""

    code = "backup-refused"


class RestoreRefused(Refusal):
    """没有恢复，目标数据库未改动：{reason}"""

    code = "restore-refused"


@contextmanager
def written(target: Path) -> Iterator[Path]:
    """A file to write, readable by its owner alone; it takes its name, flushed, when the block ends well.

    Raises BackupRefused when the name is taken or cannot be written.
    """
    if target.is_dir() or (target.exists() and target.stat().st_size):
        raise BackupRefused(reason=f"“{target}”已存在，请换一个文件名")
    part = target.with_name(f"{target.name}.part")
    try:
        make_private(part)
        yield part
        move(part, target)
    except OSError as fault:
        raise BackupRefused(reason=f"不能写入“{target}”（{fault.strerror}）") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def make_private(path: Path) -> None:
    """An empty new file that only its owner can read, in place of what lay there."""
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def move(part: Path, target: Path) -> None:
    """Give a whole file its name; both are on disk when this returns."""
    _flush(part)
    part.replace(target)
    _flush(target.parent)


def require_known(revision: str | None) -> None:
    """Raises RestoreRefused for tables that this version of duban does not know."""
    if revision is None:
        raise RestoreRefused(reason="文件里没有 duban 的数据")
    try:
        ScriptDirectory(str(_MIGRATIONS)).get_revision(revision)
    except CommandError:
        raise RestoreRefused(reason=f"备份来自更新的版本（{revision}），请先升级 duban") from None


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
