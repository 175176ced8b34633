"""What delegates, deciders, former approvers and the office are told, read from the store when it goes out."""

from __future__ import annotations

from datetime import date, timedelta

from notifier import reading
from notifier.letters import codes_in, links_in, write
from notifier.reading import Reading
from tests.notifier.test_reading import BASE, EDUCATION, MAYOR, MONDAY, messages
from tests.workflow import confirming
from tests.workflow.acknowledging import LAPSE, OVER, acknowledge, alerting, lapsed, link_to, send
from tests.workflow.standing_in import decide_by, grant, token_of, withdraw
from tests.workflow.world import OFFICE, World, local
from workflow import anchors, challenges, disputes, handovers, links, submissions
from workflow.tables import Anchor

DELEGATE, DELEGATES_TITLE, MAYORS_TITLE = "ldxz-mishuzhang", "秘书长", "副市长（分管教育和卫生健康）"
LATER = MONDAY + timedelta(hours=1)


def read_last(world: World, kind: str, person: str, *, at: object = MONDAY) -> Reading:
    """The last such message, read as if it went out now; its links are kept."""
    with world.act(at) as act:  # type: ignore[arg-type]
        message = messages(world, kind, person)[-1]
        found = reading.read(act, message, base_url=BASE, rehearsal=False)
        for link in found.links:
            act.session.refresh(link)
            act.session.expunge(link)
        return found


def test_a_delegate_gets_a_link_of_their_own_and_reads_for_whom(world: World) -> None:
    grant(world, MAYOR, DELEGATE, "01-03", "01-06", now=MONDAY)
    world.hand_in(EDUCATION, now=MONDAY)
    (own,), (other,) = read_last(world, "request", MAYOR).links, (found := read_last(world, "request", DELEGATE)).links
    assert (own.person, own.delegation_id) == (MAYOR, None)
    assert (other.person, other.delegation_id is not None, other.sign_off_id) == (DELEGATE, True, own.sign_off_id)
    assert found.facts is not None
    (matter,) = found.facts.matters
    assert (matter.reason, matter.on_behalf_of, found.facts.page) == ("request", MAYORS_TITLE, "")


def test_both_in_one_batch_get_the_link_that_is_theirs(world: World) -> None:
    grant(world, MAYOR, DELEGATE, "01-03", "01-06", now=MONDAY)
    world.hand_in(EDUCATION, now=MONDAY)
    with world.act(MONDAY) as act:
        both = [messages(world, "request", person)[-1] for person in (MAYOR, DELEGATE)]
        looked = reading.look(act, both)
        found = [reading.read(act, one, base_url=BASE, rehearsal=False, looked=looked) for one in both]
        assert [one.links[0].person for one in found] == [MAYOR, DELEGATE]


def test_nothing_is_asked_of_a_delegate_whose_time_is_over(world: World) -> None:
    row = grant(world, MAYOR, DELEGATE, "01-03", "01-06", now=MONDAY)
    world.hand_in(EDUCATION, now=MONDAY)
    withdraw(world, row, now=LATER)
    found = read_last(world, "request", DELEGATE, at=LATER)
    assert found.facts is None and list(found.untrue.values()) == ["已不再需要审签"]
    assert read_last(world, "request", MAYOR, at=LATER).facts is not None


def test_a_delegate_with_several_gets_one_desk(sqlite_world: World) -> None:
    grant(sqlite_world, MAYOR, DELEGATE, "01-03", "01-06", now=MONDAY)
    for unit in (EDUCATION, "WJW"):
        sqlite_world.hand_in(unit, now=MONDAY)
    found = read_last(sqlite_world, "request", DELEGATE)
    assert [(link.purpose, link.person) for link in found.links] == [
        ("item", DELEGATE), ("item", DELEGATE), ("desk", DELEGATE),
    ]  # fmt: skip


def test_delegate_and_principal_both_get_a_receipt(world: World) -> None:
    grant(world, MAYOR, DELEGATE, "01-03", "01-06", now=MONDAY)
    world.hand_in(EDUCATION, now=MONDAY)
    (request,) = world.open_requests(EDUCATION)
    decide_by(world, token_of(world, request, DELEGATE), "approve", now=MONDAY)
    own, other = (read_last(world, "receipt", person) for person in (DELEGATE, MAYOR))
    assert own.facts is not None and other.facts is not None
    assert own.facts.matters[0].happened == f"同意，2022年1月3日 09:00，代{MAYORS_TITLE}"
    assert other.facts.matters[0].happened == f"同意，2022年1月3日 09:00，由{DELEGATES_TITLE}代签"
    assert [(one.purpose, one.person) for one in (*own.links, *other.links)] == [
        ("dispute", DELEGATE), ("dispute", MAYOR),
    ]  # fmt: skip
    assert own.to_office is other.to_office is False


