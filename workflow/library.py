"""Reads definition files, names every fault by file, line and column, pins versions by content hash."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as FilePath
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from workflow import soundness, yaml_text
from workflow.definition import Definition
from workflow.refusals import DefinitionRefused
from workflow.yaml_text import Path, Position, Reading, YamlRefused

#: What faults in the text of a running programme are named by.
PINNED = "(已启动的方案)"


@dataclass(frozen=True, order=True)
class Fault:
    """One fault of a definition file; line and column count from 1."""

    file: str
    line: int
    column: int
    code: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.code}: {self.text}"


class FaultyDefinition(DefinitionRefused):
    """方案定义有{count}处错误。"""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(count=len(faults))
        self.faults = faults

    @property
    def text(self) -> str:
        """The sentence and every fault under it."""
        return "\n".join([super().text, *map(str, self.faults)]) if hasattr(self, "faults") else super().text


@dataclass(frozen=True)
class Pinned:
    """A definition with the exact text it was read from; ``version`` is the text's SHA-256."""

    definition: Definition
    text: str
    version: str


def load(path: FilePath, *, cycle: int | None = None) -> Pinned:
    """Read a definition file; raises FaultyDefinition with all faults found."""
    try:
        data = path.read_bytes()
    except OSError:
        raise FaultyDefinition((Fault(str(path), 1, 1, "file-unreadable", "文件不存在或无法读取"),)) from None
    return parse(data, name=str(path), cycle=cycle)


def parse(data: bytes, *, name: str, cycle: int | None = None) -> Pinned:
    """Read a definition from bytes; ``cycle`` overrides the year that month-days are tried in."""
    reading = _reading(data, name)
    definition = _validated(reading, name)
    unsound = soundness.check(definition, cycle=cycle or definition.cycle)
    if unsound:
        raise FaultyDefinition(
            _sorted(_fault(name, reading.position(u.path, of_key=u.of_key), u.code, u.text) for u in unsound)
        )
    return Pinned(definition, data.decode("utf-8-sig"), hashlib.sha256(data).hexdigest())


@lru_cache(maxsize=64)
def pinned(text: str) -> Pinned:
    """The definition a running programme is pinned to.

    Its dates were checked in the cycle it was launched for, which may have a day that the year written in the
    text lacks, so only the shape is read again. Raises FaultyDefinition when the stored text was tampered with.
    """
    data = text.encode()
    return Pinned(_validated(_reading(data, PINNED), PINNED), text, hashlib.sha256(data).hexdigest())


def schema() -> str:
    """The JSON Schema of definition files, as stored in ``definitions/schema.json``."""
    return json.dumps(Definition.model_json_schema(by_alias=True), ensure_ascii=False, indent=2) + "\n"


def _reading(data: bytes, name: str) -> Reading:
    try:
        return yaml_text.read(data)
    except YamlRefused as refused:
        raise FaultyDefinition((_fault(name, refused.position, refused.code, refused.text),)) from None


def _validated(reading: Reading, name: str) -> Definition:
    if not isinstance(reading.value, dict):
        raise FaultyDefinition((Fault(name, 1, 1, "not-a-mapping", "文件最外层须是“键: 值”的形式"),))
    try:
        return Definition.model_validate(reading.value)
    except ValidationError as fault:
        raise FaultyDefinition(_sorted(_of_pydantic(name, reading, one) for one in fault.errors())) from None


def _sorted(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    first: dict[tuple[int, int], Fault] = {}
    for fault in faults:
        first.setdefault((fault.line, fault.column), fault)
    return tuple(sorted(first.values()))


def _fault(name: str, position: Position, code: str, text: str) -> Fault:
    # What was written is quoted in the text, and a fault is one line.
    return Fault(name, position.line, position.column, code, " ".join(text.split()))


def _of_pydantic(name: str, reading: Reading, error: ErrorDetails) -> Fault:
    path: Path = tuple(error["loc"])
    kind = error["type"]
    if kind == "missing":
        around = reading.position(path[:-1], of_key=True)
        return _fault(name, around, "key-missing", f"缺少必写的键“{path[-1]}”")
    if kind == "extra_forbidden":
        text = f"不认识的键“{_shown(path[-1])}”{_suggestion(str(path[-1]), path[:-1])}"
        return _fault(name, reading.position(path, of_key=True), "unknown-key", text)
    code, text = _explained(error)
    if path[-1:] == ("[key]",):
        return _fault(name, reading.position(path[:-1], of_key=True), code, text)
    return _fault(name, reading.position(path), code, text)


def _explained(error: ErrorDetails) -> tuple[str, str]:
    given = _shown(error.get("input"))
    context = error.get("ctx", {})
    match error["type"]:
        case "value_error":
            return "value-refused", str(context["error"])
        case "literal_error":
            expected = str(context["expected"]).replace(" or ", "、").replace(", ", "、").replace("'", "")
            return "value-unknown", f"“{given}”不可用，只能写：{expected}"
        case "string_type" | "string_sub_type":
            return "not-text", f"“{given}”须是文字（可加引号）"
        case "string_too_short" | "too_short":
            return "empty", "不能为空"
        case "string_too_long" | "too_long":
            return "too-long", f"太长，最多{context.get('max_length', '')}"
        case "int_type" | "int_parsing" | "int_from_float":
            return "not-a-number", f"“{given}”须是整数"
        case "bool_type" | "bool_parsing":
            return "not-true-false", f"“{given}”须是 true 或 false"
        case "dict_type" | "model_type" | "model_attributes_type":
            return "not-a-mapping", f"“{given}”须写成“键: 值”的形式"
        case "list_type" | "tuple_type":
            return "not-a-list", f"“{given}”须写成列表"
        case kind if kind.startswith(("date", "time")):
            return "date-refused", f"“{given}”不是正确的日期或时间"
        case kind if kind.startswith(("greater", "less")):
            return "out-of-range", f"“{given}”超出允许的范围"
    return "value-refused", f"“{given}”不正确"


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:40] + "…"


def _suggestion(key: str, parent: Path) -> str:
    known = {name for model in _models() for name in _written_names(model)}
    near = difflib.get_close_matches(key, sorted(known), n=1, cutoff=0.7)
    return f"，是否想写“{near[0]}”？" if near else ""


def _written_names(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


@lru_cache(maxsize=1)
def _models() -> tuple[type[BaseModel], ...]:
    found: list[type[BaseModel]] = []

    def walk(kind: object) -> None:
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in found:
            found.append(kind)
            for field in kind.model_fields.values():
                walk(field.annotation)
        for inner in get_args(kind):
            walk(inner)

    walk(Definition)
    return tuple(found)
