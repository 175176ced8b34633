"""Undelivered alerts sent once more through real servers: the same message, written anew, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from notifier.marks import MOST_ATTEMPTS
from tests.notifier.post_office import PostOffice, message_id
from tests.notifier.test_deliveries import alone, ask_the_leader, status
from tests.workflow.world import LAUNCH, OFFICE, World, local
from workflow import channel_notes, holding, resending
from workflow.acts import Actor
from workflow.refusals import Forbidden, NotFound, QueryRefused
from workflow.resending import NotUndelivered, Resent
from workflow.tables import Message, Meta

Opened = Callable[..., PostOffice]

LIAISON, MAYOR = "jytyj-liaison", "fsz-jiaoyu"
MONDAY, NOON = local("2022-01-03 09:00"), local("2022-01-03 12:00")


def refused(office: PostOffice, person: str = LIAISON) -> Message:
    """The launch notice of one person, turned away for good."""
    message = alone(office, person)
    office.smtp.rcpt_answers.append("550 5.1.1 user unknown")
    office.deliver(LAUNCH)
    assert status(office, message) == ("failed", 1, "550 5.1.1 user unknown")
    return message


def resend(office: PostOffice, message: Message) -> None:
    with office.world.act(MONDAY, OFFICE) as act:
        resending.resend(act, message.id or 0)


def test_an_alert_is_sent_again_under_its_own_number(office: PostOffice) -> None:
    message = refused(office)
    resend(office, message)
    assert status(office, message)[:2] == ("queued", 0)
    assert office.deliver(MONDAY) == 1
    (mail,) = office.mails_to(LIAISON)
    assert message_id(mail) == f"<{message.reference}@example.cn>"
    state, attempts, answer = status(office, message)
    assert (state, attempts) == ("sent", 1)
    assert answer.splitlines() == [
        "（此前投递1次未送达，2022-01-03 09:00 领导小组办公室值班员重新发送）：550 5.1.1 user unknown",
        "250 2.0.0 Ok: 1",
    ]


def test_every_try_by_hand_stays_on_record(office: PostOffice) -> None:
    message = refused(office)
    for _ in range(2):
        resend(office, message)
        office.smtp.rcpt_answers.append("550 5.2.1 disabled")
        office.deliver(MONDAY)
    state, _, answer = status(office, message)
    assert state == "failed"
    assert [line.rpartition("：")[2] for line in answer.splitlines()] == [
        "550 5.1.1 user unknown", "550 5.2.1 disabled", "550 5.2.1 disabled",
    ]  # fmt: skip


def test_state_is_read_again_when_it_goes(office: PostOffice) -> None:
    message = ask_the_leader(office, "JYTYJ")
    office.smtp.rcpt_answers.append("550 5.1.1 user unknown")
    office.deliver(message.not_before)
    office.world.sign("JYTYJ", now=NOON)
    with office.world.act(NOON, OFFICE) as act:
        resending.resend(act, message.id or 0)
    office.deliver(NOON)
    assert not office.asked_of(MAYOR)
    state, _, answer = status(office, message)
    assert state == "cancelled" and answer.splitlines()[-1] == "已不再需要审签"
    assert answer.splitlines()[0].startswith("（此前投递1次未送达")


def test_a_message_sent_again_has_all_its_tries(office: PostOffice) -> None:
    message = refused(office)
    resend(office, message)
    office.smtp.rcpt_answers.append("451 later")
    office.deliver(MONDAY)
    assert status(office, message)[:2] == ("queued", 1) and MOST_ATTEMPTS > 1
    office.deliver(MONDAY + timedelta(minutes=1))
    assert status(office, message)[0] == "sent"


def test_the_way_is_chosen_anew_when_the_roster_was_put_right(sqlite_world: World, opened: Opened) -> None:
    office = opened(sqlite_world, wecom=True)
    office.wecom.absent.add(LIAISON)
    message = alone(office, LIAISON)
    office.smtp.rcpt_answers.append("550 5.1.1 user unknown")
    while office.deliver(LAUNCH):
        pass
    state, _, answer = status(office, message)
    assert state == "failed" and answer.splitlines()[0].startswith("企业微信：81013")
    office.wecom.absent.clear()
    resend(office, message)
    office.deliver(MONDAY)
    assert [card.to for card in office.wecom.shown] == [LIAISON]
    assert not office.mails_to(LIAISON)
    record, last = status(office, message)[2].splitlines()
    assert "81013" in record and "550 5.1.1" in record and last.startswith("0 ok")


def test_only_what_did_not_arrive_is_sent_again_and_only_once(office: PostOffice) -> None:
    message = refused(office)
    resend(office, message)
    before = office.world.dump()
    with pytest.raises(NotUndelivered, match=f"编号为{message.id}的消息现在不是未送达"):
        resend(office, message)
    assert office.world.dump() == before


def test_of_several_all_or_none_where_each_was_named(office: PostOffice) -> None:
    message = refused(office)
    other = next(one for one in office.messages() if one.status == "cancelled")
    before = office.world.dump()
    with pytest.raises(NotUndelivered), office.world.act(MONDAY, OFFICE) as act:
        resending.resend_exactly(act, [message.id or 0, other.id or 0])
    assert office.world.dump() == before
    with office.world.act(MONDAY, OFFICE) as act:
        found = resending.resend_selected(act, [message.id or 0, other.id or 0, message.id or 0])
    assert found == Resent(1, 1)


def test_all_of_a_kind_are_sent_again(office: PostOffice) -> None:
    with office.world.store.write() as session:
        session.execute(update(Message).values(status="failed"))
        one = update(Message).where(col(Message.person) == LIAISON)
        session.execute(one.values(kind="urge"))
    with office.world.act(MONDAY, OFFICE) as act:
        assert resending.undelivered(act) == {"notice": 60, "urge": 1}
        with pytest.raises(QueryRefused):
            resending.resend_kind(act, "no-such")
        assert resending.resend_kind(act, "urge") == Resent(1)
        assert resending.resend_kind(act) == Resent(60)
        assert resending.undelivered(act) == {}


@pytest.mark.parametrize("role", ["inspector", "unit"])
def test_only_the_office_sends_again(office: PostOffice, role: str) -> None:
    message = refused(office)
    actor = Actor("某人", role, "JYTYJ" if role == "unit" else None)
    with pytest.raises(Forbidden), office.world.act(MONDAY, actor) as act:
        resending.resend(act, message.id or 0)
    foreign = Actor("某人", "unit", "WJW")
    with pytest.raises(NotFound), office.world.act(MONDAY, foreign) as act:
        resending.resend(act, message.id or 0)


def test_a_held_outbox_holds_what_is_sent_again(office: PostOffice) -> None:
    message = refused(office)
    with office.world.store.write() as session:
        session.add(Meta(key="outbox", value="held"))
    resend(office, message)
    assert office.deliver(MONDAY) == 0
    with office.world.store.write() as session:
        holding.release(session)
    assert office.deliver(MONDAY) == 1


# How each channel does


def test_the_last_success_and_the_last_failure_of_a_channel_are_kept(office: PostOffice) -> None:
    message = refused(office)
    with office.world.look() as act:
        notes = channel_notes.read(act.session)
    assert notes["mail"].success is None
    assert notes["mail"].failure == channel_notes.Note(LAUNCH, "550 5.1.1 user unknown")
    resend(office, message)
    office.deliver(MONDAY)
    with office.world.look() as act:
        notes = channel_notes.read(act.session)
    assert notes["mail"].success == channel_notes.Note(MONDAY, "250 2.0.0 Ok: 1")
    assert notes["mail"].failure is not None and notes["mail"].failure.at == LAUNCH


def test_what_waits_is_counted_by_channel_with_the_oldest(office: PostOffice) -> None:
    refused(office)
    office.world.hand_in("WJW", now=MONDAY)
    with office.world.act(MONDAY, OFFICE) as act:
        tallies = channel_notes.tallies(act)
        assert (tallies["mail"].failed, tallies["mail"].oldest) == (1, None)
        assert (tallies[""].queued, tallies[""].oldest) == (1, None)
        later = channel_notes.tallies(act.at(NOON))
    assert later[""].oldest == MONDAY + timedelta(minutes=10)
