"""A phone: a browser on a profile of its own, which outlives the browser's process.

``kill`` is SIGKILL to the browser, as when Android needs the memory: nothing is flushed, no page hears of it. ``open``
starts a new browser on the same profile, and what comes back is what was really kept.
"""

import contextlib
import os
import select
import signal
from pathlib import Path

from playwright.sync_api import BrowserContext, CDPSession, Error, Page, Playwright, WebError

from e2e.engines import CHROMIUM, Engine

GONE_SECONDS = 20.0


class Phone:
    """A small touch screen in Vietnamese whose browser talks to ``address``."""

    def __init__(
        self, playwright: Playwright, profile: Path, address: str, scale: float = 1, engine: Engine = CHROMIUM
    ) -> None:
        self.playwright, self.profile, self.address, self.scale = playwright, profile, address, scale
        self.engine = engine
        self.context: BrowserContext | None = None
        #: What went wrong in the pages without anybody catching it.
        self.errors: list[str] = []

    @property
    def running(self) -> BrowserContext:
        """The open browser."""
        if self.context is None:
            raise AssertionError("the phone's browser is not open")
        return self.context

    @property
    def page(self) -> Page:
        """The tab that was opened first."""
        return self.running.pages[0]

    def open(self, path: str | None = None) -> Page:
        """Start the browser and, where a path is given, go there."""
        self.context = self.engine.launch(
            self.playwright, self.profile, device_scale_factor=self.scale, base_url=self.address
        )
        self.context.on("weberror", self._note)
        if path is not None:
            self.page.goto(path)
        return self.page

    def close(self) -> None:
        """End the browser in good order and wait until all that it kept is on the disk."""
        if self.context is None:
            return
        watch = os.pidfd_open(self._browser_pid())
        try:
            self.context.close()
            self._wait_gone(watch)
        finally:
            os.close(watch)
            self.context = None

    def kill(self) -> None:
        """SIGKILL the browser and wait until the kernel says that it is gone."""
        pid = self._browser_pid()
        watch = os.pidfd_open(pid)
        try:
            os.kill(pid, signal.SIGKILL)
            self._wait_gone(watch)
        finally:
            os.close(watch)
        with contextlib.suppress(Error):  # a browser that was killed has nothing left to close
            self.running.close()
        self.context = None

    def _note(self, fault: WebError) -> None:
        if self.engine.is_fault(str(fault.error)):
            self.errors.append(fault.error.stack or str(fault.error))

    def _wait_gone(self, watch: int) -> None:
        if not select.select([watch], [], [], GONE_SECONDS)[0]:
            raise AssertionError(f"the browser on {self.profile} did not end")

    def cdp(self, page: Page | None = None) -> CDPSession:
        """Speak the DevTools protocol with a tab."""
        return self.running.new_cdp_session(page or self.page)

    def _browser_pid(self) -> int:
        """Find the process that owns the profile."""
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):  # it ended while we looked
                words = (entry / "cmdline").read_bytes().split(b"\0")
                if self.engine.is_main_process(words, self.profile):
                    return int(entry.name)
        raise AssertionError(f"no browser runs on {self.profile}")
