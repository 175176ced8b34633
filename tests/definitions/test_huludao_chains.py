"""The chains of the Huludao plan on the real engine: red light to close-out, goals to small tasks, rating to talk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlmodel import col, select

from tests.definitions.test_huludao import ROSTER, huludao
from tests.workflow.world import OFFICE, World, local
from workflow import attachments, by_hand, causes, dossier, findings, ledger, submissions
from workflow.acts import Actor
from workflow.refusals import NotFound
from workflow.roster import Directory
from workflow.tables import SignOff, Submission

ISSUED = local("2021-03-29 08:30")
INSPECTOR = Actor("市政府督查室督查员", "inspector")
LIAISON = Actor("兴城市人民政府联络员", "unit", "XCS")
KEY = "huludao-delivery-2021"
CODES = {unit.name: unit.code for unit in Directory(ROSTER).units()}
XINGCHENG, JIANCHANG = CODES["兴城市人民政府"], CODES["建昌县人民政府"]
REFORM = CODES["市发展和改革委员会"]


@pytest.fixture
def launched(tmp_path: Path) -> Iterator[World]:
    """The programme of 2021, launched on the day of issue."""
    url = f"sqlite:///{tmp_path / 'duban.db'}"
    with closing(World.launched(url, now=ISSUED, pinned=huludao(), roster=ROSTER, cycle=2021)) as world:
        yield world


def found(world: World, obligation: str, unit: str = "") -> list[Submission]:
    """The submissions of an obligation that a unit owes, or that are about it, oldest first."""
    with world.store.read() as session:
        rows = session.exec(select(Submission).where(Submission.obligation == obligation).order_by(col(Submission.id)))
        return [row for row in rows if unit in ("", row.unit, row.subject)]


def hand_in(world: World, row: Submission, values: Mapping[str, object], *, now: datetime) -> Submission:
    """Fill in these fields and every file, hand in, and sign what waits to be signed."""
    assert row.id is not None
    with world.act(now) as act:
        form = act.definition(row.programme_id).obligations[row.obligation].form
        submissions.save(act, row.id, values, if_version=None)
        for name in (name for name, field in form.items() if field.type == "file"):
            attachments.attach(
                act, row.id, field=name, name="附件.pdf", media_type="application/pdf", data=b"%PDF-1.7 Huludao"
            )
        submissions.submit(act, row.id)
    with world.store.read() as session:
        asked = list(session.exec(select(SignOff).where(SignOff.submission_id == row.id)))
    for request in asked:
        world.decide(request, "approve", now=now)
    return again(world, row)


def again(world: World, row: Submission) -> Submission:
    """The same submission as it is now."""
    assert row.id is not None
    with world.store.read() as session:
        return ledger.load(session, row.id)


def test_missed_node_leads_to_talk_report_rectification_and_close_out(launched: World) -> None:
    launched.advance(local("2021-04-01 00:00"))
    (node, *_) = found(launched, "project-rhythm", XINGCHENG)
    assert (node.state, node.light, node.occurrence) == ("overdue", "red", "q1")
    assert len(found(launched, "warning-talk")) == 10
    (talk,) = found(launched, "warning-talk", XINGCHENG)
    assert (talk.cause_id, talk.subject, talk.due_date) == (node.id, XINGCHENG, date(2021, 4, 9))

    said = {"held": "2021-04-07", "talker": "常务副市长", "causes": "前期手续未办完", "demands": "一个月内补齐"}
    talk = hand_in(launched, talk, said, now=local("2021-04-07 10:00"))
    (report,) = found(launched, "written-report", XINGCHENG)
    assert (talk.state, report.cause_id, report.unit) == ("filed", talk.id, XINGCHENG)
    assert report.due_date == date(2021, 4, 21)

    said = {"causes": "力量不足", "measures": "抽调专人", "rectify-by": "2021-05-20"}
    hand_in(launched, report, said, now=local("2021-04-20 10:00"))
    (rectification,) = found(launched, "rectification", XINGCHENG)
    assert (rectification.cause_id, rectification.due_date) == (report.id, date(2021, 5, 20))

    done = hand_in(launched, rectification, {"done": "手续办结"}, now=local("2021-05-18 10:00"))
    assert (done.standing, done.state, done.waiting_on) == ("checking", "pending", "office")
    with launched.act(local("2021-05-19 10:00")) as act:
        submissions.accept(act, done.id or 0, comment="现场核实")
    assert (again(launched, done).standing, again(launched, done).state) == ("closed", "filed")
    with launched.look(local("2021-05-20 10:00"), OFFICE) as act:
        behind = [(one.obligation, one.because) for one in causes.behind(act, again(launched, done))]
    assert behind == [("written-report", "报送"), ("warning-talk", "亮红灯"), ("project-rhythm", "")]
    assert launched.broken_chains() == []


def test_rectification_past_its_own_date_is_overdue_but_not_red(launched: World) -> None:
    launched.advance(local("2021-04-01 00:00"))
    (talk,) = found(launched, "warning-talk", JIANCHANG)
    said = {"held": "2021-04-02", "talker": "常务副市长", "causes": "进度慢", "demands": "抓紧"}
    hand_in(launched, talk, said, now=local("2021-04-02 10:00"))
    (report,) = found(launched, "written-report", JIANCHANG)
    said = {"causes": "力量不足", "measures": "抽调专人", "rectify-by": "2021-04-30"}
    hand_in(launched, report, said, now=local("2021-04-06 10:00"))
    launched.advance(local("2021-05-06 09:00"))
    (rectification,) = found(launched, "rectification", JIANCHANG)
    assert (rectification.standing, rectification.state, rectification.light) == ("overdue-open", "overdue", "yellow")
    assert len(found(launched, "warning-talk", JIANCHANG)) == 1


@pytest.mark.parametrize(("funds", "light", "talks"), [("60", "red", 1), ("60.5", "green", 0)])
def test_sixty_is_not_more_than_sixty(launched: World, funds: str, light: str, talks: int) -> None:
    (node,) = found(launched, "higher-funds")
    said = {"progress": "已争取到位", "finished": "已完成", "funds": funds}
    filed = hand_in(launched, node, said, now=local("2021-03-30 10:00"))
    assert (filed.state, filed.light) == ("filed", light)
    assert [row.subject for row in found(launched, "warning-talk")] == [REFORM] * talks


def test_small_tasks_are_claimed_and_done_by_the_units_named(launched: World) -> None:
    (split,) = found(launched, "task-split", REFORM)
    rows = [
        {"what": "储备项目入库", "goal": "谋划储备", "measure": "每周会商", "unit": name, "due": due}
        for name, due in (("兴城市人民政府", "2021-06-30"), ("建昌县人民政府", "2021-09-15"))
    ]
    hand_in(launched, split, {"subtasks": rows}, now=local("2021-04-12 10:00"))
    claims, tasks = found(launched, "task-claim"), found(launched, "sub-task")
    assert [(row.unit, row.due_date) for row in claims] == [
        (XINGCHENG, date(2021, 4, 19)),
        (JIANCHANG, date(2021, 4, 19)),
    ]
    assert {(row.unit, row.due_date, row.heading) for row in tasks} == {
        (XINGCHENG, date(2021, 6, 30), "储备项目入库"),
        (JIANCHANG, date(2021, 9, 15), "储备项目入库"),
    }
    assert {row.cause_id for row in (*claims, *tasks)} == {split.id}


def test_ranking_at_the_back_leads_to_talk_and_downgrade_ahead_to_praise(launched: World) -> None:
    (rating,) = found(launched, "year-rating")
    areas = ("重点指标", "重大项目", "重大平台", "重点攻坚", "重点民生", "制度性创新")
    said = {
        "ratings": [{"area": area, "planned": "年初计划", "achieved": "完成", "rating": "良好"} for area in areas],
        "ahead": [{"unit": "兴城市人民政府", "reason": "招商引资突出"}],
        "behind": [{"unit": "建昌县人民政府", "reason": "全市末位"}],
    }
    hand_in(launched, rating, said, now=local("2021-12-30 10:00"))
    assert [(row.subject, row.heading) for row in found(launched, "praise")] == [(XINGCHENG, "招商引资突出")]
    assert [row.subject for row in found(launched, "admonition-talk")] == [JIANCHANG]
    assert [row.subject for row in found(launched, "downgrade")] == [JIANCHANG]


def test_false_data_is_referred_and_the_unit_does_not_see_it(launched: World) -> None:
    (node, *_) = found(launched, "project-rhythm", XINGCHENG)
    with launched.act(local("2021-03-30 10:00"), INSPECTOR) as act:
        findings.record(act, node.id or 0, kind="false-data", comment="报表与现场不符")
    (referral,) = found(launched, "referral")
    assert (referral.cause_id, referral.due_date) == (node.id, date(2021, 4, 2))
    with launched.look(local("2021-03-30 11:00"), LIAISON) as act, pytest.raises(NotFound):
        dossier.of(act, referral.id or 0)


def test_inspection_is_known_to_inspectors_alone(launched: World) -> None:
    with launched.act(local("2021-05-10 10:00"), OFFICE) as act:
        opened = by_hand.open_now(
            act, KEY, "inspection-visit", unit="兴城市人民政府", due=date(2021, 5, 14), comment="随机暗访"
        )
    assert [row.subject for row in opened] == [XINGCHENG]
    letters = [one for one in launched.letters() if any(item.obligation == "inspection-visit" for item in one.items)]
    assert {one.person for one in letters} == {"ducha-head", "ducha-liaison"}
    with launched.look(local("2021-05-10 11:00"), LIAISON) as act, pytest.raises(NotFound):
        dossier.of(act, opened[0].id or 0)
