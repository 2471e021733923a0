"""The browsers that journeys are made in: how each is started on a profile of its own, and told among processes.

Chromium and Firefox go through Playwright; WebKitGTK, which it cannot drive, has ``webkit.py``.
"""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Playwright

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
#: What both are told: a small touch screen in Vietnam. ``is_mobile`` is Chromium's alone.
SMALL_PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 640},
    "has_touch": True,
    "locale": "vi-VN",
    "timezone_id": "Asia/Ho_Chi_Minh",
    "accept_downloads": True,
}


def installed(program: str, package: str) -> str:
    """Find a program.

    Raises:
        AssertionError: it is not there, with the line that installs it.
    """
    path = shutil.which(program)
    if path is None:
        raise AssertionError(f"no {program}: apt-get install -y --no-install-recommends {package}")
    return path


def chromium_path() -> str:
    """Find Debian's Chromium."""
    return installed("chromium", "chromium fonts-noto-core")


def _chromium(playwright: Playwright, profile: Path, **given: Any) -> BrowserContext:
    return playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=chromium_path(),
        args=FLAGS,
        chromium_sandbox=False,
        is_mobile=True,
        **SMALL_PHONE,
        **given,
    )


def _firefox(playwright: Playwright, profile: Path, **given: Any) -> BrowserContext:
    return playwright.firefox.launch_persistent_context(
        str(profile),
        channel="moz-firefox",
        executable_path=installed("firefox-esr", "firefox-esr"),
        **SMALL_PHONE,
        **given,
    )


@dataclass(frozen=True)
class Engine:
    """One make of browser."""

    name: str
    #: Starts it on a profile; further options are Playwright's.
    launch: Callable[..., BrowserContext]
    #: Marks its child processes, which carry the profile on their command line too.
    child: bytes
    #: What it reports as an error of a page that is left while it still loads something.
    leaving: re.Pattern[str]

    #: All of Firefox's are loads that nobody waits for any more. A module that is being fetched when the page is left
    #: fails for the page that is going; one that fails for a page that stays is caught where it is asked for and told
    #: (main.js), and does not come here. A worker that answers a page which is left answers nobody: a page that stays
    #: shows the browser's own error in place of its heading, at which every journey stops.
    def is_fault(self, error: str) -> bool:
        """Tell whether what nobody in a page caught is more than a load given up with the page."""
        return self.leaving.match(error) is None

    def is_main_process(self, words: list[bytes], profile: Path) -> bool:
        """Tell from a command line whether it is the process that owns a profile."""
        owns = any(word.endswith(str(profile).encode()) for word in words)
        return owns and not any(word.startswith(self.child) for word in words)


CHROMIUM = Engine("chromium", _chromium, b"--type=", re.compile(r"(?!)"))  # it reports none
FIREFOX = Engine(
    "firefox",
    _firefox,
    b"-contentproc",
    # The last is the end of "… passed a promise to respondWith() that rejected with ‘TypeError: …’." after its colon.
    re.compile(
        r"error loading dynamically imported module|Failed to load ‘.*’\. A ServiceWorker intercepted"
        r"|NetworkError when attempting to fetch resource\.’\.$"
    ),
)
ENGINES = {engine.name: engine for engine in (CHROMIUM, FIREFOX)}

#: Marks a test that is made in each of them; without it, in Chromium alone. The main journey is made in both each time,
#: the others in Firefox by ``make e2e`` and ``make test-long``.
both_engines = pytest.mark.parametrize(
    "engine", [CHROMIUM.name, pytest.param(FIREFOX.name, marks=pytest.mark.long)], indirect=True
)
