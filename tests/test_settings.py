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
}


@pytest.mark.parametrize(("given", "said"), REFUSED.values(), ids=REFUSED)
def test_nonsense_is_refused_in_one_chinese_line(given: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        settings.load(**given)
    assert said in refused.value.text
    assert "\n" not in refused.value.text
    assert not re.search(r"[Vv]alue error", refused.value.text)
