"""Approvers who cannot take the second step that is asked of them, known before the day."""

from __future__ import annotations

from contextlib import closing

import pytest

from tests.workflow.confirming import NOW, asked, roster
from tests.workflow.small import small
from tests.workflow.world import OFFICE, World
from workflow import posts, second_channels
from workflow.launch import plan

CODE = "“甲副市长”审签时须凭另一渠道的动态验证码，但{known}，届时无法通过链接审签"
WECOM = "“甲副市长”审签时须由企业微信确认身份，但{missing}，届时无法通过链接审签"


@pytest.mark.parametrize(
    ("confirm", "wecom", "email", "said"),
    [
        ("code", "one", "one@example.cn", ()),
        ("code", None, "one@example.cn", (CODE.format(known="只有电子邮件一种联系方式可用"),)),
        ("code", "one", None, (CODE.format(known="只有企业微信一种联系方式可用"),)),
        ("wecom", "one", None, ()),
        ("wecom", None, "one@example.cn", (WECOM.format(missing="没有登记企业微信账号"),)),
        ("none", None, "one@example.cn", ()),
    ],
)
def test_a_launch_says_who_cannot_confirm(
    sqlite_url: str, confirm: str, wecom: str | None, email: str | None, said: tuple[str, ...]
) -> None:
    other = small(due="03-11", sign_off=f"[{{by: supervising-leader, confirm: {confirm}}}]")
    with (
        closing(World.launched(sqlite_url, now=NOW, pinned=small(), roster=roster(wecom=wecom, email=email))) as world,
        world.act(NOW, OFFICE) as act,
    ):
        assert plan(act, other, 2022).cautions == said


def test_whoever_takes_over_is_looked_at_too(sqlite_url: str) -> None:
    with asked(sqlite_url) as world, world.act(NOW) as act:
        other = next(one for one in posts.directory(act.session).people() if one.key != "leader-1")
        (text,) = second_channels.in_place_of(act, "leader-1", other.key, ways=("wecom", "mail"), on=act.today)
        assert "须凭另一渠道的动态验证码，但只有电子邮件一种联系方式可用" in text
        assert second_channels.in_place_of(act, other.key, "leader-1", ways=("wecom", "mail"), on=act.today) == ()
        request = world.open_requests("U1", "report")[0]
        assert second_channels.of_request(act, request, ways=("wecom", "mail")) == ()
        (text,) = second_channels.of_request(act, request, ways=("mail",))
        assert text == CODE.format(known="只有电子邮件一种联系方式可用")


def test_what_is_still_open_is_looked_at_with_the_channels_there_are(sqlite_url: str) -> None:
    with asked(sqlite_url, "wecom") as world:
        with world.look() as act:
            assert second_channels.of_running(act, ways=("wecom", "mail")) == ()
            (text,) = second_channels.of_running(act, ways=("mail",))
            assert text == WECOM.format(missing="本系统未配置企业微信")
        with world.act(NOW) as act:
            posts.import_roster(act.session, roster(wecom=None))
        with world.look() as act:
            (text,) = second_channels.of_running(act, ways=("wecom", "mail"))
            assert text == WECOM.format(missing="没有登记企业微信账号")
