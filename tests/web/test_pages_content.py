"""Filling in a submission and handing it in: what is kept, what is refused, and where it is said."""

from tests.web.browsing import UNIT, Office, Page, Visitor
from tests.workflow.world import local
from workflow.attachments import MAX_ATTACHMENT

IN_TIME = local("2022-01-03 09:00")
WORDS = {
    "field-benchmark-region": "江苏省徐州市",
    "field-benchmark-unit": "徐州市教育局",
    "field-advanced": "国家层面通报表扬",
    "field-comparable": "体量相近",
    "field-targeted": "补齐短板",
    "field-indicators": "优质学位占比：对方 80%，本单位 60%",
    "field-learning": "集团化办学制度",
}
PDF = ("方案.pdf", b"%PDF-1.7 plan", "application/pdf")


def filled(page: Page) -> dict[str, str]:
    """What stands in the fields of the content form."""
    form, _ = page.form("保存草稿")
    return {name: one[0] for name, one in form.fields.items() if name.startswith("field-") and one}


def handed_in(office: Office) -> Visitor:
    """A unit's own people who have just submitted."""
    visitor = office.liaison()
    visitor.open(office.page_of())
    visitor.press("保存并提交审签", WORDS)
    return visitor


def test_a_unit_fills_in_and_submits_with_one_click(office: Office) -> None:
    visitor = office.liaison()
    page = visitor.open("/")
    assert page.path == "/workbench"
    assert visitor.open(page.link("填报")).path.startswith(office.page_of())
    page = visitor.open(office.page_of())
    assert page.offers("保存草稿") and page.offers("保存并提交审签")
    page = visitor.press("保存并提交审签", WORDS)
    assert (page.status, page.path) == (200, office.page_of())
    assert "已提交审签，审签人会收到链接。" in page.text
    assert "副市长（分管教育和卫生健康） 待审签" in page.text
    assert "徐州市教育局" in page.text and not page.offers("保存草稿")
    row = office.world.submission(UNIT)
    assert (row.state, row.waiting_on, row.content_version) == ("pending", "approver", 1)


def test_a_notice_is_shown_once(sqlite_office: Office) -> None:
    visitor = handed_in(sqlite_office)
    assert "已提交审签" in visitor.page.text
    assert "已提交审签" not in visitor.open(sqlite_office.page_of()).text


def test_what_cannot_be_submitted_yet_is_kept_as_a_draft(office: Office) -> None:
    visitor = office.liaison()
    visitor.open(office.page_of())
    page = visitor.press("保存并提交审签", {"field-learning": "集团化办学\n一二三"})
    assert page.status == 422
    assert "草稿已保存，还没有提交。 有 6 处需要改正" in page.text
    assert filled(page)["field-learning"] == "集团化办学\n一二三"
    row = office.world.submission(UNIT)
    assert (row.state, row.content_version) == ("draft", 1)
    page = visitor.press("保存并提交审签", WORDS)
    assert office.world.submission(UNIT).state == "pending"


def test_what_cannot_be_stored_is_refused_beside_its_field_and_stays_typed(sqlite_office: Office) -> None:
    visitor = sqlite_office.liaison()
    visitor.open(sqlite_office.page_of(obligation="research-trip"))
    page = visitor.press("保存草稿", {"field-trips": "三次", "field-contact": "已发函"})
    assert page.status == 422
    assert "外出专题调研次数 ：须是数字" in page.text
    assert (filled(page)["field-trips"], filled(page)["field-contact"]) == ("三次", "已发函")
    assert sqlite_office.world.submission(UNIT, "research-trip").content_version == 0


def test_saving_what_is_saved_makes_no_version(sqlite_office: Office) -> None:
    visitor = sqlite_office.liaison()
    visitor.open(sqlite_office.page_of())
    visitor.press("保存草稿", WORDS)
    assert "草稿已保存。" in visitor.press("保存草稿").text
    assert sqlite_office.world.submission(UNIT).content_version == 1


def test_a_newer_version_is_named_and_nothing_typed_is_lost(office: Office) -> None:
    mine, theirs = office.liaison(), office.person("unit", UNIT, "colleague")
    mine.open(office.page_of())
    theirs.open(office.page_of())
    theirs.press("保存草稿", {"field-learning": "同事写的"})
    page = mine.press("保存草稿", {"field-learning": "我写的"})
    assert page.status == 409
    assert "现为第1版" in page.text and "再次保存将覆盖第 1 版" in page.text
    assert filled(page)["field-learning"] == "我写的"
    assert filled(mine.open(office.page_of()))["field-learning"] == "同事写的"
    mine.page = page
    assert mine.press("保存草稿").status == 200
    assert filled(mine.page)["field-learning"] == "我写的"


