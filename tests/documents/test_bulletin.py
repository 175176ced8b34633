"""The 通报 of the first quarter of Ordos 2022: every number in the document is counted again from the bare tables."""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest
from docx import Document
from docx.document import Document as Paper
from docx.oxml.ns import qn
from sqlalchemy import text

from documents import bulletin, bulletin_text, gongwen, word
from tests.workflow import quarter
from tests.workflow.test_batches import do, undo
from tests.workflow.world import OFFICE, World, local
from workflow import bulletin_words, bulletins
from workflow.acts import Actor
from workflow.batch_choices import Chosen, Order
from workflow.bulletins import Bulletin
from workflow.moments import SHANGHAI
from workflow.refusals import ContentUnreadable, Forbidden

NOW = local("2022-04-08 09:00")
END = local("2022-04-01")
#: Columns of the tables, as the outcomes are called here.
KINDS = ("in-time", "in-extension", "late", "overdue", "exempt")
Tallies = dict[str, Counter[str]]


def facts_of(world: World, period: str = "2022Q1", *, now: datetime = NOW) -> Bulletin:
    with world.look(now, OFFICE) as act:
        return bulletins.of(act, world.key, period)


def opened(facts: Bulletin) -> Paper:
    return Document(io.BytesIO(bulletin.write(facts)))


def said(paper: Paper) -> str:
    return "\n".join(one.text for one in paper.paragraphs)


class Counted:
    """The quarter as the tables have it, by plain SQL and plain loops; nothing of the product's own counting."""

    def __init__(self, world: World) -> None:
        self.by_duty: Tallies = defaultdict(Counter)
        self.by_category: Tallies = defaultdict(Counter)
        self.by_unit: Tallies = defaultdict(Counter)
        self.office: Counter[str] = Counter()
        self.named: dict[tuple[str, str], set[str]] = defaultdict(set)
        with world.look(NOW) as act:
            titles = {name: one.title for name, one in act.definition(1).obligations.items()}
        with world.store.read() as session:
            rows = session.execute(
                text(
                    "SELECT s.id, s.obligation, s.due_date, s.extended_from, u.name, u.category, u.body, u.code "
                    "FROM submission s JOIN unit u ON u.code = s.unit"
                )
            ).all()
            history = session.execute(
                text("SELECT submission_id, seq, at, event, source, dest FROM history ORDER BY submission_id, seq")
            ).all()
        past: dict[int, list[tuple[datetime, str, str]]] = defaultdict(list)
        for number, _, at, event, source, dest in history:
            if _instant(at) <= END:
                past[number].append((_instant(at), event, dest if source != dest else ""))
        for number, obligation, due, extended, name, category, body, code in rows:
            first = str(extended or due)[:10]
            if "2022-01-01" <= first <= "2022-03-31" and past[number]:
                self._count(past[number], first, str(due)[:10], titles[obligation], (name, category, body or code))

    def _count(
        self, past: list[tuple[datetime, str, str]], first: str, due: str, title: str, unit: tuple[str, str, str]
    ) -> None:
        moves = [(at, dest) for at, _, dest in past if dest]
        end = due if any(event == "extend" for _, event, _ in past) else first
        at, dest = moves[-1]
        kind = "open" if _end(end) > END else "overdue"
        if dest == "filed":
            kind = "in-time" if at < _end(first) else "in-extension" if at < _end(end) else "late"
        elif dest == "exempt":
            kind = "exempt"
        name, category, body = unit
        if body == "OFFICE" or "/" in body:
            self.office[kind] += 1
            return
        for place, key in ((self.by_duty, title), (self.by_category, category), (self.by_unit, name)):
            place[key][kind] += 1
        self.named[title, kind].add(name)

    @property
    def total(self) -> Counter[str]:
        return sum(self.by_duty.values(), Counter[str]())


def _instant(value: object) -> datetime:
    """SQLite hands out text in UTC without an offset, PostgreSQL an aware instant."""
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _end(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=SHANGHAI) + timedelta(days=1)


def row_of(name: str, counts: Counter[str]) -> list[str]:
    due = sum(counts[kind] for kind in ("in-time", "in-extension", "late", "overdue"))
    rate = f"{counts['in-time'] / due * 100:.1f}%" if due else "–"
    return [name, str(sum(counts.values())), *(str(counts[kind]) for kind in KINDS), rate]


