"""Receipts, codes, anchors, and letters to be signed for: what stands in them, and what never does."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from notifier.letters import code_placeholder, codes_in, fill, links_in, placeholder, without_links, write
from tests.notifier.samples import CHOICE, EDUCATION, MAYOR, PAGE, facts, matter, shown, to_sign

CODE = """\
副市长（分管教育和卫生健康）：

对标先进提升创建工作（2022年度）

审签验证码：{{code:7}}

用于审签：市教育体育局　报送建标学习对象
授权代签：代常务副市长
有效期至：2022年1月3日 09:20，只能使用一次

请勿将验证码告诉任何人。本人未操作的，请立即联系领导小组办公室。

领导小组办公室
2022年1月3日 09:10"""

RECEIPT = """\
副市长（分管教育和卫生健康）：

对标先进提升创建工作（2022年度）

您的以下审签已记录：
1. 市教育体育局　报送建标学习对象
   办理结果：同意，2022年1月3日 09:05
   意见：一、抓紧落实
         二、按月报告
   不是本人操作的，请打开：{{link:4}}

链接只供您本人使用，请勿转发。

领导小组办公室
2022年1月3日 09:10"""

TO_ACKNOWLEDGE = """\
市教育体育局联络员：

对标先进提升创建工作（2022年度）

以下事项已过截止日期，仍未报送：
1. 市教育体育局　报送建标学习对象
   截止：2022年1月4日前　状态：未提交
   要求：选定一个先进单位，审签后报办公室

签收：{{link:8}}
请在收到后1个工作日内签收。

链接只供您本人使用，请勿转发。
查看详情：https://duban.example.cn/submissions/7

领导小组办公室
2022年1月3日 09:10"""

A_CODE = matter(
    "code", code=code_placeholder(7), code_until=datetime(2022, 1, 3, 1, 20, tzinfo=UTC), on_behalf_of="常务副市长"
)  # fmt: skip
A_RECEIPT = matter(
    "decided", happened="同意，2022年1月3日 09:05", comment="一、抓紧落实\n二、按月报告", dispute=placeholder(4)
)  # fmt: skip


def test_a_code_says_for_what_how_long_and_whom_to_call() -> None:
    letter = write(facts(A_CODE, kind="code", post_title=MAYOR))
    assert letter.text == CODE
    for said in ("本人未操作的，请立即联系领导小组办公室", "2022年1月3日 09:20", "常务副市长", EDUCATION):
        assert said in shown(letter.html)


def test_a_code_stands_nowhere_before_it_is_handed_over() -> None:
    letter = write(facts(A_CODE, kind="code", post_title=MAYOR))
    assert codes_in(letter.text) == codes_in(letter.html) == (7,)
    assert codes_in(letter.subject + letter.card + letter.brief + letter.link) == ()
    sent = letter.with_links({}, {7: "123456"})
    assert sent.text.count("123456") == sent.html.count("123456") == 1
    assert "123456" not in sent.subject + sent.card
    assert (sent.link, PAGE in sent.text) == ("", False)
    with pytest.raises(KeyError):
        letter.with_links({}, {8: "123456"})


def test_a_group_reads_neither_links_nor_codes() -> None:
    assert without_links("{{link:1}}{{code:2}}") == "（链接仅限本人）（验证码仅限本人）"
    assert fill("{{code:1}}{{link:1}}", {1: "a"}, {1: "b"}) == "ba"


@pytest.mark.parametrize("said", ["{{code:7}}", "{{{code:7}}}", "{{code:{{code:7}}}}"])
def test_what_is_typed_is_never_a_place_for_a_code(said: str) -> None:
    letter = write(facts(matter("code", said, obligation=said, code=code_placeholder(9)), kind="code"))
    assert codes_in(letter.text + letter.html) == (9,)
    assert said in letter.text.replace("\u2060", "")


def test_a_receipt_says_what_was_decided_and_how_to_object() -> None:
    letter = write(facts(A_RECEIPT, kind="receipt", post_title=MAYOR))
    assert letter.text == RECEIPT
    assert "这不是我本人操作" in shown(letter.html) and f'href="{placeholder(4)}"' in letter.html
    assert (letter.link, letter.link_label) == (placeholder(4), "有异议")


def test_the_card_of_a_receipt_says_what_was_decided_and_when() -> None:
    letter = write(facts(A_RECEIPT, kind="receipt"))
    for said in (letter.card, letter.brief):
        assert "同意，2022年1月3日 09:05" in said and "日前" not in said


def test_a_receipt_carries_no_link_to_sign_and_no_page() -> None:
    letter = write(facts(A_RECEIPT, kind="receipt"))
    assert links_in(letter.text) == (4,) and PAGE not in letter.text
    assert "去审签" not in letter.html and "截止" not in letter.text


def test_a_letter_to_be_signed_for_has_one_link_for_that() -> None:
    note = "请在收到后1个工作日内签收。"
    one = facts(matter("overdue"), acknowledge=placeholder(8), acknowledge_note=note)
    letter = write(one)
    assert letter.text == TO_ACKNOWLEDGE
    assert letter.html.count(f'href="{placeholder(8)}"') == 1 and note in shown(letter.html)
    assert (letter.link, letter.link_label) == (placeholder(8), "签收")


def test_signing_comes_before_signing_for() -> None:
    letter = write(facts(to_sign(1, reason="chase"), acknowledge=placeholder(8), acknowledge_note="请签收。"))
    assert (letter.link, letter.link_label) == (placeholder(1), "去审签")
    assert letter.text.index(placeholder(1)) < letter.text.index(placeholder(8))


def test_a_delegate_is_told_for_whom() -> None:
    letter = write(facts(to_sign(1, on_behalf_of="常务副市长")))
    assert "授权代签：代常务副市长" in letter.text and "授权代签：代常务副市长" in shown(letter.html)
    table = write(facts(*(to_sign(number, f"第{number}局", on_behalf_of="常务副市长") for number in range(1, 8))))
    assert shown(table.html).count("代常务副市长") == 7


def test_an_anchor_is_told_line_by_line() -> None:
    letter = write(facts(kind="anchor", programme="", title="审签记录每日存证（2022年1月3日）", lines="甲：1\n乙：2"))
    assert letter.subject == "【存证】审签记录每日存证（2022年1月3日）"
    assert "审签记录每日存证（2022年1月3日）\n\n甲：1\n乙：2\n" in letter.text
    assert "甲：1\n乙：2" in shown(letter.html) and letter.link == ""
    assert CHOICE not in letter.text
