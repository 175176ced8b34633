"""审签单 in the browser: the page that is printed, the Word file, and the page that checks one."""

from __future__ import annotations

import re

from tests.web.browsing import Office, Page, Visitor
from tests.workflow.test_anchors import anchor_at
from tests.workflow.world import World, local
from workflow import submissions
from workflow.tables import DrawnSignature

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
UNIT = "KJJ"


def filed(world: World) -> str:
    """A unit's target choice, signed; the address of its sheet."""
    world.file(UNIT, now=local("2022-01-03 11:00"))
    return f"/submissions/{world.id_of(UNIT)}/sheet"


def issued(visitor: Visitor, path: str) -> tuple[str, bytes]:
    """Number and file of the sheet that the page hands out."""
    visitor.open(path)
    response = visitor.press("编号并出具").response
    assert response.headers["content-type"] == DOCX
    number = re.search(r"SQD-2022-\d{6}", response.headers["content-disposition"])
    assert number is not None
    return number[0], response.content


def check(visitor: Visitor, number: str, file: bytes) -> Page:
    visitor.open("/verify")
    return visitor.press("核验", number=number, files={"file": [("审签单.docx", file, DOCX)]})


def test_the_page_tells_who_signed_and_hands_out_the_file(office: Office) -> None:
    path, clerk = filed(office.world), office.person()
    read = clerk.open(path)
    assert read.status == 200 and read.response.headers["cache-control"] == "no-store"
    for part in (
        "审 签 单",
        "未编号",
        "市科学技术局",
        "报送建标学习对象",
        "同意",
        "审签链接",
        "按时",
        "记录号：SQ-00000",
    ):
        assert part in read.text, part
    number, file = issued(clerk, path)
    again = clerk.open(path)
    assert f"编号：{number}" in again.text
    assert clerk.press("下载审签单").response.content == file


def test_the_submission_leads_to_its_sheet_once_somebody_has_decided(sqlite_office: Office) -> None:
    clerk, page = sqlite_office.person(), sqlite_office.page_of(UNIT)
    assert "审签单" not in clerk.open(page).text
    path = filed(sqlite_office.world)
    clerk.open(page)
    assert clerk.follow("审签单").path == path


def test_reading_writes_nothing(office: Office) -> None:
    path, clerk = filed(office.world), office.person()
    before = office.world.dump()
    clerk.open(path)
    clerk.open("/verify")
    check(office.visitor(), "SQD-2022-000001", b"something")
    assert office.world.dump() == before


def test_a_unit_reads_its_own_sheet_and_no_other(office: Office) -> None:
    path = filed(office.world)
    assert office.liaison(UNIT).open(path).status == 200
    foreign = office.liaison("FGW")
    before = office.world.dump()
    assert foreign.open(path).status == 404
    assert foreign.client.post(path, data={"form_token": "guessed"}).status_code == 403
    assert office.visitor().open(path).path.startswith("/login")
    assert office.world.dump() == before


def test_nothing_signed_is_a_clear_answer_and_writes_nothing(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    before = sqlite_office.world.dump()
    page = clerk.open(f"/submissions/{sqlite_office.world.id_of(UNIT)}/sheet")
    assert page.status == 409 and "还没有审签意见" in page.text
    assert sqlite_office.world.dump() == before


def test_a_drawn_signature_is_shown_on_the_page(sqlite_office: Office) -> None:
    path, clerk = filed(sqlite_office.world), sqlite_office.person()
    [request] = sqlite_office.world.requests(UNIT)
    with sqlite_office.world.act(local("2022-01-03 12:00")) as act:
        act.session.add(DrawnSignature(sign_off_id=request.id or 0, png=b"\x89PNG of a hand", sha256="0" * 64))
    assert f'src="{path}/drawn/{request.id}"' in clerk.open(path).response.text
    picture = clerk.client.get(f"{path}/drawn/{request.id}")
    assert (picture.content, picture.headers["content-type"]) == (b"\x89PNG of a hand", "image/png")
    assert clerk.client.get(f"{path}/drawn/{(request.id or 0) + 1}").status_code == 404
    assert sqlite_office.liaison("FGW").client.get(f"{path}/drawn/{request.id}").status_code == 404


def test_anybody_may_check_a_file_and_hears_what_was_signed(office: Office) -> None:
    number, file = issued(office.person(), filed(office.world))
    page = check(office.visitor(), number.lower() + " ", file)
    assert page.status == 200
    for part in ("相符", "未经改动", "市科学技术局", "报送建标学习对象", "同意", "2022年1月3日 11:00", "没有新的记录"):
        assert part in page.text, part


def test_a_file_that_does_not_match_and_an_unknown_number_look_the_same(office: Office) -> None:
    number, file = issued(office.person(), filed(office.world))
    stranger = office.visitor()
    changed, unknown = check(stranger, number, file + b" "), check(stranger, "SQD-2022-999999", file)
    assert changed.status == unknown.status == 200
    assert "不相符" in changed.text and "市科学技术局" not in changed.text
    assert changed.text == unknown.text
    assert changed.response.text.replace(number, "") == unknown.response.text.replace("SQD-2022-999999", "")


def test_a_record_that_has_moved_on_is_told(office: Office) -> None:
    number, file = issued(office.person(), filed(office.world))
    with office.world.act(local("2022-01-03 14:00")) as act:
        submissions.reopen(act, office.world.id_of(UNIT), comment="内容有误")
    page = check(office.visitor(), number, file)
    assert "相符" in page.text and "现状与本单不同" in page.text and "内容有误" not in page.text


def test_what_is_left_out_is_asked_for(sqlite_office: Office) -> None:
    stranger = sqlite_office.visitor()
    stranger.open("/verify")
    assert "请填写编号" in stranger.press("核验", number="123").text
    stranger.open("/verify")
    page = stranger.press("核验", number="SQD-2022-000001")
    assert page.status == 422 and "请选择要核验的文件" in page.text
    nothing = stranger.client.post("/verify", data={"number": "SQD-2022-000001\x00"})
    assert nothing.status_code == 422


def test_guessing_is_slowed_down_and_the_right_file_still_passes(sqlite_office: Office) -> None:
    number, file = issued(sqlite_office.person(), filed(sqlite_office.world))
    stranger = sqlite_office.visitor()
    answers = [check(stranger, f"SQD-2022-{guess:06d}", b"a file").status for guess in range(500, 521)]
    assert answers == [200] * 20 + [429]
    assert "相符" in check(stranger, number, file).text


def test_an_anchor_made_meanwhile_does_not_change_a_sheet(sqlite_office: Office) -> None:
    path, clerk = filed(sqlite_office.world), sqlite_office.person()
    _, file = issued(clerk, path)
    anchor_at(sqlite_office.world, "2022-01-04 00:00:05")
    clerk.open(path)
    assert clerk.press("下载审签单").response.content == file
