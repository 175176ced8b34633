"""Kinds of files a form may ask for: how their names end and how their first bytes look.

An office file of today is a ZIP archive, one of before 2007 (and of WPS) an OLE compound file; what is inside them is
looked at too. A form that names no kinds takes every kind that is known here, and tables or texts without layout.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflow.definition import FileKind
from workflow.forms import packages
from workflow.refusals import AttachmentRefused

_ZIP, _OLE = (packages.ZIP,), (packages.OLE,)
#: A PDF may have some bytes before its header (ISO 32000-1, annex H.3.4.1).
_PDF_HEADER_WITHIN = 1024
#: How programs of Windows, Linux and macOS and scripts begin, whatever else the file may pass for.
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
_PLAIN = (".csv", ".txt")
_UNKNOWN = "不接受这种文件；可以上传 PDF、OFD、Word、Excel、PowerPoint、WPS 文件，图片，CSV 或文本文件，ZIP 压缩包"


@dataclass(frozen=True)
class Kind:
    """A kind of file: what people call it, the endings of its name, how it may start.

    ``main`` is how the path of its main part begins where it is a ZIP archive of parts.
    """

    title: str
    endings: tuple[str, ...]
    starts: tuple[bytes, ...]
    main: str | None = None


KINDS: dict[FileKind, Kind] = {
    "pdf": Kind("PDF", (".pdf",), (b"%PDF",)),
    "ofd": Kind("OFD", (".ofd",), _ZIP, "ofd."),
    "doc": Kind("Word", (".doc",), _OLE),
    "docx": Kind("Word", (".docx",), _ZIP, "word/document"),
    "wps": Kind("WPS 文字", (".wps",), (*_OLE, *_ZIP), "word/document"),
    "xls": Kind("Excel", (".xls",), _OLE),
    "xlsx": Kind("Excel", (".xlsx",), _ZIP, "xl/workbook"),
    "et": Kind("WPS 表格", (".et",), (*_OLE, *_ZIP), "xl/workbook"),
    "ppt": Kind("PowerPoint", (".ppt",), _OLE),
    "pptx": Kind("PowerPoint", (".pptx",), _ZIP, "ppt/presentation"),
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
    """Raises AttachmentRefused for a file of another kind, by its name or its content, and for a dangerous one."""
    fitting = [KINDS[kind] for kind in accepted or KINDS if name.lower().endswith(KINDS[kind].endings)]
    if not fitting and not accepted and name.lower().endswith(_PLAIN):
        if b"\0" in data:
            raise AttachmentRefused(reason="文件内容不是文字，请重新导出")
        return
    if not fitting:
        raise AttachmentRefused(reason=f"只接受{named(accepted)}文件" if accepted else _UNKNOWN)
    stranger = f"文件名是 {fitting[0].endings[0]}，内容却不是{fitting[0].title}文件，请重新导出"
    if data.startswith(packages.OLE) and packages.ole_fault(data) == packages.ENCRYPTED:
        raise AttachmentRefused(reason=packages.ENCRYPTED)
    kind = next((one for one in fitting if _starts(one, data)), None)
    if fault := stranger if kind is None else _inside(kind, data, stranger):
        raise AttachmentRefused(reason=fault)


def _inside(kind: Kind, data: bytes, stranger: str) -> str | None:
    if data.startswith(_PROGRAMS):
        return "文件是可执行程序，不能接收"
    if data.startswith(packages.ZIP) and packages.ZIP in kind.starts:
        return packages.zip_fault(data, main=kind.main, stranger=stranger)
    return packages.ole_fault(data) if data.startswith(packages.OLE) else None


def _starts(kind: Kind, data: bytes) -> bool:
    if kind.title == "PDF":
        return kind.starts[0] in data[:_PDF_HEADER_WITHIN]
    return data.startswith(kind.starts)
