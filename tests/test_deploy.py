"""What operators are given – units, compose file, dashboard – names only what there is."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML

import settings
from commands import app
from settings import Settings
from tests.web.client import House
from tests.workflow.world import World, local

DEPLOY = Path(__file__).parent.parent / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.*"))
SERVICES = sorted((DEPLOY / "systemd").glob("*.service"))
KNOWN = {f"DUBAN_{name.upper()}" for name in Settings.model_fields}
COMPOSE = YAML(typ="safe").load((DEPLOY / "container" / "compose.yaml").read_text(encoding="utf-8"))
DASHBOARD = json.loads((DEPLOY / "grafana" / "duban.json").read_text(encoding="utf-8"))


def lines_of(unit: Path) -> list[tuple[str, str, str]]:
    """A unit's settings in order, as (section, name, value)."""
    found, section = [], ""
    for line in unit.read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"\[(\w+)\]", line):
            section = heading[1]
        elif line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.append((section, name, value))
    return found


def commands_in(text: str) -> Iterator[list[str]]:
    """Every call of duban with its arguments."""
    for call in re.findall(r"(?:/bin/duban|run --rm duban) ([^'\n]+)", text):
        yield shlex.split(call)


def require_known(words: list[str]) -> None:
    """The command exists and takes these options."""
    group = typer.main.get_command(app)
    command = group.commands[words[0]]  # type: ignore[attr-defined]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known, words


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_every_unit_calls_a_command_that_there_is(unit: Path) -> None:
    calls = [*commands_in(unit.read_text(encoding="utf-8"))]
    assert calls
    for words in calls:
        require_known(words)


def test_the_container_calls_commands_that_there_are() -> None:
    require_known(COMPOSE["services"]["duban"]["command"])
    for words in commands_in((DEPLOY / "container" / "compose.yaml").read_text(encoding="utf-8")):
        require_known(words)
    said = (DEPLOY / "container" / "Containerfile").read_text(encoding="utf-8")
    written = re.search(r"^CMD (\[.*\])$", said, re.MULTILINE)
    assert written
    require_known(json.loads(written[1]))


@pytest.mark.parametrize("file", [path for path in DEPLOY.rglob("*") if path.is_file()], ids=lambda path: path.name)
def test_every_setting_named_is_one_of_the_service(file: Path) -> None:
    assert set(re.findall(r"\bDUBAN_[A-Z_]+", file.read_text(encoding="utf-8"))) <= KNOWN


def test_the_settings_given_to_operators_are_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    example = (DEPLOY / "duban.env.example").read_text(encoding="utf-8")
    given = dict(re.findall(r"^#?(DUBAN_\w+)=(.*)$", example, re.MULTILINE))
    assert settings.load(**{name.removeprefix("DUBAN_").lower(): value for name, value in given.items()})
    # Compose hands over what is not set as an empty word.
    chosen = {"DUBAN_BASE_URL": "https://duban.example.cn"}
    for name, value in COMPOSE["services"]["duban"]["environment"].items():
        if name in KNOWN:
            default = re.sub(r"\$\{(\w+):[-?]([^}]*)\}", lambda found: chosen.get(found[1], found[2]), value)
            monkeypatch.setenv(name, default)
    assert not settings.load().office_urls


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_a_unit_writes_where_it_may_and_nowhere_else(unit: Path) -> None:
    values = {name: value for section, name, value in lines_of(unit) if section == "Service"}
    assert (values["User"], values["ProtectSystem"], values["NoNewPrivileges"]) == ("duban", "strict", "yes")
    assert values["WorkingDirectory"] == f"/var/lib/{values['StateDirectory']}"


def test_the_service_is_started_again_and_given_time_to_stop() -> None:
    values = {name: value for _, name, value in lines_of(DEPLOY / "systemd" / "duban.service")}
    assert (values["Restart"], values["StartLimitIntervalSec"]) == ("always", "0")
    assert int(values["TimeoutStopSec"]) >= 60
    assert COMPOSE["services"]["duban"]["stop_grace_period"] == f"{values['TimeoutStopSec']}s"


def test_the_log_is_kept_as_long_as_the_law_asks() -> None:
    kept = {name: value for _, name, value in lines_of(DEPLOY / "systemd" / "journald@duban.conf")}
    assert int(kept["MaxRetentionSec"].removesuffix("d")) >= 183
    assert all(("Service", "LogNamespace", "duban") in lines_of(unit) for unit in SERVICES)


def test_images_are_named_without_a_host_and_the_build_without_an_address() -> None:
    images = [service["image"] for service in COMPOSE["services"].values()]
    said = (DEPLOY / "container" / "Containerfile").read_text(encoding="utf-8")
    images += re.findall(r"^FROM (\S+)", said, re.MULTILINE)
    assert all(re.fullmatch(r"[a-z]+(:[\w.-]+)?", image) for image in images), images
    assert said.count("--require-hashes") == 2


def queries() -> list[str]:
    shown = [target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", ())]
    return shown + [variable["definition"] for variable in DASHBOARD["templating"]["list"] if "definition" in variable]


def test_the_dashboard_shows_what_the_service_counts(sqlite_world: World) -> None:
    house = House(sqlite_world)
    house.world.hand_in("KJJ", now=local("2022-01-04 10:00"))
    house.advance("2022-01-05 09:30")
    house.anybody().get("/readyz")
    families = [*text_string_to_metric_families(house.anybody().get("/metrics").text)]
    counted = {sample.name for family in families for sample in family.samples} | {one.name for one in families}
    named = {name for query in queries() for name in re.findall(r"\bduban_\w+", query)}
    assert named <= counted
    ours = {name for name in counted if name.startswith("duban_") and not name.endswith("_created")}
    assert ours - {"duban_http_requests"} == named, "whatever is counted is shown"


def test_the_dashboard_speaks_chinese_and_each_panel_has_a_place() -> None:
    panels = DASHBOARD["panels"]
    assert all(re.search("[\u4e00-\u9fff]", panel["title"]) for panel in panels)
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len({panel["id"] for panel in panels}) == len({*places}) == len(panels)


def test_figures_tell_who_is_late_and_what_waits(world: World) -> None:
    house = House(world)
    world.hand_in("KJJ", now=local("2022-01-04 10:00"))
    house.advance("2022-01-05 09:30")
    lines = set(house.anybody().get("/metrics").text.splitlines())
    assert {
        'duban_overdue{waiting_on="approver"} 1.0',
        'duban_overdue{waiting_on="unit"} 60.0',
        'duban_requests_open{age="under-1d"} 1.0',
        'duban_requests_open{age="over-7d"} 0.0',
        "duban_sweep_failed 0.0",
    } <= lines
    assert any(re.fullmatch(r'duban_queue_oldest_seconds\{channel="none"\} [1-9]\d*\.\d', line) for line in lines)


def test_the_service_knows_how_long_its_sweep_took(world: World) -> None:
    house = House(world)
    engine = house.engine
    assert engine.pace.seconds == 0
    engine.tick()
    assert engine.pace.seconds > 0 and engine.pace.failed == 0
