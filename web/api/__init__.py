"""The HTTP API: every call of ``/api/v1``, one module per subject."""

from web.api import (
    board,
    calendar,
    clock,
    messages,
    moves,
    openings,
    overdue,
    programmes,
    standing_in,
    submissions,
    supervision,
)
from web.api.values import PREFIX

__all__ = ["PREFIX", "ROUTERS"]

ROUTERS = tuple(
    module.router
    for module in (
        programmes, board, submissions, moves, openings, standing_in, supervision, overdue, messages, calendar, clock
    )
)  # fmt: skip
