"""Definitions and programmes: check, launch, rehearse."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlmodel import Session

    from workflow.engine import Deliver, Engine
    from workflow.launch import Plan, PlannedObligation
    from workflow.library import Pinned
    from workflow.links import LinkMaker
    from workflow.rehearsal import Line, Rehearsed
    from workflow.roster import Roster
    from workflow.store import Store


class RehearsalFormat(StrEnum):
    """How a rehearsal is printed."""

    table = "table"
    json = "json"
    ics = "ics"


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command()(check)
    app.command()(launch)
    app.command()(rehearse)


def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="方案定义文件")],
    cycle: Annotated[
        int | None, typer.Option(min=2000, max=2100, help="按此年度核对日期（默认用文件中的 cycle）")
    ] = None,
) -> None:
    """检查方案定义：每处错误一行，格式为 文件:行:列: 代码: 说明。"""
    from workflow import library

    faults = 0
    for file in files:
        try:
            damaged = library.load(file, cycle=cycle).definition.damaged
            print(f"{file}：没有发现错误" + (f"（原文残缺{len(damaged)}处，已标明）" if damaged else ""))
        except library.FaultyDefinition as faulty:
            faults += len(faulty.faults)
            for fault in faulty.faults:
                print(fault)
    raise typer.Exit(1 if faults else 0)


def launch(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="方案定义文件")],
    cycle: Annotated[int, typer.Option(min=2000, max=2100, help="年度，月日都落在这一年")],
    roster: Annotated[Path | None, typer.Option(help="花名册（.xlsx 或 CSV 文件夹）；不写则用库中已有的")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出将要建立的内容和存在的问题，不写入")] = False,
    at: Annotated[str | None, typer.Option(help="演练库：把时钟拨到此刻再启动，如 2021-12-31T08:30")] = None,
) -> None:
    """启动方案：为每个单位建立报送件、截止日期和督办梯次。"""
    from service import open_for_trial, open_service
    from workflow import launch as launching
    from workflow import library, posts
    from workflow.acts import Act

    pinned = library.load(file, cycle=cycle)
    read = _roster(roster) if roster else None
    with (open_for_trial if dry_run else open_service)() as service, service.engine.store.write() as session:
        if read is not None:
            posts.import_roster(session, read)
        _set_clock(service.engine, session, pinned, cycle, at)
        act = Act(session, service.engine.now(session), service.engine.links)
        planned = launching.plan(act, pinned, cycle)
        _show_plan(planned)
        for line in late_at_once(planned, act.today):
            print(line, file=sys.stderr)
        if dry_run:
            session.rollback()
            raise typer.Exit(1 if planned.wrong else 0)
        launching.launch(act, pinned, cycle)
    print(f"已启动：{planned.key}，共{planned.submissions}件报送件")


def _set_clock(engine: Engine, session: Session, pinned: Pinned, cycle: int, at: str | None) -> None:
    """Put a rehearsal's clock where it is told, or where the programme begins when nobody has set it yet."""
    from workflow import clock, rehearsal
    from workflow.refusals import LaunchRefused

    if not engine.rehearsal:
        if at:
            raise LaunchRefused(reason="--at 只用于演练库（DUBAN_REHEARSAL=1）")
        return
    if at:
        clock.set_before_launch(session, _instant(at))
    elif not clock.is_set(session):
        clock.set_before_launch(session, rehearsal.start_of(pinned, cycle))


def rehearse(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="方案定义文件")],
    cycle: Annotated[int, typer.Option(min=2000, max=2100, help="年度")],
    roster: Annotated[Path, typer.Option(help="花名册（.xlsx 或 CSV 文件夹）")],
    start: Annotated[str | None, typer.Option("--from", help="从何时启动，默认为方案的印发时间")] = None,
    end: Annotated[str | None, typer.Option("--to", help="到何时为止（含当日），默认为年底")] = None,
    format: Annotated[RehearsalFormat, typer.Option("--format", help="输出格式")] = RehearsalFormat.table,
    calendar: Annotated[list[Path] | None, typer.Option(help="另外装入的放假安排（CSV），可写多次")] = None,
) -> None:
    """演练：无人报送时，一年里会发生的每次提醒、升级和逾期。不接触任何数据库。"""
    from workflow import library, rehearsal
    from workflow.calendars import parse_year

    pinned = library.load(file, cycle=cycle)
    begin = _instant(start) if start else rehearsal.start_of(pinned, cycle)
    finish = _end_of(end) if end else _end_of(f"{cycle}-12-31")
    years = dict(parse_year(path.read_text(encoding="utf-8-sig")) for path in calendar or ())
    done = rehearsal.rehearse(
        pinned, _roster(roster), cycle=cycle, start=begin, end=finish, years=years, deliver_through=_outbox
    )
    _say_provisional(done.plan)
    {
        RehearsalFormat.json: _print_json,
        RehearsalFormat.table: _print_table,
        RehearsalFormat.ics: _print_ics,
    }[format](done, pinned)


