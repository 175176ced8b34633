"""How the samples staff a unit: a liaison and a head, post titles for names, at example.cn addresses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from workflow.roster import LIAISON, UNIT_HEAD, PersonRow, PostRow, UnitRow


def person(key: str, name: str, mailbox: str) -> PersonRow:
    """Somebody who is reached by mail and WeCom."""
    return PersonRow(key, name, email=f"{mailbox}@example.cn", wecom_id=key)


def people(unit: UnitRow, *, called: str = "") -> Iterator[PersonRow]:
    """The liaison and the head of a unit; ``called`` is what it goes by in their titles, its name if empty."""
    stem = unit.code.lower()
    yield person(f"{stem}-liaison", f"{called or unit.name}联络员", f"{stem}.liaison")
    yield person(f"{stem}-head", f"{called or unit.name}主要负责同志", f"{stem}.head")


def posts(unit: UnitRow, *, since: date) -> Iterator[PostRow]:
    """The posts they hold."""
    stem = unit.code.lower()
    yield PostRow(LIAISON, unit.code, f"{stem}-liaison", since)
    yield PostRow(UNIT_HEAD, unit.code, f"{stem}-head", since)
