"""A submission that was handed in on paper, with and without content of its own here."""

from dataclasses import replace
from datetime import date

from tests.web.samples.office import at
from tests.web.samples.submission import SIGN_OFF, filed_late
from web import contexts
from web.contexts.frame import Link
from web.contexts.submission import Paper

SCAN = Link("/submissions/28/files/7", "扫描件：建标学习对象（签字）.pdf")
PAPER = Paper(
    date(2022, 1, 5), True, "副市长（分管工业和能源）", "领导小组办公室值班员", at(1, 6, 10),
    "政务外网中断，以纸质件报送。", SCAN,
)  # fmt: skip


def alone() -> contexts.SubmissionPage:
    """Nobody filled in anything here."""
    return replace(
        filed_late(), content_version=0, content_hash="", fields=(), sign_off=(), paper=PAPER, versions_href="",
        targets=(), score=None,
    )  # fmt: skip


def beside() -> contexts.SubmissionPage:
    """The first step was signed here, the rest on paper."""
    return replace(filed_late(), sign_off=SIGN_OFF[:1], paper=replace(PAPER, late=False, file=None))
