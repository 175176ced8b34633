"""Units, people and posts: looked up, changed one at a time, and as a whole roster."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, UploadFile
from starlette.responses import Response

from documents import roster_sheets
from web import handed_in
from web.access import Caller
from web.api.staff_values import (
    AppointBody,
    ContactBody,
    EndBody,
    HoldingAnswer,
    NotedList,
    PersonAnswer,
    PersonDetail,
    PersonList,
    RosterChangeAnswer,
    RosterOutlookAnswer,
    StaffAnswer,
    UnitDetail,
    UnitList,
    moved,
    outlook,
)
from web.api.values import PREFIX, Cursor, Limit, Storable, file_of, problems
from web.downloads import download
from web.site import Here
from workflow import appointing, personnel, posts, staff
from workflow.acts import Act
from workflow.appointing import Appointing, Ending
from workflow.drafts import FileRefused
from workflow.permissions import OFFICE
from workflow.refusals import Forbidden
from workflow.roster import POST_TITLES, PersonRow
from workflow.roster_merges import Mode

router = APIRouter(prefix=PREFIX, tags=["单位人员"])

Text = Annotated[str, Query(max_length=100, description="名称、编码或职务的一部分"), Storable]
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHANGING = problems("not-found", "roster-refused")


@router.get("/units", responses=problems("query-refused"))
def list_units(
    site: Here, actor: Caller, text: Text = "", category: Text = "", limit: Limit = 50, cursor: Cursor = None
) -> UnitList:
    """单位，按花名册中的次序。"""
    with site.engine.looking(actor) as act:
        found = staff.units(act, text=text, category=category, limit=limit, cursor=cursor or "")
        return UnitList.model_validate(found)


@router.get("/units/{code}", responses=problems("not-found"))
def get_unit(site: Here, actor: Caller, code: str) -> UnitDetail:
    """一个单位：任职、分管、报送件数。"""
    with site.engine.looking(actor) as act:
        row = staff.unit_of(act, code)
        return UnitDetail.model_validate(
            {
                **{name: getattr(row, name) for name in ("code", "name", "category", "groups", "parent")},
                "holdings": _holdings(act, unit=code),
                "supervision": staff.supervision(act, code),
                "counts": staff.counts(act, [code]).get(code, {}),
            }
        )


@router.get("/people", responses=problems("query-refused"))
def list_people(site: Here, actor: Caller, text: Text = "", limit: Limit = 50, cursor: Cursor = None) -> PersonList:
    """人员，按花名册中的次序。"""
    with site.engine.looking(actor) as act:
        found = staff.people(act, text=text, limit=limit, cursor=cursor or "")
        rows = [row for row in found.items if isinstance(row, PersonRow)]
        waiting = staff.waiting(act, [row.key for row in rows])
        items = tuple(PersonAnswer(**_person(act, row, waiting.get(row.key, 0))) for row in rows)
        return PersonList(items=items, total=found.total, next=found.next)


@router.get("/people/{person_key}", responses=problems("not-found"))
def get_person(site: Here, actor: Caller, person_key: str) -> PersonDetail:
    """一名人员及其任职。"""
    with site.engine.looking(actor) as act:
        return _detail(act, staff.person_of(act, person_key))


@router.put("/people/{person_key}", responses=_CHANGING)
def put_person(site: Here, actor: Caller, person_key: str, body: ContactBody) -> PersonDetail:
    """增加人员，或修改姓名和联系方式。"""
    with site.engine.acting(actor) as act:
        new = not posts.directory(act.session).knows(person_key)
        row = PersonRow(person_key, body.name.strip(), body.email or None, body.wecom_id or None, body.mobile or None)
        return _detail(act, appointing.save_person(act, row, new=new))


@router.post("/holdings", responses=_CHANGING)
def appoint_person(site: Here, actor: Caller, body: AppointBody) -> StaffAnswer:
    """任命；先用 preview 看会移交哪些待签件。"""
    wanted = Appointing(body.post, body.unit or None, body.person, body.since, body.replaces)
    return _changed(site, actor, wanted, body.comment, preview=body.preview)


@router.post("/holdings/{holding_id}/end", responses=_CHANGING)
def end_holding(site: Here, actor: Caller, holding_id: int, body: EndBody) -> StaffAnswer:
    """结束任职；先用 preview 看会移交哪些待签件。"""
    return _changed(site, actor, Ending(holding_id, body.until), body.comment, preview=body.preview)


@router.get("/roster-changes", responses=problems("query-refused"))
def list_roster_changes(
    site: Here,
    actor: Caller,
    unit: Text = "",
    person: Text = "",
    text: Text = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> NotedList:
    """人员变动记录，新的在前；unit 为单位编码，person 为人员编号。"""
    with site.engine.looking(actor) as act:
        found = staff.changes(act, unit=unit, person=person, text=text, limit=limit, cursor=cursor or "")
        return NotedList.model_validate(found)


@router.get("/roster.xlsx", response_class=Response, responses=file_of(_XLSX, "花名册") | problems())
def get_roster(site: Here, actor: Caller) -> Response:
    """导出花名册，可修改后再导入。"""
    with site.engine.looking(actor) as act:
        staff.check_reader(act)
        return download(roster_sheets.workbook(posts.export(act.session)), "roster.xlsx", _XLSX)


@router.post("/roster", responses=problems("roster-refused", "workbook-refused"))
def import_roster(
    site: Here,
    actor: Caller,
    file: Annotated[UploadFile, File(description="花名册（.xlsx）")],
    mode: Annotated[Mode, Form(description="add 补充现有的，replace 代替现有的")] = "replace",
    drop_adjustments: Annotated[bool, Form(description="确认取消花名册中没有的领导分工调整")] = False,
    comment: Annotated[str, Form(max_length=2000), Storable] = "",
    dry_run: Annotated[bool, Query(description="为真时只预览，不写入")] = False,
) -> RosterOutlookAnswer:
    """导入花名册：有一处错误就全部不导入。"""
    if actor.role not in OFFICE:
        raise Forbidden(move="导入花名册")
    sent = handed_in.of_upload(file)
    if sent is None:
        raise FileRefused(reason="没有收到花名册文件（file）")
    roster = handed_in.roster(sent)
    if dry_run:
        with site.engine.looking(actor) as act:
            return outlook(personnel.outlook(act, roster, mode))
    with site.engine.acting(actor) as act:
        return outlook(personnel.take_in(act, roster, mode, drop_adjustments=drop_adjustments, comment=comment))


def _changed(site: Here, actor: Caller, wanted: Appointing | Ending, comment: str, *, preview: bool) -> StaffAnswer:
    if actor.role not in OFFICE:
        raise Forbidden(move="变更任职")
    with site.engine.looking(actor) as act:
        found = appointing.foresee(act, wanted)
    moves = found.moves
    if not preview:
        with site.engine.acting(actor) as act:
            moves = appointing.make(act, wanted, comment=comment)
    return StaffAnswer(
        preview=preview,
        since=found.since,
        changes=tuple(RosterChangeAnswer.model_validate(one) for one in found.changes),
        moves=tuple(map(moved, moves)),
        warnings=found.warnings,
    )


def _holdings(act: Act, *, unit: str | None = None, person: str | None = None) -> tuple[HoldingAnswer, ...]:
    return tuple(
        HoldingAnswer(
            id=one.id or 0, post=POST_TITLES.get(one.post, one.post), unit=one.unit, person=one.person,
            since=one.since, until=one.until,
        )
        for one in staff.holdings(act, unit=unit, person=person)
    )  # fmt: skip


def _person(act: Act, row: PersonRow, waiting: int) -> dict[str, Any]:
    titles = posts.directory(act.session).titles_of(row.key, act.today)
    told = {name: getattr(row, name) for name in ("key", "name", "email", "wecom_id", "mobile")}
    return {**told, "titles": titles, "waiting": waiting}


def _detail(act: Act, row: PersonRow) -> PersonDetail:
    waiting = staff.waiting(act, [row.key]).get(row.key, 0)
    return PersonDetail(**_person(act, row, waiting), holdings=_holdings(act, person=row.key))
