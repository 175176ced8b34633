"""Accounts and API tokens, made by whoever may run this command on the machine."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

_ROLES = "office（办公室）、unit（单位）、inspector（督查）、admin（管理员）"
Role = Annotated[str, typer.Option(help=f"角色：{_ROLES}")]
UnitCode = Annotated[str | None, typer.Option(help="单位编码，只用于 unit 角色")]


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    user = typer.Typer(help="账号。", no_args_is_help=True)
    user.command("add")(add_user)
    user.command("password")(reset_password)
    app.add_typer(user, name="user")
    token = typer.Typer(help="接口令牌。", no_args_is_help=True)
    token.command("add")(add_token)
    token.command("list")(list_tokens)
    token.command("revoke")(revoke_token)
    app.add_typer(token, name="token")


def add_user(
    name: Annotated[str, typer.Argument(metavar="NAME", help="账号名称")],
    role: Role,
    unit: UnitCode = None,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="从标准输入读一行密码，不提问")] = False,
) -> None:
    """添加账号；密码由提问输入，或用 --password-stdin 从标准输入读取。"""
    from service import open_service
    from workflow import accounts

    password = _piped() if password_stdin else typer.prompt("密码", hide_input=True, confirmation_prompt="再输一次")
    with open_service() as service, service.engine.acting() as act:
        accounts.add_account(act, name, role=role, unit=unit, password=password)
    print(f"已添加账号：{name}（{role}）")


def reset_password(
    name: Annotated[str, typer.Argument(metavar="NAME", help="账号名称")],
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="从标准输入读一行密码，不提问")] = False,
) -> None:
    """为忘记密码的账号换一个密码；用旧密码登录的会话随即结束。"""
    from service import open_service
    from workflow import accounts

    password = _piped() if password_stdin else typer.prompt("新密码", hide_input=True, confirmation_prompt="再输一次")
    with open_service() as service, service.engine.acting() as act:
        accounts.set_password(act, name, password)
    print(f"已更换密码：{name}")


def list_tokens() -> None:
    """列出有效的接口令牌：编号、角色、单位、发放时间；令牌本身不保存，无法再显示。"""
    from service import open_existing
    from workflow import accounts
    from workflow.desks import shown_instant

    with open_existing() as service, service.engine.looking() as act:
        for row in accounts.tokens(act):
            print(f"{row.id}\t{row.role}\t{row.unit or ''}\t{shown_instant(row.created_at)}")


def revoke_token(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="令牌编号，见 duban token list")],
) -> None:
    """作废一个接口令牌，立即生效。"""
    from service import open_service
    from workflow import accounts

    with open_service() as service, service.engine.acting() as act:
        accounts.revoke_token(act, number)
    print(f"已作废令牌：{number}")


def add_token(role: Role, unit: UnitCode = None) -> None:
    """添加接口令牌；令牌只在此显示一次，标准输出上只有它。"""
    from service import open_service
    from workflow import accounts

    with open_service() as service, service.engine.acting() as act:
        token = accounts.add_token(act, role=role, unit=unit)
    print(token)


def _piped() -> str:
    """One line of standard input without its end; a password may begin and end with spaces."""
    return sys.stdin.readline().rstrip("\r\n")
