"""What a 通报 says: sections of sentences and tables from the facts of a period, for the page and the Word file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from documents.gongwen import chinese_day, numeral
from workflow.bulletins import Bulletin, DutyLine
from workflow.figures import Tally
from workflow.moments import SHANGHAI
from workflow.outcomes import Case, Outcome

_COLOURS = {"blue": "蓝色", "yellow": "黄色", "red": "红色"}
_HEADS = ("应报", "按时", "延期内", "逾期后报", "尚未报", "免报", "按时率")
#: So many units fit a document; more belong into a workbook.
MOST_ROWS = 300
_NAME, _WIDTHS = 56, (13, 13, 14, 17, 15, 13, 15)


@dataclass(frozen=True)
class Sentence:
    """A paragraph; ``lead`` is a heading of the second level that stands before it."""

    text: str
    lead: str = ""


@dataclass(frozen=True)
class Table:
    """A table under its caption; ``widths`` in mm on paper."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True)
class Section:
    """A section under its heading, which has no number yet."""

    title: str
    sentences: tuple[Sentence, ...]
    tables: tuple[Table, ...] = ()


def subject(facts: Bulletin) -> str:
    """The title."""
    return f"关于{facts.period.title}{facts.title}报送情况的通报"


def sections(facts: Bulletin) -> tuple[Section, ...]:
    """Everything that is told from facts, in its order; what there is nothing to say of is left out."""
    found = [Section("总体情况", tuple(Sentence(one) for one in overall(facts)), tuple(_by_duty(facts)))]
    if facts.total.total:
        says = "各类单位报送情况见下表，按花名册顺序排列。逐个单位的情况见附表。"
        found.append(Section("各类单位情况", (Sentence(says),), (_by_category(facts),)))
        found.append(Section("逾期情况", tuple(_late(facts))))
    told = tuple(Sentence(one) for one in events(facts))
    if told:
        found.append(Section("退回、延期、免报和督促情况", told))
    if facts.ranking:
        found.append(Section("评分排名", (), tuple(_rankings(facts))))
    return tuple(found)


def annex(facts: Bulletin) -> Table:
    """Unit by unit, in the roster's order; of very many only those with something late, and not all of these."""
    lines = facts.by_unit
    if len(lines) > MOST_ROWS:
        lines = tuple(line for line in lines if line.tally.of("late") + line.tally.of("overdue"))[:MOST_ROWS]
    rows = tuple(_row(line.unit.name, line.tally) for line in lines)
    return Table("各单位报送情况（单位：件）", ("单位", *_HEADS), rows, (_NAME, *_WIDTHS))


def annex_note(facts: Bulletin) -> str:
    """How the table of units is to be read."""
    said = "按花名册顺序排列，不作排名。按时率为按最初截止日按时报送的件数占已到期件数的比例。"
    cut = f"单位共{len(facts.by_unit)}个，仅列有逾期的，最多{MOST_ROWS}个。" if len(facts.by_unit) > MOST_ROWS else ""
    return said + cut


def opening(facts: Bulletin) -> str:
    """The first paragraph where the office has written none of its own."""
    return (
        f"按照《{facts.document}》要求，现将{facts.period.title}各单位报送情况通报如下，统计截至{until(facts.as_of)}。"
    )


def until(at: datetime) -> str:
    """An instant as circulars write it: midnight is 24 o'clock of the day before."""
    local = at.astimezone(SHANGHAI)
    if local.time() == time(0, 0):
        return f"{chinese_day(local.date() - timedelta(days=1))}24时"
    return f"{chinese_day(local.date())}{local.hour}时{local.minute:02d}分"


def overall(facts: Bulletin) -> Iterator[str]:
    """The sentences of the first section, each from the facts."""
    total = facts.total
    if not total.total:
        yield f"{facts.period.title}各单位没有到期的报送事项。"
    else:
        yield _counted(f"{facts.period.title}各单位应报送{total.total}件，", total)
    if facts.office.total:
        yield _counted(f"领导小组办公室和有关工作机构自身应完成{facts.office.total}件，", facts.office)
    yield compared(facts)


def _counted(begin: str, tally: Tally) -> str:
    if not tally.due:
        rest = [f"免报{tally.of('exempt')}件"] if tally.of("exempt") else []
        rest += [f"未到期{tally.of('open')}件"] if tally.of("open") else []
        return begin + "、".join(rest) + "。"
    said = [f"已到期{tally.due}件，其中按时报送{tally.of('in-time')}件，按时率{share(tally.rate)}"]
    if tally.of("in-extension"):
        said.append(f"经批准延期、在延期内报送{tally.of('in-extension')}件（计入后按时率{share(tally.extended_rate)}）")
    said.append(f"逾期后报送{tally.of('late')}件")
    said.append(f"尚未报送{tally.of('overdue')}件")
    said += [f"另有免报{tally.of('exempt')}件"] if tally.of("exempt") else []
    said += [f"未到期{tally.of('open')}件"] if tally.of("open") else []
    return begin + "；".join(said) + "。"


