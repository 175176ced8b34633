"""A mail server and a WeCom that fail now and then, at random, and note when what came."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from random import Random

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.doubles.smtp import SmtpDouble
from tests.doubles.wecom import Body, WecomDouble, fault

#: Of a hundred attempts so many are put off, so many are cut after the final dot, so many calls begin a storm.
PUT_OFF, CUT, STORM = 0.10, 0.01, 0.002
STORM_CALLS = 5
_REFERENCE = re.compile(r"编号 ([0-9a-f]{24})")
_MESSAGE_ID = re.compile(rb"^Message-ID: <([0-9a-f]{24})@", re.MULTILINE | re.IGNORECASE)


class FailingMail(SmtpDouble):
    """Puts off a tenth, cuts after the final dot, refuses who is unknown for good."""

    def __init__(self, clock: Callable[[], datetime], seed: int, unknown: set[str]) -> None:
        super().__init__()
        self.clock, self.random, self.unknown = clock, Random(seed), unknown
        self.came: list[tuple[float, str, str]] = []
        self.asked = 0
        self.cut = 0

    async def handle_RCPT(  # noqa: N802 – aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """RCPT TO: unknown, busy, or taken."""
        self.asked += 1
        if address in self.unknown:
            return "550 5.1.1 no such user"
        if self.random.random() < PUT_OFF:
            return "451 4.3.0 try again later"
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The final dot: noted, and now and then never answered."""
        found = _MESSAGE_ID.search(envelope.original_content or b"")
        assert found is not None
        self.came.append((self.clock().timestamp(), envelope.rcpt_tos[0], found[1].decode()))
        if self.random.random() < CUT:
            self.cuts, self.cut = 1, self.cut + 1
        return await super().handle_DATA(server, session, envelope)


class FailingWecom(WecomDouble):
    """Busy for a tenth of the calls; storms of 45009; tokens that end before their time."""

    def __init__(self, clock: Callable[[], datetime], seed: int) -> None:
        super().__init__(clock=lambda: clock().timestamp())
        self.random = Random(seed)
        self.storms = self.expired = 0

    def answer(self, path: str, body: bytes) -> Body | None:
        """As WeCom, but for bad luck."""
        luck = self.random.random()
        if "message/send" in path and not self.answers:
            if luck < STORM:
                self.storms += 1
                self.answers.extend([45009] * STORM_CALLS)
            elif luck < 2 * STORM:
                self.expired += 1
                self.expire_tokens()
            elif luck < 2 * STORM + CUT:
                self.broken += 1
            elif luck < PUT_OFF:
                with self._lock:
                    self.calls["message/send"] += 1
                return fault(-1, "system busy")
        return super().answer(path, body)

    @property
    def numbers(self) -> list[tuple[float, str, str]]:
        """What came, by its printed number."""
        return [(at, person, _number(said)) for at, person, said in self.came]


def _number(said: str) -> str:
    found = _REFERENCE.search(said)
    assert found is not None, said
    return found[1]


def most_within(times: Iterable[float], seconds: float) -> int:
    """The most arrivals in any span of this length."""
    ordered = sorted(times)
    first = most = 0
    for place, at in enumerate(ordered):
        while ordered[first] <= at - seconds:
            first += 1
        most = max(most, place - first + 1)
    return most


def most_to_one(came: Iterable[tuple[float, str, str]], seconds: float) -> int:
    """The same for the person with the most."""
    by_person: defaultdict[str, list[float]] = defaultdict(list)
    for at, person, _ in came:
        by_person[person].append(at)
    return max((most_within(times, seconds) for times in by_person.values()), default=0)


def times_each(*came: Iterable[tuple[float, str, str]]) -> Counter[str]:
    """How often each reference came."""
    return Counter(reference for one in came for _, _, reference in one)
