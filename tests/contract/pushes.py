"""Random pushes of applicants and officers: one seed makes the same ones in any Python."""

from random import Random
from typing import Any

import msgspec

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
