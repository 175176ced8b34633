"""改派 as the office has it: on the sign-off desk, of several at once, and on a submission's own page."""

from __future__ import annotations

import pytest

from tests.web.browsing import Office
from tests.workflow.world import LAUNCH, ordos_roster
from workflow import posts
from workflow.roster import Roster

LEADER_KEY = "fsz-jiaoyu"
SECRETARY = "秘书长"
SECRETARY_KEY = "ldxz-mishuzhang"
#: Two units of one leader, one of another.
UNITS = ("JYTYJ", "WJW", "FGW")


@pytest.fixture
def waiting(office: Office) -> Office:
    """Three plans wait with two leaders, on each kind of database in turn."""
    for unit in UNITS:
        office.world.hand_in(unit, now=LAUNCH)
    return office


@pytest.fixture
def sqlite_waiting(sqlite_office: Office) -> Office:
    """The same on SQLite alone."""
    for unit in UNITS:
        sqlite_office.world.hand_in(unit, now=LAUNCH)
    return sqlite_office


def test_several_requests_go_over_to_another_in_one_act(waiting: Office) -> None:
    clerk = waiting.person()
    form, _ = clerk.open("/approvals").form("改派所选")
    assert form.fields["request"] == []
    numbers = [str(waiting.world.open_requests(unit)[0].id) for unit in ("JYTYJ", "WJW")]
    page = clerk.press("改派所选", {"request": numbers}, to=SECRETARY, comment="住院")
    assert f"已改派2件给{SECRETARY}" in page.text
    for unit in ("JYTYJ", "WJW"):
        (now,) = waiting.world.open_requests(unit)
        assert (now.person, now.assigned_by) == (SECRETARY_KEY, "领导小组办公室（office）")
        assert waiting.world.history(unit)[-1].event == "reassign"
    assert waiting.world.open_requests("FGW")[0].person != SECRETARY_KEY


def test_one_request_that_cannot_go_over_keeps_the_others_where_they_are(waiting: Office) -> None:
    clerk = waiting.person()
    clerk.open("/approvals")
    numbers = [str(waiting.world.open_requests(unit)[0].id) for unit in ("JYTYJ", "WJW")]
    waiting.world.sign("WJW", now=LAUNCH)
    before = waiting.world.dump()
    page = clerk.press("改派所选", {"request": numbers}, to=SECRETARY, comment="住院")
    assert (page.status, "已于2021年12月31日 08:30作出“同意”的决定" in page.text) == (409, True)
    assert waiting.world.dump() == before


def test_a_reassignment_says_what_is_missing(sqlite_waiting: Office) -> None:
    clerk = sqlite_waiting.person()
    clerk.open("/approvals")
    before = sqlite_waiting.world.dump()
    page = clerk.press("改派所选", to="张某")
    assert page.status == 422
    assert "还没有选择，请勾选要改派的件。" in page.text
    assert "花名册中没有“张某”" in page.text and "请写明改派的理由。" in page.text
    assert sqlite_waiting.world.dump() == before


def without(person: str) -> Roster:
    """The sample roster after somebody has left, and nobody come."""
    roster = ordos_roster()
    rows = tuple(row for row in roster.posts if row.person != person)
    return Roster(roster.units, roster.people, rows, roster.supervision)


def test_what_nobody_can_take_over_is_shown_and_can_be_given_to_somebody(waiting: Office) -> None:
    with waiting.engine.acting() as act:
        posts.import_roster(act.session, without(LEADER_KEY))
    clerk = waiting.person()
    page = clerk.open("/approvals")
    assert "无人承接 2 件" in page.text
    numbers = [str(waiting.world.open_requests(unit)[0].id) for unit in ("JYTYJ", "WJW")]
    page = clerk.press("改派所选", {"request": numbers}, to=SECRETARY, comment="无人任职")
    assert page.status == 200 and "无人承接" not in page.text
    assert {waiting.world.open_requests(unit)[0].person for unit in ("JYTYJ", "WJW")} == {SECRETARY_KEY}


def test_the_office_reassigns_on_the_page_of_the_submission(waiting: Office) -> None:
    clerk, path = waiting.person(), waiting.page_of("JYTYJ")
    clerk.open(path)
    before = waiting.world.dump()
    page = clerk.press("确认改派", to="张某", comment="住院")
    assert (page.status, "不能改派：请从列表中选" in page.text) == (422, True)
    assert page.form("确认改派")[0].fields["to"] == ["张某"]
    page = clerk.press("确认改派", to=SECRETARY, comment="")
    assert (page.status, "请写明改派的理由。" in page.text) == (422, True)
    assert waiting.world.dump() == before
    page = clerk.press("确认改派", comment="住院")
    assert (page.status, page.path) == (200, path)
    assert f"已改派给{SECRETARY}，原审签链接随即失效。" in page.text
    assert waiting.world.open_requests("JYTYJ")[0].person == SECRETARY_KEY
    assert not waiting.liaison("JYTYJ").open(path).offers("确认改派")
