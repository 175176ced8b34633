"""The person behind a sign-off link: the code, the identity in WeCom, and “这不是我本人操作”.

`rehearsal_now` is the virtual time in a rehearsal and None on a live service; `contact` is who to call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from web.contexts.frame import Decision
from web.contexts.signing import SignedDecision


@dataclass(frozen=True)
class Entered:
    """A decision that waits for its second step: `kept` are the fields that the next form sends again."""

    programme: str
    unit: str
    obligation: str
    decision: Decision
    comment: str
    name: str
    kept: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CodePage:
    """Asks for the code that was sent by `sent_by` to `sent_to`, which names the person's address in part.

    Without `valid_until` there is no code to enter, only the reason in `error`.
    """

    action: str
    form_token: str
    rehearsal_now: datetime | None
    entered: Entered
    sent_by: str
    sent_to: str
    valid_until: datetime | None
    contact: str
    error: str = ""


@dataclass(frozen=True)
class WecomPage:
    """Sends its reader through WeCom: `go` is the way there, empty where there is none, `error` why not yet.

    With `outside` the page was opened elsewhere than in the WeCom client. Where the decision is known, it is told.
    """

    rehearsal_now: datetime | None
    programme: str
    unit: str
    obligation: str
    here: str
    go: str
    contact: str
    decision: Decision | None = None
    outside: bool = False
    pretended: bool = False
    error: str = ""


@dataclass(frozen=True)
class KnownPage:
    """WeCom has told who it is: what was entered is sent from here.

    What was too long for the browser to keep is missing in `entered` and may be entered again.
    """

    action: str
    form_token: str
    rehearsal_now: datetime | None
    person: str
    entered: Entered
    contact: str


@dataclass(frozen=True)
class IdentityLostPage:
    """WeCom came back with something that belongs to no open page of this browser."""

    contact: str
    rehearsal_now: datetime | None = None


@dataclass(frozen=True)
class DisputePage:
    """A decision in its maker's name; `disputed_at` once it was said that it was not their own act."""

    action: str
    form_token: str
    rehearsal_now: datetime | None
    programme: str
    unit: str
    obligation: str
    record: SignedDecision
    disputed_at: datetime | None
    reason: str
    contact: str
    error: str = ""
