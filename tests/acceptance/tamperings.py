"""What somebody may do to an anchored record by plain SQL, with the whole database in hand and all its rules known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from workflow import anchors, ledger
from workflow.ledger import Entry
from workflow.tables import Anchor

_TEXTS = ("event", "source", "dest", "actor", "comment", "hash")
_INSTANTS = ("at", "noticed_at")


@dataclass
class Hand:
    """Somebody with the database open; ``entry`` picks what they lay their hands on."""

    session: Session
    random: Random

    def run(self, statement: str, **values: object) -> int:
        """One statement; how many rows it changed."""
        return int(self.session.execute(text(statement), values).rowcount)  # type: ignore[attr-defined]

    def rows(self, query: str, **values: object) -> Sequence[Any]:
        """The rows of a query."""
        return self.session.execute(text(query), values).all()

    def entry(self, *, least: int = 1) -> tuple[int, int, int]:
        """A submission, one of its entries before its last anchor, and how many entries it has anchored."""
        found = self.rows("SELECT submission_id, max(seq) FROM anchored_head GROUP BY submission_id ORDER BY 1")
        submission, length = self.random.choice([row for row in found if row[1] >= least])
        return submission, self.random.randint(least, length), length

    def other(self) -> str:
        """Something that stands nowhere in the record."""
        return f"tampered {self.random.getrandbits(64):x}"


Tampering = Callable[[Hand], None]


def edit_text(hand: Hand) -> None:
    """One column of one entry."""
    submission, seq, _ = hand.entry()
    column = hand.random.choice(_TEXTS)
    hand.run(
        f"UPDATE history SET {column} = :to WHERE submission_id = :of AND seq = :seq",
        to=hand.other(), of=submission, seq=seq,
    )  # fmt: skip


def edit_instant(hand: Hand) -> None:
    """When an entry took effect, or was noticed, by as little as a microsecond."""
    submission, seq, _ = hand.entry()
    column, shift = hand.random.choice(_INSTANTS), hand.random.choice((1, 1_000_000, 86_400_000_000))
    where = "WHERE submission_id = :of AND seq = :seq"
    [(stored,)] = hand.rows(f"SELECT {column} FROM history {where}", of=submission, seq=seq)
    if isinstance(stored, str):
        moved: object = stored[:-1] + str((int(stored[-1]) + 1 + hand.random.randrange(8)) % 10)
        hand.run(f"UPDATE history SET {column} = :to {where}", to=moved, of=submission, seq=seq)
    else:
        by = f"{column} + {shift} * interval '1 microsecond'"
        hand.run(f"UPDATE history SET {column} = {by} {where}", of=submission, seq=seq)


def edit_facts(hand: Hand) -> None:
    """What an entry tells besides."""
    submission, seq, _ = hand.entry()
    hand.run(
        "UPDATE history SET facts = :to WHERE submission_id = :of AND seq = :seq",
        to=f'{{"until": "{hand.other()}"}}', of=submission, seq=seq,
    )  # fmt: skip


def delete_entry(hand: Hand) -> None:
    """One entry taken out."""
    submission, seq, _ = hand.entry()
    hand.run("DELETE FROM history WHERE submission_id = :of AND seq = :seq", of=submission, seq=seq)


def cut_off(hand: Hand) -> None:
    """The end of a history taken away, the submission set back to what it was then."""
    submission, seq, _ = hand.entry(least=2)
    hand.run("DELETE FROM history WHERE submission_id = :of AND seq >= :seq", of=submission, seq=seq)
    _settle(hand, submission)


def swap(hand: Hand) -> None:
    """Two entries in each other's place."""
    submission, seq, _ = hand.entry(least=2)
    other = hand.random.randint(1, seq - 1)
    move = "UPDATE history SET seq = :to WHERE submission_id = :of AND seq = :seq"
    for before, after in ((seq, 9999), (other, seq), (9999, other)):
        hand.run(move, of=submission, seq=before, to=after)
    if hand.random.random() < 0.5:
        _recompute(hand, submission)


