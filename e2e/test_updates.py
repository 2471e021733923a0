"""Two versions of the application, one after the other at one address, and what goes wrong between them."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e import ROOT
from e2e.engines import both_engines
from e2e.office import Office
from e2e.pages import FORM_PAGE, FormPages, kept_for_offline, ready_to_send
from e2e.phone import Phone
from e2e.proxy import CLEAR, UNREACHABLE, FaultProxy, Weather, canned

#: What the newer version changes: a page script, the stylesheet and, through them, every page.
NEWER_SCRIPT = 'document.documentElement.dataset.build = "newer";\n'
NEWER_STYLE = "\n.newer { color: red; }\n"
NAME = '[name="applicant.full_name"]'
LOOK = """() => navigator.serviceWorker.getRegistration().then(each => new Promise(done => {
  const watch = next => next.addEventListener("statechange", () => {
    if (next.state === "installed" || next.state === "redundant") done(next.state); });
  if (each.waiting) return done("installed");
  if (each.installing) return watch(each.installing);
  each.addEventListener("updatefound", () => watch(each.installing));
  each.update().catch(fault => done(String(fault)));
}))"""
TOO_OLD = canned(
    "426 Upgrade Required", '{"type":"urn:motcua:problem:client-too-old","status":426}', "application/problem+json"
)


@pytest.fixture(scope="session")
def newer_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the next version of the client in a checkout of its own."""
    root = tmp_path_factory.mktemp("newer") / "checkout"
    left_out = shutil.ignore_patterns("node_modules", "dist", "__pycache__", ".git", ".venv", "var")
    for folder in ("server", "schemas", "sync", "client"):
        shutil.copytree(ROOT / folder, root / folder, ignore=left_out)
    (root / "client" / "node_modules").symlink_to(ROOT / "client" / "node_modules")
    (root / ".venv").symlink_to(ROOT / ".venv")
    for file, more in (("js/after.js", NEWER_SCRIPT), ("css/app.css", NEWER_STYLE)):
        with (root / "client" / file).open("a") as written:
            written.write(more)
    subprocess.run(["node", "build.mjs"], cwd=root / "client", check=True, capture_output=True, env={**os.environ})
    return root


@pytest.fixture
def newer(newer_root: Path, office: Office) -> Iterator[Office]:
    """A server of the next version; ``switch`` puts it behind the road in the place of the first."""
    running = Office(office.data, office.officer_token, newer_root)
    yield running
    running.stop()


def switch(office: Office, newer: Office, proxy: FaultProxy, weather: Weather = CLEAR) -> None:
    """Take the old version down and the next one up, at the same address."""
    office.stop()
    newer.start()
    proxy.upstream_port = newer.port
    proxy.set(weather)


def opens_offline(page: Page, proxy: FaultProxy) -> str | None:
    """Open the form with nothing at the other end, use it, and give the version that came."""
    proxy.set(UNREACHABLE)
    page.goto(FORM_PAGE)
    FormPages(page).visit("applicant")
    expect(page.locator(NAME)).to_be_visible()
    expect(page.locator("html[data-slots]")).to_be_attached()  # by the script that comes later, which names its version
    return page.locator("html").get_attribute("data-build")


#: All pages, which the worker gets together.
PAGES = ("GET", "/assets/pages.")
#: Those that few open.
LAST = ("GET", "/assets/last.")
FAULTS = {
    "cut": Weather(only=PAGES, cut_down_bytes=1_000),
    "gone": Weather(only=PAGES, answer=canned("404 Not Found", "<h1>404</h1>")),
    "another page": Weather(only=PAGES, answer=canned("200 OK", "<h1>Wi-Fi</h1>")),
}


def test_a_version_that_does_not_arrive_whole_leaves_the_old_one_whole(
    citizen: Phone, proxy: FaultProxy, office: Office, newer: Office
) -> None:
    kept_for_offline(citizen.page)
    citizen.page.goto("/cai-dat")
    switch(office, newer, proxy)
    for name, fault in FAULTS.items():
        proxy.set(fault)
        assert citizen.page.evaluate(LOOK) == "redundant", name
    assert opens_offline(citizen.page, proxy) is None
    before = len(proxy.seen("GET", "/"))
    proxy.set(CLEAR)
    citizen.page.goto("/cai-dat")
    assert citizen.page.evaluate(LOOK) == "installed"
    again = [request.path for request in proxy.seen("GET", "/")[before:] if request.path.startswith("/assets")]
    last = [request.path for kind in (PAGES, LAST) for request in proxy.seen(*kind)[-1:]]
    assert again == last, "it goes on from there"


