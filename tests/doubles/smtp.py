"""A real SMTP server on loopback (aiosmtpd) that can be told to misbehave."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import threading
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Literal, Self, TypeVar

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

T = TypeVar("T")
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Arrived:
    """One mail as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    encrypted: bool
    connection: int

    @property
    def message(self) -> EmailMessage:
        """The mail, read by the standard library."""
        message = message_from_bytes(self.content, policy=default)
        assert isinstance(message, EmailMessage)
        return message

    def part(self, subtype: Literal["plain", "html"]) -> str:
        """The decoded text of one alternative, with plain line ends."""
        body = self.message.get_body((subtype,))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


@dataclass(frozen=True, slots=True)
class Certificate:
    """A self-made certificate for 127.0.0.1 and localhost."""

    chain: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """The server's side of TLS."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)
        return context


def make_certificate(folder: Path) -> Certificate:
    """A certificate nobody trusts until told to, made by the openssl program in `folder`."""
    made = Certificate(folder / "server.pem", folder / "server.key")
    extensions = [f"subjectAltName=IP:{HOST},DNS:localhost", "keyUsage=critical,keyCertSign,digitalSignature"]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=localhost", "-keyout", str(made.key), "-out", str(made.chain)]
    command += [word for extension in extensions for word in ("-addext", extension)]
    subprocess.run(command, check=True, capture_output=True)
    return made


class SmtpDouble:
    """An SMTP server with switches; a context manager, in a thread of its own.

    `rcpt_answers` and `data_answers` are replies for the next RCPT and final dot, in order, then "250";
    `cuts` is how many times the connection breaks after the final dot, the mail being taken over.
    """

    def __init__(
        self,
        *,
        certificate: Certificate | None = None,
        implicit_tls: bool = False,
        account: tuple[str, str] | None = None,
        greeting: bytes | None = None,
        host: str = HOST,
    ) -> None:
        self.mails: list[Arrived] = []
        self.rcpt_answers: deque[str] = deque()
        self.data_answers: deque[str] = deque()
        self.cuts = 0
        self.connections = 0
        self.logins: list[str] = []
        self._account = account
        self._host = host
        self._greeting = greeting
        self._implicit = certificate.context() if certificate and implicit_tls else None
        self._starttls = certificate.context() if certificate and not implicit_tls else None
        self._open: list[asyncio.Transport] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp-double", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._run(self._listen())
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def url(self, query: str = "from=duban@example.cn", *, login: str = "") -> str:
        """The address for MAIL_URL; `login` is "user:password@"."""
        return f"{'smtps' if self._implicit else 'smtp'}://{login}{self._host}:{self.port}?{query}"

    def drop_connections(self, saying: str = "") -> None:
        """Close every open connection, as a server does with idle ones; `saying` is its last line."""
        self._run(self._drop(saying))

    async def handle_MAIL(  # noqa: N802 – aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """MAIL FROM, refused without a login where one is asked for."""
        if self._account and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """RCPT TO, answered as told."""
        answer = self.rcpt_answers.popleft() if self.rcpt_answers else "250 2.1.5 Ok"
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The final dot, answered as told or not at all."""
        answer = self.data_answers.popleft() if self.data_answers else f"250 2.0.0 Ok: {len(self.mails) + 1}"
        if answer.startswith("2"):
            self.mails.append(self._arrived(server, session, envelope))
        if self.cuts:
            self.cuts -= 1
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            # Losing the connection cancels this coroutine: nothing more is said.
            await self._loop.create_future()
        return answer

    def _arrived(self, server: SMTP, session: Session, envelope: Envelope) -> Arrived:
        content = envelope.original_content or b""
        encrypted = self._implicit is not None or session.ssl is not None
        number = int(str(server.__ident__).rpartition(" ")[2])
        return Arrived(str(envelope.mail_from), tuple(envelope.rcpt_tos), content, encrypted, number)

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        name, password = given.login.decode(), given.password.decode()
        self.logins.append(name)
        return AuthResult(success=(name, password) == self._account, handled=False)

    def _serve(self) -> SMTP:
        self.connections += 1
        server = SMTP(
            self,
            hostname="localhost",
            ident=f"double {self.connections}",
            loop=self._loop,
            tls_context=self._starttls,
            authenticator=self._authenticate if self._account else None,
            auth_require_tls=self._account is None or self._starttls is not None,
        )
        made = server.connection_made

        def remember(transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            self._open.append(transport)
            if self._greeting:
                transport.write(self._greeting + b"\r\n")
                transport.close()
            else:
                made(transport)

        server.connection_made = remember  # type: ignore[method-assign]
        return server

    def _run(self, work: Coroutine[object, object, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(self._serve, self._host, 0, ssl=self._implicit)

    async def _drop(self, saying: str) -> None:
        for transport in self._open:
            if saying and not transport.is_closing():
                transport.write(f"{saying}\r\n".encode())
            transport.close()
        self._open.clear()

    async def _stop(self) -> None:
        self._server.close()
        for transport in self._open:
            transport.abort()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for _ in range(20):  # rounds of the loop in which closed connections are taken off it
            await asyncio.sleep(0)
