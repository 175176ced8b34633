"""Several items under one name: only what was opened, as it was then, all in one commit or none."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.workflow import standing_in
from tests.workflow.reading import LEADER, MAYOR, NOW, UNITS, approve, asked, left, read, request_of, states
from tests.workflow.world import APPROVER, World, local
from workflow import read_marks, submissions
from workflow.refusals import ContentChanged, DecisionIncomplete, LinkUnknown, NothingToApprove, SignedSingly
from workflow.tables import ReadMark


@pytest.fixture
def three(database_url: str) -> Iterator[World]:
    """Three units wait for one leader, on each kind of database in turn."""
    with asked(database_url) as world:
        yield world


def test_what_was_read_is_approved_together(three: World) -> None:
    done = approve(three, read(three, "U1", "U3"))
    assert states(three) == ["filed", "pending", "filed"]
    assert [(one.typed_name, one.comment, one.channel, one.decided_by) for one in done.approved] == [
        ("甲副市长", "同意。", "link", LEADER)
    ] * 2
    assert {one.decided_at for one in done.approved} == {NOW}
    assert [entry.event for entry in three.history("U3", "report")][-1] == "approve"
    assert not three.broken_chains()


def test_what_was_not_opened_is_never_approved(three: World) -> None:
    shown = read(three, "U1")
    other = request_of(three, "U2")
    done = approve(three, {**shown, other.id or 0: other.content_hash, 999: "x"})
    assert (len(done.approved), done.left) == (1, ())
    assert states(three) == ["filed", "pending", "pending"]


def test_nothing_marked_is_nothing_to_approve(three: World) -> None:
    request = request_of(three, "U1")
    with three.refusing(NothingToApprove):
        approve(three, {request.id or 0: request.content_hash})
    with three.refusing(NothingToApprove):
        approve(three, {})


def test_one_person_does_not_approve_what_another_has_read(three: World) -> None:
    shown = read(three, *UNITS)
    with three.refusing(NothingToApprove):
        approve(three, shown, person=MAYOR)


def test_what_was_handed_in_anew_falls_out_with_a_word(three: World) -> None:
    shown = read(three, *UNITS)
    with three.act(NOW) as act:
        submissions.withdraw(act, three.id_of("U2", "report"))
    three.hand_in("U2", "report", now=NOW, said="乙")
    with three.look(NOW) as act:
        assert set(read_marks.marked(act.session, LEADER)) == set(shown) - {sorted(shown)[1]}
        number = three.id_of("U2", "report")
        assert read_marks.changed_since(act.session, LEADER, [number]) == {number}
    done = approve(three, shown)
    assert left(done) == ["已不需您审签：单位已撤回或重新提交，或已由他人办理"]
    assert states(three) == ["filed", "pending", "filed"]


def test_a_list_that_showed_another_content_approves_nothing_of_it(three: World) -> None:
    shown = read(three, "U1", "U2")
    done = approve(three, {number: text if number == min(shown) else "x" * 64 for number, text in shown.items()})
    assert left(done) == ["内容已更新，请重新打开阅看"]
    assert states(three) == ["filed", "pending", "pending"]


def test_what_another_decided_meanwhile_falls_out_with_who_and_when(three: World) -> None:
    shown = read(three, "U1", "U2")
    three.decide(request_of(three, "U2"), "return", now=local("2022-03-08 10:05"))
    done = approve(three, shown, now=local("2022-03-08 10:06"))
    assert left(done) == ["甲副市长已于03月08日 10:05退回"]


@pytest.mark.parametrize("name", ["", "名" * 51])
def test_a_fault_leaves_every_item_as_it_was(three: World, name: str) -> None:
    shown = read(three, *UNITS)
    with three.refusing(DecisionIncomplete):
        approve(three, shown, name=name)


def test_the_same_act_again_gives_the_same_and_writes_nothing(three: World) -> None:
    shown = read(three, *UNITS)
    first = approve(three, shown)
    before = three.dump()
    again = approve(three, shown, name="别人")
    assert [one.id for one in again.approved] == [one.id for one in first.approved]
    assert three.dump() == before


def test_a_step_with_a_second_confirmation_is_signed_singly(database_url: str) -> None:
    with asked(database_url, sign_off="[{by: supervising-leader, confirm: code}]") as world:
        request = request_of(world, "U1")
        with world.refusing(SignedSingly):
            read(world, "U1")
        with world.act(NOW) as act:
            act.session.add(ReadMark(
                sign_off_id=request.id or 0, person=LEADER, content_hash=request.content_hash, at=NOW
            ))  # fmt: skip
        with world.refusing(NothingToApprove) as refused:
            approve(world, {request.id or 0: request.content_hash})
        assert "须单独审签" in refused.value.text


def test_only_what_waits_and_was_shown_is_put_aside(three: World) -> None:
    request = request_of(three, "U1")
    assert request.id is not None
    with three.refusing(ContentChanged), three.act(NOW, APPROVER) as act:
        read_marks.mark(act, request.id, LEADER, content_hash="x" * 64)
    three.decide(request, "approve", now=NOW)
    with three.refusing(LinkUnknown), three.act(NOW, APPROVER) as act:
        read_marks.mark(act, request.id, LEADER, content_hash=request.content_hash)


def test_an_item_is_put_aside_once_and_taken_out_again(three: World) -> None:
    shown = read(three, "U1") | read(three, "U1")
    with three.act(NOW, APPROVER) as act:
        read_marks.unmark(act, next(iter(shown)), LEADER)
        read_marks.unmark(act, next(iter(shown)), LEADER)
    with three.refusing(NothingToApprove):
        approve(three, shown)


def test_a_delegate_approves_together_and_history_names_both(three: World) -> None:
    standing_in.grant(three, LEADER, MAYOR, "03-08", "03-09", now=NOW)
    done = approve(three, read(three, "U1", "U2", person=MAYOR), person=MAYOR, name="市长")
    assert [(one.decided_by, one.delegation_id is not None) for one in done.approved] == [(MAYOR, True)] * 2
    assert three.history("U1", "report")[-1].actor == "市长（代 甲副市长）"


def test_after_the_delegation_nothing_of_it_is_approved(three: World) -> None:
    row = standing_in.grant(three, LEADER, MAYOR, "03-08", "03-09", now=NOW)
    shown = read(three, *UNITS, person=MAYOR)
    standing_in.withdraw(three, row, now=NOW)
    with three.refusing(NothingToApprove) as refused:
        approve(three, shown, person=MAYOR, name="市长")
    assert "授权代签已结束" in refused.value.text


def test_principal_and_delegate_at_once_sign_each_item_once(three: World) -> None:
    standing_in.grant(three, LEADER, MAYOR, "03-08", "03-09", now=NOW)
    mine, theirs = read(three, "U1", "U2"), read(three, "U2", "U3", person=MAYOR)
    approve(three, mine)
    done = approve(three, theirs, person=MAYOR, name="市长")
    assert left(done) == ["甲副市长已于03月08日 10:00同意"]
    assert states(three) == ["filed"] * 3


def test_two_who_approve_the_same_at_the_same_time_do_not_wait_for_each_other(three: World) -> None:
    standing_in.grant(three, LEADER, MAYOR, "03-08", "03-09", now=NOW)
    lists = {LEADER: read(three, *UNITS), MAYOR: read(three, *reversed(UNITS), person=MAYOR)}

    def signed_by(person: str) -> int:
        try:
            return len(approve(three, lists[person], person=person, name=person).approved)
        except NothingToApprove:
            return 0

    with ThreadPoolExecutor() as pool:
        counts = list(pool.map(signed_by, lists))
    assert sum(counts) == 3 and states(three) == ["filed"] * 3
    assert not three.broken_chains()
