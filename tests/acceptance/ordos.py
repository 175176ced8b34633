"""The promise on the real programme: ``python -m tests.acceptance.ordos``.

Ordos 2022 on a fresh store in rehearsal mode, a real SMTP server on loopback, nobody inside helping.
"""

from __future__ import annotations

import json
import re
import threading
import urllib.request
from collections import Counter
from datetime import datetime
from typing import Any

from documents import rosters
from tests.acceptance.outside import (
    DEFINITION,
    PROGRAMME,
    ROSTER,
    Outside,
    mails_to,
    outside,
    rows_on_the_page,
    said,
    sign,
    submit,
)
from tests.doubles.smtp import SmtpDouble
from workflow.roster import Roster

PARTY = {"市委组织部", "市委宣传部", "市委统一战线工作部", "市委政法委员会"}
LEADER = "副市长（分管工业和信息化）"


def main() -> None:
    """Every fact of the story, in order; an assertion names what does not hold."""
    with SmtpDouble() as smtp:
        with outside(smtp.url("from=duban@example.cn&tls=none")) as duban:
            roster = rosters.read(ROSTER)
            forms = launched(duban, smtp)
            handed_in(duban, smtp, roster, forms)
            january_fifth(duban, smtp)
            february(duban, forms)
        nobody_submits()
        broken_copies()


def launched(duban: Outside, smtp: SmtpDouble) -> dict[str, Any]:
    """2021-12-31 08:30: what is past collapses into one notice per person."""
    duban.run(
        "launch", str(DEFINITION), "--cycle", "2022", "--roster", str(ROSTER), "--at", "2021-12-31T08:30"
    )  # fmt: skip
    duban.start()
    duban.clock("2021-12-31T08:30:00")
    notices = duban.every("/messages")
    units = duban.every(f"/submissions?programme={PROGRAMME}&obligation=target-choice")
    assert len(units) >= 60
    assert Counter(one["recipient"]["person"] for one in notices).most_common(1)[0][1] == 1
    assert len(notices) == len(units)
    duban.clock("2021-12-31T12:00:00")
    once_a_day(duban)
    assert len(smtp.mails) == len(duban.every("/messages?status=sent"))
    said(f"launch at 08:30 on New Year's Eve: {len(units)} units, one notice per person, each a real mail")
    programme = duban.office("GET", f"/programmes/{PROGRAMME}")
    return {one["id"]: {line["name"]: line for line in one["form"]} for one in programme["obligations"]}


def handed_in(duban: Outside, smtp: SmtpDouble, roster: Roster, forms: dict[str, Any]) -> None:
    """2022-01-03: units submit, one message per leader, some are signed in time."""
    duban.clock("2022-01-03T09:00:00")
    supervised = {row.unit for row in roster.supervision if row.post == LEADER}
    ready = duban.every(f"/submissions?programme={PROGRAMME}&obligation=target-choice")
    mine = [one for one in ready if one["unit"]["code"] in supervised]
    party = [one for one in ready if one["unit"]["name"] in PARTY]
    for one in mine + party:
        submit(duban, one, forms["target-choice"])
    duban.clock("2022-01-03T09:30:00")
    person = next(row.person for row in roster.posts if row.post == LEADER)
    address = next(row.email or "" for row in roster.people if row.key == person)
    mails = mails_to(smtp, address)
    assert len(mails) == 1, [one.message["Subject"] for one in mails]
    letter = mails[0].part("plain")
    assert all(one["unit"]["name"] in letter for one in mine)
    links = re.findall(rf"{duban.base}/s/[\w-]+(?!\S*/all)\b(?!/all)", letter)
    assert len(links) == len(mine)
    for link in links[:-2]:
        assert "同意" in sign(link, "approve")
    said(f"one mail to one vice mayor for {len(mine)} units; {len(links) - 2} signed through their links")
    heads = {f"{name}主要负责同志" for name in PARTY}
    asked = [one for one in duban.every("/messages") if one["kind"] == "request"]
    assert {one["recipient"]["name"] for one in asked} >= heads
    said("the four party departments' items went to their own heads")
    filed = duban.every(f"/submissions?programme={PROGRAMME}&state=filed")
    assert len(filed) == len(links) - 2 and not any(one["late"] for one in filed)
    duban.tokens["late link"] = links[-1]


