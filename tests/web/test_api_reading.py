"""What the API gives to read: every list and detail in the shape the contract names."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.web.client import ADDRESS, API, PROGRAMME, House
from tests.workflow.world import LAUNCH, local

UNIT = "KJJ"


def get(house: House, path: str, **query: object) -> Any:
    answer = house.office().get(API + path, params={name: str(value) for name, value in query.items()})
    assert answer.status_code == 200, answer.text
    return answer.json()


def instants(found: object) -> list[str]:
    """Every text in an answer that is an instant."""
    if isinstance(found, dict):
        return [text for value in found.values() for text in instants(value)]
    if isinstance(found, list):
        return [text for value in found for text in instants(value)]
    return [found] if isinstance(found, str) and len(found) > 18 and found[10:11] == "T" and found[4] == "-" else []


@pytest.fixture
def january(house: House) -> House:
    """A day and a half after the first deadline, one submission at its leader's desk."""
    house.world.hand_in(UNIT, now=local("2022-01-04 10:00"))
    house.advance("2022-01-06 10:00")
    return house


def test_programmes_are_listed_with_counts_and_next_deadline(january: House) -> None:
    found = get(january, "/programmes")
    assert (found["total"], found["next"]) == (1, None)
    (one,) = found["items"]
    assert (one["key"], one["title"], one["cycle"], one["units"]) == (PROGRAMME, "对标先进提升创建工作", 2022, 61)
    assert one["counts"] == {
        "draft": 122, "pending": 0, "filed": 0, "overdue": 61, "exempt": 0, "filed_late": 0, "total": 183,
    }  # fmt: skip
    assert one["next_deadline"] == {
        "obligation": "research-trip", "obligation_title": "建立工作联系并开展专题调研", "occurrence": "2022",
        "due_date": "2022-02-10", "due_at": "2022-02-11T00:00:00+08:00", "open_count": 61,
    }  # fmt: skip


def test_programme_shows_its_definition_with_dates(house: House) -> None:
    found = get(house, f"/programmes/{PROGRAMME}")
    choice = found["obligations"][0]
    assert (choice["id"], choice["owed_by"], choice["stage"]) == ("target-choice", "member-units", "establish")
    assert choice["sign_off"] == [
        {"by": "supervising-leader", "exceptions": {"party-departments": "unit-head"}, "need": "all"}
    ]
    assert choice["form"][0]["name"] == "benchmark-region"
    assert choice["form"][0]["label"] == "建标学习对象所在地区"
    assert [rung["at"] for rung in choice["ladder"]] == [
        "-3wd 09:00", "-1wd 09:00", "due", "+1wd 09:00", "+3wd 09:00", None,
    ]  # fmt: skip
    assert choice["ladder"][5] == {
        "at": None, "pending_for": "+1wd", "every": "+1wd", "at_most": 5, "to": ["approver"],
        "say": "reminder", "light": None,
    }  # fmt: skip
    assert choice["occurrences"] == [
        {
            "occurrence": "2022",
            "due_date": "2022-01-04",
            "due_at": "2022-01-05T00:00:00+08:00",
            "rungs": [
                "2021-12-29T09:00:00+08:00", "2021-12-31T09:00:00+08:00", "2022-01-05T00:00:00+08:00",
                "2022-01-05T09:00:00+08:00", "2022-01-07T09:00:00+08:00", None,
            ],
            "heading": "",
            "counts": {
                "draft": 61, "pending": 0, "filed": 0, "overdue": 0, "exempt": 0, "filed_late": 0, "total": 61,
            },
        }
    ]  # fmt: skip
    assert found["obligations"][2]["criteria"][0]["name"] == "clear-goals"
    assert found["stages"][0]["title"] == "建标阶段"
    assert found["posts"]["supervising-leader"] == "市人民政府分管领导"


def test_board_is_units_by_obligations(january: House) -> None:
    found = get(january, f"/programmes/{PROGRAMME}/board", waiting_on="approver")
    assert [column["obligation"] for column in found["columns"]] == ["target-choice", "research-trip", "work-plan"]
    assert found["counts"]["total"] == 183
    (row,) = found["rows"]
    assert row["unit"] == {"code": UNIT, "name": "市科学技术局", "category": "市人民政府组成部门"}
    cell = row["cells"][0]
    assert (cell["state"], cell["light"], cell["waiting_on"], cell["days_late"]) == ("overdue", "red", "approver", 2)
    assert cell["submission"] == january.world.id_of(UNIT)
    assert cell["standing"] == "逾期（待审签）"


