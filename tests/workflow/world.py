"""A launched programme to act in: Ordos 2022 with the sample roster, on either database.

Instants are written as office people would, ``local("2022-01-04 09:00")`` being Asia/Shanghai. What a test
does not name – content, comments, who signs – is filled in here, the same every time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import pytest
from sqlmodel import SQLModel, col, select

from documents import rosters
from tests.workflow.chains import broken_chains
from workflow import attachments, clock, ledger, library, posts, signing, submissions, sweep
from workflow.acts import SYSTEM, Act, Actor
from workflow.definition import Column, FormField
from workflow.launch import key_of, launch
from workflow.library import Pinned
from workflow.links import LinkMaker
from workflow.moments import SHANGHAI
from workflow.refusals import Refusal
from workflow.roster import Roster
from workflow.signing import Choice
from workflow.store import Store
from workflow.sweep import Swept
from workflow.tables import History, Message, MessageItem, SignOff, Submission

ROOT = Path(__file__).parent.parent.parent
DEFINITION = ROOT / "definitions" / "ordos-benchmarking.yaml"
ROSTER = ROOT / "definitions" / "rosters" / "ordos-benchmarking.xlsx"
LINKS = LinkMaker(b"a key for tests")
OFFICE = Actor("领导小组办公室值班员", "office")
APPROVER = Actor("审签人", "approver")


def local(text: str) -> datetime:
    """An instant in Asia/Shanghai, as ``2022-01-04`` or ``2022-01-04 23:59:59.999999``."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


LAUNCH = local("2021-12-31 08:30")


@dataclass(frozen=True)
class Said:
    """One item of a letter."""

    obligation: str
    unit: str
    reason: str
    rung: str
    dropped: str | None


@dataclass(frozen=True)
class Letter:
    """A queued message with everything it speaks of."""

    kind: str
    person: str
    ready: datetime
    status: str
    items: tuple[Said, ...]

    @property
    def units(self) -> tuple[str, ...]:
        """The units spoken of, each once."""
        return tuple(dict.fromkeys(item.unit for item in self.items))


@lru_cache(maxsize=1)
def ordos() -> Pinned:
    """The definition of record."""
    return library.load(DEFINITION)


@lru_cache(maxsize=1)
def ordos_roster() -> Roster:
    """The sample roster, as the office hands it in."""
    return rosters.read(ROSTER)


