"""Signing for an alert, as a liaison meets it on the phone."""

from dataclasses import replace
from datetime import date

from tests.web.samples.office import NOW, TITLE, at
from tests.web.samples.signing import CONTACT, LINK
from web import contexts
from web.contexts.acknowledging import AlertedItem


def asked() -> contexts.AcknowledgePage:
    """An alert about two submissions, one of them late."""
    return contexts.AcknowledgePage(
        action=LINK,
        form_token="token-of-this-form",
        rehearsal_now=NOW,
        reader="市能源局联络员 能源局联络员",
        sent_at=at(1, 5, 9, 0),
        by=at(1, 6, 9, 0),
        passed_on_at=None,
        acknowledged_at=None,
        items=(
            AlertedItem(f"{TITLE}（2022年度）", "市能源局", "报送建标学习对象", date(2022, 1, 4), 2, "草稿"),
            AlertedItem(f"{TITLE}（2022年度）", "市能源局", "报送《对标创建工作方案》", date(2022, 2, 15), 0, "草稿"),
        ),
        contact=CONTACT,
    )


def passed_on() -> contexts.AcknowledgePage:
    """Opened after it was passed on, from a page that is too old."""
    return replace(asked(), passed_on_at=at(1, 6, 9, 0), stale=True)


def signed() -> contexts.AcknowledgePage:
    """The receipt."""
    return replace(asked(), acknowledged_at=at(1, 5, 9, 40))
