"""Files in and out: attachments, exports, the calendar."""

import csv
import hashlib
import io
from datetime import date
from typing import Any
from urllib.parse import unquote

import icalendar
import pytest
from httpx2 import Response
from python_calamine import load_workbook

from documents.overdue_sheet import COLUMNS
from tests.web.client import ADDRESS, API, PROGRAMME, House
from tests.workflow.world import LAUNCH
from workflow import submissions
from workflow.attachments import MAX_ATTACHMENT

UNIT = "KJJ"
PDF = b"%PDF-1.7 plan"


def attach(
    house: House, data: bytes = PDF, *, name: str = "方案.pdf", kind: str = "application/pdf", **form: str
) -> Response:
    path = f"{house.submission(UNIT, 'work-plan')}/attachments"
    return house.unit(UNIT).post(path, files={"file": (name, data, kind)}, data=form)


def file_name(answer: Response) -> str:
    """The name a browser saves a file under."""
    return unquote(answer.headers["Content-Disposition"].split("filename*=UTF-8''")[1])


def test_attachment_comes_back_as_it_went_in(house: House) -> None:
    added = attach(house, field="plan")
    assert added.status_code == 201
    found = added.json()
    assert (found["name"], found["field"], found["size"]) == ("方案.pdf", "plan", len(PDF))
    assert found["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert found["content_version"] == 1
    shown = house.unit(UNIT).get(house.submission(UNIT, "work-plan")).json()
    assert shown["content_hash"] == found["content_hash"]
    assert shown["attachments"][0]["uploaded_at"] == "2021-12-31T08:30:00+08:00"
    back = house.office().get(f"{house.submission(UNIT, 'work-plan')}/attachments/{found['id']}")
    assert back.content == PDF
    assert back.headers["Content-Type"] == "application/pdf"
    assert back.headers["X-Content-Type-Options"] == "nosniff"
    assert back.headers["Content-Disposition"].startswith("attachment;")
    assert file_name(back) == "方案.pdf"


def test_each_attachment_is_a_new_content_version_with_another_hash(house: House) -> None:
    first, second = attach(house).json(), attach(house, PDF + b"2").json()
    assert (first["content_version"], second["content_version"]) == (1, 2)
    assert first["content_hash"] != second["content_hash"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\文件\\方案.pdf", "方案.pdf"),
        ("a'b;c=d.pdf", "a'b;c=d.pdf"),
        ("𠮷" * 300 + ".pdf", "𠮷" * 196 + ".pdf"),
        ("二\u202e〇二二.pdf", "二〇二二.pdf"),
    ],
)  # fmt: skip
def test_name_is_never_a_path_and_survives_the_header(sqlite_house: House, name: str, kept: str) -> None:
    added = attach(sqlite_house, name=name)
    assert added.json()["name"] == kept
    path = f"{sqlite_house.submission(UNIT, 'work-plan')}/attachments/{added.json()['id']}"
    back = sqlite_house.office().get(path)
    assert file_name(back) == kept
    assert "\n" not in back.headers["Content-Disposition"]


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/javascript", "x/y; charset=utf-7"])
def test_file_that_a_browser_might_run_is_handed_out_as_bytes(sqlite_house: House, kind: str) -> None:
    added = attach(sqlite_house, b"%PDF-<script>alert(1)</script>", kind=kind).json()
    back = sqlite_house.office().get(f"{sqlite_house.submission(UNIT, 'work-plan')}/attachments/{added['id']}")
    assert back.headers["Content-Type"] == "application/octet-stream"
    assert back.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("data", "form", "code"),
    [
        (b"", {}, "attachment-refused"),
        (PDF, {"field": "goals"}, "attachment-refused"),
        (PDF, {"field": "no-such-field"}, "attachment-refused"),
        (PDF, {"field": "x" * 65}, "request-invalid"),
    ],
)
def test_unfit_attachment_is_refused_and_not_kept(house: House, data: bytes, form: dict[str, str], code: str) -> None:
    before = house.world.dump(without=["api_token", "access_record"])
    answer = attach(house, data, **form)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert house.world.dump(without=["api_token", "access_record"]) == before


def test_attachment_over_the_limit_is_refused(sqlite_house: House) -> None:
    answer = attach(sqlite_house, b"x" * (MAX_ATTACHMENT + 1))
    assert (answer.status_code, answer.json()["code"]) == (422, "attachment-refused")
    assert "20MB" in answer.json()["detail"]
    assert attach(sqlite_house, PDF.ljust(MAX_ATTACHMENT, b"x")).status_code == 201


def test_upload_without_a_file_is_refused(sqlite_house: House) -> None:
    mine, path = sqlite_house.unit(UNIT), f"{sqlite_house.submission(UNIT, 'work-plan')}/attachments"
    boundary = {"Content-Type": "multipart/form-data; boundary=x"}
    for answer in (
        mine.post(path),
        mine.post(path, data={"file": "not a file"}),
        mine.post(path, content=b"--x\r\nbroken", headers=boundary),
        mine.post(path, json={"file": "x"}),
    ):
        assert answer.status_code in (400, 422)
        assert answer.json()["code"] == "request-invalid"


