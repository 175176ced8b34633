"""受理 on the page and over the API: offered to the office alone, and refused where nothing waits for it."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.web.browsing import Office
from tests.web.client import House
from tests.workflow.rectifying import rectifying
from tests.workflow.small import small_roster
from tests.workflow.world import World, local

NOW = local("2022-03-01 09:00")


@pytest.fixture
def received(sqlite_url: str) -> Iterator[World]:
    """One unit has handed in, the other has not."""
    pinned = rectifying(lifecycle="receipt")
    with closing(World.launched(sqlite_url, now=NOW, pinned=pinned, roster=small_roster(units=2))) as world:
        world.file("U1", "report", now=NOW)
        yield world


def test_the_office_accepts_with_one_click(received: World) -> None:
    office = Office(received)
    clerk, path = office.person(), office.page_of("U1", "report")
    page = clerk.open(path)
    assert "待受理" in page.text and not page.offers("确认撤回")
    said = clerk.press("确认受理", {"comment": "已核对"})
    assert "已受理，并已通知单位。" in said.text
    assert received.submission("U1", "report").state == "filed"
    assert not clerk.open(path).offers("确认受理")


def test_a_unit_is_not_offered_to_accept(received: World) -> None:
    office = Office(received)
    page = office.liaison("U1").open(office.page_of("U1", "report"))
    assert page.offers("确认撤回") and not page.offers("确认受理")


def test_the_office_returns_on_the_page_what_it_has_not_accepted(received: World) -> None:
    office = Office(received)
    clerk = office.person()
    clerk.open(office.page_of("U1", "report"))
    assert "已退回" in clerk.press("确认退回", {"comment": "缺少附件"}).text
    assert received.submission("U1", "report").waiting_on == "unit"


def test_a_submission_without_a_sign_off_has_reached_the_office(received: World) -> None:
    office = Office(received)
    visitor = office.liaison("U2")
    visitor.open(office.page_of("U2", "report"))
    assert "已报送领导小组办公室。" in visitor.press("保存并报送", {"field-text": "已整改"}).text


def test_accepting_over_the_api_gives_the_submission_back(received: World) -> None:
    house = House(received)
    answer = house.office().post(f"{house.submission('U1', 'report')}/accept", json={"comment": "已核对"})
    found = answer.json()
    assert (answer.status_code, found["state"], found["waiting_on"], found["late"]) == (200, "filed", "none", False)
    assert [found["history"][-1][name] for name in ("event", "title", "comment")] == ["accept", "受理", "已核对"]


@pytest.mark.parametrize("unit", ["U1", "U2"])
def test_what_does_not_wait_for_the_office_cannot_be_accepted(received: World, unit: str) -> None:
    house = House(received)
    office, path = house.office(), f"{house.submission(unit, 'report')}/accept"
    if unit == "U1":
        assert office.post(path).status_code == 200
    before = received.dump()
    answer = office.post(path)
    assert (answer.status_code, answer.json()["code"]) == (409, "not-allowed-now")
    assert received.dump() == before


def test_returning_over_the_api_needs_a_reason(received: World) -> None:
    house = House(received)
    path = f"{house.submission('U1', 'report')}/return"
    refused = house.office().post(path, json={})
    assert (refused.status_code, refused.json()["code"]) == (422, "comment-missing")
    assert house.office().post(path, json={"comment": "不实"}).json()["state"] == "draft"
