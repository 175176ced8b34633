"""The delivery of messages: who was told what, when and how it went, and undelivered ones sent again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.printing import OutputRefused, as_table, note, put
from workflow.refusals import NotFound, QueryRefused

if TYPE_CHECKING:
    from workflow.mailbag import MessageLine, Subject

#: No table numbers its rows beyond this.
_LAST_NUMBER = 2**31 - 1


class MessageUnknown(NotFound):
    """没有编号为{number}的{what}。"""


class Format(StrEnum):
    """How messages are printed."""

    table = "table"
    json = "json"
    csv = "csv"
    xlsx = "xlsx"


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command()(messages)
    app.command()(resend)


def messages(
    submission: Annotated[int | None, typer.Option(help="报送件编号")] = None,
    person: Annotated[str | None, typer.Option(help="收件人编号，或姓名、职务的一部分")] = None,
    status: Annotated[str | None, typer.Option(help="状态：queued、held、sending、sent、failed、cancelled")] = None,
    format: Annotated[Format, typer.Option("--format", help="输出格式")] = Format.table,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="写入文件；xlsx 必须写")] = None,
) -> None:
    """送达记录：何时生成、何时送出、渠道、次数、对方应答、消息号、未列入的原因。"""
    from service import open_existing
    from workflow import mailbag

    if format == Format.xlsx and output is None:
        raise OutputRefused(reason="xlsx 格式须用 -o 写明文件名")
    if submission is not None and not 0 < submission <= _LAST_NUMBER:
        raise MessageUnknown(number=submission, what="报送件")
    with open_existing() as service, service.engine.looking() as act:
        found = tuple(mailbag.everything(act, submission=submission, recipient=person, status=status))
        as_of = act.now
    put(_in(format, found, as_of), output)
    if output is not None:
        note(f"已写入 {output}，共{len(found)}条消息")


def resend(
    numbers: Annotated[list[int] | None, typer.Argument(metavar="[ID…]", help="消息编号，见 duban messages")] = None,
    every: Annotated[bool, typer.Option("--all", help="全部未送达的消息")] = False,
) -> None:
    """重新发送未送达的消息：发送时按当时的情况重写，消息号不变；指定的编号有一条不能重发，就都不动。"""
    from service import open_existing
    from workflow import resending

    if every == bool(numbers):
        raise QueryRefused(reason="请写明消息编号，或用 --all 重新发送全部未送达的消息，二者取一")
    if wrong := [number for number in numbers or () if not 0 < number <= _LAST_NUMBER]:
        raise MessageUnknown(number=wrong[0], what="消息")
    with open_existing() as service, service.engine.acting() as act:
        found = resending.resend_exactly(act, numbers) if numbers else resending.resend_kind(act)
    print(f"{found.queued}条消息将重新发送" if found.queued else "没有未送达的消息")


def _in(format: Format, found: Sequence[MessageLine], as_of: datetime) -> bytes | str:
    from documents import message_sheet

    match format:
        case Format.csv:
            return message_sheet.write_csv(found)
        case Format.xlsx:
            return message_sheet.write_xlsx(found, as_of)
        case Format.json:
            return _json(found)
        case Format.table:
            return _table(found, as_of)


def _json(found: Sequence[MessageLine]) -> str:
    """The answer of the API, with every message on one page."""
    from web.api.messages import MessageList
    from workflow.mailbag import MessagePage

    whole = MessageList.model_validate(MessagePage(tuple(found), len(found), None))
    return whole.model_dump_json(by_alias=True, indent=1) + "\n"


def _table(found: Sequence[MessageLine], as_of: datetime) -> str:
    from commands.explanation import who
    from documents.message_sheet import CHANNELS, STATUSES
    from workflow.desks import shown_instant
    from workflow.upcoming import MESSAGE_KINDS

    rows = [
        (
            str(one.id), MESSAGE_KINDS.get(one.kind, one.kind), who(one.recipient.post, one.recipient.name),
            "\n".join(map(_about, one.items)),
            shown_instant(one.created_at), shown_instant(one.sent_at) if one.sent_at else "",
            STATUSES.get(one.status, one.status), f"{CHANNELS.get(one.channel or '', '')} {one.attempts}次".strip(),
            "\n".join(part for part in (one.answer, one.message_id) if part),
        )
        for one in found
    ]  # fmt: skip
    headings = ("编号", "类型", "收件人", "有关报送件", "生成", "送出", "状态", "渠道和次数", "对方应答、消息号")
    return as_table(f"消息送达记录（截至{shown_instant(as_of)}，共{len(found)}条）", headings, rows)


def _about(item: Subject) -> str:
    return f"{item.unit.name}：{item.obligation_title}" + (f"（未列入：{item.dropped}）" if item.dropped else "")
