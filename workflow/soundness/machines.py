"""Lifecycles written in a definition: every standing reached and left, one way for each case, no deadline passed by.

What the clock does to thousands of submissions in one statement must be what the machine says of each of them, so
a lapse asks nothing; and what waits for the office never lapses, because the unit has done its part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, groupby

from workflow.definition import Definition, WrittenLifecycle
from workflow.definition.machines import Trigger
from workflow.guards import GUARDS
from workflow.lifecycle import BUILT_IN, MOVES, Lifecycle, Move, StandingDef, from_data, unreachable
from workflow.soundness.findings import Unsound, known
from workflow.yaml_text import Path

#: What the public sees of a standing, as far as it makes sense together.
_FACETS = frozenset(
    {
        ("draft", "unit"),
        ("pending", "approver"),
        ("pending", "office"),
        ("overdue", "unit"),
        ("overdue", "approver"),
        ("overdue", "office"),
        ("filed", "none"),
        ("exempt", "none"),
    }
)

#: Guards of which exactly one holds in every case.
_EITHER = (
    frozenset({"sign_off_needed", "sign_off_not_needed"}),
    frozenset({"sign_off_complete", "sign_off_incomplete"}),
    frozenset({"in_time", "past_due"}),
)
_CLOSED = ("filed", "exempt")

_Ends = Callable[[StandingDef, StandingDef], bool]

#: What each move may lead from and to, and the sentence for one that does not.
_SENSE: dict[Trigger, tuple[_Ends, str]] = {
    "edit": (
        lambda a, b: a.waiting_on == "unit" and a.name == b.name,
        "edit（修改内容）须从 waiting_on: unit 的状态回到它自己",
    ),
    "submit": (
        lambda a, b: a.waiting_on == "unit" and b.waiting_on != "unit" and b.state != "exempt",
        "submit（提交）须从 waiting_on: unit 的状态转给审签人、办公室或转为已报送",
    ),
    "approve": (
        lambda a, b: a.waiting_on == "approver" and b.waiting_on != "unit" and b.state != "exempt",
        "approve（同意）须从 waiting_on: approver 的状态留在审签、转给办公室或转为已报送",
    ),
    "accept": (
        lambda a, b: a.waiting_on == "office" and (b.waiting_on == "office" or b.state == "filed"),
        "accept（受理）须从 waiting_on: office 的状态转为已报送，或留在办公室",
    ),
    "return": (
        lambda a, b: (a.waiting_on in ("approver", "office") or a.state == "filed") and b.waiting_on == "unit",
        "return（退回）须从审签人、办公室或已报送的状态回到 waiting_on: unit 的状态",
    ),
    "withdraw": (
        lambda a, b: a.waiting_on in ("approver", "office") and b.waiting_on == "unit",
        "withdraw（撤回）须从审签人或办公室处回到 waiting_on: unit 的状态",
    ),
    "lapse": (
        lambda a, b: b.state == "overdue" and a.waiting_on == b.waiting_on and a.waiting_on in ("unit", "approver"),
        "lapse（转为逾期）须从单位或审签人处转到 state: overdue、waiting_on 不变的状态",
    ),
    "extend": (
        lambda a, b: a.state not in _CLOSED and b.state in ("draft", "pending") and a.waiting_on == b.waiting_on,
        "extend（延期）须从未办结的状态转到 state: draft 或 pending、waiting_on 不变的状态",
    ),
    "exempt": (
        lambda a, b: a.state not in _CLOSED and b.state == "exempt",
        "exempt（免报）须从未办结的状态转到 state: exempt 的状态",
    ),
    "reopen": (
        lambda a, b: a.state in _CLOSED and b.waiting_on == "unit",
        "reopen（重新打开）须从已办结的状态回到 waiting_on: unit 的状态",
    ),
    "urge": (
        lambda a, b: a.waiting_on != "none" and a.name == b.name,
        "urge（催办）须从有人待办的状态回到它自己",
    ),
}


def check(definition: Definition) -> Iterator[Unsound]:
    """What a lifecycle cannot be, and obligations that name one nobody wrote or one that skips their sign-off."""
    for name, written in definition.lifecycles.items():
        path: Path = ("lifecycles", name)
        if name in BUILT_IN:
            yield Unsound(path, "name-taken", f"“{name}”是内置的流程，请换一个名称", of_key=True)
        misnamed = tuple(_names(written, path))
        yield from misnamed
        if not misnamed:
            machine = from_data(name, written)
            yield from _standings(machine, path)
            yield from _moves(machine, written, path)
    yield from _uses(definition)


def _uses(definition: Definition) -> Iterator[Unsound]:
    names = {*BUILT_IN, *definition.lifecycles}
    for key, obligation in (*definition.written.items(), *definition.patterns.items()):
        section = "obligations" if key in definition.written else "patterns"
        where: Path = (section, key, "lifecycle")
        yield from known("流程", obligation.lifecycle, names, where, "unknown-lifecycle")
        written = definition.lifecycles.get(obligation.lifecycle)
        signs = definition.obligations[key].sign_off if key in definition.obligations else obligation.sign_off
        if written and signs and all(one.waiting_on != "approver" for one in written.standings.values()):
            text = f"流程“{written.title}”没有 waiting_on: approver 的状态，事项却有审签（sign_off）"
            yield Unsound(where, "sign-off-ignored", text)


def _names(written: WrittenLifecycle, path: Path) -> Iterator[Unsound]:
    standings = {*written.standings}
    yield from known("状态", written.initial, standings, (*path, "initial"), "unknown-standing")
    for index, move in enumerate(written.moves):
        here: Path = (*path, "moves", index)
        yield from known("状态", move.to, standings, (*here, "to"), "unknown-standing")
        for source in move.sources:
            yield from known("状态", source, standings, (*here, "from"), "unknown-standing")
        for guard in move.guards:
            yield from known("条件", guard, {*GUARDS}, (*here, "guards"), "unknown-guard")
        if move.timed != (move.trigger == "lapse"):
            yield Unsound((*here, "timed"), "timed-misplaced", "timed 用于且只用于 lapse（转为逾期）")


def _standings(machine: Lifecycle, path: Path) -> Iterator[Unsound]:
    first = machine.standing(machine.initial)
    if (first.state, first.waiting_on) != ("draft", "unit"):
        yield Unsound((*path, "initial"), "initial-refused", "初始状态须是 state: draft、waiting_on: unit")
    lost, stuck = unreachable(machine), _stuck(machine)
    lapsing = machine.timed_moves("lapse")
    for standing in machine.standings:
        where: Path = (*path, "standings", standing.name)
        named = f"状态“{standing.title}”"
        if (standing.state, standing.waiting_on) not in _FACETS:
            text = f"{named}的 state: {standing.state} 不能与 waiting_on: {standing.waiting_on} 同用"
            yield Unsound(where, "facets-refused", text, of_key=True)
        if standing.name in lost:
            yield Unsound(where, "unreachable", f"没有一步能到{named}", of_key=True)
        elif standing.name in stuck:
            yield Unsound(where, "no-way-out", f"从{named}没有路能到已报送（state: filed）", of_key=True)
        due = standing.state in ("draft", "pending") and standing.waiting_on in ("unit", "approver")
        if due and standing.name not in lapsing:
            text = f"{named}到期后没有去处，须写 trigger: lapse、timed: true 的一步"
            yield Unsound(where, "lapse-missing", text, of_key=True)


def _stuck(machine: Lifecycle) -> frozenset[str]:
    """Open standings from which no chain of moves leads to a filed one."""
    done = {one.name for one in machine.standings if one.state == "filed"}
    while more := {move.source for move in machine.moves if move.dest in done} - done:
        done |= more
    return frozenset(one.name for one in machine.standings if one.state not in _CLOSED and one.name not in done)


def _moves(machine: Lifecycle, written: WrittenLifecycle, path: Path) -> Iterator[Unsound]:
    for index, move in enumerate(written.moves):
        here: Path = (*path, "moves", index)
        for one in (Move(move.trigger, source, move.to, move.guards) for source in move.sources):
            source, dest = machine.standing(one.source), machine.standing(one.dest)
            makes_sense, text = _SENSE[move.trigger]
            if not makes_sense(source, dest):
                yield Unsound(here, f"{move.trigger}-refused", f"{text}（这里从“{source.title}”到“{dest.title}”）")
            else:
                yield from _guards(machine, one, here)
    yield from _ambiguous(written, path)


def _guards(machine: Lifecycle, move: Move, here: Path) -> Iterator[Unsound]:
    """Guards that a move needs so that no case is decided otherwise than it should be."""
    source, dest = machine.standing(move.source), machine.standing(move.dest)
    lapsing = machine.timed_moves("lapse")
    signed = any(one.waiting_on == "approver" for one in machine.standings)
    needed = ""
    if move.trigger == "submit" and signed:
        needed = "sign_off_needed" if dest.waiting_on == "approver" else "sign_off_not_needed"
    elif move.trigger == "approve":
        needed = "sign_off_incomplete" if dest.waiting_on == "approver" else "sign_off_complete"
    elif dest.name in lapsing and source.name not in lapsing:
        # Back before the deadline only: what is put there later would never lapse again.
        needed = "in_time"
    if move.trigger == "lapse" and move.guards:
        yield Unsound((*here, "guards"), "lapse-guarded", "lapse（转为逾期）由时钟成批进行，不能带条件")
    elif needed and needed not in move.guards:
        text = f"从“{source.title}”到“{dest.title}”的{MOVES[move.trigger]}须写 guards: [{needed}]"
        yield Unsound(here, "guard-missing", text)


def _ambiguous(written: WrittenLifecycle, path: Path) -> Iterator[Unsound]:
    """Two moves that the same case could take: the first written would win in silence."""
    all_ = [
        (source, move.trigger, index, {*move.guards})
        for index, move in enumerate(written.moves)
        for source in move.sources
    ]
    all_.sort(key=lambda one: one[:3])
    for (source, trigger), same in groupby(all_, key=lambda one: one[:2]):
        for (*_, first, asked), (*_, second, others) in combinations(same, 2):
            if not any(len(pair & asked) == len(pair & others) == 1 and pair <= asked | others for pair in _EITHER):
                text = f"从“{source}”出发的 {trigger} 与第{first + 1}步可能同时成立，须用互斥的条件（guards）分开"
                yield Unsound((*path, "moves", second), "ambiguous-move", text)