def _outbox(store: Store, links: LinkMaker) -> Deliver:
    import settings
    from notifier.channels import open_channels
    from notifier.deliveries import Mailroom

    channels, hours = open_channels(None, None, []), settings.load().hours
    return Mailroom(store, channels, links, "http://rehearsal.invalid", rehearsal=True, hours=hours).deliver


def _roster(path: Path) -> Roster:
    from documents import rosters
    from workflow.roster import require_sound

    read = rosters.read(path)
    for warning in require_sound(read):
        print(f"提示：{warning}", file=sys.stderr)
    return read


def _instant(written: str) -> datetime:
    from workflow.moments import SHANGHAI
    from workflow.refusals import DateRefused

    try:
        instant = datetime.fromisoformat(written)
    except ValueError:
        raise DateRefused(reason=f"“{written}”看不懂，请写成 2021-12-31 或 2021-12-31T08:30") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)


def _end_of(written: str) -> datetime:
    instant = _instant(written)
    return instant.replace(hour=23, minute=59, second=59) if len(written) == 10 else instant


def _show_plan(planned: Plan) -> None:
    print(f"方案：{planned.key}")
    by_obligation: dict[str, list[PlannedObligation]] = {}
    for one in planned.obligations:
        by_obligation.setdefault(one.obligation, []).append(one)
    for times in by_obligation.values():
        first, last = times[0], times[-1]
        more = f"，至{last.due_date:%Y-%m-%d}共{len(times)}期" if len(times) > 1 else ""
        later = f"，{first.opens_at:%Y-%m-%d}起开放" if first.opens_at else ""
        units = f"{len(first.units)}个单位"
        print(f"  {first.due_date:%Y-%m-%d}前  {first.title}（{first.obligation}）：{units}{more}{later}")
    _say_provisional(planned)
    for key, share in planned.alike:
        print(f"注意：与已启动的方案“{key}”的日期和事项有{share:.0%}相同，请确认不是同一方案的另一份", file=sys.stderr)
    for text in planned.cautions:
        print(f"注意：{text}", file=sys.stderr)
    for text in planned.wrong:
        print(f"  问题：{text}")


def late_at_once(planned: Plan, today: date) -> Iterator[str]:
    """What is late the moment it is launched, as lines to print."""
    from workflow import launching

    return (f"注意：{line}" for line in launching.late_at_once(planned, today))


def _say_provisional(planned: Plan) -> None:
    for year in planned.provisional:
        print(f"注意：{year}年放假安排尚未公布，工作日为暂定（按周一至周五推算），公布后请装入日历", file=sys.stderr)


def _print_json(done: Rehearsed, _pinned: Pinned) -> None:
    rows = [_json_row(line, done) for line in done.lines]
    json.dump(rows, sys.stdout, ensure_ascii=False, indent=1)
    print()


def _json_row(line: Line, done: Rehearsed) -> dict[str, object]:
    return {
        "at": line.at.isoformat(),
        "kind": line.kind,
        "type": line.type,
        "obligation": line.obligation,
        "occurrence": line.occurrence,
        "units": list(line.units),
        "recipients": list(line.recipients),
        "names": list(line.names),
        "channels": list(line.channels),
        "subject": line.subject,
        "provisional": bool(done.plan.provisional),
        "items": [{"obligation": i.obligation, "occurrence": i.occurrence, "unit": i.unit} for i in line.items],
    }


def _print_table(done: Rehearsed, pinned: Pinned) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{pinned.definition.title} {done.plan.key} 演练")
    for heading in ("时间", "类型", "事项", "单位", "收件人", "主题"):
        table.add_column(heading, overflow="fold")
    kinds = {
        "open": "开放",
        "lapse": "逾期",
        "reminder": "提醒",
        "escalation": "升级",
        "notice": "通知",
        "digest": "汇总",
    }
    for line in done.lines:
        title = pinned.definition.obligations[line.obligation].title if line.obligation else "多项"
        who = "、".join(line.names) or "（状态变化）"
        units = line.units[0] if len(line.units) == 1 else f"{len(line.units)}个单位"
        table.add_row(f"{line.at:%Y-%m-%d %H:%M}", kinds.get(line.kind, line.kind), title, units, who, line.subject)
    Console().print(table)


def _print_ics(done: Rehearsed, pinned: Pinned) -> None:
    from documents.feeds import Event, calendar

    events = [
        Event(
            uid=f"{done.plan.key}-{number}@duban",
            at=line.at,
            summary=line.subject or f"{len(line.units)}个单位逾期",
            description="、".join(line.names),
        )
        for number, line in enumerate(done.lines)
    ]
    sys.stdout.write(calendar(pinned.definition.title, events))
