"""What a definition says in words: a table for each kind of sentence."""

from __future__ import annotations

import pytest

from workflow import library, wording
from workflow.definition import Definition

TEXT = """\
programme: worded
title: 样例
source: {document: 样例方案, issued: 2022-01-01}
cycle: 2022
published: 01-02 08:30
posts: {mayor: 市长, chief: 督查室主任}
bodies: {inspection: {title: 督查室, led_by: chief}}
groups:
  counties: {title: 县市区}
  departments: {title: 市直部门}
  fields: {title: 产业发展领域}
  party: [市委组织部, 市委宣传部]
  every: {groups: [counties, departments], title: 各地各部门}
stages:
  first: {title: 第一阶段, clause: 一, from: 01-early, to: 01-mid}
findings: {false-data: {title: 弄虚作假}}
obligations:
  base:
    title: 月报“样”
    owed_by: member-units
    due: 03-10
    lights: card
    form:
      outcome: {label: 结论, type: choice, options: [需整改, 好]}
      limit: {label: 整改期限, type: date, required: true}
      done: {label: 已办, type: yes-no}
      rows:
        label: 问题清单
        type: table
        columns:
          unit: {label: 责任单位, type: unit, required: true}
          due: {label: 时限, type: date}
          what: {label: 问题}
  plain: {title: 台账, owed_by: office, due: 04-end}
  one: {title: 样例事项, owed_by: OWNER, due: DUE, opened_by: OPENED}
ladders:
  all:
    - {at: -3wd 09:00, to: [liaison]}
    - {at: +0d 17:30, to: [owner], say: notice}
    - {at: due, to: [liaison, unit-head], say: overdue}
    - {at: +1d, to: [mayor], say: escalation, light: red, acknowledge: {within: 2wd, to: [chief, office]}}
    - {pending_for: 1wd, to: [approver], every: 2wd, at_most: 5}
lights:
  card: [{when: overdue, light: yellow}, {when: returned, times: 2, light: red}]
"""


def worded(*, owner: str = "member-units", due: str = "03-10", opened: str = "[]") -> Definition:
    text = TEXT.replace("OWNER", owner).replace("DUE", due).replace("OPENED", opened)
    return library.parse(text.encode(), name="worded.yaml").definition


@pytest.mark.parametrize(
    ("owner", "said"),
    [
        ("member-units", "各成员单位"),
        ("counties", "各县市区"),
        ("fields", "产业发展领域各单位"),
        ("party", "市委组织部、市委宣传部"),
        ("every", "各地各部门"),
        ("office", "领导小组办公室"),
        ("inspection", "督查室"),
        ("mayor", "市长"),
        ("[市商务局, 市财政局]", "市商务局、市财政局"),
        ("{each: unit-head, of: departments}", "各市直部门主要负责同志（每人）"),
        ("{draw: [{from: counties, count: 2}]}", "随机抽取2个县市区"),
        (
            "{draw: [{from: counties, count: {at_least: 2, at_most: 3}}, {from: party, count: {at_least: 1}}]}",
            "随机抽取2至3个县市区、不少于1个市委组织部、市委宣传部",
        ),
        ("{rota: counties}", "各县市区轮流"),
        ("{rota: departments, each: unit-head}", "各市直部门轮流，由主要负责同志承担"),
        ("{subjects: member-units, by: office}", "由领导小组办公室对各成员单位逐一办理"),
    ],
)
def test_owners_are_said_as_an_office_says_them(owner: str, said: str) -> None:
    assert wording.owner(worded(owner=owner), "one") == said


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ("01-04", "2022年1月4日前"),
        ("-1/12-31", "2021年12月31日前"),
        ('{on: 01-04, until: "17:30"}', "2022年1月4日17:30前"),
        ("{on: 01-04, on_holiday: after}", "2022年1月4日前（逢节假日顺延到工作日）"),
        ("[04-end, 10-end]", "2022年4月30日前；2022年10月31日前"),
        ("{dates: [{on: 04-end, title: 出台意见}, {on: 10-end}]}", "2022年4月30日前出台意见；2022年10月31日前"),
        ("{every: FREQ=MONTHLY;BYMONTHDAY=30, missing_day: last-day}", "每月30日前（没有该日的月份为月末）"),
        ("{every: FREQ=MONTHLY;BYMONTHDAY=31, missing_day: skip}", "每月31日前（没有该日的月份不报）"),
        ("{every: FREQ=MONTHLY;BYMONTHDAY=29, missing_day: next-day}", "每月29日前（没有该日的月份顺延到次日）"),
        ("{every: FREQ=MONTHLY;BYMONTHDAY=-1, from: 04-01}", "每月末前（自2022年4月1日起）"),
        ("{every: FREQ=MONTHLY;BYMONTHDAY=-2}", "每月倒数第2日前"),
        ("{every: FREQ=MONTHLY;BYMONTHDAY=5, period: previous}", "每月5日前（报上一期情况）"),
        ('{every: "FREQ=MONTHLY;BYMONTHDAY=10,20"}', "每月10日、20日前"),
        ("{every: FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1, from: 03-01}", "每季度末前（自2022年3月1日起）"),
        ("{every: FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=20, from: 06-01}", "每半年末月20日前（自2022年6月1日起）"),
        ("{every: FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=-1}", "每两个月的最后一日前"),
        ('{every: "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"}', "每季度末前"),
        ('{every: "FREQ=MONTHLY;BYMONTH=6,12;BYMONTHDAY=-1"}', "每半年末前"),
        ('{every: "FREQ=MONTHLY;BYMONTH=2,4,6,8,10,12;BYMONTHDAY=-1"}', "每双月末前"),
        ('{every: "FREQ=MONTHLY;BYMONTH=3,9;BYMONTHDAY=5"}', "每年3月、9月5日前"),
        ("{every: FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=5}", "每年3月5日前"),
        ("{every: FREQ=WEEKLY;BYDAY=FR, to: 06-end}", "每周五前（至2022年6月30日止）"),
        ("{every: FREQ=WEEKLY;INTERVAL=2;BYDAY=MO}", "每两周的周一前"),
        ("{every: FREQ=WEEKLY}", "每周一次"),
        ("{every: FREQ=DAILY}", "每日"),
        ("{every: FREQ=DAILY;INTERVAL=10}", "每10日一次"),
        ("{every: FREQ=MONTHLY;BYDAY=1MO}", "每月第1个周一前"),
        ("{every: FREQ=MONTHLY;BYDAY=-1FR}", "每月最后一个周五前"),
        ("{every: FREQ=MONTHLY;BYDAY=FR;BYSETPOS=1}", "按重复规则 FREQ=MONTHLY;BYDAY=FR;BYSETPOS=1"),
        ("{within: first}", "2022年1月20日前（“第一阶段”的最后一日）"),
        ("{after: published, by: +5wd}", "方案印发后5个工作日内"),
        ("{after: base, by: +10d}", "“月报‘样’”截止后10天内"),
        ("{after: base, by: -2wd}", "“月报‘样’”截止前2个工作日"),
        ("{by_hand: true}", "适时（由办公室启动并确定期限）"),
    ],
)
def test_dates_are_said_as_an_office_says_them(due: str, said: str) -> None:
    assert wording.due(worded(due=due), "one", 2022) == said


