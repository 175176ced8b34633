"""One submission in three lights: late and read by the office, being filled in by its unit, filed late."""

from dataclasses import replace
from datetime import date

from tests.web.samples.office import CLOCK, LIAISON, OFFICE, TITLE, at
from tests.web.samples.tables import READ_TABLE, SCORE, SCORED, TABLE, TARGETS
from web import contexts
from web.contexts.frame import Choice, Frame, Link
from web.contexts.submission import (
    Act,
    Attachment,
    Editing,
    FormField,
    HistoryLine,
    Prerequisite,
    Relation,
    SentMessage,
    SignOffLine,
)

UNIT_FRAME = Frame(section="programmes", viewer=LIAISON, clock=CLOCK, form_token="token-of-this-form")
HASH = "9f2c4e1ab07d55c3e8d1f06b7a24937c5d0e18f2a6b3947c1e5f8d2b7a604c39"
LEARNING = """一、榆林市能源局“煤电化一体化”项目审批提速做法；
二、煤矿智能化改造验收标准和补贴政策；
三、新能源指标竞争性配置办法。"""

FIELDS = (
    FormField("target", "建标学习对象", "text", required=True, help="先进地区对应类别单位的全称", value="榆林市能源局"),
    FormField(
        "kind",
        "对象来源",
        "choice",
        required=True,
        options=(
            Choice("national", "国家层面通报典型"),
            Choice("resource", "资源型城市", chosen=True),
            Choice("nearby", "周边城市"),
        ),
    ),
    FormField(
        "fields",
        "重点领域",
        "choices",
        options=(
            Choice("chain", "产业延链建群", chosen=True),
            Choice("green", "生态治理", chosen=True),
            Choice("service", "营商环境"),
        ),
    ),
    FormField("learning", "学习内容", "paragraph", required=True, help="分条写明，每条可检查", value=LEARNING),
    FormField("indicators", "主要对标指标（项）", "integer", required=True, value="6"),
    FormField("output", "对标对象上年产值（亿元）", "decimal", value="4812.5"),
    FormField("agreed", "联系建立日期", "date", value="2022-01-03"),
    FormField("visited", "是否已对接", "yes-no", options=(Choice("yes", "是", chosen=True), Choice("no", "否"))),
    FormField("partner", "对口配合单位", "unit", value="市发展和改革委员会"),
    FormField(
        "signed",
        "签约项目完成值",
        "decimal",
        required=True,
        help="不低于300个",
        value="120",
        unit="个",
        note="另有各期已报送 190个，合计对照目标",
    ),
    FormField("projects", "重点项目清单", "table", required=True, help="一行一个项目", table=TABLE),
    FormField("letter", "联系函和指标表", "file", required=True, help="盖章扫描件", accept=".pdf,.jpg,.jpeg"),
)
ATTACHMENTS = (
    Attachment(
        number=2,
        name="市能源局建标学习对象和对标指标表（盖章）.pdf",
        href="/submissions/28/files/2",
        size=1_482_300,
        sha256=HASH,
        uploaded_at=at(1, 4, 16, 20),
        uploaded_by="能源局联络员",
    ),
    Attachment(
        number=3,
        name="指标测算.xlsx",
        href="/submissions/28/files/3",
        size=48_200,
        sha256=HASH[::-1],
        uploaded_at=at(1, 4, 16, 21),
        uploaded_by="能源局联络员",
    ),
)
IN_WORDS = {"kind": "资源型城市", "fields": "产业延链建群、生态治理", "agreed": "2022年1月3日", "visited": "是"}
READ = tuple(
    replace(
        field,
        value=IN_WORDS.get(field.name, field.value),
        options=(),
        files=ATTACHMENTS * (field.kind == "file"),
        table=READ_TABLE if field.table else None,
    )
    for field in FIELDS
)
CRITERIA = (
    "对象与本单位对等、对口、对应，名称写全称。", "对标指标不少于 3 项，每项有双方最近一年的数值。",
    "学习内容分条列出，能逐条检查。",
)  # fmt: skip
SIGN_OFF = (
    SignOffLine(
        step=1,
        post="本单位主要负责同志",
        holder="市能源局局长",
        decision="approve",
        decided_at=at(1, 4, 17, 5),
        comment="同意，指标表已核。",
        on_behalf_of="市能源局党组书记",
        confirmed="动态验证码（邮件）",
        disputed_at=at(1, 5, 8, 2),
        drawn_href="/submissions/signatures/28",
    ),
    SignOffLine(
        step=2,
        post="分管工业和能源的副市长",
        holder="市人民政府副市长（四）",
        delegates=("市人民政府秘书长",),
        away_until=date(2022, 1, 12),
    ),
    SignOffLine(step=2, post="分管环保的副市长", holder="市人民政府副市长（五）", away_until=date(2022, 1, 12)),
    SignOffLine(step=3, post="市人民政府秘书长", holder="", asked=False),
)
HISTORY = (
    HistoryLine(at(12, 31, 8, 30, 2021), "方案启动，生成本件", "领导小组办公室"),
    HistoryLine(at(1, 3, 15, 12), "提交审签（第 2 版）", "能源局联络员"),
    HistoryLine(at(1, 4, 9, 2), "退回", "市人民政府副市长（四）", "指标太少，请补充煤矿智能化方面的指标。", tone="bad"),
    HistoryLine(at(1, 4, 16, 24), "再次提交审签（第 3 版）", "能源局联络员"),
    HistoryLine(at(1, 4, 17, 5), "第 1 步同意", "市能源局局长", "同意，指标表已核。", tone="good"),
    HistoryLine(at(1, 5), "到期未报，转为逾期", noticed_at=at(1, 5, 0, 1), tone="bad"),
    HistoryLine(at(1, 6, 9), "升级督办：逾期后 1 个工作日", told=(Link("/messages/3", "市能源局主要负责同志"),) * 7),
)
MESSAGES = (
    SentMessage(at(12, 31, 8, 30, 2021), "通知", "市能源局联络员", "", "邮件", "sent", "/messages/1"),
    SentMessage(
        at(1, 4, 16, 24), "审签", "分管工业和能源的副市长", "市人民政府副市长（四）", "企业微信", "sent", "/messages/2"
    ),
    SentMessage(at(1, 6, 9), "升级督办", "市能源局主要负责同志", "", "邮件", "failed", "/messages/3"),
)
OFFICE_ACTS = (
    Act("urge", "/submissions/28/urge", "optional"),
    Act(
        "approve",
        "/submissions/28/approve",
        "required",
        approvers=(Choice("vice-4", "分管工业和能源的副市长", chosen=True), Choice("head", "本单位主要负责同志")),
    ),
    Act("return", "/submissions/28/return", "required", comment="请补", error="退回时要写明理由，至少 4 个字。"),
    Act(
        "reassign",
        "/submissions/28/reassign",
        "required",
        people=("市人民政府秘书长", "副市长（分管教育和卫生健康）"),
        to="秘书",
        error="不能改派：请从列表中选一位花名册中的任职人。",
    ),
    Act("extend", "/submissions/28/extend", "required", until=date(2022, 1, 10)),
    Act("exempt", "/submissions/28/exempt", "required"),
    Act(
        "grant-extension",
        "/submissions/28/grant-extension",
        "optional",
        until=date(2022, 1, 14),
        number=3,
        told="申请延至2022年1月14日",
        reason="学习对象须报上级确认。",
    ),
    Act(
        "decline-extension",
        "/submissions/28/decline-extension",
        "required",
        number=3,
        told="申请延至2022年1月14日",
        reason="学习对象须报上级确认。",
    ),
    Act("paper", "/submissions/28/paper", "required", received=date(2022, 1, 4), endings=(".pdf", ".jpg")),
    Act(
        "finding",
        "/submissions/28/finding",
        "required",
        kinds=(Choice("problem", "发现问题"), Choice("false-data", "数据弄虚作假")),
    ),
)
CAUSE = Relation(
    "/submissions/12", "每月调度", "领导小组办公室", "报送", "filed", "green", date(2022, 1, 3), about="市能源局"
)
FOLLOW_UPS = (
    Relation(
        "/submissions/91", "警示约谈", "领导小组办公室", "亮红灯", "draft", "green", date(2022, 1, 13), "市能源局"
    ),
    Relation(
        "/submissions/92", "限期整改：补充指标", "市能源局", "检查发现：发现问题", "overdue", "red", date(2022, 1, 5)
    ),
)


