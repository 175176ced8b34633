"""The delivery of messages as an Excel workbook and as CSV: one row for each submission that a message speaks of."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from documents.sheets import shielded
from workflow.desks import shown_instant
from workflow.mailbag import MessageLine, Subject
from workflow.upcoming import MESSAGE_KINDS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int

CHANNELS = {"mail": "邮件", "wecom": "企业微信", "outbox": "演练投递箱"}
STATUSES = {
    "queued": "待发", "held": "暂缓", "sending": "发送中", "sent": "已发", "failed": "未送达", "cancelled": "已撤销",
}  # fmt: skip
REASONS = {
    "reminder": "提醒", "notice": "通知", "overdue": "逾期", "escalation": "升级督办", "request": "送审",
    "chase": "催签", "urge": "催办", "returned": "退回", "filed": "审签同意", "accept": "待受理", "accepted": "已受理",
    "received": "已报送", "extended": "延期", "exempted": "免报", "amended": "截止日期调整", "opened": "新事项",
    "decided": "审签回执", "code": "验证码", "disputed": "审签被否认", "handed-over": "审签移交",
    "unacknowledged": "通知未签收", "extension-asked": "延期申请", "extension-declined": "延期未同意",
    "restored": "撤销办理",
}  # fmt: skip

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
#: A cell of Excel holds no more characters than this.
_LONGEST = 32_767
_HEADER_ROW = 2


@dataclass(frozen=True)
class Column:
    """One column: its header, its width in characters, what stands in it."""

    title: str
    width: int
    of: Callable[[MessageLine, Subject | None], Cell]


COLUMNS = (
    Column("消息编号", 10, lambda one, _: one.id),
    Column("报送件编号", 10, lambda _, item: item.submission if item else ""),
    Column("方案", 26, lambda _, item: item.programme if item else ""),
    Column("单位", 28, lambda _, item: item.unit.name if item else ""),
    Column("报送事项", 30, lambda _, item: item.obligation_title if item else ""),
    Column("期次", 10, lambda _, item: item.occurrence if item else ""),
    Column("事由", 12, lambda _, item: REASONS.get(item.reason, item.reason) if item else ""),
    Column("收件人职务", 30, lambda one, _: one.recipient.post),
    Column("收件人", 24, lambda one, _: one.recipient.name),
    Column("类型", 10, lambda one, _: MESSAGE_KINDS.get(one.kind, one.kind)),
    Column("主题", 44, lambda one, _: one.subject),
    Column("生成时间", 17, lambda one, _: shown_instant(one.created_at)),
    Column("可发时间", 17, lambda one, _: shown_instant(one.not_before)),
    Column("送出时间", 17, lambda one, _: shown_instant(one.sent_at) if one.sent_at else ""),
    Column("渠道", 12, lambda one, _: CHANNELS.get(one.channel or "", one.channel or "")),
    Column("状态", 9, lambda one, _: STATUSES.get(one.status, one.status)),
    Column("投递次数", 9, lambda one, _: one.attempts),
    Column("投递经过", 60, lambda one, _: "\n".join(a.text for a in one.attempts_history)),
    Column("对方应答", 44, lambda one, _: one.answer),
    Column("消息号（Message-ID）", 30, lambda one, _: one.message_id),
    Column("未列入原因", 28, lambda _, item: (item.dropped or "") if item else ""),
    Column("签收", 30, lambda _, item: item.acknowledgement.text if item and item.acknowledgement else ""),
)


def rows(messages: Iterable[MessageLine]) -> Iterator[list[Cell]]:
    """The rows of these messages, in their order."""
    for one in messages:
        for item in one.items or (None,):
            yield [column.of(one, item) for column in COLUMNS]


def write_xlsx(messages: Iterable[MessageLine], as_of: datetime) -> bytes:
    """The messages as an .xlsx workbook: title and time on top, then a frozen header with filters."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"title": "消息送达记录", "created": as_of.replace(tzinfo=None)})
        page = book.add_worksheet("消息送达记录")
        page.write_string(0, 0, "消息送达记录", book.add_format({"bold": True, "font_size": 16}))
        page.write_string(1, 0, f"截至{shown_instant(as_of)}，按消息和所涉报送件逐行列出")
        frame = {"border": 1, "valign": "vcenter"}
        _head(page, book.add_format({**frame, "bold": True, "bg_color": "#DDE7F3", "text_wrap": True}))
        last = _fill(page, rows(messages), book.add_format(frame))
        page.freeze_panes(_HEADER_ROW + 1, 0)
        page.autofilter(_HEADER_ROW, 0, max(last, _HEADER_ROW + 1), len(COLUMNS) - 1)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.repeat_rows(_HEADER_ROW)
    return out.getvalue()


def write_csv(messages: Iterable[MessageLine]) -> bytes:
    """The messages as CSV in UTF-8 with a byte order mark, so that Excel reads the Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.title for column in COLUMNS])
    for cells in rows(messages):
        writer.writerow([shielded(cell) if isinstance(cell, str) else str(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def _head(page: Worksheet, header: Format) -> None:
    page.set_row(_HEADER_ROW, 24)
    for place, column in enumerate(COLUMNS):
        page.set_column(place, place, column.width)
        page.write_string(_HEADER_ROW, place, column.title, header)


def _fill(page: Worksheet, cells: Iterable[list[Cell]], frame: Format) -> int:
    """Write the rows; the number of the last one."""
    last = _HEADER_ROW
    for last, row in enumerate(cells, start=_HEADER_ROW + 1):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                page.write_string(last, place, cell[:_LONGEST], frame)
            else:
                page.write_number(last, place, cell, frame)
    return last
