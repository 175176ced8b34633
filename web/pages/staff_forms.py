"""The forms about people: somebody's name and contact, a post taken up, a post left."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from web.contexts.approvals import Ask, Input
from web.pages import desk_forms
from web.pages.desk_forms import NOTHING, Sent
from workflow import posts
from workflow.acts import Act
from workflow.roster import OFFICE, POST_TITLES, PersonRow

#: So many people or units stand in the list of an input; others are found by typing key or code.
MOST = 1000

_KEYED = re.compile(r".*（([^（）]+)）")


def labelled(name: str, key: str) -> str:
    """A person or a unit as an input's list offers it."""
    return f"{name}（{key}）"


def lists(act: Act) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What the inputs offer: people, units, posts."""
    known = posts.directory(act.session)
    people = (labelled(one.name, one.key) for one in known.people())
    units = (labelled(one.name, one.code) for one in known.units() if not one.body)
    titles = dict.fromkeys([*POST_TITLES.values(), *(row.post for row in known.posts() if row.post not in POST_TITLES)])
    return (
        ("people", _cut(people)), ("units", _cut(units)), ("posts", tuple(titles)),
    )  # fmt: skip


def person_meant(act: Act, typed: str) -> str | None:
    """The key of the person that was typed: by the whole of the label, the key, or a name that one alone has."""
    known, wanted = posts.directory(act.session), typed.strip()
    found = _KEYED.fullmatch(wanted)
    if found and known.knows(found[1]):
        return found[1]
    if known.knows(wanted):
        return wanted
    named = [one.key for one in known.people() if one.name == wanted]
    return named[0] if len(named) == 1 else None


def unit_meant(act: Act, typed: str) -> str | None:
    """The code of the unit that was typed, likewise."""
    known, wanted = posts.directory(act.session), typed.strip()
    codes = {one.code for one in known.units() if not one.body}
    found = _KEYED.fullmatch(wanted)
    if found and found[1] in codes:
        return found[1]
    if wanted in codes:
        return wanted
    unit = known.called(wanted)
    return unit.code if unit is not None and unit.code in codes else None


def edit(row: PersonRow, sent: Sent = NOTHING) -> Ask:
    """Another name or way to reach somebody."""
    action = f"/people/persons/{row.key}"
    return desk_forms.filled(Ask("person", action, "保存", _contact(row), label=f"修改{row.name}的联系方式"), sent)


def new(sent: Sent = NOTHING) -> Ask:
    """Somebody who is not in the roster yet."""
    key = Input("key", "编号（不填则自动编号）", "text", "", required=False)
    inputs = (key, *_contact(PersonRow("", "")))
    return desk_forms.filled(Ask("person", "/people/persons", "增加人员", inputs), sent)


def of_person(sent: Sent, key: str) -> PersonRow:
    """What was typed, as a row of the roster."""
    said = {name: sent.values.get(name, "").strip() for name in ("name", "email", "wecom_id", "mobile")}
    return PersonRow(key, said["name"], said["email"] or None, said["wecom_id"] or None, said["mobile"] or None)


def appoint(wanted: dict[str, str], errors: dict[str, str], today: date) -> Ask:
    """Who takes up which post from when; ``wanted`` is what was typed or came with the address."""
    kept = (("replaces", wanted["replaces"]),) if wanted.get("replaces") else ()
    unit = Input("unit", "单位（领导和办公室不填）", "text", wanted.get("unit", ""), errors.get("unit", ""), False)
    inputs = (
        Input("post", "职务", "text", wanted.get("post", ""), errors.get("post", "")),
        unit,
        Input("person", "任职人", "person", wanted.get("person", ""), errors.get("person", "")),
        Input("since", "自（含当日）", "day", wanted.get("since") or today.isoformat(), errors.get("since", "")),
    )
    return Ask("appoint", "/people/appoint", "预览", inputs, kept, errors.get("", ""))


def end(number: int, until: str, errors: dict[str, str], today: date) -> Ask:
    """Until when a post is held."""
    inputs = (Input("until", "任职到（含当日）", "day", until or today.isoformat(), errors.get("until", "")),)
    return Ask("end", f"/people/holdings/{number}/end", "预览", inputs, (), errors.get("", ""))


def confirm(action: str, kept: Iterable[tuple[str, str]], sent: Sent = NOTHING) -> Ask:
    """The last word on a change that was shown."""
    inputs = (Input("comment", "依据", "text", required=False),)
    return desk_forms.filled(Ask("confirm", action, "确认变更", inputs, tuple(kept)), sent)


def needs_unit(post: str) -> bool:
    """Whether a post is one of a unit."""
    return post in (POST_TITLES[key] for key in POST_TITLES if key != OFFICE)


def _contact(row: PersonRow) -> tuple[Input, ...]:
    return (
        Input("name", "姓名", "text", row.name),
        Input("email", "电子邮箱", "text", row.email or "", required=False),
        Input("wecom_id", "企业微信账号", "text", row.wecom_id or "", required=False),
        Input("mobile", "手机号码", "text", row.mobile or "", required=False),
    )


def _cut(labels: Iterable[str]) -> tuple[str, ...]:
    found = tuple(labels)
    return found[:MOST]
