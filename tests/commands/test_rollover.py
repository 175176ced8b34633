"""From one cycle to the next on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import python_calamine
from sqlmodel import select

from documents import rosters
from tests.commands.conftest import Duban
from tests.workflow.learning import NEXT, TEXT, A, B, D, drafts, launched
from tests.workflow.small import small_roster
from tests.workflow.world import World
from workflow.tables import Programme


@pytest.fixture
def learning(settled: str) -> Iterator[World]:
    """Learning 2022 with lists filed, beside the commands; the clock stands at the end of the year."""
    with closing(launched(settled)) as world:
        world.advance(NEXT)
        yield world


def programmes(world: World) -> list[str]:
    with world.store.read() as session:
        return list(session.exec(select(Programme.key).order_by(Programme.key)))


def programme_of(world: World, key: str) -> Programme:
    with world.store.read() as session:
        return session.exec(select(Programme).where(Programme.key == key)).one()


def test_a_rollover_is_previewed_and_then_done(duban: Duban, learning: World) -> None:
    before = learning.dump()
    dry = duban("rollover", "learning-2022", "--cycle", "2023", "--dry-run")
    assert dry.code == 0
    assert dry.out == (
        "新年度方案：learning-2023，共4件报送件\n"
        "  2023-03-10前  学习清单（list）：4个单位\n"
        "  单位U1：带入2项，归档1项，另有1项（中止）不带入也不归档\n"
        "  单位U4：带入1项，归档1项\n"
        "  单位U2：上年度没有已报送的内容，不带入\n"
        "  单位U3：上年度没有已报送的内容，不带入\n"
        "以上为预演，没有写入\n"
    )
    assert learning.dump() == before
    ran = duban("rollover", "learning-2022", "--cycle", "2023")
    assert ran.code == 0 and ran.out.endswith("已启动：learning-2023，带入3项，归档2项\n")
    assert drafts(learning, programme_of(learning, "learning-2023"))["U1"] == ("draft", 1, [A, D])
    again = duban("rollover", "learning-2022", "--cycle", "2023")
    assert (again.code, again.err) == (1, "方案“learning-2023”已经启动，不能重复启动。\n")


def test_a_newer_file_and_a_newer_roster_are_taken(duban: Duban, learning: World) -> None:
    Path("newer.yaml").write_text(TEXT.replace("due: 03-10", "due: 04-20"), encoding="utf-8")
    rosters.write(small_roster(units=5), Path("r.xlsx"))
    ran = duban("rollover", "learning-2022", "--cycle", "2023", "--file", "newer.yaml", "--roster", "r.xlsx")
    assert ran.code == 0 and "  2023-04-20前  学习清单（list）：5个单位" in ran.out
    assert set(drafts(learning, programme_of(learning, "learning-2023"))) == {"U1", "U2", "U3", "U4", "U5"}


def test_what_does_not_fit_is_previewed_and_refused(duban: Duban, learning: World) -> None:
    Path("newer.yaml").write_text(TEXT.replace("type: integer", "type: text"), encoding="utf-8")
    command = ("rollover", "learning-2022", "--cycle", "2023", "--file", "newer.yaml")
    dry = duban(*command, "--dry-run")
    assert dry.code == 1 and "  问题：“进度”列（share）的类型由 integer 改为 text" in dry.out
    before = learning.dump()
    ran = duban(*command)
    assert (ran.code, ran.out) == (1, "") and ran.err.startswith("不能结转：“进度”列")
    assert learning.dump() == before


def test_a_year_without_a_holiday_notice_is_said(duban: Duban, learning: World) -> None:
    text = f"{TEXT}ladders: {{one: [{{at: -1wd, to: [liaison]}}]}}\n".replace(
        "    form:", "    ladder: one\n    form:", 1
    )
    Path("newer.yaml").write_text(text, encoding="utf-8")
    ran = duban("rollover", "learning-2022", "--cycle", "2031", "--file", "newer.yaml", "--dry-run")
    assert "注意：2031年放假安排尚未公布" in ran.err


def test_without_a_rule_it_is_said_how_to_launch(duban: Duban, learning: World) -> None:
    Path("newer.yaml").write_text(TEXT[: TEXT.index("rollover:")], encoding="utf-8")
    ran = duban("rollover", "learning-2022", "--cycle", "2023", "--file", "newer.yaml")
    assert ran.code == 1 and "请执行 duban launch FILE --cycle 2023" in ran.err
    assert programmes(learning) == ["learning-2022"]


def test_the_archive_is_printed_in_every_format(duban: Duban, learning: World) -> None:
    assert "归档内容，共0项" in duban("archive", "learning-2022").out
    assert duban("rollover", "learning-2022", "--cycle", "2023").code == 0
    table = duban("archive", "learning-2022").out
    assert "归档内容，共2项" in table and "已学有所成" in table
    found = json.loads(duban("archive", "learning-2023", "--format", "json").out)
    assert [(row["unit"], row["unit_name"], row["cycle"], row["values"]) for row in found] == [
        ("U1", "单位U1", 2022, B),
        ("U4", "单位U4", 2022, B),
    ]
    lines = duban("archive", "learning-2022", "--format", "csv").out.splitlines()
    assert lines[:2] == ["\ufeff年度,单位编码,单位,内容,状态,进度,难度", "2022,U1,单位U1,乙,已学有所成,100,高"]
    assert duban("archive", "learning-2022", "--format", "xlsx").code == 1
    assert duban("archive", "learning-2022", "--format", "xlsx", "-o", "a.xlsx").err == "已写入 a.xlsx，共2项\n"
    with python_calamine.load_workbook("a.xlsx") as made:
        assert made.get_sheet_by_name("归档").to_python()[1] == [
            "2022",
            "U1",
            "单位U1",
            "乙",
            "已学有所成",
            "100",
            "高",
        ]
    assert duban("archive", "learning-1999").code == 1
