"""The Ordos definition against a list of its dates written by hand, and its year as the engine lives it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, time

import pytest
from sqlmodel import select

from tests.workflow.world import DEFINITION, LAUNCH, World, local, ordos_roster
from workflow import deadlines, library, rehearsal, submissions
from workflow.calendars import china
from workflow.refusals import LaunchRefused
from workflow.rehearsal import Rehearsed
from workflow.roster import Directory
from workflow.tables import Submission

PINNED = library.load(DEFINITION, cycle=2022)
PLAN = PINNED.definition
DIRECTORY = Directory(ordos_roster())
FIELDS = [name for name in PLAN.groups if name.startswith("field-")]
MONTH_ENDS = ["02-28", "03-31", "04-30", "05-31", "06-30", "07-31", "08-31", "09-30", "10-31", "11-30", "12-31"]

#: Everything the calendar knows of the cycle: obligation, occurrence, last day.
DATES = {
    ("target-choice", "2022", "2022-01-04"),
    ("research-trip", "2022", "2022-02-10"),
    ("work-plan", "2022", "2022-02-15"),
    ("benchmark-registry", "2022", "2022-02-28"),
    ("inspection-mechanism", "2022", "2022-02-28"),
    *(("monthly-inspection", f"2022-{day[:2]}", f"2022-{day}") for day in MONTH_ENDS),
    ("plan-progress", "2022Q1", "2022-03-31"),
    ("plan-progress", "2022Q2", "2022-06-30"),
    ("plan-progress", "2022Q3", "2022-09-30"),
    ("plan-progress", "2022Q4", "2022-12-31"),
    ("publicity-work", "2022Q1", "2022-03-31"),
    ("publicity-work", "2022Q2", "2022-06-30"),
    ("publicity-work", "2022Q3", "2022-09-30"),
    ("publicity-work", "2022Q4", "2022-12-31"),
    ("leading-group-meeting", "2022Q1", "2022-03-31"),
    ("leading-group-meeting", "2022Q2", "2022-06-30"),
    ("leading-group-meeting", "2022Q3", "2022-09-30"),
    # December 31 was the first day of New Year 2023: the meeting is held before it.
    ("leading-group-meeting", "2022Q4", "2022-12-30"),
    # Five working days on: April 2 was worked for the Tomb-sweeping holiday of April 3–5.
    ("quarterly-bulletin", "2022Q1", "2022-04-08"),
    ("quarterly-bulletin", "2022Q2", "2022-07-07"),
    # October 1–7 were off, Saturday 8 and Sunday 9 were worked.
    ("quarterly-bulletin", "2022Q3", "2022-10-12"),
    ("quarterly-bulletin", "2022Q4", "2023-01-09"),
    ("head-in-person", "2022H1", "2022-06-30"),
    ("head-in-person", "2022H2", "2022-12-31"),
    ("exchange", "2022H1", "2022-06-30"),
    ("exchange", "2022H2", "2022-12-31"),
    ("press-conference", "2022Q2", "2022-06-20"),
    ("press-conference", "2022Q3", "2022-09-20"),
    ("press-conference", "2022Q4", "2022-12-20"),
    ("evaluation-scheme", "2022", "2022-10-31"),
    ("evaluation", "2022", "2022-12-20"),
    ("double-assessment", "2022", "2022-12-31"),
    ("experience-summary", "2022", "2023-01-15"),
    ("yearly-scheme", "2022", "2023-01-20"),
    ("learning-list", "2022", "2023-01-31"),
    ("list-additions", "2022", "2023-01-31"),
    ("yearly-assessment", "2022", "2023-12-20"),
}
#: What waits for an event, or for the office to set its day.
WITHOUT_A_DATE = {"assigned-matter", "rectification", "assessment-handover", "commendation"}

#: Every section of the plan that asks something of somebody.
CLAUSES = {
    "三（一）1", "三（一）2", "三（二）1", "三（二）2", "三（三）1", "三（三）2", "三（三）3",
    "三（四）1", "三（四）2", "三（四）3", "四（一）", "四（二）", "四（三）",
}  # fmt: skip


@pytest.fixture(scope="module")
def year() -> Rehearsed:
    """2022 with nobody submitting."""
    return rehearsal.rehearse(PINNED, ordos_roster(), cycle=2022, start=LAUNCH, end=local("2022-12-31 23:59"))


def told(year: Rehearsed, day: str) -> dict[tuple[str, str], tuple[int, int]]:
    """What goes out on a day: time and kind → how many people hear, of how many submissions."""
    lines = [one for one in year.lines if one.type == "alert" and one.at.date() == date.fromisoformat(day)]
    people: Counter[tuple[str, str]] = Counter()
    items: dict[tuple[str, str], set[tuple[str, str, str]]] = {}
    for line in lines:
        key = (f"{line.at:%H:%M}", line.kind)
        people[key] += len(line.recipients)
        items.setdefault(key, set()).update((one.obligation, one.occurrence, one.unit) for one in line.items)
    return {key: (people[key], len(found)) for key, found in items.items()}


def spoken_of(year: Rehearsed, instant: str) -> set[tuple[str, str]]:
    """The obligations and occurrences that the alerts of an instant speak of."""
    lines = (line for line in year.lines if line.type == "alert" and line.at == local(instant))
    return {(one.obligation, one.occurrence) for line in lines for one in line.items}


def alert_days(year: Rehearsed) -> set[date]:
    """The days on which anybody hears anything."""
    return {line.at.date() for line in year.lines if line.type == "alert"}


def test_the_cycle_has_exactly_these_dates() -> None:
    found = [(one.obligation, one.key, str(one.due_date)) for one in deadlines.occurrences(PLAN, 2022, china())]
    assert len(found) == len(set(found))
    assert set(found) == DATES
    assert {*PLAN.obligations} - {name for name, _, _ in DATES} == WITHOUT_A_DATE


def test_the_three_dates_stand() -> None:
    dated = {name: PLAN.obligations[name] for name in ("target-choice", "research-trip", "work-plan")}
    assert [str(one.due.on) for one in dated.values()] == ["01-04", "02-10", "02-15"]
    assert {one.ladder for one in dated.values()} == {"standard"}
    assert {(str(one.owed_by), one.opens) for one in dated.values()} == {("member-units", None)}
    signed = {name: one.sign_off for name, one in dated.items()}
    assert signed["research-trip"] == ()
    for name in ("target-choice", "work-plan"):
        [step] = signed[name]
        assert (step.by, step.exceptions) == ("supervising-leader", {"party-departments": "unit-head"})


def test_every_section_is_cited_and_every_duty_is_short() -> None:
    cited = {one.clause for one in PLAN.obligations.values()} | {body.clause for body in PLAN.bodies.values()}
    assert cited == CLAUSES
    assert not [name for name, one in PLAN.obligations.items() if not 1 <= len(one.duty) <= 40]


def test_nothing_but_the_three_duties_is_open_before_the_sixteenth_of_february(sqlite_world: World) -> None:
    for instant in ("2021-12-31 12:00", "2022-02-15 23:59"):
        sqlite_world.advance(local(instant))
        assert open_now(sqlite_world) == {"target-choice": 61, "research-trip": 61, "work-plan": 61}
    sqlite_world.advance(local("2022-02-18 09:00"))
    new = {"benchmark-registry": 1, "inspection-mechanism": 1, "monthly-inspection": 1}
    assert open_now(sqlite_world) == {"target-choice": 61, "research-trip": 61, "work-plan": 61} | new
    later = [one for one in deadlines.occurrences(PLAN, 2022, china()) if one.opens_at is not None]
    assert min(one.opens_at for one in later if one.opens_at) == local("2022-02-16 09:00")
    assert len(later) == len(DATES) - 3


def open_now(world: World) -> dict[str, int]:
    with world.store.read() as session:
        return dict(Counter(session.exec(select(Submission.obligation))))


def test_the_heads_report_in_person_and_the_evaluation_speaks_of_each_unit(sqlite_world: World) -> None:
    sqlite_world.advance(local("2022-11-20 09:00"))
    with sqlite_world.store.read() as session:
        rows = session.exec(select(Submission)).all()
    heads = {(row.unit, row.owner_post) for row in rows if row.obligation == "head-in-person"}
    assert len(heads) == 61 and {post for _, post in heads} == {"unit-head"}
    about = [row for row in rows if row.obligation == "evaluation"]
    assert {row.unit for row in about} == {"OFFICE"}
    assert {row.subject for row in about} == {unit.code for unit in DIRECTORY.units_in("member-units")}


def test_reminders_step_over_the_spring_festival(year: Rehearsed) -> None:
    # January 31 to February 6 were off: three working days before February 10 is Monday, February 7.
    assert told(year, "2022-02-07") == {("09:00", "reminder"): (61, 61)}
    assert spoken_of(year, "2022-02-07 09:00") == {("research-trip", "2022")}
    assert told(year, "2022-02-16") == {("00:00", "lapse"): (122, 61), ("09:00", "escalation"): (69, 61)}
    assert not alert_days(year) & {date(2022, 2, day) for day in range(1, 7)}


def test_the_first_office_duties_are_due_at_the_end_of_february(year: Rehearsed) -> None:
    # The office's liaison and head, and the two inspection offices that work with them.
    assert told(year, "2022-02-23") == {("09:00", "reminder"): (4, 3)}
    assert told(year, "2022-03-01") == {("00:00", "lapse"): (4, 3), ("09:00", "escalation"): (7, 3)}


def test_the_third_quarter_is_chased_after_the_national_holiday(year: Rehearsed) -> None:
    quarter = {(name, "2022Q3") for name in ("plan-progress", "publicity-work", "leading-group-meeting")}
    due = quarter | {("monthly-inspection", "2022-09")}
    assert spoken_of(year, "2022-09-27 09:00") == due
    assert spoken_of(year, "2022-10-01 00:00") == due
    # Saturday, October 8 was worked: it is the first working day after September 30.
    assert spoken_of(year, "2022-10-08 09:00") == due
    assert told(year, "2022-10-08")["09:00", "escalation"][1] == 61 + 1 + 1 + 1
    # So was Sunday the 9th: three working days before the bulletin of October 12.
    assert spoken_of(year, "2022-10-09 09:00") == {("quarterly-bulletin", "2022Q3")}
    assert spoken_of(year, "2022-10-13 00:00") == {("quarterly-bulletin", "2022Q3")}
    assert not alert_days(year) & {date(2022, 10, day) for day in range(2, 8)}


def test_nobody_hears_twice_at_once_for_one_kind(year: Rehearsed) -> None:
    heard = Counter((line.at, line.kind, line.recipients) for line in year.lines if line.type == "alert")
    assert set(heard.values()) == {1}


def test_every_unit_works_in_one_field() -> None:
    for unit in DIRECTORY.units_in("member-units"):
        inside = [
            field for field in FIELDS if PLAN.in_group(field, name=unit.name, code=unit.code, roster_groups=unit.groups)
        ]
        assert len(inside) == 1, unit.name


@pytest.mark.parametrize("name", ["evaluation", "yearly-assessment"])
def test_weights_add_up_in_every_field_and_differ_between_them(name: str) -> None:
    criteria = PLAN.obligations[name].criteria.values()
    assert all({*one.weights} == {*FIELDS} for one in criteria)
    of_field = {field: tuple(one.weights[field] for one in criteria) for field in FIELDS}
    of_field["a field of none"] = tuple(one.weight or 0 for one in criteria)
    assert {sum(weights) for weights in of_field.values()} == {100}
    assert len(set(of_field.values())) >= 5
    assert sum(key in PLAN.obligations[name].form for key in PLAN.obligations[name].criteria) == 5


def test_a_benchmark_is_chosen_and_registered_by_three_principles() -> None:
    for name in ("target-choice", "benchmark-registry"):
        assert [one.title for one in PLAN.obligations[name].criteria.values()] == ["先进性", "可比性", "针对性"]
    columns = PLAN.obligations["benchmark-registry"].form["benchmarks"].columns
    assert columns["unit"].type == "unit" and len(columns["kind"].options) == 7 + 1


def test_commendation_is_opened_by_hand_in_four_categories() -> None:
    commendation = PLAN.obligations["commendation"]
    assert commendation.due.by_hand
    tables = [field for field in commendation.form.values() if field.type == "table"]
    assert [field.label for field in tables] == ["先进部门", "先进项目", "先进团队", "先进个人"]
    assert all(field.required and field.at_least == 1 for field in tables)
    proposed = PLAN.obligations["experience-summary"].form["nominations"].columns["category"]
    assert list(proposed.options) == [field.label for field in tables]


def test_the_list_rolls_over_by_its_status() -> None:
    rollover = PLAN.rollover
    assert rollover is not None
    status = PLAN.obligations[rollover.obligation].form[rollover.field].columns[rollover.status]
    assert (rollover.keep, rollover.archive) == (("学习中",), ("已学有所成",))
    assert {*status.options} == {*rollover.keep, *rollover.archive}


def test_the_assessment_is_handed_to_the_one_outside() -> None:
    handover = PLAN.obligations["assessment-handover"]
    assert [(one.event, one.of) for one in handover.opened_by] == [("filed", ("double-assessment",))]
    assert handover.receivers == ("office", "assessor")
    assert DIRECTORY.holders(PLAN.post_title("assessor"), None, LAUNCH.date())


def test_what_an_inspection_lists_is_put_right_and_closed_by_the_office() -> None:
    rectification = PLAN.obligations["rectification"]
    assert (rectification.owed_by.named, rectification.lifecycle) == ("concerned", "receipt")
    by_rows, by_finding = rectification.opened_by
    assert by_rows.rows is not None and by_finding.event == "finding"
    columns = PLAN.obligations["monthly-inspection"].form[by_rows.rows.field].columns
    assert [columns[name or ""].type for name in (by_rows.rows.unit, by_rows.rows.due)] == ["unit", "date"]


def test_a_listed_problem_is_owed_by_its_unit_on_its_own_day(sqlite_world: World) -> None:
    now = local("2022-02-25 10:00")
    sqlite_world.advance(now)
    listed = {"problem": "方案没有数值", "unit": "市科学技术局", "rectify-by": "2022-03-18"}
    number = sqlite_world.id_of("OFFICE", "monthly-inspection")
    with sqlite_world.act(now) as act:
        submissions.save(act, number, {"inspected": "五家", "overall": "平稳", "problems": [listed]}, if_version=None)
        submissions.submit(act, number)
    row = sqlite_world.submission("KJJ", "rectification")
    assert (str(row.due_date), row.heading, row.cause_id) == ("2022-03-18", "方案没有数值", number)


def test_a_roster_without_the_new_posts_and_fields_still_launches() -> None:
    """A city that has not filled them yet is not stopped: nothing owed before they are needed asks for them."""
    whole = ordos_roster()
    fresh = {
        "领导小组组长",
        "领导小组副组长",
        "秘书长",
        "市委督查室负责人",
        "市人民政府督查室负责人",
        "“五位一体”考核工作机构",
    }
    bare = replace(
        whole,
        units=tuple(replace(unit, groups=unit.groups[:2]) for unit in whole.units),
        posts=tuple(row for row in whole.posts if row.post not in fresh),
    )
    lived = rehearsal.rehearse(PINNED, bare, cycle=2022, start=LAUNCH, end=local("2022-01-05 12:00"))
    assert lived.plan.wrong == ()


def test_a_roster_without_the_party_departments_is_refused() -> None:
    whole = ordos_roster()
    without = replace(whole, units=tuple(unit for unit in whole.units if unit.name != "市委宣传部"))
    codes = {unit.code for unit in without.units}
    without = replace(without, posts=tuple(row for row in whole.posts if row.unit is None or row.unit in codes))
    with pytest.raises(LaunchRefused, match="市委宣传部"):
        rehearsal.rehearse(PINNED, without, cycle=2022, start=LAUNCH, end=local("2022-01-05"))


def test_the_meeting_alone_gives_way_to_a_holiday_and_nothing_has_a_cut_off() -> None:
    moved = [name for name, one in PLAN.obligations.items() if one.due.on_holiday != "stay"]
    assert moved == ["leading-group-meeting"]
    assert {one.due_at.time() for one in deadlines.occurrences(PLAN, 2022, china())} == {time(0, 0)}
