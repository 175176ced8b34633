"""A frozen dataclass for every template: all that a page may show, as plain values."""

from web.contexts.acknowledging import AcknowledgePage
from web.contexts.approvals import ApprovalsPage, SupervisionPage
from web.contexts.channels import ChannelsPage
from web.contexts.confirming import CodePage, DisputePage, IdentityLostPage, KnownPage, WecomPage
from web.contexts.entry import LoginPage, PasswordPage, ProblemPage
from web.contexts.letters import LettersPage
from web.contexts.mail import MessagePage, MessagesPage, OutboxPage
from web.contexts.overdue import OverduePage
from web.contexts.overview import BoardPage, ProgrammesPage
from web.contexts.previews import PreviewPage
from web.contexts.programme import ProgrammePage
from web.contexts.sheets import SheetPage, VerifyPage
from web.contexts.signing import DeadLinkPage, DecidedOtherwisePage, ReceiptPage, SignPage
from web.contexts.submission import SubmissionPage
from web.contexts.waiting import SignAllPage, TogetherPage

Page = (
    LoginPage
    | PasswordPage
    | ProblemPage
    | ProgrammesPage
    | ProgrammePage
    | BoardPage
    | SubmissionPage
    | SheetPage
    | VerifyPage
    | OverduePage
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
)

__all__ = [
    "AcknowledgePage",
    "ApprovalsPage",
    "BoardPage",
    "ChannelsPage",
    "CodePage",
    "DeadLinkPage",
    "DecidedOtherwisePage",
    "DisputePage",
    "IdentityLostPage",
    "KnownPage",
    "LettersPage",
    "LoginPage",
    "MessagePage",
    "MessagesPage",
    "OutboxPage",
    "OverduePage",
    "Page",
    "PasswordPage",
    "PreviewPage",
    "ProblemPage",
    "ProgrammePage",
    "ProgrammesPage",
    "ReceiptPage",
    "SheetPage",
    "SignAllPage",
    "SignPage",
    "SubmissionPage",
    "SupervisionPage",
    "TogetherPage",
    "VerifyPage",
    "WecomPage",
]
