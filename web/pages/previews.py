"""An attachment behind a sign-off link: laid out on a page, shown by the browser itself, or saved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from fastapi.responses import Response

from documents import previews
from documents.paragraphs import Block
from documents.previews import NotShown
from web.contexts.previews import Passage, PreviewPage
from web.downloads import disposition, download
from web.pages import signing as views
from web.pages.doors import Door, answer
from web.pages.frame import POLICY
from workflow.acts import Act
from workflow.engine import Engine
from workflow.tables import Attachment, SignOff, Submission

#: A picture or a PDF on its own: nothing in it runs, reaches out, or is framed. The style is that of the browser's
#: own page around a picture.
ALONE = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"


def opened(engine: Engine, door: Door, attachment_id: int) -> Response:
    """The file on a page; what cannot be shown says why, and can still be saved."""
    with engine.looking() as act:
        request = views.request_of(act, door.link(act))
        file = views.file_of(act, request, attachment_id)
        page = _page(act, door, request, file)
    # Reading takes a process and some time: the transaction is over by then.
    try:
        return answer(_laid_out(page, file))
    except NotShown as refused:
        return answer(replace(page, why=refused.text, unsafe=refused.unsafe))


def shown(engine: Engine, door: Door, attachment_id: int) -> Response:
    """A picture or a PDF for the browser to show; anything else is saved."""
    file = _file(engine, door, attachment_id)
    media_type = previews.media_type(file.name, file.data)
    if not media_type:
        return download(file.data, file.name, file.media_type)
    headers = {
        "Content-Disposition": disposition(file.name).replace("attachment;", "inline;", 1),
        "X-Content-Type-Options": "nosniff",
        POLICY: ALONE,
    }
    return Response(file.data, media_type=media_type, headers=headers)


def saved(engine: Engine, door: Door, attachment_id: int) -> Response:
    """The file as a download."""
    file = _file(engine, door, attachment_id)
    return download(file.data, file.name, file.media_type)


def _file(engine: Engine, door: Door, attachment_id: int) -> Attachment:
    with engine.looking() as act:
        return views.file_of(act, views.request_of(act, door.link(act)), attachment_id)


def _page(act: Act, door: Door, request: SignOff, file: Attachment) -> PreviewPage:
    row = act.session.get_one(Submission, request.submission_id)
    audience = act.audience(row.programme_id)
    return PreviewPage(
        rehearsal_now=act.now if door.rehearsal else None,
        name=file.name,
        unit=audience.directory.unit(row.unit).name,
        obligation=audience.definition.obligations[row.obligation].title,
        size=file.size,
        sha256=file.sha256,
        href=f"{door.here}/files/{file.id}",
        back_href=door.here,
        contact=door.contact,
    )


def _laid_out(page: PreviewPage, file: Attachment) -> PreviewPage:
    match previews.kind_of(file.name, file.data):
        case "workbook" | "csv":
            return replace(page, grids=previews.tables(file.name, file.data))
        case "document":
            text = previews.text(file.name, file.data)
            return replace(page, blocks=tuple(_passages(text.blocks)), missing=text.missing, cut=text.cut)
        case "picture" | "pdf":
            return replace(page, picture_href=f"{page.href}/show")
    if previews.kind_by_name(file.name) != "none":
        raise NotShown(why="文件内容与其名称不符", unsafe=True)
    raise NotShown(why="这种文件", unsafe=views.is_strange(file.name))


def _passages(blocks: Iterable[Block]) -> Iterable[Passage]:
    """Headings one level below the page's own, none deeper than the one before allows."""
    above = 1
    for block in blocks:
        level = min(block["level"] + 1, above + 1, 6) if block["level"] else 0
        above = level or above
        yield Passage(level, block["text"], tuple(tuple(row) for row in block["rows"]))
