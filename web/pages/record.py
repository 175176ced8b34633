"""The page of one submission: its dossier laid out for reading, filling in, and what may be done now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Literal, cast

from fastapi import Request

from web.contexts.frame import Frame, Light, Link, MessageStatus, State, WaitingOn
from web.contexts.submission import (
    Editing,
    HistoryLine,
    Paper,
    Prerequisite,
    SentMessage,
    SubmissionPage,
)
from web.pages import chain, contents, measures, offers, signers
from web.pages.contents import Kept
from web.pages.frame import House, desk_text, frame, occurrence_of, own_word, warned
from web.pages.mail import CHANNELS
from web.pages.moves import Asked
from web.rendering import day
from workflow import acts as doing
from workflow import papers
from workflow.asking import named
from workflow.dossier import Dossier
from workflow.mailbag import MessageLine
from workflow.permissions import OFFICE
from workflow.upcoming import MESSAGE_KINDS

_TONES: dict[str, Literal["good", "bad"]] = {
    "approve": "good",
    "accept": "good",
    "return": "bad",
    "lapse": "bad",
    "reopen": "bad",
    "extension-declined": "bad",
}
#: What hands a submission in, or gives it back to the unit.
_TURNS = frozenset({"submit", "withdraw", "return", "reopen", "paper"})


def page(
    house: House,
    request: Request,
    act: doing.Act,
    found: Dossier,
    *,
    filling: bool = False,
    grown: str = "",
    kept: Kept | None = None,
    asked: Asked | None = None,
) -> SubmissionPage:
    """The page; ``filling`` opens the form for the office, ``kept`` and ``asked`` are what was refused.

    ``grown`` is a table that gets more empty rows.
    """
    here, may_edit = f"/submissions/{found.summary.id}", "edit" in found.moves
    around = frame(house, request, act, "programmes", here=here)
    offered = offers.acts(act, found, asked)
    if asked and asked.error and asked.move not in [one.name for one in offered]:
        around = warned(around, asked.error)
    read = replace(_to_read(act, found, around), acts=offered)
    # What was typed stays in the form even when the form is closed by now: it may be all there is of it.
    if kept is None and not (may_edit and (filling or act.actor.role not in OFFICE)):
        return replace(read, edit_href=f"{here}?fill=1" if may_edit else "")
    kept = kept or Kept(grown=grown)
    fields = contents.to_fill_in(found, kept)
    return replace(read, fields=fields, editing=_editing(found, here, kept), form_error=kept.error)


def _to_read(act: doing.Act, found: Dossier, around: Frame) -> SubmissionPage:
    one, paper = found.summary, _paper(found)
    # Who signed on paper signed for everybody who had not: nobody else is going to be asked.
    signing = [line for line in found.sign_off if line.decision or paper is None]
    return SubmissionPage(
        frame=around,
        programme=Link(f"/programmes/{one.programme}", f"{one.programme_title} {found.cycle}"),
        unit=one.unit.name,
        category=one.unit.category,
        obligation=one.obligation_title,
        occurrence=occurrence_of(one.occurrence, one.programme),
        stage=found.stage,
        state=cast("State", one.state),
        light=cast("Light", one.light),
        standing=own_word(one.standing),
        waiting_on=cast("WaitingOn", one.waiting_on),
        desk=desk_text(one.stuck_with, one.unit.name),
        due_date=one.due_date,
        due_at=one.due_at,
        filed_at=one.filed_at,
        days_late=one.days_late,
        working_days_late=one.working_days_late,
        extended_from=found.extension.first_due if found.extension else None,
        content_version=one.content_version,
        content_hash=one.content_hash,
        fields=contents.to_read(found),
        criteria=tuple(two.title + (f"：{two.help}" if two.help else "") for two in found.criteria.values()),
        prerequisites=tuple(_prerequisite(prior) for prior in found.prerequisites),
        sign_off=signers.lines(act, signing),
        history=_history(found),
        messages=_messages(found),
        asked=found.duty,
        returned=_returned(found),
        targets=measures.targets(found.targets),
        score=measures.score(found.score),
        units=found.units,
        heading=one.heading,
        sheet_href=_sheet(found),
        versions_href=f"/submissions/{one.id}/versions" if one.content_version > 1 else "",
        extension=_extension(found),
        about=one.subject.name if one.subject else "",
        owner_post=one.owner_post,
        cause=chain.cause(found),
        follow_ups=chain.follow_ups(found),
        paper=paper,
    )


def _paper(found: Dossier) -> Paper | None:
    """What was handed in on paper, unless it went back to the unit since."""
    turns = [line for line in found.history if line.event in _TURNS]
    if not turns or turns[-1].event != "paper":
        return None
    line, facts = turns[-1], turns[-1].facts
    return Paper(
        received=date.fromisoformat(str(facts["received"])),
        late=bool(facts.get("late")),
        signed_by=str(facts.get("signed_by", "")),
        entered_by=line.actor,
        entered_at=line.at,
        reason=line.comment,
        file=offers.scan(found.summary.id, facts),
    )


def _sheet(found: Dossier) -> str:
    """Where the sheet of what was signed is, empty while nobody has decided anything."""
    signed = any(line.event in ("approve", "return") and "sign_off" in line.facts for line in found.history)
    return f"/submissions/{found.summary.id}/sheet" if signed else ""


def _editing(found: Dossier, here: str, kept: Kept) -> Editing:
    return Editing(
        action=f"{here}/content",
        if_version=found.summary.content_version,
        may_submit="submit" in found.moves,
        signed=bool(found.sign_off),
        newer_href=here if kept.newer else "",
    )


def _prerequisite(prior: papers.Prerequisite) -> Prerequisite:
    href = f"/submissions/{prior.id}"
    return Prerequisite(prior.obligation_title, href, cast("State", prior.state), prior.filed_at)


def _history(found: Dossier) -> tuple[HistoryLine, ...]:
    """The history, each entry with the messages that were queued in the same act."""
    steps, sent = _steps(found), told(found.messages)
    lines: list[HistoryLine] = []
    for entry in reversed(found.history):
        people = links(sent.pop(entry.noticed_at, {}).values())
        scan = offers.scan(found.summary.id, entry.facts)
        lines.append(replace(happened(entry, steps=steps), told=people, file=scan))
    return tuple(reversed(lines))


def told(messages: Sequence[MessageLine]) -> dict[datetime, dict[str, MessageLine]]:
    """By instant, who was told by an act, everybody once (by person): not who was to be, and then was not."""
    found: dict[datetime, dict[str, MessageLine]] = {}
    for one in messages:
        if one.status != "cancelled" and any(item.dropped is None for item in one.items):
            found.setdefault(one.created_at, {}).setdefault(one.recipient.person, one)
    return found


def links(messages: Collection[MessageLine]) -> tuple[Link, ...]:
    """Each by the post, by the name as well where several hold it."""
    posts = Counter(one.recipient.post for one in messages)
    found = (
        Link(f"/messages/{one.id}", to.post if to.post and posts[to.post] == 1 else named(to.post, to.name).strip())
        for one, to in ((one, one.recipient) for one in messages)
    )
    return tuple(sorted(found, key=lambda link: link.label))


def _extension(found: Dossier) -> str:
    one = found.extension
    if one is None or one.granted_at is None:
        return ""
    said = f"{one.granted_by}于{day(one.granted_at)}准予延期" if one.granted_by else ""
    return "，".join(part for part in (said, one.comment) if part)


def happened(line: papers.HistoryLine, *, steps: int = 1) -> HistoryLine:
    """An entry of history as people read it; ``steps`` is how many steps the sign-off has."""
    seen_later = (line.noticed_at - line.at).total_seconds() >= 60
    return HistoryLine(
        at=line.at,
        what=_what(line, steps),
        who=line.actor,
        comment=line.comment,
        noticed_at=line.noticed_at if seen_later else None,
        tone=_TONES.get(line.event, "good" if "filed" in line.facts else "plain"),
    )


def _returned(found: Dossier) -> HistoryLine | None:
    """Why it is back with the unit: the last return, unless the unit has submitted since."""
    moved = [line for line in found.history if line.event in ("submit", "withdraw", "return", "reopen")]
    back = found.summary.waiting_on == "unit" and moved and moved[-1].event in ("return", "reopen")
    return happened(moved[-1], steps=_steps(found)) if back else None


def _steps(found: Dossier) -> int:
    return max((one.step for one in found.sign_off), default=1)


def _what(line: papers.HistoryLine, steps: int) -> str:
    facts = line.facts
    match line.event:
        case "launch":
            return "方案启动，生成本件"
        case "open":
            return f"因{facts['because']}，生成本件" if "because" in facts else "生成本件"
        case "finding":
            return f"检查发现：{facts.get('title', '')}"
        case "edit":
            return f"保存内容（第 {facts.get('version')} 版）"
        case "submit":
            return "提交审签" if "asked" in facts else "报送"
        case "approve":
            return f"第 {int(facts.get('step', 0)) + 1} 步审签同意" if steps > 1 else line.title
        case "lapse":
            return f"到期未报送，{line.title}"
        case "extend":
            return f"延期至{day(date.fromisoformat(str(facts['until'])))}"
        case "urge":
            return f"催办：{'、'.join(map(str, facts.get('to', ())))}"
        case "extension-asked" | "extension-declined":
            return f"{line.title}：延至{day(date.fromisoformat(str(facts['until'])))}"
        case "paper":
            return offers.paper(facts)
        case "undo":
            return f"撤销{facts.get('what', '办理')}"
    return line.title


def _messages(found: Dossier) -> tuple[SentMessage, ...]:
    return tuple(
        SentMessage(
            at=one.sent_at or one.not_before,
            kind=MESSAGE_KINDS.get(one.kind, one.kind),
            post=one.recipient.post,
            name=one.recipient.name,
            channel=CHANNELS.get(one.channel or "", ""),
            status=cast("MessageStatus", one.status),
            href=f"/messages/{one.id}",
            acknowledged="；".join(item.acknowledgement.text for item in one.items if item.acknowledgement),
        )
        for one in found.messages
    )
