"""The office's questions: the overdue list, what comes, why."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import python_calamine

from tests.commands.conftest import Duban
from tests.workflow.world import OFFICE, World, local
from workflow import submissions, upcoming, why
from workflow.overdue import everything
from workflow.refusals import NotFound

UNIT, PARTY = "JYTYJ", "ZZB"
PROGRAMME = "ordos-benchmarking-2022"


@pytest.fixture
def late(world: World) -> World:
    """January 6, 10:00: one unit filed in time, one waits for its leader, the others have done nothing."""
    world.advance(local("2022-01-03 10:00"))
    world.file("FGW", now=local("2022-01-03 10:00"))
    world.hand_in(UNIT, now=local("2022-01-03 11:00"))
    world.advance(local("2022-01-06 10:00"))
    return world


def test_the_overdue_list_is_the_same_in_every_format(late: World, duban: Duban, tmp_path: Path) -> None:
    with late.look(local("2022-01-06 10:00")) as act:
        expected = [one.unit.name for one in everything(act)]
    listed = json.loads(duban("overdue", "--format", "json").out)
    assert listed["total"] == len(listed["items"]) == len(expected) == 60
    assert [one["unit"]["name"] for one in listed["items"]] == expected
    assert listed["items"][0]["due_at"] == "2022-01-05T00:00:00+08:00"
    assert listed["as_of"] == "2022-01-06T10:00:00+08:00"
    assert sum(listed["by_category"].values()) == 60
    rows = list(csv.DictReader(io.StringIO(duban("overdue", "--format", "csv").out.lstrip("\ufeff"))))
    assert [row["单位"] for row in rows] == expected
    written = duban("overdue", "--format", "xlsx", "-o", "list.xlsx")
    assert (written.code, written.out) == (0, "")
    sheet = python_calamine.CalamineWorkbook.from_path(tmp_path / "list.xlsx").get_sheet_by_index(0).to_python()
    assert [str(row[5]) for row in sheet[3:]] == expected
    table = duban("overdue")
    assert "共60件" in table.out and "按事项：报送建标学习对象60件" in table.out


def test_the_overdue_list_narrows_as_the_api_does(late: World, duban: Duban) -> None:
    def units(*arguments: str) -> list[str]:
        listed = json.loads(duban("overdue", "--format", "json", *arguments).out)
        assert listed["total"] == len(listed["items"])
        return [one["unit"]["code"] for one in listed["items"]]

    assert units("--waiting-on", "approver") == [UNIT]
    assert units("--unit", "教育体育") == [UNIT]
    assert units("--programme", PROGRAMME, "--obligation", "work-plan") == []
    assert units("--min-days", "3") == []
    assert len(units("--min-days", "2")) == 60
    assert units("--sort", "days_late") == units("--sort", "-days_late")[::-1]


def test_a_late_unit_behind_its_leader_is_at_the_leaders_desk(late: World, duban: Duban) -> None:
    (one,) = json.loads(duban("overdue", "--format", "json", "--waiting-on", "approver").out)["items"]
    assert [desk["post"] for desk in one["stuck_with"]] == [late.open_requests(UNIT)[0].post_title]
    assert late.open_requests(UNIT)[0].post_title in duban("overdue", "--unit", UNIT).out


def test_what_comes_is_in_order_and_each_kind_is_there(world: World, duban: Duban) -> None:
    world.hand_in(UNIT, now=local("2021-12-31 08:30"))
    listed = json.loads(duban("next", "--days", "60", "--format", "json").out)
    assert [one["at"] for one in listed] == sorted(one["at"] for one in listed)
    assert {one["kind"] for one in listed} == {"deadline", "rung", "chase", "message"}
    deadlines = [(one["at"], one["obligation"], one["count"]) for one in listed if one["kind"] == "deadline"]
    assert deadlines == [
        ("2022-01-05T00:00:00+08:00", "target-choice", 61),
        ("2022-02-11T00:00:00+08:00", "research-trip", 61),
        ("2022-02-16T00:00:00+08:00", "work-plan", 61),
    ]
    assert [one["due"] for one in listed[:2]] == [True, False]


def test_every_chase_that_would_come_is_listed(world: World, duban: Duban) -> None:
    world.hand_in(UNIT, now=local("2021-12-31 08:30"))
    listed = json.loads(duban("next", "--format", "json").out)
    # Five working days, over New Year's weekend and the one after.
    assert [one["at"][:16] for one in listed if one["kind"] == "chase"] == [
        "2022-01-04T09:00", "2022-01-05T09:00", "2022-01-06T09:00", "2022-01-07T09:00", "2022-01-10T09:00",
    ]  # fmt: skip
    assert "第5次催促审签" in duban("next").out


def test_what_is_listed_is_what_happens(world: World, duban: Duban) -> None:
    """Nobody does anything: every instant of the list has its act, and none is missing."""
    world.hand_in(UNIT, now=local("2021-12-31 08:30"))
    listed = json.loads(duban("next", "--days", "30", "--format", "json").out)
    world.advance(local("2022-01-31 08:30"))
    queued = {letter.ready for letter in world.letters() if letter.ready > local("2021-12-31 08:40")}
    foretold = {one["at"] for one in listed if one["kind"] in ("rung", "chase")}
    assert {one.isoformat() for one in queued} == foretold


def test_a_rung_that_concerns_nobody_is_not_listed(world: World, duban: Duban) -> None:
    with world.act(local("2021-12-31 08:30")) as act:
        for unit in act.audience(1).units_in("member-units"):
            submissions.exempt(act, world.id_of(unit), comment="全部免报")
    listed = json.loads(duban("next", "--days", "10", "--format", "json").out)
    assert {one["kind"] for one in listed} <= {"message"}


def test_the_next_stop_is_said_in_one_sentence(world: World) -> None:
    with world.look(local("2021-12-31 08:45")) as act:
        first = upcoming.next_stop(act)
    with world.look(local("2022-01-04 12:00")) as act:
        second = upcoming.next_stop(act)
    with world.look(local("2023-01-01")) as act:
        assert upcoming.next_stop(act) is None
    assert first is not None and first.at == local("2021-12-31 09:00")
    assert first.what == "“报送建标学习对象”截止前1个工作日提醒：发给联络员、主要负责同志，涉及61件"
    assert second is not None and second.at == local("2022-01-05")
    assert second.what.startswith("“报送建标学习对象”截止，未报送的61件转为逾期；")


def test_why_counts_the_days_and_names_those_off(late: World, duban: Duban) -> None:
    late.advance(local("2022-02-08 10:00"))
    ran = duban("why", str(late.id_of(PARTY)))
    assert ran.code == 0
    assert "逾期35天（2022-01-05至2022-02-08），其中工作日22天" in ran.out
    assert "2022-01-31至2022-02-06 春节" in ran.out
    assert "2022-01-29至2022-01-30 星期六、日" not in ran.out
    assert "周末上班的有：2022-01-29 星期六调休上班，2022-01-30 星期日调休上班" in ran.out


def test_why_says_what_is_left_before_the_date(world: World, duban: Duban) -> None:
    ran = duban("why", str(world.id_of(PARTY)))
    assert "还剩4天（2022-01-01至2022-01-04），其中工作日1天" in ran.out
    assert "不是工作日的有：2022-01-01至2022-01-03 元旦" in ran.out
    assert "截止前3个工作日提醒（启动时已过，并入启动通知）" in ran.out
    assert "2022-01-05 00:00 截止时逾期通知" in ran.out


def test_why_tells_who_heard_what_and_who_decided(late: World, duban: Duban) -> None:
    told = json.loads(duban("why", str(late.id_of(UNIT)), "--format", "json").out)
    assert told["summary"]["standing"] == "逾期（待审签）"
    assert [one["title"] for one in told["alerts"]] == [
        "截止前3个工作日提醒", "截止前1个工作日提醒", "送审", "第1次催促审签", "截止时逾期通知",
        "截止后1个工作日升级督办", "第3次催促审签",
    ], "on the day of the lapse the leader heard of it by the lapse, so the second chase was silent"  # fmt: skip
    lapse = next(one for one in told["alerts"] if one["title"] == "截止时逾期通知")
    assert (lapse["at"], lapse["due_to_fire"]) == ("2022-01-05T00:00:00+08:00",) * 2
    assert len(lapse["told"]) == 3
    assert [one["title"] for one in told["coming"]][:2] == ["截止后3个工作日升级督办", "第4次催促审签"]
    (decision,) = told["decisions"]
    assert (decision["decision"], decision["step"], decision["round"]) == (None, 1, 1)
    assert "尚未决定" in duban("why", str(late.id_of(UNIT))).out


def test_why_tells_of_a_return_and_the_second_round(late: World, duban: Duban) -> None:
    now = local("2022-01-06 10:00")
    late.sign(UNIT, now=now, choice="return")
    late.hand_in(UNIT, now=now, said="乙")
    late.sign(UNIT, now=now)
    ran = duban("why", str(late.id_of(UNIT)))
    assert "已报送，2022-01-06 10:00报送（迟报）" in ran.out
    assert "逾期2天（2022-01-05至2022-01-06），其中工作日2天" in ran.out
    assert "第1轮第1步" in ran.out and "退回" in ran.out and "意见：请补充" in ran.out
    assert "第2轮第1步" in ran.out
    assert "今后" not in ran.out
    assert "9. 2022-01-06 10:00 审签同意" in ran.out


def test_why_tells_of_an_extension_with_its_reason(late: World, duban: Duban) -> None:
    number = late.id_of(PARTY)
    with late.act(local("2022-01-06 10:00"), OFFICE) as act:
        submissions.extend(act, number, until=local("2022-01-20").date(), comment="主要负责同志外出")
    told = duban("why", str(number)).out
    assert "截止日期先后为：第1版2022-01-04；第2版2022-01-20" in told
    assert "将截止日期由2022-01-04延至2022-01-20：主要负责同志外出" in told
    assert "还剩14天" in told
    assert "2022-01-17 09:00 截止前3个工作日提醒" in told
    ahead = json.loads(duban("next", "--format", "json").out)
    own = [one["what"] for one in ahead if one["unit"] == "市委组织部"]
    assert own[0].startswith("市委组织部“报送建标学习对象”截止前3个工作日提醒")


def test_why_names_what_must_be_filed_first(world: World, duban: Duban) -> None:
    ran = duban("why", str(world.id_of(UNIT, "work-plan")))
    assert "须先报送\n  建立工作联系并开展专题调研：草稿" in ran.out


@pytest.mark.parametrize("number", ["999999", "2147483648"])
def test_an_unknown_number_is_refused(world: World, duban: Duban, number: str) -> None:
    ran = duban("why", number)
    assert (ran.code, ran.err) == (1, f"没有编号为{number}的报送件。\n")
    with world.look() as act, pytest.raises(NotFound):
        why.explain(act, 999_999)
