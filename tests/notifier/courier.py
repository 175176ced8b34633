"""A process that delivers a store's messages and may be killed at any instant: `python -m tests.notifier.courier`.

Arguments: the store's URL, the mail server's, the key of the links, the instant of the store's clock, how many
minutes the machine's clock is ahead of ours.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from notifier.channels import open_channels
from notifier.deliveries import Mailroom
from workflow.links import LinkMaker
from workflow.store import Store


def main(url: str, mail_url: str, key: str, now: str, minutes: str) -> None:
    store, channels, links = Store.open(url), open_channels(mail_url, None, []), LinkMaker(key.encode())
    store.claim_service()
    ahead = timedelta(minutes=int(minutes))
    room = Mailroom(store, channels, links, "https://duban.example.cn", wall=lambda: datetime.now(UTC) + ahead)
    if store.dialect == "sqlite":
        room.take_back_claims()
    while room.deliver(datetime.fromisoformat(now)):
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
