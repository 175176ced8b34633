"""The moves of a submission: each is one transaction and gives the submission back as it then stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from web.access import Caller
from web.api import answers
from web.api.answers import SubmissionAnswer
from web.api.values import PREFIX, Id, Storable, problems
from web.site import Here, Site
from workflow import asking, handovers, ledger, signing, submissions
from workflow.acts import Act, Actor
from workflow.permissions import check
from workflow.refusals import DecisionIncomplete, ReassignRefused
from workflow.signing import MAX_COMMENT, Choice

router = APIRouter(prefix=PREFIX, tags=["操作"])

Comment = Annotated[str, Field(max_length=MAX_COMMENT), Storable]

_MOVING = ("not-found", "not-allowed-now", "changed-meanwhile")
_EXPLAINED = problems(*_MOVING, "comment-missing")
_DECIDING = problems(*_MOVING, "content-changed", "comment-missing", "decision-incomplete")


class MoveBody(BaseModel):
    """说明；退回、免报、重新打开须写"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"comment": "请补充对标指标"}]})

    comment: Comment = ""


class DecisionBody(MoveBody):
    """代录的决定：几位审签人同时在审时以 sign_off 指明是谁的；content_hash 为其在纸面上所见内容的哈希"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"comment": "同意", "sign_off": 3}]})

    sign_off: int | None = Field(default=None, ge=1, le=2_147_483_647)
    content_hash: Annotated[str, Field(max_length=64), Storable] | None = None


class ReturnBody(DecisionBody):
    """退回的理由；待审签件默认由办公室退回，on_paper 为真时代录审签人在纸面上作出的退回"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"comment": "请补充对标指标", "on_paper": False}]}
    )

    on_paper: bool = False


class SubmitBody(MoveBody):
    """提交；if_version 为您所见的内容版本，已不是最新时不提交"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"if_version": 2}]})

    if_version: int | None = Field(default=None, ge=0, le=2_147_483_647)


class ExtendBody(MoveBody):
    """延期至某日（含当日），须写理由"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"until": "2022-01-10", "comment": "学习对象待上级确认"}]}
    )

    until: date


