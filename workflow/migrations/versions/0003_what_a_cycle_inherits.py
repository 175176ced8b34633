"""what a cycle inherits: rows carried into the next one, kept or archived."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflow.tables import UtcDateTime

revision = "0003"
down_revision = "0002"

_WAITING = sa.text("submission_id IS NULL")


def upgrade() -> None:
    op.create_table(
        "carried",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("obligation", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("archived", sa.JSON(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("carried_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"]),
        sa.ForeignKeyConstraint(["source_id"], ["submission.id"]),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_carried_programme_id", "carried", ["programme_id"])
    op.create_index(
        "carried_to_put_in", "carried", ["programme_id", "obligation"],
        sqlite_where=_WAITING, postgresql_where=_WAITING,
    )  # fmt: skip
