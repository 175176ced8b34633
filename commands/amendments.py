"""Amending a running programme: what a changed definition would do, shown first, then done."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.printing import as_table, note, put

if TYPE_CHECKING:
    from datetime import date, datetime

    from workflow.amendments import Amendment, DateMoved, Opened, Withdrawn
    from workflow.library import Pinned
    from workflow.store import Store

#: Units that a table names one by one.
_NAMED = 6


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command()(amend)


def amend(
    programme: Annotated[str, typer.Argument(metavar="PROGRAMME", help="方案，如 ordos-benchmarking-2022")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="修订后的方案定义文件")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出将要发生的变化和存在的问题，不写入")] = False,
    confirm_earlier: Annotated[bool, typer.Option("--confirm-earlier", help="确认有截止日期提前")] = False,
    comment: Annotated[str, typer.Option(help="修订的理由，写入历史和通知")] = "",
) -> None:
    """修订已启动的方案：先列出日期、报送件和消息的变化，再一次写入。"""
    from service import open_existing
    from workflow import amendments
    from workflow.acts import Actor

    with open_existing() as service:
        pinned = _read(service.engine.store, programme, file)
        with service.engine.looking() as act:
            planned = amendments.plan(act, programme, pinned)
        _show(planned)
        if dry_run or planned.wrong:
            raise typer.Exit(1 if planned.wrong else 0)
        with service.engine.acting(Actor("系统管理员（命令行）", "admin")) as act:
            amendments.apply(
                act, programme, pinned, comment=comment, confirm_earlier=confirm_earlier, if_version=planned.before
            )  # fmt: skip
    print(f"已修订：{programme}，现行版本 {planned.after[:12]}")


def _read(store: Store, programme: str, file: Path) -> Pinned:
    """The file, its dates tried in the year that the programme runs for."""
    from sqlmodel import select

    from workflow import library
    from workflow.refusals import QueryRefused
    from workflow.tables import Programme

    with store.read() as session:
        cycle = session.exec(select(Programme.cycle).where(Programme.key == programme)).first()
    if cycle is None:
        raise QueryRefused(reason=f"没有方案“{programme}”")
    return library.load(file, cycle=cycle)


def _show(planned: Amendment) -> None:
    print(f"方案：{planned.key}，版本 {planned.before[:12]} → {planned.after[:12]}")
    _table("截止日期", ("事项", "期次", "原日期", "新日期", "随之调整", "保持不变"), map(_moved, planned.moved))
    _table("新增", ("事项", "期次", "截止日期", "报送主体", "何时开始"), map(_opened, planned.opened))
    _table("撤下", ("事项", "期次", "转为免报", "已报送的保留"), map(_withdrawn, planned.withdrawn))
    changed = ((one.title, one.what, one.before, one.after) for one in planned.changed)
    _table("内容", ("事项", "项目", "原为", "现为"), changed)
    if planned.relaid:
        print(f"督办梯次重新排定：{planned.relaid}件")
    print(f"消息：取消未发出的{planned.cancelled}条，通知{planned.told}人")
    for text in planned.notes:
        print(f"说明：{text}")
    for one in planned.earlier:
        note(f"注意：“{one.title}”（{one.occurrence}）截止日期提前，写入时须加 --confirm-earlier")
    for year in planned.provisional:
        note(f"注意：{year}年放假安排尚未公布，工作日为暂定（按周一至周五推算）")
    for text in planned.wrong:
        print(f"问题：{text}")


def _table(title: str, headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    found = list(rows)
    if found:
        put(as_table(title, headings, found), None)


def _moved(one: DateMoved) -> tuple[str, ...]:
    follows = f"{one.following}件" + (f"（其中{one.back}件收回逾期）" if one.back else "")
    kept = {"已报送": one.filed, "免报": one.exempt, "另有更晚的延期": one.extended}
    stays = "，".join(f"{what}{count}件" for what, count in kept.items() if count)
    return (
        one.title,
        one.occurrence,
        _day(one, one.before, one.before_at),
        _day(one, one.after, one.after_at),
        follows,
        stays,
    )


def _day(one: DateMoved, day: date, at: datetime) -> str:
    """The day, with its first late instant where only the cut-off differs."""
    from workflow.desks import shown_instant

    return f"{day}（{shown_instant(at)}）" if one.before == one.after else str(day)


def _opened(one: Opened) -> tuple[str, ...]:
    from workflow.desks import shown_instant

    begins = shown_instant(one.opens_at) if one.opens_at else "立即"
    return one.title, one.occurrence, str(one.due_date), _named(one.units), begins


def _withdrawn(one: Withdrawn) -> tuple[str, ...]:
    return one.title, one.occurrence, _named(one.units), f"{one.filed}件" if one.filed else ""


def _named(units: tuple[str, ...]) -> str:
    """A few by name, many by number."""
    if not units:
        return "无"
    named = "、".join(units[:_NAMED])
    return named if len(units) <= _NAMED else f"{named}等{len(units)}个单位"
