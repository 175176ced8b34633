"""Calendar feeds, as pages and commands hand them out; mails carry entries made by the same hand."""

from __future__ import annotations

from collections.abc import Iterable

from workflow.agenda import Entry, Watched
from workflow.feeds import Event as Event
from workflow.feeds import calendar as calendar


def of_deadlines(entries: Iterable[Entry], base_url: str) -> list[Event]:
    """Deadlines as whole days, each with the address of its page; ``base_url`` has no slash at its end."""
    return [_deadline(entry, base_url) for entry in entries]


def of_leader(watched: Iterable[Watched]) -> list[Event]:
    """What a leader decides and watches over. No address stands in it: a calendar is shared with many."""
    return [_watched(one) for one in watched]


def _deadline(entry: Entry, base_url: str) -> Event:
    done = "（已免报）" if entry.exempt else "（已办结）" if entry.open_units == 0 else ""
    title = f"{entry.obligation_title}：{entry.heading}" if entry.heading else entry.obligation_title
    lines = [f"{entry.programme_title}　期次 {entry.occurrence}", f"截止时间：{entry.due_date} {entry.cut_off}"]
    if entry.owner:
        lines.append(f"牵头单位：{entry.owner}")
    if entry.duty:
        lines.append(entry.duty)
    if entry.submission is None:
        lines.append(f"应报{entry.units}个单位，未报{entry.open_units}个")
        lines.append(f"{base_url}/programmes/{entry.programme}")
    else:
        lines.append(f"{base_url}/submissions/{entry.submission}")
    return Event(
        uid=entry.uid,
        day=entry.due_date,
        summary=f"截止：{title}{done}",
        description="\n".join(lines),
        sequence=entry.sequence,
        modified=entry.changed_at,
        cancelled=entry.exempt,
    )


def _watched(one: Watched) -> Event:
    lines = [f"{one.programme_title}　期次 {one.occurrence}", f"截止时间：{one.due_date} {one.cut_off}"]
    said = f"{one.obligation_title}：{one.heading}" if one.heading else one.obligation_title
    if one.kind == "sign":
        summary = f"待审签{one.open_units}件：{said}"
        lines.append(f"等待审签：{one.named}")
        lines.append("请从收到的审签消息中打开链接办理。")
    elif one.open_units:
        summary = f"分管单位截止：{said}（{one.open_units}家未报）"
        lines.append(f"应报{one.units}家，未报{one.open_units}家：{one.named}")
    else:
        summary = f"分管单位截止：{said}（已办结）"
        lines.append(f"应报{one.units}家，均已办结")
    return Event(
        uid=one.uid,
        day=one.due_date,
        summary=summary,
        description="\n".join(lines),
        sequence=one.sequence,
        modified=one.changed_at,
    )
