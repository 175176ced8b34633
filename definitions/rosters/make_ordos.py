"""Makes ordos-benchmarking.xlsx: who took part in the Ordos programme of 2022, with post titles for names.

Run from the root of the tree: ``python -m definitions.rosters.make_ordos``. The same rows always make the
same file. Members follow the Ordos plan, 三（一）1: four party departments, the departments and institutions
of the city government, and the bodies under the autonomous region. The leaders' portfolios are made up, and so
is which unit works in which field: the plan, 三（三）3, only asks that fields weigh differently.
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

TARGET = Path(__file__).with_name("ordos-benchmarking.xlsx")
SINCE = date(2021, 12, 1)

PARTY = "党委部门"
DEPARTMENTS = "市人民政府组成部门"
INSTITUTIONS = "直属机构和事业单位"
REGIONAL = "自治区垂直管理部门"

OFFICE_UNIT = UnitRow("OFFICE", "领导小组办公室（市人民政府办公室）", "办公室")


class Leader(NamedTuple):
    """One leader's post: its key in addresses, and its title."""

    key: str
    title: str


ECONOMY = Leader("fsz-changwu", "常务副市长")
INDUSTRY = Leader("fsz-gongye", "副市长（分管工业和信息化）")
SAFETY = Leader("fsz-gongan", "副市长（分管公安和司法）")
CITY = Leader("fsz-chengjian", "副市长（分管自然资源和城乡建设）")
FARMING = Leader("fsz-nongmu", "副市长（分管农牧和水利）")
EDUCATION = Leader("fsz-jiaoyu", "副市长（分管教育和卫生健康）")
TRADE = Leader("fsz-shangmao", "副市长（分管商务和文化旅游）")
WELFARE = Leader("fsz-minsheng", "副市长（分管民政和人力资源）")
LEADERS = (ECONOMY, INDUSTRY, SAFETY, CITY, FARMING, EDUCATION, TRADE, WELFARE)

#: Posts that belong to no unit, beside the leaders' own: the leading group's and those the plan names in 四（二）.
GROUP_HEAD = Leader("ldxz-zuzhang", "领导小组组长")
SECRETARY_GENERAL = Leader("ldxz-mishuzhang", "秘书长")
DEPUTY_HEAD = "领导小组副组长"
PARTY_INSPECTOR = Leader("dcs-shiwei", "市委督查室负责人")
CITY_INSPECTOR = Leader("dcs-shizhengfu", "市人民政府督查室负责人")
ASSESSOR = Leader("kaohe-jigou", "“五位一体”考核工作机构")
ALONE = (GROUP_HEAD, SECRETARY_GENERAL, PARTY_INSPECTOR, CITY_INSPECTOR, ASSESSOR)

#: The fields of the evaluation, each with the codes of its units.
FIELDS = {
    "产业转型和园区发展领域": "KJJ GXJ SWJ GZW NYJ DSJZX TCZX GXQ KGYQ YCJ",
    "改革创新和营商环境领域": "FGW CZJ SJJ SCJGJ TJJ ZWFWJ JRB GGZYZX SWUJ HG RH YBJF DCD",
    "生态保护和乡村振兴领域": "ZRZYJ STHJJ SLJ NMJ LCJ XCZXJ GXS QXJ",
    "城市建设与公共服务领域": "JYTYJ MZJ RSJ ZJJ JTJ WLJ WJW TYJRJ YBJ CGJ RFB GJJZX YYXY ZYXY STXY YZJ",
    "社会治理领域": "ZFW MW GAJ SFJ YJJ XFJ XFZD BJZ",
    "党的建设和综合保障领域": "ZZB XCB TZB WSB JGSWZX DASZG",
}
FIELD_OF = {code: field for field, codes in FIELDS.items() for code in codes.split()}

