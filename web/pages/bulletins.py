"""The 通报 of a programme: its facts, the office's words, the Word file: ``/programmes/{key}/bulletin``."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from documents import bulletin_text
from web import problems
from web.api.values import PREFIX, Storable
from web.contexts.bulletins import BulletinLine, BulletinPage, BulletinSection, BulletinTable
from web.contexts.frame import Choice
from web.pages.frame import Asked, House, acting, done, frame, show, signed_in, warned
from web.pages.rooms import parts
from workflow import bulletin_words, bulletins, figures
from workflow.acts import Act
from workflow.bulletin_words import Words
from workflow.bulletins import Bulletin
from workflow.permissions import OFFICE
from workflow.refusals import ContentUnreadable, QueryRefused

#: So much may be typed into one field of the form.
Typed = Annotated[str, Form(max_length=20_000), Storable]
Short = Annotated[str, Form(max_length=200), Storable]


def router(house: House) -> APIRouter:
    """``/programmes/{key}/bulletin``."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/programmes/{key}/bulletin")
    def read(key: str, request: Request, period: Asked = "") -> Response:
        with house.engine.looking(signed_in(request)) as act:
            try:
                page, status = _page(house, request, act, bulletins.of(act, key, period)), 200
            except QueryRefused as refused:
                page, status = _page(house, request, act, bulletins.of(act, key), error=f"{refused.text}。"), 422
            return show(house, request, page, status)

    @routes.post("/programmes/{key}/bulletin")
    def keep(
        key: str,
        request: Request,
        period: Short = "",
        number: Short = "",
        opening: Typed = "",
        measures: Typed = "",
        form_token: Short = "",
    ) -> Response:
        actor = acting(house, request, form_token)
        try:
            with house.engine.acting(actor) as act:
                bulletin_words.keep(act, key, period, number=number, opening=opening, measures=measures)
        except ContentUnreadable as refused:
            with house.engine.looking(actor) as act:
                typed = Words(number, opening, measures)
                page = _page(house, request, act, bulletins.of(act, key, period), typed=typed, error=refused.text)
                return show(house, request, page, problems.of_refusal(refused).status)
        return done(house, f"{address(key)}?{urlencode({'period': period})}", "已保存，可以下载通报。")

    return routes


def address(key: str) -> str:
    """Where the circulars of a programme are."""
    return f"/programmes/{quote(key, safe='')}/bulletin"


def _page(
    house: House, request: Request, act: Act, found: Bulletin, *, typed: Words | None = None, error: str = ""
) -> BulletinPage:
    here, words = address(found.key), typed or found.words
    around = frame(house, request, act, "programmes", here=here)
    offered = {one.name: one.title for one in figures.choices(found.cycle)} | {found.period.name: found.period.title}
    return BulletinPage(
        frame=warned(around, error) if error else around,
        title=found.title,
        cycle=found.cycle,
        rooms=parts(found.key, act.actor.role, here="bulletin"),
        action=here,
        period=found.period.name,
        periods=tuple(Choice(name, title, name == found.period.name) for name, title in offered.items()),
        subject=bulletin_text.subject(found),
        until=bulletin_text.until(found.as_of),
        ended=found.as_of >= found.period.ends,
        hidden=found.hidden,
        sections=tuple(_section(one) for one in (*bulletin_text.sections(found), *_annexed(found))),
        may_write=act.actor.role in OFFICE,
        number=words.number,
        opening=words.opening,
        usual_opening=bulletin_text.opening(found),
        measures=words.measures,
        error=error,
        updated_at=found.words.updated_at,
        updated_by=found.words.updated_by,
        download=f"{PREFIX}{here}.docx?{urlencode({'period': found.period.name})}",
    )


def _annexed(found: Bulletin) -> tuple[bulletin_text.Section, ...]:
    if not found.by_unit:
        return ()
    note = bulletin_text.Sentence(bulletin_text.annex_note(found))
    return (bulletin_text.Section("附表", (note,), (bulletin_text.annex(found),)),)


def _section(one: bulletin_text.Section) -> BulletinSection:
    return BulletinSection(
        one.title,
        tuple(BulletinLine(said.text, said.lead) for said in one.sentences),
        tuple(BulletinTable(table.caption, table.heads, table.rows) for table in one.tables),
    )
