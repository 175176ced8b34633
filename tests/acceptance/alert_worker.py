"""A process that delivers until it is told to stop: ``python -m tests.acceptance.alert_worker``.

Arguments: the store's URL, the mail server's, WeCom's, the key of the links, the file with the two clocks. It ends
with its standard input, or by being killed.
"""

from __future__ import annotations

import logging
import mmap
import select
import struct
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from notifier.channels import open_channels
from notifier.deliveries import Mailroom
from workflow.links import LinkMaker
from workflow.store import Store

BASE = "https://duban.example.cn"
_SIZE = struct.calcsize("dd")


@dataclass(frozen=True)
class Clocks:
    """The store's clock and how far the machine's is put ahead, shared by all processes through a file."""

    shared: mmap.mmap

    @classmethod
    def at(cls, path: Path) -> Clocks:
        """The clocks in a file, made where there is none."""
        if not path.exists():
            path.write_bytes(struct.pack("dd", 0.0, 0.0))
        with path.open("r+b") as file:
            return cls(mmap.mmap(file.fileno(), _SIZE))

    @property
    def now(self) -> datetime:
        """The store's."""
        return datetime.fromtimestamp(struct.unpack_from("d", self.shared, 0)[0], UTC)

    def wall(self) -> datetime:
        """The machine's, ahead of the real one."""
        return datetime.fromtimestamp(time.time() + struct.unpack_from("d", self.shared, 8)[0], UTC)

    def set_now(self, now: datetime) -> None:
        """Let it be another instant by the store's clock."""
        struct.pack_into("d", self.shared, 0, now.timestamp())

    def put_ahead(self, seconds: float) -> None:
        """Let time go by on the machine's clock."""
        struct.pack_into("d", self.shared, 8, struct.unpack_from("d", self.shared, 8)[0] + seconds)


def main(url: str, mail: str, wecom: str, key: str, clocks: str) -> None:
    """Deliver what is ready, again and again."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    shared, store = Clocks.at(Path(clocks)), Store.open(url)
    store.claim_service()
    room = Mailroom(store, open_channels(mail, wecom, []), LinkMaker(key.encode()), BASE, wall=shared.wall)
    if store.dialect == "sqlite":
        room.take_back_claims()
    while not select.select([sys.stdin], [], [], 0 if room.deliver(shared.now) else 0.02)[0]:
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
