"""A mail server and a WeCom that take everything, each in a process of its own: ``python -m bench.sink mail|wecom``.

The port is the first line on standard output; the process ends with its standard input.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.doubles.wecom import WecomDouble

HOST = "127.0.0.1"


class TakesAll:
    """What aiosmtpd asks at the final dot."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Taken over, and forgotten."""
        return "250 2.0.0 Ok: queued"


async def _mail() -> None:
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(TakesAll(), hostname="localhost"), HOST, 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def running(kind: str) -> Iterator[int]:
    """The port of a sink that runs until the block ends."""
    command = [sys.executable, "-m", "bench.sink", kind]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdin is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()


def _until_the_end_of_input() -> None:
    sys.stdin.read()
    os._exit(0)


def main(kind: str) -> None:
    """Serve until whoever started this closes its end."""
    threading.Thread(target=_until_the_end_of_input, daemon=True).start()
    if kind == "mail":
        asyncio.run(_mail())
        return
    with WecomDouble() as double:
        print(double.api.rpartition(":")[2], flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1])
