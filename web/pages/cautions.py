"""What the overview warns the office of: nobody signs while somebody is away, a decision is said to be nobody's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from web.contexts.frame import Link
from web.contexts.overview import Caution
from web.rendering import short_day
from workflow import absences, extensions, queues, resending
from workflow.absences import Uncovered
from workflow.acts import Act
from workflow.asking import named
from workflow.permissions import OFFICE
from workflow.queues import Disputed
from workflow.signing import CHOICES

#: Beyond so many people the rest is only counted.
MOST = 5


def of_office(act: Act) -> tuple[Caution, ...]:
    """Disputed decisions first, then requests, uncovered absences, undelivered messages; none for other roles."""
    if act.actor.role not in OFFICE:
        return ()
    told = (*_disputes(queues.disputed(act)), *_requests(act), *_absences(absences.uncovered(act)))
    return (*told, *_undelivered(sum(resending.undelivered(act).values())))


def _undelivered(count: int) -> Iterator[Caution]:
    if count:
        yield Caution(f"{count}条消息未送达，收件人还不知情。", Link("/messages?status=failed", "查看"))


def _disputes(found: Sequence[Disputed]) -> Iterator[Caution]:
    for one in found:
        said = f"{short_day(one.disputed_at)}收到声明，{one.by}的“{CHOICES[one.decision]}”不是本人操作"
        yield Caution(f"{said}：{one.unit} {one.obligation_title}。", Link(f"/submissions/{one.submission_id}", "核实"))


def _requests(act: Act) -> Iterator[Caution]:
    waiting = extensions.count_waiting(act)
    if waiting:
        yield Caution(f"{waiting}份延期申请等候答复。", Link("/overdue#requests", "答复"))


def _absences(found: Sequence[Uncovered]) -> Iterator[Caution]:
    for one in found[:MOST]:
        who = "、".join(one.posts) if one.name in one.posts else named("、".join(one.posts), one.name)
        days = "，".join(_span(since, until) for since, until in one.spans)
        yield Caution(f"{who}外出，{days}无人代签{_meanwhile(one)}。", Link("/approvals#uncovered", "授权代签"))
    if len(found) > MOST:
        yield Caution(f"另有{len(found) - MOST}人外出期间无人代签。", Link("/approvals#uncovered", "全部查看"))


def _span(since: date, until: date) -> str:
    return short_day(since) if since == until else f"{short_day(since)}至{short_day(until)}"


def _meanwhile(one: Uncovered) -> str:
    said = [f"现有{one.waiting}件待签" if one.waiting else "", f"期间到期{one.due}件" if one.due else ""]
    return "".join(f"，{part}" for part in said if part)