def overdue_at_the_approver() -> contexts.SubmissionPage:
    """What the office sees of a submission that lies on a vice mayor's desk."""
    return contexts.SubmissionPage(
        heading="煤矿智能化改造",
        about="市应急管理局",
        owner_post="主要负责同志",
        cause=CAUSE,
        follow_ups=FOLLOW_UPS,
        frame=replace(OFFICE, section="programmes"),
        programme=Link("/programmes/ordos-benchmarking-2022", f"{TITLE} 2022"),
        unit="市能源局",
        category="市人民政府组成部门",
        obligation="报送建标学习对象",
        occurrence="",
        stage="建标阶段",
        state="overdue",
        light="red",
        waiting_on="approver",
        desk="市人民政府副市长（四）",
        due_date=date(2022, 1, 4),
        due_at=at(1, 5),
        filed_at=None,
        days_late=2,
        working_days_late=2,
        extended_from=None,
        content_version=3,
        content_hash=HASH,
        fields=READ,
        criteria=CRITERIA,
        prerequisites=(),
        sign_off=SIGN_OFF,
        history=HISTORY,
        messages=MESSAGES,
        asked="选定一个对等、对口、对应的先进单位，写明主要指标和学习内容",
        acts=OFFICE_ACTS,
        edit_href="/submissions/28?fill=1",
        versions_href="/submissions/28/versions",
        targets=TARGETS,
        score=SCORE,
        units=("市能源局", "市应急管理局", "市发展和改革委员会"),
    )


