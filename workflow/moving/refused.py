"""Why a move does not take place."""

from __future__ import annotations

from workflow.refusals import Refusal


class MoveRefused(Refusal):
    """没有迁移：{reason}"""

    code = "move-refused"
