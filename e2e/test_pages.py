"""Every page at 360 px, in daylight and at night: readable by a machine, inside the screen, and photographed."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from e2e import ROOT
from e2e.pages import FORM, FORM_PAGE, Desk, FormPages, ready_to_send, sign_in, status_page
from e2e.people import SINGLE
from e2e.phone import Phone
from e2e.proxy import UNREACHABLE, FaultProxy

SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
SHOTS = Path(__file__).parent / "screenshots"
#: Photographs are for people to look at: `make test` takes none.
PHOTOGRAPHED = os.environ.get("PICTURES") != "0"
AXE = ROOT / "client" / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = """async (rules) => (await axe.run(document, {resultTypes: ["violations"], ...rules})).violations.map(
  fault => fault.id + ": " + fault.nodes.map(node => node.target.join(" ") + " — " + node.failureSummary).join("; "))"""
#: What daylight and night can differ in.
OF_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
#: A phone widens its layout to what does not fit, so the width to compare with is the screen's.
TOO_WIDE = """width => document.documentElement.scrollWidth <= width ? []
  : [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > width + 1)
    .map(e => e.tagName + "." + e.className + " " + Math.round(e.getBoundingClientRect().right))"""
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter(e => e.checkVisibility() && !e.closest("p, li p"))
  .map(e => [e, (e.closest("label") || e).getBoundingClientRect()])
  .filter(([e, box]) => box.height > 1 && box.height < 47.5)
  .map(([e, box]) => e.outerHTML.slice(0, 90) + " " + box.height)"""


def too_wide(page: Page) -> list[str]:
    """List what stands out of the screen to the right."""
    size = page.viewport_size
    if size is None:
        raise AssertionError("the page has a screen")
    return list(page.evaluate(TOO_WIDE, size["width"]))


def photograph(page: Page, name: str) -> None:
    """Keep a picture of the whole page, where pictures are wanted."""
    if PHOTOGRAPHED:
        SHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def look_closely(page: Page, name: str) -> list[str]:
    """Look at a page, and again at 320 px with letters of twice the size: nothing is cut."""
    faults, size = look(page, name), page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate("document.documentElement.style.fontSize = '225%'")  # twice the 112.5 % of the stylesheet
    photograph(page, f"{name}-320")
    faults += [f"{name} cut: {fault}" for fault in too_wide(page)]
    page.evaluate("document.documentElement.style.fontSize = ''")
    if size is not None:
        page.set_viewport_size(size)
    return faults


def look(page: Page, name: str) -> list[str]:
    """Photograph a page in both schemes and list what is wrong with it."""
    faults = []
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        photograph(page, f"{name}-{scheme}")
        rules = OF_COLOURS if scheme == "dark" else {}
        faults += [f"{name} {scheme}: {fault}" for fault in page.evaluate(RUN_AXE, rules)]
    page.emulate_media(color_scheme="light")
    faults += [f"{name} too wide: {fault}" for fault in too_wide(page)]
    faults += [f"{name} small target: {fault}" for fault in page.evaluate(SMALL_TARGETS)]
    return faults


def public_pages(phone: Phone) -> Iterator[str]:
    """Stop at every page that needs no work on the phone."""
    for path, name in (
        ("/", "home-empty"),
        ("/thu-tuc", "list"),
        ("/thu-tuc?q=khong+co+gi", "list-none"),
        (f"/thu-tuc/{FORM}", "procedure"),
        ("/cua-toi", "mine-empty"),
        ("/cai-dat", "settings"),
        ("/dang-nhap", "sign-in"),
        ("/gioi-thieu", "about"),
        ("/giup-do", "help"),
        ("/rieng-tu", "privacy"),
        ("/tiep-can", "accessibility"),
    ):
        go(phone.page, path)
        yield name


def form_pages(phone: Phone) -> Iterator[str]:
    """Stop at the draft's home and at each section: empty, faulty, filled in."""
    page = phone.page
    go(page, FORM_PAGE)
    form = FormPages(page)
    expect(form.state_line()).to_contain_text("Chưa ghi gì")
    yield "draft-new"
    form.visit("unit")
    yield "section-unit"
    form.visit("periods")
    yield "section-periods-empty"
    page.locator("[data-action=add-row]").click()
    expect(page.locator("[name$='/from:year']")).to_be_visible()
    yield "section-periods-row"
    go(page, FORM_PAGE)
    for section in form.sections(SINGLE):
        form.visit(section)
        form.carry_on()
        expect(page.locator("[role=alert]")).to_be_focused()
        yield f"section-{section}-faults"
        for path, value in SINGLE.items():
            if path.startswith(f"{section}."):
                form.fill(path, value)
        form.saved()
        yield f"section-{section}-filled"
    go(page, FORM_PAGE)
    yield "draft-filled"


