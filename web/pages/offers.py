"""What may be done now with a submission: which acts are offered to whom, with what stands in their forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from web.contexts.frame import Choice, Link
from web.contexts.offers import Act, ActName
from web.pages import people
from web.pages.moves import Asked
from web.pages.signers import is_open
from web.rendering import day
from workflow import acts as doing
from workflow import extensions, paper_filings, signing
from workflow.dossier import Dossier
from workflow.forms import filekinds
from workflow.permissions import OFFICE

#: In the order people need them; filling in and submitting are one form of their own.
ORDER: tuple[ActName, ...] = (
    "grant-extension",
    "decline-extension",
    "urge",
    "ask-extension",
    "withdraw-extension",
    "withdraw",
    "accept",
    "approve",
    "return",
    "reassign",
    "extend",
    "exempt",
    "paper",
    "reopen",
    "finding",
)
_OPTIONAL = frozenset({"urge", "withdraw", "accept", "grant-extension"})
_DATED = frozenset({"extend", "ask-extension", "grant-extension"})
_OF_REQUEST = frozenset({"grant-extension", "decline-extension", "withdraw-extension"})


def acts(act: doing.Act, found: Dossier, asked: Asked | None) -> tuple[Act, ...]:
    """The acts that are open, each with its form; ``asked`` is one that was refused."""
    request = _request(act, found)
    # The office returns what it does not accept; withdrawing is the unit's own move.
    hidden = {"withdraw"} if act.actor.role in OFFICE else set()
    open_ = {*found.moves, *(["finding"] if found.findings else []), *_more(act, found, request)} - hidden
    return tuple(_act(act, found, name, asked, request) for name in ORDER if name in open_)


def paper(facts: Mapping[str, Any]) -> str:
    """An entry of history that tells of a paper: when it came, who signed, whether there is a scan."""
    late = "，迟报" if facts.get("late") else "，按时"
    received = day(date.fromisoformat(str(facts["received"])))
    return f"补录纸质件：{received}收到{late}，{facts.get('signed_by', '')}签"


def scan(submission_id: int, facts: Mapping[str, Any]) -> Link | None:
    """Where the scan of a paper is that an entry of history names."""
    kept = facts.get("scan")
    if not isinstance(kept, Mapping):
        return None
    return Link(f"/submissions/{submission_id}/files/{kept['id']}", f"扫描件：{kept['name']}")


def _request(act: doing.Act, found: Dossier) -> extensions.Line | None:
    """The request for more time that waits, which only an open submission can have."""
    if found.summary.state not in ("draft", "pending", "overdue"):
        return None
    return next((one for one in extensions.of_submission(act, found.summary.id) if not one.answer), None)


def _more(act: doing.Act, found: Dossier, request: extensions.Line | None) -> Iterator[ActName]:
    """What is no move of the lifecycle, or has conditions of its own."""
    office, one = act.actor.role in OFFICE, found.summary
    if office and any(map(is_open, found.sign_off)):
        yield "reassign"
    if office and one.state in ("draft", "pending", "overdue") and one.waiting_on in ("unit", "approver"):
        yield "paper"
    if office and request is not None:
        yield from ("grant-extension", "decline-extension")
    elif act.actor.role == "unit" and act.actor.unit == one.unit.code:
        if request is not None:
            yield "withdraw-extension"
        elif one.state in ("draft", "pending", "overdue") and one.waiting_on != "office":
            yield "ask-extension"


def _act(act: doing.Act, found: Dossier, name: ActName, asked: Asked | None, request: extensions.Line | None) -> Act:
    said = asked if asked and asked.move == name else Asked(name)
    about = request if name in _OF_REQUEST else None
    on_paper = name == "paper"
    return Act(
        name=name,
        action=f"/submissions/{found.summary.id}/{name}",
        comment_rule="none" if name == "withdraw-extension" else "optional" if name in _OPTIONAL else "required",
        comment=said.comment,
        until=(said.until or (about.until if about else _later(act, found))) if name in _DATED else None,
        approvers=_approvers(found, said.approver) if name in ("approve", "return", "reassign") else (),
        people=people.of_unit(people.everybody(act), found.summary.unit.name) if name == "reassign" else (),
        to=said.to,
        kinds=_kinds(found, said.kind) if name == "finding" else (),
        on_paper=said.on_paper if name == "return" and any(map(is_open, found.sign_off)) else None,
        error=said.error,
        told=f"申请延至{day(about.until)}" if about else "",
        reason=about.reason if about else "",
        number=about.id if about else 0,
        received=(said.until or act.today) if on_paper else None,
        signed_by=said.to if on_paper else "",
        endings=filekinds.endings(paper_filings.SCANS) if on_paper else (),
    )


def _kinds(found: Dossier, chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(kind, title, kind == chosen) for kind, title in found.findings.items())


def _later(act: doing.Act, found: Dossier) -> date:
    """A week after the due date or today, whichever is later: what an extension is usually asked for."""
    return max(found.summary.due_date, act.today) + timedelta(days=7)


def _approvers(found: Dossier, chosen: str) -> tuple[Choice, ...]:
    """Who is asked now, when there is a choice."""
    asked = [line for line in found.sign_off if is_open(line)]
    if len(asked) < 2:
        return ()
    return tuple(Choice(str(one.id), signing.named(one.post, one.holder), str(one.id) == chosen) for one in asked)
