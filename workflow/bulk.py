"""Many rows in one statement: what a sweep writes by the thousand, without a parameter's detour through the ORM.

SQLite takes the rows one after the other under one prepared statement, PostgreSQL as an array a column. Values are
turned into what the database stores by the columns' own types; an equal instant or the same object only once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Dialect, Table, any_, func, literal, select
from sqlalchemy.dialects import postgresql
from sqlmodel import Session

Row = tuple[Any, ...]
_KEEP_FIRST = " ON CONFLICT DO NOTHING"


def insert(session: Session, table: Table, columns: Sequence[str], rows: Sequence[Row]) -> int:
    """Write rows, each in the order of ``columns``; how many there were."""
    return _insert(session, table, tuple(columns), rows, "")


def insert_new(session: Session, table: Table, columns: Sequence[str], rows: Sequence[Row]) -> int:
    """Write the rows that break no constraint; how many those were."""
    return _insert(session, table, tuple(columns), rows, _KEEP_FIRST)


def update(
    session: Session, table: Table, columns: Sequence[str], rows: Sequence[Row], *, counting: Sequence[str]
) -> None:
    """Set the columns behind the first, which is the key, and count these others up by one."""
    _written(session, table, tuple(columns), rows, partial(_updating, table, tuple(columns), tuple(counting)))


def among(session: Session, column: ColumnElement[int], ids: Iterable[int]) -> ColumnElement[bool]:
    """That a column is one of these numbers, however many: one parameter, so that one statement fits all."""
    given = list(ids)
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(literal(given, postgresql.ARRAY(column.type)))
    return column.in_(select(func.json_each(json.dumps(given)).table_valued("value").c.value))


#: A statement for PostgreSQL by which columns are the same in all rows, for SQLite with one row's parameters.
_Statement = Callable[[str, tuple[bool, ...]], str]


def _insert(session: Session, table: Table, columns: tuple[str, ...], rows: Sequence[Row], ending: str) -> int:
    return _written(session, table, columns, rows, partial(_inserting, table, columns, ending))


def _written(
    session: Session, table: Table, columns: tuple[str, ...], rows: Sequence[Row], statement: _Statement
) -> int:
    if not rows:
        return 0
    connection = session.connection()
    dialect = connection.dialect
    read = list(zip(*rows, strict=True))
    stored = [_stored(table.c[name], dialect, values) for name, values in zip(columns, read, strict=True)]
    if dialect.name != "postgresql":
        # Their columns stand in the order of the statement's parameters: an update asks for the key last.
        return int(connection.exec_driver_sql(statement("sqlite", ()), list(zip(*stored, strict=True))).rowcount)
    # The first column always tells how many rows there are.
    same = (False, *(all(value is values[0] for value in values) for values in read[1:]))
    given = tuple(values[0] if one else values for one, values in zip(same, stored, strict=True))
    return int(connection.exec_driver_sql(statement("postgresql", same), given).rowcount)


@cache
def _inserting(table: Table, columns: tuple[str, ...], ending: str, dialect: str, same: tuple[bool, ...]) -> str:
    into = f"INSERT INTO {table.name} ({', '.join(columns)})"
    if dialect == "postgresql":
        return f"{into} SELECT {', '.join(columns)} FROM {_rows(table, columns, same)}{ending}"
    return f"{into} VALUES ({', '.join('?' * len(columns))}){ending}"


@cache
def _updating(
    table: Table, columns: tuple[str, ...], counting: tuple[str, ...], dialect: str, same: tuple[bool, ...]
) -> str:
    key, *others = columns
    counted = [f"{name} = {table.name}.{name} + 1" for name in counting]
    if dialect == "postgresql":
        to = ", ".join([*(f"{name} = given.{name}" for name in others), *counted])
        return f"UPDATE {table.name} SET {to} FROM {_rows(table, columns, same)} WHERE {table.name}.{key} = given.{key}"
    # Numbered, for the key comes first among the values and last in the statement.
    to = ", ".join([*(f"{name} = ?{place}" for place, name in enumerate(others, start=2)), *counted])
    return f"UPDATE {table.name} SET {to} WHERE {key} = ?1"


def _rows(table: Table, columns: tuple[str, ...], same: tuple[bool, ...]) -> str:
    """What is given as a table of PostgreSQL: an array for each column, one value where all are the same."""
    types = [str(table.c[name].type.compile(dialect=_POSTGRESQL)) for name in columns]
    kinds = list(zip(columns, types, same, strict=True))
    said = ", ".join(
        f"%s::{type_} AS {name}" if one else f"unnest(%b::{type_}[]) AS {name}" for name, type_, one in kinds
    )
    return f"(SELECT {said}) AS given"


_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]


def _stored(column: Column[Any], dialect: Dialect, values: Sequence[Any]) -> list[Any]:
    """The values as the database keeps them; an equal one, or the same object of JSON, is turned only once."""
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    if isinstance(column.type, JSON):
        write = getattr(dialect, "_json_serializer", None) or json.dumps
        known = {id(value): value for value in values}
        written = {number: write(value) for number, value in known.items()}
        return [written[id(value)] for value in values]
    if process is None:
        return list(values)
    turned = {value: None if value is None else process(value) for value in set(values)}
    return [turned[value] for value in values]
