"""Refusals over HTTP: one document for each, in Chinese, with nothing of the inside in it."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import Request
from fastapi.testclient import TestClient
from starlette.responses import PlainTextResponse, Response
from structlog.testing import capture_logs

import documents
import notifier
import web
import workflow
from tests.web.client import API, House
from web import problems
from web.shell import LARGEST_BODY
from workflow.refusals import Refusal

JSON = {"Content-Type": "application/json"}


def every_refusal(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    yield kind
    for below in kind.__subclasses__():
        yield from every_refusal(below)


def problem_of(answer: Any) -> dict[str, Any]:
    assert answer.headers["Content-Type"] == problems.MEDIA_TYPE
    found: dict[str, Any] = answer.json()
    assert found["status"] == answer.status_code
    assert found["type"] == f"urn:duban:problem:{found['code']}"
    assert any("一" <= sign <= "鿿" for sign in found["title"])
    return found


def test_every_refusal_of_the_program_has_a_status() -> None:
    for room in (workflow, documents, notifier, web):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if ".migrations" not in module.name and module.name != "documents.cells":
                importlib.import_module(module.name)
    # What only a command or a worker refuses never comes to a request.
    ours = [kind for kind in every_refusal() if not kind.__module__.startswith(("tests", "commands", "workers"))]
    assert len(ours) > 30
    assert {kind.code for kind in ours} <= set(problems.KINDS)


def test_unknown_code_is_an_internal_error() -> None:
    assert problems.problem("made-up").status == 500


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not-found"),
        ("GET", "/submissions/999999", 404, "not-found"),
        ("GET", "/messages/999999", 404, "not-found"),
        ("GET", "/programmes/nothing", 404, "not-found"),
        ("GET", "/programmes/%00", 422, "request-invalid"),
        ("GET", "/submissions/0", 422, "request-invalid"),
        ("GET", "/submissions/x", 422, "request-invalid"),
        ("GET", "/submissions/99999999999999999999", 422, "request-invalid"),
        ("GET", "/submissions?limit=0", 422, "request-invalid"),
        ("GET", "/submissions?limit=201", 422, "request-invalid"),
        ("GET", "/submissions?limit=many", 422, "request-invalid"),
        ("GET", "/submissions?state=late", 422, "request-invalid"),
        ("GET", "/submissions?unit=%00", 422, "request-invalid"),
        ("GET", "/submissions?programme=nothing", 422, "query-refused"),
        ("GET", "/submissions?cursor=nothing", 422, "query-refused"),
        ("GET", "/overdue?sort=unit%20desc", 422, "request-invalid"),
        ("GET", "/overdue?min_days=-1", 422, "request-invalid"),
        ("GET", "/overdue?min_days=99999999999999999999", 422, "request-invalid"),
        ("GET", "/overdue?cursor=%F0%A0%AE%B7", 422, "query-refused"),
        ("GET", "/overdue.xlsx?programme=nothing", 422, "query-refused"),
        ("GET", "/messages?submission=99999999999", 422, "request-invalid"),
        ("GET", "/messages?status=lost", 422, "request-invalid"),
        ("DELETE", "/overdue", 405, "method-not-allowed"),
        ("POST", "/submissions/1/content", 405, "method-not-allowed"),
    ],
)
def test_call_that_cannot_be_answered_says_why(
    sqlite_house: House, method: str, path: str, status: int, code: str
) -> None:
    answer = sqlite_house.office().request(method, API + path)
    found = problem_of(answer)
    assert (found["status"], found["code"]) == (status, code)
    if status == 405:
        assert answer.headers["Allow"]


def test_fault_of_a_request_names_the_field_in_chinese(sqlite_house: House) -> None:
    answer = sqlite_house.office().get(f"{API}/overdue?limit=0&sort=x&min_days=many")
    assert problem_of(answer)["errors"] == [
        {"field": "query.min_days", "detail": "须是整数"},
        {"field": "query.sort", "detail": "不是允许的取值"},
        {"field": "query.limit", "detail": "太小"},
    ]
    answer = sqlite_house.office().post(f"{API}/submissions/1/extend", json={"until": "soon"})
    assert problem_of(answer)["errors"] == [{"field": "until", "detail": "须是日期，写成 2022-01-04"}]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 422),
        (b"\xff\xfe", 422),
        (b'{"fields": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
        (b'{"fields": {"trips": ' + b"9" * 5000 + b"}}", 400),
        (b'{"fields": NaN}', 422),
        (b"null", 422),
        (b"", 422),
    ],
)
def test_body_that_is_no_json_object_is_refused(sqlite_house: House, body: bytes, status: int) -> None:
    answer = sqlite_house.office().put(f"{API}/submissions/1/content", content=body, headers=JSON)
    assert problem_of(answer)["code"] == "request-invalid"
    assert answer.status_code == status


@pytest.mark.parametrize(
    "value", [float("inf"), 1e308, "9" * 5000, "1e999999999", {"a": []}, [[]], True, "𠮷", "\u202e", "x" * 300]
)
def test_strange_numbers_and_dates_are_handled_or_refused(sqlite_house: House, value: object) -> None:
    path = f"{sqlite_house.submission('KJJ', 'research-trip')}/content"
    for field in ("trips", "first-trip", "contact"):
        body = json.dumps({"fields": {field: value}})
        assert sqlite_house.office().put(path, content=body, headers=JSON).status_code in (200, 422)


@pytest.mark.parametrize("comment", ['"\\ud800"', '"\\u0000"', "7", "[]", "{}", "true"])
def test_comment_that_is_no_text_is_refused(sqlite_house: House, comment: str) -> None:
    answer = sqlite_house.office().post(
        f"{API}/submissions/1/urge", content='{"comment": ' + comment + "}", headers=JSON
    )
    assert problem_of(answer)["errors"][0]["field"] == "comment"


def test_answer_to_a_hundred_thousand_faults_is_short(sqlite_house: House) -> None:
    fields = {f"no-such-field-{number}": "x" for number in range(100_000)}
    answer = sqlite_house.office().put(f"{API}/submissions/1/content", json={"fields": fields})
    assert problem_of(answer)["code"] == "content-unreadable"
    assert len(problem_of(answer)["errors"]) == 100


def test_body_larger_than_allowed_is_cut_off(sqlite_house: House) -> None:
    office, path = sqlite_house.office(), f"{API}/submissions/1/content"
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 4 * LARGEST_BODY:
            sent += 1024 * 1024
            yield b" " * 1024 * 1024

    declared = office.put(path, content=b" " * (LARGEST_BODY + 1), headers=JSON)
    streamed = office.put(path, content=endless(), headers=JSON)
    for answer in (declared, streamed):
        assert (answer.status_code, problem_of(answer)["code"]) == (413, "body-too-large")


def test_fault_of_the_program_is_logged_and_tells_nothing(sqlite_house: House) -> None:
    @sqlite_house.app.get("/api/v1/broken")
    def broken() -> None:
        raise RuntimeError("the password is hunter2")

    with capture_logs() as logged:
        answer = sqlite_house.anybody().get("/api/v1/broken")
    assert answer.status_code == 500
    assert problem_of(answer)["code"] == "internal-error"
    assert "hunter2" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    failed = [entry for entry in logged if entry["log_level"] == "error"]
    assert [entry["path"] for entry in failed] == ["/api/v1/broken"]
    assert failed[0]["exc_info"]


def test_people_get_a_page_and_programs_a_document(sqlite_house: House) -> None:
    browser = sqlite_house.anybody()
    page = browser.get("/no-such-page")
    assert page.status_code == 404
    assert page.headers["Content-Type"].startswith("text/html")
    assert "没有找到" in page.text
    seen = []

    def shown(request: Request, status: int, title: str, detail: str) -> Response:
        seen.append((status, title, detail, request.state.problem.code))
        return PlainTextResponse("the pages' own", status)

    sqlite_house.app.state.html_problem = shown
    assert browser.get("/no-such-page").text == "the pages' own"
    assert seen == [(404, "没有找到", "没有找到您要的内容。", "not-found")]
    assert problem_of(browser.get("/api/v1/nothing"))["code"] == "not-found"


def test_client_library_needs_nothing_but_the_description(sqlite_house: House) -> None:
    browser: TestClient = sqlite_house.anybody()
    described = browser.get(f"{API}/openapi.json").json()
    text = str(described)
    assert "HTTPValidationError" not in text
    for path, calls in described["paths"].items():
        for method, call in calls.items():
            assert call["description"], path
            assert call["security"], path
            assert {"401", "403", "422"} <= set(call["responses"]), (method, path)
    assert set(described["components"]["securitySchemes"]) == {"token", "session"}
    assert "Problem" in described["components"]["schemas"]
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert browser.get(path).status_code == 404
