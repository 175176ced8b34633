"""Search: what is found by whom, what comes first, and that its cost does not grow."""

import pytest

from tests.statements import noted
from tests.web.browsing import UNIT, Office
from tests.web.client import API, PROGRAMME, House

FOREIGN = "FGW"


def found(house: House, said: str, *, unit: str | None = None) -> dict[str, list[str]]:
    """The titles found, by kind."""
    client = house.unit(unit) if unit else house.office()
    answer = client.get(f"{API}/search", params={"q": said})
    assert answer.status_code == 200
    return {group["kind"]: [one["title"] for one in group["items"]] for group in answer.json()["groups"]}


def test_any_part_of_a_name_is_found_and_the_very_name_comes_first(house: House) -> None:
    name = house.office().get(f"{API}/search", params={"q": UNIT.lower()}).json()["groups"][0]["items"][0]["title"]
    assert name == "市教育体育局"
    assert found(house, "教育体")["unit"] == [name]
    assert next(iter(found(house, name))) == "unit"
    assert "报送建标学习对象" in found(house, "建标学习")["obligation"]
    assert found(house, "对标先进")["programme"] == ["对标先进提升创建工作 2022"]
    assert found(house, "％_") == {}


def test_a_number_leads_to_its_submission_and_a_unit_with_a_duty_to_theirs(house: House) -> None:
    number = house.world.id_of(UNIT)
    assert found(house, str(number))["submission"] == ["市教育体育局 · 报送建标学习对象"]
    assert "市教育体育局 · 报送建标学习对象" in found(house, "教育 建标学习")["submission"]
    assert "submission" not in found(house, "99999999999")


def test_a_unit_finds_nothing_beyond_its_own(sqlite_house: House) -> None:
    assert list(found(sqlite_house, "教育体育", unit=FOREIGN)) == []
    assert found(sqlite_house, str(sqlite_house.world.id_of(UNIT)), unit=FOREIGN) == {}
    own = found(sqlite_house, "市", unit=FOREIGN)
    assert len(own["unit"]) == 1
    assert all(title.startswith(own["unit"][0]) for title in own.get("submission", ()))
    assert found(sqlite_house, "教育 建标学习", unit=FOREIGN) == {}


def test_the_page_leads_on_and_the_suggestions_are_few(sqlite_office: Office) -> None:
    person = sqlite_office.person()
    page = person.open("/search?q=教育")
    assert page.link("市教育体育局") == f"/people/units/{UNIT}"
    assert "没有找到" in person.open("/search?q=没有这个单位").text
    suggested = person.open("/search/suggest?q=局")
    assert suggested.text.count("局") and "查看全部" in suggested.text
    assert "查看全部" not in person.open("/search/suggest?q=j").text


@pytest.mark.parametrize("said", ["局", "教育 建标学习", "JYTYJ"])
def test_search_asks_as_little_whatever_it_finds(sqlite_house: House, said: str) -> None:
    client = sqlite_house.office()
    client.get(f"{API}/search", params={"q": said})
    with noted() as statements:
        client.get(f"{API}/search", params={"q": said})
    assert len(statements) <= 9


def test_a_unit_that_owes_a_programme_reaches_its_board(sqlite_office: Office) -> None:
    page = sqlite_office.liaison().open("/search?q=对标先进")
    assert page.link("对标先进提升创建工作 2022") == f"/programmes/{PROGRAMME}"
