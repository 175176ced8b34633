"""Deadlines as a calendar feed that Outlook, WeCom and phones subscribe to."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from documents import feeds
from web.access import Subscriber
from web.api.values import PREFIX, file_of, problems
from web.site import Here
from workflow import agenda

router = APIRouter(prefix=PREFIX, tags=["日历"])

ICS = "text/calendar; charset=utf-8"


@router.get("/calendar.ics", response_class=Response, responses=file_of("text/calendar", "iCalendar 文件") | problems())
def get_calendar(site: Here, actor: Subscriber) -> Response:
    """可见报送件的截止日期，供日历软件订阅；单位账号只有本单位的。"""
    with site.engine.looking(actor) as act:
        entries, now = agenda.entries(act), act.now
    feed = feeds.calendar("督办截止日期", feeds.of_deadlines(entries, site.base_url), stamp=now)
    return Response(feed.encode(), headers={"Content-Type": ICS})
