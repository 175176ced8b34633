"""Messages reach people through real servers, once, true at the moment they go, whatever the servers say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from notifier.marks import MOST_ATTEMPTS, backoff
from notifier.writing import NO_WAY
from tests.notifier.post_office import PostOffice, address, message_id, tokens
from tests.workflow.world import LAUNCH, World, local, ordos_roster
from workflow import holding, posts
from workflow.tables import Message, Meta

Opened = Callable[..., PostOffice]

HOURS = timedelta(hours=2)
MONDAY = local("2022-01-03 09:00")
EDUCATION, HEALTH = "JYTYJ", "WJW"
MAYOR = "fsz-jiaoyu"
LIAISON = "jytyj-liaison"


def alone(office: PostOffice, person: str = LIAISON) -> Message:
    """Take every other message out of the queue and give this person's."""
    with office.world.store.write() as session:
        session.execute(update(Message).where(col(Message.person) != person).values(status="cancelled"))
    (message,) = [one for one in office.messages(person=person) if one.status == "queued"]
    return message


def status(office: PostOffice, message: Message) -> tuple[str, int, str]:
    """How a message stands now: status, attempts, the provider's answer."""
    with office.world.store.read() as session:
        row = session.get(Message, message.id)
        assert row is not None
        return row.status, row.attempts, row.answer


def ask_the_leader(office: PostOffice, *units: str) -> Message:
    """Let units hand in, take the launch out of the queue, and give their leader's message."""
    for unit in units:
        office.world.hand_in(unit, now=MONDAY)
    return alone(office, MAYOR)


# What reaches people


def test_ten_minutes_of_requests_are_one_mail_with_links_that_work(office: PostOffice) -> None:
    message = ask_the_leader(office, EDUCATION, HEALTH)
    at = message.not_before
    assert office.deliver(at) == 1
    (mail,) = office.mails_to(MAYOR)
    for body in (mail.part("plain"), mail.part("html")):
        purposes = [(link.purpose, link.person) for link in office.opened_by(body, at)]
        assert purposes == [("desk", MAYOR), ("item", MAYOR), ("item", MAYOR)]
    assert mail.part("plain").count("/all") == 1
    assert message_id(mail) == f"<{message.reference}@example.cn>"
    assert status(office, message) == ("sent", 1, "250 2.0.0 Ok: 1")


def test_what_is_stored_opens_nothing(office: PostOffice) -> None:
    ask_the_leader(office, EDUCATION, HEALTH)
    office.deliver(MONDAY + timedelta(minutes=10))
    sent = tokens(office.smtp.mails[0].part("plain"))
    stored = "\n".join(row for rows in office.world.dump().values() for row in rows)
    assert len(sent) == 3
    assert not [token for token in sent if token in stored]
    assert office.one("request", MAYOR).body.count("{{link:") == 3


def test_every_liaison_hears_of_the_launch_once(office: PostOffice) -> None:
    assert office.deliver(LAUNCH) == len(office.messages()) == 61
    assert office.deliver(LAUNCH) == 0
    assert Counter(mail.recipients for mail in office.smtp.mails) == Counter(
        {(address(one.person),): 1 for one in office.messages()}
    )
    assert {one.status for one in office.messages()} == {"sent"}
    assert {one.sent_at for one in office.messages()} == {LAUNCH}
    threads = {f"<submission-{number}.ordos-benchmarking-2022@example.cn>" for number in range(1, 62)}
    assert {mail.message["References"] for mail in office.smtp.mails} == threads
    assert {mail.message["In-Reply-To"] for mail in office.smtp.mails} == threads


def test_wecom_comes_first_and_its_card_leads_to_the_request(sqlite_world: World, opened: Opened) -> None:
    office = opened(sqlite_world, wecom=True)
    message = ask_the_leader(office, EDUCATION)
    office.deliver(message.not_before)
    (card,) = office.wecom.shown
    assert not office.smtp.mails
    assert (card.to, card.button) == (MAYOR, "去审签")
    assert card.title == "【待审签】市教育体育局请您于1月4日前审签：报送建标学习对象"
    assert "市教育体育局　报送建标学习对象　2022年1月4日前" in card.text
    (link,) = office.opened_by(card.link, message.not_before)
    assert link.purpose == "item"
    assert status(office, message) == ("sent", 1, "0 ok msg-1")


# True at the moment of sending


