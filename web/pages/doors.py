"""What stands behind ``/s/{token}``: every purpose of a link is a way of its own, with a page and a form.

A page only shows; the form's token is checked before a way takes anything, and whoever takes looks at the link
again inside the transaction that writes.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi.responses import HTMLResponse, Response

from web import rendering
from web.contexts import Page
from web.contexts.signing import SignPage
from web.pages.frame import POLICY, SCRIPTED
from web.pages.proofs import NO_MEANS, Means
from web.shell import HEADERS
from workflow import links
from workflow.acts import Act
from workflow.engine import Engine
from workflow.tables import Link

#: The pages with a script: it only adds comfort, and comes from here.
SCRIPTED_PAGES = (SignPage,)

Reply = tuple[Page, int]
#: The fields of a form as they were sent, the first value of each name.
Given = Mapping[str, str]


@dataclass(frozen=True)
class Door:
    """Where the page stands: its token, its addresses' prefix, who to call, and how a second step is made."""

    token: str
    form_token: str
    contact: str
    rehearsal: bool
    means: Means = NO_MEANS

    @property
    def here(self) -> str:
        """The path of this link."""
        return f"/s/{self.token}"

    def gave(self, form_token: str) -> bool:
        """Whether a form with this token came from a page of this link."""
        return hmac.compare_digest(self.form_token.encode(), form_token.encode(errors="replace"))

    def link(self, act: Act) -> Link:
        """The link, as it is in this transaction; raises LinkUnknown."""
        return links.resolve(act.session, self.token, act.now)


#: What becomes of a form.
Take = Callable[[Engine, Door, Given], Response]


@dataclass(frozen=True)
class Way:
    """What a link of one purpose shows, and what becomes of the form on that page.

    ``show`` may raise LinkUnknown. ``take`` gets the fields of a form that came from this page; ``stale`` those of
    one that did not or is too old, and takes nothing. Without ``take`` a POST meets a dead link.
    """

    show: Callable[[Act, Door, Link], Reply]
    take: Take | None = None
    stale: Take | None = None


def answer(page: Page, status: int = 200) -> Response:
    """A page as a response; only those with a script may run one."""
    policy = SCRIPTED if isinstance(page, SCRIPTED_PAGES) else HEADERS[POLICY]
    return HTMLResponse(rendering.render(page), status, {"X-Robots-Tag": "noindex", POLICY: policy})
