"""Delegations, absences and the division of work at the command line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from documents import rosters
from tests.commands.conftest import Duban
from tests.workflow.world import World, local, ordos_roster
from workflow import clock
from workflow.roster import PersonRow, PostRow

MORNING = local("2022-01-04 10:00")
LEADER, TITLE, OTHERS_TITLE = "fsz-gongye", "副市长（分管工业和信息化）", "常务副市长"


@pytest.fixture
def at_work(world: World) -> World:
    """Two units wait for one leader, and the clock stands at the same instant."""
    clock.advance(world.store, MORNING, world.links)
    for unit in ("KJJ", "GXJ"):
        world.hand_in(unit, now=MORNING)
    return world


def test_a_delegation_is_made_listed_and_withdrawn(duban: Duban, at_work: World) -> None:
    made = duban("delegate", "add", TITLE, "ldxz-mishuzhang", "--until", "2022-01-07", "--comment", "出差")
    assert (made.code, made.out) == (0, f"已登记授权1：2022-01-04至2022-01-07，秘书长代{TITLE}审签\n")
    assert {one.person for one in at_work.letters("request")} == {LEADER, "ldxz-mishuzhang"}
    assert "生效" in duban("delegate", "list").out
    assert duban("delegate", "withdraw", "1", "--comment", "提前返回").out == "已撤销授权1\n"
    assert "提前返回" in duban("delegate", "list").out


REFUSED = [
    (("delegate", "add", "无此人", "秘书长", "--until", "2022-01-07", "--comment", "甲"), "花名册中没有"),
    (("delegate", "add", "领导小组副组长", "秘书长", "--until", "2022-01-07", "--comment", "甲"), "请写人员编号"),
    (("delegate", "add", LEADER, "秘书长", "--until", "2022-01-07"), "请写明授权的理由"),
    (("delegate", "add", LEADER, "秘书长", "--until", "明天", "--comment", "甲"), "看不懂"),
    (("delegate", "withdraw", "7", "--comment", "甲"), "没有找到"),
    (("absence", "add", LEADER, "--until", "2022-01-03"), "截止日期早于起始日期"),
    (("supervise", "KJJ", "--leader", "无此职务", "--comment", "甲"), "没有人担任"),
]


@pytest.mark.parametrize(("arguments", "said"), REFUSED)
def test_what_cannot_be_is_said_in_one_line_and_writes_nothing(
    duban: Duban, at_work: World, arguments: tuple[str, ...], said: str
) -> None:
    before = at_work.dump()
    ran = duban(*arguments)
    assert (ran.code, ran.out, len(ran.said)) == (1, "", 1)
    assert said in ran.err
    assert at_work.dump() == before


def test_an_absence_tells_what_nobody_covers(duban: Duban, at_work: World) -> None:
    ran = duban("absence", "add", LEADER, "--since", "2022-02-08", "--until", "2022-02-16")
    assert ran.code == 0
    assert f"注意：{TITLE}外出期间2022-02-08至2022-02-16无人代签；现有2件等待审签，其间有6件到期" in ran.out
    assert "有效" in duban("absence", "list").out
    assert duban("absence", "withdraw", "1").out == "已撤销外出1\n"
    assert "已撤销" in duban("absence", "list").out
    assert at_work.letters("notice", person=LEADER) == []


def test_units_change_leaders_after_a_preview(duban: Duban, at_work: World) -> None:
    asked = ("supervise", "市科学技术局", "GXJ", "--leader", OTHERS_TITLE, "--comment", "分工调整")
    before = at_work.dump()
    dry = duban(*asked, "--dry-run")
    assert dry.code == 0
    assert dry.out.splitlines()[0] == "将移交的审签：2件"
    assert f"市科学技术局 报送建标学习对象（2022-01-04截止）：{TITLE} → {OTHERS_TITLE}（领导分工调整）" in dry.out
    assert dry.out.splitlines()[-1] == "以上为预演，没有写入"
    assert at_work.dump() == before
    done = duban(*asked)
    assert done.out.splitlines()[0] == "已移交的审签：2件"
    assert [one.person for one in at_work.open_requests("KJJ")] == ["fsz-changwu"]


def test_an_import_prints_what_would_move_and_what_moved(duban: Duban, at_work: World) -> None:
    before = ordos_roster()
    kept = tuple(row for row in before.posts if row.person != LEADER)
    held = (*kept, PostRow(TITLE, None, "xin"))
    after = replace(before, people=(*before.people, PersonRow("xin", "新任副市长", "xin@example.cn")), posts=held)
    rosters.write(after, Path("after.xlsx"))
    stored = at_work.dump()
    dry = duban("roster", "import", "after.xlsx", "--dry-run")
    assert "将移交的审签：2件" in dry.out
    assert f"{TITLE} → {TITLE} 新任副市长（任职人变动）" in dry.out
    assert at_work.dump() == stored
    assert "已移交的审签：2件" in duban("roster", "import", "after.xlsx").out
    assert [one.person for one in at_work.open_requests("GXJ")] == ["xin"]


def test_an_import_does_not_undo_a_change_of_leaders_unasked(duban: Duban, at_work: World) -> None:
    rosters.write(ordos_roster(), Path("old.xlsx"))
    assert duban("supervise", "KJJ", "--leader", OTHERS_TITLE, "--comment", "分工调整").code == 0
    stored = at_work.dump()
    ran = duban("roster", "import", "old.xlsx")
    assert (ran.code, ran.out) == (1, "")
    assert f"花名册中没有2022-01-04起“市科学技术局”改由{OTHERS_TITLE}分管的领导分工调整" in ran.err
    assert ran.said[-1].endswith("确要取消以上1项调整，加 --drop-adjustments")
    assert at_work.dump() == stored
    dry = duban("roster", "import", "old.xlsx", "--dry-run")
    assert dry.code == 0 and "领导分工调整" in dry.err
    assert duban("roster", "export", "new.xlsx").code == 0
    assert duban("roster", "import", "new.xlsx").code == 0
    assert [one.person for one in at_work.open_requests("KJJ")] == ["fsz-changwu"]


def test_an_import_drops_a_change_of_leaders_when_told_to(duban: Duban, at_work: World) -> None:
    rosters.write(ordos_roster(), Path("old.xlsx"))
    assert duban("supervise", "KJJ", "--leader", OTHERS_TITLE, "--comment", "分工调整").code == 0
    assert duban("roster", "import", "old.xlsx", "--drop-adjustments").code == 0
    assert [one.person for one in at_work.open_requests("KJJ")] == [LEADER]


def test_an_import_says_what_nobody_can_take_over(duban: Duban, at_work: World) -> None:
    before = ordos_roster()
    held = tuple(row for row in before.posts if row.person != LEADER)
    led = tuple(row for row in before.supervision if row.post != TITLE)
    rosters.write(replace(before, posts=held, supervision=led), Path("gone.xlsx"))
    ran = duban("roster", "import", "gone.xlsx")
    assert "已移交的审签：0件" in ran.out
    assert ran.out.count(f"{TITLE}已不任职，目前无人接替") == 2
    assert [one.person for one in at_work.open_requests("KJJ")] == [LEADER]