def rewrite(hand: Hand) -> None:
    """An entry changed and every hash after it reckoned anew, the submission's head with it."""
    submission, seq, _ = hand.entry()
    hand.run(
        "UPDATE history SET comment = :to WHERE submission_id = :of AND seq = :seq",
        to=hand.other(), of=submission, seq=seq,
    )  # fmt: skip
    _recompute(hand, submission)


def take_out(hand: Hand) -> None:
    """An entry taken out, those after it moved up and reckoned anew."""
    submission, seq, _ = hand.entry()
    hand.run("DELETE FROM history WHERE submission_id = :of AND seq = :seq", of=submission, seq=seq)
    _close_ranks(hand, submission)
    _recompute(hand, submission)


def put_in(hand: Hand) -> None:
    """An entry put in between, those after it moved down and reckoned anew."""
    submission, seq, _ = hand.entry(least=2)
    hand.run("UPDATE history SET seq = seq + 5000 WHERE submission_id = :of AND seq >= :seq", of=submission, seq=seq)
    hand.run(
        "INSERT INTO history (submission_id, seq, at, noticed_at, event, source, dest, actor, comment, facts, hash) "
        "SELECT submission_id, :seq, at, noticed_at, 'urge', dest, dest, actor, :said, facts, hash FROM history "
        "WHERE submission_id = :of AND seq = :seq - 1",
        of=submission, seq=seq, said=hand.other(),
    )  # fmt: skip
    _close_ranks(hand, submission)
    _recompute(hand, submission)


def take_submission(hand: Hand) -> None:
    """A whole submission with its history and everything that hangs on it."""
    submission, _, _ = hand.entry()
    _remove(hand, submission)


def take_submission_and_heads(hand: Hand) -> None:
    """The same, and what the anchors hold of it."""
    submission, _, _ = hand.entry()
    _remove(hand, submission)
    hand.run("DELETE FROM anchored_head WHERE submission_id = :of", of=submission)


def swap_histories(hand: Hand) -> None:
    """The histories of two submissions in each other's place, reckoned anew."""
    one, two = hand.random.sample([row[0] for row in hand.rows("SELECT id FROM submission ORDER BY id")], 2)
    move = "UPDATE history SET submission_id = :to, seq = seq + :by WHERE submission_id = :of AND seq > :above"
    hand.run(move, of=one, to=two, by=5000, above=0)
    hand.run("UPDATE history SET submission_id = :to WHERE submission_id = :of AND seq < 5000", of=two, to=one)
    hand.run("UPDATE history SET seq = seq - 5000 WHERE submission_id = :of AND seq > 5000", of=two)
    for submission in (one, two):
        _recompute(hand, submission)


def edit_head(hand: Hand) -> None:
    """What an anchor holds of a history."""
    [*_, (day, submission)] = hand.random.choices(hand.rows("SELECT day, submission_id FROM anchored_head"), k=1)
    change = hand.random.choice(("seq = seq + 1", "hash = :to", ""))
    where = "WHERE day = :day AND submission_id = :of"
    hand.run(
        f"UPDATE anchored_head SET {change} {where}" if change else f"DELETE FROM anchored_head {where}",
        day=day, of=submission, **({"to": hand.other()} if ":to" in change else {}),
    )  # fmt: skip


def edit_anchor(hand: Hand) -> None:
    """An anchor itself."""
    [(day,)] = hand.random.choices(hand.rows("SELECT day FROM anchor"), k=1)
    change = hand.random.choice(
        ("root = :to", "before = :to", "entries = entries + 1", "submissions = submissions - 1")
    )
    values = {"to": hand.other()} if ":to" in change else {}
    hand.run(f"UPDATE anchor SET {change} WHERE day = :day", day=day, **values)


