"""通报: its facts, the office's own words in it, the Word file."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from documents import bulletin, bulletin_text, word
from web.access import Caller
from web.api.figures import PeriodAsked, TallyAnswer, tally
from web.api.values import PREFIX, Answer, Instant, Key, Storable, file_of, problems
from web.downloads import download
from web.site import Here
from workflow import bulletin_words, bulletins
from workflow.bulletins import Bulletin
from workflow.signing import MAX_COMMENT

router = APIRouter(prefix=PREFIX, tags=["统计与通报"])

Said = Annotated[str, Field(max_length=MAX_COMMENT), Storable]


class TableAnswer(Answer):
    """通报中的一张表"""

    caption: str = Field(examples=["各类单位报送情况（单位：件）"])
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class SectionAnswer(Answer):
    """通报的一个部分：由数据生成的段落和表"""

    title: str = Field(examples=["总体情况"])
    paragraphs: tuple[str, ...]
    tables: tuple[TableAnswer, ...]


class WordsAnswer(Answer):
    """办公室自己写的内容：文号、开头、下一步要求"""

    number: str = Field(examples=["督办通报〔2022〕1号"])
    opening: str
    measures: str
    updated_at: Instant | None
    updated_by: str


class BulletinAnswer(Answer):
    """通报的内容，数据截至 as_of：期间已过的为期末，未过的为现在；before 为上一期间"""

    programme: str = Field(examples=["ordos-benchmarking-2022"])
    period: str = Field(examples=["2022Q1"])
    subject: str
    as_of: Instant
    words: WordsAnswer
    total: TallyAnswer
    before: TallyAnswer | None
    sections: tuple[SectionAnswer, ...]


class WordsBody(BaseModel):
    """办公室自己写的内容，代替原有的；不写期间为上一季度"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"period": "2022Q1", "number": "督办通报〔2022〕1号", "measures": "请逾期单位于4月15日前报送。"}
            ]
        },
    )

    period: Annotated[str, Field(max_length=20), Storable] = ""
    number: Annotated[str, Field(max_length=bulletin_words.MAX_NUMBER), Storable] = ""
    opening: Said = ""
    measures: Said = ""


@router.get("/programmes/{key}/bulletin", responses=problems("not-found", "query-refused"))
def read_bulletin(site: Here, actor: Caller, key: Key, period: PeriodAsked = "") -> BulletinAnswer:
    """通报的内容；不写期间为上一季度。"""
    with site.engine.looking(actor) as act:
        return _answer(bulletins.of(act, key, period))


@router.put("/programmes/{key}/bulletin", responses=problems("not-found", "query-refused", "content-unreadable"))
def write_bulletin(site: Here, actor: Caller, key: Key, body: WordsBody) -> BulletinAnswer:
    """保存办公室自己写的文号、开头和下一步要求。"""
    with site.engine.acting(actor) as act:
        period = body.period or bulletins.usual(act.today).name
        bulletin_words.keep(
            act, key, period, number=body.number, opening=body.opening, measures=body.measures
        )  # fmt: skip
        return _answer(bulletins.of(act, key, period))


@router.get(
    "/programmes/{key}/bulletin.docx",
    response_class=Response,
    responses=file_of(word.DOCX, "Word 文件") | problems("not-found", "query-refused"),
)
def bulletin_docx(site: Here, actor: Caller, key: Key, period: PeriodAsked = "") -> Response:
    """通报的 Word 文件，公文格式。"""
    with site.engine.looking(actor) as act:
        found = bulletins.of(act, key, period)
    return download(bulletin.write(found), bulletin.file_name(found), word.DOCX)


def _answer(found: Bulletin) -> BulletinAnswer:
    return BulletinAnswer(
        programme=found.key,
        period=found.period.name,
        subject=bulletin_text.subject(found),
        as_of=found.as_of,
        words=WordsAnswer.model_validate(found.words),
        total=tally(found.total),
        before=tally(found.before) if found.before else None,
        sections=tuple(_section(one) for one in bulletin_text.sections(found)),
    )


def _section(one: bulletin_text.Section) -> SectionAnswer:
    return SectionAnswer(
        title=one.title,
        paragraphs=tuple(said.lead + said.text for said in one.sentences),
        tables=tuple(TableAnswer.model_validate(table) for table in one.tables),
    )
