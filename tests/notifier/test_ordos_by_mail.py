"""Ordos 2022 from its launch to the morning after its first date, everything by mail, nobody doing anything."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from email.header import decode_header, make_header

from sqlmodel import select

from tests.doubles.smtp import Arrived
from tests.notifier.post_office import PostOffice, address, message_id
from tests.workflow.world import World, local, ordos_roster
from workflow.moments import SHANGHAI
from workflow.tables import MessageItem

MORNING_AFTER = local("2022-01-05 09:00")
UNITS = 61
#: When → kind → letters. The heads of 61 units hear on the last working day; the leaders when it is late.
EXPECTED = {
    "2021-12-31 08:30": {"notice": UNITS},
    "2021-12-31 09:00": {"reminder": UNITS},
    "2022-01-05 00:00": {"lapse": 2 * UNITS},
    "2022-01-05 09:00": {"escalation": UNITS + 8},
}


def subject(mail: Arrived) -> str:
    return str(make_header(decode_header(str(mail.message["Subject"]))))


def test_what_arrives_is_what_is_stored_and_nobody_hears_twice(world: World, opened: Callable[..., PostOffice]) -> None:
    office = opened(world, rehearsal=True)
    office.advance(MORNING_AFTER)
    stored = office.messages()

    arrived = {message_id(mail): (mail.recipients, subject(mail)) for mail in office.smtp.mails}
    assert len(office.smtp.mails) == len(arrived) == len(stored)
    assert arrived == {f"<{one.reference}@example.cn>": ((address(one.person),), one.subject) for one in stored}
    assert {one.status for one in stored} == {"sent"}

    sent: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in stored:
        assert one.sent_at is not None
        if one.kind == "anchor":  # each day's end of the record, to whoever is on duty
            continue
        sent[f"{one.sent_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"][one.kind] += 1
    assert dict(sent) == EXPECTED

    with world.store.read() as session:
        items = session.exec(select(MessageItem)).all()
    heard = Counter((item.person, item.submission_id, item.reason, item.day) for item in items)
    assert set(heard.values()) == {1}
    letters = Counter((item.person, item.reason, item.day) for item in items)
    mails = Counter((item.person, item.reason, item.day, item.message_id) for item in items)
    assert len(mails) == len(letters), "one reason on one day is one letter"


def test_the_leaders_letter_lists_their_units_and_nobody_elses(
    sqlite_world: World, opened: Callable[..., PostOffice]
) -> None:
    office = opened(sqlite_world, rehearsal=True)
    office.advance(MORNING_AFTER)
    names = {unit.code: unit.name for unit in ordos_roster().units}
    for leader in ("fsz-changwu", "fsz-jiaoyu"):
        (mail,) = office.mails_to(leader)
        title = next(one.name for one in ordos_roster().people if one.key == leader)
        theirs = [names[row.unit] for row in ordos_roster().supervision if row.post == title]
        text = mail.part("plain")
        assert text.startswith(f"{title}：\n")
        assert [
            line.split("　")[0].partition(". ")[2] for line in text.splitlines() if line[:1].isdigit() and ". " in line
        ] == theirs
        assert subject(mail) == f"【演练】【升级督办】{len(theirs)}个单位逾期1天，请督促：报送建标学习对象"
        assert text.count("逾期1天（1个工作日）") == len(theirs)
