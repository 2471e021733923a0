"""The same pushes give the same answers, the same dossiers and the same feed on every store."""

from pathlib import Path
from typing import Any

import pytest

from server.store.ledger import link
from sync.ledger import Event
from sync.pull import pull
from sync.push import push
from tests.contract.pushes import random_pushes
from tests.contract.stores import NOW, InMemory, Kept, OnDisk
from tests.unit.sync.bench import Office


def answers(store: Kept, office: Office, pushes: list[tuple[Any, list[bytes]]]) -> list[Any]:
    said = []
    for number, (who, ops) in enumerate(pushes):
        with store.transaction() as ledger:
            said.append(push(ledger, office.world, ledger.actor(who.person), ops, NOW + number))
    readers = (office.an, office.officer, office.binh)
    return said + [pull(store.feed(), who, office.world.named, "", 500, "e1") for who in readers]


@pytest.mark.parametrize("seed", range(12))
def test_memory_and_sqlite_agree(tmp_path: Path, seed: int) -> None:
    office = Office()
    pushes = random_pushes(office, seed)
    disk = OnDisk(tmp_path, office.ledger.actors)
    assert answers(disk, office, pushes) == answers(InMemory(office.ledger.actors), office, pushes)
    disk.conn.close()


def test_the_chain_covers_every_event_and_no_body(tmp_path: Path) -> None:
    office = Office()
    disk = OnDisk(tmp_path, office.ledger.actors)
    answers(disk, office, random_pushes(office, 7))
    disk.conn.execute("UPDATE op SET body = NULL")
    chain = bytes(32)
    for row in disk.rows("SELECT * FROM log ORDER BY seq"):
        kept = [text(value) if place in (3, 4, 5) else value for place, value in enumerate(row)]
        kept[11] = bool(kept[11])
        chain = link(chain, Event(**dict(zip(Event.__struct_fields__, kept[:17], strict=True))))
        assert chain == row[17]
    assert disk.rows("SELECT chain FROM tip") == [(chain,)]
    disk.conn.close()


def text(key: bytes | None) -> str | None:
    if key is None:
        return None
    h = key.hex()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"
