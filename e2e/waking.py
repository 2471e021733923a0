"""The browser wakes the service worker by itself when there is a network; here it is told to."""

from playwright.sync_api import Page

from e2e.phone import Phone
from e2e.proxy import CLEAR, FaultProxy

LOOKS_MAX, LOOK_MS = 400, 50


def close_pages_and_wake(phone: Phone, road: FaultProxy) -> None:
    """Close every page of the application, then bring the network back and let Background Sync wake the worker."""
    bare = phone.running.new_page()
    browser = phone.cdp(bare)
    found: list[dict[str, str]] = []
    browser.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    browser.send("ServiceWorker.enable")
    for page in phone.running.pages:
        if page is not bare:
            page.close()
    road.set(CLEAR)
    phone.running.set_offline(False)
    ours = registration(bare, phone.address, found)
    event = {"origin": phone.address, "registrationId": ours, "tag": "outbox", "lastChance": False}
    browser.send("ServiceWorker.dispatchSyncEvent", event)


def registration(bare: Page, address: str, found: list[dict[str, str]]) -> str:
    """Wait until the browser has listed the worker of an address; give its number."""
    for _ in range(LOOKS_MAX):
        for each in found:
            if each["scopeURL"].startswith(address):
                return each["registrationId"]
        bare.wait_for_timeout(LOOK_MS)  # what the browser says is heard meanwhile
    raise AssertionError(f"the browser never named the worker of {address}")
