"""领导分工调整 over HTTP: units under another leader from a day on, with a preview of what moves.

The preview is a GET and changes nothing. What is confirmed is just what was shown: when something has moved since,
the new preview is shown instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from web import problems
from web.api.values import Storable
from web.contexts.approvals import (
    Ask,
    Holder,
    Input,
    LeaderUnits,
    MoveLine,
    SupervisionPage,
    SupervisionPreview,
)
from web.contexts.frame import Choice
from web.pages import desk_forms, people
from web.pages.approvals import check
from web.pages.desk_forms import FormRefused, Reading, Sent
from web.pages.desk_lists import title_of
from web.pages.frame import Asked, House, acting, done, frame, show, signed_in
from web.pages.submission import Sent as Parts
from web.rendering import day
from workflow import handovers, posts, queues, second_channels
from workflow.acts import Act
from workflow.handovers import Move
from workflow.refusals import ChangedMeanwhile, Forbidden, NotFound, Refusal
from workflow.roster import OFFICE, Directory

HERE = "/approvals/supervision"
#: More units than a city has.
MOST_UNITS = 2000

_MOVE = "调整领导分工"


@dataclass(frozen=True)
class Picked:
    """What was picked: units by code, the leader's post, the day as typed."""

    units: tuple[str, ...] = ()
    leader: str = ""
    since: str = ""


