"""Mail over one SMTP connection that stays open, as an Apprise plugin for `smtp://` and `smtps://`."""

from __future__ import annotations

import base64
import html
import re
import smtplib
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo

from notifier.channels.parcels import (
    Address,
    Carrier,
    ChannelUrlRefused,
    Parcel,
    Receipt,
    byte_pieces,
    has_control,
    seconds_of,
    wire_text,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOST = re.compile(r"[A-Za-z0-9_.-]{1,253}|[0-9A-Fa-f:.]{2,45}")
# ASCII only (no SMTPUTF8), and nothing that would end the address or open another.
ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
REFERENCE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,200}")
WORD_BYTES = 39  # as Base64 and with "Subject: " before it, a line of 73
BOUNDARY = "=_duban_alternative"  # Base64 holds no underscore: cannot occur inside a part


class NotSendable(ValueError):
    """The parcel cannot be a mail; the text is the answer for the receipt."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail ready for the wire."""

    recipient: str
    message_id: str
    content: bytes


def compose(parcel: Parcel, *, sender: Address, now: datetime) -> Letter:
    """The parcel as RFC 5322 mail, text and HTML side by side, both with the link.

    Written out by hand since the standard library's generator costs as much as the delivery itself.
    Raises NotSendable for a line break in a header value, a bad address, a reference unfit for a Message-ID.
    """
    origin, recipient = _mailbox(sender, "发件人 From"), _mailbox(parcel.to, "收件人 To")
    domain = origin.partition("@")[2]
    message_id = _message_id(parcel.reference, domain)
    headers = [
        ("Date", format_datetime(now.astimezone(SHANGHAI))),
        ("From", _named(sender.name, origin)),
        ("To", _named(parcel.to.name, recipient)),
        ("Subject", _encoded(_one_line(parcel.subject, "主题 Subject"))),
        ("Message-ID", message_id),
    ]
    if parcel.thread and parcel.thread != parcel.reference:
        matter = _message_id(parcel.thread, domain)
        headers += [("In-Reply-To", matter), ("References", matter)]
    # RFC 3834: nobody's out-of-office note shall answer a reminder.
    headers += [("Auto-Submitted", "auto-generated"), ("MIME-Version", "1.0")]
    headers += [("Content-Type", f'multipart/alternative; boundary="{BOUNDARY}"')]
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    parts = _part("plain", _text_of(parcel)) + _part("html", _html_of(parcel))
    content = f"{head}\r\n{parts}--{BOUNDARY}--\r\n".encode("ascii")
    return Letter(recipient, message_id, content)


def _part(subtype: str, text: str) -> str:
    lines = "\r\n".join(re.split(r"\r\n|\r|\n", wire_text(text)))
    body = base64.encodebytes(lines.encode()).decode("ascii").replace("\n", "\r\n")
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n'
    return f"--{BOUNDARY}\r\n{head}\r\n{body}\r\n"


def _text_of(parcel: Parcel) -> str:
    if parcel.link is None or parcel.link in parcel.text:
        return parcel.text
    return f"{parcel.text}\n\n{parcel.link_label}：{parcel.link}\n"


def _html_of(parcel: Parcel) -> str:
    if parcel.link is None or html.escape(parcel.link) in parcel.html or parcel.link in parcel.html:
        return parcel.html
    anchor = f'<p><a href="{html.escape(parcel.link)}">{html.escape(parcel.link_label)}</a></p>'
    body, end, rest = parcel.html.partition("</body>")
    return f"{body}{anchor}{end}{rest}"


def _one_line(value: str, where: str) -> str:
    if has_control(value):
        raise NotSendable(f"{where} 含有换行或控制字符，未发送 (line break in a header, not sent)")
    return wire_text(value)


def _mailbox(who: Address, where: str) -> str:
    email = _one_line(who.email or "", where)
    if not ADDRESS.fullmatch(email):
        raise NotSendable(f"{where} 的邮箱地址为空或不合规，未发送 (unfit mail address, not sent)")
    _one_line(who.name, where)
    return email


