"""A worker's hands over a launched PostgreSQL with a queue, and a mail server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.notifier.post_office import PostOffice
from tests.workflow.world import LINKS, World
from workers import queue_schema
from workers.hands import Hands
from workflow.anchor_files import AnchorFile
from workflow.clock_watch import ClockWatch
from workflow.engine import Engine

#: So that no batch is given back because the machine is slow.
PATIENT = timedelta(minutes=5)


@dataclass(frozen=True)
class Shop:
    """What a worker stands in; the store's clock is the rehearsal's."""

    url: str
    office: PostOffice
    hands: Hands

    @property
    def world(self) -> World:
        """The programme it works for."""
        return self.office.world

    def jobs(self, task: str = "deliver") -> list[int]:
        """The jobs on the queue, by number."""
        query = text("SELECT id FROM duban_queue.procrastinate_jobs WHERE task_name = :task ORDER BY id")
        with self.world.store.read() as session:
            return list(session.execute(query, {"task": task}).scalars())

    def at(self, instant: datetime) -> None:
        """Set the rehearsal clock without doing what is due."""
        with self.world.store.write() as session:
            session.execute(
                text("UPDATE meta SET value = :at WHERE key = 'rehearsal-now'"), {"at": instant.isoformat()}
            )


@pytest.fixture
def shop(postgresql_launched_url: str, tmp_path: Path) -> Iterator[Shop]:
    """Ordos 2022 at its launch, sixty-one letters waiting."""
    queue_schema.settle(postgresql_launched_url)
    with closing(World.opened(postgresql_launched_url)) as world, PostOffice.opened(world, turn=PATIENT) as office:
        engine = Engine(world.store, LINKS, rehearsal=True, deliver=office.room.deliver)
        hands = Hands(engine, office.room, AnchorFile(tmp_path / "anchors"), ClockWatch(world.store))
        yield Shop(postgresql_launched_url, office, hands)
