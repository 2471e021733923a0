"""Whatever happens to a photograph on its way: it goes on at the byte, and arrives once."""

from typing import Final

import pytest
from playwright.sync_api import expect

from e2e.office import Office
from e2e.pages import FormPages, dossier_of, status_page
from e2e.phone import Phone
from e2e.photographs import Slot, pdf, verified, whole
from e2e.proxy import BAD_GATEWAY, CAPTIVE_PORTAL, TOO_LARGE, FaultProxy, Request, Weather

BEGIN: Final = ("POST", "/files/")
PIECE: Final = ("PATCH", "/files/")
#: What goes with the creation: enough is left for several pieces.
FIRST_BYTES: Final = 128 * 1024
#: Leaves a page alone with its clock: elsewhere a worker may be the one that sends.
NO_BACKGROUND_SYNC: Final = "delete globalThis.ServiceWorkerRegistration?.prototype.sync"


def heavy(phone: Phone, side: int = 1500) -> tuple[Slot, list[str]]:
    """Put a paper of some 2 MB into the draft."""
    phone.running.add_init_script(NO_BACKGROUND_SYNC)
    slot = Slot(phone.page).open()
    slot.pick(pdf("nặng", side))
    slot.hold(1)
    return slot, slot.hashes()


def begun(proxy: FaultProxy) -> list[Request]:
    """List the uploads that were begun."""
    return [each for each in proxy.seen(*BEGIN) if each.path == "/files/"]


def offset(request: Request) -> int:
    """Say at which byte a piece begins."""
    lines = [line.split(": ", 1) for line in request.head.decode().lower().split("\r\n")[1:] if line]
    return int(next(value for name, value in lines if name == "upload-offset"))


def after_asking(proxy: FaultProxy) -> list[Request]:
    """List the pieces sent since the system was asked where it stands; a browser repeats one that was cut by itself."""
    seen = proxy.tally.requests
    asked = next((at for at, each in enumerate(seen) if each.method == "HEAD"), len(seen))
    return [each for each in seen[asked:] if each.method == "PATCH"]


def test_no_fault_of_the_road_keeps_a_photograph_from_arriving_once(
    filled: Phone, proxy: FaultProxy, office: Office
) -> None:
    """Cut in the middle, the answer lost, two boxes that answer for the system, a portal, silence until it breaks."""
    slot, hashes = heavy(filled)
    proxy.set(Weather(only=PIECE, times=1, cut_up_bytes=60_000, rate_bytes=400_000))
    form = slot.send()
    proxy.wait_until(lambda: len(after_asking(proxy)) > 0, "a piece after a question")
    assert offset(proxy.seen(*PIECE)[0]) == FIRST_BYTES
    assert FIRST_BYTES < offset(after_asking(proxy)[0]) < FIRST_BYTES + 60_000, "it goes on at the byte"
    for weather in (
        Weather(only=PIECE, times=1, lose_answer=True),
        Weather(only=PIECE, times=1, answer=BAD_GATEWAY),
        Weather(only=PIECE, times=1, answer=TOO_LARGE),
        Weather(only=PIECE, times=1, answer=CAPTIVE_PORTAL),
        Weather(only=PIECE, times=1, swallow=True),
    ):
        before = len(proxy.seen(*PIECE))
        proxy.set(weather, rate_bytes=400_000)
        proxy.wait_seen(before + 1, *PIECE)
    proxy.clear()
    whole(form)
    assert verified(office) == hashes
    assert len(begun(proxy)) == 1
    offsets = [offset(each) for each in proxy.seen(*PIECE)]
    assert offsets == sorted(offsets), "no byte that the system had was sent again"


def test_neither_a_browser_nor_a_server_that_was_killed_loses_what_had_gone(
    filled: Phone, proxy: FaultProxy, office: Office
) -> None:
    slot, hashes = heavy(filled)
    proxy.set(Weather(only=PIECE, swallow=True))
    form = slot.send()
    dossier = dossier_of(form.page)
    proxy.wait_seen(1, *PIECE)
    filled.kill()
    proxy.set(Weather(rate_bytes=300_000))
    form = FormPages(filled.open(status_page(dossier)))
    proxy.wait_seen(2, *PIECE)
    office.kill()
    office.start()
    filled.kill()
    proxy.clear()
    filled.open(status_page(dossier))
    form = FormPages(filled.page)
    whole(form)
    assert verified(office) == hashes
    assert len(begun(proxy)) == 1
    assert all(offset(each) >= FIRST_BYTES for each in proxy.seen(*PIECE))
    assert len(proxy.seen("HEAD", "/files/")) < 60, "page and worker do not drive each other"


@pytest.mark.long
def test_two_tabs_send_a_photograph_once(filled: Phone, proxy: FaultProxy, office: Office) -> None:
    slot, hashes = heavy(filled, 900)
    proxy.set(Weather(only=BEGIN, answer=BAD_GATEWAY))
    form = slot.send()
    expect(form.page.locator("[data-file-state=waiting]")).to_have_count(1)
    other = filled.running.new_page()
    other.goto(form.page.url)
    proxy.wait_seen(2, *BEGIN)
    proxy.clear()
    before = len(begun(proxy))
    for page in (form.page, other):
        page.evaluate("document.querySelector('[data-action=send-files]')?.click()")
    whole(form)
    whole(FormPages(other))
    assert verified(office) == hashes
    assert len(begun(proxy)) == before + 1
    sent = sum(each.body_bytes for each in [*begun(proxy)[before:], *proxy.seen(*PIECE)])
    (stored,) = office.dossiers()
    assert sent == stored["attachments"][0]["bytes"]
