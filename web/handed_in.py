"""Files that the office hands in, read: definitions, rosters, ledgers of tasks, each with every fault it has."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from fastapi import UploadFile

from documents import ledgers, rosters
from documents.sheets import WorkbookRefused as WorkbookRefused
from workflow import bundles, library, posts, roster_merges, shelf
from workflow.acts import Act
from workflow.calendars import DayRule, parse_year
from workflow.drafts import LARGEST, File
from workflow.launching import Wanted
from workflow.library import Pinned
from workflow.roster import Roster
from workflow.roster_merges import Mode
from workflow.tasks import sheet_rows, writing

#: Longest definition, in bytes.
LARGEST_DEFINITION = 2 * 1024 * 1024

_ENCODINGS = ("utf-8-sig", "gb18030")


def of_upload(upload: UploadFile | None) -> File | None:
    """An uploaded file, None where nothing was chosen; a byte more than is allowed tells that there is more."""
    if upload is None or not (upload.filename or "").strip():
        return None
    return File(upload.filename or "", upload.file.read(LARGEST + 1))


def definition(file: File, *, cycle: int | None = None, parts: Callable[[str], bytes] = shelf.part) -> Pinned:
    """A definition handed in; shared parts come from the definitions that are here. Raises FaultyDefinition."""
    if len(file.data) > LARGEST_DEFINITION:
        fault = library.Fault(file.name, 1, 1, "too-long", "文件超过2MB，不像是方案定义")
        raise library.FaultyDefinition((fault,))
    return library.parse(file.data, name=file.name, cycle=cycle, part_of=parts)


def parts_of(running: str) -> Callable[[str], bytes]:
    """The shared parts of a running programme's text, and those that are here beside it."""
    _, own = bundles.unbundled(running)
    return lambda name: own[name].encode() if name in own else shelf.part(name)


def roster(file: File) -> Roster:
    """A roster handed in as a workbook; raises RosterRefused."""
    return rosters.read_workbook(file.data, name=file.name)


def with_tasks(act: Act, pinned: Pinned, ledger: File, *, cycle: int) -> Pinned:
    """A definition with the tasks of a ledger, names looked up as this act sees the roster.

    Raises LedgerRefused, FaultyDefinition.
    """
    with tempfile.TemporaryDirectory() as folder:
        suffix = Path(ledger.name).suffix.lower()
        path = Path(folder) / f"ledger{suffix if suffix == '.csv' else '.xlsx'}"
        path.write_bytes(ledger.data)
        tasks = ledgers.read(path)
    known = posts.directory(act.session)
    names = sheet_rows.names_of(
        Roster(known.units(), known.people(), known.posts(), known.supervision()), (), pinned.definition
    )
    sheet_rows.require_sound(tasks, names)
    return writing.composed(pinned.text, tasks, name=ledger.name, cycle=cycle)


def holidays(file: File) -> tuple[int, tuple[DayRule, ...]]:
    """A year's 放假安排 as CSV in UTF-8 or GB18030; raises CalendarFault, WorkbookRefused."""
    for encoding in _ENCODINGS:
        try:
            text = file.data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return parse_year(text)
    raise WorkbookRefused(file.name, "unknown-encoding")


def launch_of(
    act: Act, pinned: Pinned, cycle: int, *, roster_file: File | None, ledger: File | None, mode: Mode
) -> Wanted:
    """What is to be launched, read from what was handed in; raises RosterRefused, LedgerRefused, FaultyDefinition.

    From here on this reading act sees people as the roster would have them.
    """
    people = None if roster_file is None else roster(roster_file)
    if people is not None:
        before = posts.export(act.session)
        roster_merges.require_sound(before, people, mode)
        posts.suppose(act.session, roster=roster_merges.merged(before, people, mode))
    if ledger is not None:
        pinned = with_tasks(act, pinned, ledger, cycle=cycle)
    return Wanted(pinned, cycle, people, mode)
