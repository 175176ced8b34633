"""Daily anchors: what they cover, when they are made, how they leave the machine, and what they find."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from tests.workflow.world import World, local
from workflow import anchor_files, anchors, proofs, upkeep
from workflow.anchor_files import AnchorFile, AnchorsUnreadable
from workflow.links import LinkMaker
from workflow.tables import Anchor, AnchoredHead, Message, Submission

MIDNIGHT = local("2022-01-05 00:00:05")
CHORE = next(one for one in upkeep.CHORES if one.name == "anchor")


def anchor_at(world: World, text_: str) -> int:
    """What the chore does at an instant, when it is due."""
    with world.act(local(text_)) as act:
        return CHORE.tend(act) if CHORE.due(act.session, act.now) else 0


def chain(world: World) -> list[Anchor]:
    with world.look() as act:
        return anchors.chain(act.session)


def covered(world: World, day: date) -> list[tuple[int, int, str]]:
    with world.look() as act:
        return [(one[0], one[1], one[2]) for one in anchors.heads(act.session, day)]


def faults(world: World, file: Path | None = None) -> list[str]:
    lines = anchor_files.read(file) if file else []
    with world.look() as act:
        return [one.code for one in proofs.everything(act.session, lines)]


def test_the_first_sweep_after_a_day_anchors_every_history_that_moved(world: World) -> None:
    world.sweep(local("2022-01-03 09:00"))
    world.file("KJJ", now=local("2022-01-03 10:00"))
    world.sweep(local("2022-01-03 23:59:59"))
    days = [one.day for one in chain(world)]
    world.sweep(local("2022-01-04 00:00:03"))
    world.sweep(local("2022-01-04 00:00:08"))
    [*earlier, made] = chain(world)
    assert [one.day for one in earlier] == days and made.day == date(2022, 1, 3)
    assert made.at == local("2022-01-04 00:00:03") and made.before == (earlier[-1].root if earlier else "")
    row = world.submission("KJJ")
    assert (row.id, row.history_seq, row.head) in covered(world, made.day)


def test_a_new_store_has_its_first_anchor_at_the_end_of_its_first_day(world: World) -> None:
    assert anchor_at(world, "2021-12-31 08:30:05") == 0
    assert anchor_at(world, "2022-01-01 00:00:05") == 1
    assert [one.day for one in chain(world)] == [date(2021, 12, 31)]


def test_an_anchor_covers_only_what_moved_since_the_one_before(world: World) -> None:
    assert anchor_at(world, "2022-01-01 00:00:05") == 1
    world.file("KJJ", now=local("2022-01-03 10:00"))
    assert anchor_at(world, "2022-01-04 00:00:05") == 1
    first, second = chain(world)
    row = world.submission("KJJ")
    assert first.submissions == first.entries == len(covered(world, first.day)) > 1
    assert covered(world, second.day) == [(row.id, row.history_seq, row.head)]
    assert (second.submissions, second.entries) == (1, row.history_seq - 1)


def test_the_root_is_reckoned_as_the_documents_say(world: World) -> None:
    anchor_at(world, "2022-01-01 00:00:05")
    world.file("KJJ", now=local("2022-01-03 10:00"))
    anchor_at(world, "2022-01-04 00:00:05")
    first, second = chain(world)
    row = world.submission("KJJ")
    said = (
        f"{first.root}\n2022-01-03 2022-01-03T16:00:05.000000+00:00 1 {second.entries}\n"
        f"{row.id} {row.history_seq} {row.head}\n"
    )
    assert second.root == hashlib.sha256(said.encode()).hexdigest()


def test_days_missed_are_one_anchor_dated_when_it_was_made(world: World) -> None:
    anchor_at(world, "2022-01-01 00:00:05")
    world.file("KJJ", now=local("2022-01-02 10:00"))
    assert anchor_at(world, "2022-01-08 07:30") == 1
    [_, late] = chain(world)
    assert (late.day, late.at) == (date(2022, 1, 7), local("2022-01-08 07:30"))


def test_a_quiet_day_has_no_anchor_and_is_looked_at_once(world: World) -> None:
    anchor_at(world, "2022-01-01 00:00:05")
    assert anchor_at(world, "2022-01-02 00:00:05") == 0
    with world.look() as act:
        assert not CHORE.due(act.session, local("2022-01-02 00:00:10"))
        assert CHORE.due(act.session, local("2022-01-03 00:00:00"))
    assert len(chain(world)) == 1


def test_a_clock_that_was_wrong_keeps_the_anchors_in_the_order_they_were_made(world: World) -> None:
    anchor_at(world, "2030-01-01 00:00:05")
    world.file("KJJ", now=local("2022-01-03 10:00"))
    assert anchor_at(world, "2022-01-04 00:00:05") == 1
    world.hand_in("FGW", now=local("2022-01-04 10:00"))
    assert anchor_at(world, "2022-01-05 00:00:05") == 1
    assert [one.day.isoformat() for one in chain(world)] == ["2029-12-31", "2022-01-03", "2022-01-04"]
    assert faults(world) == []


def test_a_clock_set_back_over_midnight_anchors_no_day_twice(world: World) -> None:
    anchor_at(world, "2022-01-01 00:00:05")
    assert anchor_at(world, "2021-12-31 23:59:00") == 0
    world.file("KJJ", now=local("2021-12-31 23:59:30"))
    assert anchor_at(world, "2022-01-01 00:00:10") == 0
    assert anchor_at(world, "2022-01-02 00:00:10") == 1
    assert [one.day.day for one in chain(world)] == [31, 1]


def test_the_office_is_told_once_in_the_morning(world: World) -> None:
    anchor_at(world, "2022-01-01 00:00:05")
    with world.look() as act:
        told = list(act.session.exec(select(Message).where(Message.kind == "anchor")))
        holders = act.audience(told[0].programme_id).holders("office", "")
    assert [one.key for one in told] == [f"anchor:2021-12-31:{one.person}" for one in holders]
    assert {one.not_before for one in told} == {local("2022-01-01 09:00")}


def test_what_the_letter_says_can_be_held_against_the_record(world: World, tmp_path: Path) -> None:
    anchor_at(world, "2022-01-01 00:00:05")
    [made] = chain(world)
    said = anchors.lines(made)
    assert made.root in said and "2021-12-31" in said
    kept = tmp_path / "letter.txt"
    kept.write_text(f"领导小组办公室：\n{said}\n此致", encoding="utf-8")
    with world.look() as act:
        lines = anchor_files.read(kept)
        assert list(proofs.verify(act.session, lines)) == []
        assert proofs.reach(act.session, lines).proven == 1


def test_the_file_gets_one_line_an_anchor_and_no_anchor_twice(world: World, tmp_path: Path) -> None:
    file = AnchorFile(tmp_path / "outside" / "duban.anchors")
    assert file.follow(world.store) == 0
    anchor_at(world, "2022-01-01 00:00:05")
    assert (file.follow(world.store), file.follow(world.store)) == (1, 0)
    world.file("KJJ", now=local("2022-01-03 10:00"))
    anchor_at(world, "2022-01-04 00:00:05")
    assert AnchorFile(file.path).follow(world.store) == 1
    assert AnchorFile(file.path).follow(world.store) == 0
    lines = file.path.read_text().splitlines()
    assert [json.loads(one)["root"] for one in lines] == [one.root for one in chain(world)]
    assert file.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("written", [0, 1, 40, -2, -1])
def test_a_process_that_died_while_writing_leaves_nothing_out_and_nothing_twice(
    sqlite_world: World, tmp_path: Path, written: int
) -> None:
    anchor_at(sqlite_world, "2022-01-01 00:00:05")
    whole = AnchorFile(tmp_path / "whole")
    whole.follow(sqlite_world.store)
    line = whole.path.read_bytes()
    torn = AnchorFile(tmp_path / "torn")
    torn.path.write_bytes(line[:written])
    torn.follow(sqlite_world.store)
    sqlite_world.file("KJJ", now=local("2022-01-03 10:00"))
    anchor_at(sqlite_world, "2022-01-04 00:00:05")
    for one in (whole, torn):
        one.follow(sqlite_world.store)
    assert torn.path.read_bytes() == whole.path.read_bytes()
    assert faults(sqlite_world, torn.path) == []


def test_an_anchor_that_was_not_committed_is_in_no_file(sqlite_world: World, tmp_path: Path) -> None:
    file = AnchorFile(tmp_path / "duban.anchors")
    with pytest.raises(RuntimeError, match="killed"), sqlite_world.act(local("2022-01-01 00:00:05")) as act:
        CHORE.tend(act)
        raise RuntimeError("killed")
    assert file.follow(sqlite_world.store) == 0 and not file.path.exists()
    assert anchor_at(sqlite_world, "2022-01-01 00:00:10") == 1
    assert file.follow(sqlite_world.store) == 1


def test_a_file_that_cannot_be_written_delays_no_message(sqlite_world: World, tmp_path: Path) -> None:
    anchor_at(sqlite_world, "2022-01-01 00:00:05")
    (tmp_path / "taken").write_text("a file where a folder is wanted")
    heard: list[object] = []
    deliver = AnchorFile(tmp_path / "taken" / "duban.anchors").delivering(sqlite_world.store, heard.append)
    deliver(MIDNIGHT)
    assert heard == [MIDNIGHT]


def test_a_file_that_cannot_be_written_is_told(sqlite_world: World, tmp_path: Path) -> None:
    with sqlite_world.look() as act:
        assert "不能写入" in anchor_files.fault(act.session, tmp_path)
        assert anchor_files.fault(act.session, tmp_path / "not" / "yet" / "there.anchors") == ""


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "picture").write_bytes(b"\x89PNG\xff")
    for name in ("picture", "nowhere"):
        with pytest.raises(AnchorsUnreadable):
            anchor_files.read(tmp_path / name, must_exist=True)


def two_days(world: World, folder: Path) -> AnchorFile:
    """Two anchors and their file, and something that came after."""
    world.file("KJJ", now=local("2022-01-03 10:00"))
    anchor_at(world, "2022-01-04 00:00:05")
    world.file("FGW", now=local("2022-01-04 10:00"))
    anchor_at(world, "2022-01-05 00:00:05")
    file = AnchorFile(folder / "duban.anchors")
    file.follow(world.store)
    world.hand_in("JYTYJ", now=local("2022-01-05 10:00"))
    return file


def test_an_outside_file_tells_how_far_the_record_is_proven(world: World, tmp_path: Path) -> None:
    file = two_days(world, tmp_path)
    assert faults(world, file.path) == []
    first, second = chain(world)
    with world.look() as act:
        whole = proofs.reach(act.session, anchor_files.read(file.path))
        alone = proofs.reach(act.session)
    assert (whole.days, whole.proven) == ((first.day, second.day), 2)
    assert (alone.proven, alone.open_submissions, alone.open_entries) == (0, 1, 2 + 1)
    # The later root covers the earlier one: that line alone is enough.
    file.path.write_text(anchors.line(second) + "\n")
    with world.look() as act:
        assert proofs.reach(act.session, anchor_files.read(file.path)).proven == 2


TAMPERED = {
    "DELETE FROM anchored_head WHERE day = '2022-01-03' AND submission_id = :id": "anchor-changed",
    "UPDATE anchored_head SET seq = seq - 1 WHERE day = '2022-01-03' AND submission_id = :id": "anchor-changed",
    "UPDATE anchor SET root = before WHERE day = '2022-01-04'": "anchor-changed",
    "UPDATE anchor SET before = '' WHERE day = '2022-01-04'": "anchor-unchained",
    "UPDATE anchor SET entries = entries + 1 WHERE day = '2022-01-04'": "anchor-changed",
    "DELETE FROM history WHERE submission_id = :id AND seq = 4": "anchored-missing",
}


@pytest.mark.parametrize("statement", TAMPERED)
def test_what_is_done_to_an_anchor_shows(world: World, tmp_path: Path, statement: str) -> None:
    file = two_days(world, tmp_path)
    with world.act(MIDNIGHT) as act:
        act.session.execute(text(statement), {"id": world.id_of("KJJ")} if ":id" in statement else {})
    assert TAMPERED[statement] in faults(world, file.path)


def test_the_last_anchor_taken_away_with_all_it_covers_shows_against_the_file(world: World, tmp_path: Path) -> None:
    file = two_days(world, tmp_path)
    with world.act(MIDNIGHT) as act:
        act.session.execute(text("DELETE FROM anchored_head WHERE day = '2022-01-04'"))
        act.session.execute(text("DELETE FROM anchor WHERE day = '2022-01-04'"))
    assert faults(world) == []
    assert faults(world, file.path) == ["anchor-gone"]


def test_an_edited_file_shows(world: World, tmp_path: Path) -> None:
    file = two_days(world, tmp_path)
    lines = file.path.read_text().splitlines()
    file.path.write_text(lines[0].replace('"entries": ', '"entries": 1') + "\n" + lines[1] + "\n")
    assert faults(world, file.path) == ["anchor-differs"]
    file.path.write_text(lines[0][:-5] + "\n" + lines[1] + "\n")
    assert faults(world, file.path) == ["line-unreadable"]


def test_a_key_of_another_service_makes_the_same_anchors(sqlite_world: World) -> None:
    """Anyone can reckon them: nothing of the secret key goes into a root."""
    sqlite_world.links = LinkMaker(b"another key")
    anchor_at(sqlite_world, "2022-01-01 00:00:05")
    with sqlite_world.look() as act:
        [made] = anchors.chain(act.session)
        heads = act.session.exec(select(Submission).order_by(col(Submission.id))).all()
        assert anchors.root_of(made, [(one.id, one.history_seq, one.head) for one in heads]) == made.root
        assert len(heads) == len(act.session.exec(select(AnchoredHead)).all())
