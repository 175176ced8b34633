"""Sample letters: every reason has one, and all read like the real ones."""

from __future__ import annotations

import re

import pytest

from notifier.letters import HEADINGS
from notifier.specimens import NO_LINK, Specimen, specimens

BASE = "https://duban.example.cn"


def test_every_reason_a_letter_can_have_is_shown_once() -> None:
    names = [one.name for one in specimens()]
    assert names[: len(HEADINGS)] == list(HEADINGS)
    assert len(set(names)) == len(names)
    titles = [one.title for one in specimens()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("one", specimens(), ids=lambda one: one.name)
def test_a_sample_is_a_whole_letter_that_opens_nothing(one: Specimen) -> None:
    letter = one.letter(BASE)
    assert letter.subject.startswith("【") and one.facts.post_title in letter.text
    assert letter.html.startswith("<!DOCTYPE html>") and letter.card
    assert "{{link:" not in f"{letter.text}{letter.html}{letter.card}{letter.link}"
    addresses = re.findall(r"https?://[^\s\"<]+", f"{letter.text} {letter.html} {letter.link}")
    assert all(address.startswith(BASE) and NO_LINK in address for address in addresses)


def test_a_leader_is_shown_one_button_for_one_and_a_desk_for_several() -> None:
    found = {one.name: one.letter(BASE) for one in specimens()}
    assert found["request"].link == f"{BASE}/s/{NO_LINK}-1"
    assert "去审签（共2件）" in found["desk"].html
    assert found["launch"].subject == "【督办】方案已启动，请按期完成（最早1月4日前）：报送建标学习对象等2项"
