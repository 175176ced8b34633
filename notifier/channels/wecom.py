"""WeCom application messages to one person, as an Apprise plugin for `wecomapp://`."""

from __future__ import annotations

import json
import re
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import requests

from notifier.channels.limits import DAY, HOUR, MINUTE, Limit
from notifier.channels.parcels import (
    Carrier,
    ChannelUrlRefused,
    Parcel,
    Receipt,
    count_of,
    has_control,
    seconds_of,
    wire_text,
    within_bytes,
)

API = "https://qyapi.weixin.qq.com"
#: Where a person's WeCom client is sent to say who it is.
OAUTH = "https://open.weixin.qq.com"
#: Where any other browser is shown a code to be scanned by the client.
SCAN = "https://login.work.weixin.qq.com"
TIMEOUT = 15.0
# Limits of textcard and text, in UTF-8 bytes (a label: in characters), as WeCom documents them.
TITLE, DESCRIPTION, TEXT, LINK, LABEL = 128, 512, 2048, 2048, 4
# A letter or digit, then also _-@. : neither "@all" nor "a|b", which reach more than one person.
USER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
# The longest span WeCom offers, so that an attempt after hours of back-off is still known as the same.
DUPLICATE_SECONDS = 4 * 3600
# A token is fetched anew this long before its end, or after nine tenths of a short life.
MARGIN_SECONDS = 300
# 企业微信 访问频率限制: beyond what one person may get, WeCom answers "ok" and drops the message.
TO_ONE = (Limit(30, MINUTE, per_person=True), Limit(1000, HOUR, per_person=True))
OF_THE_APP = (Limit(10_000, MINUTE), Limit(150_000, HOUR))
# So many a day for each account that the company has bought room for.
DAILY_OF_AN_ACCOUNT = 200
# Calls that were too many are counted by the minute: another one within it would be one more.
TOO_MANY, REST_SECONDS = (45009, 45011, 45033), 60
STALE_TOKEN = (40014, 42001)
TRANSIENT = (-1, *TOO_MANY, *STALE_TOKEN)
MEANING = {
    -1: "企业微信系统繁忙，稍后重试",
    40001: "应用的 Secret 不正确",
    40013: "企业 ID（CorpID）不正确",
    40014: "access_token 无效",
    40056: "应用的 AgentId 不正确",
    42001: "access_token 已过期",
    45009: "接口调用超过频率限制，稍后重试",
    45011: "接口调用太频繁，稍后重试",
    45033: "接口并发调用超过限制，稍后重试",
    60020: "本机的出口 IP 不在该应用的企业可信 IP 之内",
    60111: "收件人的企业微信账号不存在",
    81013: "收件人不存在，或不在该应用的可见范围之内",
    301002: "该应用无权发送此消息",
}

Body = dict[str, object]


class NoAnswer(Exception):
    """WeCom could not be reached or did not answer in its own words; nothing is known of the message."""


def message(parcel: Parcel, *, agent: int) -> Body:
    """The parcel as the body of `message/send`: a card with a button, or plain text where there is no link.

    Equal parcels give equal bodies: that is what WeCom's own check for duplicates compares.
    """
    body: Body
    if parcel.link is None:
        body = {"msgtype": "text", "text": {"content": plain_text(parcel)}}
    else:
        title, label = within_bytes(_title(parcel), TITLE), wire_text(parcel.link_label)[:LABEL]
        card = {"title": title, "description": description(parcel), "url": parcel.link, "btntxt": label}
        body = {"msgtype": "textcard", "textcard": card}
    checks = {"enable_duplicate_check": 1, "duplicate_check_interval": DUPLICATE_SECONDS}
    return {"touser": parcel.to.wecom_id, "agentid": agent, **body, **checks}


def description(parcel: Parcel) -> str:
    """The card's text, escaped, and the reference number below it, within 512 bytes together."""
    number = f'<div class="gray">编号 {within_bytes(wire_text(parcel.reference), 64, markup=True)}</div>'
    told = _lines(parcel.card or parcel.text)
    return within_bytes(told, DESCRIPTION - len(number.encode()), markup=True) + number


def plain_text(parcel: Parcel) -> str:
    """Subject, text or what stands for a long one, and reference number in 2,048 bytes; the number is never cut."""
    number = f"\n编号 {within_bytes(_unmarked(parcel.reference), 64)}"
    room = TEXT - len(number.encode())
    whole = _told(parcel, parcel.text or parcel.card)
    too_long = parcel.brief and len(whole.encode()) > room
    return within_bytes(_told(parcel, parcel.brief) if too_long else whole, room) + number


def _told(parcel: Parcel, text: str) -> str:
    return f"{_title(parcel)}\n{_unmarked(_lines(text))}"


def _title(parcel: Parcel) -> str:
    return _unmarked(" ".join(parcel.subject.split()))


def _lines(text: str) -> str:
    return wire_text(text).replace("\r\n", "\n").replace("\r", "\n").strip()


def _unmarked(text: str) -> str:
    # A text message renders <a>; whether it decodes entities is undocumented. Full-width signs are safe.
    return wire_text(text).replace("<", "＜").replace(">", "＞")


