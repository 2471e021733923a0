"""The browser wakes the service worker by itself when there is a network; here it is told to."""

from e2e.phone import Phone
from e2e.proxy import CLEAR, FaultProxy


def close_pages_and_wake(phone: Phone, road: FaultProxy) -> None:
    """Close every page of the application, then bring the network back and let Background Sync wake the worker."""
    bare = phone.running.new_page()
    browser = phone.cdp(bare)
    found: list[dict[str, str]] = []
    browser.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    browser.send("ServiceWorker.enable")
    bare.evaluate("1")
    for page in phone.running.pages:
        if page is not bare:
            page.close()
    road.set(CLEAR)
    phone.running.set_offline(False)
    ours = next(each["registrationId"] for each in found if each["scopeURL"].startswith(phone.address))
    event = {"origin": phone.address, "registrationId": ours, "tag": "outbox", "lastChance": False}
    browser.send("ServiceWorker.dispatchSyncEvent", event)
