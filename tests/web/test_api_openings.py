"""Opening by hand and findings over HTTP, and the chain as the API and the pages tell it."""

import pytest

from tests.web.browsing import Office
from tests.web.client import API, House
from tests.workflow.chained import KEY, MONDAY, Chain
from tests.workflow.world import local
from workflow import findings

OPEN = f"{API}/programmes/{KEY}/open"
REASON = "群众反映集中"


@pytest.fixture
def house(chain: Chain) -> House:
    made = House(chain.world)
    made.engine.advance(MONDAY)
    return made


def test_duty_is_opened_by_hand(house: House, chain: Chain) -> None:
    body = {"obligation": "inspection", "unit": "单位U2", "due": "2022-03-18", "comment": REASON}
    answer = house.office().post(OPEN, json=body)
    assert answer.status_code == 201
    (one,) = answer.json()["items"]
    assert one["unit"]["name"] == "督查组" and one["subject"]["code"] == "U2"
    assert (one["id"], one["due_date"], one["due_at"]) == (
        chain.id_of("inspection"), "2022-03-18", "2022-03-19T00:00:00+08:00",
    )  # fmt: skip
    assert answer.json()["total"] == 1


@pytest.mark.parametrize(
    ("body", "role", "status", "code"),
    [
        ({"obligation": "unheard-of"}, "office", 422, "opening-refused"),
        ({"obligation": "node"}, "office", 422, "opening-refused"),
        ({"obligation": "call-up"}, "office", 422, "date-refused"),
        ({"obligation": "call-up", "due": "2022-03-01"}, "office", 422, "date-refused"),
        ({"obligation": "call-up", "due": "2022-03-18", "comment": ""}, "office", 422, "comment-missing"),
        ({"obligation": "call-up", "due": "2022-02-30"}, "office", 422, "request-invalid"),
        ({"obligation": "call-up", "due": "2022-03-18", "more": 1}, "office", 422, "request-invalid"),
        ({"obligation": "call-up", "due": "2022-03-18"}, "inspector", 403, "forbidden"),
        ({"obligation": "call-up", "due": "2022-03-18"}, "unit", 403, "forbidden"),
    ],
)
def test_refused_opening_says_why_and_writes_nothing(
    house: House, body: dict[str, object], role: str, status: int, code: str
) -> None:
    client = house.client(role, "U1" if role == "unit" else None)
    before = house.world.dump()
    answer = client.post(OPEN, json={"comment": REASON, **body})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert house.world.dump() == before


def test_same_date_twice_is_a_conflict(house: House) -> None:
    body = {"obligation": "call-up", "unit": "U1", "due": "2022-03-18", "comment": REASON}
    office = house.office()
    assert office.post(OPEN, json=body).status_code == 201
    again = office.post(OPEN, json=body)
    assert (again.status_code, again.json()["code"]) == (409, "already-open")
    assert office.post(OPEN.replace(KEY, "other-2022"), json=body).status_code == 404


