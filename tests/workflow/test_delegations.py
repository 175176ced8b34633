"""授权代签: who may sign for whom, on which days, by which link, on both databases."""

from __future__ import annotations

import pytest

from tests.workflow.standing_in import day, decide_by, grant, has_link, opens, token_of, withdraw
from tests.workflow.test_steps import small_world
from tests.workflow.world import OFFICE, World, local
from workflow import asking, delegations, links, signing, submissions
from workflow.acts import Actor
from workflow.refusals import (
    AlreadyDecided,
    CommentMissing,
    DelegationRefused,
    Forbidden,
    LinkUnknown,
    NotFound,
    Refusal,
)

MORNING = local("2022-01-04 10:00")
FRIDAY = local("2022-01-07 10:00")
LEADER, TITLE = "fsz-gongye", "副市长（分管工业和信息化）"
DELEGATE, DELEGATES_TITLE = "ldxz-mishuzhang", "秘书长"
UNIT_ACTOR = Actor("科技局", "unit", "KJJ")


def test_what_waits_is_sent_to_the_delegate_at_once(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    grant(world, LEADER, DELEGATE, "01-04", "01-06", now=MORNING)
    [request] = world.open_requests("KJJ")
    assert opens(world, token_of(world, request, DELEGATE), MORNING)
    [letter] = world.letters("request", person=DELEGATE)
    assert letter.units == ("KJJ",)
    assert letter.ready == local("2022-01-04 10:10")


def test_what_is_asked_later_goes_to_both(world: World) -> None:
    grant(world, LEADER, DELEGATE, "01-04", "01-06", now=MORNING)
    world.hand_in("KJJ", now=MORNING)
    [request] = world.open_requests("KJJ")
    assert request.person == LEADER
    assert opens(world, token_of(world, request, LEADER), MORNING)
    assert opens(world, token_of(world, request, DELEGATE), MORNING)
    assert {one.person for one in world.letters("request")} == {LEADER, DELEGATE}


def test_history_names_the_delegate_and_whom_they_signed_for(world: World) -> None:
    row = grant(world, LEADER, DELEGATE, "01-04", "01-06", now=MORNING)
    world.hand_in("KJJ", now=MORNING)
    [request] = world.open_requests("KJJ")
    made = decide_by(world, token_of(world, request, DELEGATE), "approve", now=MORNING)
    assert (made.decided_by, made.decided_by_title, made.delegation_id) == (DELEGATE, DELEGATES_TITLE, row.id)
    assert world.submission("KJJ").state == "filed"
    [entry] = [one for one in world.history("KJJ") if one.event == "approve"]
    assert entry.actor == f"{DELEGATES_TITLE}（代 {TITLE}）"
    assert (entry.facts["holder"], entry.facts["delegation"]) == (TITLE, row.id)
    assert world.broken_chains() == []


def test_the_principals_own_link_always_works(world: World) -> None:
    grant(world, LEADER, DELEGATE, "01-04", "01-06", now=MORNING)
    world.hand_in("KJJ", now=MORNING)
    [request] = world.open_requests("KJJ")
    made = decide_by(world, token_of(world, request, LEADER), "approve", now=MORNING)
    assert (made.decided_by, made.delegation_id) == (LEADER, None)


def test_whoever_comes_second_is_told_of_the_first(world: World) -> None:
    grant(world, LEADER, DELEGATE, "01-04", "01-06", now=MORNING)
    world.hand_in("KJJ", now=MORNING)
    [request] = world.open_requests("KJJ")
    own, others = token_of(world, request, LEADER), token_of(world, request, DELEGATE)
    decide_by(world, own, "approve", now=MORNING)
    with world.refusing(AlreadyDecided):
        decide_by(world, others, "return", now=MORNING)
    before = world.dump()
    assert decide_by(world, others, "approve", now=MORNING).decided_by == LEADER
    assert world.dump() == before


def test_a_delegation_begins_and_ends_with_its_days(world: World) -> None:
    world.file("KJJ", "research-trip", now=MORNING)
    world.hand_in("KJJ", "work-plan", now=MORNING)
    row = grant(world, LEADER, DELEGATE, "01-06", "01-07", now=MORNING)
    [request] = world.open_requests("KJJ", "work-plan")
    assert not has_link(world, request, DELEGATE)
    world.advance(local("2022-01-06 00:00"))
    token = token_of(world, request, DELEGATE)
    assert [one.units for one in world.letters("request", person=DELEGATE)] == [("KJJ",)]
    assert opens(world, token, local("2022-01-07 23:59:59.999"))
    assert not opens(world, token, local("2022-01-08 00:00")), "before any sweep has come by"
    world.advance(local("2022-01-08 00:00"))
    assert not opens(world, token, FRIDAY), "revoked"
    with world.look() as act:
        found = act.session.get(type(row), row.id)
        assert found is not None
        assert (found.started_at, found.ended_at) == (local("2022-01-06"), local("2022-01-08"))


def test_the_delegate_is_chased_with_the_principal(world: World) -> None:
    grant(world, LEADER, DELEGATE, "01-04", "01-10", now=MORNING)
    world.file("KJJ", "research-trip", now=MORNING)
    world.hand_in("KJJ", "work-plan", now=MORNING)
    world.advance(local("2022-01-12 00:00"))
    chased = {person: [one.ready for one in world.letters("reminder", person=person)] for person in (LEADER, DELEGATE)}
    days = [local(f"2022-01-{number} 09:00") for number in ("05", "06", "07", "10", "11")]
    assert chased == {LEADER: days, DELEGATE: days[:-1]}


def test_a_page_left_open_writes_nothing_after_the_last_day(world: World) -> None:
    grant(world, LEADER, DELEGATE, "01-04", "01-06", now=MORNING)
    world.hand_in("KJJ", now=MORNING)
    token = token_of(world, world.open_requests("KJJ")[0], DELEGATE)
    with world.refusing(LinkUnknown):
        decide_by(world, token, "approve", now=FRIDAY)
    with world.look(MORNING) as act:
        held = links.resolve(act.session, token, MORNING)
    with world.refusing(LinkUnknown), world.act(FRIDAY) as act:
        signing.hand_of(act, held)


def test_a_withdrawn_delegation_kills_its_links_in_the_same_commit(world: World) -> None:
    row = grant(world, LEADER, DELEGATE, "01-04", "01-06", now=MORNING)
    world.hand_in("KJJ", now=MORNING)
    [request] = world.open_requests("KJJ")
    token = token_of(world, request, DELEGATE)
    withdraw(world, row, now=MORNING)
    assert not opens(world, token, MORNING)
    assert opens(world, token_of(world, request, LEADER), MORNING)
    with world.refusing(LinkUnknown):
        decide_by(world, token, "approve", now=MORNING)
    with world.refusing(DelegationRefused):
        withdraw(world, row, now=MORNING)
    world.file("GXJ", now=MORNING)
    assert not has_link(world, world.requests("GXJ")[0], DELEGATE)


def test_what_the_delegate_decided_keeps_its_receipt(world: World) -> None:
    row = grant(world, LEADER, DELEGATE, "01-04", "01-06", now=MORNING)
    world.hand_in("KJJ", now=MORNING)
    world.hand_in("GXJ", now=MORNING)
    [mine], [theirs] = world.open_requests("KJJ"), world.open_requests("GXJ")
    kept, lost = token_of(world, mine, DELEGATE), token_of(world, theirs, DELEGATE)
    decide_by(world, kept, "approve", now=MORNING)
    decide_by(world, token_of(world, theirs, LEADER), "approve", now=MORNING)
    withdraw(world, row, now=MORNING)
    assert (opens(world, kept, FRIDAY), opens(world, lost, FRIDAY)) == (True, False)
    assert opens(world, token_of(world, mine, LEADER), FRIDAY), "who was asked sees what was decided for them"
    before = world.dump()
    assert decide_by(world, kept, "approve", now=FRIDAY).decided_at == MORNING
    with world.refusing(AlreadyDecided):
        decide_by(world, kept, "return", now=FRIDAY)
    assert world.dump() == before


def test_a_delegation_goes_no_further(world: World) -> None:
    grant(world, LEADER, DELEGATE, "01-04", "01-06", now=MORNING)
    grant(world, DELEGATE, "fsz-changwu", "01-04", "01-06", now=MORNING)
    world.hand_in("KJJ", now=MORNING)
    [request] = world.open_requests("KJJ")
    assert has_link(world, request, DELEGATE)
    assert not has_link(world, request, "fsz-changwu")
    assert {one.person for one in world.letters("request")} == {LEADER, DELEGATE}


def test_several_may_stand_in_for_one(world: World) -> None:
    grant(world, LEADER, DELEGATE, "01-04", "01-06", now=MORNING)
    grant(world, LEADER, "fsz-changwu", "01-05", "01-10", now=MORNING)
    with world.look() as act:
        found = delegations.active(act.session, day("01-05"))
    assert [one.delegate for one in found[LEADER]] == [DELEGATE, "fsz-changwu"]


def test_a_delegate_who_signs_the_step_too_is_asked_for_both(database_url: str) -> None:
    now = local("2022-03-01 10:00")
    with small_world(database_url, "[{by: supervising-leader, need: all}]", leaders=2) as world:
        world.hand_in("U1", "report", now=now)
        grant(world, "leader-1", "leader-2", "03-01", "03-05", now=now)
        first, second = world.open_requests("U1", "report")
        assert (first.person, second.person) == ("leader-1", "leader-2")
        [letter] = world.letters("request", person="leader-2")
        assert len(letter.items) == 2
        with world.look(now) as act:
            items = asking.desk(act.session, "leader-2", act.today)
        assert [(one.request.id, one.delegation is not None) for one in items] == [(first.id, True), (second.id, False)]
        decide_by(world, token_of(world, first, "leader-2"), "approve", now=now)
        assert world.submission("U1", "report").state == "pending", "once for another is not once for oneself"
        decide_by(world, token_of(world, second, "leader-2"), "approve", now=now)
        assert world.submission("U1", "report").state == "filed"
        world.advance(local("2022-03-04 10:00"))
        assert world.broken_chains() == []


def test_the_desk_shows_whose_item_it_is_and_what_was_decided(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    world.hand_in("JYTYJ", now=MORNING)
    grant(world, LEADER, DELEGATE, "01-04", "01-06", now=MORNING)
    grant(world, "fsz-jiaoyu", DELEGATE, "01-05", "01-06", now=MORNING)
    [request] = world.open_requests("KJJ")
    with world.look(MORNING) as act:
        [waiting] = asking.desk(act.session, DELEGATE, act.today)
    assert (waiting.request.id, waiting.delegation and waiting.delegation.principal) == (request.id, LEADER)
    decide_by(world, token_of(world, request, DELEGATE), "approve", now=MORNING)
    with world.look(FRIDAY) as act:
        [done] = asking.desk(act.session, DELEGATE, act.today)
        [own] = asking.desk(act.session, LEADER, act.today)
    assert done.request.decision == own.request.decision == "approve"
    assert (own.delegation, done.delegation is not None) == (None, True)


def test_whoever_has_an_item_on_their_desk_has_a_hand_for_it(world: World) -> None:
    row = grant(world, LEADER, DELEGATE, "01-04", "01-06", now=MORNING)
    world.hand_in("KJJ", now=MORNING)
    [request] = world.open_requests("KJJ")
    with world.act(MORNING) as act:
        assert signing.hand_for(act, request, LEADER).delegation_id is None
        mine = signing.hand_for(act, request, DELEGATE)
    assert (mine.delegation_id, mine.title) == (row.id, DELEGATES_TITLE)
    for person, now in (("fsz-changwu", MORNING), (DELEGATE, FRIDAY)):
        with world.refusing(LinkUnknown), world.act(now) as act:
            signing.hand_for(act, request, person)


def test_nobody_signs_for_whom_they_have_sign_for_them(sqlite_world: World) -> None:
    grant(sqlite_world, LEADER, DELEGATE, "01-05", "01-07", now=MORNING)
    grant(sqlite_world, DELEGATE, "fsz-changwu", "01-06", "01-09", now=MORNING)
    for one in (DELEGATE, "fsz-changwu"):
        with sqlite_world.refusing(DelegationRefused):
            grant(sqlite_world, one, LEADER, "01-07", "01-20", now=MORNING)


REFUSED: list[tuple[dict[str, str], type[Refusal], str]] = [
    ({"principal": "nobody"}, DelegationRefused, "principal"),
    ({"delegate": "nobody"}, DelegationRefused, "delegate"),
    ({"delegate": LEADER}, DelegationRefused, "delegate"),
    ({"until": "01-03"}, DelegationRefused, "until"),
    ({"since": "01-03"}, DelegationRefused, "since"),
    ({"since": "01-06", "until": "01-20"}, DelegationRefused, "since"),
    ({"comment": " "}, CommentMissing, ""),
]


@pytest.mark.parametrize(("wrong", "kind", "field"), REFUSED)
def test_a_delegation_that_makes_no_sense_is_refused(
    sqlite_world: World, wrong: dict[str, str], kind: type[Refusal], field: str
) -> None:
    world = sqlite_world
    grant(world, LEADER, DELEGATE, "01-05", "01-07", now=MORNING)
    given = {"principal": LEADER, "delegate": DELEGATE, "since": "01-08", "until": "01-20", "comment": "出差", **wrong}
    with world.refusing(kind) as refused, world.act(MORNING) as act:
        delegations.grant(
            act, principal=given["principal"], delegate=given["delegate"], since=day(given["since"]),
            until=day(given["until"]), comment=given["comment"],
        )  # fmt: skip
    assert refused.value.facts.get("field", "") == field


def test_only_the_office_delegates(sqlite_world: World) -> None:
    row = grant(sqlite_world, LEADER, DELEGATE, "01-05", "01-07", now=MORNING)
    with sqlite_world.refusing(Forbidden), sqlite_world.act(MORNING, UNIT_ACTOR) as act:
        delegations.grant(
            act, principal=LEADER, delegate="fsz-changwu", since=day("01-05"), until=day("01-06"), comment="无"
        )  # fmt: skip
    with sqlite_world.refusing(Forbidden), sqlite_world.act(MORNING, UNIT_ACTOR) as act:
        delegations.withdraw(act, row.id or 0, comment="无")
    with sqlite_world.refusing(NotFound), sqlite_world.act(MORNING) as act:
        delegations.withdraw(act, 999, comment="无")


def test_the_list_tells_how_each_delegation_stands(sqlite_world: World) -> None:
    world = sqlite_world
    over = grant(world, LEADER, DELEGATE, "01-04", "01-04", now=MORNING)
    gone = grant(world, LEADER, DELEGATE, "01-05", "01-07", now=MORNING)
    grant(world, LEADER, "fsz-changwu", "01-06", "01-07", now=MORNING)
    grant(world, "fsz-jiaoyu", DELEGATE, "01-08", "01-09", now=MORNING)
    withdraw(world, gone, now=MORNING)
    with world.look(local("2022-01-06 08:00")) as act:
        lines = delegations.listed(act)
    assert [one.state for one in lines] == ["upcoming", "active", "withdrawn", "over"]
    assert (lines[2].withdrawal, lines[2].withdrawn_by) == ("提前返回", OFFICE.name)
    assert (lines[3].id, lines[3].principal.post, lines[3].delegate.post) == (over.id, TITLE, DELEGATES_TITLE)


def test_a_missed_delegation_is_over_without_having_begun(sqlite_world: World) -> None:
    sqlite_world.hand_in("KJJ", now=MORNING)
    grant(sqlite_world, LEADER, DELEGATE, "01-06", "01-07", now=MORNING)
    sqlite_world.sweep(local("2022-01-20"))
    assert not has_link(sqlite_world, sqlite_world.open_requests("KJJ")[0], DELEGATE)


def test_who_is_urged_is_the_delegate_too(sqlite_world: World) -> None:
    grant(sqlite_world, LEADER, DELEGATE, "01-04", "01-06", now=MORNING)
    sqlite_world.hand_in("KJJ", now=MORNING)
    with sqlite_world.act(MORNING) as act:
        submissions.urge(act, sqlite_world.id_of("KJJ"))
    assert {one.person for one in sqlite_world.letters("urge")} == {LEADER, DELEGATE}
    [*_, entry] = sqlite_world.history("KJJ")
    assert entry.facts["to"] == [TITLE, DELEGATES_TITLE]
