"""A first visit: from the landing page to a procedure and its form, each left as soon as its script has run."""

import re

from playwright.sync_api import Page

from e2e.office import ROOT
from e2e.pages import FORM

READY = "html[data-ready]"


def walk(page: Page) -> None:
    """Go from the landing page, open already, to a form that can be used."""
    for follow in (f'a[href="/thu-tuc/{FORM}"]', f'a[href="/to-khai/{FORM}"]'):
        page.wait_for_selector(READY, state="attached")
        page.click(follow, no_wait_after=True)
        page.wait_for_url(re.compile(re.escape(follow.split('"')[1])), wait_until="commit")
    page.wait_for_selector(READY, state="attached")


def later_part() -> str:
    """Return the address of the script that a page fetches once it is usable."""
    built = (ROOT / "client" / "dist" / "assets").glob("*.js")
    (found,) = [file.name for file in built if b"backup-words" in file.read_bytes()]
    return f"/assets/{found}"
