"""What a letter is written from: its reader, and the submissions it tells of. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from notifier.wording import day_text

#: Reason → what its comment is called.
COMMENTS = {
    "returned": "退回理由", "decided": "意见", "disputed": "本人说明", "handed-over": "原因",
    "extension-asked": "申请理由",
}  # fmt: skip
#: The title of a letter with an anchor of the record.
ANCHOR_TITLE = "审签记录每日存证（{day}）"


@dataclass(frozen=True)
class Matter:
    """One submission in a letter, as it is at the moment of sending.

    ``programme`` is named where a letter speaks of several. ``uid`` is its calendar entry's, empty where no date
    lies ahead, and ``version`` counts the dates it has had. ``on_behalf_of`` is whose signature a delegate is asked
    for, ``happened`` what became of a request or a message, ``dispute`` the link that says it was not one's own act.
    ``code`` opens one decision until ``code_until``.
    """

    reason: str
    unit: str
    obligation: str
    duty: str
    due_date: date
    days_late: int
    working_days_late: int
    standing: str
    stuck_with: str
    comment: str = ""
    link: str = ""
    was_due: date | None = None
    programme: str = ""
    uid: str = ""
    version: int = 1
    on_behalf_of: str = ""
    happened: str = ""
    dispute: str = ""
    code: str = ""
    code_until: datetime | None = None

    @property
    def due(self) -> str:
        """The due date as people write it, with the first one where it was moved."""
        return f"{day_text(self.due_date)}前" + (f"（原为{day_text(self.was_due)}前）" if self.was_due else "")

    @property
    def lateness(self) -> str:
        """Calendar and working days late, empty when it is not."""
        if not self.days_late:
            return ""
        return f"逾期{self.days_late}天（{self.working_days_late}个工作日）"

    @property
    def comment_label(self) -> str:
        """What the comment is: whoever returns gives a reason, the office a note."""
        return COMMENTS.get(self.reason, "办公室说明")

    @property
    def happened_label(self) -> str:
        """What kind of thing has happened."""
        return "办理结果" if self.reason == "decided" else "情况"

    @property
    def tells_duty(self) -> bool:
        """Whether the reader is the one who has to do it."""
        return (
            bool(self.duty) and not self.link and self.reason in ("reminder", "overdue", "urge", "returned", "opened")
        )


@dataclass(frozen=True)
class Facts:
    """Everything a letter is written from.

    ``acknowledge`` is the link by which its reader signs for it, and ``acknowledge_note`` says until when. A letter
    without matters has a ``title`` and ``lines`` of its own.
    """

    kind: str
    programme: str
    recipient: str
    post_title: str
    matters: tuple[Matter, ...]
    desk: str = ""
    page: str = ""
    acknowledge: str = ""
    acknowledge_note: str = ""
    title: str = ""
    lines: str = ""
    sent_at: datetime | None = None
    rehearsal: bool = False
    launched: bool = False
