"""Sample letters: every reason a letter can have, written with made-up facts, for the office to read beforehand.

The facts are posts of a city and the dates of the Ordos plan of 2022; nobody is named, no link opens anything. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from notifier.letters import HEADINGS, Letter, code_placeholder, codes_in, links_in, placeholder, write
from notifier.matters import ANCHOR_TITLE, Facts, Matter

#: What stands in a sample letter where a link and a code go.
NO_LINK, NO_CODE = "sample-link", "●●●●●●"

_EDUCATION, _HEALTH, _ENERGY = "市教育体育局", "市卫生健康委员会", "市能源局"
_LEADER, _HEAD, _OFFICE = "副市长（分管教育和卫生健康）", f"{_EDUCATION}主要负责同志", "领导小组办公室"
_LIAISON, _DELEGATE = f"{_EDUCATION}联络员", "市政府副秘书长"
_CHOICE, _PLAN = "报送建标学习对象", "报送《对标创建工作方案》"
_JAN_4, _JAN_10, _FEB_15 = date(2022, 1, 4), date(2022, 1, 10), date(2022, 2, 15)
_IN_TIME, _LATE = datetime(2022, 1, 3, 1, 0, tzinfo=UTC), datetime(2022, 1, 6, 1, 0, tzinfo=UTC)
_LEADERS_DESK = 9

_PLAIN = Matter(
    reason="reminder", unit=_EDUCATION, obligation=_CHOICE, duty="选定一个先进单位，审签后报办公室", due_date=_JAN_4,
    days_late=0, working_days_late=0, standing="未提交", stuck_with="",
)  # fmt: skip
_OVERDUE = replace(_PLAIN, days_late=2, working_days_late=2)
_PENDING = replace(_PLAIN, standing="待审签，1月3日送审")


@dataclass(frozen=True)
class Specimen:
    """One sample: its name in addresses, what it is, to which post it goes."""

    name: str
    title: str
    facts: Facts

    def letter(self, base_url: str) -> Letter:
        """The letter as its reader would get it, with addresses that open nothing."""
        written = write(replace(self.facts, page=self.facts.page and f"{base_url}/submissions/{NO_LINK}"))
        numbers, codes = links_in(f"{written.text}{written.html}{written.link}"), codes_in(written.text)
        urls = {number: f"{base_url}/s/{NO_LINK}-{number}" for number in numbers}
        return written.with_links(urls, dict.fromkeys(codes, NO_CODE))


@dataclass(frozen=True)
class _Case:
    """What one reason is shown with: its title, its reader, how the submission stands."""

    title: str
    post: str
    kind: str
    matter: Matter


_CASES: Mapping[str, _Case] = {
    "reminder": _Case("到期前提醒", _LIAISON, "reminder", _PLAIN),
    "opened": _Case("新事项开启", _LIAISON, "notice", _PLAIN),
    "notice": _Case("通知", _HEAD, "notice", _PLAIN),
    "overdue": _Case("逾期通知", _LIAISON, "lapse", _OVERDUE),
    "escalation": _Case("升级督办", _LEADER, "escalation", replace(_OVERDUE, stuck_with="该单位联络员、主要负责同志")),
    "request": _Case("送审", _LEADER, "request", replace(_PENDING, link=placeholder(1))),
    "chase": _Case("催促审签", _LEADER, "reminder", replace(_PENDING, link=placeholder(1))),
    "watch": _Case("审签久未办理，告知他人", _LIAISON, "reminder", replace(_PENDING, stuck_with=_LEADER)),
    "urge": _Case("催办", _LIAISON, "urge", replace(_OVERDUE, comment="请于今天下班前报送。")),
    "returned": _Case("退回", _LIAISON, "notice", replace(_PLAIN, comment="请补充对标的具体指标。")),
    "filed": _Case("审签同意", _LIAISON, "notice", replace(_PLAIN, standing="已报送，1月3日收到")),
    "accept": _Case("等候办公室受理", _OFFICE, "notice", replace(_PLAIN, standing="已审签，等候受理")),
    "accepted": _Case("办公室已受理", _LIAISON, "notice", replace(_PLAIN, standing="已受理")),
    "received": _Case("已报送，告知他人", _HEAD, "notice", replace(_PLAIN, standing="已报送，1月3日收到")),
    "extended": _Case(
        "延期", _LIAISON, "notice", replace(_PLAIN, due_date=_JAN_10, was_due=_JAN_4, comment="学习对象待上级确认。")
    ),
    "extension-asked": _Case(
        "单位申请延期，告知办公室",
        _OFFICE,
        "notice",
        replace(_PLAIN, happened="申请延至2022年1月10日", comment="学习对象须报上级确认。"),
    ),
    "extension-declined": _Case(
        "延期申请未获同意",
        _LIAISON,
        "notice",
        replace(_PLAIN, happened="申请延至2022年1月10日，未同意", comment="其他单位均按期办理，请抓紧。"),
    ),
    "restored": _Case("撤销延期或免报", _LIAISON, "notice", replace(_PLAIN, comment="所选单位有误。")),
    "exempted": _Case("免报", _LIAISON, "notice", replace(_PLAIN, standing="免报", comment="机构改革，职能已划出。")),
    "amended": _Case(
        "截止日期调整", _LIAISON, "notice", replace(_PLAIN, due_date=_JAN_10, was_due=_JAN_4, comment="方案有修订。")
    ),
    "decided": _Case(
        "审签回执",
        _LEADER,
        "receipt",
        replace(_PLAIN, happened="同意，2022年1月3日 09:00", comment="请抓紧落实。", dispute=placeholder(1)),
    ),
    "code": _Case(
        "审签验证码",
        _LEADER,
        "code",
        replace(_PLAIN, code=code_placeholder(1), code_until=datetime(2022, 1, 3, 1, 10, tzinfo=UTC)),
    ),
    "disputed": _Case(
        "审签被否认，告知办公室",
        _OFFICE,
        "notice",
        replace(
            _PLAIN,
            standing="已报送，1月3日收到",
            comment="本人当时未使用手机。",
            happened=f"{_LEADER}，同意，2022年1月3日 09:00；2022年1月3日 10:00表示不是本人操作",
        ),
    ),
    "handed-over": _Case(
        "审签移交他人，告知原审签人",
        _LEADER,
        "notice",
        replace(_PENDING, happened="已移交常务副市长", comment="分工调整。"),
    ),
    "unacknowledged": _Case(
        "通知未签收，告知上一级",
        _HEAD,
        "escalation",
        replace(_OVERDUE, happened=f"2022年1月5日 09:00发给{_LIAISON}的通知尚未签收"),
    ),
}


def specimens() -> tuple[Specimen, ...]:
    """Every reason once, then letters that gather several things or ask for more, then the one that has no reason."""
    single = (_single(reason, _CASES[reason]) for reason in HEADINGS)
    return (*single, _launch(), _desk(), _late_units(), _delegate(), _to_acknowledge(), _anchor())


def _single(reason: str, case: _Case) -> Specimen:
    return Specimen(reason, case.title, _facts(case.kind, case.post, replace(case.matter, reason=reason)))


def _launch() -> Specimen:
    """The notice of a plan handed out close to its first date."""
    matters = (_PLAIN, replace(_PLAIN, obligation=_PLAN, duty="按格式写明目标、措施和时限", due_date=_FEB_15))
    return Specimen("launch", "方案启动", replace(_facts("notice", _LIAISON, *matters), launched=True))


def _desk() -> Specimen:
    """A leader with several things to sign, and one unit that is late."""
    units = (_EDUCATION, _HEALTH)
    asked = [
        replace(_PENDING, reason="request", unit=unit, link=placeholder(number))
        for number, unit in enumerate(units, start=1)
    ]
    late = replace(_OVERDUE, reason="escalation", unit=_ENERGY, stuck_with="该单位联络员")
    facts = _facts("request", _LEADER, *asked, late)
    return Specimen("desk", "一位领导的多件审签", replace(facts, desk=placeholder(_LEADERS_DESK)))


def _late_units() -> Specimen:
    """The office told of several units at once."""
    late = (replace(_OVERDUE, reason="escalation", unit=unit) for unit in (_EDUCATION, _HEALTH, _ENERGY))
    return Specimen("late-units", "多个单位逾期，告知办公室", _facts("escalation", _OFFICE, *late))


def _delegate() -> Specimen:
    """Somebody asked to sign in another's place."""
    asked = replace(_PENDING, reason="request", link=placeholder(1), on_behalf_of=_LEADER)
    return Specimen("delegate", "送审，授权代签人", replace(_facts("request", _DELEGATE, asked), page=""))


def _to_acknowledge() -> Specimen:
    """An escalation that its reader has to sign for."""
    note = f"请在收到后1个工作日内签收，逾期未签收将转告{_HEAD}。"
    facts = _facts("escalation", _LIAISON, replace(_OVERDUE, reason="overdue"))
    return Specimen("acknowledge", "须签收的督办", replace(facts, acknowledge=placeholder(1), acknowledge_note=note))


def _anchor() -> Specimen:
    """What the office keeps outside the database."""
    lines = "截至：2022年1月4日 00:00\n记录：61件，184条\n校验值：（64位十六进制数）"
    plain = _facts("anchor", _OFFICE)
    return Specimen(
        "anchor",
        "审签记录每日存证",
        replace(plain, programme="", title=ANCHOR_TITLE.format(day="2022年1月3日"), lines=lines),
    )


def _facts(kind: str, post: str, *matters: Matter) -> Facts:
    late = any(one.days_late for one in matters)
    return Facts(
        kind=kind, programme="对标先进提升创建工作（2022年度）", recipient=post, post_title=post, matters=matters,
        page="" if post == _LEADER else NO_LINK, sent_at=_LATE if late else _IN_TIME,
    )  # fmt: skip
