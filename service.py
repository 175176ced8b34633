"""Everything is built here, once: settings → store → engine → notifier → web. The commands open it.

The heavy rooms are imported where they are built, so that ``duban --help`` answers at once.
"""

from __future__ import annotations

import logging
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

    from notifier.channels import Channels
    from notifier.deliveries import Mailroom
    from settings import Settings
    from web.contexts.entry import SampleAccount
    from web.oidc import Oidc
    from workflow.engine import Engine


@dataclass(frozen=True)
class Service:
    """The parts of duban without its pages; made by ``open_service``."""

    settings: Settings
    engine: Engine
    mailroom: Mailroom

    @property
    def ways(self) -> tuple[str, ...]:
        """The channels people can be reached by."""
        from workflow.second_channels import ways_open

        return ways_open(self.mailroom.channels.names, rehearsal=self.engine.rehearsal)


@contextmanager
def open_service(settings: Settings | None = None, *, make_key: bool = True) -> Iterator[Service]:
    """Everything but the web, open until the block ends; raises named refusals when it cannot be.

    Without ``make_key`` a missing signing key is not made: for whoever only looks and makes no link.
    """
    import settings as from_environment
    from notifier.deliveries import Mailroom
    from workflow import clock
    from workflow.anchor_files import AnchorFile
    from workflow.engine import Engine
    from workflow.links import LinkMaker
    from workflow.moving.departures import require_here
    from workflow.store import Store

    settings = settings or from_environment.load()
    channels = _channels(settings)
    store = Store.open(settings.database_url, pool=settings.database_pool, pooler=settings.database_pooler)
    try:
        require_here(store)
        store.migrate()
        store.check()
        clock.settle_mode(store, rehearsal=settings.rehearsal)
        secret = settings.secret() if make_key or settings.has_secret else secrets.token_bytes(32)
        links = LinkMaker(secret, settings.link_days)
        hours = settings.hours
        mailroom = Mailroom(store, channels, links, settings.base_url, rehearsal=settings.rehearsal, hours=hours)
        deliver = AnchorFile(settings.anchors_at).delivering(store, mailroom.deliver)
        engine = Engine(store, links, rehearsal=settings.rehearsal, deliver=deliver, hours=hours)
        yield Service(settings, engine, mailroom)
    finally:
        store.close()
        channels.close()


@contextmanager
def open_for_trial() -> Iterator[Service]:
    """What a dry run works on: the store there is, else one in memory, so that nothing is left behind."""
    import settings as from_environment
    from notifier.deliveries import Mailroom
    from workflow import clock
    from workflow.engine import Engine
    from workflow.links import LinkMaker
    from workflow.store import Store

    settings = from_environment.load()
    file = Store.file_of(settings.database_url)
    if file is None or file.exists():
        with open_service(settings) as service:
            yield service
        return
    store, links, channels = Store.in_memory(), LinkMaker(b"trial"), _channels(settings)
    try:
        store.migrate()
        clock.settle_mode(store, rehearsal=settings.rehearsal)
        mailroom = Mailroom(store, channels, links, settings.base_url, rehearsal=settings.rehearsal)
        yield Service(settings, Engine(store, links, rehearsal=settings.rehearsal), mailroom)
    finally:
        store.close()
        channels.close()


@contextmanager
def open_existing(*, make_key: bool = True) -> Iterator[Service]:
    """As ``open_service``, for commands that only read: a mistyped path is refused, not made into an empty store."""
    import settings as from_environment
    from workflow.refusals import StoreUnusable
    from workflow.store import Store

    settings = from_environment.load()
    file = Store.file_of(settings.database_url)
    if file is not None and not file.exists():
        raise StoreUnusable(reason=f"没有找到数据库文件“{file}”，请检查 DUBAN_DATABASE_URL 或所在的文件夹")
    with open_service(settings, make_key=make_key) as opened:
        yield opened


