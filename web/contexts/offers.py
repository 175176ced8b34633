"""What may be done now with a submission, as small forms."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from web.contexts.frame import Choice

ActName = Literal[
    "withdraw", "accept", "approve", "return", "extend", "exempt", "reopen", "urge", "finding", "reassign", "paper",
    "ask-extension", "withdraw-extension", "grant-extension", "decline-extension",
]  # fmt: skip


@dataclass(frozen=True)
class Act:
    """Something the caller may do now, as one small form; `comment` and `error` survive a refusal.

    `until` (a local date, for an extension), `approvers` (for a decision the office enters from paper, or gives to
    somebody else), `people` (to give it to, with `to` as it was typed) and `kinds` (of a finding) are None or empty
    when the act does not ask for them. `on_paper` is whether a return is the approver's own, given on paper; None
    where no approver is asked. `told` says in a line what it is about, as a request for more time, and `number` is
    that request's. `received` is the day a paper came in, with who signed it in `signed_by`; None where none did.
    `endings` are the files it takes.
    """

    name: ActName
    action: str
    comment_rule: Literal["none", "optional", "required"]
    comment: str = ""
    until: date | None = None
    approvers: tuple[Choice, ...] = ()
    kinds: tuple[Choice, ...] = ()
    people: tuple[str, ...] = ()
    to: str = ""
    on_paper: bool | None = None
    error: str = ""
    told: str = ""
    reason: str = ""
    number: int = 0
    received: date | None = None
    signed_by: str = ""
    endings: tuple[str, ...] = ()
