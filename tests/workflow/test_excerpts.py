"""What a unit's own people may know of a definition: what concerns their unit, and nothing that is hidden."""

from __future__ import annotations

from datetime import date

from tests.workflow.chained import KEY, MONDAY, Chain
from tests.workflow.small import small_roster
from tests.workflow.world import OFFICE
from workflow import excerpts, library, outline
from workflow.acts import Actor
from workflow.audience import Audience
from workflow.definition import Definition
from workflow.roster import Directory

OWNERS = """\
programme: owners
title: 样例
source: {document: 样例方案, issued: 2022-01-01}
cycle: 2022
posts: {mayor: 市长}
bodies: {talkers: {title: 约谈组, led_by: mayor}, others: {title: 别的组, led_by: mayor}}
groups: {near: [单位U1], far: [单位U2]}
damaged: [{clause: "1", what: 缺数字}, {clause: "2", what: 缺题目}]
planned: {total: 1, parts: {all: {title: 全部, count: 1}}}
obligations:
  near-report: {title: 近报, clause: "1", owed_by: near, due: 03-01}
  far-report: {title: 远报, clause: "2", owed_by: far, due: 03-01}
  named: {title: 点名, owed_by: [单位U1], due: 03-01}
  helped: {title: 配合, owed_by: far, with: near, due: 03-01}
  in-person: {title: 每人, owed_by: {each: unit-head, of: near}, due: 03-01}
  drawn: {title: 抽取, owed_by: {draw: [{from: near, count: 1}]}, due: 03-01}
  far-drawn: {title: 抽远, owed_by: {draw: [{from: far, count: 1}]}, due: 03-01}
  rated: {title: 评定, owed_by: {subjects: near, by: talkers}, due: 03-01, requires: [near-report, office-list]}
  office-list:
    title: 清单
    owed_by: office
    due: 03-01
    form:
      rows:
        label: 表
        type: table
        columns: {unit: {label: 单位, type: unit, required: true}, what: {label: 事}}
  of-a-row:
    title: 逐行
    owed_by: concerned
    due: {opened: +5wd}
    opened_by: [{event: filed, of: [office-list], rows: {field: rows, unit: unit, title: what}}]
  talk:
    title: 约谈
    owed_by: talkers
    due: {opened: +5wd}
    opened_by: [{event: light-red, of: [near-report, far-report]}]
  after-talk: {title: 整改, owed_by: concerned, due: {opened: +5wd}, opened_by: [{event: filed, of: [talk]}]}
  far-talk: {title: 远谈, owed_by: others, due: {opened: +5wd}, opened_by: [{event: light-red, of: [far-report]}]}
  any: {title: 通用, owed_by: concerned, due: {opened: +5wd}, opened_by: [{event: finding}]}
"""
NEAR = {"near-report", "named", "helped", "in-person", "drawn", "rated", "of-a-row", "talk", "after-talk", "any"}


def excerpt() -> Definition:
    definition = library.parse(OWNERS.encode(), name="owners.yaml").definition
    audience = Audience(definition, Directory(small_roster(units=2)), date(2022, 3, 1))
    names = excerpts.concerning(audience, "U1", definition.obligations)
    return excerpts.without_the_rest(audience, "U1", names)


def test_a_unit_knows_what_it_owes_may_come_to_owe_and_works_on() -> None:
    assert set(excerpt().obligations) == NEAR


def test_what_stands_beside_is_cut_to_it() -> None:
    known = excerpt()
    assert set(known.bodies) == {"talkers"}
    assert [one.clause for one in known.damaged] == ["1"]
    assert known.planned is None
    assert known.obligations["rated"].requires == ("near-report",)
    assert known.obligations["talk"].opened_by[0].of == ("near-report",)


def test_people_of_the_house_know_all_of_it(sqlite_chain: Chain) -> None:
    with sqlite_chain.world.look(MONDAY, OFFICE) as act:
        found = outline.of(act, KEY)
        assert {"inspection", "referral"} <= {one.id for one in found.obligations}
        assert [one.title for one in found.bodies] == ["领导小组办公室", "督查组"]
        assert [one.name for one in found.bodies[1].head] == ["市长"]


def test_counts_are_of_what_the_reader_sees(sqlite_chain: Chain) -> None:
    for actor, total in ((OFFICE, 5), (Actor("单位U1联络员", "unit", "U1"), 1)):
        with sqlite_chain.world.look(MONDAY, actor) as act:
            node = next(one for one in outline.of(act, KEY).obligations if one.id == "node")
            assert [one.counts.total for one in node.occurrences] == [total]