def take_last_anchors(hand: Hand) -> None:
    """The last anchors with all they hold, as if they had never been made; then the record rewritten."""
    days = [row[0] for row in hand.rows("SELECT day FROM anchor ORDER BY day")]
    first = hand.random.randrange(len(days))
    submission, seq, _ = hand.entry()
    for day in days[first:]:
        hand.run("DELETE FROM anchored_head WHERE day = :day", day=day)
        hand.run("DELETE FROM anchor WHERE day = :day", day=day)
    hand.run(
        "UPDATE history SET actor = :to WHERE submission_id = :of AND seq = :seq",
        to=hand.other(), of=submission, seq=seq,
    )  # fmt: skip
    _recompute(hand, submission)


def rewrite_everything(hand: Hand) -> None:
    """An entry changed; chain, anchored heads and every root after it reckoned anew, so that only the file knows."""
    submission, seq, _ = hand.entry()
    hand.run(
        "UPDATE history SET comment = :to WHERE submission_id = :of AND seq = :seq",
        to=hand.other(), of=submission, seq=seq,
    )  # fmt: skip
    _recompute(hand, submission)
    hand.run(
        "UPDATE anchored_head SET hash = (SELECT h.hash FROM history h WHERE h.submission_id = "
        "anchored_head.submission_id AND h.seq = anchored_head.seq) WHERE submission_id = :of",
        of=submission,
    )
    _anchor_anew(hand)


KINDS: tuple[Tampering, ...] = (
    edit_text, edit_instant, edit_facts, delete_entry, cut_off, swap, rewrite, take_out, put_in, take_submission,
    take_submission_and_heads, swap_histories, edit_head, edit_anchor, take_last_anchors, rewrite_everything,
)  # fmt: skip


def _recompute(hand: Hand, submission: int) -> None:
    """Reckon a chain anew and set the submission to its end."""
    before, standing = "", ""
    hand.session.expire_all()
    rows = ledger.history_of(hand.session, submission)
    for row in rows:
        entry = Entry(row.event, row.at, row.noticed_at, row.actor, row.comment, row.facts)
        before = ledger.chained(before, submission, row.seq, entry, standing, row.dest)
        hand.run(
            "UPDATE history SET hash = :to, source = :source WHERE submission_id = :of AND seq = :seq",
            to=before, source=standing, of=submission, seq=row.seq,
        )  # fmt: skip
        standing = row.dest
    _settle(hand, submission)


def _settle(hand: Hand, submission: int) -> None:
    """Make the submission say what the last entry of its history says."""
    last = hand.rows("SELECT seq, hash, dest FROM history WHERE submission_id = :of ORDER BY seq DESC", of=submission)
    seq, head, dest = last[0] if last else (0, "", "draft")
    hand.run(
        "UPDATE submission SET history_seq = :seq, head = :head, standing = :dest WHERE id = :of",
        seq=seq, head=head, dest=dest, of=submission,
    )  # fmt: skip


def _close_ranks(hand: Hand, submission: int) -> None:
    rows = hand.rows("SELECT seq FROM history WHERE submission_id = :of ORDER BY seq", of=submission)
    for place, (seq,) in enumerate(rows, start=1):
        move = "UPDATE history SET seq = :to WHERE submission_id = :of AND seq = :seq"
        hand.run(move, of=submission, seq=seq, to=place)


def _remove(hand: Hand, submission: int) -> None:
    """Everything of a submission, whatever it is called."""
    signed = "SELECT id FROM sign_off WHERE submission_id = :of"
    for table, which in (
        ("message_item", "submission_id = :of"), ("link", f"sign_off_id IN ({signed})"),
        ("sign_off", "submission_id = :of"), ("attachment", "submission_id = :of"),
        ("content", "submission_id = :of"), ("history", "submission_id = :of"), ("submission", "id = :of"),
    ):  # fmt: skip
        hand.run(f"DELETE FROM {table} WHERE {which}", of=submission)


def _anchor_anew(hand: Hand) -> None:
    before = ""
    for one in anchors.chain(hand.session):
        anew = Anchor(**{**one.model_dump(), "before": before})
        before = anchors.root_of(anew, anchors.heads(hand.session, one.day))
        hand.run(
            "UPDATE anchor SET before = :before, root = :root WHERE day = :day",
            before=anew.before, root=before, day=one.day,
        )  # fmt: skip
