"""What the people on duty are sent, once for the office's group as well; a convenience, not proof of delivery.

A group's robot takes 20 messages a minute. What is more is not sent there, and the page of the channels says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import insert, update

from notifier import letters
from notifier.channels import Channels, Receipt
from notifier.channels.limits import GROUP
from notifier.claims import hold_lanes
from notifier.marks import Ready, outcome
from notifier.room import Room
from workflow import channel_notes
from workflow.store import Store
from workflow.tables import Attempt

log = structlog.get_logger(__name__)

FULL = "一分钟内已向该工作群发送20条，本条不再抄送 (limit of the group)"

_attempt = Attempt.__table__  # type: ignore[attr-defined]


@dataclass
class Copies:
    """The copies of one delivery: no subject goes to the group twice."""

    store: Store
    channels: Channels
    now: datetime
    wall: Callable[[], datetime]
    _copied: set[str] = field(default_factory=set)

    def tell(self, delivered: Sequence[Ready]) -> dict[tuple[str, bool], str]:
        """Copy to every group what went to people on duty; what each said, by channel and whether it was taken."""
        told: dict[tuple[str, bool], str] = {}
        for ready in delivered:
            if not ready.to_office or ready.letter.subject in self._copied:
                continue
            self._copied.add(ready.letter.subject)
            for group in range(1, self.channels.groups + 1):
                receipt = self._copy(ready, group)
                told[channel_notes.office_name(group), receipt.delivered] = receipt.answer
                if not receipt.delivered:
                    log.warning("office group not told", answer=receipt.answer)
        return told

    def _copy(self, ready: Ready, group: int) -> Receipt:
        subject, text = ready.letter.subject, letters.without_links(ready.letter.text)
        attempts = self._begun(ready, group, self.channels.pieces(group, subject, text))
        if not attempts:
            return Receipt.put_off(FULL)
        receipt = self.channels.tell_group(group, subject, text)
        ended = update(_attempt).where(_attempt.c.id.in_(attempts))
        with self.store.write() as session:
            session.execute(ended.values(ended_at=self.wall(), outcome=outcome(receipt), answer=receipt.answer))
        return receipt

    def _begun(self, ready: Ready, group: int, pieces: int) -> list[int]:
        """An attempt for each message that the group gets; none where they would be too many."""
        name, wall = channel_notes.office_name(group), self.wall()
        row = {
            "message_id": ready.message_id, "channel": name, "person": "", "begun_at": wall, "at": self.now,
            "outcome": "", "answer": "",
        }  # fmt: skip
        with self.store.write() as session:
            hold_lanes(session)
            room = Room(session, name, (GROUP,), wall)
            room.look((), pieces)
            if any(room.take("") is not None for _ in range(pieces)):
                return []
            made = session.execute(insert(_attempt).returning(_attempt.c.id), [row] * pieces)
            return list(made.scalars())
