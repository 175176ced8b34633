"""督办单: numbered without a gap, noted in the history of what they name, withdrawn with a reason."""

from __future__ import annotations

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from docx import Document

from documents import urging_sheet
from tests.workflow.world import OFFICE, World, local
from workflow import catalogue, paper_items, submissions, urging_sheets
from workflow.acts import Actor
from workflow.paper_items import Filters
from workflow.refusals import CommentMissing, DateRefused, Forbidden, NotAllowedNow, NotFound, Refusal
from workflow.urging_sheets import Order, Paper, PaperRefused

NOW = local("2022-01-06 10:00")
REPLY = date(2022, 1, 11)
ORDER = Order(("KJJ",), REPLY)
INSPECTOR = Actor("督查专员", "inspector")


@pytest.fixture
def late(sqlite_world: World) -> World:
    """Everybody is two days late; the first rung after the date has turned all lights red."""
    sqlite_world.advance(NOW)
    return sqlite_world


def issue(world: World, order: Order = ORDER, *, actor: Actor = OFFICE) -> tuple[Paper, ...]:
    with world.act(NOW, actor) as act:
        return urging_sheets.issue(act, world.key, order)


def test_numbers_have_no_gap_and_no_double_whoever_makes_them_at_once(world: World) -> None:
    world.advance(NOW)
    units = ("KJJ", "FGW", "GXJ", "JYTYJ", "GAJ", "MZJ", "SFJ", "CZJ")
    refused = replace(ORDER, units=("FGW", "no-such-unit"))

    def make(unit: str) -> str:
        with pytest.raises(PaperRefused):
            issue(world, refused)
        return issue(world, replace(ORDER, units=(unit,)))[0].number

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(make, units))
    assert sorted(numbers) == [f"督〔2022〕第{number}号" for number in range(1, 9)]
    assert not world.broken_chains()
    with world.look(NOW, OFFICE) as act:
        first = urging_sheets.listing(act, world.key, limit=3)
        rest = urging_sheets.listing(act, world.key, cursor=first.next)
    assert first.total == 8 and [one.number for one in (*first.items, *rest.items)][::-1] == sorted(numbers)


def test_a_year_begins_at_one(late: World) -> None:
    assert issue(late)[0].number == "督〔2022〕第1号"
    with late.act(local("2023-01-03 09:00")) as act:
        made = urging_sheets.issue(act, late.key, replace(ORDER, reply_by=date(2023, 1, 5)))
    assert made[0].number == "督〔2023〕第1号"
    assert issue(late)[0].number == "督〔2022〕第2号"


def test_a_paper_names_what_is_owed_since_when_and_at_whose_desk(late: World) -> None:
    late.hand_in("FGW", now=NOW)
    mine, theirs = issue(late, replace(ORDER, units=("KJJ", "FGW"), words="请亲自过问。"))
    [item] = mine.items
    assert (item.title, item.due, item.days, item.working_days) == ("报送建标学习对象", date(2022, 1, 4), 2, 2)
    assert (item.waiting_on, item.desk) == ("unit", "联络员、主要负责同志")
    assert theirs.items[0].waiting_on == "approver" and "市长" in theirs.items[0].desk
    assert (mine.colour, mine.number, theirs.number) == ("red", "督〔2022〕第1号", "督〔2022〕第2号")
    told = late.history("KJJ")[-1]
    assert (told.event, told.facts) == ("urging-sheet", {"number": mine.number, "colour": "red"})
    assert told.source == told.dest == "overdue-draft" and not late.broken_chains()


def test_what_a_paper_named_stays_when_the_submission_moves_on(late: World) -> None:
    [made] = issue(late)
    late.file("KJJ", now=local("2022-01-07 09:00"))
    with late.look(local("2022-01-07 10:00"), OFFICE) as act:
        assert urging_sheets.papers(act, late.key, [made.id]) == (made,)


def test_the_colour_follows_the_light_unless_the_office_says_otherwise(late: World) -> None:
    assert paper_items.colour_of(["green", "yellow"]) == "yellow" and paper_items.colour_of([]) == "blue"
    assert issue(late, replace(ORDER, colour="yellow"))[0].colour == "yellow"
    with late.look(NOW, OFFICE) as act:
        listed = catalogue.by_key(act, late.key)
        some, total = paper_items.owing(act, listed, Filters(category="党委部门"), own=())
        none, _ = paper_items.owing(act, listed, Filters(min_days=3), own=())
    assert (total, {one.colour for one in some}, {one.count for one in some}) == (4, {"red"}, {1})
    assert not none


