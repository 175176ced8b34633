"""The audit in the browser: histories searched and exported, the record checked, anchors and where they went."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.statements import noted
from tests.web.browsing import Office, Page, Visitor
from tests.workflow.test_anchors import anchor_at
from tests.workflow.world import local
from workflow import verifying
from workflow.anchor_files import AnchorFile


@pytest.fixture
def january(office: Office) -> Office:
    """One unit has filed; the first deadline has passed for all others."""
    office.world.file("KJJ", now=local("2022-01-03 11:00"))
    office.at("2022-01-05 10:00")
    return office


def checked(office: Office, visitor: Visitor, button: str = "开始核验") -> Page:
    """Press the button and wait for the work behind it, however long that takes."""
    visitor.open("/audit")
    visitor.press(button)
    office.app.state.verifying.join()
    return visitor.open("/audit")


def test_all_histories_are_searched_newest_first_page_by_page(january: Office) -> None:
    clerk = january.person()
    page = clerk.open("/audit")
    assert "转为逾期" in page.text and "本页 50 条" in page.text
    following = clerk.follow("下一页")
    assert following.status == 200 and "回到第一页" in following.text
    page = clerk.open("/audit?what=approve")
    assert "本页 1 条" in page.text and "市科学技术局" in page.text
    assert "本页 1 条" in clerk.open("/audit?unit=科学技术&what=submit").text
    assert "没有符合条件" in clerk.open("/audit?who=不是任何人").text
    assert "没有符合条件" in clerk.open("/audit?since=2021-01-01&until=2021-01-31").text
    number = january.world.id_of("KJJ")
    assert f"/submissions/{number}" in clerk.open(f"/audit?submission={number}").response.text


@pytest.mark.parametrize("query", ["since=gestern", "since=2022-02-01&until=2022-01-01", "submission=x", "cursor=x"])
def test_a_search_that_cannot_be_made_lists_the_last_month_and_says_why(sqlite_office: Office, query: str) -> None:
    page = sqlite_office.person().open(f"/audit?{query}")
    assert page.status == 422 and "现在列出的是最近31天的" in page.text


def test_the_search_is_handed_out_as_a_file(january: Office) -> None:
    clerk = january.person()
    clerk.open("/audit?what=approve")
    csv = clerk.follow("导出 CSV").response
    lines = csv.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2 and "市科学技术局" in lines[1]
    clerk.open("/audit?what=approve")
    assert clerk.follow("导出 Excel").response.content.startswith(b"PK")


def test_the_record_is_checked_from_the_page_and_the_result_stays(january: Office) -> None:
    clerk = january.person()
    assert "还没有在这里核验过" in clerk.open("/audit").text
    page = checked(january, clerk)
    assert "通过" in page.text and "完整无误" in page.text and "领导小组办公室（office）" in page.text
    with january.world.act(local("2022-01-05 10:00")) as act:
        act.session.execute(text("UPDATE history SET comment = 'x' WHERE event = 'approve'"))
    page = checked(january, clerk, "重新核验")
    assert "发现问题" in page.text and "entry-changed" in page.text


def test_a_check_under_way_is_shown_and_not_begun_twice(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    clerk.open("/audit")
    with sqlite_office.engine.acting() as act:
        begun = verifying.begin(act, wall=sqlite_office.site.wall())
        verifying._keep(act.session, replace(begun, done=begun.total // 2))
    assert clerk.press("开始核验").status == 409
    page = clerk.open("/audit")
    assert "正在核验：已看" in page.text and not page.offers("重新核验")
    later = sqlite_office.site.wall() + timedelta(minutes=2)
    sqlite_office.app.state.site = replace(sqlite_office.site, wall=lambda: later)
    page = clerk.open("/audit")
    assert "核验中途停止" in page.text and page.offers("重新核验")


def test_a_check_that_breaks_off_says_so(sqlite_office: Office) -> None:
    with sqlite_office.engine.acting() as act:
        begun = verifying.begin(act, wall=sqlite_office.site.wall())
        act.session.execute(text("ALTER TABLE content RENAME TO lost"))
    with sqlite_office.engine.looking() as act:
        now = act.now
    ended = verifying.run(sqlite_office.world.store, begun, file=None, now=now, wall=sqlite_office.site.wall)
    assert ended.state == "broken" and "核验没有完成：历史记录读不出来" in ended.outcome


def test_the_anchors_say_where_they_went(january: Office, tmp_path: Path) -> None:
    assert anchor_at(january.world, "2022-01-06 00:05") in (0, 1)
    AnchorFile(tmp_path / "duban.anchors").follow(january.world.store)
    page = january.person().open("/audit")
    assert "每日存证" in page.text and "存证值" in page.text and "领导小组办公室" in page.text


@pytest.mark.parametrize("role", ["inspector", "unit"])
def test_an_inspector_reads_and_a_unit_does_not(sqlite_office: Office, role: str) -> None:
    visitor = sqlite_office.person(role, "KJJ" if role == "unit" else None)
    page = visitor.open("/audit")
    assert page.status == (200 if role == "inspector" else 403)
    token = visitor.open("/sessions").form("退出")[0].fields["form_token"][0]
    before = sqlite_office.world.dump()
    assert visitor.client.post("/audit/check", data={"form_token": token}).status_code == 403
    assert visitor.client.get("/audit/history.csv").status_code == page.status
    assert sqlite_office.world.dump() == before


def test_the_page_asks_the_same_few_statements_whatever_it_holds(january: Office) -> None:
    clerk, counts = january.person(), []
    for instant in ("2022-01-05 11:00", "2022-02-18 10:00"):
        january.at(instant)
        clerk.open("/audit")
        with noted() as seen:
            assert clerk.open("/audit").status == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
