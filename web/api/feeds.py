"""Subscription addresses of calendars: listed, made, revoked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from web.access import Caller
from web.api.values import PREFIX, Answer, Cursor, Id, Instant, Limit, Storable, problems
from web.site import Here, Site
from workflow import feed_keys

router = APIRouter(prefix=PREFIX, tags=["日历"])

Code = Annotated[str, Field(max_length=200), Storable]


class FeedAnswer(Answer):
    """一个使用中的订阅地址；unit 和 person 只有一个不为空，地址本身只在生成时给出一次"""

    id: int = Field(examples=[7])
    unit: str = Field(examples=["JYTYJ"])
    person: str = Field(examples=[""])
    name: str = Field(examples=["市教育体育局"])
    created_at: Instant
    created_by: str


class FeedList(Answer):
    """使用中的订阅地址，新的在前"""

    items: tuple[FeedAnswer, ...]
    total: int
    next: str | None


class MadeAnswer(FeedAnswer):
    """新生成的订阅地址；url 只在此处给出一次"""

    url: str = Field(examples=["https://duban.example.cn/calendar/….ics"])


class FeedToMake(BaseModel):
    """给谁生成：单位编码，或领导的人员编号"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"unit": "JYTYJ"}]})

    unit: Code = ""
    person: Code = ""


@router.get("/feeds", responses=problems("query-refused"))
def list_feeds(
    site: Here,
    actor: Caller,
    text: Annotated[str, Query(max_length=100, description="单位编码、人员编号，或名称的一部分"), Storable] = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> FeedList:
    """使用中的日历订阅地址；单位账号只有本单位的。"""
    with site.engine.looking(actor) as act:
        return FeedList.model_validate(feed_keys.listed(act, text=text.strip(), limit=limit, cursor=cursor))


@router.post("/feeds", status_code=201, responses=problems("feed-refused"))
def make_feed(site: Here, actor: Caller, wanted: FeedToMake) -> MadeAnswer:
    """生成一个订阅地址；单位账号只能为本单位生成。"""
    with site.engine.acting(actor) as act:
        made = feed_keys.make(act, unit=wanted.unit, person=wanted.person)
        return MadeAnswer(**vars(made.line), url=address(site, made.key))


@router.post("/feeds/{feed_id}/revoke", status_code=204, responses=problems("not-found"))
def revoke_feed(site: Here, actor: Caller, feed_id: Id) -> None:
    """停用一个订阅地址，立即生效。"""
    with site.engine.acting(actor) as act:
        feed_keys.revoke(act, feed_id)


def address(site: Site, key: str) -> str:
    """Where a calendar is read by its key."""
    return f"{site.base_url}/calendar/{key}.ics"
