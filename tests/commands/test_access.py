"""Accounts and tokens from the command line."""

from __future__ import annotations

import io
import sys

import pytest

from tests.commands.conftest import Duban
from tests.workflow.world import LAUNCH, World
from workflow import accounts, tokens
from workflow.acts import SYSTEM
from workflow.identities import Identity
from workflow.tables import Account


def sign_in(world: World, name: str, password: str) -> Identity:
    with world.look() as act:
        return accounts.authenticate(act, name, password)


def test_an_account_with_a_piped_password_can_sign_in(
    world: World, duban: Duban, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("a long password \nnot this\n"))
    ran = duban("user", "add", "jiaoyu", "--role", "unit", "--unit", "JYTYJ", "--password-stdin")
    assert (ran.code, ran.out, ran.err) == (0, "已添加账号：jiaoyu（unit）\n", "")
    actor = sign_in(world, "jiaoyu", "a long password ").actor
    assert (actor.role, actor.unit) == ("unit", "JYTYJ")


def test_a_password_is_asked_twice_when_it_is_not_piped(
    world: World, duban: Duban, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("password one\npassword one\n"))
    monkeypatch.setattr("getpass.getpass", lambda *_args, **_more: sys.stdin.readline().rstrip("\n"))
    assert duban("user", "add", "office", "--role", "office").code == 0
    assert sign_in(world, "office", "password one").actor.role == "office"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("x", "--role", "mayor"), "不能添加账号或令牌：角色只能是：office、unit、inspector、admin"),
        (("x", "--role", "unit"), "不能添加账号或令牌：单位账号须写单位编码"),
        (("x", "--role", "unit", "--unit", "none"), "不能添加账号或令牌：没有编码为“none”的单位"),
        (("taken", "--role", "office"), "账号“taken”已存在，请另取一个名称。"),
    ],
)
def test_a_wrong_account_is_refused_in_one_line(
    world: World, duban: Duban, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    with world.act(LAUNCH, SYSTEM) as act:
        accounts.add_account(act, "taken", role="office", unit=None, password="long enough")
    monkeypatch.setattr(sys, "stdin", io.StringIO("long enough\n"))
    ran = duban("user", "add", *arguments, "--password-stdin")
    assert (ran.code, ran.out, ran.err) == (1, "", f"{said}\n")


def test_a_short_password_is_refused(world: World, duban: Duban, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("short\n"))
    ran = duban("user", "add", "x", "--role", "office", "--password-stdin")
    assert (ran.code, len(ran.said)) == (1, 1)
    with world.look() as act:
        assert act.session.get(Account, "x") is None


def test_a_token_stands_alone_on_standard_output_and_lets_in(world: World, duban: Duban) -> None:
    ran = duban("token", "add", "--role", "unit", "--unit", "JYTYJ")
    assert (ran.code, ran.err, ran.out.count("\n")) == (0, "", 1)
    with world.look() as act:
        actor = tokens.token_actor(act.session, ran.out.strip())
    assert actor is not None and (actor.role, actor.unit) == ("unit", "JYTYJ")


def test_a_revoked_token_opens_nothing(duban: Duban, world: World) -> None:
    token = duban("token", "add", "--role", "office").out.strip()
    duban("token", "add", "--role", "inspector", "--name", "数据大屏")
    listed = [line.split("\t")[:2] for line in duban("token", "list").out.splitlines()]
    assert [role for _, role in listed] == ["office", "inspector"] and token not in str(listed)
    assert duban("token", "revoke", listed[0][0]).code == 0
    with world.store.read() as session:
        assert tokens.token_actor(session, token) is None
    left = [line.split("\t") for line in duban("token", "list").out.splitlines()]
    assert [(one[1], one[4]) for one in left] == [("inspector", "数据大屏")]
    assert duban("token", "revoke", "999").code == 1


def test_a_forgotten_password_is_replaced(duban: Duban, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("the first one\n"))
    duban("user", "add", "clerk", "--role", "office", "--password-stdin")
    monkeypatch.setattr("sys.stdin", io.StringIO("the second one\n"))
    assert duban("user", "password", "clerk", "--password-stdin").code == 0
    with world.look() as act:
        assert accounts.authenticate(act, "clerk", "the second one").name == "clerk"
    monkeypatch.setattr("sys.stdin", io.StringIO("whatever else\n"))
    assert duban("user", "password", "nobody", "--password-stdin").code == 1


def test_an_account_is_listed_reset_moved_locked_out_and_let_in_again(duban: Duban, world: World) -> None:
    with world.act(LAUNCH, SYSTEM) as act:
        accounts.add_account(act, "clerk", role="office", unit=None, password="long enough")
    once = duban("user", "reset", "clerk")
    assert (once.code, once.out.count("\n")) == (0, 1)
    assert sign_in(world, "clerk", once.out.strip()).one_time
    assert duban("user", "role", "clerk", "--role", "unit", "--unit", "JYTYJ").code == 0
    assert duban("user", "disable", "clerk").code == 0
    listed = duban("user", "list").out.splitlines()
    assert listed == ["clerk\tunit\tJYTYJ\t已停用、未改一次性密码\t从未登录\t"]
    assert duban("user", "enable", "clerk").code == duban("user", "unlock", "clerk").code == 0
    assert "已停用" not in duban("user", "list").out
    assert duban("user", "disable", "nobody").said == ["没有找到您要的内容。"]


def test_the_last_administrator_is_not_disabled(duban: Duban, world: World) -> None:
    with world.act(LAUNCH, SYSTEM) as act:
        accounts.ensure_admin(act)
    ran = duban("user", "disable", "admin")
    assert (ran.code, "最后一个可用的系统管理员" in ran.err) == (1, True)
