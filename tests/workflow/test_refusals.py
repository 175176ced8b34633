"""Every refusal of the use cases leaves every row of every table as it was, before the deadline and after it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from tests.workflow.world import APPROVER, OFFICE, World, local, ordos
from workflow import attachments, launch, posts, signing, submissions
from workflow.acts import Act, Actor
from workflow.refusals import (
    AlreadyDecided,
    AlreadyLaunched,
    AlreadyUrged,
    AttachmentRefused,
    CommentMissing,
    ContentChanged,
    ContentIncomplete,
    ContentUnreadable,
    DateRefused,
    DecisionIncomplete,
    Forbidden,
    LaunchRefused,
    LinkUnknown,
    NoApprover,
    NotAllowedNow,
    NotFound,
    PrerequisiteNotFiled,
    Refusal,
)
from workflow.roster import Roster
from workflow.signing import Choice
from workflow.tables import SignOff

EARLY, LATE = local("2022-01-04 10:00"), local("2022-01-05 00:00")
UNIT = Actor("市科学技术局联络员", "unit", "KJJ")
INSPECTOR = Actor("督查员", "inspector")
NUL, HALF = "理由\x00", "理由\ud800"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
MB20 = 20 * 1024 * 1024

Attempt = Callable[[Act, dict[str, int]], object]


def sign(which: str, choice: Choice, *, comment: str = "", name: str = "张", content: str | None = None) -> Attempt:
    def attempt(act: Act, at: dict[str, int]) -> object:
        request = act.session.get_one(SignOff, at[which])
        return signing.sign(
            act, at[which], choice, comment=comment, typed_name=name, channel="link",
            content_hash=request.content_hash if content is None else content,
        )  # fmt: skip

    return attempt


def attach(unit: str, *, field: str | None = "plan", name: str = "方案.pdf", data: bytes = b"%PDF") -> Attempt:
    return lambda act, at: attachments.attach(
        act, at[unit], field=field, name=name, media_type="application/pdf", data=data
    )


def extend(unit: str, until: str, comment: str = "机构调整") -> Attempt:
    return lambda act, at: submissions.extend(act, at[unit], until=date.fromisoformat(until), comment=comment)


def without_a_roster(act: Act) -> object:
    posts.import_roster(act.session, Roster())
    return launch.launch(act, ordos(), 2023)


@dataclass(frozen=True)
class Tried:
    """One attempt and what it is refused with."""

    name: str
    kind: type[Refusal]
    attempt: Attempt
    actor: Actor = OFFICE


TRIED = [
    Tried("edit pending", NotAllowedNow, lambda act, at: submissions.save(act, at["pending"], {}, if_version=None)),
    Tried("edit filed", NotAllowedNow, lambda act, at: submissions.save(act, at["filed"], {}, if_version=None)),
    Tried("edit exempt", NotAllowedNow, lambda act, at: submissions.save(act, at["exempt"], {}, if_version=None)),
    Tried("edit stale", ContentChanged, lambda act, at: submissions.save(act, at["draft"], {}, if_version=7)),
    Tried("edit unknown field", ContentUnreadable,
          lambda act, at: submissions.save(act, at["draft"], {"colour": "red"}, if_version=None)),
    Tried("edit NUL", ContentUnreadable,
          lambda act, at: submissions.save(act, at["draft"], {"learning": NUL}, if_version=None)),
    Tried("edit nowhere", NotFound, lambda act, _: submissions.save(act, 10**6, {}, if_version=None)),
    Tried("edit as another unit", NotFound,
          lambda act, at: submissions.save(act, at["pending"], {}, if_version=None), UNIT),
    Tried("edit as inspector", Forbidden,
          lambda act, at: submissions.save(act, at["draft"], {}, if_version=None), INSPECTOR),
    Tried("attach where no file is asked", AttachmentRefused, attach("draft")),
    Tried("attach to another field", AttachmentRefused, attach("plan", field="goals")),
    Tried("attach nothing", AttachmentRefused, attach("plan", data=b"")),
    Tried("attach too much", AttachmentRefused, attach("plan", data=b"x" * (MB20 + 1))),
    Tried("attach without a name", AttachmentRefused, attach("plan", name="\u202e\x00/")),
    Tried("attach to pending", NotAllowedNow, attach("pending")),
    Tried("detach from filed", NotAllowedNow, lambda act, at: attachments.detach(act, at["filed"], 1)),
    Tried("submit incomplete", ContentIncomplete, lambda act, at: submissions.submit(act, at["draft"])),
    Tried("submit empty", ContentIncomplete, lambda act, at: submissions.submit(act, at["empty"])),
    Tried("submit stale", ContentChanged, lambda act, at: submissions.submit(act, at["full"], if_version=9)),
    Tried("submit twice", NotAllowedNow, lambda act, at: submissions.submit(act, at["pending"])),
    Tried("submit too early", PrerequisiteNotFiled, lambda act, at: submissions.submit(act, at["plan"])),
    Tried("submit to nobody", NoApprover, lambda act, at: submissions.submit(act, at["leaderless"])),
    Tried("submit with NUL", ContentUnreadable, lambda act, at: submissions.submit(act, at["full"], comment=NUL)),
    Tried("withdraw a draft", NotAllowedNow, lambda act, at: submissions.withdraw(act, at["draft"])),
    Tried("withdraw filed", NotAllowedNow, lambda act, at: submissions.withdraw(act, at["filed"])),
    Tried("withdraw with NUL", ContentUnreadable,
          lambda act, at: submissions.withdraw(act, at["pending"], comment=NUL)),
    Tried("extend filed", NotAllowedNow, extend("filed", "2022-01-10")),
    Tried("extend exempt", NotAllowedNow, extend("exempt", "2022-01-10")),
    Tried("extend to the same day", DateRefused, extend("draft", "2022-01-04")),
    Tried("extend backwards", DateRefused, extend("draft", "2021-12-01")),
    Tried("extend by years", DateRefused, extend("draft", "2023-01-06")),
    Tried("extend for ever", DateRefused, extend("draft", "9999-12-31")),
    Tried("extend without a reason", CommentMissing, extend("draft", "2022-01-10", " \n")),
    Tried("extend with half a sign", ContentUnreadable, extend("draft", "2022-01-10", HALF)),
    Tried("extend as unit", Forbidden, extend("draft", "2022-01-10"), UNIT),
    Tried("exempt filed", NotAllowedNow, lambda act, at: submissions.exempt(act, at["filed"], comment="免")),
    Tried("exempt without a reason", CommentMissing, lambda act, at: submissions.exempt(act, at["draft"], comment="")),
    Tried("exempt with too many words", ContentUnreadable,
          lambda act, at: submissions.exempt(act, at["draft"], comment="免" * 2001)),
    Tried("exempt as unit", Forbidden, lambda act, at: submissions.exempt(act, at["draft"], comment="免"), UNIT),
    Tried("reopen a draft", NotAllowedNow, lambda act, at: submissions.reopen(act, at["draft"], comment="开")),
    Tried("reopen pending", NotAllowedNow, lambda act, at: submissions.reopen(act, at["pending"], comment="开")),
    Tried("reopen without a reason", CommentMissing, lambda act, at: submissions.reopen(act, at["filed"], comment="")),
    Tried("accept a draft", NotAllowedNow, lambda act, at: submissions.accept(act, at["draft"])),
    Tried("accept what is filed", NotAllowedNow, lambda act, at: submissions.accept(act, at["filed"])),
    Tried("return a draft", NotAllowedNow, lambda act, at: submissions.return_filing(act, at["draft"], comment="退")),
    Tried("return exempt", NotAllowedNow, lambda act, at: submissions.return_filing(act, at["exempt"], comment="退")),
    Tried("return without a reason", CommentMissing,
          lambda act, at: submissions.return_filing(act, at["filed"], comment="")),
    Tried("urge filed", NotAllowedNow, lambda act, at: submissions.urge(act, at["filed"])),
    Tried("urge exempt", NotAllowedNow, lambda act, at: submissions.urge(act, at["exempt"])),
    Tried("urge twice a day", AlreadyUrged,
          lambda act, at: [submissions.urge(act, at["pending"]), submissions.urge(act, at["pending"])]),
    Tried("urge as unit", Forbidden, lambda act, at: submissions.urge(act, at["draft"]), UNIT),
    Tried("sign nothing", NotFound, lambda act, at: signing.sign(
        act, 10**6, "approve", comment="", typed_name="张", channel="link", content_hash=""), APPROVER),
    Tried("return without a reason by link", DecisionIncomplete, sign("open", "return"), APPROVER),
    Tried("sign without a name", DecisionIncomplete, sign("open", "approve", name=" "), APPROVER),
    Tried("sign with too long a name", DecisionIncomplete, sign("open", "approve", name="张" * 51), APPROVER),
    Tried("sign with NUL", DecisionIncomplete, sign("open", "approve", comment=NUL), APPROVER),
    Tried("sign with half a sign", DecisionIncomplete, sign("open", "approve", name=HALF), APPROVER),
    Tried("sign another text", ContentChanged, sign("open", "approve", content="0" * 64), APPROVER),
    Tried("sign what was withdrawn", LinkUnknown, sign("withdrawn", "approve"), APPROVER),
    Tried("sign the opposite", AlreadyDecided, sign("signed", "return", comment="退"), APPROVER),
    Tried("sign as unit", Forbidden, sign("open", "approve"), Actor("联络员", "unit", "GXJ")),
    Tried("sign as inspector", Forbidden, sign("open", "approve"), INSPECTOR),
    Tried("enter a decision on a draft", NotAllowedNow,
          lambda act, at: signing.decide_for_office(act, at["draft"], "approve", comment="")),
    Tried("enter a return without a reason", DecisionIncomplete,
          lambda act, at: signing.decide_for_office(act, at["pending"], "return", comment="")),
    Tried("launch twice", AlreadyLaunched, lambda act, _: launch.launch(act, ordos(), 2022)),
    Tried("launch without a roster", LaunchRefused, lambda act, _: without_a_roster(act)),
]  # fmt: skip


def places(world: World) -> dict[str, int]:
    """One submission in each situation, and the requests to sign that belong to some of them."""
    row = world.id_of("KJJ")
    with world.act(EARLY) as act:
        submissions.save(act, row, {"learning": "制度"}, if_version=None)
        submissions.exempt(act, world.id_of("NYJ"), comment="不承担此项工作")
        roster = posts.export(act.session)
        led = tuple(one for one in roster.supervision if one.unit != "MW")
        posts.import_roster(act.session, Roster(roster.units, roster.people, roster.posts, led))
    world.fill("YBJ", now=EARLY)
    world.fill("MW", now=EARLY)
    world.hand_in("GXJ", now=EARLY)
    world.file("SJJ", now=EARLY)
    world.hand_in("CZJ", now=EARLY)
    with world.act(EARLY) as act:
        submissions.withdraw(act, world.id_of("CZJ"))
    world.fill("KJJ", "work-plan", now=EARLY)
    units = {"pending": "GXJ", "filed": "SJJ", "exempt": "NYJ", "full": "YBJ", "leaderless": "MW", "empty": "MZJ"}
    found = {name: world.id_of(unit) for name, unit in units.items()}
    asked = {"open": "GXJ", "signed": "SJJ", "withdrawn": "CZJ"}
    requests = {name: world.requests(unit)[0].id or 0 for name, unit in asked.items()}
    return {"draft": row, "plan": world.id_of("KJJ", "work-plan"), **found, **requests}


def test_every_refusal_writes_nothing(world: World, subtests: pytest.Subtests) -> None:
    at = places(world)
    before, registers = world.dump(), ("unit", "person", "holding", "supervision")
    acted_on = {name: rows for name, rows in before.items() if name not in registers}
    # After the deadline each attempt also notes the lapse, which must not stay either.
    for now in (EARLY, LATE) if world.store.dialect == "sqlite" else (LATE,):
        for tried in TRIED:
            with subtests.test(tried.name, now=str(now)):
                with pytest.raises(tried.kind) as refused, world.act(now, tried.actor) as act:
                    tried.attempt(act, at)
                assert type(refused.value) is tried.kind
                assert CHINESE.search(refused.value.text) and "{" not in refused.value.text
                assert world.dump(without=registers) == acted_on
    assert world.dump() == before


def test_every_use_case_of_a_submission_is_tried_with_a_refusal() -> None:
    use_cases = {
        name
        for module in (submissions, signing)
        for name, one in inspect.getmembers(module, inspect.isfunction)
        if "submission_id: 'int'" in str(inspect.signature(one)) and one.__module__ == module.__name__
    }
    source = Path(__file__).read_text()
    assert not [name for name in use_cases - {"begin"} if not name.startswith("_") and f".{name}(" not in source]


def test_a_launch_that_is_refused_names_what_is_missing(world: World) -> None:
    with world.refusing(LaunchRefused) as refused, world.act(EARLY) as act:
        roster = posts.export(act.session)
        kept = tuple(post for post in roster.posts if post.unit != "KJJ" and post.post != "office")
        posts.import_roster(act.session, Roster(roster.units, roster.people, kept, roster.supervision))
        launch.launch(act, ordos(), 2023)
    assert "“市科学技术局”没有联络员" in refused.value.text
    assert "无人担任“领导小组办公室”" in refused.value.text
