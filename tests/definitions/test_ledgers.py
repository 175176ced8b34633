"""The two ledgers of tasks that ship: whole, made by their scripts, and about units that the rosters know."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from definitions.ledgers import make_huludao, make_weifang
from definitions.ledgers.task_sheet import TITLES, Row
from documents import ledgers, rosters
from documents.sheets import workbook_tables
from tests.definitions import huludao_dates
from workflow import library
from workflow.tasks import sheet_rows, writing

DEFINITIONS = Path(__file__).parents[2] / "definitions"
NAMES = ("huludao-delivery", "weifang-key-work")
ROWS = {NAMES[0]: tuple(make_huludao.rows()), NAMES[1]: tuple(make_weifang.rows())}


def sheet(name: str) -> list[list[str]]:
    """The cells of a ledger as a reader of Excel files sees them: below the first, a merged cell is empty."""
    content = (DEFINITIONS / "ledgers" / f"{name}.xlsx").read_bytes()
    found = workbook_tables(content, ["台账"], name=name)["台账"]
    return [[*row, *[""] * (len(TITLES) - len(row))] for row in found]


def units_of(rows: Iterable[Row]) -> set[str]:
    """Every unit that a ledger gives a part in a task beside the lead."""
    return {name for row in rows for name in row.together.split("、") if name}


@pytest.mark.parametrize("name", NAMES)
def test_shipped_ledger_is_what_its_script_makes(name: str) -> None:
    title, header, *body = sheet(name)
    assert title[0] and tuple(header) == TITLES
    assert len(body) == len(ROWS[name])
    above = [""] * len(TITLES)
    for cells, row in zip(body, ROWS[name], strict=True):
        merged = [cell or (above[place] if place in (1, 3) else "") for place, cell in enumerate(cells)]
        assert tuple(merged) == row
        above = merged


@pytest.mark.parametrize("name", NAMES)
def test_parts_and_lead_units_are_merged_cells(name: str) -> None:
    _, _, *body = sheet(name)
    assert sum(bool(cells[1]) for cells in body) == len({row.part for row in ROWS[name]})
    assert sum(not cells[3] for cells in body) >= 20


@pytest.mark.parametrize("name", NAMES)
def test_ledger_reads_without_a_fault_beside_its_roster_and_definition(name: str) -> None:
    tasks = ledgers.read(DEFINITIONS / "ledgers" / f"{name}.xlsx")
    roster = rosters.read(DEFINITIONS / "rosters" / f"{name}.xlsx")
    definition = library.load(DEFINITIONS / f"{name}.yaml").definition
    assert len(tasks) == len(ROWS[name])
    assert sheet_rows.check(tasks, sheet_rows.names_of(roster, (), definition)) == ()


@pytest.mark.parametrize("name", NAMES)
def test_numbers_and_titles_are_there_once(name: str) -> None:
    assert len({row.no for row in ROWS[name]}) == len({row.title for row in ROWS[name]}) == len(ROWS[name])


def test_huludao_has_the_planned_tasks() -> None:
    assert Counter(row.part for row in ROWS["huludao-delivery"]) == huludao_dates.PARTS


def test_huludao_units_and_leaders_are_in_its_roster() -> None:
    roster = rosters.read(DEFINITIONS / "rosters" / "huludao-delivery.xlsx")
    rows = ROWS["huludao-delivery"]
    known = {unit.name for unit in roster.units}
    assert units_of(rows) | {row.lead for row in rows} <= known
    assert {row.leader for row in rows} <= {held.post for held in roster.posts}


def test_huludao_lead_units_are_those_of_the_definition() -> None:
    definition = library.load(DEFINITIONS / "huludao-delivery.yaml", cycle=2021).definition
    assert definition.planned is not None
    for key, part in definition.planned.parts.items():
        group = definition.groups[f"{key.removesuffix('s')}-leads"]
        led = {row.lead for row in ROWS["huludao-delivery"] if row.part == part.title}
        assert led == set(group.units)


def test_huludao_ledger_written_into_its_definition_meets_the_plan() -> None:
    text = (DEFINITIONS / "huludao-delivery.yaml").read_text(encoding="utf-8")
    tasks = ledgers.read(DEFINITIONS / "ledgers" / "huludao-delivery.xlsx")
    definition = writing.composed(text, tasks, name="huludao-delivery.yaml").definition
    assert definition.planned is not None
    counted = Counter(task.part for task in definition.tasks)
    assert counted == {key: part.count for key, part in definition.planned.parts.items()}
    nodes = [definition.obligations[task.key] for task in definition.tasks]
    assert {(one.pattern, one.lights, one.ladder) for one in nodes} == {("node", "node", "nodes")}
    (funds,) = definition.obligations["task-14"].targets.values()
    assert (funds.wanted, definition.obligations["task-14"].leader) == ("高于60亿元", "leader-economy")


def test_huludao_figures_are_only_those_of_the_plan() -> None:
    words = {"above": "＞", "at-least": "≥"}
    wanted = Counter(f"{words[one.comparator]}{one.value}{one.unit}" for one in huludao_dates.FIGURES)
    targets = [part for row in ROWS["huludao-delivery"] for part in row.target.split("；") if part]
    assert Counter(re.sub("^[^＞≥]+", "", part) for part in targets) == wanted


def test_weifang_has_every_task_that_survives() -> None:
    assert {int(row.no.partition(".")[0]) for row in ROWS["weifang-key-work"]} == set(range(10, 52))
    assert len(ROWS["weifang-key-work"]) >= 44


def test_weifang_units_and_leaders_are_in_its_roster() -> None:
    roster = rosters.read(DEFINITIONS / "rosters" / "weifang-key-work.xlsx")
    definition = library.load(DEFINITIONS / "weifang-key-work.yaml", cycle=2020).definition
    rows = ROWS["weifang-key-work"]
    assert units_of(rows) <= {unit.name for unit in roster.units}
    assert {row.lead for row in rows} <= {body.title for body in definition.bodies.values()}
    assert {row.leader for row in rows} <= {held.post for held in roster.posts}


def test_weifang_says_where_a_figure_is_lost() -> None:
    lost = {row.no for row in ROWS["weifang-key-work"] if make_weifang.LOST in row.target}
    assert lost == {
        "11.1",
        "18.2",
        "19.2",
        "20.3",
        "20.5",
        "20.7",
        "23.2",
        "23.3",
        "26.1",
        "26.4",
        "27.2",
        "33.1",
        "33.2",
    }
