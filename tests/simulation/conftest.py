"""One Node process for the phones that run session.js, in each worker."""

from collections.abc import Iterator

import pytest

from tests.simulation.phones import NodeProcess


@pytest.fixture(scope="session")
def node() -> Iterator[NodeProcess]:
    process = NodeProcess()
    yield process
    process.close()
