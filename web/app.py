"""The application: API, health and metrics over one engine, inside the shell of headers and limits."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from web import api, metrics, openapi, problems
from web.shell import Shell
from web.site import Site
from workflow.engine import Engine
from workflow.spans import USUAL, Spans

_ABOUT = """督办：谁在何时之前报送什么、由谁审签、卡在谁处。

认证：请求头 `Authorization: Bearer duban_…`（`duban token add` 打印的令牌），或网页登录后的会话。
用会话发出的修改请求须带请求头 `X-Duban-Form`。

列表一律为 `{items, total, next}`，`next` 作为下一页的 `cursor`。出错时返回 RFC 9457 问题文档。"""


def create_app(
    engine: Engine,
    *,
    secret: bytes,
    base_url: str,
    seconds_since_sweep: Callable[[], float],
    spans: Spans = USUAL,
) -> FastAPI:
    """The application; ``seconds_since_sweep`` tells the age of the last tick, ``base_url`` has no slash at its end.

    ``spans`` say how long sessions last.
    """
    registry = CollectorRegistry()
    site = Site(
        engine=engine,
        secret=secret,
        base_url=base_url.rstrip("/"),
        seconds_since_sweep=seconds_since_sweep,
        registry=registry,
        spans=spans,
    )
    # The documentation pages of the framework load scripts from elsewhere; the target network has no internet.
    app = FastAPI(
        title="督办 duban",
        description=_ABOUT,
        version="1",
        openapi_url=f"{api.PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.site = site
    registry.register(metrics.Figures(site))
    problems.add_to(app)
    for router in (*api.ROUTERS, metrics.router):
        app.include_router(router)
    openapi.add_to(app)
    app.add_middleware(Shell, requests=metrics.Requests(registry))
    return app
