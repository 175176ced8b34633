"""The service itself: is it alive, what it counts, what it logs, the headers round every answer."""

from contextlib import closing

import pytest
from structlog.testing import capture_logs

from tests.databases import Server
from tests.launched import ordos
from tests.patterns import Patterns
from tests.web.client import API, House
from tests.workflow.world import World, local
from web.shell import redacted


def test_service_is_healthy_while_sweeps_are_young(sqlite_house: House) -> None:
    anybody = sqlite_house.anybody()
    for age, status, said in ((0.0, 200, "ok"), (90.0, 200, "ok"), (90.1, 503, "stalled"), (4000.0, 503, "stalled")):
        sqlite_house.seconds_since_sweep = age
        answer = anybody.get("/healthz")
        assert (answer.status_code, answer.json()["status"]) == (status, said)
    assert anybody.get("/healthz").json()["seconds_since_sweep"] == 4000.0


def test_service_is_ready_while_its_store_answers(house: House) -> None:
    assert house.anybody().get("/readyz").json() == {"status": "ok"}


def test_service_without_its_store_says_so_everywhere(postgresql_server: Server, patterns: Patterns) -> None:
    url = postgresql_server.create("soon_gone", template=patterns.name("postgresql", ordos))
    with closing(World.opened(url)) as world:
        house = House(world)
        office = house.office()
        assert office.get(f"{API}/overdue").status_code == 200
        postgresql_server.drop("soon_gone")
        ready = office.get("/readyz")
        assert (ready.status_code, ready.json()) == (503, {"status": "unavailable"})
        with capture_logs() as logged:
            answer = office.get(f"{API}/overdue")
        assert (answer.status_code, answer.json()["code"]) == (503, "store-unusable")
        assert "soon_gone" not in answer.text
        assert "error" in [entry["log_level"] for entry in logged]
        assert "duban_store_up 0.0" in office.get("/metrics").text


def test_figures_count_submissions_messages_and_requests(house: House) -> None:
    house.world.hand_in("KJJ", now=local("2022-01-04 10:00"))
    house.advance("2022-01-05 09:30")
    house.seconds_since_sweep = 2.5
    office = house.office()
    office.get(f"{API}/submissions/1")
    office.get(f"{API}/submissions/2")
    office.get(f"{API}/submissions/99999")
    office.get("/wp-admin.php")
    office.request("PROPFIND", "/")
    answer = house.anybody().get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = set(answer.text.splitlines())
    route = f"{API}/submissions/{{submission_id}}"
    assert {
        "duban_seconds_since_sweep 2.5",
        "duban_store_up 1.0",
        'duban_submissions{state="overdue"} 61.0',
        'duban_submissions{state="draft"} 122.0',
        'duban_submissions{state="exempt"} 0.0',
        'duban_messages{status="sent"} 0.0',
        f'duban_http_requests_total{{method="GET",route="{route}",status="200"}} 2.0',
        f'duban_http_requests_total{{method="GET",route="{route}",status="404"}} 1.0',
        'duban_http_requests_total{method="GET",route="(none)",status="404"} 1.0',
        'duban_http_requests_total{method="other",route="(none)",status="404"} 1.0',
    } <= lines
    assert not [line for line in lines if "99999" in line or "wp-admin" in line]


def test_figures_of_two_services_in_one_process_are_apart(sqlite_house: House) -> None:
    sqlite_house.anybody().get("/nothing")
    other = House(sqlite_house.world)
    assert "duban_http_requests_total{" not in other.anybody().get("/metrics").text


@pytest.mark.parametrize(
    "path", ["/healthz", "/metrics", "/nothing", f"{API}/overdue", f"{API}/nothing", f"{API}/openapi.json"]
)
def test_every_answer_carries_the_security_headers(sqlite_house: House, path: str) -> None:
    for client in (sqlite_house.anybody(), sqlite_house.office()):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"] == (
            "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        )
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"


def test_log_names_the_request_and_keeps_its_secrets(sqlite_house: House) -> None:
    token = sqlite_house.token()
    with capture_logs() as logged:
        sqlite_house.anybody().get(f"{API}/calendar.ics", params={"token": token})
        sqlite_house.anybody().get("/s/abcdefghijklmnopqrstuvwxyz0123456789/all")
    requests = [entry for entry in logged if entry["event"] == "request"]
    assert [(entry["method"], entry["path"], entry["status"]) for entry in requests] == [
        ("GET", f"{API}/calendar.ics", 200),
        ("GET", "/s/…/all", 404),
    ]
    assert token not in str(logged) and "abcdefgh" not in str(logged)


def test_only_what_follows_the_sign_off_address_is_struck_out() -> None:
    assert redacted("/s/token") == "/s/…"
    assert redacted("/s/token/attachments/3") == "/s/…/attachments/3"
    assert redacted("/submissions/3") == "/submissions/3"
    assert redacted("/static/s/x.css") == "/static/s/x.css"
