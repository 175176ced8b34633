"""What a unit changed after a return, beside what it was told."""

from __future__ import annotations

from tests.workflow.reading import NOW, asked, request_of
from tests.workflow.world import World
from workflow import revisions, submissions
from workflow.comparisons import Piece
from workflow.revisions import Revision


def told(world: World) -> Revision | None:
    """What the leader is told of the first unit's open request."""
    with world.look(NOW) as act:
        return revisions.since_sent_back(act, request_of(world, "U1"))


def test_a_first_submission_has_nothing_to_compare_with(database_url: str) -> None:
    with asked(database_url, units=["U1"]) as world:
        assert told(world) is None


def test_what_changed_is_told_with_who_returned_it_and_why(database_url: str) -> None:
    with asked(database_url, units=["U1"]) as world:
        world.decide(request_of(world, "U1"), "return", now=NOW, comment="请补充指标")
        world.fill("U1", "report", now=NOW, said="草稿")
        world.hand_in("U1", "report", now=NOW, said="乙")
        revision = told(world)
        assert revision is not None
        assert (revision.who, revision.what, revision.comment) == ("甲副市长", "退回", "请补充指标")
        (change,) = revision.changes
        assert (change.before, change.after) == ((Piece("总结：甲"),), (Piece("总结：乙"),))


def test_the_same_content_again_is_told_as_such(database_url: str) -> None:
    with asked(database_url, units=["U1"]) as world:
        world.decide(request_of(world, "U1"), "return", now=NOW)
        world.submit("U1", "report", now=NOW)
        revision = told(world)
        assert revision is not None and revision.changes == ()


def test_the_last_of_several_returns_counts(database_url: str) -> None:
    with asked(database_url, units=["U1"]) as world:
        for said in ("乙", "丙"):
            world.decide(request_of(world, "U1"), "return", now=NOW, comment=f"要{said}")
            world.hand_in("U1", "report", now=NOW, said=said)
        revision = told(world)
        assert revision is not None and revision.comment == "要丙"
        assert revision.changes[0].before == (Piece("总结：乙"),)


def test_what_the_office_reopened_is_compared_too(database_url: str) -> None:
    with asked(database_url, units=["U1"]) as world:
        world.sign("U1", "report", now=NOW)
        with world.act(NOW) as act:
            submissions.reopen(act, world.id_of("U1", "report"), comment="数字有误")
        world.hand_in("U1", "report", now=NOW, said="乙")
        revision = told(world)
        assert revision is not None and (revision.what, revision.comment) == ("重新打开", "数字有误")
