"""督办单: numbered papers to units for what they owe, blue (提醒), yellow (警示) or red (督办).

Numbers count from 1 each year without a gap; a paper that was withdrawn keeps its own. What a paper named stays on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Row, func, select, text, update

from workflow import bulletins, catalogue, cursors, forms, ledger, paper_items, sight
from workflow.acts import Act
from workflow.catalogue import Listed
from workflow.ledger import Entry
from workflow.paper_items import COLOURS, Colour, Item
from workflow.permissions import OFFICE
from workflow.refusals import CommentMissing, DateRefused, Forbidden, NotAllowedNow, NotFound, Refusal
from workflow.tables import UrgingSheet

_paper = UrgingSheet.__table__  # type: ignore[attr-defined]
#: What a paper and its withdrawal are in history.
ISSUED, WITHDRAWN = "urging-sheet", "urging-sheet-withdrawn"
#: Papers made in one act, and handed out in one file.
MOST = 100
_LONGEST = timedelta(days=366)
#: The advisory lock of whoever takes the next number of a PostgreSQL.
_NUMBERING = 6_202_204
_ORDER = "-number"


class PaperRefused(Refusal):
    """督办单未出具：{reason}"""

    code = "paper-refused"


@dataclass(frozen=True)
class Paper:
    """One paper as it was made; ``programme`` is the title, ``items`` what it named."""

    id: int
    number: str
    unit: str
    unit_name: str
    key: str
    programme: str
    cycle: int
    document: str
    office_name: str
    colour: Colour
    reply_by: date
    words: str
    items: tuple[Item, ...]
    issued_at: datetime
    issued_by: str
    withdrawn_at: datetime | None
    withdrawn_by: str


@dataclass(frozen=True)
class Order:
    """What the office wants made: for which units, in which colour (each by its light where empty).

    ``submissions`` are what is named, everything overdue where there are none; ``obligation`` names only its own.
    """

    units: tuple[str, ...]
    reply_by: date
    colour: str = ""
    words: str = ""
    obligation: str = ""
    submissions: tuple[int, ...] = ()


@dataclass(frozen=True)
class PaperPage:
    """One page of the papers of a programme, the newest first; ``next`` is None on the last."""

    items: tuple[Paper, ...]
    total: int
    next: str | None


def issue(act: Act, key: str, order: Order) -> tuple[Paper, ...]:
    """Make a paper for each unit and note it in the history of everything it names.

    Raises Forbidden, NotFound, PaperRefused, DateRefused, ContentUnreadable.
    """
    if act.actor.role not in OFFICE:
        raise Forbidden(move="出具督办单")
    listed, words = catalogue.by_key(act, key), forms.remark(order.words)
    _check(act, order)
    audience = catalogue.audiences(act, [listed])[listed.id]
    units = [code for code in dict.fromkeys(order.units) if code not in paper_items.own_units(audience)]
    named = paper_items.items(act, listed, units, obligation=order.obligation, ahead=bool(order.submissions))
    if order.submissions:
        chosen = {*order.submissions}
        named = {code: tuple(one for one in some if one.submission_id in chosen) for code, some in named.items()}
    empty = [code for code in order.units if not named.get(code)]
    if empty:
        raise PaperRefused(reason=f"{'、'.join(empty[:5])}没有可列入的事项，请刷新后重新选择")
    year, last = _last_number(act)
    made = []
    for place, code in enumerate(units, start=1):
        made.append(_make(act, listed, order, f"督〔{year}〕第{last + place}号", code, named[code], words))
    return papers(act, key, [one.id or 0 for one in made])


def withdraw(act: Act, key: str, paper_id: int, *, comment: str) -> Paper:
    """Take a paper back, with the reason; its number stays used. Raises Forbidden, NotFound, NotAllowedNow."""
    if act.actor.role not in OFFICE:
        raise Forbidden(move="撤回督办单")
    [paper] = papers(act, key, [paper_id])
    if not comment.strip():
        raise CommentMissing(what="撤回的理由")
    said = forms.remark(comment)
    taken = update(_paper).where(_paper.c.id == paper_id, _paper.c.withdrawn_at.is_(None))
    done = act.session.execute(taken.values(withdrawn_at=act.now, withdrawn_by=act.actor.name))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise NotAllowedNow(standing="已撤回", move="再次撤回")
    _note(act, WITHDRAWN, [one.submission_id for one in paper.items], paper.number, paper.colour, said)
    act.session.expire_all()
    return papers(act, key, [paper_id])[0]


def listing(act: Act, key: str, *, limit: int = 50, cursor: str | None = None) -> PaperPage:
    """The papers of a programme; raises Forbidden, NotFound, QueryRefused."""
    listed = _reading(act, key)
    mine = _of(listed)
    query = select(_paper).where(mine)
    if cursor is not None:
        (before,) = cursors.read(cursor, _ORDER, int)
        query = query.where(_paper.c.id < before)
    size = cursors.page_size(limit)
    rows = act.session.execute(query.order_by(_paper.c.id.desc()).limit(size + 1)).all()
    total = act.session.execute(select(func.count()).select_from(_paper).where(mine)).scalar_one()
    more = cursors.written(_ORDER, rows[size - 1].id) if len(rows) > size else None
    return PaperPage(tuple(map(_read, rows[:size])), total, more)


def papers(act: Act, key: str, ids: Sequence[int]) -> tuple[Paper, ...]:
    """These papers of a programme by number; raises Forbidden, NotFound where one is not of it."""
    listed = _reading(act, key)
    wanted = [*dict.fromkeys(ids)][: MOST + 1]
    if len(wanted) > MOST:
        raise PaperRefused(reason=f"一次最多下载{MOST}份，请分几次")
    rows = act.session.execute(select(_paper).where(_paper.c.id.in_(wanted), _of(listed)).order_by(_paper.c.id)).all()
    if len(rows) != len(wanted):
        raise NotFound
    return tuple(map(_read, rows))


def _reading(act: Act, key: str) -> Listed:
    if act.actor.role not in sight.READERS:
        raise Forbidden(move="查看督办单")
    return catalogue.by_key(act, key)


def _of(listed: Listed) -> Any:
    return _paper.c.facts["programme"].as_string() == listed.key


def _check(act: Act, order: Order) -> None:
    if not order.units:
        raise PaperRefused(reason="没有选择单位")
    if len(order.units) > MOST:
        raise PaperRefused(reason=f"一次最多{MOST}个单位，请分几次出具")
    if order.colour not in ("", *COLOURS):
        raise PaperRefused(reason=f"颜色只能是：{'、'.join(COLOURS)}")
    if not act.today <= order.reply_by <= act.today + _LONGEST:
        raise DateRefused(reason="反馈期限须在今天及以后一年内")


def _last_number(act: Act) -> tuple[int, int]:
    """The year and its last number; on PostgreSQL everybody else who numbers waits until this act has ended."""
    if act.session.get_bind().dialect.name == "postgresql":
        act.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _NUMBERING})
    year = act.today.year
    of_year = select(_paper.c.number).where(_paper.c.number.startswith(f"督〔{year}〕第", autoescape=True))
    last = act.session.execute(of_year.order_by(_paper.c.id.desc()).limit(1)).scalar()
    return year, int(last.partition("第")[2].removesuffix("号")) if last else 0


def _make(
    act: Act, listed: Listed, order: Order, number: str, code: str, named: tuple[Item, ...], words: str
) -> UrgingSheet:
    colour = cast("Colour", order.colour) or paper_items.colour_of(one.light for one in named)
    facts: dict[str, object] = {
        "programme": listed.key,
        "title": listed.title,
        "cycle": listed.cycle,
        "document": listed.definition.source.document,
        "office": bulletins.office_name(listed),
        "unit": catalogue.audiences(act, [listed])[listed.id].directory.unit(code).name,
        "items": [_written(one) for one in named],
    }
    row = UrgingSheet(
        number=number, unit=code, colour=colour, reply_by=order.reply_by, words=words, facts=facts,
        issued_at=act.now, issued_by=act.actor.name,
    )  # fmt: skip
    act.session.add(row)
    act.session.flush()
    _note(act, ISSUED, [one.submission_id for one in named], number, colour, "")
    return row


def _note(act: Act, event: str, ids: Sequence[int], number: str, colour: str, comment: str) -> None:
    facts = {"number": number, "colour": colour}
    ledger.note(act.session, sorted(ids), Entry(event, act.now, act.now, act.actor.name, comment, facts))


def _written(one: Item) -> dict[str, object]:
    first = one.first_due.isoformat() if one.first_due else None
    return {**asdict(one), "due": one.due.isoformat(), "first_due": first}


def _item(written: Mapping[str, Any]) -> Item:
    first = written["first_due"]
    dates = {"due": date.fromisoformat(written["due"]), "first_due": date.fromisoformat(first) if first else None}
    return Item(**{**written, **dates})


def _read(row: Row[Any]) -> Paper:
    facts = row.facts
    return Paper(
        id=row.id, number=row.number, unit=row.unit, unit_name=facts["unit"], key=facts["programme"],
        programme=facts["title"], cycle=facts["cycle"], document=facts["document"], office_name=facts["office"],
        colour=row.colour, reply_by=row.reply_by, words=row.words, items=tuple(map(_item, facts["items"])),
        issued_at=row.issued_at, issued_by=row.issued_by, withdrawn_at=row.withdrawn_at,
        withdrawn_by=row.withdrawn_by,
    )  # fmt: skip