def compared(facts: Bulletin) -> str:
    """How the period compares with the one before it."""
    before, now = facts.before, facts.total
    if before is None or before.rate is None:
        return f"{facts.before_title}没有到期的报送事项，不作比较。"
    if now.rate is None:
        return f"{facts.before_title}按时率{share(before.rate)}，本期没有到期事项，不作比较。"
    points = round(now.rate * 100, 1) - round(before.rate * 100, 1)
    moved = "持平" if round(points, 1) == 0 else f"{'提高' if points > 0 else '下降'}{abs(points):.1f}个百分点"
    return (
        f"与{facts.before_title}相比，按时率由{share(before.rate)}变为{share(now.rate)}，{moved}；"
        f"期末尚未报送由{before.of('overdue')}件变为{now.of('overdue')}件。"
    )


def share(rate: float | None) -> str:
    """A share with one decimal."""
    return "–" if rate is None else f"{rate * 100:.1f}%"


def _by_duty(facts: Bulletin) -> Iterator[Table]:
    rows = [_row(line.title, line.tally) for line in facts.by_duty]
    if len(rows) > 1:
        rows.append(_row("合计", facts.total))
    if rows:
        yield Table("各事项报送情况（单位：件）", ("报送事项", *_HEADS), tuple(rows), (_NAME, *_WIDTHS))


def _by_category(facts: Bulletin) -> Table:
    rows = tuple(_row(name or "未分类", tally) for name, tally in facts.by_category.items())
    return Table("各类单位报送情况（单位：件）", ("单位类别", *_HEADS), rows, (_NAME, *_WIDTHS))


def _row(name: str, tally: Tally) -> tuple[str, ...]:
    kinds: tuple[Outcome, ...] = ("in-time", "in-extension", "late", "overdue", "exempt")
    return (name, str(tally.total), *(str(tally.of(kind)) for kind in kinds), share(tally.rate))


def _late(facts: Bulletin) -> Iterator[Sentence]:
    lines = [line for line in facts.by_duty if line.named]
    if not lines:
        yield Sentence("本期到期事项均已按时报送。" if facts.total.due else "本期没有到期事项。")
    for number, line in enumerate(lines, start=1):
        yield Sentence("".join(late_of(line, facts.as_of)), f"（{numeral(number)}）{line.title}。")
    if facts.cut:
        yield Sentence("逾期件数较多，以上未逐一列出，其余见逾期清单。")


def late_of(line: DutyLine, as_of: datetime) -> Iterator[str]:
    """Who came within an extension, late, or not yet; those alike together, by date and in the roster's order."""
    kinds = {"in-extension": "在延期内报送", "late": "逾期后报送", "overdue": f"截至{until(as_of)}尚未报送"}
    for outcome, words in kinds.items():
        alike: dict[str, list[str]] = {}
        for one in line.named:
            if one.case.outcome == outcome:
                alike.setdefault(_how(one.case), []).append(one.unit + (f"（{one.about}）" if one.about else ""))
        if alike:
            count = sum(map(len, alike.values()))
            each = "；".join(f"{how}的{len(units)}件，{'、'.join(units)}" for how, units in alike.items())
            yield f"{words}{count}件：{each}。"


def _how(case: Case) -> str:
    """The dates of a case: 应报1月4日、延期至1月12日、1月14日报送、逾期2天; due on the last day: 当日到期未报."""
    said = [f"应报{_short(case.due)}"]
    said += [f"延期至{_short(case.until)}"] if case.until else []
    said += [f"{_short(case.arrived.astimezone(SHANGHAI).date())}报送"] if case.arrived else []
    if case.outcome != "in-extension":
        fresh = "逾期不足1天" if case.outcome == "late" else "当日到期未报"
        said.append(f"逾期{case.days}天" if case.days else fresh)
    return "、".join(said)


def _short(day: date) -> str:
    return f"{day.month}月{day.day}日"


def events(facts: Bulletin) -> Iterator[str]:
    """What the period brought beside filings; nothing is said of what did not happen."""
    told = facts.happened
    if told.returned:
        units = "、".join(f"{unit}{number}件次" for unit, number in told.returned.items())
        yield f"退回修改{sum(told.returned.values())}件次，涉及{len(told.returned)}个单位：{units}。"
    if told.extended:
        each = "、".join(
            f"{one.unit}{one.obligation}由{_short(one.due)}延至{_short(one.until)}"
            for one in told.extended
            if one.until
        )
        yield f"批准延期{len(told.extended)}件：{each}。计算按时率仍以最初日期为准。"
    if told.exempted:
        yield f"批准免报{len(told.exempted)}件：{'、'.join(f'{one.unit}{one.obligation}' for one in told.exempted)}。"
    if facts.turn is not None:
        turn = facts.turn
        yield (
            f"作出审签决定{turn.count}件，从请求审签到作出决定用时中位数{turn.median:.1f}个工作小时，"
            f"九成不超过{turn.ninetieth:.1f}个工作小时。"
        )
    urged = [f"催办{told.urged}件次"] if told.urged else []
    if told.papers:
        each = "、".join(f"{word}{told.papers[colour]}份" for colour, word in _COLOURS.items() if colour in told.papers)
        urged.append(f"发出督办单{sum(told.papers.values())}份（{each}）")
    if urged:
        yield "，".join(urged) + "。"


def _rankings(facts: Bulletin) -> Iterator[Table]:
    """Only where the definition scores, and only what is filed."""
    for title in dict.fromkeys(one.obligation for one in facts.ranking):
        rows = [(str(one.rank), one.unit, f"{one.total:.1f}") for one in facts.ranking if one.obligation == title]
        yield Table(f"{title}得分", ("名次", "单位", "得分"), tuple(rows), (20, 106, 30))
