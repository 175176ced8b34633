"""Follow-ups that could not open, or would give a secret away, are refused when the file is read."""

import pytest

from tests.workflow.chained import TEXT
from workflow import library


def faults(before: str, after: str) -> list[tuple[str, str]]:
    """What is found in the programme with one passage changed: the code, and the line it points to."""
    assert TEXT.count(before) == 1, before
    text = TEXT.replace(before, after)
    with pytest.raises(library.FaultyDefinition) as refused:
        library.parse(text.encode(), name="chained.yaml")
    lines = text.splitlines()
    return [(one.code, lines[one.line - 1].strip()) for one in refused.value.faults]


REPORT = '    opened_by: [{event: filed, of: [written-report]}]\n    due: {field: rectify-by, until: "17:30"}\n'
ROWS = "[{event: filed, of: [problem-list], rows: {field: problems, unit: unit, due: due, title: what}}]"
PRAISED = "[{event: filed, of: [problem-list], rows: {field: problems, unit: unit, title: what}}]"
PROBLEM = f"{ROWS}\n    due: {{opened: +5wd}}"


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (
            "opened_by: [{event: light-red}]\n    due: {opened: +5wd}",
            "opened_by: [{event: light-red}]\n    due: {by_hand: true}",
            [("due-misplaced", "due: {by_hand: true}")],
        ),
        (
            "opened_by: [{event: light-red}]\n    due: {opened: +5wd}",
            "opened_by: [{event: light-red}]\n    due: 05-01",
            [("due-misplaced", "due: 05-01")],
        ),
        (
            "form: {rectify-by: {label: 整改完成日期, type: date, required: true}}",
            "form: {rectify-by: {label: 整改完成日期, type: date}}",
            [("date-unsure", "opened_by: [{event: filed, of: [written-report]}]")],
        ),
        (
            REPORT,
            REPORT.replace("event: filed", "event: light-red"),
            [("date-unsure", "opened_by: [{event: light-red, of: [written-report]}]")],
        ),
        (
            REPORT,
            REPORT.replace(", of: [written-report]", ""),
            [("of-missing", "opened_by: [{event: filed}]")],
        ),
        (
            PROBLEM,
            PROBLEM.replace("{opened: +5wd}", "{field: due}"),
            [("date-unsure", f"opened_by: {ROWS}")],
        ),
        (
            "unit: {label: 单位, type: unit, required: true}",
            "unit: {label: 单位, type: unit}",
            [("unit-unsure", f"opened_by: {ROWS}"), ("unit-unsure", f"opened_by: {PRAISED}")],
        ),
        (
            "    visibility: hidden\n    ladder: own\n  lesson:",
            "    visibility: hidden\n    ladder: reviewed\n  lesson:",
            [("secret-told", "ladder: reviewed")],
        ),
        (
            "    due: 06-20\n",
            "    due: 06-20\n    requires: [planned-inspection]\n",
            [("secret-told", "requires: [planned-inspection]")],
        ),
    ],
    ids=[
        "by-hand", "calendar", "optional-date", "before-filing", "of-anything", "optional-row-date", "optional-unit",
        "subject-told", "requires-secret",
    ],
)  # fmt: skip
def test_unsound_follow_up_is_refused_where_it_stands(before: str, after: str, found: list[tuple[str, str]]) -> None:
    assert faults(before, after) == found
