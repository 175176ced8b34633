"""What makes an amendment impossible, in Chinese: every reason at once, so that a file is mended once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from workflow import coverage, lifecycle
from workflow.acts import Act
from workflow.amendments.changes import lost_columns, unlike
from workflow.amendments.drafts import Came, Draft, Kept, open_rows
from workflow.amendments.running import Running, used_fields
from workflow.definition import Definition, Obligation
from workflow.guards import Case
from workflow.launch import PlannedObligation, wrong_with
from workflow.lifecycle import Decision, Lifecycle, decide
from workflow.refusals import NotAllowedNow
from workflow.tables import Submission


def of_contents(act: Act, running: Running, definition: Definition) -> Iterator[str]:
    """Forms, sign-offs and flows that change under submissions which use them."""
    current = running.texts.current
    for name, after in definition.obligations.items():
        before = current.obligations.get(name)
        if before is None:
            continue
        if before.form != after.form or before.sign_off != after.sign_off:
            pending = sum(row.waiting_on == "approver" for row in open_rows(running, name))
            if pending:
                yield f"“{after.title}”有{pending}件正在审签，须先办结或撤回，才能改表单或审签"
        yield from _used(act, running, name, before, after)
        if lifecycle.of(current, name) != lifecycle.of(definition, name):
            yield from _standings(running, name, after, lifecycle.of(definition, name))


def of_dates(act: Act, definition: Definition, drafted: Draft) -> Iterator[str]:
    """Dates that would be over before anybody hears of them."""
    for one in drafted.asked:
        if act.now < one.after.due_at or (isinstance(one, Kept) and not one.moved):
            continue
        title = definition.obligations[one.after.obligation].title
        was = one.before.due_date if one.before is not None else None
        if was is None:
            yield f"新增的“{title}”（{one.after.key}）截止日期{_day(one.after.due_date)}已过"
        else:
            yield f"“{title}”的新截止日期{_day(one.after.due_date)}已过（原为{_day(was)}）"


def of_people(running: Running, definition: Definition, drafted: Draft) -> Iterator[str]:
    """Whoever is asked anew must be heard and signed for; every unit stays covered."""
    before = running.texts.current
    for name in sorted(_named(definition) - _named(before)):
        if drafted.after.directory.called(name) is None:
            yield f"花名册中没有单位“{name}”"
    for one in drafted.asked:
        obligation = definition.obligations[one.after.obligation]
        units = tuple(sorted(_asked_anew(running, one, before, definition)))
        if units or isinstance(one, Came):
            planned = PlannedObligation(one.after.obligation, obligation.title, one.after.due_date, units)
            yield from wrong_with(drafted.after, obligation, planned)
    known = set(coverage.gaps(drafted.before))
    yield from (gap for gap in coverage.gaps(drafted.after) if gap not in known)


def of_moves(act: Act, running: Running, definition: Definition, drafted: Draft) -> Iterator[str]:
    """Flows that have no way to do to a submission what the amendment asks."""
    for one in drafted.kept:
        flow = lifecycle.of(definition, one.after.obligation)
        try:
            for row in one.following:
                moved(act, flow, row, one)
            for row in one.again:
                asked_again(act, flow, row, one)
            for row in one.withdrawn:
                exempted(act, flow, row)
        except (NotAllowedNow, KeyError):
            yield f"“{definition.obligations[one.after.obligation].title}”的流程不能收回逾期、撤下或重新要求报送件"
    for went in drafted.went:
        try:
            for row in went.withdrawn:
                exempted(act, running.texts.lifecycle(went.obligation), row)
        except NotAllowedNow:
            yield f"“{running.texts.current.obligations[went.obligation].title}”的流程没有“免报”，不能撤下"


def moved(act: Act, flow: Lifecycle, row: Submission, one: Kept) -> Decision:
    """A submission in its new schedule: an overdue is taken back as an extension takes it back."""
    if row.state == "overdue" and act.now < one.after.due_at:
        return decide(flow, Case(state=row.standing, now=act.now, due_at=one.after.due_at), "extend")
    return as_it_stands(flow, row)


def asked_again(act: Act, flow: Lifecycle, row: Submission, one: Kept) -> Decision:
    """A submission that an earlier amendment withdrew, opened as if by hand."""
    return decide(flow, Case(state=row.standing, now=act.now, due_at=one.after.due_at), "reopen")


def exempted(act: Act, flow: Lifecycle, row: Submission) -> Decision:
    """A submission that is no longer asked for."""
    return decide(flow, Case(state=row.standing, now=act.now, due_at=row.due_at), "exempt")


def as_it_stands(flow: Lifecycle, row: Submission) -> Decision:
    """A submission that stays where it is."""
    standing = flow.standing(row.standing)
    return Decision("amend", standing.name, standing.name, standing.state, standing.waiting_on)


def _used(act: Act, running: Running, name: str, before: Obligation, after: Obligation) -> Iterator[str]:
    changed = unlike(before, after)
    if not changed:
        return
    used = set()
    for field, value in used_fields(act, running.of(name), changed):
        same_type = field in after.form and after.form[field].type == before.form[field].type
        if not same_type or _fills(value, lost_columns(before.form[field], after.form[field])):
            used.add(field)
    for field in sorted(used):
        yield f"“{after.title}”已有填报内容用到“{before.form[field].label}”，不能{changed[field]}"


def _fills(value: object, columns: frozenset[str]) -> bool:
    rows = value if isinstance(value, list) else []
    return any(isinstance(row, dict) and any(row.get(one) not in (None, "") for one in columns) for row in rows)


def _standings(running: Running, name: str, after: Obligation, flow: Lifecycle) -> Iterator[str]:
    known = {one.name: (one.state, one.waiting_on) for one in flow.standings}
    lost = sorted({r.standing for r in running.of(name) if known.get(r.standing) != (r.state, r.waiting_on)})
    if lost:
        old = {one.name: one.title for one in running.texts.lifecycle(name).standings}
        titles = "”“".join(old.get(standing, standing) for standing in lost)
        yield f"“{after.title}”有报送件处于“{titles}”，新的流程中没有这一状态"


def _asked_anew(running: Running, one: Kept | Came, before: Definition, after: Definition) -> set[str]:
    """The units that would be asked for the first time, or all where who signs or hears is another."""
    if isinstance(one, Came):
        return {owing.unit for owing in one.owed}
    name, units = one.after.obligation, {owing.unit for owing in one.added} | {row.unit for row in one.again}
    old, new = before.obligations.get(name), after.obligations[name]
    if old is None or (
        (old.sign_off, old.receivers, old.leader) == (new.sign_off, new.receivers, new.leader)
        and before.ladder_of(name) == after.ladder_of(name)
    ):
        return units
    gone = {row.id for row in one.withdrawn}
    return units | {row.unit for row in open_rows(running, name) if row.id not in gone}


def _named(definition: Definition) -> set[str]:
    """The units that a definition names one by one."""
    named = {name for group in definition.groups.values() for name in group.units}
    for obligation in definition.obligations.values():
        named |= {*obligation.owed_by.units, *(one for one in obligation.cooperating if one not in definition.groups)}
    return named


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
