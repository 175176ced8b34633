"""Who signs in whose place: delegations, absences, and leaders who take over units."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from commands.printing import as_table, put

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflow.absences import AbsenceLine, Uncovered
    from workflow.acts import Act
    from workflow.delegations import DelegationLine, Party
    from workflow.handovers import Move

_STATES = {"upcoming": "未开始", "active": "生效", "over": "已到期", "withdrawn": "已撤销"}
_PERSON = "人员编号、姓名或职务"

Since = Annotated[str | None, typer.Option(help="起始日期，如 2022-02-07；不写则为今天")]
Comment = Annotated[str, typer.Option(help="理由或依据，记入存档")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只列出将要移交的审签，不写入")]


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    delegate = typer.Typer(help="授权代签：一段日期内由另一人代为审签。", no_args_is_help=True)
    delegate.command("add")(add_delegation)
    delegate.command("list")(list_delegations)
    delegate.command("withdraw")(withdraw_delegation)
    app.add_typer(delegate, name="delegate")
    absence = typer.Typer(help="外出：登记外出，列出无人代签的日期。", no_args_is_help=True)
    absence.command("add")(add_absence)
    absence.command("list")(list_absences)
    absence.command("withdraw")(withdraw_absence)
    app.add_typer(absence, name="absence")
    app.command()(supervise)


def add_delegation(
    principal: Annotated[str, typer.Argument(metavar="PRINCIPAL", help=f"授权人：{_PERSON}")],
    delegate: Annotated[str, typer.Argument(metavar="DELEGATE", help=f"代签人：{_PERSON}")],
    until: Annotated[str, typer.Option(help="截止日期（含当日），如 2022-02-11")],
    since: Since = None,
    comment: Comment = "",
) -> None:
    """授权代签；已在等待授权人审签的事项，自起始之日起同时送代签人，授权人本人的链接仍然有效。"""
    from service import open_existing
    from workflow import delegations, second_channels

    with open_existing() as service, service.engine.acting() as act:
        first = _day(since) if since else act.today
        people = {"principal": _person(act, principal), "delegate": _person(act, delegate)}
        row = delegations.grant(act, **people, since=first, until=_day(until), comment=comment)
        one, other = delegations.party(act, row.principal), delegations.party(act, row.delegate)
        unable = second_channels.in_place_of(act, row.principal, row.delegate, ways=service.ways, on=first)
    print(f"已登记授权{row.id}：{row.since}至{row.until}，{_said(other)}代{_said(one)}审签")
    for text in unable:
        print(f"注意：{text}")


def list_delegations() -> None:
    """列出全部授权，新的在前。"""
    from service import open_existing
    from workflow import delegations

    with open_existing() as service, service.engine.looking() as act:
        rows = [_delegation(one) for one in delegations.listed(act)]
    put(as_table("授权代签", ("编号", "授权人", "代签人", "起", "止", "状态", "理由"), rows), None)


def withdraw_delegation(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="授权编号，见 duban delegate list")],
    comment: Comment = "",
) -> None:
    """撤销授权，代签人的链接立即失效。"""
    from service import open_existing
    from workflow import delegations

    with open_existing() as service, service.engine.acting() as act:
        delegations.withdraw(act, number, comment=comment)
    print(f"已撤销授权{number}")


def add_absence(
    person: Annotated[str, typer.Argument(metavar="PERSON", help=_PERSON)],
    until: Annotated[str, typer.Option(help="截止日期（含当日），如 2022-02-11")],
    since: Since = None,
    comment: Annotated[str, typer.Option(help="事由，可不写")] = "",
) -> None:
    """登记外出，并列出其间无人代签的日期。"""
    from service import open_existing
    from workflow import absences, delegations

    with open_existing() as service, service.engine.acting() as act:
        first = _day(since) if since else act.today
        row = absences.note(act, person=_person(act, person), since=first, until=_day(until), comment=comment)
        who = _said(delegations.party(act, row.person))
        bare = [one for one in absences.uncovered(act, days=400) if one.absence.id == row.id]
    print(f"已登记外出{row.id}：{who}，{row.since}至{row.until}")
    for one in bare:
        print(f"注意：{_bare(one)}")


def list_absences() -> None:
    """列出全部外出，并提示两周内无人代签的。"""
    from service import open_existing
    from workflow import absences

    with open_existing() as service, service.engine.looking() as act:
        rows = [_absence(one) for one in absences.listed(act)]
        bare = [_bare(one) for one in absences.uncovered(act)]
    put(as_table("外出", ("编号", "人员", "起", "止", "状态", "事由"), rows), None)
    for one in bare:
        print(f"注意：{one}")


def withdraw_absence(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="外出编号，见 duban absence list")],
) -> None:
    """撤销外出登记。"""
    from service import open_existing
    from workflow import absences

    with open_existing() as service, service.engine.acting() as act:
        absences.withdraw(act, number)
    print(f"已撤销外出{number}")


def supervise(
    units: Annotated[list[str], typer.Argument(metavar="UNIT...", help="单位编码或名称，可写多个")],
    leader: Annotated[str, typer.Option(help="改由谁分管：职务，如 副市长（分管工业和信息化）")],
    since: Since = None,
    comment: Comment = "",
    dry_run: DryRun = False,
) -> None:
    """领导分工调整：单位自某日起改由另一位领导分管，待审签的事项一并移交；列出移交的每一件。"""
    from service import open_existing
    from workflow import handovers, second_channels
    from workflow.posts import directory

    with open_existing() as service, service.engine.acting() as act:
        first, known = _day(since) if since else act.today, directory(act.session)
        found = {unit: known.called(unit) for unit in units}
        codes = {row.code if row is not None else unit: leader for unit, row in found.items()}
        before = second_channels.of_running(act, ways=service.ways, on=first)
        moves = handovers.supervise(act, codes, since=first, comment=comment)
        after = second_channels.of_running(act, ways=service.ways, on=first)
        at_once = first <= act.today
        if dry_run:
            act.session.rollback()
    print("\n".join(moved_lines(moves, at_once=at_once and not dry_run)))
    for text in after:
        if text not in before:
            print(f"注意：{text}")
    print("以上为预演，没有写入" if dry_run else f"已调整：{len(codes)}个单位自{first}起由{leader}分管")


def moved_lines(moves: Iterable[Move], *, at_once: bool) -> list[str]:
    """Every request that goes over as a line, with a line above them that counts."""
    some = list(moves)
    gone = [one for one in some if one.to]
    lines = [f"{'已移交' if at_once else '将移交'}的审签：{len(gone)}件"]
    for one in gone:
        to = "、".join(_desk(desk.post, desk.name) for desk in one.to)
        lines.append(f"  {_matter(one)}：{_desk(one.from_.post, one.from_.name)} → {to}（{one.why}）")
    for one in some:
        if not one.to:
            lines.append(f"  注意：{_matter(one)}：{_desk(one.from_.post, one.from_.name)}已不任职，目前无人接替")
    return lines


def _matter(one: Move) -> str:
    return f"报送件{one.submission_id} {one.unit} {one.obligation}（{one.due_date}截止）"


def _desk(post: str, name: str) -> str:
    from workflow.asking import named

    return named(post, name)


def _said(party: Party) -> str:
    return _desk(party.post, party.name) if party.post else party.name


def _delegation(one: DelegationLine) -> tuple[str, ...]:
    days = (one.since.isoformat(), one.until.isoformat())
    said = one.comment + (f"；撤销：{one.withdrawal}" if one.withdrawal else "")
    return (str(one.id), _said(one.principal), _said(one.delegate), *days, _STATES[one.state], said)


def _absence(one: AbsenceLine) -> tuple[str, ...]:
    state = "已撤销" if one.withdrawn_at else "已结束" if one.over else "有效"
    return (str(one.id), _said(one.person), one.since.isoformat(), one.until.isoformat(), state, one.comment)


def _bare(one: Uncovered) -> str:
    spans = "、".join(f"{first}" if first == last else f"{first}至{last}" for first, last in one.spans)
    who = _desk(one.posts[0], one.name) if one.posts else one.name
    return f"{who}外出期间{spans}无人代签；现有{one.waiting}件等待审签，其间有{one.due}件到期"


def _person(act: Act, written: str) -> str:
    """The key of a person given by key, name, or a title of the city; raises PersonUnclear."""
    from workflow.posts import directory
    from workflow.refusals import PersonUnclear

    known = directory(act.session)
    if known.knows(written):
        return written
    named = {one.key for one in known.people() if one.name == written}
    found = named or {one.key for one in known.people() if written in known.titles_of(one.key, act.today)}
    if len(found) != 1:
        reason = f"有{len(found)}人，请写人员编号：{'、'.join(sorted(found))}" if found else "花名册中没有"
        raise PersonUnclear(written=written, reason=reason)
    return found.pop()


def _day(written: str) -> date:
    from workflow.refusals import DateRefused

    try:
        return date.fromisoformat(written)
    except ValueError:
        raise DateRefused(reason=f"“{written}”看不懂，请写成 2022-02-07") from None
