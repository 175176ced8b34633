"""“这不是我本人操作” in a browser: reading records nothing, one press does, a second gives the same page."""

from __future__ import annotations

import pytest

from tests.web.browsing import CONTACT, UNIT, Office, Visitor
from tests.workflow.world import LAUNCH
from workflow.disputes import MOST_REASON

BUTTON = "这不是我本人操作"


def signed(office: Office) -> tuple[Visitor, str]:
    """A leader who has signed, and the path of the link in the receipt."""
    office.world.file(UNIT, now=LAUNCH)
    (request,) = office.world.requests(UNIT)
    with office.engine.acting() as act:
        link = office.world.links.for_dispute(act.session, request, request.person, act.now)
        return office.visitor(), f"/s/{office.world.links.token(link)}"


def events(office: Office) -> list[str]:
    """What has happened to the submission."""
    return [entry.event for entry in office.world.history(UNIT)]


def test_the_receipt_carries_a_link_that_disputes(office: Office) -> None:
    office.world.file(UNIT, now=LAUNCH)
    office.engine.tick()
    outbox = office.person("office").open("/outbox")
    assert "审签回执" in outbox.text or "审签已记录" in outbox.text


def test_reading_disputes_nothing(office: Office) -> None:
    leader, path = signed(office)
    before = office.world.dump()
    page = leader.open(path)
    assert (page.status, "同意" in page.text, CONTACT in page.text) == (200, True, True)
    assert leader.client.head(path).status_code == 200
    for more in ("/all", "/wecom", "/known", "/files/1"):
        assert leader.client.get(path + more).status_code == 404
    assert office.world.dump() == before


def test_one_press_puts_it_on_record_and_a_second_shows_the_same(office: Office) -> None:
    leader, path = signed(office)
    form = leader.open(path)
    first = leader.press(BUTTON, reason="当天在外地")
    assert (first.status, "已记录：不是您本人操作" in first.text, "当天在外地" in first.text) == (200, True, True)
    before = office.world.dump()
    leader.page = form
    assert leader.press(BUTTON, reason="另一句").text == first.text
    assert leader.open(path).text == first.text
    assert office.world.dump() == before
    assert events(office).count("dispute") == 1
    assert office.world.submission(UNIT).state == "filed"


def test_no_reason_is_needed(sqlite_office: Office) -> None:
    leader, path = signed(sqlite_office)
    leader.open(path)
    assert "已记录：不是您本人操作" in leader.press(BUTTON).text


@pytest.mark.parametrize("reason", ["长" * (MOST_REASON + 1), "零\x00"])
def test_a_reason_that_cannot_be_kept_is_told_and_stays(sqlite_office: Office, reason: str) -> None:
    leader, path = signed(sqlite_office)
    leader.open(path)
    before = sqlite_office.world.dump()
    page = leader.press(BUTTON, reason=reason)
    assert (page.status, f"说明最多{MOST_REASON}字" in page.text) == (422, True)
    assert sqlite_office.world.dump() == before


def test_a_dispute_needs_the_form_it_was_made_on(sqlite_office: Office) -> None:
    leader, path = signed(sqlite_office)
    before = sqlite_office.world.dump()
    answer = leader.client.post(path, data={"reason": "不是我", "form_token": "0" * 64})
    assert (answer.status_code, "页面已过期" in answer.text) == (403, True)
    assert sqlite_office.world.dump() == before


def test_the_office_sees_it_on_the_submission(sqlite_office: Office) -> None:
    leader, path = signed(sqlite_office)
    leader.open(path)
    leader.press(BUTTON, reason="当天在外地")
    page = sqlite_office.person("office").open(sqlite_office.page_of())
    assert "不是本人操作" in page.text and "当天在外地" in page.text


def test_the_receipt_behind_the_link_to_sign_shows_it(sqlite_office: Office) -> None:
    sqlite_office.world.hand_in(UNIT, now=LAUNCH)
    (request,) = sqlite_office.world.open_requests(UNIT)
    with sqlite_office.engine.acting() as act:
        item = act.links.for_sign_off(act.session, request, act.now)
        dispute = act.links.for_dispute(act.session, request, request.person, act.now)
        paths = [f"/s/{act.links.token(link)}" for link in (item, dispute)]
    leader = sqlite_office.visitor()
    leader.open(paths[0])
    leader.press("确认提交", decision="approve", name="副市长")
    leader.open(paths[1])
    leader.press(BUTTON)
    assert "不是本人操作" in leader.open(paths[0]).text
