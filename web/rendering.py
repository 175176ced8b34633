"""Contexts become pages: the Jinja2 environment, its Chinese words and its Asia/Shanghai dates."""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from web import contexts

HERE = Path(__file__).parent
TEMPLATES_FOLDER = HERE / "templates"
STATIC_FOLDER = HERE / "static"
SHANGHAI = ZoneInfo("Asia/Shanghai")

TEMPLATES: Mapping[type[contexts.Page], str] = {
    contexts.LoginPage: "login.html",
    contexts.PasswordPage: "password.html",
    contexts.SessionsPage: "sessions.html",
    contexts.AccountsPage: "accounts.html",
    contexts.AccountPage: "accounts_one.html",
    contexts.NewAccountPage: "accounts_new.html",
    contexts.SecretPage: "accounts_secret.html",
    contexts.TokensPage: "accounts_tokens.html",
    contexts.SignInsPage: "accounts_sign_ins.html",
    contexts.UnlinkedPage: "login_elsewhere.html",
    contexts.AuditPage: "audit.html",
    contexts.ProblemPage: "problem.html",
    contexts.ProgrammesPage: "programmes.html",
    contexts.ProgrammePage: "programme.html",
    contexts.BoardPage: "board.html",
    contexts.GlancePage: "glance.html",
    contexts.LedgerPage: "ledger.html",
    contexts.LedgerPreviewPage: "ledger_preview.html",
    contexts.ScoresPage: "scores.html",
    contexts.VersionsPage: "versions.html",
    contexts.SubmissionPage: "submission.html",
    contexts.SheetPage: "sheet.html",
    contexts.VerifyPage: "verify.html",
    contexts.SearchPage: "search.html",
    contexts.SuggestionsPage: "search_suggestions.html",
    contexts.OverduePage: "overdue.html",
    contexts.BatchNewPage: "batch_new.html",
    contexts.BatchPage: "batch.html",
    contexts.BatchesPage: "batches.html",
    contexts.FiguresPage: "figures.html",
    contexts.BulletinPage: "bulletin.html",
    contexts.PapersPage: "papers.html",
    contexts.NewPaperPage: "paper_new.html",
    contexts.MessagesPage: "messages.html",
    contexts.MessagePage: "message.html",
    contexts.OutboxPage: "outbox.html",
    contexts.ApprovalsPage: "approvals.html",
    contexts.SupervisionPage: "approvals_supervision.html",
    contexts.ChannelsPage: "channels.html",
    contexts.LettersPage: "letters.html",
    contexts.SignPage: "signoff.html",
    contexts.ReceiptPage: "receipt.html",
    contexts.DecidedOtherwisePage: "decided_otherwise.html",
    contexts.DeadLinkPage: "link404.html",
    contexts.AcknowledgePage: "acknowledge.html",
    contexts.SignAllPage: "signoff_all.html",
    contexts.CodePage: "confirm_code.html",
    contexts.WecomPage: "confirm_wecom.html",
    contexts.KnownPage: "confirm_known.html",
    contexts.IdentityLostPage: "confirm_lost.html",
    contexts.DisputePage: "dispute.html",
    contexts.TogetherPage: "signoff_together.html",
    contexts.PreviewPage: "preview.html",
    contexts.UnitsPage: "people_units.html",
    contexts.UnitPage: "people_unit.html",
    contexts.PeoplePage: "people_persons.html",
    contexts.PersonPage: "people_person.html",
    contexts.NewPersonPage: "people_new.html",
    contexts.StaffPage: "people_staff.html",
    contexts.ChangesPage: "people_changes.html",
    contexts.RosterPage: "people_roster.html",
    contexts.CalendarPage: "calendar_year.html",
    contexts.CalendarPreviewPage: "calendar_preview.html",
    contexts.CalendarsPage: "calendars.html",
    contexts.AmendPage: "amend.html",
    contexts.LaunchPage: "launch.html",
    contexts.LaunchPeoplePage: "launch_people.html",
    contexts.LaunchPreviewPage: "launch_preview.html",
    contexts.LaunchMessagesPage: "launch_messages.html",
    contexts.LaunchProgressPage: "launch_progress.html",
    contexts.FeedsPage: "feeds.html",
    contexts.WorkbenchPage: "workbench.html",
    contexts.AgendaPage: "timeline.html",
    contexts.LoadPage: "load.html",
}

