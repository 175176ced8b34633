"""What is owed: an obligation with its form, sign-off and ladder, as written and as completed from its pattern."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from workflow.definition.dates import Due, written_due
from workflow.definition.owners import WrittenOwner
from workflow.definition.questions import Criterion, FormField, Sum, Target
from workflow.definition.words import Identifier, Light, Part, Say, Words
from workflow.moments import CycleDay, Offset

Event = Literal[
    "overdue", "light-yellow", "light-red", "returned", "finding", "target-unmet", "filed", "filed-late"
]  # fmt: skip
LightEvent = Literal["overdue", "filed-late", "filed-in-time", "target-unmet", "returned", "finding"]


class Step(Part):
    """One step of a sign-off: who signs, who instead for some groups of units, and how they are known.

    ``confirm`` is the second step before a decision by link counts: a six-digit code over another channel than the
    link's, or the person's identity in the WeCom client.
    """

    by: Words
    exceptions: dict[str, Words] = Field(default_factory=dict, alias="except")
    need: Literal["all", "any"] | Annotated[int, Field(ge=1, le=20)] = "all"
    confirm: Literal["none", "code", "wecom"] = "none"


class Acknowledge(Part):
    """签收: whoever hears of a rung signs for it within this time, else these posts hear of it."""

    within: Offset
    to: tuple[Words, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if self.within.count < 1:
            raise ValueError("within 须为正数，例如 1wd")
        return self


class Rung(Part):
    """One rung of a ladder: fired at a moment around the due date, or after a wait for the approver."""

    at: Offset | None = None
    pending_for: Offset | None = None
    to: tuple[Words, ...] = Field(min_length=1)
    say: Say = "reminder"
    light: Light | None = None
    every: Offset | None = None
    at_most: int = Field(default=1, ge=1, le=60)
    acknowledge: Acknowledge | None = None

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


class LightRule(Part):
    """A light that an event turns on, the first time or after so many of them."""

    when: LightEvent
    light: Light
    times: int = Field(default=1, ge=1, le=20)


class Condition(Part):
    """A field of the submission behind an event, and the answer that counts."""

    field: str
    answer: str | bool | int = Field(alias="is")


class Rows(Part):
    """A table field whose rows open one submission each; the columns that say for whom, by when and what."""

    field: str
    unit: str
    due: str | None = None
    title: str


class Opening(Part):
    """An event that opens a follow-up; ``of`` left out means any obligation of the programme."""

    event: Event
    of: tuple[str, ...] = ()
    kind: str | None = None
    condition: Condition | None = Field(default=None, alias="if")
    rows: Rows | None = None

    @model_validator(mode="after")
    def _of_its_kind(self) -> Self:
        if self.kind is not None and self.event != "finding":
            raise ValueError("kind 只用于 event: finding")
        if self.rows is not None and (self.event != "filed" or len(self.of) != 1):
            raise ValueError("rows 只用于 event: filed，且 of 须写明一个事项")
        return self


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


_Due = Annotated[
    Due,
    BeforeValidator(
        written_due, json_schema_input_type=Due | CycleDay | Annotated[tuple[CycleDay, ...], Field(min_length=1)]
    ),
]
_Names = Annotated[tuple[Words, ...], BeforeValidator(_several, json_schema_input_type=tuple[Words, ...] | Words)]


class WrittenObligation(Part):
    """An obligation as a file has it; what it leaves out comes from its pattern."""

    title: Words | None = None
    clause: Words | None = None
    duty: str = Field(default="", max_length=500)
    stage: str | None = None
    pattern: str | None = None
    owed_by: WrittenOwner | None = None
    due: _Due | None = None
    opens: Offset | None = None
    opened_by: tuple[Opening, ...] = ()
    requires: tuple[str, ...] = ()
    cooperating: _Names = Field(default=(), alias="with")
    leader: Words | None = None
    form: dict[Identifier, FormField] = Field(default_factory=dict)
    targets: dict[Identifier, Target] = Field(default_factory=dict)
    criteria: dict[Identifier, Criterion] = Field(default_factory=dict)
    adds_up: tuple[Sum, ...] = ()
    sign_off: tuple[Step, ...] = ()
    receivers: _Names = Field(default=("office",), alias="receiver")
    visibility: Literal["open", "hidden"] = "open"
    lifecycle: str = "filing"
    lights: str | None = None
    ladder: str | None = None

    @model_validator(mode="after")
    def _opens_before(self) -> Self:
        if self.opens is not None and (self.opens.is_due or self.opens.count >= 0):
            raise ValueError("opens 须写成到期之前的时点，例如 -10d")
        return self


class Obligation(WrittenObligation):
    """What a group of units owes: form, sign-off, due date, alert ladder; ``part`` is its place in the plan."""

    title: Words
    owed_by: WrittenOwner
    due: _Due
    part: str | None = None

    @property
    def is_follow_up(self) -> bool:
        """Whether events open it, or a person by hand, instead of the calendar."""
        return not self.due.from_calendar


class Task(Part):
    """One row of a ledger of tasks; it becomes the obligation ``task-<no>``."""

    no: str = Field(pattern=r"^[0-9A-Za-z]+([.-][0-9A-Za-z]+)*$", max_length=40)
    part: str | None = None
    title: Words
    clause: Words | None = None
    duty: str = Field(default="", max_length=500)
    lead: WrittenOwner | None = None
    cooperating: _Names = Field(default=(), alias="with")
    leader: Words | None = None
    due: _Due | None = None
    targets: dict[Identifier, Target] = Field(default_factory=dict)
    pattern: str | None = None

    @property
    def key(self) -> str:
        """The obligation it becomes."""
        return f"task-{self.no.lower().replace('.', '-')}"

    def written(self) -> WrittenObligation:
        """The task as an obligation, what it leaves out left out."""
        shared = self.model_fields_set & set(WrittenObligation.model_fields)
        given: dict[str, Any] = {name: getattr(self, name) for name in shared}
        if self.lead is not None:
            given["owed_by"] = self.lead
        given.setdefault("clause", self.no)
        return WrittenObligation.model_construct(_fields_set=set(given), **given)


def completed(written: WrittenObligation, pattern: WrittenObligation | None, *, part: str | None) -> Obligation | None:
    """An obligation with its pattern's parts filled in and the questions that targets and ratings ask.

    None while title, owner or due date are still missing.
    """
    given: dict[str, Any] = {}
    for source in (pattern, written):
        if source is not None:
            given |= {name: getattr(source, name) for name in source.model_fields_set}
    if not all(given.get(name) for name in ("title", "owed_by", "due")):
        return None
    made = Obligation.model_construct(_fields_set=set(given), part=part, **given)
    asked = {key: one.question() for key, one in made.targets.items()}
    asked |= {key: one.question() for key, one in made.criteria.items() if one.rated}
    return made.model_copy(update={"form": {**made.form, **asked}}) if asked else made
