"""The ledger of a programme, out and in: ``/programmes/{key}/ledger``; nothing changes before it is confirmed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, Response

from documents import ledger_sheets, ledgers
from web import problems
from web.contexts.frame import Link
from web.contexts.ledgers import LedgerCell, LedgerPage, LedgerPart, LedgerPreviewPage, LedgerRow
from web.downloads import XLSX, download
from web.handed_in import of_upload
from web.pages.frame import House, acting, done, frame, show, signed_in
from web.pages.overview import board_href
from web.pages.rooms import parts
from workflow import catalogue, drafts
from workflow.acts import Act
from workflow.amendments import Amendment, AmendmentRefused
from workflow.catalogue import Listed
from workflow.permissions import OFFICE
from workflow.refusals import ChangedMeanwhile, Forbidden, NotFound, Refusal
from workflow.tasks import importing, standing
from workflow.tasks.importing import RowDiffers
from workflow.tasks.sheet_rows import LedgerRefused, TaskRow

#: More faults than these help nobody at once.
_MOST = 50
#: So many of the consequences are told one by one.
_TOLD = 30


def router(house: House) -> APIRouter:
    """``/programmes/{key}/ledger``."""
    routes = APIRouter(prefix="/programmes", default_response_class=HTMLResponse, include_in_schema=False)
    _out(routes, house)
    _in(routes, house)
    return routes


def _out(routes: APIRouter, house: House) -> None:
    @routes.get("/{key}/ledger")
    def ledger(key: str, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _page(house, request, act, _of_office(act, key)))

    @routes.get("/{key}/ledger.{ending}")
    def file(key: str, ending: str, request: Request, bare: str = "") -> Response:
        with house.engine.looking(signed_in(request)) as act:
            listed = _of_office(act, key)
            tasks = standing.tasks_of(act, listed)
            beside = None if bare else standing.standing_of(act, listed)
            name = f"{listed.title}{listed.cycle}台账_{act.today}.{ending}"
        if ending == "xlsx":
            return download(ledger_sheets.workbook(tasks, beside), name, XLSX)
        if ending == "csv":
            return download(ledger_sheets.csv_text(tasks, beside), name, "text/csv; charset=utf-8")
        raise NotFound


def _in(routes: APIRouter, house: House) -> None:
    @routes.post("/{key}/ledger")
    def hand_in(
        key: str,
        request: Request,
        file: Annotated[UploadFile | None, File()] = None,
        form_token: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        actor = acting(house, request, form_token)
        sent = of_upload(file)
        try:
            with house.engine.acting(actor) as act:
                listed = _of_office(act, key)
                if sent is None:
                    return _refused(house, request, act, listed, ("请先选择台账文件。",))
                importing.planned(act, key, ledgers.read_content(sent.data, name=sent.name))
                draft = drafts.begin(act, "ledger", facts={"programme": key}, files={"ledger": sent})
        except (LedgerRefused, drafts.FileRefused) as refused:
            with house.engine.looking(actor) as act:
                return _refused(house, request, act, _of_office(act, key), _faults(refused))
        return done(house, f"{board_href(key)}/ledger/{draft}")

    @routes.get("/{key}/ledger/{draft}")
    def preview(key: str, draft: str, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _preview(house, request, act, key, draft))

    @routes.post("/{key}/ledger/{draft}")
    def confirm(
        key: str,
        draft: str,
        request: Request,
        comment: Annotated[str, Form()] = "",
        version: Annotated[str, Form(max_length=100)] = "",
        confirm_earlier: Annotated[str, Form(max_length=10)] = "",
        form_token: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        actor = acting(house, request, form_token)
        confirmed = confirm_earlier == "yes"
        try:
            with house.engine.acting(actor) as act:
                tasks = _handed_in(act, key, draft)[1]
                importing.carry_out(
                    act, key, tasks, comment=comment, if_version=version, confirm_earlier=confirmed
                )  # fmt: skip
                drafts.drop(act, draft)
        except (AmendmentRefused, ChangedMeanwhile, LedgerRefused) as refused:
            with house.engine.looking(actor) as act:
                page = _preview(house, request, act, key, draft, comment=comment, confirmed=confirmed, refused=refused)
                return show(house, request, page, problems.of_refusal(refused).status)
        return done(house, f"{board_href(key)}/ledger", f"台账已导入，共{len(tasks)}项任务，方案已修订。")


def _of_office(act: Act, key: str) -> Listed:
    if act.actor.role not in OFFICE:
        raise Forbidden(move="导出和导入台账")
    return catalogue.by_key(act, key)


def _page(house: House, request: Request, act: Act, listed: Listed, faults: Sequence[str] = ()) -> LedgerPage:
    definition, here = listed.definition, f"{board_href(listed.key)}/ledger"
    present = Counter(task.part for task in definition.tasks)
    planned = definition.planned.parts if definition.planned else {}
    lines = [LedgerPart(one.title, one.count, present.pop(part, 0)) for part, one in planned.items()]
    lines += [LedgerPart(part or "未分类别", None, count) for part, count in present.items()]
    exports = (Link(f"{here}.xlsx", "导出 Excel（含进展）"), Link(f"{here}.xlsx?bare=1", "只导出台账"))
    return LedgerPage(
        frame=frame(house, request, act, "programmes", here=here),
        rooms=parts(listed.key, act.actor.role, here="ledger"),
        title=listed.title,
        cycle=listed.cycle,
        parts=tuple(lines),
        total=len(definition.tasks),
        action=here,
        board_href=f"{board_href(listed.key)}?layout=tasks",
        exports=exports if definition.tasks else (),
        faults=tuple(faults),
    )


def _refused(house: House, request: Request, act: Act, listed: Listed, faults: Sequence[str]) -> Response:
    return show(house, request, _page(house, request, act, listed, faults), 422)


def _faults(refused: Refusal) -> tuple[str, ...]:
    if not isinstance(refused, LedgerRefused):
        return (refused.text,)
    more = len(refused.faults) - _MOST
    return (*map(str, refused.faults[:_MOST]), *([f"还有{more}处，改完上面的再试。"] if more > 0 else []))


def _handed_in(act: Act, key: str, draft: str) -> tuple[str, tuple[TaskRow, ...]]:
    """The name and the rows of a ledger that waits to be confirmed; raises NotFound, also for another programme's."""
    kept = drafts.read(act, "ledger", draft)
    if kept.facts.get("programme") != key or "ledger" not in kept.files:
        raise NotFound
    file = kept.files["ledger"]
    return file.name, ledgers.read_content(file.data, name=file.name)


