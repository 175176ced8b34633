"""A duban seen from outside: its command line, its HTTP API, its pages and the mail it sends; nothing else."""

from __future__ import annotations

import html
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.doubles.smtp import Arrived, SmtpDouble

HOUSE = Path(__file__).parent.parent.parent
DUBAN = Path(sys.executable).parent / "duban"
DEFINITION = HOUSE / "definitions" / "ordos-benchmarking.yaml"
ROSTER = HOUSE / "definitions" / "rosters" / "ordos-benchmarking.xlsx"
PROGRAMME = "ordos-benchmarking-2022"


@dataclass
class Outside:
    """A duban seen from outside: a folder, an address, tokens; ``process`` is the running service."""

    folder: Path
    port: int
    mail_url: str = ""
    tokens: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """The settings of this store."""
        chosen = {
            "DUBAN_DATABASE_URL": f"sqlite:///{self.folder / 'duban.db'}",
            "DUBAN_SECRET_KEY_FILE": str(self.folder / "duban.key"),
            "DUBAN_BASE_URL": self.base,
            "DUBAN_REHEARSAL": "1",
        }
        if self.mail_url:
            chosen["DUBAN_MAIL_URL"] = self.mail_url
        return {**os.environ, **chosen}

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a command; its standard output. Fails when the exit code differs."""
        done = subprocess.run(
            [str(DUBAN), *arguments],
            env=self.environment(),
            capture_output=True,
            text=True,
            cwd=self.folder,
            check=False,
        )
        assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout

    def token(self, role: str, unit: str | None = None) -> str:
        """An API token of a role, made once."""
        key = unit or role
        if key not in self.tokens:
            self.tokens[key] = self.run("token", "add", "--role", role, *(("--unit", unit) if unit else ())).strip()
        return self.tokens[key]

    def start(self) -> None:
        """Start the service and wait until it is ready."""
        with (self.folder / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(DUBAN), "serve", "--port", str(self.port)],
                env=self.environment(),
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{self.base}/readyz", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                assert self.process.poll() is None, (self.folder / "serve.log").read_text()
                time.sleep(0.1)
        raise AssertionError("the service did not become ready")

    def kill(self) -> None:
        """kill -9, as the power does."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End the service as systemd would."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)

    def call(self, method: str, path: str, body: object = None, *, token: str, code: int = 200) -> Any:
        """One API call; the decoded JSON."""
        request = urllib.request.Request(
            f"{self.base}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        status, raw = _opened(request)
        assert status == code, (method, path, status, raw[:500])
        return json.loads(raw)

    def office(self, method: str, path: str, body: object = None, *, code: int = 200) -> Any:
        """One API call as the office."""
        return self.call(method, path, body, token=self.token("office"), code=code)

    def every(self, path: str) -> list[dict[str, Any]]:
        """All items of a list, page by page."""
        found: list[dict[str, Any]] = []
        cursor = None
        while True:
            mark = "&" if "?" in path else "?"
            page = self.office("GET", f"{path}{mark}limit=200" + (f"&cursor={cursor}" if cursor else ""))
            found += page["items"]
            cursor = page["next"]
            if not cursor:
                return found

    def clock(self, instant: str) -> None:
        """Move the rehearsal clock (Asia/Shanghai)."""
        self.office("POST", "/clock", {"now": f"{instant}+08:00"})


def _opened(request: urllib.request.Request) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(request, timeout=300) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read()


@contextmanager
def outside(mail_url: str = "") -> Iterator[Outside]:
    """A duban in a folder of its own, stopped at the end."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        duban = Outside(Path(folder), port, mail_url)
        try:
            yield duban
        finally:
            duban.stop()


def rows_on_the_page(duban: Outside) -> list[int]:
    """The submissions on the overdue page as the office sees them in a browser, page by page, in order."""
    subprocess.run(
        [str(DUBAN), "user", "add", "clerk", "--role", "office", "--password-stdin"],
        env=duban.environment(), input="a long password\n", text=True, check=True, capture_output=True,
        cwd=duban.folder,
    )  # fmt: skip
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    shown = browser.open(f"{duban.base}/login").read().decode()
    token = html.unescape(re.findall(r'name="form_token" value="([^"]*)"', shown)[0])
    form = urllib.parse.urlencode({"name": "clerk", "password": "a long password", "form_token": token})
    browser.open(f"{duban.base}/login", form.encode()).read()
    rows: list[int] = []
    path = f"/overdue?programme={PROGRAMME}"
    while path:
        page = browser.open(f"{duban.base}{path}").read().decode()
        rows += [int(number) for number in re.findall(r'href="/submissions/(\d+)"', page)]
        further = re.findall(r'href="(/overdue\?[^"]*cursor=[^"]*)"[^>]*>下一页', page)
        path = html.unescape(further[0]) if further else ""
    return rows


def fill(form: dict[str, Any]) -> dict[str, object]:
    """Acceptable values for a form's fields, files aside."""
    sample: dict[str, object] = {
        "text": "榆林市",
        "paragraph": "逐项列明。",
        "integer": 1,
        "decimal": "1.5",
        "date": "2022-01-20",
        "yes-no": True,
    }
    return {
        name: one["options"][:1]
        if one["type"] == "choices"
        else one["options"][0]
        if one["type"] == "choice"
        else sample[one["type"]]
        for name, one in form.items()
        if one["type"] != "file"
    }


def submit(duban: Outside, submission: dict[str, Any], form: dict[str, Any]) -> None:
    """Fill in and hand in one submission as its unit."""
    token, path = duban.token("unit", submission["unit"]["code"]), f"/submissions/{submission['id']}"
    duban.call(
        "PUT", f"{path}/content", {"fields": fill(form), "if_version": submission["content_version"]}, token=token
    )
    for name, one in form.items():
        if one["type"] == "file":
            upload(duban, path, name, token)
    duban.call("POST", f"{path}/submit", {}, token=token)


def upload(duban: Outside, path: str, name: str, token: str) -> None:
    """Attach a file to a form's field."""
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="field"\r\n\r\n{name}\r\n'.encode(),
        '--x\r\nContent-Disposition: form-data; name="file"; filename="方案.pdf"\r\n'.encode(),
        b"Content-Type: application/pdf\r\n\r\n%PDF-1.4 plan\r\n--x--\r\n",
    ]
    request = urllib.request.Request(
        f"{duban.base}/api/v1{path}/attachments", b"".join(parts), method="POST",
        headers={"Authorization": f"Bearer {token}", "Content-Type": "multipart/form-data; boundary=x"},
    )  # fmt: skip
    status, raw = _opened(request)
    assert status in (200, 201), raw


def mails_to(smtp: SmtpDouble, address: str) -> list[Arrived]:
    """The mails one address received."""
    return [one for one in smtp.mails if address in one.recipients]


def asks(link: str) -> bool:
    """Whether a link opens a request to sign."""
    status, raw = _opened(urllib.request.Request(link))
    return status == 200 and b'name="content_hash"' in raw


def sign(link: str, decision: str, comment: str = "", *, code: int = 200) -> str:
    """Open a sign-off link as a phone would and send the page's own form; the answer's text."""
    status, raw = _opened(urllib.request.Request(link))
    assert status == 200, (link, status)
    shown = raw.decode()
    values = {
        name: html.unescape(re.findall(rf'name="{name}" value="([^"]*)"', shown)[0])
        for name in ("content_hash", "form_token")
    }
    form = {**values, "decision": decision, "comment": comment, "name": "审签人"}
    status, raw = _opened(urllib.request.Request(link, urllib.parse.urlencode(form).encode(), method="POST"))
    assert status == code, (status, raw[:300])
    return raw.decode()


def said(fact: str) -> None:
    """Report one fact that holds."""
    print(f"✓ {fact}", flush=True)
