"""Makes shanxi-first-class.xlsx: who debriefs in Taiyuan in 2019, with post titles for names.

Run from the root of the tree: ``python -m definitions.rosters.make_shanxi``. The same rows always make the
same file. The ten counties, cities and districts and the number 57 are the Shanxi report's, 第2段; which
departments speak at the meeting, who sits in which of the five groups and the leaders' portfolios are made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from definitions.rosters import staff
from documents import rosters
from workflow.roster import (
    MEMBER_UNITS,
    OFFICE,
    PersonRow,
    PostRow,
    Roster,
    SupervisionRow,
    UnitRow,
)

TARGET = Path(__file__).with_name("shanxi-first-class.xlsx")
SINCE = date(2019, 1, 1)

OFFICE_UNIT = UnitRow("OFFICE", "对标一流工作办公室（市委办公厅）", "办公室")


class Leader(NamedTuple):
    """One leader's post: its key in addresses, and its title."""

    key: str
    title: str


SECRETARY = Leader("sw-shuji", "市委书记")
DELEGATION = Leader("kaochatuan-lianluo", "考察团联络员")
DEPUTY = Leader("sw-fushuji", "市委副书记")
ORGANISATION = Leader("cw-zuzhi", "市委常委（分管组织）")
PUBLICITY = Leader("cw-xuanchuan", "市委常委（分管宣传统战）")
LAW = Leader("cw-zhengfa", "市委常委（分管政法）")
ECONOMY = Leader("cw-changwu", "市委常委、常务副市长")
INDUSTRY = Leader("fsz-gongye", "副市长（分管工业和科技）")
CITY = Leader("fsz-chengjian", "副市长（分管城建和民生）")
LEADERS = (SECRETARY, DELEGATION, DEPUTY, ORGANISATION, PUBLICITY, LAW, ECONOMY, INDUSTRY, CITY)

COUNTIES = "县市区"
SPEAKING = "大会述职部门"
WRITING = "书面述职单位"


class Block(NamedTuple):
    """Units that debrief together: the title of their group, their category and the leader in charge."""

    title: str
    category: str
    leader: Leader
    units: tuple[tuple[str, str], ...]


