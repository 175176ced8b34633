"""Look-ups in a roster, and every fault that ``check`` finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from workflow.definition import BUILT_IN_POSTS
from workflow.definition import MEMBER_UNITS as DEFINED_MEMBER_UNITS
from workflow.roster import (
    COLUMN_TITLES,
    MEMBER_UNITS,
    POST_TITLES,
    SHEET_TITLES,
    Directory,
    PersonRow,
    PostRow,
    Roster,
    RosterFault,
    RosterRefused,
    SupervisionRow,
    UnitRow,
    check,
    group_key,
    post_key,
    require_sound,
)

MAYOR = "副市长（分管教育）"
JAN, FEB, MAR = date(2022, 1, 1), date(2022, 2, 1), date(2022, 3, 1)

SOUND = Roster(
    units=(
        UnitRow("GOV", "市人民政府", "政府", row=2),
        UnitRow("EDU", "市教育体育局", "部门", (MEMBER_UNITS, "部门"), "GOV", row=3),
        UnitRow("SCI", "市科学技术局", "部门", (MEMBER_UNITS,), "GOV", row=4),
    ),
    people=(
        PersonRow("edu-1", "市教育体育局联络员", "edu.1@example.cn", "edu-1", row=2),
        PersonRow("edu-2", "市教育体育局主要负责同志", "edu.2@example.cn", row=3),
        PersonRow("edu-3", "市教育体育局原主要负责同志", wecom_id="edu-3", row=4),
        PersonRow("mayor", MAYOR, "mayor@example.cn", row=5),
        PersonRow("duty", "值班员", "duty@example.cn", row=6),
    ),
    posts=(
        PostRow("liaison", "EDU", "edu-1", row=2),
        PostRow("unit-head", "EDU", "edu-3", until=date(2022, 1, 31), row=3),
        PostRow("unit-head", "EDU", "edu-2", since=FEB, row=4),
        PostRow(MAYOR, None, "mayor", JAN, row=5),
        PostRow("office", None, "duty", row=6),
    ),
    supervision=(SupervisionRow(MAYOR, "EDU", JAN, row=2),),
)


def found(roster: Roster) -> list[tuple[str, int, str, str]]:
    return [(fault.sheet, fault.row, fault.column, fault.code) for fault in check(roster)]


def with_unit(**changes: object) -> Roster:
    return replace(SOUND, units=(*SOUND.units[:2], replace(SOUND.units[2], **changes)))  # type: ignore[arg-type]


def with_person(**changes: object) -> Roster:
    return replace(SOUND, people=(replace(SOUND.people[0], **changes), *SOUND.people[1:]))  # type: ignore[arg-type]


def with_post(row: PostRow) -> Roster:
    return replace(SOUND, posts=(*SOUND.posts, row))


def test_sound_roster_has_no_fault() -> None:
    assert check(SOUND) == ()
    assert require_sound(SOUND) == ()
    assert check(Roster()) == ()


def test_built_in_names_agree_with_definitions() -> None:
    assert POST_TITLES.items() <= BUILT_IN_POSTS.items()
    assert MEMBER_UNITS == DEFINED_MEMBER_UNITS


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("联络员", "liaison"),
        ("liaison", "liaison"),
        ("Unit-Head", "unit-head"),
        ("主要负责同志", "unit-head"),
        ("领导小组办公室", "office"),
        (MAYOR, MAYOR),
        ("", ""),
    ],
)
def test_post_is_known_by_key_and_title(written: str, key: str) -> None:
    assert post_key(written) == key


def test_group_is_known_by_key_and_title() -> None:
    assert group_key("领导小组成员单位") == group_key("member-units") == MEMBER_UNITS
    assert group_key("党委部门") == "党委部门"


def test_row_numbers_do_not_tell_rosters_apart() -> None:
    assert UnitRow("A", "甲", "", row=2) == UnitRow("A", "甲", "", row=9)


def test_holder_is_who_holds_the_post_on_that_day() -> None:
    directory = Directory(SOUND)
    assert [one.key for one in directory.holders("unit-head", "EDU", date(2022, 1, 31))] == ["edu-3"]
    assert [one.key for one in directory.holders("主要负责同志", "EDU", FEB)] == ["edu-2"]
    assert [one.key for one in directory.holders("office", None, FEB)] == ["duty"]
    assert directory.holders("liaison", "SCI", FEB) == ()
    assert directory.holders(MAYOR, None, date(2021, 12, 31)) == ()


def test_person_in_a_post_twice_is_one_holder() -> None:
    roster = with_post(PostRow("liaison", "EDU", "edu-1", since=JAN))
    assert len(Directory(roster).holders("liaison", "EDU", FEB)) == 1


def test_supervisors_are_those_of_the_day() -> None:
    directory = Directory(SOUND)
    assert directory.supervisor_posts("EDU", JAN) == (MAYOR,)
    assert directory.supervisor_posts("EDU", date(2021, 12, 31)) == ()
    assert directory.supervisor_posts("SCI", JAN) == ()


def test_units_are_found_by_code_and_group() -> None:
    directory = Directory(SOUND)
    assert directory.unit("EDU").name == "市教育体育局"
    assert directory.person("duty").name == "值班员"
    assert [unit.code for unit in directory.units_in("领导小组成员单位")] == ["EDU", "SCI"]
    assert directory.units_in("没有的分组") == ()
    with pytest.raises(KeyError):
        directory.unit("XXX")


@pytest.mark.parametrize(
    ("roster", "fault"),
    [
        (with_unit(code="EDU"), ("单位", 4, "单位编码", "duplicate-code")),
        (with_unit(code=""), ("单位", 4, "单位编码", "missing-value")),
        (with_unit(name=""), ("单位", 4, "单位名称", "missing-value")),
        (with_unit(name="市教育体育局"), ("单位", 4, "单位名称", "duplicate-name")),
        (with_unit(name="市科学\n技术局"), ("单位", 4, "单位名称", "control-character")),
        (with_unit(name="局" * 501), ("单位", 4, "单位名称", "too-long")),
        (with_unit(groups=("甲、乙",)), ("单位", 4, "分组", "separator-in-group")),
        (with_unit(parent="XXX"), ("单位", 4, "上级单位编码", "unknown-parent")),
        (with_unit(parent="SCI"), ("单位", 4, "上级单位编码", "parent-loop")),
        (with_person(key="edu-2"), ("人员", 3, "人员编号", "duplicate-key")),
        (with_person(name=""), ("人员", 2, "姓名", "missing-value")),
        (with_person(email="edu.example.cn"), ("人员", 2, "电子邮箱", "bad-email")),
        (with_person(email="a@example.cn\r\nBcc: b@example.cn"), ("人员", 2, "电子邮箱", "bad-email")),
        (with_person(email="a@example.cn\n"), ("人员", 2, "电子邮箱", "bad-email")),
        (with_person(email="a@example.cn,b@example.cn"), ("人员", 2, "电子邮箱", "bad-email")),
        (with_person(email="联络员 <a@example.cn>"), ("人员", 2, "电子邮箱", "bad-email")),
        (with_person(wecom_id="@all"), ("人员", 2, "企业微信账号", "bad-wecom-id")),
        (with_person(wecom_id="a|b"), ("人员", 2, "企业微信账号", "bad-wecom-id")),
        (with_person(email=None, wecom_id=None), ("人员", 2, "电子邮箱", "no-address")),
        (with_post(PostRow("liaison", "XXX", "edu-1", row=7)), ("任职", 7, "单位编码", "unknown-unit")),
        (with_post(PostRow("liaison", "EDU", "nobody", row=7)), ("任职", 7, "人员编号", "unknown-person")),
        (with_post(PostRow("liaison", "EDU", "", row=7)), ("任职", 7, "人员编号", "missing-value")),
        (with_post(PostRow("", None, "duty", row=7)), ("任职", 7, "职务", "missing-value")),
        (with_post(PostRow("liaison", "EDU", "duty", FEB, JAN, 7)), ("任职", 7, "截止日期", "bad-span")),
        (with_post(PostRow("liaison", None, "duty", row=7)), ("任职", 7, "单位编码", "unit-required")),
        (with_post(PostRow("office", "GOV", "duty", row=7)), ("任职", 7, "单位编码", "unit-not-allowed")),
        (with_post(PostRow("分管领导", None, "duty", row=7)), ("任职", 7, "职务", "derived-role")),
        (with_post(PostRow("unit-head", "EDU", "duty", MAR, row=7)), ("任职", 7, "人员编号", "two-heads")),
        (
            replace(SOUND, supervision=(SupervisionRow(MAYOR, "XXX", row=2),)),
            ("分管", 2, "单位编码", "unknown-unit"),
        ),
        (
            replace(SOUND, supervision=(SupervisionRow("副市长（分管农牧）", "EDU", row=2),)),
            ("分管", 2, "分管职务", "vacant-post"),
        ),
        (
            replace(SOUND, supervision=(SupervisionRow(MAYOR, "EDU", until=date(2021, 12, 31), row=2),)),
            ("分管", 2, "分管职务", "vacant-post"),
        ),
        (
            replace(SOUND, supervision=(SupervisionRow(MAYOR, "EDU", MAR, FEB, 2),)),
            ("分管", 2, "截止日期", "bad-span"),
        ),
    ],
)
def test_fault_is_found_where_it_is(roster: Roster, fault: tuple[str, int, str, str]) -> None:
    assert fault in found(roster)


def test_fault_changes_nothing_else() -> None:
    assert found(with_unit(parent="XXX")) == [("单位", 4, "上级单位编码", "unknown-parent")]
    assert found(with_person(email="edu")) == [("人员", 2, "电子邮箱", "bad-email")]


def test_loop_over_several_units_names_its_units_only() -> None:
    units = (
        UnitRow("A", "甲", "", parent="B", row=2),
        UnitRow("B", "乙", "", parent="A", row=3),
        UnitRow("C", "丙", "", parent="A", row=4),
    )
    assert [fault[1] for fault in found(Roster(units=units))] == [2, 3]


def test_two_liaisons_at_the_same_time_are_no_fault() -> None:
    assert check(with_post(PostRow("liaison", "EDU", "edu-2"))) == ()


def test_head_following_the_day_after_is_no_fault_and_the_same_day_is() -> None:
    early = with_post(PostRow("unit-head", "SCI", "edu-1", until=date(2022, 1, 31), row=7))
    next_day = PostRow("unit-head", "SCI", "duty", FEB, row=8)
    assert check(replace(early, posts=(*early.posts, next_day))) == ()
    same_day = replace(next_day, since=date(2022, 1, 31))
    assert [fault[1:] for fault in found(replace(early, posts=(*early.posts, same_day)))] == [
        (8, "人员编号", "two-heads")
    ]


def test_only_errors_refuse_a_roster() -> None:
    silent = with_person(email=None, wecom_id=None)
    assert [fault.severity for fault in require_sound(silent)] == ["warning"]
    mobile_only = with_person(email=None, wecom_id=None, mobile="1")
    assert [fault.code for fault in check(mobile_only)] == ["no-address"]
    with pytest.raises(RosterRefused) as refused:
        require_sound(with_unit(parent="XXX", name=""))
    assert [fault.code for fault in refused.value.faults] == ["missing-value", "unknown-parent"]
    assert refused.value.text.startswith("花名册有2处错误，没有读入：单位第4行“单位名称”列：不能为空")


def test_fault_without_a_row_names_no_row() -> None:
    assert str(RosterFault("单位", 0, "", "missing-sheet", "缺少“单位”表")) == "单位：缺少“单位”表"
    assert str(RosterFault("", 0, "", "encrypted", "文件已加密")) == "文件已加密"


def test_faults_come_sheet_by_sheet_and_row_by_row() -> None:
    broken = replace(SOUND, units=(), people=())
    order = list(SHEET_TITLES.values())
    places = [(order.index(fault.sheet), fault.row) for fault in check(broken)]
    assert places == sorted(places) and len(places) == 9


def test_every_sheet_has_titled_columns() -> None:
    for columns in COLUMN_TITLES.values():
        assert len(set(columns.values())) == len(columns)
