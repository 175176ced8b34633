"""trust: who signed and for whom, codes, drawn signatures, daily anchors, sheets, attempts, signing for an alert."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflow.tables import UtcDateTime

revision = "0004"
down_revision = "0003"

_AWAITED = sa.text("acknowledged_at IS NULL AND passed_on_at IS NULL AND ack_by IS NOT NULL")


def upgrade() -> None:
    _standing_in()
    _asking()
    _identity()
    _record()
    _sending()


def _standing_in() -> None:
    op.create_table(
        "delegation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("principal", sa.String(), nullable=False),
        sa.Column("delegate", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=False),
        sa.Column("withdrawal", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["principal"], ["person.key"]),
        sa.ForeignKeyConstraint(["delegate"], ["person.key"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_delegation_principal", "delegation", ["principal"])
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.key"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_absence_person", "absence", ["person"])
    with op.batch_alter_table("supervision") as batch_op:
        batch_op.add_column(sa.Column("comment", sa.Text(), nullable=False, server_default=""))


def _asking() -> None:
    with op.batch_alter_table("sign_off") as batch_op:
        batch_op.add_column(sa.Column("assigned_by", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("decided_by", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("decided_by_name", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("decided_by_title", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("delegation_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("confirmed", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("disputed_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("dispute", sa.Text(), nullable=False, server_default=""))
        batch_op.create_foreign_key("sign_off_delegation", "delegation", ["delegation_id"], ["id"])
    waiting, disputed = sa.text("decision IS NULL AND closed_at IS NULL"), sa.text("disputed_at IS NOT NULL")
    op.create_index("sign_off_waiting", "sign_off", ["person"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_index("sign_off_disputed", "sign_off", ["disputed_at"], sqlite_where=disputed, postgresql_where=disputed)
    # Until now whoever held the link was the one who was asked.
    op.execute("UPDATE sign_off SET decided_by = person, decided_by_name = holder WHERE channel = 'link'")
    with op.batch_alter_table("link") as batch_op:
        batch_op.add_column(sa.Column("message_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("delegation_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key("link_message", "message", ["message_id"], ["id"])
        batch_op.create_foreign_key("link_delegation", "delegation", ["delegation_id"], ["id"])
    op.create_index("ix_link_message_id", "link", ["message_id"])
    op.create_index("ix_link_delegation_id", "link", ["delegation_id"])
    with op.batch_alter_table("message_item") as batch_op:
        batch_op.add_column(sa.Column("ack_within", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("ack_to", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("ack_by", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("acknowledged_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("passed_on_at", UtcDateTime(), nullable=True))
    op.create_index(
        "acknowledgement_awaited", "message_item", ["ack_by"], sqlite_where=_AWAITED, postgresql_where=_AWAITED
    )


def _identity() -> None:
    op.create_table(
        "challenge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sign_off_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["sign_off_id"], ["sign_off.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_challenge_sign_off_id", "challenge", ["sign_off_id"])
    op.create_table(
        "read_mark",
        sa.Column("sign_off_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["sign_off_id"], ["sign_off.id"]),
        sa.PrimaryKeyConstraint("sign_off_id", "person"),
    )
    op.create_table(
        "drawn_signature",
        sa.Column("sign_off_id", sa.Integer(), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["sign_off_id"], ["sign_off.id"]),
        sa.PrimaryKeyConstraint("sign_off_id"),
    )


def _record() -> None:
    op.create_table(
        "anchor",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("submissions", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "anchored_head",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["day"], ["anchor.day"]),
        sa.PrimaryKeyConstraint("day", "submission_id"),
    )
    op.create_index("anchored_head_of", "anchored_head", ["submission_id", "seq"])
    op.create_table(
        "sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index("ix_sheet_submission_id", "sheet", ["submission_id"])


def _sending() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_attempt_message_id", "attempt", ["message_id"])
    op.create_index("attempt_lately", "attempt", ["channel", "begun_at"])
    op.create_index("attempt_to_person", "attempt", ["channel", "person", "begun_at"])
    # Few messages are under way at once; every claim asks which.
    under_way = sa.text("status = 'sending'")
    op.create_index(
        "message_under_way", "message", ["claimed_until"], sqlite_where=under_way, postgresql_where=under_way
    )
    op.create_table(
        "lane",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("busy_until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("channel"),
    )