BLOCKS = (
    Block(
        COUNTIES,
        COUNTIES,
        DEPUTY,
        (
            ("XDQ", "小店区"),
            ("YZQ", "迎泽区"),
            ("XHLQ", "杏花岭区"),
            ("JCPQ", "尖草坪区"),
            ("WBLQ", "万柏林区"),
            ("JYQ", "晋源区"),
            ("GJS", "古交市"),
            ("QXX", "清徐县"),
            ("YQX", "阳曲县"),
            ("LFX", "娄烦县"),
        ),
    ),
    Block(
        SPEAKING,
        "市直单位",
        INDUSTRY,
        (
            ("FGW", "市发展和改革委员会"),
            ("GXJ", "市工业和信息化局"),
            ("KJJ", "市科学技术局"),
            ("SWJ", "市商务局"),
            ("XSPJ", "市行政审批服务管理局"),
        ),
    ),
    Block(
        SPEAKING,
        "市直单位",
        CITY,
        (
            ("GZJ", "市规划和自然资源局"),
            ("ZJJ", "市住房和城乡建设局"),
            ("STHJJ", "市生态环境局"),
            ("CXGLJ", "市城乡管理局"),
            ("JTJ", "市交通运输局"),
        ),
    ),
    Block(
        "党建组织块面",
        "市直单位",
        ORGANISATION,
        (
            ("SWBGT", "市委办公厅"),
            ("JWJW", "市纪委监委机关"),
            ("ZZB", "市委组织部"),
            ("BB", "市委机构编制委员会办公室"),
            ("XCBGS", "市委巡察工作领导小组办公室"),
            ("LGBJ", "市委老干部局"),
            ("JGGW", "市直属机关工作委员会"),
            ("ZYS", "市委政策研究室"),
            ("DX", "市委党校"),
            ("DAG", "市档案馆"),
            ("WSB", "市委外事工作委员会办公室"),
        ),
    ),
    Block(
        "宣传统战块面",
        "市直单位",
        PUBLICITY,
        (
            ("XCB", "市委宣传部"),
            ("TZB", "市委统一战线工作部"),
            ("WXB", "市委网络安全和信息化委员会办公室"),
            ("WLJ", "市文化和旅游局"),
            ("WWJ", "市文物局"),
            ("TYRB", "太原日报社"),
            ("GBDS", "太原广播电视台"),
            ("ZGH", "市总工会"),
            ("TSW", "共青团太原市委员会"),
            ("FL", "市妇女联合会"),
            ("KX", "市科学技术协会"),
            ("GSL", "市工商业联合会"),
        ),
    ),
    Block(
        "政法治理块面",
        "市直单位",
        LAW,
        (
            ("ZFW", "市委政法委员会"),
            ("ZY", "市中级人民法院"),
            ("JCY", "市人民检察院"),
            ("GAJ", "市公安局"),
            ("SFJ", "市司法局"),
            ("XFJ", "市信访局"),
            ("YJJ", "市应急管理局"),
            ("TYJRJ", "市退役军人事务局"),
            ("MZJ", "市民政局"),
            ("RFB", "市人民防空办公室"),
            ("XFZD", "市消防救援支队"),
        ),
    ),
    Block(
        "经济发展块面",
        "市直单位",
        ECONOMY,
        (
            ("CZJ", "市财政局"),
            ("RSJ", "市人力资源和社会保障局"),
            ("SJJ", "市审计局"),
            ("TJJ", "市统计局"),
            ("SCJGJ", "市市场监督管理局"),
            ("GZW", "市国有资产监督管理委员会"),
            ("NYJ", "市能源局"),
            ("NYNCJ", "市农业农村局"),
            ("SHWJ", "市水务局"),
            ("JRB", "市金融工作办公室"),
            ("CWTZJ", "市促进外来投资局"),
            ("GXS", "市供销合作社"),
        ),
    ),
    Block(
        "城建民生块面",
        "市直单位",
        CITY,
        (
            ("FCJ", "市房产管理局"),
            ("YLJ", "市园林局"),
            ("JYJ", "市教育局"),
            ("WJW", "市卫生健康委员会"),
            ("YBJ", "市医疗保障局"),
            ("TYJ", "市体育局"),
            ("GJJ", "市住房公积金管理中心"),
            ("DSJ", "市大数据应用局"),
            ("JGSWJ", "市机关事务管理局"),
            ("GGZY", "市公共资源交易中心"),
            ("CJ", "市残疾人联合会"),
        ),
    ),
    Block(
        WRITING,
        "垂直管理单位",
        ECONOMY,
        (
            ("SWUJ", "国家税务总局太原市税务局"),
            ("QXJ", "太原市气象局"),
            ("YCJ", "太原市烟草专卖局"),
            ("YZJ", "太原市邮政管理局"),
            ("DCD", "国家统计局太原调查队"),
            ("HG", "太原海关"),
        ),
    ),
)


def roster() -> Roster:
    """The rows of the sample: a liaison and a head per unit, the leaders, two people on duty in the office."""
    units = (OFFICE_UNIT, *_members())
    people = [person for unit in units for person in _staff(unit)]
    posts = [post for unit in units for post in staff.posts(unit, since=SINCE)]
    for number, place in enumerate("一二", start=1):
        key = f"office-duty-{number}"
        people.append(staff.person(key, f"对标一流工作办公室值班员（{place}）", f"office.duty{number}"))
        posts.append(PostRow(OFFICE, None, key, SINCE))
    for leader in LEADERS:
        people.append(staff.person(leader.key, leader.title, leader.key.replace("-", ".")))
        posts.append(PostRow(leader.title, None, leader.key, SINCE))
    return Roster(units, tuple(people), tuple(posts), tuple(_supervision()))


def _members() -> Iterator[UnitRow]:
    for block in BLOCKS:
        for code, name in block.units:
            yield UnitRow(code, name, block.category, tuple(dict.fromkeys((MEMBER_UNITS, block.category, block.title))))


def _staff(unit: UnitRow) -> Iterator[PersonRow]:
    stem = unit.code.lower()
    name = "对标一流工作办公室" if unit is OFFICE_UNIT else unit.name
    yield staff.person(f"{stem}-liaison", f"{name}联络员", f"{stem}.liaison")
    yield staff.person(f"{stem}-head", _head(unit, name), f"{stem}.head")


def _head(unit: UnitRow, name: str) -> str:
    """Counties, cities and districts are spoken for by their party secretaries (the Shanxi report, 第2段)."""
    return f"{name}委书记" if unit.category == COUNTIES else f"{name}主要负责同志"


def _supervision() -> Iterator[SupervisionRow]:
    for block in BLOCKS:
        for code, _ in block.units:
            yield SupervisionRow(block.leader.title, code, SINCE)


if __name__ == "__main__":
    rosters.write(roster(), TARGET)
