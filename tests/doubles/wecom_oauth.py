"""WeCom's web authorization on loopback: the page that gives out codes, and the call that tells whose they are.

As documented: a code is good once and for five minutes (else 40029), an outsider has an openid instead of a userid,
`redirect_uri` must lie in the application's trusted domain (else 50001), `state` is letters and digits, 128 at most.
"""

from __future__ import annotations

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.doubles.wecom import AGENT, CORP, HOST, SECRET, Body, WecomDouble, fault

CODE_SECONDS = 300.0
#: By path: the page in the WeCom client, and the one with the code to scan in any other browser.
WANTED = {
    "/connect/oauth2/authorize": {
        "appid": CORP, "response_type": "code", "scope": "snsapi_base", "agentid": str(AGENT),
    },
    "/wwlogin/sso/login": {"login_type": "CorpApp", "appid": CORP, "agentid": str(AGENT)},
}  # fmt: skip
_STATE = re.compile(r"[a-zA-Z0-9]{0,128}")


class WecomOauth(WecomDouble):
    """The application's API with `auth/getuserinfo`, and a second server in place of open.weixin.qq.com.

    `visitor` is who is signed in to the WeCom client that opens the page: a userid, or for an outsider an openid
    with `external_userid`. `trusted` is the host a browser may be sent back to, `refuses` sends it back without a code.
    """

    def __init__(self, *, token_seconds: int = 7200) -> None:
        super().__init__(token_seconds=token_seconds)
        self.visitor: Body = {"userid": "leader.one"}
        self.trusted = "duban.example.cn"
        self.refuses = False
        self.asked: list[dict[str, str]] = []
        self.later = 0.0
        self._codes: dict[str, tuple[Body, float]] = {}
        self._pages = ThreadingHTTPServer((HOST, 0), _pages(self))
        self._runs = threading.Thread(target=self._pages.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Self:
        self._runs.start()
        return super().__enter__()

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        self._pages.shutdown()
        self._runs.join()
        self._pages.server_close()

    @property
    def oauth(self) -> str:
        """The address in place of https://open.weixin.qq.com."""
        return f"http://{HOST}:{self._pages.server_address[1]}"

    def url(self, *, secret: str = SECRET, corp: str = CORP, agent: int = AGENT) -> str:
        """The address for WECOM_URL."""
        return f"{super().url(secret=secret, corp=corp, agent=agent)}&oauth={self.oauth}&scan={self.oauth}"

    def pass_minutes(self, minutes: float) -> None:
        """Codes given out so far are that much older."""
        self.later += minutes * 60

    def authorize(self, path: str) -> str:
        """Where a client that opens the page is sent; ValueError says what WeCom would show instead."""
        parts = urlsplit(path)
        query = {key: values[0] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
        self.asked.append(query)
        wanted = WANTED.get(parts.path)
        if wanted is None or {name: query.get(name) for name in wanted} != wanted:
            raise ValueError("参数错误")
        if not _STATE.fullmatch(query.get("state", "")):
            raise ValueError("state 参数错误")
        back = query["redirect_uri"]
        if urlsplit(back).hostname != self.trusted:
            raise ValueError("redirect_uri 需使用应用可信域名")
        with self._lock:
            code = f"code-{len(self._codes) + 1}-of-the-double"
            self._codes[code] = (dict(self.visitor), self.later)
        given = {} if self.refuses else {"code": code}
        return f"{back}?{urlencode({**given, 'state': query['state']})}"

    def answer(self, path: str, body: bytes) -> Body | None:
        """As the application's API; whose a code is, is told once."""
        parts = urlsplit(path)
        if parts.path != "/cgi-bin/auth/getuserinfo":
            return super().answer(path, body)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        with self._lock:
            self.calls["auth/getuserinfo"] += 1
            if self.broken:
                self.broken -= 1
                return None
            token = query.get("access_token", "")
            if token not in self._valid:
                return fault(42001, "access_token expired") if token in self._expired else fault(40014, "invalid")
            if self.answers:
                return fault(self.answers.popleft(), f"scripted, token {token}")
            visitor, given = self._codes.pop(query.get("code", ""), ({}, 0.0))
            if not visitor or self.later - given >= CODE_SECONDS:
                return fault(40029, f"invalid code, hint: [1], from ip: {HOST}")
            return {**fault(0, "ok"), **visitor}


def _pages(double: WecomOauth) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                back = double.authorize(self.path)
            except ValueError as shown:
                content = f"<!DOCTYPE html><title>提示</title><p>{shown}</p>".encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
                return
            self.send_response(302)
            self.send_header("Location", back)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: a test's own output is enough."""

    return Handler
