"""Running duban: the service itself, and the demonstration that needs nothing but this command."""

from __future__ import annotations

import errno
import socket
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from settings import Settings
    from web.contexts.entry import SampleAccount
    from web.contexts.frame import Role
    from workflow.acts import Act

HOUSE = Path(__file__).parent.parent
#: Name, role, unit, whose account it is, what it is good for.
DEMO_ACCOUNTS: tuple[tuple[str, Role, str | None, str, str], ...] = (
    ("office", "office", None, "领导小组办公室", "拨动时钟；看板、催办、延期、免报、退回"),
    ("jiaoyu", "unit", "市教育体育局", "市教育体育局联络员", "填报、提交；由市人民政府分管领导审签"),
    ("xuanchuan", "unit", "市委宣传部", "市委宣传部联络员", "填报、提交；由本单位主要负责同志审签"),
    ("inspector", "inspector", None, "市人民政府督查室", "查看全部，不能改动"),
)


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command()(serve)
    app.command()(worker)
    app.command()(demo)


def serve(
    host: Annotated[str, typer.Option(help="监听地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="监听端口")] = 8000,
) -> None:
    """启动服务：页面、接口、定时任务和消息发送在同一个进程中。"""
    import service
    from workflow import accounts

    service.set_up_logging()
    # Asked first: the one-time password is shown once, and a service that cannot listen is no service.
    _check_free(host, port)
    with service.open_service() as opened:
        with opened.engine.acting() as act:
            password = accounts.ensure_admin(act)
        if password is not None:
            print(f"首次启动。管理员账号：admin　一次性密码：{password}", flush=True)
        print(f"督办服务：http://{host}:{port}", flush=True)
        if opened.settings.workers:
            print("期限和消息由 duban worker 处理，请确认至少有一个在运行", flush=True)
        service.serve(opened, host=host, port=port)


def worker(
    concurrency: Annotated[int, typer.Option(min=2, max=16, help="本进程同时处理几项")] = 3,
) -> None:
    """在 PostgreSQL 上处理期限、发送消息；可在多台机器上各启动几个，随时增减。"""
    import service
    from settings import load
    from workers.refused import WorkersNeedPostgresql

    settings = load()
    if not settings.database_url.startswith("postgresql://"):
        raise WorkersNeedPostgresql
    service.set_up_logging()
    with service.open_service(settings) as opened:
        print("督办 worker 已启动，按 Ctrl+C 结束", flush=True)
        service.work(opened, concurrency=concurrency)


def demo(
    port: Annotated[int, typer.Option(min=1, max=65535, help="监听端口")] = 8000,
    folder: Annotated[Path, typer.Option(help="存放演示数据的文件夹，每次清空")] = Path(".demo"),
) -> None:
    """演示：用样例花名册启动鄂尔多斯2022年方案，虚拟时钟停在2021年12月31日08:30，由您拨动。"""
    import service
    from settings import load

    folder = folder.resolve()
    _clear(folder, port)
    settings = load(
        database_url=f"sqlite:///{folder / 'demo.db'}",
        base_url=f"http://127.0.0.1:{port}",
        secret_key=None,
        secret_key_file=folder / "demo.key",
        # Whatever this machine is set up for: nobody outside hears of a demonstration.
        mail_url=None,
        wecom_url=None,
        office_urls=(),
        oidc_issuer="",
        oidc_client_id="",
        oidc_client_secret=None,
        rehearsal=True,
        workers=False,
    )
    service.set_up_logging()
    with service.open_service(settings) as opened:
        with opened.engine.store.write() as session:
            from workflow.acts import Act

            stage(Act(session, datetime.now().astimezone(), opened.engine.links), settings)
        print(f"打开浏览器：http://127.0.0.1:{port}　按 Ctrl+C 结束", flush=True)
        service.serve(opened, host="127.0.0.1", port=port, demo_accounts=sample_accounts())


def sample_accounts() -> tuple[SampleAccount, ...]:
    """The accounts as the sign-in page shows them."""
    from web.contexts.entry import SampleAccount

    return tuple(
        SampleAccount(name, _password(name), role, unit or "", good_for)
        for name, role, unit, _, good_for in DEMO_ACCOUNTS
    )


def _password(name: str) -> str:
    return f"{name}-demo"


def _clear(folder: Path, port: int) -> None:
    """Make room for a new demonstration; raises PortTaken while another one answers there."""
    _check_free("127.0.0.1", port)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("demo.*"):
        old.unlink()


def _check_free(host: str, port: int) -> None:
    """Raises PortTaken, AddressUnusable."""
    from workflow.refusals import AddressUnusable, PortTaken

    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise AddressUnusable(host=host) from None
    family, kind, proto, _, address = found[0]
    with socket.socket(family, kind, proto) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(address)
        except OSError as fault:
            if fault.errno == errno.EADDRINUSE:
                raise PortTaken(port=port) from None
            raise AddressUnusable(host=host) from None


def stage(act: Act, settings: Settings) -> None:
    """Roster, programme, accounts and one API token, all at the instant the plan was handed out."""
    from documents import rosters
    from workflow import accounts, clock, library, posts, rehearsal, tokens
    from workflow.launch import launch

    pinned = library.load(HOUSE / "definitions" / "ordos-benchmarking.yaml")
    start = rehearsal.start_of(pinned, 2022)
    roster = rosters.read(HOUSE / "definitions" / "rosters" / "ordos-benchmarking.xlsx")
    posts.import_roster(act.session, roster)
    clock.set_before_launch(act.session, start)
    act = act.at(start)
    launch(act, pinned, 2022)
    codes = {unit.name: unit.code for unit in roster.units}
    print("演示账号（账号 / 密码）：")
    for name, role, unit, title, _ in DEMO_ACCOUNTS:
        password = _password(name)
        accounts.add_account(act, name, role=role, unit=codes[unit] if unit else None, password=password)
        print(f"  {name:<11} {password:<16} {title}")
    print(f"办公室接口令牌：{tokens.add_token(act, role='office', unit=None)}")
    print("在另一个终端对演示库使用 duban 命令，先执行：")
    shown = {"DATABASE_URL": settings.database_url, "SECRET_KEY_FILE": settings.secret_key_file, "REHEARSAL": 1}
    print("  export " + " ".join(f"DUBAN_{name}={value}" for name, value in shown.items()))
