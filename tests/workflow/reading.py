"""One leader over several units that have handed in, and short ways to put aside and approve together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime

from tests.workflow.small import small, small_roster
from tests.workflow.world import APPROVER, World, local
from workflow import read_marks
from workflow.read_marks import Together
from workflow.tables import SignOff

NOW = local("2022-03-08 10:00")
LEADER, MAYOR = "leader-1", "mayor"
UNITS = ("U1", "U2", "U3")


@contextmanager
def asked(url: str, *, sign_off: str = "[{by: supervising-leader}]", units: Sequence[str] = UNITS) -> Iterator[World]:
    """A launched world in which one leader is asked by each unit."""
    pinned, roster = small(sign_off=sign_off), small_roster(units=len(units), leaders=1)
    with closing(World.launched(url, now=NOW, pinned=pinned, roster=roster)) as world:
        for unit in units:
            world.hand_in(unit, "report", now=NOW)
        yield world


def request_of(world: World, unit: str) -> SignOff:
    """The open request of a unit."""
    (found,) = world.open_requests(unit, "report")
    return found


def read(world: World, *units: str, person: str = LEADER, now: datetime = NOW) -> dict[int, str]:
    """Open the items and put them aside; what the list then shows, the content hash by request."""
    shown: dict[int, str] = {}
    for unit in units:
        request = request_of(world, unit)
        assert request.id is not None
        with world.act(now, APPROVER) as act:
            read_marks.mark(act, request.id, person, content_hash=request.content_hash)
        shown[request.id] = request.content_hash
    return shown


def approve(
    world: World, shown: Mapping[int, str], *, person: str = LEADER, name: str = "甲副市长", now: datetime = NOW
) -> Together:
    """Approve together what the list showed."""
    with world.act(now, APPROVER) as act:
        return read_marks.approve_marked(act, person, shown, typed_name=name, comment="同意。")


def states(world: World, units: Sequence[str] = UNITS) -> list[str]:
    """How each unit's submission stands."""
    return [world.submission(unit, "report").state for unit in units]


def left(done: Together) -> list[str]:
    """Why something was left out."""
    return [one.why for one in done.left]
