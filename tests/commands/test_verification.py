"""The record verified: whole, tampered with, unreadable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

import service
from tests.commands.conftest import Duban
from tests.launched import ordos
from tests.patterns import Patterns
from tests.workflow.world import LAUNCH, World, local
from workflow import anchor_files, audit
from workflow.anchor_files import AnchorFile

UNIT = "JYTYJ"

_ENTRY = "submission_id = :id AND seq = "
#: What somebody does to the stored record, and where it shows.
TAMPERING = (
    (("UPDATE history SET comment = '同意'", f"{_ENTRY} 4"), (4, "entry-changed")),
    (("UPDATE history SET facts = '{}'", f"{_ENTRY} 2"), (2, "entry-changed")),
    (("UPDATE history SET hash = 'f'", f"{_ENTRY} 2"), (2, "entry-changed")),
    (("DELETE FROM history", f"{_ENTRY} 3"), (4, "entry-missing")),
    (("DELETE FROM history", f"{_ENTRY} 1"), (2, "entry-missing")),
    (("DELETE FROM history", f"{_ENTRY} 6"), (5, "end-missing")),
    (("DELETE FROM history", "submission_id = :id"), (0, "history-missing")),
    (("UPDATE submission SET head = 'f'", "id = :id"), (6, "head-differs")),
    (("UPDATE submission SET standing = 'filed'", "id = :id"), (6, "state-differs")),
)


def with_histories(url: str) -> None:
    """Histories of several entries: one submission filed, one returned, all lapsed but one."""
    with closing(World.opened(url)) as world:
        world.file("FGW", now=local("2022-01-03 10:00"))
        world.hand_in(UNIT, now=local("2022-01-03 11:00"))
        world.sign(UNIT, now=local("2022-01-03 12:00"), choice="return")
        world.advance(local("2022-01-06 10:00"))


@pytest.fixture
def told(settled: str, patterns: Patterns, database_kind: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A rehearsal with something to verify."""
    with patterns.copy(database_kind, with_histories, onto=ordos) as url, closing(World.opened(url)) as world:
        monkeypatch.setenv("DUBAN_DATABASE_URL", url)
        assert settled != url
        yield world


def test_a_whole_record_is_said_to_be_whole(told: World, duban: Duban) -> None:
    ran = duban("audit", "verify")
    with told.look() as act:
        size = audit.size(act.session)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == f"核验了183件报送件的{size.entries}条历史：完整无误"
    assert size.entries > 183 + 60


def test_the_outcome_tells_what_is_proven_from_outside_and_what_is_not(
    told: World, duban: Duban, tmp_path: Path
) -> None:
    alone = duban("audit", "verify").out.splitlines()[1:]
    assert alone[0] == "每日存证2022-01-02至2022-01-05（2次）：没有库外文件可对照，只能证明库内前后一致"
    AnchorFile(tmp_path / "kept" / "copy.anchors").follow(told.store)
    proven = duban("audit", "verify", "--anchors", "kept/copy.anchors")
    assert proven.code == 0
    assert "每日存证2022-01-02至2022-01-05（2次）：已由库外文件“kept/copy.anchors”证实" in proven.out
    with told.act(LAUNCH) as act:
        act.session.execute(text("DELETE FROM anchored_head WHERE day = '2022-01-05'"))
        act.session.execute(text("DELETE FROM anchor WHERE day = '2022-01-05'"))
    lost = duban("audit", "verify", "--anchors", "kept/copy.anchors")
    assert lost.code == 1
    assert "2022-01-05的存证在文件中有，数据库中没有（anchor-gone）" in lost.out


def test_a_file_to_compare_with_that_is_not_there_is_refused(told: World, duban: Duban) -> None:
    ran = duban("audit", "verify", "--anchors", "nowhere.anchors")
    assert ran.code == 1 and "nowhere.anchors" in ran.err and "Traceback" not in ran.err


