"""What a form asks: fields, tables, numeric targets, criteria, and sums that must come out."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from workflow.definition.words import COMPARATORS, ColumnType, Comparator, FieldType, FileKind, Identifier, Part, Words


class Column(Part):
    """One column of a table field."""

    label: Words
    type: ColumnType = "text"
    required: bool = False
    options: tuple[Words, ...] = ()

    @model_validator(mode="after")
    def _options_where_chosen(self) -> Self:
        if (self.type == "choice") != bool(self.options):
            raise ValueError("选项（options）只用于 choice 类型，且在该类型中必须给出")
        return self


class FormField(Part):
    """One thing the form asks for; ``at_least`` and ``at_most`` bound a number, or the rows of a table.

    ``accepts`` are the kinds of files a file field takes, any when empty. ``not_before`` and ``not_after`` name
    another date field of the form.
    """

    label: Words
    type: FieldType
    required: bool = False
    help: str = Field(default="", max_length=500)
    options: tuple[Words, ...] = ()
    columns: dict[Identifier, Column] = Field(default_factory=dict, max_length=12)
    at_least: int | None = None
    at_most: int | None = None
    max_length: int = Field(default=20_000, ge=1, le=100_000)
    accepts: tuple[FileKind, ...] = ()
    not_before: str | None = None
    not_after: str | None = None

    @model_validator(mode="after")
    def _options_where_chosen(self) -> Self:
        if (self.type in ("choice", "choices")) != bool(self.options):
            raise ValueError("选项（options）只用于 choice、choices 类型，且在这两种类型中必须给出")
        if (self.type == "table") != bool(self.columns):
            raise ValueError("列（columns）只用于 table 类型，且在该类型中必须给出")
        if len(set(self.options)) != len(self.options):
            raise ValueError("选项（options）有重复")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError("at_least 不能大于 at_most")
        return self

    @model_validator(mode="after")
    def _of_its_type(self) -> Self:
        if self.type != "file" and self.accepts:
            raise ValueError("文件种类（accepts）只用于 file 类型")
        if self.type != "date" and (self.not_before or self.not_after):
            raise ValueError("not_before、not_after 只用于 date 类型")
        return self


class Target(Part):
    """A figure to be reached; ``value: damaged`` where the document has lost its number.

    ``over: cycle`` compares the sum of a cycle's occurrences instead of each.
    """

    label: Words
    comparator: Comparator = "at-least"
    value: Decimal | Literal["damaged"]
    unit: str = Field(default="", max_length=20)
    over: Literal["occurrence", "cycle"] = "occurrence"
    clause: Words | None = None

    @property
    def wanted(self) -> str:
        """The target as people read it."""
        if self.value == "damaged":
            return "原文数字残缺，以补正为准"
        return f"{COMPARATORS[self.comparator]}{self.value.normalize():f}{self.unit}"

    def met_by(self, value: Decimal) -> bool | None:
        """Whether a figure reaches the target; None where the document has lost the number."""
        if self.value == "damaged":
            return None
        match self.comparator:
            case "at-least":
                return value >= self.value
            case "at-most":
                return value <= self.value
            case "above":
                return value > self.value
            case "below":
                return value < self.value
        return value == self.value

    def question(self) -> FormField:
        """The form field that asks for the figure."""
        return FormField(label=f"{self.label}完成值", type="decimal", required=True, help=self.wanted)


class Criterion(Part):
    """What a deliverable must show before it is accepted; with a weight it is rated from 0 to 100."""

    title: Words
    help: str = Field(default="", max_length=500)
    weight: int | None = Field(default=None, ge=0, le=100)
    weights: dict[str, int] = Field(default_factory=dict)

    @property
    def rated(self) -> bool:
        """Whether a rating is asked for."""
        return self.weight is not None or bool(self.weights)

    def question(self) -> FormField:
        """The form field that asks for the rating."""
        return FormField(
            label=f"{self.title}得分", type="integer", required=True, at_least=0, at_most=100, help="0—100分"
        )


class Sum(Part):
    """Number fields that must add up to another one."""

    total: str
    parts: tuple[str, ...] = Field(min_length=1)
