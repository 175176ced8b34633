"""YAML 1.2 read into plain values with the position of every key and value.

Duplicate keys, anchors, aliases, tags, more than one document, nesting deeper than 20 and files over 256 KB
are refused with a position, before any value is built.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StreamMark, YAMLError
from ruamel.yaml.events import AliasEvent, DocumentStartEvent, NodeEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20

T = TypeVar("T")
Path: TypeAlias = tuple[str | int, ...]
Plain: TypeAlias = "bool | int | float | str | date | list[Plain] | dict[str, Plain] | None"


@dataclass(frozen=True)
class Position:
    """Line and column, both counted from 1."""

    line: int
    column: int


class YamlRefused(Exception):
    """A text that is no acceptable YAML; carries position, English code and Chinese text."""

    def __init__(self, position: Position, code: str, text: str) -> None:
        super().__init__(text)
        self.position, self.code, self.text = position, code, text


@dataclass
class Reading:
    """The plain value of a document and where its parts stand."""

    value: Plain = None
    values: dict[Path, Position] = field(default_factory=dict)
    keys: dict[Path, Position] = field(default_factory=dict)

    def position(self, path: Path, *, of_key: bool = False) -> Position:
        """The position of a path, or of the nearest part around it that is written in the file."""
        if of_key and path in self.keys:
            return self.keys[path]
        for end in range(len(path), -1, -1):
            if path[:end] in self.values:
                return self.values[path[:end]]
        return Position(1, 1)


def read(data: bytes) -> Reading:
    """Parse one document; raises YamlRefused."""
    if len(data) > MAX_BYTES:
        raise YamlRefused(Position(1, 1), "file-too-large", f"文件超过{MAX_BYTES // 1024}KB")
    text = _decode(data)
    _refuse_events(text)
    node = _guarded(lambda: _parser().compose(text), near=Position(1, 1))
    if node is None:
        raise YamlRefused(Position(1, 1), "file-empty", "文件是空的")
    reading = Reading()
    reading.value = _build(node, (), reading)
    return reading


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
        column = fault.start - (data.rfind(b"\n", 0, fault.start) + 1) + 1
        raise YamlRefused(Position(line, column), "not-utf8", "文件不是 UTF-8 编码") from None


def _parser() -> YAML:
    return YAML(typ="safe", pure=True)


def _guarded(act: Callable[[], T], *, near: Position) -> T:
    try:
        return act()
    except MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        raise YamlRefused(_position(mark), "yaml-syntax", _syntax_text(str(fault.problem))) from None
    except (YAMLError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError, AssertionError):
        # The parser lets Python's own errors out of strange escapes and directives.
        raise YamlRefused(near, "yaml-syntax", "YAML 语法错误：含有不能使用的字符") from None


def _syntax_text(problem: str) -> str:
    for sign, text in (
        ("\\t", "不能用制表符（Tab）缩进，请用空格"),
        ("quoted scalar", "引号没有成对"),
        ("mapping values are not allowed", "此处不能出现冒号，请检查缩进，或给文字加引号"),
        ("block end", "缩进不一致，或上一行没有写完"),
        ("expected ',' or", "括号没有成对，或缺少逗号"),
        ("could not find expected ':'", "缺少冒号"),
    ):
        if sign in problem:
            return f"YAML 语法错误：{text}"
    return "YAML 语法错误：请检查缩进、冒号和引号"


def _refuse_events(text: str) -> None:
    depth = documents = 0
    events, at = _parser().parse(text), Position(1, 1)
    while (event := _guarded(lambda: next(events, None), near=at)) is not None:
        at = _position(event.start_mark)
        if isinstance(event, AliasEvent):
            raise YamlRefused(at, "alias", "不允许使用别名（*名称），请把内容写全")
        if isinstance(event, NodeEvent) and event.anchor:
            raise YamlRefused(at, "anchor", "不允许使用锚点（&名称）")
        if getattr(event, "tag", None) is not None:
            raise YamlRefused(at, "tag", "不允许使用类型标记（!…）")
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise YamlRefused(at, "second-document", "一个文件只能写一个方案")
        name = type(event).__name__
        depth += name in ("MappingStartEvent", "SequenceStartEvent")
        depth -= name in ("MappingEndEvent", "SequenceEndEvent")
        if depth > MAX_DEPTH:
            raise YamlRefused(at, "too-deep", f"嵌套超过{MAX_DEPTH}层")


def _position(mark: StreamMark | None) -> Position:
    return Position(mark.line + 1, mark.column + 1) if mark is not None else Position(1, 1)


def _build(node: Node, path: Path, reading: Reading) -> Plain:
    reading.values[path] = _position(node.start_mark)
    if isinstance(node, MappingNode):
        return _mapping(node, path, reading)
    if isinstance(node, SequenceNode):
        return [_build(item, (*path, index), reading) for index, item in enumerate(node.value)]
    assert isinstance(node, ScalarNode)
    return _scalar(node)


def _mapping(node: MappingNode, path: Path, reading: Reading) -> dict[str, Plain]:
    built: dict[str, Plain] = {}
    for key_node, value_node in node.value:
        at = _position(key_node.start_mark)
        if not isinstance(key_node, ScalarNode):
            raise YamlRefused(at, "key-not-text", "键须是文字")
        key = str(key_node.value)
        if key in built:
            first = reading.keys[(*path, key)].line
            raise YamlRefused(at, "duplicate-key", f"键“{key}”重复，第{first}行已经写过")
        reading.keys[(*path, key)] = at
        built[key] = _build(value_node, (*path, key), reading)
    return built


def _scalar(node: ScalarNode) -> Plain:
    text = str(node.value)
    kind = str(node.tag).rpartition(":")[2]
    try:
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        if kind == "int":
            return int(text.replace("_", ""), 0)
        if kind == "float":
            return float(text.replace("_", ""))
        if kind == "timestamp" and len(text) == 10:
            return date.fromisoformat(text)
    except ValueError:
        return text
    return text