def test_submission_in_full_has_everything_the_contract_names(january: House) -> None:
    found = get(january, f"/submissions/{january.world.id_of(UNIT)}")
    named = {
        "id", "programme", "obligation", "occurrence", "unit", "state", "waiting_on", "due_date", "due_at", "filed_at",
        "late", "days_late", "working_days_late", "light", "content", "content_version", "content_hash", "sign_off",
        "extension", "history",
    }  # fmt: skip
    assert named <= set(found)
    assert (found["programme"], found["obligation"], found["occurrence"]) == (PROGRAMME, "target-choice", "2022")
    assert (found["due_date"], found["due_at"]) == ("2022-01-04", "2022-01-05T00:00:00+08:00")
    assert (found["state"], found["waiting_on"], found["filed_at"], found["late"]) == (
        "overdue", "approver", None, False,
    )  # fmt: skip
    assert (found["days_late"], found["working_days_late"], found["light"]) == (2, 2, "red")
    (line,) = found["sign_off"]
    assert {"step", "post", "holder", "decision", "decided_at", "comment"} <= set(line)
    assert found["stuck_with"] == [{"post": line["post"], "name": line["holder"]}]
    assert [entry["event"] for entry in found["history"]] == ["launch", "edit", "submit", "lapse", "light"]
    assert found["history"][-2]["at"] == "2022-01-05T00:00:00+08:00"
    assert [(one["at"], one["text"]) for one in found["lights"]] == [
        ("2022-01-05T00:00:00+08:00", "绿灯转黄灯：逾期"),
        ("2022-01-05T09:00:00+08:00", "黄灯转红灯：截止后1个工作日督办"),
    ]
    assert found["extension"] is None
    assert set(found["moves"]) == {"approve", "return", "withdraw", "extend", "exempt", "urge"}


def test_every_instant_carries_the_offset_of_shanghai(january: House) -> None:
    paths = ["/programmes", f"/programmes/{PROGRAMME}", f"/programmes/{PROGRAMME}/board", "/submissions?limit=5"]
    paths += [f"/submissions/{january.world.id_of(UNIT)}", "/overdue?limit=5", "/messages?limit=5", "/clock"]
    for path in paths:
        found = instants(get(january, path))
        assert found, path
        assert {datetime.fromisoformat(text).utcoffset() for text in found} == {timedelta(hours=8)}, path


def test_submissions_are_listed_page_by_page(january: House) -> None:
    office, seen, cursor = january.office(), [], None
    while True:
        page = office.get(f"{API}/submissions", params={"limit": 100} | ({"cursor": cursor} if cursor else {})).json()
        seen += [one["id"] for one in page["items"]]
        assert page["total"] == 183
        if (cursor := page["next"]) is None:
            break
    assert len(set(seen)) == 183
    overdue = get(january, "/submissions", programme=PROGRAMME, state="overdue", waiting_on="approver")
    assert [one["unit"]["code"] for one in overdue["items"]] == [UNIT]


def test_overdue_list_has_everything_the_contract_names(january: House) -> None:
    found = get(january, "/overdue", unit=UNIT)
    assert set(found) == {"items", "total", "next", "by_category", "by_obligation", "as_of"}
    (one,) = found["items"]
    assert one == {
        "id": january.world.id_of(UNIT),
        "programme": PROGRAMME,
        "obligation": "target-choice",
        "obligation_title": "报送建标学习对象",
        "occurrence": "2022",
        "unit": {"code": UNIT, "name": "市科学技术局", "category": "市人民政府组成部门"},
        "due_date": "2022-01-04",
        "due_at": "2022-01-05T00:00:00+08:00",
        "days_late": 2,
        "working_days_late": 2,
        "waiting_on": "approver",
        "stuck_with": [{"post": "副市长（分管工业和信息化）", "name": "副市长（分管工业和信息化）", "mobile": ""}],
        "last_alert_at": "2022-01-06T09:00:00+08:00",
        "rung": "pending_for +1wd",
        "rung_title": "送审1个工作日未签",
        "light": "red",
        "heading": "",
        "subject": None,
    }
    assert found["as_of"] == "2022-01-06T10:00:00+08:00"
    assert found["by_category"] == {"市人民政府组成部门": 1}
    assert found["by_obligation"] == {"target-choice": 1}


