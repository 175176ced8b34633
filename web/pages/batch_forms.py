"""The choice of an act on many as it stands in an address or a form, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, cast, get_args

from fastapi import Form, Query

from web.pages.frame import Asked
from web.pages.overdue import Wanted
from web.rendering import WORDS
from workflow import catalogue
from workflow.acts import Act
from workflow.batch_choices import Chosen, Kind
from workflow.refusals import NotFound

_CONDITIONS = {
    "programme": "方案", "obligation": "事项", "category": "类别", "unit": "单位", "waiting_on": "卡在",
    "min_days": "至少逾期（天）",
}  # fmt: skip


@dataclass(frozen=True)
class Choosing:
    """A choice as it stands in an address or a form; raises what its parts raise when it is read."""

    act: str
    ids: tuple[int, ...]
    wanted: Wanted

    @property
    def kind(self) -> Kind:
        """The act; raises NotFound for none of ours."""
        if self.act not in get_args(Kind):
            raise NotFound
        return cast("Kind", self.act)

    @property
    def chosen(self) -> Chosen:
        """Which submissions; raises QueryRefused, NotFound where nothing was chosen."""
        return Chosen(self.ids) if self.ids else Chosen(filters=self.wanted.filters)

    @property
    def kept(self) -> tuple[tuple[str, str], ...]:
        """The same as hidden fields."""
        if self.ids:
            return (("act", self.act), *(("id", str(number)) for number in self.ids))
        return (("act", self.act), *((name, value) for name, value in vars(self.wanted).items() if value))

    @property
    def back(self) -> str:
        """The list it was chosen from."""
        return self.wanted.address()


Ids = Annotated[list[Annotated[int, Query(ge=1, lt=2**31)]], Query(max_length=500)]
FormIds = Annotated[list[Annotated[int, Form(ge=1, lt=2**31)]], Form(max_length=500)]
Word = Annotated[str, Form(max_length=100)]


def asked(
    act: Asked = "",
    id: Ids = [],  # noqa: B006 – FastAPI copies it
    programme: Asked = "",
    obligation: Asked = "",
    category: Asked = "",
    unit: Asked = "",
    waiting_on: Asked = "",
    min_days: Asked = "",
) -> Choosing:
    """The choice of an address."""
    return Choosing(act, tuple(id), Wanted(programme, obligation, category, unit.strip(), waiting_on, min_days.strip()))


def sent(
    act: Word = "",
    id: FormIds = [],  # noqa: B006 – FastAPI copies it
    programme: Word = "",
    obligation: Word = "",
    category: Word = "",
    unit: Word = "",
    waiting_on: Word = "",
    min_days: Word = "",
) -> Choosing:
    """The choice of a form."""
    return Choosing(act, tuple(id), Wanted(programme, obligation, category, unit, waiting_on, min_days))


@dataclass(frozen=True)
class Said:
    """What the confirming form said beside the choice, and what was wrong with it or with its date."""

    comment: str = ""
    until_text: str = ""
    error: str = ""
    until_error: str = ""

    @property
    def until(self) -> date | None:
        """The date as typed, None when it is none."""
        try:
            return date.fromisoformat(self.until_text)
        except ValueError:
            return None


def in_words(act: Act, said: Mapping[str, str]) -> str:
    """A filter of the overdue list as people read it."""
    if not said:
        return "逾期清单中的全部"
    programmes = catalogue.every(act)
    titles = {
        "programme": {one.key: f"{one.title} {one.cycle}" for one in programmes},
        "obligation": catalogue.obligation_titles(act, programmes),
        "waiting_on": WORDS["waiting"],
    }
    words = (f"{_CONDITIONS[name]} {titles.get(name, {}).get(value, value)}" for name, value in said.items())
    return "逾期清单中符合条件的全部：" + "，".join(words)
