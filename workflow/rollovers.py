"""The next cycle of a programme: launched anew, with what its units have not finished carried over.

What is learned is archived, what is still being learned is kept, and the new year adds to it (the Ordos plan,
三（一）2 and 三（四）). Which rows are which, the definition's ``rollover`` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from workflow import catalogue, inheritance, launch
from workflow.acts import Act
from workflow.catalogue import Listed
from workflow.definition import FormField, Rollover
from workflow.forms import tabular
from workflow.launch import Plan
from workflow.library import Pinned, pinned
from workflow.posts import directory
from workflow.refusals import AlreadyLaunched, Refusal
from workflow.tables import Carried, Content, History, Programme, Submission

Row = dict[str, Any]


class RolloverRefused(Refusal):
    """不能结转：{reason}"""

    code = "rollover-refused"


@dataclass(frozen=True)
class Inheritance:
    """What one unit's newest filed table comes to: rows kept, archived, or with another status.

    ``placed`` is whether the unit owes the obligation in the new cycle as things stand; otherwise what is kept waits.
    """

    source_id: int
    unit: str
    subject: str
    kept: tuple[Row, ...]
    archived: tuple[Row, ...]
    other: tuple[Row, ...]
    placed: bool


@dataclass(frozen=True)
class RolloverPlan:
    """What a rollover would do; ``wrong`` stops it beside what stops the launch, ``without`` have filed nothing."""

    launch: Plan
    pinned: Pinned
    rule: Rollover
    inherited: tuple[Inheritance, ...]
    without: tuple[str, ...]
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Archived:
    """One archived row: whose, from which cycle, under which labels."""

    unit: str
    unit_name: str
    cycle: int
    values: Row


@dataclass(frozen=True)
class Archive:
    """The archive of a programme: the columns of its table by their labels, and the rows by cycle and unit."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[Archived, ...]


def plan(act: Act, key: str, cycle: int, *, newer: Pinned | None = None) -> RolloverPlan:
    """What starting ``cycle`` from a running programme would do, by its own text or a newer one.

    Raises NotFound, AlreadyLaunched, and RolloverRefused where there is nothing to plan.
    """
    before = catalogue.by_key(act, key)
    text = newer or pinned(before.texts.pairs[0][1])
    rule = _rule(before, text, cycle)
    new_key = launch.key_of(text.definition, cycle)
    if act.session.exec(select(Programme.id).where(Programme.key == new_key)).first() is not None:
        raise AlreadyLaunched(key=new_key)
    planned = launch.plan(act, text, cycle)
    owing = {unit for one in planned.obligations if one.obligation == rule.obligation for unit in one.units}
    filed = _filed(act, before, rule)
    inherited = tuple(_inheritance(act, rule, row, fields, owing) for row, fields in filed if fields is not None)
    with_rows = {(one.unit, one.subject) for one in inherited}
    without = dict.fromkeys(row.unit for row, _ in filed if (row.unit, row.subject) not in with_rows)
    wrong = tuple(_misfits(act, before, text, rule, inherited))
    return RolloverPlan(planned, text, rule, inherited, tuple(without), wrong)


def apply(act: Act, key: str, cycle: int, *, newer: Pinned | None = None) -> Programme:
    """Launch the next cycle and carry over, in the transaction of the act.

    What is kept becomes the draft of the unit's first submission, at once or when it opens. Raises what ``plan``
    does, RolloverRefused for rows that no longer fit, LaunchRefused.
    """
    planned = plan(act, key, cycle, newer=newer)
    if planned.wrong:
        raise RolloverRefused(reason="；".join(planned.wrong[:20]))
    before = catalogue.by_key(act, key)
    programme = launch.launch(act, planned.pinned, cycle)
    assert programme.id is not None
    act.session.add_all(
        Carried(
            programme_id=programme.id, obligation=planned.rule.obligation, field=planned.rule.field, unit=one.unit,
            subject=one.subject, cycle=before.cycle, source_id=one.source_id,
            kept=list(one.kept), archived=list(one.archived), carried_at=act.now,
        )
        for one in planned.inherited
        if one.kept or one.archived
    )  # fmt: skip
    act.session.flush()
    opened = select(Submission).where(
        Submission.programme_id == programme.id, Submission.obligation == planned.rule.obligation
    )
    inheritance.put_in(act, list(act.session.exec(opened.order_by(col(Submission.due_at), col(Submission.id)))))
    return programme


def archived(act: Act, key: str) -> Archive:
    """Everything archived from a programme's cycle and those before it, by cycle and unit; raises NotFound."""
    programme = catalogue.by_key(act, key)
    found = (
        select(Carried)
        .join(Programme, col(Programme.id) == col(Carried.programme_id))
        .where(Programme.definition == programme.definition.programme, Carried.cycle <= programme.cycle)
        .order_by(col(Carried.cycle), col(Carried.id))
    )
    known = directory(act.session)
    rows = tuple(
        Archived(one.unit, known.unit(one.unit).name, one.cycle, row)
        for one in act.session.exec(found)
        for row in one.archived
    )
    return Archive(tuple(_columns(programme, rows)), rows)


