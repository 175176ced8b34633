"""Who is who and which days are worked: rosters and calendars in and out of the store."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from workflow.acts import Act
    from workflow.calendars import Calendar, DayRule
    from workflow.roster import Roster, SupervisionRow
    from workflow.roster_changes import Change
    from workflow.schedules import Moved

_WEEKDAYS = "一二三四五六日"

DryRun = Annotated[bool, typer.Option("--dry-run", help="只列出将要发生的变化，不写入")]


class CalendarFormat(StrEnum):
    """How a calendar year is printed."""

    table = "table"
    csv = "csv"


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    roster = typer.Typer(help="花名册：单位、人员、任职、分管。", no_args_is_help=True)
    roster.command("import")(import_roster)
    roster.command("export")(export_roster)
    app.add_typer(roster, name="roster")
    calendar = typer.Typer(help="放假安排：节假日和调休。", no_args_is_help=True)
    calendar.command("import")(import_calendar)
    calendar.command("show")(show_calendar)
    app.add_typer(calendar, name="calendar")


def import_roster(
    file: Annotated[Path, typer.Argument(metavar="R", help="花名册（.xlsx 或 CSV 文件夹）")],
    dry_run: DryRun = False,
    drop_adjustments: Annotated[
        bool, typer.Option("--drop-adjustments", help="确认以花名册为准，取消其中没有的领导分工调整")
    ] = False,
) -> None:
    """导入花名册：有一处错误就全部不导入，错误逐行列出；列出变化的内容，以及因此移交他人的待审签事项。"""
    from commands.standing_in import moved_lines
    from service import open_service
    from workflow import personnel

    roster = _read_roster(file)
    with open_service() as service:
        with service.engine.looking() as act:
            seen = personnel.outlook(act, roster, "replace", ways=service.ways)
            _keep_adjustments(act, seen.lost, dropping=drop_adjustments or dry_run)
        if not dry_run:
            with service.engine.acting() as act:
                seen = personnel.take_in(
                    act, roster, "replace", drop_adjustments=drop_adjustments, ways=service.ways
                )  # fmt: skip
    # Printed only now: a closed pipe must not undo what was asked for.
    _show_changes(seen.changes)
    moved = moved_lines(seen.moves, at_once=not dry_run) if seen.moves else ()
    for line in (*(f"注意：{text}" for text in seen.gaps), *moved):
        print(line)
    if dry_run:
        print("以上为预演，没有写入")
        return
    print(f"已导入：{len(roster.units)}个单位，{len(roster.people)}名人员，{len(roster.posts)}项任职")


def export_roster(
    file: Annotated[Path, typer.Argument(metavar="F", help="要写的 .xlsx 文件，或不带后缀的文件夹名（CSV）")],
) -> None:
    """导出花名册，格式与导入相同，可修改后再导入。"""
    from commands.printing import OutputRefused
    from documents import rosters
    from service import open_service
    from workflow import posts

    with open_service() as service, service.engine.store.read() as session:
        roster = posts.export(session)
    try:
        rosters.write(roster, file)
    except OSError as fault:
        raise OutputRefused(reason=f"“{file}”写不进去（{fault.strerror}）") from None
    print(f"已导出到 {file}：{len(roster.units)}个单位，{len(roster.people)}名人员，{len(roster.posts)}项任职")


def import_calendar(
    file: Annotated[Path, typer.Argument(metavar="F.csv", help="一年的放假安排，三列：日期,类型（休/班）,名称")],
    dry_run: DryRun = False,
) -> None:
    """装入一年的放假安排，并按它重排尚未发出的提醒；列出移动了的提醒。"""
    from service import open_service
    from workflow import posts, schedules
    from workflow.acts import Act
    from workflow.calendars import unnamed_festivals

    year, rules = _read_calendar(file)
    with open_service() as service, service.engine.store.write() as session:
        act = Act(session, service.engine.now(session), service.engine.links)
        before = act.calendar()
        posts.import_calendar(session, year, rules)
        moved = schedules.replan(act)
        lines = _moved_lines(act, moved)
        if dry_run:
            session.rollback()
    # Printed only now: a closed pipe must not undo what was asked for.
    _show_year(before, year, rules)
    print("\n".join(lines))
    missing = unnamed_festivals(rules)
    if missing:
        print(f"提示：放假安排中没有{'、'.join(missing)}，请核对是否完整", file=sys.stderr)
    print("以上为预演，没有写入" if dry_run else f"已装入{year}年放假安排，共{len(rules)}天")


def show_calendar(
    year: Annotated[int, typer.Argument(metavar="YEAR", help="年份")],
    format: Annotated[CalendarFormat, typer.Option("--format", help="输出格式，csv 可修改后再装入")] = (
        CalendarFormat.table
    ),
) -> None:
    """显示一年的放假安排：公布的节假日和调休，未公布的年份按周一至周五推算。"""
    from commands.printing import put
    from service import open_service
    from workflow import posts
    from workflow.calendars import to_csv
    from workflow.refusals import DateRefused

    if not 1949 <= year <= 9998:
        raise DateRefused(reason=f"没有{year}年的放假安排")
    with open_service() as service, service.engine.store.read() as session:
        calendar = posts.calendar(session)
    put(to_csv(calendar, year) if format == CalendarFormat.csv else _year_table(calendar, year), None)


def _read_roster(file: Path) -> Roster:
    """The roster without a fault; otherwise every fault on a line of its own, and the end."""
    from documents import rosters
    from workflow.roster import RosterRefused, require_sound

    try:
        roster = rosters.read(file)
        warnings = require_sound(roster)
    except RosterRefused as refused:
        errors = [fault for fault in refused.faults if fault.severity == "error"]
        for fault in errors:
            print(fault, file=sys.stderr)
        print(f"花名册有{len(errors)}处错误，没有导入任何内容", file=sys.stderr)
        raise typer.Exit(1) from None
    for warning in warnings:
        print(f"提示：{warning}", file=sys.stderr)
    return roster


def _keep_adjustments(act: Act, lost: Sequence[SupervisionRow], *, dropping: bool) -> None:
    """Say which 领导分工调整 the roster would undo; ends here unless that is wanted."""
    from workflow import posts

    known = posts.directory(act.session)
    for row in lost:
        span = f"{row.since}起" if row.since else ""
        print(f"注意：花名册中没有{span}“{known.unit(row.unit).name}”改由{row.post}分管的领导分工调整", file=sys.stderr)
    if lost and not dropping:
        said = "没有导入任何内容：请先执行 duban roster export 导出最新花名册再修改"
        print(f"{said}；确要取消以上{len(lost)}项调整，加 --drop-adjustments", file=sys.stderr)
        raise typer.Exit(1)


def _show_changes(found: tuple[Change, ...]) -> None:
    from workflow.roster import SHEET_TITLES
    from workflow.roster_changes import KINDS

    counts = Counter((change.sheet, change.kind) for change in found)
    for sheet, title in SHEET_TITLES.items():
        print(f"{title}：" + "，".join(f"{name}{counts[sheet, kind]}" for kind, name in KINDS.items()))
        for change in found:
            if change.sheet == sheet:
                print(f"  {KINDS[change.kind]} {change.text}")


def _read_calendar(file: Path) -> tuple[int, tuple[DayRule, ...]]:
    from documents.sheets import WorkbookRefused, contents
    from workflow.calendars import CalendarFault, parse_year

    data = contents(file)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise WorkbookRefused(file.name, "unknown-encoding")
    try:
        return parse_year(text)
    except CalendarFault as refused:
        for line, fault in refused.faults:
            print(f"{file.name}：第{line}行：{fault}" if line else f"{file.name}：{fault}", file=sys.stderr)
        print(f"放假安排有{len(refused.faults)}处错误，没有装入任何内容", file=sys.stderr)
        raise typer.Exit(1) from None


def _show_year(before: Calendar, year: int, rules: tuple[DayRule, ...]) -> None:
    """The days that this notice settles otherwise than the calendar so far."""
    from datetime import date, timedelta

    after = before.with_year(year, rules)
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(-31, 366)]
    different = [day for day in days if before.is_working(day) != after.is_working(day)]
    known = "（此前为暂定）" if before.provisional(year) else "（替换已有安排）"
    print(f"{year}年{known}：与原来不同的有{len(different)}天")
    for day in different:
        print(f"  {day} 改为{'上班' if after.is_working(day) else '放假'} {after.name_of(day) or ''}".rstrip())


def _moved_lines(act: Act, moved: tuple[Moved, ...]) -> list[str]:
    from workflow import catalogue, desks

    programmes = catalogue.by_id(act, {one.programme_id for one in moved})
    lines = [f"重排后移动的提醒：{len(moved)}项"]
    for one in moved:
        title = programmes[one.programme_id].obligation(one.obligation).title
        which = f"（报送件{one.submission_id}）" if one.submission_id else f"（{one.count}件）" if one.count else ""
        before, after = desks.shown_instant(one.before), desks.shown_instant(one.after)
        due = "，已到时，将立即发出" if one.after <= act.now else ""
        lines.append(f"  {title}{which} {desks.rung_title(one.label)}：{before} → {after}{due}")
    return lines


def _year_table(calendar: Calendar, year: int) -> str:
    from datetime import date, timedelta

    from commands.printing import as_table

    first, rows = date(year, 1, 1), []
    for number in range((date(year + 1, 1, 1) - first).days):
        day = first + timedelta(days=number)
        rule, holiday = calendar.rule_of(day), calendar.name_of(day)
        if holiday is not None:
            rows.append((day.isoformat(), f"星期{_WEEKDAYS[day.weekday()]}", "休", holiday))
        elif rule is not None:
            rows.append((day.isoformat(), f"星期{_WEEKDAYS[day.weekday()]}", "班", f"{rule.name}调休"))
    state = "尚未公布，工作日为暂定（按周一至周五和法定节日推算）" if calendar.provisional(year) else "已公布"
    return as_table(f"{year}年放假安排：{state}", ("日期", "星期", "休/班", "名称"), rows)
