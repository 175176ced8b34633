"""An explanation as text: what ``workflow.why`` found, in the words of the office."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workflow.causes import Relative
    from workflow.why import Alert, Coming, Count, Decision, SpecialDay, Told, Why

WAITING_ON = {"unit": "单位", "approver": "审签人", "office": "领导小组办公室"}
LIGHTS = {"green": "绿灯", "yellow": "黄灯", "red": "红灯"}
STATES = {"draft": "草稿", "pending": "待审签", "filed": "已报送", "overdue": "逾期", "exempt": "免报"}
STATUSES = {
    "queued": "待发",
    "gathering": "待发",
    "sending": "发送中",
    "sent": "已发出",
    "held": "恢复备份或迁移后暂存",
    "cancelled": "已取消",
    "failed": "未能送达",
    "undeliverable": "未能送达",
}
CHANNELS = {"mail": "邮件", "wecom": "企业微信", "outbox": "演练投递箱"}
DECISIONS = {"approve": "同意", "return": "退回"}


def written(why: Why) -> str:
    """The explanation, section by section; a section with nothing in it is left out."""
    sections = (
        ("", _head(why)),
        ("日期", _dates(why)),
        ("已经提醒", [line for alert in why.alerts for line in _alert(alert)]),
        ("今后（如一直无人办理）", [_coming(one) for one in why.coming]),
        ("由何引起", list(_causes(why))),
        ("引出", [_follow_up(one) for one in why.follow_ups]),
        ("须先报送", [f"{one.obligation_title}：{STATES.get(one.state, one.state)}" for one in why.prerequisites]),
        ("审签", [_decision(one) for one in why.decisions]),
        ("历史", list(_history(why))),
    )
    found = []
    for title, lines in sections:
        if lines:
            indent = "  " if title else ""
            found.append("\n".join([*([title] if title else []), *(f"{indent}{line}" for line in lines)]))
    return "\n\n".join(found) + "\n"


def who(post: str, name: str) -> str:
    """A person in a post; where the roster names people by their posts, once."""
    return post if name == post else f"{post} {name}"


def _head(why: Why) -> list[str]:
    one = why.summary
    desks = "、".join(who(desk.post, desk.name) for desk in one.stuck_with)
    stuck = f"，卡在{WAITING_ON[one.waiting_on]}" if one.waiting_on in WAITING_ON else ""
    filed = f"，{_shown(one.filed_at)}报送{'（迟报）' if one.late else ''}" if one.filed_at else ""
    return [
        f"报送件{one.id}：{one.unit.name} {titled(one.obligation_title, one.heading)}（{one.occurrence}）"
        + (f"，关于{one.subject.name}" if one.subject else ""),
        f"方案：{one.programme_title}（{one.programme}）",
        f"状态：{one.standing}{filed}，{LIGHTS.get(one.light, one.light)}{stuck}{'：' + desks if desks else ''}",
        f"截至：{_shown(why.as_of)}",
    ]


def _causes(why: Why) -> Iterator[str]:
    """The chain upwards: each line says what opened the one before it, and by which event."""
    because = why.because
    for one in why.causes:
        yield f"{'  ' * (one.depth - 1)}由{_named(one)}{because or '一事'}引起"
        because = one.because


def _follow_up(one: Relative) -> str:
    return f"{'  ' * (one.depth - 1)}因{one.because}引出{_named(one)}：{one.standing}，{one.due_date}截止"


def _named(one: Relative) -> str:
    about = f"（关于{one.subject.name}）" if one.subject else ""
    return f"报送件{one.id}“{one.unit.name} {titled(one.obligation_title, one.heading)}”{about}"


def titled(obligation: str, heading: str) -> str:
    """An obligation with what tells this one from others of it."""
    return f"{obligation}：{heading}" if heading else obligation


def _dates(why: Why) -> list[str]:
    one = why.summary
    lines = [f"截止日期{one.due_date}，从{_shown(one.due_at)}起算逾期"]
    if why.count is not None:
        lines += _counted(why.count, late=why.count.after >= one.due_date)
    if len({one.due_date for one in why.schedules}) > 1:
        lines.append("截止日期先后为：" + "；".join(f"第{one.version}版{one.due_date}" for one in why.schedules))
    if why.extension is not None:
        moved = why.extension
        when = f"{_shown(moved.granted_at)} " if moved.granted_at else ""
        lines.append(f"{when}{moved.granted_by}将截止日期由{moved.first_due}延至{moved.until}：{moved.comment}")
    return lines


def _counted(count: Count, *, late: bool) -> list[str]:
    if not count.days:
        return ["今天截止"]
    first = count.after + timedelta(days=1)
    what = "逾期" if late else "还剩"
    lines = [f"{what}{count.days}天（{first}至{count.through}），其中工作日{count.working_days}天"]
    if count.off:
        lines.append("不是工作日的有：" + "，".join(_runs(count.off)))
    if count.made_up:
        lines.append("周末上班的有：" + "，".join(_runs(count.made_up)))
    lines += [f"{year}年放假安排尚未公布，工作日为暂定" for year in count.provisional]
    return lines


def _runs(days: Sequence[SpecialDay]) -> Iterator[str]:
    """Days of one name in a row as one span."""
    start = 0
    for place, one in enumerate(days):
        following = days[place + 1] if place + 1 < len(days) else None
        if following and following.name == one.name and following.day == one.day + timedelta(days=1):
            continue
        yield f"{_span(days[start].day, one.day)} {one.name}"
        start = place + 1


def _span(first: date, last: date) -> str:
    return str(first) if first == last else f"{first}至{last}"


def _alert(alert: Alert) -> Iterator[str]:
    planned = alert.due_to_fire
    late = f"（应于{_shown(planned)}）" if planned and _shown(planned) != _shown(alert.at) else ""
    before = "（启动时已过，并入启动通知）" if alert.before_launch else late
    yield f"{_shown(alert.at)} {alert.title}{before}" + ("" if alert.told else "：未另发")
    for one in alert.told:
        yield f"  {who(one.post, one.name)}：{_delivered(one)}"


def _delivered(told: Told) -> str:
    if told.dropped:
        return f"未提及本件（{told.dropped}）"
    how = CHANNELS.get(told.channel or "", told.channel or "")
    when = f"{_shown(told.sent_at)}" if told.sent_at else ""
    facts = "，".join(part for part in (how, when) if part)
    return STATUSES.get(told.status, told.status) + (f"（{facts}）" if facts else "")


def _coming(one: Coming) -> str:
    to = "、".join(who(person.post_title, person.name) for person in one.to)
    return f"{_shown(one.at)} {one.title}：{to or '不涉及本件'}"


def _decision(one: Decision) -> str:
    asked = f"{_shown(one.asked_at)}送审（第{one.content_version}版）"
    place = f"第{one.round}轮第{one.step}步 {who(one.post, one.holder)}：{asked}"
    if one.decision is None or one.decided_at is None:
        return place + (f"，{_shown(one.closed_at)}撤销" if one.closed_at else "，尚未决定")
    comment = f"，意见：{one.comment}" if one.comment else ""
    through = "，由办公室代录" if one.channel == "office" else ""
    name = f"，署名{one.typed_name}" if one.typed_name else ""
    return f"{place}，{_shown(one.decided_at)}{DECISIONS.get(one.decision, one.decision)}{name}{through}{comment}"


def _history(why: Why) -> Iterator[str]:
    for line in why.history:
        noticed = "" if line.noticed_at == line.at else f"（{_shown(line.noticed_at)}发现）"
        comment = f"：{line.comment}" if line.comment else ""
        yield f"{line.seq}. {_shown(line.at)} {line.title}，{line.actor or '督办系统'}{noticed}{comment}"


def _shown(instant: datetime) -> str:
    from workflow.desks import shown_instant

    return shown_instant(instant)
