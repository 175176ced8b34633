"""One filled-in page for every state a template can show, by the name of the picture it makes."""

from collections.abc import Mapping
from dataclasses import replace

from tests.web.samples import channels, mail, office, programme, signing, submission
from tests.web.samples.office import LIVE
from web import contexts

PAGES: Mapping[str, contexts.Page] = {
    "login": mail.login(),
    "password": mail.password(),
    "problem": mail.problem(),
    "programmes": office.programmes(),
    "programmes-over": office.over(),
    "programmes-none": replace(office.programmes(), programmes=()),
    "programme": programme.programme(),
    "programme-own": programme.own(),
    "programme-end": programme.at_its_end(),
    "board": office.board(),
    "board-none": replace(office.board(), groups=()),
    "overdue": office.overdue(),
    "overdue-none": replace(office.overdue(), lines=()),
    "submission": submission.overdue_at_the_approver(),
    "submission-draft": submission.being_filled_in(),
    "submission-filed": submission.filed_late(),
    "messages": mail.messages(),
    "messages-none": replace(mail.messages(), lines=()),
    "message": mail.message(),
    "message-to-come": mail.message_to_come(),
    "outbox": mail.outbox(),
    "outbox-letter": mail.outbox_letter(),
    "outbox-none": replace(mail.outbox(), days=(), recipient="市科技局"),
    "channels": channels.channels(),
    "channels-quiet": replace(channels.channels(), frame=LIVE, causes=(), held=(), kinds=(), undelivered=()),
    "letters": channels.letters(),
    "signoff": signing.asked(),
    "signoff-nothing-chosen": signing.nothing_chosen(),
    "signoff-no-reason": signing.return_without_reason(),
    "signoff-changed": signing.content_changed(),
    "receipt": signing.receipt(),
    "receipt-return": signing.receipt_of_a_return(),
    "decided-otherwise": signing.decided_otherwise(),
    "link404": signing.dead_link(),
    "signoff-all": signing.everything(),
    "signoff-all-none": replace(signing.everything(), waiting=(), decided=()),
}
