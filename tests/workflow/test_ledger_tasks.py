"""Ledger rows into a definition's text: the rest untouched, names as keys, counts that must come out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents import ledgers, rosters
from workflow import library
from workflow.definition import Task
from workflow.library import FaultyDefinition
from workflow.roster import PersonRow, PostRow, Roster, UnitRow
from workflow.tasks import sheet_rows
from workflow.tasks.sheet_rows import LedgerRefused, TaskRow, names_of
from workflow.tasks.words import Figure, TimeLimit
from workflow.tasks.writing import composed, rows_of, with_tasks

DEFINITIONS = Path(__file__).parents[2] / "definitions"
TEXT = """\
# 样例：台账写进 tasks
programme: small
title: 小方案
source: {document: 小方案, issued: 2021-03-01}
cycle: 2021
published: 03-29 08:30
planned:
  total: 3
  parts:
    projects: {title: 重大项目, count: 2}   # 两项
    livelihood: {title: 重点民生, count: 1}
posts: {leader-city: 副市长（分管城建）}
bodies:
  force: {title: 招商专班, led_by: leader-city}
groups:
  counties: {title: 各县市区}
patterns:
  node:
    form:
      progress: {label: 进展, type: paragraph, required: true}
"""
AFTER = """\

# 这里以后是梯次
ladders:
  none: []   # 没有
