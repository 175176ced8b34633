"""The doctor, the schema, and the record verified."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

import service
from tests.commands.conftest import Duban
from tests.doubles.smtp import SmtpDouble
from tests.launched import ordos
from tests.patterns import Patterns
from tests.workflow.world import LAUNCH, ROOT, World, local
from workflow import anchor_files, audit
from workflow.anchor_files import AnchorFile
from workflow.tables import Meta

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


#: One instant for all: the store that is launched for real is built once.
NOW = datetime.now(UTC)


def launched_for_real(url: str) -> None:
    """A programme long over when it is launched, so that everything is due."""
    World.launched(url, now=NOW, rehearsal=False).close()


def with_histories(url: str) -> None:
    """Histories of several entries: one submission filed, one returned, all lapsed but one."""
    with closing(World.opened(url)) as world:
        world.file("FGW", now=local("2022-01-03 10:00"))
        world.hand_in(UNIT, now=local("2022-01-03 11:00"))
        world.sign(UNIT, now=local("2022-01-03 12:00"), choice="return")
        world.advance(local("2022-01-06 10:00"))


@pytest.fixture
def live(settled: str, patterns: Patterns, database_kind: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A live store that the commands work on in place of the empty one."""
    with patterns.copy(database_kind, launched_for_real) as url, closing(World.opened(url)) as world:
        monkeypatch.setenv("DUBAN_REHEARSAL", "0")
        monkeypatch.setenv("DUBAN_DATABASE_URL", url)
        assert settled != url
        yield world


@pytest.fixture
def told(settled: str, patterns: Patterns, database_kind: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A rehearsal with something to verify."""
    with patterns.copy(database_kind, with_histories, onto=ordos) as url, closing(World.opened(url)) as world:
        monkeypatch.setenv("DUBAN_DATABASE_URL", url)
        assert settled != url
        yield world


def test_a_new_store_is_well(settled: str, duban: Duban) -> None:
    ran = duban("doctor")
    assert ran.code == 0, ran.out
    kind = "PostgreSQL 1" if settled.startswith("postgresql") else "SQLite 3."
    assert f"✓ 数据库：{kind}" in ran.out
    assert "演练" in ran.out and "✓ 放假安排：已公布2004至" in ran.out
    assert "✗" not in ran.out


def test_a_store_of_the_other_mode_is_said(settled: str, duban: Duban, monkeypatch: pytest.MonkeyPatch) -> None:
    assert duban("doctor").code == 0
    monkeypatch.setenv("DUBAN_REHEARSAL", "0")
    ran = duban("doctor")
    assert (ran.code, ran.out) == (1, "✗ 不能启动：该数据库曾以演练方式运行，不能改用正式方式。请另用一个数据库。\n")
    assert settled


def test_a_service_that_does_not_run_is_found_by_what_it_left_undone(live: World, duban: Duban) -> None:
    ran = duban("doctor")
    assert ran.code == 1
    assert "✗ 最近一次处理：还没有过，有" in ran.out
    live.sweep(datetime.now(UTC))
    assert "✓ 最近一次处理" in duban("doctor").out


def test_a_clock_set_back_is_found(live: World, duban: Duban) -> None:
    with live.act(LAUNCH) as act:
        act.session.merge(Meta(key="last-sweep", value=(datetime.now(UTC) + timedelta(hours=1)).isoformat()))
    ran = duban("doctor")
    assert ran.code == 1 and "本机时钟可能被拨回" in ran.out


def test_a_live_store_without_a_channel_is_told_so(live: World, duban: Duban) -> None:
    live.sweep(datetime.now(UTC))
    assert "! 发送渠道：没有配置邮件" in duban("doctor").out


def test_what_nothing_will_ever_wake_is_counted(world: World, duban: Duban) -> None:
    assert "督办梯次" not in duban("doctor").out
    world.file("FGW", now=local("2022-01-03 10:00"))
    world.advance(local("2022-02-20 10:00"))
    ran = duban("doctor")
    assert "182件未办结的报送件督办梯次已走完" in ran.out


def test_a_key_that_others_can_read_is_found(
    settled: str, duban: Duban, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DUBAN_SECRET_KEY")
    monkeypatch.setenv("DUBAN_SECRET_KEY_FILE", str(tmp_path / "duban.key"))
    (tmp_path / "duban.key").write_text("k" * 40)
    (tmp_path / "duban.key").chmod(0o600)
    assert duban("doctor").code == 0
    (tmp_path / "duban.key").chmod(0o644)
    ran = duban("doctor")
    assert ran.code == 1 and "✗ 签名密钥：" in ran.out
    assert settled


def test_the_doctor_tells_of_a_missing_key_and_makes_none(
    settled: str, duban: Duban, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DUBAN_SECRET_KEY")
    monkeypatch.setenv("DUBAN_SECRET_KEY_FILE", str(tmp_path / "duban.key"))
    ran = duban("doctor")
    assert ran.code == 1 and "✗ 签名密钥：没有找到密钥文件" in ran.out
    assert settled and not (tmp_path / "duban.key").exists()


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


def test_a_test_mail_is_really_sent(settled: str, duban: Duban, monkeypatch: pytest.MonkeyPatch) -> None:
    with SmtpDouble() as smtp:
        monkeypatch.setenv("DUBAN_MAIL_URL", smtp.url("from=duban@example.cn&tls=none"))
        ran = duban("doctor", "--send-to", "clerk@example.cn")
        assert ran.code == 0, ran.out
        (mail,) = smtp.mails
    assert mail.recipients == ("clerk@example.cn",)
    assert "测试邮件" in str(mail.message["Subject"])
    assert "✓ 测试邮件：已发出到 clerk@example.cn，对方答复：250" in ran.out
    assert settled


def test_a_test_mail_that_is_refused_is_told_with_the_answer(
    settled: str, duban: Duban, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SmtpDouble() as smtp:
        smtp.rcpt_answers.append("550 no such mailbox")
        monkeypatch.setenv("DUBAN_MAIL_URL", smtp.url("from=duban@example.cn&tls=none"))
        ran = duban("doctor", "--send-to", "nobody@example.cn")
    assert ran.code == 1
    assert "✗ 测试邮件：没有发出到 nobody@example.cn" in ran.out and "550" in ran.out
    assert settled


def test_without_mail_a_test_mail_is_not_sent(settled: str, duban: Duban) -> None:
    ran = duban("doctor", "--send-to", "clerk@example.cn")
    assert ran.code == 1 and "✗ 测试邮件：没有发出" in ran.out
    assert settled


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


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_schema_is_the_committed_one(duban: Duban) -> None:
    assert duban("schema").out == (ROOT / "definitions" / "schema.json").read_text(encoding="utf-8")
