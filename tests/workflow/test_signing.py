"""Asking approvers and their decisions, on both databases."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.workflow.world import OFFICE, World, local
from workflow import links, posts, signing, submissions
from workflow.refusals import AlreadyDecided, ContentChanged, LinkUnknown
from workflow.roster import PersonRow, PostRow, Roster
from workflow.tables import SignOff

MORNING = local("2022-01-04 10:00")
LAST = local("2022-01-04 23:59:59.999999")
LATE = local("2022-01-05 00:00")
LEADER, TITLE = "fsz-gongye", "副市长（分管工业和信息化）"


def token_of(world: World, request: SignOff) -> str:
    with world.act(MORNING) as act:
        return world.links.token(world.links.for_sign_off(act.session, request, MORNING))


@pytest.mark.parametrize(("when", "late"), [(LAST, False), (LATE, True)])
def test_the_instant_of_the_signature_decides_whether_it_is_late(world: World, when: datetime, late: bool) -> None:
    world.hand_in("KJJ", now=MORNING)
    row = world.sign("KJJ", now=when)
    assert (row.state, row.filed_at, row.late) == ("filed", when, late)
    assert (row.light, row.waiting_on, row.chase_at) == ("yellow" if late else "green", "none", None)


def test_a_slow_leader_makes_the_unit_overdue_waiting_on_the_approver(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    world.advance(local("2022-01-06 09:00"))
    row = world.submission("KJJ")
    assert (row.state, row.waiting_on) == ("overdue", "approver")
    about = [(one.kind, one.ready) for one in world.letters(person=LEADER) if "KJJ" in one.units]
    assert about == [
        ("request", local("2022-01-04 10:10")),
        ("lapse", LATE),
        ("escalation", local("2022-01-05 09:00")),
        ("reminder", local("2022-01-06 09:00")),
    ]


def test_an_approver_is_chased_five_times_at_most(world: World) -> None:
    world.file("KJJ", "research-trip", now=MORNING)
    world.hand_in("KJJ", "work-plan", now=MORNING)
    world.advance(local("2022-01-30 00:00"))
    chases = [one.ready for one in world.letters("reminder", person=LEADER)]
    assert chases == [local(f"2022-01-{day} 09:00") for day in ("05", "06", "07", "10", "11")]
    row = world.submission("KJJ", "work-plan")
    assert (row.state, row.chases, row.chase_at) == ("pending", 5, None)


def test_party_departments_sign_by_their_own_head(world: World) -> None:
    for unit in ("ZZB", "XCB", "TZB", "ZFW", "KJJ"):
        world.hand_in(unit, now=MORNING)
    asked = {unit: [one.person for one in world.requests(unit)] for unit in ("ZZB", "XCB", "TZB", "ZFW", "KJJ")}
    assert asked == {
        "ZZB": ["zzb-head"], "XCB": ["xcb-head"], "TZB": ["tzb-head"], "ZFW": ["zfw-head"], "KJJ": ["fsz-gongye"],
    }  # fmt: skip
    [request] = world.requests("ZZB")
    assert (request.post, request.post_title) == ("unit-head", "市委组织部主要负责同志")


def test_ten_units_waiting_for_one_leader_are_one_message(world: World) -> None:
    units = ["FGW", "CZJ", "YJJ", "SJJ", "TJJ", "JRB", "SWUJ", "RH", "YBJF", "DCD"]
    for number, unit in enumerate(units):
        world.hand_in(unit, now=local(f"2022-01-04 10:0{number}"))
    [letter] = world.letters("request")
    assert (letter.person, letter.ready, letter.units) == ("fsz-changwu", local("2022-01-04 10:10"), tuple(units))


def test_in_the_last_hour_a_request_goes_at_once(world: World) -> None:
    now = local("2022-01-04 23:00:01")
    world.hand_in("KJJ", now=now)
    assert [one.ready for one in world.letters("request")] == [now]


def test_a_return_gives_the_reason_to_the_unit_at_once(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    [request] = world.open_requests("KJJ")
    world.decide(request, "return", now=LAST, comment=" 请量化目标 ")
    row = world.submission("KJJ")
    assert (row.standing, row.pending_since, row.chase_at) == ("draft", None, None)
    [*_, entry] = world.history("KJJ")
    assert (entry.event, entry.comment, entry.source, entry.dest) == ("return", "请量化目标", "pending", "draft")
    [letter] = [one for one in world.letters("notice", person="kjj-liaison") if "returned" in one.items[0].reason]
    assert letter.ready == LAST


def test_the_link_of_a_return_keeps_showing_the_receipt(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    [request] = world.open_requests("KJJ")
    token = token_of(world, request)
    world.decide(request, "return", now=LAST)
    world.hand_in("KJJ", now=LAST, said="乙")
    assert [one.round for one in world.requests("KJJ")] == [1, 2]
    with world.look() as act:
        assert links.resolve(act.session, token, LAST).sign_off_id == request.id
    assert world.decide(request, "return", now=LAST).decided_at == LAST


def test_links_to_content_that_was_withdrawn_are_dead(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    [request] = world.open_requests("KJJ")
    token = token_of(world, request)
    with world.act(MORNING) as act:
        submissions.withdraw(act, world.id_of("KJJ"))
    world.hand_in("KJJ", now=MORNING)
    with world.look() as act, pytest.raises(LinkUnknown):
        links.resolve(act.session, token, MORNING)
    with world.refusing(LinkUnknown):
        world.decide(request, "approve", now=MORNING)


def test_a_return_lets_the_next_rungs_speak_again(world: World) -> None:
    world.advance(local("2022-02-09 10:00"))
    world.file("KJJ", "research-trip", now=local("2022-02-09 10:00"))
    world.file("GXJ", "research-trip", now=local("2022-02-09 10:00"))
    world.hand_in("KJJ", "work-plan", now=local("2022-02-09 10:00"))
    world.hand_in("GXJ", "work-plan", now=local("2022-02-09 10:00"))
    world.advance(local("2022-02-11 10:00"))
    world.sign("KJJ", "work-plan", now=local("2022-02-11 10:00"), choice="return")
    world.advance(local("2022-02-15 00:00"))
    reminded = {
        one.person
        for one in world.letters("reminder")
        for item in one.items
        if item.obligation == "work-plan" and item.unit in ("KJJ", "GXJ") and one.person.endswith(("liaison", "head"))
    }
    assert reminded == {"kjj-liaison", "kjj-head"}


def test_the_same_decision_twice_is_one_record(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    [request] = world.open_requests("KJJ")
    first = world.decide(request, "approve", now=MORNING)
    before = world.dump()
    again = world.decide(request, "approve", now=LATE)
    assert (again.id, again.decided_at, again.typed_name) == (first.id, first.decided_at, first.typed_name)
    assert world.dump() == before


def test_the_opposite_decision_names_the_first(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    [request] = world.open_requests("KJJ")
    world.decide(request, "approve", now=MORNING)
    with world.refusing(AlreadyDecided) as refused:
        world.decide(request, "return", now=LAST)
    assert refused.value.text == "该事项已于2022年01月04日 10:00作出“同意”的决定，不能再改为其他决定。"


def test_another_text_than_the_one_shown_is_not_signed(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    [request] = world.open_requests("KJJ")
    shown = SignOff(**{**request.model_dump(), "content_hash": "0" * 64})
    with world.refusing(ContentChanged):
        world.decide(shown, "approve", now=MORNING)


def name_the_leader(world: World, name: str) -> None:
    with world.act(MORNING) as act:
        roster = posts.export(act.session)
        people = tuple(PersonRow(one.key, name, one.email) if one.key == LEADER else one for one in roster.people)
        posts.import_roster(act.session, Roster(roster.units, people, roster.posts, roster.supervision))


def test_history_keeps_name_post_and_text_as_they_were(world: World) -> None:
    name_the_leader(world, "任职人甲")
    world.file("KJJ", now=MORNING)
    name_the_leader(world, "任职人乙")
    [*_, entry] = world.history("KJJ")
    assert (entry.actor, entry.facts["holder"], entry.facts["post"]) == (f"{TITLE} 任职人甲", "任职人甲", TITLE)
    assert entry.facts["content_hash"] == world.submission("KJJ").content_hash


def test_whoever_holds_the_post_when_asked_is_asked(world: World) -> None:
    with world.act(MORNING) as act:
        roster = posts.export(act.session)
        people = (*roster.people, PersonRow("new", "新任副市长", "new@example.cn"))
        held = tuple(PostRow(one.post, one.unit, "new") if one.person == LEADER else one for one in roster.posts)
        posts.import_roster(act.session, Roster(roster.units, people, held, roster.supervision))
    world.hand_in("KJJ", now=MORNING)
    assert [one.person for one in world.requests("KJJ")] == ["new"]


def test_the_office_may_enter_a_decision_given_on_paper(world: World) -> None:
    name_the_leader(world, "任职人甲")
    world.hand_in("KJJ", now=MORNING)
    with world.act(MORNING) as act:
        made = signing.decide_for_office(act, world.id_of("KJJ"), "approve", comment="见纸质审签单")
        assert (made.channel, made.typed_name) == ("office", "任职人甲")
    [*_, entry] = world.history("KJJ")
    assert (entry.actor, entry.comment) == (f"{OFFICE.name}（代录 {TITLE} 任职人甲）", "见纸质审签单")


def test_the_database_holds_no_token(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    token = token_of(world, world.open_requests("KJJ")[0])
    assert len(token) == 43
    assert not any(token in row for rows in world.dump().values() for row in rows)


def test_a_link_dies_with_its_last_day(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    token = token_of(world, world.open_requests("KJJ")[0])
    end = local("2022-01-18 10:00")
    with world.look() as act:
        assert links.resolve(act.session, token, local("2022-01-18 09:59:59"))
        for lost in (token[:-1], "", token + "A"):
            with pytest.raises(LinkUnknown):
                links.resolve(act.session, lost, MORNING)
        with pytest.raises(LinkUnknown):
            links.resolve(act.session, token, end)


def test_every_return_reaches_the_unit(sqlite_world: World) -> None:
    world, number = sqlite_world, sqlite_world.id_of("KJJ")
    world.file("KJJ", now=MORNING)
    with world.act(MORNING) as act:
        returned = submissions.return_filing(act, number, comment="再改").history_seq
        # Rounds are numbered too: the round that the office's return was the so-many-th entry of.
        while submissions.submit(act, number).round < returned:
            submissions.withdraw(act, number)
    world.sign("KJJ", now=MORNING, choice="return")
    told = [item.reason for one in world.letters("notice", person="kjj-liaison") for item in one.items]
    assert len([reason for reason in told if reason.startswith("returned:")]) == 2
