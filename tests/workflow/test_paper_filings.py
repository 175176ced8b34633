"""补录纸质件: the day the paper came in counts, the history says who signed, the audit accepts it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import update

from tests.workflow.test_receipt import SIGNED, launched
from tests.workflow.world import OFFICE, World, local
from workflow import agreement, extensions
from workflow.acts import Act, Actor
from workflow.paper_filings import Scan, enter
from workflow.refusals import (
    AttachmentRefused,
    CommentMissing,
    ContentUnreadable,
    DateRefused,
    Forbidden,
    NotAllowedNow,
    NotFound,
    PrerequisiteNotFiled,
    Refusal,
)
from workflow.tables import Attachment

LATER = local("2022-01-06 10:00")
DUE = date(2022, 1, 4)
SCAN = Scan("纸质件.pdf", "application/pdf", b"%PDF-1.7 signed by hand")
INSPECTOR, STRANGER = Actor("督查员", "inspector"), Actor("联络员", "unit", "CZJ")


def paper(act: Act, number: int, received: date = DUE, *, signed_by: str = "副市长", comment: str = "断网",
          scan: Scan | None = None) -> object:  # fmt: skip
    return enter(act, number, received=received, signed_by=signed_by, comment=comment, scan=scan)


@pytest.mark.parametrize(
    ("received", "late", "at"),
    [
        (date(2022, 1, 3), False, local("2022-01-03 12:00")),
        (DUE, False, local("2022-01-04 12:00")),
        (date(2022, 1, 5), True, local("2022-01-05 12:00")),
        (date(2022, 1, 6), True, LATER),
    ],
)
def test_late_or_not_follows_the_day_the_paper_came_in(
    sqlite_world: World, received: date, late: bool, at: object
) -> None:
    sqlite_world.advance(LATER)
    with sqlite_world.act(LATER) as act:
        paper(act, sqlite_world.id_of("GXJ"), received, scan=SCAN)
    row, entry = sqlite_world.submission("GXJ"), sqlite_world.history("GXJ")
    assert (row.state, row.waiting_on, row.late, row.filed_at) == ("filed", "none", late, at)
    (told,) = [one for one in entry if one.event == "paper"]
    assert (told.comment, told.facts["signed_by"], told.facts["received"]) == ("断网", "副市长", received.isoformat())
    assert told.facts["scan"]["name"] == "纸质件.pdf"
    with sqlite_world.store.read() as session:
        assert list(agreement.verify(session)) == []
    assert not sqlite_world.broken_chains()


def test_who_was_asked_to_sign_is_asked_no_longer_and_a_request_for_time_is_closed(sqlite_world: World) -> None:
    sqlite_world.hand_in("GXJ", now=local("2022-01-03 09:00"))
    with sqlite_world.act(local("2022-01-03 10:00"), Actor("联络员", "unit", "GXJ")) as act:
        asked = extensions.ask(act, sqlite_world.id_of("GXJ"), until=date(2022, 1, 14), reason="出差").id or 0
    sqlite_world.advance(LATER)
    with sqlite_world.act(LATER) as act:
        paper(act, sqlite_world.id_of("GXJ"))
        assert extensions.one(act, asked).answer == "closed"
    assert not sqlite_world.open_requests("GXJ")
    assert any(item.reason.startswith("filed:paper") for one in sqlite_world.letters() for item in one.items)
    with sqlite_world.store.read() as session:
        assert list(agreement.verify(session)) == []


def test_where_the_office_accepts_the_paper_waits_for_that(sqlite_url: str) -> None:
    with launched(sqlite_url, SIGNED) as world:
        with world.act(local("2022-03-09 09:00")) as act:
            paper(act, world.id_of("U1", "report"), date(2022, 3, 8))
        row = world.submission("U1", "report")
        assert (row.standing, row.waiting_on, row.late) == ("received", "office", False)


def test_scan_that_was_exchanged_is_found_out(sqlite_world: World) -> None:
    with sqlite_world.act(LATER) as act:
        paper(act, sqlite_world.id_of("GXJ"), scan=SCAN)
    with sqlite_world.act(LATER) as act:
        act.session.execute(update(Attachment).values(sha256="0" * 64))
    with sqlite_world.store.read() as session:
        assert {one.code for one in agreement.verify(session)} == {"file-differs", "file-changed"}


Attempt = Callable[[Act, int], object]
REFUSED: dict[str, tuple[type[Refusal], Actor, Attempt]] = {
    "tomorrow": (DateRefused, OFFICE, lambda a, s: paper(a, s, date(2022, 1, 7))),
    "long ago": (DateRefused, OFFICE, lambda a, s: paper(a, s, date(2020, 1, 7))),
    "no reason": (CommentMissing, OFFICE, lambda a, s: paper(a, s, comment=" ")),
    "nobody signed": (CommentMissing, OFFICE, lambda a, s: paper(a, s, signed_by=" ")),
    "too long a name": (ContentUnreadable, OFFICE, lambda a, s: paper(a, s, signed_by="长" * 101)),
    "NUL": (ContentUnreadable, OFFICE, lambda a, s: paper(a, s, comment="\0")),
    "a program": (AttachmentRefused, OFFICE, lambda a, s: paper(a, s, scan=Scan("件.pdf", "", b"MZ"))),
    "a table": (AttachmentRefused, OFFICE, lambda a, s: paper(a, s, scan=Scan("件.xlsx", "", b"PK"))),
    "an empty scan": (AttachmentRefused, OFFICE, lambda a, s: paper(a, s, scan=Scan("件.pdf", "", b""))),
    "by the unit": (Forbidden, Actor("联络员", "unit", "GXJ"), lambda a, s: paper(a, s)),
    "by an inspector": (Forbidden, INSPECTOR, lambda a, s: paper(a, s)),
    "by a stranger": (NotFound, STRANGER, lambda a, s: paper(a, s)),
}


def test_every_refusal_writes_nothing(sqlite_world: World, subtests: pytest.Subtests) -> None:
    sqlite_world.file("CZJ", now=local("2022-01-03 09:00"))
    row = sqlite_world.id_of("GXJ")
    for name, (kind, actor, attempt) in REFUSED.items():
        with subtests.test(name), sqlite_world.refusing(kind), sqlite_world.act(LATER, actor) as act:
            attempt(act, row)
    with sqlite_world.refusing(NotAllowedNow), sqlite_world.act(LATER) as act:
        paper(act, sqlite_world.id_of("CZJ"))
    with sqlite_world.refusing(PrerequisiteNotFiled), sqlite_world.act(LATER) as act:
        paper(act, sqlite_world.id_of("GXJ", "work-plan"))
