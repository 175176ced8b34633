"""The Ordos sample roster that ships: whole, sound, and made by its script."""

from __future__ import annotations

import runpy
from collections import Counter
from datetime import date
from pathlib import Path

from documents import rosters
from workflow.roster import Directory, check

SAMPLES = Path(__file__).parents[2] / "definitions" / "rosters"
ROSTER = rosters.read(SAMPLES / "ordos-benchmarking.xlsx")
DIRECTORY = Directory(ROSTER)
MEMBERS = DIRECTORY.units_in("member-units")
PARTY = ("市委组织部", "市委宣传部", "市委统一战线工作部", "市委政法委员会")
LAUNCH = date(2021, 12, 31)


def test_shipped_file_is_what_the_script_makes() -> None:
    script = runpy.run_path(str(SAMPLES / "make_ordos.py"))
    assert script["roster"]() == ROSTER
    assert check(ROSTER) == ()


def test_sixty_members_and_the_office_beside_them() -> None:
    assert len(MEMBERS) >= 60
    assert [unit.code for unit in ROSTER.units if unit not in MEMBERS] == ["OFFICE"]
    assert all(unit.category in unit.groups for unit in MEMBERS)
    assert DIRECTORY.unit("OFFICE").category == "办公室"


def test_names_codes_and_mailboxes_are_unique() -> None:
    for values in (
        [unit.name for unit in ROSTER.units],
        [unit.code for unit in ROSTER.units],
        [person.email for person in ROSTER.people],
        [person.wecom_id for person in ROSTER.people],
        [person.name for person in ROSTER.people],
    ):
        assert None not in values and len(set(values)) == len(values)


def test_addresses_are_sample_addresses_and_no_mobile_is_given() -> None:
    assert all((person.email or "").endswith("@example.cn") for person in ROSTER.people)
    assert {person.mobile for person in ROSTER.people} == {None}


def test_party_departments_are_the_four_of_the_plan() -> None:
    assert tuple(unit.name for unit in DIRECTORY.units_in("党委部门")) == PARTY


def test_every_unit_has_one_liaison_and_one_head_at_launch() -> None:
    for unit in ROSTER.units:
        assert len(DIRECTORY.holders("liaison", unit.code, LAUNCH)) == 1
        assert len(DIRECTORY.holders("unit-head", unit.code, LAUNCH)) == 1
    assert len(DIRECTORY.holders("office", None, LAUNCH)) == 2


def test_every_member_but_the_party_departments_has_one_leader_who_can_be_asked() -> None:
    for unit in MEMBERS:
        posts = DIRECTORY.supervisor_posts(unit.code, LAUNCH)
        assert len(posts) == (0 if unit.name in PARTY else 1)
        assert all(len(DIRECTORY.holders(post, None, LAUNCH)) == 1 for post in posts)


def test_leaders_share_the_units() -> None:
    shares = Counter(row.post for row in ROSTER.supervision)
    assert len(shares) == 8 and all(5 <= share <= 12 for share in shares.values())
