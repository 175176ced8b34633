"""Links are opened by more than those who sign: what that does, in a real browser."""

from __future__ import annotations

from tests.acceptance import visits


def test_opening_links_changes_nothing(chromium: str) -> None:
    visits.main(20, chromium)
