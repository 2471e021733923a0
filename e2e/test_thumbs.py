"""An old, slow phone in one hand: taps that come twice, a keyboard over half the screen, turning it, and going back."""

import time

import pytest
from playwright.sync_api import Page, expect

from e2e.arrival import received
from e2e.office import Office
from e2e.pages import FORM_PAGE, FormPages, dossier_of
from e2e.people import NAME
from e2e.phone import Phone
from e2e.test_pages import go, too_wide

SLOW = 6
#: How long a tap is and how soon the next one comes, by the finger's clock, however late a machine hands them on.
TAP_SECONDS, TWICE_SECONDS = 0.03, 0.1
#: Whether the box that is being written into can be seen with its name.
IN_SIGHT = """() => {
  const e = document.activeElement, name = (e.closest(".part") || e.closest(".field")).getBoundingClientRect();
  return name.top >= 0 && e.getBoundingClientRect().bottom <= innerHeight; }"""


@pytest.fixture
def slow(filled: Phone) -> Page:
    """The page of a phone whose processor is a sixth of this one."""
    expect(filled.page.locator(".printed")).to_be_attached()
    filled.cdp().send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
    return filled.page


def tap_twice(page: Page, selector: str) -> None:
    """Tap twice in one place, as an impatient thumb does, whatever stands there the second time."""
    place = page.locator(selector).first
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    finger, first = page.context.new_cdp_session(page), time.time()
    for pressed in (first, first + TWICE_SECONDS):
        for kind, points, at in (("touchStart", [point], pressed), ("touchEnd", [], pressed + TAP_SECONDS)):
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points, "timestamp": at})


def test_an_impatient_thumb_does_nothing_twice(slow: Page) -> None:
    go(slow, FORM_PAGE)
    expect(slow.locator(".printed")).to_be_attached()
    FormPages(slow).visit("periods")
    slow.evaluate("window.heard = []; addEventListener('click', e => heard.push(e.detail))")
    tap_twice(slow, "[data-action=add-row]")
    expect(slow.locator("[name$='/from:year']")).to_be_visible()
    assert slow.evaluate("heard") == [1], "the second tap reached the page"
    slow.go_back()
    expect(slow.locator(".cards .card")).to_have_count(1)
    slow.locator("[data-action=remove-row]").click()
    FormPages(slow).saved()


@pytest.mark.long
def test_what_is_written_into_stays_in_sight_of_a_keyboard_and_in_a_turned_phone(slow: Page) -> None:
    FormPages(slow).visit("applicant")
    for selector in ('[name="applicant.residence:detail"]', '[name="applicant.born:year"]'):
        slow.set_viewport_size({"width": 360, "height": 640})
        box = slow.locator(selector)
        box.evaluate("e => scrollBy(0, e.getBoundingClientRect().bottom - innerHeight + 8)")
        box.tap()
        slow.set_viewport_size({"width": 360, "height": 260})
        slow.wait_for_function(IN_SIGHT)
        slow.set_viewport_size({"width": 640, "height": 300})
        slow.wait_for_function(IN_SIGHT)
        expect(box).to_be_focused()
        assert too_wide(slow) == []


@pytest.mark.long
def test_back_after_sending_leads_to_what_was_sent_and_never_to_an_empty_form(slow: Page, office: Office) -> None:
    form = FormPages(slow)
    form.visit("applicant")
    form.review()
    form.submit()
    received(form)
    dossier = dossier_of(slow)
    for _ in range(2):
        slow.go_back()
        expect(form.state_line()).to_have_attribute("data-state", "received")
        assert dossier_of(slow) == dossier
        expect(slow.locator("main")).not_to_contain_text("Chưa gửi")
    slow.locator("a[data-section=applicant]").first.click()
    expect(slow.locator('[name="applicant.full_name"]')).to_have_value(NAME)
    assert len(office.dossiers()) == 1
