"""Moving an embedded store into PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from commands.printing import note


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command()(move)


def move(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="原库：SQLite 文件，或 sqlite:///文件")],
    target: Annotated[str, typer.Argument(metavar="TARGET", help="空的 PostgreSQL 数据库：postgresql://用户@主机/库")],
    confirm: Annotated[
        bool, typer.Option("--confirm", help="停止服务后执行：补齐其后的变化，核对无误后停用原库")
    ] = False,
) -> None:
    """把单机库迁移到 PostgreSQL：服务运行时先复制、核对；停止服务后加 --confirm 完成。中断后重新执行即可继续。"""
    from workflow.moving import moves
    from workflow.store import Store

    file = Store.file_of(source) or Path(source)
    with _progress() as hears:
        if confirm:
            moved = moves.confirm(file, target, hears, now=datetime.now(UTC))
        else:
            moved = moves.copy(file, target, hears)
    print(
        f"已复制{moved.tables}张表{moved.rows}行，逐行核对一致；"
        f"{moved.submissions}件报送件的{moved.entries}条历史、每日存证、全部内容和附件的校验值完整无误"
    )
    if confirm:
        print(f"迁移完成，“{file}”已停用。请把 DUBAN_DATABASE_URL 改为新地址；签名密钥文件须一并带到新的机器")
        print("注意：消息暂不发出，核对无误后执行 duban release 放行")
    else:
        note("原库仍在使用，其后的变化尚未带过去：请停止 duban 服务，再加 --confirm 执行一次")


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Who hears how far it is: bars on a terminal's standard error, nobody otherwise."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        tasks = dict[str, int]()

        def hears(what: str, more: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.advance(tasks[what], more)  # type: ignore[arg-type]

        yield hears
