"""Places in which a page cannot keep what it promises, the home screen, and the number on the icon."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from e2e.engines import FLAGS, SMALL_PHONE, chromium_path
from e2e.office import Office
from e2e.pages import FORM_PAGE, FormPages, kept_for_offline, ready_to_send
from e2e.phone import Phone
from e2e.proxy import CLEAR, UNREACHABLE, FaultProxy

NAME = '[name="applicant.full_name"]'
ZALO = (
    "Mozilla/5.0 (Linux; Android 11; SM-A107F; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0.0.0"
    " Mobile Safari/537.36 Zalo android/24100643 ZaloTheme/light ZaloLanguage/vi"
)
FACEBOOK = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/21F90"
    " [FBAN/FBIOS;FBAV/470.0.0;FBBV/1;FBDV/iPhone12,1]"
)
WEBVIEW = (
    "Mozilla/5.0 (Linux; Android 9; vivo 1904; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/100.0.0.0"
    " Mobile Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5"
    " Mobile/15E148 Safari/604.1"
)
#: The browser's offer to install, as the application hears it; what becomes of it is noted.
OFFER_INSTALL = """() => {
  const offer = new Event("beforeinstallprompt", {cancelable: true});
  window.installs = [];
  offer.prompt = () => { window.installs.push("asked"); return Promise.resolve(); };
  offer.userChoice = Promise.resolve({outcome: "dismissed"});
  dispatchEvent(offer);
}"""
NO_WORKER = "delete Navigator.prototype.serviceWorker"
NOTE_BADGE = """() => {
  window.badges = [];
  navigator.setAppBadge = n => { window.badges.push(n); return Promise.resolve(); };
  navigator.clearAppBadge = () => { window.badges.push(0); return Promise.resolve(); };
}"""


class Browsers:
    """Browsers that say they are others, or that reach the server by a name of the office's own network."""

    def __init__(self, playwright: Playwright, proxy: FaultProxy, folder: Path) -> None:
        self.playwright, self.proxy, self.folder = playwright, proxy, folder
        self.contexts: list[BrowserContext] = []

    def open(self, agent: str | None = None, host: str = "127.0.0.1") -> Page:
        """Start one on a profile of its own."""
        flags = [*FLAGS, f"--host-resolver-rules=MAP {host} 127.0.0.1"]
        context = self.playwright.chromium.launch_persistent_context(
            str(self.folder / f"browser-{len(self.contexts)}"),
            executable_path=chromium_path(),
            args=flags,
            chromium_sandbox=False,
            user_agent=agent,
            base_url=f"http://{host}:{self.proxy.port}",
            **SMALL_PHONE,
        )
        self.contexts.append(context)
        return context.pages[0]


@pytest.fixture
def browsers(playwright: Playwright, proxy: FaultProxy, tmp_path: Path) -> Iterator[Browsers]:
    """Give out browsers."""
    made = Browsers(playwright, proxy, tmp_path)
    yield made
    for context in made.contexts:
        context.close()


def writes_and_keeps(page: Page) -> None:
    """Fill in a field, load the page again and find it."""
    page.goto(FORM_PAGE)
    form = FormPages(page)
    form.visit("applicant")
    page.locator(NAME).fill("Hoàng Thị Ngân")
    form.saved()
    page.reload()
    expect(page.locator(NAME)).to_have_value("Hoàng Thị Ngân")


@pytest.mark.parametrize(
    ("agent", "says", "remedy"),
    [
        (ZALO, "Trang đang mở trong Zalo", "Chrome"),
        pytest.param(FACEBOOK, "Trang đang mở trong Facebook", "Safari", marks=pytest.mark.long),
        pytest.param(WEBVIEW, "trong một ứng dụng khác", "Chrome", marks=pytest.mark.long),
    ],
    ids=["Zalo", "Facebook on an iPhone", "some application"],
)
def test_a_page_inside_another_application_says_how_to_get_out_and_works(
    browsers: Browsers, agent: str, says: str, remedy: str
) -> None:
    page = browsers.open(agent)
    page.context.add_init_script(NO_WORKER)
    writes_and_keeps(page)
    page.goto("/")
    note = page.locator('[data-note="place.app"]')
    expect(note).to_contain_text(says)
    expect(note).to_contain_text(remedy)
    expect(note.locator("[data-address]")).to_have_value(re.compile(r"^http://127\.0\.0\.1:\d+/$"))
    chrome = note.locator("[data-action=open-chrome]")
    expect(chrome).to_have_count(int(remedy == "Chrome"))
    note.locator("[data-action=copy-address]").click()
    expect(note.locator("[role=status]")).not_to_be_empty()
    note.locator("[data-action=put-away]").click()
    expect(note).to_have_count(0)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-ready", "")
    expect(page.locator("[data-risk], [data-note]").first).to_be_visible()
    expect(note).to_have_count(0)


