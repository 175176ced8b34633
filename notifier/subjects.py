"""The subject of a letter: what, by when, how late; written from its first part. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from notifier.matters import Facts, Matter
from notifier.wording import ITEM, UNIT, by_when, cut, day_text, headline, how_late

#: Reason → the subject.
SAID = {
    "reminder": "请于{by}完成：{what}",
    "notice": "请知悉（{urgency}）：{what}",
    "overdue": "{who}{late}：{what}",
    "escalation": "{who}{late}，请督促：{what}",
    "request": "{who}请您于{by}审签：{what}",
    "chase": "{which}仍待您审签（{urgency}）：{what}",
    "watch": "{which}仍待审签（{urgency}）：{what}",
    "urge": "请尽快{move}（{urgency}）：{what}",
    "returned": "已退回，请修改后重报（{urgency}）：{what}",
    "filed": "已审签同意并收到：{what}",
    "accept": "{which}等候受理（{urgency}）：{what}",
    "accepted": "已受理：{what}",
    "received": "{who}已报送，请知悉：{what}",
    "extended": "截止日期延至{day}：{what}",
    "extension-asked": "{who}申请延期，请答复：{what}",
    "extension-declined": "延期申请未获同意（{urgency}）：{what}",
    "restored": "上一项办理已撤销，请于{by}完成：{what}",
    "exempted": "已同意免报：{what}",
    "amended": "截止日期调整为{day}：{what}",
    "opened": "新事项，请于{by}完成：{what}",
    "decided": "审签已记录（{who}）：{what}",
    "code": "审签验证码（{who}）：{what}",
    "disputed": "审签人表示不是本人操作（{who}）：{what}",
    "handed-over": "不再由您审签（{who}）：{what}",
    "unacknowledged": "{which}通知未签收，请督促：{what}",
}

#: Reason → what stands in the brackets at its head; 督办 for all others.
SIGNS = {
    "overdue": "逾期", "escalation": "升级督办", "request": "待审签", "chase": "待审签", "accept": "待受理",
    "urge": "催办", "decided": "审签回执", "code": "验证码", "disputed": "请核实", "unacknowledged": "未签收",
    "extension-asked": "延期申请",
}  # fmt: skip

#: The same where there is not one day that lies ahead.
SAID_OF_SEVERAL_DAYS = {
    "reminder": "请按期完成（{urgency}）：{what}",
    "request": "{who}请您尽快审签（{urgency}）：{what}",
    "extended": "截止日期已延后：{what}",
    "amended": "截止日期已调整：{what}",
    "opened": "新事项，请按期完成（{urgency}）：{what}",
    "restored": "上一项办理已撤销（{urgency}）：{what}",
}


def subject(facts: Facts, sections: Sequence[tuple[str, Sequence[Matter]]]) -> str:
    """Written from the first part; what else there is, is counted. A letter without parts has its title."""
    if not sections:
        return headline(f"{'【演练】' if facts.rehearsal else ''}【存证】{facts.title}")
    reason, rows = sections[0]
    others = sum(len(rest) for _, rest in sections[1:])
    said = _said(reason, rows) + (f"（另有{others}件）" if others else "")
    opening = "方案已启动，" if facts.launched else ""
    return headline(f"{'【演练】' if facts.rehearsal else ''}【{SIGNS.get(reason, '督办')}】{opening}{said}")


def _said(reason: str, rows: Sequence[Matter]) -> str:
    units = list(dict.fromkeys(matter.unit for matter in rows))
    titles = list(dict.fromkeys(matter.obligation for matter in rows))
    days, late = sorted({matter.due_date for matter in rows}), how_late([matter.days_late for matter in rows])
    who = cut(units[0], UNIT) if len(units) == 1 else f"{len(units)}个单位"
    parts = {
        "what": cut(titles[0], ITEM) + (f"等{len(titles)}项" if len(titles) > 1 else ""),
        "who": who,
        "which": who if len(rows) == 1 else f"{len(rows)}件",
        "day": day_text(days[0]),
        "by": by_when(days),
        "late": late or "逾期",
        "urgency": late or by_when(days),
        "move": "审签" if any(matter.link for matter in rows) else "办理",
    }
    one_day_ahead = len(days) == 1 and not late
    return (SAID if one_day_ahead else SAID | SAID_OF_SEVERAL_DAYS)[reason].format_map(parts)
