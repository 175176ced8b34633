"""A day that a form appoints for what follows must still lie ahead when it is handed in."""

from __future__ import annotations

import pytest

from tests.workflow.chained import MONDAY, Chain
from workflow import submissions
from workflow.refusals import ContentIncomplete


@pytest.mark.parametrize(
    ("days", "refused"),
    [
        (["2022-03-07", "2022-04-29"], set()),
        (["2022-04-29", "2022-03-06"], {"problems.2.due"}),
        ([None, "2022-04-29"], set()),
    ],
)
def test_a_row_cannot_ask_for_a_day_that_has_gone_by(chain: Chain, days: list[str | None], refused: set[str]) -> None:
    listed = chain.id_of("problem-list")
    rows = [{"unit": "单位U1", "what": "道路未通", **({"due": day} if day else {})} for day in days]
    with chain.world.act(MONDAY) as act:
        submissions.save(act, listed, {"problems": rows}, if_version=None)
    before = chain.world.dump()
    try:
        with chain.world.act(MONDAY) as act:
            submissions.submit(act, listed)
        found: set[str] = set()
    except ContentIncomplete as refusal:
        found = set(_faults(refusal))
        assert chain.world.dump() == before
    assert found == refused


def test_a_report_cannot_promise_a_day_that_has_gone_by(chain: Chain) -> None:
    chain.raise_("light-red", chain.id_of("node", "U1"))
    (talk,) = (row.id or 0 for row in chain.all("warning-talk"))
    chain.file(talk, {"outcome": "需整改"})
    chain.raise_("filed", talk)
    report = chain.id_of("written-report", "U1")
    with chain.world.act(MONDAY) as act:
        submissions.save(act, report, {"rectify-by": "2022-03-04"}, if_version=None)
    with pytest.raises(ContentIncomplete) as refused, chain.world.act(MONDAY) as act:
        submissions.submit(act, report)
    assert "不早于今天" in _faults(refused.value)["rectify-by"]


def _faults(refusal: ContentIncomplete) -> dict[str, str]:
    errors = refusal.facts["errors"]
    assert isinstance(errors, dict)
    return errors
