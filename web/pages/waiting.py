"""Everything that waits for one approver, and how long a request's own link leads there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from web.contexts.signing import Next, SignedDecision
from web.contexts.waiting import DecidedItem, SignAllPage, WaitingItem
from web.pages.doors import Door, Reply
from workflow import asking, challenges, deadlines, posts, read_marks
from workflow.acts import Act
from workflow.asking import DeskItem
from workflow.refusals import LinkUnknown
from workflow.tables import DrawnSignature, Link, SignOff, Submission

#: How long after its decision a request's link still leads to what else waits for the same person.
LIST_OPEN = timedelta(days=1)
_CONFIRMED = {"code": "动态验证码", "wecom": "企业微信身份"}
_BY = {**challenges.WAYS, "rehearsal": "演练"}


@dataclass(frozen=True)
class Desk:
    """One person's desk: what waits, the nearest deadline first, what was decided, and the submissions of both."""

    person: str
    waiting: tuple[DeskItem, ...]
    decided: tuple[DeskItem, ...]
    rows: dict[int, Submission]

    def row(self, item: DeskItem) -> Submission:
        """The submission an item is about."""
        return self.rows[item.request.submission_id]


def shown(act: Act, door: Door, link: Link) -> Reply:
    """The list of whoever holds the link; raises LinkUnknown when it opens none, or no longer."""
    check_list_open(act, link)
    return sign_all_page(act, door, link.person), 200


def check_list_open(act: Act, link: Link) -> None:
    """Raises LinkUnknown when a link opens no list, or was decided by too long ago to open it."""
    request = act.session.get(SignOff, link.sign_off_id) if link.purpose == "item" else None
    if link.purpose not in ("item", "desk") or (request is not None and not list_open(act, request)):
        raise LinkUnknown


def list_open(act: Act, request: SignOff) -> bool:
    """Whether a request's link still leads to its approver's list."""
    return request.decided_at is None or act.now - request.decided_at <= LIST_OPEN


def desk(act: Act, person: str) -> Desk:
    """What one person is asked to sign, own and delegated."""
    items = asking.desk(act.session, person, act.today)
    rows = rows_of(act, [item.request.submission_id for item in items])
    open_ = [item for item in items if item.request.decision is None]
    open_.sort(key=lambda item: _place(rows[item.request.submission_id], item.request))
    decided = [item for item in items if item.request.decision is not None]
    decided.sort(key=lambda item: (item.request.decided_at, item.request.id), reverse=True)
    return Desk(person, tuple(open_), tuple(decided), rows)


def sign_all_page(act: Act, door: Door, person: str) -> SignAllPage:
    """Everything that waits for one person, and what they have decided; raises LinkUnknown where there is nothing."""
    found = desk(act, person)
    if not found.waiting and not found.decided:
        raise LinkUnknown
    tokens = _tokens(act, person)
    marked = read_marks.marked(act.session, person)
    changed = read_marks.changed_since(act.session, person, [item.request.submission_id for item in found.waiting])
    post, holder = who(act, found)
    return SignAllPage(
        action=f"{door.here}/all",
        form_token=door.form_token,
        rehearsal_now=act.now if door.rehearsal else None,
        post=post,
        holder=holder,
        as_of=act.now,
        waiting=tuple(
            _waiting(
                act, item, found.row(item), token=tokens.get(item.request.id or 0, ""),
                marked=item.request.id in marked, changed=item.request.submission_id in changed,
            )
            for item in found.waiting
        ),
        decided=decided_items(act, found.decided, found.rows),
        contact=door.contact,
    )  # fmt: skip


def who(act: Act, found: Desk) -> tuple[str, str]:
    """Whose desk it is: the posts they are asked as, else those they hold; and their name."""
    own = [item.request for item in (*found.waiting, *found.decided) if item.request.person == found.person]
    asked_as = "、".join(dict.fromkeys(request.post_title for request in own))
    if own:
        return asked_as, own[0].holder
    known = posts.directory(act.session).person(found.person)
    return posts.title_of(act.session, known.key, act.today), known.name


def others(act: Act, person: str, request: SignOff) -> int:
    """How many more requests wait for a person."""
    if not list_open(act, request):
        return 0
    items = asking.desk(act.session, person, act.today)
    return sum(item.request.decision is None and item.request.id != request.id for item in items)


