"""Facts are read when a message goes out, not when it was queued."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from notifier import claims, letters, reading
from notifier.channels import open_channels
from notifier.letters import Matter
from notifier.reading import REPEATED, Reading
from notifier.ways import Ways
from tests.workflow.world import World, local, ordos_roster
from workflow import links, notices, posts, submissions
from workflow.audience import Recipient
from workflow.refusals import AlreadyDecided, LinkUnknown
from workflow.tables import Message

BASE = "https://duban.example.cn"
MONDAY, TUESDAY, WEDNESDAY = local("2022-01-03 09:00"), local("2022-01-04 09:00"), local("2022-01-05 09:00")
FRIDAY = local("2022-01-07 09:30")
EDUCATION, HEALTH = "JYTYJ", "WJW"
MAYOR = "fsz-jiaoyu"


def messages(world: World, kind: str, person: str) -> list[Message]:
    """The messages of a kind to a person, oldest first."""
    with world.store.read() as session:
        found = select(Message).where(Message.kind == kind, Message.person == person)
        return list(session.exec(found.order_by(col(Message.id))).all())


def read(world: World, kind: str, person: str, *, at: object = MONDAY) -> Reading:
    """The last such message, read as if it went out now."""
    with world.act(at) as act:  # type: ignore[arg-type]
        return reading.read(act, messages(world, kind, person)[-1], base_url=BASE, rehearsal=False)


def told(world: World, kind: str, person: str, *, at: object = MONDAY) -> dict[str, Matter]:
    """What such a message says now, by unit."""
    facts = read(world, kind, person, at=at).facts
    return {matter.unit: matter for matter in facts.matters} if facts else {}


def test_requests_to_one_leader_are_one_letter(world: World) -> None:
    for unit in (EDUCATION, HEALTH):
        world.hand_in(unit, now=MONDAY)
    facts = read(world, "request", MAYOR).facts
    assert facts is not None
    assert [matter.unit for matter in facts.matters] == ["市教育体育局", "市卫生健康委员会"]
    assert [matter.standing for matter in facts.matters] == ["待审签，1月3日送审"] * 2
    assert len({*(matter.link for matter in facts.matters), facts.desk}) == 3
    assert facts.post_title == "副市长（分管教育和卫生健康）"
    assert facts.programme == "对标先进提升创建工作（2022年度）"


def test_one_request_needs_no_desk(sqlite_world: World) -> None:
    sqlite_world.hand_in(EDUCATION, now=MONDAY)
    found = read(sqlite_world, "request", MAYOR)
    assert found.facts is not None
    assert found.facts.desk == ""
    assert [link.purpose for link in found.links] == ["item"]


def test_a_decided_request_is_no_longer_asked_for(world: World) -> None:
    for unit in (EDUCATION, HEALTH):
        world.hand_in(unit, now=MONDAY)
    world.sign(EDUCATION, now=MONDAY)
    found = read(world, "request", MAYOR)
    assert found.facts is not None
    assert [matter.unit for matter in found.facts.matters] == ["市卫生健康委员会"]
    assert list(found.untrue.values()) == ["已不再需要审签"]


def test_a_request_withdrawn_and_made_again_is_asked_for_once(sqlite_world: World) -> None:
    sqlite_world.hand_in(EDUCATION, now=MONDAY)
    with sqlite_world.act(MONDAY) as act:
        submissions.withdraw(act, sqlite_world.id_of(EDUCATION))
    sqlite_world.hand_in(EDUCATION, now=MONDAY, said="乙")
    found = read(sqlite_world, "request", MAYOR)
    assert found.facts is not None
    (matter,) = found.facts.matters
    (request,) = sqlite_world.open_requests(EDUCATION)
    assert [link.sign_off_id for link in found.links] == [request.id]
    assert matter.link == letters.placeholder(found.links[0].id or 0)
    assert len(found.untrue) == 1


def test_the_link_of_a_withdrawn_request_is_dead(world: World) -> None:
    world.hand_in(EDUCATION, now=MONDAY)
    (link,) = read(world, "request", MAYOR).links
    token = world.links.token(link)
    with world.look() as act:
        assert links.resolve(act.session, token, MONDAY).id == link.id
    with world.act(MONDAY) as act:
        submissions.withdraw(act, world.id_of(EDUCATION))
    assert read(world, "request", MAYOR).facts is None
    with world.look() as act, pytest.raises(LinkUnknown):
        links.resolve(act.session, token, MONDAY)


def test_the_link_of_a_returned_request_opens_no_decision_but_the_one_made(sqlite_world: World) -> None:
    sqlite_world.hand_in(EDUCATION, now=MONDAY)
    (request,) = sqlite_world.open_requests(EDUCATION)
    sqlite_world.decide(request, "return", now=MONDAY)
    assert list(read(sqlite_world, "request", MAYOR).untrue.values()) == ["已不再需要审签"]
    with pytest.raises(AlreadyDecided):
        sqlite_world.decide(request, "approve", now=MONDAY)
    sqlite_world.hand_in(EDUCATION, now=MONDAY, said="乙")
    (link,) = read(sqlite_world, "request", MAYOR).links
    assert link.sign_off_id != request.id


def test_a_link_in_the_second_half_of_its_life_is_renewed(world: World) -> None:
    world.hand_in(EDUCATION, now=MONDAY)
    (first,) = read(world, "request", MAYOR).links
    (same,) = read(world, "request", MAYOR, at=MONDAY + timedelta(days=6)).links
    (renewed,) = read(world, "request", MAYOR, at=MONDAY + timedelta(days=8)).links
    assert same.id == first.id != renewed.id
    assert renewed.expires_at == MONDAY + timedelta(days=22)


def test_a_reminder_already_claimed_leaves_out_what_was_filed_meanwhile(world: World) -> None:
    world.advance(local("2021-12-31 09:00"))
    while claims.claim(world.store, MONDAY, MONDAY, Ways(open_channels(None, None, []))):
        pass
    world.file("ZZB", now=MONDAY)
    launched, filed = messages(world, "notice", "zzb-liaison")
    with world.act(MONDAY) as act:
        found = [reading.read(act, one, base_url=BASE, rehearsal=False) for one in (launched, filed)]
    assert [one.facts is None for one in found] == [True, False]
    assert list(found[0].untrue.values()) == ["已不需提醒：已报送"]


def test_a_reminder_that_missed_its_deadline_is_not_sent(sqlite_world: World) -> None:
    sqlite_world.advance(local("2022-01-05 00:00"))
    assert list(read(sqlite_world, "reminder", "zzb-head", at=WEDNESDAY).untrue.values()) == ["已逾期，另行通知"]


def test_an_escalation_tells_only_of_those_still_late(world: World) -> None:
    world.advance(WEDNESDAY)
    world.file(EDUCATION, now=WEDNESDAY)
    world.hand_in(HEALTH, now=WEDNESDAY)
    found = told(world, "escalation", MAYOR, at=WEDNESDAY)
    assert "市教育体育局" not in found
    assert len(found) == 5
    at_the_leader, at_the_unit = found["市卫生健康委员会"], found["市医疗保障局"]
    assert (at_the_leader.reason, bool(at_the_leader.link)) == ("chase", True)
    assert (at_the_unit.reason, at_the_unit.stuck_with) == ("escalation", "该单位联络员、主要负责同志")
    assert (at_the_unit.lateness, at_the_unit.standing) == ("逾期1天（1个工作日）", "未提交")


def test_a_unit_is_told_at_whose_desk_its_paper_lies(sqlite_world: World) -> None:
    sqlite_world.hand_in(EDUCATION, now=MONDAY)
    sqlite_world.advance(WEDNESDAY)
    (matter,) = told(sqlite_world, "escalation", "jytyj-head", at=WEDNESDAY).values()
    assert matter.stuck_with == "副市长（分管教育和卫生健康）"
    assert matter.standing == "待审签，1月3日送审"
    assert matter.link == ""


def test_a_person_is_named_beside_the_post_when_the_names_differ(sqlite_world: World) -> None:
    people = tuple(replace(one, name="甲某") if one.key == MAYOR else one for one in ordos_roster().people)
    with sqlite_world.act(MONDAY) as act:
        posts.import_roster(act.session, replace(ordos_roster(), people=people))
    sqlite_world.hand_in(EDUCATION, now=MONDAY)
    sqlite_world.advance(WEDNESDAY)
    (matter,) = told(sqlite_world, "escalation", "jytyj-head", at=WEDNESDAY).values()
    assert matter.stuck_with == "副市长（分管教育和卫生健康）（甲某）"


def test_a_chase_reaches_its_approver_until_they_decide(sqlite_world: World) -> None:
    sqlite_world.hand_in(EDUCATION, now=MONDAY)
    sqlite_world.advance(local("2022-01-04 09:00"))
    (matter,) = told(sqlite_world, "reminder", MAYOR, at=TUESDAY).values()
    assert (matter.reason, bool(matter.link)) == ("chase", True)
    sqlite_world.sign(EDUCATION, now=TUESDAY)
    assert list(read(sqlite_world, "reminder", MAYOR, at=TUESDAY).untrue.values()) == ["已不再等候审签"]


def test_a_return_carries_its_last_reason(sqlite_world: World) -> None:
    sqlite_world.hand_in(EDUCATION, now=MONDAY)
    (request,) = sqlite_world.open_requests(EDUCATION)
    sqlite_world.decide(request, "return", now=MONDAY, comment="指标不全")
    (matter,) = told(sqlite_world, "notice", "jytyj-liaison").values()
    assert (matter.reason, matter.comment) == ("returned", "指标不全")
    sqlite_world.hand_in(EDUCATION, now=MONDAY, said="乙")
    assert list(read(sqlite_world, "notice", "jytyj-liaison").untrue.values()) == ["已不在单位处：已提交，等候审签"]


def test_an_urge_carries_the_offices_words(sqlite_world: World) -> None:
    with sqlite_world.act(MONDAY) as act:
        submissions.urge(act, sqlite_world.id_of(EDUCATION), comment="请今天下班前报送")
    (matter,) = told(sqlite_world, "urge", "jytyj-liaison").values()
    assert matter.comment == "请今天下班前报送"


def test_an_urge_follows_the_paper_off_the_desk(sqlite_world: World) -> None:
    with sqlite_world.act(MONDAY) as act:
        submissions.urge(act, sqlite_world.id_of(EDUCATION))
    sqlite_world.hand_in(EDUCATION, now=MONDAY)
    assert list(read(sqlite_world, "urge", "jytyj-head").untrue.values()) == ["已不在此人处：已提交，等候审签"]


def test_an_extension_tells_both_dates_and_the_reason(sqlite_world: World) -> None:
    with sqlite_world.act(MONDAY) as act:
        submissions.extend(act, sqlite_world.id_of(EDUCATION), until=date(2022, 1, 10), comment="外出调研")
    (matter,) = told(sqlite_world, "notice", "jytyj-liaison").values()
    assert (matter.reason, matter.comment) == ("extended", "外出调研")
    assert matter.due == "2022年1月10日前（原为2022年1月4日前）"


def test_two_extensions_in_one_letter_are_the_last(world: World) -> None:
    for day in (10, 11):
        with world.act(MONDAY) as act:
            submissions.extend(act, world.id_of(EDUCATION), until=date(2022, 1, day), comment=f"延到{day}日")
    found = read(world, "notice", "jytyj-liaison")
    assert found.facts is not None
    (matter,) = found.facts.matters
    assert (matter.due_date, matter.comment) == (date(2022, 1, 11), "延到11日")
    assert list(found.untrue.values()) == [REPEATED]


def test_a_late_filing_is_said_to_be_late(sqlite_world: World) -> None:
    sqlite_world.hand_in(EDUCATION, now=MONDAY)
    sqlite_world.advance(WEDNESDAY)
    sqlite_world.sign(EDUCATION, now=WEDNESDAY)
    (matter,) = told(sqlite_world, "notice", "jytyj-liaison", at=WEDNESDAY).values()
    assert (matter.reason, matter.standing) == ("filed", "已报送（逾期），1月5日收到")


def test_one_matter_leads_to_its_page_and_several_to_the_programme(sqlite_world: World) -> None:
    sqlite_world.advance(WEDNESDAY)
    one = read(sqlite_world, "escalation", "jytyj-head", at=WEDNESDAY).facts
    several = read(sqlite_world, "escalation", MAYOR, at=WEDNESDAY).facts
    assert one is not None and several is not None
    assert one.page == f"{BASE}/submissions/{sqlite_world.id_of(EDUCATION)}"
    assert several.page == "", "a leader has no account, a page would only shut them out"
    sqlite_world.advance(FRIDAY)
    office = read(sqlite_world, "escalation", "office-duty-1", at=FRIDAY).facts
    assert office is not None and office.page == f"{BASE}/programmes/ordos-benchmarking-2022"


def test_only_a_launchs_own_letters_announce_it(sqlite_world: World) -> None:
    launched = read(sqlite_world, "notice", "zzb-liaison").facts
    assert launched is not None and launched.launched
    odd = Recipient("zzb-head", "某人:launch:", "unit-head", "主要负责同志")
    with sqlite_world.act(MONDAY) as act:
        topic = notices.Topic(odd, sqlite_world.id_of("ZZB"), "reminder", "rung:9")
        notices.tell(act, notices.Envelope("reminder", 1, "sweep:launch:", MONDAY), [topic])
    later = read(sqlite_world, "reminder", "zzb-head").facts
    assert later is not None and not later.launched
