"""What a worker does, on a real PostgreSQL, with real mail."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session

from notifier import claims
from notifier.claims import Claim
from tests.notifier.post_office import message_id
from tests.workers.conftest import Shop
from tests.workflow.world import LAUNCH, local
from workers import dispatch
from workflow import errands, holding, pulse, sweep_place
from workflow.jumps import Jump

LATER = local("2022-01-05 09:30")


def statuses(shop: Shop) -> Counter[str]:
    return Counter(one.status for one in shop.office.messages())


def test_a_sweep_lapses_and_puts_on_the_queue_what_is_to_be_sent(shop: Shop) -> None:
    shop.at(LATER)
    swept = shop.hands.sweep()
    assert swept is not None and swept.lapsed == 61
    ready = statuses(shop)["queued"]
    assert len(shop.jobs()) == -(-ready // claims.BATCH)
    while shop.hands.deliver(shop.jobs()[0]):
        pass
    assert not statuses(shop).keys() & {"queued", "sending", "gathering"}
    assert Counter(Counter(map(message_id, shop.office.smtp.mails)).values()).keys() == {1}
    beat = shop.hands.last_pulse()
    assert beat is not None and beat.failed == 0


def test_a_second_sweep_asks_for_no_second_delivery(shop: Shop) -> None:
    for _ in range(2):
        shop.hands.sweep()
    assert len(shop.jobs()) == 1


def test_a_rolled_back_transaction_puts_nothing_on_the_queue(shop: Shop) -> None:
    with pytest.raises(KeyError), shop.world.store.write() as session:
        assert dispatch.deliveries(session, LAUNCH, shop.hands.wall()) == 1
        raise KeyError
    assert shop.jobs() == []
    with shop.world.store.write() as session:
        assert dispatch.deliveries(session, LAUNCH, shop.hands.wall()) == 1
        assert session.execute(text("SELECT count(*) FROM submission")).scalar_one() > 0
    assert len(shop.jobs()) == 1


def test_what_was_not_settled_yet_is_not_delivered(shop: Shop) -> None:
    assert shop.hands.deliver(1) == 0
    shop.hands.sweep()
    shop.hands.deliver(shop.jobs()[0])
    shop.world.hand_in("KJJ", now=LAUNCH)
    shop.at(LAUNCH + timedelta(minutes=11))
    assert shop.hands.deliver(shop.jobs()[0]) == 0
    shop.hands.sweep()
    assert shop.hands.deliver(shop.jobs()[-1]) == 1


def test_while_another_worker_sweeps_nothing_is_done(shop: Shop) -> None:
    shop.at(LATER)
    before = shop.world.dump()
    with sweep_place.held_if_free(shop.world.store.writer) as held:
        assert held and shop.hands.sweep() is None
    assert shop.world.dump() == before
    assert shop.jobs() == [] and shop.hands.last_pulse() is None


def test_a_held_outbox_asks_for_no_delivery(shop: Shop) -> None:
    with shop.world.store.write() as session:
        holding.hold_for_jump(session, Jump(LAUNCH, LATER, timedelta(0)))
    shop.hands.sweep()
    assert shop.jobs() == []


def test_a_worker_that_stops_finishes_the_mail_in_hand_and_gives_the_rest_back(shop: Shop) -> None:
    shop.hands.sweep()
    mails = shop.office.smtp.mails
    stopping = replace(shop.hands, mailroom=replace(shop.office.room, stopping=lambda: len(mails) >= 5))
    assert stopping.deliver(shop.jobs()[0]) == 5
    assert statuses(shop) == {"sent": 5, "queued": 56}
    assert stopping.deliver(shop.jobs()[0]) == 0
    assert shop.hands.deliver(shop.jobs()[0]) == 56
    assert set(Counter(map(message_id, mails)).values()) == {1}


def test_a_delivery_says_which_claim_it_holds_and_a_dead_ones_is_taken_back(shop: Shop) -> None:
    shop.hands.sweep()
    (job,) = shop.jobs()
    store, wall = shop.world.store, shop.hands.wall()

    def note(session: Session, claim: Claim) -> None:
        dispatch.note_claim(session, job, claim.lease)

    assert claims.claim(store, LAUNCH, wall, shop.office.room.ways, note=note) is not None
    assert shop.hands.deliver(job) == 0
    with store.read() as session:
        lease = session.execute(text("SELECT args ->> 'lease' FROM duban_queue.procrastinate_jobs")).scalar_one()
    assert shop.hands.take_back(lease) == 61
    assert shop.hands.deliver(job) == 61
    assert shop.hands.take_back(lease) == 0
    assert statuses(shop) == {"sent": 61}


def test_errands_and_pulse_tell_how_the_workers_are(shop: Shop) -> None:
    shop.hands.sweep()
    with shop.world.store.write() as session:
        signs = "INSERT INTO duban_queue.procrastinate_workers (last_heartbeat) VALUES (now()), (now() - interval '1h')"
        session.execute(text(signs))
    with shop.world.store.read() as session:
        seen, beat = errands.look(session), pulse.last(session)
    assert (seen.workers, seen.waiting, seen.running) == (1, 1, 0)
    assert beat is not None and pulse.age(beat, beat.at - timedelta(hours=1)) == 3600
