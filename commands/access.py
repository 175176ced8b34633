"""Accounts and API tokens, made by whoever may run this command on the machine."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

_ROLES = "office（办公室）、unit（单位）、inspector（督查）、admin（管理员）"
Role = Annotated[str, typer.Option(help=f"角色：{_ROLES}")]
UnitCode = Annotated[str | None, typer.Option(help="单位编码，只用于 unit 角色")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="账号名称")]
Piped = Annotated[bool, typer.Option("--password-stdin", help="从标准输入读一行密码，不提问")]


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    user = typer.Typer(help="账号。", no_args_is_help=True)
    user.command("add")(add_user)
    user.command("list")(list_users)
    user.command("password")(set_password)
    user.command("reset")(reset_user)
    user.command("role")(change_role)
    user.command("disable")(disable_user)
    user.command("enable")(enable_user)
    user.command("unlock")(unlock_user)
    app.add_typer(user, name="user")
    token = typer.Typer(help="接口令牌。", no_args_is_help=True)
    token.command("add")(add_token)
    token.command("list")(list_tokens)
    token.command("revoke")(revoke_token)
    app.add_typer(token, name="token")


def add_user(name: Name, role: Role, unit: UnitCode = None, password_stdin: Piped = False) -> None:
    """添加账号；密码由提问输入，或用 --password-stdin 从标准输入读取。"""
    from service import open_service
    from workflow import accounts

    password = _piped() if password_stdin else typer.prompt("密码", hide_input=True, confirmation_prompt="再输一次")
    with open_service() as service, service.engine.acting() as act:
        accounts.add_account(act, name, role=role, unit=unit, password=password, wall=_wall())
    print(f"已添加账号：{name}（{role}）")


def list_users() -> None:
    """列出账号：名称、角色、单位、状态、最近登录时间（本机时间）、其他登录方式。"""
    from service import open_existing
    from workflow import account_lists
    from workflow.desks import shown_instant

    with open_existing() as service, service.engine.looking() as act:
        for one in account_lists.everything(act, wall=_wall()):
            marks = {"disabled": one.disabled_at is not None, "locked": one.locked, "one-time": one.one_time}
            state = "、".join(account_lists.STATES[mark] for mark, applies in marks.items() if applies)
            last = shown_instant(one.signed_in_at) if one.signed_in_at else "从未登录"
            print("\t".join((one.name, one.role, one.unit, state or "可用", last, "、".join(one.providers))))


def set_password(name: Name, password_stdin: Piped = False) -> None:
    """为忘记密码的账号换一个密码；用旧密码登录的会话随即结束。"""
    from service import open_service
    from workflow import accounts

    password = _piped() if password_stdin else typer.prompt("新密码", hide_input=True, confirmation_prompt="再输一次")
    with open_service() as service, service.engine.acting() as act:
        accounts.set_password(act, name, password, wall=_wall())
    print(f"已更换密码：{name}")


def reset_user(name: Name) -> None:
    """重置密码并解除锁定：一次性密码只在此显示一次，标准输出上只有它；首次登录后须修改。"""
    from service import open_service
    from workflow import accounts

    with open_service() as service, service.engine.acting() as act:
        password = accounts.reset(act, name, wall=_wall())
    print(password)


def change_role(name: Name, role: Role, unit: UnitCode = None) -> None:
    """变更账号的角色或单位；原有登录随即结束。"""
    from service import open_service
    from workflow import accounts

    with open_service() as service, service.engine.acting() as act:
        accounts.change_role(act, name, role, unit, wall=_wall())
    print(f"已变更角色：{name}（{role}）")


def disable_user(name: Name) -> None:
    """停用账号：不能再登录，原有登录随即结束；历史记录保留。"""
    from service import open_service
    from workflow import accounts

    with open_service() as service, service.engine.acting() as act:
        accounts.disable(act, name, wall=_wall())
    print(f"已停用账号：{name}")


def enable_user(name: Name) -> None:
    """重新启用已停用的账号。"""
    from service import open_service
    from workflow import accounts

    with open_service() as service, service.engine.acting() as act:
        accounts.enable(act, name, wall=_wall())
    print(f"已启用账号：{name}")


def unlock_user(name: Name) -> None:
    """解除因多次登录失败而起的锁定。"""
    from service import open_service
    from workflow import accounts

    with open_service() as service, service.engine.acting() as act:
        accounts.unlock(act, name, wall=_wall())
    print(f"已解除锁定：{name}")


def list_tokens() -> None:
    """列出有效的接口令牌：编号、角色、单位、发放时间、用途；令牌本身不保存，无法再显示。"""
    from service import open_existing
    from workflow import tokens
    from workflow.desks import shown_instant

    with open_existing() as service, service.engine.looking() as act:
        for row in tokens.tokens(act):
            print(f"{row.id}\t{row.role}\t{row.unit or ''}\t{shown_instant(row.created_at)}\t{row.name}")


def revoke_token(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="令牌编号，见 duban token list")],
) -> None:
    """作废一个接口令牌，立即生效。"""
    from service import open_service
    from workflow import tokens

    with open_service() as service, service.engine.acting() as act:
        tokens.revoke_token(act, number, wall=_wall())
    print(f"已作废令牌：{number}")


def add_token(
    role: Role,
    unit: UnitCode = None,
    name: Annotated[str, typer.Option(help="用途，如“数据大屏”")] = "",
) -> None:
    """添加接口令牌；令牌只在此显示一次，标准输出上只有它。"""
    from service import open_service
    from workflow import tokens

    with open_service() as service, service.engine.acting() as act:
        token = tokens.add_token(act, role=role, unit=unit, name=name, wall=_wall())
    print(token)


def _wall() -> datetime:
    """The machine's clock, which sessions and locks run on."""
    return datetime.now(UTC)


def _piped() -> str:
    """One line of standard input without its end; a password may begin and end with spaces."""
    return sys.stdin.readline().rstrip("\r\n")
