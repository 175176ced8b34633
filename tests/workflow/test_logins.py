"""Sessions on the server, and the lock on names and addresses that failed too often, on the machine's clock."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from tests.workflow.world import World, local
from workflow import accounts, identities, logins, upkeep
from workflow.acts import SYSTEM, Act, Actor
from workflow.logins import MOST, MOST_OF_A_PLACE, SessionOver, SignInLocked
from workflow.spans import USUAL
from workflow.tables import Account, Login, LoginFailure, Meta

#: The rehearsal's clock stands at the end of 2021, the machine's somewhere else.
WALL = local("2026-03-02 09:00")
ADMIN = Actor("系统管理员（admin）", "admin")


def add(world: World, *names: str) -> None:
    with world.act(local("2021-12-31"), SYSTEM) as act:
        for name in names:
            act.session.add(Account(name=name, role="office", password_hash="x", created_at=act.now))


def fail(world: World, name: str, *, times: int = 1, place: str = "10.0.0.1", wall: datetime = WALL) -> None:
    for number in range(times):
        with world.act(local("2021-12-31"), SYSTEM) as act:
            logins.attempt(act, name, place=place, wall=wall + timedelta(seconds=number))


def begin(world: World, name: str, *, wall: datetime = WALL, by: str = "password") -> str:
    with world.act(local("2021-12-31"), SYSTEM) as act:
        found = identities.by_name(act.session, name)
        return logins.begin(act, found, by=by, place="10.0.0.1", device="", wall=wall, spans=USUAL)


def is_open(world: World, number: str, *, wall: datetime = WALL) -> bool:
    with world.look() as act:
        return logins.find(act.session, number, wall=wall) is not None


def test_the_tenth_failure_locks_the_name_for_fifteen_minutes(world: World) -> None:
    add(world, "keji")
    fail(world, "keji", times=MOST)
    before = world.dump()
    with pytest.raises(SignInLocked, match="请14分钟后再试"):
        fail(world, "keji", wall=WALL + timedelta(minutes=1, seconds=30))
    assert world.dump() == before
    fail(world, "another", wall=WALL + timedelta(minutes=1))
    fail(world, "keji", wall=WALL + timedelta(minutes=15, seconds=1))


def test_a_name_that_no_account_has_is_locked_alike_and_not_kept(sqlite_world: World) -> None:
    fail(sqlite_world, "my secret password", times=MOST)
    with pytest.raises(SignInLocked):
        fail(sqlite_world, "my secret password", wall=WALL + timedelta(minutes=1))
    assert "my secret password" not in repr(sqlite_world.dump())


def test_an_address_that_tries_many_names_is_locked_as_well(sqlite_world: World) -> None:
    with sqlite_world.act(WALL, SYSTEM) as act:
        for number in range(MOST_OF_A_PLACE):
            act.session.add(LoginFailure(name=f"?{number}", at=WALL, place="10.0.0.9"))
    with pytest.raises(SignInLocked):
        fail(sqlite_world, "keji", place="10.0.0.9")
    fail(sqlite_world, "keji", place="10.0.0.8")


def test_many_tries_at_once_are_no_more_than_ten(world: World) -> None:
    add(world, "keji")

    def attempt(_number: int) -> bool:
        try:
            fail(world, "keji", wall=WALL)
        except SignInLocked:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(24))) == MOST


def test_a_sign_in_and_an_unlocking_forgive_what_failed_before(sqlite_world: World) -> None:
    add(sqlite_world, "keji")
    fail(sqlite_world, "keji", times=MOST - 1)
    begin(sqlite_world, "keji", wall=WALL + timedelta(minutes=1))
    fail(sqlite_world, "keji", times=MOST, wall=WALL + timedelta(minutes=2))
    later = WALL + timedelta(minutes=3)
    with sqlite_world.look() as act:
        assert logins.locked(act.session, "keji", wall=later) > timedelta(minutes=13)
    # Another system's word proves nothing about who knows the password.
    begin(sqlite_world, "keji", wall=later, by="oidc")
    with pytest.raises(SignInLocked):
        fail(sqlite_world, "keji", wall=later)
    with sqlite_world.act(local("2021-12-31"), ADMIN) as act:
        accounts.unlock(act, "keji", wall=later)
    fail(sqlite_world, "keji", wall=later + timedelta(seconds=1))
    with sqlite_world.look() as act:
        assert len(act.session.exec(select(LoginFailure)).all()) == 2 * MOST


def test_a_session_lasts_until_its_end_or_until_it_is_left(world: World) -> None:
    add(world, "keji")
    number = begin(world, "keji")
    assert number not in repr(world.dump())
    assert is_open(world, number, wall=WALL + timedelta(hours=12) - timedelta(seconds=1))
    assert not is_open(world, number, wall=WALL + timedelta(hours=12))
    assert not is_open(world, number + "x") and not is_open(world, "")
    with world.act(WALL, SYSTEM) as act:
        assert logins.end(act, "another", logins.key_hash(number), wall=WALL) == 0
        assert logins.end(act, "keji", logins.key_hash(number), wall=WALL) == 1
    assert not is_open(world, number)


def test_the_other_devices_are_left_and_this_one_stays(sqlite_world: World) -> None:
    add(sqlite_world, "keji", "fagai")
    mine, elsewhere, foreign = begin(sqlite_world, "keji"), begin(sqlite_world, "keji"), begin(sqlite_world, "fagai")
    with sqlite_world.act(WALL, SYSTEM) as act:
        assert logins.end_others(act, "keji", logins.key_hash(mine), wall=WALL) == 1
    assert [is_open(sqlite_world, one) for one in (mine, elsewhere, foreign)] == [True, False, True]


ENDS: dict[str, Callable[[Act], object]] = {
    "password": lambda act: accounts.set_password(act, "keji", "another password", wall=WALL),
    "reset": lambda act: accounts.reset(act, "keji", wall=WALL),
    "disable": lambda act: accounts.disable(act, "keji", wall=WALL),
    "role": lambda act: accounts.change_role(act, "keji", "inspector", None, wall=WALL),
    "sign-out": lambda act: accounts.sign_out(act, "keji", wall=WALL),
}


@pytest.mark.parametrize("change", ENDS)
def test_what_changes_an_account_ends_its_sessions(sqlite_world: World, change: str) -> None:
    add(sqlite_world, "keji", "fagai")
    number, foreign = begin(sqlite_world, "keji"), begin(sqlite_world, "fagai")
    with sqlite_world.act(local("2021-12-31"), ADMIN) as act:
        ENDS[change](act)
    assert (is_open(sqlite_world, number), is_open(sqlite_world, foreign)) == (False, True)


def test_an_account_that_changed_since_it_proved_itself_begins_no_session(sqlite_world: World) -> None:
    add(sqlite_world, "keji")
    with sqlite_world.look() as act:
        found = identities.by_name(act.session, "keji")
    with sqlite_world.act(WALL, ADMIN) as act:
        accounts.change_role(act, "keji", "inspector", None)
    with pytest.raises(SessionOver), sqlite_world.act(WALL, SYSTEM) as act:
        logins.begin(act, found, by="password", place="", device="", wall=WALL, spans=USUAL)


def test_old_sessions_and_failures_are_tended_away_on_a_live_service_only(sqlite_world: World) -> None:
    add(sqlite_world, "keji")
    begin(sqlite_world, "keji")
    fail(sqlite_world, "keji")
    begin(sqlite_world, "keji", wall=WALL + timedelta(days=180))
    later = WALL + timedelta(days=185)
    (chore,) = [one for one in upkeep.CHORES if one.name == "logins"]
    with sqlite_world.act(later, SYSTEM) as act:
        assert not chore.due(act.session, later)
        act.session.merge(Meta(key="mode", value="live"))
        act.session.flush()
        assert chore.due(act.session, later) and not chore.due(act.session, WALL + timedelta(days=183))
        assert chore.tend(Act(act.session, later, act.links)) == 2
        assert len(act.session.exec(select(Login)).all()) == 1
        assert not chore.due(act.session, later)
