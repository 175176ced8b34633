"""How commands print: values as JSON, tables that fold, files written whole."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from workflow.refusals import Refusal

#: Table cells fold at this width where there is no terminal to ask.
_WIDTH = 160


class OutputRefused(Refusal):
    """不能输出：{reason}"""

    code = "output-refused"


def plain(value: object) -> object:
    """A value as JSON knows it: dataclasses as objects, instants in Asia/Shanghai."""
    from workflow.moments import SHANGHAI

    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(one) for one in value]
    return value


def as_json(value: object) -> str:
    """The JSON text of a value, with Chinese as it is."""
    return json.dumps(plain(value), ensure_ascii=False, indent=1) + "\n"


def as_table(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table as text, as wide as the terminal; what people wrote is never taken for markup."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=sys.stdout)
    if not console.is_terminal:
        console = Console(file=sys.stdout, width=_WIDTH)
    table = Table(title=Text(title))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def put(data: bytes | str, output: Path | None) -> None:
    """Write to a file, or to standard output when there is none; raises OutputRefused."""
    written = data.encode() if isinstance(data, str) else data
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(written)
        sys.stdout.flush()
        return
    try:
        output.write_bytes(written)
    except OSError as fault:
        raise OutputRefused(reason=f"“{output}”写不进去（{fault.strerror}）") from None


def note(text: str) -> None:
    """A remark for the person at the terminal, kept out of what is printed."""
    print(text, file=sys.stderr)
