"""The first quarter of Ordos 2022 as an office might have lived it: some in time, some late, some not at all."""

from __future__ import annotations

from datetime import date

from tests.workflow.world import World, local
from workflow import submissions

#: target-choice: signed in time, signed late, returned and filed late, extended, exempt. Everybody else never files.
IN_TIME = ("FGW", "GXJ", "KJJ", "JYTYJ", "ZZB")
SIGNED_LATE = ("GAJ", "MZJ")
RETURNED = "SFJ"
WITHIN_EXTENSION, BEYOND_EXTENSION, STILL_EXTENDED = "CZJ", "RSJ", "ZRZYJ"
EXEMPT = "SJJ"
#: research-trip, which nobody signs.
TRIPS_IN_TIME, TRIPS_LATE = ("FGW", "GXJ", "KJJ"), ("JYTYJ",)
#: After the quarter's end: late for the office's list, but still owed when the quarter ended.
AFTERWARDS = "GAJ"


def played(world: World) -> World:
    """The world at 2022-04-08 09:00."""
    world.advance(local("2022-01-03 09:00"))
    for unit in IN_TIME:
        world.file(unit, now=local("2022-01-03 10:00"))
    for unit in (*SIGNED_LATE, RETURNED, WITHIN_EXTENSION):
        world.hand_in(unit, now=local("2022-01-03 11:00"))
    with world.act(local("2022-01-04 09:00")) as act:
        for unit, until in ((WITHIN_EXTENSION, 10), (BEYOND_EXTENSION, 12)):
            submissions.extend(act, world.id_of(unit), until=date(2022, 1, until), comment="学习对象待上级确认")
        submissions.extend(act, world.id_of(STILL_EXTENDED), until=date(2022, 4, 20), comment="机构调整")
        submissions.exempt(act, world.id_of(EXEMPT), comment="职责已划转")
    world.advance(local("2022-01-06 09:00"))
    for unit in SIGNED_LATE:
        world.sign(unit, now=local("2022-01-06 09:30"))
    world.sign(WITHIN_EXTENSION, now=local("2022-01-07 09:30"))
    world.sign(RETURNED, now=local("2022-01-07 10:00"), choice="return")
    world.hand_in(RETURNED, now=local("2022-01-07 15:00"), said="乙")
    world.sign(RETURNED, now=local("2022-01-10 10:00"))
    world.advance(local("2022-01-14 09:00"))
    world.file(BEYOND_EXTENSION, now=local("2022-01-14 10:00"))
    world.advance(local("2022-02-09 09:00"))
    for unit in TRIPS_IN_TIME:
        world.hand_in(unit, "research-trip", now=local("2022-02-09 10:00"))
    world.advance(local("2022-02-14 09:00"))
    for unit in TRIPS_LATE:
        world.hand_in(unit, "research-trip", now=local("2022-02-14 10:00"))
    with world.act(local("2022-02-14 11:00")) as act:
        submissions.urge(act, world.id_of("ZZB", "research-trip"), comment="请抓紧")
    world.advance(local("2022-04-06 09:00"))
    world.hand_in(AFTERWARDS, "research-trip", now=local("2022-04-06 10:00"))
    world.advance(local("2022-04-08 09:00"))
    return world
