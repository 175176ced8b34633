"""Accounts, sessions, tokens, sign-ins, and the audit."""

from dataclasses import replace
from datetime import date

from tests.web.samples.office import LIVE, at
from web.contexts.accounts import (
    AccountLine,
    AccountPage,
    AccountsPage,
    IdentityLine,
    NewAccountPage,
    RecordLine,
    SecretPage,
    SessionLine,
    SessionsPage,
    SignInLine,
    SignInsPage,
    TokenLine,
    TokensPage,
    UnlinkedPage,
)
from web.contexts.auditing import AnchorLine, AuditPage, Check, HistoryFilter, HistoryLine
from web.contexts.frame import Choice, Frame, Link, Pager, Room, Viewer

ADMIN = Viewer("系统管理员（admin）", "admin")
NAVIGATION = (Room("audit", "/audit", "审计"), Room("accounts", "/accounts", "账号"))
AROUND: Frame = replace(LIVE, section="accounts", viewer=ADMIN, rooms=NAVIGATION)
ROOMS = (Link("/accounts", "账号"), Link("/accounts/tokens", "接口令牌"), Link("", "登录记录"))
ROLES = (Choice("office", "领导小组办公室"), Choice("unit", "单位联络员", chosen=True), Choice("admin", "系统管理员"))
UNITS = (Choice("JYTYJ", "市教育体育局"), Choice("KJJ", "市科学技术局"))
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
LINES = (
    AccountLine("/accounts/account?name=admin", "admin", "admin", "", at(1, 6, 8, 30), 2, (), ("统一身份认证",)),
    AccountLine(
        "/accounts/account?name=jiaoyu", "jiaoyu", "unit", "市教育体育局", at(1, 5, 16), 0,
        ("已锁定", "未改一次性密码"), (),
    ),
    AccountLine("/accounts/account?name=keji", "keji", "unit", "市科学技术局", None, 0, ("已停用",), ("企业微信",)),
)  # fmt: skip
SESSIONS = (
    SessionLine(at(1, 6, 8, 30), at(1, 6, 20, 30), "密码", "10.20.30.40", "Edge · Windows", mine=True),
    SessionLine(at(1, 5, 22), at(1, 6, 10), "企业微信", "10.20.30.41", "企业微信 · Android", mine=False, ends=HASH),
)
IDENTITIES = (IdentityLine("oidc", "统一身份认证", "8a6e0804-2bd0-4672-b79d", at(1, 4, 9), "系统管理员（admin）"),)
RECORDS = (
    RecordLine(at(1, 5, 9), "变更角色", "jiaoyu", "系统管理员（admin）", "领导小组办公室 → 单位：市教育体育局"),
    RecordLine(at(1, 4, 9), "新建账号", "jiaoyu", "督办系统", "领导小组办公室"),
)


def accounts() -> AccountsPage:
    """One of each state."""
    states = (Choice("working", "可用"), Choice("locked", "已锁定", chosen=True))
    return AccountsPage(AROUND, ROOMS, ROLES, states, "教育", LINES, Pager(120, 3, "/accounts", "/accounts?cursor=x"))


def nobody() -> AccountsPage:
    """A filter that leaves nothing."""
    return replace(accounts(), lines=())


def new() -> NewAccountPage:
    """After a refusal."""
    return NewAccountPage(AROUND, ROOMS, ROLES, UNITS, "jiaoyu", "JYTYJ", "账号“jiaoyu”已存在，请另取一个名称。")


def secret() -> SecretPage:
    """A one-time password."""
    told = "请当面或电话告知本人。首次登录后须先修改密码，其他事项才能办理。"
    back = Link("/accounts/account?name=jiaoyu", "查看该账号")
    return SecretPage(AROUND, ROOMS, "一次性密码", "jiaoyu", "x8Kq-2mN_w4TzR1b", told, back)


def locked() -> AccountPage:
    """A unit's account that failed too often."""
    return AccountPage(
        frame=AROUND, rooms=ROOMS, line=LINES[1], created_at=at(1, 4, 9), disabled=False, locked=True, own=False,
        roles=ROLES, units=UNITS, unit_code="JYTYJ", sessions=SESSIONS, identities=IDENTITIES,
        providers=(Choice("oidc", "统一身份认证"), Choice("wecom", "企业微信")), records=RECORDS,
        sign_ins_href="/accounts/sign-ins?name=jiaoyu", error="这是最后一个可用的系统管理员账号，不能停用。",
    )  # fmt: skip


