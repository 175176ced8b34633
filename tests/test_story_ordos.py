"""The whole promise from outside, as a new user would try it; also a script: ``python -m tests.acceptance.ordos``."""

from __future__ import annotations

from tests.acceptance import ordos


def test_ordos_2022_runs_by_itself() -> None:
    ordos.main()
