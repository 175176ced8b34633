"""The forms of the sign-off desk: what they ask, what was typed, and why it was not accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from starlette.datastructures import FormData

from web.contexts.approvals import Ask, Input
from web.pages.people import People
from workflow.refusals import CommentMissing, ContentUnreadable, Refusal

HERE = "/approvals"

_MOST_TICKED = 500


class FormRefused(Refusal):
    """请改正标出的各项。"""

    code = "request-invalid"


@dataclass(frozen=True)
class Sent:
    """A form as it was sent, with what is wrong with it; ``ticked`` are the requests chosen in it."""

    form: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    ticked: frozenset[int] = frozenset()
    errors: Mapping[str, str] = field(default_factory=dict)
    error: str = ""

    def refused(self, refusal: Refusal, names: frozenset[str]) -> Sent:
        """The same with the reason, at the field it is about as far as that is one of the form's."""
        said = refusal.facts.get("errors")
        if isinstance(said, Mapping):
            return replace(self, errors={str(name): str(text) for name, text in said.items()})
        about = "comment" if isinstance(refusal, CommentMissing | ContentUnreadable) else refusal.facts.get("field")
        if isinstance(about, str) and about in names:
            return replace(self, errors={about: str(refusal.facts.get("reason") or refusal.text)})
        return replace(self, error=refusal.text)


#: The page as it is opened.
NOTHING = Sent()


class Reading:
    """Reads the values of a form; what is wrong is gathered, and refused all at once."""

    def __init__(self, sent: Sent, people: People) -> None:
        self._sent, self._people = sent, people
        self.errors: dict[str, str] = {}

    def text(self, name: str) -> str:
        """What was typed."""
        return self._sent.values.get(name, "").strip()

    def person(self, name: str) -> str:
        """The key of the person who was picked."""
        typed = self.text(name)
        found = self._people.key(typed) if typed else None
        if found is None:
            self.errors[name] = f"花名册中没有“{typed[:60]}”，请从列表中选。" if typed else "请从列表中选一位。"
        return found or ""

    def day(self, name: str) -> date:
        """The day that was chosen."""
        typed = self.text(name)
        try:
            return date.fromisoformat(typed)
        except ValueError:
            self.errors[name] = "请填日期，例如 2022-01-04。" if typed else "请选择日期。"
            return date.min

    def reason(self, what: str) -> str:
        """The comment, which must be there; ``what`` is its name."""
        typed = self.text("comment")
        if not typed:
            self.errors["comment"] = f"请写明{what}。"
        return typed

    def ticked(self) -> tuple[int, ...]:
        """The requests that were chosen."""
        if not self._sent.ticked:
            self.errors["request"] = "还没有选择，请勾选要改派的件。"
        return tuple(sorted(self._sent.ticked))

    def settle(self) -> None:
        """Raises FormRefused when anything was wrong."""
        if self.errors:
            raise FormRefused(errors=dict(self.errors))


def read(form: FormData, name: str) -> Sent:
    """The values of a form that was sent; files and what is not ours are passed over."""
    values = {key: value for key, value in form.multi_items() if isinstance(value, str)}
    numbers = (value for value in form.getlist("request") if isinstance(value, str))
    ticked = frozenset(int(one) for one in numbers if one.isascii() and one.isdecimal() and len(one) < 10)
    return Sent(name, values, frozenset(sorted(ticked)[:_MOST_TICKED]))


def grant(sent: Sent, today: date) -> Ask:
    """授权代签: who, by whom, from when to when, why."""
    inputs = (
        Input("principal", "审签人", "person"),
        Input("delegate", "代签人", "person"),
        Input("since", "自（含当日）", "day", today.isoformat()),
        Input("until", "至（含当日）", "day", (today + timedelta(days=6)).isoformat()),
        Input("comment", "授权依据", "text"),
    )
    return filled(Ask("grant", f"{HERE}/delegations", "授权代签", inputs), sent)


def note(sent: Sent, today: date) -> Ask:
    """外出: who, from when to when, what for."""
    inputs = (
        Input("person", "外出人", "person"),
        Input("since", "自（含当日）", "day", today.isoformat()),
        Input("until", "至（含当日）", "day", ""),
        Input("comment", "事由", "text", required=False),
    )
    return filled(Ask("note", f"{HERE}/absences", "登记外出", inputs), sent)


def reassign(sent: Sent, name: str, whose: str, person: str = "") -> Ask:
    """改派: to whom, why; ``person`` is the key of ``whose`` requests they are, empty where nobody takes them over."""
    inputs = (Input("to", "改派给", "person"), Input("comment", "改派理由", "text"))
    made = Ask(name, f"{HERE}/reassign", "改派所选", inputs, (("person", person),), label=f"改派：{whose}")
    its_own = sent.form == "reassign" and sent.values.get("person") == person
    return filled(made, replace(sent, form=name)) if its_own else made


def withdraw_delegation(sent: Sent, number: int) -> Ask:
    """Ending a delegation early."""
    inputs = (Input("comment", "撤销理由", "text"),)
    return filled(
        Ask(f"end-{number}", f"{HERE}/delegations/{number}/withdraw", "撤销授权", inputs, label=f"撤销{number}号授权"),
        sent,
    )


def withdraw_absence(sent: Sent, number: int) -> Ask:
    """Taking an absence back."""
    return filled(
        Ask(f"back-{number}", f"{HERE}/absences/{number}/withdraw", "撤销登记", label=f"撤销{number}号外出登记"), sent
    )


def filled(ask: Ask, sent: Sent) -> Ask:
    """The form as it was sent, when it is this one; the first time as it stands."""
    if sent.form != ask.name:
        return ask
    inputs = tuple(
        replace(one, value=sent.values.get(one.name, one.value), error=sent.errors.get(one.name, ""))
        for one in ask.inputs
    )
    shown = {one.name for one in inputs}
    loose = [text for name, text in sent.errors.items() if name not in shown]
    return replace(ask, inputs=inputs, error="；".join([*loose, *([sent.error] if sent.error else [])]))
