"""From one cycle to the next: rollover, and the archive of what is finished."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from workflow.acts import Act
    from workflow.launch import Plan
    from workflow.rollovers import Archive, Inheritance, RolloverPlan
    from workflow.roster import Roster


class ArchiveFormat(StrEnum):
    """How the archive is printed."""

    table = "table"
    json = "json"
    csv = "csv"
    xlsx = "xlsx"


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command()(rollover)
    app.command()(archive)


def rollover(
    programme: Annotated[str, typer.Argument(metavar="PROGRAMME", help="上年度的方案，如 ordos-benchmarking-2022")],
    cycle: Annotated[int, typer.Option(min=2000, max=2100, help="新年度，月日都落在这一年")],
    file: Annotated[Path | None, typer.Option(help="新年度的方案定义文件；不写则沿用上年度的")] = None,
    roster: Annotated[Path | None, typer.Option(help="花名册（.xlsx 或 CSV 文件夹）；不写则用库中已有的")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出将要建立和带入的内容，不写入")] = False,
) -> None:
    """年度结转：启动新年度，未完成的内容带入各单位的草稿，已完成的归档。"""
    from commands.printing import note
    from commands.programmes import late_at_once
    from service import open_existing
    from workflow import library, posts, rollovers
    from workflow.acts import Act

    newer = library.load(file, cycle=cycle) if file else None
    read = _roster(roster) if roster else None
    with open_existing() as service, service.engine.store.write() as session:
        if read is not None:
            posts.import_roster(session, read)
        act = Act(session, service.engine.now(session), service.engine.links)
        planned = rollovers.plan(act, programme, cycle, newer=newer)
        lines = [*_launch_lines(planned.launch), *_carried_lines(act, planned)]
        today = act.today
        if dry_run:
            session.rollback()
        else:
            rollovers.apply(act, programme, cycle, newer=newer)
    # Printed only now: a closed pipe must not undo what was asked for.
    print("\n".join(lines))
    for line in late_at_once(planned.launch, today):
        note(line)
    for year in planned.launch.provisional:
        note(f"注意：{year}年放假安排尚未公布，工作日为暂定（按周一至周五推算），公布后请装入日历")
    if dry_run:
        print("以上为预演，没有写入")
        raise typer.Exit(1 if planned.wrong or planned.launch.wrong else 0)
    kept = sum(len(one.kept) for one in planned.inherited)
    gone = sum(len(one.archived) for one in planned.inherited)
    print(f"已启动：{planned.launch.key}，带入{kept}项，归档{gone}项")


def archive(
    programme: Annotated[str, typer.Argument(metavar="PROGRAMME", help="方案，如 ordos-benchmarking-2022")],
    format: Annotated[ArchiveFormat, typer.Option("--format", help="输出格式")] = ArchiveFormat.table,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="写入文件；xlsx 必须写")] = None,
) -> None:
    """归档内容：本年度及以前年度已完成、结转时归档的各项。"""
    from commands.printing import OutputRefused, note, put
    from service import open_existing
    from workflow import rollovers

    if format == ArchiveFormat.xlsx and output is None:
        raise OutputRefused(reason="xlsx 格式须用 -o 写明文件名")
    with open_existing() as service, service.engine.looking() as act:
        found = rollovers.archived(act, programme)
    put(_archive_in(format, found), output)
    if output is not None:
        note(f"已写入 {output}，共{len(found.rows)}项")


def _archive_in(format: ArchiveFormat, found: Archive) -> bytes | str:
    from commands.printing import as_json, as_table
    from documents import archive_sheet

    match format:
        case ArchiveFormat.json:
            return as_json(found.rows)
        case ArchiveFormat.csv:
            return archive_sheet.write_csv(found)
        case ArchiveFormat.xlsx:
            return archive_sheet.write_xlsx(found)
    return as_table(f"归档内容，共{len(found.rows)}项", archive_sheet.headings(found), archive_sheet.rows(found))


def _roster(path: Path) -> Roster:
    from commands.printing import note
    from documents import rosters
    from workflow.roster import require_sound

    read = rosters.read(path)
    for warning in require_sound(read):
        note(f"提示：{warning}")
    return read


def _launch_lines(planned: Plan) -> Iterator[str]:
    """The new cycle: what is due first of each obligation, and what is wrong with it."""
    yield f"新年度方案：{planned.key}，共{planned.submissions}件报送件"
    first = {one.obligation: one for one in reversed(planned.obligations)}
    for one in sorted(first.values(), key=lambda one: one.due_date):
        yield f"  {one.due_date:%Y-%m-%d}前  {one.title}（{one.obligation}）：{len(one.units)}个单位"
    yield from (f"  问题：{text}" for text in planned.wrong)


def _carried_lines(act: Act, planned: RolloverPlan) -> Iterator[str]:
    """What each unit takes along, what is archived, and what stays behind."""
    from workflow.posts import directory

    known = directory(act.session)
    for one in planned.inherited:
        carried = f"带入{len(one.kept)}项，归档{len(one.archived)}项{_others(planned, one)}"
        later = "" if one.placed else "；新年度不报送此项，暂存"
        yield f"  {known.unit(one.unit).name}：{carried}{later}"
    for unit in planned.without:
        yield f"  {known.unit(unit).name}：上年度没有已报送的内容，不带入"
    yield from (f"  问题：{text}" for text in planned.wrong)


def _others(planned: RolloverPlan, one: Inheritance) -> str:
    """Rows that the rule says nothing of, with their statuses."""
    if not one.other:
        return ""
    statuses = dict.fromkeys(str(row.get(planned.rule.status) or "未填") for row in one.other)
    return f"，另有{len(one.other)}项（{'、'.join(statuses)}）不带入也不归档"