def router(house: House) -> APIRouter:
    """``/approvals/supervision``: choosing and the preview by GET, the change by POST."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get(HERE)
    def look(
        request: Request,
        unit: Annotated[list[Annotated[str, Storable]], Query(max_length=MOST_UNITS)] = [],  # noqa: B006 – read only
        leader: Asked = "",
        since: Asked = "",
    ) -> Response:
        # A link from a unit names it alone: then nothing was asked for yet.
        asked = bool(leader or since) or (bool(request.query_params) and not unit)
        with house.engine.looking(signed_in(request)) as act:
            check(act, _MOVE)
            page, status = _page(house, request, act, Picked(tuple(unit), leader, since), asked=asked)
            return show(house, request, page, status)

    @routes.post(HERE)
    def confirm(request: Request, form: Parts) -> Response:
        sent = desk_forms.read(form, "confirm")
        units = tuple(one for one in form.getlist("unit") if isinstance(one, str))
        picked = Picked(units, sent.values.get("leader", ""), sent.values.get("since", ""))
        actor = acting(house, request, sent.values.get("form_token", ""))
        try:
            with house.engine.acting(actor) as act:
                check(act, _MOVE)
                said = _changed(house, act, picked, sent)
        except (NotFound, Forbidden):
            raise
        except Refusal as refused:
            again = sent.refused(refused, frozenset({"comment"}))
            with house.engine.looking(actor) as act:
                page, _ = _page(house, request, act, picked, asked=True, sent=again)
                return show(house, request, page, problems.of_refusal(refused).status)
        return done(house, "/approvals", said)

    return routes


def _changed(house: House, act: Act, picked: Picked, sent: Sent) -> str:
    units, since = _wanted(act, picked)
    typed = Reading(sent, people.everybody(act))
    comment = typed.reason("调整的依据")
    typed.settle()
    changes = dict.fromkeys(units, picked.leader)
    if sent.values.get("shown") != _shown(handovers.preview(act, supervision=changes, since=since)):
        raise ChangedMeanwhile
    ways = second_channels.ways_open(house.channels, rehearsal=house.engine.rehearsal)
    before = second_channels.of_running(act, ways=ways, on=since)
    moves = handovers.supervise(act, changes, since=since, comment=comment)
    unable = [one for one in second_channels.of_running(act, ways=ways, on=since) if one not in before]
    noted = "".join(f"注意：{text}。" for text in unable)
    moved = sum(bool(move.to) for move in moves)
    if since > act.today:
        return f"已调整：{day(since)}起{len(units)}家单位由{picked.leader}分管，待签件届时移交。{noted}"
    return f"已调整：{len(units)}家单位由{picked.leader}分管，移交待签件{moved}件。{noted}"


def _wanted(act: Act, picked: Picked) -> tuple[tuple[str, ...], date]:
    """The units and the day; raises FormRefused with what is wrong by the names of the form."""
    known, errors = posts.directory(act.session), {}
    there = {unit.code for unit in known.units() if not unit.body}
    if not picked.units:
        errors["units"] = "请勾选要调整的单位。"
    elif not there.issuperset(picked.units):
        errors["units"] = "有的单位不在花名册中，请重新勾选。"
    if not picked.leader:
        errors["leader"] = "请选择新的分管领导。"
    elif picked.leader not in leaders(known):
        errors["leader"] = "花名册中没有这一职务，请重新选择。"
    try:
        since = date.fromisoformat(picked.since)
    except ValueError:
        since, errors["since"] = act.today, "请填日期，例如 2022-01-04。" if picked.since else "请选择日期。"
    if "since" not in errors and since < act.today:
        errors["since"] = "起始日期已经过去，请从今天或以后的日期起。"
    if not errors and not known.holders(picked.leader, None, since):
        errors["leader"] = f"{day(since)}没有人担任“{picked.leader}”，请先在花名册中补上任职人。"
    if errors:
        raise FormRefused(errors=errors)
    return tuple(dict.fromkeys(picked.units)), since


def leaders(known: Directory) -> tuple[str, ...]:
    """The posts that may supervise units, those that do first."""
    held = (row.post for row in known.posts() if row.unit is None and row.post != OFFICE)
    return tuple(dict.fromkeys((*(row.post for row in known.supervision()), *held)))


def _page(
    house: House, request: Request, act: Act, picked: Picked, *, asked: bool, sent: Sent = desk_forms.NOTHING
) -> tuple[SupervisionPage, int]:
    known, errors, preview = posts.directory(act.session), dict[str, str](), None
    status, error = 200, ""
    if asked:
        try:
            units, since = _wanted(act, picked)
            preview = _preview(act, known, replace(picked, units=units), since, sent)
        except Refusal as refused:
            status, said = problems.of_refusal(refused).status, Sent().refused(refused, frozenset({"since"}))
            errors, error = dict(said.errors), said.error
    since_input = Input(
        "since", "自（含当日）", "day", picked.since or act.today.isoformat(), errors.get("since", "")
    )  # fmt: skip
    return SupervisionPage(
        frame=frame(house, request, act, "approvals", here=HERE),
        groups=_groups(known, act.today, picked.units),
        leaders=tuple(
            Choice(one, _with_holders(known, one, act.today), one == picked.leader) for one in leaders(known)
        ),
        pick=Ask("pick", HERE, "预览", (since_input,), error=error),
        units_error=errors.get("units", ""),
        leader_error=errors.get("leader", ""),
        preview=preview,
    ), status


def _preview(act: Act, known: Directory, picked: Picked, since: date, sent: Sent) -> SupervisionPreview:
    moves = handovers.preview(act, supervision=dict.fromkeys(picked.units, picked.leader), since=since)
    kept = (
        *(("unit", code) for code in picked.units), ("leader", picked.leader), ("since", since.isoformat()),
        ("shown", _shown(moves)),
    )  # fmt: skip
    inputs = (Input("comment", "调整依据", "text"),)
    return SupervisionPreview(
        units=tuple(known.unit(code).name for code in picked.units),
        leader=picked.leader,
        holders=_holders(known, picked.leader, since),
        since=since,
        moves=_moves(act, moves),
        confirm=desk_forms.filled(Ask("confirm", HERE, "确认调整", inputs, kept), sent),
        later=since > act.today,
    )


def _moves(act: Act, moves: Sequence[Move]) -> tuple[MoveLine, ...]:
    titles = {one.sign_off_id: one for one in queues.waiting(act, only=[move.sign_off_id for move in moves])}
    return tuple(_move(move, titles) for move in moves)


def _move(move: Move, titles: Mapping[int, queues.Waiting]) -> MoveLine:
    one = titles[move.sign_off_id]
    return MoveLine(
        href=f"/submissions/{move.submission_id}",
        unit=one.unit.name,
        title=title_of(one),
        due_date=move.due_date,
        source=Holder(move.from_.post, move.from_.name),
        to=tuple(Holder(desk.post, desk.name) for desk in move.to),
        why=move.why,
    )


def _shown(moves: Sequence[Move]) -> str:
    """What a preview showed, in few signs; nothing secret, only the same or another."""
    lines = sorted(f"{one.sign_off_id} {one.from_} {one.to}" for one in moves)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _groups(known: Directory, today: date, picked: Sequence[str]) -> tuple[LeaderUnits, ...]:
    """The units by who supervises them today; those without a leader come last."""
    found: dict[str, list[Choice]] = {}
    for unit in known.units():
        if not unit.body:
            posts_ = "、".join(known.supervisor_posts(unit.code, today))
            found.setdefault(posts_, []).append(Choice(unit.code, unit.name, unit.code in picked))
    order = sorted(found, key=lambda leader: (leader == "", list(found).index(leader)))
    return tuple(LeaderUnits(one, _holders(known, one, today), tuple(found[one])) for one in order)


def _holders(known: Directory, post: str, on: date) -> str:
    return "、".join(person.name for person in known.holders(post, None, on))


def _with_holders(known: Directory, post: str, on: date) -> str:
    names = _holders(known, post, on)
    return post if names == post else f"{post}（{names or '现无人担任'}）"
