"""A programme whose one duty ends only when the office has struck it off its list, by a lifecycle of its own."""

from __future__ import annotations

from workflow import library
from workflow.library import Pinned

TEXT = """\
programme: rectifying
title: 整改方案
source: {document: 整改方案, issued: 2022-02-01}
cycle: 2022
posts: {mayor: 市长, deputy: 甲副市长}
lifecycles:
  rectify:
    title: 整改销号
    initial: doing
    standings:
      doing: {state: draft, waiting_on: unit, title: 整改中}
      again: {state: draft, waiting_on: unit, title: 退回整改}
      signing: {state: pending, waiting_on: approver, title: 待签字}
      reported: {state: pending, waiting_on: office, title: 待核查}
      late: {state: overdue, waiting_on: unit, title: 逾期未整改}
      late-signing: {state: overdue, waiting_on: approver, title: 逾期待签字}
      late-reported: {state: overdue, waiting_on: office, title: 逾期待核查}
      closed: {state: filed, waiting_on: none, title: 已销号}
      waived: {state: exempt, waiting_on: none, title: 不再整改}
    moves:
      - {trigger: edit, from: doing, to: doing}
      - {trigger: edit, from: again, to: again}
      - {trigger: edit, from: late, to: late}
      - {trigger: submit, from: [doing, again], to: signing, guards: [sign_off_needed]}
      - {trigger: submit, from: [doing, again], to: reported, guards: [sign_off_not_needed]}
      - {trigger: submit, from: late, to: late-signing, guards: [sign_off_needed]}
      - {trigger: submit, from: late, to: late-reported, guards: [sign_off_not_needed]}
      - {trigger: approve, from: signing, to: signing, guards: [sign_off_incomplete]}
      - {trigger: approve, from: signing, to: reported, guards: [sign_off_complete]}
      - {trigger: approve, from: late-signing, to: late-signing, guards: [sign_off_incomplete]}
      - {trigger: approve, from: late-signing, to: late-reported, guards: [sign_off_complete]}
      - {trigger: accept, from: [reported, late-reported], to: closed}
      - {trigger: return, from: signing, to: again}
      - {trigger: return, from: [late-signing, late-reported], to: late}
      - {trigger: return, from: [reported, closed], to: again, guards: [in_time]}
      - {trigger: return, from: [reported, closed], to: late, guards: [past_due]}
      - {trigger: withdraw, from: signing, to: doing}
      - {trigger: lapse, from: [doing, again], to: late, timed: true}
      - {trigger: lapse, from: signing, to: late-signing, timed: true}
      - {trigger: extend, from: [doing, again, late], to: doing, guards: [in_time]}
      - {trigger: exempt, from: [doing, again, late, reported], to: waived}
      - {trigger: reopen, from: [closed, waived], to: doing, guards: [in_time]}
      - {trigger: reopen, from: [closed, waived], to: late, guards: [past_due]}
      - {trigger: urge, from: doing, to: doing}
      - {trigger: urge, from: late, to: late}
      - {trigger: urge, from: late-reported, to: late-reported}
obligations:
  report:
    title: 限期整改
    owed_by: member-units
    due: 03-10
    form:
      text: {label: 整改情况, type: paragraph, required: true}
    lifecycle: rectify
    ladder: only
    # more of the duty
ladders:
  only:
    - {at: -1wd 09:00, to: [liaison]}
    - {at: due, to: [liaison], say: overdue}
    - {at: +1wd 09:00, to: [unit-head, mayor], say: escalation, light: red}
"""

MORE = "    # more of the duty\n"


def text(*, lifecycle: str = "rectify", more: str = "", rest: str = "") -> str:
    """The file; ``more`` are further lines of the duty, ``rest`` of the file."""
    return TEXT.replace("lifecycle: rectify\n", f"lifecycle: {lifecycle}\n").replace(MORE, more) + rest


def rectifying(*, lifecycle: str = "rectify", more: str = "", rest: str = "") -> Pinned:
    """The programme with this lifecycle and these further lines."""
    return library.parse(text(lifecycle=lifecycle, more=more, rest=rest).encode(), name="rectifying.yaml")
