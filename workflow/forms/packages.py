"""Files that are packages: what is inside a ZIP archive or an OLE compound file, looked at before it is kept.

Nothing is parsed. An office file of today (ECMA-376, part 2) is read part by part for its size alone; one of before
2007 ([MS-CFB]) is only searched for the names that macros, embedded objects and passwords have in it.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LARGEST_UNPACKED = 200 * 1024 * 1024
MOST_PARTS = 5_000

DAMAGED = "文件已损坏，无法打开，请重新导出"
ENCRYPTED = "文件已加密，请取消打开密码后再传"
MACROS = "文件含有宏，请另存为不含宏的文件后再传"
EMBEDDED = "文件含有嵌入对象或控件，请删除后再传"
SWOLLEN = "文件解压后过大或内容异常"
PROGRAM = "压缩包中有可执行程序，不能接收"
STRAY = "文件内部的路径不正常，不能接收"

_CHUNK = 1024 * 1024
_TYPES = "[content_types].xml"
_OFFICE = (".docx", ".xlsx", ".pptx")
_PROGRAMS = (
    ".exe", ".dll", ".scr", ".com", ".msi", ".bat", ".cmd", ".ps1", ".vbs", ".vbe", ".js", ".jse", ".wsf", ".hta",
    ".lnk", ".jar", ".sh", ".docm", ".dotm", ".xlsm", ".xlam", ".pptm",
)  # fmt: skip
_IN_OLE = (("EncryptedPackage", ENCRYPTED), ("_VBA_PROJECT", MACROS), ("\x01Ole10Native", EMBEDDED))


def ole_fault(data: bytes) -> str | None:
    """Why a compound file is not taken, in Chinese; None for one that is."""
    return next((said for name, said in _IN_OLE if name.encode("utf-16-le") in data), None)


def zip_fault(data: bytes, *, main: str | None, stranger: str) -> str | None:
    """Why a ZIP archive is not taken, in Chinese; None for one that is.

    ``main`` is how the path of an office file's main part begins, ``stranger`` what is said where it has none.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _fault(package, main, stranger)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError):
        return DAMAGED


def _fault(package: zipfile.ZipFile, main: str | None, stranger: str) -> str | None:
    parts = package.infolist()
    names = [part.filename.lower().replace("\\", "/") for part in parts]
    if any(part.flag_bits & 0x1 for part in parts):
        return ENCRYPTED
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        return SWOLLEN
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        return DAMAGED
    if any(_strays(name) for name in names):
        return STRAY
    if any(name.endswith(_PROGRAMS) for name in names):
        return PROGRAM if main is None else EMBEDDED
    return _office_fault(names, main, stranger) or _unpacked(package, parts, office=main is not None)


def _strays(name: str) -> bool:
    return name.startswith("/") or name[1:2] == ":" or ".." in name.split("/")


def _office_fault(names: Sequence[str], main: str | None, stranger: str) -> str | None:
    if main is None:
        return None
    if not any(name.startswith(main) and name.endswith(".xml") for name in names):
        return stranger
    if main != "ofd." and _TYPES not in names:
        return stranger
    if any(name.rpartition("/")[2].startswith("vbaproject") or "/macrosheets/" in name for name in names):
        return MACROS
    embedded = (name for name in names if "/embeddings/" in name and not name.endswith(("/", *_OFFICE)))
    if any(embedded) or any("/activex/" in name or "/oleobject" in name for name in names):
        return EMBEDDED
    return None


def _unpacked(package: zipfile.ZipFile, parts: Sequence[zipfile.ZipInfo], *, office: bool) -> str | None:
    """Unpack every part once and keep nothing.

    zipfile stops at a part's declared size and then fails its checksum: what lies about its size is damaged.
    """
    for part in parts:
        with package.open(part) as stream:
            chunk = stream.read(_CHUNK)
            if chunk.startswith(OLE) and office:
                return EMBEDDED
            if part.filename.lower() == _TYPES and b"macroenabled" in chunk.lower():
                return MACROS
            while stream.read(_CHUNK):
                pass
    return None
