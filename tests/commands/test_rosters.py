"""Rosters and calendars in and out of the store."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlmodel import col, select

from documents import rosters
from tests.commands.conftest import Duban
from tests.workflow.world import ROSTER, World, local, ordos, ordos_roster
from workflow import posts
from workflow.calendars import china, to_csv
from workflow.library import Pinned, parse
from workflow.roster import PersonRow, PostRow, UnitRow
from workflow.tables import Deadline, RungRow

UNIT = "JYTYJ"


def test_an_export_reads_back_as_what_was_imported(duban: Duban) -> None:
    assert duban("roster", "import", str(ROSTER)).code == 0
    assert duban("roster", "export", "out.xlsx").code == 0
    assert duban("roster", "export", "folder").code == 0
    assert rosters.read(Path("out.xlsx")) == rosters.read(Path("folder")) == ordos_roster()


def test_an_import_says_what_it_changes(duban: Duban, world: World) -> None:
    before = ordos_roster()
    head = next(row for row in before.posts if (row.post, row.unit) == ("unit-head", UNIT))
    units = [replace(row, category="教育部门") if row.code == UNIT else row for row in before.units]
    after = replace(
        before,
        units=(*units, UnitRow("XIN", "市新设单位", "部门")),
        people=(*(row for row in before.people if row.key != head.person), PersonRow("xin", "新任负责同志", "x@e.cn")),
        posts=(*(row for row in before.posts if row != head), PostRow("unit-head", UNIT, "xin", date(2022, 1, 1))),
    )
    rosters.write(after, Path("after.xlsx"))
    dry = duban("roster", "import", "after.xlsx", "--dry-run")
    assert dry.code == 0
    assert "单位：新增1，变更1，取消0" in dry.out
    assert "人员：新增1，变更0，取消1" in dry.out
    assert "任职：新增1，变更0，取消1" in dry.out
    assert "变更 市教育体育局（JYTYJ）：类别“市人民政府组成部门”改为“教育部门”" in dry.out
    assert "新增 市教育体育局主要负责同志：新任负责同志（xin），自2022-01-01" in dry.out
    assert "没有写入" in dry.out
    with world.store.read() as session:
        assert posts.export(session) == before
    assert duban("roster", "import", "after.xlsx").code == 0
    with world.store.read() as session:
        now = posts.export(session)
    assert now.posts == after.posts and set(now.units) == set(after.units)
    assert head.person in {row.key for row in now.people}, "history speaks of whoever was there"


def test_an_import_that_leaves_a_unit_without_its_people_says_so(duban: Duban, world: World) -> None:
    before = ordos_roster()
    kept = tuple(row for row in before.posts if (row.post, row.unit) != ("liaison", UNIT))
    rosters.write(replace(before, posts=kept), Path("gap.xlsx"))
    ran = duban("roster", "import", "gap.xlsx", "--dry-run")
    assert "注意：对标先进提升创建工作（ordos-benchmarking-2022）：“市教育体育局”没有联络员" in ran.out
    assert world.store is not None


def test_every_fault_of_a_roster_is_a_line_and_nothing_is_written(duban: Duban, world: World) -> None:
    folder = Path("faulty")
    rosters.write(ordos_roster(), folder)
    with (folder / "posts.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["联络员", "NONE", "nobody", "", ""], ["联络员", UNIT, "nobody", "never", ""]])
    ran = duban("roster", "import", "faulty")
    rows = len(ordos_roster().posts) + 1
    assert (ran.code, ran.out) == (1, "")
    assert len(ran.said) > 3
    assert all(line.startswith(f"任职第{rows + 1}行") or f"第{rows + 2}行" in line for line in ran.said[:-1])
    assert ran.said[-1] == f"花名册有{len(ran.said) - 1}处错误，没有导入任何内容"
    with world.store.read() as session:
        assert posts.export(session) == ordos_roster()


def test_a_year_is_shown_with_its_make_up_days(duban: Duban) -> None:
    shown = duban("calendar", "show", "2022")
    assert "2022年放假安排：已公布" in shown.out
    lines = [[cell.strip() for cell in line.split("│")[1:-1]] for line in shown.out.splitlines()]
    assert ["2022-01-29", "星期六", "班", "春节调休"] in lines
    assert "暂定" in duban("calendar", "show", "2031").out
    assert duban("calendar", "show", "2022", "--format", "csv").out == to_csv(china(), 2022)
    assert duban("calendar", "show", "2031", "--format", "csv").code == 1


def beyond() -> Pinned:
    """Ordos in a year that no notice settles yet."""
    text = ordos().text.replace("cycle: 2022", "cycle: 2031").replace("published: -1/12-31 08:30", "")
    return parse(text.encode(), name="beyond")


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    """2031 as it might be announced: the Spring Festival takes the working days before February 10."""
    lines = ["日期,类型,名称", "2031-01-01,休,元旦"]
    lines += [f"2031-01-{day},休,春节" for day in range(22, 32)]
    lines += [f"2031-02-0{day},休,春节" for day in range(1, 10)]
    lines += ["2031-01-18,班,春节", "2031-01-19,班,春节"]
    file = tmp_path / "2031.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


@pytest.fixture
def far(settled: str) -> Iterator[World]:
    """Launched on Friday 2031-01-17, in a year whose working days are provisional."""
    with closing(World.launched(settled, now=local("2031-01-17 10:00"), pinned=beyond(), cycle=2031)) as launched:
        yield launched


def test_a_new_year_moves_the_rungs_that_have_not_fired(far: World, duban: Duban, notice: Path) -> None:
    before = unfired(far)
    dry = duban("calendar", "import", str(notice), "--dry-run")
    assert "没有写入" in dry.out and unfired(far) == before
    ran = duban("calendar", "import", str(notice))
    assert ran.code == 0
    assert "已装入2031年放假安排，共22天" in ran.out
    assert "重排后移动的提醒：2项" in ran.out
    assert "建立工作联系并开展专题调研 截止前3个工作日：2031-02-05 09:00 → 2031-01-19 09:00" in ran.out
    assert "提示：放假安排中没有清明、劳动、端午、中秋、国庆，请核对是否完整" in ran.err
    moved = {key: at for key, at in unfired(far).items() if at != before[key]}
    assert moved == {
        ("research-trip", 0): local("2031-01-19 09:00"),
        ("research-trip", 1): local("2031-01-21 09:00"),
    }
    far.advance(local("2031-01-19 09:00"))
    assert local("2031-01-19 09:00") in {letter.ready for letter in far.letters("reminder")}


def test_a_new_year_moves_the_chase_of_a_leader(far: World, duban: Duban, notice: Path) -> None:
    far.file(UNIT, "research-trip", now=local("2031-01-17 10:00"))
    far.hand_in(UNIT, "work-plan", now=local("2031-01-17 10:00"))
    ran = duban("calendar", "import", str(notice))
    assert "报送《对标创建工作方案》（1件） 送审1个工作日未签：2031-01-20 09:00 → 2031-01-18 09:00" in ran.out
    assert far.submission(UNIT, "work-plan").chase_at == local("2031-01-18 09:00")


def test_what_has_fired_stays_fired_and_what_would_have_is_due_at_once(far: World, duban: Duban, notice: Path) -> None:
    far.advance(local("2031-02-06 09:00"))
    sent = far.letters("reminder")
    ran = duban("calendar", "import", str(notice))
    assert "2031-02-07 09:00 → 2031-01-21 09:00，已到时，将立即发出" in ran.out
    far.advance(local("2031-02-06 09:01"))
    more = [item.rung for letter in far.letters("reminder")[len(sent) :] for item in letter.items]
    assert set(more) == {"rung:1"}


def test_every_fault_of_a_calendar_is_a_line(duban: Duban) -> None:
    Path("bad.csv").write_text("日期,类型,名称\n2031-02-30,休,春节\n2031-01-01,假,元旦\n", encoding="gb18030")
    ran = duban("calendar", "import", "bad.csv")
    assert (ran.code, ran.out) == (1, "")
    assert [line[:13] for line in ran.said] == ["bad.csv：第2行：日", "bad.csv：第3行：类", "放假安排有2处错误，没有装"]


def unfired(world: World) -> dict[tuple[str, int], datetime]:
    """When each rung fires that has not fired yet."""
    rows = select(RungRow, Deadline).join(Deadline, col(Deadline.id) == col(RungRow.deadline_id))
    with world.store.read() as session:
        found = session.exec(rows.where(col(RungRow.fired_at).is_(None)))
        return {(deadline.obligation, rung.position): rung.fires_at for rung, deadline in found}
