"""The rows of ``bench.spread``: worked out from their numbers alone, so that every run has the same store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path

from bench.fates import COLUMNS, UNITS, Fate, fate

Row = tuple[object, ...]
Rows = Iterator[Row]

_HOUSE = Path(__file__).parent.parent / "definitions"
ROSTER = _HOUSE / "rosters" / "ordos-benchmarking.xlsx"
DEFINITION = _HOUSE / "ordos-benchmarking.yaml"

#: Submissions of one programme.
EACH = UNITS * COLUMNS
#: Units are shared by every fifth programme: five counties, each with many plans.
REGIONS, LEADERS = 5, 20
OBLIGATIONS = ("target-choice", "work-plan", "plan-progress", "exchange", "experience-summary")
CATEGORIES = ("党委部门", "人民团体", "政府组成部门", "旗区", "园区")
#: Tables whose numbers go on where the launch left off.
NUMBERED = (
    "programme",
    "deadline",
    "rung",
    "submission",
    "sign_off",
    "message",
    "message_item",
    "attempt",
    "holding",
    "supervision",
)
_HASH = "0" * 64
_BODY = "请于截止前报送，逾期将通报。" * 12


@dataclass(frozen=True)
class Spread:
    """All rows to add, table by table; ``first`` are the largest numbers taken so far."""

    programmes: int
    first: Mapping[str, int]
    now: datetime
    version: str
    source_text: str
    postgresql: bool

    def key(self, programme: int) -> str:
        """The key of a programme."""
        return f"county-{programme}-{self.now.year}"

    def unit(self, programme: int, unit: int) -> str:
        """The code of a unit of a programme."""
        return f"R{programme % REGIONS}U{unit:03}"

    def leader(self, programme: int, unit: int) -> str:
        """The key of the person who signs for a unit."""
        return f"r{programme % REGIONS}-leader-{unit % LEADERS}"

    def submission(self, programme: int, unit: int, column: int) -> int:
        """The number of a submission."""
        return self.first["submission"] + 1 + programme * EACH + unit * COLUMNS + column

    def due(self, column: int) -> date:
        """The date a column is due on: one a fortnight, four out of five of them past."""
        return self.now.astimezone(UTC).date() + timedelta(days=14 * (column - 4 * COLUMNS // 5) + 7)

    def tables(self) -> Sequence[tuple[str, Sequence[str], Callable[[], Rows]]]:
        """Each table with its columns and its rows, in an order that no reference minds."""
        return [
            ("unit", ("code", "name", "category", "groups", "body", "row"), self._units),
            ("person", ("key", "name", "email", "row"), self._people),
            ("holding", ("id", "post", "unit", "person", "row"), self._holdings),
            ("supervision", ("id", "post", "unit", "row", "comment"), self._supervision),
            ("programme", _PROGRAMME, self._programmes),
            ("deadline", _DEADLINE, self._deadlines),
            ("rung", ("id", "deadline_id", "position", "fires_at", "reached", "fired_at"), self._rungs),
            ("submission", _SUBMISSION, self._submissions),
            ("history", _HISTORY, self._history),
            ("sign_off", _SIGN_OFF, self._sign_offs),
            ("message", _MESSAGE, self._messages),
            ("message_item", _ITEM, self._items),
            ("attempt", _ATTEMPT, self._attempts),
        ]

    @cached_property
    def _fates(self) -> tuple[Fate, ...]:
        return tuple(fate(number) for number in range(EACH))

    def _at(self, instant: datetime | None) -> str | None:
        if instant is None:
            return None
        shown = f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
        return f"{shown}+00" if self.postgresql else shown

    def _due_at(self, column: int) -> datetime:
        return datetime.combine(self.due(column) + timedelta(days=1), time(), UTC) - timedelta(hours=8)

    @cached_property
    def _due_text(self) -> tuple[tuple[str, str | None], ...]:
        return tuple((self.due(column).isoformat(), self._at(self._due_at(column))) for column in range(COLUMNS))

    def _each(self) -> Iterator[tuple[int, int, Fate]]:
        """Every submission: its number, its programme, its fate."""
        for programme in range(self.programmes):
            for one in self._fates:
                yield self.first["submission"] + 1 + programme * EACH + one.number, programme, one

    def _units(self) -> Rows:
        for region in range(REGIONS):
            for unit in range(UNITS):
                name = f"第{region + 1}县第{unit + 1}局"
                yield self.unit(region, unit), name, CATEGORIES[unit % len(CATEGORIES)], "[]", "", 1000 + unit

    def _people(self) -> Rows:
        for region in range(REGIONS):
            for unit in range(UNITS):
                code = self.unit(region, unit)
                yield f"{code}-liaison", "联络员", f"{code}@example.cn", 1000
                yield f"{code}-head", "主要负责人", f"{code}-head@example.cn", 1000
            for leader in range(LEADERS):
                yield self.leader(region, leader), f"第{leader + 1}位副县长", "leader@example.cn", 1000

    def _holdings(self) -> Rows:
        number = self.first["holding"]
        for region in range(REGIONS):
            for unit in range(UNITS):
                code = self.unit(region, unit)
                yield number + 1, "liaison", code, f"{code}-liaison", 1000
                yield number + 2, "unit-head", code, f"{code}-head", 1000
                number += 2
            for leader in range(LEADERS):
                number += 1
                yield number, self._post(region, leader), None, self.leader(region, leader), 1000

    def _post(self, region: int, leader: int) -> str:
        return f"第{region + 1}县第{leader + 1}位副县长"

    def _supervision(self) -> Rows:
        number = self.first["supervision"]
        for region in range(REGIONS):
            for unit in range(UNITS):
                number += 1
                yield number, self._post(region, unit % LEADERS), self.unit(region, unit), 1000, ""

    def _programmes(self) -> Rows:
        launched = self._at(self._due_at(0) - timedelta(days=60))
        for number in range(self.programmes):
            key = self.key(number)
            yield (
                self.first["programme"] + 1 + number, key, key.rpartition("-")[0], self.now.year,
                f"第{number + 1}号工作方案", self.version, self.source_text, launched,
            )  # fmt: skip

    def _deadlines(self) -> Rows:
        opened = self._at(self._due_at(0) - timedelta(days=60))
        for programme in range(self.programmes):
            for column in range(COLUMNS):
                past = column < 4 * COLUMNS // 5
                number = self.first["deadline"] + 1 + programme * COLUMNS + column
                yield (
                    number, self.first["programme"] + 1 + programme, *self._place(column), *self._due_text[column], 1,
                    self._due_text[column][1] if past else None, self.version, column // len(OBLIGATIONS), "", opened,
                )  # fmt: skip

    def _place(self, column: int) -> tuple[str, str]:
        return OBLIGATIONS[column % len(OBLIGATIONS)], f"{self.now.year}-{column // len(OBLIGATIONS) + 1}"

    def _rungs(self) -> Rows:
        number = self.first["rung"]
        for programme in range(self.programmes):
            for column in range(COLUMNS):
                deadline = self.first["deadline"] + 1 + programme * COLUMNS + column
                for position, days in enumerate((-3, 0, 30)):
                    number += 1
                    fires = self._due_at(column) + timedelta(days=days)
                    fired = self._at(fires) if fires <= self.now else None
                    yield number, deadline, position, self._at(fires), 0, fired

    def _submissions(self) -> Rows:
        for number, programme, one in self._each():
            unit = one.number // COLUMNS
            filed = self._at(self._due_at(one.column) + timedelta(days=3 if one.late else -2))
            due_date, due_at = self._due_text[one.column]
            waits = one.waiting_on == "approver"
            yield (
                number, self.first["programme"] + 1 + programme, *self._place(one.column), self.unit(programme, unit),
                "", "", "", self.first["deadline"] + 1 + programme * COLUMNS + one.column, due_date, due_at,
                one.standing, one.state, one.waiting_on, _light(one), 2, 1, 0, 1, _HASH, 2, _HASH,
                filed if waits else None, 0, filed if one.state == "filed" else None, int(one.late),
            )  # fmt: skip

    def _history(self) -> Rows:
        opened = self._at(self._due_at(0) - timedelta(days=60))
        for number, _programme, one in self._each():
            yield number, 1, opened, opened, "open", "", "draft", "", "", "{}", _HASH
            then = self._at(self._due_at(one.column) - timedelta(days=2))
            yield number, 2, then, then, "submit", "draft", one.standing, "联络员", "", "{}", _HASH

    def _sign_offs(self) -> Rows:
        for number, programme, one in self._each():
            if one.state in ("draft", "exempt") or one.standing == "overdue-draft":
                continue
            asked = self._due_at(one.column) - timedelta(days=5 if one.state != "pending" else 40)
            open_ = one.waiting_on == "approver"
            decided = None if open_ else self._at(asked + timedelta(days=1))
            yield (
                number, number, 1, 0, "leader", "副县长", self.leader(programme, one.number // COLUMNS), "副县长", "",
                1, _HASH, self._at(asked), None if open_ else "approve", decided, "", "", "", "", "", "", "", "",
            )  # fmt: skip

    def _letters(self) -> Iterator[tuple[int, int, int, Fate, str]]:
        for number, programme, one in self._each():
            place = number - self.first["submission"]
            status = "failed" if place % 500 == 7 else "cancelled" if place % 200 == 3 else "sent"
            ahead = one.state == "draft" and place % 20 == 0
            yield place, number, programme, one, "queued" if ahead else status

    def _messages(self) -> Rows:
        for place, number, programme, one, status in self._letters():
            went = self._due_at(one.column) - timedelta(days=3)
            ready = self.now + timedelta(days=2) if status == "queued" else min(went, self.now - timedelta(minutes=5))
            tried = status in ("sent", "failed")
            yield (
                self.first["message"] + place, f"spread:{number}", self.first["programme"] + 1 + programme, "reminder",
                f"{self.unit(programme, one.number // COLUMNS)}-liaison", "联络员", "联络员", self._at(ready),
                self._at(ready), status, int(tried), "mail" if tried else None, f"{number:032x}", "【督办】提醒",
                _BODY if tried else "", "550 no such user" if status == "failed" else "250 OK" if tried else "",
                self._at(ready) if status == "sent" else None,
            )  # fmt: skip

    def _items(self) -> Rows:
        for place, number, programme, one, _status in self._letters():
            person = f"{self.unit(programme, one.number // COLUMNS)}-liaison"
            yield (
                self.first["message_item"] + place, self.first["message"] + place, number, person, "due-soon", "due-3d",
                self._due_text[one.column][0], 1, "", "[]",
            )  # fmt: skip

    def _attempts(self) -> Rows:
        for place, _number, programme, one, status in self._letters():
            if status in ("sent", "failed"):
                at = self._at(min(self._due_at(one.column) - timedelta(days=3), self.now - timedelta(minutes=5)))
                yield (
                    self.first["attempt"] + place, self.first["message"] + place, "mail",
                    f"{self.unit(programme, one.number // COLUMNS)}-liaison", at, at, at,
                    "delivered" if status == "sent" else "refused", "",
                )  # fmt: skip


def _light(one: Fate) -> str:
    return {"overdue": "red", "filed": "green", "exempt": "green"}.get(one.state, "yellow")


_PROGRAMME = ("id", "key", "definition", "cycle", "title", "version", "source_text", "launched_at")
_DEADLINE = (
    "id", "programme_id", "obligation", "occurrence", "due_date", "due_at", "schedule_version", "lapsed_at", "version",
    "number", "heading", "opened_at",
)  # fmt: skip
_SUBMISSION = (
    "id", "programme_id", "obligation", "occurrence", "unit", "subject", "owner_post", "heading", "deadline_id",
    "due_date", "due_at", "standing", "state", "waiting_on", "light", "version", "round", "step", "content_version",
    "content_hash", "history_seq", "head", "pending_since", "chases", "filed_at", "late",
)  # fmt: skip
_HISTORY = (
    "submission_id", "seq", "at", "noticed_at", "event", "source", "dest", "actor", "comment", "facts", "hash",
)  # fmt: skip
_SIGN_OFF = (
    "id", "submission_id", "round", "step", "post", "post_title", "person", "holder", "assigned_by", "content_version",
    "content_hash", "asked_at", "decision", "decided_at", "comment", "typed_name", "channel", "decided_by",
    "decided_by_name", "decided_by_title", "confirmed", "dispute",
)  # fmt: skip
_MESSAGE = (
    "id", "key", "programme_id", "kind", "person", "recipient", "post_title", "created_at", "not_before", "status",
    "attempts", "channel", "reference", "subject", "body", "answer", "sent_at",
)  # fmt: skip
_ITEM = (
    "id", "message_id", "submission_id", "person", "reason", "rung", "day", "schedule_version", "ack_within", "ack_to",
)  # fmt: skip
_ATTEMPT = ("id", "message_id", "channel", "person", "begun_at", "at", "ended_at", "outcome", "answer")
