"""Workers and a web process killed while deadlines pass; also ``python -m tests.acceptance.workers``."""

from __future__ import annotations

import pytest

from tests.acceptance import workers
from tests.databases import Server


@pytest.mark.usefixtures("postgresql_server")
def test_everything_lapses_once_whoever_is_killed(postgresql_server: Server) -> None:
    found = workers.run(workers.Size(submissions=300, waves=2, kills=3, workers=2, webs=1, every=2.0))
    assert found["lapsed"] == 320
    assert sum(found["killed"].values()) == 3  # type: ignore[attr-defined]
