"""What a cell of the board opens, two versions compared, the ledger in and out, and scores."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.web.samples.office import OFFICE, TITLE, at
from tests.web.samples.submission import HASH, HISTORY
from web import contexts
from web.contexts.frame import Choice, Link
from web.contexts.glances import Holder
from web.contexts.ledgers import LedgerCell, LedgerPart, LedgerRow
from web.contexts.scores import ScoredLine, ScoreGroup, ScoreTable
from web.contexts.versions import FateLine, VersionLine
from workflow.comparisons import CellChange, Change, FileChange, Piece, RowChange

FRAME = replace(OFFICE, section="programmes")
BOARD = Link("/programmes/ordos-benchmarking-2022", f"{TITLE} 2022")
ROOMS = (Link("/programmes/ordos-benchmarking-2022", "看板"), Link("", "台账"))


def glance() -> contexts.GlancePage:
    """A submission that lies on a leader's desk, and nobody holds the other post."""
    return contexts.GlancePage(
        frame=FRAME,
        programme=BOARD,
        unit="市能源局",
        obligation="报送建标学习对象",
        occurrence="2022年第1季度",
        heading="煤矿智能化改造",
        state="overdue",
        standing="逾期（待审签）",
        light="red",
        waiting_on="approver",
        due_date=date(2022, 1, 4),
        due_at=at(1, 5),
        filed_at=None,
        days_late=2,
        working_days_late=2,
        extended_from=date(2021, 12, 31),
        holders=(
            Holder("分管工业和能源的副市长", "市人民政府副市长（四）", "0477-0000001", at(1, 4, 16, 24)),
            Holder("分管环保的副市长", "", "", None),
        ),
        last_alert_at=at(1, 6, 9),
        rung="截止后1个工作日",
        latest=tuple(reversed(HISTORY)),
        href="/submissions/28",
        urge="/submissions/28/urge",
        versions_href="/submissions/28/versions",
    )


def glance_filed() -> contexts.GlancePage:
    """One that is done, a day late."""
    return replace(
        glance(), state="filed", standing="", waiting_on="none", filed_at=at(1, 5, 9, 40), days_late=1, holders=(),
        last_alert_at=None, rung="", urge="",
    )  # fmt: skip


def versions() -> contexts.VersionsPage:
    """Three versions; text, rows and files differ between the last two."""
    fates = (FateLine(at(1, 3, 15, 12), "提交", "能源局联络员"), FateLine(at(1, 4, 9), "退回", "市长", "指标太少"))
    lines = (
        VersionLine(3, at(1, 4, 16, 20), "能源局联络员", HASH[:16], (), "现在"),
        VersionLine(2, at(1, 3, 15), "能源局联络员", HASH[1:17], fates, "原来"),
        VersionLine(1, at(1, 2, 9), "能源局联络员", HASH[2:18], ()),
    )
    numbers = tuple(Choice(str(number), f"第 {number} 版", number == 2) for number in (1, 2, 3))
    rows = (
        RowChange("changed", 2, "煤矿智能化", (CellChange("投资（万元）", "1200", ""),)),
        RowChange("added", 3, "新能源", (CellChange("项目", "", "风电二期"),)),
        RowChange("removed", 4, "旧项目", (CellChange("项目", "旧项目", ""),)),
    )
    files = (
        FileChange("added", after="表.pdf", after_sha256=HASH),
        FileChange("removed", before="旧.pdf", before_sha256=HASH),
        FileChange("replaced", "函.pdf", HASH, "函.pdf", HASH[::-1]),
        FileChange("renamed", "甲.pdf", HASH, "乙.pdf", HASH),
    )
    changes = (
        Change("target", "建标学习对象", (Piece("榆林市", changed=True), Piece("能源局")), (Piece("能源局"),)),
        Change("projects", "重点项目清单", rows=rows),
        Change("letter", "联系函", files=files),
    )
    return contexts.VersionsPage(
        FRAME, BOARD, Link("/submissions/28", "市能源局 报送建标学习对象"), lines, numbers, numbers, changes,
        ("对象来源", "重点领域"), "第 2 版与第 3 版",
    )  # fmt: skip


def no_versions() -> contexts.VersionsPage:
    """Nobody has written anything yet."""
    return replace(versions(), versions=(), before=(), after=(), changes=(), same=(), compared="")


def ledger() -> contexts.LedgerPage:
    """A ledger with one task too few, after a file that could not be read."""
    return contexts.LedgerPage(
        frame=FRAME,
        rooms=ROOMS,
        title=TITLE,
        cycle=2022,
        parts=(LedgerPart("重大项目", 6, 5), LedgerPart("其他", None, 2)),
        total=7,
        action="/programmes/ordos-benchmarking-2022/ledger",
        board_href=BOARD.href,
        exports=(Link("/programmes/ordos-benchmarking-2022/ledger.xlsx", "导出 Excel"),),
        faults=("第3行“完成时限”：不能为空",),
    )


def ledger_preview() -> contexts.LedgerPreviewPage:
    """Three rows differ, and one date comes earlier."""
    return contexts.LedgerPreviewPage(
        frame=FRAME,
        rooms=ROOMS,
        title=TITLE,
        cycle=2022,
        file="台账.xlsx",
        rows=(
            LedgerRow("changed", "14", "新材料基地", 15, (LedgerCell("完成时限", "12月底", "6月底"),)),
            LedgerRow("added", "138", "修路", 139, (LedgerCell("牵头单位", "", "市交通运输局"),)),
            LedgerRow("removed", "2", "旧任务", 0, (LedgerCell("牵头单位", "市财政局", ""),)),
        ),
        same=134,
        outcome=("新增报送：修路（2022-12-31前）市交通运输局", "撤下未发的消息2条，将通知9人"),
        earlier=("新材料基地（2022）：2022-12-31 → 2022-06-30",),
        wrong=(),
        notes=("“修路”的第一次提醒已过",),
        action="/programmes/ordos-benchmarking-2022/ledger/abc",
        back_href="/programmes/ordos-benchmarking-2022/ledger",
        version="abc",
        comment="会议推迟",
        confirmed=True,
        error="不能修订方案：须经确认",
    )


def ledger_wrong() -> contexts.LedgerPreviewPage:
    """What stands against it."""
    return replace(ledger_preview(), wrong=("已有内容，不能改表单",), error="")


def scores() -> contexts.ScoresPage:
    """Two units in a group, one of them rated."""
    lines = (
        ScoredLine("1", "市能源局", "/submissions/28", "filed", ("90", "85"), "88.5"),
        ScoredLine("", "市水利局", "/submissions/29", "draft", ("", ""), ""),
    )
    table = ScoreTable(
        "对标创建成效评估", "2022", ("主要目标完成", "先进经验转化"), (ScoreGroup("产业", (70, 30), lines),)
    )
    exports = (Link("/programmes/ordos-benchmarking-2022/scores.xlsx", "导出 Excel"),)
    return contexts.ScoresPage(FRAME, ROOMS, TITLE, 2022, at(1, 6, 10, 5), (table,), exports)
