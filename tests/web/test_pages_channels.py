"""The channels, held messages, undelivered ones and the sample letters, as the office has them."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from notifier.specimens import specimens
from tests.statements import noted
from tests.web.browsing import Office
from tests.workflow.world import LAUNCH, local
from web.pages.frame import POLICY
from workflow import channel_notes, holding
from workflow.jumps import Jump
from workflow.tables import Message

LATE = "2022-01-05 09:00"
JUMP = Jump(local("2021-12-31 09:00"), local("2021-12-31 12:00"), LAUNCH - LAUNCH)
CAUSE = "本机时钟向前跳了3小时（由2021-12-31 09:00跳到2021-12-31 12:00）"


def hold(office: Office) -> None:
    with office.engine.acting() as act:
        holding.hold_for_jump(act.session, JUMP)


def fail(office: Office, *people: str, kind: str = "notice") -> list[int]:
    """Let the first messages to these people be ones that did not arrive; their numbers."""
    values = {"status": "failed", "channel": "mail", "attempts": 3, "answer": "550 5.1.1 user unknown", "kind": kind}
    with office.engine.acting() as act:
        found = select(Message.id).where(col(Message.person).in_(people)).order_by(col(Message.id))
        numbers = [number or 0 for number in act.session.exec(found)]
        act.session.execute(update(Message).where(col(Message.id).in_(numbers)).values(**values))
    return numbers


def standing(office: Office, number: int) -> str:
    with office.world.store.read() as session:
        message = session.get(Message, number)
        assert message is not None
        return message.status


def test_the_alarm_stands_on_every_page_of_the_office(office: Office) -> None:
    clerk, admin = office.person(), office.person("admin")
    pages = ("/", "/overdue", "/messages", "/outbox", "/channels", "/letters", "/password", office.page_of())
    assert not [path for path in pages if "时钟向前跳" in clerk.open(path).text]
    hold(office)
    for path in (*pages, "/no-such-page"):
        for visitor in (clerk, admin):
            assert CAUSE in visitor.open(path).text, path
    assert clerk.page.link("发送渠道") == "/channels"


def test_who_cannot_release_is_not_alarmed(sqlite_office: Office) -> None:
    hold(sqlite_office)
    for visitor in (sqlite_office.liaison(), sqlite_office.person("inspector")):
        page = visitor.open("/messages")
        assert "时钟向前跳" not in page.text and "发送渠道" not in page.text
        assert visitor.open("/channels").status == 403
        assert visitor.open("/letters").status == 403
        assert visitor.open("/letters/request/html").status == 403


def test_a_person_releases_what_is_held(office: Office) -> None:
    hold(office)
    clerk = office.person()
    page = clerk.open("/channels")
    assert CAUSE in page.text and "已暂缓：通知 61 条" in page.text
    page = clerk.press("放行")
    assert "已放行61条消息" in page.text and "时钟向前跳" not in page.text
    assert not page.offers("放行")
    office.at("2021-12-31 09:00")
    assert "没有等候的" in clerk.open("/channels").text


@pytest.mark.parametrize("path", ["/channels/release", "/channels/resend"])
def test_no_foreign_page_presses_a_button(sqlite_office: Office, path: str) -> None:
    hold(sqlite_office)
    (number,) = fail(sqlite_office, "jytyj-liaison")
    clerk = sqlite_office.person()
    before = sqlite_office.world.dump()
    for token in ("", "x"):
        answer = clerk.client.post(path, data={"one": str(number), "form_token": token})
        assert answer.status_code == 403
    assert sqlite_office.visitor().client.post(path, follow_redirects=False).status_code in (303, 403)
    assert sqlite_office.world.dump() == before


def test_people_of_other_roles_press_in_vain(sqlite_office: Office) -> None:
    hold(sqlite_office)
    (number,) = fail(sqlite_office, "jytyj-liaison")
    for visitor in (sqlite_office.liaison(), sqlite_office.person("inspector")):
        form, _ = visitor.open("/messages").form("退出")
        before = sqlite_office.world.dump()
        token = form.fields["form_token"][0]
        for path in ("/channels/release", "/channels/resend"):
            for data in ({"one": str(number)}, {"kind": "all"}, {"message": str(number)}):
                answer = visitor.client.post(path, data={**data, "form_token": token})
                assert answer.status_code == 403
        assert sqlite_office.world.dump() == before


def test_each_channel_says_how_it_does(office: Office) -> None:
    fail(office, "jytyj-liaison")
    with office.engine.acting() as act:
        told = {
            ("mail", True): "250 2.0.0 Ok: 1",
            ("mail", False): "550 5.1.1 user unknown",
            ("office-1", True): "SUCCESS",
        }
        channel_notes.write(act.session, told, LAUNCH)
    page = office.person().open("/channels")
    mail = page.text[page.text.index("邮件") :]
    assert re.search(r"邮件 未配置（DUBAN_MAIL_URL） 2021年12月31日 08:30 邮件服务器已接收 250 2\.0\.0 Ok: 1", mail)
    assert "2021年12月31日 08:30 收件地址不存在 550 5.1.1 user unknown 0 0 1 没有等候的" in mail
    assert "未定（发送时选定）" in page.text and "演练投递箱" in page.text


def test_an_undelivered_alert_says_to_whom_about_what_and_why(office: Office) -> None:
    (number,) = fail(office, "jytyj-liaison")
    page = office.person().open("/channels")
    assert "未送达 1 条" in page.text
    line = page.text[page.text.index("重新发送所选") :]
    assert "市教育体育局联络员" in line and "市教育体育局 · 报送建标学习对象" in line
    assert "收件地址不存在 550 5.1.1 user unknown 3 邮件" in line
    assert page.link("（通知，没有写成）") == f"/messages/{number}"


def test_one_alert_is_sent_again(office: Office) -> None:
    (number,) = fail(office, "jytyj-liaison")
    clerk = office.person()
    clerk.open("/channels")
    page = clerk.press("重新发送全部通知（1 条）")
    assert "1条消息将重新发送" in page.text and "没有未送达的消息" in page.text
    assert standing(office, number) == "queued"


def test_the_button_of_a_line_sends_that_one(sqlite_office: Office) -> None:
    first, second = fail(sqlite_office, "jytyj-liaison", "wjw-liaison")
    clerk = sqlite_office.person()
    form, _ = clerk.open("/channels").form("重新发送")
    buttons = [button for button in form.buttons if button.name == "one"]
    assert {button.value for button in buttons} == {str(first), str(second)}
    answer = clerk.client.post(form.action, data={"one": str(first), "form_token": form.fields["form_token"][0]})
    assert "1条消息将重新发送" in answer.text
    assert (standing(sqlite_office, first), standing(sqlite_office, second)) == ("queued", "failed")


def test_what_is_ticked_is_sent_again(sqlite_office: Office) -> None:
    first, second = fail(sqlite_office, "jytyj-liaison", "wjw-liaison")
    clerk = sqlite_office.person()
    clerk.open("/channels")
    assert "没有选择消息" in clerk.press("重新发送所选").text
    page = clerk.press("重新发送所选", {"message": [str(first), str(second)]})
    assert "2条消息将重新发送" in page.text
    assert (standing(sqlite_office, first), standing(sqlite_office, second)) == ("queued", "queued")


def test_a_kind_is_sent_again(sqlite_office: Office) -> None:
    (first,) = fail(sqlite_office, "jytyj-liaison", kind="reminder")
    (second,) = fail(sqlite_office, "wjw-liaison", kind="escalation")
    clerk = sqlite_office.person()
    page = clerk.open("/channels")
    assert page.offers("全部重新发送（2 条）") and page.offers("重新发送全部升级督办（1 条）")
    clerk.press("重新发送全部提醒")
    assert (standing(sqlite_office, first), standing(sqlite_office, second)) == ("queued", "failed")
    clerk.press("重新发送全部升级督办")
    assert standing(sqlite_office, second) == "queued"


def test_an_alert_that_somebody_else_sent_again_is_not_sent_twice(sqlite_office: Office) -> None:
    (first,) = fail(sqlite_office, "jytyj-liaison")
    clerk, colleague = sqlite_office.person(), sqlite_office.person(name="colleague")
    clerk.open("/channels")
    form, _ = colleague.open("/channels").form("重新发送所选")
    token = form.fields["form_token"][0]
    clerk.press("重新发送所选", message=str(first))
    answer = colleague.client.post("/channels/resend", data={"one": str(first), "form_token": token})
    assert "现在不是未送达" in answer.text
    answer = colleague.client.post("/channels/resend", data={"message": str(first), "form_token": token})
    assert "0条消息将重新发送；另有1条已不是未送达" in answer.text


@pytest.mark.parametrize(
    "data",
    [{"one": "x"}, {"one": "0"}, {"one": "９"}, {"one": "9" * 15}, {"message": "-1"}, {"kind": "x"}, {"kind": "\0"}],
)
def test_what_no_button_sends_is_refused(sqlite_office: Office, data: dict[str, str]) -> None:
    clerk = sqlite_office.person()
    form, _ = clerk.open("/channels").form("退出")
    before = sqlite_office.world.dump()
    answer = clerk.client.post("/channels/resend", data={**data, "form_token": form.fields["form_token"][0]})
    assert answer.status_code in (200, 404, 422)
    assert "将重新发送" not in answer.text
    assert sqlite_office.world.dump() == before


def test_a_cursor_that_means_nothing_is_explained(sqlite_office: Office) -> None:
    page = sqlite_office.person().open("/channels?cursor=x")
    assert (page.status, "查询条件不可用" in page.text) == (422, True)


def test_undelivered_alerts_come_in_pages_of_fifty(sqlite_office: Office) -> None:
    with sqlite_office.engine.acting() as act:
        act.session.execute(update(Message).values(status="failed", answer="451 x"))
    clerk = sqlite_office.person()
    assert "共 61 条，本页 50 条" in clerk.open("/channels").text
    assert "共 61 条，本页 11 条" in clerk.follow("下一页").text
    clerk.follow("回到第一页")
    assert "61条消息将重新发送" in clerk.press("重新发送全部通知（61 条）").text


def test_the_page_asks_the_same_few_statements_whatever_it_lists(office: Office) -> None:
    live = Office(office.world, rehearsal=False)
    clerk = live.person()
    clerk.open("/channels")
    found = []
    for status in ("failed", "held"):
        with office.engine.acting() as act:
            act.session.execute(update(Message).values(status=status))
        with noted() as seen:
            assert clerk.open("/channels").status == 200
        found.append(len(seen))
    assert max(found) <= 13


# Sample letters


def test_every_kind_of_letter_can_be_read_before_it_is_sent(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    clerk.open("/channels")
    assert "到期前提醒" in clerk.follow("样信").text
    before = sqlite_office.world.dump()
    for one in specimens():
        page = clerk.open(f"/letters/{one.name}")
        letter = one.letter(sqlite_office.base_url)
        assert page.status == 200 and letter.subject in page.text
        assert re.sub(r"\s+", " ", letter.text) in page.text
        frame = re.search(r'<iframe[^>]* sandbox src="([^"]+)"', page.response.text)
        assert frame is not None and frame[1] == f"/letters/{one.name}/html"
        assert clerk.client.get(frame[1]).text == letter.html
    assert sqlite_office.world.dump() == before


def test_a_sample_may_do_nothing_and_only_our_page_frames_it(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    page = clerk.open("/letters")
    assert page.response.headers[POLICY].endswith("; frame-src 'self'")
    assert "frame-src" not in clerk.open("/channels").response.headers[POLICY]
    policy = clerk.client.get("/letters/request/html").headers[POLICY]
    assert "default-src 'none'" in policy and policy.endswith("frame-ancestors 'self'; sandbox")
    assert "script-src" not in policy


def test_a_letter_that_is_not_there_is_not_found(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    assert clerk.open("/letters/no-such").status == 404
    assert clerk.open("/letters/no-such/html").status == 404


def test_messages_are_taken_along_as_a_file(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    page = clerk.open("/messages?status=queued&recipient=市教育体育局联络员")
    for name in ("导出 Excel", "导出 CSV"):
        href = page.link(name)
        assert "status=queued" in href and "recipient=" in href
        assert clerk.client.get(href).status_code == 200
    assert "导出" not in clerk.open("/messages?status=failed").text
