"""Words as letters need them: one line, of sane length, and never read as a place for a link. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from workflow.moments import SHANGHAI

#: What a subject keeps of a unit's name, of an obligation's title, and in all.
UNIT, ITEM, SUBJECT = 24, 40, 120

# Control characters and every line end that a mail reader, a browser or a terminal knows.
_BREAKS = re.compile(r"[ \t]*[\x00-\x1f\x7f-\x9f\u2028\u2029]+[ \t]*")
_NOT_NEW_LINES = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Embeddings, overrides and isolates turn round what follows them, beyond the words they came with.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_OPENING = re.compile(r"\{(?=\{(?:link|code):)")
# Word joiner: seen by nobody, breaks nothing, and the two braces are apart.
_KEPT_APART = "{\u2060"


def one_line(text: str) -> str:
    """What somebody wrote, on one line and without control characters."""
    return _harmless(_BREAKS.sub(" ", text).strip())


def paragraph(text: str) -> str:
    """What somebody wrote, its lines kept, without other control characters."""
    return _harmless(_NOT_NEW_LINES.sub("", _LINE_ENDS.sub("\n", text)).strip())


def headline(text: str) -> str:
    """A subject: one line that reads from left to right and ends somewhere."""
    return cut(_TURNS.sub("", text), SUBJECT)


def cut(text: str, most: int) -> str:
    """At most so many characters, with … where something is missing."""
    return text if len(text) <= most else text[: most - 1] + "…"


def day_text(day: date) -> str:
    """2022年1月4日."""
    return f"{day.year}年{day.month}月{day.day}日"


def moment_text(at: datetime) -> str:
    """2022年1月4日 09:00, in Asia/Shanghai."""
    local = at.astimezone(SHANGHAI)
    return f"{day_text(local.date())} {local:%H:%M}"


def by_when(days: Sequence[date]) -> str:
    """The due day of several matters, the first one where they differ; without the year, as people say it."""
    first = min(days)
    return f"{'最早' if max(days) != first else ''}{first.month}月{first.day}日前"


def how_late(days: Sequence[int]) -> str:
    """逾期2天, 最长逾期6天 where they differ, empty when none is late."""
    longest = max(days)
    if not longest:
        return ""
    return f"{'最长' if min(days) != longest else ''}逾期{longest}天"


def _harmless(text: str) -> str:
    return _OPENING.sub(_KEPT_APART, text)
