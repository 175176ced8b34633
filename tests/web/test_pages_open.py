"""Every page of the desk opens, late in January, on both databases: what SQLite lets pass PostgreSQL may not."""

from __future__ import annotations

from tests.web.browsing import Office
from tests.web.client import API, PROGRAMME
from tests.workflow.world import local
from workflow import batches
from workflow.acts import Actor
from workflow.batch_choices import Chosen, Order, preview

LATE = local("2022-01-06 10:00")
HERE = f"/programmes/{PROGRAMME}"
DESK = (
    "/", f"{HERE}?state=overdue", f"{HERE}?waiting_on=unit", f"{HERE}/definition", f"{HERE}/figures",
    f"{HERE}/figures?period=2022-01", f"{HERE}/bulletin?period=2022Q1", f"{HERE}/papers", f"{HERE}/ledger",
    f"{HERE}/amend", "/programmes/new", "/calendars", "/overdue", "/overdue?sort=unit", "/overdue?sort=-alert",
    "/overdue?waiting_on=office&unit=局&min_days=1", "/batches", "/batches/1", "/timeline?weeks=13",
    "/timeline?view=month", "/approvals", "/approvals/load", "/approvals/supervision", "/messages",
    "/messages?status=failed", "/people", "/people/persons", "/search?q=科技", "/search?q=副市长", "/feeds",
    "/channels", "/letters", "/audit", "/sessions", "/workbench?unit=KJJ",
)  # fmt: skip
FILES = (
    f"{API}{HERE}/board.xlsx", f"{API}{HERE}/figures.xlsx", f"{API}{HERE}/bulletin.docx?period=2022Q1",
    f"{API}/overdue.xlsx", f"{API}/messages.csv", f"{API}/roster.xlsx", "/approvals/load.xlsx",
)  # fmt: skip


def test_every_page_of_the_desk_opens(office: Office) -> None:
    world = office.world
    world.hand_in("KJJ", now=local("2022-01-03 10:00"))
    office.at("2022-01-06 10:00")
    with world.act(LATE, Actor("值班员", "office")) as act:
        chosen, order = Chosen(ids=(world.id_of("FGW"), world.id_of("ZZB"))), Order("urge", "请尽快报送")
        batches.begin(act, chosen, order, fingerprint=preview(act, chosen, order).fingerprint)
        batches.carry_on(act, 1)
    clerk, number = office.person("admin"), world.id_of("KJJ")
    about = [f"/submissions/{number}{part}" for part in ("", "/versions", "/glance")]
    shut = {path: page.status for path in (*DESK, *about, "/accounts") if (page := clerk.open(path)).status != 200}
    assert not shut
    assert not {path: clerk.client.get(path).status_code for path in FILES if clerk.client.get(path).status_code != 200}
