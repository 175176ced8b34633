"""Whether what a message was queued to say still holds when it is sent. Pure."""

from __future__ import annotations

from dataclasses import dataclass

OPEN = ("draft", "pending", "overdue")

_NOW = {"draft": "已退回单位", "pending": "已提交，等候审签", "filed": "已报送", "exempt": "已同意免报"}


@dataclass(frozen=True, kw_only=True)
class Standpoint:
    """A submission as its reader stands to it at the moment of sending.

    ``signs``: a request to this person is open; ``signed``: they have answered this round's already;
    ``own``: they hold a post of the unit; ``clerk``: they are on duty in the leading group's office; ``void``: why
    what it tells of is of no use any more, as a code that has run out.
    """

    state: str
    waiting_on: str
    signs: bool = False
    signed: bool = False
    own: bool = False
    clerk: bool = False
    void: str = ""

    @property
    def accepts(self) -> bool:
        """Whether it is this reader's move: the office has to accept it, and they are the office."""
        return self.waiting_on == "office" and self.clerk

    @property
    def now(self) -> str:
        """How it stands, in a word."""
        return "已报送，等候受理" if self.waiting_on == "office" else _NOW.get(self.state, "")


def untrue(reason: str, seen: Standpoint) -> str | None:
    """Why something must not be said any more, in Chinese; None while it holds."""
    if seen.void:
        return seen.void
    match reason:
        case "request":
            return None if seen.signs else "已不再需要审签"
        case "chase":
            return None if seen.signs or _waits_for_others(seen) else "已不再等候审签"
        case "reminder":
            return _no_reminder(seen)
        case "overdue" | "escalation":
            return None if seen.state == "overdue" else f"已不再逾期：{seen.now}"
        case "notice" | "amended" | "opened" | "unacknowledged" | "restored":
            return None if seen.state in OPEN else f"已办结：{seen.now}"
        case "urge":
            moves = seen.signs or seen.accepts or (seen.waiting_on == "unit" and seen.own)
            return None if moves else f"已不在此人处：{seen.now or '已逾期'}"
        case "returned":
            return None if seen.waiting_on == "unit" else f"已不在单位处：{seen.now or '已重新提交'}"
        case "filed" | "received" | "accepted":
            return None if seen.state == "filed" else "已不是已报送状态"
        case "exempted":
            return None if seen.state == "exempt" else "已不是免报状态"
        case "handed-over":
            return "又已交由此人审签" if seen.signs else None
    # Of an event that happened, such as an extension or a decision: true whatever came after.
    return None


def told_as(reason: str, seen: Standpoint) -> str:
    """The part of the letter it belongs to: whoever has to sign is asked to sign, whatever rung speaks."""
    if seen.signs and reason in ("reminder", "notice", "overdue", "escalation"):
        return "chase"
    if seen.accepts and reason in ("reminder", "notice", "overdue", "escalation", "urge"):
        return "accept"
    if reason == "chase" and not seen.signs:
        return "watch"
    return reason


def _waits_for_others(seen: Standpoint) -> bool:
    return seen.waiting_on == "approver" and not seen.signed


def _no_reminder(seen: Standpoint) -> str | None:
    if seen.state == "overdue":
        return "已逾期，另行通知"
    if seen.state in OPEN and (seen.signs or seen.accepts or seen.waiting_on == "unit"):
        return None
    return f"已不需提醒：{seen.now}"
