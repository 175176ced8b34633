"""The sign-off desk on January 6: a full queue, a leader away, a post nobody holds, a change of the leaders' units."""

from dataclasses import replace
from datetime import date

from tests.web.samples.office import NOW, OFFICE, UNITS, at
from web import contexts
from web.contexts.approvals import (
    AbsenceLine,
    Ask,
    DelegationLine,
    Holder,
    Input,
    LeaderUnits,
    MoveLine,
    Queue,
    Span,
    Stranded,
    SupervisionPreview,
    UncoveredLine,
    WaitingLine,
)
from web.contexts.frame import Choice

INDUSTRY = Holder("副市长（分管工业和信息化）", "副市长（四）")
SCHOOLS = Holder("副市长（分管教育和卫生健康）", "副市长（分管教育和卫生健康）")
SECRETARY = Holder("市人民政府秘书长", "秘书长")
CLERK = "领导小组办公室（office）"
FRAME = replace(OFFICE, section="approvals")
PEOPLE = ("副市长（分管工业和信息化） 副市长（四）", "副市长（分管教育和卫生健康）", "市人民政府秘书长 秘书长")
TO = Input("to", "改派给", "person")
WHY = Input("comment", "改派理由", "text")
GRANT = Ask(
    "grant",
    "/approvals/delegations",
    "授权代签",
    (
        Input("principal", "审签人", "person"),
        Input("delegate", "代签人", "person"),
        Input("since", "自（含当日）", "day", "2022-01-06"),
        Input("until", "至（含当日）", "day", "2022-01-12"),
        Input("comment", "授权依据", "text"),
    ),
)
NOTE = Ask(
    "note",
    "/approvals/absences",
    "登记外出",
    (Input("person", "外出人", "person"), Input("comment", "事由", "text", required=False)),
)


def line(number: int, unit: str, *, late: int = 0, why: str = "", chosen: bool = False) -> WaitingLine:
    """One request that waits."""
    return WaitingLine(
        id=number,
        href=f"/submissions/{number}",
        unit=unit,
        title="报送建标学习对象",
        asked_at=at(1, 3, 15, 12),
        due_date=date(2022, 1, 4),
        days_late=late,
        chosen=chosen,
        why=why,
    )


def reassign(name: str, person: str) -> Ask:
    """改派, as it stands beside a queue."""
    return Ask(name, "/approvals/reassign", "改派所选", (TO, WHY), kept=(("person", person),), label=f"改派：{person}")


def queues() -> tuple[Queue, ...]:
    """One unfolded, one folded away behind a link."""
    units = UNITS["市人民政府组成部门"].split()[:5]
    full = Queue(
        anchor="queue-1",
        holder=INDUSTRY,
        waiting=5,
        overdue=2,
        oldest=at(1, 3, 15, 12),
        days=3,
        reassign=reassign("queue-1-form", "fsz-gongye"),
        mobile="13800000000",
        away_until=date(2022, 1, 14),
        lines=tuple(line(place, unit, late=2 * (place < 2)) for place, unit in enumerate(units)),
        opened=True,
    )
    away = Queue(
        anchor="queue-2",
        holder=SCHOOLS,
        waiting=2,
        overdue=0,
        oldest=at(1, 6, 9),
        days=0,
        reassign=reassign("queue-2-form", "fsz-jiaoyu"),
        delegates=("秘书长",),
        away_until=date(2022, 1, 12),
        href="/approvals?person=fsz-jiaoyu#queue-2",
    )
    return full, away


def approvals() -> contexts.ApprovalsPage:
    """Everything there can be on the desk."""
    end = Ask("end-3", "/approvals/delegations/3/withdraw", "撤销授权", (Input("comment", "撤销理由", "text"),))
    running = DelegationLine(
        SCHOOLS, SECRETARY, date(2022, 1, 6), date(2022, 1, 12), "外出招商期间", "active", CLERK, at(1, 5, 16), end
    )
    ended = replace(
        running, standing="withdrawn", until=date(2022, 1, 6), withdraw=None, withdrawal="提前返回"
    )  # fmt: skip
    back = Ask("back-5", "/approvals/absences/5/withdraw", "撤销登记")
    away = AbsenceLine(
        INDUSTRY, date(2022, 1, 6), date(2022, 1, 14), "中央党校学习", "active", CLERK, at(1, 5, 16), back
    )
    spans = (Span(date(2022, 1, 6), date(2022, 1, 9)), Span(date(2022, 1, 14), date(2022, 1, 14)))
    gone = "该职务现在无人担任"
    return contexts.ApprovalsPage(
        frame=FRAME,
        as_of=NOW,
        total=7,
        most=5,
        queues=queues(),
        uncovered=(
            UncoveredLine(INDUSTRY, away.since, away.until, spans, 5, 3, "/approvals?principal=x#grant"),
            UncoveredLine(SECRETARY, away.until, away.until, spans[1:], 0, 0, "/approvals?principal=y#grant"),
        ),
        stranded=Stranded((line(91, "市档案史志馆", why=gone, chosen=True),), reassign("stranded-form", "")),
        delegations=(running, ended),
        grant=GRANT,
        absences=(away, replace(away, standing="over", comment="", withdraw=None)),
        note=NOTE,
        people=PEOPLE,
    )


