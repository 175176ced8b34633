"""What opens a follow-up and whose it then is, in words. Pure."""

from __future__ import annotations

from workflow.definition import CONCERNED, MEMBER_UNITS, Definition, FormField, Opening
from workflow.wording.names import party, quote, quoted
from workflow.wording.owners import owner

EVENTS = {
    "overdue": "逾期",
    "light-yellow": "亮黄灯",
    "light-red": "亮红灯",
    "returned": "被退回",
    "finding": "被检查发现问题",
    "target-unmet": "未达到目标",
    "filed": "报送",
    "filed-late": "逾期报送",
    "filed-in-time": "按期报送",
}


def opening(definition: Definition, name: str, one: Opening) -> str:
    """What opens a follow-up, and whose it then is: 任一事项亮红灯后，由办公室对该单位办理."""
    sources = [definition.obligations[source] for source in one.of if source in definition.obligations]
    said = quoted(source.title for source in sources) or ("另一事项" if one.of or one.rows else "任一事项")
    event = EVENTS[one.event]
    if one.kind:
        event = "被检查发现" + quote(
            definition.findings[one.kind].title if one.kind in definition.findings else one.kind
        )
    if one.condition:
        field, answer = one.condition.field, one.condition.answer
        labels = [source.form[field].label for source in sources if field in source.form]
        shown = ("是" if answer else "否") if isinstance(answer, bool) else answer
        event += f"且{quote(labels[0] if labels else field)}为{quote(str(shown))}"
    if one.rows:
        table = next((source.form[one.rows.field] for source in sources if one.rows.field in source.form), None)
        rows = f"，表{quote(table.label)}每行一件" if table else ""
        return f"{said}{event}后{rows}，由{_of_a_row(definition, name, one, table)}办理"
    return f"{said}{event}后，由{_who_follows(definition, name, one)}办理"


def _who_follows(definition: Definition, name: str, one: Opening) -> str:
    """Whose a follow-up is, with 对该单位 where a body acts on the unit behind it."""
    owes = definition.obligations[name].owed_by
    if owes.named == CONCERNED:
        return "该单位"
    acting = owes.by if owes.subjects else owes.named
    if acting is None or acting in definition.groups or acting == MEMBER_UNITS:
        return owner(definition, name)
    of_units = not one.of or any(not _by_a_body(definition, source) for source in one.of)
    return party(definition, acting) + ("对该单位" if of_units else "")


def _of_a_row(definition: Definition, name: str, one: Opening, table: FormField | None) -> str:
    assert one.rows is not None
    if definition.obligations[name].owed_by.named != CONCERNED:
        return _who_follows(definition, name, one)
    column = table.columns.get(one.rows.unit) if table else None
    return f"{quote(column.label)}一栏所列单位" if column else "所列单位"


def _by_a_body(definition: Definition, name: str) -> bool:
    """Whether an obligation is a body's or a post's own business, about no unit."""
    known = definition.obligations.get(name)
    named = known.owed_by.named if known else None
    return named is not None and named not in (CONCERNED, MEMBER_UNITS) and named not in definition.groups
