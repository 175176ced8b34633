"""What a trial of workers works on: submissions with whole histories that lapse in waves, and what became of them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlmodel import Session

from tests.workflow.chains import broken_chains
from tests.workflow.small import small, small_roster
from workflow import ledger, posts
from workflow.acts import Act
from workflow.launch import launch
from workflow.ledger import Entry
from workflow.links import LinkMaker
from workflow.moments import SHANGHAI
from workflow.store import Store
from workflow.tables import Attempt, Deadline, History, Message, MessageItem, RungRow, Submission

LINKS = LinkMaker(b"a key for the acceptance of workers")
LAUNCH = datetime(2022, 2, 7, 9, 0, tzinfo=SHANGHAI)
#: Who hears of a lapse: two people of the unit.
LADDER = "    - {at: due, to: [liaison, unit-head], say: overdue}\n"
_AT_ONCE = 10_000

_s = Submission.__table__  # type: ignore[attr-defined]
_h = History.__table__  # type: ignore[attr-defined]
_m = Message.__table__  # type: ignore[attr-defined]
_i = MessageItem.__table__  # type: ignore[attr-defined]
_a = Attempt.__table__  # type: ignore[attr-defined]


def prepare(store: Store, *, units: int) -> None:
    """A small programme of many units, launched; its own duty lapsed long ago."""
    with store.write() as session:
        posts.import_roster(session, small_roster(units=units))
    with store.write() as session:
        launch(Act(session, LAUNCH, LINKS), small(sign_off="[{by: office}]", ladder=LADDER), 2022)


def wave(store: Store, count: int, *, due: datetime, tag: str) -> None:
    """Add ``count`` submissions under one deadline, each with the history of its opening."""
    opened = Entry("open", due - timedelta(days=1), due - timedelta(days=1), "trial")
    with store.write() as session:
        model = session.execute(select(_s).limit(1)).one()._mapping
        source = session.get_one(Deadline, model["deadline_id"])
        deadline = Deadline(
            programme_id=source.programme_id, obligation=source.obligation, occurrence=tag, due_date=due.date(),
            due_at=due, opened_at=due - timedelta(days=1), opens_at=source.opens_at,
        )  # fmt: skip
        session.add(deadline)
        session.flush()
        session.add(RungRow(deadline_id=deadline.id or 0, position=0, fires_at=due))
        units = [unit.code for unit in posts.directory(session).units() if not unit.body]
        fresh = {name: value for name, value in model.items() if name != "id"} | {
            "deadline_id": deadline.id, "due_date": due.date(), "due_at": due, "standing": "draft", "state": "draft",
            "waiting_on": "unit", "version": 1, "history_seq": 1, "head": "", "light": "green", "late": False,
        }  # fmt: skip
        for start in range(0, count, _AT_ONCE):
            rows = [
                {**fresh, "occurrence": f"{tag}-{number // len(units)}", "unit": units[number % len(units)]}
                for number in range(start, min(start + _AT_ONCE, count))
            ]
            session.execute(insert(_s), rows)
        ids = session.execute(select(_s.c.id).where(_s.c.deadline_id == deadline.id).order_by(_s.c.id)).scalars().all()
        _open(session, ids, opened)


def _open(session: Session, ids: Any, opened: Entry) -> None:
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        written = [
            {
                "submission_id": one, "seq": 1, "at": opened.at, "noticed_at": opened.noticed_at, "event": "open",
                "source": "", "dest": "draft", "actor": opened.actor, "comment": "", "facts": {},
                "hash": ledger.chained("", one, 1, opened, "", "draft"),
            }
            for one in part
        ]  # fmt: skip
        session.execute(insert(_h), written)
        heads = update(_s).where(_s.c.id == _h.c.submission_id, _s.c.id.between(part[0], part[-1]), _h.c.seq == 1)
        session.execute(heads.values(head=_h.c.hash))


def standing(store: Store) -> dict[str, int]:
    """How far it has got: what is not lapsed, not fired, not sent, not done."""
    with store.read() as session:
        return {
            "drafts": _number(session, _s, _s.c.state == "draft"),
            "rungs": _number(session, RungRow.__table__, RungRow.__table__.c.fired_at.is_(None)),  # type: ignore[attr-defined]
            "letters": _number(session, _m, _m.c.status.in_(("queued", "gathering", "sending"))),
            "jobs": int(session.execute(_DELIVERIES).scalar_one()),
        }


def due(store: Store) -> int:
    """How many drafts are past their deadline."""
    with store.read() as session:
        return _number(session, _s, (_s.c.state == "draft") & (_s.c.due_at <= func.now()))


_DELIVERIES = text("SELECT count(*) FROM duban_queue.procrastinate_jobs WHERE task_name = 'deliver'")


def judged(store: Store, expected: int, came: Counter[str]) -> dict[str, object]:
    """Hold what became of everything against what should have; what was counted. Raises AssertionError."""
    with store.read() as session:
        states = dict(session.execute(select(_s.c.state, func.count()).group_by(_s.c.state)).all())
        assert states == {"overdue": expected}, states
        lapses = select(_h.c.submission_id).where(_h.c.event == "lapse")
        assert session.execute(select(func.count()).select_from(lapses.subquery())).scalar_one() == expected
        assert session.execute(select(func.count()).select_from(lapses.distinct().subquery())).scalar_one() == expected
        entries = session.execute(select(func.count()).select_from(_h)).scalar_one()
        assert entries == 2 * expected, entries
        _check_words(session, expected)
        messages, repeats = _check_letters(session, came)
        left = session.execute(text("SELECT count(*) FROM duban_queue.procrastinate_jobs WHERE status = 'failed'"))
        assert left.scalar_one() == 0
        broken = broken_chains(session)
        assert not broken, (len(broken), broken[:3])
    return {"lapsed": expected, "history entries": entries, "messages": messages, "repeated": repeats}


def _check_words(session: Session, expected: int) -> None:
    """Two people are told of each submission, each once, and nothing was left out."""
    told = select(_i.c.submission_id, _i.c.person).where(_i.c.reason == "overdue")
    assert _rows(session, told) == _rows(session, told.distinct()) == 2 * expected
    assert _number(session, _i, _i.c.dropped.is_not(None)) == 0


def _check_letters(session: Session, came: Counter[str]) -> tuple[int, int]:
    """Every message sent, arrived once, or again only where an answer was lost."""
    sent = session.execute(select(_m.c.id, _m.c.reference, _m.c.status)).all()
    assert {row.status for row in sent} == {"sent"}, Counter(row.status for row in sent)
    lost = Counter(session.execute(select(_a.c.message_id).where(_a.c.outcome == "")).scalars())
    assert came.keys() == {row.reference for row in sent}
    assert all(came[row.reference] - 1 <= lost[row.id] for row in sent)
    return len(sent), sum(came.values()) - len(came)


def _number(session: Session, table: Any, condition: Any) -> int:
    return int(session.execute(select(func.count()).select_from(table).where(condition)).scalar_one())


def _rows(session: Session, query: Any) -> int:
    return int(session.execute(select(func.count()).select_from(query.subquery())).scalar_one())
