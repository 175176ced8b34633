"""What a unit fills in: read, checked for completeness, hashed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow import forms
from workflow.definition import Obligation
from workflow.refusals import ContentIncomplete, ContentUnreadable

FORM = {
    "line": {"label": "一行", "type": "text", "required": True, "max_length": 10},
    "words": {"label": "几段", "type": "paragraph", "max_length": 20},
    "count": {"label": "次数", "type": "integer", "required": True, "at_least": 1, "at_most": 99},
    "share": {"label": "比例", "type": "decimal"},
    "day": {"label": "日期", "type": "date"},
    "done": {"label": "完成", "type": "yes-no"},
    "one": {"label": "单选", "type": "choice", "options": ["甲", "乙"]},
    "some": {"label": "多选", "type": "choices", "options": ["甲", "乙"]},
    "plan": {"label": "文本", "type": "file", "required": True},
}
OBLIGATION = Obligation.model_validate({"title": "总结", "owed_by": "member-units", "due": "01-04", "form": FORM})
FILES = {"plan": [{"id": 1, "name": "方案.pdf", "size": 3, "sha256": "0" * 64}]}


def read(**given: object) -> dict[str, object]:
    return forms.read(OBLIGATION, given, files={})


READ = [
    ("line", " 一行字 ", "一行字"),
    ("line", "𠮷" * 10, "𠮷" * 10),
    ("words", "甲\r\n乙", "甲\n乙"),
    ("count", "3", 3),
    ("count", 3.0, 3),
    ("count", "１２", 12),
    ("share", "1.50", "1.50"),
    ("share", 1.5, "1.5"),
    ("share", "-0.00000001", "-0.00000001"),
    ("day", "2022-02-28", "2022-02-28"),
    ("done", "是", True),
    ("done", False, False),
    ("one", "乙", "乙"),
    ("some", ["乙", "甲", "乙"], ["乙", "甲"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "written", "kept"), READ)
def test_a_value_is_kept_in_the_type_of_its_field(name: str, written: object, kept: object) -> None:
    assert read(**{name: written}) == {name: kept}


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("line", "一" * 11), ("line", "甲\n乙"), ("line", 5), ("line", ["甲"]), ("line", "甲\x00"), ("line", "\ud800"),
        ("words", "甲" * 21), ("count", "三"), ("count", 1.5), ("count", True), ("count", "1e15"), ("count", "inf"),
        ("count", "nan"), ("count", {"甲": 1}), ("count", "1e999999999"), ("share", "0.000000001"),
        ("share", "1e-999999"), ("day", "2022-02-30"), ("day", "二月"), ("day", 20220104.5), ("day", "2022-W01-2"),
        ("day", 20220104), ("done", "也许"), ("done", [[]]), ("one", "丙"), ("one", ["甲"]),
        ("some", "甲"), ("some", ["丙"]), ("some", [["甲"]]), ("colour", "红"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_by_field(name: str, written: object) -> None:
    with pytest.raises(ContentUnreadable) as refused:
        read(**{name: written})
    assert list(refused.value.facts["errors"]) == [name]  # type: ignore[call-overload]


def test_all_faults_are_named_at_once_by_label() -> None:
    with pytest.raises(ContentUnreadable, match="“一行”须是文字；“次数”须是整数；“单选”只能选：甲、乙"):
        read(line=5, count=1.5, one="丙")


@pytest.mark.parametrize("blank", [None, "", " \n", []])
def test_a_blank_is_no_value(blank: object) -> None:
    assert read(line=blank, some=blank) == {}


def test_files_are_changed_by_uploads_only() -> None:
    assert forms.read(OBLIGATION, {"plan": "另一个"}, files=FILES) == FILES


def test_completeness_names_what_is_missing_and_what_does_not_fit() -> None:
    with pytest.raises(ContentIncomplete) as refused:
        forms.check_complete(OBLIGATION, {"count": 100})
    assert refused.value.facts["errors"] == {"line": "必填", "count": "不得多于99", "plan": "请上传文件"}
    forms.check_complete(OBLIGATION, {"line": "甲", "count": 99, **FILES})


def test_the_hash_covers_fields_files_and_definition() -> None:
    values = {"line": "甲", "count": 1, **FILES}
    hashes = {
        forms.content_hash("report", values, definition_version="1"),
        forms.content_hash("report", {**values, "line": "乙"}, definition_version="1"),
        forms.content_hash("report", {**values, "plan": []}, definition_version="1"),
        forms.content_hash("report", values, definition_version="2"),
        forms.content_hash("other", values, definition_version="1"),
    }
    assert len(hashes) == 5
    shuffled = dict(reversed(values.items()))
    assert forms.content_hash("report", shuffled, definition_version="1") in hashes


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from([*FORM, "colour"]), JSON, max_size=4))
@settings(max_examples=150, deadline=None)
def test_any_json_is_kept_or_refused_and_what_is_kept_reads_the_same_again(given: dict[str, object]) -> None:
    try:
        kept = forms.read(OBLIGATION, given, files={})
    except ContentUnreadable as refused:
        assert refused.text
        return
    assert json.loads(json.dumps(kept)) == kept
    assert forms.read(OBLIGATION, kept, files={}) == kept
    assert all(forms.shown(OBLIGATION.form[name], value) for name, value in kept.items())