def test_a_message_about_what_is_done_is_cancelled_with_the_reason(office: PostOffice) -> None:
    message = ask_the_leader(office, EDUCATION)
    office.world.sign(EDUCATION, now=MONDAY)
    office.deliver(message.not_before)
    assert not office.asked_of(MAYOR)
    assert status(office, message) == ("cancelled", 0, "已不再需要审签")
    assert not office.tries(message)
    assert [item.dropped for item in office.items(message)] == ["已不再需要审签"]


def test_only_what_is_still_true_is_sent(office: PostOffice) -> None:
    message = ask_the_leader(office, EDUCATION, HEALTH)
    office.world.sign(EDUCATION, now=MONDAY, choice="return")
    office.deliver(message.not_before)
    (mail,) = office.asked_of(MAYOR)
    assert "市卫生健康委员会" in mail.part("plain")
    assert "市教育体育局" not in mail.part("plain")
    assert [item.dropped for item in office.items(message)] == ["已不再需要审签", None]


def test_a_message_tried_again_says_what_is_true_then(office: PostOffice) -> None:
    message = ask_the_leader(office, EDUCATION, HEALTH)
    office.smtp.rcpt_answers.append("450 4.2.0 greylisted")
    office.deliver(message.not_before)
    office.world.sign(EDUCATION, now=message.not_before)
    office.deliver(message.not_before + timedelta(minutes=1))
    (mail,) = office.asked_of(MAYOR)
    assert "市教育体育局" not in mail.part("plain")
    assert office.one("request", MAYOR).subject.startswith("【待审签】市卫生健康委员会请您")


def test_what_waits_behind_a_slow_server_is_written_anew(office: PostOffice) -> None:
    """With a turn of no time, every letter is older than it may be as soon as one was sent."""
    alone(office)
    office.world.hand_in(EDUCATION, now=MONDAY)
    office.world.hand_in("KJJ", now=MONDAY)
    now = MONDAY + timedelta(minutes=10)
    assert office.deliver(now, turn=timedelta(0)) == 1
    waiting = [one for one in office.messages("request") if one.status == "queued"]
    assert [(one.attempts, one.claimed_until) for one in waiting] == [(0, None)]
    for unit in (EDUCATION, "KJJ"):
        office.world.sign(unit, now=MONDAY)
    office.deliver(now)
    assert len([mail for mail in office.smtp.mails if "请您" in str(mail.message["Subject"])]) == 1


def test_a_rehearsal_sends_everything_in_one_turn(sqlite_world: World, opened: Opened) -> None:
    office = opened(sqlite_world, rehearsal=True, turn=timedelta(0))
    assert office.deliver(LAUNCH) == 61
    assert len({mail.recipients for mail in office.smtp.mails}) == len(office.smtp.mails) == 61


# What servers answer


def test_a_refusal_for_now_is_tried_again_after_a_while(office: PostOffice) -> None:
    message = alone(office)
    office.smtp.rcpt_answers.append("451 4.3.0 try later")
    office.deliver(LAUNCH)
    assert status(office, message) == ("queued", 1, "451 4.3.0 try later")
    (waiting,) = office.messages(person=LIAISON)
    assert timedelta(seconds=27) <= waiting.not_before - LAUNCH <= timedelta(seconds=33)
    assert office.deliver(LAUNCH + timedelta(seconds=26)) == 0
    assert office.deliver(LAUNCH + timedelta(seconds=34)) == 1
    assert status(office, message) == ("sent", 2, "250 2.0.0 Ok: 1")


def test_after_eight_attempts_a_person_must_look(office: PostOffice) -> None:
    message = alone(office)
    office.smtp.rcpt_answers.extend(["451 4.3.0 try later"] * MOST_ATTEMPTS)
    now = LAUNCH
    for attempt in range(1, MOST_ATTEMPTS):
        office.deliver(now)
        assert status(office, message) == ("queued", attempt, "451 4.3.0 try later")
        now += timedelta(hours=2)
    office.deliver(now)
    assert status(office, message) == ("failed", MOST_ATTEMPTS, "451 4.3.0 try later")
    assert office.deliver(now + timedelta(days=1)) == 0
    assert not office.smtp.rcpt_answers
    assert not office.smtp.mails


@pytest.mark.parametrize("attempts", range(1, 30))
def test_waiting_doubles_up_to_an_hour(attempts: int) -> None:
    expected = timedelta(seconds=min(30 * 2 ** (attempts - 1), 3600))
    assert 0.9 * expected <= backoff(attempts) <= 1.1 * expected


def test_a_refusal_for_good_goes_to_the_offices_list(office: PostOffice) -> None:
    message = alone(office)
    office.smtp.rcpt_answers.append("550 5.1.1 no such user")
    office.deliver(LAUNCH)
    assert status(office, message) == ("failed", 1, "550 5.1.1 no such user")
    assert office.deliver(LAUNCH + timedelta(days=1)) == 0