@pytest.mark.long
def test_an_address_without_encryption_says_what_it_costs_and_the_form_works(
    browsers: Browsers, office: Office
) -> None:
    """Plain http on the office's network: no worker, no sealing; filling in and sending still work."""
    page = browsers.open(host="motcua.xa.lan")
    page.goto("/")
    assert page.evaluate("isSecureContext") is False
    writes_and_keeps(page)
    page.goto("/cai-dat")
    expect(page.locator("#settings")).to_contain_text("không được mã hóa")
    expect(page.locator("#backup")).to_contain_text("không khóa được tệp bằng mật khẩu")
    page.goto("/")
    note = page.locator('[data-note="place.insecure"]')
    expect(note).to_contain_text("bắt đầu bằng https")
    note.locator("[data-action=copy-address]").click()
    expect(note).to_contain_text("Đã chép địa chỉ")


@pytest.mark.long
def test_installing_is_offered_with_the_first_draft_and_a_no_is_remembered(citizen: Phone) -> None:
    page = citizen.page
    kept_for_offline(page)
    page.evaluate(OFFER_INSTALL)
    expect(page.locator("[data-action=install]")).to_have_count(0)
    page.goto(FORM_PAGE)
    FormPages(page).visit("applicant")
    page.evaluate(OFFER_INSTALL)
    page.locator(NAME).fill("Hoàng Thị Ngân")
    note = page.locator('[data-note="install.draft"]')
    expect(note).to_contain_text(re.compile(r"Nặng khoảng \d+0 KB"))
    FormPages(page).saved()
    note.locator("[data-action=install]").click()
    assert page.evaluate("installs") == ["asked"]
    page.reload()
    page.evaluate(OFFER_INSTALL)
    note.locator("[data-action=put-away]").click()
    expect(note).to_have_count(0)
    page.reload()
    page.evaluate(OFFER_INSTALL)
    expect(page.locator("[data-risk]")).to_be_visible()
    expect(note).to_have_count(0)


@pytest.mark.long
def test_an_iphone_is_told_how_before_the_first_draft_and_what_it_risks_after(browsers: Browsers) -> None:
    page = browsers.open(IPHONE)
    page.goto("/")
    expect(page.locator('[data-note="install.ios"]')).to_contain_text("Thêm vào MH chính")
    writes_and_keeps(page)
    page.goto("/")
    expect(page.locator('[data-risk="ios"], [data-risk="small"]').first).to_be_visible()
    page.goto("/cai-dat#install")
    expect(page.locator("#install")).to_contain_text("nút Chia sẻ")


@pytest.mark.long
def test_the_icon_shows_how_many_wait_and_nothing_at_none(citizen: Phone, proxy: FaultProxy) -> None:
    citizen.running.add_init_script(f"({NOTE_BADGE})()")
    kept_for_offline(citizen.page)
    form = ready_to_send(citizen.page)
    proxy.set(UNREACHABLE)
    form.submit()
    expect(form.state_line()).to_have_attribute("data-state", "waiting")
    citizen.page.goto("/")
    expect(citizen.page.locator("[data-state=waiting]")).to_be_visible()
    assert citizen.page.evaluate(
        "new Promise(done => setInterval(() => badges.at(-1) === 1 && done(badges.at(-1)), 50))"
    )
    proxy.set(CLEAR)
    citizen.page.goto("/cua-toi")
    expect(citizen.page.locator("[data-state=received]")).to_be_visible()
    assert citizen.page.evaluate("new Promise(done => setInterval(() => badges.at(-1) === 0 && done('none'), 50))")


def test_the_application_starts_from_its_icon_without_network(citizen: Phone, proxy: FaultProxy) -> None:
    kept_for_offline(citizen.page)
    found = citizen.cdp().send("Page.getAppManifest")
    manifest = citizen.page.evaluate("fetch('/manifest.webmanifest').then(answer => answer.json())")
    assert found["errors"] == []
    assert {"id", "scope", "start_url", "display", "icons", "name", "short_name", "lang"} <= set(manifest)
    proxy.set(UNREACHABLE)
    for start in (manifest["start_url"], *(each["url"] for each in manifest["shortcuts"])):
        citizen.page.goto(start)
        expect(citizen.page.locator("html")).to_have_attribute("data-ready", "")
        expect(citizen.page.locator("h1")).to_be_visible()
