"""What signing for an alert (签收) shows: the alert's submissions, by when, and the receipt."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class AlertedItem:
    """One submission of the alert, as it stands now."""

    programme: str
    unit: str
    obligation: str
    due_date: date
    days_late: int
    standing: str


@dataclass(frozen=True)
class AcknowledgePage:
    """An alert to be signed for, or its receipt once `acknowledged_at` is set.

    `by` is when it goes on to others, None where nobody waits any more; `passed_on_at` when it did.
    `stale` says that the form sent was not of this page or too old.
    """

    action: str
    form_token: str
    rehearsal_now: datetime | None
    reader: str
    sent_at: datetime | None
    by: datetime | None
    passed_on_at: datetime | None
    acknowledged_at: datetime | None
    items: tuple[AlertedItem, ...]
    contact: str
    stale: bool = False
