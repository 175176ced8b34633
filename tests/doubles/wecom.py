"""WeCom on loopback: answers like qyapi, with its codes, its silent losses and its check for duplicates."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlsplit

HOST, CORP, SECRET, AGENT = "127.0.0.1", "ww-example-corp", "s3cret-of-the-app", 1000002
#: What one person may get within so many seconds, and how many calls a minute an application may make.
PERSON_LIMITS, CALLS_A_MINUTE = ((30, 60.0), (1000, 3600.0)), 10_000
Body = dict[str, object]


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as a person sees it, over-long texts cut as WeCom cuts them."""

    to: str
    kind: str
    title: str
    text: str
    link: str
    button: str
    body: Body = field(repr=False)


class WecomDouble:
    """A server with the two calls of an application and the one of a group bot; a context manager.

    `answers` are errcodes for the next `message/send` calls, in order, before anything else is looked at.
    `invisible` people end in `invaliduser` with errcode 0, `absent` ones in 81013. `untrusted` refuses this
    machine's address. `broken` makes the next calls end without an answer, `status` answers with that HTTP code.
    `clock` tells seconds. `came` lists every call that was taken: when, to whom, what it said.
    """

    def __init__(
        self,
        *,
        token_seconds: int = 7200,
        clock: Callable[[], float] = time.monotonic,
        calls_a_minute: int = CALLS_A_MINUTE,
    ) -> None:
        self.token_seconds = token_seconds
        self.clock, self.calls_a_minute = clock, calls_a_minute
        self.came: list[tuple[float, str, str]] = []
        self.answers: deque[int] = deque()
        self.invisible: set[str] = set()
        self.unlicensed: set[str] = set()
        self.absent: set[str] = set()
        self.untrusted = False
        self.broken = 0
        self.status = 200
        self.shown: list[Shown] = []
        self.group: list[str] = []
        self.calls: Counter[str] = Counter()
        self.duplicates = self.dropped = self.cut = self.tokens = self.throttled = 0
        self._valid: set[str] = set()
        self._expired: set[str] = set()
        self._seen: set[str] = set()
        self._per_person: defaultdict[str, deque[float]] = defaultdict(deque)
        self._calls: deque[float] = deque()
        self._lock = threading.Lock()
        self._server = _Server((HOST, 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def api(self) -> str:
        """The address in place of https://qyapi.weixin.qq.com."""
        return f"http://{HOST}:{self._server.server_address[1]}"

    def url(self, *, secret: str = SECRET, corp: str = CORP, agent: int = AGENT) -> str:
        """The address for WECOM_URL."""
        return f"wecomapp://{corp}:{secret}@{agent}?api={self.api}"

    def expire_tokens(self) -> None:
        """Every token given out so far is answered with 42001 from now on."""
        with self._lock:
            self._expired |= self._valid
            self._valid.clear()

    def forget_tokens(self) -> None:
        """Every token given out so far is answered with 40014 from now on."""
        with self._lock:
            self._valid.clear()

    def answer(self, path: str, body: bytes) -> Body | None:
        """The answer to one call; None closes the connection without one."""
        parts = urlsplit(path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        name = parts.path.removeprefix("/cgi-bin/")
        with self._lock:
            self.calls[name] += 1
            if self.broken:
                self.broken -= 1
                return None
            if name == "gettoken":
                return self._token(query)
            if name == "message/send":
                return self._send(query.get("access_token", ""), json.loads(body))
            if name == "webhook/send":
                return self._say(json.loads(body))
            return fault(40066, "invalid url")

    def _token(self, query: dict[str, str]) -> Body:
        if self.untrusted:
            return fault(60020, f"not allow to access from your ip, from ip: {HOST}")
        if query.get("corpid") != CORP:
            return fault(40013, "invalid corpid")
        if query.get("corpsecret") != SECRET:
            return fault(40001, "invalid credential")
        self.tokens += 1
        token = f"token-{self.tokens}-of-the-double"
        self._valid.add(token)
        return {**fault(0, "ok"), "access_token": token, "expires_in": self.token_seconds}

    def _send(self, token: str, body: Body) -> Body:
        self._calls.append(self.clock())
        while self._calls[0] <= self._calls[-1] - 60:
            self._calls.popleft()
        if len(self._calls) > self.calls_a_minute:
            self.throttled += 1
            return fault(45009, "api freq out of limit")
        if self.answers:
            code = self.answers.popleft()
            return fault(code, f"scripted, token {token}")
        if token not in self._valid:
            return fault(42001, "access_token expired") if token in self._expired else fault(40014, "invalid")
        if self.untrusted:
            return fault(60020, f"not allow to access from your ip, from ip: {HOST}")
        if body.get("agentid") != AGENT:
            return fault(40056, "invalid agentid")
        people = str(body.get("touser", "")).lower().split("|")
        unlicensed = [person for person in people if person in self.unlicensed]
        unknown = [person for person in people if person in self.invisible | self.absent]
        if set(people) <= self.absent:
            return fault(81013, "user & party & tag all invalid")
        for person in people:
            if person not in unknown and person not in unlicensed:
                self._show(person, body)
        names = {"invaliduser": "|".join(unknown), "unlicenseduser": "|".join(unlicensed)}
        return {**fault(0, "ok"), **names, "msgid": f"msg-{self.calls['message/send']}"}

    def _show(self, person: str, body: Body) -> None:
        self.came.append((self.clock(), person, json.dumps(body, ensure_ascii=False)))
        identity = person + json.dumps(body, sort_keys=True)
        if body.get("enable_duplicate_check") == 1 and identity in self._seen:
            self.duplicates += 1
            return
        self._seen.add(identity)
        if self._has_had_enough(person):
            self.dropped += 1
            return
        kind = str(body["msgtype"])
        content = body[kind]
        assert isinstance(content, dict)
        text = self._fitting(str(content.get("description", content.get("content"))), _TEXT_BYTES[kind])
        title = self._fitting(str(content.get("title", "")), 128)
        link, button = str(content.get("url", "")), str(content.get("btntxt", ""))
        self.shown.append(Shown(person, kind, title, text, link, button[:4], body))

    def _has_had_enough(self, person: str) -> bool:
        """Whether this one is more than the person gets to see; WeCom says "ok" all the same."""
        times, now = self._per_person[person], self.clock()
        times.append(now)
        return any(sum(at > now - seconds for at in times) > most for most, seconds in PERSON_LIMITS)

    def _say(self, body: Body) -> Body:
        content = body[str(body["msgtype"])]
        assert isinstance(content, dict)
        if len(str(content["content"]).encode()) > 2048:
            return fault(40058, "text.content exceed max length 2048")
        self.group.append(str(content["content"]))
        return fault(0, "ok")

    def _fitting(self, text: str, limit: int) -> str:
        fitted = text.encode()[:limit].decode(errors="replace")
        self.cut += fitted != text
        return fitted


_TEXT_BYTES = {"textcard": 512, "text": 2048}


def fault(code: int, said: str) -> Body:
    """An answer's two fixed fields."""
    return {"errcode": code, "errmsg": said}


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a client that was killed hangs up in the middle of a word."""


def _handler(double: WecomDouble) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])))

        def _answer(self, body: bytes) -> None:
            answer = double.answer(self.path, body)
            self.close_connection = answer is None
            if answer is not None:
                content = json.dumps(answer).encode()
                self.send_response(double.status)
                self.send_header("Content-Type", "application/json; charset=UTF-8")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: a test's own output is enough."""

    return Handler
