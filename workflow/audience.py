"""Posts → people: who is asked and who hears, on the day it happens. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from workflow.definition import OFFICE_BODY, Body, Definition, Step
from workflow.roster import Directory, UnitRow

#: Posts that every unit fills for itself.
UNIT_POSTS = frozenset({"liaison", "unit-head"})


@dataclass(frozen=True)
class Recipient:
    """A person in the post that made us speak to them."""

    person: str
    name: str
    post: str
    post_title: str


@dataclass(frozen=True)
class Concern:
    """What somebody is spoken to about: whose submission, of which obligation, about whom, owed by which post."""

    unit: str
    obligation: str = ""
    subject: str = ""
    owner_post: str = ""


@dataclass(frozen=True)
class Audience:
    """Answers who holds a definition's posts for a unit on a day (Asia/Shanghai)."""

    definition: Definition
    directory: Directory
    on: date

    def holders(self, post: str, unit: str) -> tuple[Recipient, ...]:
        """Who holds ``post`` for ``unit`` today; several leaders may supervise one unit.

        A body that no roster staffs is spoken to through the posts its definition names.
        """
        if post in UNIT_POSTS:
            held = self._held(post, unit, post, self._unit_title(post, unit))
            return held or self._of_body(post, unit)
        if post == "supervising-leader":
            titles = self.directory.supervisor_posts(unit, self.on)
            return tuple(found for title in titles for found in self._held(title, None, post, title))
        return self._holding(post) or self._staff_of(post)

    def _holding(self, post: str) -> tuple[Recipient, ...]:
        """Who holds a post of the city, by its key or by its title."""
        title = self.definition.post_title(post)
        return self._held(post, None, post, title) or self._held(title, None, post, title)

    def _staff_of(self, body: str) -> tuple[Recipient, ...]:
        """Liaison and head of a body of the definition."""
        codes = self.owners_named(body) if body in self.definition.bodies else ()
        return _distinct(one for code in codes for one in self.people(["liaison", "unit-head"], code))

    def reached(self, posts: Iterable[str], concern: Concern) -> tuple[Recipient, ...]:
        """Everyone whom ``posts`` mean for a submission, each person once, in the order of the posts."""
        return _distinct(found for post in posts for found in self._party(post, concern))

    def owners(self, concern: Concern) -> tuple[Recipient, ...]:
        """Who must act on a submission: the post that owes it personally, else the unit's liaison and head."""
        return self._party("owner", concern)

    def _party(self, post: str, concern: Concern) -> tuple[Recipient, ...]:
        if post == "owner":
            return self.people([concern.owner_post] if concern.owner_post else ["liaison", "unit-head"], concern.unit)
        if post == "subject":
            hears = concern.subject and not self._hidden(concern)
            return self.people(["liaison"], concern.subject) if hears else ()
        if post == "cooperating":
            return _distinct(one for unit in self.cooperating(concern) for one in self.holders("liaison", unit))
        if post == "leader":
            leader = self._obligation_leader(concern)
            return self.holders(leader, concern.unit) if leader else ()
        return self.holders(post, concern.unit)

    def cooperating(self, concern: Concern) -> tuple[str, ...]:
        """The units that work with the owner of a submission; never the one it is secretly about."""
        obligation = self.definition.obligations.get(concern.obligation)
        named = obligation.cooperating if obligation else ()
        groups = [code for name in named if name in self.definition.groups for code in self.units_in(name)]
        found = dict.fromkeys((*groups, *self.units_named(named)))
        left_out = {concern.unit, concern.subject if self._hidden(concern) else ""}
        return tuple(code for code in found if code not in left_out)

    def _hidden(self, concern: Concern) -> bool:
        obligation = self.definition.obligations.get(concern.obligation)
        return obligation is not None and obligation.visibility == "hidden"

    def _obligation_leader(self, concern: Concern) -> str | None:
        obligation = self.definition.obligations.get(concern.obligation)
        return obligation.leader if obligation else None

    def approvers(self, step: Step, unit: str) -> tuple[Recipient, ...]:
        """Who signs a step for a unit: the step's post, or the post its group is excepted to."""
        return _distinct(self.holders(self.approving_post(step, unit), unit))

    def approving_post(self, step: Step, unit: str) -> str:
        """The post key that signs this step for a unit."""
        row = self.directory.unit(unit)
        for group, post in step.exceptions.items():
            if self.belongs(row, group):
                return post
        return step.by

    def people(self, posts: Iterable[str], unit: str) -> tuple[Recipient, ...]:
        """Everyone in ``posts`` for a unit, each person once, in the order of the posts."""
        return _distinct(found for post in posts for found in self.holders(post, unit))

    def units_in(self, group: str) -> tuple[str, ...]:
        """The codes of the units of a group, in the roster's order."""
        return tuple(row.code for row in self.directory.units() if self.belongs(row, group))

    def belongs(self, row: UnitRow, group: str) -> bool:
        """Whether a unit is in a group as this definition means it."""
        groups = self.directory.groups_of(row, self.definition.programme)
        return self.definition.in_group(group, name=row.name, code=row.code, roster_groups=groups)

    def units_named(self, names: Iterable[str]) -> tuple[str, ...]:
        """The codes of units given by name or code, in the order given; names that no roster has are left out."""
        found = (self.directory.called(name) for name in names)
        return tuple(row.code for row in found if row is not None)

    def owners_named(self, name: str) -> tuple[str, ...]:
        """The codes of those whom ``owed_by: name`` means: a group's units, a body, or a post's own body."""
        if name in self.definition.groups or self.body_of(name) is None:
            return self.units_in(name)
        row = self.directory.body(body_code(self.definition, name)) or self.directory.called(self.body_title(name))
        own = row is not None and row.body in ("", body_code(self.definition, name))
        return (row.code,) if row is not None and own else ()

    def body_of(self, name: str) -> Body | None:
        """The body of that key, or one for a post of that key."""
        body = self.definition.body(name)
        if body is None and name in self.definition.posts:
            return Body(title=self.definition.posts[name], led_by=name, contact=name)
        return body

    def body_title(self, name: str) -> str:
        """The Chinese title of a body or a post that owes."""
        body = self.body_of(name)
        return body.title if body else name

    def _of_body(self, post: str, unit: str) -> tuple[Recipient, ...]:
        row = self.directory.unit(unit)
        key = row.body.partition("/")[2] or self._key_titled(row.name)
        body = self.body_of(key) if key else None
        if body is None:
            return ()
        wanted = (body.contact or body.led_by) if post == "liaison" else (body.led_by or body.contact)
        return self._holding(wanted) if wanted else ()

    def _key_titled(self, title: str) -> str:
        """The body that a unit of the roster is, empty for an ordinary unit."""
        keys = (key for key in (*self.definition.bodies, OFFICE_BODY) if self.body_title(key) == title)
        return next(keys, "")

    def _unit_title(self, post: str, unit: str) -> str:
        return f"{self.directory.unit(unit).name}{self.definition.post_title(post)}"

    def _held(self, post: str, unit: str | None, key: str, title: str) -> tuple[Recipient, ...]:
        people = self.directory.holders(post, unit, self.on)
        return tuple(Recipient(person.key, person.name, key, title) for person in people)


def body_code(definition: Definition, key: str) -> str:
    """How a body of a definition is named in the store: ``<programme>/<key>``."""
    return f"{definition.programme}/{key}"


def _distinct(recipients: Iterable[Recipient]) -> tuple[Recipient, ...]:
    first: dict[str, Recipient] = {}
    for recipient in recipients:
        first.setdefault(recipient.person, recipient)
    return tuple(first.values())
