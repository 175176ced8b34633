"""Every context becomes one page, all of it is shown, and nothing in it is taken for markup."""

import dataclasses
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any, get_args, get_type_hints

import pytest
from jinja2 import Environment, meta

from tests.web.samples import PAGES, mail, office, signing
from tests.web.samples.office import at
from web import contexts, rendering
from web.contexts import (
    accounts,
    agenda,
    approvals,
    auditing,
    batches,
    board,
    bulletins,
    channels,
    confirming,
    entry,
    feeds,
    figures,
    frame,
    glances,
    ledgers,
    letters,
    load,
    overdue,
    overview,
    papers,
    programme,
    scores,
    sheets,
    signers,
    submission,
    versions,
    workbench,
)
from web.contexts import mail as mail_contexts
from web.contexts import previews as preview_contexts
from web.contexts import signing as signing_contexts
from web.contexts import waiting as waiting_contexts

MODULES = (
    accounts,
    agenda,
    approvals,
    auditing,
    batches,
    board,
    bulletins,
    channels,
    confirming,
    entry,
    feeds,
    figures,
    frame,
    glances,
    ledgers,
    letters,
    load,
    mail_contexts,
    overdue,
    overview,
    papers,
    preview_contexts,
    programme,
    scores,
    sheets,
    signers,
    signing_contexts,
    submission,
    versions,
    waiting_contexts,
    workbench,
)
HOSTILE = """'"><script>alert(1)</script><b onmouseover="alert(2)">&"""