def january_fifth(duban: Outside, smtp: SmtpDouble) -> None:
    """Not a second earlier: overdue at 00:00 of January 5, alerts by the ladder, one list at three doors."""
    duban.clock("2022-01-04T23:59:59")
    assert duban.office("GET", f"/overdue?programme={PROGRAMME}")["total"] == 0
    duban.clock("2022-01-05T00:00:00")
    listed = duban.every(f"/overdue?programme={PROGRAMME}&sort=-days_late")
    table = duban.every(f"/submissions?programme={PROGRAMME}&obligation=target-choice")
    late = [one for one in table if one["state"] == "overdue"]
    unfiled = [one for one in table if one["state"] != "filed"]
    assert len(listed) == len(late) == len(unfiled) > 0
    desks = Counter(one["waiting_on"] for one in listed)
    assert desks == Counter({"approver": 2 + len(PARTY), "unit": len(listed) - 2 - len(PARTY)}), desks
    assert all(one["due_at"] == "2022-01-05T00:00:00+08:00" for one in listed)
    from_command = json.loads(duban.run("overdue", "--programme", PROGRAMME, "--format", "json"))
    rows = from_command["items"] if isinstance(from_command, dict) else from_command
    assert [one["unit"]["code"] for one in rows] == [one["unit"]["code"] for one in listed]
    assert rows_on_the_page(duban) == [one["id"] for one in listed]
    said(f"at 2022-01-05T00:00+08:00 {len(listed)} overdue, not a second earlier; API, command, page and table agree")
    duban.clock("2022-01-05T10:00:00")
    kinds = Counter(one["kind"] for one in duban.every("/messages") if one["created_at"] >= "2022-01-05")
    assert kinds["lapse"] and kinds["escalation"]
    assert "同意" in sign(duban.tokens["late link"], "approve")
    last = [one for one in duban.every(f"/submissions?programme={PROGRAMME}&state=filed") if one["late"]]
    assert [(one["days_late"], one["working_days_late"]) for one in last] == [(1, 1)]
    said("a signature on January 5 files it late: 1 day, 1 working day")
    once_a_day(duban)
    assert len(smtp.mails) == len(duban.every("/messages?status=sent"))


def february(duban: Outside, forms: dict[str, Any]) -> None:
    """The Spring Festival between, kill -9 in the middle of the sweep, nothing lost and nothing twice."""
    duban.clock("2022-02-07T08:59:00")
    trips = duban.every(f"/submissions?programme={PROGRAMME}&obligation=research-trip")
    for one in trips[:10]:
        submit(duban, one, forms["research-trip"])
    filed = duban.every(f"/submissions?programme={PROGRAMME}&obligation=research-trip&state=filed")
    assert len(filed) == 10
    said("the research trip is filed without a sign-off")
    killed_while(duban, "2022-02-18T10:00:00", after=0.7)
    duban.clock("2022-02-18T10:00:00")
    lapsed = [one for one in duban.every(f"/overdue?programme={PROGRAMME}") if one["obligation"] == "research-trip"]
    assert len(lapsed) == len(trips) - 10
    assert {one["due_at"] for one in lapsed} == {"2022-02-11T00:00:00+08:00"}
    first = [one for one in duban.every("/messages") if one["kind"] == "reminder"]
    days = {one["created_at"][:16] for one in first if one["created_at"] > "2022-02"}
    assert {"2022-02-07T09:00", "2022-02-09T09:00", "2022-02-10T09:00", "2022-02-14T09:00"} <= days, days
    once_a_day(duban)
    said("kill -9 during the sweep and a restart: nothing lost, nothing twice; reminders counted over the holiday")


