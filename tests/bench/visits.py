"""What a phone pays: bytes and round trips of a first visit, on clear days and on slow 2G, and its second one, offline.

A real Chromium behind the recording and shaping proxy. A visit is: the landing page, a procedure, its form, each left
as soon as its script has run. Usable is when the form's own script says so; ready is when the worker has everything.
"""

import re
import shutil
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Page, Playwright

from e2e.office import Office, free_port
from e2e.pages import FORM, FORM_PAGE, FormPages, kept_for_offline, sign_in
from e2e.phone import Phone
from e2e.proxy import CLEAR, SLOW_2G, UNREACHABLE, FaultProxy, Weather
from e2e.visiting import READY, TOGETHER, bytes_until_ready, later_part, walk

#: No limit of bandwidth: what is left of the time is round trips.
FAR = Weather(delay_seconds=0.5)
WAITING = 1_000
VISIT_TIMEOUT_MS = 120_000
#: What autosave waits after the last key.
PAUSE_MS = 500
#: Notes when the form was usable, on the page's own clock, which begins with the navigation.
NOTE_READY = """window.usable = new Promise(done => new MutationObserver(() => {
    if (document.documentElement?.dataset.ready === "") done(performance.now());
  }).observe(document, {attributes: true, subtree: true, attributeFilter: ["data-ready"]}));"""
#: Gives the time between the last letter and the line that says "saved" after it.
WATCH_SAVING = """() => {
  let typed = 0;
  const saved = () => document.querySelector("main > .state")?.dataset.state === "saved";
  window.saving = () => new Promise(done => {
    const look = () => typed && saved() && done(performance.now() - typed);
    new MutationObserver(look).observe(document.querySelector("main"), {childList: true, subtree: true});
    look();
  });
  addEventListener("input", () => { typed = performance.now(); }, true);
}"""
#: Puts dossiers that wait into the open drawer, sealed with its key as the application seals them.
FILL_OUTBOX = """async ([count, form]) => {
  const done = asked => new Promise((good, bad) => { asked.onsuccess = () => good(asked.result);
    asked.onerror = () => bad(asked.error); });
  const shared = await done(indexedDB.open("motcua"));
  const slot = (await done(shared.transaction("settings").objectStore("settings").get("slot"))).value;
  const { key } = await done(shared.transaction("keys").objectStore("keys").get(slot));
  const db = await done(indexedDB.open("motcua-" + slot));
  const seal = async record => { const iv = crypto.getRandomValues(new Uint8Array(12));
    return {id: record.id, iv, sealed: await crypto.subtle.encrypt({name: "AES-GCM", iv}, key,
      new TextEncoder().encode(JSON.stringify(record)))}; };
  const id = n => "0190a0a0-0000-7000-8000-" + String(n).padStart(12, "0");
  const records = [], drafts = [];
  let n = 1;
  for (let at = 0; at < count; at += 1) {
    const dossier = id(900000 + at), values = {};
    for (let each = 0; each < 30; each += 1) values["applicant.field_" + each] = "Hoàng Thị Ngân " + each;
    for (const op of [{type: "create", procedure: form, unit: "06154", channel: "online"},
        {type: "patch", set: values, saw: {}}, {type: "submit", expect: {state: "draft"}, after: []}]) {
      const whole = {id: id(n), dossier, at: 1764000000000, form: form + "@1", ...op};
      records.push({id: whole.id, dossier, n, bytes: JSON.stringify(whole).length, op: whole, status: "waiting",
        result: null, acked_ms: null, server_ms: null, shown: false, again: null, dismissed: false});
      n += 1;
    }
    drafts.push({id: dossier, procedure: form, form: form + "@1", unit: "06154", status: "sent", values, typed: {},
      rendered: {}, begun_ms: 1764000000000, saved_ms: 1764000000000});
  }
  const sealed = await Promise.all(records.map(seal)), sealedDrafts = await Promise.all(drafts.map(seal));
  const tx = db.transaction(["outbox", "drafts", "meta"], "readwrite");
  sealed.forEach(each => tx.objectStore("outbox").put(each));
  sealedDrafts.forEach(each => tx.objectStore("drafts").put(each));
  const gen = (await done(tx.objectStore("meta").get("gen")))?.n ?? 0;
  tx.objectStore("meta").put({id: "gen", n: gen + 1});
  await new Promise(over => { tx.oncomplete = over; });
  db.close(); shared.close();
}"""


def spread(figures: Sequence[float], digits: int = 0) -> str:
    """Write min, median and max."""
    return " / ".join(f"{each:,.{digits}f}" for each in (min(figures), statistics.median(figures), max(figures)))


