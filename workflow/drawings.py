"""A signature drawn with the finger: a PNG as a browser's canvas makes it, looked through before it is kept.

It is shown again on pages and in documents, so nothing is taken that is more than a small picture: no text, no
profile, nothing behind the end, and no more pixels than its bytes may unpack to.
"""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from workflow.refusals import DecisionIncomplete

#: Characters of the whole data URL.
LONGEST = 64 * 1024
WIDEST, HIGHEST = 2000, 1200

_START = "data:image/png;base64,"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: What a canvas writes beside the picture: colour space, gamma and pixel size (PNG, third edition, 11.3).
_HARMLESS = frozenset({b"sRGB", b"gAMA", b"cHRM", b"pHYs", b"sBIT", b"cICP"})
#: Grey, colour, grey with alpha, colour with alpha, by their samples a pixel.
_SAMPLES = {0: 1, 2: 3, 4: 2, 6: 4}


@dataclass(frozen=True)
class _Size:
    width: int
    height: int
    samples: int

    @property
    def row(self) -> int:
        """The bytes of a row with its filter byte."""
        return 1 + self.width * self.samples

    @property
    def unpacked(self) -> int:
        """The bytes of all rows."""
        return self.height * self.row


def read(data_url: str) -> bytes:
    """The PNG of a data URL, empty for none; raises DecisionIncomplete for anything else than a small drawing."""
    if not data_url:
        return b""
    try:
        png = _decoded(data_url)
        if not _drawn(png):
            return b""
    except (ValueError, binascii.Error, struct.error, zlib.error):
        raise DecisionIncomplete(reason="手写签名无法识别，请清除后重新书写，或不签直接提交。", field="drawn") from None
    return png


def _decoded(data_url: str) -> bytes:
    if len(data_url) > LONGEST or not data_url.startswith(_START):
        raise ValueError
    return base64.b64decode(data_url.removeprefix(_START), validate=True)


def _drawn(png: bytes) -> bool:
    """Whether anything but an empty canvas; raises ValueError where it is not whole, or more than a picture."""
    parts = list(_parts(png))
    if len(parts) < 3 or parts[0][0] != b"IHDR" or parts[-1] != (b"IEND", b""):
        raise ValueError
    size, packed = _size(parts[0][1]), b""
    for kind, data in parts[1:-1]:
        if kind == b"IDAT":
            packed += data
        elif kind not in _HARMLESS:
            raise ValueError
    unpacking = zlib.decompressobj()
    rows = unpacking.decompress(packed, size.unpacked + 1)
    if len(rows) != size.unpacked or not unpacking.eof or unpacking.unused_data:
        raise ValueError
    # An empty canvas is zeros all over but for the byte before each row, which tells its filter.
    return any(any(rows[start + 1 : start + size.row]) for start in range(0, len(rows), size.row))


def _parts(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not png.startswith(_SIGNATURE):
        raise ValueError
    at = len(_SIGNATURE)
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        data = png[at + 8 : at + 8 + length]
        (said,) = struct.unpack_from(">I", png, at + 8 + length)
        if zlib.crc32(kind + data) != said:
            raise ValueError
        yield kind, data
        at += 12 + length


def _size(header: bytes) -> _Size:
    width, height, depth, colour, method, filtering, interlaced = struct.unpack(">IIBBBBB", header)
    if not 0 < width <= WIDEST or not 0 < height <= HIGHEST:
        raise ValueError
    if depth != 8 or colour not in _SAMPLES or method or filtering or interlaced:
        raise ValueError
    return _Size(width, height, _SAMPLES[colour])