def disabled() -> AccountPage:
    """Nobody comes in by it."""
    return replace(
        locked(), line=LINES[2], disabled=True, locked=False, sessions=(), identities=(), records=(), error=""
    )


def tokens() -> TokensPage:
    """Two in force, and a refusal."""
    lines = (
        TokenLine(1, "数据大屏", "inspector", "", at(1, 4, 9), "系统管理员（admin）"),
        TokenLine(2, "", "unit", "市教育体育局", at(1, 5, 9), "督办系统"),
    )
    return TokensPage(AROUND, ROOMS, lines, ROLES, UNITS, "数据大屏", "JYTYJ", "不能添加账号或令牌：请写明令牌的用途")


def sign_ins() -> SignInsPage:
    """Who came in."""
    lines = (
        SignInLine(
            at(1, 6, 8, 30), "admin", "/accounts/account?name=admin", "密码", "10.20.30.40", "Edge · Windows", None
        ),
        SignInLine(at(1, 5, 8), "keji", "/accounts/account?name=keji", "企业微信", "10.20.30.41", "", at(1, 5, 18)),
    )
    kinds = (Choice("", "登录", chosen=True), Choice("failed", "登录失败"), Choice("acts", "账号变更"))
    here = "/accounts/sign-ins"
    return SignInsPage(AROUND, ROOMS, kinds, "admin", False, lines, (), 2, here, f"{here}?cursor=x")


def failures() -> SignInsPage:
    """Who did not."""
    lines = (
        SignInLine(at(1, 6, 8), "", "", "密码", "10.20.30.99", "", None),
        SignInLine(at(1, 6, 7), "keji", "/accounts/account?name=keji", "密码", "10.20.30.99", "", None),
    )
    return replace(sign_ins(), failed=True, lines=lines)


def changes() -> SignInsPage:
    """What was done to accounts."""
    return replace(sign_ins(), lines=(), records=RECORDS)


def sessions() -> SessionsPage:
    """Signed in at two places."""
    return SessionsPage(AROUND, "jiaoyu", "unit", "市教育体育局", SESSIONS, IDENTITIES, 120, 12)


def unlinked() -> UnlinkedPage:
    """Known elsewhere, not here."""
    text = "您的统一身份认证身份“8a6e0804”还没有关联本系统的账号。请把它告诉系统管理员，关联后即可登录。"
    return UnlinkedPage(replace(LIVE, viewer=None), "账号未关联", text, "统一身份认证", "8a6e0804", "/login")


def audit() -> AuditPage:
    """A check that found something."""
    check = Check(
        "done", False, "系统管理员（admin）", at(1, 6, 9), at(1, 6, 9, 2), 100,
        "核验了228件报送件的1209条历史：1件有问题，共2处", 2,
        ("报送件12：审签SQ-000003与历史第5条不一致：理由（decision-differs）",),
        ("每日存证2022-01-04至2022-01-05（2次）：已由库外文件“duban.anchors”证实",),
    )  # fmt: skip
    anchor = AnchorLine(date(2022, 1, 5), at(1, 6, 0, 1), 57, 114, HASH, ("领导小组办公室（已发）",), "有")
    line = HistoryLine(
        "/submissions/12", at(1, 5), at(1, 5, 9), "转为逾期", "督办系统", "市教育体育局", "报送建标学习对象", "2022",
        "请尽快",
    )  # fmt: skip
    asked = HistoryFilter(
        "2021-12-07", "2022-01-06", "督办", "教育", "12", (Choice("lapse", "转为逾期", chosen=True),),
        (Choice("ordos-benchmarking-2022", "对标先进提升创建工作"),),
    )  # fmt: skip
    return AuditPage(
        replace(AROUND, section="audit"), True, check, (anchor,), ("“duban.anchors”缺少最近一次存证",), asked, (line,),
        "/audit", "/audit?cursor=x", (Link("/audit/history.xlsx", "导出 Excel"),),
    )  # fmt: skip


def checking() -> AuditPage:
    """Under way."""
    page = audit()
    assert page.check is not None
    running = replace(page.check, state="running", share=40, outcome="", count=0, faults=(), notes=())
    return replace(page, check=running, anchors=(), anchor_notes=(), lines=(), exports=())


def unchecked() -> AuditPage:
    """For an inspector of a new service."""
    return replace(checking(), check=None, may_check=False)
