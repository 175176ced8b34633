"""Alerts through servers that fail, by processes that are killed; also ``python -m tests.acceptance.alerts``."""

from __future__ import annotations

from tests.acceptance import alerts


def test_every_alert_arrives_once_or_is_listed_whatever_fails(database_kind: str) -> None:
    found = alerts.run(alerts=160, people=80, kills=2, database=database_kind)
    assert found["killed"]
