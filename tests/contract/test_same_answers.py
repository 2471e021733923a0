"""The same pushes give the same answers, the same dossiers and the same feed on every store."""

from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from server.store.ledger import link
from sync.ledger import Event
from sync.pull import pull
from sync.push import push
from tests.contract.stores import NOW, InMemory, Kept, OnDisk
from tests.unit.sync.bench import Office


def random_pushes(office: Office, seed: int) -> list[tuple[Any, list[bytes]]]:
    """Make pushes of applicants and officers, some of them late, twice or out of order."""
    dice, made, ids, homes = Random(seed), [], [], [office.id() for _ in range(3)]
    made += [(office.an, office.create(home)) for home in homes]
    for _ in range(60):
        home, who = dice.choice(homes), dice.choice([office.an, office.an, office.officer, office.binh])
        saw = dice.sample(ids, min(len(ids), dice.randint(0, 3)))
        path = dice.choice(["a.name", "a.note", "a.checked", "a.ways/x", "a.nothing"])
        value = True if path == "a.ways/x" else dice.choice(["An", "Bình", None])
        kind = dice.choice(["patch"] * 6 + ["submit", "receive", "note"])
        if kind == "patch":
            op = office.op("patch", home, set={path: value}, saw={path: saw})
        elif kind == "submit":
            op = office.op("submit", home, expect={"state": "draft"}, after=dice.sample(ids, min(len(ids), 1)))
        elif kind == "receive":
            op = office.op("command", home, name="receive", expect={"state": "1"})
        else:
            op = office.op("note", home, text="xem lại", visible="office")
        ids.append(op["id"])
        made.append((who, op))
    made += dice.sample(made, 10)
    dice.shuffle(made)
    pushes, at = [], 0
    while at < len(made):
        size = dice.randint(1, 5)
        for who, op in made[at : at + size]:
            pushes.append((who, [msgspec.json.encode(op)]))
        at += size
    return pushes


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
