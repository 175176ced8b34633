"""The leader's pages, as a vice mayor meets them on the phone."""

from dataclasses import replace
from datetime import date

from tests.web.samples.office import NOW, TITLE, UNITS, at
from tests.web.samples.submission import CRITERIA, HASH, READ, SIGN_OFF
from tests.web.samples.tables import SCORED, TARGETS
from web import contexts
from web.contexts.signing import EarlierReturn, Next, SignedDecision, SignFile, Since
from web.contexts.waiting import DecidedItem, LeftItem, WaitingItem
from workflow.comparisons import CellChange, Change, FileChange, Piece, RowChange

CONTACT = "领导小组办公室 0477-0000000"
LINK = "/s/8Jw2kq0mT1vYc6Zr5uHn3xLbPdGfQeAs7oViKyWjUtM"
OTHER_HASH = "0b7d55c3e8d1f06b7a24937c5d0e18f2a6b3947c1e5f8d2b7a604c399f2c4e1a"
NEXT = Next("/s/next-item", "市商务局", "报送建标学习对象")

FILES = (
    SignFile("能源局对标指标台账.xlsx", f"{LINK}/files/3", f"{LINK}/files/3/view", 48_200, HASH),
    SignFile("联系函（盖章扫描件）.pdf", f"{LINK}/files/4", f"{LINK}/files/4/show", 1_482_300, OTHER_HASH),
    SignFile("旧格式工作方案.doc", f"{LINK}/files/5", "", 92_160, HASH),
)
SINCE = Since(
    at(1, 4, 9, 2),
    "分管工业和能源的副市长 市人民政府副市长（四）",
    "退回",
    "指标太少，请补充煤矿智能化方面的指标。",
    (
        Change(
            "learning",
            "学习内容",
            (Piece("一、榆林市能源局项目审批提速做法；\n"), Piece("二、煤矿智能化改造验收标准。", changed=True)),
            (
                Piece("一、榆林市能源局项目审批提速做法；\n"),
                Piece("二、煤矿智能化改造验收标准和补贴政策；", changed=True),
            ),
        ),
        Change("agreed", "联系建立日期", (), (Piece("2022年1月3日"),)),
        Change("output", "对标对象上年产值（亿元）", (Piece("4812.5"),), ()),
        Change(
            "projects",
            "重点项目清单",
            rows=(
                RowChange("changed", 1, "榆横工业区大型煤制烯烃项目", (CellChange("进度", "未开始", "在办"),)),
                RowChange("added", 3, "煤矿智能化改造", (CellChange("项目", "", "煤矿智能化改造"),)),
                RowChange("removed", 4, "旧项目", (CellChange("项目", "旧项目", ""), CellChange("进度", "办结", ""))),
            ),
        ),
        Change(
            "letter",
            "联系函和指标表",
            files=(
                FileChange("added", after="补充说明.docx", after_sha256=HASH),
                FileChange("removed", before="初稿.docx", before_sha256=OTHER_HASH),
                FileChange("renamed", "联系函.pdf", HASH, "联系函（盖章扫描件）.pdf", HASH),
                FileChange("replaced", "能源局对标指标台账.xlsx", HASH, "能源局对标指标台账.xlsx", OTHER_HASH),
            ),
        ),
    ),
)


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
        attachments=FILES,
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
        since=SINCE,
        next_item=NEXT,
        targets=TARGETS,
        score=SCORED,
    )


def put_aside() -> contexts.SignPage:
    """Read and put aside to be approved with others; sent back before without a change since."""
    return replace(asked(), reading="marked", since=replace(SINCE, changes=()), next_item=replace(NEXT, unread=False))


def alone() -> contexts.SignPage:
    """The only item, with a second step, and a drawing that was not one."""
    return replace(
        asked(),
        reading="alone",
        since=None,
        next_item=None,
        confirmed_by="动态验证码",
        drawn="data:image/png;base64,eA==",
        drawn_error="手写签名无法识别，请清除后重新书写，或不签直接提交。",
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
        confirmed="动态验证码（电子邮件）",
        drawn_href=f"{LINK}/signature",
        disputed_at=at(1, 6, 11, 2),
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
        next_item=NEXT,
    )


def receipt_of_a_return() -> contexts.ReceiptPage:
    """The receipt of a return, on a live service, with nothing else waiting."""
    returned = replace(
        decision(),
        decision="return",
        comment="指标太少。",
        on_behalf_of="",
        confirmed="",
        drawn_href="",
        disputed_at=None,
    )
    return replace(
        receipt(), rehearsal_now=None, record=returned, days_late=None, others_href="", others_waiting=0, next_item=None
    )


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
            href=f"/s/item-{number}" if number != 9 else "",
            programme=f"{TITLE} 2022",
            unit=unit,
            obligation="报送建标学习对象" if number < 2 else "开展“走出去”专题调研",
            due_date=date(2022, 1, 4) if number < 2 else date(2022, 2, 10),
            due_at=at(1, 5) if number < 2 else at(2, 11),
            days_late=2 if number < 2 else 0,
            submitted_at=at(1, 4, 16, 24),
            number=number + 100,
            content_hash=HASH,
            on_behalf_of="市人民政府常务副市长" if number == 3 else "",
            marked=number in (1, 2, 3),
            changed=number == 4,
            singly=number == 5,
        )
        for number, unit in enumerate(UNITS["市人民政府组成部门"].split()[:10])
    )
    signed = (
        DecidedItem("市统计局", "报送建标学习对象", "approve", at(1, 4, 9, 12), "SQ-2022-000101", "按时报送"),
        DecidedItem(
            "市商务局",
            "报送建标学习对象",
            "return",
            at(1, 4, 9, 15),
            "SQ-2022-000102",
            on_behalf_of="市人民政府常务副市长",
        ),
    )
    return contexts.SignAllPage(
        action=f"{LINK}/all",
        form_token="token-of-this-form",
        rehearsal_now=NOW,
        post="分管工业和能源的副市长",
        holder="市人民政府副市长（四）",
        as_of=NOW,
        waiting=waiting,
        decided=signed,
        contact=CONTACT,
    )


def without_a_name() -> contexts.SignAllPage:
    """Three items approved together without a name."""
    fault = "请填写您的姓名。"
    return replace(everything(), comment="同意。", error=fault, name_error=fault, comment_error=fault)


def together() -> contexts.TogetherPage:
    """Two items approved under one name; one had changed since it was read."""
    return contexts.TogetherPage(
        rehearsal_now=NOW,
        post="分管工业和能源的副市长",
        holder="市人民政府副市长（四）",
        approved=everything().decided,
        left=(LeftItem("市能源局", "报送建标学习对象", "内容已更新，请重新打开阅看"),),
        name="副市长（四）",
        comment="同意。",
        contact=CONTACT,
        others_href=f"{LINK}/all",
        others_waiting=7,
    )
