"""People at links of their own: who opens what, and who decides by which link."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlmodel import col, select

from tests.workflow.world import APPROVER, World
from workflow import delegations, handovers, links, posts, signing
from workflow.refusals import LinkUnknown
from workflow.roster import PersonRow, PostRow, Roster
from workflow.signing import Choice
from workflow.tables import Delegation, Link, SignOff


def day(text: str) -> date:
    """A day of 2022, as ``01-07``."""
    return date.fromisoformat(f"2022-{text}")


def grant(world: World, principal: str, delegate: str, since: str, until: str, *, now: datetime) -> Delegation:
    """The office lets one sign for another for days of 2022."""
    with world.act(now) as act:
        return delegations.grant(
            act, principal=principal, delegate=delegate, since=day(since), until=day(until), comment="出差期间授权"
        )  # fmt: skip


def withdraw(world: World, row: Delegation, *, now: datetime) -> None:
    """The office ends a delegation early."""
    with world.act(now) as act:
        delegations.withdraw(act, row.id or 0, comment="提前返回")


def token_of(world: World, request: SignOff, person: str) -> str:
    """The token of the newest link that a person ever got to a request; fails where there is none."""
    with world.store.read() as session:
        found = select(Link).where(Link.sign_off_id == request.id, Link.person == person)
        link = session.exec(found.order_by(col(Link.id).desc())).first()
        assert link is not None, f"{person} has no link"
        return world.links.token(link)


def has_link(world: World, request: SignOff, person: str) -> bool:
    """Whether a person was ever given a link to a request."""
    with world.store.read() as session:
        found = select(Link).where(Link.sign_off_id == request.id, Link.person == person)
        return session.exec(found).first() is not None


def opens(world: World, token: str, now: datetime) -> bool:
    """Whether a link is alive."""
    with world.look(now) as act:
        try:
            links.resolve(act.session, token, now)
        except LinkUnknown:
            return False
        return True


def decide_by(world: World, token: str, choice: Choice, *, now: datetime) -> SignOff:
    """Decide as the page does: by whoever holds the link."""
    with world.act(now, APPROVER) as act:
        link = links.resolve(act.session, token, now)
        request = act.session.get(SignOff, link.sign_off_id)
        assert request is not None and request.id is not None
        return signing.sign(
            act, request.id, choice, comment="请补充" if choice == "return" else "", typed_name="张", channel="link",
            content_hash=request.content_hash, hand=signing.hand_of(act, link),
        )  # fmt: skip


Change = Callable[[Roster], Roster]
NEW = PersonRow("new", "新任副市长", "new@example.cn")


def succeeded(old: str, new: str = "new", *, since: date | None = None) -> Change:
    """The roster in which ``new`` holds what ``old`` held, from a day on where one is given."""

    def change(roster: Roster) -> Roster:
        people = roster.people if new in {one.key for one in roster.people} else (*roster.people, replace(NEW, key=new))
        held: list[PostRow] = []
        for row in roster.posts:
            if row.person == old and since is not None:
                held.append(replace(row, until=since - timedelta(days=1)))
            held.append(replace(row, person=new, since=since) if row.person == old else row)
        return Roster(roster.units, people, tuple(held), roster.supervision)

    return change


def without(person: str) -> Change:
    """The roster in which a person holds nothing any more."""
    return lambda roster: replace(roster, posts=tuple(one for one in roster.posts if one.person != person))


def people(requests: Sequence[SignOff]) -> list[str]:
    """Whom requests are addressed to."""
    return [one.person for one in requests]


def moved(world: World, change: Change, *, now: datetime) -> tuple[handovers.Move, ...]:
    """Import a changed roster, as the command does; what moved."""
    with world.act(now) as act:
        posts.import_roster(act.session, change(posts.export(act.session)))
        return handovers.settle(act)
