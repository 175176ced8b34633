"""A lifecycle as data: standings with the facets the public sees, and the moves between them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from workflow.definition.words import Identifier, Part, Words

State = Literal["draft", "pending", "filed", "overdue", "exempt"]
WaitingOn = Literal["unit", "approver", "office", "none"]
Trigger = Literal[
    "edit", "submit", "approve", "return", "withdraw", "lapse", "extend", "exempt", "reopen", "urge", "accept"
]


class WrittenStanding(Part):
    """One standing: what the public sees of it, and its Chinese name."""

    state: State
    waiting_on: WaitingOn
    title: Words


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


class WrittenMove(Part):
    """A move from one standing, or from several, to another; every guard must hold."""

    trigger: Trigger
    sources: Annotated[
        tuple[Identifier, ...], BeforeValidator(_several, json_schema_input_type=tuple[Identifier, ...] | Identifier)
    ] = Field(alias="from", min_length=1)
    to: Identifier
    guards: tuple[str, ...] = ()
    timed: bool = False


class WrittenLifecycle(Part):
    """A state machine written in a definition file; guards are names from a closed list."""

    title: Words
    initial: Identifier = "draft"
    standings: dict[Identifier, WrittenStanding] = Field(min_length=2)
    moves: tuple[WrittenMove, ...] = Field(min_length=1)
