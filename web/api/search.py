"""Search by names, codes and numbers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from web.access import Caller
from web.api.values import PREFIX, Answer, Storable, problems
from web.site import Here
from workflow import search

router = APIRouter(prefix=PREFIX, tags=["查找"])

#: As many of one kind may be asked for.
LARGEST = 50


class HitAnswer(Answer):
    """找到的一项；key 为单位编码、人员编号、事项或方案编号、报送件编号，rank 为 0 表示完全相符"""

    key: str = Field(examples=["JYTYJ"])
    title: str = Field(examples=["市教育体育局"])
    detail: str = Field(examples=["市人民政府组成部门"])
    rank: int = Field(examples=[2])
    programme: str = Field(description="事项所属方案的编号，其他类别为空", examples=[""])


class GroupAnswer(Answer):
    """一类结果；total 为该类共有多少，报送件只计列出的"""

    kind: search.Kind
    items: tuple[HitAnswer, ...] = Field(validation_alias="hits")
    total: int = Field(examples=[1])


class FoundAnswer(Answer):
    """按类别列出的结果，最相符的一类在前"""

    groups: tuple[GroupAnswer, ...]


@router.get("/search", responses=problems())
def find(
    site: Here,
    actor: Caller,
    q: Annotated[str, Query(max_length=search.LONGEST, description="名称的一部分、编码或编号"), Storable] = "",
    limit: Annotated[int, Query(ge=1, le=LARGEST, description="每类最多几条")] = 10,
) -> FoundAnswer:
    """查找单位、人员、报送事项、方案和报送件；单位账号只查得到与本单位有关的。"""
    with site.engine.looking(actor) as act:
        return FoundAnswer.model_validate({"groups": search.search(act, q, limit=limit)})
