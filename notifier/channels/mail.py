"""Mail over one SMTP connection that stays open, as an Apprise plugin for `smtp://` and `smtps://`."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
from contextlib import suppress
from datetime import datetime
from typing import Any

from notifier.channels.limits import MINUTE, Limit
from notifier.channels.mime import ADDRESS, SHANGHAI, Letter, NotSendable, compose
from notifier.channels.parcels import (
    Address,
    Carrier,
    ChannelUrlRefused,
    Parcel,
    Receipt,
    count_of,
    has_control,
    seconds_of,
)

HOST = re.compile(r"[A-Za-z0-9_.-]{1,253}|[0-9A-Fa-f:.]{2,45}")


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
    """`smtp://user:pass@host:25?from=duban@example.cn&name=…&tls=auto|starttls|none&timeout=20&rate=600&verify=yes`.

    `rate` is how many mails a minute the server takes; without it there is no limit.
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
        self.rate = count_of(given.get("rate"), "rate")
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

    @property
    def limits(self) -> tuple[Limit, ...]:
        """What the operator says of the server."""
        return (Limit(self.rate, MINUTE),) if self.rate else ()

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
            # Both addresses were checked: there is nothing left to quote.
            code, text = smtp.docmd("RCPT", f"TO:<{letter.recipient}>")
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
                reply = self._smtp.docmd("MAIL", f"FROM:<{sender}>")
                if reply[0] != 421:
                    return self._smtp, reply
            self._drop()
        self._smtp = self._opened()
        return self._smtp, self._smtp.docmd("MAIL", f"FROM:<{sender}>")

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
