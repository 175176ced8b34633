"""Calendar feeds as RFC 5545 readers get them, and the rehearsal printed as one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import icalendar
import pytest

from documents.feeds import Event, calendar
from tests.commands.conftest import Duban
from tests.workflow.world import DEFINITION, ROSTER, local


def read(text: str) -> list[icalendar.Event]:
    feed = icalendar.Calendar.from_ical(text)
    assert isinstance(feed, icalendar.Calendar)
    return list(feed.events)


def test_an_instant_and_a_day_come_back_as_they_were() -> None:
    text = calendar(
        "对标先进",
        [
            Event(
                uid="a@duban", at=local("2022-01-05 00:00"), summary="截止；逗号,分号;反斜杠\\", description="一\n二"
            ),
            Event(uid="b@duban", day=date(2022, 1, 4), summary="当日"),
        ],
    )
    at, day = read(text)
    assert at.decoded("DTSTART") == datetime(2022, 1, 4, 16, tzinfo=UTC)
    assert (at["SUMMARY"], at["DESCRIPTION"]) == ("截止；逗号,分号;反斜杠\\", "一\n二")
    assert (day.decoded("DTSTART"), day.decoded("DTEND")) == (date(2022, 1, 4), date(2022, 1, 5))


def test_lines_are_folded_by_bytes_and_ended_by_cr_lf() -> None:
    text = calendar("长", [Event(uid="a", at=local("2022-01-05"), summary="报送建标学习对象" * 40)])
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert read(text)[0]["SUMMARY"] == "报送建标学习对象" * 40


def test_control_characters_and_line_ends_cannot_make_a_property() -> None:
    text = calendar("x\r\nATTACH:y", [Event(uid="a\r\nURL:z", at=local("2022-01-05"), summary="a\x00b\rc")])
    assert not [line for line in text.split("\r\n") if line.startswith(("ATTACH", "URL"))]
    assert "\x00" not in text


def test_the_same_events_give_the_same_text_and_a_stamp_is_kept() -> None:
    events = [Event(uid="a", at=local("2022-01-05"), summary="x")]
    assert calendar("t", events) == calendar("t", events)
    assert read(calendar("t", events, stamp=local("2021-12-31 08:30")))[0].decoded("DTSTAMP") == datetime(
        2021, 12, 31, 0, 30, tzinfo=UTC
    )


def test_an_event_has_one_aware_instant_or_one_day() -> None:
    at, day = local("2022-01-05"), date(2022, 1, 5)
    with pytest.raises(ValueError, match="either"):
        Event(uid="a", summary="x")
    with pytest.raises(ValueError, match="either"):
        Event(uid="a", summary="x", at=at, day=day)
    with pytest.raises(ValueError, match="naive"):
        Event(uid="a", summary="x", at=at.replace(tzinfo=None))


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_rehearsal_prints_as_a_feed_and_touches_no_store(duban: Duban, tmp_path: Path) -> None:
    span = ("--to", "2022-01-10")
    ran = duban("rehearse", str(DEFINITION), "--cycle", "2022", "--roster", str(ROSTER), *span, "--format", "ics")
    assert ran.code == 0, ran.err
    events = read(ran.out)
    assert {event.decoded("DTSTART") for event in events} >= {local("2021-12-31 08:30"), local("2022-01-05 00:00")}
    assert len({str(event["UID"]) for event in events}) == len(events)
    assert not list(tmp_path.glob("*.key"))
