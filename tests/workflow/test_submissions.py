"""What units and the office do to a submission, on both databases."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.workflow.world import World, local
from workflow import attachments, links, posts, submissions
from workflow.acts import Actor
from workflow.refusals import (
    AlreadyUrged,
    ContentChanged,
    LinkUnknown,
    NobodyToUrge,
    NotFound,
    PrerequisiteNotFiled,
)
from workflow.roster import Roster
from workflow.tables import Content

MORNING = local("2022-01-04 09:30")
LAST = local("2022-01-04 23:59:59.999999")
LATE = local("2022-01-05 00:00")
KJJ = Actor("市科学技术局联络员", "unit", "KJJ")


def test_a_filled_in_form_is_kept_version_by_version(world: World) -> None:
    world.fill("KJJ", now=MORNING, said="甲")
    row = world.fill("KJJ", now=MORNING, said="乙")
    assert (row.state, row.content_version) == ("draft", 2)
    with world.look() as act:
        kept = [act.session.get_one(Content, (row.id, version)).fields["learning"] for version in (1, 2)]
    assert kept == ["学习内容：甲", "学习内容：乙"]


def test_an_unfinished_draft_is_kept(world: World) -> None:
    with world.act(MORNING, KJJ) as act:
        row = submissions.save(act, world.id_of("KJJ"), {"benchmark-region": " 江苏省徐州市 "}, if_version=0)
        assert submissions.content_of(act, row) == {"benchmark-region": "江苏省徐州市"}


def test_a_stale_version_is_refused_and_the_current_one_named(world: World) -> None:
    world.fill("KJJ", now=MORNING)
    world.fill("KJJ", now=MORNING)
    with world.refusing(ContentChanged) as refused, world.act(MORNING) as act:
        submissions.save(act, world.id_of("KJJ"), {}, if_version=1)
    assert "第2版" in refused.value.text


def test_a_submitted_form_waits_for_its_approver(world: World) -> None:
    row = world.hand_in("KJJ", now=MORNING)
    assert (row.standing, row.state, row.waiting_on, row.round) == ("pending", "pending", "approver", 1)
    assert row.chase_at == local("2022-01-05 09:00")


def test_what_needs_no_sign_off_is_filed_by_submitting_it(world: World) -> None:
    row = world.hand_in("KJJ", "research-trip", now=local("2022-02-10 23:59:59.999999"))
    assert (row.state, row.waiting_on, row.late, row.light) == ("filed", "none", False, "green")
    assert row.filed_at == local("2022-02-10 23:59:59.999999")
    assert world.requests("KJJ", "research-trip") == []


@pytest.mark.parametrize(("when", "late"), [("2022-02-10 23:59:59.999999", False), ("2022-02-11 00:00", True)])
def test_the_last_microsecond_of_the_day_is_in_time(world: World, when: str, late: bool) -> None:
    row = world.hand_in("KJJ", "research-trip", now=local(when))
    assert (row.state, row.late, row.light) == ("filed", late, "yellow" if late else "green")
    events = [(entry.event, entry.source, entry.dest) for entry in world.history("KJJ", "research-trip")][-2:]
    assert events[-1] == ("submit", "overdue-draft" if late else "draft", "filed")


def test_a_deadline_that_passed_is_noted_before_anybody_acts(world: World) -> None:
    world.fill("KJJ", now=MORNING)
    world.submit("KJJ", now=LATE)
    events = [(entry.event, entry.at) for entry in world.history("KJJ")][-2:]
    assert events == [("lapse", LATE), ("submit", LATE)]
    assert world.submission("KJJ").standing == "overdue-pending"


def test_a_work_plan_waits_for_the_research_trip(world: World) -> None:
    now = local("2022-02-10 10:00")
    world.fill("KJJ", "work-plan", now=now)
    with world.refusing(PrerequisiteNotFiled) as refused, world.act(now) as act:
        submissions.submit(act, world.id_of("KJJ", "work-plan"))
    assert "建立工作联系并开展专题调研" in refused.value.text
    world.file("KJJ", "research-trip", now=now)
    assert world.submit("KJJ", "work-plan", now=now).state == "pending"


def test_an_exempt_prerequisite_is_none(world: World) -> None:
    now = local("2022-02-10 10:00")
    with world.act(now) as act:
        submissions.exempt(act, world.id_of("KJJ", "research-trip"), comment="受疫情影响")
    assert world.hand_in("KJJ", "work-plan", now=now).state == "pending"


def test_attachments_are_part_of_the_content(world: World) -> None:
    row = world.fill("KJJ", "work-plan", now=MORNING)
    with world.look() as act:
        [plan] = submissions.content_of(act, row)["plan"]
    with world.act(MORNING) as act:
        kept = attachments.attach(
            act, row.id or 0, field=None, name="..\\..\\附表\u202e.pdf", media_type="text/plain", data=b"%PDF-1.4"
        )
        assert kept.name == "附表.pdf"
        changed = submissions.save(act, row.id or 0, {}, if_version=None)
        assert [file["name"] for file in submissions.content_of(act, changed)["plan"]] == [plan["name"], "附表.pdf"]
        attachments.detach(act, row.id or 0, plan["id"])
    after = world.submission("KJJ", "work-plan")
    assert (after.content_version, after.content_hash != row.content_hash) == (row.content_version + 3, True)


def test_the_same_content_has_the_same_hash(world: World) -> None:
    first = world.fill("KJJ", now=MORNING)
    other = world.fill("KJJ", now=MORNING, said="乙")
    again = world.fill("KJJ", now=MORNING)
    assert first.content_hash == again.content_hash != other.content_hash


def test_withdrawing_closes_the_request_and_kills_its_link(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    [request] = world.open_requests("KJJ")
    with world.act(MORNING) as act:
        token = world.links.token(world.links.for_sign_off(act.session, request, MORNING))
        assert links.resolve(act.session, token, MORNING).sign_off_id == request.id
        submissions.withdraw(act, world.id_of("KJJ"))
        with pytest.raises(LinkUnknown):
            links.resolve(act.session, token, MORNING)
    row = world.submission("KJJ")
    assert (row.standing, row.chase_at, row.pending_since) == ("draft", None, None)
    assert world.open_requests("KJJ") == []


def test_an_extension_moves_the_date_and_keeps_the_first(world: World) -> None:
    with world.act(MORNING) as act:
        submissions.extend(act, world.id_of("KJJ"), until=date(2022, 1, 10), comment="机构调整")
        submissions.extend(act, world.id_of("KJJ"), until=date(2022, 1, 12), comment="再延")
    row = world.submission("KJJ")
    assert (row.due_date, row.due_at) == (date(2022, 1, 12), local("2022-01-13"))
    assert row.extended_from == date(2022, 1, 4)
    assert world.submission("GXJ").due_date == date(2022, 1, 4)
    [*_, entry] = world.history("KJJ")
    assert (entry.event, entry.comment, entry.facts) == (
        "extend",
        "再延",
        {"from": "2022-01-10", "until": "2022-01-12"},
    )


@pytest.mark.parametrize(("handed_in", "standing"), [(False, "draft"), (True, "pending")])
def test_an_extension_takes_an_overdue_back(world: World, handed_in: bool, standing: str) -> None:
    if handed_in:
        world.hand_in("KJJ", now=MORNING)
    world.sweep(LATE)
    assert world.submission("KJJ").standing == f"overdue-{standing}"
    with world.act(LATE) as act:
        submissions.extend(act, world.id_of("KJJ"), until=date(2022, 1, 10), comment="机构调整")
    row = world.submission("KJJ")
    assert (row.standing, row.light) == (standing, "green")


def test_an_exemption_ends_the_duty_and_the_request(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    with world.act(MORNING) as act:
        submissions.exempt(act, world.id_of("KJJ"), comment="不承担此项工作")
    row = world.submission("KJJ")
    assert (row.state, row.waiting_on, row.chase_at) == ("exempt", "none", None)
    assert world.open_requests("KJJ") == []
    assert world.sweep(LATE).lapsed == 60
    assert world.submission("KJJ").state == "exempt"


@pytest.mark.parametrize(("when", "standing"), [(LAST, "draft"), (LATE, "overdue-draft")])
def test_a_reopened_filing_is_the_units_again(world: World, when: datetime, standing: str) -> None:
    world.file("KJJ", now=MORNING)
    with world.act(when) as act:
        submissions.reopen(act, world.id_of("KJJ"), comment="内容有误")
    row = world.submission("KJJ")
    assert (row.standing, row.filed_at, row.late, row.waiting_on) == (standing, None, False, "unit")


def test_a_filing_returned_by_the_office_can_be_filed_again(world: World) -> None:
    world.file("KJJ", now=MORNING)
    with world.act(MORNING) as act:
        submissions.return_filing(act, world.id_of("KJJ"), comment="请补充指标")
    [notice] = [one for one in world.letters("notice") if one.items[0].reason.startswith("returned:")]
    assert (notice.person, notice.ready) == ("kjj-liaison", MORNING)
    row = world.file("KJJ", now=local("2022-01-04 15:00"))
    assert (row.state, row.round, row.late) == ("filed", 2, False)


def test_returning_a_pending_one_kills_its_links(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    with world.act(MORNING) as act:
        submissions.return_filing(act, world.id_of("KJJ"), comment="材料不全")
    assert world.submission("KJJ").standing == "draft"
    assert world.open_requests("KJJ") == []


def test_an_urge_reaches_whoever_it_is_stuck_with_once_a_day(world: World) -> None:
    with world.act(MORNING) as act:
        submissions.urge(act, world.id_of("KJJ"))
    world.hand_in("GXJ", now=MORNING)
    with world.act(MORNING) as act:
        submissions.urge(act, world.id_of("GXJ"))
    heard = {(letter.items[0].unit, letter.person) for letter in world.letters("urge")}
    assert heard == {("KJJ", "kjj-liaison"), ("KJJ", "kjj-head"), ("GXJ", "fsz-gongye")}
    with world.refusing(AlreadyUrged), world.act(LAST) as act:
        submissions.urge(act, world.id_of("KJJ"))
    with world.act(LATE) as act:
        assert submissions.urge(act, world.id_of("KJJ")).last_alert_at == LATE


def test_an_urge_to_nobody_says_that_nobody_is_there(world: World) -> None:
    with world.act(MORNING) as act:
        roster = posts.export(act.session)
        left = tuple(post for post in roster.posts if post.unit != "KJJ")
        posts.import_roster(act.session, Roster(roster.units, roster.people, left, roster.supervision))
    with world.refusing(NobodyToUrge), world.act(MORNING) as act:
        submissions.urge(act, world.id_of("KJJ"))


def test_another_units_submission_is_not_there(world: World) -> None:
    with world.refusing(NotFound), world.act(MORNING, KJJ) as act:
        submissions.save(act, world.id_of("GXJ"), {}, if_version=None)


def test_a_filing_reopened_behind_the_sweeps_back_is_overdue(world: World) -> None:
    world.file("KJJ", now=MORNING)
    world.sweep(LATE)
    with world.act(LAST) as act:
        submissions.reopen(act, world.id_of("KJJ"), comment="内容有误")
    assert world.submission("KJJ").standing == "overdue-draft"
