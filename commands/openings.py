"""What people open besides the calendar: a duty opened by hand, a finding with what follows from it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from commands.printing import as_table, put

if TYPE_CHECKING:
    from workflow.acts import Act
    from workflow.tables import Submission

#: No table numbers its submissions beyond this.
_LAST_NUMBER = 2**31 - 1


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command("open")(open_)
    app.command()(finding)


def open_(
    programme: Annotated[str, typer.Argument(help="方案，如 huludao-delivery-2021")],
    obligation: Annotated[str, typer.Argument(help="报送事项，如 inspection")],
    unit: Annotated[str | None, typer.Option(help="单位编码或名称；不写则为全部报送主体")] = None,
    due: Annotated[str | None, typer.Option(help="截止日期，如 2021-05-20；按开启日推算的事项可不写")] = None,
    comment: Annotated[str, typer.Option(help="开启的理由")] = "",
) -> None:
    """适时开启没有固定日期的事项，或直接开启后续事项。"""
    from service import open_existing
    from workflow import by_hand, catalogue

    day = _day(due) if due else None
    with open_existing() as service, service.engine.acting() as act:
        catalogue.id_of(act, programme)
        rows = by_hand.open_now(act, programme, obligation, unit=unit, due=day, comment=comment)
        table = as_table(
            f"已开启{len(rows)}件", ("编号", "单位", "关于", "截止日期"), [_line(act, one) for one in rows]
        )
    put(table, None)


def finding(
    submission: Annotated[int, typer.Argument(metavar="SUBMISSION", help="报送件编号")],
    kind: Annotated[str, typer.Option(help="方案规定的类别，如 problem")],
    comment: Annotated[str, typer.Option(help="发现了什么")],
) -> None:
    """记录对一件报送件的检查发现，并开启由此引出的事项。"""
    from commands.desk import SubmissionUnknown
    from commands.explanation import titled
    from service import open_existing
    from workflow import causes, findings
    from workflow.refusals import NotFound

    if not 0 < submission <= _LAST_NUMBER:
        raise SubmissionUnknown(number=submission)
    with open_existing() as service, service.engine.acting() as act:
        before = {one.id for one in causes.opened_by(act, submission)}
        try:
            findings.record(act, submission, kind=kind, comment=comment)
        except NotFound:
            raise SubmissionUnknown(number=submission) from None
        title = findings.kinds_of(act, submission)[kind]
        found = [one for one in causes.opened_by(act, submission) if one.id not in before]
    print(f"已记录检查发现：{title}")
    for one in found:
        print(f"已开启：报送件{one.id} {one.unit.name} {titled(one.obligation_title, one.heading)}，{one.due_date}截止")


def _day(written: str) -> date:
    from workflow.refusals import DateRefused

    try:
        return date.fromisoformat(written)
    except ValueError:
        raise DateRefused(reason=f"“{written}”看不懂，请写成 2021-05-20") from None


def _line(act: Act, row: Submission) -> tuple[str, ...]:
    from workflow.desks import unit_name
    from workflow.posts import directory

    known = directory(act.session)
    names = (unit_name(known, code) for code in (row.unit, row.subject))
    return (str(row.id), *(one.name if one else "" for one in names), row.due_date.isoformat())
