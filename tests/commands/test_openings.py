"""``duban open``, ``duban finding``, and the chain in ``duban why``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.commands.conftest import Duban
from tests.workflow.chained import KEY, MONDAY, Chain
from tests.workflow.world import World


@pytest.fixture
def settled(chained_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The environment of one rehearsal store with the programme of follow-ups; its address."""
    for name in ("MAIL_URL", "WECOM_URL", "OFFICE_URLS", "SECRET_KEY_FILE", "BASE_URL"):
        monkeypatch.delenv(f"DUBAN_{name}", raising=False)
    monkeypatch.setenv("DUBAN_DATABASE_URL", chained_url)
    monkeypatch.setenv("DUBAN_SECRET_KEY", "a key for the tests of the commands")
    monkeypatch.setenv("DUBAN_REHEARSAL", "1")
    return chained_url


@pytest.fixture
def beside(settled: str) -> Iterator[Chain]:
    """The same store, to let things happen in beside the commands."""
    with closing(World.opened(settled, KEY)) as opened:
        opened.advance(MONDAY)
        yield Chain(opened)


def test_duty_is_opened_for_a_unit(duban: Duban, beside: Chain) -> None:
    ran = duban("open", KEY, "inspection", "--unit", "单位U2", "--due", "2022-03-18", "--comment", "群众反映集中")
    assert (ran.code, ran.err) == (0, "")
    assert "已开启1件" in ran.out and "督查组" in ran.out and "单位U2" in ran.out and "2022-03-18" in ran.out
    row = beside.only("inspection")
    assert (row.subject, beside.first_entry(row).comment) == ("U2", "群众反映集中")


def test_duty_is_opened_for_everybody(duban: Duban, beside: Chain) -> None:
    assert "已开启5件" in duban("open", KEY, "call-up", "--due", "2022-03-18", "--comment", "专题调度").out
    assert len(beside.all("call-up")) == 5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("other-2022", "call-up"), "没有方案“other-2022”"),
        ((KEY, "unheard-of"), "没有“unheard-of”这一事项"),
        ((KEY, "node"), "按规定日期自动开启"),
        ((KEY, "call-up", "--comment", "专题调度"), "请写明截止日期"),
        ((KEY, "call-up", "--due", "2022-03-18"), "请写明开启的理由"),
        ((KEY, "call-up", "--due", "明天", "--comment", "专题调度"), "“明天”看不懂"),
        ((KEY, "call-up", "--due", "2022-03-01", "--comment", "专题调度"), "已经过去"),
    ],
)
def test_refused_opening_is_one_line_and_writes_nothing(
    duban: Duban, beside: Chain, arguments: tuple[str, ...], said: str
) -> None:
    before = beside.world.dump()
    ran = duban("open", *arguments)
    assert (ran.code, len(ran.said), ran.out) == (1, 1, "") and said in ran.err
    assert beside.world.dump() == before


def test_finding_tells_what_it_opened(duban: Duban, beside: Chain) -> None:
    ran = duban("finding", str(beside.id_of("node", "U1")), "--kind", "problem", "--comment", "台账不符")
    assert ran.code == 0
    number = beside.id_of("correction")
    assert ran.out.splitlines() == [
        "已记录检查发现：发现问题",
        f"已开启：报送件{number} 单位U1 问题改正，2022-03-21截止",
    ]
    again = duban("finding", str(beside.id_of("node", "U1")), "--kind", "problem", "--comment", "又一处")
    assert again.out.splitlines() == ["已记录检查发现：发现问题"]


@pytest.mark.parametrize(
    ("number", "kind", "said"),
    [
        ("0", "problem", "没有编号为0的报送件"),
        ("99999", "problem", "没有编号为99999的报送件"),
        ("1", "other", "可用的有"),
    ],
)
def test_refused_finding_is_one_line(duban: Duban, beside: Chain, number: str, kind: str, said: str) -> None:
    before = beside.world.dump()
    ran = duban("finding", number, "--kind", kind, "--comment", "台账不符")
    assert (ran.code, len(ran.said)) == (1, 1) and said in ran.err
    assert beside.world.dump() == before


def test_why_tells_the_chain_both_ways(duban: Duban, beside: Chain) -> None:
    node = beside.id_of("node", "U1")
    beside.raise_("light-red", node)
    talk = beside.id_of("warning-talk")
    beside.file(talk, {"outcome": "需整改"})
    beside.raise_("filed", talk)
    report = beside.id_of("written-report")
    below = duban("why", str(node)).out
    assert f"引出\n  因亮红灯引出报送件{talk}“领导小组办公室 警示约谈”（关于单位U1）：已报送，2022-03-14截止\n" in below
    assert f"    因报送引出报送件{report}“单位U1 书面报告”：草稿，2022-03-21截止\n" in below
    above = duban("why", str(report)).out
    assert f"由何引起\n  由报送件{talk}“领导小组办公室 警示约谈”（关于单位U1）报送引起\n" in above
    assert f"    由报送件{node}“单位U1 节点任务”亮红灯引起\n" in above
    assert f"报送件{talk}：领导小组办公室 警示约谈（2022-03-07-{node}），关于单位U1\n" in duban("why", str(talk)).out
    assert "由何引起" not in below and "引出" not in above
