"""领导分工调整 as the office has it: pick, preview, confirm."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from sqlmodel import col, select

from tests.web.browsing import Office, Page, Visitor
from tests.workflow.world import LAUNCH
from workflow.tables import Supervision

HERE = "/approvals/supervision"
OLD = "副市长（分管教育和卫生健康）"
NEW = "副市长（分管商务和文化旅游）"
NEW_KEY = "fsz-shangmao"
UNITS = ["JYTYJ", "WJW"]


@pytest.fixture
def waiting(office: Office) -> Office:
    """Three plans wait with two leaders, on each kind of database in turn."""
    for unit in (*UNITS, "FGW"):
        office.world.hand_in(unit, now=LAUNCH)
    return office


def previewed(clerk: Visitor, *, since: str = "2021-12-31", units: list[str] = UNITS, leader: str = NEW) -> Page:
    """The preview, as the picking form asks for it."""
    clerk.open(HERE)
    return clerk.press("预览", {"unit": units, "leader": leader, "since": since})


def supervised_by(office: Office, unit: str) -> list[tuple[str, str, str]]:
    """Every leader a unit has had, has or will have: post, from, to."""
    with office.world.store.read() as session:
        rows = session.exec(select(Supervision).where(Supervision.unit == unit).order_by(col(Supervision.id)))
        return [(row.post, str(row.since), str(row.until)) for row in rows]


def test_the_preview_shows_what_moves_and_changes_nothing(waiting: Office) -> None:
    clerk = waiting.person()
    before = waiting.world.dump()
    page = previewed(clerk)
    assert page.status == 200 and "预览，还没有生效" in page.text
    assert "确认后立即移交待签件 2 件" in page.text
    assert f"市教育体育局 报送建标学习对象 1月4日 {OLD} {NEW} 领导分工调整" in page.text
    assert waiting.world.dump() == before


def test_what_is_confirmed_moves(waiting: Office) -> None:
    clerk = waiting.person()
    previewed(clerk)
    page = clerk.press("确认调整", {"unit": UNITS}, comment="市政府领导分工通知")
    assert f"已调整：2家单位由{NEW}分管，移交待签件2件。" in page.text
    for unit in UNITS:
        assert waiting.world.open_requests(unit)[0].person == NEW_KEY
        assert waiting.world.history(unit)[-1].comment == "市政府领导分工通知"
    assert waiting.world.open_requests("FGW")[0].person == "fsz-changwu"
    assert supervised_by(waiting, "JYTYJ") == [
        (OLD, "2021-12-01", "2021-12-30"),
        (NEW, "2021-12-31", "None"),
    ]


def test_a_change_to_come_moves_on_its_day(waiting: Office) -> None:
    clerk = waiting.person()
    page = previewed(clerk, since="2022-01-03")
    assert "以现在的情况，到2022年1月3日将移交待签件 2 件" in page.text
    page = clerk.press("确认调整", {"unit": UNITS}, comment="市政府领导分工通知")
    assert f"已调整：2022年1月3日起2家单位由{NEW}分管，待签件届时移交。" in page.text
    assert waiting.world.open_requests("WJW")[0].person == "fsz-jiaoyu"
    waiting.at("2022-01-03 09:00")
    assert waiting.world.open_requests("WJW")[0].person == NEW_KEY


def test_a_link_with_a_unit_alone_has_it_chosen_and_finds_no_fault(sqlite_office: Office) -> None:
    page = sqlite_office.person().open(f"{HERE}?unit=WJW")
    assert page.status == 200 and page.form("预览")[0].fields["unit"] == ["WJW"]
    assert "还不能预览" not in page.text and "预览，还没有生效" not in page.text


def test_without_a_reason_nothing_is_changed(waiting: Office) -> None:
    clerk = waiting.person()
    previewed(clerk)
    before = waiting.world.dump()
    page = clerk.press("确认调整", {"unit": UNITS})
    assert (page.status, "请写明调整的依据。" in page.text) == (422, True)
    assert page.offers("确认调整") and waiting.world.dump() == before


def test_what_has_changed_since_the_preview_is_shown_again_first(waiting: Office) -> None:
    clerk = waiting.person()
    previewed(clerk)
    waiting.world.sign("WJW", now=LAUNCH)
    before = waiting.world.dump()
    page = clerk.press("确认调整", {"unit": UNITS}, comment="市政府领导分工通知")
    assert (page.status, "确认后立即移交待签件 1 件" in page.text) == (409, True)
    assert page.form("确认调整")[0].fields["comment"] == ["市政府领导分工通知"]
    assert waiting.world.dump() == before
    assert "移交待签件1件" in clerk.press("确认调整", {"unit": UNITS}).text


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({"unit": [], "leader": NEW, "since": "2021-12-31"}, "请勾选要调整的单位。"),
        ({"unit": ["NOWHERE"], "leader": NEW, "since": "2021-12-31"}, "有的单位不在花名册中，请重新勾选。"),
        ({"unit": UNITS, "leader": "", "since": "2021-12-31"}, "请选择新的分管领导。"),
        ({"unit": UNITS, "leader": "市长", "since": "2021-12-31"}, "花名册中没有这一职务，请重新选择。"),
        ({"unit": UNITS, "leader": NEW, "since": "明天"}, "请填日期，例如 2022-01-04。"),
        ({"unit": UNITS, "leader": NEW, "since": "2021-12-30"}, "起始日期已经过去，请从今天或以后的日期起。"),
        ({"unit": UNITS, "leader": NEW, "since": "2021-11-01"}, "起始日期已经过去，请从今天或以后的日期起。"),
    ],
)
def test_what_cannot_be_previewed_says_so_at_the_field(
    sqlite_office: Office, asked: dict[str, str | list[str]], fault: str
) -> None:
    clerk = sqlite_office.person()
    before = sqlite_office.world.dump()
    page = clerk.open(f"{HERE}?{urlencode(asked, doseq=True)}")
    assert page.status == 422
    assert page.text.count(fault) == 2 and not page.offers("确认调整")
    assert sqlite_office.world.dump() == before


def test_a_forged_confirmation_is_refused(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    previewed(clerk)
    before = sqlite_office.world.dump()
    page = clerk.press("确认调整", {"unit": UNITS}, leader="市长", comment="通知")
    assert (page.status, "花名册中没有这一职务" in page.text) == (422, True)
    assert sqlite_office.world.dump() == before
