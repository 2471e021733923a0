"""A phone: Chromium on a profile of its own, which outlives the browser process.

``kill`` is SIGKILL to the browser, as when Android needs the memory: nothing is flushed, no page hears of it. ``open``
starts a new browser on the same profile, and what comes back is what was really kept.
"""

import contextlib
import os
import select
import shutil
import signal
from pathlib import Path

from playwright.sync_api import BrowserContext, CDPSession, Error, Page, Playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
WIDTH, HEIGHT = 360, 640
GONE_SECONDS = 20.0


def chromium_path() -> str:
    """Find Debian's Chromium.

    Raises:
        AssertionError: there is none, with the line that installs it.
    """
    path = shutil.which("chromium")
    if path is None:
        raise AssertionError("no Chromium: apt-get install -y --no-install-recommends chromium fonts-noto-core")
    return path


class Phone:
    """A small touch screen in Vietnamese whose browser talks to ``address``."""

    def __init__(self, playwright: Playwright, profile: Path, address: str, scale: float = 1) -> None:
        self.playwright, self.profile, self.address, self.scale = playwright, profile, address, scale
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
        self.context = self.playwright.chromium.launch_persistent_context(
            str(self.profile),
            executable_path=chromium_path(),
            args=FLAGS,
            chromium_sandbox=False,
            viewport={"width": WIDTH, "height": HEIGHT},
            device_scale_factor=self.scale,
            has_touch=True,
            is_mobile=True,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            base_url=self.address,
            accept_downloads=True,
        )
        self.context.on("weberror", lambda fault: self.errors.append(str(fault.error)))
        if path is not None:
            self.page.goto(path)
        return self.page

    def close(self) -> None:
        """End the browser in good order."""
        if self.context is not None:
            with contextlib.suppress(Error):  # a browser that was killed has nothing left to close
                self.context.close()
            self.context = None

    def kill(self) -> None:
        """SIGKILL the browser and wait until the kernel says that it is gone."""
        pid = self._browser_pid()
        watch = os.pidfd_open(pid)
        try:
            os.kill(pid, signal.SIGKILL)
            if not select.select([watch], [], [], GONE_SECONDS)[0]:
                raise AssertionError(f"browser {pid} outlived SIGKILL")
        finally:
            os.close(watch)
        self.close()

    def cdp(self, page: Page | None = None) -> CDPSession:
        """Speak the DevTools protocol with a tab."""
        return self.running.new_cdp_session(page or self.page)

    def _browser_pid(self) -> int:
        """Find the process that owns the profile; its children carry a ``--type=``."""
        wanted = f"--user-data-dir={self.profile}".encode()
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):  # it ended while we looked
                words = (entry / "cmdline").read_bytes().split(b"\0")
                if wanted in words and not any(word.startswith(b"--type=") for word in words):
                    return int(entry.name)
        raise AssertionError(f"no browser runs on {self.profile}")