def test_the_clock_that_a_command_moves_writes_the_anchors_file(
    told: World, settled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUBAN_ANCHOR_FILE", str(tmp_path / "outside.anchors"))
    with service.open_service() as opened:
        opened.engine.advance(local("2022-01-07 10:00"))
    assert [line.anchor is not None for line in anchor_files.read(tmp_path / "outside.anchors")] == [True] * 2
    assert settled and told


def test_tampering_is_found_at_its_place(told: World) -> None:
    number = told.id_of(UNIT)
    assert [one.event for one in told.history(UNIT)] == ["launch", "edit", "submit", "return", "lapse", "light"]
    for tampering, found in TAMPERING:
        with told.act(LAUNCH) as act:
            act.session.execute(text(f"{tampering[0]} WHERE {tampering[1]}"), {"id": number})
            faults = list(audit.verify(act.session))
            act.session.rollback()
        assert {fault.submission_id for fault in faults} == {number}, "no other submission is accused"
        assert (faults[0].seq, faults[0].code) == found, tampering
    with told.look() as act:
        assert list(audit.verify(act.session)) == []


def test_faults_are_told_by_submission_and_end_in_exit_code_1(told: World, duban: Duban) -> None:
    number, other = told.id_of(UNIT), told.id_of("FGW")
    [request] = [one.id for one in told.requests(UNIT)]
    with told.act(LAUNCH) as act:
        act.session.execute(
            text("UPDATE history SET comment = '' WHERE submission_id = :id AND seq = 4"), {"id": number}
        )
        act.session.execute(text("DELETE FROM history WHERE submission_id = :id AND seq = 2"), {"id": other})
    ran = duban("audit", "verify")
    assert (ran.code, ran.err) == (1, "")
    told_of, [outcome, *_] = ran.out.splitlines()[:4], ran.out.splitlines()[4:]
    assert sorted(told_of) == sorted(
        [
            f"报送件{number}：第4条历史与校验值不符，内容被改动过（entry-changed）",
            f"报送件{other}：第3条历史之前缺少第2条（entry-missing）",
            f"报送件{number}：审签SQ-{request}与历史第4条不一致：理由（decision-differs）",
            f"报送件{other}：第1版内容与历史所记的不一致（content-differs）",
        ]
    )
    assert outcome.endswith("2件有问题，共4处")


def test_entries_that_change_places_are_found(told: World, duban: Duban) -> None:
    number = told.id_of(UNIT)
    with told.act(LAUNCH) as act:
        for before, after in ((2, 90), (3, 2), (90, 3)):
            act.session.execute(
                text("UPDATE history SET seq = :after WHERE submission_id = :id AND seq = :before"),
                {"id": number, "before": before, "after": after},
            )
    ran = duban("audit", "verify")
    assert ran.code == 1 and f"报送件{number}：第2条历史与校验值不符" in ran.out


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("stored", ["facts = 'not json'", "facts = '[1]'", "at = 'yesterday'", "at = 5"])
def test_an_entry_that_cannot_be_read_is_a_fault_and_no_crash(told: World, duban: Duban, stored: str) -> None:
    number = told.id_of(UNIT)
    with told.act(LAUNCH) as act:
        act.session.execute(text(f"UPDATE history SET {stored} WHERE submission_id = :id AND seq = 2"), {"id": number})
    ran = duban("audit", "verify")
    assert ran.code == 1
    assert ran.out.splitlines()[0] == f"报送件{number}：第2条历史与校验值不符，内容被改动过（entry-changed）"


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_history_without_its_submission_is_found(told: World, duban: Duban) -> None:
    number = told.id_of(UNIT)
    with told.store.writer.connect() as connection:
        connection.commit()
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("DELETE FROM submission WHERE id = ?", (number,))
        raw.execute("PRAGMA foreign_keys=ON")
    ran = duban("audit", "verify")
    assert ran.code == 1 and f"报送件{number}：历史还在（6条），报送件本身已不存在" in ran.out


def test_every_entry_is_looked_at_once(told: World) -> None:
    heard: list[int] = []
    with told.store.read() as session:
        assert list(audit.verify(session, seen=heard.append)) == []
        assert sum(heard) == audit.size(session).entries


def test_an_anchors_file_that_lacks_anchors_is_found(
    told: World, duban: Duban, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "outside.anchors"
    monkeypatch.setenv("DUBAN_ANCHOR_FILE", str(file))
    for found in ("不存在", "中没有任何存证"):
        ran, checked = duban("doctor"), duban("audit", "verify")
        assert ran.code == 1 and f"✗ 存证文件：“{file}”{found}" in ran.out
        assert f"注意：“{file}”{found}" in checked.out
        file.touch()
    file.unlink()
    AnchorFile(file).follow(told.store)
    assert "✓ 存证文件：" in duban("doctor").out and "注意" not in duban("audit", "verify").out
    with told.act(LAUNCH) as act:
        act.session.execute(text("DELETE FROM anchored_head"))
        act.session.execute(text("DELETE FROM anchor"))
    assert "注意：历史已有两天以上，却没有任何每日存证" in duban("audit", "verify").out
