"""Scores by page and as a workbook: weights by group, places, and whose they are."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing

import pytest
from python_calamine import load_workbook

from tests.web.browsing import Office
from tests.workflow.asking import CONTENT, launched, number, save


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    """The monthly programme: two units rated for January, one of them in part."""
    with closing(launched(sqlite_url)) as world:
        save(world, number(world, "U1"), {**CONTENT, "work": 80})
        save(world, number(world, "U2"))
        save(world, number(world, "U3"), {**CONTENT, "idea": None})
        yield Office(world)


def test_scores_are_weighed_by_group_and_the_best_comes_first(office: Office) -> None:
    page = office.person("inspector").open(f"/programmes/{office.world.key}/scores")
    assert "旗区" in page.text and "占 70%" in page.text and "占 60%" in page.text
    assert "1 单位U2 90 85 88.5" in page.text and "– 单位U3 90 – –" in page.text
    assert page.link("评分") == ""


def test_the_workbook_says_the_same_in_numbers(office: Office) -> None:
    clerk = office.person()
    clerk.open(f"/programmes/{office.world.key}")
    page = clerk.follow("评分")
    answer = clerk.client.get(page.link("导出 Excel"))
    with load_workbook(io.BytesIO(answer.content)) as book:
        rows = book.get_sheet_by_index(0).to_python()
    assert rows[2][4:7] == ["任务完成", "机制创新", "总分"]
    assert next(row for row in rows if row[1] == "单位U2")[4:7] == [90, 85, 88.5]
    assert next(row for row in rows if row[1] == "单位U3")[4:7] == [90, "", ""]


def test_a_unit_sees_its_own_score_alone(office: Office) -> None:
    text = office.liaison("U2").open(f"/programmes/{office.world.key}/scores").text
    assert "单位U2" in text and "单位U3" not in text
