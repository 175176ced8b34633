"""Units, people and posts by page: looked up, changed after a preview, taken in from a workbook."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from documents import roster_sheets, rosters
from tests.statements import noted
from tests.web.browsing import Office, Page, Visitor
from tests.workflow.world import LAUNCH, ordos_roster
from workflow import handovers, posts
from workflow.roster import PersonRow
from workflow.tables import Holding, Person

UNIT = "JYTYJ"
LEADER, KEY = "副市长（分管教育和卫生健康）", "fsz-jiaoyu"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def replaced(clerk: Visitor) -> None:
    """Somebody new in the leader's post, as the preview shows it."""
    clerk.open("/people/persons/new")
    clerk.press("增加人员", name="新任副市长", email="xin@example.cn", key="xin")
    clerk.open(f"/people/persons/{KEY}")
    clerk.follow("换人")
    clerk.press("预览", person="新任副市长（xin）", since="2021-12-31")


def test_a_new_leader_takes_over_what_waits_after_a_preview(office: Office) -> None:
    clerk, world = office.person(), office.world
    world.hand_in(UNIT, now=LAUNCH)
    replaced(clerk)
    assert "确认后立即移交待签件 1 件" in clerk.page.text and "改为任职到2021-12-30" in clerk.page.text
    assert world.open_requests(UNIT)[0].person == KEY
    page = clerk.press("确认变更", comment="人事通知")
    assert "已变更：移交待签件1件。" in page.text
    assert [one.person for one in world.open_requests(UNIT)] == ["xin"]
    with world.store.read() as session:
        held = {row.person: (str(row.since), str(row.until)) for row in session.exec(
            select(Holding).where(Holding.post == LEADER)
        )}  # fmt: skip
    assert held == {KEY: ("2021-12-01", "2021-12-30"), "xin": ("2021-12-31", "None")}
    said = clerk.open("/people/changes").text
    assert "领导小组办公室（office） 人事通知" in said and "新任副市长（xin），自2021-12-31" in said


def test_a_change_that_was_overtaken_is_shown_again_and_not_made(sqlite_office: Office) -> None:
    clerk, world = sqlite_office.person(), sqlite_office.world
    replaced(clerk)
    world.hand_in(UNIT, now=LAUNCH)
    before = world.dump()
    page = clerk.press("确认变更")
    assert page.status == 409 and "移交待签件 1 件" in page.text
    assert world.dump() == before


def test_a_post_ends_on_a_day_to_come(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    clerk.open(f"/people/units/{UNIT}")
    clerk.follow("结束任职")
    page = clerk.press("预览", until="2022-01-31")
    assert "2022-02-01起无人担任“市教育体育局联络员”" in page.text
    page = clerk.press("确认变更")
    assert "2022年2月1日起生效" in page.text and "至 2022年1月31日" in page.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"person": "无此人"}, "花名册中没有此人"),
        ({"post": "联络员"}, "“联络员”须写明单位"),
        ({"unit": "无此单位"}, "花名册中没有单位“无此单位”"),
        ({"post": "审签人"}, "不是可以担任的职务"),
        ({"since": "never"}, "请填日期"),
    ],
)
def test_what_cannot_be_appointed_is_said_where_it_is_wrong(
    sqlite_office: Office, typed: dict[str, str], said: str
) -> None:
    clerk = sqlite_office.person()
    clerk.open("/people/appoint")
    right = {"post": "副秘书长", "unit": "", "person": KEY, "since": "2022-01-10"}
    page = clerk.press("预览", {**right, **typed})
    assert page.status == 422 and said in page.text


def test_a_faulty_address_is_refused_and_a_right_one_is_kept(sqlite_office: Office) -> None:
    clerk, world = sqlite_office.person(), sqlite_office.world
    clerk.open(f"/people/persons/{KEY}")
    before = world.dump()
    page = clerk.press("保存", email="a b")
    assert page.status == 422 and "电子邮箱格式不对" in page.text and world.dump() == before
    clerk.press("保存", email="fsz@example.cn")
    with world.store.read() as session:
        person = session.get(Person, KEY)
        assert person is not None and person.email == "fsz@example.cn"
    assert "电子邮箱“fsz.jiaoyu@example.cn”改为“fsz@example.cn”" in clerk.page.text


