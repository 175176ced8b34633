"""Files handed to a browser: saved under their own name, never shown inside our origin."""

from __future__ import annotations

import re
from urllib.parse import quote

from fastapi.responses import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def disposition(name: str) -> str:
    """The header that makes a browser save a file under its name, Chinese included (RFC 6266, RFC 8187)."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def download(data: bytes, name: str, media_type: str) -> Response:
    """A file as a download, whatever it claims to be."""
    headers = {"Content-Disposition": disposition(name), "X-Content-Type-Options": "nosniff"}
    return Response(data, media_type=media_type, headers=headers)


def picture(png: bytes) -> Response:
    """A PNG of ours, for an image on a page."""
    return Response(png, media_type="image/png", headers={"X-Content-Type-Options": "nosniff"})
