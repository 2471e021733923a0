"""Every page at 360 px, in daylight and at night: readable by a machine, inside the screen, and photographed."""

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, expect

from e2e.office import ROOT, Office
from e2e.pages import FORM, FORM_PAGE, FormPages, kept_for_offline
from e2e.people import SINGLE
from e2e.phone import Phone
from e2e.proxy import UNREACHABLE, FaultProxy

SHOTS = Path(__file__).parent / "screenshots"
AXE = ROOT / "client" / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(
  fault => fault.id + ": " + fault.nodes.map(node => node.target.join(" ") + " — " + node.failureSummary).join("; "))"""
TOO_WIDE = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide <= 0) return [];
  return [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => e.tagName + "." + e.className + " " + Math.round(e.getBoundingClientRect().right));
}"""
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter(e => e.checkVisibility() && !e.closest("p, li p"))
  .map(e => [e, (e.closest("label") || e).getBoundingClientRect()])
  .filter(([e, box]) => box.height > 1 && box.height < 47.5)
  .map(([e, box]) => e.outerHTML.slice(0, 90) + " " + box.height)"""


def look(page: Page, name: str) -> list[str]:
    """Photograph a page in both schemes and list what is wrong with it."""
    faults = []
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        SHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}-{scheme}.png", full_page=True)
        faults += [f"{name} {scheme}: {fault}" for fault in page.evaluate(RUN_AXE)]
    page.emulate_media(color_scheme="light")
    faults += [f"{name} too wide: {fault}" for fault in page.evaluate(TOO_WIDE)]
    faults += [f"{name} small target: {fault}" for fault in page.evaluate(SMALL_TARGETS)]
    return faults


def visit_pages(phone: Phone, office: Office, proxy: FaultProxy) -> Iterator[tuple[Page, str]]:
    """Walk through the life of a dossier, stopping at every page and state."""
    page = phone.page
    for path, name in (
        ("/", "home-empty"),
        ("/thu-tuc", "list"),
        (f"/thu-tuc/{FORM}", "procedure"),
        ("/cua-toi", "mine-empty"),
        ("/cai-dat", "settings"),
        ("/dang-nhap", "sign-in"),
    ):
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        yield page, name
    page.goto(FORM_PAGE)
    form = FormPages(page)
    expect(page.locator("a[data-section]").first).to_be_visible()
    yield page, "draft-home-new"
    for section in form.sections(SINGLE):
        form.visit(section)
        yield page, f"section-{section}-empty"
        form.carry_on()
        if page.locator("[role=alert]").count():
            yield page, f"section-{section}-faults"
        for path, value in SINGLE.items():
            if path.startswith(f"{section}."):
                form.fill(path, value)
        form.saved()
        yield page, f"section-{section}-filled"
        form.carry_on()
    page.goto("/")
    expect(page.locator("[data-state]").first).to_be_visible()
    yield page, "home-draft"
    page.goto(FORM_PAGE)
    yield page, "draft-home-filled"
    form.review()
    yield page, "review"
    kept_for_offline(page)
    proxy.set(UNREACHABLE)
    form.submit()
    expect(form.state_line()).to_have_attribute("data-state", "waiting")
    yield page, "waiting"
    for path, name in (("/", "home-waiting"), ("/cua-toi", "mine-waiting")):
        page.goto(path)
        expect(page.locator('[data-state="waiting"]').first).to_be_visible()
        yield page, name
    proxy.clear()
    page.goto("/cua-toi")
    expect(page.locator('[data-state="received"]').first).to_be_visible()
    yield page, "mine-received"
