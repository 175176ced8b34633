"""What an amendment does, as people read it before they agree: dates, submissions, words, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from workflow import openings
from workflow.acts import Act
from workflow.amendments import told
from workflow.amendments.changes import Changed, changes
from workflow.amendments.drafts import Came, Draft, Kept, Went
from workflow.amendments.running import Running
from workflow.amendments.told import OF_DATES
from workflow.audience import Concern
from workflow.definition import Definition


@dataclass(frozen=True)
class DateMoved:
    """One occurrence whose date is another; ``following`` open submissions get it, the others keep theirs.

    ``back`` of the following are overdue and are not any more.
    """

    obligation: str
    title: str
    occurrence: str
    before: date
    after: date
    before_at: datetime
    after_at: datetime
    following: int = 0
    back: int = 0
    filed: int = 0
    exempt: int = 0
    extended: int = 0

    @property
    def earlier(self) -> bool:
        """Whether people have less time than they were told."""
        return self.after_at < self.before_at


@dataclass(frozen=True)
class Opened:
    """Submissions that come to be, or are asked for again: at once, or at ``opens_at``; ``units`` are names."""

    obligation: str
    title: str
    occurrence: str
    due_date: date
    units: tuple[str, ...]
    opens_at: datetime | None = None


@dataclass(frozen=True)
class Withdrawn:
    """Submissions no longer asked for: the open ones of these units become exempt, the filed ones stay."""

    obligation: str
    title: str
    occurrence: str
    units: tuple[str, ...]
    filed: int = 0


@dataclass(frozen=True)
class Amendment:
    """What an amendment does; ``wrong`` stops it, ``cancelled`` and ``told`` count messages and people."""

    key: str
    before: str
    after: str
    moved: tuple[DateMoved, ...] = ()
    opened: tuple[Opened, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()
    changed: tuple[Changed, ...] = ()
    relaid: int = 0
    cancelled: int = 0
    told: int = 0
    notes: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    provisional: tuple[int, ...] = ()

    @property
    def earlier(self) -> tuple[DateMoved, ...]:
        """The dates that a person must confirm."""
        return tuple(one for one in self.moved if one.earlier)


def described(act: Act, running: Running, definition: Definition, version: str, drafted: Draft) -> Amendment:
    """The amendment that a draft amounts to, without what is wrong with it."""
    before, hears = running.texts.current, told.hearers(act, running, drafted)
    moving, leaving = told.moving(drafted), told.leaving(drafted)
    unsaid = told.unsent(act, moving, OF_DATES) | told.unsent(act, leaving)
    return Amendment(
        running.programme.key, running.programme.version, version,
        moved=tuple(_moved(definition, one) for one in drafted.asked if _is_moved(one)),
        opened=tuple(_opened(act, definition, drafted, one) for one in drafted.asked if _is_opened(one)),
        withdrawn=tuple(_withdrawals(before, drafted)),
        changed=changes(before, definition),
        relaid=sum(len(one.own) + (0 if one.moved else len(one.following)) for one in drafted.kept),
        cancelled=len(unsaid), told=len({topic.recipient.person for topic in hears} | set(_owners(act, drafted))),
        notes=tuple(_too_late(definition, one) for one in drafted.kept if one.too_late),
    )  # fmt: skip


def _owners(act: Act, drafted: Draft) -> Iterator[str]:
    """Whoever owes a submission that comes to be at once, or is asked for again."""
    for one in drafted.asked:
        name, owed = one.after.obligation, one.added if isinstance(one, Kept) else one.owed
        if isinstance(one, Came) and one.after.opens_at is not None and one.after.opens_at > act.now:
            continue
        concerns = [Concern(who.unit, name, who.subject, who.post) for who in owed]
        concerns += [openings.concern(row) for row in one.again] if isinstance(one, Kept) else []
        yield from (person.person for concern in concerns for person in drafted.after.owners(concern))


def _is_moved(one: Kept | Came) -> bool:
    return one.before is not None and one.before.due_at != one.after.due_at


def _moved(definition: Definition, one: Kept | Came) -> DateMoved:
    assert one.before is not None
    title = definition.obligations[one.after.obligation].title
    found = DateMoved(
        one.after.obligation, title, one.after.key, one.before.due_date, one.after.due_date, one.before.due_at,
        one.after.due_at,
    )  # fmt: skip
    if isinstance(one, Came):
        return found
    back = sum(row.state == "overdue" for row in one.following)
    exempt = one.exempt - len(one.again)
    return replace(
        found, following=len(one.following), back=back, filed=one.filed, exempt=exempt, extended=len(one.extended)
    )


def _is_opened(one: Kept | Came) -> bool:
    return one.before is None if isinstance(one, Came) else bool(one.added or one.again)


def _opened(act: Act, definition: Definition, drafted: Draft, one: Kept | Came) -> Opened:
    after, opens_at = one.after, None
    if isinstance(one, Came):
        codes = [owed.subject or owed.unit for owed in one.owed]
        opens_at = after.opens_at if after.opens_at is not None and after.opens_at > act.now else None
    else:
        codes = [owed.subject or owed.unit for owed in one.added] + [row.subject or row.unit for row in one.again]
    names = tuple(drafted.after.directory.unit(code).name for code in codes)
    title = definition.obligations[after.obligation].title
    return Opened(after.obligation, title, after.key, after.due_date, names, opens_at)


def _withdrawals(before: Definition, drafted: Draft) -> Iterator[Withdrawn]:
    for one in drafted.left:
        name, key = (one.obligation, one.occurrence) if isinstance(one, Went) else (one.after.obligation, one.after.key)
        filed = one.filed if isinstance(one, Went) else 0
        if one.withdrawn or (isinstance(one, Went) and (filed or one.unopened is not None)):
            names = (drafted.before.directory.unit(row.subject or row.unit).name for row in one.withdrawn)
            title = before.obligations[name].title if name in before.obligations else name
            yield Withdrawn(name, title, key, tuple(names), filed)


def _too_late(definition: Definition, one: Kept) -> str:
    title = definition.obligations[one.after.obligation].title
    return f"“{title}”（{one.after.key}）已过截止日期，新增的{len(one.too_late)}个单位不再要求"
