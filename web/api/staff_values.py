"""Units, people and changes of the roster as the API takes and gives them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from web.api.values import Answer, DeskAnswer, Instant, Storable, UnitAnswer
from workflow.handovers import Move
from workflow.personnel import Outlook

Cell = Annotated[str, Field(max_length=500), Storable]


class UnitList(Answer):
    """单位的一页"""

    items: tuple[UnitAnswer, ...]
    total: int
    next: str | None


class HoldingAnswer(Answer):
    """一项任职，起止日均含当日"""

    id: int
    post: str = Field(examples=["联络员"])
    unit: str | None = Field(description="单位编码；领导和办公室为空")
    person: str
    since: date | None
    until: date | None


class PersonAnswer(Answer):
    """一名人员"""

    key: str = Field(examples=["jytyj-liaison"])
    name: str
    email: str | None
    wecom_id: str | None
    mobile: str | None
    titles: tuple[str, ...] = Field(description="现任职务")
    waiting: int = Field(description="待其审签的件数")


class PersonList(Answer):
    """人员的一页"""

    items: tuple[PersonAnswer, ...]
    total: int
    next: str | None


class PersonDetail(PersonAnswer):
    """一名人员及其全部任职"""

    holdings: tuple[HoldingAnswer, ...]


class LedAnswer(Answer):
    """一段分管关系"""

    post: str = Field(examples=["副市长（分管教育和卫生健康）"])
    since: date | None
    until: date | None
    comment: str


class UnitDetail(UnitAnswer):
    """一个单位：任职、分管、报送件数"""

    groups: tuple[str, ...]
    parent: str | None
    holdings: tuple[HoldingAnswer, ...]
    supervision: tuple[LedAnswer, ...]
    counts: dict[str, int] = Field(description="各状态的报送件数", examples=[{"draft": 2, "pending": 1}])


class RosterChangeAnswer(Answer):
    """一处变动；kind 为 added、changed、removed"""

    sheet: str = Field(examples=["posts"])
    kind: str = Field(examples=["added"])
    text: str
    unit: str
    person: str


class NotedAnswer(Answer):
    """已记录的一处变动"""

    id: int
    at: Instant
    by: str
    kind: str
    text: str
    comment: str


class NotedList(Answer):
    """变动记录的一页，新的在前"""

    items: tuple[NotedAnswer, ...]
    total: int
    next: str | None


class HandoverAnswer(Answer):
    """移交的一件；to 为空表示无人接收，留在原处"""

    sign_off: int
    submission: int
    unit: str
    obligation: str
    source: DeskAnswer
    to: tuple[DeskAnswer, ...]
    why: str


class RosterOutlookAnswer(Answer):
    """导入花名册带来的变化；lost 为将被取消的领导分工调整，gaps 为已启动方案还缺的"""

    changes: tuple[RosterChangeAnswer, ...]
    moves: tuple[HandoverAnswer, ...]
    lost: tuple[str, ...]
    gaps: tuple[str, ...]
    warnings: tuple[str, ...]


class StaffAnswer(Answer):
    """一次任职变更"""

    preview: bool
    since: date
    changes: tuple[RosterChangeAnswer, ...]
    moves: tuple[HandoverAnswer, ...]
    warnings: tuple[str, ...]


class ContactBody(BaseModel):
    """姓名与联系方式，未写的清空"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "市教育体育局联络员", "email": "jytyj@example.cn"}]}
    )

    name: Cell
    email: Cell | None = None
    wecom_id: Cell | None = None
    mobile: Cell | None = None


class AppointBody(BaseModel):
    """任命：职务、单位编码（领导和办公室不写）、人员编号、起始日；replaces 为被接替的任职的编号"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"post": "联络员", "unit": "JYTYJ", "person": "jytyj-head", "since": "2022-01-10", "preview": True}
            ]
        },
    )

    post: Cell
    unit: Cell | None = None
    person: Cell
    since: date
    replaces: int | None = Field(default=None, ge=1, le=2_147_483_647)
    comment: Annotated[str, Field(max_length=2000), Storable] = ""
    preview: bool = False


class EndBody(BaseModel):
    """结束任职：任职到哪一天（含当日）"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"until": "2022-01-31", "preview": True}]}
    )

    until: date
    comment: Annotated[str, Field(max_length=2000), Storable] = ""
    preview: bool = False


def outlook(seen: Outlook) -> RosterOutlookAnswer:
    """What a roster changes, as the API gives it."""
    return RosterOutlookAnswer(
        changes=tuple(RosterChangeAnswer.model_validate(one) for one in seen.changes),
        moves=tuple(map(moved, seen.moves)),
        lost=tuple(f"{one.unit} {one.post}" for one in seen.lost),
        gaps=seen.gaps,
        warnings=tuple(map(str, seen.warnings)),
    )


def moved(one: Move) -> HandoverAnswer:
    """One request that goes over, as the API gives it."""
    return HandoverAnswer(
        sign_off=one.sign_off_id, submission=one.submission_id, unit=one.unit, obligation=one.obligation,
        source=DeskAnswer(post=one.from_.post, name=one.from_.name),
        to=tuple(DeskAnswer(post=desk.post, name=desk.name) for desk in one.to), why=one.why,
    )  # fmt: skip
