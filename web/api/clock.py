"""The clock: what time it is for this service, and in a rehearsal moving it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, field_validator

from web.access import Caller
from web.api.values import PREFIX, Answer, Instant, Storable, problems
from web.site import Here, Site
from workflow import sweep
from workflow.moments import SHANGHAI
from workflow.permissions import OFFICE
from workflow.refusals import Forbidden, NotRehearsing

router = APIRouter(prefix=PREFIX, tags=["时钟"])

_YEARS = range(2000, 2101)


class ClockBody(BaseModel):
    """拨到何时；不带时区的按北京时间"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"now": "2022-01-05T09:00:00+08:00"}]})

    now: Annotated[str, Storable] = Field(max_length=40, description="ISO 8601 时间")

    @field_validator("now")
    @classmethod
    def _an_instant(cls, value: str) -> str:
        read_instant(value)
        return value


class ClockAnswer(Answer):
    """现在的时间，以及下一个到期事项的时间"""

    now: Instant
    next: Instant | None
    rehearsal: bool


def read_instant(text: str) -> datetime:
    """An ISO 8601 instant; without an offset it is Asia/Shanghai. Raises ValueError in Chinese."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError("须是时间，写成 2022-01-05T09:00:00+08:00") from None
    if found.year not in _YEARS:
        raise ValueError(f"年份须在{_YEARS[0]}到{_YEARS[-1]}之间")
    return found if found.tzinfo is not None else found.replace(tzinfo=SHANGHAI)


@router.get("/clock", responses=problems())
def get_clock(site: Here, actor: Caller) -> ClockAnswer:
    """现在的时间；演练中为虚拟时间。"""
    return _clock(site)


@router.post("/clock", responses=problems("not-found", "clock-backwards", "clock-too-far"))
def set_clock(site: Here, actor: Caller, body: ClockBody) -> ClockAnswer:
    """演练：向前拨动时钟，依次处理其间到期的全部事项；正式运行时没有这个地址。"""
    if not site.engine.rehearsal:
        raise NotRehearsing
    if actor.role not in OFFICE:
        raise Forbidden(move="拨动演练时钟")
    site.engine.advance(read_instant(body.now))
    return _clock(site)


def _clock(site: Site) -> ClockAnswer:
    with site.engine.looking() as act:
        upcoming = sweep.next_instant(act.session, after=act.now)
        return ClockAnswer(now=act.now, next=upcoming, rehearsal=site.engine.rehearsal)
