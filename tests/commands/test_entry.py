"""The entry itself: help without weight, and refusals that are one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from commands import app
from tests.commands.conftest import Duban
from tests.workflow.world import DEFINITION, ROOT, ROSTER, World

HEAVY = ("sqlalchemy", "sqlmodel", "fastapi", "pydantic_settings", "apprise", "transitions", "icalendar", "xlsxwriter")


def in_a_process(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The real thing, as the shell starts it."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("duban")), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_lists_every_command(tmp_path: Path) -> None:
    helped = in_a_process("--help", folder=tmp_path)
    named = [one.name or one.callback.__name__ for one in app.registered_commands if one.callback]
    groups = [one.name for one in app.registered_groups]
    assert helped.returncode == 0
    listed = {words[1] for line in helped.stdout.splitlines() if len(words := line.split()) > 2 and words[0] == "│"}
    assert {*named, *groups} <= listed
    assert {"overdue", "next", "why", "roster", "calendar", "user", "token", "doctor", "audit", "schema"} <= listed


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    asked = (
        "import sys; sys.argv = ['duban', '--help']\n"
        "from commands import run\n"
        "run()\n"
        f"print('LOADED', [name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "LOADED []" in done.stdout


def test_a_refusal_of_the_real_command_is_one_line_and_no_traceback(tmp_path: Path) -> None:
    refused = in_a_process(
        "why", "999", folder=tmp_path, DUBAN_DATABASE_URL="sqlite:///new.db", DUBAN_REHEARSAL="0"
    )  # fmt: skip
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("数据库不可用：没有找到数据库文件“new.db”") and refused.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == [], "looking makes no store"


@pytest.mark.parametrize(
    "address", ["nonsense", "mysql://localhost/x", "sqlite:////proc/nowhere/duban.db", "postgresql://127.0.0.1:1/none"]
)
@pytest.mark.parametrize("command", [("overdue",), ("backup", "b.db"), ("doctor",)])
def test_a_wrong_database_address_is_said_in_one_line(
    address: str, command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    from commands import run

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DUBAN_DATABASE_URL", address)
    monkeypatch.setattr(sys, "argv", ["duban", *command])
    assert run() == 1
    out, err = capsys.readouterr()
    assert len((out + err).splitlines()) == 1
    assert not list(tmp_path.glob("b.db*"))


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("launch", str(DEFINITION), "--cycle", "2022", "--roster", "missing.xlsx"),
        ("launch", str(DEFINITION), "--cycle", "2022", "--roster", str(ROSTER), "--at", "2021-13-01"),
        ("rehearse", str(DEFINITION), "--cycle", "2022", "--roster", str(ROSTER), "--from", "yesterday"),
        ("roster", "export", "roster.doc"),
        ("roster", "export", "no/such/folder/roster.xlsx"),
        ("calendar", "import", "missing.csv"),
        ("calendar", "show", "99999"),
        ("restore", "missing.db"),
        ("backup", "no/such/folder/b.db"),
        ("why", "0"),
        ("why", "99999999999999999999"),
        ("next", "--days", "-1"),
        ("overdue", "--waiting-on", "nobody"),
        ("overdue", "--sort", "colour"),
        ("overdue", "--programme", "none-2022"),
        ("overdue", "--format", "xlsx"),
        ("overdue", "-o", "no/such/folder/list.txt"),
        ("token", "add", "--role", "mayor"),
        ("token", "add", "--role", "unit"),
        ("token", "add", "--role", "unit", "--unit", "none"),
    ],
    ids=lambda arguments: " ".join(arguments[:1] + arguments[-2:])[-40:],
)
def test_a_refusal_is_one_line(duban: Duban, arguments: tuple[str, ...]) -> None:
    ran = duban(*arguments)
    assert (ran.code, ran.out, len(ran.said)) == (1, "", 1), ran


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_broken_yaml_is_named_by_line_and_column(duban: Duban, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("programme: [\n", encoding="utf-8")
    ran = duban("launch", "broken.yaml", "--cycle", "2022")
    assert ran.code == 1
    assert ran.said[1].startswith("broken.yaml:")


def test_a_dry_run_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from commands import run

    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "SECRET_KEY", "SECRET_KEY_FILE", "REHEARSAL"):
        monkeypatch.delenv(f"DUBAN_{name}", raising=False)
    command = ("launch", str(DEFINITION), "--cycle", "2022", "--roster", str(ROSTER), "--dry-run")
    monkeypatch.setattr(sys, "argv", ["duban", *command])
    assert run() == 0
    assert "报送建标学习对象" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_dry_run_says_that_the_programme_runs_already(duban: Duban, world: World) -> None:
    ran = duban("launch", str(DEFINITION), "--cycle", "2022", "--roster", str(ROSTER), "--dry-run")
    assert ran.code == 1 and f"方案“{world.key}”已经启动" in ran.out
