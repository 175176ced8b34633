"""延期申请: the unit asks, the office answers; the deadline stands until then, and every end is told once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from threading import Barrier, Thread

import pytest
from sqlmodel import select

from notifier import reading
from tests.workflow.world import OFFICE, World, local
from workflow import extensions, submissions
from workflow.acts import Act, Actor
from workflow.extension_answers import AlreadyAnswered
from workflow.extensions import AlreadyAsked
from workflow.refusals import (
    ChangedMeanwhile,
    CommentMissing,
    ContentUnreadable,
    DateRefused,
    Forbidden,
    NotAllowedNow,
    NotFound,
    Refusal,
)
from workflow.tables import Message

NOW, LATER = local("2021-12-31 10:00"), local("2021-12-31 11:00")
LATE = local("2022-01-05 09:00")
UNIT = Actor("市科学技术局联络员", "unit", "KJJ")
ASKER = Actor("市工业和信息化局联络员", "unit", "GXJ")
STRANGER = Actor("市财政局联络员", "unit", "CZJ")
UNTIL = date(2022, 1, 14)


def ask(
    world: World, *, unit: str = "KJJ", now: datetime = NOW, until: date = UNTIL, reason: str = "须报上级确认"
) -> int:
    with world.act(now, Actor(f"{unit}联络员", "unit", unit)) as act:
        asked = extensions.ask(act, world.id_of(unit), until=until, reason=reason)
        assert asked.id is not None
        return asked.id


def test_asking_moves_nothing_and_tells_the_office(sqlite_world: World) -> None:
    before = sqlite_world.submission("KJJ")
    number = ask(sqlite_world)
    after, entry = sqlite_world.submission("KJJ"), sqlite_world.history("KJJ")[-1]
    assert (after.due_date, after.standing, after.version) == (before.due_date, before.standing, before.version + 1)
    assert (entry.event, entry.comment, entry.facts) == ("extension-asked", "须报上级确认", {"until": "2022-01-14"})
    letters = [one for one in sqlite_world.letters("notice") if one.items[0].reason == f"extension-asked:{number}"]
    assert len(letters) == len({one.person for one in letters}) > 0
    with sqlite_world.look(LATER) as act:
        (line,) = extensions.waiting(act)
        assert (line.unit.code, line.until, line.first_due) == ("KJJ", UNTIL, before.due_date)
        assert extensions.count_waiting(act) == 1


def test_grant_extends_and_keeps_the_first_date(sqlite_world: World) -> None:
    number = ask(sqlite_world)
    with sqlite_world.act(LATER) as act:
        granted = extensions.grant(act, number, until=date(2022, 1, 10))
        assert (granted.answer, granted.granted_until, granted.answered_by) == (
            "granted",
            date(2022, 1, 10),
            OFFICE.name,
        )
    row, entry = sqlite_world.submission("KJJ"), sqlite_world.history("KJJ")[-1]
    assert (row.due_date, row.extended_from) == (date(2022, 1, 10), date(2022, 1, 4))
    assert (entry.event, entry.facts["request"]) == ("extend", number)
    assert "须报上级确认" in entry.comment
    assert not sqlite_world.broken_chains()


def test_grant_after_the_deadline_takes_the_lapse_back(sqlite_world: World) -> None:
    number = ask(sqlite_world)
    sqlite_world.advance(LATE)
    assert sqlite_world.submission("KJJ").state == "overdue"
    with sqlite_world.act(LATE) as act:
        extensions.grant(act, number)
    assert sqlite_world.submission("KJJ").state == "draft"


def test_decline_leaves_the_date_and_tells_the_unit(sqlite_world: World) -> None:
    number = ask(sqlite_world)
    with sqlite_world.act(LATER) as act:
        extensions.decline(act, number, comment="其他单位均按期办理")
    assert sqlite_world.submission("KJJ").due_date == date(2022, 1, 4)
    told = [one for one in sqlite_world.letters("notice") if one.items[0].reason == f"extension-declined:{number}"]
    assert [one.person for one in told] == ["kjj-liaison"]
    assert ask(sqlite_world, now=LATER) != number


def test_letters_say_the_day_and_the_reason_and_fall_silent_once_answered(sqlite_world: World) -> None:
    number = ask(sqlite_world)
    sqlite_world.advance(local("2021-12-31 10:30"))

    def letter(reason: str) -> reading.Reading:
        with sqlite_world.look(LATER) as act:
            for message in act.session.exec(select(Message).where(Message.kind == "notice")).all():
                read = reading.read(act, message, base_url="http://duban.example.cn", rehearsal=True)
                if read.facts and any(matter.reason == reason for matter in read.facts.matters):
                    return read
                if not read.facts and reason == "":
                    return read
        raise AssertionError(reason)

    asked = letter("extension-asked").facts
    assert asked is not None
    assert (asked.matters[0].happened, asked.matters[0].comment) == ("申请延至2022年1月14日", "须报上级确认")
    with sqlite_world.act(LATER) as act:
        extensions.decline(act, number, comment="请抓紧")
    declined = letter("extension-declined").facts
    assert declined is not None
    assert (declined.matters[0].happened, declined.matters[0].comment) == ("申请延至2022年1月14日，未同意", "请抓紧")
    assert "延期申请已不同意" in letter("").untrue.values()


@pytest.mark.parametrize("end", ["filed", "exempt", "extended", "withdrawn"])
def test_request_ends_with_what_makes_it_pointless(sqlite_world: World, end: str) -> None:
    number = ask(sqlite_world)
    answers = {"filed": "closed", "exempt": "closed", "extended": "granted", "withdrawn": "withdrawn"}
    if end == "filed":
        sqlite_world.file("KJJ", now=LATER)
    elif end == "withdrawn":
        with sqlite_world.act(LATER, UNIT) as act:
            extensions.withdraw(act, number)
    else:
        with sqlite_world.act(LATER) as act:
            row = sqlite_world.id_of("KJJ")
            if end == "exempt":
                submissions.exempt(act, row, comment="机构撤销")
            else:
                submissions.extend(act, row, until=date(2022, 1, 20), comment="统一延期")
    with sqlite_world.look(LATER) as act:
        assert extensions.one(act, number).answer == answers[end]
        assert not extensions.waiting(act)
    events = [one.event for one in sqlite_world.history("KJJ")]
    assert ("extension-closed" in events) == (answers[end] == "closed")
    assert not sqlite_world.broken_chains()
    with sqlite_world.refusing(AlreadyAnswered), sqlite_world.act(LATER) as act:
        extensions.grant(act, number)


Attempt = Callable[[Act, int, int], object]
REFUSED: dict[str, tuple[type[Refusal], Actor, Attempt]] = {
    "to the same day": (DateRefused, UNIT, lambda a, s, _: extensions.ask(a, s, until=date(2022, 1, 4), reason="x")),
    "into the past": (DateRefused, UNIT, lambda a, s, _: extensions.ask(a, s, until=date(2021, 12, 1), reason="x")),
    "for years": (DateRefused, UNIT, lambda a, s, _: extensions.ask(a, s, until=date(2024, 1, 4), reason="x")),
    "no reason": (CommentMissing, UNIT, lambda a, s, _: extensions.ask(a, s, until=UNTIL, reason=" ")),
    "too long": (ContentUnreadable, UNIT, lambda a, s, _: extensions.ask(a, s, until=UNTIL, reason="长" * 1001)),
    "NUL": (ContentUnreadable, UNIT, lambda a, s, _: extensions.ask(a, s, until=UNTIL, reason="\0")),
    "by the office": (Forbidden, OFFICE, lambda a, s, _: extensions.ask(a, s, until=UNTIL, reason="x")),
    "by a stranger": (NotFound, STRANGER, lambda a, s, _: extensions.ask(a, s, until=UNTIL, reason="x")),
    "grant by the unit": (Forbidden, ASKER, lambda a, _, r: extensions.grant(a, r)),
    "grant by a stranger": (NotFound, STRANGER, lambda a, _, r: extensions.grant(a, r)),
    "grant too early a day": (DateRefused, OFFICE, lambda a, _, r: extensions.grant(a, r, until=date(2022, 1, 3))),
    "decline without reason": (CommentMissing, OFFICE, lambda a, _, r: extensions.decline(a, r, comment="")),
    "decline by the unit": (Forbidden, ASKER, lambda a, _, r: extensions.decline(a, r, comment="x")),
    "withdraw by a stranger": (NotFound, STRANGER, lambda a, _, r: extensions.withdraw(a, r)),
    "withdraw by the office": (Forbidden, OFFICE, lambda a, _, r: extensions.withdraw(a, r)),
    "grant nothing": (NotFound, OFFICE, lambda a, _, r: extensions.grant(a, r + 9)),
    "ask twice": (AlreadyAsked, ASKER,
                  lambda a, s, r: extensions.ask(a, extensions.one(a, r).submission_id, until=UNTIL, reason="x")),
}  # fmt: skip


def test_every_refusal_writes_nothing(sqlite_world: World, subtests: pytest.Subtests) -> None:
    number, row = ask(sqlite_world, unit="GXJ"), sqlite_world.id_of("KJJ")
    for name, (kind, actor, attempt) in REFUSED.items():
        with subtests.test(name), sqlite_world.refusing(kind), sqlite_world.act(LATER, actor) as act:
            attempt(act, row, number)


def test_what_is_filed_asks_for_no_more_time(sqlite_world: World) -> None:
    sqlite_world.file("KJJ", now=NOW)
    with sqlite_world.refusing(NotAllowedNow):
        ask(sqlite_world, now=LATER)


@pytest.mark.parametrize("rival", ["withdraw", "decline", "exempt"])
def test_grant_and_another_act_at_once_have_one_winner(world: World, rival: str) -> None:
    number, row = ask(world), world.id_of("KJJ")
    barrier, refused = Barrier(2), list[type[Refusal]]()

    def attempt(actor: Actor, do: Callable[[Act], object]) -> None:
        try:
            barrier.wait()
            with world.act(LATER, actor) as act:
                do(act)
        except Refusal as refusal:
            refused.append(type(refusal))

    rivals: dict[str, tuple[Actor, Callable[[Act], object]]] = {
        "withdraw": (UNIT, lambda act: extensions.withdraw(act, number)),
        "decline": (OFFICE, lambda act: extensions.decline(act, number, comment="请抓紧")),
        "exempt": (OFFICE, lambda act: submissions.exempt(act, row, comment="机构撤销")),
    }
    threads = [
        Thread(target=attempt, args=(OFFICE, lambda act: extensions.grant(act, number))),
        Thread(target=attempt, args=rivals[rival]),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with world.look(LATER) as act:
        answer = extensions.one(act, number).answer
    # An exemption may also follow a grant; then nothing was refused.
    assert len(refused) == (0 if rival == "exempt" and answer == "granted" and not refused else 1)
    assert set(refused) <= {AlreadyAnswered, ChangedMeanwhile, NotAllowedNow}
    assert (world.submission("KJJ").extended_from is not None) == (answer == "granted")
    assert not world.broken_chains()


def test_grant_and_filing_at_once_have_one_winner(world: World) -> None:
    number = ask(world)
    world.hand_in("KJJ", now=LATER)
    barrier, refused = Barrier(2), list[type[Refusal]]()
    (request,) = world.open_requests("KJJ")

    def attempt(do: Callable[[], object]) -> None:
        try:
            barrier.wait()
            do()
        except Refusal as refusal:
            refused.append(type(refusal))

    def grant() -> None:
        with world.act(LATER) as act:
            extensions.grant(act, number)

    threads = [
        Thread(target=attempt, args=(one,)) for one in (grant, lambda: world.decide(request, "approve", now=LATER))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row = world.submission("KJJ")
    with world.look(LATER) as act:
        answer = extensions.one(act, number).answer
    # Granted and then filed is no race lost; filed first, there is nothing to grant.
    expected = {"granted": {0, 1}, "closed": {1}, "": set[int]()}
    assert len(refused) in expected[answer] and set(refused) <= {AlreadyAnswered, ChangedMeanwhile, NotAllowedNow}
    assert (row.extended_from is not None) == (answer == "granted")
    assert not world.broken_chains()
