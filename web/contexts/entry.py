"""The pages before and beside the work: signing in, and being refused."""

from dataclasses import dataclass

from web.contexts.frame import Frame, Link, Role


@dataclass(frozen=True)
class SampleAccount:
    """An account of the demonstration, printed on the sign-in page with its password."""

    name: str
    password: str
    role: Role
    unit: str
    good_for: str


@dataclass(frozen=True)
class LoginPage:
    """The sign-in form. `name` is kept after an error; `samples` is empty on a live service.

    `ways` lead through other systems where the service is set up for them.
    """

    frame: Frame
    name: str = ""
    error: str = ""
    return_to: str = ""
    samples: tuple[SampleAccount, ...] = ()
    ways: tuple[Link, ...] = ()


@dataclass(frozen=True)
class PasswordPage:
    """Changing one's own password; `one_time` says that nothing else can be done before."""

    frame: Frame
    account: str
    one_time: bool
    shortest: int
    error: str = ""


@dataclass(frozen=True)
class ProblemPage:
    """A refusal as a page: the same title, detail and code as the problem document of the API."""

    frame: Frame
    status: int
    title: str
    detail: str
    code: str
    back_href: str
