"""Launching, amending, changing people and calendars over the API: tried out first, then done."""

from __future__ import annotations

from tests.web.client import API, PROGRAMME, House
from tests.workflow.world import ROOT, ordos
from workflow.calendars import china, to_csv

ROSTER = (ROOT / "definitions" / "rosters" / "huludao-delivery.xlsx").read_bytes()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_a_launch_is_tried_out_and_then_done(sqlite_house: House) -> None:
    client, world = sqlite_house.office(), sqlite_house.world
    definition = (ROOT / "definitions" / "huludao-delivery.yaml").read_bytes()
    sent = {"definition": ("h.yaml", definition, "application/yaml"), "roster": ("r.xlsx", ROSTER, XLSX)}
    before = world.dump()
    tried = client.post(f"{API}/programmes?dry_run=1", data={"cycle": "2022"}, files=sent)
    assert tried.status_code == 200 and world.dump() == before
    found = tried.json()
    assert (found["preview"], found["key"], found["submissions"]) == (True, "huludao-delivery-2022", 490)
    assert found["wrong"] == [] and len(found["roster"]["changes"]) > 100
    renamed = {"what": "名称", "before": "市能源局", "after": "市农业农村局"}
    assert renamed in next(one for one in found["touched"] if one["unit"] == "NYJ")["differences"]
    refused = client.post(f"{API}/programmes", data={"cycle": "2022"}, files=sent)
    assert (refused.status_code, refused.json()["code"]) == (422, "roster-refused")
    assert "accept_changes" in refused.json()["detail"] and world.dump() == before
    done = client.post(f"{API}/programmes", data={"cycle": "2022", "accept_changes": "true"}, files=sent)
    assert (done.status_code, done.json()["preview"]) == (201, False)
    assert client.get(f"{API}/programmes").json()["total"] == 2
    before = world.dump()
    again = client.post(f"{API}/programmes", data={"cycle": "2022"}, files=sent)
    assert (again.status_code, again.json()["code"]) == (409, "already-launched")
    nothing = client.post(f"{API}/programmes", data={"cycle": "2022"})
    assert (nothing.status_code, nothing.json()["code"]) == (422, "workbook-refused")
    assert world.dump() == before


def test_an_amendment_is_tried_out_and_then_done(sqlite_house: House) -> None:
    client, world = sqlite_house.office(), sqlite_house.world
    text = ordos().text.replace("due: 02-10", "due: 02-14", 1).encode()
    sent = {"definition": ("o.yaml", text, "application/yaml")}
    here, before = f"{API}/programmes/{PROGRAMME}/amendments", world.dump()
    tried = client.post(f"{here}?dry_run=1", files=sent).json()
    assert world.dump() == before
    assert [(one["before"], one["after"]) for one in tried["moved"]] == [("2022-02-10", "2022-02-14")]
    stale = client.post(here, data={"if_version": "0" * 64}, files=sent)
    assert stale.status_code == 409 and world.dump() == before
    done = client.post(here, data={"if_version": tried["before"], "comment": "会议推迟"}, files=sent)
    assert done.status_code == 200 and str(world.submission("KJJ", "research-trip").due_date) == "2022-02-14"


def test_people_are_changed_and_the_changes_are_on_record(sqlite_house: House) -> None:
    client, world = sqlite_house.office(), sqlite_house.world
    added = client.put(f"{API}/people/xin", json={"name": "新任联络员", "email": "xin@example.cn"})
    assert (added.status_code, added.json()["holdings"]) == (200, [])
    wanted = {"post": "联络员", "unit": "KJJ", "person": "xin", "since": "2021-12-31"}
    before = world.dump()
    tried = client.post(f"{API}/holdings", json={**wanted, "preview": True}).json()
    assert tried["changes"][0]["kind"] == "added" and world.dump() == before
    assert client.post(f"{API}/holdings", json=wanted).status_code == 200
    number = next(one["id"] for one in client.get(f"{API}/units/KJJ").json()["holdings"] if one["person"] == "xin")
    before = world.dump()
    twice = client.post(f"{API}/holdings", json=wanted)
    assert (twice.status_code, twice.json()["code"]) == (422, "roster-refused")
    assert client.post(f"{API}/holdings/99999/end", json={"until": "2022-01-31"}).status_code == 404
    assert world.dump() == before
    assert client.post(f"{API}/holdings/{number}/end", json={"until": "2022-01-31"}).status_code == 200
    said = client.get(f"{API}/roster-changes", params={"person": "xin"}).json()
    assert [one["kind"] for one in said["items"]] == ["changed", "added", "added"]
    assert client.get(f"{API}/people", params={"text": "新任联络员"}).json()["items"][0]["titles"] == [
        "市科学技术局联络员"
    ]


def test_a_roster_and_a_year_are_tried_out_without_a_trace(sqlite_house: House) -> None:
    client, world = sqlite_house.office(), sqlite_house.world
    before = world.dump()
    out = client.get(f"{API}/roster.xlsx").content
    same = client.post(f"{API}/roster?dry_run=1", files={"file": ("r.xlsx", out, XLSX)})
    assert (same.status_code, same.json()["changes"]) == (200, [])
    other = client.post(f"{API}/roster?dry_run=1", data={"mode": "add"}, files={"file": ("r.xlsx", ROSTER, XLSX)})
    assert {one["sheet"] for one in other.json()["changes"]} == {"units", "people", "posts", "supervision"}
    notice = (to_csv(china(), 2022) + "2022-02-09,休,春节\n").encode()
    year = client.post(f"{API}/calendars?dry_run=1", files={"file": ("2022.csv", notice, "text/csv")})
    assert year.json()["days"] == [{"day": "2022-02-09", "working": False, "name": "春节"}]
    assert world.dump() == before
    assert client.post(f"{API}/calendars", files={"file": ("2022.csv", notice, "text/csv")}).json()["moved"]
