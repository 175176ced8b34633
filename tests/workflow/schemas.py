"""As much of JSON Schema as our own schema uses; a keyword it does not know is a failure, not a pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

Schema = dict[str, Any]

TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}
SAID_ONLY = {"title", "description", "default", "$defs", "type"}


def misfits(schema: Schema, value: object) -> list[str]:
    """What of a plain value does not fit, as ``path: keyword``."""
    return list(_misfits(schema, value, schema, "$"))


def _misfits(schema: Schema, value: object, root: Schema, path: str) -> Iterator[str]:
    if "type" in schema and not _is(schema["type"], value):
        yield f"{path}: type"
        return
    for keyword, wanted in schema.items():
        if keyword not in SAID_ONLY:
            yield from _one(keyword, wanted, schema, value, root, path)


def _one(keyword: str, wanted: Any, schema: Schema, value: Any, root: Schema, path: str) -> Iterator[str]:
    match keyword:
        case "$ref":
            yield from _misfits(root["$defs"][wanted.removeprefix("#/$defs/")], value, root, path)
        case "anyOf":
            if all(list(_misfits(one, value, root, path)) for one in wanted):
                yield f"{path}: anyOf"
        case "properties":
            for name in wanted.keys() & value.keys():
                yield from _misfits(wanted[name], value[name], root, f"{path}.{name}")
        case "additionalProperties":
            for name in value.keys() - schema.get("properties", {}).keys():
                if wanted is False:
                    yield f"{path}.{name}: additionalProperties"
                elif isinstance(wanted, dict):
                    yield from _misfits(wanted, value[name], root, f"{path}.{name}")
        case "items":
            for number, one in enumerate(value):
                yield from _misfits(wanted, one, root, f"{path}[{number}]")
        case _:
            if not _fits(keyword, wanted, value):
                yield f"{path}: {keyword}"


def _fits(keyword: str, wanted: Any, value: Any) -> bool:
    match keyword:
        case "const":
            return bool(value == wanted)
        case "enum":
            return bool(value in wanted)
        case "required":
            return not set(wanted) - value.keys()
        case "pattern":
            return re.search(wanted, value) is not None
        case "minLength" | "minItems" | "minProperties":
            return bool(len(value) >= wanted)
        case "maxLength" | "maxItems" | "maxProperties":
            return bool(len(value) <= wanted)
        case "minimum":
            return bool(value >= wanted)
        case "maximum":
            return bool(value <= wanted)
        case "format" if wanted == "date":
            return bool(date.fromisoformat(value))
    raise AssertionError(f"unknown keyword {keyword}")


def _is(kind: str, value: object) -> bool:
    return isinstance(value, TYPES[kind]) and not (kind in ("integer", "number") and isinstance(value, bool))
