"""Definitions of one family share parts by name, and a running programme is pinned to all of its text."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflow.library import FaultyDefinition, load, pinned

MAIN = """\
programme: family
title: 一家
source: {document: 方案, issued: 2021-12-30}
uses: [parts/ladders.yaml, parts/posts.yaml]
obligations:
  report: {title: 报告, owed_by: member-units, due: 03-end, ladder: standard, pattern: plain}
"""
LADDERS = "ladders:\n  standard:\n    - {at: -1wd, to: [mayor]}\n"
POSTS = "posts: {mayor: 市长}\npatterns:\n  plain: {form: {text: {label: 正文, type: paragraph}}}\n"


@pytest.fixture
def family(tmp_path: Path) -> Path:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/ladders.yaml").write_text(LADDERS)
    (tmp_path / "parts/posts.yaml").write_text(POSTS)
    (tmp_path / "family.yaml").write_text(MAIN)
    return tmp_path / "family.yaml"


def test_parts_are_put_in_by_name(family: Path) -> None:
    definition = load(family).definition
    assert [rung.to for rung in definition.ladder_of("report")] == [("mayor",)]
    assert definition.post_title("mayor") == "市长" and list(definition.obligations["report"].form) == ["text"]


def test_the_pinned_text_holds_the_parts_too(family: Path) -> None:
    read = load(family)
    assert pinned(read.text).definition == read.definition and pinned(read.text).version == read.version


def test_a_changed_part_is_another_version(family: Path) -> None:
    before = load(family).version
    (family.parent / "parts/ladders.yaml").write_text(LADDERS.replace("-1wd", "-2wd"))
    assert load(family).version != before


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "named"),
    [
        ("family.yaml", "parts/ladders.yaml", "../ladders.yaml", "part-refused", "family.yaml:4"),
        ("family.yaml", "parts/ladders.yaml", "/etc/ladders.yaml", "part-refused", "family.yaml:4"),
        ("family.yaml", "parts/ladders.yaml", "parts/none.yaml", "file-unreadable", "family.yaml:4"),
        ("family.yaml", "obligations:", "posts: {mayor: 市长}\nobligations:", "defined-twice", "family.yaml:5"),
        ("parts/ladders.yaml", "at: -1wd", "at: soon", "value-refused", "parts/ladders.yaml:3"),
        ("parts/ladders.yaml", "ladders:", "obligations: {}\nladders:", "unknown-key", "parts/ladders.yaml:1"),
        ("parts/posts.yaml", "posts: {", "posts: {mayor: 市长, ", "duplicate-key", "parts/posts.yaml:1"),
    ],
)
def test_a_faulty_part_is_refused_where_it_stands(
    family: Path, file: str, old: str, new: str, code: str, named: str
) -> None:
    path = family.parent / file
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(FaultyDefinition) as refused:
        load(family)
    fault = str(refused.value.faults[0])
    assert code in fault and named in fault
