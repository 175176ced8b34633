"""What the mechanisms of the Weifang plan do when people act: lists, meetings, reviews, lights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import col, select

from documents import rosters
from tests.workflow.world import World, a_value, local
from workflow import attachments, findings, ledger, library, submissions
from workflow.refusals import ContentIncomplete, PrerequisiteNotFiled
from workflow.tables import SignOff, Submission

DEFINITIONS = Path(__file__).parents[2] / "definitions"
PINNED = library.load(DEFINITIONS / "weifang-key-work.yaml", cycle=2020)
ROSTER = rosters.read(DEFINITIONS / "rosters" / "weifang-key-work.xlsx")
LAUNCH = local("2020-01-01 08:30")
SUPERVISION = "weifang-key-work.project-supervision"
PROBLEMS = [
    {"what": "用地指标未落实", "project": "高端装备产业园", "unit": "寿光市", "due": "2020-02-14"},
    {"what": "施工许可未办", "project": "货运枢纽", "unit": "市交通运输局", "due": "2020-02-07"},
]


@pytest.fixture
def weifang(sqlite_url: str) -> Iterator[World]:
    """The programme launched on New Year's Day."""
    with closing(World.launched(sqlite_url, now=LAUNCH, pinned=PINNED, roster=ROSTER, cycle=2020)) as world:
        yield world


def found(world: World, obligation: str, occurrence: str | None = None, *, unit: str | None = None) -> list[Submission]:
    """The submissions of an obligation, in the order they came to be."""
    query = select(Submission).where(Submission.obligation == obligation).order_by(col(Submission.id))
    with world.store.read() as session:
        return [one for one in session.exec(query) if occurrence in (None, one.occurrence) and unit in (None, one.unit)]


def fill(world: World, row: Submission, now: datetime, **given: object) -> int:
    """Fill in what is given and something valid for the rest; returns the id."""
    form = PINNED.definition.obligations[row.obligation].form
    assert row.id is not None
    values = {name: a_value(field, "甲") for name, field in form.items() if field.type not in ("file", "table")}
    with world.act(now) as act:
        submissions.save(act, row.id, values | given, if_version=None)
        for name in (name for name, field in form.items() if field.type == "file" and field.required):
            attachments.attach(act, row.id, field=name, name="材料.pdf", media_type="application/pdf", data=b"%PDF-1.7")
    return row.id


def hand_in(world: World, row: Submission, now: datetime, **given: object) -> Submission:
    """Fill in and submit; every approver who is asked agrees."""
    number = fill(world, row, now, **given)
    with world.act(now) as act:
        submissions.submit(act, number)
    for request in asked(world, number):
        world.decide(request, "approve", now=now)
    return now_of(world, row)


def asked(world: World, number: int) -> list[SignOff]:
    """The sign-offs asked for a submission."""
    with world.store.read() as session:
        return list(session.exec(select(SignOff).where(SignOff.submission_id == number)))


def now_of(world: World, row: Submission) -> Submission:
    """A submission as it is now."""
    assert row.id is not None
    with world.store.read() as session:
        return ledger.load(session, row.id)


def listed(world: World, month: str, now: datetime) -> Submission:
    """A month's problem list with two problems, handed in."""
    (row,) = found(world, "problem-list", month)
    return hand_in(world, row, now, problems=PROBLEMS)


def test_each_problem_on_the_list_is_owed_by_its_unit_until_its_own_day(weifang: World) -> None:
    now = local("2020-01-19 16:00")
    row = listed(weifang, "2020-01", now)
    assert (row.state, row.late) == ("filed", False)
    solving = found(weifang, "problem-solving")
    assert [(one.unit, one.heading, str(one.due_date), one.cause_id) for one in solving] == [
        ("SGS", "用地指标未落实", "2020-02-14", row.id),
        ("JTJ", "施工许可未办", "2020-02-07", row.id),
    ]
    told = {person for letter in weifang.letters("notice") for person in [letter.person] if letter.ready == now}
    assert {"sgs-liaison", "sgs-head", "jtj-liaison", "jtj-head"} <= told


