"""What stands in a file before any definition is seen: bytes, odd scalars, damage. Only faults come of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow.world import DEFINITION, ordos
from workflow import library
from workflow.library import Fault, FaultyDefinition

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def faults_of(data: bytes | str) -> tuple[Fault, ...]:
    written = data.encode() if isinstance(data, str) else data
    with pytest.raises(FaultyDefinition) as refused:
        library.parse(written, name="plan.yaml")
    return refused.value.faults


BAD_BYTES = [
    ("file-empty", b"", (1, 1)),
    ("file-empty", b"# nothing but a remark\n", (1, 1)),
    ("not-a-mapping", b"- a\n- b\n", (1, 1)),
    ("not-a-mapping", b"5", (1, 1)),
    ("not-utf8", "programme: x\ntitle: 对标".encode("gbk"), (2, 8)),
    ("not-utf8", b"\xff\xfep\x00", (1, 1)),
    ("file-too-large", b"# " + b"x" * 300 * 1024, (1, 1)),
    ("too-deep", b"a: " + b"[" * 100_000, (1, 23)),
    ("alias", b"a: &a [x]\nb: *a\n"[10:], (1, 4)),
    ("anchor", b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", (1, 4)),
    ("yaml-syntax", b"a:\n\tb: 1\n", (2, 1)),
    ("yaml-syntax", b'a: 1\nb: "x\n', (3, 1)),
    ("yaml-syntax", b'a: 1\nb: "\\UFFFFFFFF"\n', (2, 1)),
    ("yaml-syntax", b"a: 1\n%YAML 9.9\n---\nb: 1\n", (2, 1)),
    ("yaml-syntax", b"a: [1, 2\nb: 3\n", (2, 2)),
    ("yaml-syntax", b"a: x\x00y\n", (1, 1)),
    ("yaml-syntax", b"a: 1\nb: x\x07y\n", (1, 1)),
]


@pytest.mark.parametrize(("code", "data", "where"), BAD_BYTES, ids=[f"{n}-{c[0]}" for n, c in enumerate(BAD_BYTES)])
def test_what_is_no_acceptable_yaml_is_refused(code: str, data: bytes, where: tuple[int, int]) -> None:
    [fault] = faults_of(data)
    assert (fault.code, (fault.line, fault.column)) == (code, where)
    assert CHINESE.search(fault.text)


@pytest.mark.parametrize(
    "text",
    [
        'title: "\\ud800"\n', '"\\ud800": 1\n', "? {a: 1}\n: 2\n", "? \n: 2\n", "<<: {a: 1}\n", "=: 1\n", "a: !\n",
        "programme: |\n  plan\n", "cycle: " + "9" * 5000, "cycle: 1e999\n", "cycle: 0x7e6\n", "cycle: .inf\n",
        "published: 2022-01-01 08:30:00\n", "groups: {g: {}}\n", "obligations: {}\n", "obligations: {a: null}\n",
    ],
)  # fmt: skip
def test_odd_scalars_are_faults_like_any_other(text: str) -> None:
    for fault in faults_of(text):
        assert CHINESE.search(fault.text)


def test_a_byte_order_mark_is_no_fault() -> None:
    assert library.parse(b"\xef\xbb\xbf" + DEFINITION.read_bytes(), name="plan.yaml").definition == ordos().definition


def test_lines_of_windows_are_no_fault() -> None:
    written = DEFINITION.read_bytes().replace(b"\n", b"\r\n")
    assert library.parse(written, name="plan.yaml").definition == ordos().definition


LINES = DEFINITION.read_text().splitlines(keepends=True)
CHANGES = st.sampled_from(["delete", "twice", "indent", "cut", "swap", "sign"])
SIGNS = st.sampled_from([*"{}[]:,#&*!|>'\"%@`-?\t\\", "\x00", "\u2028", "𠮷", ": ", "- ", "null", "\ufeff", "é"])


@given(st.lists(st.tuples(CHANGES, st.integers(0, len(LINES) - 1), st.integers(0, 60), SIGNS), min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_a_damaged_file_raises_nothing_but_faults(changes: list[tuple[str, int, int, str]]) -> None:
    lines = list(LINES)
    for change, number, column, sign in changes:
        lines[number] = "".join(damaged(lines[number], change, column, sign))
    text = "".join(lines)
    try:
        library.parse(text.encode(), name="plan.yaml")
    except FaultyDefinition as refused:
        assert refused.faults
        assert all(CHINESE.search(fault.text) and len(str(fault).splitlines()) == 1 for fault in refused.faults)
        assert all(1 <= fault.line <= len(text.splitlines()) + 1 and fault.column >= 1 for fault in refused.faults)


def damaged(line: str, change: str, column: int, sign: str) -> Iterator[str]:
    match change:
        case "delete":
            return
        case "twice":
            yield from (line, line)
        case "indent":
            yield from ("  ", line)
        case "cut":
            yield from (line[:column], "\n")
        case "swap":
            yield from (line[column:].rstrip("\n"), line[:column].rstrip("\n"), "\n")
        case _:
            yield from (line[:column], sign, line[column:])


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_no_bytes_break_the_reader(data: bytes) -> None:
    with pytest.raises(FaultyDefinition):
        library.parse(data, name="plan.yaml")
