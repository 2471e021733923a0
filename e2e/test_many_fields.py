"""A form of 300 fields with hostile labels stays usable, and a form can be filled in and sent from a keyboard alone."""

from playwright.sync_api import Page, expect

from e2e.forms import (
    LONG_TITLE,
    MANY,
    MARKUP,
    RIGHT_TO_LEFT,
    TWICE,
    UNBROKEN,
    first_version,
    form_page,
    many_fields,
    put_out,
)
from e2e.office import UNIT, Office, values_of
from e2e.pages import FormPages
from e2e.phone import Phone
from e2e.test_pages import SHOTS, go, look, too_wide

FOCUS = """() => { const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
  return { outline: parseFloat(style.outlineWidth) * (style.outlineStyle !== "none"), top: box.top, bottom: box.bottom,
           order: [...document.querySelectorAll("*")].indexOf(e), body: e === document.body }; }"""
WITHOUT_EDGE = """() => [...document.querySelectorAll("main input, main select, main textarea, .button, main .rows")]
  .filter(e => e.checkVisibility() && !["radio", "checkbox"].includes(e.type))
  .filter(e => parseFloat(getComputedStyle(e).borderTopWidth) < 1).map(e => e.outerHTML.slice(0, 80))"""
HEIGHT = 640
TABS_MAX = 200


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the wanted element has the focus; on the way every stop is seen, in order and on the screen."""
    last = -1
    for _ in range(TABS_MAX):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop["body"]:
            continue
        assert stop["order"] > last, "the order of the keyboard is that of the page"
        assert stop["outline"] >= 2, "a focus that nobody sees"
        assert stop["bottom"] > 0, "the focus is above the screen"
        assert stop["top"] < HEIGHT, "the focus is below the screen"
        last = stop["order"]
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"no Tab leads to {selector}")


def test_a_form_of_three_hundred_fields_is_read_written_and_kept(citizen: Phone, office: Office) -> None:
    put_out(office, many_fields())
    page = citizen.page
    go(page, form_page(MANY))
    expect(page.locator("ol.cards a")).to_have_count(31)
    faults = look(page, "many-home")
    page.locator("a[data-section=s1]").first.click()
    main = page.locator("main")
    for words in (MARKUP, RIGHT_TO_LEFT, LONG_TITLE, UNBROKEN):
        expect(main).to_contain_text(words)
    text = "ỗ" * 10_000
    page.locator('[name="s1.f0"]').fill("có")
    page.locator('[name="s1.f1"]').fill(text)
    page.locator('[name="s1.f2"]').fill("Lý")
    expect(page.locator('[name="s1.f3:year"]')).to_be_visible()
    faults += look(page, "many-section")
    FormPages(page).saved()
    page.reload()
    expect(page.locator('[name="s1.f1"]')).to_have_value(text)
    page.locator('[name="s1.f0"]').fill("")
    expect(page.locator('[name="s1.f3:year"]')).to_be_hidden()
    page.locator("[data-action=review]").click()
    expect(page.locator("[data-action=submit]")).to_be_visible()
    faults += look(page, "many-review")
    assert page.evaluate("window.hurt") is None
    assert page.locator("main img, main b").count() == 0
    assert faults == []


def test_nothing_of_it_is_cut_at_320_px_with_letters_of_twice_the_size(citizen: Phone, office: Office) -> None:
    put_out(office, many_fields())
    page = citizen.page
    page.set_viewport_size({"width": 320, "height": 640})
    faults = []
    for hash_ in ("", "#s/s0", "#s/s1", "#s/s2", "#review"):
        go(page, "/")
        go(page, form_page(MANY) + hash_)
        for locator in page.locator('[name$=".f0"], [name$=".f1"], [name$=".f2"]').all():
            if locator.is_visible():
                locator.fill("Lý")
        page.evaluate("document.documentElement.style.fontSize = '225%'")
        page.screenshot(path=SHOTS / f"many{hash_.replace('/', '-')}-320.png")
        faults += [f"{hash_}: {fault}" for fault in too_wide(page)]
    assert faults == []


def test_forced_colours_leave_every_field_its_edge(citizen: Phone, office: Office) -> None:
    put_out(office, many_fields())
    page = citizen.page
    page.emulate_media(forced_colors="active")
    go(page, form_page(MANY) + "#s/s1")
    page.screenshot(path=SHOTS / "many-forced-colours.png")
    bare = page.evaluate(WITHOUT_EDGE)
    assert bare == []


def test_a_form_is_filled_in_and_sent_from_a_keyboard_alone(citizen: Phone, office: Office) -> None:
    put_out(office, first_version())
    page = citizen.page
    keys = page.keyboard
    go(page, form_page(TWICE))
    tab_to(page, "a[data-section=applicant]")
    keys.press("Enter")
    expect(page.locator("h1")).to_be_focused()
    tab_to(page, "[data-action=continue]")
    keys.press("Enter")
    expect(page.locator("[role=alert]")).to_be_focused()
    tab_to(page, ".summary a")
    keys.press("Enter")
    expect(page.locator('[name="applicant.name"]')).to_be_focused()
    keys.type("Nông Văn Sìu")
    tab_to(page, "[data-field='applicant.home'] input[type=search]")
    keys.type("van lang")
    tab_to(page, '[name="applicant.home:commune"]')
    keys.press("Space")
    expect(page.locator(f'[name="applicant.home:commune"][value="{UNIT}"]')).to_be_visible()
    while not page.locator(f'[name="applicant.home:commune"][value="{UNIT}"]').is_checked():
        keys.press("ArrowDown")
    tab_to(page, "[data-action=continue]")
    keys.press("Enter")
    expect(page.locator('[name="matter.text"]')).to_be_visible()
    tab_to(page, '[name="matter.text"]')
    keys.type("Xin xác nhận.")
    tab_to(page, "[data-action=review]")
    keys.press("Enter")
    expect(page.locator("[data-action=submit]")).to_be_visible()
    tab_to(page, "[data-action=submit]")
    keys.press("Enter")
    page.wait_for_url("**/cua-toi?d=*")
    expect(FormPages(page).state_line()).to_have_attribute("data-state", "received")
    (dossier,) = office.dossiers()
    assert values_of(dossier)["applicant.name"] == "Nông Văn Sìu"
