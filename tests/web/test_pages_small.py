"""What Ordos 2022 has not got, on the pages: every kind of field, several approvers, several steps."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.web.browsing import Office
from tests.workflow.small import small, small_roster
from tests.workflow.world import World, local
from workflow import library
from workflow.library import Pinned

NOW = local("2022-03-01 09:00")
FORM = """\
    form:
      text: {label: 总结, type: paragraph}
      count: {label: 项数, type: integer, at_least: 1}
      share: {label: 占比, type: decimal}
      day: {label: 完成日期, type: date}
      kind: {label: 类别, type: choice, options: [甲类, 乙类]}
      areas: {label: 领域, type: choices, options: [产业, 生态, 营商]}
      done: {label: 是否完成, type: yes-no}
      proof: {label: 证明, type: file}
"""


def of_every_kind() -> Pinned:
    """The small programme with a field of every kind, filed without a sign-off."""
    head, _, rest = small().text.partition("    form:\n")
    _, _, tail = rest.partition("    sign_off:")
    _, _, tail = tail.partition("\n")
    return library.parse((head + FORM + tail).encode(), name="small.yaml")


def opened(url: str, pinned: Pinned) -> Iterator[Office]:
    with closing(World.launched(url, now=NOW, pinned=pinned, roster=small_roster())) as world:
        yield Office(world)


@pytest.fixture
def kinds(sqlite_url: str) -> Iterator[Office]:
    """Every kind of field."""
    yield from opened(sqlite_url, of_every_kind())


@pytest.fixture
def leaders(sqlite_url: str) -> Iterator[Office]:
    """Three leaders of whom two must sign, then the mayor."""
    yield from opened(sqlite_url, small(sign_off="[{by: supervising-leader, need: 2}, {by: mayor}]"))


def test_every_kind_of_field_comes_back_as_it_was_filled_in(kinds: Office) -> None:
    visitor, path = kinds.liaison("U1"), kinds.page_of("U1", "report")
    visitor.open(path)
    typed = {
        "field-text": "一、完成情况\n二、问题", "field-count": "3", "field-share": "12.50", "field-day": "2022-03-05",
        "field-kind": "乙类", "field-areas": ["产业", "营商"], "field-done": "no",
    }  # fmt: skip
    page = visitor.press("保存草稿", typed)
    form, _ = page.form("保存草稿")
    assert {name: form.fields[name] for name in typed} == {
        name: [value] if isinstance(value, str) else value for name, value in typed.items()
    }
    assert "草稿已保存。" in visitor.press("保存草稿").text
    assert kinds.world.submission("U1", "report").content_version == 1
    visitor.press("保存并报送", files={"field-proof": [("证明.pdf", b"%PDF", "application/pdf")]})
    read = visitor.open(path).text
    for words in ("完成日期 2022年3月5日", "类别 乙类", "领域 产业、营商", "是否完成 否", "占比 12.50", "证明.pdf"):
        assert words in read


def test_faults_of_every_kind_stay_typed(kinds: Office) -> None:
    visitor = kinds.liaison("U1")
    visitor.open(kinds.page_of("U1", "report"))
    typed = {
        "field-count": "三",
        "field-share": "1,5",
        "field-day": "明天",
        "field-areas": ["生态"],
        "field-done": "yes",
    }
    page = visitor.press("保存草稿", typed)
    form, _ = page.form("保存草稿")
    assert page.status == 422
    assert "有 3 处需要改正" in page.text
    assert {name: form.fields[name] for name in typed} == {
        name: [value] if isinstance(value, str) else value for name, value in typed.items()
    }


def test_unticking_the_last_box_is_a_change(kinds: Office) -> None:
    visitor = kinds.liaison("U1")
    visitor.open(kinds.page_of("U1", "report"))
    visitor.press("保存草稿", {"field-areas": ["生态"]})
    page = visitor.press("保存草稿", {"field-areas": []})
    assert page.form("保存草稿")[0].fields["field-areas"] == []
    assert kinds.world.submission("U1", "report").content_version == 2


def test_the_office_says_whose_decision_it_enters(leaders: Office) -> None:
    leaders.world.hand_in("U1", "report", now=NOW)
    clerk = leaders.person()
    clerk.open(leaders.page_of("U1", "report"))
    second = leaders.world.open_requests("U1", "report")[1]
    page = clerk.press("录入同意", {"approver": str(second.id)}, comment="纸质批件")
    assert f"已录入同意：{second.post_title}。" in page.text
    assert "第 1 步审签同意" in page.text and "2 市长 未轮到" in page.text
    page = clerk.press("录入同意", comment="纸质批件")
    assert "2 市长 待审签" in page.text
    page = clerk.press("录入同意", comment="纸质批件")
    assert "第 2 步审签同意" in page.text
    assert leaders.world.submission("U1", "report").state == "filed"
