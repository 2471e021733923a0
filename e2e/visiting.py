"""A first visit: from the landing page to a procedure and its form, each left as soon as its script has run."""

import json
import re

from playwright.sync_api import Page

from e2e.office import ROOT
from e2e.pages import FORM
from e2e.proxy import Tally

READY = "html[data-ready]"
#: What brings the worker all pages: the last thing that it is whole with. What else is fetched comes after it.
TOGETHER = "/assets/pages."


def walk(page: Page) -> None:
    """Go from the landing page, open already, to a form that can be used."""
    for follow in (f'a[href="/thu-tuc/{FORM}"]', f'a[href="/to-khai/{FORM}"]'):
        page.wait_for_selector(READY, state="attached")
        page.click(follow, no_wait_after=True)
        page.wait_for_url(re.compile(re.escape(follow.split('"')[1])), wait_until="commit")
    page.wait_for_selector(READY, state="attached")


def later_part() -> str:
    """Return the address of the script that a page fetches once it is usable."""
    return str(json.loads((ROOT / "client" / "dist" / "manifest.json").read_bytes())["app.after"])


def bytes_until_ready(tally: Tally) -> int:
    """Return what had passed both ways, since the tally was new, when the application was ready offline."""
    paths = [request.path for request in tally.requests]
    last = max(at for at, path in enumerate(paths) if path.startswith(TOGETHER))
    after = tally.requests[last + 1 :]
    return after[0].bytes_before if after else tally.up_bytes + tally.down_bytes
