"""Findings of an inspection: who may record them, on what, what they open, what stands in history."""

from contextlib import closing

import pytest

from tests.workflow.chained import INSPECTOR, LAUNCHED, MONDAY, Chain
from tests.workflow.small import small, small_roster
from tests.workflow.world import OFFICE, World
from workflow import dossier, findings, submissions
from workflow.acts import Actor
from workflow.refusals import (
    CommentMissing,
    ContentUnreadable,
    FindingRefused,
    Forbidden,
    NotAllowedNow,
    NotFound,
    Refusal,
)

U1 = Actor("单位U1联络员", "unit", "U1")
U2 = Actor("单位U2联络员", "unit", "U2")


def record(chain: Chain, number: int, *, kind: str = "problem", said: str = "台账不符", by: Actor = INSPECTOR) -> None:
    with chain.world.act(MONDAY, by) as act:
        findings.record(act, number, kind=kind, comment=said)


@pytest.mark.parametrize("by", [INSPECTOR, OFFICE], ids=["inspector", "office"])
def test_finding_is_told_in_history_and_opens_what_follows(chain: Chain, by: Actor) -> None:
    node = chain.id_of("node", "U1")
    record(chain, node, by=by)
    told = chain.world.history("U1", "node")[1]
    assert (told.event, told.actor, told.comment) == ("finding", by.name, "台账不符")
    assert (told.source, told.dest) == ("draft", "draft")
    assert told.facts == {"kind": "problem", "title": "发现问题"}
    row = chain.only("correction")
    assert (row.unit, row.cause_id) == ("U1", node)
    assert (chain.first_entry(row).comment, chain.first_entry(row).actor) == ("台账不符", by.name)
    assert not chain.world.broken_chains()


def test_filed_submission_stays_filed(chain: Chain) -> None:
    node = chain.id_of("node", "U1")
    chain.file(node, {"text": "完成"})
    record(chain, node)
    row = chain.world.submission("U1", "node")
    assert (row.state, row.filed_at) == ("filed", MONDAY)
    assert chain.only("correction").cause_id == node


def test_finding_about_a_unit_others_report_on_is_put_right_by_that_unit(chain: Chain) -> None:
    review = chain.id_of("open-review", subject="U3")
    record(chain, review)
    assert chain.only("correction").unit == "U3"


def test_second_finding_of_a_kind_is_told_and_leaves_the_open_correction(chain: Chain) -> None:
    node = chain.id_of("node", "U1")
    record(chain, node)
    record(chain, node, said="又一处不符")
    assert [one.comment for one in chain.world.history("U1", "node")[1:]] == ["台账不符", "又一处不符"]
    assert len(chain.all("correction")) == 1


@pytest.mark.parametrize(
    ("kind", "said", "by", "refusal"),
    [
        ("unheard-of", "台账不符", INSPECTOR, FindingRefused),
        ("problem", "  ", INSPECTOR, CommentMissing),
        ("problem", "不\x00符", INSPECTOR, ContentUnreadable),
        ("problem", "台账不符", U1, Forbidden),
        ("problem", "台账不符", U2, NotFound),
    ],
)
def test_refused_finding_writes_nothing(chain: Chain, kind: str, said: str, by: Actor, refusal: type[Refusal]) -> None:
    node = chain.id_of("node", "U1")
    with chain.world.refusing(refusal):
        record(chain, node, kind=kind, said=said, by=by)


def test_refusal_names_the_kinds_there_are(chain: Chain) -> None:
    with pytest.raises(FindingRefused, match=r"false-data（数据弄虚作假）、problem（发现问题）、model（经验做法）"):
        record(chain, chain.id_of("node", "U1"), kind="other")


def test_programme_without_kinds_takes_no_finding(sqlite_url: str) -> None:
    with closing(World.launched(sqlite_url, now=LAUNCHED, pinned=small(), roster=small_roster())) as world:
        with world.refusing(FindingRefused) as refused, world.act(MONDAY, INSPECTOR) as act:
            findings.record(act, world.id_of("U1", "report"), kind="problem", comment="台账不符")
        assert "没有规定检查发现的类别" in refused.value.text


def test_page_offers_kinds_to_whoever_may_record(chain: Chain) -> None:
    offered = {}
    for by in (INSPECTOR, OFFICE, U1):
        with chain.world.look(MONDAY, by) as act:
            offered[by.role] = dict(dossier.of(act, chain.id_of("node", "U1")).findings)
    titles = {"false-data": "数据弄虚作假", "problem": "发现问题", "model": "经验做法"}
    assert offered == {"inspector": titles, "office": titles, "unit": {}}


def test_inspector_gives_back_what_a_finding_opened_but_not_the_report_itself(chain: Chain) -> None:
    node = chain.id_of("node", "U1")
    chain.file(node, {"text": "完成"})
    record(chain, node)
    correction = chain.id_of("correction")
    chain.file(correction, {"done": "已改"})
    with chain.world.look(MONDAY, INSPECTOR) as act:
        assert (dossier.of(act, correction).moves, dossier.of(act, node).moves) == (("return",), ())
    with chain.world.refusing(Forbidden), chain.world.act(MONDAY, INSPECTOR) as act:
        submissions.return_filing(act, node, comment="不实")
    with chain.world.act(MONDAY, INSPECTOR) as act:
        submissions.return_filing(act, correction, comment="未改到位")
    assert chain.only("correction").state == "draft"
    with chain.world.refusing(NotAllowedNow), chain.world.act(MONDAY, INSPECTOR) as act:
        submissions.return_filing(act, correction, comment="未改到位")
