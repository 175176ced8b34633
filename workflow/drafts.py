"""What somebody has handed in but not confirmed, kept between the steps of a form: nothing of it is in force.

Only who made a draft sees it, under a key that nobody guesses; after a week it is thrown away.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import delete
from sqlmodel import col, select

from workflow.acts import Act
from workflow.permissions import OFFICE
from workflow.refusals import Forbidden, NotFound, Refusal
from workflow.tables import Draft, DraftFile

Room = Literal["launch", "amendment", "roster", "calendar", "ledger"]

#: How long a draft is kept.
KEPT = timedelta(days=7)
#: Longest file, in bytes.
LARGEST = 20 * 1024 * 1024
#: So many drafts one person may have at a time; the oldest make room.
MOST = 20

_LONGEST_NAME = 200


class FileRefused(Refusal):
    """文件未被接受：{reason}"""

    code = "workbook-refused"


@dataclass(frozen=True)
class File:
    """A file as it was handed in."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Kept:
    """A draft with its files, by what they are."""

    key: str
    facts: Mapping[str, str]
    files: Mapping[str, File]


def begin(act: Act, room: Room, *, facts: Mapping[str, str], files: Mapping[str, File]) -> str:
    """Keep what was handed in and give its key; raises Forbidden, FileRefused. Drafts that are over go."""
    _require_office(act)
    _check(files)
    mine = select(Draft.key).where(Draft.by == act.actor.name).order_by(col(Draft.created_at).desc(), Draft.key)
    old = list(act.session.exec(mine.offset(MOST - 1)))
    old += act.session.exec(select(Draft.key).where(Draft.expires_at <= act.now))
    _throw_away(act, old)
    key = secrets.token_urlsafe(16)
    act.session.add(
        Draft(
            key=key, room=room, by=act.actor.name, created_at=act.now, expires_at=act.now + KEPT,
            facts=dict(facts),
        )
    )  # fmt: skip
    act.session.flush()
    _put(act, key, files)
    return key


def read(act: Act, room: Room, key: str) -> Kept:
    """A draft of one's own; raises Forbidden, NotFound."""
    row = _own(act, room, key)
    found = act.session.exec(select(DraftFile).where(DraftFile.draft_key == key))
    files = {one.slot: File(one.name, one.data) for one in found}
    return Kept(key, {name: str(value) for name, value in row.facts.items()}, files)


def change(
    act: Act,
    room: Room,
    key: str,
    *,
    facts: Mapping[str, str],
    files: Mapping[str, File] | None = None,
    dropped: Collection[str] = (),
) -> None:
    """Write more into a draft, or otherwise; what is not named stays. Raises Forbidden, NotFound, FileRefused."""
    row = _own(act, room, key)
    _check(files or {})
    row.facts = {**row.facts, **facts}
    gone = [*dropped, *(files or {})]
    act.session.execute(
        delete(DraftFile).where(col(DraftFile.draft_key) == key, col(DraftFile.slot).in_(gone))
    )  # fmt: skip
    _put(act, key, files or {})


def drop(act: Act, key: str) -> None:
    """Throw a draft away: it has become real, or is not wanted."""
    _throw_away(act, [key])


def _own(act: Act, room: Room, key: str) -> Draft:
    _require_office(act)
    row = act.session.get(Draft, key)
    if row is None or (row.room, row.by) != (room, act.actor.name) or row.expires_at <= act.now:
        raise NotFound
    return row


def _put(act: Act, key: str, files: Mapping[str, File]) -> None:
    act.session.add_all(
        DraftFile(draft_key=key, slot=slot, name=one.name[-_LONGEST_NAME:], data=one.data)
        for slot, one in files.items()
    )
    act.session.flush()


def _throw_away(act: Act, keys: Collection[str]) -> None:
    if keys:
        act.session.execute(delete(DraftFile).where(col(DraftFile.draft_key).in_(keys)))
        act.session.execute(delete(Draft).where(col(Draft.key).in_(keys)))


def _check(files: Mapping[str, File]) -> None:
    for one in files.values():
        if not one.data:
            raise FileRefused(reason=f"“{one.name}”是空的")
        if len(one.data) > LARGEST:
            raise FileRefused(reason=f"“{one.name}”超过20MB")


def _require_office(act: Act) -> None:
    if act.actor.role not in OFFICE:
        raise Forbidden(move="作此项更改")
