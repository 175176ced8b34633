"""The Shanxi definition for Taiyuan: its dates written by hand, its coverage, its year as the engine lives it."""

from __future__ import annotations

import runpy
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from documents import rosters
from tests.workflow.world import World, local
from workflow import coverage, deadlines, library, rehearsal, submissions
from workflow.audience import Audience
from workflow.calendars import china
from workflow.refusals import ContentIncomplete, LaunchRefused
from workflow.rehearsal import Rehearsed
from workflow.roster import MEMBER_UNITS, Directory, Roster, UnitRow, check
from workflow.tables import Submission

DEFINITIONS = Path(__file__).parents[2] / "definitions"
SAMPLES = DEFINITIONS / "rosters"
PINNED = library.load(DEFINITIONS / "shanxi-first-class.yaml", cycle=2019)
PLAN = PINNED.definition
ROSTER = rosters.read(SAMPLES / "shanxi-first-class.xlsx")
DIRECTORY = Directory(ROSTER)
LAUNCH = local("2019-02-12 08:30")

COUNTIES = ("小店区", "迎泽区", "杏花岭区", "尖草坪区", "万柏林区", "晋源区", "古交市", "清徐县", "阳曲县", "娄烦县")
HEARD = (11, 12, 11, 12, 11)
BLOCKS = dict(
    zip(("block-organisation", "block-publicity", "block-law", "block-economy", "block-city"), HEARD, strict=True)
)

#: Obligation, occurrence, first late instant.
DATES = {
    ("task-1", "2019", "2019-03-01 00:00"),
    ("task-2", "2019", "2019-03-01 00:00"),
    ("task-3", "2019", "2019-03-01 00:00"),
    ("task-4", "2019", "2019-03-01 00:00"),
    ("works-ledger", "2019", "2019-03-06 00:00"),
    ("debrief-organisation", "2019", "2019-03-18 17:30"),
    ("debrief-publicity", "2019", "2019-03-19 17:30"),
    ("debrief-law", "2019", "2019-03-20 17:30"),
    ("debrief-economy", "2019", "2019-03-21 17:30"),
    ("debrief-city", "2019", "2019-03-22 17:30"),
    ("oral-debrief", "2019", "2019-03-20 17:30"),
    ("written-debrief", "2019", "2019-03-23 00:00"),
    # Two working days on; March 23 and 24 were a weekend.
    ("hearing-organisation", "2019", "2019-03-21 00:00"),
    ("hearing-publicity", "2019", "2019-03-22 00:00"),
    ("hearing-law", "2019", "2019-03-23 00:00"),
    ("hearing-economy", "2019", "2019-03-26 00:00"),
    ("hearing-city", "2019", "2019-03-27 00:00"),
    ("debrief-meeting", "2019", "2019-03-28 00:00"),
    ("democratic-ballot", "2019", "2019-03-29 00:00"),
    ("leaders-comments", "2019", "2019-03-30 00:00"),
    ("accountability-rule", "2019", "2019-04-05 00:00"),
    # Five working days after March 29; April 5–7 were off.
    ("review-bulletin", "2019", "2019-04-09 00:00"),
    ("works-stocktaking", "2019Q1", "2019-04-01 00:00"),
    ("works-stocktaking", "2019Q2", "2019-07-01 00:00"),
    ("works-stocktaking", "2019Q3", "2019-10-01 00:00"),
    ("works-stocktaking", "2019Q4", "2020-01-01 00:00"),
    ("road-map", "2019", "2019-05-01 00:00"),
    ("first-tier", "2019", "2019-12-21 00:00"),
}
WITHOUT_A_DATE = {"study-trip", "trip-follow-up", "listed-work", "rectification", "accountability-case"}


@pytest.fixture(scope="module")
def year() -> Rehearsed:
    """2019 with nobody submitting."""
    return rehearsal.rehearse(PINNED, ROSTER, cycle=2019, start=LAUNCH, end=local("2019-12-31 23:59"))


