"""“这不是我本人操作”: receipts to whoever is on record, a dispute put down once, the office told at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest

from tests.workflow.small import small, small_roster
from tests.workflow.world import OFFICE, World, local
from workflow import disputes, links, signing, submissions
from workflow.disputes import MOST_REASON
from workflow.links import DISPUTE_DAYS
from workflow.refusals import DisputeRefused, LinkUnknown
from workflow.signing import Hand
from workflow.tables import Delegation, Link, SignOff

NOW = local("2022-03-08 10:00")
LATER = NOW + timedelta(hours=2)
LEADER = "leader-1"


@pytest.fixture
def filed(database_url: str) -> Iterator[World]:
    """A report that one leader has signed by link."""
    with closing(World.launched(database_url, now=NOW, pinned=small(), roster=small_roster(leaders=1))) as world:
        world.hand_in("U1", "report", now=NOW)
        world.sign("U1", "report", now=NOW)
        yield world


def decision(world: World) -> SignOff:
    """The one decision."""
    (found,) = world.requests("U1", "report")
    return found


def link_of(world: World, person: str = LEADER, purpose: str = "dispute") -> Link:
    """The link of a receipt, or one of another purpose."""
    with world.act(NOW) as act:
        request = decision(world)
        if purpose == "dispute":
            return act.links.for_dispute(act.session, request, person, NOW)
        return act.links.for_sign_off(act.session, request, NOW)


def dispute(world: World, reason: str = "", *, link: Link | None = None) -> SignOff:
    """Say that it was not one's own act."""
    link = link or link_of(world)
    with world.act(LATER) as act:
        return disputes.dispute(act, link, reason)


def test_whoever_decided_hears_of_it_at_once(filed: World) -> None:
    (letter,) = filed.letters("receipt")
    assert (letter.person, letter.ready, letter.items[0].reason) == (LEADER, NOW, f"decided:{decision(filed).id}")


def test_whom_a_delegate_signed_for_hears_of_it_too(database_url: str) -> None:
    with closing(World.launched(database_url, now=NOW, pinned=small(), roster=small_roster(leaders=1))) as world:
        world.hand_in("U1", "report", now=NOW)
        with world.act(NOW) as act:
            given = Delegation(
                principal=LEADER,
                delegate="mayor",
                since=act.today,
                until=act.today,
                created_at=NOW,
                created_by="值班员",
            )
            act.session.add(given)
            act.session.flush()
            request = world.open_requests("U1", "report")[0]
            hand = Hand("mayor", "市长", "市长", delegation_id=given.id)
            signing.sign(
                act, request.id or 0, "approve", comment="", typed_name="市长", channel="link",
                content_hash=request.content_hash, hand=hand,
            )  # fmt: skip
        assert sorted(one.person for one in world.letters("receipt")) == [LEADER, "mayor"]


def test_a_decision_that_the_office_enters_is_told_to_whom_it_is_ascribed(database_url: str) -> None:
    with closing(World.launched(database_url, now=NOW, pinned=small(), roster=small_roster(leaders=1))) as world:
        world.hand_in("U1", "report", now=NOW)
        with world.act(NOW) as act:
            signing.decide_for_office(act, world.id_of("U1", "report"), "approve", comment="见纸质审签单")
        assert [one.person for one in world.letters("receipt")] == [LEADER]


def test_a_dispute_is_recorded_and_the_office_hears_at_once(filed: World) -> None:
    before = filed.submission("U1", "report")
    made = dispute(filed, " 当天在外地，没有打开过链接 ")
    after = filed.submission("U1", "report")
    *_, entry = filed.history("U1", "report")
    (letter,) = [one for one in filed.letters("notice", person="duty") if one.items[0].reason.startswith("disputed")]
    assert (made.disputed_at, made.dispute) == (LATER, "当天在外地，没有打开过链接")
    assert (entry.event, entry.actor, entry.comment) == ("dispute", "甲副市长", "当天在外地，没有打开过链接")
    assert entry.facts["sign_off"] == made.id and (entry.source, entry.dest) == ("filed", "filed")
    assert (letter.ready, letter.items[0].reason) == (LATER, f"disputed:{made.id}")
    assert (after.state, after.filed_at, after.version) == ("filed", before.filed_at, before.version + 1)
    assert not filed.broken_chains()


def test_a_second_dispute_changes_nothing(filed: World) -> None:
    link = link_of(filed)
    first = dispute(filed, "不是我", link=link)
    before = filed.dump()
    again = dispute(filed, "另一句", link=link)
    assert (again.disputed_at, again.dispute) == (first.disputed_at, "不是我")
    assert filed.dump() == before


def test_disputes_at_once_are_one(filed: World) -> None:
    link = link_of(filed)
    with ThreadPoolExecutor(4) as pool:
        said = {one.dispute for one in pool.map(lambda number: dispute(filed, f"第{number}次", link=link), range(4))}
    assert len(said) == 1
    assert [entry.event for entry in filed.history("U1", "report")].count("dispute") == 1


def test_the_office_reopens_what_was_disputed_and_the_dispute_stays_on_record(filed: World) -> None:
    dispute(filed, "不是我")
    with filed.act(LATER, OFFICE) as act:
        submissions.reopen(act, filed.id_of("U1", "report"), comment="审签人表示非本人操作，重新办理")
    assert filed.submission("U1", "report").state == "draft"
    assert decision(filed).disputed_at == LATER


def test_a_reason_that_cannot_be_kept_is_refused(filed: World) -> None:
    link = link_of(filed)
    for reason in ("长" * (MOST_REASON + 1), "零\x00"):
        with filed.refusing(DisputeRefused):
            dispute(filed, reason, link=link)
    assert dispute(filed, "长" * MOST_REASON, link=link).disputed_at == LATER


def test_the_link_to_sign_disputes_nothing(filed: World) -> None:
    link = link_of(filed, purpose="item")
    with filed.refusing(LinkUnknown):
        dispute(filed, link=link)


def test_the_link_of_a_receipt_lives_a_month_whatever_other_links_do(filed: World) -> None:
    link = link_of(filed)
    with filed.look() as act:
        token = filed.links.token(link)
        assert links.resolve(act.session, token, NOW + timedelta(days=DISPUTE_DAYS, seconds=-1))
        with pytest.raises(LinkUnknown):
            links.resolve(act.session, token, NOW + timedelta(days=DISPUTE_DAYS))
