"""Whatever is done to an anchored record by plain SQL is found; 10,000 times: ``tests.acceptance.tampering``."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tests.acceptance import tampering
from tests.acceptance.tamperings import KINDS


def test_every_tampering_with_an_anchored_record_is_found(database_url: str, tmp_path: Path) -> None:
    world, file = tampering.record(database_url, tmp_path)
    with closing(world):
        tally = tampering.tamper(world, file, 3 * len(KINDS))
    assert tally.missed == []
    assert set(tally.done.values()) == {3}