def _rule(before: Listed, text: Pinned, cycle: int) -> Rollover:
    definition = text.definition
    if definition.programme != before.definition.programme:
        raise RolloverRefused(reason=f"文件写的是“{definition.programme}”，不是“{before.definition.programme}”")
    if cycle <= before.cycle:
        raise RolloverRefused(reason=f"新年度须晚于{before.cycle}年")
    if definition.rollover is None:
        raise RolloverRefused(
            reason="方案没有写 rollover，没有可以带入新年度的内容；只启动新年度，请执行 "
            f"duban launch FILE --cycle {cycle}"
        )
    return definition.rollover


def _table(before: Listed, rule: Rollover) -> FormField | None:
    """The table of the cycle that ends, None when it had none of that name."""
    obligation = before.definition.obligations.get(rule.obligation)
    field = obligation.form.get(rule.field) if obligation else None
    return field if field is not None and field.type == "table" else None


def _filed(act: Act, before: Listed, rule: Rollover) -> list[tuple[Submission, Row | None]]:
    """The submissions of the obligation, the newest filed first for each unit, with what was filed."""
    rows = select(Submission).where(
        Submission.programme_id == before.id, Submission.obligation == rule.obligation
    ).order_by(col(Submission.due_at).desc(), col(Submission.id))  # fmt: skip
    found: dict[tuple[str, str], tuple[Submission, Row | None]] = {}
    for row in act.session.exec(rows):
        place = (row.unit, row.subject)
        if place in found and found[place][1] is not None:
            continue
        found[place] = (row, _filed_content(act, row))
    return sorted(found.values(), key=lambda pair: pair[0].id or 0)


def _filed_content(act: Act, row: Submission) -> Row | None:
    """The newest content that was filed, also where the submission was given back since; None before the first."""
    version = row.content_version if row.state == "filed" else _version_filed(act, row)
    content = act.session.get(Content, (row.id, version)) if version else None
    return dict(content.fields) if content else None


def _version_filed(act: Act, row: Submission) -> int:
    lifecycle = act.lifecycle(row.programme_id, row.obligation)
    states = {one.name: one.state for one in lifecycle.standings}
    kept = filed = 0
    entries = select(History).where(col(History.submission_id) == row.id).order_by(col(History.seq))
    for entry in act.session.exec(entries):
        kept = int(entry.facts.get("version", kept)) if entry.event == "edit" else kept
        if states.get(entry.dest) == "filed":
            filed = kept
    return filed


def _inheritance(act: Act, rule: Rollover, row: Submission, fields: Row, owing: set[str]) -> Inheritance:
    table = fields.get(rule.field)
    rows = [one for one in table if isinstance(one, dict)] if isinstance(table, list) else []
    kept = tuple(one for one in rows if one.get(rule.status) in rule.keep)
    gone = tuple(one for one in rows if one.get(rule.status) in rule.archive)
    other = tuple(one for one in rows if one.get(rule.status) not in (*rule.keep, *rule.archive))
    assert row.id is not None
    return Inheritance(row.id, row.unit, row.subject, kept, gone, other, placed=row.unit in owing)


def _misfits(act: Act, before: Listed, text: Pinned, rule: Rollover, inherited: Sequence[Inheritance]) -> Iterator[str]:
    """Why the rows of the ending cycle cannot stand in the table of the new one."""
    was, will_be = _table(before, rule), text.definition.obligations[rule.obligation].form[rule.field]
    if was is None:
        yield f"{before.cycle}年的方案中没有“{rule.obligation}”的表格“{rule.field}”"
        return
    used = {name for one in inherited for row in one.kept for name in row}
    gone = [name for name in was.columns if name in used and name not in will_be.columns]
    for name in gone:
        yield f"新方案的表格没有“{was.columns[name].label}”列（{name}）"
    for name, column in was.columns.items():
        after = will_be.columns.get(name)
        if after is not None and name in used and after.type != column.type:
            yield f"“{column.label}”列（{name}）的类型由 {column.type} 改为 {after.type}"
    if gone:
        return
    known = directory(act.session)
    for one in inherited:
        _, faults = tabular.read(will_be, list(one.kept), units=known.named)
        if faults:
            yield f"“{known.unit(one.unit).name}”要带入的内容不合新的表格：{'；'.join(list(faults.values())[:3])}"


def _columns(programme: Listed, rows: Sequence[Archived]) -> Iterator[tuple[str, str]]:
    """The columns that the rows have, labelled by the programme's own table."""
    rule = programme.definition.rollover
    table = _table(programme, rule) if rule else None
    columns = table.columns if table else {}
    for name in dict.fromkeys([*columns, *(name for row in rows for name in row.values)]):
        yield name, columns[name].label if name in columns else name
