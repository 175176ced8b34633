"""Makes weifang-key-work.xlsx: who took part in the Weifang programme of 2020, with post titles for names.

Run from the root of the tree: ``python -m definitions.rosters.make_weifang``. The same rows always make the
same file. Units are the twelve counties, cities and districts, the zones under the city, the departments of
the city and two institutes that the Weifang plan, 16 names. The task forces and inspection groups are bodies
of the definition; here stand only the posts that lead them and speak for them. The leaders' portfolios and
the members of the talent group are made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from definitions.rosters import staff
from documents import rosters
from workflow.roster import MEMBER_UNITS, OFFICE, PersonRow, PostRow, Roster, UnitRow

TARGET = Path(__file__).with_name("weifang-key-work.xlsx")
SINCE = date(2019, 12, 1)

COUNTIES = "县市区"
ZONES = "市属开发区"
DEPARTMENTS = "市直部门（单位）"
INSTITUTES = "科研机构"
TALENT = "市人才工作领导小组成员单位"

#: Code and name of every unit, by category.
UNITS: dict[str, tuple[tuple[str, str], ...]] = {
    COUNTIES: (
        ("KWQ", "奎文区"),
        ("WCQ", "潍城区"),
        ("HTQ", "寒亭区"),
        ("FZQ", "坊子区"),
        ("QZS", "青州市"),
        ("ZCS", "诸城市"),
        ("SGS", "寿光市"),
        ("AQS", "安丘市"),
        ("GMS", "高密市"),
        ("CYS", "昌邑市"),
        ("LQX", "临朐县"),
        ("CLX", "昌乐县"),
    ),
    ZONES: (
        ("GXQ", "潍坊高新技术产业开发区"),
        ("BHQ", "潍坊滨海经济技术开发区"),
        ("XSQ", "潍坊峡山生态经济开发区"),
        ("JJQ", "潍坊经济开发区"),
        ("ZBQ", "潍坊综合保税区"),
    ),
    DEPARTMENTS: (
        ("SWBGS", "市委办公室"),
        ("JWJW", "市纪委监委机关"),
        ("ZZB", "市委组织部"),
        ("XCB", "市委宣传部"),
        ("TZB", "市委统战部"),
        ("ZFW", "市委政法委"),
        ("ZFBGS", "市政府办公室"),
        ("FGW", "市发展和改革委员会"),
        ("JYJ", "市教育局"),
        ("KJJ", "市科学技术局"),
        ("GXJ", "市工业和信息化局"),
        ("GAJ", "市公安局"),
        ("MZJ", "市民政局"),
        ("SFJ", "市司法局"),
        ("CZJ", "市财政局"),
        ("RSJ", "市人力资源和社会保障局"),
        ("ZRZYJ", "市自然资源和规划局"),
        ("STHJJ", "市生态环境局"),
        ("ZJJ", "市住房和城乡建设局"),
        ("CGJ", "市城市管理局"),
        ("JTJ", "市交通运输局"),
        ("SLJ", "市水利局"),
        ("NYJ", "市农业农村局"),
        ("SWJ", "市商务局"),
        ("WLJ", "市文化和旅游局"),
        ("WJW", "市卫生健康委员会"),
        ("TYJRJ", "市退役军人事务局"),
        ("YJJ", "市应急管理局"),
        ("SJJ", "市审计局"),
        ("WSB", "市外事办公室"),
        ("GZW", "市国有资产监督管理委员会"),
        ("SPFWJ", "市行政审批服务局"),
        ("SCJGJ", "市市场监督管理局"),
        ("TYJ", "市体育局"),
        ("TJJ", "市统计局"),
        ("YBJ", "市医疗保障局"),
        ("JRJ", "市地方金融监督管理局"),
        ("DSJJ", "市大数据局"),
        ("FPB", "市扶贫开发领导小组办公室"),
        ("XFJ", "市信访局"),
        ("SHUIWJ", "国家税务总局潍坊市税务局"),
        ("FY", "市中级人民法院"),
        ("JCY", "市人民检察院"),
    ),
    INSTITUTES: (
        ("SCZX", "全国蔬菜质量标准中心"),
        ("BDNY", "北大现代农业研究院"),
    ),
}
#: Departments of the talent group (20).
TALENT_CODES = frozenset({"ZZB", "XCB", "FGW", "JYJ", "KJJ", "GXJ", "CZJ", "RSJ", "NYJ", "SWJ", "WJW", "GZW"})


class Official(NamedTuple):
    """One post outside the units: its key in addresses, and its title in the definition."""

    key: str
    title: str


LEADERS = (
    Official("leader.changwu", "市委常委、常务副市长"),
    Official("leader.dangqun", "市委副书记"),
    Official("leader.nongye", "副市长（分管农业农村）"),
    Official("leader.shangwu", "副市长（分管商务和外事）"),
    Official("leader.gongye", "副市长（分管工业和重大项目）"),
    Official("leader.huanbao", "副市长（分管生态环境）"),
    Official("leader.chengjian", "副市长（分管城乡建设）"),
    Official("leader.minsheng", "副市长（分管民生和社会事业）"),
    Official("leader.zhengfa", "市委常委、政法委书记"),
    Official("leader.gongan", "副市长（分管公安和司法）"),
    Official("leader.mishuzhang", "市政府秘书长"),
    Official("leader.renda1", "市人大常委会副主任（督导评估）"),
    Official("leader.zhengxie", "市政协副主席（督导评估）"),
    Official("leader.renda2", "市人大常委会副主任（社会监督）"),
)
#: The party secretary and the mayor: both are the city's principal leaders, the mayor signs as such, too.
SECRETARY, MAYOR = Official("leader.shuji", "市委书记"), Official("leader.shizhang", "市长")
PRINCIPALS = "市委、市政府主要领导"
CONTACTS = (
    Official("zb01.liaison", "第一攻坚战专班联络员"),
    Official("zb02.liaison", "第二攻坚战专班联络员"),
    Official("zb03.liaison", "“三个模式”创新提升攻坚战专班联络员"),
    Official("zb04.liaison", "开放招引攻坚战专班联络员"),
    Official("zb05.liaison", "项目建设攻坚战专班联络员"),
    Official("zb06.liaison", "污染防治攻坚战专班联络员"),
    Official("zb07.liaison", "城市功能品质提升攻坚战专班联络员"),
    Official("zb08.liaison", "民生改善攻坚战专班联络员"),
    Official("zb09.liaison", "社会治理效能提升攻坚战专班联络员"),
    Official("zb10.liaison", "法治环境优化攻坚战专班联络员"),
    Official("ddzb.liaison", "重大项目督导专班联络员"),
    Official("dd1.liaison", "第一督导评估组联络员"),
    Official("dd2.liaison", "第二督导评估组联络员"),
    Official("dd3.liaison", "第三督导评估组联络员"),
    Official("wenxun.liaison", "工作问询小分队联络员"),
    Official("flfw.liaison", "法律服务团联络员"),
)
DUTY = (
    Official("office.duty1", "市“重点工作攻坚年”办公室值班员（一）"),
    Official("office.duty2", "市“重点工作攻坚年”办公室值班员（二）"),
)


def roster() -> Roster:
    """The rows of the sample: a liaison and a head per unit, leaders, contacts of the bodies, two on duty."""
    units = tuple(_units())
    people = [person for unit in units for person in staff.people(unit)]
    people += [_person(one.key, one.title) for one in (*LEADERS, SECRETARY, MAYOR, *CONTACTS, *DUTY)]
    posts = [post for unit in units for post in staff.posts(unit, since=SINCE)]
    posts += [PostRow(one.title, None, _key(one.key), SINCE) for one in (*LEADERS, MAYOR, *CONTACTS)]
    posts += [PostRow(PRINCIPALS, None, _key(one.key), SINCE) for one in (SECRETARY, MAYOR)]
    posts += [PostRow(OFFICE, None, _key(one.key), SINCE) for one in DUTY]
    return Roster(units, tuple(people), tuple(posts))


def _units() -> Iterator[UnitRow]:
    for category, rows in UNITS.items():
        for code, name in rows:
            member = () if category == INSTITUTES else (MEMBER_UNITS,)
            talent = (TALENT,) if code in TALENT_CODES else ()
            yield UnitRow(code, name, category, (*member, category, *talent))


def _person(mailbox: str, name: str) -> PersonRow:
    return PersonRow(_key(mailbox), name, email=f"{mailbox}@example.cn", wecom_id=_key(mailbox))


def _key(mailbox: str) -> str:
    return mailbox.replace(".", "-")


if __name__ == "__main__":
    rosters.write(roster(), TARGET)
