"""A missed task's way to its close-out, from outside; also a script: ``python -m tests.acceptance.huludao``."""

from __future__ import annotations

from tests.acceptance import huludao


def test_a_missed_task_is_talked_about_reported_put_right_and_closed_out() -> None:
    huludao.main()
