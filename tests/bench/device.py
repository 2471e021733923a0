"""What an officer waits for on a tablet with a thousand dossiers: the day's list and "Hồ sơ của tôi", and searching.

A real Chromium, its processor slowed four times. The dossiers are made by the application's own modules: half were sent
and received, a quarter waits without network, the rest is still being written. All figures are by the page's own clock.
"""

import statistics
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Page, Playwright

from e2e import ROOT
from e2e.field import sign_in_officer
from e2e.office import Office, free_port
from e2e.pages import FORM, kept_for_offline
from e2e.people import SINGLE
from e2e.phone import Phone
from e2e.proxy import CLEAR, UNREACHABLE, FaultProxy

RECEIVED, WAITING, DRAFTS = 500, 250, 250
COUNT = RECEIVED + WAITING + DRAFTS
SLOWER = 4
CHUNK = 50
TIMEOUT_MS = 600_000
FAMILIES = ("Hoàng", "Nông", "Lý", "Triệu", "Lộc", "Vi", "Đàm", "Bế", "Lương", "Chu")
MIDDLE = ("Thị", "Văn", "Minh", "Ngọc", "Thu", "Quang", "Đức")
GIVEN = ("Ánh", "Bình", "Cường", "Đào", "Giang", "Hạnh", "Khánh", "Mẩy", "Pú", "Thắm", "Xuân")
CONSENT = {"text": "Cán bộ đã đọc cho tôi nghe.", "version": "1", "at": 1_795_485_404_137}

#: Notes when the list first stood, on the page's clock, which begins with the navigation.
NOTE_LIST = """window.listed = new Promise(done => new MutationObserver((_, watch) => {
    if (!document.querySelector("li.work")) return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now())));
  }).observe(document, {childList: true, subtree: true}));"""
#: Whether everything was sent, as the page of all one's work says it.
ALL_SENT = """() => document.querySelector('[data-state=received]')
  && !document.querySelector('[data-state=waiting], [data-state=sending]')"""
#: Gives the time from a word of another tab's until what it changed has been drawn.
DRAWN_AGAIN = """async ([place, name]) => {
  window.change ??= await window.elsewhere();
  const drawn = new Promise(done => new MutationObserver((_, watch) => {
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now())));
  }).observe(document.querySelector(place), {childList: true}));
  const told = await window.change(name);
  return await drawn - told;
}"""
#: Gives the time from a letter in the box until the frame with what it finds has gone out.
SEARCHED = """typed => new Promise(done => {
  const box = document.querySelector("#q");
  box.value = typed;
  const begun = performance.now();
  box.dispatchEvent(new Event("input"));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
})"""


def person(number: int) -> dict[str, object]:
    """Somebody who comes to the officer; names repeat as they do in a commune."""
    name = f"{FAMILIES[number % 10]} {MIDDLE[number % 7]} {GIVEN[number % 11]}"
    typed = {
        "procedure": FORM, "name": name, "citizen_id": f"9991860{number:05d}", "relation": "self",
        "channel": "field", "seen": "card", "consent": CONSENT,
    }  # fmt: skip
    named = ("applicant.full_name", "applicant.citizen_id")
    return {
        "number": number, "typed": typed,
        "values": {path: value for path, value in SINGLE.items() if path not in named},
    }  # fmt: skip


def spread(figures: Sequence[float]) -> str:
    """Write min, median and max."""
    return f"{min(figures):,.0f} / {statistics.median(figures):,.0f} / {max(figures):,.0f}"


class Tablet:
    """One officer's tablet, filled, and what is measured on it."""

    def __init__(self, playwright: Playwright, folder: Path, runs: int) -> None:
        self.playwright, self.folder, self.runs = playwright, folder, max(5, runs)
        made = subprocess.run(["node", str(ROOT / "e2e" / "tablet.mjs")], check=True, capture_output=True)
        self.by_hand = made.stdout.decode()

    def report(self) -> Iterator[str]:
        """Give the lines of the report as they come."""
        with Office(self.folder / "device-data") as office, FaultProxy(office.port, free_port()) as road:
            phone = Phone(self.playwright, self.folder / "tablet", road.address)
            page = phone.open("about:blank")
            page.set_default_timeout(TIMEOUT_MS)
            sign_in_officer(page)
            kept_for_offline(page)
            page.goto("/di-ban#goi")  # brings the forms
            page.locator("[data-action=fetch-pack]").click()
            page.locator("[data-said]").wait_for()
            road.set(UNREACHABLE)
            phone.running.set_offline(True)
            self.fill(page, range(RECEIVED))
            road.set(CLEAR)
            phone.running.set_offline(False)
            page.goto("/cua-toi")
            page.wait_for_function(ALL_SENT)
            road.set(UNREACHABLE)
            phone.running.set_offline(True)
            self.fill(page, range(RECEIVED, RECEIVED + WAITING))
            self.fill(page, range(RECEIVED + WAITING, COUNT), drafts=True)
            phone.cdp().send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            page.add_init_script(NOTE_LIST)
            for words, path, place in (("the day's list", "/di-ban", "#day"), ('"Hồ sơ của tôi"', "/cua-toi", "#work")):
                yield f"{words} of {COUNT:,}, opened without network: {self.opened(page, path)} ms"
                yield f"  drawn again when one has changed: {self.drawn_again(page, place)} ms (goal 100)"
                if place == "#day":
                    yield f"  a letter typed into its search: {self.searched(page)} ms (goal 100)"
            phone.close()
            road.set(CLEAR)

    def fill(self, page: Page, numbers: range, *, drafts: bool = False) -> None:
        """Take in as many, a few at a time."""
        page.goto("/di-ban")
        page.evaluate(self.by_hand)
        for first in range(numbers.start, numbers.stop, CHUNK):
            people = [person(number) for number in range(first, min(first + CHUNK, numbers.stop))]
            what = {"form": f"{FORM}@1", "slot": None, "people": people, "drafts": drafts}
            page.evaluate("what => takeIn(what)", what)

    def opened(self, page: Page, path: str) -> str:
        """Measure from the navigation to the list."""
        times = []
        for _ in range(self.runs):
            page.goto("about:blank")
            page.goto(path, wait_until="commit")
            times.append(float(page.evaluate("window.listed")))
        return spread(times)

    def drawn_again(self, page: Page, place: str) -> str:
        """Measure what news from elsewhere costs until it stands there."""
        page.evaluate(self.by_hand)
        names = [f"Nông Thị {given}" for given in GIVEN]
        return spread([float(page.evaluate(DRAWN_AGAIN, [place, names[run % 11]])) for run in range(self.runs)])

    def searched(self, page: Page) -> str:
        """Measure each letter of a name."""
        typed = "hoang thi anh"
        return spread([float(page.evaluate(SEARCHED, typed[:end])) for end in (1, 2, 3, 4, 6, 8, 10, 12)])
