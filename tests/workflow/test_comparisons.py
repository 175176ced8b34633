"""What changed between two versions, told so that a leader sees it at once."""

from __future__ import annotations

from typing import Any

import pytest

from workflow.comparisons import MOST_CLAUSES, CellChange, Change, FileChange, Piece, RowChange, changes
from workflow.definition import FormField

FORM = {
    "title": FormField(label="题目", type="text"),
    "text": FormField(label="内容", type="paragraph"),
    "agreed": FormField(label="日期", type="date"),
    "kinds": FormField(label="领域", type="choices", options=("甲", "乙")),
    "known": FormField(label="已对接", type="yes-no"),
    "rows": FormField.model_validate(
        {
            "label": "项目",
            "type": "table",
            "columns": {"name": {"label": "名称"}, "due": {"label": "时限", "type": "date"}},
        }
    ),
    "letter": FormField(label="附件", type="file"),
}


def told(before: dict[str, Any], after: dict[str, Any]) -> Change:
    """The one field that differs."""
    (change,) = changes(FORM, before, after)
    return change


def a_file(name: str, sha256: str, number: int = 1) -> dict[str, Any]:
    return {"id": number, "name": name, "size": 3, "sha256": sha256}


def test_versions_that_say_the_same_have_no_changes() -> None:
    same = {"title": "甲", "rows": [{"name": "一"}], "letter": [a_file("甲.pdf", "aa")]}
    assert changes(FORM, same, dict(same)) == ()
    assert changes(FORM, {"title": "", "text": None}, {"rows": []}) == ()


def test_a_text_is_told_clause_by_clause() -> None:
    change = told({"text": "一、学习甲；二、验收标准。"}, {"text": "一、学习甲；二、验收标准和政策。"})
    assert change.before == (Piece("一、学习甲；二、"), Piece("验收标准。", changed=True))
    assert change.after == (Piece("一、学习甲；二、"), Piece("验收标准和政策。", changed=True))


def test_a_text_of_which_nothing_is_left_is_not_marked_all_over() -> None:
    change = told({"title": "榆林"}, {"title": "包头"})
    assert (change.before, change.after) == ((Piece("榆林"),), (Piece("包头"),))


def test_a_field_that_was_empty_or_is_emptied_has_one_side() -> None:
    assert told({}, {"title": "甲"}).before == ()
    assert told({"title": "甲"}, {"title": ""}).after == ()


@pytest.mark.parametrize(
    ("name", "before", "after", "shown"),
    [
        ("agreed", "2022-01-03", "2022-01-04", ("2022年1月3日", "2022年1月4日")),
        ("kinds", ["甲"], ["甲", "乙"], ("甲", "甲、乙")),
        ("known", False, True, ("否", "是")),
    ],
)
def test_values_are_told_as_people_read_them(name: str, before: object, after: object, shown: tuple[str, str]) -> None:
    change = told({name: before}, {name: after})
    assert ("".join(one.text for one in change.before), "".join(one.text for one in change.after)) == shown


def test_rows_that_changed_came_or_went_are_told_by_their_number() -> None:
    before = [{"name": "一", "due": "2022-01-01"}, {"name": "二"}, {"name": "三"}, {"name": "末"}]
    after = [{"name": "一", "due": "2022-02-01"}, {"name": "二"}, {"name": "末"}, {"name": "新"}]
    assert told({"rows": before}, {"rows": after}).rows == (
        RowChange("changed", 1, "一", (CellChange("时限", "2022年1月1日", "2022年2月1日"),)),
        RowChange("removed", 3, "三", (CellChange("名称", "三", ""),)),
        RowChange("added", 4, "新", (CellChange("名称", "", "新"),)),
    )


def test_files_are_compared_by_name_and_hash() -> None:
    before = [a_file("台账.xlsx", "aa"), a_file("函.pdf", "bb"), a_file("旧.docx", "cc")]
    after = [a_file("台账.xlsx", "dd"), a_file("盖章函.pdf", "bb"), a_file("新.docx", "ee")]
    assert told({"letter": before}, {"letter": after}).files == (
        FileChange("replaced", "台账.xlsx", "aa", "台账.xlsx", "dd"),
        FileChange("renamed", "函.pdf", "bb", "盖章函.pdf", "bb"),
        FileChange("added", after="新.docx", after_sha256="ee"),
        FileChange("removed", before="旧.docx", before_sha256="cc"),
    )


def test_the_same_file_uploaded_again_is_no_change() -> None:
    assert changes(FORM, {"letter": [a_file("函.pdf", "aa", 1)]}, {"letter": [a_file("函.pdf", "aa", 2)]}) == ()


def test_a_value_of_an_earlier_definition_is_told_in_its_own_words() -> None:
    change = told({"rows": "从前是一段话"}, {"rows": [{"name": "一"}]})
    assert change.before == (Piece("从前是一段话"),) and change.after == (Piece("1. 名称：一"),)
    assert changes(FORM, {"gone": "甲"}, {"gone": "乙"}) == ()


def test_a_text_of_very_many_clauses_is_told_whole() -> None:
    before, after = "甲，" * (MOST_CLAUSES + 1), "甲，" * MOST_CLAUSES
    change = told({"text": before}, {"text": after})
    assert (change.before, change.after) == ((Piece(before),), (Piece(after),))
