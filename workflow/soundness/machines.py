"""Lifecycles written in a definition: every standing reached and left, every deadline with a move of its own."""

from __future__ import annotations

from collections.abc import Iterator

from workflow.definition import Definition, WrittenLifecycle
from workflow.guards import GUARDS
from workflow.lifecycle import BUILT_IN, from_data, unreachable
from workflow.soundness.findings import Unsound, known
from workflow.yaml_text import Path


def check(definition: Definition) -> Iterator[Unsound]:
    """What a lifecycle cannot be, and obligations that name one nobody wrote."""
    for name, written in definition.lifecycles.items():
        path: Path = ("lifecycles", name)
        if name in BUILT_IN:
            yield Unsound(path, "name-taken", f"“{name}”是内置的流程，请换一个名称", of_key=True)
        sound = True
        for finding in _names(written, path):
            sound = False
            yield finding
        if sound:
            yield from _ways(name, written, path)
    names = {*BUILT_IN, *definition.lifecycles}
    for key, obligation in (*definition.written.items(), *definition.patterns.items()):
        section = "obligations" if key in definition.written else "patterns"
        where: Path = (section, key, "lifecycle")
        yield from known("流程", obligation.lifecycle, names, where, "unknown-lifecycle")


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


def _ways(name: str, written: WrittenLifecycle, path: Path) -> Iterator[Unsound]:
    made = from_data(name, written)
    first = made.standing(made.initial)
    if (first.state, first.waiting_on) != ("draft", "unit"):
        yield Unsound((*path, "initial"), "initial-refused", "初始状态须是 state: draft、waiting_on: unit")
    for lost in sorted(unreachable(made)):
        yield Unsound((*path, "standings", lost), "unreachable", f"没有一步能到状态“{lost}”", of_key=True)
    lapsing = made.timed_moves("lapse")
    for standing in made.standings:
        where: Path = (*path, "standings", standing.name)
        leaves = [move for move in made.moves if move.source == standing.name]
        if standing.state in ("draft", "pending", "overdue") and not leaves:
            yield Unsound(where, "no-way-out", f"状态“{standing.title}”没有出路", of_key=True)
        late = lapsing.get(standing.name)
        if late is not None and made.standing(late).state != "overdue":
            yield Unsound(where, "lapse-refused", "lapse 须转到 state: overdue 的状态", of_key=True)
        if late is None and standing.state in ("draft", "pending") and standing.waiting_on in ("unit", "approver"):
            text = f"状态“{standing.title}”到期后没有去处，须写 trigger: lapse、timed: true 的一步"
            yield Unsound(where, "lapse-missing", text, of_key=True)
