"""Fixtures of the journeys: a server, a bad network before it, phones and an officer's screen."""

import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Playwright, expect

from e2e import ROOT
from e2e.arrival import at_review, watch
from e2e.engines import CHROMIUM, ENGINES, FLAGS, Engine, chromium_path
from e2e.office import UNIT, Office
from e2e.pages import Desk, sign_in
from e2e.phone import Phone
from e2e.proxy import FaultProxy
from e2e.seeds import Seed, Seeds, copy_of

expect.set_options(timeout=20_000)


WIRE_LINES = 40


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Beside what failed, show what went over the wire last and who holds or waits for a lock: causes lie there."""
    report = yield
    if report.when != "call" or not report.failed:
        return report
    phones = [each for each in item.funcargs.values() if isinstance(each, Phone)]
    for proxy in (each for each in item.funcargs.values() if isinstance(each, FaultProxy)):
        seen = [f"{r.method} {r.path} #{r.connection} answered={r.answered}" for r in proxy.tally.requests]
        report.sections.append(("The wire", "\n".join(seen[-WIRE_LINES:])))
    for phone in phones:
        try:
            locks = phone.page.evaluate("navigator.locks?.query()")
        except (AssertionError, Error) as fault:  # it has no page any more
            locks = str(fault)
        report.sections.append(("Locks on a phone", str(locks)))
    return report


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
def seeds(tmp_path_factory: pytest.TempPathFactory, playwright: Playwright, built_client: None) -> Seeds:
    """What the tests begin with copies of."""
    return Seeds(playwright, tmp_path_factory.mktemp("seeds"))


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """The make of the citizens' browsers: Chromium, unless the test says others (``both_engines``)."""
    return ENGINES[getattr(request, "param", CHROMIUM.name)]


@pytest.fixture
def seed(seeds: Seeds, engine: Engine) -> Seed:
    """A demo just begun, and the profile of a citizen who was there once."""
    return seeds.signed_in(engine)


@pytest.fixture
def office(seed: Seed, tmp_path: Path) -> Iterator[Office]:
    """A server of the test's own."""
    with Office(Path(shutil.copytree(seed.data, tmp_path / "data")), seed.officer_token) as running:
        yield running


@pytest.fixture
def proxy(seed: Seed, office: Office) -> Iterator[FaultProxy]:
    """The only road from the phones to the server."""
    with FaultProxy(office.port, seed.port) as road:
        yield road


@pytest.fixture
def new_phone(
    playwright: Playwright, proxy: FaultProxy, tmp_path: Path, engine: Engine
) -> Iterator[Callable[[str], Phone]]:
    """Give out phones by name."""
    phones: list[Phone] = []

    def make(name: str) -> Phone:
        phones.append(Phone(playwright, tmp_path / f"profile-{name}", proxy.address, engine=engine))
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
    copy_of(seed.profile, phone.profile)
    phone.open("/")
    return phone


@pytest.fixture
def filled(seeds: Seeds, new_phone: Callable[[str], Phone], proxy: FaultProxy) -> Phone:
    """The citizen's phone with a form answered on an earlier day (``SINGLE``), open at the page that has "Gửi"."""
    phone = new_phone("filled")
    seeds.fill(phone)
    page = phone.open()
    watch(phone.running)
    at_review(page, proxy)
    return phone


@pytest.fixture
def desk(browser: Browser, office: Office) -> Iterator[Desk]:
    """The officer of the demo unit, signed in at a screen of their own with a good network."""
    context = browser.new_context(base_url=office.address, locale="vi-VN", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    sign_in(page, f"officer-{UNIT}")
    yield Desk(page)
    context.close()
