"""When people are told: quiet hours over midnight, the hour of the daily message, what each reason waits for."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from notifier.letters import HEADINGS
from tests.workflow.world import local
from workflow.calendars import china
from workflow.hours import USUAL, Hours, parse_clock, parse_span
from workflow.urging import again
from workflow.waits import LAUNCHED, WAITS, Matter, until

NIGHT = Hours(quiet=parse_span("22:00-07:00"))
NOON = Hours(quiet=parse_span("12:00-14:00"))
CALENDAR = china()

AWAKE = [
    (NIGHT, "2022-01-04 21:59", "2022-01-04 21:59"),
    (NIGHT, "2022-01-04 22:00", "2022-01-05 07:00"),
    (NIGHT, "2022-01-05 00:00", "2022-01-05 07:00"),
    (NIGHT, "2022-01-05 06:59:59", "2022-01-05 07:00"),
    (NIGHT, "2022-01-05 07:00", "2022-01-05 07:00"),
    (NOON, "2022-01-05 12:00", "2022-01-05 14:00"),
    (NOON, "2022-01-05 14:00", "2022-01-05 14:00"),
    (USUAL, "2022-01-05 03:00", "2022-01-05 03:00"),
]  # fmt: skip


@pytest.mark.parametrize(("hours", "at", "end"), AWAKE)
def test_quiet_hours_end_where_they_end(hours: Hours, at: str, end: str) -> None:
    assert hours.awake(local(at)) == local(end)


def test_the_daily_message_goes_on_the_next_working_day() -> None:
    assert USUAL.digest(local("2022-01-05 09:00"), CALENDAR) == local("2022-01-05 09:00")
    assert USUAL.digest(local("2022-01-05 09:01"), CALENDAR) == local("2022-01-06 09:00")
    # The Spring Festival, with the Saturday and Sunday before it worked.
    assert USUAL.digest(local("2022-01-28 10:00"), CALENDAR) == local("2022-01-29 09:00")
    assert USUAL.digest(local("2022-01-30 10:00"), CALENDAR) == local("2022-02-07 09:00")
    assert USUAL.digest(local("2022-01-30 10:00")) == local("2022-01-31 09:00")


@pytest.mark.parametrize("written", ["9:00", "24:00", "09:60", "0900", "九点", "09:00:00", "", "０９:００"])
def test_what_is_no_time_of_day_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="不是时刻"):
        parse_clock(written)


@pytest.mark.parametrize("written", ["22:00", "22:00-", "-07:00", "22-7", "22:00-25:00", "夜间", "22:00-22:00"])
def test_what_is_no_span_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"[一-鿿]"):
        parse_span(written)


def test_no_quiet_hours_are_none() -> None:
    assert parse_span("") is parse_span("  ") is None
    assert str(parse_span("22:00-07:00")) == "22:00-07:00"


def matter(reason: str, ready: datetime, due: str = "", *, by_rung: bool = False, stated: time | None = None) -> Matter:
    return Matter(reason=reason, ready=ready, ends=(local(due),) if due else (), by_rung=by_rung, stated=stated)


SATURDAY, NINE = "2022-01-08 10:00", time(9, 0)
#: (hours, now, reason, deadline, by a rung, its stated time) → when it goes.
GOES = {
    "a receipt waits for the morning": (USUAL, "2022-01-05 10:00", "filed", "", False, None, "2022-01-06 09:00"),
    "a receipt waits for Monday": (USUAL, SATURDAY, "filed", "", False, None, "2022-01-10 09:00"),
    "a lapse waits for nothing": (USUAL, "2022-01-05 00:00", "overdue", "", True, None, "2022-01-05 00:00"),
    "a lapse in quiet hours waits for their end": (NIGHT, "2022-01-05 00:00", "overdue", "", True, None,
                                                  "2022-01-05 07:00"),
    "an urge waits for nothing": (NIGHT, "2022-01-05 23:00", "urge", "", False, None, "2022-01-05 23:00"),
    "a return waits for the end of the night": (NIGHT, "2022-01-05 23:00", "returned", "2022-02-11", False, None,
                                                "2022-01-06 07:00"),
    "a return is in time for its deadline": (NIGHT, "2022-01-05 23:00", "returned", "2022-01-06", False, None,
                                             "2022-01-05 23:00"),
    "a request of the last night goes": (NIGHT, "2022-01-05 22:30", "request", "2022-01-06", False, None,
                                         "2022-01-05 22:30"),
    "a request on a holiday goes": (USUAL, SATURDAY, "request", "2022-02-11", False, None, SATURDAY),
    "a new duty on a holiday waits": (USUAL, SATURDAY, "opened", "2022-02-11", False, None, "2022-01-10 09:00"),
    "not past its deadline": (USUAL, SATURDAY, "opened", "2022-01-10", False, None, SATURDAY),
    "a deadline put off at work is told": (USUAL, "2022-01-05 10:00", "extended", "2022-02-11", False, None,
                                           "2022-01-05 10:00"),
    "a rung that states its time goes on a holiday": (USUAL, SATURDAY, "reminder", "2022-02-11", True, NINE, SATURDAY),
    "one that states none waits": (USUAL, SATURDAY, "reminder", "2022-02-11", True, None, "2022-01-10 09:00"),
    "a rung that states a time of night is sent then": (NIGHT, "2022-01-05 23:00", "reminder", "2022-02-11", True,
                                                        time(23, 0), "2022-01-05 23:00"),
    "a rung of the morning caught up at night waits": (NIGHT, "2022-01-05 23:00", "reminder", "2022-02-11", True, NINE,
                                                       "2022-01-06 09:00"),
    "a rung that states its time is not moved off a holiday": (NIGHT, "2022-01-07 23:00", "reminder", "2022-02-11",
                                                               True, NINE, "2022-01-08 09:00"),
    "one caught up in the last night goes": (NIGHT, "2022-01-05 22:30", "reminder", "2022-01-06 05:00", True, NINE,
                                             "2022-01-05 22:30"),
    "one caught up before a noon goes before it": (NIGHT, "2022-01-05 22:30", "reminder", "2022-01-06 08:00", True,
                                                   NINE, "2022-01-06 07:00"),
    "after a quiet noon it goes at its end": (NOON, "2022-01-05 12:30", "reminder", "2022-02-11", True, NINE,
                                              "2022-01-05 14:00"),
    "what a launch tells goes at once": (USUAL, SATURDAY, LAUNCHED, "2022-02-11", False, None, SATURDAY),
}  # fmt: skip


@pytest.mark.parametrize("case", GOES.values(), ids=GOES)
def test_each_reason_goes_when_it_should(case: tuple[Hours, str, str, str, bool, time | None, str]) -> None:
    hours, now, reason, due, by_rung, stated, goes = case
    told = matter(reason, local(now), due, by_rung=by_rung, stated=stated)
    assert until(told, local(now), hours, CALENDAR) == local(goes)


def test_a_rung_without_a_time_goes_with_the_message_of_its_day() -> None:
    late, early = Hours(digest_at=time(10, 30)), Hours(digest_at=time(8, 0))
    told = matter("reminder", local("2022-01-05 09:00"), "2022-02-11", by_rung=True)
    assert until(told, told.ready, late, CALENDAR) == local("2022-01-05 10:30")
    assert until(told, told.ready, early, CALENDAR) == local("2022-01-05 09:00")


def test_the_message_of_an_hour_ago_goes_now() -> None:
    told = matter("filed", local("2022-01-05 09:00"))
    assert until(told, local("2022-01-05 10:00"), USUAL, CALENDAR) == local("2022-01-05 10:00")
    assert until(told, local(SATURDAY), USUAL, CALENDAR) == local("2022-01-10 09:00")


def test_every_reason_of_a_letter_has_its_wait() -> None:
    """``watch`` and ``accept`` are other words for reasons that have one."""
    assert set(WAITS) - {LAUNCHED} == set(HEADINGS) - {"watch", "accept"}


AGAIN = [
    ("2022-01-04 09:30", "2022-02-11", "2022-01-05 00:00"),
    ("2022-01-04 16:00", "2022-02-11", "2022-01-05 12:00"),
    ("2022-01-04 20:00", "2022-02-11", "2022-01-05 13:00"),
    ("2022-01-07 16:30", "2022-02-11", "2022-01-10 12:30"),
    ("2022-01-07 16:30", "2022-01-09", "2022-01-08 00:00"),
    ("2022-01-07 16:30", "2022-01-05", "2022-01-10 12:30"),
    ("2022-01-30 17:00", "2022-02-11", "2022-02-07 13:00"),
]  # fmt: skip


@pytest.mark.parametrize(("urged", "due", "when"), AGAIN)
def test_an_urge_leaves_four_working_hours(urged: str, due: str, when: str) -> None:
    found = again(local(urged), due_at=local(due), calendar=CALENDAR)
    assert found == local(when)
    assert found.utcoffset() == timedelta(hours=8)
