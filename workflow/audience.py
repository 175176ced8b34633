"""Posts → people: who is asked and who hears, on the day it happens. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from workflow.definition import Definition, Step
from workflow.roster import Directory

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
class Audience:
    """Answers who holds a definition's posts for a unit on a day (Asia/Shanghai)."""

    definition: Definition
    directory: Directory
    on: date

    def holders(self, post: str, unit: str) -> tuple[Recipient, ...]:
        """Who holds ``post`` for ``unit`` today; several leaders may supervise one unit."""
        if post in UNIT_POSTS:
            return self._held(post, unit, post, self._unit_title(post, unit))
        if post == "supervising-leader":
            titles = self.directory.supervisor_posts(unit, self.on)
            return tuple(found for title in titles for found in self._held(title, None, post, title))
        title = self.definition.post_title(post)
        return self._held(post, None, post, title) or self._held(title, None, post, title)

    def approvers(self, step: Step, unit: str) -> tuple[Recipient, ...]:
        """Who signs a step for a unit: the step's post, or the post its group is excepted to."""
        return _distinct(self.holders(self.approving_post(step, unit), unit))

    def approving_post(self, step: Step, unit: str) -> str:
        """The post key that signs this step for a unit."""
        row = self.directory.unit(unit)
        for group, post in step.exceptions.items():
            if self.definition.in_group(group, name=row.name, code=row.code, roster_groups=row.groups):
                return post
        return step.by

    def people(self, posts: Iterable[str], unit: str) -> tuple[Recipient, ...]:
        """Everyone in ``posts`` for a unit, each person once, in the order of the posts."""
        return _distinct(found for post in posts for found in self.holders(post, unit))

    def units_owing(self, group: str) -> tuple[str, ...]:
        """The codes of the units of a group, in the roster's order."""
        return tuple(
            row.code
            for row in self.directory.units()
            if self.definition.in_group(group, name=row.name, code=row.code, roster_groups=row.groups)
        )

    def _unit_title(self, post: str, unit: str) -> str:
        return f"{self.directory.unit(unit).name}{self.definition.post_title(post)}"

    def _held(self, post: str, unit: str | None, key: str, title: str) -> tuple[Recipient, ...]:
        people = self.directory.holders(post, unit, self.on)
        return tuple(Recipient(person.key, person.name, key, title) for person in people)


def _distinct(recipients: Iterable[Recipient]) -> tuple[Recipient, ...]:
    first: dict[str, Recipient] = {}
    for recipient in recipients:
        first.setdefault(recipient.person, recipient)
    return tuple(first.values())
