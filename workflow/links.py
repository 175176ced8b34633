"""Sign-off links: issued, derived when sent, resolved, revoked.

A token is 256 bits: HMAC-SHA256 of the row's random salt under the secret key that lives outside the database.
The database keeps only the token's SHA-256, so neither a copy of it nor a queued message opens anything.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import update
from sqlmodel import Session, col, select

from workflow.refusals import LinkUnknown
from workflow.tables import Link, SignOff


@dataclass(frozen=True)
class LinkMaker:
    """Makes links from the secret key; ``days`` is how long one lives."""

    secret: bytes = field(repr=False)
    days: int = 14

    def token(self, link: Link) -> str:
        """The token of a link, derived anew each time it is needed."""
        mac = hmac.digest(self.secret, f"duban sign-off link {link.salt}".encode(), "sha256")
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()

    def lot(self, of: str) -> Random:
        """A draw that nobody without the key can foresee, and that comes out the same when it is looked at again."""
        return Random(hmac.digest(self.secret, f"duban draw {of}".encode(), "sha256"))

    def for_sign_off(self, session: Session, sign_off: SignOff, now: datetime) -> Link:
        """The link that opens one sign-off; renewed when the one there is has less than half its life left."""
        fresh_until = now + timedelta(days=self.days) / 2
        found = session.exec(
            select(Link)
            .where(Link.sign_off_id == sign_off.id, col(Link.revoked_at).is_(None), Link.expires_at > fresh_until)
            .order_by(col(Link.id).desc())
        ).first()
        return found or self._issue(session, "item", sign_off.person, now, sign_off.id)

    def standing(self, session: Session, sign_off_id: int, now: datetime) -> str:
        """The token of a sign-off's live link, empty when it has none; issues nothing."""
        live = select(Link).where(
            Link.sign_off_id == sign_off_id, col(Link.revoked_at).is_(None), Link.expires_at > now
        )
        found = session.exec(live.order_by(col(Link.id).desc())).first()
        return self.token(found) if found else ""

    def for_desk(self, session: Session, person: str, now: datetime) -> Link:
        """The link that opens everything waiting for one person."""
        fresh_until = now + timedelta(days=self.days) / 2
        found = session.exec(
            select(Link).where(Link.purpose == "desk", Link.person == person, Link.expires_at > fresh_until)
        ).first()
        return found or self._issue(session, "desk", person, now, None)

    def _issue(self, session: Session, purpose: str, person: str, now: datetime, sign_off: int | None) -> Link:
        link = Link(
            purpose=purpose,
            person=person,
            sign_off_id=sign_off,
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
    """The live link of a token; unknown, expired and revoked are one LinkUnknown, not told apart."""
    link = session.exec(select(Link).where(Link.token_hash == token_hash(token))).first()
    if link is None or link.revoked_at is not None or link.expires_at <= now:
        raise LinkUnknown
    return link


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