def _preview(
    house: House,
    request: Request,
    act: Act,
    key: str,
    draft: str,
    *,
    comment: str = "",
    confirmed: bool = False,
    refused: Refusal | None = None,
) -> LedgerPreviewPage:
    listed = _of_office(act, key)
    name, tasks = _handed_in(act, key, draft)
    found = importing.planned(act, key, tasks)
    amendment = found.amendment
    here = f"{board_href(listed.key)}/ledger"
    return LedgerPreviewPage(
        frame=frame(house, request, act, "programmes", here=f"{here}/{draft}"),
        rooms=parts(listed.key, act.actor.role, here="ledger"),
        title=listed.title,
        cycle=listed.cycle,
        file=name,
        rows=tuple(map(_row, found.rows)),
        same=found.same,
        outcome=_outcome(amendment) if amendment else (),
        earlier=tuple(f"{one.title}（{one.occurrence}）：{one.before} → {one.after}" for one in amendment.earlier)
        if amendment
        else (),
        wrong=amendment.wrong if amendment else (),
        notes=amendment.notes if amendment else (),
        action=f"{here}/{draft}",
        back_href=here,
        version=found.version,
        comment=comment,
        confirmed=confirmed,
        error=refused.text if refused else "",
    )


def _row(one: RowDiffers) -> LedgerRow:
    cells = tuple(LedgerCell(cell.column, cell.before, cell.after) for cell in one.cells)
    return LedgerRow(one.kind, one.no, one.title, one.row, cells)


def _outcome(found: Amendment) -> tuple[str, ...]:
    """What follows, each in one line; the end of a long list is counted."""
    told = [
        *(f"新增报送：{one.title}（{one.due_date}前）{'、'.join(one.units)}" for one in found.opened),
        *(
            f"改期：{one.title}（{one.occurrence}）{one.before} → {one.after}，{one.following}件随之"
            for one in found.moved
        ),
        *(
            f"取消：{one.title}（{one.occurrence}）{'、'.join(one.units)}，已报送{one.filed}件保留"
            for one in found.withdrawn
        ),
    ]
    more = [f"还有{len(told) - _TOLD}项"] if len(told) > _TOLD else []
    return (*told[:_TOLD], *more, f"撤下未发的消息{found.cancelled}条，将通知{found.told}人")
