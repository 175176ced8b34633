"""Tables, units, dates that belong together and sums: read, refused by row and column, stored one way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow.asking import CONTENT, NOW, ROW, launched, number, obligation, roster, save
from tests.workflow.world import World
from workflow import forms, submissions
from workflow.definition import FormField
from workflow.forms.tabular import MAX_CELL, MAX_FAULTS, MAX_ROWS
from workflow.refusals import ContentIncomplete, ContentUnreadable
from workflow.roster import Directory
from workflow.tables import Content

OBLIGATION = obligation()
UNITS = Directory(roster()).named


@pytest.fixture
def asked(database_url: str) -> Iterator[World]:
    """The monthly programme, on each kind of database."""
    with closing(launched(database_url)) as world:
        yield world


def rows(*written: object) -> object:
    return forms.read(OBLIGATION, {"projects": list(written)}, files={}, units=UNITS).get("projects")


def refused(projects: object) -> dict[str, str]:
    with pytest.raises(ContentUnreadable) as found:
        forms.read(OBLIGATION, {"projects": projects}, files={}, units=UNITS)
    errors = found.value.facts["errors"]
    assert isinstance(errors, dict)
    return errors


def incomplete(**changed: object) -> dict[str, str]:
    with pytest.raises(ContentIncomplete) as found:
        forms.check_complete(OBLIGATION, {**CONTENT, **changed})
    errors = found.value.facts["errors"]
    assert isinstance(errors, dict)
    return errors


def test_a_row_is_stored_by_its_columns_in_the_types_of_their_values() -> None:
    written = {"id": "1,200", "money": "12,000.50", "due": "2022/6/3", "unit": "U2", "title": " 甲\r\n乙 ", "stage": ""}
    assert rows(written) == [
        {"title": "甲\n乙", "unit": "单位U2", "due": "2022-06-03", "money": "12000.50", "id": 1200}
    ]
    assert rows({"due": "2022年6月3日"}, {"due": "2022.6.3"}) == [{"due": "2022-06-03"}] * 2


def test_empty_rows_are_dropped() -> None:
    assert rows(None, {}, {"title": " "}, ROW, {"due": None}) == [ROW]
    assert rows({}, {"title": ""}) is None


@pytest.mark.parametrize(
    ("row", "place", "text"),
    [
        ({"due": "二月底"}, "2.due", "第2行“完成时限”须是日期，写成 2022-01-04"),
        ({"unit": "甲局"}, "2.unit", "第2行“责任单位”花名册中没有单位“甲局”"),
        ({"unit": "甲\x00"}, "2.unit", "第2行“责任单位”含有无法保存的字符"),
        ({"unit": 5}, "2.unit", "第2行“责任单位”须是单位名称"),
        ({"stage": "快了"}, "2.stage", "第2行“进度”只能选：在办、办结"),
        ({"money": "一百"}, "2.money", "第2行“投资”须是数字"),
        ({"id": 2.5}, "2.id", "第2行“件数”须是整数"),
        ({"id": 10**5000}, "2.id", "第2行“件数”数字过大或小数位过多"),
        ({"money": "9" * 10_000}, "2.money", "第2行“投资”数字过大或小数位过多"),
        ({"title": "甲\x00"}, "2.title", "第2行“项目名称”含有无法保存的字符"),
        ({"title": ["甲"]}, "2.title", "第2行“项目名称”须是文字"),
        ({"title": "甲" * (MAX_CELL + 1)}, "2.title", "第2行“项目名称”最多2000字，现有2001字"),
        ({"title": "甲", "colour": "红"}, "2", "第2行有表格中没有的列"),
        (["甲"], "2", "第2行须写成“列: 值”的形式"),
        ("甲", "2", "第2行须写成“列: 值”的形式"),
    ],
)
def test_a_fault_names_its_row_and_column(row: object, place: str, text: str) -> None:
    assert refused([ROW, row]) == {f"projects.{place}": text}


@pytest.mark.parametrize("written", ["甲", 5, {"title": "甲"}, True])
def test_a_table_is_a_list_of_rows(written: object) -> None:
    assert refused(written) == {"projects": "须是各行的列表"}


def test_a_table_has_its_limits() -> None:
    assert rows(*[ROW] * MAX_ROWS) == [ROW] * MAX_ROWS
    assert refused([ROW] * 10_000) == {"projects": "最多500行，现有10000行"}
    assert refused([{"title": "甲" * MAX_CELL}] * 101) == {"projects": "表格合计最多20万字，现有202000字"}
    assert MAX_FAULTS <= len(refused([{"due": "坏", "money": "坏"}] * MAX_ROWS)) <= MAX_FAULTS + 1


def test_handing_in_asks_for_required_cells_and_enough_rows() -> None:
    assert incomplete(projects=[ROW, {"money": "1"}]) == {
        "projects.2.title": "第2行“项目名称”必填", "projects.2.due": "第2行“完成时限”必填",
    }  # fmt: skip
    assert incomplete(projects=[]) == {"projects": "至少填1行，现有0行"}
    assert incomplete(projects=[ROW] * 41) == {"projects": "最多填40行，现有41行"}


def test_a_refusal_says_the_table_the_row_and_the_column() -> None:
    with pytest.raises(ContentIncomplete, match="“重点项目”第1行“项目名称”必填"):
        forms.check_complete(OBLIGATION, {**CONTENT, "projects": [{"due": "2022-01-01"}]})


def test_a_unit_is_stored_by_the_name_of_the_roster() -> None:
    assert forms.read(OBLIGATION, {"partner": "U3"}, files={}, units=UNITS) == {"partner": "单位U3"}
    with pytest.raises(ContentUnreadable, match="花名册中没有单位“<b>”"):
        forms.read(OBLIGATION, {"partner": "<b>"}, files={}, units=UNITS)


def test_a_total_must_be_the_sum_of_its_parts() -> None:
    assert incomplete(good=8) == {"votes": "合计栏须等于‘优’+‘良’之和（现为 30 与 28）"}
    assert incomplete(good=None) == {"votes": "合计栏须等于‘优’+‘良’之和（现为 30 与 20）"}
    assert incomplete(votes=None) == {"votes": "必填"}
    forms.check_complete(OBLIGATION, {**CONTENT, "excellent": None, "good": 30})


def test_two_dates_keep_their_order() -> None:
    assert incomplete(ended="2021-12-31", reported=None) == {"ended": "不得早于“开工日期”（2022年1月1日）"}
    assert incomplete(reported="2022-03-02") == {"reported": "不得晚于“竣工日期”（2022年3月1日）"}
    forms.check_complete(OBLIGATION, {**CONTENT, "started": None, "ended": "2022-03-01", "reported": "2022-03-01"})


@pytest.mark.parametrize("name", ["projects", "started", "votes", "plan", "partner", "ended"])
@pytest.mark.parametrize("left", ["旧的文字", [{"id": 1}], ["甲"], 5, True])
def test_what_an_earlier_definition_left_is_shown_and_refused_but_never_breaks(name: str, left: object) -> None:
    field = OBLIGATION.form[name]
    assert forms.shown(field, left)
    if forms.misfits(field, left):
        assert name in {place.partition(".")[0] for place in incomplete(**{name: left})}


def test_a_table_reads_in_words() -> None:
    shown = forms.shown(OBLIGATION.form["projects"], [ROW, {"title": "乙"}])
    first = "项目名称：供热管网；责任单位：单位U1；完成时限：2022年6月30日；进度：在办；投资：12000.50；件数：3"
    assert shown == f"1. {first}\n2. 项目名称：乙"


def test_a_table_is_stored_one_way_and_the_hash_covers_it(asked: World) -> None:
    one = number(asked)
    first = save(asked, one)
    shuffled = {**CONTENT, "projects": [{}, dict(reversed(list(ROW.items())))]}
    again = save(asked, one, shuffled)
    other = save(asked, one, {**CONTENT, "projects": [{**ROW, "money": "12000.51"}]})
    assert first.content_hash == again.content_hash != other.content_hash
    with asked.store.read() as session:
        kept = session.get_one(Content, (one, 1)).fields
    assert kept["projects"] == [ROW]
    assert kept["partner"] == "单位U2"


def test_what_is_incomplete_is_refused_in_the_store_and_nothing_moves(asked: World) -> None:
    one = number(asked)
    save(asked, one, {**CONTENT, "good": 8})
    with asked.refusing(ContentIncomplete), asked.act(NOW) as act:
        submissions.submit(act, one)


CELLS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.lists(st.text(max_size=2))
TABLES = st.lists(
    st.dictionaries(st.sampled_from([*OBLIGATION.form["projects"].columns, "colour"]), CELLS, max_size=4) | CELLS,
    max_size=4,
)


@given(TABLES | CELLS)
@settings(max_examples=200, deadline=None)
def test_any_table_is_kept_or_refused_and_what_is_kept_reads_the_same_again(written: object) -> None:
    field: FormField = OBLIGATION.form["projects"]
    try:
        kept = forms.read(OBLIGATION, {"projects": written}, files={}, units=UNITS)
    except ContentUnreadable as fault:
        assert fault.text
        return
    assert json.loads(json.dumps(kept)) == kept
    assert forms.read(OBLIGATION, kept, files={}, units=UNITS) == kept
    assert forms.shown(field, kept.get("projects"))
