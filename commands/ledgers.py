"""Ledgers of tasks: checked, written into a definition file, imported into a running programme, exported."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from datetime import date

    from workflow.amendments import Amendment
    from workflow.definition import Definition
    from workflow.library import Pinned
    from workflow.tasks.sheet_rows import LedgerRefused, Names, TaskRow

_BOM = b"\xef\xbb\xbf"

Ledger = Annotated[Path, typer.Argument(metavar="L", help="台账（.xlsx 或 .csv），一行一项任务")]
Pattern = Annotated[
    str | None, typer.Option(help="各项任务套用的模板（patterns 中的键）；不写则用 node，没有 node 则不套用")
]


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    ledger = typer.Typer(help="任务台账：一行一项任务，写入方案或从方案导出。", no_args_is_help=True)
    ledger.command()(check)
    ledger.command()(write)
    ledger.command("import")(import_)
    ledger.command()(export)
    app.add_typer(ledger, name="ledger")


def check(
    file: Ledger,
    definition: Annotated[Path | None, typer.Option(help="方案定义文件，其中的专班和分组也可作单位")] = None,
) -> None:
    """检查台账：每处错误一行，写明第几行哪一列；库中有花名册时一并核对单位和领导职务。"""
    from workflow import library

    known = library.load(definition).definition if definition else None
    tasks = _read(file, _names(known))
    print(f"{file}：没有发现错误，共{len(tasks)}项任务")


def write(
    definition: Annotated[Path, typer.Argument(metavar="DEFINITION", help="方案定义文件")],
    file: Ledger,
    output: Annotated[Path, typer.Option("--output", "-o", help="写入的方案定义文件")],
    pattern: Pattern = None,
) -> None:
    """把台账写进方案定义：只增加或替换 tasks，其余一字不改；写成后须能通过检查。"""
    from commands.printing import put
    from workflow import bundles, library

    text = _bundled(definition)
    tasks = _read(file, _names(library.pinned(text).definition))
    made = _composed(text, tasks, name=str(output), pattern=pattern)
    main, _ = bundles.unbundled(made.text)
    begins = _BOM if definition.read_bytes().startswith(_BOM) else b""
    put(begins + main.encode(), output)
    _say_parts_left_out(made.definition, tasks)
    print(f"已写入 {output}：{len(tasks)}项任务")


def import_(
    programme: Annotated[str, typer.Argument(metavar="PROGRAMME", help="方案，如 huludao-delivery-2021")],
    file: Ledger,
    pattern: Pattern = None,
    comment: Annotated[str, typer.Option(help="修订说明，记入历史")] = "导入台账",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出将要发生的变化，不写入")] = False,
    confirm_earlier: Annotated[bool, typer.Option("--confirm-earlier", help="确认有的截止日期提前")] = False,
) -> None:
    """把台账导入运行中的方案：作为一次修订，全部写入或全部不写入；台账代替方案原有的全部任务。"""
    from service import open_existing
    from workflow import amendments, catalogue, posts
    from workflow.tasks.sheet_rows import names_of

    with open_existing() as service:
        with service.engine.looking() as act:
            listed = catalogue.by_key(act, programme)
            today = act.today
            names = names_of(posts.export(act.session), posts.bodies(act.session), listed.texts.current)
        tasks = _read(file, names)
        text = listed.texts.pairs[0][1]
        made = _composed(text, tasks, name=programme, pattern=pattern, cycle=listed.cycle, today=today)
        with service.engine.acting() as act:
            planned = amendments.plan(act, programme, made)
            if not dry_run:
                amendments.apply(
                    act, programme, made, comment=comment, confirm_earlier=confirm_earlier, if_version=listed.version
                )
    # Printed only now: a closed pipe must not undo what was asked for.
    _show(planned)
    _say_parts_left_out(made.definition, tasks)
    if dry_run:
        print("以上为预演，没有写入")
        raise typer.Exit(1 if planned.wrong else 0)
    print(f"已导入：{len(tasks)}项任务，方案现为版本 {planned.after[:12]}")


def export(
    programme: Annotated[str, typer.Argument(metavar="PROGRAMME", help="方案，如 huludao-delivery-2021")],
    file: Annotated[Path, typer.Argument(metavar="L", help="要写的 .xlsx 或 .csv 文件")],
) -> None:
    """导出台账：格式与导入相同，旁边加上状态、完成值和亮灯。"""
    from commands.printing import OutputRefused
    from documents import ledgers
    from service import open_existing
    from workflow import catalogue
    from workflow.tasks import standing

    with open_existing() as service, service.engine.looking() as act:
        listed = catalogue.by_key(act, programme)
        tasks = standing.tasks_of(act, listed)
        stand = standing.standing_of(act, listed)
    if not tasks:
        raise OutputRefused(reason=f"方案“{programme}”没有台账任务")
    try:
        ledgers.write(tasks, file, beside=stand)
    except OSError as fault:
        raise OutputRefused(reason=f"“{file}”写不进去（{fault.strerror}）") from None
    print(f"已导出到 {file}：{len(tasks)}项任务")


def _read(file: Path, names: Names | None) -> tuple[TaskRow, ...]:
    """The tasks without a fault; names are looked up where there is a roster."""
    from documents import ledgers
    from workflow.tasks.sheet_rows import LedgerRefused, require_sound

    try:
        tasks = ledgers.read(file)
        require_sound(tasks, names)
    except LedgerRefused as refused:
        _refused(refused)
    return tasks


def _refused(refused: LedgerRefused) -> NoReturn:
    """Every fault on a line of its own, and the end."""
    for fault in refused.faults:
        print(fault, file=sys.stderr)
    print(f"台账有{len(refused.faults)}处错误，没有写入任何内容", file=sys.stderr)
    raise typer.Exit(1) from None


def _names(definition: Definition | None) -> Names | None:
    """What rows may name by the roster of the store; None when there is no store yet, or no roster in it."""
    import settings as from_environment
    from service import open_service
    from workflow import posts
    from workflow.store import Store
    from workflow.tasks.sheet_rows import names_of

    settings = from_environment.load()
    kept = Store.file_of(settings.database_url)
    if kept is not None and not kept.exists():
        return None
    with open_service(settings) as service, service.engine.store.read() as session:
        return names_of(posts.export(session), posts.bodies(session), definition)


def _bundled(definition: Path) -> str:
    """The text of a definition file with its parts, whether or not its tasks make it whole; raises FaultyDefinition."""
    from workflow import bundles, library, yaml_text
    from workflow.library import FaultyDefinition
    from workflow.yaml_text import YamlRefused

    try:
        text = definition.read_bytes().decode("utf-8-sig")
        read = yaml_text.read(text.encode()).value
        uses = read.get("uses") if isinstance(read, dict) else None
        names = [name for name in uses if isinstance(name, str)] if isinstance(uses, list) else []
        fitting = [name for name in names if bundles.PART_NAME.fullmatch(name)]
        bundled = bundles.bundled(text, {name: (definition.parent / name).read_text("utf-8-sig") for name in fitting})
        library.pinned(bundled)
    except (OSError, UnicodeDecodeError, YamlRefused, FaultyDefinition):
        # The reader of files names what is wrong by file, line and column.
        return library.load(definition).text
    return bundled


def _composed(
    text: str,
    tasks: Sequence[TaskRow],
    *,
    name: str,
    pattern: str | None,
    cycle: int | None = None,
    today: date | None = None,
) -> Pinned:
    from workflow.tasks import writing
    from workflow.tasks.sheet_rows import LedgerRefused

    try:
        return writing.composed(text, tasks, name=name, pattern=pattern, cycle=cycle, today=today)
    except LedgerRefused as refused:
        _refused(refused)


def _show(planned: Amendment) -> None:
    """What the import changes of the running programme."""
    for one in planned.moved:
        print(f"  改期  {one.title}（{one.occurrence}）：{one.before} → {one.after}，{one.following}件随之")
    for came in planned.opened:
        print(f"  新增  {came.title}（{came.occurrence}，{came.due_date}前）：{'、'.join(came.units)}")
    for gone in planned.withdrawn:
        print(f"  取消  {gone.title}（{gone.occurrence}）：{'、'.join(gone.units)}，已报送{gone.filed}件保留")
    for changed in planned.changed:
        short = f"：{changed.before} → {changed.after}" if changed.before or changed.after else ""
        print(f"  修改  {changed.title} {changed.what}{short}")
    for text in (*planned.notes, *(f"问题：{one}" for one in planned.wrong)):
        print(f"  {text}")
    counts = f"新增{len(planned.opened)}，改期{len(planned.moved)}，取消{len(planned.withdrawn)}"
    print(f"{planned.key}：{counts}，撤下消息{planned.cancelled}条，将通知{planned.told}人")


def _say_parts_left_out(definition: Definition, tasks: Sequence[TaskRow]) -> None:
    from commands.printing import note

    if definition.planned is None and any(task.part for task in tasks):
        note("提示：方案没有写 planned，台账的“类别”不写入方案")
