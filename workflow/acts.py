"""An act in progress: the transaction, the instant, who acts, and how links are made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session

from workflow import posts, versions
from workflow.audience import Audience
from workflow.calendars import Calendar
from workflow.definition import Definition, Rung
from workflow.hours import USUAL, Hours
from workflow.lifecycle import Lifecycle
from workflow.links import LinkMaker
from workflow.moments import SHANGHAI
from workflow.refusals import NotFound
from workflow.tables import Deadline, Programme
from workflow.versions import Texts


@dataclass(frozen=True)
class Actor:
    """Who acts, as history will name them; ``unit`` limits what a unit's own people may touch."""

    name: str
    role: str
    unit: str | None = None


SYSTEM = Actor("督办系统", "system")

_PROGRAMMES = "programmes"


@dataclass(frozen=True)
class Act:
    """What every use case takes first; ``now`` is aware and the same through the whole act."""

    session: Session
    now: datetime
    links: LinkMaker
    actor: Actor = SYSTEM
    hours: Hours = USUAL

    @property
    def today(self) -> date:
        """The local day in Asia/Shanghai."""
        return self.now.astimezone(SHANGHAI).date()

    def programme(self, programme_id: int) -> Programme:
        """The programme row, read once in a transaction; raises NotFound."""
        return self._pinned(programme_id)[0]

    def texts(self, programme_id: int) -> Texts:
        """The texts a programme is and was pinned to; raises NotFound."""
        return self._pinned(programme_id)[1]

    def definition(self, programme_id: int) -> Definition:
        """The definition a programme is pinned to, with the obligations that an amendment took out of it."""
        return self.texts(programme_id).definition

    def lifecycle(self, programme_id: int, obligation: str) -> Lifecycle:
        """The state machine of an obligation's submissions."""
        return self.texts(programme_id).lifecycle(obligation)

    def ladder(self, deadline: Deadline) -> tuple[Rung, ...]:
        """The rungs a deadline was laid out with; an amended definition may have others by now."""
        return self.texts(deadline.programme_id).ladder(deadline.obligation, deadline.version)

    def forget_programmes(self) -> None:
        """Read programmes anew from here on; for the act that has just pinned one to another text."""
        self.session.info.pop(_PROGRAMMES, None)

    def calendar(self) -> Calendar:
        """The working-day calendar with the years that were imported."""
        return posts.calendar(self.session)

    def audience(self, programme_id: int) -> Audience:
        """Who holds which post today."""
        return Audience(self.definition(programme_id), posts.directory(self.session), self.today)

    def at(self, now: datetime) -> Act:
        """The same act at another instant."""
        return replace(self, now=now)

    def _pinned(self, programme_id: int) -> tuple[Programme, Texts]:
        read: dict[int, tuple[Programme, Texts]] = self.session.info.setdefault(_PROGRAMMES, {})
        if programme_id not in read:
            asked = select(Programme, *versions.EARLIER).select_from(versions.with_earlier())
            one = asked.where(Programme.id == programme_id).order_by(*versions.NEWEST_FIRST)  # type: ignore[arg-type]
            rows = self.session.execute(one.execution_options(populate_existing=True)).all()
            if not rows:
                raise NotFound
            row: Programme = rows[0][0]
            read[programme_id] = row, versions.of_rows(row, rows)
        return read[programme_id]
