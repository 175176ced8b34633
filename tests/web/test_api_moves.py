"""The moves of a submission over HTTP: each does what it says, a refused one leaves every row as it was."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.web.client import API, House
from tests.workflow.world import local
from workflow import clock, submissions

UNIT = "KJJ"
MORNING = local("2022-01-04 10:00")


def prepared(house: House, standing: str) -> None:
    """KJJ's target choice in the standing of that name."""
    match standing:
        case "filled":
            house.world.fill(UNIT, now=MORNING)
        case "pending":
            house.world.hand_in(UNIT, now=MORNING)
        case "filed":
            house.world.file(UNIT, now=MORNING)
        case "exempt":
            with house.world.act(MORNING) as act:
                submissions.exempt(act, house.world.id_of(UNIT), comment="机构调整")
        case "overdue":
            house.advance("2022-01-05 00:30")
        case "overdue-pending":
            house.world.hand_in(UNIT, now=MORNING)
            house.advance("2022-01-05 00:30")


def move(house: House, name: str, client: TestClient | None = None, **body: Any) -> dict[str, Any]:
    answer = (client or house.office()).post(f"{house.submission(UNIT)}/{name}", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def contents(found: dict[str, Any]) -> dict[str, str]:
    return {line["name"]: f"{line['label']}已填" for line in found["form"]}


def test_unit_fills_in_hands_in_and_the_office_enters_the_leaders_yes(house: House) -> None:
    mine, path = house.unit(UNIT), house.submission(UNIT)
    shown = mine.get(path).json()
    saved = mine.put(f"{path}/content", json={"fields": contents(shown), "if_version": 0}).json()
    assert (saved["content_version"], saved["state"]) == (1, "draft")
    assert saved["content"] == contents(shown)
    assert len(saved["content_hash"]) == 64
    pending = mine.post(f"{path}/submit", json={"if_version": 1, "comment": "请审签"}).json()
    assert (pending["state"], pending["waiting_on"]) == ("pending", "approver")
    assert [line["decision"] for line in pending["sign_off"]] == [None]
    filed = move(house, "approve", comment="会上同意")
    assert (filed["state"], filed["waiting_on"], filed["late"]) == ("filed", "none", False)
    assert filed["filed_at"] == "2021-12-31T08:30:00+08:00"
    line = filed["sign_off"][0]
    assert (line["step"], line["decision"], line["comment"]) == (1, "approve", "会上同意")
    assert line["post"] == line["holder"] == "副市长（分管工业和信息化）"
    assert [one["event"] for one in filed["history"]] == ["launch", "edit", "submit", "approve"]
    assert "代录" in filed["history"][-1]["actor"]


def test_withdrawing_gives_it_back_to_the_unit(house: House) -> None:
    prepared(house, "pending")
    found = move(house, "withdraw", house.unit(UNIT), comment="补充指标")
    assert (found["state"], found["waiting_on"]) == ("draft", "unit")
    assert found["history"][-1]["comment"] == "补充指标"


def test_return_of_a_pending_one_is_the_offices_own(house: House) -> None:
    prepared(house, "pending")
    found = move(house, "return", comment="指标不具体")
    assert (found["state"], found["waiting_on"]) == ("draft", "unit")
    assert [line["decision"] for line in found["sign_off"]] in ([], [None])
    last = found["history"][-1]
    assert (last["event"], last["comment"], "代录" in last["actor"]) == ("return", "指标不具体", False)
    assert "sign_off" not in last["facts"]
    assert "receipt" not in [message["kind"] for message in found["messages"]]


def test_a_return_given_on_paper_is_its_approvers(house: House) -> None:
    prepared(house, "pending")
    found = move(house, "return", comment="指标不具体", on_paper=True)
    assert (found["state"], found["sign_off"][0]["decision"]) == ("draft", "return")
    assert found["sign_off"][0]["comment"] == "指标不具体"
    assert "代录" in found["history"][-1]["actor"]


def test_return_of_a_filed_one_is_the_offices(house: House) -> None:
    prepared(house, "filed")
    house.advance("2022-01-06 09:30")
    found = move(house, "return", comment="请更正指标")
    assert (found["state"], found["waiting_on"], found["filed_at"]) == ("overdue", "unit", None)
    assert found["days_late"] == 2


def test_extension_takes_an_overdue_back_and_keeps_the_first_date(house: House) -> None:
    prepared(house, "overdue")
    found = move(house, "extend", until="2022-01-10", comment="对象待上级确认")
    assert (found["state"], found["due_date"], found["due_at"]) == ("draft", "2022-01-10", "2022-01-11T00:00:00+08:00")
    extension = found["extension"]
    assert (extension["from"], extension["until"]) == ("2022-01-04", "2022-01-10")
    assert extension["comment"] == "对象待上级确认"
    assert extension["granted_at"] == "2022-01-05T00:30:00+08:00"


def test_exempt_one_can_be_opened_again(house: House) -> None:
    assert move(house, "exempt", comment="机构撤并")["state"] == "exempt"
    found = move(house, "reopen", comment="仍须报送")
    assert (found["state"], found["waiting_on"]) == ("draft", "unit")


def test_urging_reaches_whoever_it_is_stuck_with(house: House) -> None:
    prepared(house, "overdue-pending")
    found = move(house, "urge")
    assert found["rung"] == "urge"
    assert found["history"][-1]["facts"]["to"] == ["副市长（分管工业和信息化）"]
    assert "urge" in [message["kind"] for message in found["messages"]]


def test_moves_need_no_body_where_nothing_must_be_said(house: House) -> None:
    prepared(house, "filled")
    mine, path = house.unit(UNIT), house.submission(UNIT)
    assert mine.post(f"{path}/submit").json()["state"] == "pending"
    assert mine.post(f"{path}/withdraw").json()["state"] == "draft"
    assert house.office().post(f"{path}/urge").status_code == 200


@pytest.mark.parametrize(
    ("standing", "name", "body", "status", "code"),
    [
        ("draft", "submit", {}, 422, "content-incomplete"),
        ("draft", "approve", {}, 409, "not-allowed-now"),
        ("draft", "accept", {}, 409, "not-allowed-now"),
        ("draft", "return", {"comment": "x"}, 409, "not-allowed-now"),
        ("draft", "withdraw", {}, 409, "not-allowed-now"),
        ("draft", "reopen", {"comment": "x"}, 409, "not-allowed-now"),
        ("draft", "exempt", {}, 422, "comment-missing"),
        ("draft", "extend", {"until": "2022-01-10"}, 422, "comment-missing"),
        ("draft", "extend", {"until": "2022-01-04", "comment": "x"}, 422, "date-refused"),
        ("draft", "extend", {"until": "2023-06-01", "comment": "x"}, 422, "date-refused"),
        ("draft", "extend", {"comment": "x"}, 422, "request-invalid"),
        ("draft", "extend", {"until": "2022-02-30", "comment": "x"}, 422, "request-invalid"),
        ("draft", "urge", {"comment": "x" * 2001}, 422, "request-invalid"),
        ("draft", "urge", {"comment": "nul\x00"}, 422, "request-invalid"),
        ("draft", "urge", {"remark": "x"}, 422, "request-invalid"),
        ("filled", "submit", {"if_version": 0}, 409, "content-changed"),
        ("pending", "submit", {}, 409, "not-allowed-now"),
        ("pending", "return", {}, 422, "comment-missing"),
        ("pending", "return", {"comment": "  "}, 422, "comment-missing"),
        ("pending", "return", {"on_paper": True}, 422, "decision-incomplete"),
        ("pending", "return", {"comment": "x", "sign_off": 1}, 422, "decision-incomplete"),
        ("pending", "return", {"comment": "x", "content_hash": "0" * 64}, 409, "content-changed"),
        ("pending", "approve", {"content_hash": "0" * 64}, 409, "content-changed"),
        ("pending", "reopen", {"comment": "x"}, 409, "not-allowed-now"),
        ("filed", "submit", {}, 409, "not-allowed-now"),
        ("filed", "accept", {}, 409, "not-allowed-now"),
        ("filed", "approve", {}, 409, "not-allowed-now"),
        ("filed", "withdraw", {}, 409, "not-allowed-now"),
        ("filed", "extend", {"until": "2022-01-10", "comment": "x"}, 409, "not-allowed-now"),
        ("filed", "exempt", {"comment": "x"}, 409, "not-allowed-now"),
        ("filed", "urge", {}, 409, "not-allowed-now"),
        ("filed", "return", {}, 422, "comment-missing"),
        ("filed", "reopen", {}, 422, "comment-missing"),
        ("exempt", "submit", {}, 409, "not-allowed-now"),
        ("exempt", "urge", {}, 409, "not-allowed-now"),
        ("overdue", "approve", {}, 409, "not-allowed-now"),
        ("overdue", "submit", {}, 422, "content-incomplete"),
        ("overdue-pending", "submit", {}, 409, "not-allowed-now"),
    ],
)
def test_refused_move_leaves_every_row_as_it_was(
    house: House, standing: str, name: str, body: dict[str, Any], status: int, code: str
) -> None:
    prepared(house, standing)
    office = house.office()
    before = house.world.dump()
    answer = office.post(f"{house.submission(UNIT)}/{name}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert house.world.dump() == before


def test_move_after_an_unnoticed_deadline_is_refused_without_noting_it(house: House) -> None:
    """The lapse is the sweep's to write down; a refused move gives it up with everything else."""
    house.world.hand_in(UNIT, now=MORNING)
    with house.world.act(MORNING) as act:
        clock.set_before_launch(act.session, local("2022-01-05 00:00"))
    office, before = house.office(), house.world.dump(without=["api_token", "access_record"])
    assert office.post(f"{house.submission(UNIT)}/submit").status_code == 409
    assert house.world.dump(without=["api_token", "access_record"]) == before


def test_second_urge_of_a_day_is_refused(house: House) -> None:
    office, path = house.office(), house.submission(UNIT)
    assert office.post(f"{path}/urge").status_code == 200
    before = house.world.dump()
    answer = office.post(f"{path}/urge")
    assert (answer.status_code, answer.json()["code"]) == (409, "not-allowed-now")
    assert "已经为该事项催办过" in answer.json()["detail"]
    assert house.world.dump() == before


def test_plan_waits_for_the_trip(house: House) -> None:
    house.world.fill(UNIT, "work-plan", now=MORNING)
    mine, before = house.unit(UNIT), house.world.dump(without=["api_token", "access_record"])
    answer = mine.post(f"{house.submission(UNIT, 'work-plan')}/submit")
    assert (answer.status_code, answer.json()["code"]) == (409, "not-allowed-now")
    assert "建立工作联系并开展专题调研" in answer.json()["detail"]
    assert house.world.dump(without=["api_token", "access_record"]) == before


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"fields": {"no-such-field": "x"}}, 422, "content-unreadable"),
        ({"fields": {"benchmark-region": 7}}, 422, "content-unreadable"),
        ({"fields": {"benchmark-region": "两\n行"}}, 422, "content-unreadable"),
        ({"fields": {"benchmark-region": "\x00"}}, 422, "content-unreadable"),
        ({"fields": {"benchmark-region": "长" * 101}}, 422, "content-unreadable"),
        ({"fields": {"benchmark-region": "徐州"}, "if_version": 5}, 409, "content-changed"),
        ({"fields": {"benchmark-region": "徐州"}, "if_version": -1}, 422, "request-invalid"),
        ({"fields": ["benchmark-region"]}, 422, "request-invalid"),
        ({"fields": {}, "state": "filed"}, 422, "request-invalid"),
        ({}, 422, "request-invalid"),
        ([], 422, "request-invalid"),
    ],
)
def test_unreadable_content_is_refused_field_by_field(house: House, body: Any, status: int, code: str) -> None:
    mine = house.unit(UNIT)
    before = house.world.dump()
    answer = mine.put(f"{house.submission(UNIT)}/content", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    if code == "content-unreadable":
        assert answer.json()["errors"][0]["field"] == next(iter(body["fields"]))
    assert house.world.dump() == before


def test_field_named_with_half_a_character_is_refused_and_answered(sqlite_house: House) -> None:
    raw = b'{"fields": {"\\ud800": "x"}}'
    path = f"{sqlite_house.submission(UNIT)}/content"
    answer = sqlite_house.unit(UNIT).put(path, content=raw, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "content-unreadable")


def test_stale_version_loses_to_whoever_saved_first(house: House) -> None:
    mine, other, path = house.unit(UNIT), house.office(), f"{house.submission(UNIT)}/content"
    assert mine.put(path, json={"fields": {"benchmark-region": "徐州"}, "if_version": 0}).status_code == 200
    answer = other.put(path, json={"fields": {"benchmark-region": "榆林"}, "if_version": 0})
    assert (answer.status_code, answer.json()["code"]) == (409, "content-changed")
    assert mine.get(house.submission(UNIT)).json()["content"] == {"benchmark-region": "徐州"}


def test_late_signature_is_filed_late(house: House) -> None:
    prepared(house, "overdue-pending")
    house.advance("2022-01-06 09:30")
    found = move(house, "approve")
    assert (found["state"], found["late"], found["days_late"], found["working_days_late"]) == ("filed", True, 2, 2)
    assert house.office().get(f"{API}/overdue", params={"unit": UNIT}).json()["total"] == 0
