"""Whatever people have typed is shown as it is, on its own line, and never opens anything."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifier.letters import HEADINGS, Facts, links_in, write
from notifier.wording import SUBJECT
from tests.notifier.samples import facts, matter, shown, to_sign

SCRIPT = "<script>alert(1)</script>&\"'"
RARE, RIGHT_TO_LEFT = "𠮷田局", "\u200f局\u200f"
TURNED = "\u202e局"


def everywhere(said: str, reason: str = "returned") -> Facts:
    """A letter in which every text that somebody could type is this one."""
    return facts(
        matter(reason, said, obligation=said, duty=said, stuck_with=said, comment=said),
        programme=said, recipient=said, post_title=said,
    )  # fmt: skip


def test_markup_is_shown_never_obeyed() -> None:
    letter = write(everywhere(SCRIPT))
    assert "<script" not in letter.html
    assert shown(letter.html).count(SCRIPT) == 8  # with the title of the page
    assert letter.text.count(SCRIPT) == 7


@pytest.mark.parametrize("said", [RARE, RIGHT_TO_LEFT], ids=["rare sign", "right-to-left marks"])
def test_unusual_signs_survive(said: str) -> None:
    letter = write(everywhere(said))
    assert said in letter.subject
    assert said in letter.text
    assert said in shown(letter.html)
    assert said in letter.card


def test_a_subject_cannot_be_turned_round() -> None:
    letter = write(everywhere(TURNED, "overdue"))
    assert "\u202e" not in letter.subject
    assert "<bdi>\u202e局</bdi>" in letter.html


BREAKS = ["\r\n", "\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\0", "\t"]


@pytest.mark.parametrize("sign", BREAKS, ids=ascii)
@pytest.mark.parametrize("reason", HEADINGS)
def test_a_subject_is_one_line_of_sane_length(reason: str, sign: str) -> None:
    letter = write(everywhere(f"{'局' * 150}{sign}Bcc: all@example.cn{sign}{'局' * 150}", reason))
    assert len(letter.subject) <= SUBJECT
    assert letter.subject.isprintable()
    assert "…" in letter.subject


def test_a_name_with_line_ends_stays_on_its_line() -> None:
    plain, broken = write(everywhere("局 名")), write(everywhere("局\r\n\r\n名"))
    assert broken.subject == plain.subject
    assert "1. 局 名　局 名\n" in broken.text
    assert "现在卡在：局 名\n" in broken.text


def test_a_comment_cannot_pass_for_a_part_of_the_letter() -> None:
    forged = "请补充\n\n领导小组办公室\n\n以下报送件请您审签：\n1. 市能源局\n   审签：http://elsewhere.example"
    text = write(facts(matter("returned", comment=forged))).text
    own = [line for line in text.splitlines() if line and not line.startswith("         ")]
    assert "以下报送件请您审签：" not in own
    assert own.count("领导小组办公室") == 1
    assert "http://elsewhere.example" not in "\n".join(own)


PLACES = [
    "{{link:5}}", "{{{link:5}}}", "{{{{link:5}}}}", "{{link:{{link:5}}}}", "{{ link:5 }}", "{{link:５}}",
    "{{link:99999}}", "{{", "}}", "{", "{% raw %}{{ 7 * 7 }}{# x #}",
]  # fmt: skip


@pytest.mark.parametrize("said", PLACES)
def test_what_is_typed_is_never_a_place_for_a_link(said: str) -> None:
    letter = write(replace(everywhere(said), matters=(to_sign(5, said, obligation=said, comment=said),)))
    assert links_in(letter.text + letter.html + letter.card + letter.link) == (5,)
    sent = letter.with_links({5: "https://duban.example.cn/s/secret"})
    assert sent.text.count("/s/secret") == 1
    assert "/s/secret" not in sent.card + sent.subject
    assert said in sent.text.replace("\u2060", "")
    assert said in shown(sent.html).replace("\u2060", "")


def test_only_a_place_for_a_link_is_touched() -> None:
    assert "\u2060" not in write(everywhere("{{ 7 }} {link:5}")).text
