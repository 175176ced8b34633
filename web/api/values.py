"""Values as the API takes and gives them: instants with Shanghai's offset, texts that can be stored, refusals."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar

from fastapi import Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from web.problems import KINDS, MEDIA_TYPE
from workflow.cursors import LARGEST_PAGE
from workflow.moments import SHANGHAI

PREFIX = "/api/v1"

_LARGEST_ID = 2_147_483_647


def _shanghai(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).isoformat()


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("含有无法保存的字符")
    return text


Instant = Annotated[
    datetime,
    PlainSerializer(_shanghai, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "example": "2022-01-05T00:00:00+08:00"}),
]
Storable = AfterValidator(_storable)
Id = Annotated[int, Path(ge=1, le=_LARGEST_ID)]
Key = Annotated[str, Path(max_length=100, description="方案编号", examples=["ordos-benchmarking-2022"]), Storable]
Word = Annotated[str | None, Query(max_length=200), Storable]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="每页条数")]
Cursor = Annotated[str | None, Query(max_length=1000, description="上一页的 next"), Storable]


class Answer(BaseModel):
    """What the API gives back, read off the frozen values of the core."""

    model_config: ClassVar[ConfigDict] = ConfigDict(from_attributes=True, frozen=True)


class UnitAnswer(Answer):
    """单位"""

    code: str = Field(examples=["JYTYJ"])
    name: str = Field(examples=["市教育体育局"])
    category: str = Field(examples=["市人民政府组成部门"])


class DeskAnswer(Answer):
    """卡在谁处：职务和任职人"""

    post: str = Field(examples=["副市长（分管教育和卫生健康）"])
    name: str = Field(examples=["副市长（分管教育和卫生健康）"])


def problems(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The refusals a call may give, for its description; those every call may give are added."""
    every = ("not-signed-in", "forbidden", "request-invalid", *codes)
    found: dict[int, list[str]] = {}
    for code in every:
        found.setdefault(KINDS[code][0], []).append(code)
    return {status: _described(names) for status, names in sorted(found.items())}


def file_of(media_type: str, what: str) -> dict[int | str, dict[str, Any]]:
    """A call that gives a file back, for its description."""
    return {200: {"description": what, "content": {media_type: {"schema": {"type": "string", "format": "binary"}}}}}


def _described(codes: list[str]) -> dict[str, Any]:
    said = "；".join(f"`{code}` {KINDS[code][1]}" for code in codes)
    return {"description": said, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
