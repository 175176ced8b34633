"""An act in progress: the transaction, the instant, who acts, and how links are made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache

from sqlmodel import Session

from workflow import lifecycle, posts
from workflow.audience import Audience
from workflow.calendars import Calendar
from workflow.definition import Definition, Rung
from workflow.library import pinned
from workflow.lifecycle import Lifecycle
from workflow.links import LinkMaker
from workflow.moments import SHANGHAI
from workflow.refusals import NotFound
from workflow.tables import Deadline, Programme, ProgrammeVersion


@dataclass(frozen=True)
class Actor:
    """Who acts, as history will name them; ``unit`` limits what a unit's own people may touch."""

    name: str
    role: str
    unit: str | None = None


SYSTEM = Actor("督办系统", "system")


@dataclass(frozen=True)
class Act:
    """What every use case takes first; ``now`` is aware and the same through the whole act."""

    session: Session
    now: datetime
    links: LinkMaker
    actor: Actor = SYSTEM

    @property
    def today(self) -> date:
        """The local day in Asia/Shanghai."""
        return self.now.astimezone(SHANGHAI).date()

    def programme(self, programme_id: int) -> Programme:
        """The programme row, read once in a transaction; raises NotFound."""
        read: dict[int, Programme] = self.session.info.setdefault("programmes", {})
        if programme_id not in read:
            row = self.session.get(Programme, programme_id)
            if row is None:
                raise NotFound
            read[programme_id] = row
        return read[programme_id]

    def definition(self, programme_id: int) -> Definition:
        """The definition a programme is pinned to."""
        return pinned(self.programme(programme_id).source_text).definition

    def lifecycle(self, programme_id: int, obligation: str) -> Lifecycle:
        """The state machine of an obligation's submissions."""
        return _lifecycle(self.programme(programme_id).source_text, obligation)

    def ladder(self, deadline: Deadline) -> tuple[Rung, ...]:
        """The rungs a deadline was laid out with; an amended definition may have others by now."""
        programme = self.programme(deadline.programme_id)
        if deadline.version in ("", programme.version):
            return pinned(programme.source_text).definition.ladder_of(deadline.obligation)
        kept = self.session.get(ProgrammeVersion, (deadline.programme_id, deadline.version))
        if kept is None:
            raise NotFound
        return pinned(kept.source_text).definition.ladder_of(deadline.obligation)

    def calendar(self) -> Calendar:
        """The working-day calendar with the years that were imported."""
        return posts.calendar(self.session)

    def audience(self, programme_id: int) -> Audience:
        """Who holds which post today."""
        return Audience(self.definition(programme_id), posts.directory(self.session), self.today)

    def at(self, now: datetime) -> Act:
        """The same act at another instant."""
        return replace(self, now=now)


@lru_cache(maxsize=2048)
def _lifecycle(text: str, obligation: str) -> Lifecycle:
    return lifecycle.of(pinned(text).definition, obligation)
