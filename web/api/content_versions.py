"""The versions of a submission's content, and what differs between two of them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field

from web.access import Caller
from web.api.values import PREFIX, Answer, Id, Instant, problems
from web.site import Here
from workflow import content_versions

router = APIRouter(prefix=PREFIX, tags=["报送件"])

_MOST = 2_147_483_647
Version = Annotated[int, Path(ge=1, le=_MOST, description="内容版本")]


class FateAnswer(Answer):
    """该版本为最新时所办的事"""

    at: Instant
    what: str = Field(examples=["退回"])
    who: str
    comment: str


class ContentVersionAnswer(Answer):
    """一个内容版本；hash 为审签所认的内容校验值"""

    number: int = Field(examples=[2])
    saved_at: Instant
    saved_by: str
    hash: str
    fates: tuple[FateAnswer, ...]


class ContentVersionList(Answer):
    """一件报送件的全部内容版本，旧的在前"""

    items: tuple[ContentVersionAnswer, ...]
    total: int
    next: None = None


class PieceAnswer(Answer):
    """一段文字；changed 为另一版所没有"""

    text: str
    changed: bool


class CellChangeAnswer(Answer):
    """表中一格的变化"""

    label: str
    before: str
    after: str


class RowChangeAnswer(Answer):
    """表中一行的变化；number 为新版行号，已删的为旧版行号"""

    kind: Literal["added", "removed", "changed"]
    number: int
    about: str
    cells: tuple[CellChangeAnswer, ...]


class FileChangeAnswer(Answer):
    """附件的变化，按文件名和 SHA-256"""

    kind: Literal["added", "removed", "replaced", "renamed"]
    before: str
    before_sha256: str
    after: str
    after_sha256: str


class ContentChangeAnswer(Answer):
    """一个有变化的字段：文字、表中各行或附件"""

    name: str
    label: str
    before: tuple[PieceAnswer, ...]
    after: tuple[PieceAnswer, ...]
    rows: tuple[RowChangeAnswer, ...]
    files: tuple[FileChangeAnswer, ...]


class ComparisonAnswer(Answer):
    """两个版本的对照；same 为内容相同的各项名称"""

    before: ContentVersionAnswer
    after: ContentVersionAnswer
    changes: tuple[ContentChangeAnswer, ...]
    same: tuple[str, ...]


@router.get("/submissions/{submission_id}/versions", responses=problems("not-found"))
def list_content_versions(site: Here, actor: Caller, submission_id: Id) -> ContentVersionList:
    """内容的各个版本：何时由谁保存，其间提交、退回、同意的情况。"""
    with site.engine.looking(actor) as act:
        found = content_versions.of(act, submission_id)
    return ContentVersionList.model_validate({"items": found, "total": len(found)})


@router.get("/submissions/{submission_id}/versions/{version}", responses=problems("not-found"))
def compare_content_versions(
    site: Here,
    actor: Caller,
    submission_id: Id,
    version: Version,
    since: Annotated[
        int | None, Query(ge=1, le=_MOST, description="与哪一版对照，不写则为上一版", examples=[1])
    ] = None,
) -> ComparisonAnswer:
    """该版本与另一版逐项对照：文字、表格各行、附件。"""
    with site.engine.looking(actor) as act:
        return ComparisonAnswer.model_validate(
            content_versions.compared(act, submission_id, since or max(1, version - 1), version)
        )
