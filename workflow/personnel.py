"""A roster taken in: what would change with it, and taking it in, all or nothing.

Days are Asia/Shanghai. What is shown first and what is done come from the same reading of the file.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import col, func, select

from workflow import catalogue, forms, handovers, launch, posts, roster_merges, second_channels
from workflow.acts import Act
from workflow.delegations import require_office
from workflow.handovers import Move
from workflow.refusals import Refusal
from workflow.roster import POST_TITLES, PostRow, Roster, RosterFault, SupervisionRow
from workflow.roster_changes import Change, changes
from workflow.roster_merges import Mode
from workflow.tables import RosterChange, Submission

_OPEN = ("draft", "pending", "overdue")
_NAME = "名称"


class AdjustmentsLost(Refusal):
    """花名册中没有{count}项领导分工调整，没有导入任何内容。请先导出最新花名册再修改；确要取消这些调整，须另行确认。"""

    code = "roster-refused"


class RunningUnitsChanged(Refusal):
    """花名册会改动{count}个还有未完成事项的单位的名称、任职或分管，没有写入任何内容。请逐个核对预览；确认无误的，须勾选确认（接口填accept_changes）。"""

    code = "roster-refused"


@dataclass(frozen=True)
class Touched:
    """A unit that owes something open, and what a roster makes different of it: what, before and after.

    ``name`` is what the unit is called so far. A post that nobody held and that is filled is no such difference.
    """

    unit: str
    name: str
    open: int
    differences: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Outlook:
    """What taking a roster in does; ``after`` is how the store's roster stands then.

    ``lost`` are 领导分工调整 that it would undo, ``gaps`` what running programmes would lack, ``moves`` what goes
    over to somebody else, ``touched`` the units in the middle of something that it changes.
    """

    after: Roster
    changes: tuple[Change, ...]
    lost: tuple[SupervisionRow, ...]
    gaps: tuple[str, ...]
    moves: tuple[Move, ...]
    warnings: tuple[RosterFault, ...]
    touched: tuple[Touched, ...] = ()

    @property
    def shown(self) -> str:
        """The same for the same outlook and for no other; nothing secret."""
        moves = [f"{one.sign_off_id} {one.to}" for one in self.moves]
        running = [one.unit for one in self.touched]
        lines = [*map(repr, self.changes), *map(repr, self.lost), *self.gaps, *moves, *running]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def outlook(act: Act, file: Roster, mode: Mode, *, ways: Sequence[str] = second_channels.ALL_WAYS) -> Outlook:
    """What taking a roster in would do; raises RosterRefused with every fault.

    From here on this reading act sees people as they would stand; it must write nothing afterwards.
    """
    found = _read(act, file, mode)
    moves = handovers.preview(act, roster=found.after)
    posts.suppose(act.session, roster=found.after)
    return replace(found, gaps=gaps(act, ways=ways), moves=moves)


def take_in(
    act: Act,
    file: Roster,
    mode: Mode,
    *,
    drop_adjustments: bool = False,
    accept_changes: bool = True,
    ways: Sequence[str] = second_channels.ALL_WAYS,
    comment: str = "",
) -> Outlook:
    """Take a roster in, hand over what waits for people who do not sign it any more, write down what changed.

    Raises Forbidden, RosterRefused, AdjustmentsLost; RunningUnitsChanged unless ``accept_changes``.
    """
    require_office(act, "导入花名册")
    said, found = forms.remark(comment), _read(act, file, mode)
    if found.lost and not drop_adjustments:
        raise AdjustmentsLost(count=len(found.lost))
    if found.touched and not accept_changes:
        raise RunningUnitsChanged(count=len(found.touched))
    first = not posts.directory(act.session).people()
    posts.import_roster(act.session, roster_merges.numbered(found.after) if mode == "add" else file)
    note(act, _summed(found.after) if first else found.changes, comment=said)
    moves = handovers.settle(act)
    return replace(found, gaps=gaps(act, ways=ways), moves=moves)


def gaps(act: Act, *, ways: Sequence[str]) -> tuple[str, ...]:
    """What the running programmes lack with the roster as this act sees it, in Chinese; the oldest programme first."""
    found = []
    for listed in reversed(catalogue.every(act)):
        lacking = launch.lacking(act, listed.texts.current, listed.cycle)
        found += [f"{listed.title}（{listed.key}）：{text}" for text in lacking]
    return (*found, *second_channels.of_running(act, ways=ways))


def note(act: Act, made: Iterable[Change], *, comment: str) -> None:
    """Write down what was changed, by whom and why."""
    act.session.add_all(
        RosterChange(
            at=act.now, by=act.actor.name, sheet=one.sheet, kind=one.kind, unit=one.unit or None,
            person=one.person or None, text=one.text, comment=comment,
        )
        for one in made
    )  # fmt: skip
    act.session.flush()


def _summed(roster: Roster) -> tuple[Change, ...]:
    """The first roster of a store as one line: everything in it is new."""
    counts = f"首次导入：{len(roster.units)}个单位，{len(roster.people)}名人员，{len(roster.posts)}项任职"
    return (Change("units", "added", counts),)


def _read(act: Act, file: Roster, mode: Mode) -> Outlook:
    """What the file says beside the roster there is; raises RosterRefused."""
    before = posts.export(act.session)
    warnings = roster_merges.require_sound(before, file, mode)
    after = roster_merges.merged(before, file, mode)
    lost = posts.dropped_adjustments(act.session, after, act.today)
    differing = changes(before, after if mode == "add" else file)
    return Outlook(after, differing, lost, (), (), warnings, tuple(_touched(act, before, after)))


def _touched(act: Act, before: Roster, after: Roster) -> Iterator[Touched]:
    """Those that get another name first, else as in the roster: codes of two cities meet where their units do not."""
    old, new = _said(before, act.today), _said(after, act.today)
    differing = {
        unit.code: tuple(
            (what, was, new[unit.code].get(what, "")) for what, was in old[unit.code].items()
            if was != new[unit.code].get(what, "")
        )
        for unit in before.units
    }  # fmt: skip
    found = [code for code, some in differing.items() if some]
    codes = sorted(found, key=lambda code: differing[code][0][0] != _NAME)
    if not codes:
        return
    owed = select(Submission.unit, func.count()).where(
        col(Submission.unit).in_(codes), col(Submission.state).in_(_OPEN)
    )  # fmt: skip
    counts = dict(act.session.exec(owed.group_by(col(Submission.unit))).all())
    names = {unit.code: unit.name for unit in before.units}
    yield from (Touched(code, names[code], counts[code], differing[code]) for code in codes if code in counts)


def _said(roster: Roster, on: date) -> Mapping[str, Mapping[str, str]]:
    """By unit: its name, who holds each of its posts, who supervises it; from a day on, not what was before."""
    names = {row.key: f"{row.name}（{row.key}）" for row in roster.people}
    holders: defaultdict[tuple[str, str | None], list[str]] = defaultdict(list)
    for row in roster.posts:
        if row.until is None or row.until >= on:
            holders[row.post, row.unit].append(names.get(row.person, row.person) + _days(row, on))
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for unit in roster.units:
        found[unit.code][_NAME] = unit.name
    for (post, code), some in holders.items():
        if code is not None:
            found[code][POST_TITLES.get(post, post)] = "、".join(sorted(some))
    leaders: defaultdict[str, list[str]] = defaultdict(list)
    for led in roster.supervision:
        if led.until is None or led.until >= on:
            who = "、".join(sorted(holders[led.post, None])) or "无人担任"
            leaders[led.unit].append(f"{led.post}{_days(led, on)}：{who}")
    for code, some in leaders.items():
        found[code]["分管领导"] = "；".join(sorted(some))
    return found


def _days(row: PostRow | SupervisionRow, on: date) -> str:
    """When it begins, where that is still to come, and when it ends."""
    return (f"自{row.since}" if row.since and row.since > on else "") + (f"至{row.until}" if row.until else "")
