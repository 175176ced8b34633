"""One sign-off behind its link: the page, the decision, and the page once more with what was entered."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fastapi.responses import RedirectResponse, Response

from web.pages import confirming
from web.pages import signing as views
from web.pages.confirming import Proved
from web.pages.doors import Door, Given, Reply, Way, answer
from workflow import drawings, read_marks, signing
from workflow.acts import Act, Actor
from workflow.engine import Engine
from workflow.refusals import (
    AlreadyDecided,
    ChangedMeanwhile,
    ContentChanged,
    DecisionIncomplete,
    LinkUnknown,
    SignedSingly,
)
from workflow.signing import Choice
from workflow.tables import Link, SignOff


@dataclass(frozen=True)
class Said:
    """What the approver entered; ``drawn`` is the data URL of a signature."""

    decision: str
    comment: str
    name: str
    drawn: str

    @classmethod
    def of(cls, given: Given) -> Said:
        """From the fields of the form."""
        return cls(*(given.get(name, "") for name in ("decision", "comment", "name", "drawn")))

    @property
    def choice(self) -> Choice | None:
        """The decision that was chosen, None for anything else."""
        return "approve" if self.decision == "approve" else "return" if self.decision == "return" else None


def shown(act: Act, door: Door, link: Link) -> Reply:
    """The request to read, or the receipt of what was decided."""
    request = views.request_of(act, link)
    return (views.receipt(act, door, request) if request.decision else views.sign_page(act, door, request)), 200


def taken(engine: Engine, door: Door, given: Given) -> Response:
    """Record a decision, or say why not."""
    said = Said.of(given)
    if said.choice is None:
        return again(engine, door, said, "decision", "请选择“同意”或“退回”", 422)
    choice, content_hash = said.choice, given.get("content_hash", "")
    return confirming.confirmed(
        engine, door, given, lambda proved: _decided(engine, door, said, choice, content_hash, proved)
    )


def stale(engine: Engine, door: Door, given: Given) -> Response:
    """The form was not of this page, or too old."""
    return again(engine, door, Said.of(given), "decision", "页面已过期，请重新选择后提交", 403)


def read(engine: Engine, door: Door, given: Given) -> Response:
    """Put the item among those to approve together and go on to the next, or take it out again."""
    with engine.looking() as act:
        link, asked = door.link(act), _request(act, door)
    if asked.id is None or asked.decision is not None:
        raise LinkUnknown
    try:
        with engine.acting(Actor(signing.named(asked.post_title, asked.holder), "approver")) as act:
            person = door.link(act).person
            if given.get("read") == "no":
                read_marks.unmark(act, asked.id, person)
            else:
                read_marks.mark(act, asked.id, person, content_hash=given.get("content_hash", ""))
    except ContentChanged:
        return _changed(engine, door)
    except SignedSingly as refused:
        return again(engine, door, Said.of({}), "decision", refused.text, 422)
    if given.get("read") == "no":
        return RedirectResponse(door.here, 303)
    with engine.looking() as act:
        return RedirectResponse(views.after_reading(act, door, link.person, asked), 303)


WAY = Way(shown, taken, stale)


def _decided(
    engine: Engine, door: Door, said: Said, choice: Choice, content_hash: str, proved: Proved | None
) -> Response:
    with engine.looking() as act:
        asked = _request(act, door)
    assert asked.id is not None
    try:
        with engine.acting(Actor(signing.named(asked.post_title, asked.holder), "approver")) as act:
            # The link is looked at again inside the transaction that decides.
            link = door.link(act)
            hand = replace(signing.hand_of(act, link), drawn=drawings.read(said.drawn))
            hand = replace(hand, confirmed=proved(act, link, asked) if proved else "")
            signing.sign(
                act, asked.id, choice, comment=said.comment, typed_name=said.name, channel="link",
                content_hash=content_hash, hand=hand,
            )  # fmt: skip
    except DecisionIncomplete as refused:
        return again(engine, door, said, str(refused.facts["field"]), refused.text, 422)
    except ChangedMeanwhile as refused:
        return again(engine, door, said, "decision", refused.text, 409)
    except AlreadyDecided:
        with engine.looking() as act:
            return answer(views.decided_otherwise(act, door, _request(act, door), choice), 409)
    except ContentChanged:
        return _changed(engine, door)
    with engine.looking() as act:
        return answer(views.receipt(act, door, _request(act, door)))


def _changed(engine: Engine, door: Door) -> Response:
    """The new content to read, nothing chosen."""
    with engine.looking() as act:
        now = _request(act, door)
        return answer(replace(views.sign_page(act, door, now), changed_at=now.asked_at), 409)


def again(engine: Engine, door: Door, said: Said, field: str, error: str, status: int) -> Response:
    """The page once more with what was entered and what is wrong with it."""
    with engine.looking() as act:
        now = _request(act, door)
        if now.decision is not None:
            return answer(views.receipt(act, door, now))
        page = views.sign_page(act, door, now)
    page = replace(page, decision=said.choice, comment=said.comment, name=said.name, drawn=said.drawn)
    errors = {
        "decision": replace(page, decision_error=error),
        "comment": replace(page, comment_error=error),
        "name": replace(page, name_error=error),
        "drawn": replace(page, drawn="", drawn_error=error),
    }
    return answer(errors[field], status)


def _request(act: Act, door: Door) -> SignOff:
    return views.request_of(act, door.link(act))