class WecomApp(Carrier):  # type: ignore[no-untyped-call]
    """`wecomapp://corpid:secret@agentid?api=https://qyapi.weixin.qq.com&timeout=15&accounts=500&verify=yes`.

    `accounts` is the company's 账号上限, which limits how many messages a day it may send.
    The access token is kept until shortly before its end and fetched anew once when WeCom calls it stale.
    Safe to share between threads. Neither secret nor token gets into an answer or a log.
    """

    service_name = "duban WeCom"  # type: ignore[assignment]
    secure_protocol: Any = "wecomapp"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.api = self.options.get("api", API).rstrip("/")
        self.oauth = self.options.get("oauth", OAUTH).rstrip("/")
        self.scan = self.options.get("scan", SCAN).rstrip("/")
        self.timeout = seconds_of(self.options.get("timeout"), TIMEOUT)
        self.accounts = count_of(self.options.get("accounts"), "accounts")
        self._check()
        self.agent = int(self.host)
        self._session = requests.Session()
        self._session.verify = self.verify_certificate
        self._lock = threading.Lock()
        self._token, self._token_ends = "", 0.0

    def _check(self) -> None:
        if not self.login or not self.secret:
            raise ChannelUrlRefused("缺少企业 ID 或应用 Secret（wecomapp://corpid:secret@agentid）")
        if not re.fullmatch(r"[0-9]{1,18}", self.host):
            raise ChannelUrlRefused("AgentId 应为数字（wecomapp://corpid:secret@agentid）")
        for name, given in (("api", self.api), ("oauth", self.oauth), ("scan", self.scan)):
            address = urlsplit(given)
            if address.scheme not in ("http", "https") or not address.hostname or address.query or has_control(given):
                raise ChannelUrlRefused(f"{name} 应为 http 或 https 地址")

    @property
    def limits(self) -> tuple[Limit, ...]:
        """As WeCom documents them; the daily one where the operator tells how many accounts there are."""
        daily = (Limit(self.accounts * DAILY_OF_AN_ACCOUNT, DAY),) if self.accounts else ()
        return (*TO_ONE, *OF_THE_APP, *daily)

    def deliver(self, parcel: Parcel) -> Receipt:
        """One attempt. The answer is WeCom's errcode and errmsg with their meaning in Chinese."""
        person = parcel.to.wecom_id or ""
        if not USER_ID.fullmatch(person):
            return Receipt.refused("收件人的企业微信账号为空或不合规，未发送 (unfit userid, not sent)")
        if parcel.link is not None and not _is_link(parcel.link):
            return Receipt.refused("链接须为 http(s) 地址且不超过 2048 字节，未发送 (unfit link, not sent)")
        try:
            return self._judged(self._sent(message(parcel, agent=self.agent)))
        except NoAnswer as fault:
            return Receipt.put_off(str(fault))

    def _sent(self, body: Body) -> Body:
        return self.asked("POST", "message/send", {}, body)

    def asked(self, method: str, name: str, query: dict[str, str], body: Body | None = None) -> Body:
        """The answer to a call in the application's name; a stale token is replaced, once. Raises NoAnswer."""
        token, answer = self._current_token(stale="")
        if token:
            answer = self._call(method, name, {**query, "access_token": token}, body)
        if token and answer.get("errcode") in STALE_TOKEN:
            token, answer = self._current_token(stale=token)
            if token:
                answer = self._call(method, name, {**query, "access_token": token}, body)
        return answer

    def _current_token(self, *, stale: str) -> tuple[str, Body]:
        """A token other than `stale`, and the answer that explains why it is empty if it is."""
        with self._lock:
            if self._token in ("", stale) or time.monotonic() >= self._token_ends:
                self._token = ""
                login = {"corpid": self.login, "corpsecret": self.secret}
                answer = self._call("GET", "gettoken", login, None)
                if answer.get("errcode") != 0:
                    return "", answer
                life = _number(answer.get("expires_in"), 7200)
                self._token = str(answer.get("access_token", ""))
                self._token_ends = time.monotonic() + life - min(MARGIN_SECONDS, life / 10)
            return self._token, {}

    def _call(self, method: str, name: str, query: dict[str, str], body: Body | None) -> Body:
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        try:
            response = self._session.request(
                method,
                f"{self.api}/cgi-bin/{name}",
                params=query,
                data=data,
                headers={"Content-Type": "application/json; charset=utf-8"},
                timeout=self.timeout,
                allow_redirects=False,
            )
            answer = response.json() if response.status_code == 200 else None
        except (requests.RequestException, UnicodeError) as fault:
            # The text of the exception holds the whole address, secret and token included.
            raise NoAnswer(f"企业微信未答复 (no answer to {name}): {fault.__class__.__name__}") from None
        if not isinstance(answer, dict) or not isinstance(answer.get("errcode"), int):
            raise NoAnswer(f"答复不是企业微信的格式 (not WeCom's answer): HTTP {response.status_code}")
        return answer

    def _judged(self, answer: Body) -> Receipt:
        code, said = _number(answer.get("errcode"), -1), str(answer.get("errmsg", ""))
        left_out = [key for key in ("invaliduser", "unlicenseduser") if answer.get(key)]
        if code == 0 and not left_out:
            return Receipt.accepted(self.redacted(f"0 {said}"), str(answer.get("msgid", "")))
        if code == 0:
            names = "; ".join(f"{key}={answer[key]}" for key in left_out)
            return Receipt.refused(self.redacted(f"0 {said}; {names}（收件人不存在、不可见或无许可）"))
        meaning = f"（{MEANING[code]}）" if code in MEANING else ""
        told = self.redacted(f"{code} {said[:300]}{meaning}")
        if code in TRANSIENT:
            return Receipt.put_off(told, rest_seconds=REST_SECONDS if code in TOO_MANY else 0)
        return Receipt.refused(told)

    def redacted(self, text: str) -> str:
        """The text without secret and token."""
        text = super().redacted(text)
        return text.replace(self._token, "***") if self._token else text

    def close(self) -> None:
        """Give back the connections; the token stays good for the next parcel."""
        self._session.close()


def _is_link(link: str) -> bool:
    good = link.startswith(("https://", "http://")) and link.isascii() and not has_control(link)
    return good and len(link) <= LINK


def _number(value: object, default: int) -> int:
    return value if isinstance(value, int) else default