def test_overdue_list_is_filtered_sorted_and_paged(january: House) -> None:
    office = january.office()
    query = {"programme": PROGRAMME, "obligation": "target-choice", "min_days": "2", "sort": "unit", "limit": "40"}
    first = office.get(f"{API}/overdue", params=query).json()
    second = office.get(f"{API}/overdue", params={**query, "cursor": first["next"]}).json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (40, 21, None)
    assert first["total"] == second["total"] == 61
    assert [one["unit"]["code"] for one in first["items"]][:5] == ["ZZB", "XCB", "TZB", "ZFW", "FGW"]
    assert get(january, "/overdue", category="党委部门", waiting_on="unit")["total"] == 4
    assert get(january, "/overdue", min_days=3)["total"] == 0


def test_message_is_proof_of_delivery(january: House) -> None:
    found = get(january, "/messages", submission=january.world.id_of(UNIT), recipient="fsz-gongye")
    assert found["total"] == len(found["items"])
    one = found["items"][-1]
    assert (one["kind"], one["recipient"]["person"]) == ("request", "fsz-gongye")
    assert one["recipient"]["post"] == "副市长（分管工业和信息化）"
    assert {"channel", "attempts", "answer", "message_id", "status", "sent_at"} <= set(one)
    assert (one["items"][0]["submission"], one["items"][0]["reason"]) == (january.world.id_of(UNIT), "request")
    assert get(january, f"/messages/{one['id']}") == one
    assert get(january, "/messages", status="sent")["total"] == 0


def test_clock_stands_where_it_was_put_and_names_what_comes_next(house: House) -> None:
    assert get(house, "/clock") == {
        "now": "2021-12-31T08:30:00+08:00", "next": "2021-12-31T09:00:00+08:00", "rehearsal": True,
    }  # fmt: skip


def test_clock_runs_everything_due_on_the_way_in_order(house: House) -> None:
    office = house.office()
    moved = office.post(f"{API}/clock", json={"now": "2022-01-05T09:30:00+08:00"})
    assert moved.status_code == 200
    assert moved.json()["now"] == "2022-01-05T09:30:00+08:00"
    assert moved.json()["next"] == "2022-01-07T09:00:00+08:00"
    assert office.get(f"{API}/overdue").json()["total"] == 61
    kinds = [one["kind"] for one in office.get(f"{API}/messages?limit=200").json()["items"]]
    assert {"reminder", "lapse", "escalation"} <= set(kinds)


def test_instant_without_an_offset_is_shanghais(house: House) -> None:
    office = house.office()
    for written, now in (
        ("2022-01-01T09:00", "2022-01-01T09:00:00+08:00"),
        ("2022-01-02 09:00:00", "2022-01-02T09:00:00+08:00"),
        ("2022-01-03T01:00:00Z", "2022-01-03T09:00:00+08:00"),
        ("2022-01-03T20:00:00-05:00", "2022-01-04T09:00:00+08:00"),
    ):
        assert office.post(f"{API}/clock", json={"now": written}).json()["now"] == now


@pytest.mark.parametrize(
    ("now", "status", "code"),
    [
        ("2021-12-31T08:29:59", 409, "clock-backwards"),
        ("2030-01-01T00:00", 422, "clock-too-far"),
        ("9999-12-31T23:59:59-12:00", 422, "request-invalid"),
        ("0001-01-01T00:00", 422, "request-invalid"),
        ("tomorrow", 422, "request-invalid"),
        ("", 422, "request-invalid"),
        ("2022-01-05T09:00:00+08:00\x00", 422, "request-invalid"),
        (1641344400, 422, "request-invalid"),
    ],
)
def test_clock_that_cannot_be_set_so_stays(house: House, now: object, status: int, code: str) -> None:
    office = house.office()
    before = house.world.dump()
    answer = office.post(f"{API}/clock", json={"now": now})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert house.world.dump() == before


def test_clock_is_moved_by_the_office_alone(house: House) -> None:
    for client in (house.unit(UNIT), house.client("inspector")):
        answer = client.post(f"{API}/clock", json={"now": "2022-01-05T09:00"})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert house.client("admin").post(f"{API}/clock", json={"now": "2022-01-01T09:00"}).status_code == 200


def test_live_service_has_no_clock_to_move(house: House) -> None:
    live = House(house.world, rehearsal=False, base_url=ADDRESS)
    answer = live.office().post(f"{API}/clock", json={"now": "2022-01-05T09:00"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    found = live.office().get(f"{API}/clock").json()
    assert found["rehearsal"] is False
    assert datetime.fromisoformat(found["now"]) > LAUNCH
