"""What the office opens by hand: for whom, by when, and what is refused without a trace."""

from datetime import date
from threading import Thread

import pytest

from tests.workflow.chained import INSPECTOR, KEY, MONDAY, Chain, day
from tests.workflow.world import OFFICE, local
from workflow import by_hand
from workflow.acts import Actor
from workflow.refusals import AlreadyOpen, CommentMissing, DateRefused, Forbidden, NotFound, OpeningRefused, Refusal

U1 = Actor("单位U1联络员", "unit", "U1")
SOON = day("2022-03-18")


def open_(
    chain: Chain,
    obligation: str,
    *,
    unit: str | None = None,
    due: date | None = SOON,
    comment: str = "群众反映集中",
    by: Actor = OFFICE,
    key: str = KEY,
) -> list[tuple[str, str]]:
    with chain.world.act(MONDAY, by) as act:
        rows = by_hand.open_now(act, key, obligation, unit=unit, due=due, comment=comment)
        return [(row.unit, row.subject) for row in rows]


def test_everybody_who_owes_it_gets_it_with_the_reason(chain: Chain) -> None:
    assert open_(chain, "call-up") == [(f"U{number}", "") for number in range(1, 6)]
    row = chain.all("call-up")[0]
    entry = chain.first_entry(row)
    assert (row.occurrence, row.due_date, row.due_at) == ("2022-03-18", SOON, local("2022-03-18 12:00"))
    assert (entry.event, entry.actor, entry.comment, entry.facts) == ("open", OFFICE.name, "群众反映集中", {})
    (letter,) = chain.world.letters(person="u2-liaison")
    assert (letter.kind, letter.items[0].reason) == ("notice", "opened")
    assert not chain.world.broken_chains()


def test_one_unit_alone_may_be_called(chain: Chain) -> None:
    assert open_(chain, "call-up", unit="单位U2") == [("U2", "")]
    assert open_(chain, "call-up", unit="U3") == [("U3", "")]
    assert [row.occurrence for row in chain.all("call-up")] == ["2022-03-18", "2022-03-18.2"]


def test_body_is_sent_to_a_unit(chain: Chain) -> None:
    assert open_(chain, "inspection", unit="U2") == [("chained.patrol", "U2")]
    assert open_(chain, "inspection") == [("chained.patrol", "")]
    assert {one.person for one in chain.world.letters()} >= {"leader-1", "mayor"}


def test_follow_up_is_opened_without_an_event_and_counts_its_own_days(chain: Chain) -> None:
    assert open_(chain, "correction", unit="U1", due=None) == [("U1", "")]
    row = chain.only("correction")
    assert (row.cause_id, row.due_date) == (None, day("2022-03-21"))


def test_inspector_opens_rectifications_only(chain: Chain) -> None:
    assert open_(chain, "correction", unit="U1", by=INSPECTOR) == [("U1", "")]
    with chain.world.refusing(Forbidden):
        open_(chain, "call-up", by=INSPECTOR)


def test_same_date_again_is_refused_while_it_is_open(chain: Chain) -> None:
    open_(chain, "call-up", unit="U2")
    with chain.world.refusing(AlreadyOpen) as refused:
        open_(chain, "call-up")
    assert refused.value.text == "“专题汇报”已为单位U2开启，截止日期同为2022-03-18，不再重复开启。"
    open_(chain, "call-up", unit="U2", due=day("2022-03-21"))
    chain.file(chain.id_of("call-up", "U2"), {"text": "已汇报"})
    open_(chain, "call-up", unit="U2")
    assert len(chain.all("call-up")) == 3


@pytest.mark.parametrize(
    ("obligation", "wanted", "refusal", "said"),
    [
        ("unheard-of", {}, OpeningRefused, "没有“unheard-of”这一事项，可以开启的有：warning-talk"),
        ("node", {}, OpeningRefused, "“节点任务”按规定日期自动开启"),
        ("call-up", {"unit": "单位U9"}, OpeningRefused, "花名册中没有单位“单位U9”"),
        ("call-up", {"unit": "chained.patrol"}, OpeningRefused, "不由“督查组”报送"),
        ("correction", {}, OpeningRefused, "请写明单位"),
        ("call-up", {"due": None}, DateRefused, "请写明截止日期"),
        ("call-up", {"due": day("2022-03-04")}, DateRefused, "已经过去"),
        ("call-up", {"due": day("2024-04-01")}, DateRefused, "两年"),
        ("call-up", {"comment": " "}, CommentMissing, "开启的理由"),
        ("call-up", {"by": U1}, Forbidden, "开启事项"),
        ("call-up", {"key": "other-2022"}, NotFound, "没有找到"),
    ],
)  # fmt: skip
def test_refusals_are_said_in_chinese_and_write_nothing(
    chain: Chain, obligation: str, wanted: dict[str, object], refusal: type[Refusal], said: str
) -> None:
    with chain.world.refusing(refusal) as refused:
        open_(chain, obligation, **wanted)  # type: ignore[arg-type]
    assert said in refused.value.text


def test_today_after_its_cut_off_is_past(chain: Chain) -> None:
    with chain.world.act(local("2022-03-07 11:59")) as act:
        assert len(by_hand.open_now(act, KEY, "call-up", unit="U1", due=MONDAY.date(), comment="急")) == 1
    with chain.world.refusing(DateRefused), chain.world.act(local("2022-03-07 12:00")) as act:
        by_hand.open_now(act, KEY, "call-up", unit="U2", due=MONDAY.date(), comment="急")


def test_two_who_open_the_same_at_once_open_it_once(chain: Chain) -> None:
    refused: list[Refusal] = []

    def call() -> None:
        try:
            open_(chain, "call-up")
        except AlreadyOpen as refusal:
            refused.append(refusal)

    threads = [Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(refused), len(chain.all("call-up"))) == (1, 5)
