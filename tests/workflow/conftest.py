"""How the tests of the workflow log."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(scope="session", autouse=True)
def _log_without_frames() -> Iterator[None]:
    """What is set aside is logged; structlog's own way of drawing every local variable takes seconds."""
    renderers: list[structlog.typing.Processor] = [
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(),
    ]
    structlog.configure(processors=renderers, logger_factory=structlog.ReturnLoggerFactory())
    yield
    structlog.reset_defaults()