def _message_id(reference: str, domain: str) -> str:
    if not REFERENCE.fullmatch(reference):
        raise NotSendable("编号不能用作 Message-ID，未发送 (reference unfit for a Message-ID, not sent)")
    return f"<{reference}@{domain}>"


def _named(name: str, email: str) -> str:
    return f"{_encoded(wire_text(name))} <{email}>" if name else f"<{email}>"


def _encoded(value: str) -> str:
    """RFC 2047 words, each of whole characters, folded. Apprise changes what `email.header` does to UTF-8."""
    pieces = byte_pieces(value, WORD_BYTES)
    words = (f"=?utf-8?b?{base64.b64encode(piece.encode()).decode('ascii')}?=" for piece in pieces)
    return "\r\n ".join(words)


def _handed_over(smtp: smtplib.SMTP, content: bytes) -> tuple[int, bytes]:
    try:
        return smtp.data(content)
    except smtplib.SMTPDataError as fault:
        return fault.smtp_code, _octets(fault.smtp_error)
    except smtplib.SMTPServerDisconnected:
        said = "全文交出后连接中断，可能已送达 (connection lost after DATA, may have been taken over)"
        raise smtplib.SMTPServerDisconnected(said) from None


def _octets(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode()


def _decoded(said: bytes) -> str:
    try:
        return said.decode()
    except UnicodeDecodeError:
        return said.decode("gb18030", "replace")  # what older Chinese servers answer in


def _own_name(sender: str) -> str:
    """The name for EHLO. `socket.getfqdn` would ask a name server that a closed network does not have."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else sender.partition("@")[2]


class SmtpMail(Carrier):  # type: ignore[no-untyped-call]
    """`smtp://user:pass@host:25?from=duban@example.cn&name=…&tls=auto|starttls|none&timeout=20&verify=yes`.

    One connection serves message after message and is opened again after a fault or when the server gave it
    up while idle. Safe to share between threads. With `auto`, a password leaves this machine only encrypted.
    Replies of 500–599 are permanent; 400–499 and every loss of connection are not (RFC 5321, 4.2.1).
    """

    service_name = "duban mail"  # type: ignore[assignment]
    protocol: Any = "smtp"
    secure_protocol: Any = "smtps"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        given = self.options
        self.sender = Address(given.get("name") or "督办", given.get("from") or self.login, None)
        self.tls = given.get("tls", "auto").lower()
        self.timeout = seconds_of(given.get("timeout"), 20.0)
        self._check()
        self._lock = threading.Lock()
        self._smtp: smtplib.SMTP | None = None
        self._tls_context = ssl.create_default_context()
        if not self.verify_certificate:
            self._tls_context.check_hostname = False
            self._tls_context.verify_mode = ssl.CERT_NONE

    def _check(self) -> None:
        self.host = self.host.strip("[]")
        if not HOST.fullmatch(self.host) or not 0 <= (self.port or 0) < 65536:
            raise ChannelUrlRefused("邮件服务器的主机名或端口不合规")
        if self.tls not in ("auto", "starttls", "none"):
            raise ChannelUrlRefused("tls 只能取 auto、starttls 或 none")
        if not ADDRESS.fullmatch(self.sender.email or ""):
            raise ChannelUrlRefused("缺少合规的发件地址（from=duban@example.cn）")
        if has_control(self.sender.name):
            raise ChannelUrlRefused("发件人名称（name=）含有换行或控制字符")

    def deliver(self, parcel: Parcel) -> Receipt:
        """One attempt. The answer is the server's code and text; a reply lost after DATA is not a refusal."""
        try:
            letter = compose(parcel, sender=self.sender, now=datetime.now(SHANGHAI))
        except NotSendable as fault:
            return Receipt.refused(str(fault))
        with self._lock:
            try:
                code, text = self._transmit(letter)
            except (OSError, ValueError) as fault:
                self._drop()
                return self._lost(fault, letter)
        if code == 250:
            return Receipt.accepted(self._answer(code, text), letter.message_id)
        return self._denied(code, text, letter)

    def _transmit(self, letter: Letter) -> tuple[int, bytes]:
        smtp, (code, text) = self._begun()
        if code == 250:
            code, text = smtp.rcpt(letter.recipient)
        if code in (250, 251):
            code, text = _handed_over(smtp, letter.content)
        if code == 421:
            self._drop()
        elif code != 250:
            with suppress(OSError):  # the refusal stands, whether or not the server stays on the line
                smtp.rset()
        return code, text

    def _begun(self) -> tuple[smtplib.SMTP, tuple[int, bytes]]:
        """MAIL FROM on the open connection; one that the server gave up while idle is replaced, once."""
        sender = str(self.sender.email)
        if self._smtp is not None:
            with suppress(OSError):
                reply = self._smtp.mail(sender)
                if reply[0] != 421:
                    return self._smtp, reply
            self._drop()
        self._smtp = self._opened()
        return self._smtp, self._smtp.mail(sender)

    def _opened(self) -> smtplib.SMTP:
        name = _own_name(str(self.sender.email))
        smtp: smtplib.SMTP
        if self.secure:
            tls = self._tls_context
            smtp = smtplib.SMTP_SSL(self.host, self.port or 465, name, timeout=self.timeout, context=tls)
        else:
            smtp = smtplib.SMTP(self.host, self.port or 25, name, timeout=self.timeout)
        try:
            smtp.ehlo_or_helo_if_needed()
            encrypted = self.secure or self._encrypted(smtp)
            self._logged_in(smtp, encrypted=encrypted)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _encrypted(self, smtp: smtplib.SMTP) -> bool:
        offered = smtp.has_extn("starttls")
        if self.tls == "none" or (self.tls == "auto" and not offered):
            return False
        if not offered:
            raise smtplib.SMTPException("邮件服务器不支持 STARTTLS，未发送 (no STARTTLS offered, not sent)")
        smtp.starttls(context=self._tls_context)
        smtp.ehlo_or_helo_if_needed()
        return True

    def _logged_in(self, smtp: smtplib.SMTP, *, encrypted: bool) -> None:
        # A server that offers no AUTH says itself, at MAIL or RCPT, whether it minds.
        if not self.login or not smtp.has_extn("auth"):
            return
        if not encrypted and self.tls == "auto" and self.host not in ("127.0.0.1", "::1", "localhost"):
            raise smtplib.SMTPException("服务器不提供加密，密码未发出；可设 tls=none (password kept back)")
        smtp.login(self.login, self.secret)

    def _denied(self, code: int, text: bytes, letter: Letter) -> Receipt:
        outcome = Receipt.refused if 500 <= code <= 599 else Receipt.put_off
        return outcome(self._answer(code, text), letter.message_id)

    def _lost(self, fault: OSError | ValueError, letter: Letter) -> Receipt:
        if isinstance(fault, smtplib.SMTPResponseException):
            return self._denied(fault.smtp_code, _octets(fault.smtp_error), letter)
        if isinstance(fault, ssl.SSLCertVerificationError):
            return Receipt.put_off(f"邮件服务器的证书未通过校验：{fault.verify_message}", letter.message_id)
        said = str(fault) if isinstance(fault, smtplib.SMTPException) else fault.__class__.__name__
        return Receipt.put_off(self.redacted(f"未收到答复 (no answer): {said}"), letter.message_id)

    def _answer(self, code: int, text: bytes) -> str:
        said = " ".join(_decoded(text).split())
        return self.redacted(f"{code} {said}"[:500])

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def close(self) -> None:
        """Say QUIT and close; a later parcel opens a new connection."""
        with self._lock:
            if self._smtp is not None:
                with suppress(OSError):
                    self._smtp.quit()
            self._drop()