def test_every_number_of_the_first_quarter_is_right(world: World) -> None:
    quarter.played(world)
    facts, counted = facts_of(world), Counted(world)
    paper = opened(facts)
    duties, categories, units = ([[cell.text for cell in row.cells] for row in one.rows[1:]] for one in paper.tables)
    assert duties[-1] == row_of("合计", counted.total)
    assert sorted(duties[:-1]) == sorted(row_of(*one) for one in counted.by_duty.items())
    assert sorted(categories) == sorted(row_of(*one) for one in counted.by_category.items())
    assert sorted(units) == sorted(row_of(*one) for one in counted.by_unit.items())
    assert len(units) == 61
    total, office = counted.total, counted.office
    due, own = total.total() - total["exempt"] - total["open"], office.total() - office["open"]
    words = said(paper)
    first, late = total["in-time"] / due * 100, (total["in-time"] + total["in-extension"]) / due * 100
    assert (
        f"2022年第一季度各单位应报送{total.total()}件，已到期{due}件，其中按时报送{total['in-time']}件，按时率{first:.1f}%；"
        f"经批准延期、在延期内报送{total['in-extension']}件（计入后按时率{late:.1f}%）；逾期后报送{total['late']}件；"
        f"尚未报送{total['overdue']}件；另有免报{total['exempt']}件；未到期{total['open']}件。"
    ) in words
    assert f"自身应完成{office.total()}件，已到期{own}件，其中按时报送{office['in-time']}件" in words
    assert "2021年第四季度没有到期的报送事项，不作比较。" in words
    named(facts, counted)
    happened(world, words)


def named(facts: Bulletin, counted: Counted) -> None:
    """Who is named as late is who is late, with how many."""
    for line in facts.by_duty:
        sentences = "".join(bulletin_text.late_of(line, facts.as_of))
        for kind, begins in (("in-extension", "在延期内报送"), ("late", "逾期后报送"), ("overdue", "24时尚未报送")):
            wanted = counted.named[line.title, kind]
            assert {one.unit for one in line.named if one.case.outcome == kind} == wanted
            assert (f"{begins}{len(wanted)}件" in sentences) == bool(wanted)
            assert all(unit in sentences for unit in wanted)


def happened(world: World, words: str) -> None:
    """Returns, extensions, exemptions and urges are those of the histories."""
    with world.store.read() as session:
        asked = text(
            "SELECT event, count(*) FROM history WHERE event IN ('return', 'extend', 'exempt', 'urge') GROUP BY event"
        )
        counts = {row[0]: row[1] for row in session.execute(asked)}
        signed = session.execute(text("SELECT count(*) FROM sign_off WHERE decision IS NOT NULL")).scalar_one()
    for begins, event in (("退回修改", "return"), ("批准延期", "extend"), ("批准免报", "exempt"), ("催办", "urge")):
        assert f"{begins}{counts[event]}件" in words
    assert f"作出审签决定{signed}件" in words
    for part in (
        "由1月4日延至1月10日",
        "市审计局报送建标学习对象",
        "应报1月4日、延期至1月12日、1月14日报送、逾期2天的1件",
    ):
        assert part in words, part


def test_made_again_later_it_says_the_same(sqlite_world: World) -> None:
    quarter.played(sqlite_world)
    then, later = facts_of(sqlite_world), facts_of(sqlite_world, now=local("2022-06-01 09:00"))
    assert bulletin_text.sections(then) == bulletin_text.sections(later)
    assert bulletin.write(then) == bulletin.write(facts_of(sqlite_world))
    words = said(opened(then))
    assert "应报3月31日、当日到期未报的" in words and "应报1月4日、逾期86天的" in words
    assert then.as_of == END and bulletin_text.until(then.as_of) == "2022年3月31日24时"


def test_what_was_taken_back_by_the_end_is_not_told_and_what_was_later_stood(sqlite_world: World) -> None:
    world = sqlite_world
    world.advance(local("2022-01-05 09:00"))
    many, one = (Chosen(tuple(map(world.id_of, units))) for units in (("GXJ", "KJJ"), ("GAJ",)))
    for order in (Order("extend", "统一延期", date(2022, 1, 14)), Order("exempt", "机构撤销"), Order("urge")):
        undo(world, do(world, many, order).id)
    for order in (Order("extend", "统一延期", date(2022, 1, 14)), Order("urge")):
        assert do(world, one, order).counts["done"] == 1
    late = Order("extend", "统一延期", date(2022, 2, 14))
    undo(world, do(world, many, late, now=local("2022-01-31 10:00")).id, now=local("2022-02-02 10:00"))
    january, quarter_ = facts_of(world, "2022-01"), facts_of(world)
    assert (january.happened.urged, quarter_.happened.urged) == (1, 1)
    assert not january.happened.exempted and not quarter_.happened.exempted
    assert [told.until for told in january.happened.extended] == [date(2022, 1, 14), *[date(2022, 2, 14)] * 2]
    assert [told.until for told in quarter_.happened.extended] == [date(2022, 1, 14)]
    assert january.total.of("open") == 2 and quarter_.total.of("in-extension") == 0


