"""The pages of a launch as plain values: the shelf of definitions, the form for people, the preview."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from web.contexts.frame import Frame, Link
from web.contexts.launching import (
    Caution,
    LaunchMessagesPage,
    LaunchPeoplePage,
    LaunchPreviewPage,
    PlannedDate,
    PlannedLine,
    SendingLine,
    Shelf,
    TouchedUnit,
    Upload,
)
from web.contexts.roster import RowFault
from web.pages import rosters
from web.pages.overview import provisional
from workflow import bodies, posts, shelf
from workflow.acts import Act
from workflow.audience import Audience
from workflow.calendars import Calendar
from workflow.drafts import Kept
from workflow.launch import PlannedObligation
from workflow.launching import FIRST_DAYS, Foreseen, Sending, Wanted
from workflow.library import Pinned
from workflow.permissions import OFFICE
from workflow.personnel import Outlook
from workflow.refusals import Forbidden
from workflow.shelf import Shelved

HERE = "/programmes/new"
#: So many units that a roster changes in the midst of a programme are named, and so many sign-offs that move.
MOST_NAMED = 10
#: What a message of a trial run is called.
KINDS = {
    "reminder": "提醒", "escalation": "升级督办", "notice": "通知", "digest": "汇总", "lapse": "逾期通知",
    "request": "送审",
}  # fmt: skip


def check(act: Act) -> None:
    """Raises Forbidden for whoever launches nothing."""
    if act.actor.role not in OFFICE:
        raise Forbidden(move="启动方案")


def shelved(chosen: str) -> tuple[Shelf, ...]:
    """The definitions that are here already."""
    return tuple(
        Shelf(
            one.name, one.title, one.document, one.cycle, one.obligations, one.name == chosen, one.faults,
            tuple(samples(one)),
        )
        for one in shelf.every()
    )  # fmt: skip


def samples(one: Shelved) -> Iterable[Link]:
    """The samples that came with a definition."""
    if one.roster:
        yield Link(f"{HERE}/samples/{one.name}/roster.xlsx", "示例花名册")
    if one.ledger:
        yield Link(f"{HERE}/samples/{one.name}/ledger.xlsx", "示例台账")


def people_page(
    around: Frame,
    act: Act,
    kept: Kept,
    pinned: Pinned,
    *,
    cycle: str,
    mode: str,
    errors: Mapping[str, str],
    faults: Mapping[str, tuple[RowFault, ...]],
) -> LaunchPeoplePage:
    """Step 2 as it stands; ``errors`` by input, ``faults`` by file."""
    definition = pinned.definition
    own = shelf.named(kept.facts["shelf"]) if kept.facts.get("shelf") else None
    links = {"roster": (Link("/people/roster-template.xlsx", "空白花名册"),), "ledger": ()}
    if own:
        links["roster"] += tuple(one for one in samples(own) if "roster" in one.href)
        links["ledger"] = tuple(one for one in samples(own) if "ledger" in one.href)

    def upload(name: str, label: str, help_: str) -> Upload:
        named = kept.files[name].name if name in kept.files else ""
        return Upload(name, label, help_, named, faults.get(name, ()), links[name])

    return LaunchPeoplePage(
        frame=around,
        title=definition.title,
        document=definition.source.document,
        action=f"{HERE}/{kept.key}",
        back_href=f"{HERE}/{kept.key}/definition",
        cycle=cycle,
        cycle_error=errors.get("cycle", ""),
        counts=rosters.counts(act),
        modes=rosters.modes(mode) if rosters.counts(act) else (),
        roster=upload("roster", "花名册（.xlsx）", "单位、人员、任职、分管四张表。系统中已有这些人员的，可以不传。"),
        ledger=upload("ledger", "任务台账（.xlsx 或 .csv）", "一行一项任务。没有台账可以不传，以后再导入。")
        if shelf.takes_tasks(definition)
        else None,
        error=errors.get("", ""),
    )


def usual_cycle(pinned: Pinned, today: date) -> int:
    """The year that a launch is most likely for: the one written down, this one, or in December the next."""
    written, next_ = pinned.definition.cycle, today.year + (today.month == 12)
    return max(written or next_, next_)


def preview(around: Frame, act: Act, kept: Kept, wanted: Wanted, found: Foreseen) -> LaunchPreviewPage:
    """Step 3: everything that publishing would do."""
    plan, here = found.plan, f"{HERE}/{kept.key}"
    units = {unit for one in plan.obligations for unit in one.units}
    return LaunchPreviewPage(
        frame=around,
        key=plan.key,
        title=wanted.pinned.definition.title,
        cycle=wanted.cycle,
        action=f"{here}/publish",
        people_href=here,
        start_href=f"{here}/definition",
        messages_href=f"{here}/messages",
        lines=_lines(act, wanted, plan.obligations),
        submissions=plan.submissions,
        later=sum(len(one.units) for one in plan.obligations if one.opens_at is not None),
        units=len(units),
        wrong=plan.wrong[: rosters.MOST],
        warnings=_warnings(found),
        people=rosters.outlook(act, found.people) if found.people else None,
        roster=kept.files["roster"].name if "roster" in kept.files else "",
        ledger=kept.files["ledger"].name if "ledger" in kept.files else "",
        shown=found.shown,
        must_confirm=bool(found.people and found.people.lost),
        caution=_caution(found.people) if found.people and found.people.touched else None,
    )


def _caution(people: Outlook) -> Caution:
    units = tuple(TouchedUnit(one.unit, one.name, one.open, one.differences) for one in people.touched[:MOST_NAMED])
    return Caution(
        len(people.touched), units, tuple(map(rosters.move, people.moves[:MOST_NAMED])), len(people.moves)
    )  # fmt: skip


def messages(around: Frame, kept: Kept, wanted: Wanted, found: Sequence[Sending] | None) -> LaunchMessagesPage:
    """What the first days would send."""
    lines = None if found is None else tuple(map(_sending, found))
    return LaunchMessagesPage(
        frame=around,
        title=f"{wanted.pinned.definition.title} {wanted.cycle}",
        back_href=f"{HERE}/{kept.key}/preview",
        days=FIRST_DAYS,
        total=sum(one.people for one in found or ()),
        lines=lines,
    )


def _sending(one: Sending) -> SendingLine:
    return SendingLine(one.at, KINDS.get(one.kind, "通知"), one.people, "、".join(one.titles))


def _warnings(found: Foreseen) -> tuple[str, ...]:
    plan = found.plan
    alike = (
        f"与已启动的方案“{key}”的日期和事项有{share:.0%}相同，请确认不是同一方案的另一份" for key, share in plan.alike
    )
    years = provisional(plan.provisional)
    return (*found.late, *((years,) if years else ()), *alike, *plan.cautions[: rosters.MOST])


def _lines(act: Act, wanted: Wanted, planned: Sequence[PlannedObligation]) -> tuple[PlannedLine, ...]:
    """The obligations in the order of their first date, each with all its dates."""
    by_name: dict[str, list[PlannedObligation]] = {}
    for one in sorted(planned, key=lambda one: one.due_date):
        by_name.setdefault(one.obligation, []).append(one)
    audience = bodies.known(Audience(wanted.pinned.definition, posts.directory(act.session), act.today))
    known, calendar = audience.directory, act.calendar()
    lines = []
    for name, times in by_name.items():
        codes = dict.fromkeys(unit for one in times for unit in one.units)
        units = tuple(known.unit(code).name for code in codes)
        dates = tuple(_date(one, calendar) for one in times)
        count = sum(len(one.units) for one in times)
        lines.append(PlannedLine(times[0].title, name, dates, units, count, _stage(wanted.pinned, name)))
    return tuple(lines)


def _stage(pinned: Pinned, name: str) -> str:
    """What an obligation is listed under: its part of the ledger, else its stage."""
    definition = pinned.definition
    task = next((one for one in definition.tasks if one.key == name), None)
    if task is not None:
        parts = definition.planned.parts if definition.planned else {}
        return parts[task.part].title if task.part in parts else "台账任务"
    stage = definition.obligations[name].stage
    return definition.stages[stage].title if stage else ""


def _date(one: PlannedObligation, calendar: Calendar) -> PlannedDate:
    return PlannedDate(one.due_date, day_note(calendar, one.due_date), len(one.units), one.opens_at)


def day_note(calendar: Calendar, on: date) -> str:
    """What kind of day it is where it is no usual working day."""
    rule = calendar.rule_of(on)
    doubt = "，放假安排未公布" if calendar.provisional(on.year) else ""
    if calendar.is_working(on):
        return ("调休上班" if rule is not None else "") + doubt
    return (calendar.name_of(on) or "周末") + doubt
