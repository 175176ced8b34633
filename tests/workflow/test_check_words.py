"""What a check says to whoever wrote a definition wrongly: the place, and what to write instead."""

from __future__ import annotations

import pytest

from tests.workflow.chained import TEXT
from workflow.library import FaultyDefinition, parse


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    ladder: units\n  warning-talk", "    ladders: units\n  warning-talk", "是否想写“ladder”"),
        ("    owed_by: member-units\n    due: 03-31", "    owed_by: concerned\n    due: 03-31", "须写 opened_by"),
        ("    due: 03-31", "    requires: [node]\n    due: 03-31", "不能以自己为前置事项"),
        ("    due: 03-31", "    targets: {a: {label: 甲, value: 10个}}\n    due: 03-31", "须是数字，单位写在 unit"),
        (
            "    owed_by: member-units\n    due: 03-31",
            "    owed_by: {draw: [{from: counties, count: {at_least: 3, at_most: 2}}]}\n    due: 03-31",
            "at_least 不能大于 at_most",
        ),
        ("to: [liaison]}", "to: [liaison], acknowledge: {within: -1d, to: [mayor]}}", "within 须为正数"),
        ("to: [liaison]}", "to: [liaison], acknowledge: {within: 1wd, to: [nobody]}}", "nobody"),
        ("    due: 03-31", "    sign_off: [{by: mayor, confirm: sms}]\n    due: 03-31", "只能写：none、code、wecom"),
        ("unit: {label: 单位, type: unit, required: true}", "unit: {label: 单位, required: true}", "类型须是 unit"),
        ("posts: {mayor", "coverage: {debrief: {title: 全覆盖}}\nposts: {mayor", "“此处所写”须写成列表"),
    ],
)
def test_a_check_says_what_to_write_instead(old: str, new: str, said: str) -> None:
    assert old in TEXT
    with pytest.raises(FaultyDefinition) as refused:
        parse(TEXT.replace(old, new, 1).encode(), name="chained.yaml")
    assert said in refused.value.text
    assert "{" not in refused.value.text.partition("\n")[2], "no value as a program writes it"
