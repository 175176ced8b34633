"""Deadlines as a calendar feed that Outlook, WeCom and phones subscribe to."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from documents.feeds import Event, calendar
from web.access import Subscriber
from web.api.values import PREFIX, file_of, problems
from web.site import Here, Site
from workflow import agenda
from workflow.agenda import Entry

router = APIRouter(prefix=PREFIX, tags=["日历"])

ICS = "text/calendar; charset=utf-8"


@router.get("/calendar.ics", response_class=Response, responses=file_of("text/calendar", "iCalendar 文件") | problems())
def get_calendar(site: Here, actor: Subscriber) -> Response:
    """可见报送件的截止日期，供日历软件订阅；单位账号只有本单位的。"""
    with site.engine.looking(actor) as act:
        entries, now = agenda.entries(act), act.now
    feed = calendar("督办截止日期", [_event(site, entry) for entry in entries], stamp=now)
    return Response(feed.encode(), headers={"Content-Type": ICS})


def _event(site: Site, entry: Entry) -> Event:
    done = "（已办结）" if entry.open_units == 0 else ""
    lines = [f"{entry.programme_title}　期次 {entry.occurrence}", f"截止时间：{entry.due_date} {entry.cut_off}"]
    if entry.duty:
        lines.append(entry.duty)
    if entry.submission is None:
        lines.append(f"应报{entry.units}个单位，未报{entry.open_units}个")
        lines.append(f"{site.base_url}/programmes/{entry.programme}")
    else:
        lines.append(f"{site.base_url}/submissions/{entry.submission}")
    return Event(
        uid=entry.uid,
        day=entry.due_date,
        summary=f"截止：{entry.obligation_title}{done}",
        description="\n".join(lines),
    )
