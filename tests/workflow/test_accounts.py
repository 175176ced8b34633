"""Accounts and tokens: who may come in, what the administrator may do, and what is kept of secrets."""

import math
import re
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from tests.workflow.world import OFFICE, World, local
from workflow import account_lists, accounts, identities, outside_identities, passwords, tokens
from workflow.accounts import AccountRefused, AccountTaken, LastAdmin, SignInRefused
from workflow.acts import SYSTEM, Actor
from workflow.identities import AccountDisabled
from workflow.outside_identities import IdentityNotLinked, IdentityUnknown
from workflow.passwords import PasswordRefused
from workflow.refusals import Forbidden, NotFound
from workflow.tables import AccessRecord, Account

NOW = local("2021-12-31 09:00")
PASSWORD = "对标先进 2022"
ADMIN = Actor("系统管理员（admin）", "admin")


def authenticate(world: World, name: str, password: str) -> identities.Identity:
    with world.look(NOW) as act:
        return accounts.authenticate(act, name, password)


def add(world: World, name: str = "keji", role: str = "unit", unit: str | None = "KJJ") -> None:
    with world.act(NOW, SYSTEM) as act:
        accounts.add_account(act, name, role, unit, PASSWORD)


def test_account_comes_in_with_its_password_and_nothing_else(world: World) -> None:
    add(world)
    assert authenticate(world, "keji", PASSWORD).actor == Actor("市科学技术局（keji）", "unit", "KJJ")
    for name, password in (("keji", PASSWORD + "x"), ("keji", ""), ("nobody", PASSWORD), ("\x00", "\ud800")):
        with pytest.raises(SignInRefused, match="账号或密码不正确"):
            authenticate(world, name, password)


def test_password_is_kept_as_an_argon2_hash_only(sqlite_world: World) -> None:
    add(sqlite_world)
    with sqlite_world.look(NOW) as act:
        (kept,) = act.session.execute(text("SELECT password_hash FROM account")).scalars()
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in repr(sqlite_world.dump())


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"role": "mayor"}, AccountRefused),
        ({"role": "unit", "unit": None}, AccountRefused),
        ({"role": "unit", "unit": "WUCI"}, AccountRefused),
        ({"role": "office", "unit": "KJJ"}, AccountRefused),
        ({"name": ""}, AccountRefused),
        ({"name": " a"}, AccountRefused),
        ({"name": "科技 局"}, AccountRefused),
        ({"name": "科技\u3000局"}, AccountRefused),
        ({"name": "a\nb"}, AccountRefused),
        ({"name": "甲" * 65}, AccountRefused),
        ({"password": "1234567"}, PasswordRefused),
        ({"password": "x" * 201}, PasswordRefused),
        ({"password": "with\x00null"}, PasswordRefused),
        ({"name": "taken"}, AccountTaken),
    ],
)
def test_unfit_account_is_refused_and_not_added(
    sqlite_world: World, given: dict[str, Any], refusal: type[Exception]
) -> None:
    add(sqlite_world, "taken")
    wanted = {"name": "new", "role": "unit", "unit": "KJJ", "password": PASSWORD} | given
    before = sqlite_world.dump()
    with pytest.raises(refusal), sqlite_world.act(NOW, SYSTEM) as act:
        accounts.add_account(act, **wanted)
    assert sqlite_world.dump() == before


def test_a_one_time_password_has_no_look_alikes_and_bits_enough() -> None:
    assert not set("lioO10_ -") & set(passwords.ALPHABET)
    once = passwords.one_time()
    assert re.fullmatch(f"[{passwords.ALPHABET}]{{4}}(-[{passwords.ALPHABET}]{{4}}){{4}}", once)
    assert 20 * math.log2(len(passwords.ALPHABET)) >= 80


def test_a_reset_gives_a_one_time_password(sqlite_world: World) -> None:
    add(sqlite_world)
    with sqlite_world.act(NOW, ADMIN) as act:
        once = accounts.reset(act, "keji")
    assert authenticate(sqlite_world, "keji", once).one_time
    with pytest.raises(SignInRefused):
        authenticate(sqlite_world, "keji", PASSWORD)


