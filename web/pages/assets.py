"""The style sheets and the icon: a few files, read once, kept by browsers as long as their address holds."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from web.rendering import STATIC_FOLDER, asset
from workflow.refusals import NotFound

#: An address with the hash of the content means that content for ever.
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class File:
    """One file as it is sent."""

    data: bytes
    media_type: str
    version: str


def router() -> APIRouter:
    """``/static/{name}``."""
    routes = APIRouter(include_in_schema=False)
    files = {path.name: _file(path.name) for path in sorted(STATIC_FOLDER.iterdir()) if path.is_file()}

    @routes.get("/static/{name}")
    def static(name: str, v: str = "") -> Response:
        found = files.get(name)
        if found is None:
            raise NotFound
        kept = FOREVER if v == found.version else "no-cache"
        return Response(found.data, media_type=found.media_type, headers={"Cache-Control": kept})

    return routes


def _file(name: str) -> File:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return File((STATIC_FOLDER / name).read_bytes(), media_type, asset(name).partition("?v=")[2])