class World:
    """A store with one launched programme, and short ways to act in it."""

    def __init__(self, store: Store, key: str, *, links: LinkMaker = LINKS) -> None:
        self.store, self.key, self.links = store, key, links

    @classmethod
    def launched(
        cls,
        url: str,
        *,
        now: datetime = LAUNCH,
        pinned: Pinned | None = None,
        roster: Roster | None = None,
        cycle: int = 2022,
        rehearsal: bool = True,
    ) -> World:
        """Open and migrate the store at ``url``, import the roster, launch at ``now``."""
        store, pinned = Store.open(url), pinned or ordos()
        store.migrate()
        clock.settle_mode(store, rehearsal=rehearsal)
        with store.write() as session:
            posts.import_roster(session, roster or ordos_roster())
            if rehearsal:
                clock.set_before_launch(session, now)
        with store.write() as session:
            launch(Act(session, now, LINKS, OFFICE), pinned, cycle)
        return cls(store, key_of(pinned.definition, cycle))

    @classmethod
    def opened(cls, url: str, key: str = "ordos-benchmarking-2022") -> World:
        """A store that was launched before: a copy of a template, or one that a killed process left."""
        return cls(Store.open(url), key)

    def close(self) -> None:
        """Give back connections and locks."""
        self.store.close()

    @contextmanager
    def act(self, now: datetime, actor: Actor = OFFICE) -> Iterator[Act]:
        """One writing transaction at ``now``."""
        with self.store.write() as session:
            yield Act(session, now, self.links, actor)

    @contextmanager
    def look(self, now: datetime = LAUNCH, actor: Actor = SYSTEM) -> Iterator[Act]:
        """One reading transaction."""
        with self.store.read() as session:
            yield Act(session, now, self.links, actor)

    def id_of(self, unit: str, obligation: str = "target-choice") -> int:
        """The id of a unit's submission."""
        with self.store.read() as session:
            found = select(Submission.id).where(Submission.unit == unit, Submission.obligation == obligation)
            one = session.exec(found).one()
            assert one is not None
            return one

    def unit_of(self, number: int) -> str:
        """The code of the unit whose submission it is."""
        with self.store.read() as session:
            return session.exec(select(Submission.unit).where(Submission.id == number)).one()

    def submission(self, unit: str, obligation: str = "target-choice") -> Submission:
        """A unit's submission as it is now."""
        with self.store.read() as session:
            return ledger.load(session, self.id_of(unit, obligation))

    def fill(self, unit: str, obligation: str = "target-choice", *, now: datetime, said: str = "甲") -> Submission:
        """Fill in every field with something valid, files included; other words than ``said`` are other content."""
        number = self.id_of(unit, obligation)
        with self.act(now) as act:
            row = ledger.load(act.session, number)
            form = act.definition(row.programme_id).obligations[obligation].form
            other = act.audience(row.programme_id).directory.names()[0]
            values = {name: a_value(field, said, unit=other) for name, field in form.items() if field.type != "file"}
            submissions.save(act, number, values, if_version=None)
            for name in (name for name, field in form.items() if field.type == "file"):
                attachments.attach(
                    act, number, field=name, name=f"方案（{said}）.pdf", media_type="application/pdf",
                    data=f"%PDF-1.7 {unit} {said}".encode(),
                )  # fmt: skip
        return self.submission(unit, obligation)

    def submit(self, unit: str, obligation: str = "target-choice", *, now: datetime) -> Submission:
        """Hand in what is filled in."""
        with self.act(now) as act:
            submissions.submit(act, self.id_of(unit, obligation))
        return self.submission(unit, obligation)

    def hand_in(self, unit: str, obligation: str = "target-choice", *, now: datetime, said: str = "甲") -> Submission:
        """Fill in and hand in."""
        self.fill(unit, obligation, now=now, said=said)
        return self.submit(unit, obligation, now=now)

    def requests(self, unit: str, obligation: str = "target-choice") -> list[SignOff]:
        """Every sign-off ever asked for a submission, oldest first."""
        with self.store.read() as session:
            found = select(SignOff).where(SignOff.submission_id == self.id_of(unit, obligation))
            return list(session.exec(found.order_by(col(SignOff.id))))

    def open_requests(self, unit: str, obligation: str = "target-choice") -> list[SignOff]:
        """The sign-offs that wait for a decision."""
        return [one for one in self.requests(unit, obligation) if one.decision is None and one.closed_at is None]

    def decide(self, request: SignOff, choice: Choice, *, now: datetime, comment: str = "") -> SignOff:
        """Decide on a request as its approver does through the link."""
        assert request.id is not None
        with self.act(now, APPROVER) as act:
            return signing.sign(
                act, request.id, choice, comment=comment or ("请补充" if choice == "return" else ""),
                typed_name=request.holder, channel="link", content_hash=request.content_hash,
            )  # fmt: skip

    def sign(
        self, unit: str, obligation: str = "target-choice", *, now: datetime, choice: Choice = "approve"
    ) -> Submission:
        """Every approver who is waited for decides, one after the other."""
        for request in self.open_requests(unit, obligation):
            self.decide(request, choice, now=now)
        return self.submission(unit, obligation)

    def file(self, unit: str, obligation: str = "target-choice", *, now: datetime) -> Submission:
        """Fill in, hand in, sign at one instant."""
        self.hand_in(unit, obligation, now=now)
        return self.sign(unit, obligation, now=now)

    def sweep(self, now: datetime) -> Swept:
        """What the clock does at ``now``, once."""
        return sweep.run(self.store, now, self.links)

    def advance(self, target: datetime) -> None:
        """Move the rehearsal clock, doing everything due on the way."""
        clock.advance(self.store, target, self.links)

    def letters(self, kind: str | None = None, *, person: str | None = None) -> list[Letter]:
        """Messages in the order they were queued, with their items; the record's daily anchors only when asked for."""
        with self.store.read() as session:
            items: dict[int, list[Said]] = {}
            pairs = select(MessageItem, Submission).join(
                Submission, col(Submission.id) == col(MessageItem.submission_id)
            )
            for item, row in session.exec(pairs.order_by(col(MessageItem.id))):
                said = Said(row.obligation, row.unit, item.reason, item.rung, item.dropped)
                items.setdefault(item.message_id, []).append(said)
            messages = session.exec(select(Message).order_by(col(Message.id))).all()
        return [
            Letter(
                one.kind, one.person, one.not_before.astimezone(SHANGHAI), one.status, tuple(items.get(one.id or 0, ()))
            )
            for one in messages
            if (one.kind == kind if kind else one.kind != "anchor") and person in (None, one.person)
        ]

    def history(self, unit: str, obligation: str = "target-choice") -> list[History]:
        """A submission's history, oldest first."""
        with self.store.read() as session:
            return ledger.history_of(session, self.id_of(unit, obligation))

    def broken_chains(self) -> list[str]:
        """Every history entry that does not follow from the one before; none, if all is well."""
        with self.store.read() as session:
            return broken_chains(session)

    @contextmanager
    def refusing(self, kind: type[Refusal]) -> Iterator[pytest.ExceptionInfo[Refusal]]:
        """The block is refused so, in Chinese, and not one row of any table has changed."""
        before = self.dump()
        with pytest.raises(kind) as refused:
            yield refused
        assert type(refused.value) is kind
        assert re.search("[\u4e00-\u9fff]", refused.value.text) and "{" not in refused.value.text
        assert self.dump() == before

    def dump(self, *, without: Sequence[str] = ()) -> dict[str, list[str]]:
        """Every row of every table but those in ``without``, as text in a fixed order."""
        tables = [table for table in SQLModel.metadata.sorted_tables if table.name not in without]
        with self.store.read() as session:
            return {table.name: sorted(repr(tuple(row)) for row in session.execute(table.select())) for table in tables}


def a_value(field: FormField | Column, said: str, *, unit: str = "") -> object:
    """Something valid for a field or a column, by its type; ``unit`` is one of the roster's."""
    if isinstance(field, FormField) and field.type == "table":
        row = {name: a_value(column, said, unit=unit) for name, column in field.columns.items()}
        return [row] * max(field.at_least or 1, 1)
    match field.type:
        case "unit":
            return unit
        case "integer":
            return max((field.at_least if isinstance(field, FormField) else None) or 1, 1)
        case "decimal":
            return "1.5"
        case "date":
            return "2022-01-20"
        case "yes-no":
            return "是"
        case "choice":
            return field.options[0]
        case "choices":
            return list(field.options[:2])
    return f"{field.label}：{said}"
