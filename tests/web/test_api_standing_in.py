"""Standing in over the API: delegations, absences, supervision, 改派, and what the record says of them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from tests.web.client import API, House
from tests.workflow.world import APPROVER, LAUNCH
from workflow import signing
from workflow.tables import Link

LEADER, SECRETARY = "fsz-jiaoyu", "ldxz-mishuzhang"
TITLE = "副市长（分管教育和卫生健康）"
NEW = "副市长（分管商务和文化旅游）"
GRANT = {
    "principal": LEADER,
    "delegate": SECRETARY,
    "since": "2021-12-31",
    "until": "2022-01-06",
    "comment": "外出招商",
}
AWAY = {"person": LEADER, "since": "2022-01-03", "until": "2022-01-05"}
CHANGE = {"changes": {"JYTYJ": NEW}, "since": "2021-12-31", "comment": "分工通知"}


@pytest.fixture
def waiting(house: House) -> House:
    """Two plans wait with one leader, on each kind of database in turn."""
    for unit in ("JYTYJ", "WJW"):
        house.world.hand_in(unit, now=LAUNCH)
    return house


@pytest.fixture
def sqlite_waiting(sqlite_house: House) -> House:
    """The same on SQLite alone."""
    for unit in ("JYTYJ", "WJW"):
        sqlite_house.world.hand_in(unit, now=LAUNCH)
    return sqlite_house


def test_approvers_are_listed_with_their_load(sqlite_waiting: House) -> None:
    found = sqlite_waiting.client("inspector").get(f"{API}/approvers").json()
    assert found["items"] == [
        {
            "person": LEADER, "post": TITLE, "name": TITLE, "waiting": 2, "oldest": "2021-12-31T08:30:00+08:00",
            "overdue": 0, "delegates": [], "absent_until": None,
        }
    ]  # fmt: skip
    assert (found["total"], found["next"]) == (1, None)


def test_a_delegation_is_granted_listed_and_withdrawn(waiting: House) -> None:
    office = waiting.office()
    made = office.post(f"{API}/delegations", json=GRANT)
    assert made.status_code == 201
    row = made.json()
    assert (row["state"], row["delegate"]) == ("active", {"person": SECRETARY, "post": "秘书长", "name": "秘书长"})
    assert office.get(f"{API}/delegations").json()["items"] == [row]
    assert office.get(f"{API}/approvers").json()["items"][0]["delegates"] == ["秘书长"]
    ended = office.post(f"{API}/delegations/{row['id']}/withdraw", json={"comment": "提前返回"}).json()
    assert (ended["state"], ended["withdrawal"]) == ("withdrawn", "提前返回")
    assert office.get(f"{API}/approvers").json()["items"][0]["delegates"] == []


def test_an_absence_says_which_days_nobody_covers(waiting: House) -> None:
    office = waiting.office()
    made = office.post(f"{API}/absences", json=AWAY)
    assert made.status_code == 201
    found = office.get(f"{API}/absences").json()
    assert found["items"] == [made.json()]
    (bare,) = found["uncovered"]
    assert (bare["absence"], bare["waiting"]) == (made.json()["id"], 2)
    assert bare["spans"] == [{"since": "2022-01-03", "until": "2022-01-05"}]
    gone = office.post(f"{API}/absences/{made.json()['id']}/withdraw").json()
    assert gone["over"] is True
    assert office.get(f"{API}/absences").json()["uncovered"] == []


def test_a_preview_of_supervision_tells_what_the_change_then_does(waiting: House) -> None:
    office = waiting.office()
    before = waiting.world.dump()
    shown = office.post(f"{API}/supervision", json={**CHANGE, "preview": True}).json()
    assert waiting.world.dump() == before
    done = office.post(f"{API}/supervision", json=CHANGE).json()
    assert (shown["preview"], done["preview"]) == (True, False)
    assert shown["items"] == done["items"]
    (move,) = done["items"]
    assert (move["from"]["post"], [one["post"] for one in move["to"]]) == (TITLE, [NEW])
    assert waiting.world.open_requests("JYTYJ")[0].person == "fsz-shangmao"
    assert waiting.world.open_requests("WJW")[0].person == LEADER


def test_a_request_is_given_to_somebody_else(waiting: House) -> None:
    path = f"{waiting.submission('JYTYJ')}/reassign"
    found = waiting.office().post(path, json={"to": SECRETARY, "comment": "住院"}).json()
    assert [(one["post"], one["decision"]) for one in found["sign_off"]] == [("秘书长", None)]
    assert (found["history"][-1]["event"], found["history"][-1]["title"]) == ("reassign", "审签改派")
    assert found["stuck_with"] == [{"post": "秘书长", "name": "秘书长"}]


def signed_by_the_delegate(house: House) -> None:
    (request,) = house.world.open_requests("JYTYJ")
    assert request.id is not None
    with house.world.act(LAUNCH, APPROVER) as act:
        (link,) = act.session.exec(select(Link).where(Link.sign_off_id == request.id, Link.person == SECRETARY))
        signing.sign(
            act, request.id, "approve", comment="", typed_name="秘书长", channel="link",
            content_hash=request.content_hash, hand=signing.hand_of(act, link),
        )  # fmt: skip


def test_a_sign_off_tells_who_decided_and_for_whom(waiting: House) -> None:
    office = waiting.office()
    fresh = office.get(waiting.submission("JYTYJ")).json()["sign_off"][0]
    names = ("decided_by", "on_behalf_of", "confirmed", "disputed_at")
    assert [fresh[name] for name in names] == ["", "", "", None]
    office.post(f"{API}/delegations", json=GRANT)
    signed_by_the_delegate(waiting)
    signed = office.get(waiting.submission("JYTYJ")).json()["sign_off"][0]
    assert (signed["post"], signed["decision"], signed["channel"]) == (TITLE, "approve", "link")
    assert [signed[name] for name in names] == ["秘书长", TITLE, "", None]


REFUSED: list[tuple[str, str, Any, int, str]] = [
    ("post", "/delegations", {**GRANT, "delegate": LEADER}, 422, "delegation-refused"),
    ("post", "/delegations", {**GRANT, "principal": "nobody"}, 422, "delegation-refused"),
    ("post", "/delegations", {**GRANT, "until": "2021-12-01"}, 422, "delegation-refused"),
    ("post", "/delegations", {**GRANT, "until": "9999-12-31"}, 422, "delegation-refused"),
    ("post", "/delegations", {**GRANT, "since": "0001-01-01"}, 422, "delegation-refused"),
    ("post", "/delegations", {**GRANT, "comment": " "}, 422, "comment-missing"),
    ("post", "/delegations", {**GRANT, "comment": "a\x00b"}, 422, "request-invalid"),
    ("post", "/delegations", {**GRANT, "since": "soon"}, 422, "request-invalid"),
    ("post", "/delegations/99/withdraw", {"comment": "撤销"}, 404, "not-found"),
    ("post", "/absences", {**AWAY, "person": "nobody"}, 422, "absence-refused"),
    ("post", "/absences", {**AWAY, "until": "9999-12-31"}, 422, "absence-refused"),
    ("post", "/absences/99/withdraw", None, 404, "not-found"),
    ("post", "/supervision", {**CHANGE, "changes": {}}, 422, "request-invalid"),
    ("post", "/supervision", {**CHANGE, "changes": {"NOWHERE": NEW}}, 422, "supervision-refused"),
    ("post", "/supervision", {**CHANGE, "changes": {"JYTYJ": "市长"}}, 422, "supervision-refused"),
    ("post", "/supervision", {**CHANGE, "changes": {"JYTYJ": "市长"}, "preview": True}, 422, "supervision-refused"),
    ("post", "/supervision", {**CHANGE, "since": "0001-01-01"}, 422, "supervision-refused"),
    ("post", "/supervision", {**CHANGE, "comment": ""}, 422, "comment-missing"),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "code"), REFUSED)
def test_a_refusal_has_its_code_and_writes_nothing(
    sqlite_waiting: House, method: str, path: str, body: Any, status: int, code: str
) -> None:
    office = sqlite_waiting.office()
    before = sqlite_waiting.world.dump()
    answer = office.request(method, API + path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert sqlite_waiting.world.dump() == before


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"to": "nobody", "comment": "住院"}, 422, "reassign-refused"),
        ({"to": LEADER, "comment": "住院"}, 422, "reassign-refused"),
        ({"to": SECRETARY}, 422, "comment-missing"),
        ({"to": SECRETARY, "comment": "住院", "sign_off": 99}, 422, "reassign-refused"),
    ],
)
def test_a_reassignment_that_cannot_be_writes_nothing(
    sqlite_waiting: House, body: dict[str, Any], status: int, code: str
) -> None:
    office, path = sqlite_waiting.office(), f"{sqlite_waiting.submission('JYTYJ')}/reassign"
    before = sqlite_waiting.world.dump()
    answer = office.post(path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert sqlite_waiting.world.dump() == before


def test_what_nobody_is_asked_for_cannot_be_given_to_another(sqlite_waiting: House) -> None:
    path = f"{sqlite_waiting.submission('KJJ')}/reassign"
    answer = sqlite_waiting.office().post(path, json={"to": SECRETARY, "comment": "住院"})
    assert (answer.status_code, answer.json()["detail"]) == (422, "不能改派：现在没有待签的审签人。")


def test_every_body_is_described_with_an_example(sqlite_house: House) -> None:
    schemas = sqlite_house.app.openapi()["components"]["schemas"]
    for name in ("DelegationBody", "WithdrawalBody", "AbsenceBody", "SupervisionBody", "ReassignBody"):
        assert schemas[name]["examples"], name