def test_a_receipt_goes_also_when_the_submission_has_moved_on(world: World) -> None:
    world.hand_in(EDUCATION, now=MONDAY)
    world.sign(EDUCATION, now=MONDAY)
    with world.act(LATER) as act:
        submissions.reopen(act, world.id_of(EDUCATION), comment="重新核对")
    found = read_last(world, "receipt", MAYOR, at=LATER)
    assert found.facts is not None and found.untrue == {}
    assert found.facts.matters[0].happened.startswith("同意，2022年1月3日 09:00")
    assert links_in(write(found.facts).text) == tuple(link.id for link in found.links)


def test_a_return_is_told_with_its_reason(sqlite_world: World) -> None:
    sqlite_world.hand_in(EDUCATION, now=MONDAY)
    sqlite_world.sign(EDUCATION, now=MONDAY, choice="return")
    found = read_last(sqlite_world, "receipt", MAYOR)
    assert found.facts is not None
    assert "办理结果：退回，2022年1月3日 09:00" in (text := write(found.facts).text)
    assert "意见：请补充" in text


def test_a_dispute_is_told_to_the_office_with_who_and_why(world: World) -> None:
    world.hand_in(EDUCATION, now=MONDAY)
    world.sign(EDUCATION, now=MONDAY)
    (link,) = read_last(world, "receipt", MAYOR).links
    with world.act(LATER) as act:
        found = links.resolve(act.session, act.links.token(link), LATER)
        disputes.dispute(act, found, "当时在会上")
    told = read_last(world, "notice", "office-duty-1", at=LATER)
    assert told.facts is not None
    matter = next(one for one in told.facts.matters if one.reason == "disputed")
    assert matter.comment == "当时在会上"
    assert matter.happened.startswith(f"{MAYORS_TITLE}，同意，2022年1月3日 09:00；")
    assert matter.happened.endswith("2022年1月3日 10:00表示不是本人操作")


def test_who_no_longer_signs_is_told_who_does(world: World) -> None:
    world.hand_in(EDUCATION, now=MONDAY)
    (request,) = world.open_requests(EDUCATION)
    with world.act(LATER) as act:
        handovers.reassign(act, request.id or 0, to=DELEGATE, comment="分工调整")
    found = read_last(world, "notice", MAYOR, at=LATER)
    assert found.facts is not None
    (matter,) = [one for one in found.facts.matters if one.reason == "handed-over"]
    assert (matter.happened, matter.comment, matter.link) == (f"已移交{DELEGATES_TITLE}", "分工调整", "")


def test_a_delegate_hears_once_that_the_delegation_is_over(sqlite_world: World) -> None:
    row = grant(sqlite_world, MAYOR, DELEGATE, "01-03", "01-06", now=MONDAY)
    sqlite_world.hand_in(EDUCATION, now=MONDAY)
    send(sqlite_world, LATER)
    withdraw(sqlite_world, row, now=LATER)
    found = read_last(sqlite_world, "notice", DELEGATE, at=LATER)
    assert found.facts is not None
    (matter,) = found.facts.matters
    assert (matter.reason, matter.happened) == ("handed-over", "授权代签已结束，不再由您审签")
    assert (matter.comment, matter.link) == ("", "")
    assert sqlite_world.letters("notice", person=MAYOR) == []


def test_nobody_hears_of_the_end_of_a_delegation_they_were_not_written_to_about(sqlite_world: World) -> None:
    row = grant(sqlite_world, MAYOR, DELEGATE, "01-03", "01-06", now=MONDAY)
    sqlite_world.hand_in(EDUCATION, now=MONDAY)
    withdraw(sqlite_world, row, now=MONDAY)
    assert sqlite_world.letters("notice", person=DELEGATE) == []


def test_a_return_by_the_office_is_told_to_the_approver_and_is_not_theirs(sqlite_world: World) -> None:
    sqlite_world.hand_in(EDUCATION, now=MONDAY)
    send(sqlite_world, LATER)
    with sqlite_world.act(LATER) as act:
        submissions.return_filing(act, sqlite_world.id_of(EDUCATION), comment="缺少附件")
    assert (sqlite_world.open_requests(EDUCATION), sqlite_world.letters("receipt")) == ([], [])
    [request] = sqlite_world.requests(EDUCATION)
    assert (request.decision, request.typed_name, request.closed_at) == (None, "", LATER)
    [*_, entry] = sqlite_world.history(EDUCATION)
    assert (entry.event, entry.actor, entry.comment) == ("return", OFFICE.name, "缺少附件")
    found = read_last(sqlite_world, "notice", MAYOR, at=LATER)
    assert found.facts is not None
    (matter,) = found.facts.matters
    assert (matter.happened, matter.comment) == ("已退回单位，不再由您审签", "缺少附件")


