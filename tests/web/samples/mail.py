"""The mailbox of the rehearsal, the proof of delivery, signing in and a refusal."""

from dataclasses import replace
from datetime import date

from tests.web.samples.office import LIVE, NOW, OFFICE, at
from web import contexts
from web.contexts.entry import SampleAccount
from web.contexts.frame import Choice, Link, MessageStatus, Pager
from web.contexts.mail import (
    AttemptLine,
    Letter,
    Matter,
    MessageLine,
    OutboxDay,
    OutboxKind,
    OutboxLine,
    PersonProof,
)

SUBJECTS = (
    ("市能源局联络员", "", "提醒", "【提醒】报送建标学习对象，1月4日前", "sent", 1),
    (
        "分管工业和能源的副市长",
        "市人民政府副市长（四）",
        "审签",
        "【请审签】市能源局等 3 家单位的建标学习对象",
        "sent",
        1,
    ),
    ("市能源局主要负责同志", "", "升级督办", "【逾期】报送建标学习对象已逾期 1 天", "failed", 5),
    ("领导小组办公室", "督办专员", "汇总", "【督办日报】逾期 9 件，卡在审签人 5 件", "queued", 0),
    ("市统计局联络员", "", "催办", "【催办】请尽快报送建标学习对象", "cancelled", 0),
)


def message_lines() -> tuple[MessageLine, ...]:
    """Messages of every fate."""
    return tuple(
        MessageLine(
            href=f"/messages/{number}",
            created_at=at(1, 6, 9, number),
            post=post,
            name=name,
            kind=kind,
            subject=subject,
            channel="企业微信" if number % 2 else "邮件",
            status=status_of(status),
            attempts=attempts,
            answer="250 2.0.0 Ok: queued" if status == "sent" else "550 5.1.1 user unknown" if attempts else "",
            message_id=f"<duban-{number:06d}@example.cn>" if attempts else "",
        )
        for number, (post, name, kind, subject, status, attempts) in enumerate(SUBJECTS, start=1)
    )


def status_of(code: str) -> MessageStatus:
    """The status in its closed set."""
    known: tuple[MessageStatus, ...] = ("queued", "held", "sending", "sent", "failed", "cancelled")
    return next(status for status in known if status == code)


def messages() -> contexts.MessagesPage:
    """Delivery proof of a morning."""
    statuses = (Choice("sent", "已发"), Choice("failed", "未送达", True))
    frame = replace(OFFICE, section="messages")
    return contexts.MessagesPage(
        frame, NOW, statuses, "副市长", "28", message_lines(), Pager(5, 5, next_href="/messages?cursor=x"),
        (Link("/api/v1/messages.xlsx?submission=28", "导出 Excel"),),
    )  # fmt: skip


LETTER = """市人民政府副市长（四）：

以下 3 家单位的建标学习对象已提交，请您审签。应报日期：2022年1月4日。

  1. 市能源局（已逾期 2 天）
  2. 市工业和信息化局（已逾期 2 天）
  3. 市应急管理局（已逾期 2 天）

在一个页面逐件审签：
https://duban.example.cn/s/8Jw2kq0mT1vYc6Zr5uHn3xLbPdGfQeAs7oViKyWjUtM/all

链接只供您本人使用，14 天内有效，请勿转发。

鄂尔多斯市对标先进提升创建工作领导小组办公室"""


def message() -> contexts.MessagePage:
    """One message that took two tries."""
    text = LETTER.replace("/s/8Jw2kq0mT1vYc6Zr5uHn3xLbPdGfQeAs7oViKyWjUtM/all", "/s/（链接不显示）")
    about = (
        Matter(Link("/submissions/28", "市能源局 · 报送建标学习对象")),
        Matter(Link("/submissions/31", "市应急管理局 · 报送建标学习对象"), dropped="已不再需要审签"),
    )
    line = replace(message_lines()[1], attempts=2)
    frame = replace(LIVE, section="messages")
    tries = (
        AttemptLine(at(1, 6, 9), "企业微信", "被拒绝", good=False, answer="81013 user invalid", meaning="收件人不存在"),
        AttemptLine(at(1, 6, 9, 2), "邮件", "已送达", good=True, answer="250 2.0.0 Ok: queued", took="用时0.4秒"),
    )
    return contexts.MessagePage(frame, line, "fsz4@example.cn", text, at(1, 6, 9), at(1, 6, 9, 2), about, tries)


def message_to_come() -> contexts.MessagePage:
    """A message that waits for its time."""
    line = replace(message_lines()[3], subject="（通知，发送时生成）", channel="未定")
    return replace(message(), line=line, address="", text="", sent_at=None, tries=())


def messages_of_one() -> contexts.MessagesPage:
    """One person's proof of delivery."""
    posts = ("市人民政府副市长（四）", "分管工业和能源的副市长")
    counts = (("已发", 12), ("未送达", 1))
    proof = PersonProof("市人民政府副市长（四）", posts, ("邮箱 fsz4@example.cn", "企业微信 fsz4"), counts)
    return replace(messages(), person=proof, recipient="fsz-4")


def outbox() -> contexts.OutboxPage:
    """The mailbox without a letter open."""
    lines = [
        OutboxLine(f"/outbox/{n}", one.created_at, one.post, one.subject, one.kind, signs=one.kind == "审签")
        for n, one in enumerate(message_lines(), start=1)
    ]
    earlier = [replace(line, at=at(1, 5, 9)) for line in lines[:3]]
    return contexts.OutboxPage(
        frame=replace(OFFICE, section="outbox"),
        kinds=(OutboxKind("/outbox", "全部"), OutboxKind("/outbox?kind=sign-off", "待审签", chosen=True)),
        kind="sign-off",
        recipient="",
        days=(OutboxDay(date(2022, 1, 6), tuple(lines)), OutboxDay(date(2022, 1, 5), tuple(earlier))),
        letter=None,
        list_href="/outbox",
        pager=Pager(14, 8, next_href="/outbox?cursor=y"),
    )


def outbox_letter() -> contexts.OutboxPage:
    """The mailbox with a leader's letter open."""
    page = outbox()
    chosen = tuple(replace(line, chosen=n == 1) for n, line in enumerate(page.days[0].lines))
    letter = Letter(
        recipient="分管工业和能源的副市长",
        address="fsz4@example.cn",
        at=at(1, 6, 9, 2),
        channel="邮件",
        subject=page.days[0].lines[1].subject,
        text=LETTER,
        proof_href="/messages/2",
    )
    return replace(page, days=(replace(page.days[0], lines=chosen), page.days[1]), letter=letter)


def login() -> contexts.LoginPage:
    """The sign-in page of the demonstration, after a wrong password."""
    samples = (
        SampleAccount("office", "rehearse-office", "office", "", "看板、催办、延期、退回"),
        SampleAccount("energy", "rehearse-energy", "unit", "市能源局", "填报、上传、提交审签"),
        SampleAccount("inspector", "rehearse-inspector", "inspector", "", "查看全部，不能改动"),
    )
    frame = replace(OFFICE, viewer=None)
    return contexts.LoginPage(frame, "energy", "账号或密码不对。", "/overdue", samples)


def password() -> contexts.PasswordPage:
    """The first thing an administrator sees, after a slip."""
    return contexts.PasswordPage(LIVE, "admin", True, 8, "两次输入的新密码不一样")


def problem() -> contexts.ProblemPage:
    """A refusal."""
    detail = "市能源局的“报送建标学习对象”已于 2022年1月6日 09:40 报送，不能再撤回。"
    return contexts.ProblemPage(LIVE, 409, "现在不能这样办理", detail, "not-allowed-now", "/submissions/28")
