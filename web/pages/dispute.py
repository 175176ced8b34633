"""“这不是我本人操作”: the page behind the link of a receipt; GET shows the decision, POST records the dispute."""

from __future__ import annotations

from fastapi.responses import Response

from web.contexts.confirming import DisputePage
from web.pages import waiting
from web.pages.doors import Door, Given, Reply, Way, answer
from workflow import disputes
from workflow.acts import Act, Actor
from workflow.engine import Engine
from workflow.refusals import ChangedMeanwhile, DisputeRefused
from workflow.tables import Link, Submission


def shown(act: Act, door: Door, link: Link) -> Reply:
    """The decision, and what was already said of it."""
    return _page(act, door, link), 200


def taken(engine: Engine, door: Door, given: Given) -> Response:
    """Record the dispute; a second time gives the same page."""
    reason = given.get("reason", "")
    try:
        with engine.acting(Actor("审签人", "approver")) as act:
            disputes.dispute(act, door.link(act), reason)
    except (DisputeRefused, ChangedMeanwhile) as refusal:
        status = 422 if isinstance(refusal, DisputeRefused) else 409
        with engine.looking() as act:
            return answer(_page(act, door, door.link(act), reason=reason, error=refusal.text), status)
    with engine.looking() as act:
        return answer(_page(act, door, door.link(act)))


def stale(engine: Engine, door: Door, given: Given) -> Response:
    """The form was not of this page, or too old."""
    with engine.looking() as act:
        page = _page(act, door, door.link(act), reason=given.get("reason", ""), error="页面已过期，请重新提交。")
        return answer(page, 403)


WAY = Way(shown, taken, stale)


def _page(act: Act, door: Door, link: Link, *, reason: str = "", error: str = "") -> DisputePage:
    request = disputes.disputed_by(act, link)
    row = act.session.get(Submission, request.submission_id)
    assert row is not None
    audience = act.audience(row.programme_id)
    return DisputePage(
        action=door.here,
        form_token=door.form_token,
        rehearsal_now=act.now if door.rehearsal else None,
        programme=waiting.programme_of(act, row),
        unit=audience.directory.unit(row.unit).name,
        obligation=audience.definition.obligations[row.obligation].title,
        record=waiting.record_of(act, request),
        disputed_at=request.disputed_at,
        reason=request.dispute if request.disputed_at else reason,
        contact=door.contact,
        error=error,
    )
