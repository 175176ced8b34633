"""The steps of a sign-off as a submission's page tells them: who signed for whom, who may sign, who is away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import cast

from web.contexts.frame import Decision
from web.contexts.signers import SignOffLine
from web.pages.waiting import confirmed
from workflow import absences, delegations, dossier, papers
from workflow.acts import Act
from workflow.asking import named, number_of
from workflow.tables import Delegation


def lines(act: Act, found: Sequence[papers.SignOffLine]) -> tuple[SignOffLine, ...]:
    """Each approver of each step; who is away is not told to units."""
    waits = any(is_open(line) for line in found)
    standing_in = delegations.active(act.session, act.today) if waits else {}
    away = absences.away(act, act.today) if waits and act.actor.role != "unit" else {}
    drawn = dossier.drawn(act, [one.id for one in found if one.id is not None and one.decision])
    told = (_line(act, one, standing_in, away) for one in found)
    return tuple(
        replace(line, drawn_href=f"/submissions/signatures/{one.id}") if one.id in drawn else line
        for line, one in zip(told, found, strict=True)
    )


def is_open(line: papers.SignOffLine) -> bool:
    """Whether somebody is asked and has not decided."""
    return line.asked_at is not None and line.decision is None


def _line(
    act: Act, one: papers.SignOffLine, standing_in: Mapping[str, Sequence[Delegation]], away: Mapping[str, date]
) -> SignOffLine:
    # A delegate stands under their own post, which the record has in one with their name.
    post, holder = (one.decided_by, "") if one.on_behalf_of else (one.post, one.holder)
    delegates = (
        (delegations.party(act, row.delegate) for row in standing_in.get(one.person, ())) if is_open(one) else ()
    )
    return SignOffLine(
        step=one.step,
        post=post,
        holder=holder,
        decision=cast("Decision | None", one.decision),
        decided_at=one.decided_at,
        comment=one.comment,
        on_behalf_of=one.on_behalf_of,
        asked=one.asked_at is not None,
        confirmed=confirmed(one.confirmed) if one.confirmed else "",
        disputed_at=one.disputed_at,
        delegates=tuple(named(party.post, party.name) for party in delegates),
        away_until=away.get(one.person) if is_open(one) else None,
        number=number_of(one.id) if one.decision else "",
    )
