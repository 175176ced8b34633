"""Search: found by every kind, nothing found, nothing asked, and what is suggested while somebody types."""

from dataclasses import replace

from tests.web.samples.office import LIVE
from web.contexts.frame import Link
from web.contexts.search import FoundGroup, FoundLine, SearchPage, SuggestionsPage

PLAN = FoundLine("/submissions/17", "市教育体育局 · 报送《对标创建工作方案》", "17号 · 对标先进提升创建工作 2022")
UNIT = FoundLine(
    "/people/units/JYTYJ", "市教育体育局", "市人民政府组成部门", (Link("/overdue?unit=JYTYJ", "逾期清单"),)
)
PERSON = FoundLine(
    "/people/persons/p1", "联络员", "市教育体育局联络员", (Link("/messages?recipient=p1", "消息"),)
)  # fmt: skip
GROUPS = (
    FoundGroup("报送件", (PLAN,), 1),
    FoundGroup("单位", (UNIT,), 21),
    FoundGroup("人员", (PERSON,), 1),
)


def found() -> SearchPage:
    """Several kinds, of one more than is listed."""
    return SearchPage(LIVE, "教育", GROUPS)


def nothing() -> SearchPage:
    """Nothing found."""
    return replace(found(), asked="没有这个单位", groups=())


def unasked() -> SearchPage:
    """The page as it is before anything was typed."""
    return replace(found(), asked="", groups=())


def suggestions() -> SuggestionsPage:
    """What is shown under the box."""
    return SuggestionsPage("教育", GROUPS, "/search?q=%E6%95%99%E8%82%B2")
