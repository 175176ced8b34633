"""Every route of the application, walked by people it is not for: a unit at another's things, an inspector, nobody.

The routes are read from the application, so that a new one cannot be forgotten: a part of an address that is not known
here fails the walk until somebody says what stands there.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from httpx2 import Response
from starlette.routing import BaseRoute

from tests.web.browsing import Office, Visitor
from tests.web.client import PROGRAMME
from tests.workflow.world import local
from web import access
from workflow import catalogue

OWN, FOREIGN = "KJJ", "FGW"
Call = tuple[str, str]
#: Parts of an address that name something of the other unit: nothing but 403 and 404 may come of them.
OF_OTHERS = frozenset(
    {"submission_id", "attachment_id", "message_id", "sign_off_id", "request_id", "code", "person_key", "holding_id"}
)
#: What else stands in addresses; the same for every walk. Drafts and link tokens are known to whoever made them alone.
PLAIN: Mapping[str, str] = {
    "draft": "made-up", "token": "x" * 43, "number": "1", "year": "2022", "kind": "csv", "what": "disable",
    "ending": "xlsx", "move": "urge", "name": "request", "feed_id": "1", "batch_id": "1", "delegation_id": "1",
    "absence_id": "1", "token_id": "1", "paper_id": "1", "request_id": "1", "holding_id": "1",
    "version": "1",
}  # fmt: skip
#: ``key`` by the beginning of the address.
KEYS = {"/programmes": PROGRAMME, "/api/v1/programmes": PROGRAMME, "/people": "fgw-liaison", "/calendar": "made-up"}
#: What ends the walk's own session, and what makes a thing of one's own.
LEAVES = {("POST", "/logout")}
MAKES = {("POST", "/feeds"), ("POST", "/api/v1/feeds")}
#: Whoever reads a submission may have its 审签单, with a number of its own.
HANDED_OUT = {("POST", "/submissions/{submission_id:int}/sheet")}


def flat(routes: Iterable[BaseRoute]) -> Iterator[APIRoute]:
    """Every route, also of the routers that were included."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from flat(route.original_router.routes)


def calls(office: Office) -> list[Call]:
    found = [(method, route.path) for route in flat(office.app.routes) for method in sorted(route.methods or ())]
    assert len(found) > 150, "the walk has lost its routes"
    return [call for call in found if call[0] != "HEAD" and call not in LEAVES]


@pytest.fixture
def busy(sqlite_office: Office) -> Office:
    """The other unit has filed, with an attachment, messages and a sheet; both have something overdue."""
    office = sqlite_office
    for obligation in ("target-choice", "research-trip", "work-plan"):
        office.world.file(FOREIGN, obligation, now=local("2022-01-03 11:00"))
    office.at("2022-01-06 10:00")
    clerk = office.person()
    clerk.open(f"/submissions/{office.world.id_of(FOREIGN)}/sheet")
    assert clerk.press("编号并出具").status == 200
    return office


def places(office: Office) -> dict[str, str]:
    """What of the other unit stands in addresses."""
    clerk = office.person("office", name="second")
    plan = clerk.client.get(f"/api/v1/submissions/{office.world.id_of(FOREIGN, 'work-plan')}").json()
    message = clerk.client.get("/api/v1/messages", params={"recipient": "fgw-liaison"}).json()["items"][0]
    return {
        **PLAIN,
        "submission_id": str(plan["id"]),
        "attachment_id": str(plan["attachments"][0]["id"]),
        "message_id": str(message["id"]),
        "sign_off_id": str(office.world.requests(FOREIGN, "work-plan")[0].id),
        "code": FOREIGN,
        "person_key": "fgw-liaison",
    }


def address(path: str, values: Mapping[str, str]) -> str:
    """The route's address with the other unit's things in it; KeyError for a part nobody has spoken of."""
    key = next((value for start, value in KEYS.items() if path.startswith(start)), None)
    known = {**values, **({"key": key} if key else {})}
    return re.sub(r"{(\w+)(?::\w+)?}", lambda part: known[part[1]], path)


def send(client: TestClient, call: Call, path: str, form_token: str) -> Response:
    method = call[0]
    if method == "GET":
        return client.get(path, follow_redirects=False)
    headers = {access.FORM_HEADER: form_token}
    if path.startswith("/api/"):
        return client.request(method, path, json={"comment": "按规定办理"}, headers=headers)
    data = {"form_token": form_token, "comment": "按规定办理", "unit": FOREIGN, "name": "office"}
    return client.request(method, path, data=data, follow_redirects=False)


def said(response: Response) -> str:
    """Everything an answer says, also in a workbook."""
    if response.content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(response.content)) as parts:
            return "\n".join(parts.read(name).decode(errors="replace") for name in parts.namelist())
    return response.content.decode(errors="replace") + str(dict(response.headers))


def token_of(visitor: Visitor) -> str:
    return visitor.open("/sessions").form("退出")[0].fields["form_token"][0]


def names_of(office: Office) -> list[str]:
    """What would tell of the other unit: its name, its people's and their keys."""
    with office.engine.looking() as act:
        directory = next(iter(catalogue.audiences(act, catalogue.every(act)).values())).directory
        return [directory.unit(FOREIGN).name, directory.person("fgw-liaison").name, "fgw-liaison"]


def test_a_unit_finds_nothing_of_another_behind_any_route(busy: Office) -> None:
    values, unit = places(busy), busy.liaison(OWN)
    token, names, faults = token_of(unit), names_of(busy), list[str]()
    before = busy.world.dump()
    for call in calls(busy):
        answer = send(unit.client, call, address(call[1], values), token)
        theirs = bool(OF_OTHERS & set(re.findall(r"{(\w+)", call[1])))
        # 422 comes before anything is looked up: what was sent is nothing this call reads.
        if theirs and answer.status_code not in (403, 404, 422):
            faults.append(f"{call} answers {answer.status_code}")
        faults += [f"{call} says {name}" for name in names if name in said(answer)]
        if call in MAKES:
            before = busy.world.dump()
    assert not faults
    assert busy.world.dump() == before


def test_an_inspector_writes_nothing_by_any_route(busy: Office) -> None:
    values, inspector = places(busy), busy.person("inspector")
    token, before = token_of(inspector), busy.world.dump()
    done = []
    for call in calls(busy):
        if call[0] != "GET" and call not in MAKES | HANDED_OUT:
            done.append((call, send(inspector.client, call, address(call[1], values), token).status_code))
    assert busy.world.dump() == before, [one for one in done if one[1] < 400]


def test_nobody_gets_anything_by_any_route(busy: Office) -> None:
    # The key is in an address of this walk, which the way to the sign-in page repeats.
    values, names, faults = places(busy), names_of(busy)[:-1], list[str]()
    nobody, before = busy.anybody(), busy.world.dump()
    for call in calls(busy):
        answer = send(nobody, call, address(call[1], values), "")
        faults += [f"{call} says {name}" for name in names if name in said(answer)]
        inside = call[1].startswith("/api/v1/") and "openapi" not in call[1]
        if inside and answer.status_code not in (401, 422):
            faults.append(f"{call} answers {answer.status_code}")
    assert not faults
    assert busy.world.dump() == before
