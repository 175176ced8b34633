"""Amendments that cannot be: refused with every reason, and not one row of any table has changed."""

from __future__ import annotations

from datetime import date

import pytest

from tests.workflow.amended import NOW, TEXT, advance, amend, amendable, planned, running, small_reworded
from tests.workflow.world import World, local, ordos
from workflow import amendments, library, submissions
from workflow.amendments import AmendmentRefused
from workflow.library import Pinned
from workflow.refusals import ChangedMeanwhile, ContentUnreadable, NotFound

__all__ = ["amendable"]

MORNING, MARCH = local("2022-02-02 10:00"), local("2022-03-08 10:00")

#: A flow of its own that knows neither extensions nor exemptions, with other names for some states.
LIFECYCLE = """\
lifecycles:
  short:
    title: 简易
    standings:
      draft: {state: draft, waiting_on: unit, title: 起草}
      asked: {state: pending, waiting_on: approver, title: 待批}
      filed: {state: filed, waiting_on: none, title: 已报}
      late: {state: overdue, waiting_on: unit, title: 超期}
      late-asked: {state: overdue, waiting_on: approver, title: 超期待批}
    moves:
      - {trigger: edit, from: draft, to: draft}
      - {trigger: edit, from: late, to: late}
      - {trigger: submit, from: draft, to: asked, guards: [sign_off_needed]}
      - {trigger: submit, from: draft, to: filed, guards: [sign_off_not_needed]}
      - {trigger: submit, from: late, to: late-asked, guards: [sign_off_needed]}
      - {trigger: submit, from: late, to: filed, guards: [sign_off_not_needed]}
      - {trigger: approve, from: [asked, late-asked], to: filed, guards: [sign_off_complete]}
      - {trigger: approve, from: asked, to: asked, guards: [sign_off_incomplete]}
      - {trigger: approve, from: late-asked, to: late-asked, guards: [sign_off_incomplete]}
      - {trigger: return, from: asked, to: draft, guards: [in_time]}
      - {trigger: return, from: late-asked, to: late}
      - {trigger: lapse, from: draft, to: late, timed: true}
      - {trigger: lapse, from: asked, to: late-asked, timed: true}
ladders:
"""
SHORT = (("ladders:\n", LIFECYCLE), ("    title: 报送方案\n", "    title: 报送方案\n    lifecycle: short\n"))
SHORT_VISIT = (("ladders:\n", LIFECYCLE), ("    title: 走访企业\n", "    title: 走访企业\n    lifecycle: short\n"))


def refused(world: World, pinned: Pinned, *, now: object = MORNING) -> str:
    """What both the plan and the attempt say is wrong; nothing is written."""
    found = planned(world, pinned, now=now)  # type: ignore[arg-type]
    with world.refusing(AmendmentRefused) as said:
        amend(world, pinned, now=now)  # type: ignore[arg-type]
    assert found.wrong and said.value.text == f"不能修订方案：{'；'.join(found.wrong)}"
    return "；".join(found.wrong)


def test_the_definition_of_another_programme(amendable: World) -> None:
    assert "是方案“ordos-benchmarking”的定义" in refused(amendable, ordos())


def test_the_same_text_and_the_same_meaning(amendable: World) -> None:
    assert refused(amendable, running()) == "没有任何变化，与现行定义完全相同"
    said = refused(amendable, library.parse(f"{TEXT}# 已校对\n".encode(), name="commented.yaml"))
    assert said == "没有任何变化，只有注释或排版与现行定义不同"


@pytest.mark.parametrize(
    "change",
    [
        ("[{by: supervising-leader}]", "[{by: mayor}]"),
        (
            "      count: {label: 数量, type: integer}\n",
            "      count: {label: 数量, type: integer}\n      more: {label: 补充, type: text}\n",
        ),
    ],
)
def test_form_or_sign_off_under_whoever_waits_for_a_signature(amendable: World, change: tuple[str, str]) -> None:
    amendable.hand_in("U1", "plan", now=MORNING)
    assert "“报送方案”有1件正在审签，须先办结或撤回" in refused(amendable, small_reworded(change))
    with amendable.act(MORNING) as act:
        submissions.withdraw(act, amendable.id_of("U1", "plan"))
    amend(amendable, small_reworded(change), now=MORNING)


@pytest.mark.parametrize(
    ("change", "how"),
    [
        (("      count: {label: 数量, type: integer}\n", ""), "不能删去"),
        (("count: {label: 数量, type: integer}", "count: {label: 数量, type: text}"), "不能换成另一种类型"),
    ],
)
def test_a_field_that_contents_use(amendable: World, change: tuple[str, str], how: str) -> None:
    with amendable.act(MORNING) as act:
        submissions.save(act, amendable.id_of("U1", "plan"), {"count": 3}, if_version=0)
    assert refused(amendable, small_reworded(change)) == f"“报送方案”已有填报内容用到“数量”，{how}"
    with amendable.act(MORNING) as act:
        submissions.save(act, amendable.id_of("U1", "plan"), {"text": "方案"}, if_version=1)
    amend(amendable, small_reworded(change), now=MORNING)


