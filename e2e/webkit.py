"""WebKitGTK's MiniBrowser on a screen that nobody sees: the nearest thing to an iPhone's browser that Debian has.

Playwright cannot drive it; Selenium can, with a profile that is gone when it ends.
"""

import contextlib
import os
import select
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait
from selenium.webdriver.webkitgtk.service import Service

from e2e.engines import installed

WAIT_SECONDS = 20.0
#: A touch on what a person sees of an input: its label where it has one.
TOUCH = "const e = arguments[0]; (e.closest('label') ?? e).click()"


@contextlib.contextmanager
def screen() -> Iterator[str]:
    """Run an X server in memory; give its display."""
    read, write = os.pipe()
    server = subprocess.Popen(
        [installed("Xvfb", "xvfb"), "-displayfd", str(write), "-screen", "0", "800x800x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        if not select.select([read], [], [], WAIT_SECONDS)[0]:
            raise AssertionError("Xvfb never said which display it has")
        yield f":{os.read(read, 16).decode().strip()}"
    finally:
        os.close(read)
        server.terminate()
        server.wait(WAIT_SECONDS)


class WebKit:
    """The browser, and how its pages are used."""

    def __init__(self, display: str, address: str) -> None:
        options = webdriver.WebKitGTKOptions()
        options.binary_location = str(next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser")))
        options.add_argument("--automation")
        service = Service(installed("WebKitWebDriver", "webkit2gtk-driver"), env={**os.environ, "DISPLAY": display})
        self.driver = webdriver.WebKitGTK(options=options, service=service)
        self.driver.set_page_load_timeout(WAIT_SECONDS)
        self.driver.set_script_timeout(WAIT_SECONDS)
        self.address = address

    def go(self, path: str) -> None:
        """Open a page and wait until its script has drawn it."""
        self.driver.get(self.address + path)
        self.until("'ready' in document.documentElement.dataset")

    def until(self, condition: str) -> Any:
        """Wait until an expression of the page is true; return its value."""
        return WebDriverWait(self.driver, WAIT_SECONDS).until(
            lambda driver: driver.execute_script(f"return {condition}"), condition
        )

    def kept_for_offline(self) -> None:
        """Wait until the service worker has everything."""
        self.driver.execute_async_script("navigator.serviceWorker.ready.then(arguments[0])")

    def one(self, selector: str) -> WebElement:
        """Wait for an element and give it."""
        self.until(f"document.querySelector({selector!r}) !== null")
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def touch(self, selector: str) -> None:
        """Touch a link, a button or the row of a radio button."""
        self.driver.execute_script(TOUCH, self.one(selector))

    def write(self, name: str, text: str) -> None:
        """Type into the box of this name, once it is shown."""
        selector = f'[name="{name}"]'
        self.until(f"document.querySelector({selector!r})?.getClientRects().length")
        box = self.one(selector)
        box.clear()
        box.send_keys(text)

    def state(self, wanted: str) -> None:
        """Wait until the first state line of the page says this."""
        self.until(f"document.querySelector('main [data-state]')?.dataset.state === {wanted!r}")

    def quit(self) -> None:
        """End it."""
        self.driver.quit()