def test_something_due_soon_can_be_named_on_a_blue_paper(sqlite_world: World) -> None:
    now = local("2021-12-31 10:00")
    number = sqlite_world.id_of("KJJ")
    with sqlite_world.act(now) as act:
        [made] = urging_sheets.issue(act, sqlite_world.key, replace(ORDER, submissions=(number,)))
    assert (made.colour, made.items[0].overdue) == ("blue", False)
    assert "即将到期1件，现予提醒" in urging_sheet.said(made)


def test_a_withdrawn_paper_keeps_its_number_and_says_so(late: World) -> None:
    [made] = issue(late)
    with late.act(NOW) as act:
        taken = urging_sheets.withdraw(act, late.key, made.id, comment="错发")
    assert taken.withdrawn_at == NOW and late.history("KJJ")[-1].event == "urging-sheet-withdrawn"
    assert late.history("KJJ")[-1].comment == "错发"
    assert issue(late)[0].number == "督〔2022〕第2号"
    with late.refusing(NotAllowedNow), late.act(NOW) as act:
        urging_sheets.withdraw(act, late.key, made.id, comment="再撤")
    assert "（已撤回）" in words(urging_sheet.write([taken]))


@pytest.mark.parametrize(
    ("order", "kind"),
    [
        (replace(ORDER, units=()), PaperRefused),
        (replace(ORDER, units=("KJJ",) * 101), PaperRefused),
        (replace(ORDER, units=("OFFICE",)), PaperRefused),
        (replace(ORDER, obligation="work-plan"), PaperRefused),
        (replace(ORDER, submissions=(999,)), PaperRefused),
        (replace(ORDER, colour="green"), PaperRefused),
        (replace(ORDER, reply_by=date(2022, 1, 5)), DateRefused),
        (replace(ORDER, reply_by=date(2023, 2, 1)), DateRefused),
    ],
)
def test_a_refused_paper_writes_nothing(late: World, order: Order, kind: type[Refusal]) -> None:
    with late.refusing(kind):
        issue(late, order)


def test_only_the_office_makes_and_withdraws_papers(late: World) -> None:
    [made] = issue(late)
    with late.refusing(Forbidden):
        issue(late, actor=INSPECTOR)
    with late.refusing(Forbidden), late.act(NOW, INSPECTOR) as act:
        urging_sheets.withdraw(act, late.key, made.id, comment="错发")
    with late.refusing(CommentMissing), late.act(NOW) as act:
        urging_sheets.withdraw(act, late.key, made.id, comment=" ")
    with late.refusing(NotFound), late.act(NOW) as act:
        urging_sheets.withdraw(act, late.key, 99, comment="错发")
    with late.look(NOW, Actor("联络员", "unit", "KJJ")) as act, pytest.raises(Forbidden):
        urging_sheets.listing(act, late.key)


def words(file: bytes) -> str:
    paper = Document(io.BytesIO(file))
    cells = (cell.text for table in paper.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(one.text for one in paper.paragraphs), *cells])


def test_papers_are_one_file_with_a_page_each_or_a_file_each(late: World) -> None:
    with late.act(NOW) as act:
        submissions.extend(act, late.id_of("KJJ"), until=date(2022, 1, 7), comment="待确认")
    late.advance(local("2022-01-10 09:00"))
    with late.act(local("2022-01-10 09:00")) as act:
        made = urging_sheets.issue(act, late.key, replace(ORDER, units=("KJJ", "FGW"), words="请过问。\n办结后报告。"))
    file = urging_sheet.write(made)
    said = words(file)
    for part in (
        "督〔2022〕第1号", "督〔2022〕第2号", "市科学技术局：", "督办单（红色）", "2022年1月7日（原定2022年1月4日）",
        "并于2022年1月11日前书面反馈", "办结后报告。", "主要负责同志签字",
    ):  # fmt: skip
        assert part in said, part
    begins = [one.text for one in Document(io.BytesIO(file)).paragraphs if one.paragraph_format.page_break_before]
    assert len(begins) == 1 and file == urging_sheet.write(made)
    with zipfile.ZipFile(io.BytesIO(urging_sheet.write_zip(made))) as packed:
        assert packed.namelist() == ["督〔2022〕第1号_市科学技术局.docx", "督〔2022〕第2号_市发展和改革委员会.docx"]
    assert "没有督办单" in words(urging_sheet.write([]))
