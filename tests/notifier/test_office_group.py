"""What the people on duty are sent also reaches the office's group, once and without links."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from notifier.channels import open_channels
from notifier.deliveries import Mailroom
from tests.doubles.smtp import SmtpDouble
from tests.notifier.post_office import BASE
from tests.workflow.world import World, local
from workflow import clock


@contextmanager
def group() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A group that keeps what it is told, behind one of Apprise's own services."""
    told: list[dict[str, str]] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"json://127.0.0.1:{server.server_address[1]}/group", told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_escalation_to_the_office_reaches_its_group_once(sqlite_world: World) -> None:
    with SmtpDouble() as smtp, group() as (address, told):
        channels = open_channels(smtp.url(), None, [address])
        room = Mailroom(sqlite_world.store, channels, sqlite_world.links, BASE)
        clock.advance(sqlite_world.store, local("2022-01-07 09:30"), sqlite_world.links, deliver=room.deliver)
        channels.close()
        late = [mail for mail in smtp.mails if "逾期" in str(mail.message["Subject"])]
    on_duty = [mail for mail in late if "office.duty" in mail.recipients[0]]
    assert len(on_duty) == 2
    (copy,) = told
    assert "升级督办" in copy["title"] and "市教育体育局" in copy["message"] and "/s/" not in copy["message"]
