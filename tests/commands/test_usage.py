"""Wrong usage is one Chinese line, and nothing is made before it is found."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.commands.conftest import Duban


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nonsense",), "没有命令“nonsense”"),
        (("overdue", "--nonsense"), "没有选项 --nonsense"),
        (("why",), "缺少参数 SUBMISSION"),
        (("overdue", "--format", "xml"), "--format 的值不对：“xml”不在其中"),
        (("overdue", "--min-days", "x"), "--min-days 的值不对：须是整数"),
        (("serve", "--port", "99999"), "--port 的值不对"),
        (("demo", "--port", "70000"), "--port 的值不对"),
    ],
)
def test_wrong_usage_is_one_line_in_chinese(duban: Duban, arguments: tuple[str, ...], said: str) -> None:
    ran = duban(*arguments)
    assert (ran.code, ran.out, len(ran.said)) == (2, "", 1)
    assert said in ran.said[0] and "（加 --help 查看说明）" in ran.said[0]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_service_that_cannot_listen_makes_no_password(duban: Duban, settled: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = duban("serve", "--port", str(taken.getsockname()[1]))
        assert (ran.code, ran.out) == (1, "") and "已被占用" in ran.err
    ran = duban("serve", "--host", "192.0.2.1")
    assert (ran.code, ran.out) == (1, "") and "不能在地址“192.0.2.1”上监听" in ran.err
    assert "admin" not in duban("user", "list").out
    assert Path(settled.removeprefix("sqlite:///")).exists()
