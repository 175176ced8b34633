"""Kinds of files a form may ask for: how their names end and how their first bytes look.

An office file of today is a ZIP archive, one of before 2007 (and of WPS) an OLE compound file; a renamed file of
another family is told by that, one of the same family is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflow.definition import FileKind
from workflow.refusals import AttachmentRefused

_ZIP, _OLE = (b"PK\x03\x04",), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
#: A PDF may have some bytes before its header (ISO 32000-1, annex H.3.4.1).
_PDF_HEADER_WITHIN = 1024


@dataclass(frozen=True)
class Kind:
    """A kind of file: what people call it, the endings of its name, how it may start."""

    title: str
    endings: tuple[str, ...]
    starts: tuple[bytes, ...]


KINDS: dict[FileKind, Kind] = {
    "pdf": Kind("PDF", (".pdf",), (b"%PDF-",)),
    "ofd": Kind("OFD", (".ofd",), _ZIP),
    "doc": Kind("Word", (".doc",), _OLE),
    "docx": Kind("Word", (".docx",), _ZIP),
    "wps": Kind("WPS 文字", (".wps",), (*_OLE, *_ZIP)),
    "xls": Kind("Excel", (".xls",), _OLE),
    "xlsx": Kind("Excel", (".xlsx",), _ZIP),
    "et": Kind("WPS 表格", (".et",), (*_OLE, *_ZIP)),
    "ppt": Kind("PowerPoint", (".ppt",), _OLE),
    "pptx": Kind("PowerPoint", (".pptx",), _ZIP),
    "jpg": Kind("JPG 图片", (".jpg", ".jpeg"), (b"\xff\xd8\xff",)),
    "png": Kind("PNG 图片", (".png",), (b"\x89PNG\r\n\x1a\n",)),
    "zip": Kind("ZIP 压缩包", (".zip",), _ZIP),
}


def endings(accepted: Sequence[FileKind]) -> tuple[str, ...]:
    """How the names of accepted files may end, as a browser's file picker takes it."""
    return tuple(ending for kind in accepted for ending in KINDS[kind].endings)


def named(accepted: Sequence[FileKind]) -> str:
    """The accepted kinds as people read them: Word（.docx）、PDF（.pdf）."""
    return "、".join(f"{KINDS[kind].title}（{KINDS[kind].endings[0]}）" for kind in accepted)


def check(accepted: Sequence[FileKind], *, name: str, data: bytes) -> None:
    """Raises AttachmentRefused for a file of another kind, by its name or by its first bytes."""
    if not accepted:
        return
    fitting = [KINDS[kind] for kind in accepted if name.lower().endswith(KINDS[kind].endings)]
    if not fitting:
        raise AttachmentRefused(reason=f"只接受{named(accepted)}文件")
    if not any(_starts(kind, data) for kind in fitting):
        raise AttachmentRefused(
            reason=f"文件名是 {fitting[0].endings[0]}，内容却不是{fitting[0].title}文件，请重新导出"
        )


def _starts(kind: Kind, data: bytes) -> bool:
    if kind.title == "PDF":
        return kind.starts[0] in data[:_PDF_HEADER_WITHIN]
    return data.startswith(kind.starts)
