"""The office's questions: who is late, what comes next, why a submission stands as it does."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.printing import OutputRefused, as_json, as_table, note, put
from workflow.refusals import NotFound, QueryRefused

if TYPE_CHECKING:
    from workflow.overdue import Item, OverduePage
    from workflow.upcoming import Upcoming

#: No table numbers its submissions beyond this.
_LAST_NUMBER = 2**31 - 1
_MOST_DAYS = 3660


class SubmissionUnknown(NotFound):
    """没有编号为{number}的报送件。"""


class OverdueFormat(StrEnum):
    """How the overdue list is printed."""

    table = "table"
    json = "json"
    csv = "csv"
    xlsx = "xlsx"


class NextFormat(StrEnum):
    """How what comes is printed."""

    table = "table"
    json = "json"


class WhyFormat(StrEnum):
    """How an explanation is printed."""

    text = "text"
    json = "json"


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command()(overdue)
    app.command("next")(next_)
    app.command()(why)


def overdue(
    programme: Annotated[str | None, typer.Option(help="方案，如 ordos-benchmarking-2022")] = None,
    obligation: Annotated[str | None, typer.Option(help="报送事项，如 target-choice")] = None,
    category: Annotated[str | None, typer.Option(help="单位类别")] = None,
    unit: Annotated[str | None, typer.Option(help="单位编码，或名称中的一部分")] = None,
    waiting_on: Annotated[str | None, typer.Option(help="卡在：unit、approver、office")] = None,
    min_days: Annotated[int | None, typer.Option(help="至少逾期多少天")] = None,
    sort: Annotated[
        str, typer.Option(help="排序：-days_late、days_late、due、unit、alert，前加“-”为倒序")
    ] = "-days_late",
    format: Annotated[OverdueFormat, typer.Option("--format", help="输出格式")] = OverdueFormat.table,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="写入文件；xlsx 必须写")] = None,
) -> None:
    """逾期清单：谁逾期、从何时起、卡在谁那里。"""
    from service import open_existing
    from workflow import overdue as lists

    if format == OverdueFormat.xlsx and output is None:
        raise OutputRefused(reason="xlsx 格式须用 -o 写明文件名")
    wanted = lists.Filters(programme, obligation, category, unit, waiting_on, min_days)
    with open_existing() as service, service.engine.looking() as act:
        page = lists.listing(
            act, programme=programme, obligation=obligation, category=category, unit=unit,
            waiting_on=waiting_on, min_days=min_days, sort=sort, limit=1,
        )  # fmt: skip
        items = lists.everything(act, wanted, sort=sort)
    put(_overdue_in(format, items, page), output)
    if output is not None:
        note(f"已写入 {output}，共{len(items)}件")


def next_(
    days: Annotated[int, typer.Option(help="往后看多少天")] = 30,
    format: Annotated[NextFormat, typer.Option("--format", help="输出格式")] = NextFormat.table,
) -> None:
    """今后会发生什么：截止、提醒、升级、催签和待发消息。"""
    from datetime import timedelta

    from service import open_existing
    from workflow import holding, upcoming

    if not 0 <= days <= _MOST_DAYS:
        raise QueryRefused(reason=f"天数（--days）须在0到{_MOST_DAYS}之间")
    with open_existing() as service, service.engine.looking() as act:
        found = upcoming.ahead(act, until=act.now + timedelta(days=days))
        held, holds = sum(holding.held(act.session).values()), holding.holds(act.session)
    if format == NextFormat.json:
        put(as_json([_as_row(one, act.now >= one.at) for one in found]), None)
    else:
        rows = [(_when(one, act.now >= one.at), one.programme, one.what) for one in found]
        put(as_table(f"今后{days}天将发生{len(found)}项", ("时间", "方案", "内容"), rows), None)
    for hold in holds:
        note(f"注意：{hold.text}，暂存{held}条；核对后执行 duban release 放行")


def why(
    submission: Annotated[int, typer.Argument(metavar="SUBMISSION", help="报送件编号")],
    format: Annotated[WhyFormat, typer.Option("--format", help="输出格式")] = WhyFormat.text,
) -> None:
    """为何是这个状态：日期怎么算、提醒过谁、谁作过决定。"""
    from commands.explanation import written
    from service import open_existing
    from workflow.why import explain

    if not 0 < submission <= _LAST_NUMBER:
        raise SubmissionUnknown(number=submission)
    with open_existing() as service, service.engine.looking() as act:
        try:
            found = explain(act, submission)
        except NotFound:
            raise SubmissionUnknown(number=submission) from None
    put(as_json(found) if format == WhyFormat.json else written(found), None)


def _overdue_in(format: OverdueFormat, items: tuple[Item, ...], page: OverduePage) -> bytes | str:
    from documents import overdue_sheet

    match format:
        case OverdueFormat.csv:
            return overdue_sheet.write_csv(items)
        case OverdueFormat.xlsx:
            return overdue_sheet.write_xlsx(items, page.as_of)
        case OverdueFormat.json:
            return _overdue_json(items, page)
        case OverdueFormat.table:
            return _overdue_table(items, page)


def _overdue_json(items: tuple[Item, ...], page: OverduePage) -> str:
    """The answer of the API, with every item on one page."""
    from dataclasses import replace

    from web.api.overdue import OverdueList

    whole = OverdueList.model_validate(replace(page, items=items, next=None))
    return whole.model_dump_json(by_alias=True, indent=1) + "\n"


def _overdue_table(items: tuple[Item, ...], page: OverduePage) -> str:
    from workflow.desks import shown_instant

    rows = [
        (
            str(one.submission_id), one.unit.name, one.obligation_title, one.due_date.isoformat(),
            f"{one.days_late}天（{one.working_days_late}个工作日）", _stuck(one),
            f"{shown_instant(one.last_alert_at)} {one.rung_title}" if one.last_alert_at else "",
        )
        for one in items
    ]  # fmt: skip
    headings = ("编号", "单位", "报送事项", "截止日期", "逾期", "卡在", "最近提醒")
    table = as_table(f"逾期清单（截至{shown_instant(page.as_of)}，共{page.total}件）", headings, rows)
    by_obligation = {page.obligation_titles.get(key, key): number for key, number in page.by_obligation.items()}
    for title, counts in (("按类别", page.by_category), ("按事项", by_obligation)):
        if counts:
            table += f"{title}：" + "，".join(f"{name or '未分类'}{number}件" for name, number in counts.items()) + "\n"
    return table


def _stuck(one: Item) -> str:
    from commands.explanation import who
    from documents.overdue_sheet import WAITING_ON

    desks = "、".join(who(desk.post, desk.name) for desk in one.stuck_with)
    return "：".join(part for part in (WAITING_ON.get(one.waiting_on, one.waiting_on), desks) if part)


def _as_row(one: Upcoming, due: bool) -> dict[str, object]:
    return {
        "at": one.at, "due": due, "kind": one.kind, "programme": one.programme, "obligation": one.obligation or None,
        "occurrence": one.occurrence or None, "unit": one.unit or None, "count": one.count, "to": one.to,
        "what": one.what,
    }  # fmt: skip


def _when(one: Upcoming, due: bool) -> str:
    from workflow.desks import shown_instant

    return shown_instant(one.at) + ("（已到时）" if due else "")