def test_form_without_files_takes_none(sqlite_house: House) -> None:
    answer = sqlite_house.unit(UNIT).post(
        f"{sqlite_house.submission(UNIT)}/attachments", files={"file": ("x.pdf", PDF, "application/pdf")}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "attachment-refused")


def test_removed_attachment_leaves_the_content_and_stays_on_record(house: House) -> None:
    number = attach(house).json()["id"]
    path = f"{house.submission(UNIT, 'work-plan')}/attachments/{number}"
    left = house.unit(UNIT).delete(path).json()
    assert (left["attachments"], left["content_version"]) == ([], 2)
    assert house.office().get(path).content == PDF


def test_exports_hold_the_filtered_list(house: House) -> None:
    house.advance("2022-01-06 10:00")
    office, query = house.office(), {"category": "党委部门", "programme": PROGRAMME}
    plain = office.get(f"{API}/overdue.csv", params=query)
    assert plain.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert file_name(plain) == "逾期清单_2022-01-06.csv"
    rows = list(csv.reader(io.StringIO(plain.content.decode("utf-8-sig"))))
    assert rows[0] == [column.title for column in COLUMNS]
    assert [row[4] for row in rows[1:]] == ["ZZB", "XCB", "TZB", "ZFW"]
    excel = office.get(f"{API}/overdue.xlsx", params=query)
    assert file_name(excel) == "逾期清单_2022-01-06.xlsx"
    with load_workbook(io.BytesIO(excel.content)) as book:
        cells = book.get_sheet_by_name("逾期清单").to_python()
    assert [row[4] for row in cells[3:]] == ["ZZB", "XCB", "TZB", "ZFW"]
    assert "共4件" in str(cells[1][0])


def events(answer: Response) -> dict[str, Any]:
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return {str(event["UID"]): event for event in icalendar.Calendar.from_ical(answer.content).walk("VEVENT")}


def test_calendar_of_the_office_has_one_event_per_deadline(house: House) -> None:
    found = events(house.office().get(f"{API}/calendar.ics"))
    assert {uid: event["DTSTART"].dt.isoformat() for uid, event in found.items()} == {
        f"target-choice-2022.{PROGRAMME}@duban": "2022-01-04",
        f"research-trip-2022.{PROGRAMME}@duban": "2022-02-10",
        f"work-plan-2022.{PROGRAMME}@duban": "2022-02-15",
    }
    first = found[f"target-choice-2022.{PROGRAMME}@duban"]
    assert str(first["SUMMARY"]) == "截止：报送建标学习对象"
    assert first["DTEND"].dt.isoformat() == "2022-01-05"
    assert first["DTSTAMP"].dt == LAUNCH
    assert "应报61个单位，未报61个" in str(first["DESCRIPTION"])
    assert "截止时间：2022-01-04 24:00" in str(first["DESCRIPTION"])
    assert f"{ADDRESS}/programmes/{PROGRAMME}" in str(first["DESCRIPTION"])


def test_calendar_of_a_unit_moves_its_event_when_the_date_is_moved(house: House) -> None:
    mine, number = house.unit(UNIT), house.world.id_of(UNIT)
    uid = f"submission-{number}.{PROGRAMME}@duban"
    before = events(mine.get(f"{API}/calendar.ics"))
    assert before[uid]["DTSTART"].dt == date(2022, 1, 4)
    with house.world.act(LAUNCH) as act:
        submissions.extend(act, number, until=date(2022, 1, 10), comment="对象待确认")
    after = events(mine.get(f"{API}/calendar.ics"))
    assert set(after) == set(before) and len(after) == 3
    assert after[uid]["DTSTART"].dt == date(2022, 1, 10)
    assert f"{ADDRESS}/submissions/{number}" in str(after[uid]["DESCRIPTION"])
    offices = events(house.office().get(f"{API}/calendar.ics"))
    assert len(offices) == 4 and offices[uid]["DTSTART"].dt == date(2022, 1, 10)


def test_calendar_says_what_is_done(house: House) -> None:
    house.world.hand_in(UNIT, "research-trip", now=LAUNCH)
    found = events(house.unit(UNIT).get(f"{API}/calendar.ics"))
    done = [str(event["SUMMARY"]) for event in found.values() if "已办结" in str(event["SUMMARY"])]
    assert done == ["截止：建立工作联系并开展专题调研（已办结）"]


def test_calendar_is_folded_and_ended_as_the_standard_says(house: House) -> None:
    content = house.office().get(f"{API}/calendar.ics").content
    assert content.endswith(b"\r\n") and b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 75
