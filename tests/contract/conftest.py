"""Every test of the contract runs on every store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.stores import InMemory, Kept, OnDisk
from tests.unit.sync.bench import Office


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path, office: Office) -> Iterator[Kept]:
    actors = office.ledger.actors
    if request.param == "memory":
        yield InMemory(actors)
    else:
        kept = OnDisk(tmp_path / "data", actors)
        yield kept
        kept.conn.close()
