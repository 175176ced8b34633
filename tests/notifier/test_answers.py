"""Providers' answers in Chinese. Pure."""

from __future__ import annotations

import pytest

from notifier.answers import in_chinese
from notifier.writing import NO_WAY


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("", ""),
        ("250 2.0.0 Ok: 1", "邮件服务器已接收"),
        ("0 ok msg-1", "企业微信已接收"),
        ("550 5.1.1 <a@example.cn>: user unknown", "收件地址不存在"),
        ("550-5.1.1 user unknown", "收件地址不存在"),
        ("550 no such mailbox", "收件信箱不可用：不存在或拒收"),
        ("452 4.2.2 mailbox full", "收件信箱已满"),
        ("451 try later", "邮件服务器处理出错"),
        ("499 what", "邮件服务器暂时不能接收"),
        ("599 what", "邮件服务器拒收"),
        ("535 5.7.8 authentication failed", "邮件账号或密码不正确"),
        ("60111 userid not found（收件人的企业微信账号不存在）", "收件人的企业微信账号不存在"),
        ("40003 invalid userid", "企业微信没有接收"),
        ("SUCCESS", ""),
        (NO_WAY, NO_WAY),
        ("未收到答复 (no answer): TimeoutError", "未收到答复 (no answer): TimeoutError"),
        ("企业微信：60111 x（收件人的企业微信账号不存在）\n550 5.1.1 unknown", "收件地址不存在"),
        ("邮件：550 5.1.1 unknown", "收件地址不存在"),
        ("（此前投递8次未送达，2022-01-05 10:00 办公室重新发送）：451 try later\n250 2.0.0 Ok: 1", "邮件服务器已接收"),
    ],
)
def test_an_answer_is_said_in_chinese_where_its_code_is_known(answer: str, said: str) -> None:
    assert in_chinese(answer) == said
