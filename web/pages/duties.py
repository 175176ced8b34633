"""The obligations of a programme in words, put together as its document has them: parts, stages, sections."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from urllib.parse import urlencode

from web.contexts.frame import StateCounts
from web.contexts.programme import DutyGroup, DutyLine, Occasion, Point, WeightLine, Weights
from web.pages.frame import occurrence_of
from web.pages.overview import board_href
from web.rendering import day
from workflow import wording
from workflow.definition import Definition, Obligation
from workflow.outline import ObligationOutline, Outline
from workflow.overview import Counts

#: Beyond so many obligations the groups arrive folded.
UNFOLDED = 60
#: A group of more obligations is taken apart by who owes them.
LARGEST = 80
#: Occurrences of one obligation that are listed; a follow-up may have hundreds.
MOST_OCCASIONS = 60
#: In which order, under which title, and a few words beside it.
Place = tuple[tuple[int, int], str, str]
_SECTION = re.compile(r"[一二三四五六七八九十]+(?:（[一二三四五六七八九十]+）)?")


def groups(outline: Outline) -> tuple[DutyGroup, ...]:
    """Every obligation in its group, the groups in the order of the document."""
    found: dict[Place, list[ObligationOutline]] = {}
    for one in outline.obligations:
        found.setdefault(_place(outline, one), []).append(one)
    places = sorted(found, key=lambda place: place[0])
    split = [part for place in places for part in _by_owner(place, found[place])]
    ladders: dict[str, tuple[str, ...]] = {}
    opened = len(outline.obligations) <= UNFOLDED
    return tuple(
        DutyGroup(
            title=title,
            span=span,
            counts=_sum(occurrence.counts for one in some for occurrence in one.occurrences),
            duties=tuple(_duty(outline, one, ladders) for one in some),
            opened=opened or len(split) == 1,
        )
        for title, span, some in split
    )


def after_anything(outline: Outline) -> tuple[str, ...]:
    """The follow-ups that any obligation may have."""
    return tuple(
        f"{wording.opening(outline.definition, one.id, by)}“{one.title}”"
        for one in outline.obligations
        for by in one.written.opened_by
        if not by.of and not by.rows
    )


def counts_of(counts: Counts) -> StateCounts:
    """The same counts as a page takes them."""
    return StateCounts(**asdict(counts))


def _place(outline: Outline, one: ObligationOutline) -> Place:
    """Where an obligation stands: its part of the plan, its stage, else the section of the document it cites."""
    planned = outline.definition.planned
    if one.retired:
        return (9, 0), "修订后不再要求", ""
    for number, stage in enumerate(outline.stages):
        if stage.id == one.stage and one.written.part is None:
            return (0, number), stage.title, f"{day(stage.since)}{f'至{day(stage.until)}' if stage.until else '起'}"
    if planned and one.written.part in planned.parts:
        return (1, list(planned.parts).index(one.written.part)), planned.parts[one.written.part].title, ""
    section = _SECTION.match(one.clause or "")
    return ((2, 0), f"方案{section[0]}", "") if section else ((3, 0), "其他事项", "")


def _by_owner(
    place: Place, some: Sequence[ObligationOutline]
) -> Iterator[tuple[str, str, Sequence[ObligationOutline]]]:
    """The obligations of one place, a large one taken apart; what has no other words is told by its first titles."""
    _, title, span = place
    if len(some) <= LARGEST:
        yield title, span or _first_titles(some), some
        return
    for owner in dict.fromkeys(one.owner_text for one in some):
        theirs = [one for one in some if one.owner_text == owner]
        yield owner, f"{title} · {_first_titles(theirs)}", theirs


def _first_titles(some: Sequence[ObligationOutline]) -> str:
    return "、".join(one.title for one in some[:3]) + ("等" if len(some) > 3 else "")


def _duty(outline: Outline, one: ObligationOutline, ladders: dict[str, tuple[str, ...]]) -> DutyLine:
    key = one.written.ladder or ""
    if key not in ladders:
        ladders[key] = tuple(wording.rung(outline.definition, rung) for rung in one.ladder)
    shown = one.occurrences[:MOST_OCCASIONS]
    return DutyLine(
        key=one.id,
        clause=one.clause or "",
        title=one.title,
        duty=one.duty,
        owner=one.owner_text,
        when=one.due_text,
        counts=_sum(occurrence.counts for occurrence in one.occurrences),
        occasions=tuple(_occasions(outline, one, len(shown))),
        alerts=tuple(wording.moment(rung) for rung in one.ladder if not rung.is_chase),
        points=tuple(Point(label, lines) for label, lines in _points(outline, one, ladders[key]) if lines),
        weights=_weights(outline.definition, one.written),
        hidden=one.written.visibility == "hidden",
        retired=one.retired,
        more=len(one.occurrences) - len(shown),
    )


def _occasions(outline: Outline, one: ObligationOutline, many: int) -> Iterator[Occasion]:
    board = board_href(outline.overview.key)
    for occurrence in one.occurrences[:many]:
        named = occurrence_of(occurrence.occurrence, outline.overview.key)
        alerts = (at for at, rung in zip(occurrence.rungs, one.ladder, strict=True) if not rung.is_chase)
        yield Occasion(
            day=occurrence.due_date,
            title=occurrence.heading or named,
            counts=counts_of(occurrence.counts),
            href=f"{board}?{urlencode({'obligation': one.id, 'occurrence': occurrence.occurrence})}",
            opened=occurrence.opened,
            alerts=tuple(alerts),
        )


def _points(outline: Outline, one: ObligationOutline, ladder: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    definition, written = outline.definition, one.written
    yield "填报内容", tuple(_form(written))
    yield "目标", tuple(wording.target(target) for target in written.targets.values())
    yield "要求", tuple(f"{c.title}{f'：{c.help}' if c.help else ''}" for c in written.criteria.values())
    yield (
        "前置事项",
        tuple(definition.obligations[name].title for name in written.requires if name in definition.obligations),
    )
    yield "配合单位", _parties(definition, written.cooperating)
    yield "责任领导", (definition.post_title(written.leader),) if written.leader else ()
    yield "审签", tuple(_steps(definition, written))
    yield "报送至", (wording.posts(definition, written.receivers),)
    yield "流程", (wording.lifecycle(definition, one.id),)
    yield "何时开启", (f"到期前{wording.span(written.opens)}",) if written.opens else ()
    yield "由何引出", tuple(wording.opening(definition, one.id, by) for by in written.opened_by)
    yield "引出事项", tuple(_followers(outline, one.id))
    yield "督办梯次", ladder
    yield "亮灯", tuple(_lights(one))
    yield "可见范围", ("不向所涉单位显示，启动前也不显示",) if written.visibility == "hidden" else ()


def _form(written: Obligation) -> Iterator[str]:
    for field in written.form.values():
        yield f"{field.label}：{wording.asks(field)}{f'。{field.help}' if field.help else ''}"
        if field.columns:
            yield "　各列：" + "、".join(f"{one.label}（{wording.asks(one)}）" for one in field.columns.values())
    for one in written.adds_up:
        parts = "、".join(written.form[name].label for name in one.parts if name in written.form)
        yield f"{parts}之和须等于{written.form[one.total].label if one.total in written.form else one.total}"


def _steps(definition: Definition, written: Obligation) -> Iterator[str]:
    for number, step in enumerate(written.sign_off, start=1):
        said = wording.step(definition, step)
        yield f"第{number}步：{said}" if len(written.sign_off) > 1 else said
    if not written.sign_off:
        yield "不需审签"


def _lights(one: ObligationOutline) -> Iterator[str]:
    """The rules that can come true: none about targets where there are none."""
    rules = [rule for rule in one.lights if rule.when != "target-unmet" or one.written.targets]
    if rules:
        yield "；".join(map(wording.light, rules))


def _followers(outline: Outline, name: str) -> Iterator[str]:
    """What events of an obligation open; a follow-up of anything is told once for the whole programme."""
    for other in outline.obligations:
        for by in other.written.opened_by:
            if name in by.of:
                yield f"{wording.opening(outline.definition, other.id, by)}“{other.title}”"


def _parties(definition: Definition, names: Sequence[str]) -> tuple[str, ...]:
    said = [wording.group(definition, name) if name in definition.groups else name for name in names]
    return ("、".join(said),) if said else ()


def _weights(definition: Definition, written: Obligation) -> Weights | None:
    """The weights of what is rated, in general and by group; a group without its own has the general one."""
    rated = [one for one in written.criteria.values() if one.rated]
    if not rated:
        return None
    named = list(dict.fromkeys(name for one in rated for name in one.weights))
    lines = (
        WeightLine(
            one.title, tuple(map(_percent, (one.weight, *(one.weights.get(name, one.weight) for name in named))))
        )
        for one in rated
    )
    return Weights(("一般", *(wording.group(definition, name) for name in named)), tuple(lines))


def _percent(weight: int | None) -> str:
    return "–" if weight is None else f"{weight}%"


def _sum(several: Iterable[Counts]) -> StateCounts:
    totals: dict[str, int] = {}
    for counts in several:
        for name, number in asdict(counts).items():
            totals[name] = totals.get(name, 0) + number
    return StateCounts(**totals)
