"""The versions of a programme through the API."""

from __future__ import annotations

from tests.web.client import API, PROGRAMME, House
from tests.workflow.amended import amend, ordos_reworded
from tests.workflow.world import OFFICE, local, ordos


def test_versions_are_listed_newest_first(sqlite_house: House) -> None:
    moved = ordos_reworded("work-plan", "due: 02-15", "due: 02-20")
    amend(sqlite_house.world, moved, now=local("2022-01-10 10:00"), comment="会议推迟")
    answer = sqlite_house.client().get(f"{API}/programmes/{PROGRAMME}/versions").json()
    assert (answer["total"], answer["next"]) == (2, None)
    assert answer["items"][0] == {
        "version": moved.version,
        "since": "2022-01-10T10:00:00+08:00",
        "actor": OFFICE.name,
        "comment": "会议推迟",
        "current": True,
    }
    assert (answer["items"][1]["version"], answer["items"][1]["current"]) == (ordos().version, False)


def test_an_amended_programme_shows_the_date_that_holds(sqlite_house: House) -> None:
    moved = ordos_reworded("work-plan", "due: 02-15", "due: 02-20")
    amend(sqlite_house.world, moved, now=local("2022-01-10 10:00"))
    answer = sqlite_house.client().get(f"{API}/programmes/{PROGRAMME}").json()
    plan = next(one for one in answer["obligations"] if one["id"] == "work-plan")
    assert ([one["due_date"] for one in plan["occurrences"]], plan["retired"]) == (["2022-02-20"], False)
    assert answer["version"] == moved.version
