"""The words every part of a definition is written with: names, texts, and the closed lists."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

IDENTIFIER = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"

#: Posts every programme knows; the roster says who holds them. ``approver`` is whoever is asked to sign now.
BUILT_IN_POSTS = {
    "liaison": "联络员",
    "unit-head": "主要负责同志",
    "supervising-leader": "分管领导",
    "office": "领导小组办公室",
}
APPROVER = "approver"
#: Who a rung may speak to beside posts and bodies: whoever owes it, who works with them, whom it is about, its leader.
PARTIES = {"owner": "责任人", "cooperating": "配合单位联络员", "subject": "被检查单位联络员", "leader": "责任领导"}
MEMBER_UNITS = "member-units"
OFFICE_BODY = "office"
#: Owed by the unit whose submission opened it.
CONCERNED = "concerned"

FieldType = Literal[
    "text", "paragraph", "integer", "decimal", "date", "choice", "choices", "yes-no", "file", "unit", "table"
]
FileKind = Literal[
    "pdf", "ofd", "doc", "docx", "wps", "xls", "xlsx", "et", "ppt", "pptx", "jpg", "png", "zip"
]  # fmt: skip
ColumnType = Literal["text", "integer", "decimal", "date", "choice", "unit"]
Say = Literal["reminder", "overdue", "escalation", "notice"]
Light = Literal["green", "yellow", "red"]
Comparator = Literal["at-least", "at-most", "above", "below", "equals"]
COMPARATORS: dict[Comparator, str] = {
    "at-least": "不低于",
    "at-most": "不超过",
    "above": "高于",
    "below": "低于",
    "equals": "等于",
}


def _identifier(value: str) -> str:
    if not re.fullmatch(IDENTIFIER, value) or len(value) > 64:
        raise ValueError("名称只能由小写字母、数字和连字符组成，以字母开头，不超过64个字符")
    return value


Identifier = Annotated[str, AfterValidator(_identifier)]
Words = Annotated[str, Field(min_length=1, max_length=500)]


class Part(BaseModel):
    """What every part of a definition has in common: frozen, and unknown keys are faults."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Count(Part):
    """How many, at least and at most."""

    at_least: int = Field(default=1, ge=1, le=1000)
    at_most: int | None = Field(default=None, ge=1, le=1000)

    @model_validator(mode="after")
    def _not_crossed(self) -> Self:
        if self.at_most is not None and self.at_least > self.at_most:
            raise ValueError("at_least 不能大于 at_most")
        return self
