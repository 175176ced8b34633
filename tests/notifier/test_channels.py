"""The channels as a whole: opened from the settings, chosen by address, and the way to the office."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import apprise
import pytest
from apprise.manager_plugins import NotificationManager
from apprise.plugins.wecombot import NotifyWeComBot

from notifier.channels import Address, Channels, ChannelUrlRefused, Parcel, open_channels
from notifier.channels.mail import SmtpMail
from notifier.channels.wecom import WecomApp
from tests.doubles.smtp import SmtpDouble
from tests.doubles.wecom import WecomDouble

BOTH = Address("主要负责同志", "head@example.cn", "head-01")
PARCEL = Parcel(to=BOTH, subject="主题", text="正文", html="<p>正文</p>", reference="n-1", card="卡片")
KEY = "a1b2c3d4-key-of-the-group"


def registry() -> Any:
    """Apprise's one list of plugins."""
    return NotificationManager()  # type: ignore[no-untyped-call]


@pytest.fixture
def wecom() -> Iterator[WecomDouble]:
    with WecomDouble() as double:
        yield double


@pytest.fixture
def channels(wecom: WecomDouble) -> Iterator[Channels]:
    with (
        SmtpDouble() as smtp,
        closing(open_channels(smtp.url(), wecom.url(), [])) as opened,
    ):
        yield opened


@pytest.fixture
def group(wecom: WecomDouble) -> Iterator[str]:
    """The address of a group bot: Apprise's own plugin, aimed at the double."""

    class BotOfTheDouble(NotifyWeComBot):  # type: ignore[no-untyped-call]
        secure_protocol = "doublebot"
        notify_url = f"{wecom.api}/cgi-bin/webhook/send?key={{key}}"
        request_rate_per_sec = 0

    known = registry()
    known.add(BotOfTheDouble)
    yield f"doublebot://{KEY}"
    known.remove("doublebot")


def test_both_plugins_are_in_apprises_registry(channels: Channels) -> None:
    assert channels.names == ("mail", "wecom")
    known = registry()
    assert (known["smtp"], known["smtps"], known["wecomapp"]) == (SmtpMail, SmtpMail, WecomApp)
    described = {entry["service_name"] for entry in apprise.Apprise().details()["schemas"]}
    assert {"duban mail", "duban WeCom"} <= described


def test_wecom_is_preferred_to_mail(channels: Channels) -> None:
    assert channels.for_address(BOTH) == ("wecom", "mail")
    assert channels.for_address(Address("甲", "a@example.cn", None)) == ("mail",)
    assert channels.for_address(Address("甲", None, "a")) == ("wecom",)
    assert channels.for_address(Address("甲", "", "")) == ()


def test_every_named_channel_delivers(channels: Channels) -> None:
    assert channels.send("mail", PARCEL).message_id == "<n-1@example.cn>"
    assert channels.send("wecom", PARCEL).message_id == "msg-1"


def test_only_configured_channels_are_offered() -> None:
    with closing(open_channels(None, None, [])) as channels:
        assert channels.names == channels.for_address(BOTH) == ()
        assert channels.groups == 0
        receipt = channels.send("wecom", PARCEL)
    assert (receipt.delivered, receipt.permanent) == (False, True)
    assert "未配置" in receipt.answer


