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
    app.add_typer(user, name="user")
    token = typer.Typer(help="接口令牌。", no_args_is_help=True)
    token.command("add")(add_token)
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
