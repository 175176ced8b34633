"""An inspection that nobody announced, looked for through every door by the unit that is inspected."""

from io import BytesIO
from zipfile import ZipFile

from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from httpx2 import Response

from tests.web.browsing import Office
from tests.web.client import API
from tests.workflow.chained import INSPECTOR, KEY, Chain, day
from tests.workflow.world import local
from web import api
from workflow import by_hand, findings

MAY = local("2022-05-18 10:00")
HIDDEN = ("inspection", "planned-inspection", "referral")
#: What would give it away: titles, keys, the finder's words.
TRACES = ("四不两直", "暗访", "移交处理", "inspection", "referral", "夜间突查")

#: Calls of a unit's own; what stands in their paths is tried with all that it may know of.
READING = {
    "/programmes", "/programmes/{key}", "/programmes/{key}/board", "/programmes/{key}/board.xlsx",
    "/programmes/{key}/versions", "/submissions/{submission_id}/versions",
    "/submissions/{submission_id}/versions/{version}", "/extension-requests", "/search", "/calendars",
    "/calendars/{year}",
    "/submissions", "/submissions/{submission_id}", "/submissions/{submission_id}/attachments/{attachment_id}",
    "/overdue", "/overdue.xlsx", "/overdue.csv", "/messages", "/messages.xlsx", "/messages.csv",
    "/messages/{message_id}", "/calendar.ics", "/feeds", "/clock",
}  # fmt: skip
#: Calls that a unit is refused whole.
OFFICE_READING = {
    "/approvers", "/delegations", "/absences", "/people", "/people/{person_key}", "/units", "/units/{code}",
    "/roster.xlsx", "/roster-changes", "/batches", "/batches/{batch_id}", "/programmes/{key}/figures",
    "/programmes/{key}/figures.xlsx", "/programmes/{key}/bulletin", "/programmes/{key}/bulletin.docx",
    "/programmes/{key}/papers", "/programmes/{key}/papers.docx", "/programmes/{key}/papers.zip",
}  # fmt: skip
PAGES = ("/", f"/programmes/{KEY}", "/overdue", "/messages", "/workbench", "/timeline?weeks=13")


def inspected(chain: Chain) -> Office:
    """U2 has been inspected, planned and unplanned; what was found is put right and handed on."""
    house = Office(chain.world)
    house.engine.advance(MAY)
    with chain.world.act(MAY) as act:
        (row,) = by_hand.open_now(act, KEY, "inspection", unit="U2", due=day("2022-05-20"), comment="夜间突查")
    chain.file(row.id or 0, {"seen": "夜间突查所见"}, now=MAY)
    with chain.world.act(MAY, INSPECTOR) as act:
        findings.record(act, row.id or 0, kind="problem", comment="台账与现场不符")
        findings.record(act, chain.id_of("node", "U2"), kind="false-data", comment="数据不实")
    return house


def hidden_ids(chain: Chain) -> list[int]:
    return [row.id or 0 for name in HIDDEN for row in chain.all(name)]


def clean(text: str, where: str) -> None:
    assert not [trace for trace in TRACES if trace in text], where


def text_of(answer: Response) -> str:
    """What an answer says, the sheets of a workbook unpacked."""
    if not answer.content.startswith(b"PK"):
        return answer.text
    with ZipFile(BytesIO(answer.content)) as packed:
        return "".join(packed.read(name).decode() for name in packed.namelist() if name.endswith(".xml"))


def own_ids(client: TestClient, path: str) -> list[int]:
    return [one["id"] for one in client.get(f"{API}{path}?limit=200").json()["items"]]


def test_reading_calls_are_all_walked() -> None:
    routes = [route for router in api.ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    found = {route.path.removeprefix(API) for route in routes if "GET" in (route.methods or ())}
    assert found == READING | OFFICE_READING


def test_lists_programme_board_feed_and_search_hold_no_trace(chain: Chain) -> None:
    client = inspected(chain).unit("U2")
    walked = [path.format(key=KEY, year=2022) for path in READING - {"/search"} if "_id}" not in path]
    asked = (
        "/search?q=查",
        "/search?q=" + TRACES[0],
        "/submissions?unit=U2",
        "/submissions?unit=督",
        "/overdue?unit=U2",
        "/messages?recipient=市长",
    )
    for path in (*walked, *asked):
        answer = client.get(API + path)
        assert answer.status_code == 200, path
        clean(text_of(answer), path)
    for name in HIDDEN:
        assert client.get(f"{API}/submissions?obligation={name}").json()["total"] == 0
        assert client.get(f"{API}/overdue?obligation={name}").json()["total"] == 0


def test_its_own_submissions_and_messages_hold_no_trace(chain: Chain) -> None:
    client = inspected(chain).unit("U2")
    numbers = own_ids(client, "/submissions")
    assert len(numbers) == 2
    for path in (f"/submissions/{number}" for number in numbers):
        clean(client.get(API + path).text, path)
        for version in client.get(f"{API}{path}/versions").json()["items"]:
            clean(client.get(f"{API}{path}/versions/{version['version']}").text, path)
    for path in (f"/messages/{number}" for number in own_ids(client, "/messages")):
        clean(client.get(API + path).text, path)


def test_hidden_submissions_and_their_messages_are_not_found(chain: Chain) -> None:
    house = inspected(chain)
    client, office = house.unit("U2"), house.office()
    for number in hidden_ids(chain):
        assert office.get(f"{API}/submissions/{number}").status_code == 200
        answers = [
            client.get(f"{API}/submissions/{number}"),
            client.get(f"{API}/submissions/{number}/attachments/1"),
            client.put(f"{API}/submissions/{number}/content", json={"fields": {}}),
            client.post(f"{API}/submissions/{number}/submit"),
            client.post(f"{API}/submissions/{number}/finding", json={"kind": "problem", "comment": "甲"}),
        ]
        assert [one.status_code for one in answers] == [404] * 5
        about = office.get(f"{API}/messages?submission={number}").json()["items"]
        assert client.get(f"{API}/messages?submission={number}").json()["total"] == 0
        assert {client.get(f"{API}/messages/{one['id']}").status_code for one in about} <= {404}


def test_pages_hold_no_trace(chain: Chain) -> None:
    house = inspected(chain)
    liaison, client = house.liaison("U2"), house.unit("U2")
    mine = [f"/submissions/{number}" for number in own_ids(client, "/submissions")]
    told = [f"/messages/{number}" for number in own_ids(client, "/messages")]
    for path in (*PAGES, *mine, *told):
        page = liaison.open(path)
        assert page.status == 200, path
        clean(page.response.text, path)
    for number in hidden_ids(chain):
        assert liaison.open(f"/submissions/{number}").status == 404


def test_public_figures_name_nothing(chain: Chain) -> None:
    clean(inspected(chain).anybody().get("/metrics").text, "/metrics")
