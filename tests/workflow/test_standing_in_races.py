"""A signature meets a delegate's, the end of a delegation, a handover: one happens, the other is told."""

from __future__ import annotations

from functools import partial

from tests.acceptance import races
from tests.workflow.standing_in import day, grant, token_of
from tests.workflow.test_races import (
    NOW,
    ROUNDS,
    Deed,
    Race,
    many,
    one_wins,
    race,
    sign,
    submit_all,
)
from tests.workflow.world import World
from workflow import delegations, handovers, links, posts, signing
from workflow.acts import Act
from workflow.refusals import LinkUnknown
from workflow.signing import Choice
from workflow.tables import SignOff

__all__ = ["many", "race"]

PRINCIPAL, DELEGATE = "leader-1", "mayor"


def by_link(token: str, choice: Choice) -> Deed:
    """A decision as the page takes it, by whoever holds the link."""

    def decide(act: Act) -> object:
        link = links.resolve(act.session, token, act.now)
        request = act.session.get(SignOff, link.sign_off_id)
        assert request is not None and request.id is not None
        return signing.sign(
            act, request.id, choice, comment="意见", typed_name="张", channel="link",
            content_hash=request.content_hash, hand=signing.hand_of(act, link),
        )  # fmt: skip

    return decide


def of_principal(world: World, unit: str) -> SignOff:
    """The principal's own request among the three of a unit."""
    return next(one for one in world.open_requests(unit, "report") if one.person == PRINCIPAL)


def test_a_few_races_of_the_long_run_have_one_winner_each(database_url: str) -> None:
    tally = races.Tally()
    races.race(database_url, 20, tally)
    assert tally.wrong == []
    assert sum(tally.won.values()) == 20
    assert {opponent for opponent, _ in tally.won} == set(races.OPPONENTS)


def test_a_delegate_and_the_principal_do_not_both_decide(race: Race) -> None:
    submit_all(race.world)
    grant(race.world, PRINCIPAL, DELEGATE, "03-01", "03-09", now=NOW)
    for number in range(1, ROUNDS + 1):
        request = of_principal(race.world, f"U{number}")
        own, others = (token_of(race.world, request, person) for person in (PRINCIPAL, DELEGATE))
        said = race.run(by_link(own, "approve"), by_link(others, "return"))
        one_wins(said)
        decided = next(one for one in race.world.requests(f"U{number}", "report") if one.decision)
        assert decided.decided_by == (PRINCIPAL if said[0] is None else DELEGATE)
        assert (decided.delegation_id is None) == (said[0] is None)
    assert race.world.broken_chains() == []


def test_a_delegate_signs_before_the_delegation_is_withdrawn_or_not_at_all(race: Race) -> None:
    submit_all(race.world)
    for number in range(1, 9):
        row = grant(race.world, PRINCIPAL, DELEGATE, "03-01", "03-09", now=NOW)
        request = of_principal(race.world, f"U{number}")
        token = token_of(race.world, request, DELEGATE)
        end = partial(delegations.withdraw, delegation_id=row.id or 0, comment="返回")
        signed, ended = race.run(by_link(token, "approve"), end)
        assert ended is None
        assert signed is None or type(signed) is LinkUnknown
        assert race.world.submission(f"U{number}", "report").state == ("filed" if signed is None else "pending")


def test_a_signature_and_a_handover_do_not_both_happen(race: Race) -> None:
    submit_all(race.world)
    for number in range(1, ROUNDS + 1):
        request = of_principal(race.world, f"U{number}")
        give = partial(handovers.reassign, sign_off_id=request.id or 0, to=DELEGATE, comment="改派")
        said = race.run(sign(request, "approve"), give)
        one_wins(said)
        asked = {one.person for one in race.world.open_requests(f"U{number}", "report")}
        assert asked == (set() if said[0] is None else {DELEGATE, "leader-2", "leader-3"})
    assert race.world.broken_chains() == []


def test_one_of_two_clerks_reassigns(race: Race) -> None:
    submit_all(race.world)
    for number in range(1, ROUNDS + 1):
        request = of_principal(race.world, f"U{number}")
        give = partial(handovers.reassign, sign_off_id=request.id or 0, comment="改派")
        said = race.run(partial(give, to=DELEGATE), partial(give, to="duty"))
        assert [one is None for one in said].count(True) == 1
        assert len(race.world.open_requests(f"U{number}", "report")) == 3


def test_what_is_signed_as_the_division_of_work_changes_is_signed_once(race: Race) -> None:
    submit_all(race.world)
    for number in range(1, ROUNDS + 1):
        unit = f"U{number}"
        request = of_principal(race.world, unit)
        change = partial(handovers.supervise, changes={unit: "市长"}, since=day("03-01"), comment="分工调整")
        signed, changed = race.run(sign(request, "approve"), change)
        assert changed is None
        assert signed is None or type(signed) is LinkUnknown
        asked = {one.person for one in race.world.open_requests(unit, "report")}
        assert asked == (set() if signed is None else {DELEGATE})
    with race.world.store.read() as session:
        assert {row.post for row in posts.export(session).supervision if row.until is None} == {"市长"}
    assert race.world.broken_chains() == []
