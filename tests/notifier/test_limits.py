"""The limits of a channel hold over all who use it, counted from the attempts on record."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import add
from threading import Barrier

import pytest
from sqlalchemy import insert, select, update
from sqlmodel import col

from notifier import claims
from notifier.channels import ChannelUrlRefused, open_channels
from notifier.claims import LEASE
from notifier.deliveries import Mailroom
from notifier.ways import Ways
from tests.doubles.smtp import SmtpDouble
from tests.doubles.wecom import WecomDouble
from tests.notifier.post_office import BASE, PostOffice
from tests.notifier.test_deliveries import LIAISON, alone
from tests.workflow.world import LAUNCH, OFFICE, World
from workflow import attempts, mailbag
from workflow.tables import Attempt, Lane, Message

Opened = Callable[..., PostOffice]
WALL = datetime(2022, 1, 1, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def rated(office: PostOffice, rate: int) -> Mailroom:
    """A mailroom whose server takes so many mails a minute."""
    channels = open_channels(office.smtp.url(f"from=duban@example.cn&rate={rate}"), None, [])
    return Mailroom(office.world.store, channels, office.world.links, BASE, wall=lambda: WALL)


def tried(
    office: PostOffice, message: Message, ages: list[timedelta], *, channel: str = "wecom", **more: object
) -> None:
    """Put attempts on record that ended so long ago."""
    rows = [
        {
            "message_id": message.id, "channel": "wecom", "person": message.person, "begun_at": WALL - age,
            "at": LAUNCH, "ended_at": WALL - age, "outcome": "delivered", "answer": "", **more,
        }
        for age in ages
    ]  # fmt: skip
    with office.world.store.write() as session:
        session.execute(insert(Attempt), rows)


def test_a_server_gets_so_many_mails_a_minute_and_the_rest_after_it(office: PostOffice) -> None:
    with closing(rated(office, 25).channels) as channels:
        room, counts = Mailroom(office.world.store, channels, office.world.links, BASE), []
        for late in (0 * SECOND, 59 * SECOND, 61 * SECOND, 122 * SECOND):
            replace(room, wall=partial(add, WALL, late)).deliver(LAUNCH + late)
            counts.append(len(office.smtp.mails))
    assert counts == [25, 25, 50, 61]
    assert {one.attempts for one in office.messages()} == {1}


def test_two_at_once_stay_under_the_limit_together(launched_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "BATCH", 4)
    start = Barrier(2)

    def deliver(url: str) -> None:
        with closing(World.opened(launched_url)) as world, closing(open_channels(url, None, [])) as channels:
            room = Mailroom(world.store, channels, world.links, BASE, wall=lambda: WALL)
            start.wait()
            while room.deliver(LAUNCH):
                pass

    with SmtpDouble() as server, ThreadPoolExecutor(2) as pool:
        list(pool.map(deliver, [server.url("from=duban@example.cn&rate=30")] * 2))
        assert len(server.mails) == 30


@pytest.mark.parametrize(("most", "span"), [(30, MINUTE), (1000, timedelta(hours=1))], ids=["minute", "hour"])
def test_wecom_is_not_asked_for_more_than_a_person_gets(
    world: World, opened: Opened, most: int, span: timedelta
) -> None:
    office = opened(world, wecom=True)
    message = alone(office)
    step = span / most
    tried(office, message, [step * (number + 0.5) for number in range(most)])
    assert office.deliver(LAUNCH, wall=lambda: WALL) == 0
    (waiting,) = office.messages(person=LIAISON)
    # The oldest of them leaves the span first.
    assert (waiting.status, waiting.attempts, waiting.answer) == ("queued", 0, "")
    assert waiting.not_before - LAUNCH == max(step / 2, SECOND)
    later = step / 2 + SECOND
    assert office.deliver(LAUNCH + later, wall=lambda: WALL + later) == 1
    assert len(office.wecom.shown) == 1


def test_an_attempt_without_an_end_counts_until_its_lease_is_over(office: PostOffice, opened: Opened) -> None:
    wecom = opened(office.world, wecom=True)
    message = alone(wecom)
    tried(wecom, message, [MINUTE + LEASE - SECOND] * 30, ended_at=None, outcome="")
    assert wecom.deliver(LAUNCH, wall=lambda: WALL) == 0
    assert wecom.deliver(LAUNCH + MINUTE, wall=lambda: WALL + 2 * SECOND) == 1


def test_nobody_takes_a_message_to_a_person_whom_another_is_writing_to(office: PostOffice) -> None:
    with office.world.store.write() as session:
        session.execute(update(Message).values(person=LIAISON))
    ways = office.room.ways
    first = claims.claim(office.world.store, LAUNCH, WALL, ways)
    assert first is not None and len(first.ids) == 61
    with office.world.store.write() as session:
        session.execute(update(Message).where(col(Message.id) == first.ids[0]).values(status="queued"))
    assert claims.claim(office.world.store, LAUNCH, WALL, ways) is None
    assert claims.claim(office.world.store, LAUNCH, WALL + LEASE, ways) is not None


def test_a_channel_that_was_asked_too_often_rests_for_a_minute(sqlite_world: World, opened: Opened) -> None:
    office = opened(sqlite_world, wecom=True)
    office.wecom.answers.append(45009)
    office.deliver(LAUNCH, wall=lambda: WALL)
    assert office.wecom.calls["message/send"] == 1
    assert not office.wecom.shown
    with sqlite_world.store.read() as session:
        until = dict(session.execute(select(col(Lane.channel), col(Lane.busy_until))).all())
    assert until == {"mail": None, "outbox": None, "wecom": WALL + MINUTE}
    assert office.deliver(LAUNCH + 30 * SECOND, wall=lambda: WALL + 30 * SECOND) == 0
    office.deliver(LAUNCH + 67 * SECOND, wall=lambda: WALL + 67 * SECOND)
    assert len(office.wecom.shown) == 61


def test_every_attempt_is_on_record_with_its_answer(world: World, opened: Opened) -> None:
    office = opened(world, wecom=True)
    message = alone(office)
    office.wecom.absent.add(LIAISON)
    office.smtp.rcpt_answers.append("451 4.3.0 try later")
    office.deliver(LAUNCH, wall=lambda: WALL)
    office.deliver(LAUNCH + MINUTE, wall=lambda: WALL + MINUTE)
    found = [(one.channel, one.outcome, one.answer[:5], one.at - LAUNCH) for one in office.tries(message)]
    assert found == [
        ("wecom", "refused", "81013", timedelta(0)),
        ("mail", "put-off", "451 4", timedelta(0)),
        ("mail", "delivered", "250 2", MINUTE),
    ]
    assert [one.begun_at for one in office.tries(message)] == [WALL, WALL, WALL + MINUTE]
    assert all(one.ended_at is not None for one in office.tries(message))


def test_the_proof_of_a_message_tells_every_attempt(world: World, opened: Opened) -> None:
    office = opened(world, wecom=True)
    message = alone(office)
    office.wecom.absent.add(LIAISON)
    office.smtp.cuts = 1
    office.deliver(LAUNCH, wall=lambda: WALL)
    with world.look(LAUNCH, OFFICE) as act:
        (one,) = mailbag.messages(act, recipient=LIAISON, status="queued").items
        assert mailbag.of_person(act, LIAISON)["queued"] == 1
        assert not mailbag.messages(act, recipient=LIAISON[:-1]).items
    told = [(each.way, each.outcome) for each in one.attempts_history]
    assert (one.id, told) == (message.id, [("企业微信", "refused"), ("邮件", "put-off")])
    assert one.attempts_history[1].text.startswith("2021-12-31 08:30 邮件 未成，稍后再试：未收到答复")


def test_an_attempt_that_died_is_said_to_be_of_unknown_outcome(office: PostOffice) -> None:
    message = alone(office)
    claims.claim(office.world.store, LAUNCH, WALL, office.room.ways)
    with office.world.store.read() as session:
        assert [one.outcome for one in attempts.of_messages(session, [message.id or 0])[message.id or 0]] == [
            "under-way"
        ]
    office.deliver(LAUNCH, wall=lambda: WALL + LEASE)
    with office.world.store.read() as session:
        tries = attempts.of_messages(session, [message.id or 0])[message.id or 0]
    assert [one.outcome for one in tries] == ["unknown", "delivered"]


def test_what_is_given_back_was_no_attempt(office: PostOffice) -> None:
    claim = claims.claim(office.world.store, LAUNCH, WALL, office.room.ways)
    assert claim is not None
    claims.give_back(office.world.store, claim, claim.ids)
    assert {(one.status, one.attempts) for one in office.messages()} == {("queued", 0)}
    assert not [one for message in office.messages() for one in office.tries(message)]


def test_a_code_goes_by_the_way_chosen_for_it_or_not_at_all(sqlite_world: World, opened: Opened) -> None:
    office = opened(sqlite_world, wecom=True)
    message = alone(office)
    with sqlite_world.store.write() as session:
        session.execute(update(Message).where(col(Message.id) == message.id).values(kind="code", channel="mail"))
    mail_gone = Ways(open_channels(None, office.wecom.url(), []))
    claim = claims.claim(sqlite_world.store, LAUNCH, WALL, mail_gone)
    assert claim is not None and claim.started[message.id or 0].channel == ""


@pytest.mark.parametrize("rate", ["0", "x", "-1", "1e3"])
def test_a_rate_that_is_no_number_is_refused(rate: str) -> None:
    with pytest.raises(ChannelUrlRefused, match="rate"):
        open_channels(f"smtp://127.0.0.1:25?from=duban@example.cn&rate={rate}", None, [])


def test_wecom_has_a_daily_limit_where_its_accounts_are_told() -> None:
    with ExitStack() as stack:
        double = stack.enter_context(WecomDouble())
        channels = stack.enter_context(closing(open_channels(None, f"{double.url()}&accounts=500", [])))
        daily = [limit for limit in channels.limits("wecom") if limit.span == timedelta(days=1)]
        assert [limit.most for limit in daily] == [100_000]
        assert channels.limits("mail") == ()
