"""Several items approved under one name: those that were opened one after the other and put aside as read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fastapi.responses import Response

from web.contexts.waiting import LeftItem, SignAllPage, TogetherPage
from web.pages import waiting
from web.pages.doors import Door, Given, answer
from workflow import read_marks, signing
from workflow.acts import Act, Actor
from workflow.asking import DeskItem
from workflow.engine import Engine
from workflow.read_marks import Together
from workflow.refusals import AlreadyDecided, ChangedMeanwhile, DecisionIncomplete, NothingToApprove, Refusal
from workflow.tables import Submission

#: An item is sent as item-<number of its request>, with the content hash the list showed.
PREFIX = "item-"


def taken(engine: Engine, door: Door, given: Given) -> Response:
    """Approve what was sent, all in one commit, or the list once more with why nothing was approved."""
    shown = {int(name.removeprefix(PREFIX)): content for name, content in given.items() if _is_item(name)}
    name, comment = given.get("name", ""), given.get("comment", "")
    with engine.looking() as act:
        link = door.link(act)
        waiting.check_list_open(act, link)
        post, holder = waiting.who(act, waiting.desk(act, link.person))
    try:
        with engine.acting(Actor(signing.named(post, holder), "approver")) as act:
            done = _approved(act, door, shown, typed_name=name, comment=comment)
    except DecisionIncomplete as refused:
        return _again(engine, door, given, refused, field=str(refused.facts["field"]), status=422)
    except (NothingToApprove, ChangedMeanwhile, AlreadyDecided) as refused:
        return _again(engine, door, given, refused, field="", status=409)
    with engine.looking() as act:
        return answer(_receipt(act, door, done, post=post, holder=holder))


def stale(engine: Engine, door: Door, given: Given) -> Response:
    """The form was not of this page, or too old."""
    with engine.looking() as act:
        page, status = waiting.shown(act, door, door.link(act))
    assert isinstance(page, SignAllPage)
    return answer(_kept(replace(page, error="页面已过期，请核对后重新提交"), given), 403 if status == 200 else status)


def _approved(act: Act, door: Door, shown: Mapping[int, str], *, typed_name: str, comment: str) -> Together:
    """The link is looked at again inside the transaction that decides."""
    link = door.link(act)
    waiting.check_list_open(act, link)
    return read_marks.approve_marked(act, link.person, shown, typed_name=typed_name, comment=comment)


def _again(engine: Engine, door: Door, given: Given, refused: Refusal, *, field: str, status: int) -> Response:
    with engine.looking() as act:
        link = door.link(act)
        waiting.check_list_open(act, link)
        page = _kept(waiting.sign_all_page(act, door, link.person), given)
    page = replace(
        page,
        error=refused.text,
        name_error=refused.text if field == "name" else "",
        comment_error=refused.text if field == "comment" else "",
    )
    return answer(page, status)


def _kept(page: SignAllPage, given: Given) -> SignAllPage:
    return replace(page, name=given.get("name", ""), comment=given.get("comment", ""))


def _is_item(name: str) -> bool:
    number = name.removeprefix(PREFIX)
    return name.startswith(PREFIX) and number.isascii() and number.isdecimal() and len(number) < 10


def _receipt(act: Act, door: Door, done: Together, *, post: str, holder: str) -> TogetherPage:
    items = [DeskItem(request) for request in done.approved]
    rows = waiting.rows_of(
        act, [*(one.submission_id for one in done.approved), *(one.submission_id for one in done.left)]
    )
    link = door.link(act)
    first = done.approved[0]
    return TogetherPage(
        rehearsal_now=act.now if door.rehearsal else None,
        post=post,
        holder=holder,
        approved=waiting.decided_items(act, items, rows),
        left=tuple(_left(act, rows[one.submission_id], one.why) for one in done.left),
        name=first.typed_name,
        comment=first.comment,
        contact=door.contact,
        others_href=f"{door.here}/all",
        others_waiting=len(waiting.desk(act, link.person).waiting),
    )


def _left(act: Act, row: Submission, why: str) -> LeftItem:
    audience = act.audience(row.programme_id)
    title = audience.definition.obligations[row.obligation].title
    return LeftItem(audience.directory.unit(row.unit).name, title, why)
