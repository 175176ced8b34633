"""The state machine of a submission: data for ``transitions``, and one pure question – ``decide``.

A submission's *standing* is the machine's state. What the public sees are two facets of it: ``state``
(draft, pending, filed, overdue, exempt) and ``waiting_on`` (unit, approver, office, none). An overdue
submission keeps its place: it is overdue while still a draft, or overdue while pending.

This is the only module that imports transitions. Machines stand unattached: each call moves a small plain
case, the database row decides races by compare-and-set.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from transitions import EventData, Machine, MachineError

from workflow.definition import Definition, WrittenLifecycle
from workflow.definition.machines import State as State
from workflow.definition.machines import WaitingOn as WaitingOn
from workflow.guards import GUARDS, Case, Guard
from workflow.refusals import NotAllowedNow

#: What people read for a move.
MOVES = {
    "edit": "修改内容",
    "submit": "提交",
    "approve": "同意",
    "return": "退回",
    "withdraw": "撤回",
    "lapse": "转为逾期",
    "extend": "延期",
    "exempt": "免报",
    "reopen": "重新打开",
    "urge": "催办",
    "accept": "受理",
}


@dataclass(frozen=True)
class StandingDef:
    """One state of a lifecycle with the facets the public sees and its Chinese name."""

    name: str
    state: State
    waiting_on: WaitingOn
    title: str


@dataclass(frozen=True)
class Move:
    """One transition: ``guards`` must all hold; ``timed`` moves are made by the clock, in sets."""

    trigger: str
    source: str
    dest: str
    guards: tuple[str, ...] = ()
    timed: bool = False


@dataclass(frozen=True)
class Lifecycle:
    """A state machine as data."""

    name: str
    standings: tuple[StandingDef, ...]
    moves: tuple[Move, ...]
    initial: str = "draft"

    def standing(self, name: str) -> StandingDef:
        """The standing of that name; KeyError when the lifecycle has none."""
        return _by_name(self)[name]

    def timed_moves(self, trigger: str) -> dict[str, str]:
        """Source → destination of the moves the clock makes."""
        return {move.source: move.dest for move in self.moves if move.timed and move.trigger == trigger}


def _both(trigger: str, source: str, dest: str, *guards: str) -> tuple[Move, Move]:
    """The same move before the deadline and after it."""
    late = dest if dest in ("filed", "exempt") else f"overdue-{dest}"
    return Move(trigger, source, dest, guards), Move(trigger, f"overdue-{source}", late, guards)


#: The built-in lifecycle: four states, and exempt beside them.
FILING = Lifecycle(
    name="filing",
    standings=(
        StandingDef("draft", "draft", "unit", "草稿"),
        StandingDef("pending", "pending", "approver", "待审签"),
        StandingDef("filed", "filed", "none", "已报送"),
        StandingDef("exempt", "exempt", "none", "免报"),
        StandingDef("overdue-draft", "overdue", "unit", "逾期（未提交）"),
        StandingDef("overdue-pending", "overdue", "approver", "逾期（待审签）"),
    ),
    moves=(
        *_both("edit", "draft", "draft"),
        *_both("submit", "draft", "pending", "sign_off_needed"),
        *_both("submit", "draft", "filed", "sign_off_not_needed"),
        *_both("approve", "pending", "filed", "sign_off_complete"),
        *_both("approve", "pending", "pending", "sign_off_incomplete"),
        *_both("return", "pending", "draft"),
        Move("return", "filed", "draft", ("in_time",)),
        Move("return", "filed", "overdue-draft", ("past_due",)),
        *_both("withdraw", "pending", "draft"),
        Move("lapse", "draft", "overdue-draft", timed=True),
        Move("lapse", "pending", "overdue-pending", timed=True),
        Move("extend", "draft", "draft", ("in_time",)),
        Move("extend", "pending", "pending", ("in_time",)),
        Move("extend", "overdue-draft", "draft", ("in_time",)),
        Move("extend", "overdue-pending", "pending", ("in_time",)),
        *_both("exempt", "draft", "exempt"),
        *_both("exempt", "pending", "exempt"),
        *(
            Move("reopen", source, dest, (guard,))
            for source in ("filed", "exempt")
            for dest, guard in (("draft", "in_time"), ("overdue-draft", "past_due"))
        ),
        *_both("urge", "draft", "draft"),
        *_both("urge", "pending", "pending"),
    ),
)


#: Filing with a receipt: what is signed off waits for the office, which accepts it or gives it back.
RECEIPT = Lifecycle(
    name="receipt",
    standings=(*FILING.standings, StandingDef("received", "pending", "office", "待受理")),
    moves=(
        *(move for move in FILING.moves if not (move.dest == "filed" and move.trigger in ("submit", "approve"))),
        *(
            Move(trigger, source, "received", (guard,))
            for trigger, standing, guard in (
                ("submit", "draft", "sign_off_not_needed"),
                ("approve", "pending", "sign_off_complete"),
            )
            for source in (standing, f"overdue-{standing}")
        ),
        Move("accept", "received", "filed"),
        *(
            Move(trigger, "received", dest, (guard,))
            for trigger in ("return", "withdraw")
            for dest, guard in (("draft", "in_time"), ("overdue-draft", "past_due"))
        ),
        Move("exempt", "received", "exempt"),
    ),
)

#: The lifecycles every definition knows.
BUILT_IN = {lifecycle.name: lifecycle for lifecycle in (FILING, RECEIPT)}


def of(definition: Definition, obligation: str) -> Lifecycle:
    """The state machine of an obligation: a built-in one, or one that its definition writes."""
    name = definition.obligations[obligation].lifecycle
    return BUILT_IN[name] if name in BUILT_IN else from_data(name, definition.lifecycles[name])


def from_data(name: str, written: WrittenLifecycle) -> Lifecycle:
    """A lifecycle written in a definition; that it is sound was checked when the file was read."""
    return Lifecycle(
        name=name,
        standings=tuple(
            StandingDef(key, one.state, one.waiting_on, one.title) for key, one in written.standings.items()
        ),
        moves=tuple(
            Move(one.trigger, source, one.to, one.guards, one.timed) for one in written.moves for source in one.sources
        ),
        initial=written.initial,
    )


@dataclass(frozen=True)
class Decision:
    """What a move would do, decided before anything is written."""

    trigger: str
    source: str
    dest: str
    state: State
    waiting_on: WaitingOn


def decide(lifecycle: Lifecycle, case: Case, trigger: str) -> Decision:
    """Where ``trigger`` takes the case; raises NotAllowedNow when no move is open to it."""
    machine = _machine(lifecycle)
    source = lifecycle.standing(case.state)
    try:
        moved = trigger in machine.events and machine.events[trigger].trigger(case)
    except MachineError:
        moved = False
    if not moved:
        raise NotAllowedNow(standing=source.title, move=MOVES.get(trigger, trigger))
    dest = lifecycle.standing(case.state)
    return Decision(trigger, source.name, dest.name, dest.state, dest.waiting_on)


def moves_open(lifecycle: Lifecycle, standing: str) -> frozenset[str]:
    """The triggers that some move leaves ``standing`` by, guards aside; what buttons a page shows."""
    return frozenset(move.trigger for move in lifecycle.moves if move.source == standing and not move.timed)


def unreachable(lifecycle: Lifecycle) -> frozenset[str]:
    """Standings that no chain of moves reaches from the initial one."""
    reached, ahead = {lifecycle.initial}, [lifecycle.initial]
    while ahead:
        source = ahead.pop()
        for move in lifecycle.moves:
            if move.source == source and move.dest not in reached:
                reached.add(move.dest)
                ahead.append(move.dest)
    return frozenset(standing.name for standing in lifecycle.standings) - reached


@lru_cache(maxsize=16)
def _by_name(lifecycle: Lifecycle) -> dict[str, StandingDef]:
    return {standing.name: standing for standing in lifecycle.standings}


@lru_cache(maxsize=16)
def _machine(lifecycle: Lifecycle) -> Machine:
    machine = Machine(
        model=None,
        states=[standing.name for standing in lifecycle.standings],
        initial=lifecycle.initial,
        auto_transitions=False,
        send_event=True,
    )
    for move in lifecycle.moves:
        conditions: list[str | Callable[..., bool | None]] = [_asked(GUARDS[name]) for name in move.guards]
        machine.add_transition(move.trigger, move.source, move.dest, conditions=conditions)
    return machine


def _asked(guard: Guard) -> Callable[[EventData], bool]:
    """A guard as transitions calls it: a callable, never a string, so that nothing is imported by name."""

    def ask(event: EventData) -> bool:
        assert isinstance(event.model, Case)
        return guard(event.model)

    return ask
