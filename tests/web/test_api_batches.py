"""Acts on many, requests for more time and papers entered later, over the API."""

import base64

from tests.web.client import API, House

CHOICE = {"act": "extend", "filter": {"category": "党委部门"}, "until": "2022-01-14", "comment": "统一延期"}


def test_batch_is_previewed_confirmed_read_and_undone(sqlite_house: House) -> None:
    house, office = sqlite_house, sqlite_house.office()
    house.advance("2022-01-05 09:30")
    before = house.world.dump()
    seen = office.post(f"{API}/batches/preview", json=CHOICE).json()
    assert (seen["total"], len(seen["ready"]), seen["left_out"]) == (4, 4, [])
    stale = office.post(f"{API}/batches", json={**CHOICE, "fingerprint": "x"})
    assert (stale.status_code, stale.json()["code"]) == (409, "not-allowed-now")
    both = office.post(f"{API}/batches/preview", json={**CHOICE, "ids": [1]})
    assert (both.status_code, house.world.dump() == before) == (422, True)
    made = office.post(f"{API}/batches", json={**CHOICE, "fingerprint": seen["fingerprint"]}).json()
    assert (made["act"], made["counts"]["done"], made["remaining"]) == ("extend", 4, 0)
    result = office.get(f"{API}/batches/{made['id']}", params={"outcome": "done", "limit": 3}).json()
    assert (len(result["items"]), result["batch"]["filters"]) == (3, {"category": "党委部门"})
    page = {"outcome": "done", "cursor": result["next"]}
    assert len(office.get(f"{API}/batches/{made['id']}", params=page).json()["items"]) == 1
    undone = office.post(f"{API}/batches/{made['id']}/undo", json={"comment": "有误"}).json()
    assert undone["counts"]["undone"] == 4
    assert office.post(f"{API}/batches/{made['id']}/continue").json()["remaining"] == 0
    assert office.get(f"{API}/batches").json()["items"][0]["undone_at"]


def test_request_for_more_time_is_asked_listed_and_answered(sqlite_house: House) -> None:
    unit, office = sqlite_house.unit("GXJ"), sqlite_house.office()
    here = f"{sqlite_house.submission('GXJ')}/extension-requests"
    body = {"until": "2022-01-14", "reason": "须报上级确认"}
    asked = unit.post(here, json=body).json()
    assert (asked["answer"], asked["until"], asked["first_due"]) == ("", "2022-01-14", "2022-01-04")
    assert unit.post(here, json=body).status_code == 409
    found = office.get(f"{API}/extension-requests", params={"answer": "waiting", "unit": "GXJ"}).json()
    assert [one["id"] for one in found["items"]] == [asked["id"]]
    wrong = office.post(f"{sqlite_house.submission('KJJ')}/extension-requests/{asked['id']}/grant")
    assert wrong.status_code == 404
    assert unit.post(f"{here}/{asked['id']}/withdraw").json()["answer"] == "withdrawn"
    number = unit.post(here, json=body).json()["id"]
    declined = office.post(f"{here}/{number}/decline", json={"comment": "请按期"}).json()
    assert (declined["answer"], declined["comment"]) == ("declined", "请按期")
    number = unit.post(here, json=body).json()["id"]
    granted = office.post(f"{here}/{number}/grant", json={"until": "2022-01-10"}).json()
    assert (granted["answer"], granted["granted_until"], granted["due_date"]) == ("granted", "2022-01-10", "2022-01-10")
    assert office.post(f"{here}/{number}/grant").json()["code"] == "not-allowed-now"


def test_paper_is_entered_by_the_day_it_came_in(sqlite_house: House) -> None:
    sqlite_house.advance("2022-01-05 09:30")
    office, here = sqlite_house.office(), sqlite_house.submission("GXJ")
    scan = {"name": "件.pdf", "data": base64.b64encode(b"%PDF-1.7").decode()}
    body = {"received": "2022-01-04", "signed_by": "副市长", "comment": "断网", "scan": scan}
    broken = office.post(f"{here}/paper", json={**body, "scan": {"name": "件.pdf", "data": "?"}})
    assert (broken.status_code, broken.json()["code"]) == (422, "attachment-refused")
    found = office.post(f"{here}/paper", json=body).json()
    assert (found["state"], found["late"]) == ("filed", False)
    (told,) = [line for line in found["history"] if line["event"] == "paper"]
    assert told["comment"] == "断网"