ROWS = "{event: filed, of: [base], rows: {field: rows, unit: unit, due: due, title: what}}"


@pytest.mark.parametrize(
    ("opened", "due", "said"),
    [
        ("{event: light-red, of: [base]}", "{opened: +5wd}", "由事件引出后5个工作日内"),
        ("{event: filed, of: [base]}", '{field: limit, until: "17:30"}', "按前一事项所填“整改期限”（17:30截止）"),
        (ROWS, "{opened: +10d}", "按表中“时限”一栏；未列的，由事件引出后10天内"),
    ],
)
def test_dates_of_follow_ups_are_said(opened: str, due: str, said: str) -> None:
    assert wording.due(worded(owner="concerned", due=due, opened=f"[{opened}]"), "one", 2022) == said


@pytest.mark.parametrize(
    ("owner", "opened", "said"),
    [
        ("office", "{event: light-red}", "任一事项亮红灯后，由领导小组办公室对该单位办理"),
        ("office", "{event: light-yellow, of: [base]}", "“月报‘样’”亮黄灯后，由领导小组办公室对该单位办理"),
        ("office", "{event: filed, of: [plain]}", "“台账”报送后，由领导小组办公室办理"),
        ("concerned", "{event: overdue, of: [base]}", "“月报‘样’”逾期后，由该单位办理"),
        ("member-units", "{event: returned}", "任一事项被退回后，由各成员单位办理"),
        (
            "{subjects: counties, by: inspection}",
            "{event: target-unmet, of: [base, plain]}",
            "“月报‘样’”、“台账”未达到目标后，由督查室对该单位办理",
        ),
        ("concerned", "{event: finding}", "任一事项被检查发现问题后，由该单位办理"),
        (
            "office",
            "{event: finding, kind: false-data}",
            "任一事项被检查发现“弄虚作假”后，由领导小组办公室对该单位办理",
        ),
        (
            "concerned",
            "{event: filed, of: [base], if: {field: outcome, is: 需整改}}",
            "“月报‘样’”报送且“结论”为“需整改”后，由该单位办理",
        ),
        (
            "concerned",
            "{event: filed-late, of: [base], if: {field: done, is: false}}",
            "“月报‘样’”逾期报送且“已办”为“否”后，由该单位办理",
        ),
        ("concerned", ROWS, "“月报‘样’”报送后，表“问题清单”每行一件，由“责任单位”一栏所列单位办理"),
        ("office", ROWS, "“月报‘样’”报送后，表“问题清单”每行一件，由领导小组办公室对该单位办理"),
    ],
)
def test_what_opens_a_follow_up_is_said(owner: str, opened: str, said: str) -> None:
    definition = worded(owner=owner, due="{opened: +5wd}", opened=f"[{opened}]")
    (by,) = definition.obligations["one"].opened_by
    assert wording.opening(definition, "one", by) == said


