"""Counts, never seconds: rows that the desk's lists and searches visit at 1,000 and at 100,000 dossiers."""

import sqlite3
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from schemas.ids import id_from
from server.desk.store import COUNT_MAX, LISTS, PAGE
from server.store import worklist
from server.store.keys import blob
from server.store.ledger import SqliteLedger, Tip
from server.store.people import find_user
from server.store.store import Store, now_ms
from sync.push import push
from tests.integration.caller import create, new_id, patch

UNIT, ELSEWHERE = "06154", "06151"
EVER = (0, 2**62)
#: A larger index of words lies in more pieces; each is opened once a search. A row costs more than two of these tens.
SEGMENTS = 150
DUE_FROM = 1_800_000_000_000
NAMES = ("hoang thi an", "loc van dau", "trieu mui ghen", "nong thi khue")
_ROW = f"INSERT INTO work VALUES ({','.join('?' * 14)})"


def fill(conn: sqlite3.Connection, _: Tip, first: int, count: int, unit: str) -> None:
    """List so many dossiers of a unit, each on every list, each with a name that thousands have."""
    conn.executemany(_ROW, (row(number, unit) for number in range(first, first + count)))
    words = (
        (n, f"{worklist.unit_word(unit)} {NAMES[n % len(NAMES)]} ls {unit} {n:06d} giay")
        for n in range(first, first + count)
    )
    conn.executemany("INSERT INTO work_words (rowid, words) VALUES (?, ?)", words)


def row(number: int, unit: str) -> tuple[Any, ...]:
    key = blob(id_from(now_ms(), number << 50 | 1))
    code, name = f"LS-{unit}-{number:06d}", NAMES[number % len(NAMES)]
    return (number, key, code, "1.004873", name, "2", unit, number, DUE_FROM + number, number, 1, 1, 1, 0)


def visited(conn: sqlite3.Connection, look: Callable[[sqlite3.Connection], Any]) -> int:
    """Return the virtual machine's steps, in tens, that a look takes."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    conn.set_progress_handler(count, 10)
    look(conn)
    conn.set_progress_handler(None, 0)
    return steps


def spare(what: str) -> int:
    """Return what a look may cost more in a larger directory."""
    return SEGMENTS if what.startswith("search") else 2


def looks(last: int) -> dict[str, Callable[[sqlite3.Connection], Any]]:
    """Return what officers ask for: pages of each list, the first and a late one, counts, and searches."""
    found: dict[str, Callable[[sqlite3.Connection], Any]] = {}
    for name in LISTS:
        late = (DUE_FROM + last - PAGE * 2, last - PAGE * 2) if name in ("due", "overdue") else (last - PAGE * 2,) * 2
        for place, after in (("first", None), ("late", late)):
            found[f"{name} {place}"] = lambda conn, name=name, after=after: worklist.listed(
                conn, [UNIT], name, EVER, after, PAGE + 1
            )
        found[f"{name} counted"] = lambda conn, name=name: worklist.count(conn, [UNIT], name, EVER, COUNT_MAX + 1)
    searches = {"name": "hoang thi", "code": f"ls {UNIT} {last - 5:06d}", "several": "dau loc giay", "none": "khong ai"}
    for what, words in searches.items():
        found["search " + what] = lambda conn, words=words: worklist.found(conn, [UNIT], words, PAGE)
    return found


def test_a_page_of_any_list_a_count_and_a_search_visit_as_many_rows_whatever_there_is(store: Store) -> None:
    conn = store.readers.connection()
    store.writer.submit(lambda c, tip: fill(c, tip, 1, 1_000, UNIT)).result()
    few = {what: visited(conn, look) for what, look in looks(1_000).items()}
    store.writer.submit(lambda c, tip: fill(c, tip, 1_001, 99_000, UNIT)).result()
    many = {what: visited(conn, look) for what, look in looks(100_000).items()}
    grown = {what: (few[what], many[what]) for what in few if many[what] > few[what] * 1.1 + spare(what)}
    assert grown == {}


def test_a_search_does_not_visit_what_other_units_have(store: Store) -> None:
    conn = store.readers.connection()
    store.writer.submit(lambda c, tip: fill(c, tip, 1, 1_000, UNIT)).result()
    few = visited(conn, lambda c: worklist.found(c, [UNIT], "hoang thi", PAGE))
    store.writer.submit(lambda c, tip: fill(c, tip, 1_001, 99_000, ELSEWHERE)).result()
    many = visited(conn, lambda c: worklist.found(c, [UNIT], "hoang thi", PAGE))
    assert many <= few * 1.1 + SEGMENTS


@pytest.mark.parametrize("name", LISTS)
def test_every_list_has_an_index_in_its_own_order(store: Store, name: str) -> None:
    conn, seen = store.readers.connection(), []
    conn.set_trace_callback(seen.append)
    worklist.listed(conn, [UNIT], name, EVER, None, PAGE)
    worklist.count(conn, [UNIT], name, EVER, COUNT_MAX)
    conn.set_trace_callback(None)
    for sql in seen:
        plan = [step[3] for step in conn.execute("EXPLAIN QUERY PLAN " + sql)]
        assert not [step for step in plan if "TEMP B-TREE" in step or step == "SCAN work"], (sql, plan)


def written(dossier: str, saw: str | None, number: int) -> dict[str, Any]:
    more = {} if saw is None else {"saw": {"applicant.phone": [saw]}}
    return patch(dossier, {"applicant.phone": f"09{number:08d}"}, **more)


def test_an_op_after_two_thousand_costs_what_it_cost_after_ten(store: Store) -> None:
    who = find_user(store.conn, "demo-1")
    assert who is not None
    dossier, last = new_id(), None
    begin = create(dossier)

    def pushed(*ops: dict[str, Any], watched: bool = False) -> tuple[int, int]:
        """Push ops; return how many statements and how many virtual machine's steps that took."""
        raw = [msgspec.Raw(msgspec.json.encode(each)) for each in ops]

        def run(conn: sqlite3.Connection, tip: Tip) -> tuple[int, int]:
            seen: list[str] = []

            def push_all(on: sqlite3.Connection) -> None:
                ledger, world = SqliteLedger(on, tip, now_ms()), store.shelf.fresh(on)
                results = push(ledger, world, ledger.actor(who.id), raw, now_ms())
                assert {each.outcome for each in results} == {"applied"}
                ledger.flush(world)

            if watched:
                conn.set_trace_callback(seen.append)
            steps = visited(conn, push_all)
            conn.set_trace_callback(None)
            return len(seen), steps

        return store.writer.submit(run).result()

    pushed(begin)
    costs, sizes, number = {}, {}, 0
    for history in (10, 2_000):
        while number < history:
            ops = []
            for _ in range(min(200, history - number)):
                ops.append(written(dossier, last, number))
                last, number = ops[-1]["id"], number + 1
            pushed(*ops)
        one = written(dossier, last, number)
        last, number = one["id"], number + 1
        costs[history] = pushed(one, watched=True)
        size = "SELECT length(blob) FROM dossier WHERE id = ?"
        (sizes[history],) = store.conn.execute(size, (blob(dossier),)).fetchone()
    assert costs[2_000][0] == costs[10][0]
    assert costs[2_000][1] <= costs[10][1] * 1.1 + 2
    assert sizes[2_000] <= sizes[10] + 16
