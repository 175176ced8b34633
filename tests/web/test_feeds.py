"""Calendars by secret addresses, as subscribers and as the desk see them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import icalendar
import pytest
from httpx2 import Response

from tests.statements import noted
from tests.web.browsing import Office
from tests.web.client import ADDRESS, API, PROGRAMME, House
from tests.workflow.world import LAUNCH, World, local
from web.shell import redacted
from workflow import delegations, feed_keys, submissions

UNIT, LEADER, SECRETARY = "JYTYJ", "fsz-jiaoyu", "ldxz-mishuzhang"


def subscribed(world: World, *, unit: str = "", person: str = "") -> str:
    """The path of a new address."""
    with world.act(LAUNCH) as act:
        return f"/calendar/{feed_keys.make(act, unit=unit, person=person).key}.ics"


def events(answer: Response) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    feed = icalendar.Calendar.from_ical(answer.content)
    assert isinstance(feed, icalendar.Calendar)
    return {str(event["UID"]): event for event in feed.events}


def test_a_units_calendar_follows_a_moved_date_and_says_what_is_cancelled(office: Office) -> None:
    anybody, path = office.anybody(), subscribed(office.world, unit=UNIT)
    number, plan = office.world.id_of(UNIT), office.world.id_of(UNIT, "work-plan")
    uid, other = (f"submission-{one}.{PROGRAMME}@duban" for one in (number, plan))
    before = events(anybody.get(path))
    assert len(before) == 3 and before[uid].decoded("DTSTART") == date(2022, 1, 4)
    assert "STATUS" not in before[other]
    with office.world.act(LAUNCH + timedelta(hours=1)) as act:
        submissions.extend(act, number, until=date(2022, 1, 10), comment="对象待确认")
        submissions.exempt(act, plan, comment="机构改革")
    after = events(anybody.get(path))
    assert set(after) == set(before)
    assert after[uid].decoded("DTSTART") == date(2022, 1, 10)
    for one in (uid, other):
        assert after[one]["SEQUENCE"] > before[one]["SEQUENCE"]
        assert after[one].decoded("LAST-MODIFIED") == LAUNCH + timedelta(hours=1)
    assert (str(after[other]["STATUS"]), str(after[other]["SUMMARY"])[-5:]) == ("CANCELLED", "（已免报）")
    assert f"{ADDRESS}/submissions/{number}" in str(after[uid]["DESCRIPTION"])


def test_a_leaders_calendar_has_what_waits_and_what_is_watched_and_no_address(office: Office) -> None:
    path = subscribed(office.world, person=LEADER)
    for unit in (UNIT, "WJW", "FGW"):
        office.world.hand_in(unit, now=LAUNCH)
    answer = office.anybody().get(path)
    said = {str(event["SUMMARY"]): event for event in events(answer).values()}
    waiting = said["待审签2件：报送建标学习对象"]
    assert waiting.decoded("DTSTART") == date(2022, 1, 4)
    assert "市教育体育局、市卫生健康委员会" in str(waiting["DESCRIPTION"])
    watched = next(event for title, event in said.items() if title.startswith("分管单位截止：报送建标学习对象"))
    assert watched.decoded("DTSTART") == date(2022, 1, 4)
    assert "http" not in answer.text and "/s/" not in answer.text
    office.world.sign(UNIT, now=LAUNCH)
    office.world.sign("WJW", now=LAUNCH)
    assert not [title for title in summaries(office, path) if title.startswith("待审签")]


def summaries(office: Office, path: str) -> list[str]:
    return [str(event["SUMMARY"]) for event in events(office.anybody().get(path)).values()]


def test_a_delegate_sees_what_they_may_sign_while_they_stand_in(sqlite_office: Office) -> None:
    path = subscribed(sqlite_office.world, person=SECRETARY)
    sqlite_office.world.hand_in(UNIT, now=LAUNCH)
    assert not [title for title in summaries(sqlite_office, path) if title.startswith("待审签")]
    with sqlite_office.world.act(LAUNCH) as act:
        delegations.grant(
            act, principal=LEADER, delegate=SECRETARY, since=date(2021, 12, 31), until=date(2022, 1, 6), comment="外出"
        )
    assert "待审签1件：报送建标学习对象" in summaries(sqlite_office, path)


def test_an_unchanged_calendar_is_not_sent_again(sqlite_office: Office) -> None:
    anybody, path = sqlite_office.anybody(), subscribed(sqlite_office.world, unit=UNIT)
    first = anybody.get(path)
    tag = first.headers["ETag"]
    again = anybody.get(path, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert anybody.head(path).headers["ETag"] == tag
    sqlite_office.world.hand_in(UNIT, now=local("2022-01-01 09:00"))
    changed = anybody.get(path, headers={"If-None-Match": tag})
    assert changed.status_code == 200 and changed.headers["ETag"] != tag
    assert changed.headers["Cache-Control"] == "private, no-cache"


def test_unknown_and_revoked_addresses_are_answered_alike_and_change_nothing(sqlite_office: Office) -> None:
    anybody, path = sqlite_office.anybody(), subscribed(sqlite_office.world, unit=UNIT)
    with sqlite_office.world.act(LAUNCH) as act:
        feed_keys.revoke(act, 1)
    before = sqlite_office.world.dump()
    answers = [anybody.get(one) for one in (path, "/calendar/unheard-of.ics", f"/calendar/{'x' * 500}.ics")]
    assert {(one.status_code, one.content, str(sorted(one.headers.items()))) for one in answers} == {
        (404, answers[0].content, str(sorted(answers[0].headers.items())))
    }
    assert sqlite_office.world.dump() == before


def test_the_key_of_a_calendar_stands_in_no_log() -> None:
    assert redacted("/calendar/a-secret.ics") == "/calendar/…"


def test_a_unit_makes_its_own_address_and_sees_it_once(sqlite_office: Office) -> None:
    liaison = sqlite_office.liaison()
    liaison.open("/feeds")
    page = liaison.press("生成订阅地址")
    (path,) = re.findall(rf'value="{ADDRESS}(/calendar/[^"]+)"', page.response.text)
    assert page.status == 200 and len(events(sqlite_office.anybody().get(path))) == 3
    assert path not in liaison.open("/feeds").response.text
    page = liaison.press("停用")
    assert "订阅地址已停用" in page.text and "还没有订阅地址" in page.text
    assert sqlite_office.anybody().get(path).status_code == 404


def test_the_office_makes_addresses_for_units_and_leaders_by_name(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    clerk.open("/feeds")
    assert "市教育体育局的订阅地址" in clerk.press("为单位生成", unit="市教育体育局").text
    page = clerk.press("为领导生成", leader="副市长（分管教育和卫生健康）")
    assert "没有审签链接" in page.text and "2 个" in page.text
    assert "1 个" in clerk.open("/feeds?q=教育体育").text
    before = sqlite_office.world.dump()
    page = clerk.press("为单位生成", unit="没有这个单位")
    assert page.status == 422 and "花名册中没有“没有这个单位”" in page.text
    assert sqlite_office.world.dump() == before


def test_no_foreign_page_and_no_inspector_makes_or_ends_an_address(sqlite_office: Office) -> None:
    subscribed(sqlite_office.world, unit=UNIT)
    clerk, inspector = sqlite_office.person(), sqlite_office.person("inspector")
    inspector.open("/feeds")
    assert not inspector.page.offers("停用") and not inspector.page.offers("为单位生成")
    before = sqlite_office.world.dump()
    for path in ("/feeds", "/feeds/1/revoke"):
        assert clerk.client.post(path, data={"unit": UNIT, "form_token": "x"}).status_code == 403
        token = inspector.page.form("退出")[0].fields["form_token"][0]
        assert inspector.client.post(path, data={"unit": UNIT, "form_token": token}).status_code == 403
    assert sqlite_office.world.dump() == before


def test_the_api_lists_makes_and_revokes_addresses(sqlite_house: House) -> None:
    office, mine = sqlite_house.office(), sqlite_house.unit(UNIT)
    made = mine.post(f"{API}/feeds", json={"unit": UNIT})
    assert made.status_code == 201 and made.json()["name"] == "市教育体育局"
    assert made.json()["url"].startswith(f"{ADDRESS}/calendar/") and made.json()["url"].endswith(".ics")
    leaders = office.post(f"{API}/feeds", json={"person": LEADER}).json()
    assert [one["id"] for one in office.get(f"{API}/feeds").json()["items"]] == [leaders["id"], made.json()["id"]]
    assert mine.get(f"{API}/feeds").json()["total"] == 1
    assert mine.post(f"{API}/feeds/{leaders['id']}/revoke").status_code == 404
    assert mine.post(f"{API}/feeds/{made.json()['id']}/revoke").status_code == 204
    assert mine.get(f"{API}/feeds").json() == {"items": [], "total": 0, "next": None}
    before = sqlite_house.world.dump()
    refused = office.post(f"{API}/feeds", json={"unit": UNIT, "person": LEADER})
    assert (refused.status_code, refused.json()["code"]) == (422, "feed-refused")
    assert sqlite_house.world.dump() == before


@pytest.mark.parametrize("whose", [{"unit": UNIT}, {"person": LEADER}], ids=str)
def test_a_calendar_costs_as_much_for_many_as_for_few(sqlite_office: Office, whose: dict[str, str]) -> None:
    anybody, path = sqlite_office.anybody(), subscribed(sqlite_office.world, **whose)
    sqlite_office.world.hand_in(UNIT, now=LAUNCH)
    anybody.get(path)
    with noted() as few:
        anybody.get(path)
    for unit in ("WJW", "FGW", "KJJ"):
        sqlite_office.world.hand_in(unit, now=LAUNCH)
    with noted() as many:
        anybody.get(path)
    assert len(many) == len(few) <= 8
