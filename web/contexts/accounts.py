"""Accounts: the administrator's list and one of them, tokens, the log of sign-ins; one's own sessions.

Instants of this room are on the machine's clock, not on a rehearsal's.
"""

from dataclasses import dataclass
from datetime import datetime

from web.contexts.frame import Choice, Frame, Link, Pager, Role


@dataclass(frozen=True)
class AccountLine:
    """One account; `marks` are in Chinese (已停用, 已锁定 …), `ways` the outside systems it may sign in by."""

    href: str
    name: str
    role: Role
    unit: str
    signed_in_at: datetime | None
    sessions: int
    marks: tuple[str, ...]
    ways: tuple[str, ...]


@dataclass(frozen=True)
class AccountsPage:
    """Every account by name. `rooms` are the other lists of this room."""

    frame: Frame
    rooms: tuple[Link, ...]
    roles: tuple[Choice, ...]
    states: tuple[Choice, ...]
    said: str
    lines: tuple[AccountLine, ...]
    pager: Pager


@dataclass(frozen=True)
class NewAccountPage:
    """The form for a new account; `units` are suggestions, an error keeps what was typed."""

    frame: Frame
    rooms: tuple[Link, ...]
    roles: tuple[Choice, ...]
    units: tuple[Choice, ...]
    name: str = ""
    unit: str = ""
    error: str = ""


@dataclass(frozen=True)
class SecretPage:
    """A one-time password or a token, shown this once; `what` names it, `told` says what to do with it."""

    frame: Frame
    rooms: tuple[Link, ...]
    what: str
    whose: str
    secret: str
    told: str
    back: Link


@dataclass(frozen=True)
class SessionLine:
    """One session; `device` and `by` are in Chinese, `place` is an address. `ends` is what the form sends, if any."""

    began_at: datetime
    until: datetime
    by: str
    place: str
    device: str
    mine: bool
    ends: str = ""


@dataclass(frozen=True)
class IdentityLine:
    """An outside identity; `linked_by` is who linked it."""

    provider: str
    title: str
    subject: str
    linked_at: datetime
    linked_by: str


@dataclass(frozen=True)
class RecordLine:
    """What was done to an account or a token."""

    at: datetime
    what: str
    about: str
    by: str
    detail: str


@dataclass(frozen=True)
class AccountPage:
    """One account with everything that may be done to it; `error` is why something was not."""

    frame: Frame
    rooms: tuple[Link, ...]
    line: AccountLine
    created_at: datetime
    disabled: bool
    locked: bool
    own: bool
    roles: tuple[Choice, ...]
    units: tuple[Choice, ...]
    unit_code: str
    sessions: tuple[SessionLine, ...]
    identities: tuple[IdentityLine, ...]
    providers: tuple[Choice, ...]
    records: tuple[RecordLine, ...]
    sign_ins_href: str
    error: str = ""


@dataclass(frozen=True)
class TokenLine:
    """An API token in force."""

    id: int
    name: str
    role: Role
    unit: str
    created_at: datetime
    created_by: str


@dataclass(frozen=True)
class TokensPage:
    """The API tokens, and the form for a new one."""

    frame: Frame
    rooms: tuple[Link, ...]
    lines: tuple[TokenLine, ...]
    roles: tuple[Choice, ...]
    units: tuple[Choice, ...]
    name: str = ""
    unit: str = ""
    error: str = ""


@dataclass(frozen=True)
class SignInLine:
    """One sign-in, or one that failed; `name` is empty where no account has it."""

    at: datetime
    name: str
    href: str
    by: str
    place: str
    device: str
    ended_at: datetime | None


@dataclass(frozen=True)
class SignInsPage:
    """Who signed in, who failed to, and what was done to accounts: one of the three lists at a time."""

    frame: Frame
    rooms: tuple[Link, ...]
    kinds: tuple[Choice, ...]
    name: str
    failed: bool
    lines: tuple[SignInLine, ...]
    records: tuple[RecordLine, ...]
    shown: int
    first_href: str
    next_href: str


@dataclass(frozen=True)
class SessionsPage:
    """One's own account: how it signs in, and where it is signed in."""

    frame: Frame
    name: str
    role: Role
    unit: str
    lines: tuple[SessionLine, ...]
    identities: tuple[IdentityLine, ...]
    idle_minutes: int
    most_hours: int


@dataclass(frozen=True)
class UnlinkedPage:
    """An outside identity that no account is linked to, or a sign-in elsewhere that failed."""

    frame: Frame
    title: str
    text: str
    provider: str = ""
    subject: str = ""
    again_href: str = ""