def test_a_disabled_account_does_not_come_in_and_only_its_password_learns_why(sqlite_world: World) -> None:
    add(sqlite_world)
    with sqlite_world.act(NOW, ADMIN) as act:
        accounts.disable(act, "keji")
    with pytest.raises(AccountDisabled):
        authenticate(sqlite_world, "keji", PASSWORD)
    with pytest.raises(SignInRefused):
        authenticate(sqlite_world, "keji", "a wrong one")
    with sqlite_world.act(NOW, ADMIN) as act:
        accounts.enable(act, "keji")
    assert authenticate(sqlite_world, "keji", PASSWORD).name == "keji"


def test_another_role_acts_as_that(sqlite_world: World) -> None:
    add(sqlite_world)
    with sqlite_world.act(NOW, ADMIN) as act:
        accounts.change_role(act, "keji", "unit", "JYTYJ")
    assert authenticate(sqlite_world, "keji", PASSWORD).actor == Actor("市教育体育局（keji）", "unit", "JYTYJ")


@pytest.mark.parametrize("change", ["disable", "role"])
def test_the_last_working_administrator_stays(world: World, change: str) -> None:
    def do(name: str) -> None:
        with world.act(NOW, ADMIN) as act:
            if change == "disable":
                accounts.disable(act, name)
            else:
                accounts.change_role(act, name, "office", None)

    add(world, "first", "admin", None)
    add(world, "second", "admin", None)
    do("second")
    before = world.dump()
    with pytest.raises(LastAdmin):
        do("first")
    assert world.dump() == before


FORBIDDEN = {
    "add": lambda act: accounts.add_account(act, "new", "admin", None, PASSWORD),
    "reset": lambda act: accounts.reset(act, "keji"),
    "disable": lambda act: accounts.disable(act, "keji"),
    "enable": lambda act: accounts.enable(act, "keji"),
    "unlock": lambda act: accounts.unlock(act, "keji"),
    "sign-out": lambda act: accounts.sign_out(act, "keji"),
    "role": lambda act: accounts.change_role(act, "keji", "admin", None),
    "link": lambda act: outside_identities.link(act, "oidc", "x", "keji"),
    "unlink": lambda act: outside_identities.unlink(act, "oidc", "x"),
    "token": lambda act: tokens.add_token(act, "admin", None),
    "revoke": lambda act: tokens.revoke_token(act, 1),
    "list": lambda act: account_lists.listed(act, wall=NOW),
}


@pytest.mark.parametrize("do", FORBIDDEN.values(), ids=FORBIDDEN)
def test_nobody_but_the_administrator_touches_accounts(sqlite_world: World, do: Any) -> None:
    add(sqlite_world)
    before = sqlite_world.dump()
    for actor in (OFFICE, Actor("督查室", "inspector"), Actor("市科学技术局（keji）", "unit", "KJJ")):
        with pytest.raises(Forbidden), sqlite_world.act(NOW, actor) as act:
            do(act)
    assert sqlite_world.dump() == before


def test_what_was_done_to_an_account_is_kept_without_its_secrets(sqlite_world: World) -> None:
    add(sqlite_world)
    with sqlite_world.act(NOW, ADMIN) as act:
        once = accounts.reset(act, "keji", wall=local("2026-01-01"))
        accounts.change_role(act, "keji", "inspector", None)
        token = tokens.add_token(act, "unit", "KJJ", name="数据大屏")
    with sqlite_world.look(NOW) as act:
        rows = act.session.exec(select(AccessRecord)).all()
    assert [(one.act, one.about, one.by) for one in rows] == [
        ("add", "keji", "督办系统"), ("reset", "keji", ADMIN.name), ("unlock", "keji", ADMIN.name),
        ("role", "keji", ADMIN.name), ("token-add", "接口令牌1（数据大屏）", ADMIN.name),
    ]  # fmt: skip
    assert rows[1].at == local("2026-01-01") and rows[3].detail == "单位：市科学技术局 → 督查室"
    assert once not in repr(sqlite_world.dump()) and token not in repr(sqlite_world.dump())


