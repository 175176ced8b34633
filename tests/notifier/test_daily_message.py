"""One mail at one instant: kinds, obligations and programmes in parts; quiet hours; dates to keep."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from email.message import EmailMessage

import icalendar

from notifier.letters import LIST_ROWS, NAMES_ELSEWHERE, placeholder, write
from tests.doubles.smtp import Arrived
from tests.notifier.post_office import PostOffice
from tests.notifier.samples import MAYOR as ADDRESSED
from tests.notifier.samples import ONE_LATE, PAGE, facts, matter, shown, to_sign
from tests.workflow.test_digests import second_programme
from tests.workflow.world import World, local, ordos_roster
from workflow import submissions
from workflow.hours import Hours, parse_span
from workflow.refusals import AlreadyUrged

Opened = Callable[..., PostOffice]
MAYOR = "fsz-nongmu"


def entries(mail: Arrived) -> list[dict[str, str]]:
    """The calendar entries a mail carries, their lines by name; read by the library first."""
    attached = [part for part in mail.message.walk() if part.get_content_type() == "text/calendar"]
    assert len(attached) <= 1
    if not attached:
        return []
    [part] = attached
    assert isinstance(part, EmailMessage)
    assert (part.get_filename(), part["Content-Type"].params["method"]) == ("deadlines.ics", "PUBLISH")
    text = part.get_payload(decode=True)
    assert isinstance(text, bytes)
    read = icalendar.Calendar.from_ical(text)
    assert not read.walk("VALARM") and b"\r\nMETHOD:PUBLISH\r\n" in text and b"CALNAME" not in text
    return [_lines(one.to_ical().decode()) for one in read.walk("VEVENT")]


def _lines(written: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in written.replace("\r\n ", "").splitlines())
    return {name.partition(";")[0]: value for name, _, value in pairs}


def test_a_leader_chased_and_told_of_others_gets_one_mail_in_parts(world: World, opened: Opened) -> None:
    office = opened(world, rehearsal=True)
    office.advance(local("2022-02-10 10:00"))
    world.file("SLJ", "research-trip", now=local("2022-02-10 10:00"))
    world.hand_in("SLJ", "work-plan", now=local("2022-02-10 10:00"))
    office.advance(local("2022-02-11 08:59"))
    before = len(office.mails_to(MAYOR))
    office.advance(local("2022-02-11 09:00"))
    [mail] = office.mails_to(MAYOR)[before:]
    text = mail.part("plain")
    assert text.index("仍在等候您审签") < text.index("以下单位逾期未报送，请督促（共5件）")
    assert [one.kind for one in office.messages(person=MAYOR)][-1] == "escalation"
    assert {one.status for one in office.messages()} <= {"sent", "cancelled"}
    assert not entries(mail)


def test_two_programmes_are_one_mail_that_names_both(world: World, opened: Opened) -> None:
    second_programme(world, local("2021-12-31 08:40"))
    office = opened(world, rehearsal=True)
    office.advance(local("2021-12-31 09:00"))
    [mail] = office.mails_to("kjj-head")
    for body in (mail.part("plain"), shown(mail.part("html"))):
        assert "对标先进提升创建工作（2022年度）等2个方案" in body
        assert body.count("第二个方案（2022年度）") == 1
    uids = {one["UID"] for one in entries(mail)}
    assert {uid.partition(".")[2] for uid in uids} == {"ordos-benchmarking-2022@duban", "second-plan-2022@duban"}


def test_a_lapse_of_the_night_is_mailed_at_the_end_of_the_quiet_hours(world: World, opened: Opened) -> None:
    office = opened(world, rehearsal=True, hours=Hours(quiet=parse_span("22:00-07:00")))
    office.advance(local("2022-01-05 06:59"))
    assert office.messages("lapse") and not [one for one in office.messages("lapse") if one.status == "sent"]
    office.advance(local("2022-01-05 07:00"))
    assert {one.sent_at for one in office.messages("lapse")} == {local("2022-01-05 07:00")}
    assert office.world.submission("KJJ").state == "overdue"


def test_a_date_comes_as_an_entry_that_follows_it_when_it_moves(world: World, opened: Opened) -> None:
    office = opened(world, rehearsal=True)
    office.advance(local("2021-12-31 08:30"))
    number = world.id_of("KJJ")
    [first] = entries(office.mails_to("kjj-liaison")[-1])
    assert (first["UID"], first["SEQUENCE"]) == (f"submission-{number}.ordos-benchmarking-2022@duban", "1")
    assert (first["DTSTART"], first["DTEND"]) == ("20220104", "20220105")
    with world.act(local("2021-12-31 10:00")) as act:
        submissions.extend(act, number, until=date(2022, 1, 14), comment="同意延期")
    office.advance(local("2021-12-31 10:10"))
    mail = office.mails_to("kjj-liaison")[-1]
    [moved] = entries(mail)
    assert (moved["UID"], moved["SEQUENCE"], moved["DTSTART"]) == (first["UID"], "2", "20220114")
    assert {one.message["References"] for one in office.mails_to("kjj-liaison")} == {mail.message["In-Reply-To"]}
    assert mail.message["References"] == f"<submission-{number}.ordos-benchmarking-2022@example.cn>"


def test_what_is_filed_or_late_brings_no_entry(sqlite_world: World, opened: Opened) -> None:
    office = opened(sqlite_world, rehearsal=True)
    sqlite_world.file("KJJ", now=local("2021-12-31 08:40"))
    office.advance(local("2022-01-05 09:00"))
    assert [entries(mail) for mail in office.mails_to("kjj-liaison")] == [[]]
    late = [mail for mail in office.mails_to("gxj-liaison") if "逾期" in mail.part("plain")]
    assert late and not any(entries(mail) for mail in late)


def test_receipts_of_a_day_come_next_morning_in_one_mail(world: World, opened: Opened) -> None:
    office = opened(world, rehearsal=True)
    office.advance(local("2022-01-04 10:00"))
    heard = len(office.mails_to("kjj-liaison"))
    world.file("KJJ", now=local("2022-01-04 10:00"))
    world.hand_in("KJJ", "research-trip", now=local("2022-01-04 10:30"))
    world.file("KJJ", "work-plan", now=local("2022-01-04 11:00"))
    office.advance(local("2022-01-05 08:59"))
    assert len(office.mails_to("kjj-liaison")) == heard
    office.advance(local("2022-01-05 09:00"))
    [mail] = office.mails_to("kjj-liaison")[heard:]
    assert "以下报送件已审签同意，办公室已收到（共2件）" in mail.part("plain")


def test_who_was_urged_is_left_four_working_hours(world: World, opened: Opened) -> None:
    """The refusal says since when and until when; another desk may be urged meanwhile."""
    office, number = opened(world, rehearsal=True), world.id_of("KJJ", "work-plan")
    world.file("KJJ", "research-trip", now=local("2022-01-04 15:00"))
    with world.act(local("2022-01-04 16:00")) as act:
        submissions.urge(act, number, comment="请抓紧")
    for at, said in (
        ("2022-01-04 16:30", "今天已经为该事项催办过，1月5日12:00起可以再次催办。"),
        ("2022-01-05 11:59", "1月4日已经为该事项催办过，1月5日12:00起可以再次催办。"),
    ):
        with world.refusing(AlreadyUrged) as why, world.act(local(at)) as act:
            submissions.urge(act, number)
        assert why.value.text == said
    with world.act(local("2022-01-05 12:00")) as act:
        submissions.urge(act, number)
    world.hand_in("KJJ", "work-plan", now=local("2022-01-05 12:30"))
    with world.act(local("2022-01-05 12:40")) as act:
        submissions.urge(act, number)
    assert len(office.messages("urge", person="fsz-gongye")) == 1


LATE = [matter("escalation", f"第{number}局", **ONE_LATE) for number in range(1, 61)]


def test_thirty_late_units_are_a_table_and_a_list() -> None:
    letter = write(facts(*LATE[:30], post_title=ADDRESSED, page=""))
    assert letter.html.count("<tr>") == 31 and '<th scope="col"' in letter.html
    assert [f"{number}. 第{number}局" in letter.text for number in range(1, 31)] == [True] * 30
    assert letter.card.splitlines()[-1] == "……共30件"
    assert all(f"第{number}局" in letter.brief for number in range(1, 31))


def test_a_few_are_no_table() -> None:
    assert "<th" not in write(facts(*LATE[:5])).html


def test_what_is_past_the_list_is_counted_and_found_on_the_page() -> None:
    letter = write(facts(*LATE))
    for body in (letter.text, shown(letter.html)):
        assert f"第{LIST_ROWS}局" in body and f"第{LIST_ROWS + 1}局" not in body
        assert f"另有10件，请打开页面查看：{PAGE}" in body
    assert "60个单位" in letter.subject


def test_what_is_past_the_list_and_to_be_signed_is_on_the_desk() -> None:
    many = [to_sign(number, f"第{number}局") for number in range(1, 53)]
    letter = write(facts(*many, desk=placeholder(99)))
    assert f"另有2件，请打开页面查看：{placeholder(99)}" in letter.text
    assert placeholder(50) in letter.text and placeholder(51) not in letter.text + letter.html


def test_whoever_has_no_page_is_told_where_to_ask() -> None:
    assert f"另有10件，{NAMES_ELSEWHERE}" in write(facts(*LATE, page="")).text


def test_fifty_late_units_of_one_leader_are_one_short_text_on_a_telephone(sqlite_url: str, opened: Opened) -> None:
    """A leader without an account has no page to open: every unit is named within WeCom's 2,048 bytes."""
    everything = replace(
        ordos_roster(), supervision=tuple(replace(one, post="常务副市长") for one in ordos_roster().supervision)
    )
    with closing(World.launched(sqlite_url, roster=everything)) as world:
        office = opened(world, mail=False, wecom=True, rehearsal=True)
        office.advance(local("2022-01-05 09:00"))
        wecom_id = next(one.wecom_id for one in ordos_roster().people if one.key == "fsz-changwu")
        [told] = [one for one in office.wecom.shown if one.to == wecom_id]
    assert told.kind == "text"
    assert len(told.text.encode()) <= 2048
    assert re.search(r"\n编号 [0-9a-f]{24}$", told.text)
    names = {unit.code: unit.name for unit in ordos_roster().units}
    late = [names[row.unit] for row in ordos_roster().supervision]
    assert len(late) > 50
    assert [name for name in late if name not in told.text] == []
