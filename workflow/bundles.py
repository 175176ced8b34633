"""A definition with the parts it uses as one text, so that a running programme is pinned to all of it."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: A file of shared parts, below the definition's own folder.
PART_NAME = re.compile(r"(?:[a-z0-9][a-z0-9_-]*/)*[a-z0-9][a-z0-9_-]*\.yaml")

# A definition is one document, so a line that begins another one can only be ours.
_BEGINNING = "--- # uses: "


def bundled(text: str, parts: Mapping[str, str]) -> str:
    """The definition followed by its parts; a definition without parts is its own text."""
    if not parts:
        return text
    return "".join([_ended(text), *(f"{_BEGINNING}{name}\n{_ended(part)}" for name, part in sorted(parts.items()))])


def unbundled(text: str) -> tuple[str, dict[str, str]]:
    """The definition and its parts by name."""
    main, *parts = re.split(rf"^{re.escape(_BEGINNING)}", text, flags=re.MULTILINE)
    named = (part.partition("\n") for part in parts)
    return main, {name: part for name, _, part in named}


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"
