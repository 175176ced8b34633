"""Rows as the text that PostgreSQL's COPY takes and gives back.

Every value is written exactly as PostgreSQL itself would print it, so that what was copied can be compared byte for
byte with what the target hands out. The tables are those of the metadata: a new one cannot be forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from psycopg import sql
from sqlalchemy import JSON, Boolean, Column, Date, Integer, LargeBinary, String, Table
from sqlmodel import AutoString

from workflow.moving.refused import MoveRefused
from workflow.tables import SQLModel, UtcDateTime

Form = Callable[[object], str]

_NULL = "\\N"
#: What COPY escapes in its text format, the sign itself first, and what PostgreSQL keeps in no text.
_ESCAPES = {"\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
_SPECIAL = re.compile(r"[\\\b\f\n\r\t\v\0]")
_BOOLEANS = {0: "f", 1: "t"}


@dataclass(frozen=True)
class Shape:
    """How one table is read from SQLite and written for PostgreSQL; rows go in the order of ``key``."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    forms: tuple[Form, ...]
    #: Which columns of the key are text, and so ordered by bytes on both sides.
    texts: frozenset[str]
    #: The column that PostgreSQL counts up by itself, if there is one.
    counted: str | None

    def line(self, row: Sequence[object]) -> bytes:
        """One row with its line's end; raises MoveRefused naming the row when a value is not of its column's kind."""
        try:
            fields = [_NULL if value is None else form(value) for form, value in zip(self.forms, row, strict=True)]
            return ("\t".join(fields) + "\n").encode()
        except (TypeError, ValueError, LookupError):
            raise MoveRefused(reason=f"{self.place(row)}的内容不合数据表的格式，不能写入 PostgreSQL") from None

    def key_of(self, row: Sequence[object]) -> tuple[object, ...]:
        """The values of a whole row's key."""
        return tuple(row[self.columns.index(name)] for name in self.key)

    def key_line(self, key: Sequence[object]) -> bytes:
        """A key alone, as ``line`` writes a row."""
        forms = [self.forms[self.columns.index(name)] for name in self.key]
        return ("\t".join(form(value) for form, value in zip(forms, key, strict=True)) + "\n").encode()

    def place(self, row: Sequence[object]) -> str:
        """A row as people find it again."""
        return f"数据表 {self.name} 中 {'/'.join(str(value) for value in self.key_of(row))} 一行"

    def selection(self, *, of: str = "") -> str:
        """The columns in SQLite's SQL, of the table named ``of``."""
        return listed(self.columns, of=of)

    def copying(self) -> sql.Composed:
        """The statement that takes rows in."""
        return sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(self.name), _identifiers(self.columns))

    def handing_out(self) -> sql.Composed:
        """The statement that gives every row back, in the order of the key."""
        query = "COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT"
        return sql.SQL(query).format(_identifiers(self.columns), sql.Identifier(self.name), self.order())

    def last_key(self) -> sql.Composed:
        """The statement that finds the last row's key as text."""
        texts = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in self.key)
        query = "SELECT {} FROM {} ORDER BY {} LIMIT 1"
        return sql.SQL(query).format(texts, sql.Identifier(self.name), self.order(way="DESC"))

    def order(self, *, way: str = "ASC") -> sql.Composed:
        """The order of the key as SQLite has it: text by its bytes."""
        parts = []
        for name in self.key:
            bytewise = sql.SQL(' COLLATE "C"' if name in self.texts else "")
            # With the table's name: alone it would mean what is selected, a key as text.
            parts.append(sql.Identifier(self.name, name) + bytewise + sql.SQL(f" {way}"))
        return sql.SQL(", ").join(parts)

    def read_key(self, texts: Sequence[str]) -> tuple[object, ...]:
        """A key from PostgreSQL's text, as SQLite keeps it."""
        numbers = {name for name in self.key if self.forms[self.columns.index(name)] is _number}
        return tuple(int(one) if name in numbers else one for name, one in zip(self.key, texts, strict=True))


@cache
def shapes() -> tuple[Shape, ...]:
    """Every table there is, those first that others point at."""
    return tuple(_shape(table) for table in SQLModel.metadata.sorted_tables)


def listed(names: Sequence[str], *, of: str = "") -> str:
    """Column names in SQLite's SQL."""
    return ", ".join(f'{of}{"." if of else ""}"{name}"' for name in names)


def _identifiers(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _shape(table: Table) -> Shape:
    key = tuple(column.name for column in table.primary_key)
    texts = frozenset(column.name for column in table.primary_key if isinstance(column.type, (String, AutoString)))
    counted = table.autoincrement_column
    return Shape(
        name=table.name,
        columns=tuple(column.name for column in table.columns),
        key=key,
        forms=tuple(_form(column) for column in table.columns),
        texts=texts,
        counted=None if counted is None else counted.name,
    )


def _form(column: Column[Any]) -> Form:
    for kind, form in _FORMS:
        if isinstance(column.type, kind):
            return form
    raise TypeError(f"no way to copy {column.table.name}.{column.name}: {column.type!r}")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    if _SPECIAL.search(value) is None:
        return value
    if "\0" in value:
        raise ValueError
    for sign, escaped in _ESCAPES.items():
        # One fast pass each: str.translate walks a long text letter by letter.
        value = value.replace(sign, escaped)
    return value


def _number(value: object) -> str:
    if not isinstance(value, int):
        raise TypeError
    return str(value)


def _truth(value: object) -> str:
    return _BOOLEANS[value]  # type: ignore[index]


def _day(value: object) -> str:
    return str(value)


def _instant(value: object) -> str:
    """SQLite keeps UTC without an offset, always with six digits of a second when written by duban."""
    said = str(value)
    return f"{said.rstrip('0').rstrip('.') if '.' in said else said}+00"


def _bytes(value: object) -> str:
    if not isinstance(value, bytes):
        raise TypeError
    return f"\\\\x{value.hex()}"


_FORMS: tuple[tuple[type, Form], ...] = (
    (UtcDateTime, _instant),
    (Date, _day),
    (Boolean, _truth),
    (Integer, _number),
    (LargeBinary, _bytes),
    (JSON, _text),
    (String, _text),
    (AutoString, _text),
)


def blocks(lines: Iterator[bytes], *, size: int = 1 << 18) -> Iterator[bytes]:
    """Lines put together, so that not each is sent on its own."""
    held, length = list[bytes](), 0
    for line in lines:
        held.append(line)
        length += len(line)
        if length >= size:
            yield b"".join(held)
            held, length = [], 0
    if held:
        yield b"".join(held)
