"""The closed dict of guards a lifecycle may name: questions about one case, answered without a database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass
class Case:
    """One submission as the machine sees it; ``state`` is moved by transitions, the rest are facts."""

    state: str
    now: datetime
    due_at: datetime
    sign_off_steps: int = 0
    sign_off_done: bool = False


Guard = Callable[[Case], bool]


def sign_off_needed(case: Case) -> bool:
    """The obligation has a sign-off."""
    return case.sign_off_steps > 0


def sign_off_not_needed(case: Case) -> bool:
    """The obligation is filed by submitting it (the Ordos plan, 三（二）1)."""
    return case.sign_off_steps == 0


def sign_off_complete(case: Case) -> bool:
    """This approval completes the last step."""
    return case.sign_off_done


def sign_off_incomplete(case: Case) -> bool:
    """More approvals are needed after this one."""
    return not case.sign_off_done


def past_due(case: Case) -> bool:
    """The deadline has passed; its first late instant is already late."""
    return case.now >= case.due_at


def in_time(case: Case) -> bool:
    """The deadline has not passed yet."""
    return case.now < case.due_at


GUARDS: dict[str, Guard] = {
    guard.__name__: guard
    for guard in (
        sign_off_needed,
        sign_off_not_needed,
        sign_off_complete,
        sign_off_incomplete,
        past_due,
        in_time,
    )
}
