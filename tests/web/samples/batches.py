"""Acts on many: before, while and after they are done."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from tests.web.samples.office import OBLIGATIONS, OFFICE, at
from web import contexts
from web.contexts.batches import BatchLine, BatchRow, Reason
from web.contexts.frame import Choice, Pager

_AROUND = replace(OFFICE, section="overdue")
_WHY = "今天已经为该事项催办过，1月7日00:00起可以再次催办"
_ROWS = tuple(
    BatchRow(f"/submissions/{number}", unit, OBLIGATIONS[0][0], "逾期")
    for number, unit in enumerate(("市能源局", "市水利局", "市公安局"), start=5)
)
_LEFT_OUT = (BatchRow("/submissions/9", "市财政局", OBLIGATIONS[0][0], "逾期", _WHY),)


def preview() -> contexts.BatchNewPage:
    """What would be urged."""
    return contexts.BatchNewPage(
        frame=_AROUND, verb="催办", explained="给正卡住的一方各发一次催办。",
        chosen="逾期清单中符合条件的全部：类别 市人民政府组成部门", total=64, ready=63, ready_rows=_ROWS, left_out=1,
        left_out_rows=_LEFT_OUT, reasons=(Reason(_WHY, 1),), kept=(("act", "urge"), ("fingerprint", "f")),
        back="/overdue?category=x",
    )  # fmt: skip


def extension() -> contexts.BatchNewPage:
    """An extension that was refused for want of a reason."""
    return replace(
        preview(), verb="延期", until=date(2022, 1, 14), reason_needed=True, error="请写明延期的理由。", reasons=()
    )  # fmt: skip


def misdated() -> contexts.BatchNewPage:
    """An extension to a day that is none."""
    wrong = "日期不可用：延期须晚于原截止日期和今天。"
    return replace(extension(), error="", until_error=wrong, until_text="2022-01-03", comment="统一延期")


def line() -> BatchLine:
    """Everything done."""
    return BatchLine(
        "/batches/3", "延期", at(1, 6, 10), "督办专员", 64, 63, 1, 0, 0, 0, "统一延期", "勾选的件", date(2022, 1, 14)
    )  # fmt: skip


def result() -> contexts.BatchPage:
    """Done, with what was left out."""
    return contexts.BatchPage(
        frame=_AROUND, line=line(),
        rows=(*(replace(row, state="已办") for row in _ROWS), replace(_LEFT_OUT[0], state="未办")),
        pager=Pager(64, 4, "", "/batches/3?cursor=x"), reasons=(Reason(_WHY, 1),),
        outcomes=(Choice("/batches/3?outcome=done", "已办 63"), Choice("/batches/3?outcome=refused", "未办 1", True)),
        action="/batches/3", may_undo=True, undo_help="恢复原应报日期和原状态。", error="",
    )  # fmt: skip


def under_way() -> contexts.BatchPage:
    """Halfway through ten thousand."""
    return replace(result(), line=replace(line(), total=10_000, done=4200, refused=12, remaining=5788), may_undo=False)


def undone() -> contexts.BatchPage:
    """Taken back, with what stands."""
    back = replace(line(), undone=60, stands=3, undone_at=at(1, 6, 11), undone_by="督办专员")
    return replace(result(), line=back, may_undo=False)


def listing() -> contexts.BatchesPage:
    """One that is done, one that was left halfway, one that was taken back."""
    return contexts.BatchesPage(_AROUND, (under_way().line, line(), undone().line), "/batches?before=1")


PAGES: Mapping[str, contexts.Page] = {
    "batch-preview": preview(),
    "batch-preview-refused": extension(),
    "batch-preview-misdated": misdated(),
    "batch-preview-nothing": replace(preview(), ready=0, ready_rows=()),
    "batch": result(),
    "batch-under-way": under_way(),
    "batch-undone": undone(),
    "batches": listing(),
    "batches-none": contexts.BatchesPage(_AROUND, ()),
}
