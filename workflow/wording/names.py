"""What an office calls groups, bodies, posts and spans of time. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time

from workflow.definition import APPROVER, MEMBER_UNITS, Definition
from workflow.moments import DayOffset

#: Units named one by one up to this number; of more only the first are.
MOST_NAMED = 8
LIGHTS = {"green": "绿灯", "yellow": "黄灯", "red": "红灯"}
_NUMERALS = "一二三四五六七八九十"
#: Titles that name the single unit: 各 goes before them, and 各单位 behind all others.
_OF_ONE = (
    "单位",
    "（单位）",
    "部门",
    "政府",
    "委会",
    "县",
    "区",
    "市",
    "镇",
    "乡",
    "街道",
    "局",
    "机构",
    "企业",
    "专班",
    "组",
)


def group(definition: Definition, name: str) -> str:
    """A group of units: 各成员单位, 各县市区, or its units where it has no title."""
    said = group_title(definition, name)
    declared = definition.groups.get(name)
    untitled = declared is not None and not declared.title
    if untitled or said[:1] in ("各", *_NUMERALS):
        return said
    return f"各{said}" if said.endswith(_OF_ONE) else f"{said}各单位"


def party(definition: Definition, name: str) -> str:
    """A group, a body or a post that owes."""
    if name == MEMBER_UNITS or name in definition.groups:
        return group(definition, name)
    body = definition.body(name)
    return body.title if body else definition.post_title(name)


def group_title(definition: Definition, name: str, *, most: int = MOST_NAMED) -> str:
    """A group without 各: its title, or so many of its units or groups by name."""
    if name == MEMBER_UNITS and not (name in definition.groups and definition.groups[name].title):
        return "成员单位"
    declared = definition.groups.get(name)
    if declared is None or declared.title:
        return declared.title if declared else name
    if not declared.units:
        return "、".join(group_title(definition, other) for other in declared.groups) or name
    return "、".join(declared.units[:most]) + (f"等{len(declared.units)}家" if len(declared.units) > most else "")


def title(definition: Definition, name: str) -> str:
    """The title of an obligation in quotation marks."""
    known = definition.obligations.get(name)
    return quote(known.title) if known else "另一事项"


def posts(definition: Definition, keys: Iterable[str]) -> str:
    """Posts as people read them."""
    return "、".join("审签人" if key == APPROVER else definition.post_title(key) for key in keys)


def quote(words: str) -> str:
    """Words in quotation marks, those inside them in single ones (GB/T 15834-2011, 4.8.3.4)."""
    return f"“{words.replace('“', '‘').replace('”', '’')}”"


def span(offset: DayOffset) -> str:
    """How long an offset is: 3个工作日, 10天."""
    return f"{abs(offset.count)}{'个工作日' if offset.unit == 'wd' else '天'}"


def quoted(words: Iterable[str]) -> str:
    """Several words, each in quotation marks."""
    return "、".join(map(quote, words))


def day(value: date, until: time | None = None) -> str:
    """2022年1月4日前, with a cut-off 2022年1月4日17:30前."""
    return f"{value.year}年{value.month}月{value.day}日{f'{until:%H:%M}' if until else ''}前"