class Visits:
    """Visits to one server, each by a phone that was never there."""

    def __init__(self, playwright: Playwright, folder: Path, runs: int) -> None:
        self.playwright, self.folder, self.runs, self.count = playwright, folder, runs, 0

    def report(self) -> Iterator[str]:
        """Give the lines of the report as they come."""
        with Office(self.folder / "data") as office, FaultProxy(office.port, free_port()) as road:
            self.road = road
            for part in (self.autosave, self.second_visit, self.first_visits):
                yield from part()

    def phone(self, profile: Path | None = None) -> Phone:
        """Return a phone, closed; a new one unless it is to begin with a profile."""
        self.count += 1
        phone = Phone(self.playwright, self.folder / f"phone-{self.count}", self.road.address)
        if profile is not None:
            shutil.copytree(profile, phone.profile, ignore=shutil.ignore_patterns("lock", "Singleton*"))
        return phone

    def wire(self) -> int:
        """Return the bytes that have passed, both ways."""
        return self.road.tally.up_bytes + self.road.tally.down_bytes

    def visit(
        self, weather: Weather, *, until_ready: bool = False, precaching: bool = False
    ) -> tuple[float, int, list[str]]:
        """Make a first visit until the form is usable; return seconds, bytes and what was asked for.

        Where it is ``precaching``, the visitor reads the landing page until the worker fetches what it keeps, and
        goes on in the middle of it; the seconds spent reading are not counted.
        """
        self.road.set(CLEAR)
        phone = self.phone()
        page = phone.open("about:blank")
        page.set_default_timeout(VISIT_TIMEOUT_MS)
        self.road.set(weather)
        self.road.tally.up_bytes = self.road.tally.down_bytes = 0
        self.road.tally.requests.clear()
        begun = time.monotonic()
        page.goto("/", wait_until="commit")
        read = self.read_until_precaching(page) if precaching else 0.0
        walk(page)
        seconds = time.monotonic() - begun - read
        if until_ready:
            kept_for_offline(page)
        bytes_ = bytes_until_ready(self.road.tally) if until_ready else self.wire()
        paths = [request.path for request in self.road.tally.requests]
        phone.close()
        return seconds, bytes_, paths

    def read_until_precaching(self, page: Page) -> float:
        """Stay on a page that is usable until the worker asks for what it keeps; return for how many seconds."""
        page.wait_for_selector(READY, state="attached")
        begun, before = time.monotonic(), len(self.road.seen("GET", TOGETHER))
        self.road.wait_seen(before + 1, "GET", TOGETHER)
        return time.monotonic() - begun

    def first_visits(self) -> list[str]:
        """Report bytes on a clear day, round trips over a long way, seconds on slow 2G."""
        # What a page fetches once it is usable is not let through where only what it needs before is to be counted.
        alone = [self.visit(Weather(only=("GET", later_part()), swallow=True)) for _ in range(self.runs)]
        whole = [self.visit(CLEAR, until_ready=True) for _ in range(self.runs)]
        far = [self.visit(FAR) for _ in range(self.runs)]
        slow = [self.visit(SLOW_2G) for _ in range(self.runs)]
        beside = [self.visit(SLOW_2G, precaching=True) for _ in range(self.runs)]
        trips = [each[0] - statistics.median(one[0] for one in alone) for each in far]
        seconds = spread([each[0] for each in slow], 1)
        return [
            f"until the first form is usable: {spread([each[1] for each in alone])} bytes (goal 61,440)",
            f"asked for until then: {' '.join(_short(path) for path in alone[-1][2])}",
            f"until the application is ready offline: {spread([each[1] for each in whole])} bytes (goal 122,880)",
            f"asked for until then: {' '.join(_short(path) for path in whole[-1][2])}",
            f"round trips of 1 s until the form is usable: {spread(trips, 1)}, connections included (goal 4)",
            f"slow 2G, 50 kbit/s and 1 s: usable after {seconds} s (goal 15)",
            f"the same, gone on in the middle of the precache: {spread([each[0] for each in beside], 1)} s (goal 15)",
        ]

    def second_visit(self) -> list[str]:
        """Report how soon a form is usable with no network at all, the processor slowed four times."""
        self.road.set(CLEAR)
        phone = self.phone()
        phone.open(FORM_PAGE)
        kept_for_offline(phone.page)
        phone.close()
        self.road.set(UNREACHABLE)
        times = []
        for _ in range(self.runs):
            page = phone.open()
            page.add_init_script(NOTE_READY)
            phone.cdp().send("Emulation.setCPUThrottlingRate", {"rate": 4})
            page.goto(FORM_PAGE)
            times.append(float(page.evaluate("window.usable")))
            phone.close()
        self.road.set(CLEAR)
        return [f"second visit without network, processor 4 times slower: {spread(times)} ms (goal 1,000)"]

    def autosave(self) -> list[str]:
        """Report how long saving takes beside a thousand dossiers that wait, the processor slowed six times."""
        phone = self.phone()
        sign_in(phone.open(), "demo-1")
        kept_for_offline(phone.page)
        self.road.set(UNREACHABLE)
        phone.page.evaluate(FILL_OUTBOX, [WAITING, FORM])
        page = phone.page
        page.goto(f"{FORM_PAGE}?d=new")
        FormPages(page).visit("applicant")
        phone.cdp().send("Emulation.setCPUThrottlingRate", {"rate": 6})
        page.evaluate(WATCH_SAVING)
        times = []
        for run in range(max(5, self.runs)):
            page.locator('[name="applicant.full_name"]').press_sequentially(f"Hoàng Thị Ngân {run} ")
            times.append(float(page.evaluate("window.saving()")) - PAUSE_MS)
        phone.close()
        self.road.set(CLEAR)
        return [
            f"autosave of a burst beside {WAITING:,} waiting, processor 6 times slower: {spread(times)} ms (goal 50)"
        ]


def _short(path: str) -> str:
    return re.sub(r"\.[0-9A-Za-z]{8,10}\.", ".", path)
