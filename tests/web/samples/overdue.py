"""The overdue list of Ordos 2022 on January 6."""

from dataclasses import replace
from datetime import date

from tests.web.samples.office import NOW, OBLIGATIONS, OFFICE, TITLE, UNITS, at, rows
from web import contexts
from web.contexts.board import BoardCell
from web.contexts.frame import Chip, Choice, Link, Pager
from web.contexts.overdue import Acting, Contact, Head, OverdueFilter, OverdueLine, Waiting


def overdue() -> contexts.OverduePage:
    """Everything late on January 6."""
    lines = []
    for category, of in rows().items():
        for row in of:
            entry = row.cells[0]
            if entry is not None and entry.state == "overdue":
                lines.append(overdue_line(row.unit, category, entry))
    chips = [Chip(f"/overdue?category={n}", n, sum(x.category == n for x in lines)) for n in UNITS]
    filters = OverdueFilter(
        programmes=(Choice("ordos-benchmarking-2022", f"{TITLE} 2022", True),),
        obligations=tuple(Choice(title, title) for title, _, _ in OBLIGATIONS),
        categories=tuple(Choice(name, name) for name in UNITS),
        waiting_on=(Choice("unit", "单位"), Choice("approver", "审签人"), Choice("office", "领导小组办公室")),
        sorts=(Choice("days_late", "逾期最久在前", True), Choice("unit", "按单位")),
        unit="",
        min_days="1",
    )
    return contexts.OverduePage(
        frame=replace(OFFICE, section="overdue"),
        as_of=NOW,
        by_category=tuple(replace(chip, chosen=chip.label == "直属事业单位") for chip in chips),
        by_obligation=(Chip("/overdue?obligation=target-choice", OBLIGATIONS[0][0], len(lines)),),
        filter=filters,
        lines=tuple(lines),
        pager=Pager(len(lines) + 50, len(lines), "/overdue", "/overdue?cursor=abc"),
        exports=(Link("/api/v1/overdue.xlsx", "导出 Excel"), Link("/api/v1/overdue.csv", "导出 CSV")),
        unit_head=Head("/overdue?sort=unit", "单位"),
        due_head=Head("/overdue?sort=days_late", "应报日期", "ascending"),
        late_head=Head("/overdue?sort=days_late", "逾期", "descending"),
        alert_head=Head("/overdue?sort=alert", "最近督办"),
        several=True,
        acting=Acting(
            (
                Choice("urge", "催办所选", True),
                Choice("extend", "延期"),
                Choice("exempt", "免报"),
                Choice("return", "退回"),
            ),
            (Link("/batches/new?act=urge&all=1", "催办这些"), Link("/batches/new?act=extend&all=1", "延期这些")),
            "/overdue?category=x",
        ),
        requests=(
            Waiting(
                "/submissions/5#acts", "/submissions/5/grant-extension", 3, "市能源局",
                OBLIGATIONS[0][0], date(2022, 1, 4), date(2022, 1, 14),
                "学习对象须报上级确认，预计下周答复。", at(1, 5, 16, 20),
            ),
        ),
        more_requests=2,
    )  # fmt: skip


def read_only() -> contexts.OverduePage:
    """The same for whoever may not act."""
    return replace(overdue(), acting=None, requests=(), more_requests=0, several=False)


def overdue_line(unit: str, category: str, entry: BoardCell) -> OverdueLine:
    """One line of the list; the unit's own late ones have had no alert yet."""
    asked = entry.waiting_on == "approver"
    return OverdueLine(
        unit=unit,
        category=category,
        obligation=OBLIGATIONS[0][0],
        occurrence="",
        href=entry.href,
        due_date=date(2022, 1, 4),
        due_at=at(1, 5),
        days_late=2,
        working_days_late=2,
        light=entry.light,
        waiting_on=entry.waiting_on,
        desk=f"{entry.desk}（市人民政府副市长）" if asked else entry.desk,
        last_alert_at=at(1, 6, 9) if asked else None,
        rung="逾期后 1 个工作日" if asked else "",
        number=int(entry.href.rpartition("/")[2]),
        programme=TITLE,
        heading="" if asked else "某路段改造工程",
        about="" if asked else "市交通运输局",
        contacts=(Contact(entry.desk, "13800000000"),) if asked else (),
        messages_href="/messages?submission=5" if asked else "",
    )
