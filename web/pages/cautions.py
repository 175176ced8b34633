"""What the overview warns the office of: nobody signs while somebody is away, a decision is said to be nobody's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from web.contexts.frame import Link
from web.contexts.overview import Caution
from web.rendering import short_day
from workflow import absences, queues
from workflow.absences import Uncovered
from workflow.acts import Act
from workflow.asking import named
from workflow.permissions import OFFICE
from workflow.queues import Disputed
from workflow.signing import CHOICES

#: Beyond so many people the rest is only counted.
MOST = 5


def of_office(act: Act) -> tuple[Caution, ...]:
    """Disputed decisions first, then uncovered absences, the nearest first; none for other roles."""
    if act.actor.role not in OFFICE:
        return ()
    return (*_disputes(queues.disputed(act)), *_absences(absences.uncovered(act)))


def _disputes(found: Sequence[Disputed]) -> Iterator[Caution]:
    for one in found:
        said = f"{short_day(one.disputed_at)}收到声明，{one.by}的“{CHOICES[one.decision]}”不是本人操作"
        yield Caution(f"{said}：{one.unit} {one.obligation_title}。", Link(f"/submissions/{one.submission_id}", "核实"))


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
