"""The processes of a trial: real `duban worker` and `duban serve`, killed and replaced at random."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import IO, Literal

Kind = Literal["worker", "serve"]
ROOT = Path(__file__).parent.parent.parent


@dataclass
class Member:
    """One process; ``port`` is where a web process answers."""

    kind: Kind
    process: subprocess.Popen[bytes]
    log: IO[bytes]
    port: int = 0


@dataclass
class Crew:
    """Workers and web processes on one PostgreSQL, with the settings they share."""

    folder: Path
    settings: dict[str, str]
    random: Random
    members: list[Member] = field(default_factory=list)
    killed: list[Kind] = field(default_factory=list)
    _started: int = 0

    def start(self, kind: Kind) -> Member:
        """One more process."""
        self._started += 1
        port = free_port() if kind == "serve" else 0
        arguments = ["serve", "--port", str(port)] if kind == "serve" else ["worker"]
        log = (self.folder / f"{kind}-{self._started}.log").open("wb")
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("duban")), *arguments], cwd=self.folder, stdout=log, stderr=log,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **self.settings},
        )  # fmt: skip
        member = Member(kind, process, log, port)
        self.members.append(member)
        return member

    def kill(self, victim: Member | None = None) -> Member:
        """Kill one at whatever it is doing, at random where none is named, and start another in its place."""
        victim = victim or self.random.choice(self.members)
        victim.process.send_signal(signal.SIGKILL)
        self._bury(victim)
        self.killed.append(victim.kind)
        self.start(victim.kind)
        return victim

    def stop(self, member: Member) -> None:
        """Ask one to stop, which it must do in good order; raises AssertionError."""
        member.process.send_signal(signal.SIGTERM)
        code = self._bury(member)
        # A web process ends by the signal itself once it has closed everything.
        assert code in (0, -signal.SIGTERM), (member.kind, code, self.said()[-3000:])

    def end(self) -> None:
        """Kill whatever is left."""
        for member in [*self.members]:
            member.process.kill()
            self._bury(member)

    def of(self, kind: Kind) -> list[Member]:
        """The processes of a kind."""
        return [one for one in self.members if one.kind == kind]

    def all_alive(self) -> bool:
        """Whether nobody has ended by itself."""
        return all(one.process.poll() is None for one in self.members)

    def said(self) -> str:
        """Everything that anybody logged."""
        return "\n".join(path.read_text(encoding="utf-8") for path in sorted(self.folder.glob("*.log")))

    def _bury(self, member: Member) -> int:
        code = member.process.wait()
        member.log.close()
        self.members.remove(member)
        return code


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
