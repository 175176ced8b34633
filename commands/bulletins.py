"""``duban bulletin``: the 通报 of a period as a Word file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.printing import note, put


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command()(bulletin)


def bulletin(
    programme: Annotated[str, typer.Argument(metavar="PROGRAMME", help="方案，如 ordos-benchmarking-2022")],
    output: Annotated[Path, typer.Option("--output", "-o", help="写入的 Word 文件")],
    period: Annotated[str, typer.Option(help="期间：2022Q1、2022-03、2022H1 或 2022；不写为上一季度")] = "",
) -> None:
    """通报：期间内的报送情况，公文格式的 Word 文件。"""
    from documents import bulletin as documents
    from documents import bulletin_text
    from service import open_existing
    from workflow import bulletins

    with open_existing() as service, service.engine.looking() as act:
        found = bulletins.of(act, programme, period)
    put(documents.write(found), output)
    note(f"已写入 {output}：{bulletin_text.subject(found)}，统计截至{bulletin_text.until(found.as_of)}")
