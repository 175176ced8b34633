"""What a message says: facts of the moment of sending → subject, text, HTML and card. Pure.

Plain, short, official Chinese; the subject says what and by when. Links stand as ``{{link:ID}}`` until the
message is handed over, so that what is stored opens nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from workflow.moments import SHANGHAI

_PLACEHOLDER = re.compile(r"\{\{link:(\d+)\}\}")

#: Reason → heading of its part of a letter.
HEADINGS = {
    "reminder": "以下事项尚未报送，请在截止日期前办理",
    "notice": "以下事项请知悉",
    "overdue": "以下事项已过截止日期，仍未报送",
    "escalation": "以下单位逾期未报送，请督促",
    "request": "以下报送件请您审签",
    "chase": "以下报送件仍在等候您审签",
    "urge": "领导小组办公室催办以下事项",
    "returned": "以下报送件已退回，请修改后重新提交",
    "filed": "以下报送件已审签同意，办公室已收到",
    "extended": "以下事项的截止日期已延后",
    "exempted": "以下事项已同意免报",
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

    @property
    def due(self) -> str:
        """The due date as people write it."""
        return day_text(self.due_date)

    @property
    def lateness(self) -> str:
        """Calendar and working days late, empty when it is not."""
        if not self.days_late:
            return ""
        return f"逾期{self.days_late}天（{self.working_days_late}个工作日）"


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


def links_in(text: str) -> tuple[int, ...]:
    """The link rows a stored text speaks of."""
    return tuple(dict.fromkeys(int(found) for found in _PLACEHOLDER.findall(text)))


def placeholder(link_id: int) -> str:
    """How a link stands in a stored text."""
    return f"{{{{link:{link_id}}}}}"


def write(facts: Facts) -> Letter:
    """The letter of these facts; the order of its parts is that of the matters."""
    sections = _sections(facts.matters)
    context = {
        "facts": facts,
        "sections": sections,
        "sent": facts.sent_at.astimezone(SHANGHAI).strftime("%Y年%m月%d日 %H:%M") if facts.sent_at else "",
        "one_link": facts.desk or (facts.matters[0].link if len(facts.matters) == 1 else ""),
        "signing": _signs(facts),
    }
    link = str(context["one_link"] or facts.page)
    return Letter(
        subject=_subject(facts),
        text=_environment().get_template("letter.txt").render(context),
        html=_environment().get_template("letter.html").render(context),
        card=_card(facts),
        link=link,
        link_label="去审签" if _signs(facts) else "查看",
    )


def day_text(day: date) -> str:
    """2022年1月4日."""
    return f"{day.year}年{day.month}月{day.day}日"


def reason_of(written: str) -> str:
    """The reason without what tells one round from another."""
    return written.partition(":")[0]


def _sections(matters: Sequence[Matter]) -> list[tuple[str, list[Matter]]]:
    found: dict[str, list[Matter]] = {}
    for matter in matters:
        found.setdefault(matter.reason, []).append(matter)
    return [(HEADINGS[reason], of_reason) for reason, of_reason in found.items()]


def _signs(facts: Facts) -> bool:
    return any(matter.link for matter in facts.matters)


def _subject(facts: Facts) -> str:
    first = facts.matters[0]
    units = list(dict.fromkeys(matter.unit for matter in facts.matters))
    titles = list(dict.fromkeys(matter.obligation for matter in facts.matters))
    what = titles[0] if len(titles) == 1 else f"{titles[0]}等{len(titles)}项"
    who = units[0] if len(units) == 1 else f"{len(units)}个单位"
    by = f"{first.due_date.month}月{first.due_date.day}日前"
    late = f"逾期{max(matter.days_late for matter in facts.matters)}天"
    said = {
        "reminder": f"请于{by}完成：{what}",
        "overdue": f"{who}已逾期：{what}",
        "escalation": f"{who}{late}，请督促：{what}",
        "request": f"{who}请您于{by}审签：{what}",
        "chase": f"{len(facts.matters)}件仍待您审签：{what}",
        "urge": f"请尽快{'审签' if _signs(facts) else '办理'}：{what}",
        "returned": f"已退回，请修改后重报：{what}",
        "filed": f"已报送：{what}",
        "extended": f"截止日期延至{day_text(first.due_date)}：{what}",
        "exempted": f"已同意免报：{what}",
        "notice": f"请知悉：{what}",
    }[first.reason]
    opening = "方案已启动，" if facts.launched else ""
    sign = {"lapse": "逾期", "escalation": "升级督办", "request": "待审签", "urge": "催办"}.get(facts.kind, "督办")
    return f"{'【演练】' if facts.rehearsal else ''}【{sign}】{opening}{said}"


def _card(facts: Facts) -> str:
    lines = [f"{facts.programme}"]
    for matter in facts.matters[:5]:
        lines.append(
            "　".join(part for part in (matter.unit, matter.obligation, f"{matter.due}前", matter.lateness) if part)
        )
    if len(facts.matters) > 5:
        lines.append(f"……共{len(facts.matters)}件")
    return "\n".join(lines)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=lambda name: (name or "").endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
