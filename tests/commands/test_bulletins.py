"""``duban bulletin``."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from docx import Document

from tests.commands.conftest import Duban
from tests.workflow.world import World, local

PROGRAMME = "ordos-benchmarking-2022"


@pytest.fixture
def database_kind() -> str:
    """SQLite: the counting is tried on both databases where it is written."""
    return "sqlite"


def test_the_bulletin_is_written_as_a_word_file(world: World, duban: Duban, tmp_path: Path) -> None:
    world.advance(local("2022-01-06 10:00"))
    done = duban("bulletin", PROGRAMME, "--period", "2022Q1", "-o", "通报.docx")
    assert done.code == 0 and not done.out and "统计截至2022年1月6日10时00分" in done.err
    paper = Document(io.BytesIO((tmp_path / "通报.docx").read_bytes()))
    assert "已到期61件" in "\n".join(one.text for one in paper.paragraphs)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((PROGRAMME, "--period", "2022Q7", "-o", "f.docx"), "请写成 2022Q1"),
        (("no-such-2022", "-o", "f.docx"), "没有找到"),
        ((PROGRAMME, "-o", "no/such/folder/f.docx"), "写不进去"),
    ],
)
def test_what_cannot_be_made_is_one_line_and_no_file(
    world: World, duban: Duban, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = duban("bulletin", *arguments)
    assert done.code == 1 and said in done.err and len(done.said) == 1
    assert not list(tmp_path.glob("*.docx"))
