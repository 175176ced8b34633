"""The whole of a definition: a programme with its posts, bodies, groups, plan, duties, ladders and rules."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from workflow.definition.duties import LightRule, Obligation, Rung, Task, WrittenObligation, completed
from workflow.definition.machines import WrittenLifecycle
from workflow.definition.words import BUILT_IN_POSTS, OFFICE_BODY, PARTIES, Count, Identifier, Part, Words
from workflow.moments import Published, TenDays


class Source(Part):
    """The public document a programme comes from."""

    document: Words
    issued: date
    printed: date | None = None


class Stage(Part):
    """A named span of the programme; ``to`` left out means open-ended (the Ordos plan, 三（四）)."""

    title: Words
    clause: Words
    since: TenDays = Field(alias="from")
    until: TenDays | None = Field(default=None, alias="to")


class Group(Part):
    """Units named one by one, or other groups together; with a title alone the roster fills it."""

    title: str = ""
    units: tuple[Words, ...] = ()
    groups: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def _group(value: object) -> object:
    return {"units": value} if isinstance(value, list) else value


#: A group as it may be written: a list of names, or a title with one.
WrittenGroup = Annotated[
    Group,
    BeforeValidator(_group, json_schema_input_type=Group | Annotated[tuple[Words, ...], Field(min_length=1)]),
]


class Body(Part):
    """A body that acts beside the units: the office, a task force, an inspection group.

    ``led_by`` and ``contact`` are posts; they hear as head and liaison of the body.
    """

    title: Words
    clause: Words | None = None
    seat: Words | None = None
    led_by: str | None = None
    contact: str | None = None
    members: Count | None = None


class PlannedPart(Part):
    """One part of a plan and how many tasks it has."""

    title: Words
    count: int = Field(ge=1, le=10_000)


class Planned(Part):
    """How many tasks a plan names, in all and by part (the Huludao plan, 二: 137 in six parts)."""

    clause: Words | None = None
    total: int = Field(ge=1, le=100_000)
    parts: dict[Identifier, PlannedPart] = Field(min_length=1)


class FindingKind(Part):
    """A kind of finding that inspectors record."""

    title: Words


class Coverage(Part):
    """Every unit of a group owes exactly one of these obligations (the Shanxi report: 述职全覆盖)."""

    title: Words
    clause: Words | None = None
    of: str
    by: tuple[str, ...] = Field(min_length=1)


class Rollover(Part):
    """What the next cycle inherits: the rows of a table field, kept or archived by their status."""

    obligation: str
    field: str
    status: str
    keep: tuple[Words, ...] = Field(min_length=1)
    archive: tuple[Words, ...] = Field(min_length=1)


class Damage(Part):
    """A place where the document has lost text or figures."""

    clause: Words
    what: Words


class SharedParts(Part):
    """A file of parts that several definitions of one family use."""

    posts: dict[Identifier, Words] = Field(default_factory=dict)
    bodies: dict[Identifier, Body] = Field(default_factory=dict)
    groups: dict[Identifier, WrittenGroup] = Field(default_factory=dict)
    findings: dict[Identifier, FindingKind] = Field(default_factory=dict)
    patterns: dict[Identifier, WrittenObligation] = Field(default_factory=dict)
    ladders: dict[Identifier, tuple[Rung, ...]] = Field(default_factory=dict)
    lights: dict[Identifier, tuple[LightRule, ...]] = Field(default_factory=dict)
    lifecycles: dict[Identifier, WrittenLifecycle] = Field(default_factory=dict)


class Definition(SharedParts):
    """One programme; launched for a cycle it becomes submissions, deadlines and rungs."""

    programme: Identifier
    title: Words
    source: Source
    uses: tuple[str, ...] = ()
    cycle: int | None = Field(default=None, ge=2000, le=2100)
    published: Published | None = None
    timezone: Literal["Asia/Shanghai"] = "Asia/Shanghai"
    calendar: Literal["china"] = "china"
    planned: Planned | None = None
    stages: dict[Identifier, Stage] = Field(default_factory=dict)
    written: dict[Identifier, WrittenObligation] = Field(default_factory=dict, alias="obligations")
    tasks: tuple[Task, ...] = Field(default=(), max_length=5000)
    coverage: tuple[Coverage, ...] = ()
    rollover: Rollover | None = None
    damaged: tuple[Damage, ...] = ()

    @cached_property
    def obligations(self) -> dict[str, Obligation]:
        """Every obligation, completed from its pattern, and the tasks of the ledger after them."""
        written: list[tuple[str, WrittenObligation, str | None]] = [
            (name, one, None) for name, one in self.written.items()
        ]
        written += [(task.key, task.written(), task.part) for task in self.tasks]
        found = {
            name: completed(one, self.patterns.get(one.pattern) if one.pattern else None, part=part)
            for name, one, part in written
        }
        return {name: one for name, one in found.items() if one is not None}

    def post_title(self, post: str) -> str:
        """The Chinese title of a post key, the key itself for posts that the roster names."""
        named = self.posts.get(post) or BUILT_IN_POSTS.get(post) or PARTIES.get(post)
        return named or (self.bodies[post].title if post in self.bodies else post)

    def body(self, key: str) -> Body | None:
        """A body by its key; the office is always there."""
        if key == OFFICE_BODY and key not in self.bodies:
            return Body(title=self.post_title(OFFICE_BODY), led_by=OFFICE_BODY, contact=OFFICE_BODY)
        return self.bodies.get(key)

    def ladder_of(self, obligation: str) -> tuple[Rung, ...]:
        """The rungs of an obligation, none when it has no ladder."""
        name = self.obligations[obligation].ladder
        return self.ladders[name] if name else ()

    def in_group(self, group: str, *, name: str, code: str, roster_groups: tuple[str, ...]) -> bool:
        """Whether a unit belongs to a group of the definition or of the roster."""
        declared = self.groups.get(group)
        if declared is None:
            return group in roster_groups
        if not (declared.units or declared.groups):
            return group in roster_groups or declared.title in roster_groups

        def belongs(other: str) -> bool:
            return self.in_group(other, name=name, code=code, roster_groups=roster_groups)

        inside = name in declared.units or code in declared.units or any(map(belongs, declared.groups))
        return inside and not any(map(belongs, declared.without))
