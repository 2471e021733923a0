"""A form of 300 fields with hostile labels stays usable."""

import pytest
from playwright.sync_api import expect

from e2e.forms import LONG_TITLE, MANY, MARKUP, RIGHT_TO_LEFT, UNBROKEN, form_page, many_fields, put_out
from e2e.office import Office
from e2e.pages import FormPages
from e2e.phone import Phone
from e2e.test_pages import SHOTS, go, look, too_wide

WITHOUT_EDGE = """() => [...document.querySelectorAll("main input, main select, main textarea, .button, main .rows")]
  .filter(e => e.checkVisibility() && !["radio", "checkbox"].includes(e.type))
  .filter(e => parseFloat(getComputedStyle(e).borderTopWidth) < 1).map(e => e.outerHTML.slice(0, 80))"""


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
def test_forced_colours_leave_every_field_its_edge(citizen: Phone, office: Office) -> None:
    put_out(office, many_fields())
    page = citizen.page
    page.emulate_media(forced_colors="active")
    go(page, form_page(MANY) + "#s/s1")
    page.screenshot(path=SHOTS / "many-forced-colours.png")
    bare = page.evaluate(WITHOUT_EDGE)
    assert bare == []
