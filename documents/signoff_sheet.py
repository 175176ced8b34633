"""审签单 as a Word file: who signed what content, when and how, and how to check it.

The layout follows official papers: A4, title in 小标宋, text in 仿宋.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from docx.document import Document as Paper
from docx.shared import Mm

from documents import word
from workflow.moments import SHANGHAI
from workflow.papers import AttachmentLine
from workflow.sheet_lines import SheetEvent, SheetStep
from workflow.sheets import SheetFacts, Stamp

DECISIONS = {"approve": "同意", "return": "退回", "": "待审签"}
#: What the record is, and is not: a link alone is no 可靠电子签名 of the 电子签名法.
NATURE = "本单载明督办系统中的审签记录。审签链接本身不是《中华人民共和国电子签名法》所称的可靠电子签名。"
_SMALL = 9.0


def write(facts: SheetFacts, stamp: Stamp, *, verify_at: str) -> bytes:
    """The sheet as .docx; the same facts, stamp and address give the same bytes."""
    paper = word.a4(f"审签单 {stamp.number}", stamp.made_at)
    word.paragraph(paper, "审　签　单", font=word.TITLE, size=22, align=word.CENTRE)
    word.paragraph(paper, f"编号：{stamp.number}", size=12, align=word.RIGHT)
    _about(paper, facts)
    _heading(paper, "一、审签意见")
    _steps(paper, facts.steps)
    _heading(paper, "二、办理经过")
    _events(paper, facts.events)
    if facts.attachments:
        _heading(paper, "三、所附材料")
        _attachments(paper, facts.attachments)
    _end(paper, facts, stamp, verify_at)
    word.page_numbers(paper, f"审签单 {stamp.number}")
    return word.write(paper)


def filed(facts: SheetFacts) -> str:
    """When the submission was filed and whether in time, in Chinese."""
    if facts.filed_at is None:
        return f"未报送（{facts.standing}）"
    late = f"逾期{facts.days_late}天" if facts.days_late else "逾期不足1天"
    return f"{moment(facts.filed_at)}，{late if facts.late else '按时'}"


def moment(instant: datetime) -> str:
    """2022年1月4日 09:05:30, in Asia/Shanghai."""
    at = instant.astimezone(SHANGHAI)
    return f"{day(at.date())} {at:%H:%M:%S}"


def day(of: date) -> str:
    """2022年1月4日"""
    return f"{of.year}年{of.month}月{of.day}日"


def grouped(digest: str) -> str:
    """A hash in groups of eight, to be read out and compared."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))


def _about(paper: Paper, facts: SheetFacts) -> None:
    table = word.grid(paper, (28, 52, 28, 52))
    unit = facts.unit + (f"（涉及{facts.about}）" if facts.about else "")
    due = day(facts.due_date) + (f"（由{day(facts.first_due)}延期）" if facts.first_due else "")
    wide = (("方案", f"{facts.programme}（{facts.cycle}年度）"), ("报送单位", unit), ("报送事项", facts.obligation))
    for label, text in wide:
        cells = word.row(table, (label, "", "", ""), size=12)
        merged = cells[1].merge(cells[3])
        word.say(merged.paragraphs[0], text, size=12)
    submitted = moment(facts.submitted_at) if facts.submitted_at else "–"
    word.row(table, ("期次", facts.occurrence, "应报日期", due), size=12)
    word.row(table, ("最近送审", submitted, "报送", filed(facts)), size=12)


def _heading(paper: Paper, text: str) -> None:
    place = word.paragraph(paper, text, font=word.HEADING, size=14)
    place.paragraph_format.space_before, place.paragraph_format.space_after = Mm(5), Mm(2)
    place.paragraph_format.keep_with_next = True


def _steps(paper: Paper, steps: Sequence[SheetStep]) -> None:
    table = word.grid(paper, (18, 48, 40, 54))
    word.row(table, ("步骤", "审签人", "意见", "时间、方式和所签内容"), font=word.HEADING)
    word.repeat_as_heading(table)
    for step in steps:
        who = step.post + (f"\n{step.holder}" if step.holder else "")
        signer = f"\n代签：{step.by}\n（授权代签）" if step.by else ""
        cells = word.row(table, (f"第{step.round}轮\n第{step.step}步", who + signer, "", ""))
        word.say(cells[2].paragraphs[0], DECISIONS[step.decision], font=word.HEADING, size=10.5)
        if step.comment:
            word.say(cells[2].paragraphs[0], f"\n“{step.comment}”", size=10.5)
        if step.disputed_at:
            told = f"\n{moment(step.disputed_at)}声明：非本人操作" + (f"（{step.dispute}）" if step.dispute else "")
            word.say(cells[2].paragraphs[0], told, font=word.HEADING, size=10.5)
        if step.typed_name:
            word.say(cells[1].paragraphs[0], f"\n署名：{step.typed_name}", size=10.5)
        if step.drawn and not word.picture(cells[1].add_paragraph(), step.drawn, widest=Mm(40), highest=Mm(16)):
            word.say(cells[1].paragraphs[0], "\n（手写签名无法显示）", size=_SMALL)
        word.say(cells[3].paragraphs[0], "\n".join(_how(step)), size=_SMALL)


def _how(step: SheetStep) -> list[str]:
    said = [moment(step.decided_at), f"记录号：{step.number}", f"方式：{step.channel}"] if step.decided_at else []
    if step.confirmed:
        said.append(f"二次确认：{step.confirmed}")
    return [*said, f"所签内容第{step.content_version}版，校验值：", grouped(step.content_hash)]


def _events(paper: Paper, events: Sequence[SheetEvent]) -> None:
    table = word.grid(paper, (40, 34, 42, 44))
    word.row(table, ("时间", "事项", "办理人", "说明"), font=word.HEADING)
    word.repeat_as_heading(table)
    for one in events:
        word.row(table, (moment(one.at), one.what, one.who, one.comment or "–"), size=_SMALL)


def _attachments(paper: Paper, files: Sequence[AttachmentLine]) -> None:
    table = word.grid(paper, (70, 90))
    word.row(table, ("文件", "SHA-256 校验值"), font=word.HEADING)
    word.repeat_as_heading(table)
    for one in files:
        word.row(table, (f"{one.name}（{one.size}字节）", grouped(one.sha256)), size=_SMALL)


def _end(paper: Paper, facts: SheetFacts, stamp: Stamp, verify_at: str) -> None:
    made = f"出具：{moment(stamp.made_at)}，{stamp.made_by}"
    record = f"依据：报送件{facts.submission_id}历史第1至{facts.seq}条，末条校验值 {grouped(facts.head)}"
    check = f"核验：打开 {verify_at}，输入编号 {stamp.number}，上传本文件（或所附材料的文件）。"
    for place, text in enumerate((made, record, check, NATURE)):
        said = word.paragraph(paper, text, size=_SMALL if place else 10.5)
        said.paragraph_format.space_before = Mm(5 if place == 0 else 1)
