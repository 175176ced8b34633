"""Messages as proof of delivery: who sees which, and what becomes of the links in them."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import col, select, update

from tests.statements import noted
from tests.workflow.world import OFFICE, World, local
from workflow import letter_places, links, mailbag, posts
from workflow.acts import Actor
from workflow.mailbag import MessagePage
from workflow.refusals import NotFound, QueryRefused
from workflow.roster import PostRow, Roster
from workflow.tables import Link, Message, SignOff

NOW = local("2022-01-07 10:00")
ADDRESS = "https://duban.example.cn"
KJJ = Actor("联络员", "unit", "KJJ")
INSPECTOR = Actor("督查员", "inspector")
LEADER = "fsz-gongye"


@pytest.fixture
def january(world: World) -> Iterator[World]:
    """Three working days after the first deadline; one submission waits for its leader."""
    world.hand_in("KJJ", now=local("2022-01-04 10:00"))
    world.advance(NOW)
    yield world


def page(world: World, actor: Actor = OFFICE, **wanted: Any) -> MessagePage:
    with world.look(NOW, actor) as act:
        return mailbag.messages(act, **wanted)


def written(world: World, text: str, *, person: str = LEADER) -> int:
    """Put a text into the newest message to a person, as the delivery does; returns the message's id."""
    with world.act(NOW) as act:
        newest = select(Message.id).where(Message.person == person).order_by(col(Message.id).desc())
        number = act.session.exec(newest).first()
        assert number is not None
        act.session.execute(update(Message).where(col(Message.id) == number).values(subject="催办", body=text))
        return number


def link_of(world: World) -> tuple[int, int]:
    """The rows of the leader's links: to one sign-off, to the desk."""
    with world.act(NOW) as act:
        request = act.session.exec(select(SignOff)).one()
        item = act.links.for_sign_off(act.session, request, NOW).id
        desk = act.links.for_desk(act.session, LEADER, NOW).id
        assert item is not None and desk is not None
        return item, desk


def test_page_is_newest_first_and_counts_all(january: World) -> None:
    whole = page(january, limit=200)
    ids = [one.id for one in whole.items]
    assert ids == sorted(ids, reverse=True)
    seen, cursor = [], None
    while True:
        part = page(january, limit=90, cursor=cursor)
        assert part.total == whole.total
        seen += [one.id for one in part.items]
        if (cursor := part.next) is None:
            break
    assert len(seen) == len(set(seen)) == whole.total


def test_message_tells_to_whom_about_what_and_how_it_fared(january: World) -> None:
    (one,) = [one for one in page(january, recipient=LEADER, limit=200).items if one.kind == "request"]
    assert (one.recipient.person, one.recipient.post) == (LEADER, "副市长（分管工业和信息化）")
    assert (one.status, one.attempts, one.channel, one.sent_at) == ("queued", 0, None, None)
    assert one.created_at == local("2022-01-04 10:00")
    assert len(one.message_id) == 24
    (item,) = one.items
    assert (item.submission, item.unit.code, item.reason, item.dropped) == (
        january.id_of("KJJ"), "KJJ", "request", None,
    )  # fmt: skip
    assert (item.programme, item.obligation_title) == ("ordos-benchmarking-2022", "报送建标学习对象")


def test_filters_leave_what_they_say(january: World) -> None:
    about = page(january, submission=january.id_of("KJJ"), limit=200)
    assert all(january.id_of("KJJ") in {item.submission for item in one.items} for one in about.items)
    assert {one.recipient.person for one in page(january, recipient="值班员", limit=200).items} == {
        "office-duty-1", "office-duty-2",
    }  # fmt: skip
    assert page(january, recipient="%").total == 0
    assert page(january, status="sent").total == 0
    assert page(january, status="queued").total + page(january, status="cancelled").total == page(january).total


def test_message_still_being_gathered_is_queued_to_readers(january: World) -> None:
    number = written(january, "")
    with january.act(NOW) as act:
        act.session.execute(update(Message).where(col(Message.id) == number).values(status="gathering"))
    with january.look(NOW, OFFICE) as act:
        assert mailbag.one(act, number).status == "queued"
    assert number in {one.id for one in page(january, status="queued", limit=200).items}