def serve(service: Service, *, host: str, port: int, demo_accounts: Sequence[SampleAccount] = ()) -> None:
    """Pages, API, scheduler and deliveries in this process until it is told to stop; raises StoreBusy.

    Where workers do the sweeping, pages and API alone.
    """
    import uvicorn

    from workflow.pulse import Listener
    from workflow.ticker import Ticker, nobody

    store = service.engine.store
    store.claim_service()
    if store.dialect == "sqlite":
        service.mailroom.take_back_claims()
    workers = Listener(store, service.engine.pace)
    alone = Ticker(service.engine, others_at_work=workers.others_at_work if store.dialect == "postgresql" else nobody)
    ticker = None if service.settings.workers else alone
    since = ticker.seconds_since if ticker else workers.seconds_since
    app = web_app(service, seconds_since_sweep=since, demo_accounts=demo_accounts)
    if ticker:
        ticker.start()
    try:
        uvicorn.run(app, host=host, port=port, log_config=None, access_log=False, server_header=False)
    finally:
        if ticker:
            ticker.stop()


def work(service: Service, *, concurrency: int) -> None:
    """Sweep and deliver beside other workers on PostgreSQL until told to stop; raises WorkersNeedPostgresql."""
    from workers.refused import WorkersNeedPostgresql
    from workflow.anchor_files import AnchorFile
    from workflow.clock_watch import ClockWatch

    if service.engine.store.dialect != "postgresql":
        raise WorkersNeedPostgresql
    from workers.hands import Hands
    from workers.worker import Worker

    anchors, clocks = AnchorFile(service.settings.anchors_at), ClockWatch(service.engine.store)
    hands = Hands(service.engine, service.mailroom, anchors, clocks)
    Worker(service.settings.database_url, hands, concurrency=concurrency).run()


def web_app(
    service: Service, *, seconds_since_sweep: Callable[[], float], demo_accounts: Sequence[SampleAccount] = ()
) -> FastAPI:
    """API and pages over a service; ``demo_accounts`` are shown with their passwords on the sign-in page."""
    from web import pages
    from web.app import create_app
    from workflow.patience import Patience

    settings, secret = service.settings, service.settings.secret()
    engine = replace(service.engine, patience=Patience(settings.request_seconds))
    app = create_app(
        engine, secret=secret, base_url=settings.base_url, seconds_since_sweep=seconds_since_sweep,
        spans=settings.spans,
    )  # fmt: skip
    pages.add_to(
        app, engine, secret=secret, base_url=settings.base_url, contact=settings.office_contact,
        demo_accounts=demo_accounts, channels_open=service.mailroom.channels.names, groups=len(settings.office_urls),
        identity=service.mailroom.channels.identity, oidc=_oidc(settings), anchors_at=settings.anchors_at,
    )  # fmt: skip
    return app


def _oidc(settings: Settings) -> Oidc | None:
    from web.oidc import Oidc

    if settings.oidc_client_secret is None:
        return None
    secret = settings.oidc_client_secret.get_secret_value()
    return Oidc(settings.oidc_issuer, settings.oidc_client_id, secret, settings.oidc_claim, settings.oidc_title)


def _channels(settings: Settings) -> Channels:
    from notifier.channels import ChannelUrlRefused, open_channels
    from settings import SettingsRefused

    mail, wecom = (one.get_secret_value() if one else None for one in (settings.mail_url, settings.wecom_url))
    try:
        return open_channels(mail, wecom, [one.get_secret_value() for one in settings.office_urls])
    except ChannelUrlRefused as refused:
        raise SettingsRefused(reason=str(refused)) from None


def set_up_logging() -> None:
    """One JSON line per event on standard error; what may hold a token is redacted."""
    import re

    import structlog

    token = re.compile(r"/s/[A-Za-z0-9_-]{20,}")

    def redact(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        return {key: token.sub("/s/…", value) if isinstance(value, str) else value for key, value in event.items()}

    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        redact,
    ]
    line = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(processors=[*shared, line], logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    # What the libraries log comes out the same way.
    strip = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, structlog.stdlib.PositionalArgumentsFormatter()],
            processors=[strip, *shared, line],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
