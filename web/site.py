"""What every request stands on: the engine, the secret, the address; built once by the app factory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from prometheus_client import CollectorRegistry

from workflow.engine import Engine
from workflow.spans import USUAL, Spans

#: A sweep older than this means that deadlines pass unnoticed.
MOST_SECONDS = 90


def wall_clock() -> datetime:
    """The machine's clock, which sessions and locks run on: a rehearsal's own stands still or leaps."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Site:
    """The parts that pages and API share; ``seconds_since_sweep`` is the age of the last sweep of any process."""

    engine: Engine
    secret: bytes
    base_url: str
    seconds_since_sweep: Callable[[], float]
    registry: CollectorRegistry
    spans: Spans = USUAL
    wall: Callable[[], datetime] = wall_clock

    @property
    def stalled(self) -> bool:
        """Whether deadlines pass unnoticed: nobody has swept for too long."""
        return self.seconds_since_sweep() > MOST_SECONDS

    @property
    def links_at(self) -> str | None:
        """Where sign-off links may be shown to the office: in a rehearsal only."""
        return self.base_url if self.engine.rehearsal else None


def of_app(app: FastAPI) -> Site:
    """The site of an application."""
    found = app.state.site
    assert isinstance(found, Site)
    return found


def of_request(request: Request) -> Site:
    """The site a request came to."""
    app = request.app
    assert isinstance(app, FastAPI)
    return of_app(app)


#: The site as an endpoint asks for it.
Here = Annotated[Site, Depends(of_request)]
