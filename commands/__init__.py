"""The ``duban`` commands. Each imports what it needs when it runs, so that ``--help`` answers at once."""

from __future__ import annotations

import sys

import typer

from commands import (
    access,
    amendments,
    bulletins,
    desk,
    ledgers,
    messages,
    moving,
    openings,
    operations,
    programmes,
    rollovers,
    rosters,
    running,
    standing_in,
)
from commands.usage import in_chinese

app = typer.Typer(
    name="duban",
    help="督办：专项行动的报送、审签、期限、提醒与逾期清单。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for room in (
    running,
    programmes,
    amendments,
    ledgers,
    rollovers,
    rosters,
    standing_in,
    openings,
    desk,
    bulletins,
    messages,
    access,
    operations,
    moving,
):
    room.add_to(app)


def main() -> None:
    """The ``duban`` command: a refusal is one line on standard error and exit code 1, never a traceback."""
    sys.exit(run())


def run() -> int:
    """Run the command line; the exit code is 0, 1 for a refusal, 2 for wrong usage."""
    from workflow.refusals import Refusal

    try:
        code = app(standalone_mode=False)
    except Refusal as refused:
        print(refused.text, file=sys.stderr)
        return 1
    except typer.Abort:
        return 130
    except typer.TyperException as fault:
        if message := fault.format_message():
            print(f"用法有误：{in_chinese(message)}（加 --help 查看说明）", file=sys.stderr)
        return fault.exit_code
    except BrokenPipeError:
        return 0
    return code if isinstance(code, int) else 0
