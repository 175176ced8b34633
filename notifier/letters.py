"""What a message says: facts of the moment of sending → subject, text, HTML and card. Pure.

Plain, short, official Chinese; the subject says what and by when. Links and codes stand as places to be filled,
see ``notifier.placeholders``. Receipts, codes and anchors have templates of their own, all else is a list of matters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from notifier.entries import calendar_of
from notifier.matters import Facts as Facts
from notifier.matters import Matter as Matter
from notifier.placeholders import code_placeholder as code_placeholder
from notifier.placeholders import codes_in as codes_in
from notifier.placeholders import fill as fill
from notifier.placeholders import links_in as links_in
from notifier.placeholders import placeholder as placeholder
from notifier.placeholders import without_links as without_links
from notifier.subjects import SAID as SAID
from notifier.subjects import subject
from notifier.wording import ITEM, UNIT, cut, day_text, moment_text, one_line, paragraph

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
    "accept": "以下报送件等候办公室受理，请办理",
    "accepted": "以下报送件办公室已受理",
    "received": "以下事项已报送，请知悉",
    "extended": "以下事项的截止日期已延后",
    "extension-asked": "以下单位申请延期，请答复",
    "extension-declined": "以下事项的延期申请未获同意，请按原截止日期办理",
    "restored": "以下事项的上一项批量办理已撤销，请按现在的截止日期办理",
    "exempted": "以下事项已同意免报",
    "amended": "以下事项的截止日期已调整",
    "opened": "以下事项现已开启，请在截止日期前办理",
    "decided": "您的以下审签已记录",
    "code": "审签验证码",
    "disputed": "以下审签，审签人表示不是本人操作，请立即核实",
    "handed-over": "以下报送件不再由您审签，您不必再办理",
    "unacknowledged": "以下事项的通知发出后未在规定时间内签收，请督促",
}


#: Rows of a part that are named one by one; the rest is counted.
LIST_ROWS = 50
#: From so many rows on a part is a table.
TABLE_ROWS = 6
NAMES_ELSEWHERE = "名单可向领导小组办公室索取"

#: What stands first of what is not to be signed: the most urgent.
_FIRST = (
    "code", "disputed", "escalation", "overdue", "unacknowledged", "urge", "returned", "accept", "extension-asked",
    "chase", "request", "reminder", "opened", "restored", "amended", "extension-declined", "extended", "notice",
    "watch", "handed-over", "exempted", "received", "accepted", "filed", "decided",
)  # fmt: skip
#: Reasons with a pair of templates of their own.
_OWN_PAIR = {"code": "code", "decided": "receipt"}
_BUTTONS = {"code": "", "receipt": "有异议", "anchor": ""}


@dataclass(frozen=True)
class Section:
    """A part of a letter as it is shown: ``more`` rows are not, and ``elsewhere`` says where they are."""

    heading: str
    matters: Sequence[Matter]
    more: int
    elsewhere: str
    table: bool


@dataclass(frozen=True)
class Letter:
    """The finished letter with link placeholders; ``brief`` says the same in fewer words, without links."""

    subject: str
    text: str
    html: str
    card: str
    link: str
    link_label: str
    brief: str = ""
    calendar: str = ""

    def with_links(self, urls: Mapping[int, str], codes: Mapping[int, str] = MappingProxyType({})) -> Letter:
        """The letter as its recipient gets it; ``codes`` by challenge. KeyError where one is missing."""
        parts = (self.text, self.html, self.card, self.link, self.brief)
        text, html, card, link, brief = (fill(part, urls, codes) for part in parts)
        return replace(self, text=text, html=html, card=card, link=link, brief=brief)


def write(facts: Facts) -> Letter:
    """The letter of these facts: what its reader is to sign, then the rest; in each part by due date."""
    matters = [_clean(matter) for matter in facts.matters]
    sections = _sections(matters)
    to_sign = [matter for _, rows in sections for matter in rows if matter.link]
    desk = facts.desk if len(to_sign) > 1 else ""
    context = {
        "to": one_line(facts.post_title or facts.recipient),
        "programme": one_line(facts.programme),
        "title": one_line(facts.title),
        "lines": paragraph(facts.lines),
        "matters": [matter for _, rows in sections for matter in rows],
        "sections": [_section(reason, rows, desk, facts.page) for reason, rows in sections],
        "desk": desk,
        "sign_here": to_sign[0].link if len(to_sign) == 1 else facts.desk,
        "to_sign": len(to_sign),
        "acknowledge": facts.acknowledge,
        "acknowledge_note": one_line(facts.acknowledge_note),
        "page": "" if to_sign else facts.page,
        "rehearsal": facts.rehearsal,
        "launched": facts.launched,
        "sent": _sent(facts.sent_at),
    }
    pair = _pair(sections)
    link, label = _button(pair, context)
    return Letter(
        subject=subject(facts, sections),
        text=_environment().get_template(f"{pair}.txt").render(context),
        html=_environment().get_template(f"{pair}.html").render(context),
        card=_card(one_line(facts.programme), sections) if sections else one_line(facts.title),
        link=link,
        link_label=label,
        brief=_brief(one_line(facts.programme), sections),
        calendar=calendar_of(facts.programme, matters, facts.sent_at),
    )


def _pair(sections: Sequence[tuple[str, Sequence[Matter]]]) -> str:
    """The pair of templates of a letter: its own where it speaks of nothing else."""
    if not sections:
        return "anchor"
    found = {_OWN_PAIR.get(reason, "letter") for reason, _ in sections}
    return found.pop() if len(found) == 1 else "letter"


def _button(pair: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """Where a letter's one button leads, and its label: to what its reader has to do, else to what there is to see."""
    if pair in _BUTTONS:
        disputes = [matter.dispute for matter in context["matters"] if matter.dispute]
        return disputes[0] if len(disputes) == 1 else "", _BUTTONS[pair]
    ways = (("sign_here", "去审签"), ("acknowledge", "签收"), ("page", "查看"))
    return next(((str(context[name]), label) for name, label in ways if context[name]), ("", "查看"))


