"""Lights by rule: what an event turns a submission's light to, and what has turned it (the Huludao plan, 三（五）2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, get_args

from workflow import desks
from workflow.definition import Definition, Light, LightEvent, LightRule

#: From the lightest to the heaviest.
WEIGHT: Mapping[str, int] = {light: weight for weight, light in enumerate(get_args(Light))}

#: What holds where a definition writes no rules.
DEFAULTS = (
    LightRule(when="overdue", light="yellow"),
    LightRule(when="filed-late", light="yellow"),
    LightRule(when="filed-in-time", light="green"),
    LightRule(when="target-unmet", light="red"),
)

#: Events that settle the matter: they may turn a light back, the others never do.
SETTLING = frozenset({"filed-late", "filed-in-time"})

NAMES: Mapping[str, str] = {"green": "绿灯", "yellow": "黄灯", "red": "红灯"}

#: Why a light changed, where no rung did it, as people read it.
REASONS: Mapping[str, str] = {
    "overdue": "逾期",
    "filed-late": "逾期报送",
    "filed-in-time": "按期报送",
    "target-unmet": "目标未达到",
    "returned": "被退回",
    "finding": "督查发现问题",
    "extend": "延期",
    "exempt": "免报",
    "return": "退回",
    "reopen": "重新打开",
    "withdraw": "撤回",
    "undo": "撤销办理",
}


@dataclass(frozen=True)
class Change:
    """One change of a light: ``because`` is an event, a move or a rung's moment, ``seq`` its place in history.

    ``text`` is the change as people read it.
    """

    seq: int
    at: datetime
    before: str
    after: str
    because: str
    text: str


def rules_of(definition: Definition, obligation: str) -> tuple[LightRule, ...]:
    """The rules of an obligation: those its definition names, else the built-in ones."""
    named = definition.obligations[obligation].lights
    return definition.lights[named] if named else DEFAULTS


def turned(rules: Sequence[LightRule], event: LightEvent, *, before: str, times: int = 1) -> Light | None:
    """The light that an event turns on when it happens for the ``times``-th time; None where it stays as it is.

    Of several rules the one that asks for most events counts. A rule never makes a light lighter, unless the
    event is a filing.
    """
    asked = [rule for rule in rules if rule.when == event and rule.times <= times]
    if not asked:
        return None
    chosen = max(asked, key=lambda rule: (rule.times, WEIGHT[rule.light])).light
    if chosen == before or (event not in SETTLING and not heavier(chosen, before)):
        return None
    return chosen


def heavier(light: str, before: str) -> bool:
    """Whether a light warns more than another."""
    return WEIGHT[light] > WEIGHT[before]


def lighter_than(light: str) -> tuple[str, ...]:
    """The lights that warn less."""
    return tuple(other for other in WEIGHT if heavier(light, other))


def counts(rules: Sequence[LightRule], event: LightEvent) -> bool:
    """Whether it matters how often an event has happened before."""
    return any(rule.when == event and rule.times > 1 for rule in rules)


def told_by(event: str, facts: Mapping[str, Any]) -> frozenset[str]:
    """The light events that a history entry tells of."""
    moved = {"lapse": "overdue", "return": "returned", "finding": "finding"}.get(event)
    found = {moved} if moved else set()
    if "filed" in facts:
        found.add(f"filed-{facts['filed']}")
    if facts.get("unmet"):
        found.add("target-unmet")
    return frozenset(found)


def change_in(event: str, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The change of light in a history entry's facts: its own, or one that rides with a lapse."""
    if event == "light":
        return facts
    riding = facts.get("light")
    return riding if isinstance(riding, Mapping) else None


def shown(change: Mapping[str, Any]) -> str:
    """A change of light as people read it, from a history entry's facts."""
    because = str(change["because"])
    why = REASONS.get(because) or f"{desks.rung_title(because)}督办"
    return f"{NAMES.get(str(change['from']), '')}转{NAMES.get(str(change['to']), '')}：{why}"


class Told(Protocol):
    """A line of history as far as lights ask it."""

    @property
    def seq(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def event(self) -> str: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...


def changes(history: Iterable[Told]) -> tuple[Change, ...]:
    """Every change of a submission's light that its history tells, oldest first."""
    return tuple(
        Change(one.seq, one.at, str(change["from"]), str(change["to"]), str(change["because"]), shown(change))
        for one in history
        if (change := change_in(one.event, one.facts)) is not None
    )