@pytest.fixture
def taiyuan(sqlite_url: str) -> Iterator[World]:
    """The programme launched on a store of its own."""
    with closing(World.launched(sqlite_url, now=LAUNCH, pinned=PINNED, roster=ROSTER, cycle=2019)) as launched:
        yield launched


def told(year: Rehearsed, day: str) -> dict[tuple[str, str], int]:
    """What goes out on a day: time and kind → how many people hear."""
    found: Counter[tuple[str, str]] = Counter()
    for line in year.lines:
        if line.type == "alert" and line.at.date() == date.fromisoformat(day):
            found[f"{line.at:%H:%M}", line.kind] += len(line.recipients)
    return dict(found)


def gaps(roster: Roster) -> list[str]:
    return coverage.gaps(Audience(PLAN, Directory(roster), LAUNCH.date()))


def in_groups(name: str, *groups: str) -> Roster:
    """The roster with one unit in these groups instead of its own."""
    return replace(
        ROSTER, units=tuple(replace(unit, groups=groups) if unit.name == name else unit for unit in ROSTER.units)
    )


def test_the_cycle_has_exactly_these_dates() -> None:
    found = [
        (one.obligation, one.key, f"{one.due_at:%Y-%m-%d %H:%M}") for one in deadlines.occurrences(PLAN, 2019, china())
    ]
    assert len(found) == len(set(found))
    assert set(found) == DATES
    assert {*PLAN.obligations} - {name for name, _, _ in DATES} == WITHOUT_A_DATE


def test_what_the_report_tells_of_is_due_before_it_appeared() -> None:
    later = {name for name, _, at in DATES if at > "2019-04-10"}
    assert later == {"works-stocktaking", "road-map", "first-tier"}
    assert PLAN.published is not None and PLAN.published.resolve(2019) == LAUNCH


def test_every_duty_cites_a_paragraph_and_is_short() -> None:
    assert not [name for name, one in PLAN.obligations.items() if not (one.clause or "").startswith("第")]
    assert not [name for name, one in PLAN.obligations.items() if not 1 <= len(one.duty) <= 40]


def test_the_registry_holds_the_four_benchmarks_of_taiyuan() -> None:
    titles = [PLAN.obligations[f"task-{number}"].title for number in range(1, 5)]
    assert [title.removeprefix("对标")[:2] for title in titles] == ["合肥", "浙江", "深圳", "长沙"]
    assert PLAN.planned is not None
    assert PLAN.planned.total == 4 == sum(part.count for part in PLAN.planned.parts.values())
    assert [task.part for task in PLAN.tasks] == list(PLAN.planned.parts)


def test_shipped_roster_is_what_the_script_makes() -> None:
    script = runpy.run_path(str(SAMPLES / "make_shanxi.py"))
    assert script["roster"]() == ROSTER
    assert check(ROSTER) == ()
    assert all((person.email or "").endswith("@example.cn") for person in ROSTER.people)
    assert len({person.name for person in ROSTER.people}) == len(ROSTER.people)


def test_ten_speak_for_their_counties_and_fifty_seven_units_are_heard_in_five_groups() -> None:
    audience = Audience(PLAN, DIRECTORY, LAUNCH.date())
    counties = [DIRECTORY.unit(code).name for code in audience.units_in("counties")]
    assert tuple(counties) == COUNTIES
    assert {block: len(audience.units_in(block)) for block in BLOCKS} == BLOCKS
    assert len(audience.units_in("heard")) == sum(BLOCKS.values()) == 57
    assert len(audience.units_in("speakers")) == 20
    spoken, heard, written = (set(audience.units_in(group)) for group in ("speakers", "heard", "writers"))
    assert len(spoken | heard | written) == len(audience.units_in("member-units")) == 83


def test_the_leader_who_hears_a_group_supervises_its_units() -> None:
    audience = Audience(PLAN, DIRECTORY, LAUNCH.date())
    for block in BLOCKS:
        hearing = PLAN.obligations[block.replace("block", "hearing")]
        leader = PLAN.post_title(hearing.owed_by.named or "")
        for code in audience.units_in(block):
            assert DIRECTORY.supervisor_posts(code, LAUNCH.date()) == (leader,)


