"""The figures of one programme, drawn and as tables: ``/programmes/{key}/figures``."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from documents import figure_sheet
from documents.figure_sheet import Table, shown
from web import plots
from web.contexts.figures import Figure, FiguresPage, Headline, Numbers, Plot
from web.contexts.frame import Choice, Link
from web.pages.frame import Asked, House, frame, show, signed_in, warned
from web.pages.rooms import parts
from web.plots import Band, Line
from workflow import figures
from workflow.acts import Act
from workflow.figures import Figures, Tally
from workflow.refusals import QueryRefused

#: Of a long list of posts only the slowest are drawn; the table has them all.
_MOST_BARS = 14


def router(house: House) -> APIRouter:
    """``/programmes/{key}/figures``."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/programmes/{key}/figures")
    def drawn(key: str, request: Request, period: Asked = "") -> Response:
        with house.engine.looking(signed_in(request)) as act:
            try:
                page, status = _page(house, request, act, figures.of(act, key, period)), 200
            except QueryRefused as refused:
                page, status = _page(house, request, act, figures.of(act, key)), 422
                page = _warned(page, f"{refused.text}。现在显示的是全年。")
            return show(house, request, page, status)

    return routes


def _warned(page: FiguresPage, text: str) -> FiguresPage:
    return FiguresPage(**{**vars(page), "frame": warned(page.frame, text)})


def _page(house: House, request: Request, act: Act, found: Figures) -> FiguresPage:
    here = f"/programmes/{quote(found.key, safe='')}/figures"
    asked = urlencode({"period": found.period.name})
    offered = {one.name: one.title for one in figures.choices(found.cycle)} | {found.period.name: found.period.title}
    return FiguresPage(
        frame=frame(house, request, act, "programmes"),
        title=found.title,
        cycle=found.cycle,
        as_of=found.as_of,
        rooms=parts(found.key, act.actor.role, here="figures"),
        action=here,
        period=found.period.title,
        periods=tuple(Choice(name, title, name == found.period.name) for name, title in offered.items()),
        counted=counted(found),
        headlines=headlines(found),
        figures=tuple(_figure(table, found) for table in figure_sheet.tables(found)),
        exports=(Link(f"/api/v1{here}.xlsx?{asked}", "导出 Excel"),),
    )


def counted(found: Figures) -> str:
    """What the rates count, and what the office and its bodies owe beside it."""
    own, said = found.office, "按时率、件数只计各单位应报的，与通报口径相同（通报截至期末，本页截至现在）。"
    if found.hidden:
        said = f"按时率、件数只计各单位应报的；含不公开的事项{found.hidden}项，通报不含。"
    if not own.total:
        return said
    rate = f"，按时{own.of('in-time')}件，按时率{shown(own.rate, 'share')}" if own.due else ""
    return f"{said}领导小组办公室和有关工作机构自身应完成{own.total}件不计入，其中已到期{own.due}件{rate}。"


def headlines(found: Figures) -> tuple[Headline, ...]:
    """The few numbers above the drawings."""
    total, turn = found.total, found.turns.total
    extended = f"含延期 {shown(total.extended_rate, 'share')}" if found.extended else ""
    return (
        Headline("按时率", shown(total.rate, "share"), extended),
        Headline("已到期", f"{total.due} 件", f"按时 {total.of('in-time')} 件"),
        Headline("逾期后报送", f"{total.of('late')} 件"),
        Headline("尚未报送", f"{total.of('overdue')} 件"),
        Headline(
            "审签用时中位数",
            f"{shown(turn.median, 'hours')} 小时" if turn else "–",
            f"九成不超过 {shown(turn.ninetieth, 'hours')} 小时" if turn else "该期间没有审签决定",
        ),
    )


def _figure(table: Table, found: Figures) -> Figure:
    plot = _plot(table, found) if table.rows else None
    kinds = [column.kind for column in table.columns]
    rows = tuple(tuple(shown(cell, kind) for cell, kind in zip(row, kinds, strict=True)) for row in table.rows)
    heads = tuple(column.title for column in table.columns)
    return Figure(f"figure-{table.name}", table.title, table.meaning, plot, Numbers(heads, rows))


