"""How the pages look to those who told their phone: colours of their own, more contrast, no motion; and on paper."""

import unicodedata

import pytest
from playwright.sync_api import Page, expect
from pypdfium2 import PdfDocument

from e2e.office import Office
from e2e.pages import FORM, FormPages, dossier_of
from e2e.phone import Phone
from e2e.proxy import SYNC, TRY_LATER, FaultProxy, Weather
from e2e.test_pages import SCHEMES, SHOTS, go

#: What a person must still make out: each must have an edge, or be drawn in a colour that is not its ground's.
BARE = """() => {
  const seen = e => e.checkVisibility() && e.getBoundingClientRect().width > 0;
  const edged = document.querySelectorAll(".state, .button, .notice, .panel, .rows, main button");
  const bare = [...edged].filter(seen).filter(e => parseFloat(getComputedStyle(e).borderTopWidth) < 1);
  const ground = getComputedStyle(document.body).backgroundColor;
  const icons = [...document.querySelectorAll(".icon")].filter(seen).filter(e => getComputedStyle(e).stroke === ground);
  return [...bare, ...icons].map(e => e.outerHTML.slice(0, 90));
}"""
MOVING = """() => [...document.querySelectorAll("*")]
  .flatMap(e => ["", "::before", "::after"].map(part => getComputedStyle(e, part)))
  .filter(style => style.transitionDuration.split(", ").some(each => parseFloat(each) > 0)
    || !["none", "late"].includes(style.animationName) || style.scrollBehavior === "smooth").length"""
#: The state line's wait before it speaks is no motion: it is not there, and then it is.
LATE = """() => [...document.styleSheets].flatMap(sheet => [...sheet.cssRules]).filter(rule => rule.name === "late")
  .flatMap(rule => [...rule.cssRules]).flatMap(frame => [...frame.style])"""
#: Red, green and blue of a colour, 0 to 255, opaque or not.
INKS = """() => [...document.querySelectorAll("body *")].filter(e => e.checkVisibility() && e.innerText?.trim())
  .flatMap(e => { const s = getComputedStyle(e); return [s.color, s.backgroundColor]; })"""
ON_SCREEN_ONLY = ".tabs, .bar, .net, button, .button, .action, .back, .elsewhere, #notes, .search"


INK = "body => getComputedStyle(body).color"
RING = """() => { const s = getComputedStyle(document.activeElement);
  return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 3
    && s.outlineColor !== getComputedStyle(document.body).backgroundColor; }"""


#: A sheet that another one follows has more on it than this.
FULL_LETTERS = 500


def shown(page: Page, selector: str) -> int:
    """Count what can be seen."""
    return sum(each.is_visible() for each in page.locator(selector).all())


def on_paper(page: Page, name: str, *words: str) -> None:
    """Look at a page as it is printed: black on white, nothing that only a screen can do, words that stand alone."""
    page.emulate_media(color_scheme="dark")
    sheets = list(PdfDocument(page.pdf(path=SHOTS / f"{name}.pdf", format="A4", print_background=True)))
    texts = [unicodedata.normalize("NFC", sheet.get_textpage().get_text_bounded()) for sheet in sheets]
    assert [text for text in texts[:-1] if len(text) < FULL_LETTERS] == [], "a sheet is left half empty"
    for text in texts:
        assert [word for word in (*words, "In lúc") if word not in " ".join(text.split())] == []
    page.emulate_media(media="print")
    assert shown(page, ON_SCREEN_ONLY) == 0
    inks = set(page.evaluate(INKS))
    assert inks <= {"rgb(0, 0, 0)", "rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}, inks
    foot = page.locator(".printed")
    for word in (*words, "In lúc", "Một Cửa"):
        expect(foot).to_contain_text(word)
    page.screenshot(path=SHOTS / f"{name}-print.png", full_page=True)
    page.emulate_media(media="null", color_scheme="light")


def made_out(page: Page, name: str) -> None:
    """Look at a page in colours that the person's phone forces on it, light and dark."""
    for scheme in SCHEMES:
        page.emulate_media(forced_colors="active", color_scheme=scheme)
        page.screenshot(path=SHOTS / f"{name}-forced-{scheme}.png", full_page=True)
        assert page.evaluate(BARE) == []
        page.locator("a, button").last.focus()
        page.keyboard.press("Shift+Tab")
        assert page.evaluate(RING), "the focus cannot be seen"
    page.emulate_media(forced_colors="none", color_scheme="light")


@pytest.mark.long
def test_each_state_can_be_made_out_in_any_colours_and_stands_alone_on_paper(
    filled: Phone, proxy: FaultProxy, office: Office
) -> None:
    SHOTS.mkdir(exist_ok=True)
    page, form = filled.page, FormPages(filled.page)
    line = form.state_line()
    expect(page.locator(".printed")).to_be_attached()
    on_paper(page, "review", "không thay Giấy tiếp nhận", "Đã lưu trên máy này")
    made_out(page, "review")
    proxy.set(Weather(only=SYNC, answer=TRY_LATER))  # nothing is tried in between that would change the words
    form.submit()
    expect(line).to_have_attribute("data-state", "waiting")
    expect(page.locator(".printed")).to_be_attached()
    on_paper(page, "waiting", "không thay Giấy tiếp nhận", "Đang chờ gửi", dossier_of(page))
    made_out(page, "waiting")
    page.emulate_media(contrast="more", reduced_motion="reduce")
    expect(page.locator("main .hint").first).to_have_css("color", page.locator("body").evaluate(INK))
    assert page.evaluate(MOVING) == 0
    assert page.evaluate(LATE) == ["visibility"]
    page.emulate_media(contrast="no-preference", reduced_motion="no-preference")
    proxy.clear()
    form.try_now()
    expect(line).to_have_attribute("data-state", "received")
    (dossier,) = office.dossiers()
    on_paper(page, "received", "không thay Giấy tiếp nhận", "Đã nhận đủ", dossier["code"])
    made_out(page, "received")
    go(page, f"/thu-tuc/{FORM}")
    expect(page.locator(".printed")).to_be_attached()
    on_paper(page, "procedure", "không phải Cổng Dịch vụ công quốc gia")
