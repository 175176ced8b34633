"""A programme as data: frozen models of a definition file, each unknown key refused.

The shape is the contract of ``definitions/*.yaml``; ``workflow.library`` reads the YAML and turns every
fault into file, line and column, ``workflow.soundness`` checks what one model alone cannot see.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from workflow.moments import ClockTime, CycleDay, Offset, Published, TenDays

IDENTIFIER = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"

#: Posts every programme knows; the roster says who holds them. ``approver`` is whoever is asked to sign now.
BUILT_IN_POSTS = {
    "liaison": "联络员",
    "unit-head": "主要负责同志",
    "supervising-leader": "分管领导",
    "office": "领导小组办公室",
}
APPROVER = "approver"
MEMBER_UNITS = "member-units"

FieldType = Literal["text", "paragraph", "integer", "decimal", "date", "choice", "choices", "yes-no", "file"]
Say = Literal["reminder", "overdue", "escalation", "notice"]
Light = Literal["green", "yellow", "red"]


def _identifier(value: str) -> str:
    if not re.fullmatch(IDENTIFIER, value) or len(value) > 64:
        raise ValueError("名称只能由小写字母、数字和连字符组成，以字母开头，不超过64个字符")
    return value


Identifier = Annotated[str, AfterValidator(_identifier)]
Words = Annotated[str, Field(min_length=1, max_length=500)]


class Part(BaseModel):
    """What every part of a definition has in common: frozen, and unknown keys are faults."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


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


class FormField(Part):
    """One thing the form asks for."""

    label: Words
    type: FieldType
    required: bool = False
    help: str = Field(default="", max_length=500)
    options: tuple[Words, ...] = ()
    at_least: int | None = None
    at_most: int | None = None
    max_length: int = Field(default=20_000, ge=1, le=100_000)

    @model_validator(mode="after")
    def _options_where_chosen(self) -> Self:
        if (self.type in ("choice", "choices")) != bool(self.options):
            raise ValueError("选项（options）只用于 choice、choices 类型，且在这两种类型中必须给出")
        if len(set(self.options)) != len(self.options):
            raise ValueError("选项（options）有重复")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError("at_least 不能大于 at_most")
        return self


class Criterion(Part):
    """What a deliverable must show before it is accepted."""

    title: Words
    help: str = Field(default="", max_length=500)


class Due(Part):
    """The last day of a duty, and the cut-off on it (default: its end, 24:00)."""

    on: CycleDay
    until: ClockTime | None = None


class Step(Part):
    """One step of a sign-off: who signs, and who instead for some groups of units."""

    by: Words
    exceptions: dict[str, Words] = Field(default_factory=dict, alias="except")
    need: Literal["all", "any"] | Annotated[int, Field(ge=1, le=20)] = "all"


class Rung(Part):
    """One rung of a ladder: fired at a moment around the due date, or after a wait for the approver."""

    at: Offset | None = None
    pending_for: Offset | None = None
    to: tuple[Words, ...] = Field(min_length=1)
    say: Say = "reminder"
    light: Light | None = None
    every: Offset | None = None
    at_most: int = Field(default=1, ge=1, le=60)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.at is None) == (self.pending_for is None):
            raise ValueError("每一级梯次须且只须写 at 或 pending_for 之一")
        if self.at is not None and (self.every is not None or self.at_most != 1):
            raise ValueError("every、at_most 只用于 pending_for 梯次")
        for name in ("pending_for", "every"):
            offset: Offset | None = getattr(self, name)
            if offset is not None and offset.count < 1:
                raise ValueError(f"{name} 须为正数，例如 1wd")
        if self.at_most > 1 and self.every is None:
            raise ValueError("at_most 大于1时须写 every")
        return self

    @property
    def is_chase(self) -> bool:
        """Whether the rung waits on the approver instead of the due date."""
        return self.pending_for is not None


def _due(value: object) -> object:
    return {"on": value} if isinstance(value, (str, date)) else value


class Obligation(Part):
    """What a group of units owes: form, sign-off, due date, alert ladder."""

    title: Words
    clause: Words | None = None
    duty: str = Field(default="", max_length=500)
    stage: str | None = None
    owed_by: str
    due: Annotated[Due, BeforeValidator(_due, json_schema_input_type=Due | CycleDay)]
    requires: tuple[str, ...] = ()
    form: dict[Identifier, FormField] = Field(default_factory=dict)
    criteria: dict[Identifier, Criterion] = Field(default_factory=dict)
    sign_off: tuple[Step, ...] = ()
    receiver: str = "office"
    ladder: str | None = None


class Group(Part):
    """Units named one by one in the definition."""

    title: str = ""
    units: tuple[Words, ...] = Field(min_length=1)


def _group(value: object) -> object:
    return {"units": value} if isinstance(value, list) else value


#: A group as it may be written: a list of names, or a title with one.
WrittenGroup = Annotated[
    Group,
    BeforeValidator(_group, json_schema_input_type=Group | Annotated[tuple[Words, ...], Field(min_length=1)]),
]


class Definition(Part):
    """One programme; launched for a cycle it becomes submissions, deadlines and rungs."""

    programme: Identifier
    title: Words
    source: Source
    cycle: int | None = Field(default=None, ge=2000, le=2100)
    published: Published | None = None
    timezone: Literal["Asia/Shanghai"] = "Asia/Shanghai"
    calendar: Literal["china"] = "china"
    posts: dict[Identifier, Words] = Field(default_factory=dict)
    groups: dict[Identifier, WrittenGroup] = Field(default_factory=dict)
    stages: dict[Identifier, Stage] = Field(default_factory=dict)
    obligations: dict[Identifier, Obligation] = Field(min_length=1)
    ladders: dict[Identifier, tuple[Rung, ...]] = Field(default_factory=dict)

    def post_title(self, post: str) -> str:
        """The Chinese title of a post key, the key itself for posts that the roster names."""
        return self.posts.get(post) or BUILT_IN_POSTS.get(post, post)

    def ladder_of(self, obligation: str) -> tuple[Rung, ...]:
        """The rungs of an obligation, none when it has no ladder."""
        name = self.obligations[obligation].ladder
        return self.ladders[name] if name else ()

    def in_group(self, group: str, *, name: str, code: str, roster_groups: tuple[str, ...]) -> bool:
        """Whether a unit belongs to a group of the definition or of the roster."""
        declared = self.groups.get(group)
        if declared is not None:
            return name in declared.units or code in declared.units
        return group in roster_groups
