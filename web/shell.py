"""What lies around every request: size limit, security headers, the access log, and the last net for faults."""

from __future__ import annotations

import re
import time

import structlog
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import problems
from web.metrics import Requests

log = structlog.get_logger(__name__)

LARGEST_BODY = 25 * 1024 * 1024

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
#: Addresses whose answers may be kept by browsers, since a changed file has another address.
_KEPT = "/static/"
_TOKEN = re.compile(r"^/(s|calendar)/[^/]+")


class Shell:
    """The outermost layer of the application, outside the framework's own handling of errors."""

    def __init__(self, app: ASGIApp, *, requests: Requests) -> None:
        self._app, self._requests = app, requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; nothing that is raised inside gets out."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                _dress(MutableHeaders(scope=message), scope["path"])
            await send(message)

        try:
            await self._app(scope, _limited(scope, receive), dressed)
        except Exception:
            log.exception("request failed", method=scope["method"], path=redacted(scope["path"]))
            if status:
                raise
            answer = problems.respond(Request(scope), problems.problem(problems.INTERNAL))
            await answer(scope, receive, dressed)
        finally:
            self._requests.note(scope, status)
            milliseconds = round((time.perf_counter() - started) * 1000, 1)
            path = redacted(scope["path"])
            log.info("request", method=scope["method"], path=path, status=status, milliseconds=milliseconds)


def redacted(path: str) -> str:
    """A path as logs may show it: without the token of a sign-off link or the key of a calendar."""
    return _TOKEN.sub(r"/\1/…", path)


def _dress(headers: MutableHeaders, path: str) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if not path.startswith(_KEPT):
        headers.setdefault("Cache-Control", "no-store")


def _limited(scope: Scope, receive: Receive) -> Receive:
    """Reads no more of a body than is allowed, whatever length was declared."""
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    too_long = declared.isdigit() and int(declared[:20]) > LARGEST_BODY
    size = 0

    async def counted() -> Message:
        nonlocal size
        if too_long:
            raise HTTPException(413)
        message = await receive()
        size += len(message.get("body", b""))
        if size > LARGEST_BODY:
            raise HTTPException(413)
        return message

    return counted