@pytest.mark.parametrize(
    "url",
    [
        "mailto://duban:hunter2-secret@host?from=duban@example.cn",
        "smtp://duban:hunter2-secret@host",
        "smtp://duban:hunter2-secret@host?from=nobody",
        "smtp://duban:hunter2-secret@host?from=a%0d%0ab@example.cn",
        "smtp://duban:hunter2-secret@host?from=duban@example.cn&name=a%0aBcc",
        "smtp://duban:hunter2-secret@host?from=duban@example.cn&tls=maybe",
        "smtp://duban:hunter2-secret@host?from=duban@example.cn&timeout=soon",
        "smtp://duban:hunter2-secret@host?from=duban@example.cn&timeout=-1",
        "smtp://duban:hunter2-secret@host:99999?from=duban@example.cn",
        "smtp://duban:hunter2-secret#@host?from=duban@example.cn",
        "smtp://duban:25#hunter2-secret@host?from=duban@example.cn",
        "smtp://duban:hunter2-secret@hunter2:secret@:25?from=duban@example.cn",
        "smtp://duban@host:hunter2-secret?from=duban@example.cn",
        "smtp://",
        "hunter2-secret",
    ],
)
def test_unusable_mail_address_is_refused_in_chinese_without_its_password(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(1)
    with pytest.raises(ChannelUrlRefused, match=r"MAIL_URL .*[\u4e00-\u9fff]") as refusal:
        open_channels(url, None, [])
    assert "hunter2" not in str(refusal.value) + repr(refusal.value.__cause__) + caplog.text


@pytest.mark.parametrize(
    "url",
    [
        "wecomapp://corp:hunter2-secret@agent",
        "wecomapp://corp@1000002",
        "wecomapp://1000002",
        "wecomapp://corp:hunter2-secret@1000002?api=ftp://x",
        "wecomapp://corp:hunter2-secret@1000002?api=http://",
        "wecom://corp:hunter2-secret@1000002",
    ],
)
def test_unusable_wecom_address_is_refused_in_chinese_without_its_secret(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(1)
    with pytest.raises(ChannelUrlRefused, match=r"WECOM_URL .*[\u4e00-\u9fff]") as refusal:
        open_channels(None, url, [])
    assert "hunter2" not in str(refusal.value) + caplog.text


@pytest.mark.parametrize("url", ["wecombot://", f"nothing://{KEY}", "", f"wecombot://{KEY}@@@ /"])
def test_unusable_office_address_is_refused_by_its_place(url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(1)
    with pytest.raises(ChannelUrlRefused, match="第 2 个") as refusal:
        open_channels(None, None, ["json://127.0.0.1", url])
    assert KEY not in str(refusal.value) + caplog.text


def test_addresses_read_by_apprise_stay_out_of_the_log(
    wecom: WecomDouble, group: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(1)
    with closing(open_channels(None, wecom.url(), [group])) as channels:
        channels.send("wecom", PARCEL)
        channels.tell_group(1, "主题", "正文")
    assert KEY not in caplog.text
    assert "s3cret" not in caplog.text


def test_a_plain_notification_reaches_nobody(channels: Channels, caplog: pytest.LogCaptureFixture) -> None:
    with SmtpDouble() as smtp:
        plugin = apprise.Apprise.instantiate(smtp.url())
        assert plugin is not None
        assert plugin.notify(body="正文") is False
        assert smtp.connections == 0
    assert "carries parcels only" in caplog.text


def test_the_office_is_told_through_apprise(wecom: WecomDouble, group: str) -> None:
    with closing(open_channels(None, None, [group, group])) as channels:
        receipts = [channels.tell_group(number, "未送达 2 条", "第一条\n第二条") for number in (1, 2)]
        assert channels.groups == 2
    assert [receipt.delivered for receipt in receipts] == [True, True]
    assert wecom.group == ["未送达 2 条\r\n第一条\n第二条"] * 2


def test_a_long_message_to_the_office_arrives_whole_in_pieces(wecom: WecomDouble, group: str) -> None:
    lines = [f"第 {number} 个单位：𠮷" for number in range(300)]
    with closing(open_channels(None, None, [group])) as channels:
        assert channels.tell_group(1, "逾期清单", "\n".join(lines)).delivered
    pieces = [message.partition("\r\n") for message in wecom.group]
    assert len(pieces) > 1
    assert [piece[0] for piece in pieces] == [f"逾期清单（{n}/{len(pieces)}）" for n in range(1, len(pieces) + 1)]
    assert "\n".join(piece[2] for piece in pieces).splitlines() == lines


def test_an_office_that_cannot_be_reached_is_no_exception(
    wecom: WecomDouble, group: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wecom.status = 500
    with closing(open_channels(None, None, [group])) as channels:
        receipt = channels.tell_group(1, "主题", "正文")
    assert (receipt.delivered, receipt.permanent) == (False, False)
    assert "error=500" in receipt.answer
    assert KEY not in receipt.answer + caplog.text
