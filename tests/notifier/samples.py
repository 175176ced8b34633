"""Letters to write in a test: matters that are nothing special but for what is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any

from notifier.letters import Facts, Matter, placeholder

CHOICE, PLAN = "报送建标学习对象", "报送《对标创建工作方案》"
DUTY = "选定一个先进单位，审签后报办公室"
EDUCATION, HEALTH, ENERGY = "市教育体育局", "市卫生健康委员会", "市能源局"
MAYOR = "副市长（分管教育和卫生健康）"
JAN_4, FEB_15 = date(2022, 1, 4), date(2022, 2, 15)
PAGE = "https://duban.example.cn/submissions/7"


def matter(reason: str = "reminder", unit: str = EDUCATION, **changes: Any) -> Matter:
    """A matter that is nothing special but for what is named."""
    plain = Matter(
        reason=reason, unit=unit, obligation=CHOICE, duty=DUTY, due_date=JAN_4,
        days_late=0, working_days_late=0, standing="未提交", stuck_with="",
    )  # fmt: skip
    return replace(plain, **changes)


def to_sign(number: int, unit: str = EDUCATION, reason: str = "request", **changes: Any) -> Matter:
    """One that its reader is to sign through link ``number``."""
    return matter(reason, unit, standing="待审签，1月3日送审", link=placeholder(number), **changes)


def facts(*matters: Matter, **changes: Any) -> Facts:
    """A letter of these matters to a liaison."""
    plain = Facts(
        kind="reminder", programme="对标先进提升创建工作（2022年度）", recipient="值班员",
        post_title=f"{EDUCATION}联络员", matters=matters, page=PAGE, sent_at=datetime(2022, 1, 3, 1, 10, tzinfo=UTC),
    )  # fmt: skip
    return replace(plain, **changes)


def shown(page: str) -> str:
    """The text a browser shows of a page, tags gone, entities decoded."""
    said: list[str] = []
    reader = HTMLParser(convert_charrefs=True)
    reader.handle_data = said.append  # type: ignore[assignment,method-assign]
    reader.feed(page)
    return "".join(said)


ONE_LATE: dict[str, Any] = {"days_late": 2, "working_days_late": 2}
MORE_LATE: dict[str, Any] = {"days_late": 6, "working_days_late": 4}
