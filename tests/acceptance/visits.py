"""A browser as the attacker: ``python -m tests.acceptance.visits [--visits 1000] [--chromium PATH]``.

What mail scanners, previews of a chat and curious colleagues do with a sign-off link – open it, run its scripts,
fetch ahead, ask for its head, follow whatever can be followed – changes not one row of the store.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.acceptance.outside import DEFINITION, PROGRAMME, ROSTER, Outside, outside, said, sign, submit

#: Written by every sweep, whoever visits.
KEPT_BY_THE_CLOCK = ("last-sweep",)
#: A script that does what a curious one may: reads everything, hovers over everything, asks for every address.
CURIOUS = """async () => {
  const there = [...document.querySelectorAll('a[href], link[href], img[src], script[src]')]
  for (const one of document.querySelectorAll('*')) one.dispatchEvent(new MouseEvent('mouseover', {bubbles: true}))
  for (const one of there) {
    const link = document.createElement('link')
    link.rel = 'prefetch'
    link.href = one.href || one.src
    document.head.append(link)
  }
  return there.map(one => one.href || one.src)
}"""


def main(visits: int, chromium: str) -> None:
    """Stage an open request and a decided one, visit both again and again, compare every table."""
    with outside() as duban:
        duban.run("launch", str(DEFINITION), "--cycle", "2022", "--roster", str(ROSTER), "--at", "2021-12-31T08:30")
        duban.start()
        links = _links(duban)
        before = _rows(duban)
        seen = _visit(links, visits, chromium, duban.base)
        after = _rows(duban)
        assert before == after, [table for table in before if before[table] != after[table]]
        said(f"{visits} visits, {seen} addresses opened, {len(before)} tables: not one row changed")
        # The doors were real: the same link decides when a person sends the form.
        assert "同意" in sign(links[0], "approve")
        assert _rows(duban) != before
        said("the same link signs when its form is sent")


def _links(duban: Outside) -> list[str]:
    """An open request's link, and one whose decision stands."""
    duban.clock("2022-01-03T09:00:00")
    programme = duban.office("GET", f"/programmes/{PROGRAMME}")
    forms = {one["id"]: {line["name"]: line for line in one["form"]} for one in programme["obligations"]}
    ready = duban.every(f"/submissions?programme={PROGRAMME}&obligation=target-choice")[:3]
    for one in ready:
        submit(duban, one, forms["target-choice"])
    duban.clock("2022-01-03T09:30:00")
    letters = [one["body"] for one in duban.every("/messages") if one["kind"] == "request"]
    found = [link for body in letters for link in re.findall(rf"{duban.base}/s/[\w-]{{43}}(?![\w/-])", body)]
    links = list(dict.fromkeys(found))
    assert len(links) >= 2, letters
    assert "同意" in sign(links[-1], "approve")
    # The receipt of that goes out before anybody visits.
    duban.clock("2022-01-03T10:30:00")
    return [links[0], links[-1]]


def _visit(links: list[str], visits: int, chromium: str, base: str) -> int:
    seen = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(bypass_csp=True)
        for number in range(visits):
            with closing(context.new_page()) as page:
                seen += _once(context, page, links[number % len(links)], base)
        browser.close()
    return seen


def _once(context: BrowserContext, page: Page, link: str, base: str) -> int:
    """One visit: the page with its scripts, its head, and everything that can be reached from it by one step."""
    assert (context.request.head(link)).status == 200
    page.goto(link)
    found = page.evaluate(CURIOUS)
    ahead = {urljoin(link, one) for one in found}
    here = [one for one in sorted(ahead) if urlsplit(one).netloc == urlsplit(base).netloc]
    for one in here:
        # As a scanner asks: it follows what leads on, whatever comes of it.
        context.request.get(one)
    return 2 + 2 * len(here)


def _rows(duban: Outside) -> dict[str, str]:
    """Every table as a digest of its rows, but for what the clock itself keeps."""
    found: dict[str, str] = {}
    with closing(sqlite3.connect(f"file:{duban.folder / 'duban.db'}?mode=ro", uri=True)) as store:
        tables = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            rows = store.execute(f'SELECT * FROM "{table}" ORDER BY rowid').fetchall()
            kept = [row for row in rows if row[0] not in KEPT_BY_THE_CLOCK]
            found[table] = hashlib.sha256(repr(kept).encode()).hexdigest()
    return found


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--visits", type=int, default=1000)
    asked.add_argument("--chromium", default=shutil.which("chromium") or "", help="the browser's path")
    given = asked.parse_args()
    main(given.visits, str(Path(given.chromium)))