def test_a_solved_problem_counts_as_closed_once_the_office_has_accepted_it(weifang: World) -> None:
    listed(weifang, "2020-01", local("2020-01-19 16:00"))
    (row,) = found(weifang, "problem-solving", unit="SGS")
    handed = hand_in(weifang, row, local("2020-02-10 10:00"))
    assert (handed.state, handed.waiting_on) == ("pending", "office")
    with weifang.act(local("2020-02-12 10:00")) as act:
        submissions.accept(act, row.id or 0)
    closed = now_of(weifang, row)
    assert (closed.state, closed.late) == ("filed", False)


def test_the_joint_meeting_waits_for_the_list_of_its_own_month(weifang: World) -> None:
    (meeting,) = found(weifang, "joint-meeting", "2020-01")
    number = fill(weifang, meeting, local("2020-01-18 10:00"))
    with weifang.act(local("2020-01-18 10:00")) as act, pytest.raises(PrerequisiteNotFiled):
        submissions.submit(act, number)
    listed(weifang, "2020-01", local("2020-01-19 16:00"))
    with weifang.act(local("2020-01-22 10:00")) as act:
        submissions.submit(act, number)
    assert now_of(weifang, meeting).state == "filed"


def test_each_unit_that_has_spoken_is_graded_by_counts_that_come_out(weifang: World) -> None:
    weifang.advance(local("2020-01-21 12:00"))
    drawn = found(weifang, "review-statement", "2020-01")
    hand_in(weifang, drawn[0], local("2020-01-22 10:00"))
    (grading,) = found(weifang, "review-grading")
    assert (grading.unit, grading.subject) == ("weifang-key-work.office", drawn[0].unit)
    now = local("2020-01-23 10:00")
    number = fill(weifang, grading, now, votes="50", excellent="30", good="15", fair="4", poor="2")
    with weifang.act(now) as act, pytest.raises(ContentIncomplete):
        submissions.submit(act, number)
    graded = hand_in(weifang, grading, now, votes="50", excellent="30", good="15", fair="4", poor="1")
    assert graded.state == "filed"


def test_a_missed_figure_turns_red_and_a_lost_one_cannot_be_missed(weifang: World) -> None:
    (soil,) = found(weifang, "t28-soil")
    missed = hand_in(weifang, soil, local("2020-01-10 10:00"), farmland="91", plots="89.9")
    assert (missed.state, missed.light) == ("filed", "red")
    (coking,) = found(weifang, "t26-coking")
    reported = hand_in(weifang, coking, local("2020-01-10 10:00"), coking="0")
    assert (reported.state, reported.light) == ("filed", "green")


def test_a_finding_of_an_inspection_is_put_right_and_a_grave_one_reaches_the_office(weifang: World) -> None:
    (roads,) = found(weifang, "t32-roads")
    with weifang.act(local("2020-01-10 10:00")) as act:
        findings.record(act, roads.id or 0, kind="problem", comment="两条支路未动工")
        findings.record(act, roads.id or 0, kind="stalled", comment="推进不力")
    (correction,), (case,) = found(weifang, "problem-correction"), found(weifang, "accountability")
    assert (correction.unit, correction.cause_id) == (roads.unit, roads.id)
    # Ten working days from Friday: Sunday, 19 January was worked, Spring Festival ran to 2 February.
    assert (case.unit, str(correction.due_date)) == ("weifang-key-work.office", "2020-01-23")


def test_the_spatial_plan_is_signed_by_its_leader_and_then_by_the_mayor(weifang: World) -> None:
    (plan,) = found(weifang, "t30-spatial-plan")
    now = local("2020-01-10 10:00")
    number = fill(weifang, plan, now)
    with weifang.act(now) as act:
        submissions.submit(act, number)
    for step, person in enumerate(("leader-chengjian", "leader-shizhang")):
        request = asked(weifang, number)[step]
        assert request.person == person
        weifang.decide(request, "approve", now=now)
    assert now_of(weifang, plan).state == "filed"