def test_what_was_typed_outlives_a_colleagues_submission(sqlite_office: Office) -> None:
    mine, theirs = sqlite_office.liaison(), sqlite_office.person("unit", UNIT, "colleague")
    mine.open(sqlite_office.page_of())
    theirs.open(sqlite_office.page_of())
    theirs.press("保存并提交审签", WORDS)
    page = mine.press("保存草稿", {"field-learning": "我写的"})
    assert page.status == 409
    assert "当前状态为“待审签”，不能修改内容" in page.text
    assert filled(page)["field-learning"] == "我写的"


def test_files_are_added_and_removed_on_the_form(office: Office) -> None:
    visitor, path = office.liaison(), office.page_of(obligation="work-plan")
    visitor.open(path)
    page = visitor.press("上传", {"field-goals": "全部达标"}, files={"field-plan": [PDF, ("附件.pdf", b"%PDF", "")]})
    assert "方案.pdf" in page.text and "附件.pdf" in page.text
    assert filled(page)["field-goals"] == "全部达标"
    page = visitor.press("移除 附件.pdf", {"field-causes": "缺人"})
    assert "方案.pdf" in page.text and "附件.pdf" not in page.text
    assert (filled(page)["field-goals"], filled(page)["field-causes"]) == ("全部达标", "缺人")
    answer = visitor.client.get(page.link("方案.pdf"))
    assert answer.content == PDF[1]
    assert answer.headers["content-disposition"].startswith("attachment;")


def test_a_file_that_is_refused_leaves_the_form_as_it_was_typed(sqlite_office: Office) -> None:
    visitor, path = sqlite_office.liaison(), sqlite_office.page_of(obligation="work-plan")
    visitor.open(path)
    large = ("大.pdf", b"x" * (MAX_ATTACHMENT + 1), "application/pdf")
    page = visitor.press("上传", {"field-goals": "全部达标"}, files={"field-plan": [large]})
    assert page.status == 422
    assert "大.pdf，文件超过20MB。请重新选择文件。" in page.text
    assert filled(page)["field-goals"] == "全部达标"
    page = visitor.press("上传", files={"field-plan": [("空.pdf", b"", "application/pdf")]})
    assert "文件是空的" in page.text
    assert sqlite_office.world.submission(UNIT, "work-plan").content_version == 0


def test_a_prerequisite_stands_in_the_way_of_submitting(sqlite_office: Office) -> None:
    visitor = sqlite_office.liaison()
    page = visitor.open(sqlite_office.page_of(obligation="work-plan"))
    assert "前置事项" in page.text
    page = visitor.press("保存并提交审签", {"field-goals": "全部达标"})
    assert page.status == 409
    assert "草稿已保存，还没有提交。须先完成并报送：建立工作联系并开展专题调研" in page.text


def test_an_obligation_without_sign_off_is_filed_at_once(sqlite_office: Office) -> None:
    visitor = sqlite_office.liaison()
    visitor.open(sqlite_office.page_of(obligation="research-trip"))
    names = ("contact", "ideas", "policies", "methods", "mechanisms", "interfaces")
    words = {f"field-{name}": "已完成" for name in names}
    page = visitor.press("保存并报送", {"field-trips": "2", "field-first-trip": "2022-01-20", **words})
    assert "已报送领导小组办公室。" in page.text
    assert sqlite_office.world.submission(UNIT, "research-trip").state == "filed"


def test_a_return_stands_above_the_form_with_its_reason(sqlite_office: Office) -> None:
    visitor = handed_in(sqlite_office)
    sqlite_office.world.sign(UNIT, now=IN_TIME, choice="return")
    page = visitor.open(sqlite_office.page_of())
    assert "退回 2022年1月3日 09:00 副市长（分管教育和卫生健康） 请补充" in page.text
    assert page.offers("保存并提交审签")


def test_a_unit_withdraws_what_it_handed_in(sqlite_office: Office) -> None:
    visitor = handed_in(sqlite_office)
    page = visitor.press("确认撤回")
    assert "已撤回，可以修改后重新提交" in page.text
    assert sqlite_office.world.open_requests(UNIT) == []


def test_the_office_fills_in_for_a_unit(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    clerk.open(sqlite_office.page_of())
    assert not clerk.page.offers("保存草稿")
    clerk.follow("代单位填写")
    page = clerk.press("保存草稿", WORDS)
    assert (page.path, filled(page)["field-learning"]) == (f"{sqlite_office.page_of()}?fill=1", "集团化办学制度")
    page = clerk.press("保存并提交审签")
    assert sqlite_office.world.submission(UNIT).state == "pending"
