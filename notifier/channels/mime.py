"""A parcel as mail: headers, two texts side by side, calendar entries attached; ready for the wire. Pure."""

from __future__ import annotations

import base64
import html
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from notifier.channels.parcels import Address, Parcel, byte_pieces, has_control, wire_text

SHANGHAI = ZoneInfo("Asia/Shanghai")
# ASCII only (no SMTPUTF8), and nothing that would end the address or open another.
ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
REFERENCE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,200}")
WORD_BYTES = 39  # as Base64 and with "Subject: " before it, a line of 73
BOUNDARY = "=_duban_alternative"  # Base64 holds no underscore: cannot occur inside a part
OUTER = "=_duban_mixed"
ICS = "deadlines.ics"


class NotSendable(ValueError):
    """The parcel cannot be a mail; the text is the answer for the receipt."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail ready for the wire."""

    recipient: str
    message_id: str
    content: bytes


def compose(parcel: Parcel, *, sender: Address, now: datetime) -> Letter:
    """The parcel as RFC 5322 mail, text and HTML side by side, both with the link, its dates attached.

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
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return Letter(recipient, message_id, f"{head}{_body(parcel)}".encode("ascii"))


def _body(parcel: Parcel) -> str:
    """Content-Type and what follows: the two texts, with the calendar entries attached where there are any."""
    texts = _part(BOUNDARY, "text/plain", _text_of(parcel)) + _part(BOUNDARY, "text/html", _html_of(parcel))
    both = f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"\r\n\r\n{texts}--{BOUNDARY}--\r\n'
    if not parcel.calendar:
        return both
    entries = _part(OUTER, "text/calendar", parcel.calendar, f'; method=PUBLISH; name="{ICS}"', ICS)
    return f'Content-Type: multipart/mixed; boundary="{OUTER}"\r\n\r\n--{OUTER}\r\n{both}{entries}--{OUTER}--\r\n'


def _part(boundary: str, kind: str, text: str, more: str = "", attached_as: str = "") -> str:
    lines = "\r\n".join(re.split(r"\r\n|\r|\n", wire_text(text)))
    body = base64.encodebytes(lines.encode()).decode("ascii").replace("\n", "\r\n")
    head = f'Content-Type: {kind}; charset="utf-8"{more}\r\nContent-Transfer-Encoding: base64\r\n'
    if attached_as:
        head += f'Content-Disposition: attachment; filename="{attached_as}"\r\n'
    return f"--{boundary}\r\n{head}\r\n{body}\r\n"


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
