"""What ``duban doctor`` looks at, each as one finding in Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from service import Service
    from settings import Settings
    from workflow.acts import Act
    from workflow.store import Store

Grade = Literal["good", "note", "bad"]
MARKS = {"good": "✓", "note": "!", "bad": "✗"}

#: A sweep older than this means that nobody does the work.
PATIENCE = timedelta(seconds=90)
#: The machine's and the database's clock may differ by this much.
_DRIFT = timedelta(seconds=60)
_POSTGRESQL = ("server_version", "fsync", "synchronous_commit")
_SYNCHRONOUS = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}


@dataclass(frozen=True)
class Finding:
    """One thing looked at; ``bad`` makes the command fail, a ``note`` is for a person to judge."""

    grade: Grade
    subject: str
    text: str

    def __str__(self) -> str:
        return f"{MARKS[self.grade]} {self.subject}：{self.text}"


def examine(service: Service) -> Iterator[Finding]:
    """Everything, in the order it matters."""
    yield _database(service.engine.store)
    yield _key(service.settings)
    with service.engine.looking() as act:
        yield from _anchors(service.settings, act)
        yield from _clock(service, act)
        yield _work(act, rehearsal=service.engine.rehearsal)
        yield from _workers(service, act)
        yield from _forgotten(act)
        yield from _calendar(act)
        yield from _second_steps(service, act)
        yield from _messages(service, act)


def _database(store: Store) -> Finding:
    from sqlalchemy import text

    with store.write() as session:
        revision = session.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if store.dialect == "postgresql":
            asked = {name: session.execute(text(f"SHOW {name}")).scalar() for name in _POSTGRESQL}
            said = "，".join(f"{name} {value}" for name, value in asked.items() if name != "server_version")
            safe = "off" not in asked.values()
            kind = f"PostgreSQL {asked['server_version']}"
        else:
            journal = session.execute(text("PRAGMA journal_mode")).scalar()
            level = session.execute(text("PRAGMA synchronous")).scalar()
            said = f"journal_mode {journal}，synchronous {_SYNCHRONOUS.get(level or 0, level)}"
            safe = journal == "wal" and level in (2, 3)
            kind = f"SQLite {session.execute(text('SELECT sqlite_version()')).scalar()}"
    warning = "" if safe else "；断电时可能丢失数据"
    return Finding("good" if safe else "bad", "数据库", f"{kind}，{said}，表结构 {revision}{warning}")


def _key(settings: Settings) -> Finding:
    if settings.secret_key is not None:
        return Finding("good", "签名密钥", "由 DUBAN_SECRET_KEY 设定")
    file = Path(settings.secret_key_file)
    if not file.exists():
        text = f"没有找到密钥文件“{file}”，请从备份恢复；没有备份时启动服务会另生成一个，已发出的审签链接随之失效"
        return Finding("bad", "签名密钥", text)
    if file.stat().st_mode & 0o077:
        return Finding("bad", "签名密钥", f"“{file}”其他用户可读，请改为仅所有者可读（chmod 600）")
    return Finding("good", "签名密钥", f"{file}，仅所有者可读；备份不含此文件，请另行保存")


def _anchors(settings: Settings, act: Act) -> Iterator[Finding]:
    """The file that proves the record from outside: is it there, does it hold what it should, can it be written?"""
    from workflow import anchor_files
    from workflow.refusals import Refusal

    file = settings.anchors_at
    try:
        fault = anchor_files.fault(act.session, file)
    except Refusal as refused:
        fault = refused.text
    if fault:
        yield Finding("bad", "存证文件", fault)
    else:
        yield Finding("good", "存证文件", f"{file}，请定期另存到其他机器")


def _clock(service: Service, act: Act) -> Iterator[Finding]:
    from workflow.desks import shown_instant

    if service.engine.rehearsal:
        yield Finding("good", "运行方式", "演练")
        yield Finding("good", "时钟", f"演练时钟停在{shown_instant(act.now)}（北京时间）")
        return
    yield Finding("good", "运行方式", "正式")
    drift = _drift(act)
    if drift > _DRIFT:
        yield Finding("bad", "时钟", f"本机与数据库相差{int(drift.total_seconds())}秒，请校准")
    else:
        yield Finding("good", "时钟", f"{shown_instant(act.now)}（北京时间）")


def _drift(act: Act) -> timedelta:
    """How far the database's clock is from the machine's; SQLite has none of its own."""
    from sqlalchemy import text

    if act.session.get_bind().dialect.name != "postgresql":
        return timedelta(0)
    there = act.session.execute(text("SELECT clock_timestamp()")).scalar()
    assert isinstance(there, datetime)
    return abs(there - datetime.now(UTC))


def _work(act: Act, *, rehearsal: bool) -> Finding:
    """Whether somebody sweeps; in a rehearsal only a person moves the clock."""
    from workflow import upcoming
    from workflow.desks import shown_instant
    from workflow.tables import Meta

    row = act.session.get(Meta, "last-sweep")
    swept = datetime.fromisoformat(row.value) if row else None
    said = f"{shown_instant(swept)}（北京时间）" if swept else "还没有过"
    if rehearsal or (swept and timedelta(0) <= act.now - swept <= PATIENCE):
        return Finding("good", "最近一次处理", said)
    if swept and swept > act.now:
        return Finding("bad", "最近一次处理", f"{said}，晚于现在：本机时钟可能被拨回")
    late = upcoming.ahead(act, until=act.now - PATIENCE)
    if late:
        return Finding("bad", "最近一次处理", f"{said}，有{len(late)}项已到时未处理，请检查 duban 服务是否在运行")
    return Finding("note" if swept else "good", "最近一次处理", f"{said}{'，duban 服务可能没有运行' if swept else ''}")


def _workers(service: Service, act: Act) -> Iterator[Finding]:
    """Whether the workers work where the work is theirs."""
    from workflow import errands, pulse
    from workflow.desks import shown_instant

    beat, queue = pulse.last(act.session), errands.look(act.session)
    young = beat is not None and pulse.age(beat, datetime.now(UTC)) <= PATIENCE.total_seconds()
    last = f"最近一次处理在{shown_instant(beat.at)}（北京时间）" if beat else "还没有处理过"
    if young:
        text = f"{queue.workers}个在运行，{last}；队列中{queue.waiting}项等候，{queue.running}项进行中"
        yield Finding("good", "worker", text)
    elif service.settings.workers:
        text = f"没有在运行（{last}）：无人处理期限、发送消息，请启动 duban worker"
        yield Finding("bad", "worker", text)


def _forgotten(act: Act) -> Iterator[Finding]:
    """Open submissions that no rung and no chase will ever wake again."""
    from sqlalchemy import func, select

    from workflow.tables import RungRow, Submission

    row, rung = Submission.__table__, RungRow.__table__  # type: ignore[attr-defined]
    ahead = select(rung.c.id).where(rung.c.deadline_id == row.c.deadline_id, rung.c.fired_at.is_(None)).exists()
    silent = (row.c.state.in_(("draft", "pending", "overdue")), row.c.chase_at.is_(None), ~ahead)
    count = act.session.execute(select(func.count()).where(*silent)).scalar_one()
    if count:
        text = f"{count}件未办结的报送件督办梯次已走完，系统不会再自动提醒，请在逾期清单中催办"
        yield Finding("note", "督办梯次", text)


def _calendar(act: Act) -> Iterator[Finding]:
    calendar = act.calendar()
    years = calendar.years()
    span = f"{years[0]}至{years[-1]}年" if years else "无"
    missing = [year for year in (act.today.year, act.today.year + 1) if calendar.provisional(year)]
    if act.today.year in missing:
        text = f"{act.today.year}年放假安排尚未装入，工作日为暂定；公布后执行 duban calendar import"
        yield Finding("note", "放假安排", f"已公布{span}；{text}")
    else:
        later = f"；{missing[0]}年为暂定" if missing else ""
        yield Finding("good", "放假安排", f"已公布{span}{later}")


def _second_steps(service: Service, act: Act) -> Iterator[Finding]:
    """Approvers who are asked for a second step that they cannot take."""
    from workflow import second_channels

    # A rehearsal without channels shows everything in its outbox.
    ways = service.mailroom.channels.names or (second_channels.ALL_WAYS if service.engine.rehearsal else ())
    for text in second_channels.of_running(act, ways=ways):
        yield Finding("note", "身份核验", text)


def _messages(service: Service, act: Act) -> Iterator[Finding]:
    from sqlalchemy import func, select

    from workflow import channel_notes, holding
    from workflow.desks import shown_instant
    from workflow.tables import Message

    names = {"mail": "邮件", "wecom": "企业微信"}
    configured = [names[name] for name in service.mailroom.channels.names]
    offices = len(service.settings.office_urls)
    text = "、".join(configured) + (f"；办公室工作群{offices}个" if offices else "")
    if configured:
        yield Finding("good", "发送渠道", text)
    elif service.engine.rehearsal:
        yield Finding("good", "发送渠道", f"演练投递箱{text}")
    else:
        yield Finding(
            "note", "发送渠道", f"没有配置邮件（DUBAN_MAIL_URL）或企业微信（DUBAN_WECOM_URL），消息发不出去{text}"
        )
    for name, noted in channel_notes.read(act.session).items():
        if noted.failure and (noted.success is None or noted.failure.at > noted.success.at):
            said = f"{names.get(name, '办公室工作群')}最近一次没有发成（{shown_instant(noted.failure.at)}）"
            yield Finding("note", "发送渠道", f"{said}：{noted.failure.answer}")
    table = Message.__table__  # type: ignore[attr-defined]
    counted = select(table.c.status, func.count().label("letters")).group_by(table.c.status)
    counts = {row.status: row.letters for row in act.session.execute(counted)}
    lost = counts.get("failed", 0)
    for hold in holding.holds(act.session):
        # A false clock is a fault of the machine; a restored store waits as it should.
        grade: Grade = "bad" if hold.jump else "note"
        yield Finding(grade, "消息", f"{hold.text}，暂存{counts.get('held', 0)}条；核对后执行 duban release 放行")
    if lost:
        yield Finding("note", "消息", f"{lost}条未能送达，请在发送渠道页查看原因、重新发送，或执行 duban resend")
    yield Finding("good", "消息", f"待发{counts.get('queued', 0)}条，已发{counts.get('sent', 0)}条")