def being_filled_in() -> contexts.SubmissionPage:
    """What the liaison sees: a draft with two mistakes, a prerequisite and an extension."""
    wrong = {
        "target": replace(FIELDS[0], value="", error="请填写建标学习对象。"),
        "indicators": replace(FIELDS[4], value="六", error="请填整数，例如 6。"),
        "letter": replace(FIELDS[-1], files=ATTACHMENTS, error="这个文件带宏，不能接收；请另存为不带宏的 .xlsx 再传。"),
    }
    return replace(
        overdue_at_the_approver(),
        frame=UNIT_FRAME,
        obligation="2022年工作情况月报",
        occurrence="2022年1月",
        state="draft",
        light="yellow",
        waiting_on="unit",
        desk="市能源局联络员",
        due_date=date(2022, 1, 10),
        due_at=at(1, 10, 17, 30),
        days_late=0,
        extended_from=date(2022, 1, 4),
        extension="领导小组办公室于2022年1月3日准予延期，对方疫情",
        fields=tuple(wrong.get(field.name, field) for field in FIELDS),
        prerequisites=(
            Prerequisite("报送建标学习对象", "/submissions/27", "filed", at(1, 4, 18, 2)),
            Prerequisite("开展“走出去”专题调研", "/submissions/29", "draft"),
        ),
        sign_off=tuple(replace(line, decision=None, decided_at=None, comment="", asked=False) for line in SIGN_OFF),
        messages=(),
        returned=HISTORY[2],
        acts=(),
        editing=Editing(
            action="/submissions/28/content",
            if_version=3,
            may_submit=True,
            signed=True,
            newer_href="/submissions/28",
        ),
        edit_href="",
        form_error="内容已被他人修改（现为第3版），请查看最新内容后再操作。",
    )


def filed_late() -> contexts.SubmissionPage:
    """What an inspector sees of a submission that was filed a day late."""
    return replace(
        overdue_at_the_approver(),
        state="filed",
        waiting_on="none",
        desk="",
        filed_at=at(1, 5, 9, 40),
        days_late=1,
        working_days_late=1,
        acts=(Act("reopen", "/submissions/28/reopen", "required"),),
        edit_href="",
        score=SCORED,
    )