def test_an_export_edited_in_a_spreadsheet_comes_back_without_loss(sqlite_office: Office, tmp_path: Path) -> None:
    """Through LibreOffice where there is one; an adjustment keeps its reason."""
    clerk, world = sqlite_office.person(), sqlite_office.world
    with world.act(LAUNCH) as act:
        handovers.supervise(act, {UNIT: "常务副市长"}, since=act.today, comment="分工通知")
    with world.store.read() as session:
        before = posts.export(session)
    out = rosters.read_workbook(clerk.client.get("/people/roster.xlsx").content, name="out.xlsx")
    assert out == before
    first, *others = out.people
    edited = tmp_path / "in.xlsx"
    rosters.write(replace(out, people=(replace(first, mobile="13800000000"), *others)), edited)
    page = _import(clerk, _through_office(edited, tmp_path))
    assert "新增 0，变更 1，取消 0" in page.text and "将被取消" not in page.text
    clerk.press("确认导入")
    with world.store.read() as session:
        after = posts.export(session)
        row = next(one for one in after.supervision if one.unit == UNIT and one.until is None)
    assert replace(after, people=before.people) == before
    assert next(one for one in after.people if one not in before.people).mobile == "13800000000"
    assert row.post == "常务副市长"
    assert "分工通知" in clerk.open(f"/people/units/{UNIT}").text


def test_a_roster_that_would_undo_an_adjustment_must_be_confirmed(sqlite_office: Office) -> None:
    clerk, world = sqlite_office.person(), sqlite_office.world
    with world.act(LAUNCH) as act:
        handovers.supervise(act, {UNIT: "常务副市长"}, since=act.today, comment="分工通知")
    page = _import(clerk, roster_sheets.workbook(ordos_roster()))
    assert "“市教育体育局”改由常务副市长分管" in page.text
    before = world.dump()
    page = clerk.press("确认导入")
    assert page.status == 422 and "请勾选确认" in page.text and world.dump() == before
    page = clerk.press("确认导入", drop_adjustments="yes")
    assert "已导入花名册" in page.text


def test_a_faulty_roster_is_told_by_row_and_writes_nothing(sqlite_office: Office) -> None:
    clerk, world = sqlite_office.person(), sqlite_office.world
    roster = ordos_roster()
    faulty = replace(roster, people=(*roster.people, PersonRow("x", "某某", "no address")))
    before = world.dump()
    page = _import(clerk, roster_sheets.workbook(faulty))
    assert page.status == 422 and "人员 第141行 “电子邮箱”" in page.text
    assert world.dump() == before


def test_the_lists_cost_the_same_whatever_they_hold(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    cost = {}
    for path in ("/people", "/people?text=市教育", "/people/persons", "/people/persons?text=联络员"):
        clerk.open(path)
        with noted() as seen:
            assert clerk.open(path).status == 200
        cost[path] = len(seen)
    assert cost["/people"] == cost["/people?text=市教育"]
    assert cost["/people/persons"] == cost["/people/persons?text=联络员"]
    page = clerk.open("/people")
    assert "共 62 个，本页 50 个" in page.text
    assert "本页 12 个" in clerk.follow("下一页").text


def test_units_see_nobody_and_inspectors_change_nothing(sqlite_office: Office) -> None:
    liaison, inspector = sqlite_office.liaison(), sqlite_office.person("inspector")
    paths = ("/people", f"/people/units/{UNIT}", "/people/persons", f"/people/persons/{KEY}", "/people/changes",
             "/people/roster", "/people/roster.xlsx", "/calendars")  # fmt: skip
    assert {liaison.open(path).status for path in paths} == {403}
    assert {inspector.open(path).status for path in paths} == {200}
    assert {inspector.open(path).status for path in ("/people/appoint", "/people/persons/new")} == {403}
    assert not inspector.open(f"/people/persons/{KEY}").offers("保存")
    assert not inspector.open("/people/roster").offers("预览变动")


def _import(clerk: Visitor, data: bytes) -> Page:
    clerk.open("/people/roster")
    return clerk.press("预览变动", files={"file": [("花名册.xlsx", data, XLSX)]})


def _through_office(edited: Path, folder: Path) -> bytes:
    soffice = shutil.which("soffice")
    if soffice is None:
        return edited.read_bytes()
    out = folder / "out"
    command = [soffice, "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", str(out), str(edited)], check=True, capture_output=True, timeout=120)
    # An office suite without its spreadsheets cannot do it.
    made = out / "in.xlsx"
    return made.read_bytes() if made.exists() else edited.read_bytes()