def test_a_code_is_read_with_its_place_and_its_end(database_url: str) -> None:
    with confirming.asked(database_url) as world:
        made = confirming.ask(world)
        found = read_last(world, "code", confirming.LEADER, at=confirming.NOW)
        assert [one.id for one in found.codes] == [made.id] and found.links == ()
        assert found.facts is not None and found.to_office is False and found.facts.page == ""
        letter = write(found.facts)
        assert codes_in(letter.text) == (made.id,)
        assert found.facts.matters[0].code_until == made.expires_at


def test_a_code_that_has_run_out_is_not_sent(database_url: str) -> None:
    with confirming.asked(database_url) as world:
        confirming.ask(world)
        late = read_last(world, "code", confirming.LEADER, at=confirming.NOW + challenges.LIFE)
        assert late.facts is None and list(late.untrue.values()) == ["验证码已失效"]


def test_a_code_for_what_was_withdrawn_is_not_sent(sqlite_url: str) -> None:
    with confirming.asked(sqlite_url) as world:
        confirming.ask(world)
        with world.act(confirming.NOW) as act:
            submissions.withdraw(act, world.id_of("U1", "report"))
        found = read_last(world, "code", confirming.LEADER, at=confirming.NOW)
        assert found.facts is None and list(found.untrue.values()) == ["已不再需要审签"]


def test_an_alert_to_be_signed_for_carries_one_link_and_says_until_when(database_url: str) -> None:
    with alerting(database_url) as world:
        world.sweep(LAPSE)
        found = read_last(world, "lapse", "u1-liaison", at=LAPSE)
        assert found.facts is not None
        assert found.facts.acknowledge_note == "请在收到后1个工作日内签收，逾期未签收的，转告主要负责同志。"
        assert [link.purpose for link in found.links] == ["acknowledge"]
        assert links_in(write(found.facts).text) == (found.links[0].id,)
        again = read_last(world, "lapse", "u1-liaison", at=LAPSE)
        assert again.links[0].id == found.links[0].id


def test_what_was_signed_for_is_not_asked_again(sqlite_url: str) -> None:
    with alerting(sqlite_url) as world:
        lapsed(world)
        acknowledge(world, link_to(world, "u1-liaison"), LAPSE)
        found = read_last(world, "lapse", "u1-liaison", at=LAPSE)
        assert found.facts is not None and found.links == () and found.facts.acknowledge_note == ""


def test_what_nobody_signed_for_is_told_with_whom_and_when(database_url: str) -> None:
    with alerting(database_url) as world:
        lapsed(world)
        world.sweep(OVER)
        found = read_last(world, "escalation", "u1-unit-head", at=OVER)
        assert found.facts is not None
        (matter,) = found.facts.matters
        assert (matter.reason, matter.happened) == (
            "unacknowledged", "2022年3月11日 00:00发给单位U1联络员 U1liaison的通知尚未签收",
        )  # fmt: skip


def test_what_was_signed_for_just_before_is_not_told_on(sqlite_url: str) -> None:
    with alerting(sqlite_url) as world:
        lapsed(world)
        world.sweep(OVER)
        acknowledge(world, link_to(world, "u1-liaison"), OVER)
        found = read_last(world, "escalation", "u1-unit-head", at=OVER)
        assert found.facts is None and list(found.untrue.values()) == ["已签收"]


def test_the_office_gets_the_anchor_as_the_record_has_it(world: World) -> None:
    world.hand_in(EDUCATION, now=MONDAY)
    tuesday = local("2022-01-04 00:05")
    with world.act(tuesday) as act:
        assert anchors.tend(act) == 1
    message = messages(world, "anchor", "office-duty-1")[-1]
    with world.act(tuesday) as act:
        made = act.session.get(Anchor, date(2022, 1, 3))
        assert made is not None
        found = reading.read(act, message, base_url=BASE, rehearsal=True)
        assert found.facts is not None and found.to_office is False
        letter = write(found.facts)
        assert letter.subject == "【演练】【存证】审签记录每日存证（2022年1月3日）"
        assert made.root in letter.text and anchors.lines(made) in letter.text
