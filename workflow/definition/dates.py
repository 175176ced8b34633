"""When something is due: a day, several days, a recurrence, an offset – one kind at a time."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from workflow.definition.words import Identifier, Part, Words
from workflow.moments import ClockTime, CycleDay, Offset
from workflow.recurrences import Rule, parse_rule

MissingDay = Literal["last-day", "skip", "next-day"]

#: The keys that say how a due day is found; exactly one is written.
KINDS = ("on", "dates", "every", "within", "after", "opened", "field", "by_hand")


class Dated(Part):
    """One of several dates, with the thing that is due on it."""

    on: CycleDay
    key: Identifier | None = None
    title: Words | None = None
    until: ClockTime | None = None


def _dated(value: object) -> object:
    return {"on": value} if isinstance(value, (str, date)) else value


def _checked(value: str) -> str:
    parse_rule(value)
    return value


WrittenDate = Annotated[Dated, BeforeValidator(_dated, json_schema_input_type=Dated | CycleDay)]
RuleText = Annotated[str, Field(max_length=200), AfterValidator(_checked)]


class Due(Part):
    """The last day of a duty, and the cut-off on it (default: its end, 24:00).

    ``every`` is an RFC 5545 rule within the cycle; ``missing_day`` says what happens in a month that lacks the day.
    """

    on: CycleDay | None = None
    dates: tuple[WrittenDate, ...] = Field(default=(), max_length=60)
    every: RuleText | None = None
    missing_day: MissingDay | None = None
    period: Literal["this", "previous"] = "this"
    since: CycleDay | None = Field(default=None, alias="from")
    to: CycleDay | None = None
    within: str | None = None
    after: str | None = None
    by: Offset | None = None
    opened: Offset | None = None
    field: str | None = None
    by_hand: Literal[True] | None = None
    until: ClockTime | None = None
    on_holiday: Literal["stay", "before", "after"] = "stay"

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [kind for kind in KINDS if getattr(self, kind)]
        if len(kinds) != 1:
            raise ValueError(f"截止时间须且只须写 {'、'.join(KINDS)} 之一")
        if (self.after is None) != (self.by is None):
            raise ValueError("after 与 by 须同时写，例如 {after: work-plan, by: +10wd}")
        if self.every is None and (self.since or self.to or self.missing_day or self.period != "this"):
            raise ValueError("from、to、missing_day、period 只用于 every")
        if self.every is not None and self.rule.has_late_days and self.missing_day is None:
            raise ValueError("有的月份没有29日、30日或31日，须写 missing_day: last-day、skip 或 next-day")
        for name in ("by", "opened"):
            offset: Offset | None = getattr(self, name)
            if offset is not None and (offset.is_due or (name == "opened" and offset.count < 0)):
                raise ValueError(f"{name} 须写成 +5wd 或 +10d")
        return self

    @property
    def kind(self) -> str:
        """Which of the kinds this is."""
        return next(kind for kind in KINDS if getattr(self, kind))

    @property
    def rule(self) -> Rule:
        """The recurrence of ``every``."""
        assert self.every is not None
        return parse_rule(self.every)

    @property
    def from_calendar(self) -> bool:
        """Whether the days are known at launch; the others are found when an event opens the duty."""
        return self.kind not in ("opened", "field", "by_hand")


def written_due(value: object) -> object:
    """A day or a list of days as a mapping."""
    if isinstance(value, (str, date)):
        return {"on": value}
    return {"dates": value} if isinstance(value, list) else value
