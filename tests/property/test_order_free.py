"""The merge rule is order-free: any order of the same ops gives the same dossier (protocol §7.1, §7.4)."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.sync.bench import Office

PATHS = ("a.name", "a.note", "a.checked", "a.ways/x")


def lives(draw: st.DrawFn) -> tuple[list[tuple[str, dict[str, Any]]], list[int], list[int]]:
    """Draw a list of (author, op) on one submitted dossier, an order, and repetitions."""
    office = Office()
    dossier = office.id()
    row = f"members/{office.id()}"
    ops: list[tuple[str, dict[str, Any]]] = []
    for _ in range(draw(st.integers(2, 9))):
        author = draw(st.sampled_from(("an", "officer")))
        path = draw(st.sampled_from((*PATHS, row, f"{row}/name")))
        if path == row:
            value: Any = draw(st.sampled_from(("gone", "here")))
        else:
            value = draw(st.booleans()) if path == "a.ways/x" else draw(st.sampled_from(("Một", "Hai", "Ba")))
        written = [op["id"] for _, op in ops]
        saw = draw(st.lists(st.sampled_from(written), unique=True, max_size=4)) if written else []
        office.now += draw(st.integers(0, 50))
        ops.append((author, office.op("patch", dossier, set={path: value}, saw={path: saw})))
    order = draw(st.permutations(range(len(ops))))
    again = draw(st.lists(st.integers(0, len(ops) - 1), max_size=4))
    return [("an", office.create(dossier)), *ops], order, again


histories = st.composite(lives)()


def outcome(history: list[tuple[str, dict[str, Any]]], order: list[int]) -> dict[str, Any]:
    """Apply the ops in an order, all received at one moment, and return what everybody sees."""
    office = Office()
    create, ops = history[0][1], history[1:]
    office.now += 10_000
    office.push(office.an, create, office.op("patch", create["dossier"], set={"a.name": "Tên"}))
    office.push(office.an, office.op("submit", create["dossier"], expect={"state": "draft"}))
    received = office.now
    for index in order:
        author, op = ops[index]
        office.now = received  # the same times of first receipt in every order
        office.push(getattr(office, author), op)
    seen = office.sees(office.officer, create["dossier"])
    cells = {path: [(value, seen.by[i]) for value, i in siblings] for path, siblings in seen.cells.items()}
    conflicts = {c.path: (c.level, [s.op for s in c.siblings]) for c in seen.conflicts}
    return {"cells": {p: s for p, s in cells.items() if s}, "conflicts": conflicts, "left": office.ledger.rows}


@settings(max_examples=300, deadline=None)
@given(histories)
def test_any_order_of_the_same_ops_gives_the_same_dossier(
    drawn: tuple[list[tuple[str, dict[str, Any]]], list[int], list[int]],
) -> None:
    history, order, again = drawn
    expected = outcome(history, list(range(len(order))))
    assert outcome(history, order) == expected
    assert outcome(history, [*order, *again]) == expected
    assert outcome(history, [*again, *order]) == expected
