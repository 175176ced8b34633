"""A roster taken in: what would change with it, and taking it in, all or nothing.

Days are Asia/Shanghai. What is shown first and what is done come from the same reading of the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workflow import catalogue, forms, handovers, launch, posts, roster_merges, second_channels
from workflow.acts import Act
from workflow.delegations import require_office
from workflow.handovers import Move
from workflow.refusals import Refusal
from workflow.roster import Roster, RosterFault, SupervisionRow
from workflow.roster_changes import Change, changes
from workflow.roster_merges import Mode
from workflow.tables import RosterChange


class AdjustmentsLost(Refusal):
    """花名册中没有{count}项领导分工调整，没有导入任何内容。请先导出最新花名册再修改；确要取消这些调整，须另行确认。"""

    code = "roster-refused"


@dataclass(frozen=True)
class Outlook:
    """What taking a roster in does; ``after`` is how the store's roster stands then.

    ``lost`` are 领导分工调整 that it would undo, ``gaps`` what running programmes would lack, ``moves`` what goes
    over to somebody else.
    """

    after: Roster
    changes: tuple[Change, ...]
    lost: tuple[SupervisionRow, ...]
    gaps: tuple[str, ...]
    moves: tuple[Move, ...]
    warnings: tuple[RosterFault, ...]

    @property
    def shown(self) -> str:
        """The same for the same outlook and for no other; nothing secret."""
        moves = [f"{one.sign_off_id} {one.to}" for one in self.moves]
        lines = [*map(repr, self.changes), *map(repr, self.lost), *self.gaps, *moves]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def outlook(act: Act, file: Roster, mode: Mode, *, ways: Sequence[str] = second_channels.ALL_WAYS) -> Outlook:
    """What taking a roster in would do; raises RosterRefused with every fault.

    From here on this reading act sees people as they would stand; it must write nothing afterwards.
    """
    found = _read(act, file, mode)
    moves = handovers.preview(act, roster=found.after)
    posts.suppose(act.session, roster=found.after)
    return Outlook(found.after, found.changes, found.lost, gaps(act, ways=ways), moves, found.warnings)


def take_in(
    act: Act,
    file: Roster,
    mode: Mode,
    *,
    drop_adjustments: bool = False,
    ways: Sequence[str] = second_channels.ALL_WAYS,
    comment: str = "",
) -> Outlook:
    """Take a roster in, hand over what waits for people who do not sign it any more, write down what changed.

    Raises Forbidden, RosterRefused, AdjustmentsLost.
    """
    require_office(act, "导入花名册")
    said, found = forms.remark(comment), _read(act, file, mode)
    if found.lost and not drop_adjustments:
        raise AdjustmentsLost(count=len(found.lost))
    first = not posts.directory(act.session).people()
    posts.import_roster(act.session, roster_merges.numbered(found.after) if mode == "add" else file)
    note(act, _summed(found.after) if first else found.changes, comment=said)
    moves = handovers.settle(act)
    return Outlook(found.after, found.changes, found.lost, gaps(act, ways=ways), moves, found.warnings)


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
    return Outlook(after, changes(before, after if mode == "add" else file), lost, (), (), warnings)
