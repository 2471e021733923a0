"""Fixtures of the journeys: a server, a bad network before it, phones and an officer's screen."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from e2e.office import ROOT, UNIT, Office, copy_of
from e2e.pages import Desk, sign_in
from e2e.phone import FLAGS, Phone, chromium_path
from e2e.proxy import FaultProxy

expect.set_options(timeout=15_000)


@pytest.fixture(scope="session", autouse=True)
def built_client() -> None:
    """Refuse to start on a client that was not built: every journey would fail for a reason that helps nobody."""
    if not (ROOT / "client" / "dist" / "manifest.json").exists():
        pytest.exit("client/dist is not built: run `make setup`, or `cd client && npm ci && node build.mjs`", 1)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Debian's Chromium instead of one that Playwright would download."""
    return {"executable_path": chromium_path(), "args": FLAGS, "chromium_sandbox": False}


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a demo that has just been begun; each test works on a copy."""
    data = tmp_path_factory.mktemp("seed") / "data"
    with Office(data):
        pass
    return data


@pytest.fixture
def office(seed: Path, tmp_path: Path) -> Iterator[Office]:
    """A server of the test's own."""
    with Office(copy_of(seed, tmp_path / "data")) as running:
        yield running


@pytest.fixture
def proxy(office: Office) -> Iterator[FaultProxy]:
    """The only road from the phones to the server."""
    with FaultProxy(office.port) as road:
        yield road


@pytest.fixture
def new_phone(playwright: Playwright, proxy: FaultProxy, tmp_path: Path) -> Iterator[Callable[[str], Phone]]:
    """Give out phones by name; the same name is the same profile."""
    phones: list[Phone] = []

    def make(name: str, scale: float = 1) -> Phone:
        phone = Phone(playwright, tmp_path / f"profile-{name}", proxy.address, scale)
        phones.append(phone)
        return phone

    yield make
    for phone in phones:
        phone.close()


@pytest.fixture
def phone(new_phone: Callable[[str], Phone]) -> Phone:
    """A phone that was never here before; the test opens it."""
    return new_phone("citizen")


@pytest.fixture
def citizen(phone: Phone) -> Phone:
    """A phone whose owner has signed in on an earlier visit and has the pages on it."""
    sign_in(phone.open(), "demo-1")
    phone.close()
    phone.open("/")
    return phone


@pytest.fixture
def desk(browser: Browser, office: Office) -> Iterator[Desk]:
    """The officer of the demo unit, signed in at a screen of their own with a good network."""
    context = browser.new_context(base_url=office.address, locale="vi-VN", viewport={"width": 1280, "height": 800})
    page: Page = context.new_page()
    sign_in(page, f"officer-{UNIT}")
    yield Desk(page)
    context.close()
