"""Signing for alerts (签收): asked by a rung, recorded once, passed on when nobody does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.workflow.acknowledging import LADDER, LAPSE, MARCH, OVER, acknowledge, alerting, items, lapsed, link_to, send
from tests.workflow.amended import amend
from tests.workflow.small import small
from tests.workflow.world import World, local
from workflow import acknowledgements, holding, mailbag, upkeep
from workflow.calendars import china
from workflow.jumps import Jump
from workflow.refusals import LinkUnknown

LIAISON, HEAD = "u1-liaison", "u1-unit-head"


def events(world: World, unit: str = "U1") -> list[str]:
    """What a submission's history tells, in a word each."""
    return [one.event for one in world.history(unit, "report")]


def test_a_rung_asks_those_it_alerts_to_sign(database_url: str) -> None:
    with alerting(database_url) as world:
        world.sweep(LAPSE)
        assert [(one.person, one.ack_within, one.ack_to, one.ack_by) for one in items(world)] == [
            ("u1-liaison", "+1wd", ["unit-head"], None), ("u2-liaison", "+1wd", ["unit-head"], None),
        ]  # fmt: skip
        send(world, LAPSE)
        assert {one.ack_by for one in items(world)} == {OVER}


WITHIN = [
    ("1wd", "2022-03-11 09:30", "2022-03-14 09:30"),
    ("1d", "2022-03-11 09:30", "2022-03-12 09:30"),
    ("1wd 17:00", "2022-03-11 09:30", "2022-03-14 17:00"),
    ("2wd", "2022-03-12 10:00", "2022-03-15 10:00"),
]


@pytest.mark.parametrize(("within", "sent", "until"), WITHIN)
def test_the_time_to_sign_begins_when_it_is_sent(within: str, sent: str, until: str) -> None:
    assert acknowledgements.by_when(within, local(sent), china()) == local(until)


def test_a_click_is_recorded_and_a_second_one_shows_the_same(database_url: str) -> None:
    with alerting(database_url) as world:
        lapsed(world)
        link, noon = link_to(world, LIAISON), LAPSE + timedelta(hours=12)
        signed = acknowledge(world, link, noon)
        assert signed.acknowledged_at == noon and signed.by == OVER
        entry = world.history("U1", "report")[-1]
        assert (entry.event, entry.actor, entry.at) == ("acknowledged", "单位U1联络员 U1liaison", noon)
        before = world.dump()
        assert acknowledge(world, link, noon + timedelta(hours=1)) == signed
        assert world.dump() == before
        assert events(world).count("acknowledged") == 1 and "acknowledged" not in events(world, "U2")
        assert world.broken_chains() == []


def test_two_clicks_at_once_are_one_entry_and_one_receipt(database_url: str) -> None:
    with alerting(database_url) as world:
        lapsed(world)
        link = link_to(world, LIAISON)
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda turn: acknowledge(world, link, LAPSE + timedelta(minutes=turn)), range(4)))
        assert len({one.acknowledged_at for one in found}) == 1
        assert events(world).count("acknowledged") == 1
        assert world.broken_chains() == []


def test_one_click_signs_for_thirty_units(sqlite_url: str) -> None:
    ladder = LADDER.replace("to: [liaison], say: overdue", "to: [office], say: overdue")
    with alerting(sqlite_url, units=30, ladder=ladder) as world:
        lapsed(world)
        found = acknowledge(world, link_to(world, "duty"), LAPSE)
        assert len(found.lines) == 30 and found.acknowledged_at == LAPSE
        assert all("acknowledged" in events(world, f"U{number}") for number in range(1, 31))
        assert world.broken_chains() == []


def test_what_nobody_signs_for_goes_to_the_next_posts_once(database_url: str) -> None:
    with alerting(database_url) as world:
        lapsed(world)
        acknowledge(world, link_to(world, "u2-liaison"), LAPSE)
        world.sweep(OVER + timedelta(minutes=5))
        world.sweep(OVER + timedelta(minutes=10))
        (told,) = items(world, "unacknowledged")
        (late,) = [one for one in items(world) if one.person == LIAISON]
        assert (told.person, told.reason, told.ack_within) == (HEAD, f"unacknowledged:{late.message_id}", "")
        assert late.passed_on_at == OVER + timedelta(minutes=5)
        entry = world.history("U1", "report")[-1]
        assert (entry.event, entry.at, entry.noticed_at) == ("unacknowledged", OVER, OVER + timedelta(minutes=5))
        assert entry.facts["to"] == ["单位U1主要负责同志 U1unit-head"]
        assert "unacknowledged" not in events(world, "U2")
        assert world.broken_chains() == []


def test_the_clock_of_a_rehearsal_stops_where_the_time_to_sign_is_over(sqlite_url: str) -> None:
    with alerting(sqlite_url) as world:
        lapsed(world)
        with world.look() as act:
            assert upkeep.next_instant(act.session, after=OVER - timedelta(minutes=1)) == OVER
        world.advance(OVER)
        assert len(items(world, "unacknowledged")) == 2


