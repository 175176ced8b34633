"""What every request stands on: the engine, the secret, the address; built once by the app factory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from prometheus_client import CollectorRegistry

from workflow.accounts import Failures
from workflow.engine import Engine


@dataclass(frozen=True)
class Site:
    """The parts that pages and API share; ``seconds_since_sweep`` is the age of this process's last tick."""

    engine: Engine
    secret: bytes
    base_url: str
    seconds_since_sweep: Callable[[], float]
    registry: CollectorRegistry
    failures: Failures = field(default_factory=Failures)

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
