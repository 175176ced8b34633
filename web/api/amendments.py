"""Amending a running programme: what a changed definition would do, or the amendment itself."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from pydantic import Field

from web import handed_in
from web.access import Caller
from web.api.launches import DryRun
from web.api.values import PREFIX, Answer, Instant, Key, Storable, problems
from web.site import Here
from workflow import amendments, catalogue
from workflow.amendments import Amendment
from workflow.drafts import FileRefused
from workflow.permissions import OFFICE
from workflow.refusals import Forbidden

router = APIRouter(prefix=PREFIX, tags=["方案"])


class DateMovedAnswer(Answer):
    """一期改期：following 件随之，其中 back 件收回逾期；已报送、免报和另有更晚延期的保持不变"""

    obligation: str
    title: str
    occurrence: str
    before: date
    after: date
    before_at: Instant
    after_at: Instant
    following: int
    back: int
    filed: int
    exempt: int
    extended: int
    earlier: bool = Field(description="比原来提前，须经确认")


class OpenedAnswer(Answer):
    """新增的一期；opens_at 为空即立即"""

    obligation: str
    title: str
    occurrence: str
    due_date: date
    units: tuple[str, ...] = Field(description="单位名称")
    opens_at: Instant | None


class WithdrawnAnswer(Answer):
    """撤下的一期：未报送的转为免报，已报送的 filed 件保留"""

    obligation: str
    title: str
    occurrence: str
    units: tuple[str, ...]
    filed: int


class ChangedAnswer(Answer):
    """一处内容变动；较长的不列前后文字"""

    obligation: str
    title: str
    what: str
    before: str
    after: str


class AmendmentAnswer(Answer):
    """修订会做什么；wrong 非空时不能修订"""

    preview: bool
    key: str
    before: str = Field(description="现行版本，修订时作为 if_version")
    after: str
    moved: tuple[DateMovedAnswer, ...]
    opened: tuple[OpenedAnswer, ...]
    withdrawn: tuple[WithdrawnAnswer, ...]
    changed: tuple[ChangedAnswer, ...]
    relaid: int = Field(description="提醒重新排定的件数")
    cancelled: int = Field(description="撤回的未发消息")
    told: int = Field(description="将通知的人数")
    notes: tuple[str, ...]
    wrong: tuple[str, ...]
    provisional: tuple[int, ...]


@router.post(
    "/programmes/{key}/amendments",
    responses=problems("not-found", "workbook-refused", "definition-refused", "amendment-refused", "changed-meanwhile"),
)
def amend_programme(
    site: Here,
    actor: Caller,
    key: Key,
    definition: Annotated[UploadFile, File(description="修改后的方案定义（.yaml）")],
    comment: Annotated[str, Form(max_length=2000, description="修订的依据或理由"), Storable] = "",
    confirm_earlier: Annotated[bool, Form(description="确认有截止日期提前")] = False,
    if_version: Annotated[
        str | None, Form(max_length=64, description="预览时的版本，已不是现行的不修订"), Storable
    ] = None,
    dry_run: DryRun = False,
) -> AmendmentAnswer:
    """修订运行中的方案：日期、报送件和消息的变动，一次写入或全部不写入。"""
    with site.engine.looking(actor) as act:
        listed = catalogue.by_key(act, key)
        if actor.role not in OFFICE:
            raise Forbidden(move="修订方案")
        file = handed_in.of_upload(definition)
        if file is None:
            raise FileRefused(reason="没有收到方案定义文件（definition）")
        pinned = handed_in.definition(file, cycle=listed.cycle, parts=handed_in.parts_of(listed.texts.pairs[0][1]))
        if dry_run:
            return _answer(amendments.plan(act, key, pinned), preview=True)
    with site.engine.acting(actor) as act:
        done = amendments.apply(
            act, key, pinned, comment=comment, confirm_earlier=confirm_earlier, if_version=if_version
        )  # fmt: skip
    return _answer(done, preview=False)


def _answer(planned: Amendment, *, preview: bool) -> AmendmentAnswer:
    return AmendmentAnswer.model_validate({**vars(planned), "preview": preview})
