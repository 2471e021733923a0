"""A real server process for the module, with demo people; each test makes dossiers of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.office import Office
from server.demo import seed
from server.store.store import Store, now_ms
from tests.integration.caller import Caller


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("office") / "data") as running:
        yield running


@pytest.fixture(scope="session")
def citizen(office: Office) -> Caller:
    return Caller.signed_in(office, "demo-1")


@pytest.fixture(scope="session")
def stranger(office: Office) -> Caller:
    return Caller.signed_in(office, "demo-2")


@pytest.fixture(scope="session")
def officer(office: Office) -> Caller:
    return Caller.signed_in(office, "officer-06154")


@pytest.fixture(scope="session")
def nobody(office: Office) -> Caller:
    return Caller(office.address, None)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store in this process, with demo people."""
    opened = Store(tmp_path / "data")
    opened.writer.submit(lambda conn, _tip: seed(conn, now_ms())).result()
    yield opened
    opened.close()
