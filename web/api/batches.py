"""Acts on many: looked at first, confirmed with the fingerprint of what was shown, carried on part by part, undone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, model_validator

from web.access import Caller
from web.api.moves import Comment
from web.api.values import PREFIX, Answer, Cursor, Id, Instant, Limit, Storable, UnitAnswer, problems
from web.site import Here
from workflow import batch_choices, batch_undoing, batches
from workflow.batch_choices import Chosen, Kind, Order
from workflow.batches import Line
from workflow.lifecycle import WaitingOn
from workflow.overdue import Filters

router = APIRouter(prefix=PREFIX, tags=["批量办理"])

_Text = Annotated[str, Field(max_length=200), Storable]
_DOING = problems("not-found", "not-allowed-now", "comment-missing", "date-refused", "query-refused")


class FilterBody(BaseModel):
    """逾期清单的筛选条件"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"category": "市人民政府组成部门"}]})

    programme: _Text | None = None
    obligation: _Text | None = None
    category: _Text | None = None
    unit: _Text | None = None
    waiting_on: WaitingOn | None = None
    min_days: Annotated[int, Field(ge=0, le=36_500)] | None = None


class ChoiceBody(BaseModel):
    """对哪些件办理什么：以 ids 逐件指明，或以 filter 指明逾期清单中符合条件的全部"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"act": "urge", "filter": {"category": "市人民政府组成部门"}}]},
    )

    act: Kind
    ids: Annotated[list[Annotated[int, Field(ge=1, le=2_147_483_647)]], Field(max_length=batch_choices.MOST)] = []
    filter: FilterBody | None = None
    until: date | None = None
    comment: Comment = ""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.ids) == (self.filter is not None):
            raise ValueError("ids 和 filter 须写且只能写一个")
        return self

    @property
    def chosen(self) -> Chosen:
        """Which submissions."""
        return Chosen(tuple(self.ids)) if self.filter is None else Chosen(filters=Filters(**vars(self.filter)))

    @property
    def order(self) -> Order:
        """What is to be done."""
        return Order(self.act, self.comment, self.until)


class ConfirmBody(ChoiceBody):
    """确认办理；fingerprint 取自预览，名单有变化时不办理"""

    fingerprint: Annotated[str, Field(max_length=64), Storable]


class UndoBody(BaseModel):
    """撤销的理由"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"comment": "所选单位有误"}]})

    comment: Comment = ""


class OneAnswer(Answer):
    """预览中的一件；why 为不能办理的原因"""

    id: int
    unit: UnitAnswer
    obligation_title: str
    occurrence: str
    heading: str
    state: str
    due_date: date
    why: str


class PreviewAnswer(Answer):
    """预览：将办理哪些、哪些不能办理及原因；没有办理任何一件"""

    total: int
    ready: tuple[OneAnswer, ...]
    left_out: tuple[OneAnswer, ...]
    reasons: Mapping[str, int]
    fingerprint: str


class BatchAnswer(Answer):
    """一次批量办理；counts 为各结果的件数，remaining 大于0时请继续"""

    id: int
    act: str = Field(validation_alias="kind", examples=["urge"])
    at: Instant
    by: str
    comment: str
    until: date | None
    filters: Mapping[str, str] | None
    total: int
    counts: Mapping[str, int] = Field(
        description="waiting 待办，done 已办，refused 未办，undone 已撤销，stands 未能撤销", examples=[{"done": 12}]
    )
    remaining: int
    undone_at: Instant | None
    undone_by: str


class ItemAnswer(Answer):
    """批量中的一件"""

    submission: int = Field(validation_alias="submission_id")
    unit: UnitAnswer
    obligation_title: str
    occurrence: str
    heading: str
    outcome: str = Field(examples=["done"])
    why: str


class ResultAnswer(Answer):
    """一次批量办理的结果"""

    batch: BatchAnswer = Field(validation_alias="line")
    items: tuple[ItemAnswer, ...]
    next: str | None
    reasons: Mapping[str, int]


class BatchList(Answer):
    """批量办理，最近的在前"""

    items: tuple[BatchAnswer, ...]


@router.post("/batches/preview", responses=problems("query-refused"))
def preview_batch(site: Here, actor: Caller, body: ChoiceBody) -> PreviewAnswer:
    """预览：不作任何改动，取得确认所需的 fingerprint。"""
    with site.engine.looking(actor) as act:
        return PreviewAnswer.model_validate(batch_choices.preview(act, body.chosen, body.order))


@router.post("/batches", responses=_DOING)
def confirm_batch(site: Here, actor: Caller, body: ConfirmBody) -> BatchAnswer:
    """确认办理，并办第一部分；不能办理的件写明原因，不影响其他件。"""
    with site.engine.acting(actor) as act:
        number = batches.begin(act, body.chosen, body.order, fingerprint=body.fingerprint).id or 0
    with site.engine.acting(actor) as act:
        batches.carry_on(act, number)
        return _answer(batches.one(act, number))


@router.get("/batches", responses=problems("query-refused"))
def list_batches(site: Here, actor: Caller, limit: Limit = 50) -> BatchList:
    """批量办理的记录。"""
    with site.engine.looking(actor) as act:
        return BatchList(items=tuple(_answer(one) for one in batches.listing(act, limit=limit)))


@router.get("/batches/{batch_id}", responses=problems("not-found", "query-refused"))
def get_batch(
    site: Here,
    actor: Caller,
    batch_id: Id,
    outcome: Literal["", "waiting", "done", "refused", "undone", "stands"] = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ResultAnswer:
    """一次批量办理的结果，逐件列出。"""
    with site.engine.looking(actor) as act:
        return ResultAnswer.model_validate(
            batches.result(act, batch_id, outcome=outcome, limit=limit, cursor=cursor)
        )  # fmt: skip


@router.post("/batches/{batch_id}/continue", responses=problems("not-found"))
def continue_batch(site: Here, actor: Caller, batch_id: Id) -> BatchAnswer:
    """办（或撤销）下一部分。"""
    with site.engine.acting(actor) as act:
        undoing = batches.held(act, batch_id).undone_at is not None
        (batch_undoing if undoing else batches).carry_on(act, batch_id)
        return _answer(batches.one(act, batch_id))


@router.post("/batches/{batch_id}/undo", responses=_DOING)
def undo_batch(site: Here, actor: Caller, batch_id: Id, body: UndoBody | None = None) -> BatchAnswer:
    """撤销：此后没有新经过的延期和免报恢复原状，未发出的催办取消；退回不能撤销。"""
    with site.engine.acting(actor) as act:
        batch_undoing.begin(act, batch_id, comment=(body or UndoBody()).comment)
    with site.engine.acting(actor) as act:
        batch_undoing.carry_on(act, batch_id)
        return _answer(batches.one(act, batch_id))


def _answer(line: Line) -> BatchAnswer:
    return BatchAnswer.model_validate(line)
