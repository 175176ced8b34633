"""WeCom application messages to a double that answers like the real one."""

from __future__ import annotations

import html
import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest

from notifier.channels import Address, Channels, Parcel, Receipt, open_channels
from notifier.channels.parcels import byte_pieces, within_bytes
from tests.doubles.wecom import SECRET, WecomDouble

LINK = "https://duban.example.cn/s/abc?x=1&y=2"
PARCEL = Parcel(
    to=Address("分管副市长", None, "leader-01"),
    subject="10 个单位等您审签",
    text="请审签以下报送件。",
    html="<p>请审签以下报送件。</p>",
    reference="n-2022-0001",
    link=LINK,
    link_label="去审签",
    card="对标先进提升创建\n10 个单位 < 1 月 4 日 & 之前",
)

Post = Callable[..., Receipt]


@pytest.fixture
def wecom() -> Iterator[WecomDouble]:
    with WecomDouble() as double:
        yield double


@pytest.fixture
def channels(wecom: WecomDouble) -> Iterator[Channels]:
    with closing(open_channels(None, wecom.url(), [])) as opened:
        yield opened


@pytest.fixture
def post(channels: Channels) -> Post:
    """Sends the parcel, changed as named."""

    def send(**changes: object) -> Receipt:
        return channels.send("wecom", replace(PARCEL, **changes))  # type: ignore[arg-type]

    return send


def test_delivered_card_has_title_text_button_and_link(wecom: WecomDouble, post: Post) -> None:
    assert post() == Receipt.accepted("0 ok", "msg-1")
    shown = wecom.shown[0]
    assert (shown.to, shown.kind, shown.title) == ("leader-01", "textcard", "10 个单位等您审签")
    assert (shown.link, shown.button) == (LINK, "去审签")


def test_description_is_escaped_and_ends_with_the_reference_number(wecom: WecomDouble, post: Post) -> None:
    post()
    told, number = "对标先进提升创建<br>10 个单位 &lt; 1 月 4 日 &amp; 之前", "编号 n-2022-0001"
    assert wecom.shown[0].text == f'{told}<div class="gray">{number}</div>'


def test_without_a_link_plain_text_is_sent(wecom: WecomDouble, post: Post) -> None:
    post(link=None, text='已<a href="http://x">报送</a>。')
    assert wecom.shown[0].kind == "text"
    assert wecom.shown[0].text == '10 个单位等您审签\n已＜a href="http://x"＞报送＜/a＞。\n编号 n-2022-0001'


@pytest.mark.parametrize("sign", ["𠮷", "督", "é", "a", "&", "\n", "<"])
@pytest.mark.parametrize("link", [LINK, None])
def test_texts_are_cut_by_bytes_never_inside_a_character(
    wecom: WecomDouble, post: Post, sign: str, link: str | None
) -> None:
    long = f"甲{sign * 3000}乙"
    assert post(subject=long, text=long, card=long, link=link, link_label="去审签并填报").delivered
    shown = wecom.shown[0]
    assert wecom.cut == 0
    assert "\ufffd" not in shown.title + shown.text
    assert "n-2022-0001" in shown.text
    assert shown.button in ("去审签并", "")
    if shown.kind == "textcard":
        told = shown.text.partition("<div")[0]
        assert 490 < len(shown.text.encode()) <= 512
        assert told.endswith("…")
        assert html.unescape(told.replace("<br>", "\n")).strip("甲…") == sign * (
            len(told.replace(html.escape(sign).replace("\n", "<br>"), "x")) - 2
        )


def test_a_text_that_just_fits_is_not_cut() -> None:
    assert within_bytes("𠮷" * 128, 512) == "𠮷" * 128
    assert within_bytes("𠮷" * 128 + "a", 512) == "𠮷" * 127 + "…"
    assert within_bytes("&&", 10, markup=True) == "&amp;&amp;"
    assert within_bytes("&&", 9, markup=True) == "&amp;…"


def test_pieces_keep_every_character_and_break_at_line_ends() -> None:
    text = "第一行𠮷\n" * 100 + "𠮷" * 900
    pieces = list(byte_pieces(text, 500))
    assert "".join(pieces) == text
    assert all(len(piece.encode()) <= 500 for piece in pieces)
    assert pieces[0].endswith("\n")


def test_token_is_fetched_once_for_many_messages(wecom: WecomDouble, channels: Channels) -> None:
    people = [replace(PARCEL, to=Address("联络员", None, f"p{number}")) for number in range(20)]
    with ThreadPoolExecutor(4) as pool:
        receipts = list(pool.map(lambda parcel: channels.send("wecom", parcel), people))
    assert all(receipt.delivered for receipt in receipts)
    assert {shown.to for shown in wecom.shown} == {f"p{number}" for number in range(20)}
    assert wecom.calls == {"gettoken": 1, "message/send": 20}


@pytest.mark.parametrize("lose", [WecomDouble.expire_tokens, WecomDouble.forget_tokens])
def test_stale_token_is_refreshed_once_and_the_message_sent(
    wecom: WecomDouble, post: Post, lose: Callable[[WecomDouble], None]
) -> None:
    post(reference="n-1")
    lose(wecom)
    assert post(reference="n-2").delivered
    assert wecom.calls == {"gettoken": 2, "message/send": 3}


def test_token_that_stays_stale_is_not_fetched_again_and_again(wecom: WecomDouble, post: Post) -> None:
    wecom.answers.extend([42001, 42001])
    receipt = post()
    assert (receipt.delivered, receipt.permanent) == (False, False)
    assert wecom.calls == {"gettoken": 2, "message/send": 2}


