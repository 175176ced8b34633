"""Who owes a duty: units, bodies, posts, units drawn or taken in turn."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from workflow.definition.words import Count, Part, Words


def _count(value: object) -> object:
    return {"at_least": value, "at_most": value} if isinstance(value, int) and not isinstance(value, bool) else value


class Drawn(Part):
    """Units drawn at random from a group when an occurrence opens (the Weifang plan, 49)."""

    source: str = Field(alias="from")
    count: Annotated[Count, BeforeValidator(_count, json_schema_input_type=Count | int)]


class Owner(Part):
    """Who owes a duty; one way of naming them at a time.

    ``named`` is a group, a body, a post, or ``concerned``; the others are explained in the reference.
    """

    named: str | None = None
    units: tuple[Words, ...] = ()
    each: str | None = None
    of: str | None = None
    draw: tuple[Drawn, ...] = ()
    rota: str | None = None
    subjects: str | None = None
    by: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [self.named, self.units, self.of, self.draw, self.rota, self.subjects]
        if sum(bool(way) for way in ways) != 1:
            raise ValueError("报送主体须且只须用一种写法：分组、单位列表、each/of、draw、rota 或 subjects/by")
        if (self.subjects is None) != (self.by is None):
            raise ValueError("subjects 与 by 须同时写")
        if self.each is not None and not (self.of or self.rota):
            raise ValueError("each 只与 of 或 rota 同写")
        if self.of is not None and self.each is None:
            raise ValueError("of 须与 each 同写，例如 {each: unit-head, of: member-units}")
        return self

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups it is taken from, for the forms that name one."""
        return tuple(name for name in (self.of, self.rota, self.subjects, *(one.source for one in self.draw)) if name)

    def __str__(self) -> str:
        if self.named:
            return self.named
        return "、".join(self.units or self.groups)


def _owner(value: object) -> object:
    if isinstance(value, str):
        return {"named": value}
    return {"units": value} if isinstance(value, list) else value


WrittenOwner = Annotated[
    Owner,
    BeforeValidator(_owner, json_schema_input_type=Owner | str | Annotated[tuple[Words, ...], Field(min_length=1)]),
]