def _plot(table: Table, found: Figures) -> Plot:
    match table.name:
        case "month":
            return _months(table, found)
        case "category":
            return _categories(table, found)
        case "lateness":
            return _lateness(table, found)
        case "lights":
            return _lights(table, found)
    return _turns(table, found)


def _months(table: Table, found: Figures) -> Plot:
    by_first = Line("按最初截止日", "first", tuple(one.rate for one in found.by_month.values()))
    granted = Line("含延期", "second", tuple(one.extended_rate for one in found.by_month.values()))
    says = "；".join(
        f"{int(month[5:])}月{shown(tally.rate, 'share')}" for month, tally in found.by_month.items() if tally.due
    )
    series = (by_first, granted) if found.extended else (by_first,)
    return plots.lines(
        "plot-month",
        table.title,
        says or "没有已到期的件。",
        over=[f"{int(month[5:])}月" for month in found.by_month],
        series=series,
    )


def _categories(table: Table, found: Figures) -> Plot:
    tallies = {name or "未分类": tally for name, tally in found.by_category.items() if tally.due}
    says = "；".join(f"{name}{shown(tally.rate, 'share')}" for name, tally in tallies.items())
    return plots.bars(
        "plot-category", table.title, says or "没有已到期的件。", over=[*tallies], bands=_bands([*tallies.values()]),
        values=[shown(tally.rate, "share") for tally in tallies.values()], whole=True,
    )  # fmt: skip


def _bands(tallies: list[Tally]) -> tuple[Band, ...]:
    every = (
        Band("按时", "good", tuple(one.of("in-time") for one in tallies)),
        Band("延期内报送", "extended", tuple(one.of("in-extension") for one in tallies)),
        Band("逾期后报送", "late", tuple(one.of("late") for one in tallies)),
        Band("尚未报送", "overdue", tuple(one.of("overdue") for one in tallies)),
    )
    return tuple(band for band in every if band.fill != "extended" or any(band.values))


def _lateness(table: Table, found: Figures) -> Plot:
    steps = found.lateness
    names = [figure_sheet.step_title(one) for one in steps]
    bands = (
        Band("逾期后报送", "late", tuple(one.late for one in steps)),
        Band("尚未报送", "overdue", tuple(one.overdue for one in steps)),
    )
    says = "；".join(f"{name}{one.late + one.overdue}件" for name, one in zip(names, steps, strict=True))
    numbers = [f"{one.late + one.overdue}" for one in steps]
    return plots.bars("plot-lateness", table.title, says, over=names, bands=bands, values=numbers, whole=False)


def _turns(table: Table, found: Figures) -> Plot:
    turns = found.turns.by_post if table.name == "post" else found.turns.by_month
    some = list(turns.items())[:_MOST_BARS]
    bands = (
        Band("中位数", "plain", tuple(one.median for _, one in some)),
        Band("九成不超过", "extended", tuple(one.ninetieth - one.median for _, one in some)),
    )
    values = [f"{one.median:.1f} / {one.ninetieth:.1f} 小时" for _, one in some]
    says = "；".join(f"{name}中位数{one.median:.1f}小时" for name, one in some)
    return plots.bars(
        f"plot-{table.name}",
        table.title,
        says,
        over=[name for name, _ in some],
        bands=bands,
        values=values,
        whole=False,
    )


def _lights(table: Table, found: Figures) -> Plot:
    lights = found.lights
    bands = (
        Band("绿灯", "green", tuple(one.green for one in lights)),
        Band("黄灯", "yellow", tuple(one.yellow for one in lights)),
        Band("红灯", "red", tuple(one.red for one in lights)),
    )
    last = lights[-1]
    says = f"{last.day}绿灯{last.green}件，黄灯{last.yellow}件，红灯{last.red}件；各日见数据表"
    short = len({one.day.month for one in lights}) == 1
    names = [f"{one.day.day}日" if short else _month_begins(found, place) for place, one in enumerate(lights)]
    return plots.columns("plot-lights", table.title, says, over=names, bands=bands)


def _month_begins(found: Figures, place: int) -> str:
    """The month's name under its first week only."""
    day = found.lights[place].day
    return f"{day.month}月" if place == 0 or found.lights[place - 1].day.month != day.month else ""
