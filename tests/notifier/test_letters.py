"""What a letter says: what, by when, how late, where it is stuck."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from notifier.letters import HEADINGS, SAID, Matter, code_placeholder, fill, links_in, placeholder, reason_of, write
from tests.notifier.samples import (
    CHOICE,
    DUTY,
    EDUCATION,
    ENERGY,
    FEB_15,
    HEALTH,
    MAYOR,
    MORE_LATE,
    ONE_LATE,
    PAGE,
    PLAN,
    facts,
    matter,
    shown,
    to_sign,
)  # fmt: skip

#: Full texts of one leader's letter; what stands here is what is read on the phone.
THREE_TO_SIGN = """\
副市长（分管教育和卫生健康）：

对标先进提升创建工作（2022年度）

一次办理全部3件：{{link:9}}

以下报送件请您审签（共3件）：
1. 市教育体育局　报送建标学习对象
   截止：2022年1月4日前　状态：待审签，1月3日送审
   审签：{{link:1}}
2. 市卫生健康委员会　报送建标学习对象
   截止：2022年1月4日前　状态：待审签，1月3日送审
   审签：{{link:2}}
3. 市能源局　报送建标学习对象
   截止：2022年1月4日前　状态：待审签，1月3日送审
   审签：{{link:3}}

链接只供您本人使用，请勿转发。

领导小组办公室
2022年1月3日 09:10"""

LATE_AND_STUCK = """\
副市长（分管教育和卫生健康）：

（这是一次演练，不是正式通知。）

对标先进提升创建工作（2022年度）

以下单位逾期未报送，请督促（共2件）：
1. 市教育体育局　报送建标学习对象
   截止：2022年1月4日前　逾期2天（2个工作日）　状态：未提交
   现在卡在：该单位联络员、主要负责同志
2. 市能源局　报送《对标创建工作方案》
   截止：2022年2月15日前　逾期1天（1个工作日）　状态：待审签，1月3日送审
   现在卡在：常务副市长

查看详情：https://duban.example.cn/programmes/ordos-benchmarking-2022

领导小组办公室
2022年1月6日 09:00"""

RETURNED = """\
市教育体育局联络员：

对标先进提升创建工作（2022年度）

以下报送件已退回，请修改后重新提交：
1. 市教育体育局　报送建标学习对象
   截止：2022年1月4日前　状态：未提交
   要求：选定一个先进单位，审签后报办公室
   退回理由：一、指标不全
         二、学习内容空泛

查看详情：https://duban.example.cn/submissions/7

