"""审签单: signed by a delegate after a return, disputed; and the page that checks a file."""

from dataclasses import replace
from datetime import date

from tests.web.samples.office import LIVE, at
from web.contexts.sheets import SheetEvent, SheetFile, SheetPage, SheetStep, Verified, VerifyPage

LEADER = "市人民政府副市长（分管教育）"
HASH = "9f2c41d07be35a6891c0de4f7a2b3c58d6e1f09a4b7c2d83e5f6a1b0c9d8e7f6"
RETURNED = SheetStep(
    round=1, step=1, post=LEADER, holder="张副市长", by="", name="张副市长", decision="return", decided_at=at(1, 3, 12),
    comment="请补充学习对象的选择理由", channel="审签链接", confirmed="", content_version=1, content_hash=HASH,
    disputed_at=None, dispute="", drawn_href="",
)  # fmt: skip
APPROVED = replace(
    RETURNED, round=2, by="市政府副秘书长（协助分管教育）", name="副秘书长", decision="approve",
    decided_at=at(1, 5, 11, 20), comment="", confirmed="动态验证码（邮件）", content_version=2,
    disputed_at=at(1, 5, 15), dispute="手机不在身边",
    drawn_href="/s/token/drawn",
)  # fmt: skip
WAITING = replace(
    RETURNED, round=2, step=2, post="市长", holder="", name="", decision=None, decided_at=None, comment="", channel=""
)  # fmt: skip


def sheet() -> SheetPage:
    """One that was handed out."""
    return SheetPage(
        form_token="token-of-this-form", action="/submissions/12/sheet", back_href="/submissions/12",
        number="SQD-2022-000123", made_at=at(1, 6, 9, 30), made_by="督办专员", programme="对标先进提升创建工作",
        cycle=2022, unit="市教育体育局", about="康巴什区", obligation="报送建标学习对象", occurrence="2022",
        due_date=date(2022, 1, 5), first_due=date(2022, 1, 4), submitted_at=at(1, 4, 16, 5),
        filed="2022年1月5日 11:20:00，按时",
        steps=(RETURNED, APPROVED, WAITING),
        events=(
            SheetEvent(at(1, 3, 10), "提交审签", "市教育体育局联络员", ""),
            SheetEvent(at(1, 3, 12), "退回", LEADER, "请补充学习对象的选择理由"),
        ),
        files=(SheetFile("对标创建工作方案.docx", 48_213, HASH),), head=HASH, entries=9,
        verify_at="https://duban.example.cn/verify", nature="本单载明督办系统中的审签记录。",
    )  # fmt: skip


def unnumbered() -> SheetPage:
    """Nobody has asked for it yet."""
    return replace(sheet(), number="", made_at=None, made_by="", files=(), first_due=None, about="", submitted_at=None)


def verify() -> VerifyPage:
    """Before anything was asked."""
    return VerifyPage(replace(LIVE, viewer=None))


def match() -> VerifyPage:
    """The sheet itself; the submission has been opened again since."""
    found = Verified(
        "SQD-2022-000123", at(1, 6, 9, 30), "", "对标先进提升创建工作", "市教育体育局", "报送建标学习对象", "2022",
        (RETURNED, APPROVED), moved_on=True, stands=False,
    )  # fmt: skip
    return replace(verify(), outcome="match", number=found.number, found=found)


def attachment() -> VerifyPage:
    """A file of the signed content."""
    page = match()
    assert page.found is not None
    return replace(page, found=replace(page.found, attachment="对标创建工作方案.docx", stands=True))
