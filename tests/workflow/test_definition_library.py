"""Definition files: the clean one loads, every fault is named by line, column and code, nothing else is raised."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from pathlib import Path

import pytest

from tests.workflow.world import DEFINITION, ordos
from workflow import library
from workflow.library import Fault, FaultyDefinition

#: Small enough that every word to be replaced stands in it once.
SMALL = Path(__file__).with_name("three-dates.yaml")
TEXT = SMALL.read_text()
CHINESE = re.compile(r"[\u4e00-\u9fff]")

#: Stands in a broken copy where the fault must be reported.
HERE = "▶"


@dataclass(frozen=True)
class Broken:
    """A copy of the clean file with some words replaced; the mark shows where the fault is."""

    code: str
    old: str
    new: str
    mark: str = ""

    @property
    def text(self) -> str:
        """The copy, the mark still in it."""
        assert TEXT.count(self.old) == 1, self.old
        written = TEXT.replace(self.old, self.new)
        if self.mark:
            assert written.count(self.mark) == 1, self.mark
            written = written.replace(self.mark, HERE + self.mark)
        return written


TARGET = "    stage: establish\n    duty: 选定"
CONTACT = "contact: {label: 工作联系情况, type: paragraph,"
FIRST_RUNG = "    - {at: -3wd 09:00, to: [liaison]}\n"

BROKEN = [
    Broken("unknown-key", TARGET, f"    {HERE}colour: red\n{TARGET}"),
    Broken("unknown-key", "{label: 可比性, type", "{label: 可比性, ▶tpye: text, type"),
    Broken("key-missing", "    owed_by: member-units\n    due: 01-04\n", "    due: 01-04\n", mark="target-choice:"),
    Broken("key-missing", "{label: 可比性, type: paragraph, required", "{label: 可比性, required", mark="comparable:"),
    Broken("value-unknown", "type: text, required: true, max_length: 100", "type: ▶words, required: true"),
    Broken("value-unknown", "timezone: Asia/Shanghai", "timezone: ▶Asia/Tokyo"),
    Broken("not-text", "title: 报送建标学习对象", "title: ▶2022"),
    Broken("not-text", "title: 报送建标学习对象", "title: ▶2022-01-04"),
    Broken("empty", "title: 报送建标学习对象", 'title: ▶""'),
    Broken("empty", "to: [liaison]}", "to: ▶[]}"),
    Broken("too-long", "duty: 选定一个", "duty: ▶" + "选定" * 251 + "一个"),
    Broken("not-a-number", "max_length: 100", "max_length: ▶many"),
    Broken("not-a-number", "at_least: 1, at_most: 99", "at_least: ▶1.5, at_most: 99"),
    Broken("not-true-false", f"{CONTACT} required: true", f"{CONTACT} required: ▶maybe"),
    Broken("not-a-mapping", "posts:\n  supervising-leader: 市人民政府分管领导\n  office: 领导小组办公室\n",
           "posts: ▶[office]\n"),
    Broken("not-a-list", "requires: [research-trip]", "requires: ▶research-trip"),
    Broken("date-refused", "issued: 2021-12-30", "issued: ▶soon"),
    Broken("date-refused", "issued: 2021-12-30", "issued: ▶2021-02-30"),
    Broken("out-of-range", "cycle: 2022", "cycle: ▶1999"),
    Broken("out-of-range", "max_length: 100", "max_length: ▶0"),
    Broken("value-refused", "due: 01-04", "due: ▶02-30"),
    Broken("value-refused", "due: 01-04", "due: ▶04-31"),
    Broken("value-refused", "due: 01-04", "due: ▶01-00"),
    Broken("value-refused", "due: 01-04", "due: ▶2022-02-29"),
    Broken("value-refused", "due: 01-04", "due: {on: 01-04, until: ▶1730}"),
    Broken("value-refused", "due: 01-04", "due: {on: 01-04, until: ▶24:00}"),
    Broken("not-a-mapping", "due: 01-04", "due: ▶104"),
    Broken("value-refused", "at: -3wd 09:00", "at: ▶-3wk 09:00"),
    Broken("value-refused", "from: -1/12-late", "from: ▶-1/12-last"),
    Broken("value-refused", "published: -1/12-31 08:30", "published: ▶yesterday"),
    Broken("value-refused", "{label: 可比性, type: paragraph", "▶{label: 可比性, type: choice"),
    Broken("value-refused", "{label: 可比性, type", "▶{label: 可比性, options: [甲, 甲], type"),
    Broken("value-refused", "{label: 外出专题调研次数, type: integer, required: true, at_least: 1",
           "▶{label: 外出专题调研次数, type: integer, required: true, at_least: 100"),
    Broken("value-refused", "  target-choice:", "  ▶Target_Choice:"),
    Broken("value-refused", "  target-choice:", '  ▶"target-choice\\n":'),
    Broken("value-refused", "{at: due, to", "▶{at: due, pending_for: 1wd, to"),
    Broken("value-refused", "{at: due, to", "▶{at: due, every: 1wd, to"),
    Broken("value-refused", "{pending_for: 1wd, ", "▶{pending_for: 0wd, "),
    Broken("value-refused", "every: 1wd, at_most: 5", "at_most: 5", mark="{pending_for"),
    Broken("unknown-group", "owed_by: member-units\n    due: 01-04", "owed_by: ▶members\n    due: 01-04"),
    Broken("unknown-group", "owed_by: member-units\n    due: 02-10", "owed_by: member-units\n    due: 02-10\n"
           "    sign_off: [{by: office, except: {▶parties: unit-head}}]"),
    Broken("unknown-post", "to: [liaison]}", "to: [▶liason]}"),
    Broken("unknown-post", "owed_by: member-units\n    due: 02-10", "owed_by: member-units\n    due: 02-10\n"
           "    sign_off: [{by: ▶mayor}]"),
    Broken("unknown-post", "owed_by: member-units\n    due: 02-10", "owed_by: member-units\n    due: 02-10\n"
           "    sign_off: [{by: office, except: {party-departments: ▶mayor}}]"),
    Broken("unknown-post", "receiver: office\n    ladder: standard\n\n  research-trip",
           "receiver: ▶clerk\n    ladder: standard\n\n  research-trip"),
    Broken("unknown-stage", TARGET, TARGET.replace("stage: ", "stage: ▶re-")),
    Broken("unknown-ladder", "ladder: standard\n\n  research-trip", "ladder: ▶steep\n\n  research-trip"),
    Broken("unknown-obligation", "requires: [research-trip]", "requires: [research-trip, ▶trip]"),
    Broken("requires-loop", "due: 01-04", "due: 01-04\n    requires: [▶target-choice]"),
    Broken("requires-later", "due: 01-04", "due: 01-04\n    requires: [▶work-plan]"),
    Broken("rung-twice", FIRST_RUNG, FIRST_RUNG + FIRST_RUNG.replace("{", "▶{")),
    Broken("say-misplaced", "{at: -3wd 09:00, to: [liaison]}", "{at: -3wd 09:00, to: [liaison], say: ▶overdue}"),
    Broken("say-misplaced", "{at: -3wd 09:00, to: [liaison]}", "{at: -3wd 09:00, to: [liaison], say: ▶escalation}"),
    Broken("say-misplaced", "{at: +3wd 09:00, to: [office], say: escalation}", "{at: ▶+3wd 09:00, to: [office]}"),
    Broken("say-misplaced", "say: overdue", "say: ▶reminder"),
    Broken("say-misplaced", "every: 1wd, at_most: 5", "every: 1wd, at_most: 5, say: ▶notice"),
    Broken("date-impossible", "due: 01-04", "due: ▶02-29"),
    Broken("date-impossible", "published: -1/12-31 08:30", "published: ▶02-29 08:30"),
    Broken("stage-backwards", "from: 01-mid, to: 02-mid", "from: 01-mid, to: ▶01-early"),
    Broken("duplicate-key", TARGET, TARGET + "一个\n    ▶duty: 又选定"),
    Broken("alias", "office: 领导小组办公室", "office: ▶*there"),
    Broken("anchor", "office: 领导小组办公室", "office: ▶&here 领导小组办公室"),
    Broken("tag", "office: 领导小组办公室", "office: ▶!!str 领导小组办公室"),
    Broken("tag", "office: 领导小组办公室", "office: ▶!!python/object/apply:os.system [ls]"),
    Broken("second-document", "ladders:\n", "▶---\nladders:\n"),
    Broken("too-deep", "requires: [research-trip]", "requires: " + "[" * 17 + "▶[research-trip" + "]" * 18),
    Broken("yaml-syntax", TARGET, f"\t{TARGET}", mark="\t    stage"),
    Broken("key-not-text", TARGET, f"    {HERE}[甲]: 乙\n{TARGET}"),
    Broken("yaml-syntax", "title: 报送建标学习对象", "title: 报送▶: 建标"),
]  # fmt: skip


def faults_of(data: bytes | str) -> list[Fault]:
    written = data.encode() if isinstance(data, str) else data
    with pytest.raises(FaultyDefinition) as refused:
        library.parse(written, name="plan.yaml")
    assert refused.value.text.startswith(f"方案定义有{len(refused.value.faults)}处错误。\nplan.yaml:")
    return list(refused.value.faults)


def place(marked: str) -> tuple[int, int]:
    """Line and column of the mark, from 1."""
    before = marked[: marked.index(HERE)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def test_the_clean_file_loads() -> None:
    definition = library.load(SMALL).definition
    assert (definition.programme, definition.cycle) == ("ordos-benchmarking", 2022)
    due = {name: str(obligation.due.on) for name, obligation in definition.obligations.items()}
    assert due == {"target-choice": "01-04", "research-trip": "02-10", "work-plan": "02-15"}
    assert [step.by for step in definition.obligations["target-choice"].sign_off] == ["supervising-leader"]
    assert definition.obligations["research-trip"].sign_off == ()
    assert len(definition.ladder_of("work-plan")) == 6


def test_the_version_is_the_hash_of_the_text() -> None:
    again = library.parse(DEFINITION.read_bytes(), name="another name")
    changed = library.parse(DEFINITION.read_bytes() + b"\n", name="plan.yaml")
    assert again.version == ordos().version != changed.version


@pytest.mark.parametrize("broken", BROKEN, ids=[f"{number}-{one.code}" for number, one in enumerate(BROKEN)])
def test_a_fault_is_named_by_place_and_code_in_one_line_of_chinese(broken: Broken) -> None:
    [fault] = faults_of(broken.text.replace(HERE, ""))
    assert (fault.code, (fault.line, fault.column)) == (broken.code, place(broken.text))
    assert CHINESE.search(fault.text)
    assert not re.search(r"Input should|Value error|out of range|valid ", fault.text)
    assert str(fault) == f"plan.yaml:{fault.line}:{fault.column}: {fault.code}: {fault.text}"
    assert len(str(fault).splitlines()) == 1


def test_all_faults_are_named_at_once() -> None:
    text = TEXT.replace("due: 01-04", "due: 01-32").replace("due: 02-10", "due: 02-30").replace("type: file", "type: f")
    assert [fault.code for fault in faults_of(text)] == ["value-refused", "value-refused", "value-unknown"]


def test_a_loop_of_prerequisites_is_named_on_both_sides() -> None:
    text = TEXT.replace("due: 02-10", "due: 02-10\n    requires: [work-plan]")
    lines = text.splitlines()
    found = [(fault.code, lines[fault.line - 1].strip()) for fault in faults_of(text)]
    assert found == [("requires-loop", "requires: [work-plan]"), ("requires-loop", "requires: [research-trip]")]


def test_a_likely_word_is_suggested() -> None:
    [fault] = faults_of(
        TEXT.replace("    ladder: standard\n\nladders", "    ladder: standard\n    laddr: x\n\nladders")
    )
    assert "ladder" in fault.text and "是否想写" in fault.text


@pytest.mark.parametrize(
    ("due", "cycle", "codes"),
    [
        ("02-29", 2024, []),
        ("02-29", 2022, ["date-impossible"]),
        ("+1/02-29", 2023, []),
        ("02-end", 2022, []),
        ("2024-02-29", 2022, []),
    ],
)
def test_a_day_is_tried_in_the_cycle(due: str, cycle: int, codes: list[str]) -> None:
    text = TEXT.replace("due: 02-15", f"due: {due}").replace("due: 02-10", "due: 01-05")
    try:
        library.parse(text.encode(), name="plan.yaml", cycle=cycle)
        found = []
    except FaultyDefinition as refused:
        found = [fault.code for fault in refused.faults]
    assert found == codes


def test_without_a_cycle_a_common_year_is_tried() -> None:
    text = TEXT.replace("cycle: 2022\n", "").replace("due: 01-04", "due: 02-29")
    assert [fault.code for fault in faults_of(text)] == ["date-impossible"]


def test_a_launched_text_is_read_again_whatever_year_it_names() -> None:
    leap = TEXT.replace("cycle: 2022\n", "").replace("due: 02-15", "due: 02-29")
    launched = library.parse(leap.encode(), name="plan.yaml", cycle=2024)
    assert library.pinned(launched.text).definition == launched.definition
    assert library.pinned(launched.text).version == launched.version


def test_a_cut_off_is_a_time_of_day() -> None:
    text = TEXT.replace("due: 01-04", "due: {on: 01-04, until: 17:30}")
    parsed = library.parse(text.encode(), name="plan.yaml").definition
    assert parsed.obligations["target-choice"].due.until == time(17, 30)


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(FaultyDefinition) as refused:
        library.load(tmp_path / "no.yaml")
    assert [fault.code for fault in refused.value.faults] == ["file-unreadable"]