def test_every_unit_debriefs_exactly_once() -> None:
    assert gaps(ROSTER) == []


def test_a_unit_in_no_group_is_a_gap_and_stops_the_launch() -> None:
    roster = in_groups("市审计局", MEMBER_UNITS)
    assert gaps(roster) == ["“述职全覆盖”没有覆盖“市审计局”"]
    with pytest.raises(LaunchRefused, match="没有覆盖“市审计局”"):
        rehearsal.rehearse(PINNED, roster, cycle=2019, start=LAUNCH, end=local("2019-02-13"))


def test_a_unit_that_no_list_of_the_roster_knows_is_a_gap() -> None:
    new = UnitRow("XIN", "市新设单位", "市直单位", (MEMBER_UNITS,))
    assert gaps(replace(ROSTER, units=(*ROSTER.units, new))) == ["“述职全覆盖”没有覆盖“市新设单位”"]


def test_a_unit_in_two_groups_would_debrief_twice() -> None:
    roster = in_groups("市审计局", MEMBER_UNITS, "经济发展块面", "书面述职单位")
    assert gaps(roster) == ["“述职全覆盖”重复安排了2次“市审计局”"]


def test_reminders_and_lapses_of_the_debriefs(year: Rehearsed) -> None:
    # The first group: two working days before Monday, March 18.
    assert told(year, "2019-03-14") == {("09:00", "reminder"): 11}
    assert told(year, "2019-03-18") == {("09:00", "reminder"): 1 + 20 + 11, ("17:30", "lapse"): 22}
    end = local("2019-03-20 17:30")
    lapsed = [line for line in year.lines if (line.type, line.kind, line.at) == ("transition", "lapse", end)]
    assert {(line.obligation, len(line.units)) for line in lapsed} == {("oral-debrief", 20), ("debrief-law", 11)}
    [leader] = [
        line for line in year.lines if line.at == local("2019-03-19 09:00") and line.recipients == ("cw-zuzhi",)
        and line.kind == "escalation"
    ]  # fmt: skip
    assert len(leader.units) == 11


def test_escalations_step_over_the_holidays(year: Rehearsed) -> None:
    at = {
        (line.obligation, line.occurrence): line.at
        for line in year.lines
        if line.kind == "escalation" and line.obligation in ("accountability-rule", "road-map", "works-stocktaking")
    }
    # Tomb-sweeping Day: April 5–7 off.
    assert at["accountability-rule", "2019"] == local("2019-04-08 09:00")
    # May 1–4 off, Sunday the 5th worked.
    assert at["road-map", "2019"] == local("2019-05-05 09:00")
    # October 1–7 off.
    assert at["works-stocktaking", "2019Q3"] == local("2019-10-08 09:00")
    # Sunday, September 29 was worked: two working days before Monday, the 30th, is Friday, the 27th.
    reminded = {line.at for line in year.lines if line.kind == "reminder" and line.occurrence == "2019Q3"}
    assert reminded == {local("2019-09-27 09:00")}


def test_only_the_first_duties_are_open_at_launch(taiyuan: World) -> None:
    with taiyuan.store.read() as session:
        found = Counter(session.exec(select(Submission.obligation)))
    assert found == {"task-1": 1, "task-2": 1, "task-3": 1, "task-4": 1, "works-ledger": 1, "accountability-rule": 1}


