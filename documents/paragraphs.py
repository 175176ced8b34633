"""Reads a Word document in a process of its own: .docx on stdin, its headings, paragraphs and tables as JSON on stdout.

A document is XML that may unpack to far more than it weighs, so it is parsed apart, under limits of memory and
processor time, and never in the service. Only text is taken: what is embedded or runs is never opened. Run as a
script by ``documents.previews``; imports nothing of ours.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
from collections.abc import Iterator
from typing import Any, TypedDict

import docx

_MEMORY = 384 * 1024 * 1024
_SECONDS = 20
#: Signs handed back; what is beyond them is told to be cut.
_MOST = 2_000_000
_MOST_BLOCKS = 20_000

#: Exit statuses beside 0; any other means that a limit or a crash ended the process.
UNREADABLE, TOO_LARGE = 4, 5

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: Word writes a drawing a second time for old readers; taking both would say everything in it twice.
_AGAIN = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_NOT_SHOWN = {
    f"{_W}drawing": "图片或图形",
    f"{_W}pict": "图片或图形",
    f"{_W}object": "嵌入对象",
    f"{_W}footnoteReference": "脚注",
    f"{_W}endnoteReference": "尾注",
    f"{_W}commentReference": "批注",
    f"{_W}del": "修订中删除的文字",
    f"{_W}ins": "修订中增加的文字（已一并显示）",
    f"{_W}numPr": "自动编号",
}


class Block(TypedDict):
    """A heading of some level, a paragraph (level 0), or the rows of a table."""

    level: int
    text: str
    rows: list[list[str]]


class Paper(TypedDict):
    """The blocks in their order, what of the original is not in them, and whether the end is missing."""

    blocks: list[Block]
    missing: list[str]
    cut: bool


def read(content: bytes) -> Paper:
    """The text of a document, content controls, text boxes and tracked insertions included."""
    document = docx.Document(io.BytesIO(content))
    levels = {style.style_id: _level(style.name or "") for style in document.styles if style.style_id}
    blocks: list[Block] = []
    weight = 0
    for element in _blocks(document.element.body):
        block = _table(element) if element.tag == f"{_W}tbl" else _paragraph(element, levels)
        weight += 1 + len(block["text"]) + sum(1 + len(cell) for row in block["rows"] for cell in row)
        if weight > _MOST or len(blocks) >= _MOST_BLOCKS:
            return {"blocks": blocks, "missing": _missing(document), "cut": True}
        if block["text"].strip() or block["rows"]:
            blocks.append(block)
    return {"blocks": blocks, "missing": _missing(document), "cut": False}


def _blocks(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables in their order, also those inside content controls."""
    for child in parent:
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins"):
            yield from _blocks(child)


def _paragraph(element: Any, levels: dict[str, int]) -> Block:
    style = element.find(f"{_W}pPr/{_W}pStyle")
    level = levels.get(style.get(f"{_W}val"), 0) if style is not None else 0
    return {"level": level, "text": _text(element).strip("\n"), "rows": []}


def _table(element: Any) -> Block:
    rows = []
    for row in _within(element, f"{_W}tr"):
        cells = ["\n".join(filter(None, map(_text, _blocks(cell)))) for cell in _within(row, f"{_W}tc")]
        rows.append(cells)
    return {"level": 0, "text": "", "rows": rows}


def _within(parent: Any, tag: str) -> Iterator[Any]:
    """The rows of a table or the cells of a row, not those of a table inside."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins"):
            yield from _within(child, tag)


def _text(element: Any) -> str:
    """The words of an element: deleted ones have a tag of their own, so they are left out."""
    said: list[str] = []
    _gather(element, said)
    return "".join(said)


def _gather(element: Any, said: list[str]) -> None:
    for child in element:
        if child.tag == f"{_W}t":
            said.append(child.text or "")
        elif child.tag in (f"{_W}tab", f"{_W}ptab"):
            said.append("\t")
        elif child.tag in (f"{_W}br", f"{_W}cr"):
            said.append("\n")
        elif child.tag == f"{_W}noBreakHyphen":
            said.append("-")
        elif child.tag not in (_AGAIN, f"{_W}pPr", f"{_W}rPr"):
            _gather(child, said)
            if child.tag in (f"{_W}p", f"{_W}tr"):
                said.append("\n")


def _missing(document: Any) -> list[str]:
    """What the original has that its words do not show, in Chinese, each once."""
    found = {_NOT_SHOWN[one.tag]: None for one in document.element.body.iter(*_NOT_SHOWN)}
    for section in document.sections:
        if any(part.text.strip() for part in (*section.header.paragraphs, *section.footer.paragraphs)):
            found["页眉页脚"] = None
    return list(found)


def _level(style: str) -> int:
    if style.lower() in ("title", "标题"):
        return 1
    found = _HEADING.match(style)
    return int(found[1]) if found else 0


def main() -> int:
    """Limits this process, reads, writes; gives the exit status. A crash leaves some other status."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        paper = read(sys.stdin.buffer.read())
    except (MemoryError, RecursionError):
        return TOO_LARGE
    except Exception:
        # Whatever the parser trips over, the file is what cannot be read.
        return UNREADABLE
    sys.stdout.buffer.write(json.dumps(paper).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
