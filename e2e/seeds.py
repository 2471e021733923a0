"""What tests begin with a copy of: made once in a run for each browser, and only if a test asks for it."""

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page, Playwright

from e2e.engines import Engine
from e2e.office import Office, free_port
from e2e.pages import FORM_PAGE, FormPages, kept_for_offline, sign_in
from e2e.people import SINGLE
from e2e.phone import Phone
from e2e.proxy import FaultProxy


class Seed(NamedTuple):
    """A demo just begun, and the phone of a citizen who has been there once."""

    data: Path
    profile: Path
    #: Work on a phone belongs to an origin: every test's road begins at this port.
    port: int
    #: The credential of the unit's officer at the demo.
    officer_token: str


class Seeds:
    """The seeds of a run, each made when it is first wanted."""

    def __init__(self, playwright: Playwright, folder: Path) -> None:
        self.playwright, self.folder = playwright, folder
        self.signed_in = cache(self._signed_in)
        self._after: dict[str, Seed] = {}

    def _signed_in(self, engine: Engine) -> Seed:
        """Sign a citizen in, with everything for the days without network on the phone."""
        data, profile, port = self.folder / f"data-{engine.name}", self.folder / engine.name, free_port()
        with Office(data) as office, FaultProxy(office.port, port) as proxy:
            phone = Phone(self.playwright, profile, proxy.address, engine=engine)
            sign_in(phone.open(), "demo-1")
            kept_for_offline(phone.page)
            phone.close()
            return Seed(data, profile, port, office.token())

    def after(self, name: str, engine: Engine, visit: Callable[[Page, Office], None]) -> Seed:
        """Go on from that visit with one more, which is made once in a run."""
        if name not in self._after:
            first = self.signed_in(engine)
            data, profile = Path(shutil.copytree(first.data, self.folder / f"data-{name}")), self.folder / name
            copy_of(first.profile, profile)
            with Office(data) as office, FaultProxy(office.port, first.port) as proxy:
                phone = Phone(self.playwright, profile, proxy.address, engine=engine)
                visit(phone.open(), office)
                phone.close()
            self._after[name] = first._replace(data=data, profile=profile)
        return self._after[name]

    def fill(self, phone: Phone) -> None:
        """Make a phone that citizen's with a whole form answered on it, which is done once in a run."""
        kept = self.folder / f"{phone.engine.name}-filled"
        if kept.exists():
            copy_of(kept, phone.profile)
            return
        copy_of(self.signed_in(phone.engine).profile, phone.profile)
        form = FormPages(phone.open(FORM_PAGE))
        form.fill_all(SINGLE)
        form.saved()
        phone.close()
        copy_of(phone.profile, kept)


def copy_of(profile: Path, place: Path) -> Path:
    """Copy the profile of a browser that has ended, without the marks that say who runs on it; return the copy."""
    return Path(shutil.copytree(profile, place, ignore=shutil.ignore_patterns("lock", "Singleton*")))
