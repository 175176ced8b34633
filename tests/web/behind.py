"""A leader asked to confirm a decision, in a service with channels, and a browser at its door."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from threading import Thread

import uvicorn
from fastapi import FastAPI
from sqlmodel import col, select

from notifier.channels import Channels, open_channels
from notifier.deliveries import Mailroom
from tests.web.browsing import CONTACT, Office, Visitor
from tests.web.client import ADDRESS, SECRET
from tests.workflow.confirming import NOW, roster
from tests.workflow.small import small
from tests.workflow.world import LINKS, World
from web import pages
from web.app import create_app
from workflow.engine import Engine
from workflow.roster import Roster
from workflow.tables import Challenge, Link

UNIT, OBLIGATION = "U1", "report"
GIVEN = {"decision": "return", "comment": "请补充\n第二段 <b>", "name": "甲副市长"}
SUBMIT = "确认提交"
WXWORK = "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 wxwork/4.1.30 MicroMessenger/7.0.1"


class Behind(Office):
    """The service of a rehearsal whose channels are real ones, where a test has any."""

    def __init__(self, world: World, channels: Channels | None = None, *, base_url: str = ADDRESS) -> None:
        super().__init__(world, base_url=base_url)
        self.channels = channels or open_channels(None, None, [])
        room = Mailroom(world.store, self.channels, LINKS, base_url, rehearsal=True)
        self.engine = Engine(world.store, LINKS, rehearsal=True, deliver=room.deliver)

    @cached_property
    def app(self) -> FastAPI:
        """The application with its pages."""
        made = create_app(self.engine, secret=SECRET, base_url=self.base_url, seconds_since_sweep=lambda: 0.0)
        pages.add_to(
            made, self.engine, secret=SECRET, base_url=self.base_url, contact=CONTACT,
            channels_open=self.channels.names, identity=self.channels.identity,
        )  # fmt: skip
        return made

    def asked(self) -> str:
        """Hand in, let the request go out; the path of the leader's link."""
        self.world.hand_in(UNIT, OBLIGATION, now=NOW)
        self.engine.advance(NOW + timedelta(minutes=11))
        return self.path("item")

    def path(self, purpose: str, person: str = "leader-1") -> str:
        """The path of the newest link of a purpose."""
        with self.engine.looking() as act:
            mine = select(Link).where(Link.purpose == purpose, Link.person == person)
            link = act.session.exec(mine.order_by(col(Link.id).desc())).first()
            assert link is not None
            return f"/s/{LINKS.token(link)}"

    def code(self) -> str:
        """The newest code, as its reader reads it."""
        with self.engine.looking() as act:
            newest = act.session.exec(select(Challenge).order_by(col(Challenge.id).desc())).first()
            assert newest is not None
            return LINKS.code(newest.salt)

    def wecom_visitor(self) -> Visitor:
        """Somebody in the WeCom client; what leads off this site is not followed."""
        visitor = self.visitor()
        visitor.client.headers["User-Agent"] = WXWORK
        return visitor


@contextmanager
def behind(
    url: str, confirm: str, channels: Channels | None = None, *, base_url: str = ADDRESS, given: Roster | None = None
) -> Iterator[Behind]:
    """The small programme whose leader confirms, launched on a store."""
    pinned = small(sign_off=f"[{{by: supervising-leader, confirm: {confirm}}}]")
    with closing(World.launched(url, now=NOW, pinned=pinned, roster=given or roster())) as world:
        yield Behind(world, channels, base_url=base_url)


@contextmanager
def listening() -> Iterator[tuple[socket.socket, str]]:
    """A socket for a server, and its address."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened, f"http://127.0.0.1:{opened.getsockname()[1]}"


@contextmanager
def serving(app: FastAPI, opened: socket.socket) -> Iterator[None]:
    """The application for a real browser."""
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
    thread = Thread(target=server.run, args=([opened],), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def digits(texts: Sequence[str]) -> str:
    """The code in a letter."""
    found = re.findall(r"(?<!\d)\d{6}(?!\d)", "\n".join(texts))
    assert found, texts
    return str(found[0])


def without_address(given: Roster, key: str = "leader-1") -> Roster:
    """The same people, one of them without a mail address."""
    people = tuple(replace(one, email=None) if one.key == key else one for one in given.people)
    return Roster(given.units, people, given.posts, given.supervision)


def state_of(office: Behind) -> tuple[str, str | None]:
    """How the submission stands, and what was decided."""
    request = office.world.requests(UNIT, OBLIGATION)[-1]
    return office.world.submission(UNIT, OBLIGATION).state, request.decision
