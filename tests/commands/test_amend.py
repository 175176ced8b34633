"""``duban amend``: what would change is shown first, and only what was shown is done."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.commands.conftest import Duban
from tests.workflow.amended import ordos_reworded
from tests.workflow.world import DEFINITION, World, local, ordos

PROGRAMME = "ordos-benchmarking-2022"


@pytest.fixture
def later(tmp_path: Path) -> str:
    """The definition with the work plan due on February 20."""
    return written(tmp_path, ordos_reworded("work-plan", "due: 02-15", "due: 02-20").text)


def written(folder: Path, text: str) -> str:
    path = folder / "amended.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_what_would_change_is_shown_and_nothing_written(world: World, duban: Duban, later: str) -> None:
    before = world.dump()
    shown = duban("amend", PROGRAMME, later, "--dry-run")
    assert (shown.code, shown.err) == (0, "")
    for said in ("截止日期", "2022-02-15", "2022-02-20", "61件", "消息：取消未发出的0条，通知0人"):
        assert said in shown.out
    assert "已修订" not in shown.out
    assert world.dump() == before


def test_it_is_done_with_who_and_why(world: World, duban: Duban, later: str) -> None:
    done = duban("amend", PROGRAMME, later, "--comment", "会议推迟")
    assert done.code == 0
    assert f"已修订：{PROGRAMME}，现行版本 " in done.out
    assert world.submission("KJJ", "work-plan").due_date == date(2022, 2, 20)
    last = world.history("KJJ", "work-plan")[-1]
    assert (last.event, last.actor) == ("amend", "系统管理员（命令行）")
    assert last.comment.endswith("：会议推迟")
    again = duban("amend", PROGRAMME, later)
    assert (again.code, "问题：没有任何变化，与现行定义完全相同" in again.out) == (1, True)


def test_an_earlier_date_waits_for_a_word(world: World, duban: Duban, tmp_path: Path) -> None:
    earlier = written(tmp_path, ordos_reworded("work-plan", "due: 02-15", "due: 02-14").text)
    before = world.dump()
    refused = duban("amend", PROGRAMME, earlier)
    assert refused.code == 1
    assert refused.said[-1].startswith("不能修订方案：") and refused.said[-1].endswith("提前到2022-02-14，须经确认")
    assert world.dump() == before
    assert duban("amend", PROGRAMME, earlier, "--confirm-earlier").code == 0
    assert world.submission("KJJ", "work-plan").due_date == date(2022, 2, 14)


def test_what_cannot_be_is_told_and_nothing_written(world: World, duban: Duban, tmp_path: Path) -> None:
    world.hand_in("KJJ", now=local("2022-01-01 10:00"))
    pinned = ordos_reworded(
        "target-choice", "type: text, required: true, max_length: 100", "type: paragraph, required: true"
    )
    before = world.dump()
    refused = duban("amend", PROGRAMME, written(tmp_path, pinned.text))
    assert refused.code == 1
    assert "问题：“报送建标学习对象”有1件正在审签" in refused.out
    assert "问题：“报送建标学习对象”已有填报内容用到“建标学习对象所在地区”" in refused.out
    assert world.dump() == before


def test_faults_of_the_file_and_unknown_programmes_are_named(world: World, duban: Duban, tmp_path: Path) -> None:
    broken = duban("amend", PROGRAMME, written(tmp_path, ordos().text.replace("due: 02-15", "due: 02-31", 1)))
    assert (broken.code, "amended.yaml:" in broken.err) == (1, True)
    unknown = duban("amend", "ordos-benchmarking-2021", str(DEFINITION))
    assert (unknown.code, unknown.said) == (1, ["查询条件不可用：没有方案“ordos-benchmarking-2021”"])
