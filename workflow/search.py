"""Search by names, codes and numbers: units, people with their posts, duties, programmes, single submissions.

Chinese has no spaces between words, so any part of a name counts. What is looked through are names, never a million
rows: the roster as it is kept in memory, the definitions, and the newest headings. Who sees only their own unit's
affairs finds nothing beyond them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, select, text

from workflow import catalogue, posts, sight
from workflow.acts import Act
from workflow.catalogue import Named
from workflow.roster import Directory
from workflow.tables import Sheet, Submission

Kind = Literal["submission", "unit", "person", "obligation", "programme"]

#: A longer text is no name.
LONGEST = 100
#: The newest submissions with a heading of their own that are looked through.
MOST_HEADINGS = 20_000
#: So many units and duties are combined when both are named.
_MOST_COMBINED = 20
_LARGEST = 2**31 - 1

_s = Submission.__table__  # type: ignore[attr-defined]
_sheet = Sheet.__table__  # type: ignore[attr-defined]

# Written out, so that the index of headings serves.
_HEADED = text("submission.heading <> ''")
_LINE = (
    _s.c.id, _s.c.programme_id, _s.c.obligation, _s.c.occurrence, _s.c.unit, _s.c.subject, _s.c.heading, _s.c.state
)  # fmt: skip


@dataclass(frozen=True)
class Hit:
    """One thing found: ``key`` is a code, a key or a number; ``rank`` 0 is the very thing, 3 only a part of it.

    ``programme`` is the key of the programme a duty belongs to.
    """

    kind: Kind
    key: str
    title: str
    detail: str
    rank: int
    programme: str = ""


@dataclass(frozen=True)
class Group:
    """The best of one kind, and how many there are in all."""

    kind: Kind
    hits: tuple[Hit, ...]
    total: int


def search(act: Act, said: str, *, limit: int) -> tuple[Group, ...]:
    """At most ``limit`` hits of each kind, the kind with the best of them first; none for an empty text."""
    words = _words(said)
    if not words:
        return ()
    known = posts.directory(act.session)
    programmes = catalogue.named(act)
    everything: dict[Kind, list[Hit]] = {
        "submission": [*_submissions(act, words, known, programmes, limit)],
        "unit": [*_units(act, words, known)],
        "person": [*_people(act, words, known)],
        "obligation": [*_obligations(act, words, programmes)],
        "programme": [*_programmes(words, programmes)],
    }
    groups = [
        Group(kind, tuple(sorted(hits, key=lambda one: one.rank)[:limit]), len(hits))
        for kind, hits in everything.items()
        if hits
    ]
    return tuple(sorted(groups, key=lambda one: one.hits[0].rank))


def worth_asking(said: str) -> bool:
    """Whether as much is written as names something: two letters, or one Chinese character."""
    plain = "".join(_words(said))
    return len(plain) >= 2 or any(ord(sign) >= 0x2E80 for sign in plain)


def _words(said: str) -> tuple[str, ...]:
    return tuple(_plain(said[:LONGEST]).split())


def _plain(said: str) -> str:
    """As it is compared: full-width signs and capitals make no difference."""
    return unicodedata.normalize("NFKC", said).casefold()


def _rank(words: Sequence[str], name: str, *codes: str) -> int | None:
    """How well all words fit: a code or the whole name 0, its beginning 1, any part 2; None where one does not."""
    plain, whole = _plain(name), " ".join(words)
    if whole == plain or whole in (_plain(code) for code in codes):
        return 0
    if not all(word in plain for word in words):
        return None
    return 1 if plain.startswith(words[0]) else 2


def _units(act: Act, words: Sequence[str], known: Directory) -> Iterator[Hit]:
    own = sight.own_unit(act)
    for unit in known.units():
        rank = _rank(words, unit.name, unit.code)
        if rank is not None and own in (None, unit.code):
            yield Hit("unit", unit.code, unit.name, unit.category, rank)


def _people(act: Act, words: Sequence[str], known: Directory) -> Iterator[Hit]:
    """People by their name or by a post they hold today."""
    own = sight.own_unit(act)
    staff = None if own is None else {row.person for row in known.posts() if row.unit == own}
    for person in known.people():
        if staff is not None and person.key not in staff:
            continue
        titles = known.titles_of(person.key, act.today)
        ranks = [_rank(words, name, person.key) for name in (person.name, *titles)]
        found = [rank for rank in ranks if rank is not None]
        if found:
            yield Hit("person", person.key, person.name, "、".join(titles), min(found))


def _programmes(words: Sequence[str], programmes: Iterable[Named]) -> Iterator[Hit]:
    for one in programmes:
        rank = _rank(words, f"{one.title} {one.cycle}", one.key, one.title)
        if rank is not None:
            yield Hit("programme", one.key, f"{one.title} {one.cycle}", one.key, rank)


def _obligations(act: Act, words: Sequence[str], programmes: Iterable[Named]) -> Iterator[Hit]:
    """Duties by their title or key; a duty that many programmes have is each one's own."""
    for one in programmes:
        secrets = sight.secrets(act, one.id, one.definition)
        for name, obligation in one.definition.obligations.items():
            rank = _rank(words, obligation.title, name)
            if rank is not None and not secrets.keep(name):
                yield Hit("obligation", name, obligation.title, f"{one.title} {one.cycle}", rank, one.key)


