"""Follow-ups by what was written: one for each row of a table, and only where an answer asks for it."""

from datetime import timedelta

import pytest

from tests.workflow.chained import MONDAY, Chain, day
from workflow import proposals
from workflow.definition import Condition

LATER = MONDAY + timedelta(hours=1)
PROBLEMS = [
    {"unit": "单位U1", "what": "道路未通", "due": "2022-04-29"},
    {"unit": "单位U1", "what": "管网未建", "due": "2022-04-29"},
    {"unit": "U2", "what": "资金未到", "due": "2022-05-10"},
    {"unit": "单位U3", "what": "手续未办"},
]


def test_each_row_of_a_table_opens_one(chain: Chain) -> None:
    listed = chain.id_of("problem-list")
    chain.file(listed, {"problems": PROBLEMS})
    chain.raise_("filed", listed)
    assert [
        (row.unit, row.heading, row.due_date) for row in sorted(chain.all("problem"), key=lambda one: one.unit)
    ] == [
        ("U1", "道路未通", day("2022-04-29")),
        ("U1", "管网未建", day("2022-04-29")),
        ("U2", "资金未到", day("2022-05-10")),
        ("U3", "手续未办", day("2022-03-14")),
    ]
    assert {row.cause_id for row in chain.all("problem")} == {listed}
    assert sorted(row.subject for row in chain.all("praise")) == ["U1", "U1", "U2", "U3"]


def test_person_with_several_rows_hears_of_them_in_one_message(chain: Chain) -> None:
    listed = chain.id_of("problem-list")
    chain.file(listed, {"problems": PROBLEMS})
    chain.raise_("filed", listed)
    opened = [one for one in chain.world.letters(person="u1-liaison") if one.items[0].reason == "opened"]
    assert [len(one.items) for one in opened] == [2]


def test_list_filed_again_opens_its_new_rows_only(chain: Chain) -> None:
    listed = chain.id_of("problem-list")
    chain.file(listed, {"problems": PROBLEMS[:2]})
    chain.raise_("filed", listed)
    chain.file(chain.id_of("problem", "U1"), {"result": "已通车"})
    chain.reopen(listed, now=LATER)
    chain.file(listed, {"problems": PROBLEMS}, now=LATER)
    chain.raise_("filed", listed, now=LATER)
    assert sorted(row.heading for row in chain.all("problem")) == ["手续未办", "管网未建", "资金未到", "道路未通"]


def test_row_that_comes_back_with_another_date_is_opened_again_once_it_is_closed(chain: Chain) -> None:
    listed = chain.id_of("problem-list")
    chain.file(listed, {"problems": PROBLEMS[:1]})
    chain.raise_("filed", listed)
    again = [PROBLEMS[0] | {"due": "2022-06-30"}]
    chain.reopen(listed)
    chain.file(listed, {"problems": again})
    assert chain.raise_("filed", listed) == 0
    chain.file(chain.id_of("problem", "U1"), {"result": "已通车"})
    chain.reopen(listed, now=LATER)
    chain.file(listed, {"problems": again}, now=LATER)
    chain.raise_("filed", listed, now=LATER)
    assert [row.due_date for row in chain.all("problem")] == [day("2022-04-29"), day("2022-06-30")]


@pytest.mark.parametrize(
    ("answer", "value", "held"),
    [
        ("需整改", "需整改", True),
        ("需整改", "不需整改", False),
        ("需整改", None, False),
        ("甲", ["甲", "乙"], True),
        ("丙", ["甲", "乙"], False),
        (True, True, True),
        (True, False, False),
        ("是", True, True),
        ("否", True, False),
        (True, 1, False),
        (3, 3, True),
        (3, "3.00", True),
        (3, "3.5", False),
        ("三", 3, False),
    ],
)
def test_condition_compares_answers_as_people_mean_them(answer: object, value: object, held: bool) -> None:
    condition = Condition.model_validate({"field": "x", "is": answer})
    assert proposals.holds(condition, {"x": value}) is held
