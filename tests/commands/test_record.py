"""The record that cannot be read, and the sessions that a restored backup knows."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select

from tests.commands.conftest import Duban
from tests.workflow.world import LAUNCH, World
from workflow import accounts, identities, logins
from workflow.acts import SYSTEM
from workflow.spans import USUAL
from workflow.store import Store
from workflow.tables import Login


def test_a_record_without_its_table_is_said_to_be_unreadable_in_one_line(world: World, duban: Duban) -> None:
    with world.act(LAUNCH) as act:
        act.session.execute(text("ALTER TABLE history RENAME TO lost"))
    ran = duban("audit", "verify")
    assert (ran.code, ran.out, len(ran.said)) == (1, "", 1)
    assert ran.said[0].startswith("历史记录读不出来，无法核验：") and "history" in ran.said[0]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_sessions_of_a_backup_are_over_once_it_is_restored(
    world: World, duban: Duban, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.act(LAUNCH, SYSTEM) as act:
        accounts.add_account(act, "clerk", role="office", unit=None, password="long enough")
        found = identities.by_name(act.session, "clerk")
        logins.begin(act, found, by="password", place="", device="", wall=LAUNCH, spans=USUAL)
    assert duban("backup", "copy.bak").code == 0
    again = f"sqlite:///{tmp_path / 'again.db'}"
    monkeypatch.setenv("DUBAN_DATABASE_URL", again)
    assert duban("restore", "copy.bak").code == 0
    with closing(Store.open(again)) as restored, restored.read() as session:
        (login,) = session.exec(select(Login)).all()
    assert login.ended_at is not None