@pytest.mark.long
def test_no_room_for_a_version_gives_the_room_back(
    citizen: Phone, proxy: FaultProxy, office: Office, newer: Office
) -> None:
    kept_for_offline(citizen.page)
    citizen.close()  # Chromium grants room ahead: a browser that has just started has none left over
    page = citizen.open("/cai-dat")
    switch(office, newer, proxy)
    quota = citizen.cdp()
    quota.send("Storage.overrideQuotaForOrigin", {"origin": citizen.address, "quotaSize": 1})
    assert page.evaluate(LOOK) == "redundant"
    assert len(page.evaluate("caches.keys()")) == 1
    quota.send("Storage.overrideQuotaForOrigin", {"origin": citizen.address})
    assert opens_offline(page, proxy) is None


@both_engines
def test_a_version_put_off_comes_in_where_nothing_is_being_written(
    citizen: Phone, proxy: FaultProxy, office: Office, newer: Office
) -> None:
    kept_for_offline(citizen.page)
    page = citizen.page
    page.goto(FORM_PAGE)
    FormPages(page).visit("applicant")
    page.locator(NAME).fill("Hoàng Thị Ngân")
    switch(office, newer, proxy)
    page.evaluate(LOOK)
    page.locator("[data-action=update-later]").click()
    expect(page.locator("#update")).to_have_count(0)
    expect(page.locator(NAME)).to_have_value("Hoàng Thị Ngân")
    FormPages(page).saved()
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("data-build", "newer")
    assert opens_offline(page, proxy) == "newer"
    expect(page.locator(NAME)).to_have_value("Hoàng Thị Ngân")


@both_engines
def test_a_system_that_takes_no_old_version_says_so_and_takes_the_new_one(
    filled: Phone, proxy: FaultProxy, office: Office, newer: Office
) -> None:
    page = filled.page
    kept_for_offline(page)
    proxy.set(Weather(only=("POST", "/sync/v1"), answer=TOO_OLD))
    form = FormPages(page)
    form.submit()
    expect(page.locator("#update")).to_contain_text("Cần cập nhật rồi mới gửi được. 1 hồ sơ")
    switch(office, newer, proxy)
    page.locator("#update [data-action=update]").click()
    expect(page.locator("html")).to_have_attribute("data-build", "newer")
    expect(form.state_line()).to_have_attribute("data-state", "received")
    assert len(newer.dossiers()) == 1


@pytest.mark.long
def test_a_page_whose_later_part_is_gone_works_and_says_so(phone: Phone, proxy: FaultProxy) -> None:
    """A first visit, no worker yet, and the server has moved on before the page had all of itself."""
    later = [line for line in (ROOT / "client" / "dist" / "assets").iterdir() if b"backup-words" in line.read_bytes()]
    (part,) = [file.name for file in later if file.suffix == ".js"]
    proxy.set(Weather(only=("GET", f"/assets/{part}"), answer=canned("404 Not Found", "<h1>404</h1>")))
    page = phone.open(FORM_PAGE)
    form = FormPages(page)
    form.visit("applicant")
    page.locator(NAME).fill("Hoàng Thị Ngân")
    form.saved()
    expect(page.locator("[data-partly]")).to_contain_text("Phần đang làm vẫn được lưu")
    proxy.set(CLEAR)
    page.locator("[data-action=reload]").click()
    expect(page.locator(NAME)).to_have_value("Hoàng Thị Ngân")
    expect(page.locator("[data-partly]")).to_have_count(0)
    kept_for_offline(page)


@pytest.mark.long
@both_engines
def test_the_first_worker_does_not_reload_the_page(phone: Phone) -> None:
    page = phone.open(FORM_PAGE)
    page.evaluate("window.mark = 'here'")
    FormPages(page).visit("applicant")
    page.locator(NAME).press_sequentially("Hoàng")
    page.evaluate(
        "navigator.serviceWorker.controller ? null : new Promise(done =>"
        " navigator.serviceWorker.addEventListener('controllerchange', () => done(null)))"
    )
    page.locator(NAME).press_sequentially(" Thị")
    FormPages(page).saved()
    assert page.evaluate("window.mark") == "here"
    expect(page.locator(NAME)).to_have_value("Hoàng Thị")


@pytest.mark.long
def test_a_dossier_written_under_the_old_version_is_sent_by_the_new_one(
    citizen: Phone, proxy: FaultProxy, office: Office, newer: Office
) -> None:
    kept_for_offline(citizen.page)
    form = ready_to_send(citizen.page)
    proxy.set(UNREACHABLE)
    form.submit()
    expect(form.state_line()).to_have_attribute("data-state", "waiting")
    switch(office, newer, proxy)
    form.try_now()
    expect(form.state_line()).to_have_attribute("data-state", "received")
    assert len(newer.dossiers()) == 1
