"""督办单 as Word files: one paper a unit, several in one file with a page for each, or a zip of files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime

from docx.document import Document as Paper
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from documents import gongwen
from documents.gongwen import chinese_day
from workflow.moments import SHANGHAI
from workflow.paper_items import Item
from workflow.urging_sheets import Paper as Sheet

ZIP = "application/zip"
#: The name on the paper, and its colour: the word tells it on a printer without colours.
_TITLES = {"blue": "提醒单（蓝色）", "yellow": "警示单（黄色）", "red": "督办单（红色）"}
_COLOURS = {"blue": RGBColor(0x1F, 0x4E, 0x9E), "yellow": RGBColor(0x9A, 0x6A, 0x00), "red": gongwen.RED}
_SAYS = {"blue": "现予提醒", "yellow": "现予警示", "red": "现予督办"}
_WAITING = {"unit": "本单位", "approver": "审签人", "office": "领导小组办公室"}
_NEVER = (1980, 1, 1, 0, 0, 0)


def write(sheets: Sequence[Sheet]) -> bytes:
    """The papers as one .docx; the same papers give the same bytes."""
    newest = max((one.issued_at for one in sheets), default=None)
    made = gongwen.paper("督办单", newest or _beginning())
    for place, one in enumerate(sheets):
        begins = _lay_out(made, one)
        if place:
            gongwen.new_page(begins)
    if not sheets:
        gongwen.text(made, "没有督办单。")
    return gongwen.write(made)


def write_zip(sheets: Sequence[Sheet]) -> bytes:
    """A zip with a .docx for each paper."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for one in sheets:
            packed.writestr(zipfile.ZipInfo(file_name(one), _NEVER), write([one]), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def file_name(sheet: Sheet) -> str:
    """What a paper's file is called."""
    plain = "".join(sign for sign in sheet.unit_name if sign not in '\\/:*?"<>|\n\r\t')
    return f"{sheet.number}_{plain}.docx"


def said(sheet: Sheet) -> str:
    """The sentence that says what is the matter and by when an answer is due."""
    overdue = sum(one.overdue for one in sheet.items)
    ahead = len(sheet.items) - overdue
    what = [f"逾期未报送{overdue}件"] if overdue else []
    what += [f"即将到期{ahead}件"] if ahead else []
    day = chinese_day(sheet.issued_at.astimezone(SHANGHAI).date())
    return (
        f"按照《{sheet.document}》要求，截至{day}，你单位在“{sheet.programme}”（{sheet.cycle}年度）中{'、'.join(what)}，"
        f"{_SAYS[sheet.colour]}。请抓紧办理，并于{chinese_day(sheet.reply_by)}前书面反馈办理情况。"
    )


def rows(items: Sequence[Item]) -> list[tuple[str, ...]]:
    """A line for each thing named: what, since when, at whose desk."""
    return [
        (str(place), one.title + (f"（{one.occurrence}）" if one.occurrence else ""), _due(one), _late(one), _desk(one))
        for place, one in enumerate(items, start=1)
    ]


def _due(one: Item) -> str:
    return chinese_day(one.due) + (f"（原定{chinese_day(one.first_due)}）" if one.first_due else "")


def _late(one: Item) -> str:
    if not one.overdue:
        return "未到期"
    return f"{one.days}天（{one.working_days}个工作日）" if one.days else "不足1天"


def _desk(one: Item) -> str:
    where = _WAITING.get(one.waiting_on, one.waiting_on)
    return f"{where}：{one.desk}" if one.desk and one.waiting_on != "office" else where


def _lay_out(made: Paper, sheet: Sheet) -> Paragraph:
    """One paper, laid out to fit a page with half a dozen things on it; gives back its first paragraph."""
    begins = gongwen.head(made, sheet.office_name, sheet.number, colour=_COLOURS[sheet.colour], above=Mm(4))
    gongwen.title(made, _TITLES[sheet.colour] + ("（已撤回）" if sheet.withdrawn_at else ""), around=Pt(10))
    gongwen.addressee(made, f"{sheet.unit_name}：")
    gongwen.text(made, said(sheet))
    gongwen.table(
        made, "所列事项", ("序号", "报送事项", "应报日期", "逾期", "现在何处"), rows(sheet.items), (12, 50, 34, 26, 34)
    )
    gongwen.texts(made, sheet.words)
    gongwen.signature(made, sheet.office_name, sheet.issued_at.astimezone(SHANGHAI).date(), above=Pt(8))
    blank = [(name, "") for name in ("办理情况", "未办结原因及完成时限", "主要负责同志签字")]
    gongwen.table(made, "反馈（由收单位填写）", ("项目", "内容"), blank, (46, 110), height=Mm(11))
    return begins


def _beginning() -> datetime:
    return datetime(1980, 1, 1, tzinfo=SHANGHAI)
