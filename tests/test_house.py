"""Facts about the tree itself: what may not stand in it, and what must agree."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST = 300

ROOMS_WITHOUT_A_SUBJECT = {
    "util", "utils", "helper", "helpers", "manager", "managers", "common", "base", "misc",
}  # fmt: skip

LEFT_BEHIND = re.compile(r"\b(?:TO[D]O|FIX[M]E)\b|\braise NotImplemented[E]rror\b")

# Where packages come from is the installer's business, and no two machines have the same folders.
REGISTRY = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|debian\.org|unpkg\.com|jsdelivr\.net|/simpl[e]/|--index-ur[l]"
)
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:work|root|home|Users)/\w|\.\./shared\b|file:///\w")


def tracked() -> Iterator[Path]:
    """Every file that is or would be committed, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return (Path(name) for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())


def texts() -> Iterator[tuple[Path, str]]:
    """Every tracked file that is text."""
    for path in tracked():
        raw = (ROOT / path).read_bytes()
        if b"\0" not in raw:
            yield path, raw.decode()


def python_files() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py"]


def places(pattern: re.Pattern[str]) -> list[str]:
    """Where a pattern stands, as `file:line: what`."""
    return [
        f"{path}:{number}: {found.group()}"
        for path, text in texts()
        for number, line in enumerate(text.splitlines(), start=1)
        if (found := pattern.search(line))
    ]


def test_every_room_has_a_subject() -> None:
    rooms = {path: {*path.parent.parts, path.stem} for path in python_files()}
    assert not [path for path, names in rooms.items() if names & ROOMS_WITHOUT_A_SUBJECT]


def test_every_folder_of_python_is_a_package() -> None:
    """So that no two modules share a name: pytest, mypy and the import arrows all read the full one."""
    packages = (path.parent for path in python_files() if path.parts[0] not in {"definitions", path.name})
    folders = {folder for folder in packages if "migrations" not in folder.parts}
    assert not [str(folder) for folder in folders if not (ROOT / folder / "__init__.py").is_file()]


def test_no_python_file_is_longer_than_a_reader_holds() -> None:
    lengths = {
        str(path): len((ROOT / path).read_text().splitlines())
        for path in python_files()
        if "migrations" not in path.parts
    }
    assert not {path: length for path, length in lengths.items() if length > LONGEST}


def test_nothing_is_left_for_later() -> None:
    assert not places(LEFT_BEHIND)


def test_no_file_names_a_registry() -> None:
    assert not places(REGISTRY)


def test_no_file_names_a_folder_of_one_machine() -> None:
    assert not places(MACHINE_PATH)


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.stem)
def test_every_locked_package_has_a_hash(lock: Path) -> None:
    entries = re.findall(r"^[\w.-]+==\S+(.*)$\n?(.*)", lock.read_text(), flags=re.MULTILINE)
    assert entries
    assert all(end.strip() == "\\" and "--hash=sha256:" in below for end, below in entries)


def test_every_group_of_requirements_is_locked() -> None:
    folder = ROOT / "requirements"
    assert {path.stem for path in folder.glob("*.in")} == {path.stem for path in folder.glob("*.txt")}


def test_every_target_of_the_makefile_says_what_it_does() -> None:
    rules = re.findall(r"^([a-z-]+):(?!=)(.*)$", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    assert rules
    assert not [target for target, rest in rules if not re.search(r"## \S", rest)]


def test_make_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.+)$", makefile, flags=re.MULTILINE)
    assert phony
    command = ["make", "--no-print-directory", "help"]  # the suite itself may run under make
    helped = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(phony.group(1).split()) == {line.split()[1] for line in helped.stdout.splitlines()}


def test_the_changelog_names_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    changelog = ROOT / "CHANGELOG.md"
    assert not changelog.exists() or version in changelog.read_text()