def killed_while(duban: Outside, target: str, *, after: float) -> None:
    """Kill the service while it works its way to ``target``, then start it again."""
    request = urllib.request.Request(
        f"{duban.base}/api/v1/clock",
        json.dumps({"now": f"{target}+08:00"}).encode(),
        {"Authorization": f"Bearer {duban.token('office')}", "Content-Type": "application/json"},
    )

    def move() -> None:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                answer.read()
        except OSError:
            return

    moving = threading.Thread(target=move)
    moving.start()
    moving.join(after)
    duban.kill()
    moving.join()
    duban.start()


def nobody_submits() -> None:
    """The rehearsal prints what a live run with nobody submitting does."""
    with outside() as duban:
        arguments = ("--cycle", "2022", "--roster", str(ROSTER))
        printed = json.loads(duban.run("rehearse", str(DEFINITION), *arguments, "--format", "json"))
        alerts = Counter((one["at"], one["kind"], *one["recipients"]) for one in printed if one["recipients"])
        duban.run("launch", str(DEFINITION), *arguments)
        duban.start()
        duban.clock("2022-12-31T23:59:59")
        live = [one for one in duban.every("/messages") if one["kind"] != "anchor"]
        assert alerts == Counter((one["sent_at"], one["kind"], one["recipient"]["person"]) for one in live)
        said(f"duban rehearse prints the {len(live)} alerts of the live run with nobody submitting")
        shown = duban.run("launch", str(DEFINITION), "--cycle", "2027", "--roster", str(ROSTER), "--dry-run")
        assert "2027" in shown


def broken_copies() -> None:
    """Twenty broken copies: file, line, column and the fault in Chinese, each time."""
    text = DEFINITION.read_text(encoding="utf-8")
    faults = [
        ("due: 01-04", "due: 02-30"), ("due: 01-04", "due: 02-29"), ("due: 02-15", "due: 2022-13-01"),
        ("stage: establish", "stage: estalbish"), ("owed_by: member-units", "owed_by: nobody"),
        ("ladder: standard", "ladder: strict"), ("to: [office], say", "to: [mayor], say"),
        ("by: supervising-leader", "by: supervisor"), ("party-departments: unit-head", "party: unit-head"),
        ("type: integer", "type: number"), ("requires: [research-trip]", "requires: [trip]"),
        ("requires: [research-trip]", "requires: [work-plan]"), ("at: due", "at: dues"), ("-3wd 09:00", "-3wd 25:00"),
        ("say: overdue", "say: late"), ("at_most: 5", "at_most: five"), ("programme: ordos", "programme: 鄂尔多斯"),
        ("    stage: establish", "    stage: establish\n    stage: reach"), ("  research-trip:", "\tresearch-trip:"),
        ("obligations:", "obligation:"), ("help: 至少一次}", "help: 至少一次"),
        ("title: 对标先进提升创建工作", "title: &t 对标"),
    ]  # fmt: skip
    with outside() as duban:
        for before, after in faults:
            assert before in text, before
            broken = duban.folder / "broken.yaml"
            broken.write_text(text.replace(before, after, 1), encoding="utf-8")
            lines = duban.run("check", str(broken), code=1).splitlines()
            assert lines and all(re.match(rf"^{broken}:\d+:\d+: [a-z0-9-]+: .*[一-鿿]", line) for line in lines), lines
        said(f"duban check names file, line, column and fault in Chinese on {len(faults)} broken copies")


def once_a_day(duban: Outside) -> None:
    """Nobody gets two messages for the same day and reason."""
    seen: Counter[tuple[str, ...]] = Counter()
    for message in duban.every("/messages"):
        day = datetime.fromisoformat(message["created_at"]).date().isoformat()
        for item in message["items"]:
            key = (message["recipient"]["person"], day, item["reason"], str(item["submission"]))
            seen[key] += not item["dropped"]
    assert seen and max(seen.values()) == 1, seen.most_common(3)


if __name__ == "__main__":
    main()
