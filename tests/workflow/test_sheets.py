"""审签单: what it tells, when there is a new one, and what a file is known by."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import text

from documents import signoff_sheet
from tests.workflow.world import OFFICE, World, local
from workflow import agreement, ledger, sheets, submissions
from workflow.acts import Actor
from workflow.refusals import NotFound, SheetRefused
from workflow.sheets import SheetFacts, Stamp
from workflow.tables import DrawnSignature, Sheet, Submission

UNIT = Actor("市科学技术局联络员", "unit", "KJJ")
FOREIGN = Actor("市司法局联络员", "unit", "SFJ")


def write(facts: SheetFacts, stamp: Stamp) -> bytes:
    return signoff_sheet.write(facts, stamp, verify_at="https://duban.example.cn/verify")


def returned_then_filed_late(world: World) -> int:
    """The Ordos plan, 三（一）2: returned once, signed a day late."""
    world.hand_in("KJJ", now=local("2022-01-03 10:00"))
    world.sign("KJJ", now=local("2022-01-03 12:00"), choice="return")
    world.sweep(local("2022-01-05 00:00:07"))
    world.hand_in("KJJ", now=local("2022-01-05 10:30"), said="乙")
    world.sign("KJJ", now=local("2022-01-05 11:00"))
    return world.id_of("KJJ")


def issue(world: World, number: int, at: str, actor: Actor = OFFICE) -> tuple[Sheet, bytes]:
    with world.act(local(at), actor) as act:
        return sheets.issue(act, number, write)


def known(world: World, number: str, file: bytes) -> sheets.Known | None:
    with world.look() as act:
        return sheets.known(act, number, hashlib.sha256(file).hexdigest())


def test_a_sheet_tells_every_round_with_what_was_signed(world: World) -> None:
    number = returned_then_filed_late(world)
    with world.look(local("2022-01-06 09:00")) as act:
        facts = sheets.facts(act, number)
    first, second = facts.steps
    assert [(one.round, one.step, one.decision) for one in facts.steps] == [(1, 1, "return"), (2, 1, "approve")]
    assert first.comment == "请补充" and first.content_hash != second.content_hash
    assert second.content_hash == world.submission("KJJ").content_hash
    assert (facts.late, facts.days_late, facts.filed_at) == (True, 1, local("2022-01-05 11:00"))
    told = [(one.at, one.what) for one in facts.events]
    assert [what for _, what in told] == ["提交审签", "退回", "到期未报送，转为逾期", "提交审签", "审签同意"]
    assert told[2][0] == local("2022-01-05")
    assert (facts.head, facts.seq) == (world.submission("KJJ").head, world.submission("KJJ").history_seq)


def test_the_same_record_gives_the_same_number_and_the_same_file(world: World) -> None:
    number = returned_then_filed_late(world)
    first, made = issue(world, number, "2022-01-06 09:00")
    before = world.dump()
    second, again = issue(world, number, "2022-02-01 09:00", UNIT)
    assert (second.id, again) == (first.id, made)
    assert world.dump() == before
    assert first.number == f"SQD-2022-{first.id:06d}"
    assert first.sha256 == hashlib.sha256(made).hexdigest()
    with world.look() as act:
        *_, before_it, handed_out = ledger.history_of(act.session, number)
    assert (handed_out.event, handed_out.actor) == ("sheet", OFFICE.name)
    assert handed_out.facts == {"number": first.number, "sha256": first.sha256, "head": before_it.hash, "round": 2}
    assert first.head == before_it.hash


def test_a_record_that_went_on_gives_a_new_number(world: World) -> None:
    number = returned_then_filed_late(world)
    first, made = issue(world, number, "2022-01-06 09:00")
    with world.act(local("2022-01-07 09:00")) as act:
        submissions.reopen(act, number, comment="内容有误")
    second, anew = issue(world, number, "2022-01-07 10:00")
    assert second.number != first.number and anew != made


def test_whoever_reads_the_submission_gets_the_sheet_and_nobody_else(world: World) -> None:
    number = returned_then_filed_late(world)
    issue(world, number, "2022-01-06 09:00", UNIT)
    issue(world, number, "2022-01-06 09:00", Actor("市人民政府督查室", "inspector"))
    with world.refusing(NotFound):
        issue(world, number, "2022-01-06 09:00", FOREIGN)


@pytest.mark.parametrize("reach", [lambda world: world.id_of("KJJ"), lambda world: world.id_of("KJJ", "research-trip")])
def test_nothing_signed_gives_no_sheet(sqlite_world: World, reach: Callable[[World], int]) -> None:
    with sqlite_world.refusing(SheetRefused):
        issue(sqlite_world, reach(sqlite_world), "2022-01-03 09:00")


def test_the_file_is_known_by_its_number(world: World) -> None:
    sheet, made = issue(world, returned_then_filed_late(world), "2022-01-06 09:00")
    found = known(world, sheet.number, made)
    assert found is not None
    assert (found.matched, found.moved_on, found.stands) == ("", False, True)
    assert [one.decision for one in found.steps] == ["return", "approve"]
    assert found.unit == "市科学技术局"


def test_a_changed_file_a_wrong_number_and_an_unknown_one_are_told_alike(world: World) -> None:
    sheet, made = issue(world, returned_then_filed_late(world), "2022-01-06 09:00")
    world.file("FGW", now=local("2022-01-05 11:00"))
    other, _ = issue(world, world.id_of("FGW"), "2022-01-06 09:00")
    assert known(world, sheet.number, made[:-1]) is None
    assert known(world, other.number, made) is None
    assert known(world, "SQD-2022-999999", made) is None


def test_a_sheet_says_when_the_record_has_moved_on(world: World) -> None:
    number = returned_then_filed_late(world)
    sheet, made = issue(world, number, "2022-01-06 09:00")
    with world.act(local("2022-01-07 09:00")) as act:
        submissions.reopen(act, number, comment="内容有误")
    found = known(world, sheet.number, made)
    assert found is not None and (found.moved_on, found.stands) == (True, False)
    world.file("KJJ", now=local("2022-01-08 09:00"))
    found = known(world, sheet.number, made)
    # Filed again, but by another round than the sheet's; what was decided since is not shown.
    assert found is not None and (found.moved_on, found.stands, len(found.steps)) == (True, False, 2)


#: What somebody does to what was signed, beside the history, and what is found.
BESIDE = (
    ("UPDATE sign_off SET decision = 'approve' WHERE decision = 'return'", "decision-differs"),
    ("UPDATE sign_off SET comment = '同意。' WHERE decision = 'approve'", "decision-differs"),
    ("UPDATE sign_off SET typed_name = '他人' WHERE decision = 'approve'", "decision-differs"),
    ("UPDATE sign_off SET holder = '他人', post_title = '他职' WHERE decision = 'approve'", "decision-differs"),
    ("UPDATE sign_off SET confirmed = 'code:mail' WHERE decision = 'approve'", "decision-differs"),
    ("UPDATE sign_off SET decided_at = asked_at WHERE decision = 'approve'", "decision-differs"),
    ("UPDATE sign_off SET decision = NULL, decided_at = NULL WHERE decision = 'return'", "decision-missing"),
    ("UPDATE sign_off SET dispute = '不是我' WHERE decision = 'approve'", "dispute-differs"),
    ("UPDATE content SET fields = '{}' WHERE version = (SELECT max(version) FROM content)", "content-changed"),
    ("UPDATE content SET fields = '[]' WHERE version = (SELECT max(version) FROM content)", "content-changed"),
    ("DELETE FROM content WHERE version = 1", "content-missing"),
    ("UPDATE submission SET content_hash = 'f' WHERE state = 'filed'", "content-differs"),
    ("UPDATE sheet SET sha256 = 'f'", "sheet-differs"),
    ("UPDATE sheet SET head = 'f'", "sheet-differs"),
    ("UPDATE sheet SET made_by = '他人'", "sheet-differs"),
    ("DELETE FROM sheet", "sheet-missing"),
    ("UPDATE sheet SET number = 'SQD-2022-000099'", "sheet-unrecorded"),
    ("INSERT INTO drawn_signature SELECT id, 'png', 'f' FROM sign_off WHERE decision = 'approve'", "decision-differs"),
)


@pytest.mark.parametrize(("statement", "code"), BESIDE)
def test_what_contradicts_the_history_is_found_and_gives_no_sheet(
    sqlite_world: World, statement: str, code: str
) -> None:
    number = returned_then_filed_late(sqlite_world)
    sheet, made = issue(sqlite_world, number, "2022-01-06 09:00")
    with sqlite_world.act(local("2022-01-06 10:00")) as act:
        assert list(agreement.verify(act.session)) == []
        act.session.execute(text(statement))
    with sqlite_world.look() as act:
        found = list(agreement.verify(act.session))
    assert code in {one.code for one in found} and {one.submission_id for one in found} == {number}
    with sqlite_world.refusing(SheetRefused):
        issue(sqlite_world, number, "2022-01-06 11:00")
    assert known(sqlite_world, sheet.number, made) is None


def test_a_history_that_was_changed_gives_no_sheet(sqlite_world: World) -> None:
    number = returned_then_filed_late(sqlite_world)
    sheet, made = issue(sqlite_world, number, "2022-01-06 09:00")
    with sqlite_world.act(local("2022-01-06 10:00")) as act:
        act.session.execute(text("UPDATE history SET comment = '同意' WHERE event = 'return'"))
        act.session.execute(text("UPDATE sign_off SET comment = '同意' WHERE decision = 'return'"))
    with sqlite_world.refusing(SheetRefused):
        issue(sqlite_world, number, "2022-01-06 11:00")
    assert known(sqlite_world, sheet.number, made) is None


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE attachment SET data = 'x'", "file-changed"),
        ("UPDATE attachment SET sha256 = 'f'", "file-differs"),
        ("UPDATE attachment SET name = '他.pdf'", "file-differs"),
        ("DELETE FROM attachment", "file-missing"),
    ],
)
def test_a_file_that_is_not_what_was_signed_is_found(sqlite_world: World, statement: str, code: str) -> None:
    for obligation in ("target-choice", "research-trip", "work-plan"):
        sqlite_world.file("KJJ", obligation, now=local("2022-01-04 11:00"))
    with sqlite_world.act(local("2022-02-15 09:00")) as act:
        assert list(agreement.verify(act.session)) == []
        act.session.execute(text(statement))
        assert code in {one.code for one in agreement.verify(act.session)}


def test_an_attachment_of_what_was_signed_is_known(world: World) -> None:
    for obligation in ("target-choice", "research-trip", "work-plan"):
        world.file("KJJ", obligation, now=local("2022-01-04 11:00"))
    sheet, _ = issue(world, world.id_of("KJJ", "work-plan"), "2022-02-15 09:00")
    found = known(world, sheet.number, b"%PDF-1.7 KJJ \xe7\x94\xb2")
    assert found is not None and found.matched == "方案（甲）.pdf"
    assert known(world, sheet.number, b"%PDF-1.7 KJJ \xe4\xb9\x99") is None


def test_a_drawn_signature_and_a_dispute_stand_on_the_sheet(world: World) -> None:
    number = returned_then_filed_late(world)
    request = world.requests("KJJ")[-1]
    with world.act(local("2022-01-05 12:00")) as act:
        act.session.add(DrawnSignature(sign_off_id=request.id or 0, png=b"a picture", sha256="0" * 64))
        request.disputed_at, request.dispute = act.now, "手机不在身边"
        act.session.merge(request)
    with world.look() as act:
        step = sheets.facts(act, number).steps[-1]
    assert (step.drawn, step.disputed_at, step.dispute) == (b"a picture", local("2022-01-05 12:00"), "手机不在身边")


def test_the_sheet_does_not_depend_on_the_day_it_is_asked_for(world: World) -> None:
    world.hand_in("KJJ", now=local("2022-01-03 10:00"))
    world.sign("KJJ", now=local("2022-01-03 12:00"), choice="return")
    world.sweep(local("2022-01-05 00:00:07"))
    number = world.id_of("KJJ")
    first, made = issue(world, number, "2022-01-06 09:00")
    later, again = issue(world, number, "2022-01-20 09:00")
    assert (first.number, made) == (later.number, again)


def test_the_date_of_the_sheet_is_local(sqlite_world: World) -> None:
    number = returned_then_filed_late(sqlite_world)
    with sqlite_world.look(datetime.fromisoformat("2022-01-05T17:00:00+00:00")) as act:
        facts = sheets.facts(act, number)
        assert facts.due_date == date(2022, 1, 4)
        assert signoff_sheet.filed(facts) == "2022年1月5日 11:00:00，逾期1天"
        assert act.session.get(Submission, number) is not None
