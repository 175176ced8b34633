"""Accounts and tokens: who may come in, and what is kept of their secrets."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.workflow.world import OFFICE, World, local
from workflow import accounts
from workflow.accounts import (
    AccountRefused,
    AccountTaken,
    Failures,
    PasswordRefused,
    SignInLocked,
    SignInRefused,
)
from workflow.acts import Actor
from workflow.refusals import NotFound

NOW = local("2021-12-31 09:00")
PASSWORD = "对标先进 2022"


class Watch:
    """A clock that stands where a test puts it."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def authenticate(world: World, name: str, password: str, failures: Failures | None = None) -> accounts.Identity:
    with world.look(NOW) as act:
        return accounts.authenticate(act, name, password, failures=failures or Failures())


def add(world: World, name: str = "keji", role: str = "unit", unit: str | None = "KJJ") -> None:
    with world.act(NOW) as act:
        accounts.add_account(act, name, role, unit, PASSWORD)


def test_account_comes_in_with_its_password_and_nothing_else(world: World) -> None:
    add(world)
    assert authenticate(world, "keji", PASSWORD).actor == Actor("市科学技术局（keji）", "unit", "KJJ")
    for name, password in (("keji", PASSWORD + "x"), ("keji", ""), ("nobody", PASSWORD), ("\x00", "\ud800")):
        with pytest.raises(SignInRefused, match="账号或密码不正确"):
            authenticate(world, name, password)


def test_password_is_kept_as_an_argon2_hash_only(world: World) -> None:
    add(world)
    with world.look(NOW) as act:
        (kept,) = act.session.execute(text("SELECT password_hash FROM account")).scalars()
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in repr(world.dump())


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"role": "mayor"}, AccountRefused),
        ({"role": "unit", "unit": None}, AccountRefused),
        ({"role": "unit", "unit": "XXX"}, AccountRefused),
        ({"role": "office", "unit": "KJJ"}, AccountRefused),
        ({"name": ""}, AccountRefused),
        ({"name": " a"}, AccountRefused),
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
    with pytest.raises(refusal), sqlite_world.act(NOW) as act:
        accounts.add_account(act, **wanted)
    assert sqlite_world.dump() == before


def test_tenth_failure_locks_the_name_for_fifteen_minutes(sqlite_world: World) -> None:
    add(sqlite_world)
    watch = Watch()
    failures = Failures(watch)
    for _ in range(10):
        watch.seconds += 30
        with pytest.raises(SignInRefused):
            authenticate(sqlite_world, "keji", "wrong", failures)
    with pytest.raises(SignInLocked, match="请11分钟后再试"):
        authenticate(sqlite_world, "keji", PASSWORD, failures)
    with pytest.raises(SignInRefused):
        authenticate(sqlite_world, "another", "wrong", failures)
    watch.seconds = 1030 + 15 * 60
    assert authenticate(sqlite_world, "keji", PASSWORD, failures).name == "keji"


def test_unknown_name_is_locked_like_a_known_one() -> None:
    failures = Failures(Watch())
    assert [failures.attempt("nobody") for _ in range(10)] == [0.0] * 10
    assert failures.attempt("nobody") == 15 * 60


def test_success_forgets_the_failures(sqlite_world: World) -> None:
    add(sqlite_world)
    failures = Failures(Watch())
    for _ in range(9):
        with pytest.raises(SignInRefused):
            authenticate(sqlite_world, "keji", "wrong", failures)
    authenticate(sqlite_world, "keji", PASSWORD, failures)
    for _ in range(9):
        with pytest.raises(SignInRefused):
            authenticate(sqlite_world, "keji", "wrong", failures)
    authenticate(sqlite_world, "keji", PASSWORD, failures)


def test_names_tried_by_a_scanner_do_not_fill_the_memory() -> None:
    failures = Failures(Watch())
    for number in range(11_000):
        failures.attempt(f"name {number}")
    for _ in range(10):
        failures.attempt("name 10999")
    assert failures.attempt("name 10999") > 0
    assert failures.attempt("name 0") == 0


def test_session_ends_when_the_password_changes(world: World) -> None:
    add(world)
    found = authenticate(world, "keji", PASSWORD)
    with world.look(NOW) as act:
        assert accounts.identity(act.session, "keji", found.stamp) == found
        assert accounts.identity(act.session, "keji", "0" * 32) is None
        assert accounts.identity(act.session, "nobody", found.stamp) is None
    with world.act(NOW) as act:
        accounts.set_password(act, "keji", "另一个密码 2022")
    with world.look(NOW) as act:
        assert accounts.identity(act.session, "keji", found.stamp) is None
    with pytest.raises(NotFound), world.act(NOW) as act:
        accounts.set_password(act, "nobody", PASSWORD)


def test_token_lets_in_as_its_role_until_it_is_revoked(world: World) -> None:
    with world.act(NOW) as act:
        token = accounts.add_token(act, "unit", "KJJ")
        office = accounts.add_token(act, role="office", unit=None)
    assert token.startswith("duban_") and token != office
    assert token not in repr(world.dump())
    with world.look(NOW) as act:
        found = accounts.token_actor(act.session, token)
        assert found is not None and (found.role, found.unit) == ("unit", "KJJ")
        assert (accounts.token_actor(act.session, office) or OFFICE).role == "office"
        for wrong in ("", "duban_", token + "x", token[:-1], token.removeprefix("duban_"), "duban_\ud800"):
            assert accounts.token_actor(act.session, wrong) is None
    with world.act(NOW) as act:
        accounts.revoke_token(act, 1)
    with world.look(NOW) as act:
        assert accounts.token_actor(act.session, token) is None
        assert accounts.token_actor(act.session, office) is not None
    with pytest.raises(NotFound), world.act(NOW) as act:
        accounts.revoke_token(act, 99)


@pytest.mark.parametrize(("role", "unit"), [("unit", None), ("unit", "XXX"), ("mayor", None), ("admin", "KJJ")])
def test_unfit_token_is_refused(sqlite_world: World, role: str, unit: str | None) -> None:
    with pytest.raises(AccountRefused), sqlite_world.act(NOW) as act:
        accounts.add_token(act, role, unit)


def test_empty_store_gets_an_administrator_once(world: World) -> None:
    with world.act(NOW) as act:
        password = accounts.ensure_admin(act)
    assert password is not None
    assert authenticate(world, "admin", password).actor == Actor("系统管理员（admin）", "admin")
    with world.act(NOW) as act:
        assert accounts.ensure_admin(act) is None
