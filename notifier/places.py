"""One item of a message in its place: the submission it speaks of, who is asked there, and where its reader stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from notifier.happenings import NOTHING, OF_A_REQUEST, Happening
from notifier.letters import reason_of
from notifier.truth import Standpoint, told_as
from workflow import delegations
from workflow.acts import Act
from workflow.audience import UNIT_POSTS, Audience, Recipient
from workflow.tables import Delegation, MessageItem, SignOff, Submission

#: By principal, the delegations in force today.
Delegations = Mapping[str, Sequence[Delegation]]


@dataclass(frozen=True)
class Place:
    """One item of a message, with its submission and the requests open on it.

    ``request`` is the one that waits for the message's reader, by ``delegation`` where they stand in for whoever was
    asked; ``staff`` are the unit's own people, and ``happening`` is what the item tells of beside the submission.
    """

    item: MessageItem
    row: Submission
    asked: Sequence[SignOff]
    request: SignOff | None
    staff: Sequence[Recipient]
    seen: Standpoint
    delegation: Delegation | None = None
    happening: Happening = NOTHING

    @property
    def number(self) -> int:
        """The item's id."""
        return self.item.id or 0

    @property
    def reason(self) -> str:
        """Why it was queued."""
        return reason_of(self.item.reason)

    @property
    def part(self) -> tuple[str, int, str]:
        """What may stand in a letter once: of one submission one request, but every decision."""
        own = self.item.reason if self.happening is not NOTHING else ""
        return told_as(self.reason, self.seen), self.item.submission_id, own

    @property
    def opens(self) -> tuple[int, int]:
        """What its link to sign opens: a request, and the delegation it is opened by, 0 for none."""
        assert self.request is not None
        return self.request.id or 0, (self.delegation.id or 0) if self.delegation else 0

    @property
    def decided(self) -> SignOff | None:
        """The decision that it is a receipt of."""
        return self.happening.sign_off if self.reason == "decided" else None

    @property
    def asks_receipt(self) -> bool:
        """Whether its reader is to sign for it, and has not."""
        return bool(self.item.ack_within) and self.item.acknowledged_at is None


def delegations_of(act: Act, items: Sequence[MessageItem], asked: Mapping[int, Sequence[SignOff]]) -> Delegations:
    """Who stands in for whom today; looked up only where a request might be read by somebody else than was asked."""
    for item in items:
        waiting = [one.person for one in asked.get(item.submission_id, ()) if _waits(one)]
        if waiting and item.person not in waiting:
            return delegations.active(act.session, act.today)
    return {}


def _waits(one: SignOff) -> bool:
    return one.decision is None and one.closed_at is None


def _standing_in(item: MessageItem, request: SignOff, standing_in: Delegations) -> Delegation | None:
    """The delegation by which an item's reader may sign a request, None for their own."""
    if request.person == item.person:
        return None
    return next((one for one in standing_in.get(request.person, ()) if one.delegate == item.person), None)


def placed(
    audience: Audience, item: MessageItem, row: Submission, asked: Sequence[SignOff], standing_in: Delegations
) -> Place:
    waiting = [one for one in asked if _waits(one)]
    own = [
        (one, delegation)
        for one in waiting
        for delegation in (_standing_in(item, one, standing_in),)
        if (one.person == item.person or delegation is not None)
        and (reason_of(item.reason) in OF_A_REQUEST or item.sign_off_id in (None, one.id))
    ]
    # One's own comes before what one may sign for others.
    request, by = min(own, key=lambda pair: pair[1] is not None) if own else (None, None)
    staff = audience.people(sorted(UNIT_POSTS), row.unit)
    seen = Standpoint(
        state=row.state,
        waiting_on=row.waiting_on,
        signs=bool(own),
        signed=any(
            item.person in (one.person, one.decided_by) and one.round == row.round and one.decision for one in asked
        ),
        own=any(one.person == item.person for one in staff),
        clerk=any(one.person == item.person for one in audience.holders("office", row.unit)),
    )
    asks = reason_of(item.reason) not in OF_A_REQUEST
    return Place(item, row, waiting, request if asks else None, staff, seen, by if asks else None)
