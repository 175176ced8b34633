"""Who holds which post from when to when, changed one at a time: what a change would move, then the change.

Days are Asia/Shanghai, both ends included. A change is one transaction: the post, what waits and goes over with it,
and the note of who changed it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlmodel import select

from workflow import forms, handovers, personnel, posts, second_channels
from workflow.acts import Act
from workflow.delegations import require_office
from workflow.handovers import Move
from workflow.refusals import NotFound, Refusal
from workflow.roster import (
    POST_TITLES,
    Directory,
    PersonRow,
    PostRow,
    Roster,
    check,
    in_force,
    post_key,
)
from workflow.roster_changes import Change, changes
from workflow.tables import Holding

#: The columns of a roster by the inputs of a form.
_FIELDS = {
    "电子邮箱": "email", "企业微信账号": "wecom_id", "手机号码": "mobile", "姓名": "name", "人员编号": "person",
    "单位编码": "unit", "职务": "post",
}  # fmt: skip


class StaffRefused(Refusal):
    """没有更改：{reason}"""

    code = "roster-refused"


@dataclass(frozen=True)
class Appointing:
    """Somebody takes a post up on a day; ``replaces`` is the holding that ends the day before.

    ``post`` is a key or a title, ``unit`` None for leaders and the office.
    """

    post: str
    unit: str | None
    person: str
    since: date
    replaces: int | None = None


@dataclass(frozen=True)
class Ending:
    """A post is held until a day and no longer."""

    holding: int
    until: date


@dataclass(frozen=True)
class Outlook:
    """What a change does: as sentences, what goes over to whom, and what the office should know."""

    changes: tuple[Change, ...]
    moves: tuple[Move, ...]
    warnings: tuple[str, ...]
    since: date

    @property
    def shown(self) -> str:
        """The same for the same outlook and for no other; nothing secret."""
        moves = (f"{one.sign_off_id} {one.to}" for one in self.moves)
        lines = [*map(repr, self.changes), *moves, *self.warnings]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def foresee(act: Act, wanted: Appointing | Ending, *, ways: Sequence[str] = second_channels.ALL_WAYS) -> Outlook:
    """What a change would do; raises StaffRefused, NotFound.

    From here on this reading act sees people as they would stand; it must write nothing afterwards.
    """
    before = posts.export(act.session)
    after, since = _changed(act, before, wanted), begins(wanted)
    on = max(since, act.today)
    moves = handovers.preview(act, roster=after, since=on)
    unable = second_channels.of_running(act, ways=ways, on=on)
    posts.suppose(act.session, roster=after)
    known = posts.directory(act.session)
    warnings = [*_vacant(known, act, wanted, on), *_unreached(known, wanted)]
    warnings += [one for one in second_channels.of_running(act, ways=ways, on=on) if one not in unable]
    return Outlook(changes(before, after), moves, tuple(warnings), since)


def make(act: Act, wanted: Appointing | Ending, *, comment: str = "") -> tuple[Move, ...]:
    """Change who holds a post; from today, what waits goes over at once, else on the day.

    Raises Forbidden, StaffRefused, NotFound.
    """
    require_office(act, "变更任职")
    said, before = forms.remark(comment), posts.export(act.session)
    after = _changed(act, before, wanted)
    if isinstance(wanted, Ending):
        posts.end(act.session, wanted.holding, wanted.until)
    else:
        if wanted.replaces is not None:
            posts.end(act.session, wanted.replaces, wanted.since - timedelta(days=1))
        posts.appoint(act.session, PostRow(post_key(wanted.post), wanted.unit, wanted.person, wanted.since))
    personnel.note(act, changes(before, after), comment=said)
    return handovers.settle(act)


def save_person(act: Act, row: PersonRow, *, new: bool, comment: str = "") -> PersonRow:
    """Add somebody, or write down another name or way to reach them; without a key a new person gets one.

    Raises Forbidden, StaffRefused, NotFound.
    """
    require_office(act, "变更人员")
    said, before = forms.remark(comment), posts.export(act.session)
    known = {one.key: one for one in before.people}
    if not new and row.key not in known:
        raise NotFound
    key = row.key or _free_key(known)
    if new and key in known:
        raise StaffRefused(reason=f"编号“{key}”已经有人使用。", field="key")
    number = known[key].row if key in known else max((one.row for one in before.people), default=1) + 1
    made = replace(row, key=key, row=number)
    people = (*before.people, made) if new else tuple(made if one.key == key else one for one in before.people)
    after = replace(before, people=people)
    _require_sound(before, after)
    posts.put_person(act.session, made)
    personnel.note(act, changes(before, after), comment=said)
    return made


def begins(wanted: Appointing | Ending) -> date:
    """The first day that is otherwise than before."""
    return wanted.since if isinstance(wanted, Appointing) else wanted.until + timedelta(days=1)


def _changed(act: Act, before: Roster, wanted: Appointing | Ending) -> Roster:
    """The roster as the change would leave it; raises StaffRefused, NotFound."""
    if isinstance(wanted, Ending):
        return replace(before, posts=tuple(_ended(act, before.posts, wanted.holding, wanted.until)))
    post = post_key(wanted.post.strip())
    rows: Iterable[PostRow] = before.posts
    if wanted.replaces is not None:
        held = _holding(act, wanted.replaces)
        if (held.post, held.unit) != (post, wanted.unit) or held.person == wanted.person:
            raise StaffRefused(reason="所选的原任职人不担任这一职务，请重新选择。", field="replaces")
        rows = _ended(act, rows, wanted.replaces, wanted.since - timedelta(days=1))
    last = max((row.row for row in before.posts), default=1) + 1
    made = PostRow(post, wanted.unit, wanted.person, wanted.since, row=last)
    kept = tuple(rows)
    if any(_same(row, made) for row in kept):
        raise StaffRefused(reason="此人从这一天起已经担任这一职务。", field="person")
    after = replace(before, posts=(*kept, made))
    _require_sound(before, after)
    return after


def _same(row: PostRow, made: PostRow) -> bool:
    assert made.since is not None
    return (row.post, row.unit, row.person) == (made.post, made.unit, made.person) and in_force(row, made.since)


def _ended(act: Act, rows: Iterable[PostRow], number: int, until: date) -> Iterable[PostRow]:
    held = _holding(act, number)
    if held.until is not None and held.until < until:
        raise StaffRefused(reason=f"这项任职到{held.until}已经结束。", field="until")
    same = PostRow(held.post, held.unit, held.person, held.since, held.until, held.row)
    for row in rows:
        if (row, row.row) != (same, same.row):
            yield row
        elif row.since is None or row.since <= until:
            yield replace(row, until=until)


def _holding(act: Act, number: int) -> Holding:
    row = act.session.exec(select(Holding).where(Holding.id == number)).first()
    if row is None:
        raise NotFound
    return row


def _require_sound(before: Roster, after: Roster) -> None:
    """Raises StaffRefused for what was not wrong before."""
    known = set(check(before))
    wrong = [one for one in check(after) if one.severity == "error" and one not in known]
    if wrong:
        raise StaffRefused(reason="；".join(one.text for one in wrong), field=_FIELDS.get(wrong[0].column, ""))


def _vacant(known: Directory, act: Act, wanted: Appointing | Ending, on: date) -> Iterable[str]:
    """That nobody holds a post any more from the day on."""
    if isinstance(wanted, Ending):
        held = _holding(act, wanted.holding)
        if not known.holders(held.post, held.unit, on):
            unit = known.unit(held.unit).name if held.unit else ""
            yield f"{on}起无人担任“{unit}{POST_TITLES.get(held.post, held.post)}”，届时送审和提醒无人接收"


def _unreached(known: Directory, wanted: Appointing | Ending) -> Iterable[str]:
    if isinstance(wanted, Appointing) and known.knows(wanted.person):
        person = known.person(wanted.person)
        if not person.email and not person.wecom_id:
            yield f"“{person.name}”没有电子邮箱，也没有企业微信账号，收不到任何提醒"


def _free_key(known: dict[str, PersonRow]) -> str:
    numbers = (f"p{number:04d}" for number in range(len(known) + 1, len(known) * 2 + 3))
    return next(key for key in numbers if key not in known)
