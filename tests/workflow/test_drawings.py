"""A drawn signature is a small picture and nothing else."""

from __future__ import annotations

import zlib

import pytest

from tests.workflow.drawn import part, png, rows, url
from workflow import drawings
from workflow.refusals import DecisionIncomplete


def test_a_drawing_is_kept_as_it_came() -> None:
    assert drawings.read(url(png())) == png()
    assert drawings.read(url(png(between=part(b"sRGB", b"\x00")))) == png(between=part(b"sRGB", b"\x00"))


def test_nothing_drawn_is_no_signature() -> None:
    assert drawings.read("") == b""
    assert drawings.read(url(png(pixels=rows(60, 24, ink=b"\x00" * 4)))) == b""


@pytest.mark.parametrize(
    "given",
    [
        "一些文字",
        "data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=",
        "data:image/png;base64,不是",
        "data:image/png;base64,",
        url(b"\xff\xd8\xff\xe0 a JPEG under another name"),
        url(png()[:-5]),
        url(png().replace(b"IEND", b"IENE")),
        url(png(after=b"<script>alert(1)</script>")),
        url(png(between=part(b"tEXt", b"Comment\x00hidden"))),
        url(png(between=part(b"iCCP", b"profile"))),
        url(png(2001, 10)),
        url(png(10, 1201)),
        url(png(0, 10, pixels=b"")),
        url(png(depth=16)),
        url(png(pixels=rows(60, 23))),
        url(png(pixels=rows(60, 25))),
        url(b"\x89PNG\r\n\x1a\n" + part(b"IDAT", zlib.compress(rows(60, 24))) + part(b"IEND", b"")),
    ],
)
def test_anything_but_a_small_drawing_is_refused(given: str) -> None:
    with pytest.raises(DecisionIncomplete) as refused:
        drawings.read(given)
    assert refused.value.facts["field"] == "drawn" and "手写签名" in refused.value.text


def test_more_than_64_kilobytes_are_refused_unread() -> None:
    heavy = url(png(between=part(b"pHYs", b"\x00" * drawings.LONGEST)))
    with pytest.raises(DecisionIncomplete):
        drawings.read(heavy)


def test_a_file_that_unpacks_to_far_more_than_it_says_is_refused_early() -> None:
    bomb = png(pixels=b"\x00" * 40_000_000)
    assert len(url(bomb)) < drawings.LONGEST
    with pytest.raises(DecisionIncomplete):
        drawings.read(url(bomb))