#: Code, name and supervising leader of every member unit, by category.
MEMBERS: dict[str, tuple[tuple[str, str, Leader | None], ...]] = {
    PARTY: (
        ("ZZB", "市委组织部", None),
        ("XCB", "市委宣传部", None),
        ("TZB", "市委统一战线工作部", None),
        ("ZFW", "市委政法委员会", None),
    ),
    DEPARTMENTS: (
        ("FGW", "市发展和改革委员会", ECONOMY),
        ("JYTYJ", "市教育体育局", EDUCATION),
        ("KJJ", "市科学技术局", INDUSTRY),
        ("GXJ", "市工业和信息化局", INDUSTRY),
        ("MW", "市民族事务委员会", WELFARE),
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
        ("NMJ", "市农牧局", FARMING),
        ("SWJ", "市商务局", TRADE),
        ("WLJ", "市文化和旅游局", TRADE),
        ("WJW", "市卫生健康委员会", EDUCATION),
        ("TYJRJ", "市退役军人事务局", SAFETY),
        ("YJJ", "市应急管理局", ECONOMY),
        ("SJJ", "市审计局", ECONOMY),
        ("GZW", "市国有资产监督管理委员会", INDUSTRY),
        ("SCJGJ", "市市场监督管理局", TRADE),
        ("TJJ", "市统计局", ECONOMY),
    ),
    INSTITUTIONS: (
        ("LCJ", "市林业和草原局", FARMING),
        ("NYJ", "市能源局", INDUSTRY),
        ("YBJ", "市医疗保障局", EDUCATION),
        ("ZWFWJ", "市政务服务局", WELFARE),
        ("XCZXJ", "市乡村振兴局", FARMING),
        ("CGJ", "市城市管理综合执法局", CITY),
        ("JRB", "市金融工作办公室", ECONOMY),
        ("XFJ", "市信访局", SAFETY),
        ("RFB", "市人民防空办公室", CITY),
        ("WSB", "市外事办公室", TRADE),
        ("DSJZX", "市大数据中心", INDUSTRY),
        ("GJJZX", "市住房公积金中心", CITY),
        ("GGZYZX", "市公共资源交易中心", WELFARE),
        ("GXS", "市供销合作社", FARMING),
        ("JGSWZX", "市机关事务服务中心", WELFARE),
        ("TCZX", "市投资促进中心", TRADE),
        ("DASZG", "市档案史志馆", WELFARE),
        ("YYXY", "鄂尔多斯应用技术学院", EDUCATION),
        ("ZYXY", "鄂尔多斯职业学院", EDUCATION),
        ("STXY", "鄂尔多斯生态环境职业学院", EDUCATION),
        ("GXQ", "鄂尔多斯高新技术产业开发区管理委员会", INDUSTRY),
        ("KGYQ", "鄂尔多斯空港物流园区管理委员会", TRADE),
    ),
    REGIONAL: (
        ("SWUJ", "国家税务总局鄂尔多斯市税务局", ECONOMY),
        ("QXJ", "鄂尔多斯市气象局", FARMING),
        ("HG", "鄂尔多斯海关", TRADE),
        ("XFZD", "市消防救援支队", SAFETY),
        ("YCJ", "鄂尔多斯市烟草专卖局", TRADE),
        ("YZJ", "鄂尔多斯市邮政管理局", CITY),
        ("RH", "中国人民银行鄂尔多斯市中心支行", ECONOMY),
        ("YBJF", "鄂尔多斯银保监分局", ECONOMY),
        ("DCD", "国家统计局鄂尔多斯调查队", ECONOMY),
        ("BJZ", "鄂尔多斯出入境边防检查站", SAFETY),
    ),
}


def roster() -> Roster:
    """The rows of the sample: a liaison and a head per unit, the leaders, two people on duty in the office."""
    units = (OFFICE_UNIT, *_members())
    people = [
        person
        for unit in units
        for person in staff.people(unit, called="领导小组办公室" if unit is OFFICE_UNIT else "")
    ]
    posts = [post for unit in units for post in staff.posts(unit, since=SINCE)]
    for number, place in enumerate("一二", start=1):
        key = f"office-duty-{number}"
        people.append(staff.person(key, f"领导小组办公室值班员（{place}）", f"office.duty{number}"))
        posts.append(PostRow(OFFICE, None, key, SINCE))
    for leader in LEADERS:
        people.append(staff.person(leader.key, leader.title, leader.key.replace("-", ".")))
        posts.append(PostRow(leader.title, None, leader.key, SINCE))
    for other in ALONE:
        people.append(staff.person(other.key, other.title, other.key.replace("-", ".")))
        posts.append(PostRow(other.title, None, other.key, SINCE))
    posts += [PostRow(DEPUTY_HEAD, None, deputy.key, SINCE) for deputy in (*LEADERS, SECRETARY_GENERAL)]
    return Roster(units, tuple(people), tuple(posts), tuple(_supervision()))


def _members() -> Iterator[UnitRow]:
    for category, rows in MEMBERS.items():
        for code, name, _ in rows:
            yield UnitRow(code, name, category, (MEMBER_UNITS, category, FIELD_OF[code]))


def _supervision() -> Iterator[SupervisionRow]:
    for leader in LEADERS:
        for rows in MEMBERS.values():
            for code, _, supervisor in rows:
                if supervisor is leader:
                    yield SupervisionRow(leader.title, code, SINCE)


if __name__ == "__main__":
    rosters.write(roster(), TARGET)