class ReassignBody(MoveBody):
    """改派给谁：花名册的人员编号，须写理由；几位审签人同时在审时以 sign_off 指明替换哪一位"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"to": "ldxz-mishuzhang", "comment": "原审签人住院"}]}
    )

    to: Annotated[str, Field(max_length=200), Storable]
    sign_off: int | None = Field(default=None, ge=1, le=2_147_483_647)


Plain = MoveBody()


@router.post(
    "/submissions/{submission_id}/submit", responses=problems(*_MOVING, "content-changed", "content-incomplete")
)
def submit(site: Here, actor: Caller, submission_id: Id, body: SubmitBody | None = None) -> SubmissionAnswer:
    """提交：送审签人；不需要审签的事项即为报送。"""
    said = body or SubmitBody()
    return _moved(
        site,
        actor,
        submission_id,
        lambda act: submissions.submit(act, submission_id, comment=said.comment, if_version=said.if_version),
    )


@router.post("/submissions/{submission_id}/withdraw", responses=problems(*_MOVING))
def withdraw(site: Here, actor: Caller, submission_id: Id, body: MoveBody | None = None) -> SubmissionAnswer:
    """撤回待审签的报送件，审签链接随即失效。"""
    said = body or Plain
    return _moved(
        site, actor, submission_id, lambda act: submissions.withdraw(act, submission_id, comment=said.comment)
    )


@router.post("/submissions/{submission_id}/approve", responses=_DECIDING)
def approve(site: Here, actor: Caller, submission_id: Id, body: DecisionBody | None = None) -> SubmissionAnswer:
    """办公室代录审签人在纸面上作出的同意。"""
    said = body or DecisionBody()
    return _moved(site, actor, submission_id, lambda act: _decide(act, submission_id, "approve", said))


@router.post("/submissions/{submission_id}/accept", responses=problems(*_MOVING))
def accept(site: Here, actor: Caller, submission_id: Id, body: MoveBody | None = None) -> SubmissionAnswer:
    """办公室受理（销号）：是否逾期以送达办公室的时刻为准。"""
    said = body or Plain
    return _moved(site, actor, submission_id, lambda act: submissions.accept(act, submission_id, comment=said.comment))


@router.post("/submissions/{submission_id}/return", responses=_DECIDING)
def return_(site: Here, actor: Caller, submission_id: Id, body: ReturnBody | None = None) -> SubmissionAnswer:
    """退回：以办公室名义退回更正，待审签的随即不再等候审签人；on_paper 为真时代录审签人的退回。"""
    said = body or ReturnBody()
    return _moved(site, actor, submission_id, lambda act: give_back(act, submission_id, said))


@router.post("/submissions/{submission_id}/extend", responses=_EXPLAINED | problems(*_MOVING, "date-refused"))
def extend(site: Here, actor: Caller, submission_id: Id, body: ExtendBody) -> SubmissionAnswer:
    """延期：最初的截止日仍有记录，已逾期的恢复为未逾期。"""
    return _moved(
        site,
        actor,
        submission_id,
        lambda act: submissions.extend(act, submission_id, until=body.until, comment=body.comment),
    )


@router.post("/submissions/{submission_id}/exempt", responses=_EXPLAINED)
def exempt(site: Here, actor: Caller, submission_id: Id, body: MoveBody | None = None) -> SubmissionAnswer:
    """免报，理由记入经过。"""
    said = body or Plain
    return _moved(site, actor, submission_id, lambda act: submissions.exempt(act, submission_id, comment=said.comment))


@router.post("/submissions/{submission_id}/reopen", responses=_EXPLAINED)
def reopen(site: Here, actor: Caller, submission_id: Id, body: MoveBody | None = None) -> SubmissionAnswer:
    """重新打开已报送或免报的报送件；已过截止日的即为逾期。"""
    said = body or Plain
    return _moved(site, actor, submission_id, lambda act: submissions.reopen(act, submission_id, comment=said.comment))


@router.post("/submissions/{submission_id}/urge", responses=problems(*_MOVING))
def urge(site: Here, actor: Caller, submission_id: Id, body: MoveBody | None = None) -> SubmissionAnswer:
    """催办当前卡住的人，每天一次。"""
    said = body or Plain
    return _moved(site, actor, submission_id, lambda act: submissions.urge(act, submission_id, comment=said.comment))


@router.post(
    "/submissions/{submission_id}/reassign",
    responses=_EXPLAINED | problems("not-found", "already-decided", "changed-meanwhile", "reassign-refused"),
)
def reassign(site: Here, actor: Caller, submission_id: Id, body: ReassignBody) -> SubmissionAnswer:
    """改派：由另一人审签，原审签人的链接随即失效。"""
    return _moved(site, actor, submission_id, lambda act: _reassign(act, submission_id, body))


def give_back(act: Act, submission_id: int, said: ReturnBody) -> None:
    """The office returns in its own name; in an approver's only what it says that they gave it on paper."""
    if said.on_paper:
        _decide(act, submission_id, "return", said)
        return
    if said.sign_off is not None:
        raise DecisionIncomplete(reason="以 sign_off 指明审签人的退回是代录，请同时写明 on_paper。", field="on_paper")
    submissions.return_filing(act, submission_id, comment=said.comment, content_hash=said.content_hash)


def _decide(act: Act, submission_id: int, choice: Choice, said: DecisionBody) -> None:
    signing.decide_for_office(
        act, submission_id, choice, comment=said.comment, sign_off_id=said.sign_off, content_hash=said.content_hash
    )


def _reassign(act: Act, submission_id: int, said: ReassignBody) -> None:
    check(act, ledger.load(act.session, submission_id), "reassign")
    open_ = act.session.exec(asking.open_requests(submission_id)).all()
    wanted = [one.id for one in open_ if said.sign_off in (None, one.id)]
    if not wanted or wanted[0] is None:
        raise ReassignRefused(reason="没有这样的待签件。" if said.sign_off else "现在没有待签的审签人。")
    if len(wanted) > 1:
        raise ReassignRefused(reason="几位审签人同时在审，请以 sign_off 指明替换哪一位。")
    handovers.reassign(act, wanted[0], to=said.to, comment=said.comment)


def _moved(site: Site, actor: Actor, submission_id: int, move: Callable[[Act], object]) -> SubmissionAnswer:
    with site.engine.acting(actor) as act:
        move(act)
        return answers.submission(act, submission_id)