def test_ballot_and_comments_speak_of_each_who_spoke(taiyuan: World) -> None:
    taiyuan.advance(local("2019-03-20 09:00"))
    with taiyuan.store.read() as session:
        rows = session.exec(select(Submission)).all()
    speakers = set(Audience(PLAN, DIRECTORY, LAUNCH.date()).units_in("speakers"))
    for name in ("democratic-ballot", "leaders-comments"):
        about = [row for row in rows if row.obligation == name]
        assert {row.subject for row in about} == speakers and {row.unit for row in about} == {"OFFICE"}
    assert {row.owner_post for row in rows if row.obligation == "oral-debrief"} == {"unit-head"}
    ballot = PLAN.obligations["democratic-ballot"]
    assert ballot.visibility == "hidden" and PLAN.obligations["leaders-comments"].visibility == "open"
    [sum_] = ballot.adds_up
    assert (sum_.total, len(sum_.parts)) == ("votes", 4) and {*sum_.parts} < {*ballot.form}


def test_a_listed_work_has_its_time_its_person_and_its_target() -> None:
    works = PLAN.obligations["works-ledger"].form["works"]
    assert works.at_least == 100
    assert all(works.columns[name].required for name in ("done-by", "person", "target", "unit"))
    [opening] = PLAN.obligations["listed-work"].opened_by
    assert opening.rows is not None and (opening.rows.field, opening.rows.due) == ("works", "done-by")


def test_every_problem_named_in_the_review_is_put_right() -> None:
    rectification = PLAN.obligations["rectification"]
    named = {one.of[0] for one in rectification.opened_by if one.rows is not None}
    assert named == {"leaders-comments", *(name for name in PLAN.obligations if name.startswith("hearing-"))}
    assert rectification.lifecycle == "receipt"
    [case] = PLAN.obligations["accountability-case"].opened_by
    assert (case.event, case.of) == ("light-red", ("rectification",))


def test_two_problems_of_a_comment_are_two_items_with_days_of_their_own(taiyuan: World) -> None:
    taiyuan.advance(local("2019-03-29 10:00"))
    now = local("2019-03-29 10:00")
    problems = [
        {"problem": "项目落地慢", "unit": "小店区", "rectify-by": "2019-05-10"},
        {"problem": "数据不共享", "unit": "市大数据应用局", "rectify-by": "2019-04-19"},
    ]
    source = handed_in(taiyuan, "leaders-comments", "XDQ", {"comment": "有成效，差距仍大", "problems": problems}, now)
    rows = of_obligation(taiyuan, "rectification")
    assert {(row.unit, str(row.due_date), row.heading, row.cause_id) for row in rows} == {
        ("XDQ", "2019-05-10", "项目落地慢", source),
        ("DSJ", "2019-04-19", "数据不共享", source),
    }
    later = local("2019-04-15 10:00")
    [row] = [row for row in rows if row.unit == "DSJ"]
    with taiyuan.act(later) as act:
        assert row.id is not None
        submissions.save(act, row.id, {"cause": "口径不一", "measures": "统一接口"}, if_version=None)
        row = submissions.submit(act, row.id)
        assert (row.state, row.waiting_on) == ("pending", "office")
        row = submissions.accept(act, row.id or 0)
        assert (row.state, row.waiting_on) == ("filed", "none")


def test_a_ballot_whose_counts_do_not_add_up_is_refused(taiyuan: World) -> None:
    now = local("2019-03-28 16:00")
    taiyuan.advance(now)
    votes = {"votes": "120", "excellent": "80", "good": "30", "fair": "8", "poor": "1"}
    with taiyuan.refusing(ContentIncomplete):
        handed_in(taiyuan, "democratic-ballot", "XDQ", votes, now)
    handed_in(taiyuan, "democratic-ballot", "XDQ", votes | {"poor": "2"}, now)


def of_obligation(world: World, obligation: str) -> list[Submission]:
    with world.store.read() as session:
        return list(session.exec(select(Submission).where(Submission.obligation == obligation)))


def handed_in(world: World, obligation: str, subject: str, values: Mapping[str, object], now: datetime) -> int:
    """The office fills in what it owes about a unit and hands it in, in one transaction."""
    [row] = [row for row in of_obligation(world, obligation) if row.subject == subject]
    assert row.id is not None
    with world.act(now) as act:
        submissions.save(act, row.id, values, if_version=None)
        submissions.submit(act, row.id)
    return row.id