WORDS: Mapping[str, Mapping[str, str]] = {
    "state": {"draft": "草稿", "pending": "待审签", "filed": "已报送", "overdue": "逾期", "exempt": "免报"},
    "light": {"green": "绿", "yellow": "黄", "red": "红", "none": "无灯"},
    "waiting": {"unit": "单位", "approver": "审签人", "office": "领导小组办公室", "none": "无"},
    "role": {"office": "领导小组办公室", "unit": "单位联络员", "inspector": "督查室", "admin": "系统管理员"},
    "decision": {"approve": "同意", "return": "退回"},
    "status": {
        "queued": "待发",
        "held": "暂缓",
        "sending": "发送中",
        "sent": "已发",
        "failed": "未送达",
        "cancelled": "已撤销",
    },
}

# Chinese text runs on after an address without a space, so an address ends at the first non-ASCII sign.
_ADDRESS = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_TRAILING = ".,;:!?)]'"


def local(moment: datetime) -> datetime:
    """The same instant on the clock of Asia/Shanghai; ValueError for a datetime without an offset."""
    if moment.tzinfo is None:
        raise ValueError("a page was given a datetime without an offset")
    return moment.astimezone(SHANGHAI)


def day_of(value: date) -> date:
    """The calendar day in Asia/Shanghai of an instant, or the date itself."""
    return local(value).date() if isinstance(value, datetime) else value


def day(value: date) -> str:
    """2022年1月4日"""
    at = day_of(value)
    return f"{at.year}年{at.month}月{at.day}日"


def short_day(value: date) -> str:
    """1月4日"""
    at = day_of(value)
    return f"{at.month}月{at.day}日"


def weekday(value: date) -> str:
    """周二"""
    return "周" + "一二三四五六日"[day_of(value).weekday()]


def clock_time(value: datetime) -> str:
    """09:05"""
    return local(value).strftime("%H:%M")


def moment(value: datetime) -> str:
    """2022年1月5日 00:00"""
    return f"{day(value)} {clock_time(value)}"


def short_moment(value: datetime) -> str:
    """1月5日 00:00"""
    return f"{short_day(value)} {clock_time(value)}"


def until(value: datetime) -> str:
    """The last moment in time, given the first late instant: 1月5日 00:00 reads 1月4日 24:00."""
    at = local(value)
    if (at.hour, at.minute) != (0, 0):
        return moment(value)
    return f"{day(at - timedelta(days=1))} 24:00"


def local_input(value: datetime) -> str:
    """The value of a datetime-local input, in Asia/Shanghai to the minute."""
    return local(value).strftime("%Y-%m-%dT%H:%M")


def iso(value: date) -> str:
    """The datetime attribute of a time element, with the offset of Asia/Shanghai for an instant."""
    return local(value).isoformat() if isinstance(value, datetime) else value.isoformat()


def days(count: int) -> str:
    """3 天; a lateness of some hours reads 不足 1 天."""
    return f"{count} 天" if count > 0 else "不足 1 天"


def size(count: int) -> str:
    """A number of bytes in B, KB or MB (1 KB = 1024 B)."""
    if count < 1024:
        return f"{count} B"
    if count < 1024 * 1024:
        return f"{count / 1024:.0f} KB"
    return f"{count / 1024 / 1024:.1f} MB"


def linked(text: str) -> Markup:
    """Plain text with its web addresses as links; everything else is escaped."""
    parts: list[Markup] = []
    end = 0
    for found in _ADDRESS.finditer(text):
        address = found.group().rstrip(_TRAILING)
        parts.append(escape(text[end : found.start()]))
        parts.append(Markup('<a href="{0}">{0}</a>').format(address))
        end = found.start() + len(address)
    parts.append(escape(text[end:]))
    return Markup("").join(parts)


def _speaker(words: Mapping[str, str]) -> Callable[[str], str]:
    return lambda code: words[code]


@cache
def asset(name: str) -> str:
    """The address of a static file, with its content's hash so that it may be cached for ever."""
    digest = hashlib.sha256((STATIC_FOLDER / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:10]}"


def environment() -> Environment:
    """A fresh environment: what a template does not know is an error, what it shows is escaped."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES_FOLDER),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    filters = (day, short_day, weekday, clock_time, moment, short_moment, until, local_input, iso)
    made.filters.update({function.__name__: function for function in filters})
    made.filters.update({"days": days, "size": size, "linked": linked})
    made.filters.update({f"{name}_name": _speaker(words) for name, words in WORDS.items()})
    made.globals["asset"] = asset
    return made


@cache
def _environment() -> Environment:
    return environment()


def render(page: contexts.Page) -> str:
    """The page of a context as HTML, by the one template of its class; KeyError for any other class."""
    return _environment().get_template(TEMPLATES[type(page)]).render(page=page)
