"""What a definition says in the words of an office: who owes, by when, what follows, who signs and who hears.

Pure: a definition and a cycle go in, Chinese sentences come out. What the definition given here does not have – a
reader may be shown less than everything – is called 另一事项.
"""

from workflow.wording.dues import due
from workflow.wording.follow_ups import opening
from workflow.wording.ladders import light, moment, rung, step
from workflow.wording.names import group, party, posts, span
from workflow.wording.owners import owner
from workflow.wording.rules import asks, coverage, lifecycle, rollover, target

__all__ = [
    "asks",
    "coverage",
    "due",
    "group",
    "lifecycle",
    "light",
    "moment",
    "opening",
    "owner",
    "party",
    "posts",
    "rollover",
    "rung",
    "span",
    "step",
    "target",
]
