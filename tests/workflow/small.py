"""A programme small enough to read at a glance, for what Ordos 2022 has not got: steps, several approvers."""

from __future__ import annotations

from workflow import library
from workflow.library import Pinned
from workflow.roster import (
    LIAISON,
    MEMBER_UNITS,
    OFFICE,
    UNIT_HEAD,
    PersonRow,
    PostRow,
    Roster,
    SupervisionRow,
    UnitRow,
)

#: Three leaders who all supervise the one unit, and a mayor.
LEADERS = ("甲副市长", "乙副市长", "丙副市长")

TEXT = """\
programme: small
title: 小方案
source: {document: 小方案, issued: 2022-02-01}
cycle: 2022
posts: {mayor: 市长}
obligations:
  report:
    title: 报送总结
    owed_by: member-units
    due: 03-10
    form:
      text: {label: 总结, type: paragraph, required: true}
    sign_off: SIGN_OFF
    ladder: only
ladders:
  only:
LADDER
"""

LADDER = """\
    - {at: -1wd 09:00, to: [liaison]}
    - {at: due, to: [liaison], say: overdue}
    - {pending_for: 1wd, to: [approver], every: 1wd, at_most: 2}
"""


def small(*, due: str = "03-10", sign_off: str = "[{by: supervising-leader}]", ladder: str = LADDER) -> Pinned:
    """The programme with this date, these steps and these rungs."""
    text = TEXT.replace("03-10", due).replace("SIGN_OFF", sign_off).replace("LADDER\n", ladder)
    return library.parse(text.encode(), name="small.yaml")


def small_roster(*, units: int = 1, leaders: int = len(LEADERS)) -> Roster:
    """Units U1, U2 … with a liaison and a head each, all under the same leaders; leaders in turning order."""
    codes = [f"U{number}" for number in range(1, units + 1)]
    people = [PersonRow("duty", "值班员", "duty@example.cn"), PersonRow("mayor", "市长", "mayor@example.cn")]
    posts = [PostRow(OFFICE, None, "duty"), PostRow("市长", None, "mayor")]
    for code in codes:
        for post in (LIAISON, UNIT_HEAD):
            key = f"{code}-{post}".lower()
            people.append(PersonRow(key, f"{code}{post}", f"{key}@example.cn"))
            posts.append(PostRow(post, code, key))
    for number, title in enumerate(LEADERS[:leaders], start=1):
        people.append(PersonRow(f"leader-{number}", title, f"leader.{number}@example.cn"))
        posts.append(PostRow(title, None, f"leader-{number}"))
    supervision = [
        SupervisionRow(LEADERS[(place + turn) % leaders], code)
        for turn, code in enumerate(codes)
        for place in range(leaders)
    ]
    rows = tuple(UnitRow(code, f"单位{code}", "部门", (MEMBER_UNITS,)) for code in codes)
    return Roster(rows, tuple(people), tuple(posts), tuple(supervision))
