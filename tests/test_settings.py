"""Settings that are refused, and what the others come to."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path

import pytest

import settings
from settings import SettingsRefused
from workflow.hours import USUAL


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No duban.toml but the test's own."""
    monkeypatch.chdir(tmp_path)


def test_without_settings_the_message_goes_at_nine_and_at_any_hour_what_cannot_wait() -> None:
    assert settings.load().hours == USUAL


def test_hours_come_from_the_environment_or_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "duban.toml").write_text('quiet_hours = "21:30-06:00"\ndigest_at = "08:00"\n', encoding="utf-8")
    monkeypatch.setenv("DUBAN_DIGEST_AT", "08:30")
    hours = settings.load().hours
    assert (hours.digest_at, str(hours.quiet)) == (time(8, 30), "21:30-06:00")


REFUSED = {
    "no time": ({"digest_at": "9"}, "DUBAN_DIGEST_AT “9”不是时刻"),
    "no span": ({"quiet_hours": "夜间"}, "DUBAN_QUIET_HOURS “夜间”不是时段"),
    "an empty span": ({"quiet_hours": "22:00-22:00"}, "起止时刻相同"),
    "asleep": ({"quiet_hours": "08:00-10:00"}, "DUBAN_DIGEST_AT 09:00 落在 DUBAN_QUIET_HOURS 08:00-10:00 之内"),
    "not a clock": ({"digest_at": "25:00"}, "不是时刻"),
    "no number": ({"link_days": "两周"}, "DUBAN_LINK_DAYS 须是整数"),
    "too few": ({"link_days": 0}, "DUBAN_LINK_DAYS 不能小于1"),
    "too many": ({"link_days": 91}, "DUBAN_LINK_DAYS 不能大于90"),
    "neither": ({"rehearsal": "也许"}, "DUBAN_REHEARSAL 只能是 1（是）或 0（否）"),
    "too long": ({"office_contact": "长" * 101}, "DUBAN_OFFICE_CONTACT 不能超过100个字"),
    "short key": ({"secret_key": "short"}, "DUBAN_SECRET_KEY 至少32个字符"),
    "no address": ({"base_url": "duban.example.cn"}, "DUBAN_BASE_URL 须以 http:// 或 https:// 开头"),
    "a port in words": ({"base_url": "http://duban.example.cn:八千"}, "DUBAN_BASE_URL 端口须是 0 到 65535 之间的数字"),
    "no such port": ({"base_url": "http://duban.example.cn:99999"}, "DUBAN_BASE_URL 端口须是 0 到 65535 之间的数字"),
    "half a bracket": ({"base_url": "http://[::1"}, "DUBAN_BASE_URL 地址的格式不正确"),
    "another database": ({"database_url": "mysql://x"}, "DUBAN_DATABASE_URL 须以 sqlite:/// 或 postgresql:// 开头"),
    "its port": ({"database_url": "postgresql://u@h:pg/duban"}, "DUBAN_DATABASE_URL 端口须是"),
    "no issuer": ({"oidc_issuer": "http://sso.example.cn"}, "DUBAN_OIDC_ISSUER 须以 https:// 开头"),
    "half a provider": ({"oidc_issuer": "https://sso.example.cn"}, "DUBAN_OIDC_CLIENT_SECRET 须一起设置"),
    "no title": ({"oidc_title": ""}, "DUBAN_OIDC_TITLE 不能为空"),
    "several": ({"link_days": "x", "rehearsal": "也许"}, "DUBAN_LINK_DAYS 须是整数；DUBAN_REHEARSAL 只能是"),
}


@pytest.mark.parametrize(("given", "said"), REFUSED.values(), ids=REFUSED)
def test_nonsense_is_refused_in_one_chinese_line(given: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        settings.load(**given)
    assert said in refused.value.text
    assert "\n" not in refused.value.text
    assert not re.search(r"[Vv]alue error", refused.value.text)


IN_THE_FILE = {
    "unknown": ("nonsense = 1", "duban.toml 里的“nonsense”不是本系统的设置"),
    "mistyped": ('bas_url = "http://x"', "duban.toml 里的“bas_url”不是本系统的设置，是不是 base_url"),
    "with its prefix": ('DUBAN_BASE_URL = "http://x"', "duban.toml 里的“DUBAN_BASE_URL”应写作 base_url"),
    "a number for words": ("office_contact = 3", "DUBAN_OFFICE_CONTACT 须是文字，在文件里要加引号"),
    "no quotes": ("base_url = http://x", "duban.toml 不是正确的 TOML：第1行第12列附近有误"),
    "half a line": ('base_url = "http://x', "duban.toml 不是正确的 TOML：文件末尾不完整，或引号没有成对"),
}


@pytest.mark.parametrize(("written", "said"), IN_THE_FILE.values(), ids=IN_THE_FILE)
def test_a_fault_in_the_file_is_told_in_chinese(tmp_path: Path, written: str, said: str) -> None:
    (tmp_path / "duban.toml").write_text(written, encoding="utf-8")
    with pytest.raises(SettingsRefused) as refused:
        settings.load()
    assert said in refused.value.text
    assert not re.search(r"[Ii]nput should|[Ii]nvalid|[Ee]xtra", refused.value.text)


def test_a_file_in_another_encoding_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "duban.toml").write_bytes('office_contact = "办公室"'.encode("gb18030"))
    with pytest.raises(SettingsRefused, match="UTF-8"):
        settings.load()


@pytest.mark.parametrize("name", ["secret_key", "mail_url", "wecom_url", "oidc_client_secret"])
def test_a_secret_is_never_repeated(name: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        settings.load(**{name: ["s3cret"]})
    assert "s3cret" not in refused.value.text
