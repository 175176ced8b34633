"""A changed definition on a running programme: what it would do, and doing it in one transaction."""

from workflow.amendments.amend import AmendmentRefused, apply, plan
from workflow.amendments.plans import Amendment, DateMoved, Opened, Withdrawn

__all__ = ["Amendment", "AmendmentRefused", "DateMoved", "Opened", "Withdrawn", "apply", "plan"]
