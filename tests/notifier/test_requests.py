"""A leader is asked once a day for all that waits, and still in time on the last day."""

from __future__ import annotations

from tests.notifier.post_office import PostOffice
from tests.workflow.world import local
from workflow import submissions
from workflow.moments import SHANGHAI

MAYOR = "fsz-nongmu"


def asked(office: PostOffice) -> list[tuple[str, list[str]]]:
    """When the mayor's requests go out, and about which units."""
    found = []
    for message in office.messages("request", person=MAYOR):
        units = [office.world.unit_of(item.submission_id) for item in office.items(message)]
        found.append((message.not_before.astimezone(SHANGHAI).strftime("%d %H:%M"), units))
    return found


def test_what_comes_after_the_days_message_waits_for_the_morning(office: PostOffice) -> None:
    for unit, at in (("SLJ", "09:00"), ("NMJ", "09:15"), ("XCZXJ", "11:00")):
        office.advance(local(f"2022-01-03 {at}"))
        office.world.hand_in(unit, now=local(f"2022-01-03 {at}"))
    assert asked(office) == [("03 09:10", ["SLJ"]), ("04 09:00", ["NMJ", "XCZXJ"])]
    office.advance(local("2022-01-04 09:00"))
    *_, last = office.messages(person=MAYOR)
    said = [(item.reason.partition(":")[0], office.world.unit_of(item.submission_id)) for item in office.items(last)]
    assert said == [("request", "NMJ"), ("request", "XCZXJ"), ("chase", "SLJ")]
    assert len(office.mails_to(MAYOR)) == 2


def test_on_the_last_day_it_waits_for_the_hour(office: PostOffice) -> None:
    office.advance(local("2022-01-04 09:30"))
    office.world.hand_in("SLJ", now=local("2022-01-04 09:30"))
    for unit, at in (("NMJ", "10:05"), ("XCZXJ", "10:50")):
        office.advance(local(f"2022-01-04 {at}"))
        office.world.hand_in(unit, now=local(f"2022-01-04 {at}"))
    assert asked(office) == [("04 09:40", ["SLJ"]), ("04 11:00", ["NMJ", "XCZXJ"])]


def test_a_request_made_anew_the_same_day_is_no_new_message(office: PostOffice) -> None:
    office.advance(local("2022-01-03 09:00"))
    office.world.hand_in("SLJ", now=local("2022-01-03 09:00"))
    office.advance(local("2022-01-03 10:00"))
    for minute in (10, 20, 30):
        at = local(f"2022-01-03 10:{minute}")
        with office.world.act(at) as act:
            submissions.withdraw(act, office.world.id_of("SLJ"))
        office.world.hand_in("SLJ", now=at)
    assert [when for when, _ in asked(office)] == ["03 09:10", "04 09:00"]
    office.advance(local("2022-01-03 23:00"))
    assert len(office.mails_to(MAYOR)) == 1
