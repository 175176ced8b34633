"""W5: queued alerts on their way with every attempt on record, beside one raw connection to the same server."""

from __future__ import annotations

import http.client
import json
import smtplib
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, insert
from sqlmodel import col, select

from bench import sink
from bench.stage import LAUNCHED, LINKS, crowd
from bench.workloads import Timed, clocked
from notifier.channels import Address, Parcel, open_channels
from notifier.channels.mime import SHANGHAI, Letter, compose
from notifier.channels.wecom import message as wecom_body
from notifier.deliveries import Mailroom
from tests.doubles.wecom import AGENT, CORP, SECRET
from workflow import posts
from workflow.roster import PersonRow
from workflow.store import Store
from workflow.tables import Attempt, Message, MessageItem, Programme, Submission

NOW = LAUNCHED + timedelta(days=4, hours=2)
BASE = "https://duban.example.cn"
SENDER = Address("督办", "duban@example.cn", None)


def mail(store: Store, count: int, port: int) -> tuple[Timed, Timed]:
    """``count`` alerts to as many people by mail, beside as many ready mails over one SMTP connection."""
    url = f"smtp://{sink.HOST}:{port}?from={SENDER.email}"

    def ready() -> Timed:
        letters = [compose(one, sender=SENDER, now=NOW.astimezone(SHANGHAI)) for one in _parcels(store, count)]
        return lambda: clocked(lambda: _raw_mail(port, letters))

    return _duban(store, count, mail=url), lambda: ready()()


def wecom(store: Store, count: int, port: int) -> tuple[Timed, Timed]:
    """The same by WeCom, beside one connection that posts ready cards."""
    url = f"wecomapp://{CORP}:{SECRET}@{AGENT}?api=http://{sink.HOST}:{port}"

    def ready() -> Timed:
        cards = [json.dumps(wecom_body(one, agent=AGENT), ensure_ascii=False) for one in _parcels(store, count)]
        return lambda: clocked(lambda: _raw_wecom(port, [card.encode() for card in cards]))

    return _duban(store, count, wecom=url), lambda: ready()()


def _duban(store: Store, count: int, *, mail: str | None = None, wecom: str | None = None) -> Timed:
    with store.write() as session:
        roster = posts.export(session)
        known = {one.key for one in roster.people}
        names = [f"w5-{number}" for number in range(count) if f"w5-{number}" not in known]
        people = tuple(PersonRow(name, "联络员", f"{name}@example.cn", name) for name in names)
        posts.import_roster(session, replace(roster, people=(*roster.people, *people)))
    turn = iter(range(1000))

    def once() -> float:
        queue(store, count, tag=f"w5-{next(turn)}")
        with closing(open_channels(mail, wecom, [])) as channels:
            room = Mailroom(store, channels, LINKS, BASE)
            seconds = clocked(lambda: [None for _ in iter(lambda: room.deliver(NOW), 0)])
        _check(store)
        return seconds

    return once


def _parcels(store: Store, count: int) -> list[Parcel]:
    """As many parcels of what was sent last."""
    with store.read() as session:
        sent = select(Message).where(col(Message.key).like("w5-%")).order_by(col(Message.id).desc())
        return [_parcel(one) for one in session.exec(sent.limit(count))]


def queue(store: Store, count: int, *, tag: str) -> None:
    """One alert each for ``count`` people, ready to go."""
    crowd(store, count, tag=tag)
    with store.write() as session:
        programme = session.exec(select(Programme)).one()
        about = session.exec(select(Submission.id).where(col(Submission.occurrence).like(f"{tag}-%"))).all()
        rows = [
            {
                "key": f"{tag}:{number}", "programme_id": programme.id, "kind": "notice", "person": f"w5-{number}",
                "recipient": "联络员", "post_title": "联络员", "created_at": NOW, "not_before": NOW,
                "status": "queued", "attempts": 0, "reference": f"{tag}-{number}", "subject": "", "body": "",
                "answer": "",
            }
            for number in range(count)
        ]  # fmt: skip
        session.execute(insert(Message), rows)
        found = session.exec(select(Message.id).where(col(Message.key).like(f"{tag}:%")).order_by(col(Message.id)))
        items = [
            {
                "message_id": number, "submission_id": submission, "person": row["person"], "reason": "notice",
                "rung": f"notice:{tag}", "day": NOW.date(), "schedule_version": 1,
            }
            for number, submission, row in zip(found.all(), about, rows, strict=True)
        ]  # fmt: skip
        session.execute(insert(MessageItem), items)


def _check(store: Store) -> None:
    """Every message sent, every attempt with its answer."""
    with store.read() as session:
        unsent = (
            select(func.count()).select_from(Message).where(Message.status != "sent", col(Message.key).like("w5-%"))
        )
        assert session.exec(unsent).one() == 0
        bare = select(func.count()).select_from(Attempt).where(Attempt.outcome != "delivered")
        assert session.exec(bare).one() == 0


def _parcel(one: Message) -> Parcel:
    address = Address("联络员", f"{one.person}@example.cn", one.person)
    return Parcel(
        to=address, subject=one.subject, text=one.body, html=one.body, reference=f"raw-{one.reference}", thread=None,
        link=f"{BASE}/", card=one.body[:100],
    )  # fmt: skip


def _raw_mail(port: int, letters: list[Letter]) -> None:
    with smtplib.SMTP(sink.HOST, port, "example.cn") as smtp:
        smtp.ehlo()
        for letter in letters:
            smtp.mail(str(SENDER.email))
            smtp.rcpt(letter.recipient)
            code, _ = smtp.data(letter.content)
            assert code == 250


def _raw_wecom(port: int, cards: list[bytes]) -> None:
    with closing(http.client.HTTPConnection(sink.HOST, port)) as connection:
        connection.request("GET", f"/cgi-bin/gettoken?corpid={CORP}&corpsecret={SECRET}")
        token = json.loads(connection.getresponse().read())["access_token"]
        for card in cards:
            connection.request("POST", f"/cgi-bin/message/send?access_token={token}", card)
            assert json.loads(connection.getresponse().read())["errcode"] == 0
