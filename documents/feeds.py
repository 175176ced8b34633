"""Calendar feeds, as pages and commands hand them out; mails carry entries made by the same hand."""

from workflow.feeds import Event as Event
from workflow.feeds import calendar as calendar
