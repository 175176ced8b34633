"""The delivery of messages as a file: every column, every submission, nothing that runs."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from documents import message_sheet
from documents.sheets import workbook_tables
from tests.workflow.world import LAUNCH, local
from workflow.attempts import Try
from workflow.desks import UnitName
from workflow.mailbag import Addressee, MessageLine, Subject

ITEM = Subject(
    17, "ordos-benchmarking-2022", UnitName("JYTYJ", "市教育体育局", "市人民政府组成部门"), "target-choice",
    "报送建标学习对象", "2022", "escalation", None,
)  # fmt: skip
ONE = MessageLine(
    id=203, kind="escalation", recipient=Addressee("fsz-jiaoyu", "副市长（一）", "副市长（分管教育和卫生健康）"),
    channel="mail", status="sent", attempts=2, answer="250 2.0.0 Ok: 1", message_id="abc123", created_at=LAUNCH,
    not_before=LAUNCH, sent_at=local("2022-01-05 09:00"), subject="【升级督办】市教育体育局逾期1天", body="",
    items=(ITEM, replace(ITEM, submission=18, dropped="已不再逾期：已报送")),
    attempts_history=(
        Try("wecom", LAUNCH, LAUNCH, LAUNCH, "refused", "81013 user & party & tag all invalid", copied=False),
        Try("mail", local("2022-01-05 09:00"), LAUNCH, LAUNCH, "delivered", "250 2.0.0 Ok: 1", copied=False),
        Try("office-1", local("2022-01-05 09:00"), LAUNCH, None, "unknown", "", copied=True),
    ),
)  # fmt: skip
HOSTILE = replace(
    ONE, id=204, answer="=HYPERLINK(1)", subject="＝1+1", recipient=Addressee("x", "@cmd", "+1"), items=(),
    channel=None, status="queued", sent_at=None, message_id="-1", attempts_history=(),
)  # fmt: skip


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_every_submission_a_message_speaks_of_has_a_row() -> None:
    first, second = rows(message_sheet.write_csv([ONE]))
    assert first == {
        "消息编号": "203", "报送件编号": "17", "方案": "ordos-benchmarking-2022", "单位": "市教育体育局",
        "报送事项": "报送建标学习对象", "期次": "2022", "事由": "升级督办",
        "收件人职务": "副市长（分管教育和卫生健康）",
        "收件人": "副市长（一）", "类型": "升级督办",
        "主题": "【升级督办】市教育体育局逾期1天", "生成时间": "2021-12-31 08:30",
        "可发时间": "2021-12-31 08:30", "送出时间": "2022-01-05 09:00", "渠道": "邮件", "状态": "已发", "投递次数": "2",
        "投递经过": "2021-12-31 08:30 企业微信 被拒绝：81013 user & party & tag all invalid\n"
        "2022-01-05 09:00 邮件 已送达：250 2.0.0 Ok: 1\n"
        "2022-01-05 09:00 抄送工作群1 结果不明：投递时服务中断，可能已送达",
        "对方应答": "250 2.0.0 Ok: 1", "消息号（Message-ID）": "abc123", "未列入原因": "",
        "签收": "",
    }  # fmt: skip
    assert (second["报送件编号"], second["未列入原因"]) == ("18", "已不再逾期：已报送")


def test_nothing_in_the_csv_runs_as_a_formula() -> None:
    (row,) = rows(message_sheet.write_csv([HOSTILE]))
    said = (row["对方应答"], row["主题"], row["收件人"], row["收件人职务"], row["消息号（Message-ID）"])
    assert said == ("'=HYPERLINK(1)", "'＝1+1", "'@cmd", "'+1", "'-1")
    assert (row["渠道"], row["送出时间"], row["报送件编号"]) == ("", "", "")


def test_the_workbook_holds_the_same_as_text() -> None:
    content = message_sheet.write_xlsx(iter([ONE, HOSTILE]), LAUNCH)
    (table,) = workbook_tables(content, ["消息送达记录"], name="x.xlsx").values()
    assert table[0] == ["消息送达记录"] and table[1][0].startswith("截至2021-12-31 08:30")
    assert table[2] == [column.title for column in message_sheet.COLUMNS]
    assert [row[0] for row in table[3:]] == ["203", "203", "204"]
    assert "=HYPERLINK(1)" in table[5]


def test_a_list_without_messages_is_a_file_with_headings() -> None:
    assert rows(message_sheet.write_csv([])) == []
    (table,) = workbook_tables(message_sheet.write_xlsx([], LAUNCH), ["消息送达记录"], name="x.xlsx").values()
    assert len(table) == 3