@pytest.mark.parametrize("wanted", [{"status": "lost"}, {"limit": 0}, {"cursor": "W10"}, {"cursor": "WyItaWQiXQ"}])
def test_what_means_nothing_is_refused(sqlite_world: World, wanted: dict[str, Any]) -> None:
    with pytest.raises(QueryRefused):
        page(sqlite_world, **wanted)


def test_link_is_struck_out_for_everybody(january: World) -> None:
    item, _ = link_of(january)
    number = written(january, f"请审签：{{{{link:{item}}}}}。")
    for actor in (OFFICE, INSPECTOR):
        with january.look(NOW, actor) as act:
            assert mailbag.one(act, number).body == "请审签：（链接仅限本人，已隐藏）。"


def test_rehearsing_office_gets_links_that_work(january: World) -> None:
    item, desk = link_of(january)
    number = written(january, f"{{{{link:{item}}}}} {{{{link:{desk}}}}} {{{{link:999999}}}}")
    with january.look(NOW, OFFICE) as act:
        one, all_, gone = mailbag.one(act, number, links_at=ADDRESS).body.split(" ")
        for address in (one, all_.removesuffix("/all")):
            assert address.startswith(f"{ADDRESS}/s/")
        assert links.resolve(act.session, one.rsplit("/", 1)[1], NOW).id == item
        assert links.resolve(act.session, all_.split("/")[-2], NOW).id == desk
        assert all_.endswith("/all")
        assert gone == letter_places.STRUCK_OUT
    with january.look(NOW, INSPECTOR) as act:
        assert ADDRESS not in mailbag.one(act, number, links_at=ADDRESS).body


def test_unit_sees_what_its_own_people_were_told_of_it(january: World) -> None:
    found = page(january, KJJ, limit=200)
    assert {one.recipient.person for one in found.items} == {"kjj-liaison", "kjj-head"}
    assert {item.unit.code for one in found.items for item in one.items} == {"KJJ"}
    assert found.total == len(found.items)
    with january.look(NOW, KJJ) as act:
        assert mailbag.one(act, found.items[0].id).id == found.items[0].id
        foreign = page(january, recipient="fgw-liaison").items[0].id
        leaders = page(january, recipient=LEADER).items[0].id
        for number in (foreign, leaders, 999_999):
            with pytest.raises(NotFound):
                mailbag.one(act, number)
    assert page(january, KJJ, submission=january.id_of("FGW")).total == 0


def test_letter_that_speaks_of_other_units_too_is_closed_to_a_unit(world: World) -> None:
    with world.act(local("2021-12-31 08:45")) as act:
        roster = posts.export(act.session)
        shared = PostRow("liaison", "FGW", "kjj-liaison")
        posts.import_roster(
            act.session, Roster(roster.units, roster.people, (*roster.posts, shared), roster.supervision)
        )
    world.advance(NOW)
    number = written(world, "市发展和改革委员会、市科学技术局均已逾期", person="kjj-liaison")
    with world.look(NOW, KJJ) as act:
        found = mailbag.one(act, number)
    assert "发展和改革" not in found.body + found.subject
    assert {item.unit.code for item in found.items} == {"KJJ"}
    with world.look(NOW, OFFICE) as act:
        whole = mailbag.one(act, number)
    assert "发展和改革" in whole.body
    assert {item.unit.code for item in whole.items} == {"KJJ", "FGW"}


def test_page_costs_the_same_few_statements_however_long(january: World) -> None:
    item, _ = link_of(january)
    written(january, f"{{{{link:{item}}}}}")

    def cost(limit: int) -> int:
        with january.look(NOW, OFFICE) as act, noted() as statements:
            mailbag.messages(act, limit=limit, links_at=ADDRESS)
        return len(statements)

    assert cost(200) == cost(20) == 6
    with january.look(NOW) as act:
        assert act.session.get(Link, item) is not None
