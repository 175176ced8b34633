"""The rows of a roster as plain values, and the words that sheets, columns, posts and groups go by.

Spans are inclusive local days (Asia/Shanghai); None leaves an end open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

from workflow.refusals import Refusal

#: Built-in posts by key. The first two belong to one unit each, the office's post to none.
LIAISON, UNIT_HEAD, OFFICE = "liaison", "unit-head", "office"
POST_TITLES: Mapping[str, str] = MappingProxyType(
    {LIAISON: "联络员", UNIT_HEAD: "主要负责同志", OFFICE: "领导小组办公室"}
)
UNIT_POSTS = frozenset({LIAISON, UNIT_HEAD})

#: Roles that the engine works out by itself; nobody can hold them as a post.
DERIVED_ROLES: Mapping[str, str] = MappingProxyType({"supervising-leader": "分管领导", "approver": "审签人"})

MEMBER_UNITS = "member-units"
GROUP_TITLES: Mapping[str, str] = MappingProxyType({MEMBER_UNITS: "领导小组成员单位"})

Sheet = Literal["units", "people", "posts", "supervision"]

#: What office people call the four sheets and their columns; the English names are the contract's.
SHEET_TITLES: Mapping[Sheet, str] = MappingProxyType(
    {"units": "单位", "people": "人员", "posts": "任职", "supervision": "分管"}
)
COLUMN_TITLES: Mapping[Sheet, Mapping[str, str]] = MappingProxyType(
    {
        "units": {
            "code": "单位编码",
            "name": "单位名称",
            "category": "类别",
            "groups": "分组",
            "parent code": "上级单位编码",
        },
        "people": {
            "key": "人员编号",
            "name": "姓名",
            "email": "电子邮箱",
            "wecom id": "企业微信账号",
            "mobile": "手机号码",
        },
        "posts": {
            "post": "职务",
            "unit code": "单位编码",
            "person key": "人员编号",
            "from": "起始日期",
            "to": "截止日期",
        },
        "supervision": {
            "post": "分管职务",
            "unit code": "单位编码",
            "from": "起始日期",
            "to": "截止日期",
        },
    }
)


@dataclass(frozen=True)
class UnitRow:
    """One unit; ``row`` is the line of the sheet it came from, as Excel numbers it (0 when from nowhere).

    ``body`` is set on a body that a definition names and no roster has.
    """

    code: str
    name: str
    category: str
    groups: tuple[str, ...] = ()
    parent: str | None = None
    row: int = field(default=0, compare=False)
    body: str = ""


@dataclass(frozen=True)
class PersonRow:
    """One person and the addresses letters reach them at."""

    key: str
    name: str
    email: str | None = None
    wecom_id: str | None = None
    mobile: str | None = None
    row: int = field(default=0, compare=False)


@dataclass(frozen=True)
class PostRow:
    """One person in one post over a span; ``unit`` is None for the office and for leaders."""

    post: str
    unit: str | None
    person: str
    since: date | None = None
    until: date | None = None
    row: int = field(default=0, compare=False)


@dataclass(frozen=True)
class SupervisionRow:
    """One unit under one leader's post over a span; ``post`` is the title, 副市长（分管工业和信息化）."""

    post: str
    unit: str
    since: date | None = None
    until: date | None = None
    row: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Roster:
    """All rows of a roster, in the order they were written."""

    units: tuple[UnitRow, ...] = ()
    people: tuple[PersonRow, ...] = ()
    posts: tuple[PostRow, ...] = ()
    supervision: tuple[SupervisionRow, ...] = ()


@dataclass(frozen=True)
class RosterFault:
    """One thing wrong with a roster, with sheet, row and column as the user sees them (row 0: no one row)."""

    sheet: str
    row: int
    column: str
    code: str
    text: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        place = f"第{self.row}行" if self.row else ""
        column = f"“{self.column}”列" if self.column else ""
        where = self.sheet + place + column
        return f"{where}：{self.text}" if where else self.text


class RosterRefused(Refusal):
    """花名册有{count}处错误，没有读入：{summary}"""

    code = "roster-refused"

    def __init__(self, faults: Iterable[RosterFault]) -> None:
        self.faults = tuple(faults)
        errors = [fault for fault in self.faults if fault.severity == "error"]
        super().__init__(count=len(errors), summary="；".join(str(fault) for fault in errors[:5]))


def post_key(text: str) -> str:
    """The key of a built-in post given by key or Chinese title; any other title as it stands."""
    return _key(text, POST_TITLES)


def group_key(text: str) -> str:
    """The key of a built-in group given by key or Chinese title; any other group as it stands."""
    return _key(text, GROUP_TITLES)


def in_force(row: PostRow | SupervisionRow, on: date) -> bool:
    """Whether the day lies in the row's span."""
    return (row.since is None or row.since <= on) and (row.until is None or on <= row.until)


def _key(text: str, titles: Mapping[str, str]) -> str:
    for key, title in titles.items():
        if text == title or text.lower() == key:
            return key
    return text
