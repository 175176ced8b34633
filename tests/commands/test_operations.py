"""The doctor and the schema."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.commands.conftest import Duban
from tests.doubles.smtp import SmtpDouble
from tests.patterns import Patterns
from tests.workflow.world import LAUNCH, ROOT, World, local
from workflow.tables import Meta

#: One instant for all: the store that is launched for real is built once.
NOW = datetime.now(UTC)


def launched_for_real(url: str) -> None:
    """A programme long over when it is launched, so that everything is due."""
    World.launched(url, now=NOW, rehearsal=False).close()


@pytest.fixture
def live(settled: str, patterns: Patterns, database_kind: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A live store that the commands work on in place of the empty one."""
    with patterns.copy(database_kind, launched_for_real) as url, closing(World.opened(url)) as world:
        monkeypatch.setenv("DUBAN_REHEARSAL", "0")
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


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_schema_is_the_committed_one(duban: Duban) -> None:
    assert duban("schema").out == (ROOT / "definitions" / "schema.json").read_text(encoding="utf-8")
