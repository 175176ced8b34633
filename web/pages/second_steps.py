"""What the pages of a second step show: what was entered, where the code went, the way through WeCom."""

from __future__ import annotations

from web.contexts.confirming import CodePage, Entered, KnownPage, WecomPage
from web.contexts.frame import Decision
from web.pages import waiting
from web.pages.doors import Door, Given
from web.pages.proofs import PROOF
from workflow import challenges, posts
from workflow.acts import Act
from workflow.tables import Challenge, Link, SignOff, Submission

NO_ACCOUNT = "您在本系统没有登记企业微信账号，不能以此确认身份。"
NO_APPLICATION = "本系统没有配置企业微信应用，不能以此确认身份。"
#: Fields that are of one form only.
_OWN = ("form_token", "code", "anew", PROOF)


def kept(given: Given) -> tuple[tuple[str, str], ...]:
    """The fields that the next form sends again."""
    return tuple((name, value) for name, value in given.items() if value and name not in _OWN)


def code_page(
    act: Act, door: Door, request: SignOff, given: Given, made: Challenge | None, *, error: str = ""
) -> CodePage:
    """Asks for a code; without one under way it only says why there is none."""
    return CodePage(
        action=door.here,
        form_token=door.form_token,
        rehearsal_now=act.now if door.rehearsal else None,
        entered=_entered(act, request, given),
        sent_by=challenges.WAYS[made.channel] if made else "",
        sent_to=_address(act, made) if made else "",
        valid_until=made.expires_at if made else None,
        contact=door.contact,
        error=error,
    )


def wecom_page(act: Act, door: Door, request: SignOff, given: Given, *, error: str = "") -> WecomPage:
    """Sends its reader through WeCom, or says why that is not possible."""
    shown = _entered(act, request, given)
    pretended = door.rehearsal and door.means.identity is None
    account = posts.directory(act.session).person(door.link(act).person).wecom_id
    missing = "" if pretended else NO_APPLICATION if door.means.identity is None else "" if account else NO_ACCOUNT
    return WecomPage(
        rehearsal_now=act.now if door.rehearsal else None,
        programme=shown.programme,
        unit=shown.unit,
        obligation=shown.obligation,
        here=door.here,
        go="" if missing else f"{door.here}/wecom",
        contact=door.contact,
        decision=_decision(given),
        pretended=pretended,
        error=error or missing,
    )


def known_page(act: Act, door: Door, link: Link, request: SignOff, given: Given) -> KnownPage:
    """What was entered before, to be sent now that WeCom has told who it is."""
    return KnownPage(
        action=door.here,
        form_token=door.form_token,
        rehearsal_now=act.now if door.rehearsal else None,
        person=posts.directory(act.session).person(link.person).name,
        entered=_entered(act, request, given),
        contact=door.contact,
    )


def _entered(act: Act, request: SignOff, given: Given) -> Entered:
    row = act.session.get(Submission, request.submission_id)
    assert row is not None
    audience = act.audience(row.programme_id)
    return Entered(
        programme=waiting.programme_of(act, row),
        unit=audience.directory.unit(row.unit).name,
        obligation=audience.definition.obligations[row.obligation].title,
        decision=_decision(given) or "approve",
        comment=given.get("comment", ""),
        name=given.get("name", ""),
        kept=kept(given),
    )


def _decision(given: Given) -> Decision | None:
    said = given.get("decision", "")
    return "approve" if said == "approve" else "return" if said == "return" else None


def _address(act: Act, made: Challenge) -> str:
    """Enough of an address for its owner to know where to look."""
    person = posts.directory(act.session).person(made.person)
    if made.channel == "mail":
        name, _, domain = (person.email or "").partition("@")
        return f"{name[:1]}***@{domain}"
    return "督办应用的消息" if made.channel == "wecom" else ""
