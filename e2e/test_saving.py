"""What the page said was saved is there after the browser was shot, and after the memory ran full."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.arrival import one_dossier
from e2e.keeping import make_backup, opened
from e2e.office import Office
from e2e.pages import FORM_PAGE, FormPages
from e2e.people import LONG_ANSWER
from e2e.phone import Phone

ROUNDS = 6
#: How long a finger is on a mouse's button.
PRESS_MS = 300
WATCH_PLACE = """selector => {
  window.places = new Set();
  const note = () => places.add(Math.round(document.querySelector(selector).getBoundingClientRect().top + scrollY));
  note();
  new MutationObserver(note).observe(document.querySelector("main"), {childList: true});
}"""


def test_sigkill_while_typing_loses_nothing_that_was_called_saved(citizen: Phone) -> None:
    """Each round shoots the browser in the middle of a burst of keys; the next continues where that one stopped."""
    section, path = LONG_ANSWER
    promised = ""
    for number in range(ROUNDS):
        citizen.page.goto(FORM_PAGE)
        form = FormPages(citizen.page)
        form.visit(section)
        box = citizen.page.locator(f'[name="{path}"]')
        kept = box.input_value()
        assert kept.startswith(promised), f"round {number}: {promised!r} was called saved, {kept!r} came back"
        word = f"đoạn{number} "
        box.press("End")
        box.press_sequentially(word)
        form.saved()
        promised = kept + word.strip()
        box.press_sequentially("chưa kịp lưu thì máy tắt"[: 4 * (number + 1)])
        citizen.kill()
        citizen.open()


@pytest.mark.long
def test_what_one_types_into_stays_where_it_is_while_it_is_saved(citizen: Phone) -> None:
    """The line above says "saving" and "saved"; a button that moves under a finger is a button missed."""
    page = citizen.page
    page.goto(FORM_PAGE)
    form = FormPages(page)
    form.visit("applicant")
    box = page.locator('[name="applicant.full_name"]')
    page.evaluate(WATCH_PLACE, '[name="applicant.full_name"]')
    for text in ("Hoàng", "Hoàng Thị", "Hoàng Thị Ngân"):
        box.fill(text)
        form.saved()
    assert len(page.evaluate("[...places]")) == 1


def test_a_full_phone_is_told_and_loses_nothing(citizen: Phone, tmp_path: Path) -> None:
    section, path = LONG_ANSWER
    citizen.page.goto(FORM_PAGE)
    form = FormPages(citizen.page)
    form.visit(section)
    citizen.page.locator(f'[name="{path}"]').fill("đã lưu trước khi đầy")
    form.saved()
    citizen.close()  # Chromium grants room ahead: a browser that has just started has none left over

    page = citizen.open()
    quota = citizen.cdp()
    quota.send("Storage.overrideQuotaForOrigin", {"origin": citizen.address, "quotaSize": 1})
    page.goto(FORM_PAGE)
    form = FormPages(page)
    form.visit(section)
    box = page.locator(f'[name="{path}"]')
    expect(box).to_have_value("đã lưu trước khi đầy")
    text = "ghi thêm khi máy đã đầy"
    box.fill(text)
    warning = page.locator('[data-state="unsaved"]')
    expect(warning).to_contain_text("Bộ nhớ máy đầy nên chưa lưu được")
    page.locator("button[data-action=backup]").click(delay=PRESS_MS)
    file = make_backup(page, tmp_path)
    assert text.encode() not in file.read_bytes()
    assert opened(page, file)["drafts"][0]["values"][path] == text
    expect(box).to_have_value(text)

    quota.send("Storage.overrideQuotaForOrigin", {"origin": citizen.address})
    form.save_again()
    form.saved()
    citizen.kill()
    citizen.open(FORM_PAGE)
    FormPages(citizen.page).visit(section)
    expect(citizen.page.locator(f'[name="{path}"]')).to_have_value(text)


@pytest.mark.long
def test_a_phone_that_is_full_at_send_says_so_and_sends_when_there_is_room(filled: Phone, office: Office) -> None:
    filled.close()  # as above
    page = filled.open()
    quota = filled.cdp()
    quota.send("Storage.overrideQuotaForOrigin", {"origin": filled.address, "quotaSize": 1})
    page.goto(FORM_PAGE)
    form = FormPages(page)
    form.review()
    page.locator("[data-action=submit]").click()
    expect(page.locator('[data-state="unsaved"]')).to_contain_text("Bộ nhớ máy đầy nên chưa lưu được")
    assert office.dossiers() == []
    quota.send("Storage.overrideQuotaForOrigin", {"origin": filled.address})
    form.submit()
    expect(form.state_line()).to_have_attribute("data-state", "received")
    one_dossier(office, form)