def test_finding_gives_back_the_submission_with_what_it_opened(house: House, chain: Chain) -> None:
    node = chain.id_of("node", "U1")
    inspector = house.client("inspector")
    answer = inspector.post(f"{API}/submissions/{node}/finding", json={"kind": "problem", "comment": "台账不符"})
    assert answer.status_code == 200
    found = answer.json()
    assert found["findings"] == {"false-data": "数据弄虚作假", "problem": "发现问题", "model": "经验做法"}
    assert (found["history"][1]["title"], found["history"][1]["facts"]["title"]) == ("检查发现", "发现问题")
    (opened,) = found["follow_ups"]
    assert (opened["obligation"], opened["unit"]["code"], opened["because"]) == (
        "correction",
        "U1",
        "检查发现：发现问题",
    )
    below = house.unit("U1").get(f"{API}/submissions/{opened['id']}").json()
    assert (below["cause"]["id"], below["because"], below["follow_ups"]) == (node, "检查发现：发现问题", [])
    assert (below["heading"], below["subject"], below["owner_post"]) == ("", None, "")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"kind": "other", "comment": "甲"}, 422, "finding-refused"),
        ({"kind": "problem"}, 422, "comment-missing"),
        ({"comment": "甲"}, 422, "request-invalid"),
        ({"kind": "problem", "comment": "\u0000"}, 422, "request-invalid"),
    ],
)
def test_refused_finding_says_why(house: House, chain: Chain, body: dict[str, str], status: int, code: str) -> None:
    client, before = house.office(), house.world.dump(without=["api_token", "access_record"])
    answer = client.post(f"{API}/submissions/{chain.id_of('node', 'U1')}/finding", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert house.world.dump(without=["api_token", "access_record"]) == before


def test_cooperating_unit_is_told_that_it_may_only_read(house: House, chain: Chain) -> None:
    number = chain.id_of("node", "U1")
    works_on_it, foreign = house.unit("U4"), house.unit("U2")
    assert works_on_it.get(f"{API}/submissions/{number}").json()["moves"] == []
    for path, body in (("submit", None), ("urge", None), ("finding", {"kind": "problem", "comment": "甲"})):
        answers = [one.post(f"{API}/submissions/{number}/{path}", json=body) for one in (works_on_it, foreign)]
        assert [(one.status_code, one.json()["code"]) for one in answers] == [(403, "forbidden"), (404, "not-found")]


def test_lists_tell_submissions_of_one_duty_apart(house: House, chain: Chain) -> None:
    chain.raise_("light-red", chain.id_of("node", "U3"))
    (one,) = house.office().get(f"{API}/submissions?obligation=warning-talk").json()["items"]
    assert (one["unit"]["name"], one["subject"]["name"]) == ("领导小组办公室", "单位U3")


def test_board_has_a_row_for_each_unit_reported_on(house: House) -> None:
    rows = house.office().get(f"{API}/programmes/{KEY}/board").json()["rows"]
    about = [row["subject"]["code"] for row in rows if row["subject"]]
    assert about == ["U1", "U2", "U3", "U4", "U5"]


@pytest.fixture
def office(chain: Chain) -> Office:
    made = Office(chain.world)
    made.engine.advance(MONDAY)
    return made


def test_inspector_records_a_finding_on_the_page(office: Office, chain: Chain) -> None:
    node = chain.id_of("node", "U1")
    inspector = office.person("inspector")
    inspector.open(f"/submissions/{node}")
    refused = inspector.press("记录检查发现", kind="problem", comment=" ")
    assert refused.status == 422 and "请写明检查发现了什么" in refused.text
    page = inspector.press("记录检查发现", kind="problem", comment="台账不符")
    assert "已记录检查发现，并开启1件后续事项。" in page.text
    assert "检查发现：发现问题" in page.text and "台账不符" in page.text
    assert page.link("单位U1 问题改正") == f"/submissions/{chain.id_of('correction')}"


def test_page_shows_what_it_is_about_what_caused_it_and_what_it_opened(office: Office, chain: Chain) -> None:
    node = chain.id_of("node", "U1")
    chain.raise_("light-red", node)
    talk = chain.id_of("warning-talk")
    chain.file(talk, {"outcome": "需整改"})
    chain.raise_("filed", talk)
    clerk = office.person()
    page = clerk.open(f"/submissions/{talk}")
    assert "涉及单位 单位U1" in page.text
    assert page.link("单位U1 节点任务") == f"/submissions/{node}"
    assert page.link("单位U1 书面报告") == f"/submissions/{chain.id_of('written-report')}"
    assert "因亮红灯，生成本件" in page.text
    assert not office.liaison("U1").open(f"/submissions/{node}").offers("记录检查发现")


def test_letter_says_what_the_new_duty_is_about_and_why(office: Office, chain: Chain) -> None:
    with chain.world.act(MONDAY) as act:
        findings.record(act, chain.id_of("node", "U2"), kind="problem", comment="台账不符")
    office.engine.advance(local("2022-03-07 10:20"))
    told = office.office().get(f"{API}/messages?recipient=u2-liaison").json()["items"][0]
    assert told["subject"].endswith("新事项，请于3月21日前完成：问题改正")
    assert "台账不符" in told["body"]
