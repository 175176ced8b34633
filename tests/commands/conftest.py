"""The command line as a person has it: arguments in, exit code and two streams out, on either database."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

import commands
from tests.workflow.world import World


@dataclass(frozen=True)
class Ran:
    """What became of one command."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> list[str]:
        """The lines on standard error."""
        return self.err.splitlines()


Duban = Callable[..., Ran]


@pytest.fixture
def settled(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A folder and an environment for one rehearsal store, launched where the test asks for a world; its address."""
    launched = "world" in request.fixturenames
    database_url = str(request.getfixturevalue("launched_url" if launched else f"{database_kind}_url"))
    for name in ("MAIL_URL", "WECOM_URL", "OFFICE_URLS", "SECRET_KEY_FILE", "BASE_URL"):
        monkeypatch.delenv(f"DUBAN_{name}", raising=False)
    monkeypatch.setenv("DUBAN_DATABASE_URL", database_url)
    monkeypatch.setenv("DUBAN_SECRET_KEY", "a key for the tests of the commands")
    monkeypatch.setenv("DUBAN_REHEARSAL", "1")
    monkeypatch.chdir(tmp_path)
    return database_url


@pytest.fixture
def duban(settled: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Duban]:
    """Runs ``duban`` with these arguments on that store, in this process; what it sets up for logging is taken back."""
    logging_before, handlers_before = structlog.get_config(), logging.root.handlers[:]

    def run(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["duban", *arguments])
        capsys.readouterr()
        code = commands.run()
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    yield run
    structlog.configure(**logging_before)
    logging.root.handlers[:] = handlers_before


@pytest.fixture
def world(settled: str) -> Iterator[World]:
    """Ordos 2022 launched on the store at 2021-12-31 08:30; the commands work beside it."""
    with closing(World.opened(settled)) as launched:
        yield launched
