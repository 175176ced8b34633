"""lists of a million: indexes that hold all a list asks for; on PostgreSQL they are made while work goes on.

There each is made CONCURRENTLY, outside a transaction: nobody waits, and what was left half made by a run that was
broken off is made anew.
"""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


class _Index(NamedTuple):
    """An index over some of a table's rows, or over all of them where ``where`` is empty."""

    name: str
    table: str
    columns: tuple[str, ...]
    where: str = ""


_OPEN = "decision IS NULL AND closed_at IS NULL"
_MADE = (
    _Index("submission_standing", "submission", ("programme_id", "state", "late", "light", "waiting_on", "unit")),
    _Index(
        "submission_late", "submission",
        ("programme_id", "due_at", "id", "obligation", "unit", "waiting_on", "due_date", "state"), "state = 'overdue'",
    ),
    _Index("submission_late_by_date", "submission", ("due_at", "id"), "state = 'overdue'"),
    _Index("submission_by_state", "submission", ("state", "id")),
    _Index("submission_caused", "submission", ("cause_id",), "cause_id IS NOT NULL"),
    _Index("submission_headed", "submission", ("id", "heading"), "heading <> ''"),
    _Index("message_unsettled", "message", ("status", "id", "channel", "kind", "not_before"), "status <> 'sent'"),
    _Index("submission_at_office", "submission", ("due_at", "id"), "waiting_on = 'office'"),
    _Index("sign_off_open", "sign_off", ("person", "submission_id", "asked_at"), _OPEN),
    _Index("sign_off_open_since", "sign_off", ("asked_at", "id"), _OPEN),
)  # fmt: skip
#: What the new ones do better, and what nothing asks for.
_DROPPED = (
    ("submission_overdue", "submission"),
    ("ix_submission_subject", "submission"),
    ("ix_submission_cause_id", "submission"),
    ("sign_off_waiting", "sign_off"),
)


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        _change(online=False)
        return
    with op.get_context().autocommit_block():
        _change(online=True)


def _change(*, online: bool) -> None:
    for one in _MADE:
        if online:
            op.drop_index(one.name, one.table, if_exists=True, postgresql_concurrently=True)
        where = sa.text(one.where) if one.where else None
        op.create_index(
            one.name, one.table, [*one.columns],
            sqlite_where=where, postgresql_where=where, postgresql_concurrently=online,
        )  # fmt: skip
    for name, table in _DROPPED:
        op.drop_index(name, table, if_exists=online, postgresql_concurrently=online)
