"""Makes huludao-delivery.xlsx: who took part in the Huludao programme of 2021, with post titles for names.

Run from the root of the tree: ``python -m definitions.rosters.make_huludao``. The same rows always make the
same file. Units follow the address line of the Huludao plan: the governments of the counties, cities and
districts, the municipal zones, the departments of the city government, other bodies concerned. Which vice
mayor supervises which unit is made up.
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
    PostRow,
    Roster,
    SupervisionRow,
    UnitRow,
)

TARGET = Path(__file__).with_name("huludao-delivery.xlsx")
SINCE = date(2021, 1, 1)

COUNTIES = "县（市）区人民政府"
ZONES = "市属开发区管委会"
DEPARTMENTS = "市政府部门"
OTHERS = "其他有关单位"


class Leader(NamedTuple):
    """One leader's post: its key in addresses, and its title."""

    key: str
    title: str


MAYOR = Leader("shizhang", "市长")
ECONOMY = Leader("fsz-changwu", "常务副市长")
INDUSTRY = Leader("fsz-gongye", "副市长（分管工业和科技）")
CITY = Leader("fsz-chengjian", "副市长（分管城建和生态环境）")
FARMING = Leader("fsz-nongye", "副市长（分管农业农村）")
TRADE = Leader("fsz-shangmao", "副市长（分管商务和文旅）")
WELFARE = Leader("fsz-minsheng", "副市长（分管民生和社会事业）")
SAFETY = Leader("fsz-gongan", "副市长（分管公安和司法）")
VICE_MAYORS = (ECONOMY, INDUSTRY, CITY, FARMING, TRADE, WELFARE, SAFETY)

#: Posts outside the units that the definition speaks of beside the leaders (三（二）2、三（四）、三（五）3).
DUTY_POSTS = (
    Leader("dangzu.liaison", "市政府党组会议联络员"),
    Leader("zhaoshang.liaison", "招商工作专班联络员"),
    Leader("ducha.head", "市政府督查室主任"),
    Leader("ducha.liaison", "市政府督查室联络员"),
    Leader("jiwei.duty", "市纪委监委受理岗"),
    Leader("zuzhibu.duty", "市委组织部受理岗"),
)

#: Code, name and supervising leader of every unit, by category.
UNITS: dict[str, tuple[tuple[str, str, Leader], ...]] = {
    COUNTIES: (
        ("SZX", "绥中县人民政府", TRADE),
        ("JCX", "建昌县人民政府", FARMING),
        ("XCS", "兴城市人民政府", TRADE),
        ("LSQ", "连山区人民政府", CITY),
        ("LGQ", "龙港区人民政府", INDUSTRY),
        ("NPQ", "南票区人民政府", FARMING),
    ),
    ZONES: (
        ("JKQ", "葫芦岛经济开发区管委会", TRADE),
        ("GXQ", "葫芦岛高新技术产业开发区管委会", INDUSTRY),
        ("DDH", "东戴河新区管委会", TRADE),
        ("YJZZ", "杨家杖子经济开发区管委会", INDUSTRY),
    ),
    DEPARTMENTS: (
        ("ZFB", "市政府办公室", ECONOMY),
        ("FGW", "市发展和改革委员会", ECONOMY),
        ("JYJ", "市教育局", WELFARE),
        ("KJJ", "市科学技术局", INDUSTRY),
        ("GXJ", "市工业和信息化局", INDUSTRY),
        ("GAJ", "市公安局", SAFETY),
        ("MZJ", "市民政局", WELFARE),
        ("SFJ", "市司法局", SAFETY),
        ("CZJ", "市财政局", ECONOMY),
        ("RSJ", "市人力资源和社会保障局", WELFARE),
        ("ZRZYJ", "市自然资源局", CITY),
        ("STHJJ", "市生态环境局", CITY),
        ("ZJJ", "市住房和城乡建设局", CITY),
        ("JTJ", "市交通运输局", CITY),
        ("SLJ", "市水利局", FARMING),
        ("NYJ", "市农业农村局", FARMING),
        ("SWJ", "市商务局", TRADE),
        ("WLJ", "市文化旅游和广播电视局", TRADE),
        ("WJW", "市卫生健康委员会", WELFARE),
        ("TYJRJ", "市退役军人事务局", WELFARE),
        ("YJJ", "市应急管理局", SAFETY),
        ("SJJ", "市审计局", ECONOMY),
        ("GZW", "市国有资产监督管理委员会", INDUSTRY),
        ("SCJGJ", "市市场监督管理局", TRADE),
        ("TJJ", "市统计局", ECONOMY),
        ("YBJ", "市医疗保障局", WELFARE),
        ("LCJ", "市林业和草原局", FARMING),
        ("YSJ", "市营商环境建设局", ECONOMY),
        ("JRJ", "市金融发展局", ECONOMY),
        ("XFJ", "市信访局", SAFETY),
        ("ZFJ", "市城市管理综合行政执法局", CITY),
        ("XCZXJ", "市乡村振兴局", FARMING),
        ("RFB", "市人民防空办公室", CITY),
    ),
    OTHERS: (
        ("SWUJ", "国家税务总局葫芦岛市税务局", ECONOMY),
        ("RH", "中国人民银行葫芦岛市中心支行", ECONOMY),
        ("QXJ", "葫芦岛市气象局", FARMING),
        ("XFZD", "葫芦岛市消防救援支队", SAFETY),
        ("GXS", "市供销合作社联合社", FARMING),
    ),
}


def roster() -> Roster:
    """The rows of the sample: a liaison and a head per unit, the leaders, the posts on duty."""
    units = tuple(_units())
    people = [person for unit in units for person in staff.people(unit)]
    posts = [post for unit in units for post in staff.posts(unit, since=SINCE)]
    for number, place in enumerate("一二", start=1):
        key = f"office-duty-{number}"
        people.append(staff.person(key, f"领导小组办公室值班员（{place}）", f"office.duty{number}"))
        posts.append(PostRow(OFFICE, None, key, SINCE))
    for leader in (MAYOR, *VICE_MAYORS, *DUTY_POSTS):
        key = leader.key.replace(".", "-")
        people.append(staff.person(key, leader.title, key.replace("-", ".")))
        posts.append(PostRow(leader.title, None, key, SINCE))
    return Roster(units, tuple(people), tuple(posts), tuple(_supervision()))


def supervisors() -> dict[str, str]:
    """The title of the leader who supervises a unit, by the unit's name."""
    return {name: leader.title for rows in UNITS.values() for _, name, leader in rows}


def _units() -> Iterator[UnitRow]:
    for category, rows in UNITS.items():
        for code, name, _ in rows:
            yield UnitRow(code, name, category, (MEMBER_UNITS, category))


def _supervision() -> Iterator[SupervisionRow]:
    for leader in VICE_MAYORS:
        for rows in UNITS.values():
            for code, _, supervisor in rows:
                if supervisor is leader:
                    yield SupervisionRow(leader.title, code, SINCE)


if __name__ == "__main__":
    rosters.write(roster(), TARGET)
