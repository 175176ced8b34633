"""What a letter says about signing for it (签收): until when, and who hears of it otherwise. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from notifier.places import Place
from workflow.audience import Audience
from workflow.moments import parse_offset
from workflow.wording.names import posts, span


def note(wanted: Sequence[Place], audiences: Mapping[int, Audience]) -> str:
    """The sentence under the link, with the shortest time that was asked for; empty where nothing is asked."""
    if not wanted:
        return ""
    shortest = min((parse_offset(place.item.ack_within) for place in wanted), key=lambda offset: offset.count)
    told = dict.fromkeys(posts(audiences[place.row.programme_id].definition, place.item.ack_to) for place in wanted)
    return f"请在收到后{span(shortest)}内签收，逾期未签收的，转告{'、'.join(told)}。"
