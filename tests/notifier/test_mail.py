"""Mail over a real SMTP server on loopback."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from notifier.channels import Address, Channels, Parcel, Receipt, open_channels
from tests.doubles.smtp import SmtpDouble

LINK = "https://duban.example.cn/s/abc?x=1&y=2"
PARCEL = Parcel(
    to=Address("市能源局联络员", "liaison@example.cn", None),
    subject="【督办】报送建标学习对象，1月4日到期",
    text="请于1月4日前报送。\n.以点开头的一行\n\n𠮷",
    html="<html><body><p>请于1月4日前报送 &amp; 审签。</p></body></html>",
    reference="n-2022-0001",
    link=LINK,
    link_label="去填报",
)

Post = Callable[..., Receipt]


@pytest.fixture
def server() -> Iterator[SmtpDouble]:
    with SmtpDouble() as double:
        yield double


@pytest.fixture
def opened() -> Iterator[Callable[[str], Channels]]:
    """Opens channels for a mail address and closes them after the test."""
    made: list[Channels] = []

    def open_(url: str) -> Channels:
        made.append(open_channels(url, None, []))
        return made[-1]

    yield open_
    for channels in made:
        channels.close()


@pytest.fixture
def post(server: SmtpDouble, opened: Callable[[str], Channels]) -> Post:
    """Sends the parcel, changed as named, through one open channel."""
    channels = opened(server.url())

    def send(**changes: object) -> Receipt:
        return channels.send("mail", replace(PARCEL, **changes))  # type: ignore[arg-type]

    return send


def test_delivered_mail_is_proved_by_the_servers_own_answer(server: SmtpDouble, post: Post) -> None:
    receipt = post()
    assert receipt == Receipt.accepted("250 2.0.0 Ok: 1", "<n-2022-0001@example.cn>")
    assert (server.mails[0].sender, server.mails[0].recipients) == (
        "duban@example.cn",
        ("liaison@example.cn",),
    )


def test_headers_decode_to_what_was_written(server: SmtpDouble, post: Post) -> None:
    post()
    message = server.mails[0].message
    assert message["Subject"] == PARCEL.subject
    assert str(message["To"].addresses[0]) == "市能源局联络员 <liaison@example.cn>"
    assert str(message["From"].addresses[0]) == "督办 <duban@example.cn>"
    assert message["Message-ID"] == "<n-2022-0001@example.cn>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(message["Date"]).utcoffset() == timedelta(hours=8)
    assert not message.defects


def test_header_lines_are_ascii_and_short(server: SmtpDouble, post: Post) -> None:
    post(subject="督办" * 150, to=Address("名" * 300, "liaison@example.cn", None))
    head = server.mails[0].content.partition(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 100
    assert head.isascii()
    assert server.mails[0].message["Subject"] == "督办" * 150


def test_text_and_html_reach_the_wire_unchanged_and_carry_the_link(server: SmtpDouble, post: Post) -> None:
    text, page = f"  缩进\n.点\n{LINK}\n\n末尾空行\n\n", f'<a href="{LINK.replace("&", "&amp;")}">签</a>  '
    post(text=text, html=page)
    assert server.mails[0].part("plain") == text
    assert server.mails[0].part("html") == page


def test_a_link_missing_from_the_text_is_added_to_both_parts(server: SmtpDouble, post: Post) -> None:
    post()
    assert server.mails[0].part("plain") == f"{PARCEL.text}\n\n去填报：{LINK}\n"
    button = f'<p><a href="{LINK.replace("&", "&amp;")}">去填报</a></p>'
    assert server.mails[0].part("html") == PARCEL.html.replace("</body>", f"{button}</body>")


def test_a_letter_without_link_is_left_as_it_is(server: SmtpDouble, post: Post) -> None:
    post(link=None)
    assert server.mails[0].part("plain") == PARCEL.text
    assert server.mails[0].part("html") == PARCEL.html


def test_mails_of_one_matter_hang_together(server: SmtpDouble, post: Post) -> None:
    post(reference="first", thread="first")
    post(reference="second", thread="first")
    first, second = (mail.message for mail in server.mails)
    assert first["References"] is None
    assert second["References"] == second["In-Reply-To"] == first["Message-ID"]


def test_message_id_is_the_same_after_a_cut_following_the_final_dot(server: SmtpDouble, post: Post) -> None:
    server.cuts = 1
    lost, again = post(), post()
    assert (lost.delivered, lost.permanent) == (False, False)
    assert "可能已送达" in lost.answer
    assert again.delivered
    assert [mail.message["Message-ID"] for mail in server.mails] == ["<n-2022-0001@example.cn>"] * 2
    assert lost.message_id == again.message_id == "<n-2022-0001@example.cn>"


def test_one_connection_serves_message_after_message(server: SmtpDouble, post: Post) -> None:
    assert all(post(reference=f"n-{number}").delivered for number in range(5))
    assert server.connections == 1
    assert {mail.connection for mail in server.mails} == {1}


@pytest.mark.parametrize("last_words", ["", "421 4.4.2 idle for too long"])
def test_connection_dropped_while_idle_costs_no_attempt(server: SmtpDouble, post: Post, last_words: str) -> None:
    post(reference="before")
    server.drop_connections(last_words)
    assert post(reference="after").delivered
    assert server.connections == 2
    assert len(server.mails) == 2


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [
        ("450 4.2.1 try later", False),
        ("452 4.2.2 mailbox full", False),
        ("421 4.3.2 going down", False),
        ("550 5.1.1 no such user", True),
        ("553 5.1.3 bad address", True),
    ],
)
def test_refused_recipient_keeps_the_servers_code(server: SmtpDouble, post: Post, answer: str, permanent: bool) -> None:
    server.rcpt_answers.append(answer)
    receipt = post()
    assert (receipt.delivered, receipt.permanent, receipt.answer) == (False, permanent, answer)
    assert server.mails == []
    assert post(reference="next").delivered


@pytest.mark.parametrize(("answer", "permanent"), [("451 4.3.0 try later", False), ("554 5.7.1 spam", True)])
def test_mail_refused_after_the_final_dot_keeps_the_servers_code(
    server: SmtpDouble, post: Post, answer: str, permanent: bool
) -> None:
    server.data_answers.append(answer)
    receipt = post()
    assert (receipt.delivered, receipt.permanent, receipt.answer) == (False, permanent, answer)
    assert post(reference="next").delivered
    assert server.connections == 1


@pytest.mark.parametrize(
    ("greeting", "encoding", "permanent"),
    [("421 busy", "ascii", False), ("554 拒绝服务", "utf-8", True), ("554 拒绝服务", "gb18030", True)],
)
def test_server_that_refuses_the_connection_is_quoted(
    opened: Callable[[str], Channels], greeting: str, encoding: str, permanent: bool
) -> None:
    with SmtpDouble(greeting=greeting.encode(encoding)) as server:
        receipt = opened(server.url()).send("mail", PARCEL)
    assert (receipt.delivered, receipt.permanent, receipt.answer) == (False, permanent, greeting)


def test_a_greeting_of_250_is_no_delivery(opened: Callable[[str], Channels]) -> None:
    with SmtpDouble(greeting=b"250 hello") as server:
        assert not opened(server.url()).send("mail", PARCEL).delivered


def test_unreachable_server_is_worth_another_attempt(opened: Callable[[str], Channels]) -> None:
    with SmtpDouble() as server:
        url = server.url()
    receipt = opened(url).send("mail", PARCEL)
    assert (receipt.delivered, receipt.permanent) == (False, False)
    assert "ConnectionRefusedError" in receipt.answer


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "通知\r\nBcc: other@example.cn"},
        {"subject": "通知\nX: 1"},
        {"subject": "通知\x00"},
        {"subject": "通知\u2028X"},
        {"to": Address("联络员\r\nBcc: other@example.cn", "liaison@example.cn", None)},
        {"to": Address("联络员", "liaison@example.cn\r\nRCPT TO:<other@example.cn>", None)},
        {"to": Address("联络员", "liaison@example.cn>, <other@example.cn", None)},
        {"to": Address("联络员", "a b@example.cn", None)},
        {"to": Address("联络员", "联络@example.cn", None)},
        {"to": Address("联络员", None, None)},
        {"reference": "n-1>\r\nBcc: other@example.cn"},
        {"thread": "n 1"},
    ],
)
def test_header_injection_is_refused_and_never_sent(server: SmtpDouble, post: Post, changes: dict[str, object]) -> None:
    receipt = post(**changes)
    assert (receipt.delivered, receipt.permanent) == (False, True)
    assert "未发送" in receipt.answer
    assert "not sent" in receipt.answer
    assert server.connections == 0


def test_odd_characters_in_the_text_are_no_fault(server: SmtpDouble, post: Post) -> None:
    assert post(text="零\x00字节 \ud842 半个字 \u202e 反向", html="<p>\ud842</p>", link=None).delivered
    assert server.mails[0].part("plain") == "零字节 ? 半个字 \u202e 反向"
    assert server.mails[0].part("html") == "<p>?</p>"


def test_empty_texts_are_sent_as_empty(server: SmtpDouble, post: Post) -> None:
    assert post(text="", html="", link=None).delivered
    assert server.mails[0].part("plain").strip() == ""


def test_many_threads_share_the_connection(server: SmtpDouble, post: Post) -> None:
    with ThreadPoolExecutor(4) as pool:
        receipts = list(pool.map(lambda number: post(reference=f"n-{number}"), range(24)))
    assert [receipt.message_id for receipt in receipts] == [f"<n-{number}@example.cn>" for number in range(24)]
    assert all(receipt.delivered for receipt in receipts)
    assert {mail.message["Message-ID"] for mail in server.mails} == {r.message_id for r in receipts}
    assert server.connections == 1


def test_a_new_connection_is_opened_after_close(server: SmtpDouble, opened: Callable[[str], Channels]) -> None:
    channels = opened(server.url())
    channels.send("mail", PARCEL)
    channels.close()
    assert channels.send("mail", PARCEL).delivered
    assert server.connections == 2


def test_sender_name_comes_from_the_address(server: SmtpDouble, opened: Callable[[str], Channels]) -> None:
    opened(server.url("from=duban@example.cn&name=领导小组办公室")).send("mail", PARCEL)
    assert str(server.mails[0].message["From"].addresses[0]) == "领导小组办公室 <duban@example.cn>"


def test_links_and_texts_stay_out_of_the_parcels_repr() -> None:
    assert not re.search("abc|请于", repr(PARCEL))
