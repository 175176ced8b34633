"""Standing in: who holds how much, who signs for whom, who is away."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from web.access import Caller
from web.api.values import PREFIX, Answer, Id, Instant, Storable, problems
from web.site import Here
from workflow import absences, approvers, delegations
from workflow.acts import Act, Actor
from workflow.delegations import State
from workflow.permissions import OFFICE
from workflow.refusals import Forbidden, NotFound
from workflow.signing import MAX_COMMENT

router = APIRouter(prefix=PREFIX, tags=["代签与分工"])

Comment = Annotated[str, Field(max_length=MAX_COMMENT), Storable]
PersonKey = Annotated[str, Field(max_length=200, examples=["fsz-jiaoyu"]), Storable]


class PartyAnswer(Answer):
    """一个人：编号、现任职务、姓名"""

    person: str = Field(validation_alias="key", examples=["fsz-jiaoyu"])
    post: str = Field(examples=["副市长（分管教育和卫生健康）"])
    name: str = Field(examples=["副市长（分管教育和卫生健康）"])


class ApproverAnswer(Answer):
    """一位审签人手上的待签件；delegates 为今天可代签的人，absent_until 为外出的最后一天"""

    person: str = Field(examples=["fsz-jiaoyu"])
    post: str = Field(examples=["副市长（分管教育和卫生健康）"])
    name: str
    waiting: int = Field(examples=[10])
    oldest: Instant
    overdue: int = Field(examples=[2])
    delegates: tuple[str, ...] = Field(examples=[["秘书长"]])
    absent_until: date | None


class ApproverList(Answer):
    """有待签件的审签人，最多的在前"""

    items: tuple[ApproverAnswer, ...]
    total: int
    next: str | None = None


class DelegationAnswer(Answer):
    """一项授权代签；起止均含当日"""

    id: int = Field(examples=[3])
    principal: PartyAnswer
    delegate: PartyAnswer
    since: date = Field(examples=["2022-01-06"])
    until: date = Field(examples=["2022-01-12"])
    comment: str = Field(examples=["外出招商期间"])
    state: State = Field(description="upcoming 未开始，active 生效中，over 已结束，withdrawn 已撤销")
    created_by: str
    created_at: Instant
    withdrawn_at: Instant | None
    withdrawn_by: str
    withdrawal: str = Field(description="撤销的理由")


class DelegationList(Answer):
    """全部授权代签，新的在前"""

    items: tuple[DelegationAnswer, ...]
    total: int
    next: str | None = None


class AbsenceAnswer(Answer):
    """一次外出；起止均含当日，over 为已结束或已撤销"""

    id: int = Field(examples=[5])
    person: PartyAnswer
    since: date = Field(examples=["2022-01-08"])
    until: date = Field(examples=["2022-01-16"])
    comment: str
    over: bool
    created_by: str
    created_at: Instant
    withdrawn_at: Instant | None


class SpanAnswer(Answer):
    """起止日期，均含当日"""

    since: date
    until: date


class UncoveredAnswer(Answer):
    """外出而无人代签的日期；waiting 为现有待签件数，due 为其间到期的件数"""

    absence: int = Field(examples=[5])
    person: str
    name: str
    posts: tuple[str, ...]
    spans: tuple[SpanAnswer, ...]
    waiting: int
    due: int


class AbsenceList(Answer):
    """全部外出，新的在前；uncovered 为14天内外出而无人代签的"""

    items: tuple[AbsenceAnswer, ...]
    total: int
    next: str | None = None
    uncovered: tuple[UncoveredAnswer, ...]


class DelegationBody(BaseModel):
    """授权代签：审签人、代签人以花名册的人员编号指明，起止均含当日，须写依据"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "principal": "fsz-jiaoyu",
                    "delegate": "ldxz-mishuzhang",
                    "since": "2022-01-06",
                    "until": "2022-01-12",
                    "comment": "外出招商期间",
                }
            ]
        },
    )

    principal: PersonKey
    delegate: PersonKey
    since: date
    until: date
    comment: Comment = ""