def test_a_person_unknown_to_wecom_gets_a_mail_and_the_office_sees_both_answers(world: World, opened: Opened) -> None:
    office = opened(world, wecom=True)
    message = alone(office)
    office.wecom.absent.add(LIAISON)
    office.deliver(LAUNCH)
    (mail,) = office.smtp.mails
    assert message_id(mail) == f"<{message.reference}@example.cn>"
    state, attempts, answer = status(office, message)
    assert (state, attempts) == ("sent", 1)
    first, second = answer.splitlines()
    assert first.startswith("企业微信：81013 ")
    assert second == "250 2.0.0 Ok: 1"
    assert office.one("notice", LIAISON).channel == "mail"


def test_when_both_channels_refuse_both_answers_are_kept(sqlite_world: World, opened: Opened) -> None:
    office = opened(sqlite_world, wecom=True)
    message = alone(office)
    office.wecom.absent.add(LIAISON)
    office.smtp.rcpt_answers.extend(["451 4.3.0 try later", "550 5.1.1 no such user"])
    office.deliver(LAUNCH)
    office.deliver(LAUNCH + timedelta(minutes=1))
    state, attempts, answer = status(office, message)
    assert (state, attempts) == ("failed", 2)
    assert [line[:9] for line in answer.splitlines()] == ["企业微信：8101", "550 5.1.1"]


def test_a_busy_wecom_is_given_up_for_mail_after_eight_attempts(sqlite_world: World, opened: Opened) -> None:
    office = opened(sqlite_world, wecom=True)
    message = alone(office)
    office.wecom.answers.extend([45009] * MOST_ATTEMPTS)
    for attempt in range(MOST_ATTEMPTS):
        # The channel rests for a minute of real time after each such answer.
        office.deliver(LAUNCH + attempt * HOURS, wall=lambda at=LAUNCH + attempt * HOURS: at)
    assert len(office.smtp.mails) == 1
    assert status(office, message)[0] == "sent"


@pytest.mark.parametrize("rehearsal", [False, True])
def test_a_person_without_an_address_is_said_to_have_none(sqlite_world: World, opened: Opened, rehearsal: bool) -> None:
    people = tuple(
        replace(one, email=None, wecom_id=None) if one.key == LIAISON else one for one in ordos_roster().people
    )
    with sqlite_world.act(LAUNCH) as act:
        posts.import_roster(act.session, replace(ordos_roster(), people=people))
    office = opened(sqlite_world, wecom=True, rehearsal=rehearsal)
    message = alone(office)
    office.deliver(LAUNCH)
    assert status(office, message) == ("failed", 1, NO_WAY)
    assert office.one("notice", LIAISON).subject.endswith("请于1月4日前完成：报送建标学习对象")


def test_without_any_channel_nothing_is_called_sent(sqlite_world: World, opened: Opened) -> None:
    office = opened(sqlite_world, mail=False)
    message = alone(office)
    office.deliver(LAUNCH)
    assert status(office, message) == ("failed", 1, NO_WAY)


# Rehearsals


def test_a_rehearsal_without_channels_fills_the_outbox(world: World, opened: Opened) -> None:
    office = opened(world, mail=False, rehearsal=True)
    assert office.deliver(LAUNCH) == 61
    found = office.messages()
    assert {(one.status, one.channel, one.answer) for one in found} == {("sent", "outbox", "已投入演练投递箱")}
    assert all(one.subject.startswith("【演练】【督办】方案已启动，") for one in found)
    assert all("截止：2022年1月4日前" in one.body for one in found)


def test_a_rehearsal_with_a_mail_server_sends_mail_that_says_so(sqlite_world: World, opened: Opened) -> None:
    office = opened(sqlite_world, rehearsal=True)
    message = alone(office)
    office.deliver(LAUNCH)
    (mail,) = office.mails_to(LIAISON)
    assert str(mail.message["Subject"]).startswith("【演练】")
    assert "这是一次演练，不是正式通知。" in mail.part("plain")
    assert status(office, message)[0] == "sent"


def test_a_restored_store_sends_nothing_until_it_is_released(office: PostOffice) -> None:
    alone(office)
    with office.world.store.write() as session:
        session.add(Meta(key="outbox", value="held"))
    assert office.deliver(LAUNCH) == 0
    with office.world.store.write() as session:
        holding.release(session)
    assert office.deliver(LAUNCH) == 1