def sending_pages(phone: Phone, proxy: FaultProxy) -> Iterator[str]:
    """Stop at the review and at each state on the way to the office."""
    page = phone.page
    form = ready_to_send(page)
    yield "review"
    go(page, "/")
    yield "home-draft"
    go(page, "/cua-toi")
    yield "mine-draft"
    go(page, FORM_PAGE)
    form.review()
    proxy.set(UNREACHABLE)
    form.submit()
    expect(form.state_line()).to_have_attribute("data-state", "waiting")
    yield "waiting"
    for path, name in (("/", "home-waiting"), ("/cua-toi", "mine-waiting")):
        go(page, path)
        expect(page.locator('[data-state="waiting"]').first).to_be_visible()
        yield name
    proxy.clear()
    form.try_now()
    expect(page.locator('[data-state="received"]').first).to_be_visible()
    yield "mine-received"
    page.locator('a[href^="/cua-toi?d="]').first.click()
    expect(form.state_line()).to_have_attribute("data-state", "received")
    yield "received"


def go(page: Page, path: str) -> None:
    """Open a page and wait until its script has drawn it."""
    page.goto(path)
    expect(page.locator("html[data-ready]")).to_be_attached()
    expect(page.locator("h1")).to_be_visible()


def test_public_pages_can_be_read_by_all(citizen: Phone) -> None:
    assert [fault for name in public_pages(citizen) for fault in look_closely(citizen.page, name)] == []


def test_the_pages_of_a_form_can_be_read_by_all(citizen: Phone) -> None:
    assert [fault for name in form_pages(citizen) for fault in look_closely(citizen.page, name)] == []


@pytest.mark.long
def test_the_pages_on_the_way_to_the_office_can_be_read_by_all(citizen: Phone, proxy: FaultProxy) -> None:
    assert [fault for name in sending_pages(citizen, proxy) for fault in look(citizen.page, name)] == []


def test_the_pages_of_who_is_not_signed_in_can_be_read_by_all(phone: Phone) -> None:
    phone.open("/")
    form = ready_to_send(phone.page)
    form.submit()
    expect(form.state_line()).to_have_attribute("data-state", "locked")
    faults = look(phone.page, "locked")
    sign_in(phone.page, "demo-1")
    go(phone.page, "/cua-toi")
    expect(phone.page.locator("[data-action=claim]")).to_be_visible()
    assert faults + look(phone.page, "claim") == []


def test_the_desk_can_be_read_by_all(citizen: Phone, desk: Desk) -> None:
    form = ready_to_send(citizen.page)
    form.submit()
    expect(form.state_line()).to_have_attribute("data-state", "received")
    faults = []
    for width in (360, 1280):
        desk.page.set_viewport_size({"width": width, "height": 800})
        (dossier,) = desk.dossiers()
        faults += look(desk.page, f"desk-{width}")
        desk.open(dossier)
        faults += look(desk.page, f"desk-dossier-{width}")
    desk.receive()
    faults += look(desk.page, "desk-received-1280")
    go(citizen.page, status_page(dossier))
    form.ask_news()
    expect(form.state_line()).to_have_attribute("data-state", "office")
    assert faults + look(citizen.page, "office") == []


@pytest.mark.long
def test_the_pages_speak_english_when_asked(citizen: Phone) -> None:
    page = citizen.page
    go(page, "/cai-dat")
    with page.expect_navigation():
        page.get_by_label("English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_have_text("Settings")
    faults = []
    for name in public_pages(citizen):
        faults += look(page, f"en-{name}")
    go(page, "/thu-tuc")
    expect(page.locator("main li [data-label]").first).to_have_text(re.compile("^[ -~]+$"))
    go(page, FORM_PAGE)
    expect(page.locator("h1")).to_have_text("Application for a certificate of marital status")
    expect(page.locator("a[data-section=applicant]").first).to_contain_text("Applicant")
    faults += look(page, "en-draft")
    go(page, "/cai-dat")
    with page.expect_navigation():
        page.get_by_label("Tiếng Việt").click()
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    expect(page.locator("h1")).to_have_text("Cài đặt")
    assert faults == []


def test_faults_put_there_on_purpose_are_seen(citizen: Phone) -> None:
    go(citizen.page, "/")
    citizen.page.evaluate("""document.querySelector("main").insertAdjacentHTML("beforeend",
      "<img src='/icons/192.png' width=400><div><a href='/x' id=planted>nhỏ</a></div>");
      document.getElementById("planted").style.color = "light-dark(#999, #444)";""")
    faults = "\n".join(look(citizen.page, "planted"))
    for kind in ("image-alt", "color-contrast", "dark: color-contrast", "too wide", "small target"):
        assert kind in faults