领导小组办公室
2022年1月3日 09:10"""


SUBJECTS = {
    "reminder": (matter(), f"【督办】请于1月4日前完成：{CHOICE}"),
    "notice": (matter("notice"), f"【督办】请知悉（1月4日前）：{CHOICE}"),
    "overdue": (matter("overdue", **ONE_LATE), f"【逾期】{EDUCATION}逾期2天：{CHOICE}"),
    "escalation": (matter("escalation", **ONE_LATE), f"【升级督办】{EDUCATION}逾期2天，请督促：{CHOICE}"),
    "request": (to_sign(1), f"【待审签】{EDUCATION}请您于1月4日前审签：{CHOICE}"),
    "request, late": (to_sign(1, **ONE_LATE), f"【待审签】{EDUCATION}请您尽快审签（逾期2天）：{CHOICE}"),
    "chase": (to_sign(1, reason="chase"), f"【待审签】{EDUCATION}仍待您审签（1月4日前）：{CHOICE}"),
    "chase, late": (to_sign(1, reason="chase", **ONE_LATE), f"【待审签】{EDUCATION}仍待您审签（逾期2天）：{CHOICE}"),
    "watch": (matter("watch"), f"【督办】{EDUCATION}仍待审签（1月4日前）：{CHOICE}"),
    "urge": (matter("urge", **ONE_LATE), f"【催办】请尽快办理（逾期2天）：{CHOICE}"),
    "urge to sign": (to_sign(1, reason="urge"), f"【催办】请尽快审签（1月4日前）：{CHOICE}"),
    "more time asked": (matter("extension-asked"), f"【延期申请】{EDUCATION}申请延期，请答复：{CHOICE}"),
    "more time declined": (matter("extension-declined"), f"【督办】延期申请未获同意（1月4日前）：{CHOICE}"),
    "put back": (matter("restored"), f"【督办】上一项办理已撤销，请于1月4日前完成：{CHOICE}"),
    "put back, late": (matter("restored", **ONE_LATE), f"【督办】上一项办理已撤销（逾期2天）：{CHOICE}"),
    "returned": (matter("returned"), f"【督办】已退回，请修改后重报（1月4日前）：{CHOICE}"),
    "filed": (matter("filed"), f"【督办】已审签同意并收到：{CHOICE}"),
    "accept": (matter("accept"), f"【待受理】{EDUCATION}等候受理（1月4日前）：{CHOICE}"),
    "accept, late": (matter("accept", **ONE_LATE), f"【待受理】{EDUCATION}等候受理（逾期2天）：{CHOICE}"),
    "accepted": (matter("accepted"), f"【督办】已受理：{CHOICE}"),
    "received": (matter("received"), f"【督办】{EDUCATION}已报送，请知悉：{CHOICE}"),
    "extended": (matter("extended"), f"【督办】截止日期延至2022年1月4日：{CHOICE}"),
    "exempted": (matter("exempted"), f"【督办】已同意免报：{CHOICE}"),
    "amended": (matter("amended"), f"【督办】截止日期调整为2022年1月4日：{CHOICE}"),
    "opened": (matter("opened"), f"【督办】新事项，请于1月4日前完成：{CHOICE}"),
    "opened, late": (matter("opened", **ONE_LATE), f"【督办】新事项，请按期完成（逾期2天）：{CHOICE}"),
    "decided": (matter("decided"), f"【审签回执】审签已记录（{EDUCATION}）：{CHOICE}"),
    "code": (matter("code", code=code_placeholder(1)), f"【验证码】审签验证码（{EDUCATION}）：{CHOICE}"),
    "disputed": (matter("disputed"), f"【请核实】审签人表示不是本人操作（{EDUCATION}）：{CHOICE}"),
    "handed-over": (matter("handed-over"), f"【督办】不再由您审签（{EDUCATION}）：{CHOICE}"),
    "unacknowledged": (matter("unacknowledged", **ONE_LATE), f"【未签收】{EDUCATION}通知未签收，请督促：{CHOICE}"),
}


@pytest.mark.parametrize(("one", "subject"), SUBJECTS.values(), ids=SUBJECTS)
def test_the_subject_says_what_and_by_when(one: Matter, subject: str) -> None:
    assert write(facts(one)).subject == subject


def test_every_reason_has_a_heading_and_a_subject() -> None:
    assert {one.reason for one, _ in SUBJECTS.values()} == set(HEADINGS) == set(SAID)


MANY = {
    "units": (
        [matter("escalation", unit, **ONE_LATE) for unit in (EDUCATION, HEALTH, ENERGY)],
        f"【升级督办】3个单位逾期2天，请督促：{CHOICE}",
    ),
    "lateness": (
        [matter("escalation", EDUCATION, **ONE_LATE), matter("escalation", HEALTH, **MORE_LATE)],
        f"【升级督办】2个单位最长逾期6天，请督促：{CHOICE}",
    ),
    "dates": (
        [matter(due_date=FEB_15, obligation=PLAN), matter()],
        f"【督办】请按期完成（最早1月4日前）：{CHOICE}等2项",
    ),
    "chased": (
        [to_sign(1, reason="chase"), to_sign(2, HEALTH, "chase")],
        f"【待审签】2件仍待您审签（1月4日前）：{CHOICE}",
    ),
    "requests of different days": (
        [to_sign(1), to_sign(2, HEALTH, due_date=FEB_15)],
        f"【待审签】2个单位请您尽快审签（最早1月4日前）：{CHOICE}",
    ),
    "extended to different days": (
        [matter("extended"), matter("extended", HEALTH, due_date=FEB_15)],
        f"【督办】截止日期已延后：{CHOICE}",
    ),
    "parts": (
        [matter("escalation", HEALTH, **ONE_LATE), to_sign(1, reason="chase", **ONE_LATE)],
        f"【待审签】{EDUCATION}仍待您审签（逾期2天）：{CHOICE}（另有1件）",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("matters", "subject"), MANY.values(), ids=MANY)
def test_a_subject_sums_up(matters: list[Matter], subject: str) -> None:
    assert write(facts(*matters)).subject == subject


def test_a_rehearsal_says_so_first() -> None:
    letter = write(facts(matter(), rehearsal=True))
    assert letter.subject.startswith("【演练】【督办】")
    assert "这是一次演练，不是正式通知。" in letter.text
    assert "这是一次演练，不是正式通知。" in shown(letter.html)


def test_a_launch_is_announced() -> None:
    letter = write(facts(matter(), kind="notice", launched=True))
    assert letter.subject == f"【督办】方案已启动，请于1月4日前完成：{CHOICE}"
    assert "对标先进提升创建工作（2022年度）　方案已启动\n" in letter.text


def test_ten_units_of_one_leader_are_one_letter_with_a_desk_and_ten_links() -> None:
    units = [f"第{number}局" for number in range(1, 11)]
    letter = write(facts(*(to_sign(n, unit) for n, unit in enumerate(units, 1)), desk=placeholder(11)))
    for body in (letter.text, letter.html):
        assert [body.count(placeholder(number)) for number in range(1, 11)] == [1] * 10
        assert all(unit in body for unit in units)
    assert letter.text.count(placeholder(11)) == 1
    assert f'href="{placeholder(11)}"' in letter.html
    assert letter.html.index(placeholder(11)) < letter.html.index(placeholder(1))
    assert (letter.link, letter.link_label) == (placeholder(11), "去审签")
    assert letter.subject == f"【待审签】10个单位请您于1月4日前审签：{CHOICE}"


def test_the_leader_reads_what_to_sign_and_by_when() -> None:
    three = [to_sign(number, unit) for number, unit in enumerate((EDUCATION, HEALTH, ENERGY), 1)]
    assert write(facts(*three, post_title=MAYOR, desk=placeholder(9))).text == THREE_TO_SIGN


def test_an_escalation_tells_how_late_and_where_it_is_stuck() -> None:
    late = facts(
        matter("escalation", stuck_with="该单位联络员、主要负责同志", **ONE_LATE),
        matter(
            "escalation", ENERGY, obligation=PLAN, due_date=FEB_15, standing="待审签，1月3日送审",
            stuck_with="常务副市长", days_late=1, working_days_late=1,
        ),
        post_title=MAYOR, rehearsal=True, sent_at=datetime(2022, 1, 6, 1, tzinfo=UTC),
        page="https://duban.example.cn/programmes/ordos-benchmarking-2022",
    )  # fmt: skip
    assert write(late).text == LATE_AND_STUCK


def test_a_return_gives_the_reason_and_the_duty() -> None:
    assert write(facts(matter("returned", comment="一、指标不全\r\n二、学习内容空泛"))).text == RETURNED


def test_html_tells_the_same_as_the_text() -> None:
    late = matter("overdue", stuck_with="常务副市长", comment="尽快", was_due=date(2021, 12, 28), **ONE_LATE)
    letter = write(facts(late))
    for said in (
        EDUCATION,
        CHOICE,
        DUTY,
        "2022年1月4日前（原为2021年12月28日前）",
        "逾期2天（2个工作日）",
        "常务副市长",
        PAGE,
    ):
        assert said in letter.text
        assert said in shown(letter.html)


def test_one_request_leads_straight_to_it() -> None:
    letter = write(facts(to_sign(5), desk=""))
    assert (letter.link, letter.link_label) == (placeholder(5), "去审签")
    assert letter.text.count(placeholder(5)) == 1
    assert PAGE not in letter.text + letter.html


def test_what_is_to_be_signed_comes_before_what_is_to_be_known() -> None:
    letter = write(facts(matter("escalation", HEALTH, **ONE_LATE), to_sign(1, reason="chase")))
    assert letter.text.index(EDUCATION) < letter.text.index(HEALTH)
    assert letter.link == placeholder(1)


def test_what_is_due_first_stands_first() -> None:
    letter = write(facts(matter(unit=HEALTH, due_date=FEB_15), matter(unit=EDUCATION)))
    assert letter.text.index(f"1. {EDUCATION}") < letter.text.index(f"2. {HEALTH}")


def test_a_signer_is_not_told_the_units_duty() -> None:
    assert DUTY not in write(facts(to_sign(1, reason="urge"))).text
    assert DUTY in write(facts(matter("urge"))).text


def test_people_are_addressed_by_their_post() -> None:
    assert write(facts(matter(), post_title=MAYOR)).text.startswith(f"{MAYOR}：\n")
    assert write(facts(matter(), post_title="")).text.startswith("值班员：\n")


def test_the_card_names_three_and_counts_the_rest() -> None:
    matters = [matter("escalation", f"第{number}局", **ONE_LATE) for number in range(1, 6)]
    assert write(facts(*matters)).card.splitlines() == [
        "对标先进提升创建工作（2022年度）",
        f"第1局　{CHOICE}　逾期2天（2个工作日）",
        f"第2局　{CHOICE}　逾期2天（2个工作日）",
        f"第3局　{CHOICE}　逾期2天（2个工作日）",
        "……共5件",
    ]


def test_a_telephone_reads_what_the_office_wrote_where_it_is_the_same_for_all() -> None:
    urged = [matter("urge", f"第{number}局", comment="请于今日下班前报送") for number in (1, 2)]
    letter = write(facts(*urged))
    assert letter.card.endswith("\n办公室说明：请于今日下班前报送")
    assert letter.brief.count("办公室说明：请于今日下班前报送") == 1
    apart = write(facts(urged[0], matter("urge", "第2局", comment="另有要求")))
    assert "办公室说明" not in apart.card


def test_links_are_filled_in_everywhere() -> None:
    letter = write(facts(to_sign(1), to_sign(22, HEALTH), desk=placeholder(3)))
    assert links_in(letter.text) == (3, 1, 22)
    sent = letter.with_links({1: "https://a.example/1", 22: "https://a.example/22", 3: "https://a.example/all"})
    assert not re.search(r"\{\{|\}\}", sent.text + sent.html + sent.card + sent.link)
    assert sent.link == "https://a.example/all"
    assert fill("a{{link:1}}b{{link:1}}", {1: "x"}) == "axbx"


def test_a_reason_is_told_from_its_round() -> None:
    assert [reason_of(written) for written in ("request:2.0", "urge", "filed:3")] == ["request", "urge", "filed"]
