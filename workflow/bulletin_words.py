"""The office's own words of a 通报: its number, opening and measures, kept by programme and period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workflow import catalogue, forms, periods
from workflow.acts import Act
from workflow.periods import Period
from workflow.permissions import OFFICE
from workflow.refusals import ContentUnreadable, Forbidden
from workflow.tables import BulletinWords

#: So long a number may be.
MAX_NUMBER = 60


@dataclass(frozen=True)
class Words:
    """What the office wrote; empty where it has written nothing, ``updated_at`` None then."""

    number: str = ""
    opening: str = ""
    measures: str = ""
    updated_at: datetime | None = None
    updated_by: str = ""


def words_of(act: Act, programme_id: int, period: Period) -> Words:
    """The words kept for a period."""
    row = act.session.get(BulletinWords, (programme_id, period.name))
    return Words(row.number, row.opening, row.measures, row.updated_at, row.updated_by) if row else Words()


def keep(act: Act, key: str, period: str, *, number: str, opening: str, measures: str) -> Words:
    """Keep the office's words of a period in place of earlier ones.

    Raises Forbidden, NotFound, QueryRefused, ContentUnreadable.
    """
    if act.actor.role not in OFFICE:
        raise Forbidden(move="修改通报")
    listed, span = catalogue.by_key(act, key), periods.parse(period)
    if len(number.strip()) > MAX_NUMBER:
        raise ContentUnreadable(summary=f"文号最多{MAX_NUMBER}字", errors={"number": f"最多{MAX_NUMBER}字"})
    kept = BulletinWords(
        programme_id=listed.id, period=span.name, number=forms.remark(number),
        opening=forms.remark(opening), measures=forms.remark(measures), updated_at=act.now, updated_by=act.actor.name,
    )  # fmt: skip
    act.session.merge(kept)
    act.session.flush()
    return words_of(act, listed.id, span)
