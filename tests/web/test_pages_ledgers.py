"""The ledger of a running programme by page: out, edited as a spreadsheet program does it, looked at, in again."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing

import pytest
import xlsxwriter
from python_calamine import load_workbook

from documents import ledger_sheets, rosters
from tests.web.browsing import Office
from tests.workflow.world import DEFINITION, World
from workflow import catalogue, library, rehearsal
from workflow.tasks import standing, writing

FOLDER = DEFINITION.parent
PAGE = "/programmes/huludao-delivery-2021/ledger"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    """Huludao 2021 with its 137 tasks."""
    from documents import ledgers

    text = library.load(FOLDER / "huludao-delivery.yaml").text
    tasks = ledgers.read(FOLDER / "ledgers" / "huludao-delivery.xlsx")
    pinned = writing.composed(text, tasks, name="huludao", cycle=2021)
    roster = rosters.read(FOLDER / "rosters" / "huludao-delivery.xlsx")
    now = rehearsal.start_of(pinned, 2021)
    with closing(World.launched(sqlite_url, now=now, pinned=pinned, roster=roster, cycle=2021)) as world:
        yield Office(world)


def edited(data: bytes, **cells: str) -> tuple[str, bytes, str]:
    """The workbook read, changed and saved by another program, which takes numbers for numbers."""
    with load_workbook(io.BytesIO(data)) as book:
        rows = book.get_sheet_by_name("台账").to_python()
    for place, text in cells.items():
        rows[int(place[1:]) - 1]["ABCDEFGHIJ".index(place[0])] = text
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": True}) as made:
        page = made.add_worksheet("台账")
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return ("台账.xlsx", out.getvalue(), SHEET)


def test_a_ledger_goes_out_is_edited_and_comes_in_row_by_row(office: Office) -> None:
    clerk = office.person()
    assert "现行台账 137 项任务" in clerk.open(PAGE).text
    for path in (f"{PAGE}.xlsx", f"{PAGE}.xlsx?bare=1"):
        same = clerk.client.get(path).content
        clerk.open(PAGE)
        page = clerk.press("看有哪些变化", files={"file": [edited(same)]})
        assert "0 行有变化，137 行不变" in page.text and not page.offers("确认导入")
    clerk.open(PAGE)
    page = clerk.press("看有哪些变化", files={"file": [edited(same, C15="新的任务名称", J15="市长办公会定")]})
    assert "1 行有变化，136 行不变" in page.text and "表中第 15 行 修改" in page.text
    assert "新的任务名称" in page.text and "市长办公会定" in page.text
    done = clerk.press("确认导入", comment="按会议要求")
    assert "台账已导入，共137项任务" in done.text
    with office.engine.looking() as act:
        listed = catalogue.by_key(act, "huludao-delivery-2021")
        kept = standing.tasks_of(act, listed)[13]
        assert (kept.title, kept.remark) == ("新的任务名称", "市长办公会定")
        again = ledger_sheets.workbook(standing.tasks_of(act, listed))
    clerk.open(PAGE)
    assert "137 行不变" in clerk.press("看有哪些变化", files={"file": [edited(again)]}).text


def test_what_is_wrong_is_told_by_row_and_nothing_is_kept(office: Office) -> None:
    clerk = office.person()
    sheet = clerk.client.get(f"{PAGE}.xlsx?bare=1").content
    clerk.open(PAGE)
    page = clerk.press("看有哪些变化", files={"file": [edited(sheet, D15="没有这个单位", G16="某天")]})
    assert page.status == 422 and "没有读入" in page.text and "第16行“完成时限”" in page.text
    clerk.open(PAGE)
    assert "请先选择台账文件" in clerk.press("看有哪些变化").text
    with office.world.store.read() as session:
        drafts = session.connection().exec_driver_sql("SELECT count(*) FROM draft").scalar()
        versions = session.connection().exec_driver_sql("SELECT count(*) FROM programme_version").scalar()
    assert (drafts, versions) == (0, 1)


def test_an_earlier_date_is_confirmed_and_units_and_inspectors_stay_out(office: Office) -> None:
    clerk = office.person()
    sheet = clerk.client.get(f"{PAGE}.xlsx?bare=1").content
    clerk.open(PAGE)
    page = clerk.press("看有哪些变化", files={"file": [edited(sheet, G2="9月底")]})
    assert "以下截止日期提前了" in page.text
    refused = clerk.press("确认导入", comment="提前")
    assert refused.status == 422 and "须经确认" in refused.text
    assert "台账已导入" in clerk.press("确认导入", comment="提前", confirm_earlier="yes").text
    assert office.person("inspector").open(PAGE).status == 403
    assert office.visitor().client.get(f"{PAGE}.xlsx", follow_redirects=False).status_code == 303
