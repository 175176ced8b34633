"""领导审签负荷 over HTTP: who has how much waiting since when, sorted, searched, and as a workbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from documents import load_sheet
from web.contexts.approvals import Holder
from web.contexts.frame import Choice, Link, Pager
from web.contexts.load import LoadLine, LoadPage
from web.downloads import XLSX, download
from web.pages.desk_forms import HERE as APPROVALS
from web.pages.frame import Asked, House, frame, show, signed_in
from workflow import approvers
from workflow.acts import Act
from workflow.approvers import Pace
from workflow.moments import SHANGHAI
from workflow.refusals import Forbidden
from workflow.sight import READERS

HERE = f"{APPROVALS}/load"
PAGE = 50
_NEVER = datetime.max.replace(tzinfo=UTC)

#: What the list is sorted by, and its name. Those without the figure come last.
ORDERS: dict[str, tuple[str, Callable[[Pace], tuple[object, ...]]]] = {
    "waiting": ("待签多的在前", lambda one: (-one.load.waiting if one.load else 1,)),
    "oldest": ("等得久的在前", lambda one: (one.load.oldest if one.load else _NEVER,)),
    "overdue": ("逾期多的在前", lambda one: (-one.load.overdue if one.load else 1,)),
    "slowest": ("审签慢的在前", lambda one: (-one.turn_around.median_hours if one.turn_around else 1,)),
    "post": ("按职务", lambda one: (one.post, one.person)),
}


@dataclass(frozen=True)
class Wanted:
    """The filter as it stands in the address; ``after`` is the person that the page before ended with."""

    sort: str = ""
    q: str = ""
    all: str = ""
    after: str = ""

    def address(self, path: str = HERE, **changes: str) -> str:
        """The address of this filter, some of it changed."""
        said = {name: value for name, value in {**vars(self), **changes}.items() if value}
        return f"{path}?{urlencode(said)}" if said else path


def router(house: House) -> APIRouter:
    """``/approvals/load`` and the same as a workbook."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get(HERE)
    def listing(request: Request, sort: Asked = "", q: Asked = "", all: Asked = "", after: Asked = "") -> Response:
        wanted = Wanted(sort if sort in ORDERS else "", q.strip(), all, after)
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _page(house, request, act, wanted))

    @routes.get(f"{HERE}.xlsx")
    def workbook(request: Request, sort: Asked = "", q: Asked = "", all: Asked = "") -> Response:
        with house.engine.looking(signed_in(request)) as act:
            found = _chosen(_paces(act), Wanted(sort if sort in ORDERS else "", q.strip(), all))
            return download(load_sheet.write_xlsx(found, act.now), f"审签负荷_{act.today}.xlsx", XLSX)

    return routes


def _paces(act: Act) -> Sequence[Pace]:
    """Raises Forbidden for a unit's own people."""
    if act.actor.role not in READERS:
        raise Forbidden(move="查看审签负荷")
    return approvers.paces(act)


def _chosen(paces: Sequence[Pace], wanted: Wanted) -> list[Pace]:
    """Whom the filter leaves, in its order; equals stay as they were, who has most first."""
    kept = (one for one in paces if (one.load or wanted.all) and wanted.q in f"{one.post} {one.name}")
    return sorted(kept, key=ORDERS[wanted.sort or "waiting"][1])


def _page(house: House, request: Request, act: Act, wanted: Wanted) -> LoadPage:
    paces = _paces(act)
    chosen = _chosen(paces, wanted)
    first = next((place for place, one in enumerate(chosen, start=1) if one.person == wanted.after), 0)
    shown = chosen[first : first + PAGE]
    loads = [one.load for one in paces if one.load]
    more = first + PAGE < len(chosen)
    return LoadPage(
        frame=frame(house, request, act, "approvals"),
        as_of=act.now,
        waiting=sum(one.waiting for one in loads),
        overdue=sum(one.overdue for one in loads),
        most=max((one.waiting for one in loads), default=1),
        sorts=tuple(Choice(name, label, name == wanted.sort) for name, (label, _) in ORDERS.items()),
        everybody=bool(wanted.all),
        text=wanted.q,
        lines=tuple(_line(act, one) for one in shown),
        pager=Pager(
            len(chosen),
            len(shown),
            wanted.address(after="") if first else "",
            wanted.address(after=shown[-1].person) if more else "",
        ),
        exports=(Link(wanted.address(f"{HERE}.xlsx", after=""), "导出 Excel"),) if chosen else (),
    )


def _line(act: Act, one: Pace) -> LoadLine:
    load, turn = one.load, one.turn_around
    oldest = load.oldest if load else None
    queue = f"{APPROVALS}?{urlencode({'person': one.person})}#queue-{one.place}"
    return LoadLine(
        holder=Holder(one.post, one.name),
        href=queue if load and act.actor.role != "inspector" else "",
        waiting=load.waiting if load else 0,
        overdue=load.overdue if load else 0,
        oldest=oldest,
        days=(act.today - oldest.astimezone(SHANGHAI).date()).days if oldest else 0,
        decided=turn.decided if turn else 0,
        median=_span(turn.median_hours) if turn else "",
        delegates=load.delegates if load else (),
        away_until=load.absent_until if load else None,
    )


def _span(hours: int) -> str:
    """A number of whole hours as people say it."""
    if hours < 1:
        return "不足 1 小时"
    return f"{hours} 小时" if hours < 48 else f"{hours // 24} 天" + (f" {hours % 24} 小时" if hours % 24 else "")
