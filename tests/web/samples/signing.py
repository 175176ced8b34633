"""The leader's pages, as a vice mayor meets them on the phone."""

from dataclasses import replace
from datetime import date

from tests.web.samples.office import NOW, TITLE, UNITS, at
from tests.web.samples.submission import ATTACHMENTS, CRITERIA, HASH, READ, SIGN_OFF
from tests.web.samples.tables import SCORED, TARGETS
from web import contexts
from web.contexts.signing import DecidedItem, EarlierReturn, SignedDecision, WaitingItem

CONTACT = "领导小组办公室 0477-0000000"
LINK = "/s/8Jw2kq0mT1vYc6Zr5uHn3xLbPdGfQeAs7oViKyWjUtM"


def asked() -> contexts.SignPage:
    """The page as first opened: nothing is chosen."""
    return contexts.SignPage(
        action=LINK,
        form_token="token-of-this-form",
        rehearsal_now=NOW,
        programme=f"{TITLE} 2022",
        unit="市能源局",
        obligation="报送建标学习对象",
        asked="请审签该单位拟定的建标学习对象、主要对标指标和学习内容。",
        post="分管工业和能源的副市长",
        holder="市人民政府副市长（四）",
        on_behalf_of="",
        submitted_at=at(1, 4, 16, 24),
        submitted_by="能源局联络员",
        due_date=date(2022, 1, 4),
        due_at=at(1, 5),
        days_late=2,
        fields=tuple(field for field in READ if field.kind != "file"),
        attachments=ATTACHMENTS,
        criteria=CRITERIA,
        signed_before=SIGN_OFF[:1],
        returns=(
            EarlierReturn(
                at(1, 4, 9, 2),
                "分管工业和能源的副市长",
                "市人民政府副市长（四）",
                "指标太少，请补充煤矿智能化方面的指标。",
            ),
        ),
        phrases=("同意", "请补充对标指标", "请核实数据后再报", "学习内容请细化到事"),
        content_hash=HASH,
        contact=CONTACT,
        others_href=f"{LINK}/all",
        others_waiting=9,
        targets=TARGETS,
        score=SCORED,
    )


def nothing_chosen() -> contexts.SignPage:
    """Sent without a decision and without a name."""
    return replace(asked(), decision_error="请选择“同意”或“退回”。", name_error="请输入您的姓名。")


def return_without_reason() -> contexts.SignPage:
    """A return without a comment, by a delegate."""
    return replace(
        asked(),
        on_behalf_of="市人民政府常务副市长",
        decision="return",
        comment=" ",
        name="副市长（四）",
        comment_error="退回时请写明理由，单位才知道改什么。",
    )


def content_changed() -> contexts.SignPage:
    """The unit submitted again while the page was open."""
    return replace(asked(), changed_at=at(1, 6, 10, 3), name="副市长（四）", comment="同意")


def decision() -> SignedDecision:
    """An approval on record."""
    return SignedDecision(
        number="SQ-2022-000131",
        decision="approve",
        decided_at=at(1, 6, 10, 5),
        post="分管工业和能源的副市长",
        holder="市人民政府副市长（四）",
        on_behalf_of="市人民政府常务副市长",
        name="副市长（四）",
        comment="同意。抓紧对接。",
        content_hash=HASH,
    )


def receipt() -> contexts.ReceiptPage:
    """The receipt of an approval that came two days late."""
    return contexts.ReceiptPage(
        rehearsal_now=NOW,
        programme=f"{TITLE} 2022",
        unit="市能源局",
        obligation="报送建标学习对象",
        record=decision(),
        days_late=2,
        contact=CONTACT,
        others_href=f"{LINK}/all",
        others_waiting=9,
    )


def receipt_of_a_return() -> contexts.ReceiptPage:
    """The receipt of a return, on a live service, with nothing else waiting."""
    returned = replace(decision(), decision="return", comment="指标太少。", on_behalf_of="")
    return replace(receipt(), rehearsal_now=None, record=returned, days_late=None, others_href="", others_waiting=0)


def decided_otherwise() -> contexts.DecidedOtherwisePage:
    """A return sent after the approval was recorded."""
    return contexts.DecidedOtherwisePage(
        rehearsal_now=NOW,
        programme=f"{TITLE} 2022",
        unit="市能源局",
        obligation="报送建标学习对象",
        record=decision(),
        attempted="return",
        contact=CONTACT,
        others_href=f"{LINK}/all",
        others_waiting=9,
    )


def dead_link() -> contexts.DeadLinkPage:
    """The page of every link that leads nowhere."""
    return contexts.DeadLinkPage(CONTACT)


def everything() -> contexts.SignAllPage:
    """Ten items for one vice mayor, two of them late, and two decided ones."""
    waiting = tuple(
        WaitingItem(
            href=f"/s/item-{number}",
            programme=f"{TITLE} 2022",
            unit=unit,
            obligation="报送建标学习对象" if number < 2 else "开展“走出去”专题调研",
            due_date=date(2022, 1, 4) if number < 2 else date(2022, 2, 10),
            due_at=at(1, 5) if number < 2 else at(2, 11),
            days_late=2 if number < 2 else 0,
            submitted_at=at(1, 4, 16, 24),
            on_behalf_of="市人民政府常务副市长" if number == 3 else "",
        )
        for number, unit in enumerate(UNITS["市人民政府组成部门"].split()[:10])
    )
    signed = (
        DecidedItem("市统计局", "报送建标学习对象", "approve", at(1, 4, 9, 12), "SQ-2022-000101", "按时报送"),
        DecidedItem("市商务局", "报送建标学习对象", "return", at(1, 4, 9, 15), "SQ-2022-000102"),
    )
    return contexts.SignAllPage(
        rehearsal_now=NOW,
        post="分管工业和能源的副市长",
        holder="市人民政府副市长（四）",
        as_of=NOW,
        waiting=waiting,
        decided=signed,
        contact=CONTACT,
    )