class Markup(HTMLParser):
    """The start tags of a page, in order, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def values(self, attribute: str, *tags: str) -> list[str]:
        """The values of an attribute, on some tags or on all."""
        found = (attrs.get(attribute) for tag, attrs in self.tags if not tags or tag in tags)
        return [value for value in found if value is not None]


def templates() -> set[str]:
    folder = rendering.TEMPLATES_FOLDER
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}


def parts_of(made: Environment, name: str) -> set[str]:
    """The templates that a template extends, includes or imports, near and far."""
    source = (rendering.TEMPLATES_FOLDER / name).read_text()
    near = {part for part in meta.find_referenced_templates(made.parse(source)) if part is not None}
    return near | {far for part in near for far in parts_of(made, part)}


def classes() -> Iterator[type[Any]]:
    """Every dataclass of the contexts, small and large."""
    for module in MODULES:
        for value in vars(module).values():
            if dataclasses.is_dataclass(value) and isinstance(value, type) and value.__module__ == module.__name__:
                yield value


def poisoned(value: Any, hint: Any = None) -> Any:
    """The same context with hostile text wherever free text may stand."""
    if isinstance(value, tuple):
        hints_of_items = [one for one in get_args(hint) if one is not ...] or [None]
        return tuple(poisoned(item, hints_of_items[place % len(hints_of_items)]) for place, item in enumerate(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        hints = get_type_hints(type(value))
        named = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return type(value)(**{name: poisoned(item, hints[name]) for name, item in named.items()})
    return HOSTILE if hint is str and value else value


def test_every_context_has_exactly_one_template() -> None:
    assert set(get_args(contexts.Page)) == set(rendering.TEMPLATES)
    assert len(set(rendering.TEMPLATES.values())) == len(rendering.TEMPLATES)


def test_every_template_belongs_to_a_context() -> None:
    made = rendering.environment()
    pages = set(rendering.TEMPLATES.values())
    assert templates() == pages | {part for page in pages for part in parts_of(made, page)}


def test_the_samples_show_every_template() -> None:
    assert {type(page) for page in PAGES.values()} == set(rendering.TEMPLATES)


def test_every_field_of_every_context_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    made = rendering.environment()
    seen: set[tuple[type, str]] = set()
    look_up = made.getattr

    def recorded(thing: object, attribute: str) -> object:
        seen.add((type(thing), attribute))
        return look_up(thing, attribute)

    monkeypatch.setattr(made, "getattr", recorded)
    for page in PAGES.values():
        made.get_template(rendering.TEMPLATES[type(page)]).render(page=page)
    fields = {(one, field.name) for one in classes() for field in dataclasses.fields(one)}
    assert not {f"{one.__name__}.{name}" for one, name in fields - seen}


@pytest.mark.parametrize("name", PAGES)
def test_hostile_text_stays_text(name: str) -> None:
    page = rendering.render(poisoned(PAGES[name]))
    markup = Markup(page)
    assert "&lt;script&gt;" in page
    own = ("table.js", "signoff.js", "htmx.min.js", "desk.js", "picking.js", "search.js")
    scripts = {rendering.asset(name) for name in own}
    assert all(attrs.get("src") in scripts for tag, attrs in markup.tags if tag == "script")
    assert not {attribute for _, attrs in markup.tags for attribute in attrs if attribute.startswith("on")}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_keeps_to_the_content_security_policy(name: str) -> None:
    markup = Markup(rendering.render(PAGES[name]))
    assert not {"style", "object", "base"} & {tag for tag, _ in markup.tags}
    frames = [attrs for tag, attrs in markup.tags if tag == "iframe"]
    assert [(frame["src"], frame["sandbox"]) for frame in frames] == (
        [("/letters/request/html", None)] if name == "letters" else []
    )
    assert not re.findall(r"<script[^>]*>[^<]", rendering.render(PAGES[name]))
    assert not markup.values("style")
    sources = markup.values("src") + markup.values("href", "link") + markup.values("action")
    assert not [source for source in sources if not source.startswith("/") or source.startswith("//")]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole(name: str) -> None:
    markup = Markup(rendering.render(PAGES[name]))
    ids = markup.values("id")
    points = [href[1:] for href in markup.values("href", "a") if href.startswith("#")]
    described = " ".join(markup.values("aria-describedby") + markup.values("aria-labelledby")).split()
    assert markup.tags[0] == ("html", {"lang": "zh-CN"})
    assert len(ids) == len(set(ids))
    assert {*points, *described, *markup.values("for")} <= set(ids)
    assert [tag for tag, _ in markup.tags].count("h1") == 1


@pytest.mark.parametrize("name", PAGES)
def test_every_form_that_acts_carries_the_token(name: str) -> None:
    page = rendering.render(PAGES[name])
    acting = [form for form in re.findall(r"<form.*?</form>", page, flags=re.DOTALL) if 'method="post"' in form]
    assert all('name="form_token" value="token-of-this-form"' in form for form in acting)


def test_the_desk_has_its_scripts_and_leaders_none_but_the_sign_off_page() -> None:
    found = {name: Markup(rendering.render(page)).values("src", "script") for name, page in PAGES.items()}
    desk = [rendering.asset(name) for name in ("htmx.min.js", "desk.js", "search.js")]
    own = {name: [src for src in sources if src not in desk] for name, sources in found.items()}
    signed = {name for name in PAGES if isinstance(PAGES[name], contexts.SignPage)}
    overdue_list = {name for name in PAGES if isinstance(PAGES[name], contexts.OverduePage)}
    assert {name for name, sources in own.items() if sources} == {"submission-draft", *overdue_list, *signed}
    assert all(set(desk) <= set(sources) or not set(desk) & set(sources) for sources in found.values())


def test_nothing_is_chosen_on_a_fresh_sign_off_page() -> None:
    page = rendering.render(signing.asked())
    assert " checked" not in page
    assert " checked" not in rendering.render(signing.content_changed())
    assert re.search(r'id="return"[^>]* checked', rendering.render(signing.return_without_reason()))


def test_the_virtual_clock_shows_only_in_a_rehearsal() -> None:
    rehearsed, live = rendering.render(office.programmes()), rendering.render(office.over())
    assert 'action="/clock"' in rehearsed and 'href="/outbox"' in rehearsed
    assert "演练" not in live and "/outbox" not in live


def test_sample_accounts_show_only_where_there_are_some() -> None:
    live = dataclasses.replace(mail.login(), samples=())
    assert "演练账号" in rendering.render(mail.login())
    assert "演练账号" not in rendering.render(live)


def test_the_leaders_style_asks_nothing_of_a_new_browser() -> None:
    style = (rendering.STATIC_FOLDER / "signoff.css").read_text()
    rules = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    assert not re.findall(r"var\(|:has|:is\(|grid|flex|gap:|@container|@supports|min\(|max\(|calc\(", rules)
    sizes = re.findall(r"font(?:-size)?:\s*(\d+)px", rules)
    assert min(map(int, sizes)) >= 18


def test_no_style_reaches_outside() -> None:
    for style in rendering.STATIC_FOLDER.glob("*.css"):
        assert not re.findall(r"url\(|@import", style.read_text())


def test_a_static_address_changes_with_its_content() -> None:
    assert re.fullmatch(r"/static/style\.css\?v=[0-9a-f]{10}", rendering.asset("style.css"))


@pytest.mark.parametrize(
    ("filtered", "shown"),
    [
        (rendering.day(date(2022, 1, 4)), "2022年1月4日"),
        (rendering.day(datetime(2022, 1, 4, 16, tzinfo=UTC)), "2022年1月5日"),
        (rendering.short_day(date(2022, 12, 31)), "12月31日"),
        (rendering.weekday(date(2022, 1, 4)), "周二"),
        (rendering.weekday(date(2022, 1, 2)), "周日"),
        (rendering.moment(datetime(2022, 1, 4, 16, tzinfo=UTC)), "2022年1月5日 00:00"),
        (rendering.short_moment(at(1, 5)), "1月5日 00:00"),
        (rendering.until(at(1, 5)), "2022年1月4日 24:00"),
        (rendering.until(at(1, 1)), "2021年12月31日 24:00"),
        (rendering.until(at(1, 10, 17, 30)), "2022年1月10日 17:30"),
        (rendering.local_input(datetime(2022, 1, 4, 16, 5, tzinfo=UTC)), "2022-01-05T00:05"),
        (rendering.iso(datetime(2022, 1, 4, 16, tzinfo=UTC)), "2022-01-05T00:00:00+08:00"),
        (rendering.iso(date(2022, 1, 4)), "2022-01-04"),
        (rendering.days(3), "3 天"),
        (rendering.days(0), "不足 1 天"),
        (rendering.size(900), "900 B"),
        (rendering.size(48_200), "47 KB"),
        (rendering.size(1_482_300), "1.4 MB"),
    ],
)
def test_values_read_as_an_office_writes_them(filtered: str, shown: str) -> None:
    assert filtered == shown


def test_a_datetime_without_an_offset_is_refused() -> None:
    naive = at(1, 4).replace(tzinfo=None)
    with pytest.raises(ValueError, match="without an offset"):
        rendering.moment(naive + timedelta(hours=1))


def test_an_address_in_a_letter_ends_where_the_chinese_goes_on() -> None:
    linked = rendering.linked("请打开https://duban.example.cn/s/a-b_c/all。<b>谢谢</b> http://x.cn/?a=1&b=2.")
    assert linked == (
        '请打开<a href="https://duban.example.cn/s/a-b_c/all">https://duban.example.cn/s/a-b_c/all</a>。'
        "&lt;b&gt;谢谢&lt;/b&gt; "
        '<a href="http://x.cn/?a=1&amp;b=2">http://x.cn/?a=1&amp;b=2</a>.'
    )
