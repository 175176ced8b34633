"""What a message says: facts of the moment of sending → subject, text, HTML and card. Pure.

Plain, short, official Chinese; the subject says what and by when. Links stand as ``{{link:ID}}`` until the
message is handed over, so that what is stored opens nothing. What people wrote never becomes such a place:
see ``notifier.wording``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from notifier.wording import ITEM, UNIT, by_when, cut, day_text, headline, how_late, one_line, paragraph
from workflow.moments import SHANGHAI

_PLACEHOLDER = re.compile(r"\{\{link:([0-9]{1,18})\}\}")

#: Rows that a card names one by one.
CARD_ROWS = 3

#: Reason → heading of its part of a letter; ``watch`` is a chase told to somebody who does not sign.
HEADINGS = {
    "reminder": "以下事项尚未报送，请在截止日期前办理",
    "notice": "以下事项请知悉",
    "overdue": "以下事项已过截止日期，仍未报送",
    "escalation": "以下单位逾期未报送，请督促",
    "request": "以下报送件请您审签",
    "chase": "以下报送件仍在等候您审签",
    "watch": "以下报送件仍在等候审签，请关注",
    "urge": "领导小组办公室催办以下事项",
    "returned": "以下报送件已退回，请修改后重新提交",
    "filed": "以下报送件已审签同意，办公室已收到",
    "extended": "以下事项的截止日期已延后",
    "exempted": "以下事项已同意免报",
}

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
    "extended": "截止日期延至{day}：{what}",
    "exempted": "已同意免报：{what}",
}

#: The same where there is not one day that lies ahead.
SAID_OF_SEVERAL_DAYS = {
    "reminder": "请按期完成（{urgency}）：{what}",
    "request": "{who}请您尽快审签（{urgency}）：{what}",
    "extended": "截止日期已延后：{what}",
}


@dataclass(frozen=True)
class Matter:
    """One submission in a letter, as it is at the moment of sending."""

    reason: str
    unit: str
    obligation: str
    duty: str
    due_date: date
    days_late: int
    working_days_late: int
    standing: str
    stuck_with: str
    comment: str = ""
    link: str = ""
    was_due: date | None = None

    @property
    def due(self) -> str:
        """The due date as people write it, with the first one where it was moved."""
        return f"{day_text(self.due_date)}前" + (f"（原为{day_text(self.was_due)}前）" if self.was_due else "")

    @property
    def lateness(self) -> str:
        """Calendar and working days late, empty when it is not."""
        if not self.days_late:
            return ""
        return f"逾期{self.days_late}天（{self.working_days_late}个工作日）"

    @property
    def comment_label(self) -> str:
        """What the comment is: whoever returns gives a reason, the office a note."""
        return "退回理由" if self.reason == "returned" else "办公室说明"

    @property
    def tells_duty(self) -> bool:
        """Whether the reader is the one who has to do it."""
        return bool(self.duty) and not self.link and self.reason in ("reminder", "overdue", "urge", "returned")


@dataclass(frozen=True)
class Facts:
    """Everything a letter is written from."""

    kind: str
    programme: str
    recipient: str
    post_title: str
    matters: tuple[Matter, ...]
    desk: str = ""
    page: str = ""
    sent_at: datetime | None = None
    rehearsal: bool = False
    launched: bool = False


@dataclass(frozen=True)
class Letter:
    """The finished letter with link placeholders."""

    subject: str
    text: str
    html: str
    card: str
    link: str
    link_label: str

    def with_links(self, urls: Mapping[int, str]) -> Letter:
        """The letter as its recipient gets it."""
        filled = (fill(part, urls) for part in (self.text, self.html, self.card, self.link))
        text, html, card, link = filled
        return Letter(self.subject, text, html, card, link, self.link_label)


def fill(text: str, urls: Mapping[int, str]) -> str:
    """Replace each link placeholder by its address."""
    return _PLACEHOLDER.sub(lambda found: urls[int(found[1])], text)


def without_links(text: str) -> str:
    """The text for people who may not sign."""
    return _PLACEHOLDER.sub("（链接仅限本人）", text)


def links_in(text: str) -> tuple[int, ...]:
    """The link rows a stored text speaks of."""
    return tuple(dict.fromkeys(int(found) for found in _PLACEHOLDER.findall(text)))


def placeholder(link_id: int) -> str:
    """How a link stands in a stored text."""
    return f"{{{{link:{link_id}}}}}"


def write(facts: Facts) -> Letter:
    """The letter of these facts: what its reader is to sign, then the rest; in each part by due date."""
    sections = _sections([_clean(matter) for matter in facts.matters])
    to_sign = [matter for _, rows in sections for matter in rows if matter.link]
    context = {
        "to": one_line(facts.post_title or facts.recipient),
        "programme": one_line(facts.programme),
        "sections": [(_heading(reason, rows), rows) for reason, rows in sections],
        "desk": facts.desk if len(to_sign) > 1 else "",
        "sign_here": to_sign[0].link if len(to_sign) == 1 else facts.desk,
        "to_sign": len(to_sign),
        "page": "" if to_sign else facts.page,
        "rehearsal": facts.rehearsal,
        "launched": facts.launched,
        "sent": _sent(facts.sent_at),
    }
    return Letter(
        subject=_subject(facts, sections),
        text=_environment().get_template("letter.txt").render(context),
        html=_environment().get_template("letter.html").render(context),
        card=_card(one_line(facts.programme), sections),
        link=str(context["sign_here"] or context["page"]),
        link_label="去审签" if to_sign else "查看",
    )


def reason_of(written: str) -> str:
    """The reason without what tells one round from another."""
    return written.partition(":")[0]


def _clean(matter: Matter) -> Matter:
    return Matter(
        matter.reason, one_line(matter.unit), one_line(matter.obligation), one_line(matter.duty),
        matter.due_date, matter.days_late, matter.working_days_late, one_line(matter.standing),
        one_line(matter.stuck_with), paragraph(matter.comment), matter.link, matter.was_due,
    )  # fmt: skip


def _sections(matters: Sequence[Matter]) -> list[tuple[str, list[Matter]]]:
    found: dict[str, list[Matter]] = {}
    for matter in matters:
        found.setdefault(matter.reason, []).append(matter)
    parts = [(reason, sorted(rows, key=lambda row: row.due_date)) for reason, rows in found.items()]
    return sorted(parts, key=lambda part: not any(row.link for row in part[1]))


def _heading(reason: str, rows: Sequence[Matter]) -> str:
    return HEADINGS[reason] + (f"（共{len(rows)}件）" if len(rows) > 1 else "")


def _subject(facts: Facts, sections: Sequence[tuple[str, Sequence[Matter]]]) -> str:
    """Written from the first part; what else there is, is counted."""
    reason, rows = sections[0]
    others = sum(len(rest) for _, rest in sections[1:])
    said = _said(reason, rows) + (f"（另有{others}件）" if others else "")
    opening = "方案已启动，" if facts.launched else ""
    sign = {"overdue": "逾期", "escalation": "升级督办", "request": "待审签", "chase": "待审签", "urge": "催办"}
    return headline(f"{'【演练】' if facts.rehearsal else ''}【{sign.get(reason, '督办')}】{opening}{said}")


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


def _card(programme: str, sections: Sequence[tuple[str, Sequence[Matter]]]) -> str:
    rows = [matter for _, of_reason in sections for matter in of_reason]
    lines = [cut(programme, ITEM)]
    for row in rows[:CARD_ROWS]:
        told = (cut(row.unit, UNIT), cut(row.obligation, ITEM), row.lateness or f"{day_text(row.due_date)}前")
        lines.append("　".join(told))
    if len(rows) > CARD_ROWS:
        lines.append(f"……共{len(rows)}件")
    return "\n".join(lines)


def _sent(at: datetime | None) -> str:
    if at is None:
        return ""
    local = at.astimezone(SHANGHAI)
    return f"{day_text(local.date())} {local:%H:%M}"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=lambda name: (name or "").endswith(".html"),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
