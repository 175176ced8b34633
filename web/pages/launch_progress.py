"""Large launches: carried out beside the pages, still in one transaction, and how far each has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock, Thread

import structlog

from web.contexts.frame import Frame
from web.contexts.launching import LaunchProgressPage
from web.pages.launch_views import HERE
from workflow import drafts, launching
from workflow.acts import Actor
from workflow.engine import Engine
from workflow.launching import Wanted
from workflow.refusals import NotFound, Refusal

log = structlog.get_logger(__name__)

#: More submissions than these are not waited for by the browser.
BIG = 3000
_BROKEN = "系统出错，没有写入任何内容。请稍后再试；仍不成功时请联系管理员。"


@dataclass(frozen=True)
class Agreed:
    """What was ticked: that adjustments of the division of work go, that running units are changed."""

    dropping: bool
    changing: bool


@dataclass
class Launching:
    """One launch on its way, whoever it is of; ``programme`` is set when it is done, ``error`` when it failed."""

    draft: str
    by: str
    title: str
    done: int = 0
    of: int = 0
    programme: str = ""
    error: str = ""

    def seen(self, done: int, of: int) -> None:
        """Told by the launch after each occurrence."""
        self.done, self.of = done, of

    def page(self, around: Frame) -> LaunchProgressPage:
        """How far it has come."""
        here = f"{HERE}/{self.draft}"
        return LaunchProgressPage(
            around, self.title, f"{here}/progress", f"{here}/preview", self.done, self.of, self.error
        )  # fmt: skip


@dataclass
class Launches:
    """The launches of this process by their drafts."""

    _known: dict[str, Launching] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def of(self, draft: str, by: str) -> Launching:
        """One's own launch; raises NotFound."""
        with self._lock:
            found = self._known.get(draft)
        if found is None or found.by != by:
            raise NotFound
        return found

    def begin(self, engine: Engine, actor: Actor, draft: str, wanted: Wanted, agreed: Agreed) -> Thread:
        """Carry a launch out on a thread of its own; one that is on its way already is left alone."""
        title = f"{wanted.pinned.definition.title} {wanted.cycle}"
        one = Launching(draft, actor.name, title)
        # Daemonic: a service that is told to stop does not wait, and an unfinished transaction leaves nothing.
        thread = Thread(target=_carry_out, args=(engine, actor, wanted, one, agreed), daemon=True)
        with self._lock:
            before = self._known.get(draft)
            if before is not None and not before.error:
                return thread
            self._known[draft] = one
        thread.start()
        return thread


def _carry_out(engine: Engine, actor: Actor, wanted: Wanted, one: Launching, agreed: Agreed) -> None:
    try:
        with engine.acting(actor) as act:
            made = launching.publish(
                act, wanted, drop_adjustments=agreed.dropping, accept_changes=agreed.changing, seen=one.seen
            )  # fmt: skip
            drafts.drop(act, one.draft)
        one.programme = made.key
    except Refusal as refused:
        one.error = refused.text
    except Exception:
        log.exception("launch failed", programme=wanted.key)
        one.error = _BROKEN