def test_a_flow_without_the_state_that_submissions_are_in(amendable: World) -> None:
    amendable.hand_in("U1", "plan", now=MORNING)
    said = refused(amendable, small_reworded(*SHORT))
    assert said == "“报送方案”有报送件处于“待审签”，新的流程中没有这一状态"
    amend(amendable, small_reworded(*SHORT_VISIT), now=MORNING)


def test_a_flow_that_cannot_take_an_overdue_back(amendable: World) -> None:
    amend(amendable, small_reworded(*SHORT_VISIT), now=MORNING)
    late = local("2022-04-25 10:00")
    advance(amendable, late)
    said = refused(amendable, small_reworded(*SHORT_VISIT, ("due: 04-20", "due: 04-30")), now=late)
    assert said == "“走访企业”的流程不能收回逾期、撤下或重新要求报送件"
    visit = (TEXT[TEXT.index("  visit:") : TEXT.index("  report:")], "")
    assert refused(amendable, small_reworded(visit), now=late) == "“走访企业”的流程没有“免报”，不能撤下"


def test_a_date_that_is_over(amendable: World) -> None:
    said = refused(amendable, small_reworded(("due: 03-10", "due: 03-07")), now=MARCH)
    assert said == "“报送方案”的新截止日期2022年3月7日已过（原为2022年3月10日）"
    meeting = "  meeting: {title: 推进会, owed_by: few, due: 03-01, form: {a: {label: 甲, type: text}}}\nladders:\n"
    assert refused(amendable, small_reworded(("ladders:\n", meeting)), now=MARCH) == (
        "新增的“推进会”（2022）截止日期2022年3月1日已过"
    )


def test_a_date_that_the_cycle_lacks(amendable: World) -> None:
    """The file was tried in a leap year; the programme runs for another."""
    text = TEXT.replace("due: 03-10", "due: 02-29").replace("cycle: 2022", "cycle: 2024")
    assert refused(amendable, library.parse(text.encode(), name="leap.yaml")).startswith("2022年度的日期有误：")


def test_an_earlier_date_that_nobody_confirmed(amendable: World) -> None:
    earlier = small_reworded(("due: 03-10", "due: 03-09"))
    assert planned(amendable, earlier, now=MORNING).wrong == ()
    with amendable.refusing(AmendmentRefused) as said:
        amend(amendable, earlier, now=MORNING)
    assert said.value.text == "不能修订方案：“报送方案”（2022）由2022-03-10提前到2022-03-09，须经确认"
    amend(amendable, earlier, now=MORNING, confirm_earlier=True)


def test_owners_whom_nobody_signs_for_or_hears(amendable: World) -> None:
    stranger = small_reworded(("few: [单位U1, 单位U2]", "few: [单位U1, 单位U2, 单位U99]"))
    assert "花名册中没有单位“单位U99”" in refused(amendable, stranger)
    nobody = "[{by: chief}]"
    unsigned = small_reworded(("[{by: supervising-leader}]", nobody), ("{mayor: 市长}", "{mayor: 市长, chief: 秘书长}"))
    assert "“单位U1”没有审签人：无人担任“秘书长”" in refused(amendable, unsigned)


def test_every_reason_is_told_at_once(amendable: World) -> None:
    amendable.hand_in("U1", "plan", now=MORNING)
    said = refused(
        amendable,
        small_reworded(
            ("due: 03-10", "due: 03-07"), ("type: paragraph, required: true}\n      count", "type: text}\n      count")
        ),
        now=MARCH,
    )
    assert said.count("；") == 2


def test_a_reason_that_cannot_be_kept_and_a_programme_that_is_not_there(amendable: World) -> None:
    later = small_reworded(("due: 03-10", "due: 03-12"))
    with amendable.refusing(ContentUnreadable):
        amend(amendable, later, now=MORNING, comment="\x00")
    with amendable.refusing(NotFound), amendable.act(MORNING) as act:
        amendments.apply(act, "amendable-2021", later)


def test_whoever_planned_on_an_older_version_is_told(amendable: World) -> None:
    first, second = small_reworded(("due: 03-10", "due: 03-12")), small_reworded(("due: 03-10", "due: 03-14"))
    seen = planned(amendable, second, now=NOW)
    amend(amendable, first, now=MORNING)
    with amendable.refusing(ChangedMeanwhile), amendable.act(MORNING) as act:
        amendments.apply(act, amendable.key, second, if_version=seen.before)
    assert {row.due_date for row in [amendable.submission("U1", "plan")]} == {date(2022, 3, 12)}
