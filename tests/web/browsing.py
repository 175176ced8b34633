"""A browser without a screen: it reads the forms of a page, fills them in and presses their buttons."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from html.parser import HTMLParser

import httpx2
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from notifier.channels import open_channels
from notifier.deliveries import Mailroom
from tests.web.client import ADDRESS, SECRET, House
from tests.workflow.world import LINKS, World, local
from web import pages
from web.app import create_app
from web.contexts.entry import SampleAccount
from workflow.engine import Engine
from workflow.tables import Account

PASSWORD = "a password of eight"
CONTACT = "领导小组办公室 0477-0000000"
UNIT = "JYTYJ"
Given = str | Sequence[str]
File = tuple[str, bytes, str]


@dataclass
class Button:
    """A button by the words on it, with what it sends."""

    text: str = ""
    name: str = ""
    value: str = ""


@dataclass
class Form:
    """A form as it came: where it goes, what stands in it."""

    action: str
    method: str
    label: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    buttons: list[Button] = field(default_factory=list)


class Reader(HTMLParser):
    """The forms, links and words of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._open: str = ""
        self._select: str = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(said["action"], said.get("method", "get"), said.get("aria-label", ""))
            self.forms.append(self._form)
        elif tag == "a":
            self.links.append((said.get("href", ""), ""))
            self._open = tag
        elif tag == "button" and self._form:
            self._form.buttons.append(Button(said.get("aria-label", ""), said.get("name", ""), said.get("value", "")))
            self._open = "" if "aria-label" in said else tag
        elif self._form:
            self._control(tag, said)

    def _control(self, tag: str, said: Mapping[str, str]) -> None:
        assert self._form is not None
        name, kind = said.get("name", ""), said.get("type", "")
        if tag == "input" and kind == "file":
            self._form.files.add(name)
        elif tag == "input" and kind in ("radio", "checkbox"):
            self._form.fields.setdefault(name, [])
            if "checked" in said:
                self._form.fields[name].append(said["value"])
        elif tag in ("input", "textarea"):
            self._form.fields[name] = [said.get("value", "")]
            self._open, self._select = tag, name
        elif tag == "select":
            self._select = name
        elif tag == "option" and (self._select not in self._form.fields or "selected" in said):
            self._form.fields[self._select] = [said["value"]]

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._open == "a":
            href, text = self.links[-1]
            self.links[-1] = (href, text + data)
        elif self._open == "button" and self._form:
            self._form.buttons[-1].text += data
        elif self._open == "textarea" and self._form:
            self._form.fields[self._select][0] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag in ("a", "button", "textarea"):
            self._open = ""


@dataclass(frozen=True)
class Page:
    """What came back."""

    response: httpx2.Response

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def path(self) -> str:
        return self.response.url.raw_path.decode()

    @cached_property
    def read(self) -> Reader:
        return Reader(self.response.text)

    @property
    def text(self) -> str:
        """The words of the page, its white space folded."""
        return re.sub(r"\s+", " ", " ".join(self.read.words))

    def form(self, button: str) -> tuple[Form, Button]:
        """The form with a button of these words; of several the first."""
        found = [(form, one) for form in self.read.forms for one in form.buttons if one.text.strip().startswith(button)]
        assert found, f"no button {button}: {[one.text for form in self.read.forms for one in form.buttons]}"
        return found[0]

    def offers(self, button: str) -> bool:
        """Whether there is a button of these words."""
        return any(one.text.strip().startswith(button) for form in self.read.forms for one in form.buttons)

    def link(self, text: str) -> str:
        """Where the first link of these words goes."""
        return next(href for href, said in self.read.links if text in said)


class Visitor:
    """A person at a browser."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.page = Page(httpx2.Response(204, request=httpx2.Request("GET", client.base_url)))

    def open(self, path: str) -> Page:
        """Go to an address."""
        self.page = Page(self.client.get(path))
        return self.page

    def follow(self, text: str) -> Page:
        """Click a link."""
        return self.open(self.page.link(text))

    def press(
        self,
        button: str,
        given: Mapping[str, Given] | None = None,
        *,
        files: Mapping[str, Sequence[File]] | None = None,
        **named: str,
    ) -> Page:
        """Fill in the form of a button and press it; ``given`` and ``named`` are the same, by the fields' names."""
        form, pressed = self.page.form(button)
        fields = {name: list(values) for name, values in form.fields.items()}
        for name, value in {**(given or {}), **named}.items():
            assert name in fields, f"no field {name}: {sorted(fields)}"
            fields[name] = [value] if isinstance(value, str) else list(value)
        if pressed.name:
            fields[pressed.name] = [pressed.value]
        sent = [(name, one) for name, several in (files or {}).items() for one in several]
        assert {name for name, _ in sent} <= form.files
        if form.method == "get":
            self.page = Page(self.client.get(form.action, params=fields))
        else:
            self.page = Page(self.client.post(form.action, data=fields, files=sent or None))
        return self.page

    def sign_in(self, name: str) -> Page:
        """By the form, as people do."""
        self.open("/login")
        return self.press("登录", name=name, password=PASSWORD)


@lru_cache(maxsize=1)
def _hashed() -> str:
    """Hashing a password is meant to take long; once is enough here."""
    return PasswordHash((Argon2Hasher(),)).hash(PASSWORD)


class Office(House):
    """The service with its pages and its rehearsal mailbox."""

    def __init__(self, world: World, *, rehearsal: bool = True, base_url: str = ADDRESS) -> None:
        super().__init__(world, rehearsal=rehearsal, base_url=base_url)
        room = Mailroom(world.store, open_channels(None, None, []), LINKS, base_url, rehearsal=rehearsal)
        self.engine = Engine(world.store, LINKS, rehearsal=rehearsal, deliver=room.deliver)
        self.demo_accounts: tuple[SampleAccount, ...] = ()

    @cached_property
    def app(self) -> FastAPI:
        """The application with its pages."""
        made = create_app(
            self.engine, secret=SECRET, base_url=self.base_url, seconds_since_sweep=lambda: self.seconds_since_sweep
        )
        pages.add_to(
            made, self.engine, secret=SECRET, base_url=self.base_url, contact=CONTACT, demo_accounts=self.demo_accounts
        )
        return made

    def visitor(self) -> Visitor:
        """Somebody who has not signed in."""
        return Visitor(self.anybody())

    def person(self, role: str = "office", unit: str | None = None, name: str = "") -> Visitor:
        """Somebody with an account, signed in."""
        name = name or unit or role
        with self.engine.acting() as act:
            act.session.add(Account(name=name, role=role, unit=unit, password_hash=_hashed(), created_at=act.now))
        visitor = self.visitor()
        visitor.sign_in(name)
        return visitor

    def liaison(self, unit: str = UNIT) -> Visitor:
        """A unit's own people."""
        return self.person("unit", unit)

    def page_of(self, unit: str = UNIT, obligation: str = "target-choice") -> str:
        """The address of a submission's page."""
        return f"/submissions/{self.world.id_of(unit, obligation)}"

    def at(self, text: str) -> None:
        """Move the clock."""
        self.engine.advance(local(text))
