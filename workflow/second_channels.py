"""Who is asked for a second step that they cannot take: no second way for a code, or no account in WeCom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from sqlmodel import col, select

from workflow import bodies, posts
from workflow.acts import Act
from workflow.asking import named
from workflow.audience import Audience, Recipient
from workflow.definition import Definition, Step
from workflow.roster import PersonRow
from workflow.tables import Programme, SignOff, Submission

#: The channels a person may be reached by, unless it is known which ones are open.
ALL_WAYS = ("wecom", "mail")
_NAMES = {"wecom": "企业微信", "mail": "电子邮件"}


def ways_open(configured: Sequence[str], *, rehearsal: bool) -> tuple[str, ...]:
    """The channels people can be reached by; a rehearsal without channels shows everything in its outbox."""
    return tuple(configured) or (ALL_WAYS if rehearsal else ())


def lacking(audience: Audience, owed: Iterable[tuple[str, str]], *, ways: Sequence[str] = ALL_WAYS) -> tuple[str, ...]:
    """In Chinese, each approver once, with what is missing.

    ``owed`` are obligations and units, ``ways`` the channels that are open.
    """
    found = (
        text
        for name, unit in owed
        for step in audience.definition.obligations[name].sign_off
        if step.confirm != "none"
        for one in audience.approvers(step, unit)
        for text in _missing(one, audience.directory.person(one.person), step, ways)
    )
    return tuple(dict.fromkeys(found))


def of_running(act: Act, *, ways: Sequence[str], on: date | None = None) -> tuple[str, ...]:
    """The same for everything that is still open in the programmes that run, by who signs on a day (today)."""
    found: list[str] = []
    for audience, open_ in _owed(act, on or act.today):
        found += lacking(audience, open_, ways=ways)
    return tuple(dict.fromkeys(found))


def in_place_of(act: Act, principal: str, other: str, *, ways: Sequence[str], on: date) -> tuple[str, ...]:
    """What another person lacks for the open items that somebody signs on a day; both by key."""
    found: list[str] = []
    stands_in = Recipient(other, posts.directory(act.session).person(other).name, "", _title(act, other, on))
    for audience, open_ in _owed(act, on):
        for name, unit in open_:
            for step in audience.definition.obligations[name].sign_off:
                if step.confirm != "none" and any(one.person == principal for one in audience.approvers(step, unit)):
                    found += _missing(stands_in, audience.directory.person(other), step, ways)
    return tuple(dict.fromkeys(found))


def of_request(act: Act, request: SignOff, *, ways: Sequence[str]) -> tuple[str, ...]:
    """What the person of one request lacks for its step."""
    row = act.session.get(Submission, request.submission_id)
    assert row is not None
    step = act.definition(row.programme_id).obligations[row.obligation].sign_off[request.step]
    person = posts.directory(act.session).person(request.person)
    said = Recipient(person.key, person.name, "", _title(act, person.key, act.today))
    return tuple(_missing(said, person, step, ways)) if step.confirm != "none" else ()


def _title(act: Act, person: str, on: date) -> str:
    return posts.title_of(act.session, person, on)


def _owed(act: Act, on: date) -> Iterator[tuple[Audience, Sequence[tuple[str, str]]]]:
    """The running programmes that ask for a second step anywhere, with what is open in them."""
    for programme in act.session.exec(select(Programme).order_by(Programme.key)):
        assert programme.id is not None
        definition = act.definition(programme.id)
        if _asks(definition):
            open_ = select(Submission.obligation, Submission.unit).where(
                Submission.programme_id == programme.id, col(Submission.state).in_(("draft", "pending", "overdue"))
            )
            audience = bodies.known(Audience(definition, posts.directory(act.session), on))
            yield audience, act.session.exec(open_.distinct()).all()


def _asks(definition: Definition) -> bool:
    return any(step.confirm != "none" for one in definition.obligations.values() for step in one.sign_off)


def _missing(one: Recipient, person: PersonRow, step: Step, ways: Sequence[str]) -> Iterator[str]:
    there = {"wecom": person.wecom_id, "mail": person.email}
    reached = [way for way in ways if there[way]]
    who = named(one.post_title, one.name)
    if step.confirm == "wecom" and "wecom" not in reached:
        missing = "本系统未配置企业微信" if "wecom" not in ways else "没有登记企业微信账号"
        yield f"“{who}”审签时须由企业微信确认身份，但{missing}，届时无法通过链接审签"
    if step.confirm == "code" and len(reached) < 2:
        known = f"只有{_NAMES[reached[0]]}一种联系方式可用" if reached else "没有可用的联系方式"
        yield f"“{who}”审签时须凭另一渠道的动态验证码，但{known}，届时无法通过链接审签"
