"""The sign-off desk as the office has it: queues, 改派, 授权代签, 外出."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from tests.statements import noted
from tests.web.browsing import Office, Page
from tests.workflow.world import LAUNCH, local
from web.pages import desk_lists
from workflow.tables import Absence, Delegation, Link, SignOff

LEADER = "副市长（分管教育和卫生健康）"
LEADER_KEY = "fsz-jiaoyu"
SECRETARY = "秘书长"
SECRETARY_KEY = "ldxz-mishuzhang"
#: Two units of one leader, one of another.
UNITS = ("JYTYJ", "WJW", "FGW")
GRANT = {
    "principal": LEADER,
    "delegate": SECRETARY,
    "since": "2021-12-31",
    "until": "2022-01-06",
    "comment": "外出招商",
}


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


def granted(office: Office) -> list[Delegation]:
    with office.world.store.read() as session:
        return list(session.exec(select(Delegation)))


def live_links(office: Office, person: str) -> int:
    with office.world.store.read() as session:
        return len(session.exec(select(Link).where(Link.person == person, col(Link.revoked_at).is_(None))).all())


def wrong(page: Page) -> dict[str, str]:
    """The faults of the refused form, by the place that each points to."""
    return {href[1:]: text for href, text in page.read.links if href.startswith("#") and "-" in href}


def test_the_desk_says_who_holds_how_much_since_when(sqlite_waiting: Office) -> None:
    sqlite_waiting.at("2022-01-06 10:00")
    page = sqlite_waiting.person().open("/approvals")
    assert "审签 3 件待签" in page.text
    assert f"{LEADER} 2 件待签， 2 件已逾期 最久 6 天 12月31日 08:30 起" in page.text
    assert "市教育体育局 报送建标学习对象 12月31日 08:30 送审 · 1月4日 前应报 · 逾期 2 天" in page.text
    assert page.link("市教育体育局 报送建标学习对象") == sqlite_waiting.page_of("JYTYJ")


def test_a_grant_gives_the_delegate_links_to_what_waits(waiting: Office) -> None:
    clerk = waiting.person()
    clerk.open("/approvals")
    page = clerk.press("授权代签", GRANT)
    assert (page.status, page.path) == (200, "/approvals")
    assert f"已授权代签：{SECRETARY}代{LEADER}，代签人随即收到链接。" in page.text
    assert f"代签：{SECRETARY}" in page.text and "生效中" in page.text
    (row,) = granted(waiting)
    assert (row.principal, row.delegate, row.created_by) == (LEADER_KEY, SECRETARY_KEY, "领导小组办公室（office）")
    assert live_links(waiting, SECRETARY_KEY) == 2


@pytest.mark.parametrize(
    ("given", "field", "fault"),
    [
        ({"principal": "副市长"}, "principal", "花名册中没有“副市长”，请从列表中选。"),
        ({"delegate": ""}, "delegate", "请从列表中选一位。"),
        ({"delegate": LEADER}, "delegate", "代签人须是另一个人。"),
        ({"since": ""}, "since", "请选择日期。"),
        ({"since": "明天"}, "since", "请填日期，例如 2022-01-04。"),
        ({"until": "2021-12-30"}, "until", "截止日期早于起始日期。"),
        ({"comment": "  "}, "comment", "请写明授权的依据。"),
        ({"comment": "长" * 2001}, "comment", ""),
        ({"comment": "零\x00字节"}, "comment", ""),
    ],
)
def test_a_wrong_grant_is_refused_at_the_field_and_nothing_is_written(
    sqlite_waiting: Office, given: dict[str, str], field: str, fault: str
) -> None:
    clerk = sqlite_waiting.person()
    clerk.open("/approvals")
    before = sqlite_waiting.world.dump()
    page = clerk.press("授权代签", {**GRANT, **given})
    assert page.status == 422
    assert "“授权代签”没有生效" in page.text and fault in page.text
    assert set(wrong(page)) == {f"grant-{field}"}
    form, _ = page.form("授权代签")
    assert form.fields["delegate"] == [given.get("delegate", SECRETARY)]
    assert sqlite_waiting.world.dump() == before


def test_a_grant_is_withdrawn_with_a_reason(waiting: Office) -> None:
    clerk = waiting.person()
    clerk.open("/approvals")
    clerk.press("授权代签", GRANT)
    before = waiting.world.dump()
    page = clerk.press("撤销授权")
    assert (page.status, "请写明撤销的理由。" in page.text) == (422, True)
    assert waiting.world.dump() == before
    page = clerk.press("撤销授权", comment="提前返回")
    assert "已撤销授权，代签人的链接随即失效。" in page.text
    assert "已撤销 外出招商" in page.text and "撤销：提前返回" in page.text
    assert not page.offers("撤销授权")
    assert live_links(waiting, SECRETARY_KEY) == 0


def test_an_absence_without_delegate_stands_out_until_somebody_stands_in(waiting: Office) -> None:
    clerk = waiting.person()
    clerk.open("/approvals")
    page = clerk.press("登记外出", person=LEADER, since="2022-01-03", until="2022-01-06", comment="赴江苏调研")
    assert "已登记外出" in page.text
    assert "外出期间无人代签" in page.text
    assert "无人代签： 2022年1月3日 至 2022年1月6日 现有 2 件待签 期间到期 6 件" in page.text
    caution = f"{LEADER}、领导小组副组长外出，1月3日至1月6日无人代签，现有2件待签，期间到期6件。"
    assert caution in clerk.open("/").text
    page = clerk.open(clerk.open("/approvals").link("授权代签"))
    clerk.open("/approvals")
    clerk.press("授权代签", GRANT | {"since": "2022-01-03", "until": "2022-01-05"})
    assert "1月6日无人代签" in clerk.open("/").text
    clerk.open("/approvals")
    clerk.press("授权代签", GRANT | {"since": "2022-01-06", "until": "2022-01-06"})
    assert "无人代签" not in clerk.open("/").text
    assert "外出期间无人代签" not in clerk.open("/approvals").text


def test_the_way_from_an_uncovered_absence_fills_in_the_grant(sqlite_waiting: Office) -> None:
    clerk = sqlite_waiting.person()
    clerk.open("/approvals")
    page = clerk.press("登记外出", person=LEADER, since="2022-01-03", until="2022-01-06")
    href = next(href for href, _ in page.read.links if href.startswith("/approvals?principal="))
    before = sqlite_waiting.world.dump()
    form, _ = clerk.open(href).form("授权代签")
    assert (form.fields["principal"], form.fields["since"]) == ([LEADER], ["2022-01-03"])
    assert form.fields["until"] == ["2022-01-06"]
    assert sqlite_waiting.world.dump() == before


def test_a_wrong_absence_is_refused_at_the_field(sqlite_waiting: Office) -> None:
    clerk = sqlite_waiting.person()
    clerk.open("/approvals")
    before = sqlite_waiting.world.dump()
    page = clerk.press("登记外出", person="无此人", since="2022-01-03", until="")
    assert (page.status, set(wrong(page))) == (422, {"note-person", "note-until"})
    assert sqlite_waiting.world.dump() == before


def test_an_absence_is_taken_back(waiting: Office) -> None:
    clerk = waiting.person()
    clerk.open("/approvals")
    clerk.press("登记外出", person=LEADER, since="2022-01-03", until="2022-01-06")
    page = clerk.press("撤销登记")
    assert "已撤销外出登记。" in page.text and "外出期间无人代签" not in page.text
    with waiting.world.store.read() as session:
        assert session.exec(select(Absence)).one().withdrawn_at is not None


@pytest.mark.parametrize(("role", "unit"), [("unit", "JYTYJ"), ("inspector", None)])
def test_only_the_office_has_the_desk(sqlite_waiting: Office, role: str, unit: str | None) -> None:
    sqlite_waiting.person().open("/")
    visitor = sqlite_waiting.person(role, unit)
    page = visitor.open("/")
    assert "/approvals" not in {href for href, _ in page.read.links}
    token = page.form("退出")[0].fields["form_token"][0]
    before = sqlite_waiting.world.dump()
    for path in ("", "/supervision"):
        assert visitor.open(f"/approvals{path}").status == 403
    for path in ("delegations", "delegations/1/withdraw", "absences", "absences/1/withdraw", "reassign", "supervision"):
        assert visitor.client.post(f"/approvals/{path}", data={**GRANT, "form_token": token}).status_code == 403
    assert sqlite_waiting.world.dump() == before


@pytest.mark.parametrize("path", ["delegations", "delegations/1/withdraw", "absences", "reassign", "supervision"])
def test_no_foreign_page_sends_these_forms(sqlite_waiting: Office, path: str) -> None:
    clerk = sqlite_waiting.person()
    before = sqlite_waiting.world.dump()
    for token in ("", "x"):
        answer = clerk.client.post(f"/approvals/{path}", data={**GRANT, "form_token": token})
        assert answer.status_code == 403
    assert sqlite_waiting.world.dump() == before


def test_what_is_not_there_is_not_found(sqlite_waiting: Office) -> None:
    clerk = sqlite_waiting.person()
    token = clerk.open("/approvals").form("登记外出")[0].fields["form_token"][0]
    for path in ("delegations/77/withdraw", "absences/77/withdraw", "delegations/0/withdraw"):
        data = {"form_token": token, "comment": "撤销"}
        assert clerk.client.post(f"/approvals/{path}", data=data).status_code == 404
    assert clerk.open("/approvals/nowhere").link("返回") == "/approvals"


def test_long_queues_are_a_click_away(sqlite_waiting: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_lists, "MOST_LISTED", 2)
    clerk = sqlite_waiting.person()
    page = clerk.open("/approvals")
    assert "市教育体育局" not in page.text
    page = clerk.open(page.link("逐件查看"))
    assert "市教育体育局" in page.text and "市发展和改革委员会" not in page.text


def test_the_desk_asks_the_store_as_often_for_many_as_for_few(sqlite_waiting: Office) -> None:
    clerk = sqlite_waiting.person()
    clerk.open("/approvals")
    with noted() as few:
        clerk.open("/approvals")
    for unit in ("KJJ", "CZJ", "GAJ", "YBJ"):
        sqlite_waiting.world.hand_in(unit, now=LAUNCH)
    with noted() as many:
        clerk.open("/approvals")
    assert len(many) == len(few)


def test_the_waiting_step_tells_the_office_of_delegate_and_absence(sqlite_waiting: Office) -> None:
    clerk, path = sqlite_waiting.person(), sqlite_waiting.page_of("JYTYJ")
    clerk.open("/approvals")
    clerk.press("登记外出", person=LEADER, since="2021-12-31", until="2022-01-06")
    assert "待审签 外出至1月6日，无人代签" in clerk.open(path).text
    clerk.open("/approvals")
    clerk.press("授权代签", GRANT)
    assert f"待审签 {SECRETARY}可代签 外出至1月6日" in clerk.open(path).text
    read = sqlite_waiting.liaison("JYTYJ").open(path).text
    assert f"{SECRETARY}可代签" in read and "外出" not in read


def test_a_disputed_decision_is_on_the_overview_until_it_is_reopened(waiting: Office) -> None:
    waiting.world.sign("JYTYJ", now=LAUNCH)
    (request,) = waiting.world.requests("JYTYJ")
    with waiting.engine.acting() as act:
        act.session.execute(
            update(SignOff).where(col(SignOff.id) == request.id).values(disputed_at=local("2022-01-02"))
        )
    clerk = waiting.person()
    said = f"1月2日收到声明，{LEADER}的“同意”不是本人操作：市教育体育局 报送建标学习对象。"
    assert said in clerk.open("/").text
    assert said not in waiting.liaison("JYTYJ").open("/").text
    page = clerk.open(clerk.open("/").link("核实"))
    assert "本人声明不是其操作" in page.text
    clerk.press("确认重新打开", comment="经核实非本人操作")
    assert "不是本人操作" not in clerk.open("/").text
