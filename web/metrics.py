"""Figures for Prometheus, and whether the service lives: states, messages, requests, the age of the sweep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from fastapi import APIRouter
from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from web.site import MOST_SECONDS, Here, Site
from workflow import channel_notes, errands, gauges, holding
from workflow.channel_notes import Notes
from workflow.errands import Errands
from workflow.gauges import Gauges
from workflow.mailbag import STATUSES
from workflow.store import Store
from workflow.summaries import STATES

_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

router = APIRouter(include_in_schema=False)


class Requests:
    """Counts requests by route, method and status."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._counter = Counter(
            "duban_http_requests", "HTTP requests answered.", ["method", "route", "status"], registry=registry
        )

    def note(self, scope: Scope, status: int) -> None:
        """Count one; addresses without a route are counted as one, so that a scanner makes no new series."""
        route = getattr(scope.get("route"), "path", "")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._counter.labels(method, str(route) or "(none)", str(status)).inc()


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Figures(Collector):
    """What is read from the store each time somebody asks."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges; those of the store are left out while it does not answer."""
        yield GaugeMetricFamily(
            "duban_seconds_since_sweep", "Seconds since the last sweep.", value=self._site.seconds_since_sweep()
        )
        yield from _pace(self._site)
        try:
            states, statuses, causes, notes = _tallies(self._site.engine.store)
            with self._site.engine.looking() as act:
                found = gauges.read(act, wall=datetime.now(UTC))
                queue, now = errands.look(act.session), act.now
        except SQLAlchemyError:
            yield GaugeMetricFamily("duban_store_up", "Whether the store answers.", value=0)
            return
        yield GaugeMetricFamily("duban_store_up", "Whether the store answers.", value=1)
        submissions = GaugeMetricFamily("duban_submissions", "Submissions by state.", labels=["state"])
        for state in STATES:
            submissions.add_metric([state], states.get(state, 0))
        yield submissions
        messages = GaugeMetricFamily("duban_messages", "Messages by status.", labels=["status"])
        for name, stored in STATUSES.items():
            messages.add_metric([name], sum(statuses.get(one, 0) for one in stored))
        yield messages
        held = GaugeMetricFamily("duban_outbox_held", "Whether a cause holds all messages.", labels=["cause"])
        for cause in holding.CAUSES:
            held.add_metric([cause], cause in causes)
        yield held
        yield from _channels(notes)
        yield from _watched(found, now)
        yield from _workers(queue)


@router.get("/healthz")
def healthz(site: Here) -> JSONResponse:
    """Whether deadlines are being watched: 503 when the last sweep is older than 90 s."""
    age = site.seconds_since_sweep()
    alive = age <= MOST_SECONDS
    body = {"status": "ok" if alive else "stalled", "seconds_since_sweep": round(age, 1)}
    return JSONResponse(body, 200 if alive else 503)


@router.get("/readyz")
def readyz(site: Here) -> JSONResponse:
    """Whether requests can be answered: 503 when the store does not answer.

    A held outbox is said and stays ready: a person must be able to come and release it.
    """
    try:
        with site.engine.store.read() as session:
            causes = [hold.cause for hold in holding.holds(session)]
    except SQLAlchemyError:
        return JSONResponse({"status": "unavailable"}, 503)
    return JSONResponse({"status": "ok", **({"outbox_held": causes} if causes else {})})


@router.get("/metrics")
def metrics(site: Here) -> Response:
    """All figures in Prometheus' text format."""
    return Response(generate_latest(site.registry), headers={"Content-Type": _CONTENT_TYPE})


def _channels(notes: Mapping[str, Notes]) -> Iterator[GaugeMetricFamily]:
    """When each channel last delivered and last failed, in seconds since 1970."""
    name, text = "duban_channel_last_seconds", "When a channel last had this outcome, by the store's clock."
    last = GaugeMetricFamily(name, text, labels=["channel", "outcome"])
    for channel, noted in notes.items():
        for outcome, note in (("sent", noted.success), ("failed", noted.failure)):
            if note is not None:
                last.add_metric([channel, outcome], note.at.timestamp())
    yield last


def _pace(site: Site) -> Iterator[GaugeMetricFamily]:
    pace = site.engine.pace
    yield GaugeMetricFamily("duban_sweep_seconds", "Seconds the last sweep took.", value=pace.seconds)
    yield GaugeMetricFamily("duban_sweep_failed", "Rows the last sweep set aside.", value=pace.failed)


def _workers(queue: Errands) -> Iterator[GaugeMetricFamily]:
    """The workers and their queue; all zero where one process does everything."""
    yield GaugeMetricFamily("duban_workers", "Workers that give signs of life.", value=queue.workers)
    jobs = _family("duban_jobs", "Jobs on the workers' queue.", "standing")
    jobs.add_metric(["waiting"], queue.waiting)
    jobs.add_metric(["running"], queue.running)
    yield jobs
    yield GaugeMetricFamily("duban_jobs_oldest_seconds", "Since when the first job waits.", value=queue.oldest)


def _watched(found: Gauges, now: datetime) -> Iterator[GaugeMetricFamily]:
    """Who is late, what waits to be signed, what waits to be sent and since when, what was tried."""
    overdue = _family("duban_overdue", "Overdue submissions by whose move it is.", "waiting_on")
    for name, number in found.overdue.items():
        overdue.add_metric([name], number)
    requests = _family("duban_requests_open", "Sign-off requests without a decision, by age.", "age")
    for name, number in found.requests.items():
        requests.add_metric([name], number)
    waiting = _family("duban_queue_messages", "Messages not settled, by channel.", "channel", "status")
    oldest = _family("duban_queue_oldest_seconds", "Since when the first message could have gone.", "channel")
    for name, tally in found.queues.items():
        for status, number in (("queued", tally.queued), ("held", tally.held), ("failed", tally.failed)):
            waiting.add_metric([name or "none", status], number)
        since = max((now - tally.oldest).total_seconds(), 0) if tally.oldest else 0
        oldest.add_metric([name or "none"], since)
    attempts = _family("duban_attempts_last_hour", "Attempts of the last hour, by outcome.", "channel", "outcome")
    for (name, outcome), number in found.attempts.items():
        attempts.add_metric([name, outcome], number)
    yield from (overdue, requests, waiting, oldest, attempts)


def _family(name: str, text: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, labels=[*labels])


def _tallies(store: Store) -> tuple[dict[str, int], dict[str, int], set[str], dict[str, Notes]]:
    with store.read() as session:
        causes: set[str] = {hold.cause for hold in holding.holds(session)}
        states, statuses = gauges.states(session), gauges.statuses(session)
        return states, statuses, causes, channel_notes.read(session)
