"""A missed task's way through the year, from outside: ``python -m tests.acceptance.huludao``.

Huludao 2021 with its ledger of 137 tasks on a fresh store in rehearsal mode. One task misses its target: red light,
warning talk, written report, rectification by the date the unit named itself, close-out by the office.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from tests.acceptance.outside import HOUSE, Outside, asks, fill, outside, said, sign, upload
from tests.doubles.smtp import SmtpDouble

DEFINITION = HOUSE / "definitions" / "huludao-delivery.yaml"
ROSTER = HOUSE / "definitions" / "rosters" / "huludao-delivery.xlsx"
LEDGER = HOUSE / "definitions" / "ledgers" / "huludao-delivery.xlsx"
PROGRAMME = "huludao-delivery-2021"


def main() -> None:
    """Every fact of the story, in order; an assertion names what does not hold."""
    with SmtpDouble() as smtp, outside(smtp.url("from=duban@example.cn&tls=none")) as duban:
        launched_with_its_ledger(duban)
        missed = target_missed(duban, smtp)
        talk = warning_talk(duban, missed)
        report = written_report(duban, smtp, talk)
        closed = rectified(duban, smtp, report)
        the_whole_chain(duban, missed, closed)
        unannounced(duban, missed["unit"])


def launched_with_its_ledger(duban: Outside) -> None:
    """137 rows of Excel become obligations; a row too few is refused."""
    whole = duban.folder / "whole.yaml"
    duban.run("ledger", "write", str(DEFINITION), str(LEDGER), "-o", str(whole), "--pattern", "node")
    assert "没有发现错误" in duban.run("check", str(whole))
    broken = re.sub(r"(?m)^.*no: \"?137\"?.*\n", "", whole.read_text(encoding="utf-8"))
    (duban.folder / "broken.yaml").write_text(broken, encoding="utf-8")
    assert "plan-not-met" in duban.run("check", str(duban.folder / "broken.yaml"), code=1)
    duban.run("launch", str(whole), "--cycle", "2021", "--roster", str(ROSTER), "--at", "2021-03-29T08:30")
    duban.start()
    duban.clock("2021-03-29T12:00:00")
    tasks = {one["obligation"] for one in duban.every(f"/submissions?programme={PROGRAMME}") if _is_task(one)}
    assert len(tasks) == 137, len(tasks)
    said("137 tasks of the ledger run as obligations; a definition with 136 is refused at check")


def target_missed(duban: Outside, smtp: SmtpDouble) -> dict[str, Any]:
    """A unit files in time, but below its target: the light turns red, and the office owes a warning talk."""
    programme = duban.office("GET", f"/programmes/{PROGRAMME}")
    forms = {one["id"]: {line["name"]: line for line in one["form"]} for one in programme["obligations"]}
    tasks = [one for one in duban.every(f"/submissions?programme={PROGRAMME}") if _is_task(one)]
    # One that asks for a figure beside what the pattern asks.
    one = next(one for one in tasks if len(forms[one["obligation"]]) > len(forms["task-1"]))
    signed = handed_in(duban, smtp, one, forms[one["obligation"]])
    assert (signed["state"], signed["late"], signed["light"]) == ("filed", False, "red"), signed
    said(f"filed in time but short of its target, “{one['obligation']}” of {one['unit']['name']} turns red")
    return signed


def warning_talk(duban: Outside, missed: dict[str, Any]) -> dict[str, Any]:
    """The talk is the office's, about the unit; the office files it."""
    (talk,) = duban.every(f"/submissions?programme={PROGRAMME}&obligation=warning-talk")
    detail = duban.office("GET", f"/submissions/{talk['id']}")
    assert detail["cause"]["id"] == missed["id"] and detail["subject"]["code"] == missed["unit"]["code"], detail
    form = {line["name"]: line for line in _outline(duban, "warning-talk")["form"]}
    path = f"/submissions/{talk['id']}"
    duban.office("PUT", f"{path}/content", {"fields": fill(form), "if_version": 0})
    filed: dict[str, Any] = duban.office("POST", f"{path}/submit", {})
    assert filed["state"] == "filed"
    said("the red light opened a warning talk that the office owes; filing it opened the written report")
    return filed


def written_report(duban: Outside, smtp: SmtpDouble, talk: dict[str, Any]) -> dict[str, Any]:
    """The unit's head signs the report, which names the day of the rectification; the mayor is told."""
    (report,) = duban.every(f"/submissions?programme={PROGRAMME}&obligation=written-report")
    unit = duban.token("unit", report["unit"]["code"])
    assert duban.call("GET", f"/submissions/{talk['id']}", token=unit)["state"] == "filed"
    form = {line["name"]: line for line in _outline(duban, "written-report")["form"]}
    filed = handed_in(duban, smtp, report, form, **{"rectify-by": "2021-05-31"})
    assert filed["state"] == "filed" and talk["subject"]["code"] == filed["unit"]["code"]
    told = [one for one in duban.every(f"/messages?submission={report['id']}") if one["recipient"]["post"] == "市长"]
    assert told, "the mayor receives the report and is not told"
    return filed