def _submissions(
    act: Act, words: Sequence[str], known: Directory, programmes: Sequence[Named], limit: int
) -> Iterator[Hit]:
    """By number, by the number of a sign-off sheet, by unit and duty together, by a heading of their own."""
    by_id = {one.id: one for one in programmes}
    seen: set[int] = set()
    asked = (
        (0, _numbered(words)),
        (1, _combined(words, known, programmes)),
        (2, _headed(words)),
    )
    for rank, condition in asked:
        for row in _rows(act, condition, limit) if condition is not None else ():
            if row.id not in seen and row.programme_id in by_id:
                seen.add(row.id)
                yield _hit(row, by_id[row.programme_id], known, rank)


def _rows(act: Act, condition: ColumnElement[bool], limit: int) -> Sequence[Row[Any]]:
    query = select(*_LINE).where(condition, *sight.limits(act))
    return act.session.execute(query.order_by((_s.c.state != "overdue"), _s.c.id.desc()).limit(limit)).all()


def _numbered(words: Sequence[str]) -> ColumnElement[bool] | None:
    whole = "".join(words)
    number = whole.strip("#号")
    found: ColumnElement[bool] = _s.c.id.in_(select(_sheet.c.submission_id).where(_sheet.c.number == whole.upper()))
    if number.isascii() and number.isdecimal() and int(number) <= _LARGEST:
        found = found | (_s.c.id == int(number))
    return found


def _combined(words: Sequence[str], known: Directory, programmes: Iterable[Named]) -> ColumnElement[bool] | None:
    """Where one word names units and the others duties: what these units owe of that."""
    if len(words) < 2:
        return None
    for place, word in enumerate(words):
        others = [*words[:place], *words[place + 1 :]]
        units = [unit.code for unit in known.units() if _rank([word], unit.name, unit.code) is not None]
        duties = {
            name
            for one in programmes
            for name, obligation in one.definition.obligations.items()
            if _rank(others, obligation.title, name) is not None
        }
        if units and duties and len(units) <= _MOST_COMBINED:
            both: ColumnElement[bool] = _s.c.unit.in_(units) & _s.c.obligation.in_(duties)
            return both
    return None


def _headed(words: Sequence[str]) -> ColumnElement[bool]:
    """The newest of those that have a heading, so that the work has a bound."""
    newest = select(_s.c.id, _s.c.heading).where(_HEADED).order_by(_s.c.id.desc()).limit(MOST_HEADINGS).subquery()
    fits = (newest.c.heading.icontains(word, autoescape=True) for word in words)
    found: ColumnElement[bool] = _s.c.id.in_(select(newest.c.id).where(*fits))
    return found


def _hit(row: Row[Any], programme: Named, known: Directory, rank: int) -> Hit:
    obligation = programme.definition.obligations.get(row.obligation)
    unit = known.unit(row.subject or row.unit).name
    title = obligation.title if obligation else row.obligation
    shown = f"{unit} · {title}{f'：{row.heading}' if row.heading else ''}"
    return Hit("submission", str(row.id), shown, f"{row.id}号 · {programme.title} {programme.cycle}", rank)
