"""Delivery proof and sending again from the command line; a clock that jumped, as the doctor sees it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from documents.sheets import workbook_tables
from tests.commands.conftest import Duban
from tests.workflow.world import LAUNCH, World, local
from workflow import channel_notes, holding
from workflow.jumps import Jump
from workflow.tables import Message

LIAISON = "jytyj-liaison"


def failed(world: World, *people: str) -> list[int]:
    """Let the messages to these people be ones that did not arrive; their numbers."""
    with world.act(LAUNCH) as act:
        mine = col(Message.person).in_(people)
        lost = {"status": "failed", "answer": "550 5.1.1 unknown", "attempts": 1, "channel": "mail"}
        act.session.execute(update(Message).where(mine).values(**lost))
        return [number or 0 for number in act.session.exec(select(Message.id).where(mine).order_by(col(Message.id)))]


def standing(world: World, number: int) -> str:
    with world.look() as act:
        message = act.session.get(Message, number)
        assert message is not None
        return message.status


def test_every_message_is_listed_with_its_proof(world: World, duban: Duban) -> None:
    (number,) = failed(world, LIAISON)
    ran = duban("messages", "--person", LIAISON)
    assert (ran.code, ran.err) == (0, "")
    for said in ("共1条", str(number), "市教育体育局联络员", "未送达", "550 5.1.1", "邮件"):
        assert said in ran.out, said
    assert "共61条" in duban("messages").out
    assert "共1条" in duban("messages", "--submission", str(world.id_of("JYTYJ"))).out
    assert "共1条" in duban("messages", "--status", "failed").out


def test_messages_are_written_to_files(world: World, duban: Duban, tmp_path: Path) -> None:
    failed(world, LIAISON)
    ran = duban("messages", "--format", "csv", "--person", LIAISON)
    rows = list(csv.DictReader(io.StringIO(ran.out.removeprefix("\ufeff"))))
    assert {row["状态"] for row in rows} == {"未送达"} and rows[0]["单位"] == "市教育体育局"
    whole = json.loads(duban("messages", "--format", "json").out)
    assert (whole["total"], len(whole["items"]), whole["next"]) == (61, 61, None)
    file = tmp_path / "proof.xlsx"
    ran = duban("messages", "--format", "xlsx", "-o", str(file))
    assert (ran.code, ran.said) == (0, [f"已写入 {file}，共61条消息"])
    (sheet,) = workbook_tables(file.read_bytes(), ["消息送达记录"], name="x").values()
    assert len({row[0] for row in sheet[3:]}) == 61


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "xlsx"), "不能输出：xlsx 格式须用 -o 写明文件名"),
        (("--submission", "0"), "没有编号为0的报送件。"),
        (("--status", "lost"), "查询条件不可用：状态（status）只能是："),
    ],
)
def test_messages_that_cannot_be_listed_are_refused(
    world: World, duban: Duban, arguments: tuple[str, ...], said: str
) -> None:
    ran = duban("messages", *arguments)
    assert ran.code == 1 and ran.said[0].startswith(said)
    assert world


def test_one_message_is_sent_again(world: World, duban: Duban) -> None:
    first, second = failed(world, LIAISON, "wjw-liaison")
    ran = duban("resend", str(first))
    assert (ran.code, ran.out) == (0, "1条消息将重新发送\n")
    assert (standing(world, first), standing(world, second)) == ("queued", "failed")
    ran = duban("resend", str(first), str(second))
    assert ran.code == 1
    assert ran.said == [f"只有未送达的消息才能重新发送；编号为{first}的消息现在不是未送达。"]
    assert standing(world, second) == "failed"


def test_all_are_sent_again(world: World, duban: Duban) -> None:
    failed(world, LIAISON, "wjw-liaison")
    assert duban("resend", "--all").out == "2条消息将重新发送\n"
    assert duban("resend", "--all").out == "没有未送达的消息\n"


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("arguments", [(), ("--all", "3")])
def test_it_must_be_said_which(world: World, duban: Duban, arguments: tuple[str, ...]) -> None:
    ran = duban("resend", *arguments)
    assert ran.code == 1 and "二者取一" in ran.err
    assert duban("resend", "0").said == ["没有编号为0的消息。"]
    assert world


def test_a_clock_that_jumped_is_told_by_every_command(world: World, duban: Duban) -> None:
    assert "✗" not in duban("doctor").out
    jump = Jump(local("2021-12-31 08:30"), local("2022-01-02 08:31"), LAUNCH - LAUNCH)
    with world.act(LAUNCH) as act:
        holding.hold_for_jump(act.session, jump)
    cause = "本机时钟向前跳了2天1分钟（由2021-12-31 08:30跳到2022-01-02 08:31），消息暂不发出"
    ran = duban("doctor")
    assert ran.code == 1 and f"✗ 消息：{cause}，暂存61条；核对后执行 duban release 放行" in ran.out
    assert f"注意：{cause}" in duban("next").err
    ran = duban("release", "--dry-run")
    assert (ran.out, ran.said) == ("暂存61条消息：通知61条\n", [f"原因：{cause}"])
    assert duban("release").out == "已放行61条消息：通知61条\n"
    assert duban("doctor").code == 0
    assert duban("release").out == "没有暂存的消息\n"


def test_a_channel_that_failed_last_is_found_by_the_doctor(world: World, duban: Duban) -> None:
    with world.act(LAUNCH) as act:
        channel_notes.write(act.session, {("mail", False): "535 5.7.8 no"}, LAUNCH)
    assert "! 发送渠道：邮件最近一次没有发成（2021-12-31 08:30）：535 5.7.8 no" in duban("doctor").out
    with world.act(LAUNCH) as act:
        channel_notes.write(act.session, {("mail", True): "250 ok"}, local("2021-12-31 09:00"))
    assert "没有发成" not in duban("doctor").out
