"""Messages over the API: their delivery as files, and undelivered ones sent again."""

from __future__ import annotations

import csv
import io

from httpx2 import Response
from sqlalchemy import update
from sqlmodel import col

from documents.sheets import workbook_tables
from tests.web.client import API, House
from tests.workflow.world import local
from workflow import holding
from workflow.jumps import Jump
from workflow.tables import Message

LIAISON = "jytyj-liaison"


def rows(answer: Response) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def failed(house: House, person: str = LIAISON) -> int:
    """Let the first message to a person be one that did not arrive; its number."""
    with house.engine.acting() as act:
        lost = update(Message).where(col(Message.person) == person)
        act.session.execute(lost.values(status="failed", answer="550 5.1.1 x", attempts=1))
    found = house.office().get(f"{API}/messages", params={"recipient": person}).json()
    return int(found["items"][-1]["id"])


def test_the_files_hold_what_the_list_holds(house: House) -> None:
    house.advance("2022-01-05 10:00")
    office = house.office()
    for query in ("", "?status=queued", f"?recipient={LIAISON}", "?submission=3", "?status=held"):
        listed = office.get(f"{API}/messages{query}").json()
        table = rows(office.get(f"{API}/messages.csv{query}"))
        assert len({row["消息编号"] for row in table}) == listed["total"]
        workbook = office.get(f"{API}/messages.xlsx{query}").content
        (sheet,) = workbook_tables(workbook, ["消息送达记录"], name="x.xlsx").values()
        assert [row[0] for row in sheet[3:]] == [row["消息编号"] for row in table]


def test_a_file_says_when_and_how_each_was_told(house: House) -> None:
    failed(house)
    (row, *_) = rows(house.office().get(f"{API}/messages.csv?recipient={LIAISON}"))
    assert (row["收件人职务"], row["状态"], row["投递次数"]) == ("市教育体育局联络员", "未送达", "1")
    assert row["对方应答"] == "550 5.1.1 x" and len(row["消息号（Message-ID）"]) > 10
    assert row["单位"] == "市教育体育局"


def test_files_are_downloads_with_a_chinese_name(sqlite_house: House) -> None:
    answer = sqlite_house.office().get(f"{API}/messages.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_a_unit_takes_along_only_what_its_own_people_were_told(house: House) -> None:
    house.advance("2022-01-05 10:00")
    mine = house.unit("JYTYJ")
    table = rows(mine.get(f"{API}/messages.csv"))
    assert {row["单位"] for row in table} == {"市教育体育局"}
    assert len({row["消息编号"] for row in table}) == mine.get(f"{API}/messages").json()["total"]


def test_a_filter_that_means_nothing_is_refused(sqlite_house: House) -> None:
    office = sqlite_house.office()
    assert office.get(f"{API}/messages.csv?status=lost").status_code == 422
    assert office.get(f"{API}/messages.xlsx?submission=0").status_code == 422


def test_an_undelivered_message_is_sent_again_once(house: House) -> None:
    number, office = failed(house), house.office()
    before = office.get(f"{API}/messages/{number}").json()
    answer = office.post(f"{API}/messages/{number}/resend")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["attempts"]) == ("queued", 0)
    assert answer.json()["message_id"] == before["message_id"]
    assert answer.json()["answer"].startswith("（此前投递1次未送达") and "550 5.1.1 x" in answer.json()["answer"]
    again = office.post(f"{API}/messages/{number}/resend")
    assert (again.status_code, again.json()["code"]) == (409, "not-allowed-now")


def test_a_message_that_is_not_there_is_not_found(sqlite_house: House) -> None:
    assert sqlite_house.office().post(f"{API}/messages/99999/resend").status_code == 404


def test_a_unit_may_not_send_its_own_again(sqlite_house: House) -> None:
    number = failed(sqlite_house)
    before = sqlite_house.world.dump(without=("api_token", "access_record"))
    for client, status in (
        (sqlite_house.unit("JYTYJ"), 403),
        (sqlite_house.client("inspector"), 403),
        (sqlite_house.unit("WJW"), 404),
    ):
        assert client.post(f"{API}/messages/{number}/resend").status_code == status
    assert sqlite_house.world.dump(without=("api_token", "access_record")) == before


def test_a_held_outbox_is_said_by_service_and_figures(house: House) -> None:
    anybody = house.anybody()
    assert anybody.get("/readyz").json() == {"status": "ok"}
    assert 'duban_outbox_held{cause="clock-jump"} 0.0' in anybody.get("/metrics").text
    with house.engine.acting() as act:
        here = local("2021-12-31 09:00")
        assert holding.hold_for_jump(act.session, Jump(here, local("2021-12-31 12:00"), here - here)) == 61
    ready = anybody.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ok", "outbox_held": ["clock-jump"]})
    figures = anybody.get("/metrics").text
    assert 'duban_outbox_held{cause="clock-jump"} 1.0' in figures
    assert 'duban_outbox_held{cause="restore"} 0.0' in figures
    assert 'duban_messages{status="held"} 61.0' in figures
