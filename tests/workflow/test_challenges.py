"""The six-digit code: by another channel, for ten minutes, five tries, one decision, on both databases."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.workflow.confirming import (
    LEADER,
    NOW,
    WAYS,
    ask,
    asked,
    code_of,
    enter,
    other_than,
    request_again,
    request_of,
    roster,
    tries,
)
from workflow import challenges, signing
from workflow.challenges import LIFE, MOST_A_DAY, MOST_CODES, MOST_TRIES
from workflow.refusals import CodeRefused, CodeUnreachable, ConfirmationNeeded, DecisionIncomplete, LinkUnknown
from workflow.signing import Hand

BEFORE_THE_END = NOW + LIFE - timedelta(microseconds=1)


def test_a_decision_by_link_needs_the_code_and_writes_nothing_without(database_url: str) -> None:
    with asked(database_url) as world, world.refusing(ConfirmationNeeded) as refused:
        world.decide(request_of(world), "approve", now=NOW)
    assert isinstance(refused.value, ConfirmationNeeded) and refused.value.kind == "code"


@pytest.mark.parametrize("confirmed", ["wecom", "codes:mail", "mail"])
def test_another_second_step_than_the_one_asked_for_does_not_do(sqlite_url: str, confirmed: str) -> None:
    with asked(sqlite_url) as world, world.refusing(ConfirmationNeeded), world.act(NOW) as act:
        request = request_of(world)
        signing.sign(
            act, request.id or 0, "approve", comment="", typed_name="甲", channel="link",
            content_hash=request.content_hash, hand=Hand(LEADER, "甲副市长", confirmed=confirmed),
        )  # fmt: skip


def test_what_is_missing_is_said_before_a_code_is_asked_for(sqlite_url: str) -> None:
    with asked(sqlite_url) as world, world.refusing(DecisionIncomplete), world.act(NOW) as act:
        request = request_of(world)
        signing.sign(
            act, request.id or 0, "return", comment=" ", typed_name="甲", channel="link",
            content_hash=request.content_hash,
        )  # fmt: skip


def test_the_office_enters_a_decision_on_paper_without_a_code(sqlite_url: str) -> None:
    with asked(sqlite_url) as world, world.act(NOW) as act:
        made = signing.decide_for_office(act, world.id_of("U1", "report"), "approve", comment="见纸质审签单")
        assert (made.channel, made.confirmed) == ("office", "")


@pytest.mark.parametrize(("came_by", "sent_by"), [("wecom", "mail"), ("mail", "wecom")])
def test_the_code_goes_by_the_channel_that_the_link_did_not_come_by(
    database_url: str, came_by: str, sent_by: str
) -> None:
    with asked(database_url, sent_by=came_by) as world:
        made = ask(world)
        row = enter(world, code_of(world, made), now=BEFORE_THE_END)
        *_, entry = world.history("U1", "report")
        (letter,) = world.letters("code")
    assert (made.channel, row.decision, row.confirmed) == (sent_by, "approve", f"code:{sent_by}")
    assert entry.facts["confirmed"] == f"code:{sent_by}"
    assert (letter.person, letter.ready, letter.items[0].reason) == (LEADER, NOW, f"code:{made.id}")


def test_a_leader_who_has_got_no_message_yet_is_sent_the_code_by_wecom(sqlite_url: str) -> None:
    with asked(sqlite_url, sent_by=None) as world:
        assert ask(world).channel == "wecom"


@pytest.mark.parametrize(("wecom", "email", "known"), [("one", None, "企业微信"), (None, "one@example.cn", "电子邮件")])
def test_one_channel_alone_is_no_second_step(
    database_url: str, wecom: str | None, email: str | None, known: str
) -> None:
    came_by = "wecom" if wecom else "mail"
    with asked(database_url, given=roster(wecom=wecom, email=email), sent_by=came_by) as world:
        with world.refusing(CodeUnreachable) as refused:
            ask(world)
        assert f"只有{known}一种联系方式" in refused.value.text


def test_a_channel_that_is_not_open_is_no_second_step(sqlite_url: str) -> None:
    with asked(sqlite_url, sent_by="mail") as world, world.refusing(CodeUnreachable):
        ask(world, ways=("mail",))


def test_a_link_that_came_by_both_channels_leaves_none_for_the_code(sqlite_url: str) -> None:
    with asked(sqlite_url) as world:
        request_again(world, "mail")
        with world.refusing(CodeUnreachable) as refused:
            ask(world)
    assert "已先后经企业微信、电子邮件发送" in refused.value.text


def test_a_rehearsal_without_channels_shows_the_code_in_its_outbox(sqlite_url: str) -> None:
    with asked(sqlite_url, sent_by="outbox") as world:
        made = ask(world, ways=(challenges.OUTBOX,))
        assert enter(world, code_of(world, made)).confirmed == "code:outbox"


def test_asking_again_while_a_code_is_under_way_sends_no_other(database_url: str) -> None:
    with asked(database_url) as world:
        assert [ask(world).id, ask(world, now=BEFORE_THE_END).id] == [1, 1]
        assert len(world.letters("code")) == 1


def test_at_most_three_codes_in_ten_minutes_and_ten_a_day(database_url: str) -> None:
    with asked(database_url) as world:
        for _ in range(MOST_CODES):
            ask(world, anew=True)
        with world.refusing(CodeRefused) as refused:
            ask(world, now=BEFORE_THE_END, anew=True)
        assert "请十分钟后再试" in refused.value.text
        later = NOW
        for number in range(MOST_CODES, MOST_A_DAY):
            later = NOW + LIFE * number
            ask(world, now=later, anew=True)
        with world.refusing(CodeRefused) as refused:
            ask(world, now=later + LIFE, anew=True)
        assert "请一天后再试" in refused.value.text
        ask(world, now=NOW + timedelta(days=1), anew=True)


def test_only_the_newest_code_opens(database_url: str) -> None:
    with asked(database_url) as world:
        first = code_of(world, ask(world))
        second = code_of(world, ask(world, anew=True))
        assert first != second
        with pytest.raises(CodeRefused):
            enter(world, first)
        assert enter(world, second).decision == "approve"


def test_a_code_ends_after_ten_minutes(database_url: str) -> None:
    with asked(database_url) as world:
        code = code_of(world, ask(world))
        with world.refusing(CodeRefused):
            enter(world, code, now=NOW + LIFE)


def test_after_five_wrong_tries_the_right_code_is_refused_too(database_url: str) -> None:
    with asked(database_url) as world:
        code = code_of(world, ask(world))
        said = []
        for _ in range(MOST_TRIES):
            with pytest.raises(CodeRefused) as refused:
                enter(world, other_than(code))
            said.append(refused.value.text)
        assert [text[-6:] for text in said[:4]] == [f"可再试{left}次。" for left in (4, 3, 2, 1)]
        assert "请重新获取" in said[4]
        with world.refusing(CodeRefused):
            enter(world, code)
        assert tries(world) == [MOST_TRIES]
        assert request_of(world).decision is None


def test_tries_at_once_are_no_more_than_five(database_url: str) -> None:
    with asked(database_url) as world:
        code = code_of(world, ask(world))
        request = request_of(world)
        looked_at: list[int] = []

        def guess(number: int) -> None:
            with contextlib.suppress(CodeRefused):
                with world.act(NOW) as act:
                    counted = challenges.attempt(act, request, LEADER)
                looked_at.append(number)
                with world.act(NOW) as act:
                    challenges.check(act, request, LEADER, f"{(int(code) + number) % 1_000_000:06d}", number=counted)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(guess, range(1, 25)))
        assert len(looked_at) == MOST_TRIES
        assert tries(world) == [MOST_TRIES]
        with world.refusing(CodeRefused):
            enter(world, code)


def test_one_code_sent_twice_at_once_is_one_decision(database_url: str) -> None:
    with asked(database_url) as world:
        code, request = code_of(world, ask(world)), request_of(world)

        def send(_: int) -> str:
            try:
                return str(enter(world, code, request=request).decision)
            except CodeRefused:
                return "refused"

        with ThreadPoolExecutor(4) as pool:
            ended = sorted(pool.map(send, range(4)))
        assert ended == ["approve", "refused", "refused", "refused"]
        assert [entry.event for entry in world.history("U1", "report")].count("approve") == 1


def test_a_code_is_for_one_person_and_one_content(database_url: str) -> None:
    with asked(database_url) as world:
        code, before = code_of(world, ask(world)), request_of(world)
        with world.refusing(CodeRefused):
            enter(world, code, person="mayor")
        with world.act(NOW) as act:
            signing.decide_for_office(act, world.id_of("U1", "report"), "return", comment="请补充")
        world.hand_in("U1", "report", now=NOW, said="乙")
        with world.refusing(CodeRefused):
            enter(world, code)
        with world.refusing(LinkUnknown), world.act(NOW) as act:
            challenges.ask(act, before, LEADER, ways=WAYS)


def test_a_refused_decision_leaves_the_code_for_the_next(database_url: str) -> None:
    with asked(database_url) as world:
        code = code_of(world, ask(world))
        with world.act(NOW) as act:
            number = challenges.attempt(act, request_of(world), LEADER)
        with world.refusing(DecisionIncomplete), world.act(NOW) as act:
            request = request_of(world)
            confirmed = challenges.check(act, request, LEADER, code, number=number)
            signing.sign(
                act, request.id or 0, "approve", comment="", typed_name=" ", channel="link",
                content_hash=request.content_hash, hand=Hand(LEADER, "甲", confirmed=confirmed),
            )  # fmt: skip
        assert enter(world, code).decision == "approve"


@pytest.mark.parametrize("typed", ["{}", " {} ", "{0[0]} {0[1]}{0[2]} {0[3]}{0[4]}{0[5]}", "full-width"])
def test_a_code_may_be_typed_as_a_chinese_keyboard_writes_it(sqlite_url: str, typed: str) -> None:
    with asked(sqlite_url) as world:
        code = code_of(world, ask(world))
        wide = "".join(chr(ord("０") + int(sign)) for sign in code)
        assert enter(world, wide if typed == "full-width" else typed.format(code)).decision == "approve"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "验证码", "\x00", "\ud800", "½" * 6])
def test_anything_else_is_a_wrong_code(sqlite_url: str, typed: str) -> None:
    with asked(sqlite_url) as world:
        ask(world)
        with pytest.raises(CodeRefused):
            enter(world, typed)
        assert tries(world) == [1]


def test_neither_the_code_nor_anything_it_follows_from_alone_is_stored(database_url: str) -> None:
    with asked(database_url) as world:
        code = code_of(world, ask(world))
        assert len(code) == 6 and code.isdecimal()
        stored = [row for name, rows in world.dump().items() if name in ("challenge", "message") for row in rows]
        assert not any(f"'{code}'" in row or f" {code} " in row for row in stored)