def test_token_at_its_end_is_replaced_before_use() -> None:
    with WecomDouble(token_seconds=0) as wecom, closing(open_channels(None, wecom.url(), [])) as channels:
        assert channels.send("wecom", replace(PARCEL, reference="n-1")).delivered
        assert channels.send("wecom", replace(PARCEL, reference="n-2")).delivered
        assert wecom.calls == {"gettoken": 2, "message/send": 2}


def test_invaliduser_under_errcode_0_is_a_permanent_failure(wecom: WecomDouble, post: Post) -> None:
    wecom.invisible.add("leader-01")
    receipt = post()
    assert (receipt.delivered, receipt.permanent, receipt.message_id) == (False, True, "")
    assert "invaliduser=leader-01" in receipt.answer


def test_person_without_licence_is_a_permanent_failure(wecom: WecomDouble, post: Post) -> None:
    wecom.unlicensed.add("leader-01")
    receipt = post()
    assert (receipt.delivered, receipt.permanent) == (False, True)
    assert "unlicenseduser=leader-01" in receipt.answer


def test_unknown_person_is_a_permanent_failure_explained_in_chinese(wecom: WecomDouble, post: Post) -> None:
    wecom.absent.add("leader-01")
    receipt = post()
    assert (receipt.delivered, receipt.permanent) == (False, True)
    assert receipt.answer.startswith("81013 ")
    assert "可见范围" in receipt.answer


def test_untrusted_address_is_a_permanent_failure_explained_in_chinese(wecom: WecomDouble, post: Post) -> None:
    wecom.untrusted = True
    receipt = post()
    assert (receipt.delivered, receipt.permanent) == (False, True)
    assert receipt.answer.startswith("60020 ")
    assert "可信 IP" in receipt.answer


@pytest.mark.parametrize(
    ("code", "permanent"), [(45009, False), (45033, False), (-1, False), (40056, True), (99999, True)]
)
def test_errcode_says_whether_another_attempt_helps(wecom: WecomDouble, post: Post, code: int, permanent: bool) -> None:
    wecom.answers.append(code)
    receipt = post()
    assert (receipt.delivered, receipt.permanent) == (False, permanent)
    assert receipt.answer.startswith(f"{code} ")
    assert post().delivered


@pytest.mark.parametrize(("login", "code"), [({"secret": "wrong-one"}, "40001"), ({"corp": "ww-x"}, "40013")])
def test_wrong_login_is_a_permanent_failure(wecom: WecomDouble, login: dict[str, str], code: str) -> None:
    with closing(open_channels(None, wecom.url(**login), [])) as channels:  # type: ignore[arg-type]
        receipt = channels.send("wecom", PARCEL)
    assert (receipt.delivered, receipt.permanent) == (False, True)
    assert receipt.answer.startswith(code)


def test_second_attempt_after_a_lost_answer_is_known_as_the_same(wecom: WecomDouble, post: Post) -> None:
    assert post().delivered
    assert post().delivered
    assert len(wecom.shown) == 1
    assert wecom.duplicates == 1


def test_like_messages_with_their_own_reference_are_two(wecom: WecomDouble, post: Post) -> None:
    post(reference="n-1")
    post(reference="n-2")
    assert len(wecom.shown) == 2


@pytest.mark.parametrize("calls", [1, 2])
def test_connection_without_an_answer_is_worth_another_attempt(wecom: WecomDouble, post: Post, calls: int) -> None:
    if calls == 2:
        post(reference="n-0")
    wecom.broken = 1
    receipt = post()
    assert (receipt.delivered, receipt.permanent) == (False, False)
    assert "no answer" in receipt.answer
    assert post().delivered


@pytest.mark.parametrize("status", [302, 403, 429, 502])
def test_http_errors_are_not_taken_for_wecoms_word(wecom: WecomDouble, post: Post, status: int) -> None:
    wecom.status = status
    receipt = post()
    assert (receipt.delivered, receipt.permanent) == (False, False)
    assert f"HTTP {status}" in receipt.answer


@pytest.mark.parametrize("person", ["@all", "a|b", "", "x y", "用户", "a" * 65, "a\r\n"])
def test_only_one_person_can_be_named(wecom: WecomDouble, post: Post, person: str) -> None:
    receipt = post(to=Address("联络员", None, person))
    assert (receipt.delivered, receipt.permanent) == (False, True)
    assert wecom.calls.total() == 0


@pytest.mark.parametrize("link", ["javascript:alert(1)", "//x", f"https://x/{'a' * 2048}", "https://x/\r\n"])
def test_button_leads_to_a_web_address_or_nothing_is_sent(wecom: WecomDouble, post: Post, link: str) -> None:
    receipt = post(link=link)
    assert (receipt.delivered, receipt.permanent) == (False, True)
    assert wecom.calls.total() == 0


def test_odd_characters_are_no_fault(wecom: WecomDouble, post: Post) -> None:
    assert post(subject="标题\r\n第二行\x00", card="\ud842 半个字\x00\r\n第二行").delivered
    assert wecom.shown[0].title == "标题 第二行"
    assert wecom.shown[0].text.startswith("? 半个字<br>第二行<div")


def test_neither_secret_nor_token_is_told_or_logged(
    wecom: WecomDouble, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wecom.answers.append(40058)
    told = [post().answer]
    wecom.broken = 1
    told.append(post().answer)
    wecom.expire_tokens()
    wecom.broken = 1
    told.append(post().answer)
    text = " ".join([*told, caplog.text, json.dumps([shown.body for shown in wecom.shown])])
    assert SECRET not in text
    assert "-of-the-double" not in text