def test_token_lets_in_as_its_role_until_it_is_revoked(world: World) -> None:
    with world.act(NOW, ADMIN) as act:
        token = tokens.add_token(act, "unit", "KJJ")
        office = tokens.add_token(act, role="office", unit=None, name="数据大屏")
    assert token.startswith("duban_") and token != office
    assert token not in repr(world.dump())
    with world.look(NOW) as act:
        found = tokens.token_actor(act.session, token)
        assert found == Actor("接口令牌1", "unit", "KJJ")
        assert tokens.token_actor(act.session, office) == Actor("接口令牌2（数据大屏）", "office")
        for wrong in ("", "duban_", token + "x", token[:-1], token.removeprefix("duban_"), "duban_\ud800"):
            assert tokens.token_actor(act.session, wrong) is None
    with world.act(NOW, ADMIN) as act:
        tokens.revoke_token(act, 1)
    with world.look(NOW) as act:
        assert tokens.token_actor(act.session, token) is None
        assert tokens.token_actor(act.session, office) is not None
    with pytest.raises(NotFound), world.act(NOW, ADMIN) as act:
        tokens.revoke_token(act, 99)


@pytest.mark.parametrize(("role", "unit"), [("unit", None), ("unit", "WUCI"), ("mayor", None), ("admin", "KJJ")])
def test_unfit_token_is_refused(sqlite_world: World, role: str, unit: str | None) -> None:
    with pytest.raises(AccountRefused), sqlite_world.act(NOW, ADMIN) as act:
        tokens.add_token(act, role, unit)


def test_empty_store_gets_an_administrator_once(world: World) -> None:
    with world.act(NOW, SYSTEM) as act:
        password = accounts.ensure_admin(act)
    assert password is not None
    found = authenticate(world, "admin", password)
    assert (found.actor, found.one_time) == (Actor("系统管理员（admin）", "admin"), True)
    with world.act(NOW, SYSTEM) as act:
        assert accounts.ensure_admin(act) is None


def test_an_outside_identity_belongs_to_one_account(world: World) -> None:
    add(world)
    add(world, "fagai", "unit", "FGW")
    with world.act(NOW, ADMIN) as act:
        outside_identities.link(act, "wecom", " Keji.One ", "keji")
    with world.look(NOW) as act:
        assert outside_identities.account_of(act.session, "wecom", "keji.ONE").name == "keji"
        for provider, subject in (("oidc", "keji.one"), ("wecom", "keji"), ("wecom", "")):
            with pytest.raises(IdentityUnknown):
                outside_identities.account_of(act.session, provider, subject)
    before = world.dump()
    for provider, subject in (("wecom", "KEJI.one"), ("oidc", ""), ("oidc", "a\nb"), ("oidc", "x" * 256), ("qq", "x")):
        with pytest.raises(IdentityNotLinked), world.act(NOW, ADMIN) as act:
            outside_identities.link(act, provider, subject, "fagai")
    assert world.dump() == before
    with world.act(NOW, ADMIN) as act:
        assert outside_identities.unlink(act, "wecom", "keji.one") == "keji"
        with pytest.raises(NotFound):
            outside_identities.unlink(act, "wecom", "keji.one")


def test_accounts_are_listed_by_name_page_by_page_and_narrowed(world: World) -> None:
    with world.act(NOW, SYSTEM) as act:
        for number in range(7):
            act.session.add(
                Account(
                    name=f"u{number}", role="unit", unit="KJJ", password_hash="x", created_at=NOW, one_time=number > 4
                )
            )
        act.session.flush()
        accounts.disable(act, "u0")
    with world.look(NOW, ADMIN) as act:
        first = account_lists.listed(act, wall=NOW, limit=4)
        second = account_lists.listed(act, wall=NOW, limit=4, cursor=first.next)
        assert [one.name for one in (*first.items, *second.items)] == [f"u{number}" for number in range(7)]
        assert (first.total, second.next) == (7, "")
        narrowed = {
            "disabled": ["u0"], "one-time": ["u5", "u6"], "locked": [], "never": [f"u{number}" for number in range(7)],
        }  # fmt: skip
        for state, names in narrowed.items():
            assert [one.name for one in account_lists.listed(act, wall=NOW, state=state).items] == names
        assert account_lists.listed(act, wall=NOW, said="科学技术").total == 7
        assert account_lists.listed(act, wall=NOW, said="科%术").total == 0
        assert account_lists.listed(act, wall=NOW, role="admin").total == 0
