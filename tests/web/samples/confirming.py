"""The second step of a decision, and what follows when it was somebody else's, as a vice mayor meets them."""

from dataclasses import replace

from tests.web.samples.office import NOW, TITLE, at
from tests.web.samples.signing import CONTACT, LINK, receipt
from web import contexts
from web.contexts.confirming import Entered

ENTERED = Entered(
    programme=f"{TITLE}（2022年度）",
    unit="市能源局",
    obligation="报送建标学习对象",
    decision="return",
    comment="指标太少，请补充煤矿智能化方面的指标。",
    name="分管工业和能源的副市长",
    kept=(
        ("decision", "return"),
        ("comment", "指标太少，请补充煤矿智能化方面的指标。"),
        ("name", "分管工业和能源的副市长"),
        ("content_hash", "0" * 64),
    ),
)
LIMIT = "验证码已失效：每个验证码10分钟内有效，最多可试5次。请重新获取。"


def code() -> contexts.CodePage:
    """The code went by mail, since the link came by WeCom."""
    return contexts.CodePage(
        action=LINK,
        form_token="token-of-this-form",
        rehearsal_now=NOW,
        entered=ENTERED,
        sent_by="电子邮件",
        sent_to="f***@example.cn",
        valid_until=at(1, 4, 9, 12),
        contact=CONTACT,
    )


def wrong_code() -> contexts.CodePage:
    """A wrong code, which may be tried again."""
    return replace(code(), error="验证码不正确，还可再试3次。", sent_by="企业微信", sent_to="督办应用的消息")


def no_code() -> contexts.CodePage:
    """Five wrong tries; only a new code helps."""
    return replace(code(), error=LIMIT, sent_by="", sent_to="", valid_until=None)


def wecom() -> contexts.WecomPage:
    """On to WeCom."""
    return contexts.WecomPage(
        rehearsal_now=NOW,
        programme=ENTERED.programme,
        unit=ENTERED.unit,
        obligation=ENTERED.obligation,
        here=LINK,
        go=f"{LINK}/wecom",
        contact=CONTACT,
        decision="approve",
    )


def outside() -> contexts.WecomPage:
    """Opened in another browser than WeCom's."""
    return replace(wecom(), outside=True, go=f"{LINK}/wecom?anyway=1", decision=None)


def somebody_else() -> contexts.WecomPage:
    """WeCom named another member."""
    return replace(wecom(), decision=None, error="企业微信中的登录人与本件的审签人不是同一人，不能以此审签。")


def pretended() -> contexts.WecomPage:
    """A rehearsal without an application."""
    return replace(wecom(), pretended=True)


def known() -> contexts.KnownPage:
    """Back from WeCom."""
    return contexts.KnownPage(
        action=LINK,
        form_token="token-of-this-form",
        rehearsal_now=NOW,
        person="分管工业和能源的副市长",
        entered=ENTERED,
        contact=CONTACT,
    )


def lost() -> contexts.IdentityLostPage:
    """Back from WeCom in another browser, or too late."""
    return contexts.IdentityLostPage(CONTACT)


def dispute() -> contexts.DisputePage:
    """The page behind the link of a receipt."""
    return contexts.DisputePage(
        action=LINK,
        form_token="token-of-this-form",
        rehearsal_now=NOW,
        programme=ENTERED.programme,
        unit=ENTERED.unit,
        obligation=ENTERED.obligation,
        record=receipt().record,
        disputed_at=None,
        reason="",
        contact=CONTACT,
    )


def dispute_too_long() -> contexts.DisputePage:
    """A reason that cannot be kept."""
    return replace(dispute(), error="说明最多500字，且不能含有无法保存的字符。", reason="当天在外地。" * 90)


def disputed() -> contexts.DisputePage:
    """Put on record."""
    return replace(dispute(), disputed_at=at(1, 4, 10, 0), reason="当天在外地，没有打开过链接。")
