"""Sign-off links: issued, derived when sent, resolved, revoked.

A token is 256 bits: HMAC-SHA256 of the row's random salt under the secret key that lives outside the database.
The database keeps only the token's SHA-256, so neither a copy of it nor a queued message opens anything.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import update
from sqlmodel import Session, col, select

from workflow.moments import SHANGHAI
from workflow.refusals import LinkUnknown
from workflow.tables import Delegation, Link, Message, SignOff

#: How long a decision may be disputed at least: a leader may be away when the receipt comes.
DISPUTE_DAYS = 30


@dataclass(frozen=True)
class LinkMaker:
    """Makes links from the secret key; ``days`` is how long one lives."""

    secret: bytes = field(repr=False)
    days: int = 14

    def token(self, link: Link) -> str:
        """The token of a link, derived anew each time it is needed."""
        mac = hmac.digest(self.secret, f"duban sign-off link {link.salt}".encode(), "sha256")
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()

    def code(self, salt: str) -> str:
        """The six digits that belong to a salt, derived when they are sent and when they are checked."""
        mac = hmac.digest(self.secret, f"duban code {salt}".encode(), "sha256")
        return f"{int.from_bytes(mac, 'big') % 1_000_000:06d}"

    def lot(self, of: str) -> Random:
        """A draw that nobody without the key can foresee, and that comes out the same when it is looked at again."""
        return Random(hmac.digest(self.secret, f"duban draw {of}".encode(), "sha256"))

    def for_sign_off(
        self, session: Session, sign_off: SignOff, now: datetime, delegation: Delegation | None = None
    ) -> Link:
        """The link by which who was asked, or their delegate, opens one sign-off."""
        if delegation is None:
            return self._standing(session, now, "item", sign_off.person, sign_off_id=sign_off.id)
        same = {"sign_off_id": sign_off.id, "delegation_id": delegation.id}
        return self._standing(session, now, "item", delegation.delegate, **same)

    def standing(self, session: Session, sign_off_id: int, person: str, now: datetime) -> str:
        """The token by which a person opens a sign-off, empty when they have none; issues nothing."""
        live = select(Link).where(
            Link.purpose == "item", Link.sign_off_id == sign_off_id, Link.person == person,
            col(Link.revoked_at).is_(None), Link.expires_at > now,
        )  # fmt: skip
        found = session.exec(live.order_by(col(Link.id).desc())).first()
        return self.token(found) if found else ""

    def for_desk(self, session: Session, person: str, now: datetime) -> Link:
        """The link that opens everything waiting for one person."""
        return self._standing(session, now, "desk", person)

    def for_message(self, session: Session, message: Message, now: datetime) -> Link:
        """The link by which its reader signs for a message."""
        return self._standing(session, now, "acknowledge", message.person, message_id=message.id)

    def for_dispute(self, session: Session, sign_off: SignOff, person: str, now: datetime) -> Link:
        """The link by which a person says of a decision that it was not their own act; it lives a month at least."""
        maker = replace(self, days=max(self.days, DISPUTE_DAYS))
        return maker._standing(session, now, "dispute", person, sign_off_id=sign_off.id)

    def _standing(self, session: Session, now: datetime, purpose: str, person: str, **about: int | None) -> Link:
        """The live link to just this; a new one when the one there is has less than half its life left."""
        wanted = {"sign_off_id": None, "message_id": None, "delegation_id": None, **about}
        # Not “is not distinct from”, which no index of PostgreSQL answers.
        columns = ((col(getattr(Link, name)), number) for name, number in wanted.items())
        alike = [column.is_(None) if number is None else column == number for column, number in columns]
        found = session.exec(
            select(Link)
            .where(Link.purpose == purpose, Link.person == person, *alike)
            .where(col(Link.revoked_at).is_(None), Link.expires_at > now + timedelta(days=self.days) / 2)
            .order_by(col(Link.id).desc())
        ).first()
        return found or self._issue(session, now, purpose, person, wanted)

    def _issue(
        self, session: Session, now: datetime, purpose: str, person: str, about: Mapping[str, int | None]
    ) -> Link:
        link = Link(
            purpose=purpose,
            person=person,
            sign_off_id=about["sign_off_id"],
            message_id=about["message_id"],
            delegation_id=about["delegation_id"],
            salt=secrets.token_hex(16),
            token_hash="",
            expires_at=now + timedelta(days=self.days),
        )
        link.token_hash = token_hash(self.token(link))
        session.add(link)
        session.flush()
        return link


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def resolve(session: Session, token: str, now: datetime) -> Link:
    """The live link of a token; unknown, expired and revoked are one LinkUnknown, not told apart.

    A delegate's link lives as long as the delegation; to what they decided themselves, as long as any other.
    """
    link = session.exec(select(Link).where(Link.token_hash == token_hash(token))).first()
    if link is None or link.revoked_at is not None or link.expires_at <= now:
        raise LinkUnknown
    if link.delegation_id is not None and not stands(session, link, now):
        raise LinkUnknown
    return link


def renewed(session: Session, token: str, now: datetime) -> Link | None:
    """The same person's newest live link to a later round of the same submission, for one that died with its round.

    None for every other token: unknown, expired, revoked for another reason, or with nothing that waits instead.
    """
    old = session.exec(select(Link).where(Link.token_hash == token_hash(token), Link.purpose == "item")).first()
    if old is None or old.revoked_at is None or old.expires_at <= now:
        return None
    closed = session.get(SignOff, old.sign_off_id)
    if closed is None or closed.decision is not None or closed.closed_at != old.revoked_at:
        return None
    later = (
        select(Link)
        .join(SignOff, col(SignOff.id) == col(Link.sign_off_id))
        .where(Link.purpose == "item", Link.person == old.person, SignOff.submission_id == closed.submission_id)
        .where(SignOff.round > closed.round, col(SignOff.decision).is_(None), col(SignOff.closed_at).is_(None))
        .where(col(Link.revoked_at).is_(None), Link.expires_at > now)
        .order_by(col(Link.id).desc())
    )
    return next((one for one in session.exec(later) if one.delegation_id is None or stands(session, one, now)), None)


def stands(session: Session, link: Link, now: datetime, *, held: bool = False) -> bool:
    """Whether a delegate's link still opens its request; ``held`` keeps the delegation as it is until the act ends."""
    query = select(Delegation).where(Delegation.id == link.delegation_id).execution_options(populate_existing=True)
    delegation = session.exec(query.with_for_update(read=True) if held else query).one()
    on = now.astimezone(SHANGHAI).date()
    if delegation.withdrawn_at is None and delegation.since <= on <= delegation.until:
        return True
    decided = select(SignOff.id).where(SignOff.id == link.sign_off_id, SignOff.delegation_id == link.delegation_id)
    return session.exec(decided).first() is not None


def revoke_undecided(session: Session, submission_id: int, now: datetime) -> None:
    """Close every open sign-off of a submission and kill its links, in the caller's transaction."""
    undecided = session.exec(
        select(SignOff.id)
        .where(
            SignOff.submission_id == submission_id,
            col(SignOff.decision).is_(None),
            col(SignOff.closed_at).is_(None),
        )
        # Locked in one order by everybody who signs or closes, so that two of them never wait for each other.
        .order_by(col(SignOff.id))
        .with_for_update()
    ).all()
    if not undecided:
        return
    session.execute(
        update(Link)
        .where(col(Link.sign_off_id).in_(undecided), col(Link.revoked_at).is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(SignOff)
        .where(col(SignOff.id).in_(undecided))
        .values(closed_at=now)
        .execution_options(synchronize_session=False)
    )