class WithdrawalBody(BaseModel):
    """撤销的理由"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"comment": "提前返回"}]})

    comment: Comment = ""


class AbsenceBody(BaseModel):
    """外出：谁，何时至何时（均含当日），事由"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"person": "fsz-changwu", "since": "2022-01-08", "until": "2022-01-16", "comment": "党校学习"}]
        },
    )

    person: PersonKey
    since: date
    until: date
    comment: Comment = ""


@router.get("/approvers", responses=problems())
def list_approvers(site: Here, actor: Caller) -> ApproverList:
    """待签件在谁手上、有多少、从何时起、几件已逾期。"""
    _check(actor, "查看审签情况")
    with site.engine.looking(actor) as act:
        found = approvers.load(act)
        return ApproverList.model_validate({"items": found, "total": len(found)})


@router.get("/delegations", responses=problems())
def list_delegations(site: Here, actor: Caller) -> DelegationList:
    """授权代签。"""
    _check(actor, "查看授权代签")
    with site.engine.looking(actor) as act:
        found = delegations.listed(act)
        return DelegationList.model_validate({"items": found, "total": len(found)})


@router.post("/delegations", status_code=201, responses=problems("delegation-refused", "comment-missing"))
def grant_delegation(site: Here, actor: Caller, body: DelegationBody) -> DelegationAnswer:
    """授权代签：期间内代签人也收到链接；今天起的，手上的待签件随即发给代签人。"""
    with site.engine.acting(actor) as act:
        row = delegations.grant(act, **body.model_dump())
        return _delegation(act, row.id)


@router.post(
    "/delegations/{delegation_id}/withdraw", responses=problems("not-found", "delegation-refused", "comment-missing")
)
def withdraw_delegation(
    site: Here, actor: Caller, delegation_id: Id, body: WithdrawalBody | None = None
) -> DelegationAnswer:
    """撤销授权代签，须写理由；代签人的链接随即失效。"""
    with site.engine.acting(actor) as act:
        delegations.withdraw(act, delegation_id, comment=body.comment if body else "")
        return _delegation(act, delegation_id)


@router.get("/absences", responses=problems())
def list_absences(site: Here, actor: Caller) -> AbsenceList:
    """外出，以及其中无人代签的日期。"""
    _check(actor, "查看外出")
    with site.engine.looking(actor) as act:
        found = absences.listed(act)
        bare = [
            {**vars(one), "absence": one.absence.id, "spans": [{"since": a, "until": b} for a, b in one.spans]}
            for one in absences.uncovered(act)
        ]
        return AbsenceList.model_validate({"items": found, "total": len(found), "uncovered": bare})


@router.post("/absences", status_code=201, responses=problems("absence-refused"))
def note_absence(site: Here, actor: Caller, body: AbsenceBody) -> AbsenceAnswer:
    """登记外出。"""
    with site.engine.acting(actor) as act:
        row = absences.note(act, **body.model_dump())
        return _absence(act, row.id)


@router.post("/absences/{absence_id}/withdraw", responses=problems("not-found", "absence-refused"))
def withdraw_absence(site: Here, actor: Caller, absence_id: Id) -> AbsenceAnswer:
    """撤销外出登记。"""
    with site.engine.acting(actor) as act:
        absences.withdraw(act, absence_id)
        return _absence(act, absence_id)


def _check(actor: Actor, move: str) -> None:
    if actor.role not in OFFICE | {"inspector"}:
        raise Forbidden(move=move)


def _delegation(act: Act, number: int | None) -> DelegationAnswer:
    for one in delegations.listed(act):
        if one.id == number:
            return DelegationAnswer.model_validate(one)
    raise NotFound


def _absence(act: Act, number: int | None) -> AbsenceAnswer:
    for one in absences.listed(act):
        if one.id == number:
            return AbsenceAnswer.model_validate(one)
    raise NotFound
