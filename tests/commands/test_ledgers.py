"""Ledgers from the command line: checked, written into a file, imported into a running programme, exported."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from documents import ledgers, rosters
from tests.commands.conftest import Duban
from tests.workflow.small import small_roster
from tests.workflow.world import World, local
from workflow import library, submissions
from workflow.tables import Submission
from workflow.tasks.sheet_rows import TaskRow
from workflow.tasks.words import Figure, TimeLimit

DEFINITIONS = Path(__file__).parents[2] / "definitions"
TEXT = """\
programme: works
title: 任务攻坚
source: {document: 任务攻坚方案, issued: 2022-02-01}
cycle: 2022
planned:
  total: 3
  parts:
    projects: {title: 重大项目, count: 2}
    livelihood: {title: 重点民生, count: 1}
uses: [parts/ladders.yaml]
patterns:
  node:
    form:
      progress: {label: 进展, type: paragraph, required: true}
    ladder: nodes
obligations:
  summary:   # 与台账无关
    title: 总结
    owed_by: member-units
    due: 12-end
    form:
      text: {label: 总结, type: paragraph, required: true}
"""
LADDERS = "ladders:\n  nodes:\n    - {at: -1wd 09:00, to: [owner, leader]}\n"
ROWS = (
    TaskRow("1", "招商", ("单位U1",), TimeLimit(days=("06-end",)), "重大项目", ("单位U2",), "甲副市长",
            (Figure("签约", "at-least", Decimal(300), "个"),)),
    TaskRow("2", "修路", ("单位U1", "单位U2"), TimeLimit(days=("12-end",)), "重大项目"),
    TaskRow("3", "月报", ("单位U3",), TimeLimit(rule="FREQ=MONTHLY;BYMONTHDAY=20"), "重点民生"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def files(settled: str) -> None:
    """A definition that uses a shared part, a ledger, a roster of three units."""
    Path("parts").mkdir()
    Path("parts/ladders.yaml").write_text(LADDERS, encoding="utf-8")
    Path("works.yaml").write_text(TEXT, encoding="utf-8")
    ledgers.write(ROWS, Path("l.xlsx"))
    rosters.write(small_roster(units=3), Path("r.xlsx"))


def launch(duban: Duban) -> None:
    assert duban("launch", "works.yaml", "--cycle", "2022", "--roster", "r.xlsx", "--at", "2022-02-01T08:30").code == 0


def test_a_ledger_is_checked_without_a_roster_and_against_one(duban: Duban) -> None:
    ledgers.write([replace(ROWS[0], leads=("单位U9",)), *ROWS[1:]], Path("l.xlsx"))
    assert duban("ledger", "check", "l.xlsx").out == "l.xlsx：没有发现错误，共3项任务\n"
    assert duban("roster", "import", "r.xlsx").code == 0
    ran = duban("ledger", "check", "l.xlsx")
    assert (ran.code, ran.out) == (1, "")
    assert ran.said == [
        "第2行“牵头单位”：花名册中没有单位“单位U9”，是否想写“单位U3”？",
        "台账有1处错误，没有写入任何内容",
    ]


def test_a_check_needs_no_store(duban: Duban, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBAN_DATABASE_URL", "sqlite:///nowhere.db")
    assert duban("ledger", "check", "l.xlsx").code == 0
    assert not Path("nowhere.db").exists()


def test_task_forces_of_a_definition_may_lead(duban: Duban) -> None:
    roster, sample = (
        DEFINITIONS / "rosters" / "weifang-key-work.xlsx",
        DEFINITIONS / "ledgers" / "weifang-key-work.xlsx",
    )
    assert duban("roster", "import", str(roster)).code == 0
    assert "花名册中没有单位“开放招引攻坚战专班”" in duban("ledger", "check", str(sample)).err
    definition = str(DEFINITIONS / "weifang-key-work.yaml")
    assert duban("ledger", "check", str(sample), "--definition", definition).code == 0


@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_a_ledger_is_written_into_a_definition_and_nothing_else_changes(duban: Duban, start: str) -> None:
    Path("works.yaml").write_text(start + TEXT, encoding="utf-8")
    ran = duban("ledger", "write", "works.yaml", "l.xlsx", "-o", "out.yaml")
    assert (ran.code, ran.out) == (0, "已写入 out.yaml：3项任务\n")
    written = Path("out.yaml").read_text(encoding="utf-8")
    assert written.startswith(f"{start}{TEXT}tasks:\n  - {{no: ") and "ladders:" not in written
    assert duban("check", "out.yaml").code == 0
    assert len(library.load(Path("out.yaml")).definition.tasks) == 3
    again = duban("ledger", "write", "out.yaml", "l.xlsx", "-o", "again.yaml")
    assert again.code == 0 and Path("again.yaml").read_text(encoding="utf-8") == written


def test_counts_that_do_not_come_out_leave_no_file(duban: Duban) -> None:
    ledgers.write(ROWS[1:], Path("l.xlsx"))
    ran = duban("ledger", "write", "works.yaml", "l.xlsx", "-o", "out.yaml")
    assert ran.code == 1 and "out.yaml:8:5: plan-not-met: “重大项目”计划2项，台账中有1项" in ran.err
    assert not Path("out.yaml").exists()


def test_the_samples_make_definitions_that_pass(duban: Duban) -> None:
    for name, cycle in (("huludao-delivery", "2021"), ("weifang-key-work", "2020")):
        definition, sample = DEFINITIONS / f"{name}.yaml", DEFINITIONS / "ledgers" / f"{name}.xlsx"
        assert duban("ledger", "write", str(definition), str(sample), "-o", f"{name}.yaml").code == 0
        assert duban("check", f"{name}.yaml", "--cycle", cycle).code == 0


def test_a_definition_with_nothing_but_its_ledger_is_written(duban: Duban) -> None:
    bare = TEXT[: TEXT.index("obligations:")]
    Path("works.yaml").write_text(bare, encoding="utf-8")
    assert duban("ledger", "write", "works.yaml", "l.xlsx", "-o", "out.yaml").code == 0
    Path("works.yaml").write_text(bare.replace("title: 任务攻坚", "titel: 任务攻坚"), encoding="utf-8")
    assert "works.yaml:2:1: unknown-key" in duban("ledger", "write", "works.yaml", "l.xlsx", "-o", "out.yaml").err


def test_an_unknown_pattern_and_an_unknown_kind_are_refused(duban: Duban) -> None:
    ledgers.write([replace(ROWS[0], part="重点项目"), *ROWS[1:]], Path("l.xlsx"))
    ran = duban("ledger", "write", "works.yaml", "l.xlsx", "-o", "out.yaml", "--pattern", "knot")
    assert ran.said == [
        "方案中没有模板“knot”，可用的有：node",
        "第2行“类别”：“重点项目”不在方案的计划中，是否想写“重大项目”？",
        "台账有2处错误，没有写入任何内容",
    ]


def test_an_import_is_previewed_and_then_done_whole(duban: Duban, settled: str) -> None:
    launch(duban)
    world = World.opened(settled, "works-2022")
    before = world.dump()
    dry = duban("ledger", "import", "works-2022", "l.xlsx", "--dry-run")
    assert dry.code == 0 and "新增  招商（2022，2022-06-30前）：单位U1" in dry.out
    assert dry.out.endswith("以上为预演，没有写入\n")
    assert world.dump() == before
    ran = duban("ledger", "import", "works-2022", "l.xlsx")
    assert ran.code == 0 and "已导入：3项任务" in ran.out
    assert world.submission("U1", "task-1").due_date.isoformat() == "2022-06-30"
    assert "月报（2022-02，2022-02-20前）" in ran.out and "2022-01-20" not in ran.out
    assert {world.submission(unit, "task-2").state for unit in ("U1", "U2")} == {"draft"}
    assert duban("ledger", "import", "works-2022", "l.xlsx").err.startswith("不能修订方案：没有任何变化")
    world.close()


def test_an_import_with_a_fault_writes_nothing(duban: Duban, settled: str) -> None:
    launch(duban)
    world = World.opened(settled, "works-2022")
    before = world.dump()
    for rows, why in (
        (ROWS[1:], "“重大项目”计划2项，台账中有1项"),
        ([*ROWS[:2], replace(ROWS[2], leads=("某局",))], "第4行“牵头单位”：花名册中没有单位“某局”"),
    ):
        ledgers.write(rows, Path("l.xlsx"))
        ran = duban("ledger", "import", "works-2022", "l.xlsx")
        assert ran.code == 1 and why in ran.err
    assert duban("ledger", "import", "works-1999", "l.xlsx").code == 1
    assert world.dump() == before
    world.close()


def test_an_earlier_date_must_be_confirmed(duban: Duban, settled: str) -> None:
    launch(duban)
    assert duban("ledger", "import", "works-2022", "l.xlsx").code == 0
    ledgers.write([replace(ROWS[0], limit=TimeLimit(days=("05-end",))), *ROWS[1:]], Path("l.xlsx"))
    assert "由2022-06-30提前到2022-05-31" in duban("ledger", "import", "works-2022", "l.xlsx").err
    assert duban("ledger", "import", "works-2022", "l.xlsx", "--confirm-earlier").code == 0


def test_an_export_shows_how_tasks_stand_and_reads_back(duban: Duban, settled: str) -> None:
    launch(duban)
    assert duban("ledger", "export", "works-2022", "none.xlsx").err == "不能输出：方案“works-2022”没有台账任务\n"
    assert duban("ledger", "import", "works-2022", "l.xlsx").code == 0
    world, now = World.opened(settled, "works-2022"), local("2022-03-01 09:00")
    with world.act(now) as act:
        row = act.session.get(Submission, world.id_of("U1", "task-1"))
        assert row is not None and row.id is not None
        submissions.save(act, row.id, {"progress": "已签约", "target-1": "320"}, if_version=None)
        submissions.submit(act, row.id)
    world.close()
    assert duban("ledger", "export", "works-2022", "out.xlsx").out == "已导出到 out.xlsx：3项任务\n"
    assert duban("ledger", "export", "works-2022", "out.csv").code == 0
    assert ledgers.read(Path("out.xlsx")) == ledgers.read(Path("out.csv")) == ROWS
    later = duban("ledger", "import", "works-2022", "out.xlsx").err
    assert later.startswith("不能修订方案：没有任何变化"), "what recurs still begins where it did"
    lines = Path("out.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].endswith(",状态,完成值,亮灯")
    assert lines[1].endswith(",已报送,320个,绿")
    assert lines[2].endswith(",未报送2件,,绿")
    assert (
        duban("ledger", "export", "works-2022", "out.doc").err
        == "台账有1处错误，没有读入：“out.doc”的格式不支持，请用 .xlsx 或 .csv\n"
    )


def test_every_fault_of_a_ledger_is_a_line(duban: Duban) -> None:
    text = "序号,任务,牵头单位,完成时限,目标值\n1,招商,甲局,长期坚持,300个\n1,,乙局,年底前,\n"
    Path("bad.csv").write_text(text, encoding="gb18030")
    ran = duban("ledger", "check", "bad.csv")
    assert (ran.code, ran.out) == (1, "")
    assert [line.partition("：")[0] for line in ran.said] == [
        "第2行“完成时限”",
        "第2行“目标值”",
        "第3行“序号”",
        "第3行“任务”",
        "台账有4处错误，没有写入任何内容",
    ]
