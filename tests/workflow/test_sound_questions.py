"""What a form cannot ask is refused with its place in the file."""

from __future__ import annotations

import pytest

from tests.workflow.asking import TEXT
from workflow import library

FAULTS = [
    ("at_most: 40", "at_most: 501", "out-of-range"),
    ("at_least: 1\n", "at_least: -1\n", "out-of-range"),
    ("label: 责任单位", "label: 项目名称", "column-twice"),
    ("not_before: started", "not_before: begun", "unknown-field"),
    ("not_before: started", "not_before: votes", "unknown-field"),
    ("not_after: ended", "not_after: reported", "unknown-field"),
    ("label: 参评人数, type: integer", "label: 参评人数, type: integer, not_before: ended", "value-refused"),
    ("accepts: [docx, pdf]", "accepts: [docx, exe]", "value-unknown"),
    ("label: 开工日期, type: date", "label: 开工日期, type: date, accepts: [pdf]", "value-refused"),
    ("      signed: {label: 签约项目", "      votes: {label: 签约项目", "field-twice"),
    ("      signed: {label: 签约项目", "      work: {label: 签约项目", "field-twice"),
    ("      work: {title: 任务完成", "      votes: {title: 任务完成", "field-twice"),
]


@pytest.mark.parametrize(("before", "after", "code"), FAULTS)
def test_a_question_nobody_could_answer_is_refused_where_it_stands(before: str, after: str, code: str) -> None:
    assert TEXT.count(before) == 1
    with pytest.raises(library.FaultyDefinition) as refused:
        library.parse(TEXT.replace(before, after).encode(), name="asking.yaml")
    faults = refused.value.faults
    assert [fault.code for fault in faults] == [code]
    lines = TEXT.replace(before, after).splitlines()
    assert 1 < faults[0].line <= len(lines)


def test_a_pattern_and_its_task_do_not_ask_the_same_twice() -> None:
    text = (
        TEXT
        + """\
patterns:
  node: {owed_by: member-units, due: 06-30, form: {done: {label: 完成, type: decimal}}}
tasks:
  - {no: "1", title: 甲, pattern: node, targets: {done: {label: 完成, value: 5}}}
"""
    )
    with pytest.raises(library.FaultyDefinition) as refused:
        library.parse(text.encode(), name="asking.yaml")
    assert [fault.code for fault in refused.value.faults] == ["field-twice"]