def reason_of(written: str) -> str:
    """The reason without what tells one round from another."""
    return written.partition(":")[0]


def _clean(matter: Matter) -> Matter:
    return replace(
        matter, unit=one_line(matter.unit), obligation=one_line(matter.obligation), duty=one_line(matter.duty),
        standing=one_line(matter.standing), stuck_with=one_line(matter.stuck_with),
        comment=paragraph(matter.comment), programme=one_line(matter.programme),
        on_behalf_of=one_line(matter.on_behalf_of), happened=one_line(matter.happened),
    )  # fmt: skip


def _sections(matters: Sequence[Matter]) -> list[tuple[str, list[Matter]]]:
    found: dict[str, list[Matter]] = {}
    for matter in matters:
        found.setdefault(matter.reason, []).append(matter)
    parts = [(reason, sorted(rows, key=lambda row: row.due_date)) for reason, rows in found.items()]
    return sorted(parts, key=lambda part: (not any(row.link for row in part[1]), _FIRST.index(part[0])))


def _section(reason: str, rows: Sequence[Matter], desk: str, page: str) -> Section:
    """What is shown of a part; the desk lists what is to be signed, the page all there is."""
    more = max(0, len(rows) - LIST_ROWS)
    where = desk if any(row.link for row in rows) else page
    elsewhere = f"请打开页面查看：{where}" if where else NAMES_ELSEWHERE
    return Section(_heading(reason, rows), rows[:LIST_ROWS], more, elsewhere, table=len(rows) >= TABLE_ROWS)


def _heading(reason: str, rows: Sequence[Matter]) -> str:
    return HEADINGS[reason] + (f"（共{len(rows)}件）" if len(rows) > 1 else "")


def _card(programme: str, sections: Sequence[tuple[str, Sequence[Matter]]]) -> str:
    rows = [matter for _, of_reason in sections for matter in of_reason]
    lines = [cut(programme, ITEM)]
    for row in rows[:CARD_ROWS]:
        told = (
            cut(row.unit, UNIT),
            cut(row.obligation, ITEM),
            _moment(row) or row.lateness or f"{day_text(row.due_date)}前",
        )
        lines.append("　".join(told))
    if len(rows) > CARD_ROWS:
        lines.append(f"……共{len(rows)}件")
    return "\n".join([*lines, *_remark(rows)])


def _remark(rows: Sequence[Matter]) -> list[str]:
    """What the office or the approver wrote, where it is the same for all; a telephone has room for one."""
    said = {(row.comment_label, row.comment) for row in rows if row.comment}
    return [f"{label}：{cut(one_line(text), ITEM)}" for label, text in said] if len(said) == 1 else []


def _moment(row: Matter) -> str:
    """What was decided and when: who gets a receipt asks that, not by when it was due."""
    return row.happened if row.reason == "decided" else ""


def _brief(programme: str, sections: Sequence[tuple[str, Sequence[Matter]]]) -> str:
    """Who and what, once for each obligation and lateness: a list of thirty units on a telephone."""
    lines = [programme]
    for reason, rows in sections:
        alike: dict[str, list[str]] = {}
        for row in rows:
            late = f"逾期{row.days_late}天" if row.days_late else f"{day_text(row.due_date)}前"
            alike.setdefault(f"{row.obligation}（{_moment(row) or late}）", []).append(row.unit)
        lines.append(f"{_heading(reason, rows)}：")
        lines += [f"{what}：{'、'.join(units)}" for what, units in alike.items()]
        lines += _remark(rows)
    return "\n".join(lines)


def _sent(at: datetime | None) -> str:
    return moment_text(at) if at else ""


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=lambda name: (name or "").endswith(".html"),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    made.filters["moment"] = moment_text
    return made
