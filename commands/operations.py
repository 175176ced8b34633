"""For whoever keeps duban running: is it well, is the record whole, backup and restore, the schema."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.printing import note

if TYPE_CHECKING:
    from commands.checkup import Finding
    from service import Service

#: From this many history entries on, a progress bar is worth its lines.
_LONG = 20_000


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command()(doctor)
    audit = typer.Typer(help="历史记录的核验。", no_args_is_help=True)
    audit.command("verify")(verify)
    app.add_typer(audit, name="audit")
    app.command()(backup)
    app.command()(restore)
    app.command()(release)
    app.command()(schema)


def doctor(
    send_to: Annotated[str | None, typer.Option(metavar="ADDRESS", help="真实发送一封测试邮件到此地址")] = None,
) -> None:
    """体检：数据库、时钟、放假安排、发送渠道；有问题则退出码为1。"""
    from commands.checkup import Finding, examine
    from service import open_existing
    from workflow.refusals import Refusal

    bad = False
    try:
        with open_existing(make_key=False) as service:
            for finding in examine(service):
                print(finding)
                bad = bad or finding.grade == "bad"
            if send_to is not None:
                sent = _try_mail(service, send_to)
                print(sent)
                bad = bad or sent.grade == "bad"
    except Refusal as refused:
        print(Finding("bad", "不能启动", refused.text))
        bad = True
    raise typer.Exit(1 if bad else 0)


def verify(
    anchors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="对照的每日存证文件；不指定则用 DUBAN_ANCHOR_FILE")
    ] = None,
) -> None:
    """核验历史记录：重算校验链，核对审签、内容、附件与历史，对照每日存证和库外文件；发现问题时退出码为 1。"""
    from service import open_existing
    from workflow import anchor_files, audit, proofs, verifying

    faults, broken = 0, set[object]()
    with (
        open_existing(make_key=False) as service,
        audit.readable(),
        service.engine.store.read() as session,
    ):
        file = anchors or service.settings.anchors_at
        outside = anchor_files.read(file, must_exist=anchors is not None)
        size = audit.size(session)
        with _progress(size.entries) as seen:
            for fault in proofs.everything(session, outside, seen=seen):
                print(fault)
                faults += 1
                broken.add(fault.submission_id or fault)
        reach = proofs.reach(session, outside)
        doubts = [*verifying.doubts(session, file, service.engine.now(session))]
    outcome = verifying.verdict(len(broken), faults)
    print(f"核验了{size.submissions}件报送件的{size.entries}条历史：{outcome}")
    for line in verifying.reached(reach, file if outside else None):
        print(line)
    for doubt in doubts:
        print(f"注意：{doubt}")
    raise typer.Exit(1 if faults else 0)


def backup(
    file: Annotated[Path, typer.Argument(metavar="F", help="要写的备份文件，不能已存在")],
) -> None:
    """备份数据库到一个文件；服务运行时也可以做。签名密钥不在其中。"""
    from settings import load
    from workflow import backups

    size = backups.save(load().database_url, file)
    print(f"已备份到 {file}（{size / 1024 / 1024:.1f}MB），并已检查完整")
    note("备份不含签名密钥（DUBAN_SECRET_KEY_FILE），请另行保存；丢失密钥后，已发出的审签链接将全部失效")


def restore(
    file: Annotated[Path, typer.Argument(metavar="F", help="备份文件")],
) -> None:
    """从备份恢复到空数据库；消息暂不发出，待 release 放行。"""
    from contextlib import closing

    from settings import load
    from workflow import audit, backups, clock, holding, logins
    from workflow.store import Store

    url = load().database_url
    backups.restore(url, file)
    with closing(Store.open(url)) as store:
        store.migrate()
        with store.write() as session:
            logins.end_everybodys(session, wall=datetime.now(UTC))
        with store.read() as session:
            size, held = audit.size(session), sum(holding.held(session).values())
            mode = clock.MODES.get(clock.mode_of(session) or "", "未使用过")
    print(f"已从 {file} 恢复：{mode}库，{size.submissions}件报送件，{size.entries}条历史")
    print(f"注意：消息暂不发出（已暂存{held}条），核对无误后执行 duban release 放行")


def release(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出暂存的消息，不放行")] = False,
) -> None:
    """放行恢复备份后、本机时钟跳动后暂存的消息；仍然属实的会照常发出。"""
    from service import open_service
    from workflow import holding
    from workflow.upcoming import MESSAGE_KINDS

    with open_service() as service, service.engine.acting() as act:
        held = holding.held(act.session)
        holds = holding.holds(act.session)
        if not dry_run:
            holding.release(act.session)
    kinds = "，".join(f"{MESSAGE_KINDS.get(kind, kind)}{number}条" for kind, number in held.items())
    for hold in holds:
        note(f"原因：{hold.text}")
    if not held and not holds:
        print("没有暂存的消息")
    elif dry_run:
        print(f"暂存{sum(held.values())}条消息" + (f"：{kinds}" if kinds else ""))
    else:
        print(f"已放行{sum(held.values())}条消息" + (f"：{kinds}" if kinds else ""))


def schema() -> None:
    """输出方案定义的 JSON Schema，即 definitions/schema.json 的内容。"""
    from workflow import library

    sys.stdout.write(library.schema())


def _try_mail(service: Service, address: str) -> Finding:
    """Send a real mail through the mail channel, whatever the store's mode."""
    import secrets

    from commands.checkup import Finding
    from notifier.channels import Address, Parcel

    text = "这是督办系统的测试邮件，收到说明邮件渠道可用。请勿回复。"
    parcel = Parcel(
        to=Address("测试收件人", address, None), subject="【督办】测试邮件", text=text, html=f"<p>{text}</p>",
        reference=secrets.token_hex(12),
    )  # fmt: skip
    receipt = service.mailroom.channels.send("mail", parcel)
    said = f"{'已发出' if receipt.delivered else '没有发出'}到 {address}，对方答复：{receipt.answer}"
    return Finding("good" if receipt.delivered else "bad", "测试邮件", said)


@contextmanager
def _progress(entries: int) -> Iterator[Callable[[int], object]]:
    """Who hears how far it is: a bar on a terminal's standard error, nobody otherwise."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=entries < _LONG or not console.is_terminal, transient=True) as bar:
        task = bar.add_task("核验历史", total=entries)
        yield lambda more: bar.advance(task, more)
