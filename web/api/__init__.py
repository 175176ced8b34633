"""The HTTP API: every call of ``/api/v1``, one module per subject."""

from web.api import (
    amendments,
    batches,
    board,
    bulletins,
    calendar,
    calendars,
    clock,
    content_versions,
    extensions,
    feeds,
    figures,
    launches,
    messages,
    moves,
    openings,
    overdue,
    papers,
    people,
    programmes,
    search,
    standing_in,
    submissions,
    supervision,
)
from web.api.values import PREFIX

__all__ = ["PREFIX", "ROUTERS"]

ROUTERS = tuple(
    module.router
    for module in (
        figures, bulletins, papers,
        launches, amendments, people, calendars,
        programmes, board, submissions, content_versions, moves, openings, standing_in, supervision, overdue, messages,
        calendar, feeds,
        extensions, batches, search,
        clock,
    )
)  # fmt: skip
