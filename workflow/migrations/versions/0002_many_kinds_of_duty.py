"""many kinds of duty: bodies, subjects, causes, occurrences that open, versions of a programme."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflow.tables import UtcDateTime

revision = "0002"
down_revision = "0001"

_NAMED = {"uq": "uq_%(table_name)s_%(column_0_name)s"}
#: PostgreSQL's own name for what 0001 left unnamed.
_ONCE_ON_POSTGRESQL = "submission_programme_id_obligation_occurrence_unit_key"
_TO_OPEN = sa.text("opened_at IS NULL AND opens_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "programme_version",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.PrimaryKeyConstraint("programme_id", "version"),
    )
    op.create_table(
        "involved",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"]),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"]),
        sa.PrimaryKeyConstraint("submission_id", "unit"),
    )
    op.create_index("ix_involved_unit", "involved", ["unit"])
    op.add_column("unit", sa.Column("body", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("deadline") as batch_op:
        batch_op.add_column(sa.Column("version", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("heading", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("opens_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("opened_at", UtcDateTime(), nullable=True))
    op.create_index("deadline_to_open", "deadline", ["opens_at"], sqlite_where=_TO_OPEN, postgresql_where=_TO_OPEN)
    with op.batch_alter_table("submission", naming_convention=_NAMED) as batch_op:
        batch_op.add_column(sa.Column("subject", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("owner_post", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("heading", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("cause_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key("submission_cause", "submission", ["cause_id"], ["id"])
        batch_op.drop_constraint(
            _ONCE_ON_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else "uq_submission_programme_id",
            type_="unique",
        )
        batch_op.create_unique_constraint(
            "submission_once", ["programme_id", "obligation", "occurrence", "unit", "subject"]
        )
    op.create_index("ix_submission_subject", "submission", ["subject"])
    op.create_index("ix_submission_cause_id", "submission", ["cause_id"])
    _carry_over()


def _carry_over() -> None:
    """What runs already is pinned to one version, and all of it is open."""
    op.execute(
        "INSERT INTO programme_version (programme_id, version, source_text, since, actor, comment) "
        "SELECT id, version, source_text, launched_at, '', '' FROM programme"
    )
    op.execute(
        "UPDATE deadline SET "
        "version = (SELECT version FROM programme WHERE programme.id = deadline.programme_id), "
        "opened_at = (SELECT launched_at FROM programme WHERE programme.id = deadline.programme_id)"
    )
