"""The definitions that came with the programme: what they are called, what they need, and samples to fill in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from workflow import library
from workflow.definition import Definition
from workflow.library import FaultyDefinition, Pinned
from workflow.refusals import NotFound

#: Where definitions are kept, with ``rosters`` and ``ledgers`` beside them.
FOLDER = Path(__file__).parent.parent / "definitions"


@dataclass(frozen=True)
class Shelved:
    """One definition of the folder; ``cycle`` is the year written in it, ``faults`` how many things are wrong."""

    name: str
    title: str
    document: str = ""
    cycle: int | None = None
    obligations: int = 0
    takes_tasks: bool = False
    roster: Path | None = None
    ledger: Path | None = None
    faults: int = 0


def every(folder: Path = FOLDER) -> tuple[Shelved, ...]:
    """Every definition of a folder by its file's name; one that is faulty is listed with its faults counted."""
    return tuple(_shelved(folder, path) for path in sorted(folder.glob("*.yaml")))


def named(name: str, folder: Path = FOLDER) -> Shelved:
    """The definition of a name; raises NotFound."""
    found = next((path for path in folder.glob("*.yaml") if path.stem == name), None)
    if found is None:
        raise NotFound
    return _shelved(folder, found)


def load(name: str, *, cycle: int | None = None, folder: Path = FOLDER) -> Pinned:
    """A definition by its name, its dates tried in a year; raises NotFound, FaultyDefinition."""
    return library.load(folder / f"{named(name, folder).name}.yaml", cycle=cycle)


def part(name: str, folder: Path = FOLDER) -> bytes:
    """A file of shared parts by the name a definition gives it, which was checked; raises OSError."""
    return (folder / name).read_bytes()


def takes_tasks(definition: Definition) -> bool:
    """Whether a ledger of tasks belongs to a definition: it plans them, has some, or has patterns for them."""
    return bool(definition.planned or definition.tasks or definition.patterns)


def _shelved(folder: Path, path: Path) -> Shelved:
    return _read(folder, path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _read(folder: Path, path: Path, _changed: int) -> Shelved:
    """Reading a long definition takes a second, and the shelf is looked at often."""
    try:
        definition = library.load(path).definition
    except FaultyDefinition as faulty:
        return Shelved(path.stem, path.stem, faults=len(faulty.faults))
    beside = [folder / kind / f"{path.stem}.xlsx" for kind in ("rosters", "ledgers")]
    roster, ledger = (one if one.is_file() else None for one in beside)
    return Shelved(
        path.stem, definition.title, definition.source.document, definition.cycle, len(definition.obligations),
        takes_tasks(definition), roster, ledger,
    )  # fmt: skip
