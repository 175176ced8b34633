"""The worker itself: whom it takes over from, when it refuses to start, what a backup makes of its queue."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from structlog.testing import capture_logs

from commands import run
from notifier import claims
from tests.databases import Server
from tests.workers.conftest import Shop
from tests.workflow.world import LAUNCH
from workers import dispatch, queue_schema
from workers.worker import Worker
from workflow import backups, errands
from workflow.store import Store

DEAD_JOBS = (
    "WITH gone AS (INSERT INTO duban_queue.procrastinate_workers (last_heartbeat)"
    " VALUES (now() - interval '26 seconds') RETURNING id)"
    " UPDATE duban_queue.procrastinate_jobs SET status = 'doing', worker_id = gone.id FROM gone"
)
LIVING_JOBS = DEAD_JOBS.replace("26 seconds", "5 seconds")


@pytest.fixture
def half_sent(shop: Shop) -> Shop:
    """A delivery under way in another process, which holds sixty-one messages."""
    shop.hands.sweep()
    (job,) = shop.jobs()
    claims.claim(
        shop.world.store, LAUNCH, shop.hands.wall(), shop.office.room.ways,
        note=lambda session, claim: dispatch.note_claim(session, job, claim.lease),
    )  # fmt: skip
    return shop


def take_over(shop: Shop) -> list[str]:
    """One round of taking over; what was logged."""
    worker = Worker(shop.url, shop.hands)

    async def once() -> None:
        async with worker._app.open_async():
            await worker._take_over()

    with capture_logs() as logged:
        asyncio.run(once())
    return [entry["event"] for entry in logged]


def execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True, options="-c search_path=duban_queue") as connection:
        connection.execute(statement.encode())


def test_what_a_dead_worker_held_is_free_again_and_its_job_gone(half_sent: Shop) -> None:
    execute(half_sent.url, DEAD_JOBS)
    assert take_over(half_sent) == ["taken over from a dead worker"]
    assert half_sent.jobs() == []
    half_sent.hands.sweep()
    (job,) = half_sent.jobs()
    assert half_sent.hands.deliver(job) == 61
    with half_sent.world.store.read() as session:
        assert errands.look(session).workers == 0


def test_what_a_living_worker_holds_is_left_to_it(half_sent: Shop) -> None:
    execute(half_sent.url, LIVING_JOBS)
    assert take_over(half_sent) == []
    assert len(half_sent.jobs()) == 1
    assert half_sent.hands.deliver(half_sent.jobs()[0]) == 0


def test_a_worker_on_a_file_is_refused_in_one_line_and_makes_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DUBAN_DATABASE_URL", "sqlite:///duban.db")
    monkeypatch.setattr("sys.argv", ["duban", "worker"])
    assert run() == 1
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("duban worker 只用于 PostgreSQL") and err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_backup_leaves_the_queue_out_and_a_restore_does_not_mind_one(
    shop: Shop, postgresql_server: Server, tmp_path: Path
) -> None:
    shop.hands.sweep()
    backups.save(shop.url, tmp_path / "duban.backup")
    target = postgresql_server.create("restored")
    try:
        with closing(Store.open(target)) as store:
            store.migrate()
        queue_schema.settle(target)
        execute(target, "INSERT INTO duban_queue.procrastinate_workers DEFAULT VALUES")
        backups.restore(target, tmp_path / "duban.backup")
        with closing(Store.open(target)) as store, store.read() as session:
            assert errands.look(session) == errands.Errands(workers=1)
    finally:
        postgresql_server.drop("restored")
