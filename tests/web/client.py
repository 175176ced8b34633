"""The application over a launched programme, and people at its doors: Ordos 2022 at 2021-12-31 08:30."""

from __future__ import annotations

from functools import cached_property

from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.workflow.world import World, local
from web import access
from web.app import create_app
from web.site import Site, of_app
from workflow import accounts, tokens
from workflow.engine import Engine

SECRET = b"a key for tests, long enough for anybody"
ADDRESS = "http://duban.example.cn"
PROGRAMME = "ordos-benchmarking-2022"
API = "/api/v1"


class House:
    """One service: its application, the world it acts in, and how people come to it."""

    def __init__(self, world: World, *, rehearsal: bool = True, base_url: str = ADDRESS) -> None:
        self.world = world
        self.engine = Engine(world.store, world.links, rehearsal=rehearsal)
        self.base_url = base_url
        self.seconds_since_sweep = 0.0

    @cached_property
    def app(self) -> FastAPI:
        """The application, made when first asked for."""
        return create_app(
            self.engine,
            secret=SECRET,
            base_url=self.base_url,
            seconds_since_sweep=lambda: self.seconds_since_sweep,
        )

    @property
    def site(self) -> Site:
        """What the application's requests stand on."""
        return of_app(self.app)

    def token(self, role: str = "office", unit: str | None = None) -> str:
        """A new API token."""
        with self.engine.acting() as act:
            return tokens.add_token(act, role, unit)

    def anybody(self) -> TestClient:
        """A client that shows nothing."""
        return TestClient(self.app, base_url=self.base_url)

    def client(self, role: str = "office", unit: str | None = None) -> TestClient:
        """A client with an API token."""
        made = self.anybody()
        made.headers["Authorization"] = f"Bearer {self.token(role, unit)}"
        return made

    def office(self) -> TestClient:
        """The office's client."""
        return self.client("office")

    def unit(self, code: str) -> TestClient:
        """The client of a unit's own people."""
        return self.client("unit", code)

    def signed_in(self, name: str = "office", role: str = "office", unit: str | None = None) -> TestClient:
        """A browser with the session of a new account; it sends no form token yet."""
        password = f"{name} says it"
        with self.engine.acting() as act:
            accounts.add_account(act, name, role, unit, password)
        made = self.anybody()
        made.cookies.set(access.COOKIE, access.sign_in(self.site, name, password))
        return made

    def form_token(self, browser: TestClient) -> str:
        """What the pages would put into the forms of this browser's session."""
        value = browser.cookies.get(access.COOKIE)
        assert value is not None
        session = access.session_of(self.site, value)
        assert session is not None
        return access.form_token(SECRET, session.session_id)

    def now(self) -> str:
        """The service's clock, as the API writes it."""
        with self.engine.looking() as act:
            return act.now.isoformat()

    def advance(self, text: str) -> None:
        """Move the rehearsal clock, doing everything due on the way."""
        self.engine.advance(local(text))

    def submission(self, unit: str, obligation: str = "target-choice") -> str:
        """The address of a unit's submission."""
        return f"{API}/submissions/{self.world.id_of(unit, obligation)}"
