"""The lines and forms of the page on 督办单."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import quote, urlencode

from web.api.values import PREFIX
from web.contexts.frame import Choice, Link, Pager
from web.contexts.papers import OwingUnit, PaperForm, PaperItem, PaperLine
from workflow import posts
from workflow.acts import Act
from workflow.catalogue import Listed
from workflow.paper_items import COLOURS, Item, Owing
from workflow.urging_sheets import MOST, Paper, PaperPage

PAGE = 50
#: Working days that a unit is given to answer, unless the office writes another day.
REPLY_DAYS = 3
_SPAN = re.compile(r"([1-9]\d{0,8})-([1-9]\d{0,8})", re.ASCII)


def address(key: str) -> str:
    """Where the papers of a programme are."""
    return f"/programmes/{quote(key, safe='')}/papers"


def file_of(key: str, ids: Collection[int], kind: str = "docx") -> str:
    """The address of papers as one file."""
    return f"{PREFIX}{address(key)}.{kind}?{urlencode([('paper', one) for one in ids])}"


def span(written: str) -> tuple[int, ...]:
    """The papers of ``3-9``, as one act made them; none for anything else."""
    found = _SPAN.fullmatch(written)
    if not found:
        return ()
    first, last = int(found[1]), int(found[2])
    return tuple(range(first, last + 1)) if 0 <= last - first < MOST else ()


def made(key: str, ids: tuple[int, ...]) -> tuple[Link, ...]:
    """The files of papers that were just made."""
    if not ids:
        return ()
    one = Link(file_of(key, ids), "下载 Word" if len(ids) == 1 else "合为一个 Word")
    return (one,) if len(ids) == 1 else (one, Link(file_of(key, ids, "zip"), "每份一个文件（压缩包）"))


def categories(act: Act, chosen: str) -> tuple[Choice, ...]:
    """The categories of units."""
    known = dict.fromkeys(row.category for row in posts.directory(act.session).units() if row.category and not row.body)
    return tuple(Choice(name, name, name == chosen) for name in known)


def obligations(listed: Listed, chosen: str) -> tuple[Choice, ...]:
    """The obligations of a programme."""
    return tuple(Choice(name, one.title, name == chosen) for name, one in listed.definition.obligations.items())


def unit(key: str, one: Owing, chosen: Collection[str]) -> OwingUnit:
    """A unit that may be chosen."""
    href = f"{address(key)}/new?{urlencode({'unit': one.unit.code})}"
    return OwingUnit(
        one.unit.code, one.unit.name, one.unit.category, one.count, one.since, one.colour, COLOURS[one.colour], href,
        one.unit.code in chosen,
    )  # fmt: skip


def item(one: Item, chosen: Collection[int]) -> PaperItem:
    """A thing that may be named."""
    late = (f" {one.days} 天" if one.days else "不足 1 天") if one.overdue else ""
    title = one.title + (f"（{one.occurrence}）" if one.occurrence else "")
    desk = one.desk or ("领导小组办公室" if one.waiting_on == "office" else "–")
    href = f"/submissions/{one.submission_id}"
    return PaperItem(one.submission_id, href, title, one.due, one.first_due, late, desk, one.submission_id in chosen)


def line(key: str, one: Paper, *, writes: bool) -> PaperLine:
    """A paper in the list."""
    withdraw = f"{address(key)}/{one.id}/withdraw" if writes and one.withdrawn_at is None else ""
    return PaperLine(
        number=one.number, colour=one.colour, colour_name=COLOURS[one.colour], unit=one.unit_name,
        count=len(one.items), reply_by=one.reply_by, issued_at=one.issued_at, issued_by=one.issued_by,
        withdrawn_at=one.withdrawn_at, withdrawn_by=one.withdrawn_by, href=file_of(key, [one.id]),
        withdraw_to=withdraw,
    )  # fmt: skip


def form(here: str, colour: str, *, by_light: bool, reply_by: str, words: str, error: str) -> PaperForm:
    """The questions of a paper; ``by_light`` offers that each unit's light decides."""
    named = {**({"": "各按亮灯"} if by_light else {}), **COLOURS}
    colours = tuple(Choice(value, label, value == colour) for value, label in named.items())
    return PaperForm(here, colours, reply_by, words, error)


def pager(key: str, found: PaperPage, cursor: str) -> Pager:
    """To the first and the next page."""
    further = f"{address(key)}?{urlencode({'cursor': found.next})}" if found.next else ""
    return Pager(found.total, len(found.items), address(key) if cursor else "", further)