def known_alone(opened: str, due: str) -> Definition:
    """The definition as somebody knows it who may know of this one obligation only."""
    whole = worded(owner="concerned", due=due, opened=f"[{opened}]")
    return whole.model_copy(update={"obligations": {"one": whole.obligations["one"]}})


def test_what_the_reader_does_not_know_is_not_named() -> None:
    known = known_alone(ROWS, "{opened: +5wd}")
    (by,) = known.obligations["one"].opened_by
    assert wording.opening(known, "one", by) == "另一事项报送后，由所列单位办理"
    assert wording.due(known, "one", 2022) == "由事件引出后5个工作日内"
    dated = known_alone("{event: filed, of: [base]}", "{field: limit}")
    assert wording.due(dated, "one", 2022) == "按前一事项所填日期"


def test_rungs_and_lights_are_said() -> None:
    definition = worded()
    assert [wording.rung(definition, one) for one in definition.ladders["all"]] == [
        "截止前3个工作日 09:00，提醒联络员",
        "截止当日 17:30，通知责任人",
        "期限一过，告知联络员、主要负责同志已逾期",
        "截止后1天 09:00，向市长升级督办，亮红灯，须在2个工作日内签收，否则转督查室主任、领导小组办公室",
        "送审1个工作日未签 09:00，提醒审签人，此后每2个工作日一次，最多5次",
    ]
    assert [wording.light(one) for one in definition.lights["card"]] == ["逾期，亮黄灯", "第2次被退回，亮红灯"]


RULES = """\
programme: rules
title: 样例
source: {document: 样例方案, issued: 2022-01-01}
cycle: 2022
posts: {mayor: 市长}
groups: {party: [市委组织部, 市委宣传部]}
obligations:
  list:
    title: 清单
    owed_by: member-units
    due: 03-10
    sign_off:
      - {by: supervising-leader, except: {party: unit-head}}
      - {by: mayor, need: any}
      - {by: mayor, need: 2, confirm: code}
      - {by: mayor, confirm: wecom}
    lifecycle: receipt
    targets:
      signed: {label: 签约, value: 300, unit: 个, over: cycle}
      lost: {label: 投资, value: damaged}
    form:
      name: {label: 名称, type: text}
      trips: {label: 次数, type: integer, required: true, at_least: 1, at_most: 99}
      most: {label: 至多, type: decimal, at_most: 5}
      file: {label: 附件, type: file, accepts: [pdf, docx]}
      rows:
        label: 内容
        type: table
        at_least: 1
        columns: {status: {label: 状态, type: choice, required: true, options: [在学, 学成]}}
  simple: {title: 简报, owed_by: member-units, due: 03-11, lifecycle: own}
lifecycles:
  own:
    title: 办结
    initial: open
    standings:
      open: {state: draft, waiting_on: unit, title: 办理中}
      closed: {state: filed, waiting_on: none, title: 已办结}
      late: {state: overdue, waiting_on: unit, title: 逾期}
    moves:
      - {trigger: submit, from: [open, late], to: closed}
      - {trigger: lapse, from: open, to: late, timed: true}
rollover: {obligation: list, field: rows, status: status, keep: [在学], archive: [学成]}
"""


def test_forms_targets_steps_lifecycles_and_rollover_are_said() -> None:
    definition = library.parse(RULES.encode(), name="rules.yaml").definition
    written = definition.obligations["list"]
    assert [wording.asks(written.form[name]) for name in ("name", "trips", "most", "file", "rows")] == [
        "一行文字", "整数，必填，1至99", "数字，至多5", "附件，限pdf、docx", "表格，至少1行",
    ]  # fmt: skip
    assert wording.asks(written.form["rows"].columns["status"]) == "单选（在学、学成），必填"
    assert [wording.target(one) for one in written.targets.values()] == [
        "签约：不低于300个（全年累计）", "投资：原文数字残缺，以补正为准",
    ]  # fmt: skip
    assert [wording.step(definition, one) for one in written.sign_off] == [
        "由分管领导审签；市委组织部、市委宣传部由主要负责同志审签",
        "由市长审签；有多人的，一人同意即可",
        "由市长审签；须2人同意，凭动态验证码",
        "由市长审签，凭企业微信身份",
    ]
    assert wording.lifecycle(definition, "list") == "草稿 → 待审签 → 待受理 → 已报送"
    assert wording.lifecycle(definition, "simple") == "办结：办理中 → 已办结"
    assert definition.rollover is not None
    assert wording.rollover(definition, definition.rollover) == (
        "“清单”的表“内容”中，状态为“在学”的行转入下一年度，为“学成”的存档"
    )


def test_coverage_is_said() -> None:
    text = TEXT.replace("OWNER", "counties").replace("DUE", "03-10").replace("OPENED", "[]")
    text += "coverage: [{title: 述职全覆盖, of: every, by: [plain, one]}]\n"
    definition = library.parse(text.encode(), name="worded.yaml").definition
    assert wording.coverage(definition, definition.coverage[0]) == "各地各部门每家须且只须承担“台账”、“样例事项”之一"