def test_an_exemption_stands_until_it_is_taken_back_after_the_deadline(sqlite_world: World) -> None:
    chosen, order = Chosen((sqlite_world.id_of("GXJ"),)), Order("exempt", "机构撤销")
    done = do(sqlite_world, chosen, order, now=local("2022-01-04 09:00"))
    undo(sqlite_world, done.id, now=local("2022-02-02 09:00"))
    january, february = facts_of(sqlite_world, "2022-01"), facts_of(sqlite_world, "2022Q1")
    assert (january.total.of("exempt"), len(january.happened.exempted)) == (1, 1)
    assert (february.total.of("exempt"), len(february.happened.exempted)) == (0, 0)


def test_a_period_that_runs_is_told_as_it_stands(sqlite_world: World) -> None:
    facts = facts_of(sqlite_world, now=local("2022-01-04 10:05"))
    assert bulletin_text.until(facts.as_of) == "2022年1月4日10时05分"
    assert facts.total.due == 0 and "未到期183件" in said(opened(facts))


def test_a_period_with_nothing_in_it_says_so(sqlite_world: World) -> None:
    facts = facts_of(sqlite_world, "2021Q1")
    assert facts.empty and "2021年第一季度各单位没有到期的报送事项。" in said(opened(facts))
    assert not opened(facts).tables


def test_the_period_before_is_compared_as_it_stood_at_its_end(sqlite_world: World) -> None:
    quarter.played(sqlite_world)
    words = bulletin_text.compared(facts_of(sqlite_world, "2022-02"))
    assert words == "与2022年1月相比，按时率由8.5%变为2.5%，下降6.0个百分点；期末尚未报送由49件变为118件。"


def test_the_offices_words_are_kept_and_printed(sqlite_world: World) -> None:
    with sqlite_world.act(NOW) as act:
        bulletin_words.keep(
            act,
            sqlite_world.key,
            "2022q1",
            number="督办通报〔2022〕1号",
            opening="现通报如下。",
            measures="一是报送。\n二是整改。",
        )
    with sqlite_world.act(NOW) as act:
        bulletin_words.keep(
            act, sqlite_world.key, "2022Q1", number="督办通报〔2022〕2号", opening="", measures="一是报送。\n二是整改。"
        )
    words = said(opened(facts_of(sqlite_world)))
    assert "督办通报〔2022〕2号" in words and "现通报如下" not in words
    assert "、下一步要求\n一是报送。\n二是整改。\n" in words


def test_words_that_cannot_be_kept_are_refused_and_nothing_is_written(sqlite_world: World) -> None:
    words = {"number": "1", "opening": "", "measures": ""}
    for actor, more, kind in (
        (Actor("督查专员", "inspector"), {}, Forbidden),
        (OFFICE, {"number": "号" * 61}, ContentUnreadable),
        (OFFICE, {"measures": "甲\x00"}, ContentUnreadable),
    ):
        with sqlite_world.refusing(kind), sqlite_world.act(NOW, actor) as act:
            bulletin_words.keep(act, sqlite_world.key, "2022Q1", **{**words, **more})
    with sqlite_world.look(NOW, Actor("联络员", "unit", "KJJ")) as act, pytest.raises(Forbidden):
        bulletins.of(act, sqlite_world.key)


def test_the_page_is_that_of_a_public_document(sqlite_world: World) -> None:
    paper = opened(facts_of(sqlite_world))
    [section] = paper.sections
    sides = (section.page_width, section.page_height, section.top_margin, section.bottom_margin, section.left_margin,
             section.right_margin)  # fmt: skip
    assert [round(side.mm) for side in sides if side is not None] == [210, 297, 37, 35, 28, 26]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "lines" and 22 * int(grid.get(qn("w:linePitch"))) / 20 <= 225 / 25.4 * 72
    assert paper.settings.odd_and_even_pages_header_footer
    assert section.footer.paragraphs[0].alignment == word.RIGHT
    assert section.even_page_footer.paragraphs[0].alignment is None
    mark = paper.paragraphs[0]
    assert mark.text == "市对标先进提升创建工作领导小组办公室" and mark.runs[0].font.color.rgb == gongwen.RED
    runs = [run._element for one in paper.paragraphs for run in one.runs]
    fonts = {run.find(f"{qn('w:rPr')}/{qn('w:rFonts')}").get(qn("w:eastAsia")) for run in runs}
    assert fonts == {"方正小标宋简体", "黑体", "仿宋_GB2312"}


@pytest.mark.parametrize(("number", "word"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五")])
def test_headings_are_counted_in_chinese(number: int, word: str) -> None:
    assert gongwen.numeral(number) == word