def next_item(act: Act, person: str, after: SignOff) -> Next | None:
    """The item that comes after this one on the list: the unread first, and of those what is signed together."""
    if not list_open(act, after):
        return None
    found = desk(act, person)
    tokens, marked = _tokens(act, person), read_marks.marked(act.session, person)
    open_ = [item for item in found.waiting if item.request.id != after.id and item.request.id in tokens]
    if not open_:
        return None
    here = act.session.get_one(Submission, after.submission_id)
    behind = [item for item in open_ if _place(found.row(item), item.request) > _place(here, after)]
    order = [item for item in (*behind, *open_) if item.request.id not in marked]
    # min keeps the order of the list among those alike.
    first = min(order or open_[:1], key=lambda item: read_marks.signed_singly(act, found.row(item), item.request))
    row, token = found.row(first), tokens[first.request.id or 0]
    audience = act.audience(row.programme_id)
    title = audience.definition.obligations[row.obligation].title
    return Next(f"/s/{token}", audience.directory.unit(row.unit).name, title, unread=bool(order))


def programme_of(act: Act, row: Submission) -> str:
    """A submission's programme as people name it."""
    programme = act.programme(row.programme_id)
    return f"{programme.title}（{programme.cycle}年度）"


def record_of(act: Act, request: SignOff, *, drawn_href: str = "") -> SignedDecision:
    """A decision as recorded; ``drawn_href`` is where a drawn signature would be seen."""
    assert request.decided_at is not None
    stood_in = request.delegation_id is not None
    drawn = bool(drawn_href) and act.session.get(DrawnSignature, request.id) is not None
    return SignedDecision(
        number=asking.number_of(request.id),
        decision="approve" if request.decision == "approve" else "return",
        decided_at=request.decided_at,
        post=request.decided_by_title if stood_in else request.post_title,
        holder=request.decided_by_name if stood_in else request.holder,
        on_behalf_of=asking.named(request.post_title, request.holder) if stood_in else "",
        name=request.typed_name,
        comment=request.comment,
        content_hash=request.content_hash,
        confirmed=confirmed(request.confirmed),
        drawn_href=drawn_href if drawn else "",
        disputed_at=request.disputed_at,
    )


def confirmed(how: str) -> str:
    """The second step that was passed, as ``code:mail`` or ``wecom``, in Chinese."""
    kind, _, way = how.partition(":")
    return _CONFIRMED.get(kind, kind) + (f"（{_BY.get(way, way)}）" if way else "")


def decided_items(act: Act, items: Sequence[DeskItem], rows: dict[int, Submission]) -> tuple[DecidedItem, ...]:
    """Decisions in a few words each."""
    return tuple(_decided(act, item.request, rows[item.request.submission_id]) for item in items)


def rows_of(act: Act, submission_ids: Iterable[int]) -> dict[int, Submission]:
    """Submissions by number."""
    ids = sorted(set(submission_ids))
    found: dict[int, Submission] = {}
    for start in range(0, len(ids), 500):
        part = act.session.exec(select(Submission).where(col(Submission.id).in_(ids[start : start + 500])))
        found |= {row.id or 0: row for row in part}
    return found


def _place(row: Submission, request: SignOff) -> tuple[datetime, datetime, int]:
    """Where a request stands on the list: the nearest deadline first, then who has waited longest."""
    return row.due_at, request.asked_at, request.id or 0


def _tokens(act: Act, person: str) -> dict[int, str]:
    """The tokens by which a person opens requests, by request; of two links to one the newer."""
    live = select(Link).where(
        Link.purpose == "item", Link.person == person, col(Link.revoked_at).is_(None), Link.expires_at > act.now
    )
    found = act.session.exec(live.order_by(col(Link.id)))
    return {link.sign_off_id: act.links.token(link) for link in found if link.sign_off_id is not None}


def _waiting(act: Act, item: DeskItem, row: Submission, *, token: str, marked: bool, changed: bool) -> WaitingItem:
    request, audience = item.request, act.audience(row.programme_id)
    return WaitingItem(
        href=f"/s/{token}" if token else "",
        programme=programme_of(act, row),
        unit=audience.directory.unit(row.unit).name,
        obligation=audience.definition.obligations[row.obligation].title,
        due_date=row.due_date,
        due_at=row.due_at,
        days_late=deadlines.days_late(row.due_date, act.now) if act.now >= row.due_at else 0,
        submitted_at=request.asked_at,
        number=request.id or 0,
        content_hash=request.content_hash,
        on_behalf_of=asking.named(request.post_title, request.holder) if item.delegation else "",
        marked=marked,
        changed=changed and not marked,
        singly=read_marks.signed_singly(act, row, request),
    )


def _decided(act: Act, request: SignOff, row: Submission) -> DecidedItem:
    record = record_of(act, request)
    audience = act.audience(row.programme_id)
    return DecidedItem(
        unit=audience.directory.unit(row.unit).name,
        obligation=audience.definition.obligations[row.obligation].title,
        decision=record.decision,
        decided_at=record.decided_at,
        number=record.number,
        standing=act.lifecycle(row.programme_id, row.obligation).standing(row.standing).title,
        on_behalf_of=record.on_behalf_of,
    )
