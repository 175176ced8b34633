"""The API's description of itself: the framework's, with problem documents where it would show its own errors."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from web.problems import FieldFault, Problem

_REF = "#/components/schemas/{model}"


def add_to(app: FastAPI) -> None:
    """Complete the description with the schemas that no endpoint names as its answer."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        schema = plain()
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            _, problem = models_json_schema(
                [(Problem, "serialization"), (FieldFault, "serialization")], ref_template=_REF
            )
            schemas |= problem["$defs"]
        return schema

    app.openapi = described  # type: ignore[method-assign]
