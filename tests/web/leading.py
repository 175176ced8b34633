"""One leader at the links of several units' items, in a service with its pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.web.browsing import Office, Visitor
from tests.web.client import ADDRESS
from tests.workflow.reading import LEADER, UNITS, asked, request_of
from tests.workflow.standing_in import token_of
from tests.workflow.world import World

SIGN, READ, TOGETHER = "确认提交", "已阅，待一并同意", "一并同意"


class Desk(Office):
    """The service, with the addresses of the leader's links."""

    def __init__(self, world: World, *, base_url: str = ADDRESS) -> None:
        super().__init__(world, base_url=base_url)

    def path(self, unit: str, person: str = LEADER) -> str:
        """A person's link to a unit's open item."""
        return f"/s/{token_of(self.world, request_of(self.world, unit), person)}"

    def leader(self, *units: str, person: str = LEADER) -> Visitor:
        """A leader who has put these aside one after the other, at the list."""
        visitor = self.visitor()
        for unit in units:
            visitor.open(self.path(unit, person))
            visitor.press(READ)
        visitor.open(f"{self.path(units[0] if units else 'U1', person)}/all")
        return visitor


@contextmanager
def desk(
    url: str,
    *,
    base_url: str = ADDRESS,
    sign_off: str = "[{by: supervising-leader}]",
    units: Sequence[str] = UNITS,
) -> Iterator[Desk]:
    """Several units wait for one leader."""
    with asked(url, sign_off=sign_off, units=units) as world:
        yield Desk(world, base_url=base_url)
