"""Reads definition files, names every fault by file, line and column, pins versions by content hash."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as FilePath
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from workflow import bundles, soundness, yaml_text
from workflow.definition import Definition, SharedParts
from workflow.refusals import DefinitionRefused
from workflow.yaml_text import Path, Plain, Position, Reading, YamlRefused

_Model = TypeVar("_Model", bound=BaseModel)

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
    """Read a definition file and the parts it uses; raises FaultyDefinition with all faults found."""
    data = _read(path, str(path))
    return parse(data, name=str(path), cycle=cycle, part_of=lambda name: (path.parent / name).read_bytes())


def parse(data: bytes, *, name: str, cycle: int | None = None, part_of: Callable[[str], bytes] | None = None) -> Pinned:
    """Read a definition from bytes; ``cycle`` overrides the year that month-days are tried in.

    ``part_of`` reads a file of shared parts by the name the definition gives it.
    """
    reading = _reading(data, name)
    texts = {used: _part(used, name, reading, part_of) for used in _used(reading)}
    definition = _whole(reading, texts, name)
    unsound = soundness.check(definition, cycle=cycle or definition.cycle)
    if unsound:
        raise FaultyDefinition(
            _sorted(_fault(name, reading.position(u.path, of_key=u.of_key), u.code, u.text) for u in unsound)
        )
    text = bundles.bundled(data.decode("utf-8-sig"), texts)
    return Pinned(definition, text, hashlib.sha256(text.encode()).hexdigest())


@lru_cache(maxsize=64)
def pinned(text: str) -> Pinned:
    """The definition a running programme is pinned to.

    Its dates were checked in the cycle it was launched for, which may have a day that the year written in the
    text lacks, so only the shape is read again. Raises FaultyDefinition when the stored text was tampered with.
    """
    main, texts = bundles.unbundled(text)
    definition = _whole(_reading(main.encode(), PINNED), texts, PINNED)
    return Pinned(definition, text, hashlib.sha256(text.encode()).hexdigest())


def schema() -> str:
    """The JSON Schema of definition files, as stored in ``definitions/schema.json``."""
    return json.dumps(Definition.model_json_schema(by_alias=True), ensure_ascii=False, indent=2) + "\n"


def _reading(data: bytes, name: str) -> Reading:
    try:
        return yaml_text.read(data)
    except YamlRefused as refused:
        raise FaultyDefinition((_fault(name, refused.position, refused.code, refused.text),)) from None


def _read(path: FilePath, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise FaultyDefinition((Fault(name, 1, 1, "file-unreadable", "文件不存在或无法读取"),)) from None


def _used(reading: Reading) -> tuple[str, ...]:
    """The names under ``uses``, as far as they are names; anything else is the model's to refuse."""
    uses = reading.value.get("uses") if isinstance(reading.value, dict) else None
    return tuple(dict.fromkeys(one for one in uses if isinstance(one, str))) if isinstance(uses, list) else ()


def _part(used: str, name: str, reading: Reading, part_of: Callable[[str], bytes] | None) -> str:
    if not bundles.PART_NAME.fullmatch(used):
        text = f"“{_shown(used)}”不是共用部分的文件名，请写成 parts/ladders.yaml，且在本文件所在目录之下"
        raise FaultyDefinition((_fault(name, reading.position(("uses",)), "part-refused", text),))
    try:
        if part_of is None:
            raise FileNotFoundError(used)
        return part_of(used).decode("utf-8-sig", errors="replace")
    except OSError:
        where = reading.position(("uses", _used(reading).index(used)))
        text = f"共用部分“{used}”不存在或无法读取，路径从本文件所在目录算起"
        raise FaultyDefinition((_fault(name, where, "file-unreadable", text),)) from None


def _whole(reading: Reading, texts: Mapping[str, str], name: str) -> Definition:
    """The definition with the parts it uses put in; what both define is refused."""
    if not isinstance(reading.value, dict):
        raise FaultyDefinition((Fault(name, 1, 1, "not-a-mapping", "文件最外层须是“键: 值”的形式"),))
    merged: dict[str, Plain] = dict(reading.value)
    for used, text in texts.items():
        part = _reading(text.encode(), used)
        _model(SharedParts, part, part.value, used)
        assert isinstance(part.value, dict)
        for section, entries in part.value.items():
            merged[section] = _merged(reading, (section, merged.get(section, {}), entries), name, used)
    return _model(Definition, reading, merged, name)


def _merged(reading: Reading, what: tuple[str, Plain, Plain], name: str, used: str) -> Plain:
    section, own, entries = what
    if not isinstance(own, dict) or not isinstance(entries, dict):
        return own
    both = sorted(set(own) & set(entries))
    if both:
        text = f"“{both[0]}”在“{used}”中已经定义"
        where = reading.position((section, both[0]), of_key=True)
        raise FaultyDefinition((_fault(name, where, "defined-twice", text),))
    return {**entries, **own}


def _model(model: type[_Model], reading: Reading, value: Plain, name: str) -> _Model:
    if not isinstance(value, dict):
        raise FaultyDefinition((Fault(name, 1, 1, "not-a-mapping", "文件最外层须是“键: 值”的形式"),))
    try:
        return model.model_validate(value)
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
        case "decimal_type" | "decimal_parsing":
            return "not-a-number", f"“{given}”须是数字，单位写在 unit"
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
    if isinstance(value, (dict, list)):
        return "此处所写"
    text = str(value)
    return text if len(text) <= 40 else text[:40] + "…"


def _suggestion(key: str, parent: Path) -> str:
    known = {name for model in _models() for name in _written_names(model)} - {key}
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