def rectified(duban: Outside, smtp: SmtpDouble, report: dict[str, Any]) -> dict[str, Any]:
    """Due on the day the report named; signed, it waits for the office, which closes it out."""
    (one,) = duban.every(f"/submissions?programme={PROGRAMME}&obligation=rectification")
    assert one["due_date"] == "2021-05-31" and one["unit"]["code"] == report["unit"]["code"]
    form = {line["name"]: line for line in _outline(duban, "rectification")["form"]}
    waiting = handed_in(duban, smtp, one, form)
    assert (waiting["state"], waiting["waiting_on"]) == ("pending", "office"), waiting
    unit = duban.token("unit", one["unit"]["code"])
    duban.call("POST", f"/submissions/{one['id']}/accept", {}, token=unit, code=403)
    closed: dict[str, Any] = duban.office("POST", f"/submissions/{one['id']}/accept", {"comment": "已核实"})
    assert (closed["state"], closed["late"]) == ("filed", False)
    said("the rectification, due on the day the unit named itself, is signed and then closed out by the office")
    return closed


def the_whole_chain(duban: Outside, missed: dict[str, Any], closed: dict[str, Any]) -> None:
    """``duban why`` tells the chain from either end, and the audit chain holds."""
    down = duban.run("why", str(missed["id"]))
    assert all(word in down for word in ("警示约谈", "书面报告", "限期整改")), down
    up = duban.run("why", str(closed["id"]))
    assert "书面报告" in up and "由" in up, up
    duban.run("audit", "verify")
    said("duban why tells the chain from the missed task to its close-out, and back")


def unannounced(duban: Outside, unit: dict[str, Any]) -> None:
    """An inspection opened by hand shows nowhere to the unit it is about."""
    duban.run(
        "open", PROGRAMME, "inspection-visit", "--unit", unit["code"], "--due", "2021-06-30", "--comment", "四不两直"
    )
    (visit,) = duban.every(f"/submissions?programme={PROGRAMME}&obligation=inspection-visit")
    token = duban.token("unit", unit["code"])
    for path in ("/submissions", "/overdue", "/messages"):
        listed = duban.call("GET", f"{path}?limit=200", token=token)["items"]
        assert "四不两直" not in str(listed) and all(one.get("id") != visit["id"] for one in listed), path
    duban.call("GET", f"/submissions/{visit['id']}", token=token, code=404)
    said("an unannounced inspection shows to the office, and nowhere to the unit it is about")


def handed_in(
    duban: Outside, smtp: SmtpDouble, submission: dict[str, Any], form: dict[str, Any], **given: object
) -> dict[str, Any]:
    """Fill in and hand in a submission as its unit, and have its head sign by the link in the mail of the next day."""
    path, token = f"/submissions/{submission['id']}", duban.token("unit", submission["unit"]["code"])
    duban.call("PUT", f"{path}/content", {"fields": fill(form) | given, "if_version": 0}, token=token)
    for name, one in form.items():
        if one["type"] == "file" and one["required"]:
            upload(duban, path, name, token)
    asked = duban.call("POST", f"{path}/submit", {}, token=token)
    before = len(smtp.mails)
    now = datetime.fromisoformat(duban.office("GET", "/overdue?limit=1")["as_of"])
    duban.clock(f"{now + timedelta(days=1):%Y-%m-%d}T09:30:00")
    (request,) = (line for line in asked["sign_off"] if line["decision"] is None)
    letters = [one.part("plain") for one in smtp.mails[before:]]
    links = [link for text in letters for link in re.findall(rf"{duban.base}/s/[\w-]+(?!\S*/all)\b(?!/all)", text)]
    # Beside the request other letters may have gone out, each with a link of its own kind.
    assert links, (request, letters)
    asking = next(link for link in links if asks(link))
    assert "同意" in sign(asking, "approve")
    found: dict[str, Any] = duban.office("GET", path)
    return found


def _outline(duban: Outside, obligation: str) -> dict[str, Any]:
    programme = duban.office("GET", f"/programmes/{PROGRAMME}")
    found: dict[str, Any] = next(one for one in programme["obligations"] if one["id"] == obligation)
    return found


def _is_task(one: dict[str, Any]) -> bool:
    return str(one["obligation"]).startswith("task-") and str(one["obligation"])[5:].isdigit()


if __name__ == "__main__":
    main()
