"""Launching a programme by page: three steps, nothing in force before the last."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tests.web.browsing import Office, Visitor
from tests.workflow.world import ROOT
from workflow.tables import Draft, DraftFile

HERE = "/programmes/new"
YAML = (ROOT / "definitions" / "ordos-benchmarking.yaml").read_bytes()
ROSTER = (ROOT / "definitions" / "rosters" / "huludao-delivery.xlsx").read_bytes()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What is only handed in stands here.
DRAFTS = ["draft", "draft_file"]


def chosen(clerk: Visitor, name: str = "huludao-delivery") -> str:
    """The first step done with a definition that is here."""
    clerk.open(HERE)
    return clerk.press("下一步", chosen=name).path


def handed_in(clerk: Visitor, *, cycle: str = "2022", roster: bytes = ROSTER) -> str:
    """The second step done."""
    return clerk.press("下一步", cycle=cycle, files={"roster": [("花名册.xlsx", roster, XLSX)]}).path


def test_a_second_programme_is_launched_from_its_roster(office: Office) -> None:
    clerk, world = office.person(), office.world
    before = world.dump(without=DRAFTS)
    ordos = world.dump()["programme"]
    assert chosen(clerk).startswith(f"{HERE}/")
    assert handed_in(clerk).endswith("/preview")
    page = clerk.page
    assert "490 件报送件" in page.text and "新增 14，变更 34，取消 0" in page.text
    assert "2022年4月30日 周六 劳动节" in page.text
    assert world.dump(without=DRAFTS) == before
    assert "注意：花名册会改动" in page.text and "名称：市能源局 → 市农业农村局" in page.text
    assert "不同城市的单位编码可能相同" in page.text
    page = clerk.press("启动方案")
    assert page.status == 422 and "没有写入任何内容" in page.text and "请逐个核对受影响的单位" in page.text
    assert world.dump(without=DRAFTS) == before
    page = clerk.press("启动方案", accept_changes="yes")
    assert page.path == "/programmes/huludao-delivery-2022"
    assert "已启动：抓落实暨争先创优专项行动 2022，490件" in page.text
    after = world.dump()
    assert len(after["programme"]) == 2 and set(ordos) < set(after["programme"])
    assert after["draft"] == after["draft_file"] == []
    assert set(before["submission"]) < set(after["submission"])
    assert world.broken_chains() == []


def test_a_faulty_definition_is_shown_beside_its_lines_and_not_kept(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    clerk.open(HERE)
    faulty = YAML.replace(b"due: 02-10", b"due: 02-30", 1)
    before = sqlite_office.world.dump()
    page = clerk.press("下一步", files={"file": [("改.yaml", faulty, "application/yaml")]})
    assert page.status == 422
    assert "第 91 行第 10 列 ：日期“02-30”不存在" in page.text and "02-30" in page.text
    assert sqlite_office.world.dump() == before
    assert clerk.press("下一步").status == 422, "nothing was chosen"


def test_going_back_keeps_what_was_entered(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    here = chosen(clerk, "ordos-benchmarking")
    handed_in(clerk, cycle="2023")
    page = clerk.open(here)
    assert page.form("下一步")[0].fields["cycle"] == ["2023"]
    assert "已上传“花名册.xlsx”" in page.text
    page = clerk.press("下一步", {"without": ["roster"]})
    assert page.path.endswith("/preview") and "花名册带来的变化" not in page.text
    page = clerk.open(f"{here}/definition")
    assert page.form("下一步")[0].fields["chosen"] == ["ordos-benchmarking"]


def test_a_year_may_be_typed_in_full_width_digits(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    here = chosen(clerk, "ordos-benchmarking")
    assert clerk.press("下一步", cycle="２０２３").path == f"{here}/preview"
    page = clerk.page
    assert "ordos-benchmarking-2023" in page.text and "注意：花名册" not in page.text
    assert '<details class="planned-group">' in page.response.text, "stages are folded"
    assert page.response.text.count('form="launch"') == 1, "the button stands at the end, too"


@pytest.mark.parametrize("cycle", ["20x2", "2101"])
def test_a_year_must_be_one(sqlite_office: Office, cycle: str) -> None:
    clerk = sqlite_office.person()
    chosen(clerk)
    page = clerk.press("下一步", cycle=cycle)
    assert page.status == 422 and "请填年份" in page.text


def test_an_unreadable_roster_is_told_and_not_kept(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    here = chosen(clerk)
    handed_in(clerk, roster=b"no workbook")
    assert clerk.page.status == 422 and "花名册有 1 处错误" in clerk.page.text
    assert "已上传" not in clerk.open(here).text


def test_what_cannot_be_launched_is_not_and_writes_nothing(sqlite_office: Office) -> None:
    """Ordos 2022 runs already."""
    clerk, world = sqlite_office.person(), sqlite_office.world
    here = chosen(clerk, "ordos-benchmarking")
    page = clerk.press("下一步", cycle="2022")
    assert "方案“ordos-benchmarking-2022”已经启动" in page.text and not page.offers("启动方案")
    form = next(one for one in page.read.forms if one.label == "启动方案")
    before = world.dump()
    refused = clerk.client.post(f"{here}/publish", data={name: value[0] for name, value in form.fields.items()})
    assert refused.status_code == 409
    assert world.dump() == before


def test_a_stale_preview_is_shown_again(sqlite_office: Office) -> None:
    clerk, world = sqlite_office.person(), sqlite_office.world
    chosen(clerk, "ordos-benchmarking")
    clerk.press("下一步", cycle="2023")
    other = Visitor(clerk.client)
    other.open("/people/units/JYTYJ")
    other.follow("结束任职")
    other.press("预览", until="2021-12-30")
    other.press("确认变更")
    before = world.dump()
    page = clerk.press("启动方案")
    assert page.status == 409 and "情况有了变化" in page.text
    assert world.dump() == before


def test_a_draft_is_its_makers_alone_and_ends(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    here = chosen(clerk)
    assert sqlite_office.person(name="other").open(here).status == 404
    sqlite_office.advance("2022-01-08 09:00")
    assert clerk.open(here).status == 404
    chosen(clerk)
    with sqlite_office.world.store.read() as session:
        assert len(session.exec(select(Draft)).all()) == 1 and not session.exec(select(DraftFile)).all()


def test_only_the_office_launches(sqlite_office: Office) -> None:
    before = sqlite_office.world.dump(without=["account", "login"])
    for who in (sqlite_office.person("inspector"), sqlite_office.person("unit")):
        assert who.open(HERE).status == 403
    assert sqlite_office.world.dump(without=["account", "login"]) == before


def test_the_first_days_are_counted_by_a_trial_run(sqlite_office: Office) -> None:
    clerk, world = sqlite_office.person(), sqlite_office.world
    here = chosen(clerk, "shanxi-first-class")
    clerk.press("下一步", cycle="2022", files={"roster": [("r.xlsx", _shanxi(), XLSX)]})
    before = world.dump()
    page = clerk.open(f"{here}/messages")
    assert page.status == 200 and ("没有消息发出" in page.text or "条消息" in page.text or "不作试运行" in page.text)
    assert world.dump() == before


def _shanxi() -> bytes:
    return (ROOT / "definitions" / "rosters" / "shanxi-first-class.xlsx").read_bytes()
