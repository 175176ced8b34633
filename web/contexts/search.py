"""Search: what was found, by kind."""

from dataclasses import dataclass

from web.contexts.frame import Frame, Link


@dataclass(frozen=True)
class FoundLine:
    """One thing found; `more` are other places of the same thing, such as what of it is overdue."""

    href: str
    title: str
    detail: str = ""
    more: tuple[Link, ...] = ()


@dataclass(frozen=True)
class FoundGroup:
    """The best of one kind, headed in Chinese; `total` is how many there are in all."""

    heading: str
    lines: tuple[FoundLine, ...]
    total: int


@dataclass(frozen=True)
class SearchPage:
    """The page of everything found; `asked` is what was typed."""

    frame: Frame
    asked: str
    groups: tuple[FoundGroup, ...]


@dataclass(frozen=True)
class SuggestionsPage:
    """What is shown under the box while somebody types: a small document of its own, of which htmx takes the list."""

    asked: str
    groups: tuple[FoundGroup, ...]
    all_href: str
