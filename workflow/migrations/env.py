"""Alembic's environment: runs on the connection that ``Store.migrate`` hands over."""

from __future__ import annotations

from alembic import context

from workflow import tables

connection = context.config.attributes["connection"]
# On PostgreSQL each version is a transaction of its own: some must leave it, to work beside everybody else.
context.configure(
    connection=connection, target_metadata=tables.SQLModel.metadata, render_as_batch=True,
    transaction_per_migration=not connection.in_transaction(),
)  # fmt: skip
with context.begin_transaction():
    context.run_migrations()
