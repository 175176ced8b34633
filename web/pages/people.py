"""Picking people from the roster: everybody by post and name, and what was typed read back into a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from web.rendering import day
from workflow import posts
from workflow.acts import Act
from workflow.asking import named
from workflow.roster import OFFICE, POST_TITLES, Directory, PostRow

#: A page's list offers no more than these; others are found by typing all of what stands in the roster.
MOST = 1000


@dataclass(frozen=True)
class People:
    """Everybody who holds a post today or later, by the words they are picked by; leaders come first."""

    by_label: Mapping[str, str]
    leading: int

    @property
    def offered(self) -> tuple[str, ...]:
        """What a page's list offers: everybody, in a large roster only those whose post belongs to no one unit."""
        labels = tuple(self.by_label)
        return labels if len(labels) <= MOST else labels[: self.leading]

    def label(self, key: str) -> str:
        """The words a person is picked by, empty for somebody without a post."""
        return next((label for label, one in self.by_label.items() if one == key), "")

    def key(self, typed: str) -> str | None:
        """Who was meant: by the whole of the words, or by a part that fits one person alone."""
        wanted = typed.strip()
        if wanted in self.by_label:
            return self.by_label[wanted]
        fitting = {key for label, key in self.by_label.items() if wanted and wanted in label.split(" ")}
        return fitting.pop() if len(fitting) == 1 else None


def everybody(act: Act) -> People:
    """Everybody to pick from, as the roster stands."""
    known = posts.directory(act.session)
    rows = sorted((one for one in known.posts() if one.until is None or one.until >= act.today), key=_place)
    return People(dict(_labelled(known, rows, act.today)), sum(1 for one in rows if one.unit is None))


def of_unit(people: People, unit: str) -> tuple[str, ...]:
    """Whom a page about one unit offers: the leaders, and the unit's own people."""
    labels = tuple(people.by_label)
    own = (label for label in labels[people.leading :] if label.startswith(unit))
    return (*labels[: people.leading], *own)


def _place(row: PostRow) -> int:
    """Leaders before the office's people, heads of units before liaisons."""
    if row.unit is None:
        return 1 if row.post == OFFICE else 0
    return 3 if row.post == "liaison" else 2


def _labelled(known: Directory, rows: Sequence[PostRow], today: date) -> Iterable[tuple[str, str]]:
    """Label and key; the key stands in the label of people whom post and name do not tell apart."""
    said = [_said(known, row, today) for row in rows]
    for row, label in zip(rows, said, strict=True):
        yield (f"{label}（{row.person}）" if said.count(label) > 1 else label), row.person


def _said(known: Directory, row: PostRow, today: date) -> str:
    unit = known.unit(row.unit).name if row.unit else ""
    label = named(unit + POST_TITLES.get(row.post, row.post), known.person(row.person).name)
    return f"{label}（{day(row.since)}起）" if row.since is not None and row.since > today else label
