"""A frozen dataclass for every template: all that a page may show, as plain values."""

from web.contexts.accounts import (
    AccountPage,
    AccountsPage,
    NewAccountPage,
    SecretPage,
    SessionsPage,
    SignInsPage,
    TokensPage,
    UnlinkedPage,
)
from web.contexts.acknowledging import AcknowledgePage
from web.contexts.agenda import AgendaPage
from web.contexts.amending import AmendPage
from web.contexts.approvals import ApprovalsPage, SupervisionPage
from web.contexts.auditing import AuditPage
from web.contexts.batches import BatchesPage, BatchNewPage, BatchPage
from web.contexts.board import BoardPage
from web.contexts.bulletins import BulletinPage
from web.contexts.calendars import CalendarPage, CalendarPreviewPage, CalendarsPage
from web.contexts.channels import ChannelsPage
from web.contexts.confirming import CodePage, DisputePage, IdentityLostPage, KnownPage, WecomPage
from web.contexts.entry import LoginPage, PasswordPage, ProblemPage
from web.contexts.feeds import FeedsPage
from web.contexts.figures import FiguresPage
from web.contexts.glances import GlancePage
from web.contexts.launching import (
    LaunchMessagesPage,
    LaunchPage,
    LaunchPeoplePage,
    LaunchPreviewPage,
    LaunchProgressPage,
)
from web.contexts.ledgers import LedgerPage, LedgerPreviewPage
from web.contexts.letters import LettersPage
from web.contexts.load import LoadPage
from web.contexts.mail import MessagePage, MessagesPage, OutboxPage
from web.contexts.overdue import OverduePage
from web.contexts.overview import ProgrammesPage
from web.contexts.papers import NewPaperPage, PapersPage
from web.contexts.people import ChangesPage, NewPersonPage, PeoplePage, PersonPage, StaffPage, UnitPage, UnitsPage
from web.contexts.previews import PreviewPage
from web.contexts.programme import ProgrammePage
from web.contexts.roster import RosterPage
from web.contexts.scores import ScoresPage
from web.contexts.search import SearchPage, SuggestionsPage
from web.contexts.sheets import SheetPage, VerifyPage
from web.contexts.signing import DeadLinkPage, DecidedOtherwisePage, ReceiptPage, SignPage
from web.contexts.submission import SubmissionPage
from web.contexts.versions import VersionsPage
from web.contexts.waiting import SignAllPage, TogetherPage
from web.contexts.workbench import WorkbenchPage

Page = (
    LoginPage
    | PasswordPage
    | SessionsPage
    | AccountsPage
    | AccountPage
    | NewAccountPage
    | SecretPage
    | TokensPage
    | SignInsPage
    | UnlinkedPage
    | AuditPage
    | ProblemPage
    | ProgrammesPage
    | ProgrammePage
    | BoardPage
    | GlancePage
    | VersionsPage
    | LedgerPage
    | LedgerPreviewPage
    | ScoresPage
    | SubmissionPage
    | SheetPage
    | VerifyPage
    | SearchPage
    | SuggestionsPage
    | OverduePage
    | BatchNewPage
    | BatchPage
    | BatchesPage
    | FiguresPage
    | BulletinPage
    | PapersPage
    | NewPaperPage
    | MessagesPage
    | MessagePage
    | OutboxPage
    | ApprovalsPage
    | SupervisionPage
    | ChannelsPage
    | LettersPage
    | SignPage
    | ReceiptPage
    | DecidedOtherwisePage
    | DeadLinkPage
    | SignAllPage
    | CodePage
    | WecomPage
    | KnownPage
    | IdentityLostPage
    | DisputePage
    | AcknowledgePage
    | TogetherPage
    | PreviewPage
    | AmendPage
    | CalendarPage
    | CalendarPreviewPage
    | CalendarsPage
    | UnitsPage
    | UnitPage
    | PeoplePage
    | PersonPage
    | NewPersonPage
    | StaffPage
    | ChangesPage
    | RosterPage
    | LaunchPage
    | LaunchPeoplePage
    | LaunchPreviewPage
    | LaunchMessagesPage
    | LaunchProgressPage
    | FeedsPage
    | WorkbenchPage
    | AgendaPage
    | LoadPage
)

__all__ = [
    "AccountPage",
    "AccountsPage",
    "AcknowledgePage",
    "AgendaPage",
    "AmendPage",
    "ApprovalsPage",
    "AuditPage",
    "BatchNewPage",
    "BatchPage",
    "BatchesPage",
    "BoardPage",
    "BulletinPage",
    "CalendarPage",
    "CalendarPreviewPage",
    "CalendarsPage",
    "ChangesPage",
    "ChannelsPage",
    "CodePage",
    "DeadLinkPage",
    "DecidedOtherwisePage",
    "DisputePage",
    "FeedsPage",
    "FiguresPage",
    "GlancePage",
    "IdentityLostPage",
    "KnownPage",
    "LaunchMessagesPage",
    "LaunchPage",
    "LaunchPeoplePage",
    "LaunchPreviewPage",
    "LaunchProgressPage",
    "LedgerPage",
    "LedgerPreviewPage",
    "LettersPage",
    "LoadPage",
    "LoginPage",
    "MessagePage",
    "MessagesPage",
    "NewAccountPage",
    "NewPaperPage",
    "NewPersonPage",
    "OutboxPage",
    "OverduePage",
    "Page",
    "PapersPage",
    "PasswordPage",
    "PeoplePage",
    "PersonPage",
    "PreviewPage",
    "ProblemPage",
    "ProgrammePage",
    "ProgrammesPage",
    "ReceiptPage",
    "RosterPage",
    "ScoresPage",
    "SearchPage",
    "SecretPage",
    "SessionsPage",
    "SheetPage",
    "SignAllPage",
    "SignInsPage",
    "SignPage",
    "StaffPage",
    "SubmissionPage",
    "SuggestionsPage",
    "SupervisionPage",
    "TogetherPage",
    "TokensPage",
    "UnitPage",
    "UnitsPage",
    "UnlinkedPage",
    "VerifyPage",
    "VersionsPage",
    "WecomPage",
    "WorkbenchPage",
]
