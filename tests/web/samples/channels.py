"""The channels on a bad morning, and the sample letters."""

from dataclasses import replace

from tests.web.samples.office import LIVE, NOW, at
from web import contexts
from web.contexts.channels import ChannelLine, ChannelNote, HeldKind, UndeliveredLine
from web.contexts.frame import Choice, Link, Pager
from web.contexts.letters import SampleLetter, SampleLink

CAUSE = "本机时钟向前跳了2小时3分钟（由2022-01-06 08:00跳到2022-01-06 10:03），消息暂不发出"


def channels() -> contexts.ChannelsPage:
    """Mail fails, WeCom works, the outbox is held, three alerts did not arrive."""
    ok, bad = ChannelNote(at(1, 6, 9, 2), "0 ok msg-1", "企业微信已接收"), "550 5.1.1 <energy@example.cn>: user unknown"
    lines = (
        ChannelLine("企业微信", "已配置", ok, None, queued=12, held=12, oldest=at(1, 6, 9)),
        ChannelLine("邮件", "已配置", None, ChannelNote(at(1, 6, 9, 3), bad, "收件地址不存在"), failed=3),
        ChannelLine("办公室工作群 1", "已配置，只收抄件", ChannelNote(at(1, 5, 9), "SUCCESS"), counts=False),
    )
    return contexts.ChannelsPage(
        frame=replace(LIVE, section="channels", alarm=CAUSE),
        as_of=NOW,
        channels=lines,
        causes=(CAUSE,),
        held=(HeldKind("升级督办", 9), HeldKind("提醒", 3)),
        kinds=(Choice("all", "全部重新发送（3 条）"), Choice("reminder", "重新发送全部提醒（2 条）")),
        undelivered=tuple(undelivered(number, bad) for number in (41, 42, 43)),
        pager=Pager(53, 3, next_href="/channels?cursor=x"),
    )


def undelivered(number: int, answer: str) -> UndeliveredLine:
    """One alert that did not arrive."""
    return UndeliveredLine(
        id=number,
        href=f"/messages/{number}",
        at=at(1, 6, 9),
        post="市能源局主要负责同志",
        name="值班员" if number == 42 else "",
        kind="升级督办",
        subject="【升级督办】市能源局逾期2天，请督促：报送建标学习对象",
        about=(Link("/submissions/28", "市能源局 · 报送建标学习对象"), Link("/messages/41", "……共 9 件")),
        channel="邮件",
        attempts=1,
        reason="收件地址不存在",
        answer=answer,
    )


def letters() -> contexts.LettersPage:
    """A sample letter with its three looks."""
    names = ("到期前提醒", "逾期通知", "升级督办", "送审", "催促审签", "催办", "退回", "延期", "免报", "方案启动")
    kinds = tuple(SampleLink(f"/letters/{number}", name, number == 3) for number, name in enumerate(names))
    text = "副市长（分管教育和卫生健康）：\n\n以下报送件请您审签\n\n  市教育体育局　报送建标学习对象\n\n领导小组办公室"
    subject = "【待审签】市教育体育局请您于1月4日前审签：报送建标学习对象"
    letter = SampleLetter(
        title="送审",
        recipient="副市长（分管教育和卫生健康）",
        subject=subject,
        text=text,
        html_href="/letters/request/html",
        card_title=subject,
        card="对标先进提升创建工作（2022年度）\n市教育体育局　报送建标学习对象　2022年1月4日前",
        button="去审签",
    )
    return contexts.LettersPage(replace(LIVE, section="channels"), kinds, letter)