"""
YEAR_END = TimeLimit(days=("12-end",))
ROWS = (
    TaskRow("1", "招商引资", ("招商专班",), YEAR_END, "重大项目", ("各县市区", "商务局"), "副市长（分管城建）",
            (Figure("", "at-least", Decimal("300"), "个"),), row=3),
    TaskRow("2.1", "修路", ("交通局", "住建局"), TimeLimit(days=("04-end", "10-15")), "重大项目",
            remark="按季推进", row=4),
    TaskRow("3", "改造：“小区” #1", ("各县市区",), TimeLimit(rule="FREQ=MONTHLY;BYMONTHDAY=30"), "重点民生", (), "市长",
            (Figure("投资", "at-least", None), Figure("小区", "at-most", Decimal("5.5"), "%")), "二（五）", row=5),
)  # fmt: skip


def said(refused: LedgerRefused) -> list[str]:
    return [str(fault) for fault in refused.faults]


def test_tasks_are_appended_and_name_keys() -> None:
    made = composed(TEXT, ROWS, name="small.yaml")
    assert made.text.startswith(TEXT)
    assert made.text[len(TEXT) :] == (
        "tasks:\n"
        '  - {no: "1", part: projects, title: 招商引资, lead: force, with: [counties, 商务局], leader: leader-city, '
        "due: 12-end, targets: {target-1: {label: 招商引资, comparator: at-least, value: 300, unit: 个}}, "
        "pattern: node}\n"
        '  - {no: "2.1", part: projects, title: 修路, duty: 按季推进, lead: [交通局, 住建局], due: [04-end, 10-15], '
        "pattern: node}\n"
        '  - {no: "3", part: livelihood, title: "改造：“小区” #1", clause: 二（五）, lead: counties, leader: 市长, '
        'due: {every: "FREQ=MONTHLY;BYMONTHDAY=30", missing_day: last-day, from: 03-29}, '
        "targets: {target-1: {label: 投资, comparator: at-least, value: damaged}, "
        'target-2: {label: 小区, comparator: at-most, value: 5.5, unit: "%"}}, pattern: node}\n'
    )


def test_what_is_written_reads_back_as_rows() -> None:
    assert rows_of(composed(TEXT, ROWS, name="small.yaml").definition) == ROWS


@pytest.mark.parametrize(
    "old",
    [
        "tasks:\n  - {no: '1', title: 旧, lead: [甲局], due: 12-end, part: projects}   # 旧的\n",
        "tasks:   # 台账\n  - no: '1'\n    # 旧的\n    title: 旧\n    due: 12-end\n    lead:\n      - 甲局\n",
        "tasks: [{no: '1', title: 旧, lead: [甲局], due: 12-end,\n  part: projects}]\n",
        "tasks: []\n",
        "tasks:\n  - no: '1'\n    lead: [甲局]\n    due: 12-end\n    title: >-\n      旧\n      的\n",
    ],
    ids=["flow", "block", "brackets", "none", "folded"],
)
def test_tasks_are_replaced_and_the_rest_stays_byte_for_byte(old: str) -> None:
    made = composed(f"{TEXT}{old}{AFTER}", ROWS, name="small.yaml")
    block = composed(TEXT, ROWS, name="small.yaml").text[len(TEXT) :]
    assert made.text == f"{TEXT}{block}{AFTER}"
    assert composed(made.text, ROWS, name="small.yaml").text == made.text


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_text_keeps_its_line_ends_and_may_lack_the_last(ending: str) -> None:
    text = TEXT.removesuffix("\n").replace("\n", ending)
    made = with_tasks(text, library.pinned(TEXT).definition, ROWS)
    assert made.startswith(f"{text}{ending}tasks:{ending}")
    assert made.count("\n") == made.count(ending)


def test_a_definition_in_braces_is_refused() -> None:
    text = "{programme: small, title: 小方案, source: {document: 小方案, issued: 2021-03-01}, obligations: {}}"
    with pytest.raises(LedgerRefused, match="整个写在"):
        with_tasks(text, library.pinned(text).definition, [replace(ROWS[1], part="")])


def test_counts_that_do_not_come_out_are_refused_with_both_numbers() -> None:
    with pytest.raises(FaultyDefinition) as refused:
        composed(TEXT, ROWS[1:], name="small.yaml")
    assert refused.value.text.splitlines()[1] == "small.yaml:10:5: plan-not-met: “重大项目”计划2项，台账中有1项"


def test_the_137_tasks_of_huludao_make_a_sound_definition_and_136_do_not() -> None:
    text = (DEFINITIONS / "huludao-delivery.yaml").read_text(encoding="utf-8")
    rows = ledgers.read(DEFINITIONS / "ledgers" / "huludao-delivery.xlsx")
    made = composed(text, rows, name="huludao.yaml", cycle=2021)
    assert made.text.startswith(text) and len(made.definition.tasks) == 137
    counts = [sum(task.part == key for task in made.definition.tasks) for key in made.definition.planned.parts]  # type: ignore[union-attr]
    assert counts == [13, 6, 9, 67, 29, 13]
    roster = rosters.read(DEFINITIONS / "rosters" / "huludao-delivery.xlsx")
    assert sheet_rows.check(rows, names_of(roster, (), made.definition)) == ()
    with pytest.raises(FaultyDefinition) as refused:
        composed(text, [row for row in rows if row.no != "50"], name="huludao.yaml", cycle=2021)
    assert [fault.text for fault in refused.value.faults] == ["“重点攻坚”计划67项，台账中有66项"]


def test_the_ledger_of_weifang_is_led_by_its_task_forces() -> None:
    text = (DEFINITIONS / "weifang-key-work.yaml").read_text(encoding="utf-8")
    rows = ledgers.read(DEFINITIONS / "ledgers" / "weifang-key-work.xlsx")
    definition = composed(text, rows, name="weifang.yaml", cycle=2020).definition
    assert len(definition.tasks) == len(rows) >= 44
    led = {task.lead.named for task in definition.tasks if task.lead is not None}
    assert led <= {*definition.bodies} and "task-force-4" in led
    roster = rosters.read(DEFINITIONS / "rosters" / "weifang-key-work.xlsx")
    assert sheet_rows.check(rows, names_of(roster, (), definition)) == ()


def test_what_the_definition_does_not_know_is_named_by_row() -> None:
    rows = [
        replace(ROWS[0], part="重点项目"),
        replace(ROWS[1], part="", leads=("各县市区", "交通局")),
    ]
    with pytest.raises(LedgerRefused) as refused:
        composed(TEXT, rows, name="small.yaml", pattern="knot")
    assert said(refused.value) == [
        "方案中没有模板“knot”，可用的有：node",
        "第3行“类别”：“重点项目”不在方案的计划中，是否想写“重大项目”？",
        "第4行“类别”：方案分了类别，不能为空",
        "第4行“牵头单位”：“各县市区”是一组单位，须单独填写",
    ]


def test_a_definition_without_a_plan_takes_rows_of_any_kind() -> None:
    text = TEXT.replace(TEXT[TEXT.index("planned:") : TEXT.index("posts:")], "")
    assert [task.part for task in composed(text, ROWS, name="small.yaml").definition.tasks] == [None, None, None]


def test_a_pattern_is_taken_where_it_is_named_or_usual() -> None:
    other = TEXT.replace("  node:\n", "  other:\n")
    assert {task.pattern for task in composed(other, ROWS, name="x").definition.tasks} == {None}
    assert {task.pattern for task in composed(other, ROWS, name="x", pattern="other").definition.tasks} == {"other"}


def test_what_was_published_the_year_before_recurs_all_year() -> None:
    text = TEXT.replace("published: 03-29", "published: -1/12-31")
    due = composed(text, ROWS, name="x").definition.obligations["task-3"].due
    assert due.since is None and due.missing_day == "last-day"


def test_what_recurs_begins_on_the_day_it_comes_into_a_running_programme_and_stays_there() -> None:
    first = composed(TEXT, ROWS, name="x", today=date(2021, 6, 5))
    later = composed(first.text, ROWS, name="x", today=date(2021, 9, 1))
    assert str(first.definition.obligations["task-3"].due.since) == "06-05"
    assert later.text == first.text and rows_of(later.definition) == ROWS
    other = [*ROWS[:2], replace(ROWS[2], limit=TimeLimit(rule="FREQ=MONTHLY;BYMONTHDAY=20"))]
    changed = composed(first.text, other, name="x", today=date(2021, 9, 1))
    assert str(changed.definition.obligations["task-3"].due.since) == "09-01"


def test_a_date_that_ledgers_have_no_words_for_is_none() -> None:
    task = "tasks:\n  - {no: '1', title: 旧, lead: [甲局], due: {after: published, by: +5d}, part: projects}\n"
    assert [row.limit for row in rows_of(library.pinned(TEXT + task).definition)] == [None]


signs = st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp"), exclude_characters="\ufffe\uffff")
texts = st.text(signs, min_size=1, max_size=30).map(str.strip).filter(bool)
tricky = st.sampled_from(
    [
        "\u200b",
        "true",
        "null",
        "yes",
        "12",
        "1e3",
        "- a",
        "a: b",
        "#",
        "a #b",
        "'",
        '"',
        "\\",
        "{",
        "[x]",
        "2021-01-01",
        "~",
        "甲，乙: {",
        "*a",
        "&a",
        "!a",
        "%",
        "@",
        "`",
        "\u3000甲",
        "𠮷\u200d",
        "\xa0",
        "=甲",
        "a-b",
        "-",
        "甲-乙",
    ]
)


@settings(max_examples=150, deadline=None, database=None)
@given(st.lists(texts | tricky, min_size=6, max_size=6))
def test_any_text_comes_through_the_yaml_unchanged(words: list[str]) -> None:
    title, clause, remark, unit, leader, label = words
    figure = Figure(label, "above", Decimal("0.25"), "个")
    row = TaskRow("1", title, (unit,), YEAR_END, "重大项目", (unit,), leader, (figure,), clause, remark)
    (task,) = library.pinned(with_tasks(TEXT, library.pinned(TEXT).definition, [row])).definition.tasks
    assert isinstance(task, Task)
    assert (task.title, task.clause, task.duty, task.leader) == (title, clause, remark, leader)
    assert task.lead is not None and task.lead.units == task.cooperating == (unit,)
    assert [one.label for one in task.targets.values()] == [label]


def test_names_are_looked_up_in_the_roster_with_the_nearest_suggested() -> None:
    roster = Roster(
        units=(UnitRow("JT", "市交通运输局（市邮政局）", "部门"), UnitRow("ZJ", "市住房和城乡建设局", "部门")),
        people=(PersonRow("p", "甲", "p@example.cn"),),
        posts=(PostRow("副市长（分管交通）", None, "p"), PostRow("liaison", "JT", "p")),
    )
    definition = library.pinned(TEXT).definition
    names = names_of(roster, (UnitRow("small.force2", "督查专班", "工作机构"),), definition)
    rows = [
        TaskRow("1", "甲", ("市交通运输局", "督查专班", "招商专班"), YEAR_END, together=("各县市区", "ZJ"), row=2),
        TaskRow("2", "乙", ("市住建局",), YEAR_END, together=("某局",), leader="副市长（分管城建）", row=3),
        TaskRow("3", "丙", ("市住房和城乡建设厅",), YEAR_END, leader="副市长（交通）", row=4),
    ]
    assert [str(fault) for fault in sheet_rows.check(rows, names)] == [
        "第3行“牵头单位”：花名册中没有单位“市住建局”，是否想写“市住房和城乡建设局”？",
        "第3行“责任单位”：花名册中没有单位“某局”",
        "第4行“牵头单位”：花名册中没有单位“市住房和城乡建设厅”，是否想写“市住房和城乡建设局”？",
        "第4行“责任领导”：花名册中没有领导职务“副市长（交通）”，是否想写“副市长（分管交通）”？",
    ]
    assert names_of(Roster(), (), definition) is None
    assert sheet_rows.check(rows, None) == ()
