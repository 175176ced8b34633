"""Stores that are built once a worker and copied for each test that asks: building costs seconds, a copy little."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from tests.databases import Server

#: Fills the store at a URL and lets go of it.
Build = Callable[[str], None]


class Patterns:
    """Each by the function that builds it, ``onto`` another one or onto today's empty tables."""

    def __init__(self, request: pytest.FixtureRequest, folder: Path) -> None:
        self._request, self._folder = request, folder
        self._built: dict[tuple[str, Build], str] = {}
        self._numbers = count(1)

    @contextmanager
    def copy(self, kind: str, build: Build, *, onto: Build | None = None) -> Iterator[str]:
        """The URL of a copy of one's own on a kind of database."""
        pattern = self._pattern(kind, build, onto)
        if kind == "sqlite":
            yield self._file(pattern)
            return
        name = f"copy_{next(self._numbers)}"
        yield self._server.create(name, template=pattern)
        self._server.drop(name)

    def name(self, kind: str, build: Build) -> str:
        """The file or the database that copies are made of; nobody may be connected to it meanwhile."""
        return self._pattern(kind, build, None)

    def _pattern(self, kind: str, build: Build, onto: Build | None) -> str:
        key = (kind, build)
        if key not in self._built:
            below = self._pattern(kind, onto, None) if onto else self._empty(kind)
            if kind == "sqlite":
                url = self._file(below)
                made = url.removeprefix("sqlite:///")
            else:
                made = f"pattern_{next(self._numbers)}"
                url = self._server.create(made, template=below)
            build(url)
            self._built[key] = made
        return self._built[key]

    def _file(self, pattern: str) -> str:
        return f"sqlite:///{shutil.copyfile(pattern, self._folder / f'{next(self._numbers)}.db')}"

    def _empty(self, kind: str) -> str:
        found = self._request.getfixturevalue({"sqlite": "template_file", "postgresql": "template_database"}[kind])
        return str(found)

    @property
    def _server(self) -> Server:
        found = self._request.getfixturevalue("postgresql_server")
        assert isinstance(found, Server)
        return found