def test_who_signs_late_has_signed_late(sqlite_url: str) -> None:
    with alerting(sqlite_url) as world:
        lapsed(world)
        link = link_to(world, LIAISON)
        world.sweep(OVER)
        signed = acknowledge(world, link, OVER + timedelta(hours=9))
        assert signed.passed_on_at == OVER and signed.acknowledged_at == OVER + timedelta(hours=9)
        assert events(world)[-2:] == ["unacknowledged", "acknowledged"]
        with world.look() as act:
            (line, *_) = [
                one for one in mailbag.about(act, world.id_of("U1", "report"), limit=9) if one.kind == "lapse"
            ]
        assert line.items[0].acknowledgement is not None
        assert line.items[0].acknowledgement.text == "已签收 2022-03-14 09:00（逾期，已于2022-03-14 00:00转告他人）"


def test_who_has_handed_in_since_is_not_told_on(database_url: str) -> None:
    with alerting(database_url) as world:
        lapsed(world)
        world.hand_in("U1", "report", now=LAPSE + timedelta(hours=10))
        world.sweep(OVER)
        assert [one.person for one in items(world, "unacknowledged")] == ["u2-unit-head"]
        (mine,) = [one for one in items(world) if one.person == LIAISON]
        assert (mine.ack_by, mine.passed_on_at) == (None, None)
        assert "unacknowledged" not in events(world)


def test_an_approver_is_asked_when_chased_and_excused_when_they_decide(sqlite_url: str) -> None:
    with alerting(sqlite_url) as world:
        for unit in ("U1", "U2"):
            world.hand_in(unit, "report", now=MARCH)
        chased = local("2022-03-02 09:00")
        world.sweep(chased)
        send(world, chased)
        assert [(one.person, one.ack_within, one.ack_to) for one in items(world, "chase")] == [
            ("leader-1", "+1d 15:00", ["mayor"])
        ] * 2
        world.sign("U1", "report", now=chased + timedelta(hours=1), choice="return")
        over = local("2022-03-03 15:00")
        assert {one.ack_by for one in items(world, "chase")} == {over}
        world.sweep(over)
        (told,) = items(world, "unacknowledged")
        assert (told.person, told.submission_id) == ("mayor", world.id_of("U2", "report"))


def test_the_office_hears_where_nobody_holds_the_next_posts(sqlite_url: str) -> None:
    with alerting(sqlite_url, ladder=LADDER.replace("to: [unit-head]}}", "to: [liaison]}}")) as world:
        lapsed(world)
        world.sweep(OVER)
        assert {one.person for one in items(world, "unacknowledged")} == {"duty"}


def test_a_link_of_another_purpose_signs_for_nothing(database_url: str) -> None:
    with alerting(database_url) as world:
        lapsed(world)
        world.hand_in("U2", "report", now=LAPSE)
        (request,) = world.open_requests("U2", "report")
        with world.act(LAPSE) as act:
            item, desk = (
                act.links.for_sign_off(act.session, request, LAPSE), act.links.for_desk(act.session, "leader-1", LAPSE)
            )  # fmt: skip
            for link in (item, desk):
                act.session.expunge(link)
        for link in (item, desk):
            with world.refusing(LinkUnknown):
                acknowledge(world, link, LAPSE)


def test_a_message_that_asks_for_nothing_cannot_be_signed_for(sqlite_url: str) -> None:
    ladder = LADDER.replace(", acknowledge: {within: 1wd, to: [unit-head]}", "")
    with alerting(sqlite_url, ladder=ladder) as world:
        lapsed(world)
        assert [one.ack_within for one in items(world)] == ["", ""]
        world.sweep(OVER)
        assert items(world, "unacknowledged") == []


def test_a_store_that_waits_for_a_person_tells_on_nobody(sqlite_url: str) -> None:
    with alerting(sqlite_url) as world:
        lapsed(world)
        with world.act(LAPSE) as act:
            holding.hold_for_jump(act.session, Jump(LAPSE, OVER, timedelta(minutes=1)))
        world.sweep(OVER)
        assert items(world, "unacknowledged") == []
        with world.act(OVER) as act:
            holding.release(act.session)
        world.sweep(OVER + timedelta(minutes=1))
        assert len(items(world, "unacknowledged")) == 2


def test_an_amendment_changes_nothing_about_what_has_gone_out(database_url: str) -> None:
    with alerting(database_url) as world:
        lapsed(world)
        link = link_to(world, LIAISON)
        amend(
            world,
            small(ladder="    - {at: -2wd 09:00, to: [liaison]}\n"),
            now=LAPSE + timedelta(hours=9),
            comment="修订",
        )
        assert acknowledge(world, link, LAPSE + timedelta(hours=10)).acknowledged_at
        world.sweep(OVER)
        assert [one.person for one in items(world, "unacknowledged")] == ["u2-unit-head"]
        assert world.broken_chains() == []
