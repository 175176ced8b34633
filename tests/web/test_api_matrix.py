"""Every call of the API, tried by people it is not for. A call that is missing here fails the first test."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from httpx2 import Response

from tests.web.client import API, PROGRAMME, House
from web import api
from workflow import extensions
from workflow.acts import Actor
from workflow.tables import Batch

NOW = "2022-01-05 10:00"
OWN = "KJJ"
FOREIGN = "FGW"
#: A unit of the roster that has no part in the programme.
OUTSIDE = "OFFICE"

ONLY_OWN = 200
Call = tuple[str, str]

#: (method, path) → what a foreign unit gets; ONLY_OWN calls answer, with nothing of anybody else in it.
MATRIX: dict[Call, int] = {
    ("GET", "/programmes"): ONLY_OWN,
    ("POST", "/programmes"): 403,
    ("POST", "/programmes/{key}/amendments"): 404,
    ("GET", "/units"): 403,
    ("GET", "/units/{code}"): 403,
    ("GET", "/people"): 403,
    ("GET", "/people/{person_key}"): 403,
    ("PUT", "/people/{person_key}"): 403,
    ("POST", "/holdings"): 403,
    ("POST", "/holdings/{holding_id}/end"): 403,
    ("GET", "/roster-changes"): 403,
    ("GET", "/roster.xlsx"): 403,
    ("POST", "/roster"): 403,
    ("GET", "/calendars"): ONLY_OWN,
    ("GET", "/calendars/{year}"): ONLY_OWN,
    ("POST", "/calendars"): 403,
    ("GET", "/programmes/{key}"): 404,
    ("GET", "/programmes/{key}/versions"): 404,
    ("GET", "/programmes/{key}/board"): 404,
    ("GET", "/programmes/{key}/board.xlsx"): 404,
    ("POST", "/programmes/{key}/open"): 404,
    ("GET", "/submissions"): ONLY_OWN,
    ("GET", "/submissions/{submission_id}"): 404,
    ("GET", "/submissions/{submission_id}/versions"): 404,
    ("GET", "/submissions/{submission_id}/versions/{version}"): 404,
    ("PUT", "/submissions/{submission_id}/content"): 404,
    ("POST", "/submissions/{submission_id}/attachments"): 404,
    ("GET", "/submissions/{submission_id}/attachments/{attachment_id}"): 404,
    ("DELETE", "/submissions/{submission_id}/attachments/{attachment_id}"): 404,
    ("POST", "/submissions/{submission_id}/submit"): 404,
    ("POST", "/submissions/{submission_id}/withdraw"): 404,
    ("POST", "/submissions/{submission_id}/approve"): 404,
    ("POST", "/submissions/{submission_id}/accept"): 404,
    ("POST", "/submissions/{submission_id}/return"): 404,
    ("POST", "/submissions/{submission_id}/extend"): 404,
    ("POST", "/submissions/{submission_id}/exempt"): 404,
    ("POST", "/submissions/{submission_id}/reopen"): 404,
    ("POST", "/submissions/{submission_id}/urge"): 404,
    ("POST", "/submissions/{submission_id}/finding"): 404,
    ("POST", "/submissions/{submission_id}/reassign"): 404,
    ("POST", "/submissions/{submission_id}/paper"): 404,
    ("POST", "/submissions/{submission_id}/extension-requests"): 404,
    ("POST", "/submissions/{submission_id}/extension-requests/{request_id}/grant"): 404,
    ("POST", "/submissions/{submission_id}/extension-requests/{request_id}/decline"): 404,
    ("POST", "/submissions/{submission_id}/extension-requests/{request_id}/withdraw"): 404,
    ("GET", "/extension-requests"): ONLY_OWN,
    ("POST", "/batches/preview"): 403,
    ("POST", "/batches"): 403,
    ("GET", "/batches"): 403,
    ("GET", "/batches/{batch_id}"): 403,
    ("POST", "/batches/{batch_id}/continue"): 403,
    ("POST", "/batches/{batch_id}/undo"): 403,
    ("GET", "/approvers"): 403,
    ("GET", "/delegations"): 403,
    ("POST", "/delegations"): 403,
    ("POST", "/delegations/{delegation_id}/withdraw"): 403,
    ("GET", "/absences"): 403,
    ("POST", "/absences"): 403,
    ("POST", "/absences/{absence_id}/withdraw"): 403,
    ("POST", "/supervision"): 403,
    ("GET", "/programmes/{key}/figures"): 403,
    ("GET", "/programmes/{key}/figures.xlsx"): 403,
    ("GET", "/programmes/{key}/bulletin"): 403,
    ("PUT", "/programmes/{key}/bulletin"): 403,
    ("GET", "/programmes/{key}/bulletin.docx"): 403,
    ("GET", "/programmes/{key}/papers"): 403,
    ("POST", "/programmes/{key}/papers"): 403,
    ("POST", "/programmes/{key}/papers/{paper_id}/withdraw"): 403,
    ("GET", "/programmes/{key}/papers.docx"): 403,
    ("GET", "/programmes/{key}/papers.zip"): 403,
    ("GET", "/overdue"): ONLY_OWN,
    ("GET", "/overdue.xlsx"): ONLY_OWN,
    ("GET", "/overdue.csv"): ONLY_OWN,
    ("GET", "/messages"): ONLY_OWN,
    ("GET", "/messages.xlsx"): ONLY_OWN,
    ("GET", "/messages.csv"): ONLY_OWN,
    ("GET", "/messages/{message_id}"): 404,
    ("POST", "/messages/{message_id}/resend"): 404,
    ("GET", "/calendar.ics"): ONLY_OWN,
    ("GET", "/search"): ONLY_OWN,
    ("GET", "/feeds"): ONLY_OWN,
    ("POST", "/feeds"): 403,
    ("POST", "/feeds/{feed_id}/revoke"): 404,
    ("GET", "/clock"): ONLY_OWN,
    ("POST", "/clock"): 403,
}
WRITING = [call for call in MATRIX if call[0] != "GET"]
BODIES: dict[str, dict[str, Any]] = {
    "content": {"fields": {"benchmark-region": "江苏省徐州市"}},
    "extend": {"until": "2022-02-01", "comment": "待上级确认"},
    "clock": {"now": "2022-01-06T09:00:00+08:00"},
    "open": {"obligation": "target-choice", "due": "2022-02-01", "comment": "按规定办理"},
    "finding": {"kind": "unheard-of", "comment": "台账不符"},
    "reassign": {"to": "ldxz-mishuzhang", "comment": "住院"},
    "delegations": {
        "principal": "fsz-jiaoyu", "delegate": "ldxz-mishuzhang", "since": "2022-01-06", "until": "2022-01-12",
        "comment": "外出招商",
    },
    "absences": {"person": "fsz-jiaoyu", "since": "2022-01-06", "until": "2022-01-12"},
    "feeds": {"unit": OWN},
    "bulletin": {"period": "2022Q1", "measures": "请抓紧报送。"},
    "papers": {"units": [OWN], "reply_by": "2022-01-12"},
    "paper": {"received": "2022-01-05", "signed_by": "副市长", "comment": "网络故障"},
    "extension-requests": {"until": "2022-03-01", "reason": "待上级确认"},
    "batches": {"act": "urge", "ids": [1], "fingerprint": "x"},
    "preview": {"act": "urge", "ids": [1]},
    "supervision": {"changes": {"KJJ": "常务副市长"}, "since": "2022-01-06", "comment": "分工通知"},
    "{person_key}": {"name": "市教育体育局联络员", "email": "jytyj.liaison@example.cn"},
    "holdings": {"post": "联络员", "unit": OWN, "person": "kjj-head", "since": "2022-01-06"},
    "end": {"until": "2022-01-31"},
}  # fmt: skip
#: Calls that take a file, with what is sent beside it.
UPLOADS: dict[str, tuple[str, dict[str, str]]] = {
    "programmes": ("roster", {"shelf": "ordos-benchmarking", "cycle": "2023"}),
    "amendments": ("definition", {"comment": "按规定办理"}),
    "roster": ("file", {}),
    "calendars": ("file", {}),
}
#: Rows of no unit: whoever may not touch them is told so before they are looked for.
STANDING_IN = {
    "code": OWN, "person_key": "jytyj-liaison", "holding_id": 1, "year": 2022,
    "delegation_id": 1, "absence_id": 1, "batch_id": 1, "request_id": 1, "feed_id": 1, "paper_id": 1,
    "version": 1,
}  # fmt: skip
#: What an inspector may do, and is refused for another reason here.
INSPECTORS_OWN = {("POST", "/submissions/{submission_id}/finding"): 422}


def routes() -> Iterator[APIRoute]:
    for router in api.ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            yield route


@pytest.fixture
def january(house: House) -> House:
    """One plan with an attachment waits for its leader; the first deadline has passed."""
    now = house.world.submission(OWN).due_at
    house.world.hand_in(OWN, "research-trip", now=now)
    house.advance(NOW)
    house.world.fill(OWN, "work-plan", now=now)
    with house.world.act(now, Actor("联络员", "unit", OWN)) as act:
        extensions.ask(act, house.world.id_of(OWN, "work-plan"), until=date(2022, 3, 1), reason="待上级确认")
        act.session.add(Batch(act="urge", at=now, by="值班员"))
    return house


def attachment_of(house: House) -> int:
    plan = house.office().get(house.submission(OWN, "work-plan")).json()
    return int(plan["attachments"][0]["id"])


def message_to(house: House, person: str) -> int:
    found = house.office().get(f"{API}/messages", params={"recipient": person}).json()
    return int(found["items"][0]["id"])


def places(house: House, unit: str) -> dict[str, object]:
    """What stands in the paths: things of the unit."""
    return {
        "key": PROGRAMME,
        "submission_id": house.world.id_of(unit, "work-plan"),
        "attachment_id": attachment_of(house),
        "message_id": message_to(house, f"{unit.lower()}-liaison"),
        **STANDING_IN,
    }


def send(client: TestClient, call: Call, values: dict[str, object]) -> Response:
    method, path = call
    last = path.rsplit("/", 1)[1]
    address = API + path.format_map(values)
    if method == "POST" and last in UPLOADS:
        name, beside = UPLOADS[last]
        return client.post(address, files={name: ("x.yaml", b"x", "text/plain")}, data=beside)
    if last == "attachments":
        return client.post(address, files={"file": ("x.pdf", b"%PDF", "application/pdf")})
    body = BODIES.get(last, {"comment": "按规定办理"}) if method in ("POST", "PUT") else None
    return client.request(method, address, json=body)


def test_matrix_names_every_call_and_no_other() -> None:
    found = {(method, route.path.removeprefix(API)) for route in routes() for method in route.methods or ()}
    assert found == set(MATRIX)


def test_every_call_is_described_under_a_name_of_its_own(sqlite_house: House) -> None:
    described = sqlite_house.app.openapi()["paths"]
    assert {(m.upper(), path.removeprefix(API)) for path, calls in described.items() for m in calls} == set(MATRIX)
    names = [route.name for route in routes()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("call", MATRIX, ids=" ".join)
def test_call_without_credentials_is_refused(sqlite_house: House, call: Call) -> None:
    values = {"key": PROGRAMME, "submission_id": 1, "attachment_id": 1, "message_id": 1} | STANDING_IN
    before = sqlite_house.world.dump()
    answer = send(sqlite_house.anybody(), call, dict(values))
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert sqlite_house.world.dump() == before


def test_foreign_unit_gets_what_the_matrix_says_and_changes_nothing(january: House) -> None:
    foreign, outside = january.unit(FOREIGN), january.unit(OUTSIDE)
    values = places(january, OWN)
    before = january.world.dump()
    got = {}
    for call in MATRIX:
        client = outside if "{key}" in call[1] else foreign
        got[call] = send(client, call, values).status_code
    assert got == MATRIX
    assert january.world.dump() == before


def test_lists_of_a_unit_hold_nothing_of_another(january: House) -> None:
    mine = january.unit(FOREIGN)
    name = january.office().get(january.submission(OWN)).json()["unit"]["name"]
    for (method, path), status in MATRIX.items():
        if method == "GET" and status == ONLY_OWN and not path.endswith(".xlsx"):
            text = mine.get(API + path).text
            assert name not in text and f'"{OWN}"' not in text, path
    assert mine.get(f"{API}/overdue").json()["total"] == 1
    assert january.unit(OUTSIDE).get(f"{API}/programmes").json() == {"items": [], "total": 0, "next": None}


@pytest.mark.parametrize("query", [f"unit={OWN}", "unit=市科学技术局"])
def test_unit_that_asks_for_another_by_name_gets_nothing(january: House, query: str) -> None:
    mine = january.unit(FOREIGN)
    for path in ("submissions", "overdue"):
        assert mine.get(f"{API}/{path}?{query}").json()["total"] == 0
    assert mine.get(f"{API}/messages?submission={january.world.id_of(OWN)}").json()["total"] == 0


def test_inspector_reads_everything_and_changes_nothing(january: House) -> None:
    inspector, values = january.client("inspector"), places(january, OWN)
    before = january.world.dump()
    for call in MATRIX:
        answer = send(inspector, call, values)
        assert answer.status_code == INSPECTORS_OWN.get(call, 403 if call in WRITING else 200), call
        if call in WRITING and call not in INSPECTORS_OWN:
            assert answer.json()["code"] == "forbidden"
    assert january.world.dump() == before


def test_unit_may_not_make_the_offices_moves_even_on_its_own(january: House) -> None:
    mine, values = january.unit(OWN), places(january, OWN)
    before = january.world.dump()
    for move in ("accept", "approve", "return", "extend", "exempt", "reopen", "urge", "finding", "reassign"):
        answer = send(mine, ("POST", f"/submissions/{{submission_id}}/{move}"), values)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert january.world.dump() == before


def test_unit_reads_its_own_in_full(january: House) -> None:
    mine, values = january.unit(OWN), places(january, OWN)
    for call, foreign in MATRIX.items():
        if call[0] == "GET":
            assert send(mine, call, values).status_code == (403 if foreign == 403 else 200), call
