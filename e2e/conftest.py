"""Fixtures of the journeys: a server, a bad network before it, phones and an officer's screen."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Playwright, expect

from e2e.office import ROOT, UNIT, Office, free_port
from e2e.pages import Desk, kept_for_offline, sign_in
from e2e.phone import FLAGS, Phone, chromium_path
from e2e.proxy import FaultProxy

expect.set_options(timeout=20_000)


class Seed(NamedTuple):
    """What each test begins with a copy of: a demo just begun, and the phone of a citizen who has been there once."""

    data: Path
    profile: Path
    #: Work on a phone belongs to an origin: every test's road begins at this port.
    port: int


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
def seed(tmp_path_factory: pytest.TempPathFactory, playwright: Playwright, built_client: None) -> Seed:
    """Sign a citizen in once, with everything for the days without network on the phone."""
    folder = tmp_path_factory.mktemp("seed")
    made = Seed(folder / "data", folder / "profile", free_port())
    with Office(made.data) as office, FaultProxy(office.port, made.port) as proxy:
        phone = Phone(playwright, made.profile, proxy.address)
        sign_in(phone.open(), "demo-1")
        kept_for_offline(phone.page)
        phone.close()
    return made


@pytest.fixture
def office(seed: Seed, tmp_path: Path) -> Iterator[Office]:
    """A server of the test's own."""
    with Office(Path(shutil.copytree(seed.data, tmp_path / "data"))) as running:
        yield running


@pytest.fixture
def proxy(seed: Seed, office: Office) -> Iterator[FaultProxy]:
    """The only road from the phones to the server."""
    with FaultProxy(office.port, seed.port) as road:
        yield road


@pytest.fixture
def new_phone(playwright: Playwright, proxy: FaultProxy, tmp_path: Path) -> Iterator[Callable[[str], Phone]]:
    """Give out phones by name."""
    phones: list[Phone] = []

    def make(name: str) -> Phone:
        phones.append(Phone(playwright, tmp_path / f"profile-{name}", proxy.address))
        return phones[-1]

    yield make
    for phone in phones:
        phone.close()
    assert [error for phone in phones for error in phone.errors] == []


@pytest.fixture
def phone(new_phone: Callable[[str], Phone]) -> Phone:
    """A phone that was never here before; the test opens it."""
    return new_phone("newcomer")


@pytest.fixture
def citizen(seed: Seed, new_phone: Callable[[str], Phone]) -> Phone:
    """A phone whose owner signed in on an earlier visit, open at the front page."""
    phone = new_phone("citizen")
    shutil.copytree(seed.profile, phone.profile)
    phone.open("/")
    return phone


@pytest.fixture
def desk(browser: Browser, office: Office) -> Iterator[Desk]:
    """The officer of the demo unit, signed in at a screen of their own with a good network."""
    context = browser.new_context(base_url=office.address, locale="vi-VN", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    sign_in(page, f"officer-{UNIT}")
    yield Desk(page)
    context.close()
