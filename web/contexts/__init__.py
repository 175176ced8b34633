"""A frozen dataclass for every template: all that a page may show, as plain values."""

from web.contexts.channels import ChannelsPage
from web.contexts.entry import LoginPage, PasswordPage, ProblemPage
from web.contexts.letters import LettersPage
from web.contexts.mail import MessagePage, MessagesPage, OutboxPage
from web.contexts.overdue import OverduePage
from web.contexts.overview import BoardPage, ProgrammesPage
from web.contexts.programme import ProgrammePage
from web.contexts.signing import DeadLinkPage, DecidedOtherwisePage, ReceiptPage, SignAllPage, SignPage
from web.contexts.submission import SubmissionPage

Page = (
    LoginPage
    | PasswordPage
    | ProblemPage
    | ProgrammesPage
    | ProgrammePage
    | BoardPage
    | SubmissionPage
    | OverduePage
    | MessagesPage
    | MessagePage
    | OutboxPage
    | ChannelsPage
    | LettersPage
    | SignPage
    | ReceiptPage
    | DecidedOtherwisePage
    | DeadLinkPage
    | SignAllPage
)

__all__ = [
    "BoardPage",
    "ChannelsPage",
    "DeadLinkPage",
    "DecidedOtherwisePage",
    "LettersPage",
    "LoginPage",
    "MessagePage",
    "MessagesPage",
    "OutboxPage",
    "OverduePage",
    "Page",
    "PasswordPage",
    "ProblemPage",
    "ProgrammePage",
    "ProgrammesPage",
    "ReceiptPage",
    "SignAllPage",
    "SignPage",
    "SubmissionPage",
]
