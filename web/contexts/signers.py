"""The steps of a sign-off as a submission's page shows them."""

from dataclasses import dataclass
from datetime import date, datetime

from web.contexts.frame import Decision


@dataclass(frozen=True)
class SignOffLine:
    """One approver of one step, named as at the time of asking; `decision` is None while it is open.

    `on_behalf_of` is whom a delegate signed for, `confirmed` the second step that was passed, `disputed_at` when the
    person said that it was not their own act. While it waits, `delegates` may sign as well, and `away_until` is
    the last day of an absence. `drawn_href` is a signature drawn with the finger, `number` that of the
    decision in the record.
    """

    step: int
    post: str
    holder: str
    decision: Decision | None = None
    decided_at: datetime | None = None
    comment: str = ""
    on_behalf_of: str = ""
    asked: bool = True
    confirmed: str = ""
    disputed_at: datetime | None = None
    delegates: tuple[str, ...] = ()
    away_until: date | None = None
    drawn_href: str = ""
    number: str = ""