def refused() -> contexts.ApprovalsPage:
    """A grant with two mistakes, and a queue of which nothing was ticked."""
    wrong = {"principal": "花名册中没有“副市长”，请从列表中选。", "until": "截止日期早于起始日期。"}
    inputs = tuple(replace(one, value=one.value or "副市长", error=wrong.get(one.name, "")) for one in GRANT.inputs)
    grant = replace(GRANT, inputs=inputs)
    return replace(approvals(), grant=grant, refused=grant)


def nothing_ticked() -> contexts.ApprovalsPage:
    """A queue of which nothing was ticked: the fault is about the whole of the form."""
    page = approvals()
    first = page.queues[0]
    form = replace(first.reassign, error="还没有选择，请勾选要改派的件。")
    return replace(page, queues=(replace(first, reassign=form), *page.queues[1:]), refused=form)


def quiet() -> contexts.ApprovalsPage:
    """Nothing waits, nobody is away."""
    return replace(
        approvals(), total=0, most=1, queues=(), uncovered=(), stranded=None, delegations=(), absences=()
    )  # fmt: skip


def supervision() -> contexts.SupervisionPage:
    """Choosing units, the new leader and the day."""
    names = UNITS["市人民政府组成部门"].split()
    groups = (
        LeaderUnits(INDUSTRY.post, INDUSTRY.name, tuple(Choice(name, name, name == names[1]) for name in names[:9])),
        LeaderUnits("", "", tuple(Choice(name, name) for name in UNITS["市委部门"].split())),
    )
    leaders = (Choice(SCHOOLS.post, SCHOOLS.post, True), Choice(INDUSTRY.post, f"{INDUSTRY.post}（{INDUSTRY.name}）"))
    pick = Ask(
        "pick", "/approvals/supervision", "预览", (Input("since", "自（含当日）", "day", "2022-01-06"),)
    )  # fmt: skip
    return contexts.SupervisionPage(FRAME, groups, leaders, pick)


def not_picked() -> contexts.SupervisionPage:
    """Nothing was picked."""
    page = supervision()
    (since,) = page.pick.inputs
    pick = replace(page.pick, inputs=(replace(since, error="请选择日期。"),), error="请改正标出的各项。")
    return replace(page, pick=pick, units_error="请勾选要调整的单位。", leader_error="请选择新的分管领导。")


def previewed() -> contexts.SupervisionPage:
    """What a change from the next week on would move; one request would stay where it is."""
    move = MoveLine(
        "/submissions/3", "市教育体育局", "报送建标学习对象", date(2022, 1, 4), SCHOOLS, (INDUSTRY,), "领导分工调整"
    )
    confirm = Ask(
        "confirm",
        "/approvals/supervision",
        "确认调整",
        (Input("comment", "调整依据", "text", error="请写明调整的依据。"),),
        kept=(("unit", "JYTYJ"), ("leader", INDUSTRY.post), ("since", "2022-01-10"), ("shown", "0a1b2c3d")),
    )
    preview = SupervisionPreview(
        units=("市教育体育局", "市科学技术局"),
        leader=INDUSTRY.post,
        holders=INDUSTRY.name,
        since=date(2022, 1, 10),
        moves=(move, replace(move, unit="市科学技术局", to=())),
        confirm=confirm,
        later=True,
    )
    return replace(supervision(), preview=preview)


def moves_nothing() -> contexts.SupervisionPage:
    """A change that moves nothing, refused because something has happened since."""
    page = previewed()
    assert page.preview is not None
    confirm = replace(page.preview.confirm, inputs=(Input("comment", "调整依据", "text"),), error="刚刚被其他人处理。")
    return replace(page, preview=replace(page.preview, moves=(), confirm=confirm, later=False))
