"""Whatever is done to an anchored record by plain SQL is found; 10,000 times: ``tests.acceptance.tampering``."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sqlalchemy import text

from documents import signoff_sheet
from tests.acceptance import tampering
from tests.acceptance.tamperings import KINDS
from tests.workflow.drawn import png
from tests.workflow.world import APPROVER, World, local
from workflow import proofs, sheets, signing


def test_every_tampering_with_an_anchored_record_is_found(database_url: str, tmp_path: Path) -> None:
    world, file = tampering.record(database_url, tmp_path)
    with closing(world):
        tally = tampering.tamper(world, file, 3 * len(KINDS))
    assert tally.missed == []
    assert set(tally.done.values()) == {3}


def signed_with_everything(world: World) -> None:
    """A plan with an attachment, approved with a drawn signature, and its sheet handed out."""
    for obligation in ("target-choice", "research-trip"):
        world.file("KJJ", obligation, now=local("2022-01-03 11:00"))
    world.hand_in("KJJ", "work-plan", now=local("2022-01-03 12:00"))
    for request in world.open_requests("KJJ", "work-plan"):
        with world.act(local("2022-01-03 13:00"), APPROVER) as act:
            signing.sign(
                act, request.id or 0, "approve", comment="", typed_name=request.holder, channel="link",
                content_hash=request.content_hash, hand=signing.Hand(drawn=png()),
            )  # fmt: skip
    with world.act(local("2022-01-03 14:00")) as act:
        sheets.issue(
            act, world.id_of("KJJ", "work-plan"), lambda told, stamp: signoff_sheet.write(told, stamp, verify_at="x")
        )


def found(world: World) -> set[str]:
    with world.look() as act:
        return {one.code for one in proofs.everything(act.session)}


#: One thing beside the history is changed, and no entry; what it is found by.
BESIDE = {
    "a decision": ("UPDATE sign_off SET comment = '同意。' WHERE decision = 'approve'", "decision-differs"),
    "no decision": ("UPDATE sign_off SET decision = NULL, decided_at = NULL", "decision-missing"),
    "a content": ("UPDATE content SET fields = '{}' WHERE version = 1", "content-changed"),
    "no content": ("DELETE FROM content WHERE version = 1", "content-missing"),
    "the bytes of a file": ("UPDATE attachment SET data = 'x'", "file-changed"),
    "the name of a file": ("UPDATE attachment SET name = '他.pdf'", "file-differs"),
    "no file": ("DELETE FROM attachment", "file-missing"),
    "a signature": ("UPDATE drawn_signature SET png = 'x'", "decision-differs"),
    "no signature": ("DELETE FROM drawn_signature", "decision-differs"),
    "the hash of a sheet": ("UPDATE sheet SET sha256 = 'f'", "sheet-differs"),
    "no sheet": ("DELETE FROM sheet", "sheet-missing"),
}


def test_each_thing_that_is_changed_beside_the_history_is_found_alone(sqlite_world: World) -> None:
    signed_with_everything(sqlite_world)
    assert found(sqlite_world) == set()
    for what, (statement, code) in BESIDE.items():
        with sqlite_world.store.write() as session:
            assert session.execute(text(statement)).rowcount > 0, what  # type: ignore[attr-defined]
            session.flush()
            assert code in {one.code for one in proofs.everything(session)}, what
            session.rollback()
    assert found(sqlite_world) == set()
