"""The acts on a submission besides filling it in: each form leads to one use case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from web.pages import people
from web.rendering import day
from workflow import causes, extensions, findings, handovers, paper_filings, signing, submissions
from workflow.acts import Act
from workflow.dossier import Dossier
from workflow.paper_filings import Scan
from workflow.refusals import CommentMissing, DateRefused, NotFound, ReassignRefused


@dataclass(frozen=True)
class Asked:
    """What an act's form said, and why it was refused; ``content_hash`` is of the content that was on the page.

    ``kind`` is a finding's, or the number of the request for more time that is answered. Of a paper, ``until_text``
    is the day it came in, ``to`` who signed it.
    """

    move: str
    comment: str = ""
    until_text: str = ""
    approver: str = ""
    content_hash: str = ""
    error: str = ""
    kind: str = ""
    to: str = ""
    on_paper: bool = False
    scan: Scan | None = None

    @property
    def until(self) -> date | None:
        """The date as typed, None when it is none."""
        try:
            return date.fromisoformat(self.until_text)
        except ValueError:
            return None


def make(act: Act, found: Dossier, asked: Asked) -> str:
    """Do what was asked; one line on what was done. Raises the refusals of the use case, NotFound for no move."""
    if asked.move not in _MOVES:
        raise NotFound
    return _MOVES[asked.move](act, found, asked)


def _urge(act: Act, found: Dossier, asked: Asked) -> str:
    submissions.urge(act, found.summary.id, comment=asked.comment)
    return f"已催办：{'、'.join(dict.fromkeys(desk.post for desk in found.summary.stuck_with))}。"


def _withdraw(act: Act, found: Dossier, asked: Asked) -> str:
    submissions.withdraw(act, found.summary.id, comment=asked.comment)
    return "已撤回，可以修改后重新提交；原来的审签链接已失效。"


def _accept(act: Act, found: Dossier, asked: Asked) -> str:
    submissions.accept(act, found.summary.id, comment=asked.comment)
    return "已受理，并已通知单位。"


def _approve(act: Act, found: Dossier, asked: Asked) -> str:
    if not asked.comment.strip():
        raise CommentMissing(what="审签人同意的依据，例如纸质批件的日期和文号")
    decided = _decide(act, found, asked, "approve")
    return f"已录入同意：{decided}。"


def _return(act: Act, found: Dossier, asked: Asked) -> str:
    if asked.on_paper:
        decided = _decide(act, found, asked, "return")
        return f"已录入退回：{decided}。理由已发给单位。"
    submissions.return_filing(act, found.summary.id, comment=asked.comment, content_hash=asked.content_hash)
    return "已退回，理由已发给单位。"


def _decide(act: Act, found: Dossier, asked: Asked, choice: signing.Choice) -> str:
    approver = int(asked.approver) if asked.approver.isdecimal() and len(asked.approver) < 10 else None
    decided = signing.decide_for_office(
        act, found.summary.id, choice, comment=asked.comment, sign_off_id=approver, content_hash=asked.content_hash
    )
    return decided.post_title


def _extend(act: Act, found: Dossier, asked: Asked) -> str:
    if asked.until is None:
        raise DateRefused(reason="请选择新的应报日期")
    submissions.extend(act, found.summary.id, until=asked.until, comment=asked.comment)
    return f"已延期至{day(asked.until)}，并已通知单位。"


def _exempt(act: Act, found: Dossier, asked: Asked) -> str:
    submissions.exempt(act, found.summary.id, comment=asked.comment)
    return "已免报，并已通知单位。"


def _reopen(act: Act, found: Dossier, asked: Asked) -> str:
    submissions.reopen(act, found.summary.id, comment=asked.comment)
    return "已重新打开，并已通知单位。"


def _finding(act: Act, found: Dossier, asked: Asked) -> str:
    findings.record(act, found.summary.id, kind=asked.kind, comment=asked.comment)
    before = {one.id for one in found.follow_ups}
    opened = [one for one in causes.opened_by(act, found.summary.id) if one.id not in before]
    return "已记录检查发现" + (f"，并开启{len(opened)}件后续事项。" if opened else "。")


def _reassign(act: Act, found: Dossier, asked: Asked) -> str:
    waiting = [line.id for line in found.sign_off if line.id and line.asked_at and line.decision is None]
    chosen = int(asked.approver) if asked.approver.isdecimal() and len(asked.approver) < 10 else next(iter(waiting), 0)
    if chosen not in waiting:
        raise NotFound
    to = people.everybody(act).key(asked.to)
    if to is None:
        raise ReassignRefused(reason="请从列表中选一位花名册中的任职人。", field="to")
    handovers.reassign(act, chosen, to=to, comment=asked.comment)
    return f"已改派给{asked.to.strip()}，原审签链接随即失效。"


def _ask_extension(act: Act, found: Dossier, asked: Asked) -> str:
    if asked.until is None:
        raise DateRefused(reason="请选择申请延至的日期")
    extensions.ask(act, found.summary.id, until=asked.until, reason=asked.comment)
    return "已申请延期，等候办公室答复；答复前应报日期不变。"


def _withdraw_extension(act: Act, found: Dossier, asked: Asked) -> str:
    extensions.withdraw(act, _request(act, found, asked))
    return "已撤回延期申请。"


def _grant_extension(act: Act, found: Dossier, asked: Asked) -> str:
    if asked.until is None:
        raise DateRefused(reason="请选择新的应报日期")
    extensions.grant(act, _request(act, found, asked), until=asked.until, comment=asked.comment)
    return f"已同意，延期至{day(asked.until)}，并已通知单位。"


def _decline_extension(act: Act, found: Dossier, asked: Asked) -> str:
    extensions.decline(act, _request(act, found, asked), comment=asked.comment)
    return "未同意延期，理由已发给单位；应报日期不变。"


def _request(act: Act, found: Dossier, asked: Asked) -> int:
    """The request that was on the page; raises NotFound for none of this submission's."""
    number = int(asked.kind) if asked.kind.isdecimal() and len(asked.kind) < 10 else 0
    if number not in [one.id for one in extensions.of_submission(act, found.summary.id)]:
        raise NotFound
    return number


def _paper(act: Act, found: Dossier, asked: Asked) -> str:
    if asked.until is None:
        raise DateRefused(reason="请选择收到纸质件的日期")
    row = paper_filings.enter(
        act, found.summary.id, received=asked.until, signed_by=asked.to, comment=asked.comment, scan=asked.scan
    )
    return f"已补录纸质件，按{day(asked.until)}收到计，{'为迟报' if row.late else '按时'}。"


_MOVES: Mapping[str, Callable[[Act, Dossier, Asked], str]] = {
    "urge": _urge,
    "withdraw": _withdraw,
    "accept": _accept,
    "approve": _approve,
    "return": _return,
    "extend": _extend,
    "exempt": _exempt,
    "reopen": _reopen,
    "finding": _finding,
    "reassign": _reassign,
    "ask-extension": _ask_extension,
    "withdraw-extension": _withdraw_extension,
    "grant-extension": _grant_extension,
    "decline-extension": _decline_extension,
    "paper": _paper,
}
