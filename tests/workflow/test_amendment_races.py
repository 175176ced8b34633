"""An amendment and somebody else at the same time; and an amended programme beside one launched so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from threading import Barrier

import pytest

from tests.workflow.amended import UNITS, amend, amendable, ordos_reworded, rows, small_reworded
from tests.workflow.world import APPROVER, OFFICE, World, local, ordos_roster
from workflow import amendments, rehearsal, signing, submissions, sweep
from workflow.acts import Act
from workflow.library import Pinned
from workflow.refusals import ChangedMeanwhile, LinkUnknown, Refusal

__all__ = ["amendable"]

MORNING = local("2022-02-02 10:00")

Deed = Callable[[Act], object]


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def race(world: World, threads: ThreadPoolExecutor, *deeds: Deed) -> list[Refusal | None]:
    """What each deed was refused with, None for those that went through."""
    barrier = Barrier(len(deeds))

    def run(deed: Deed) -> Refusal | None:
        barrier.wait(timeout=60)
        try:
            signs = isinstance(deed, partial) and deed.func is signing.sign
            with world.act(MORNING, APPROVER if signs else OFFICE) as act:
                deed(act)
        except Refusal as refused:
            return refused
        return None

    return list(threads.map(run, deeds))


def moved_to(day: int) -> Pinned:
    return small_reworded(("due: 03-10", f"due: 03-{day}"))


def amending(world: World, pinned: Pinned, *, if_version: str | None = None) -> Deed:
    return partial(amendments.apply, key=world.key, pinned=pinned, if_version=if_version)


def version_of(world: World) -> str:
    with world.look() as act:
        return act.programme(1).version


def test_one_of_two_amendments_wins(amendable: World, threads: ThreadPoolExecutor) -> None:
    for turn in range(4):
        seen = version_of(amendable)
        days = (11 + 2 * turn, 12 + 2 * turn)
        said = race(amendable, threads, *(amending(amendable, moved_to(day), if_version=seen) for day in days))
        assert sorted(str(type(one).__name__) for one in said) == ["ChangedMeanwhile", "NoneType"]
        won = days[said.index(None)]
        assert {row.due_date for row in rows(amendable, "plan").values()} == {date(2022, 3, won)}
    assert amendable.broken_chains() == []


def test_a_unit_that_hands_in_meanwhile_either_did_or_is_told(amendable: World, threads: ThreadPoolExecutor) -> None:
    for number in range(1, UNITS + 1):
        row = amendable.fill(f"U{number}", "plan", now=MORNING)
        submit = partial(submissions.submit, submission_id=row.id or 0)
        amended, handed_in = race(amendable, threads, amending(amendable, moved_to(10 + number)), submit)
        assert amended is None
        assert handed_in is None or isinstance(handed_in, ChangedMeanwhile)
        after = amendable.submission(f"U{number}", "plan")
        assert (after.state, after.due_date) == ("draft" if handed_in else "pending", date(2022, 3, 10 + number))
    assert amendable.broken_chains() == []


def test_a_leader_who_signs_meanwhile_either_did_or_is_told(amendable: World, threads: ThreadPoolExecutor) -> None:
    for number in range(1, UNITS + 1):
        amendable.hand_in(f"U{number}", "plan", now=MORNING)
        [request] = amendable.open_requests(f"U{number}", "plan")
        sign = partial(
            signing.sign, sign_off_id=request.id or 0, choice="approve", comment="", typed_name="张", channel="link",
            content_hash=request.content_hash,
        )  # fmt: skip
        amended, signed = race(amendable, threads, amending(amendable, moved_to(10 + number)), sign)
        assert amended is None
        assert signed is None or isinstance(signed, (ChangedMeanwhile, LinkUnknown))
        after = amendable.submission(f"U{number}", "plan")
        assert after.state == ("filed" if signed is None else "pending")
        # Whoever filed first kept the date it was filed under.
        assert after.due_date == date(2022, 3, 10 + number) or after.state == "filed"
    assert amendable.broken_chains() == []


def test_a_sweep_meanwhile_leaves_nobody_overdue_on_the_old_date(amendable: World, threads: ThreadPoolExecutor) -> None:
    late = local("2022-03-11 00:00")
    swept = threads.submit(sweep.run, amendable.store, late, amendable.links)
    try:
        amend(amendable, moved_to(20), now=late)
    except ChangedMeanwhile:
        amend(amendable, moved_to(20), now=late)
    assert swept.result(timeout=60).failed == 0
    amendable.sweep(late)
    after = rows(amendable, "plan").values()
    assert {(row.state, row.due_date) for row in after} == {("draft", date(2022, 3, 20))}
    assert amendable.broken_chains() == []


def test_an_amended_programme_goes_on_as_one_launched_so(sqlite_world: World) -> None:
    pinned = ordos_reworded("work-plan", "due: 02-15", "due: 02-20")
    amend(sqlite_world, pinned, now=local("2022-01-10 10:00"))
    sqlite_world.advance(local("2022-03-01"))
    done = rehearsal.rehearse(
        pinned, ordos_roster(), cycle=2022, start=local("2021-12-31 08:30"), end=local("2022-03-01")
    )
    rehearsed = [
        (one.at, one.kind, one.recipients[0], tuple(sorted(one.units)))
        for one in done.lines
        if one.recipients and {item.obligation for item in one.items} == {"work-plan"}
    ]
    letters = [
        (one.ready, one.kind, one.person, tuple(sorted(one.units)))
        for one in sqlite_world.letters()
        if {item.obligation for item in one.items} == {"work-plan"}
    ]
    assert sorted(letters) == sorted(rehearsed) != []
