"""Whatever the log says, its figures add up, are those of a plain count, and come out the same when read anew."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.moments import HO_CHI_MINH, local_day
from server.figures.periods import everything, months_before, read_period
from server.store import figures
from server.store.database import connect, migrate
from server.store.figures import BY, CAME, DONE, FIGURES, by_month, dossiers_of, forget, read_all, read_on, tally

NOW = 1_795_485_000_000  # 24 November 2026
HOUR = 3_600_000
UNITS = ("06154", "06151", "184")
MOVES = ("2", "4", "4", "4", "5 4", "6 4", "7 8", "7 4", "9", "9", "9 10", "3", "8", "10", "1")

step = st.fixed_dictionaries(
    {
        "move": st.sampled_from(MOVES),
        "after": st.integers(1, 3).map(lambda hours: hours * HOUR),
        "due": st.sampled_from((-1, 0, 1, 2, 3, 5, 30, None)),
        "handling": st.sampled_from(UNITS),
        "is_result": st.booleans(),
    }
)
life = st.fixed_dictionaries(
    {
        "begun": st.integers(0, 700 * 24),
        "channel": st.sampled_from(("online", "counter", "field", "post")),
        "assisted": st.booleans(),
        "level": st.sampled_from((None, "3", "toan_trinh")),
        "procedure": st.sampled_from(("1.004873", "2.000815")),
        "drafted": st.booleans(),
        "steps": st.lists(step, min_size=1, max_size=6),
    }
)


@pytest.fixture(scope="module")
def conn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    data = tmp_path_factory.mktemp("figures")
    migrate(data)
    with closing(connect(data)) as opened:
        opened.execute("PRAGMA synchronous = OFF")
        yield opened


def lines_of(number: int, said: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the lines that a life leaves in the log: a draft perhaps, the submission, then steps."""
    at = NOW - 720 * 24 * HOUR + said["begun"] * HOUR
    line = {
        "dossier": number.to_bytes(16, "big"), "at": at, "state": "1", "channel": said["channel"],
        "assisted": said["assisted"], "level": said["level"], "receiving": "06154", "handling": "06154",
        "due": None, "done": None,
    }  # fmt: skip
    lines = [{**line, "state": "draft", "at": at - HOUR}] if said["drafted"] else []
    lines.append(line)
    for each in said["steps"]:
        for state in each["move"].split():
            at += each["after"]
            due = None if each["due"] is None else at + each["due"] * HOUR
            done = at if state == "9" and each["is_result"] else lines[-1]["done"]
            said_now = {"at": at, "state": state, "handling": each["handling"], "due": due, "done": done}
            lines.append({**lines[-1], **said_now})
    return lines


def fill(conn: sqlite3.Connection, lives: list[dict[str, Any]]) -> None:
    for table in ("log", "dossier"):
        conn.execute(f"DELETE FROM {table}")
    forget(conn)
    told = []
    for number, said in enumerate(lives, 1):
        key = number.to_bytes(16, "big")
        conn.execute(
            """INSERT INTO dossier (id, code, applicant, unit, state, procedure, rev, blob)
               VALUES (?, ?, x'00', '', '1', ?, 1, x'')""",
            (key, f"LS-{number}", said["procedure"]),
        )
        told += lines_of(number, said)
    told.sort(key=lambda line: line["at"])  # lines of several dossiers between each other
    for seq, line in enumerate(told, 1):
        due = line["due"] and datetime.fromtimestamp(line["due"] / 1000, UTC).astimezone(HO_CHI_MINH).isoformat()
        conn.execute(
            """INSERT INTO log VALUES
               (?, 'op', ?, NULL, NULL, ?, 'command', 'applied', x'', ?, ?, ?, ?, ?, ?, ?, ?, x'')""",
            (seq, line["at"], line["dossier"], line["state"], line["channel"], line["assisted"], line["level"],
             line["receiving"], line["handling"], due, line["done"]),
        )  # fmt: skip


def plainly(lives: list[dict[str, Any]]) -> dict[str, int]:
    """Count by hand what there is in all: another way than the fold goes."""
    found = dict.fromkeys(
        ("new", "online", "assisted", "finished", "open", "early", "on_time", "overdue", "withdrawn"), 0
    )
    for number, said in enumerate(lives, 1):
        lines = [line for line in lines_of(number, said) if line["state"] != "draft"]
        found["new"] += 1
        found["online"] += said["channel"] == "online"
        found["assisted"] += said["assisted"]
        last = [n for n, line in enumerate(lines) if line["state"] not in ("3", "8", "9", "10")][-1] + 1 if lines else 0
        if last == len(lines):
            found["open"] += 1
            continue
        found["finished"] += 1
        ends, before = lines[last], lines[last - 1]
        found["withdrawn"] += ends["state"] == "8" and before["state"] == "7"
        promise = None
        for n, line in enumerate(lines[: last + 1]):
            earlier = lines[n - 1] if n else line
            if promise is None or line["due"] is None or earlier["due"] is None:
                promise = line["due"]
            elif line["state"] != earlier["state"]:
                promise += line["due"] - earlier["due"]
        done = ends["at"] if ends["done"] is None else ends["done"]
        if ends["state"] in ("3", "8") or promise is None or done <= promise:
            early = ends["state"] in ("9", "10") and promise is not None and local_day(done) < local_day(promise)
            found["early" if early else "on_time"] += 1
        else:
            found["overdue"] += 1
    return found


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives=st.lists(life, max_size=12), pieces=st.integers(1, 20))
def test_figures_add_up_and_are_those_of_a_plain_count(
    conn: sqlite3.Connection, lives: list[dict[str, Any]], pieces: int
) -> None:
    fill(conn, lives)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(figures, "LINES_AT_ONCE", pieces)
        while figures.is_behind(conn):
            read_on(conn)
    piecewise = conn.execute("SELECT * FROM counted ORDER BY id").fetchall()
    forget(conn)
    read_all(conn)
    assert conn.execute("SELECT * FROM counted ORDER BY id").fetchall() == piecewise, "read anew, the same"
    now = NOW + 9000 * HOUR
    whole = whole_of(conn, everything(now), now)
    by_hand = plainly(lives)
    assert {name: whole[name] for name in by_hand} == by_hand
    assert whole["received"] == whole["new"], "nothing was carried into all of time"
    periods = [everything(now), read_period("2025", now), read_period("2026-Q4", now), *months_before(NOW, 24)]
    for period in periods:
        assert_adds_up(conn, period, now, lives)
    months = [whole_of(conn, month, now) for month in months_before(now, 60)]
    assert sum(each["new"] for each in months) == whole["new"]
    assert sum(each["finished"] for each in months) == whole["finished"]
    listed = by_month(conn, [month.name for month in months_before(now, 60)])
    assert [[each[name] for name in (*CAME, *DONE)] for each in listed] == [
        [each[name] for name in (*CAME, *DONE)] for each in months
    ]


def whole_of(conn: sqlite3.Connection, period: Any, now: int) -> dict[str, int]:
    found = tally(conn, period, now)
    return dict(zip(FIGURES, found.get((None,), [0] * len(FIGURES)), strict=True))


def assert_adds_up(conn: sqlite3.Connection, period: Any, now: int, lives: list[dict[str, Any]]) -> None:
    figure = whole_of(conn, period, now)
    assert figure["received"] == figure["carried"] + figure["new"] == figure["finished"] + figure["open"]
    assert figure["early"] + figure["on_time"] + figure["overdue"] == figure["finished"]
    assert figure["online"] + figure["counter"] + figure["in_village"] + figure["post"] == figure["new"]
    assert figure["rejected"] + figure["stopped"] + figure["withdrawn"] <= figure["on_time"]
    for by in BY:
        groups = tally(conn, period, now, by)
        assert [sum(column) for column in zip(*groups.values(), strict=True)] in ([*figure.values()], [])
    assert len(tally(conn, period, now, *BY)) >= len(tally(conn, period, now, "unit"))
    for name in FIGURES:
        opened = dossiers_of(conn, name, period, now, (("unit", UNITS),), 100)
        assert len(opened) == figure[name], f"{name} opens its dossiers"
        for (unit,), group in tally(conn, period, now, "unit").items():
            counts = dict(zip(FIGURES, group, strict=True))
            assert len(dossiers_of(conn, name, period, now, (("unit", (unit,)),), 100)) == counts[name]


def test_a_period_is_a_month_a_quarter_a_year_or_all() -> None:
    assert [read_period(name, NOW).first for name in ("2026", "2026-Q4", "2026-12")] == [
        "2026-01-01",
        "2026-10-01",
        "2026-12-01",
    ]
    assert [read_period(name, NOW).last for name in ("2026", "2026-Q4", "2026-02")] == [
        "2026-12-31",
        "2026-12-31",
        "2026-02-28",
    ]
    midnight = datetime(2026, 1, 1, tzinfo=HO_CHI_MINH)
    year = read_period("2026", NOW)
    assert (year.from_ms, year.to_ms) == (
        midnight.timestamp() * 1000,
        (midnight + timedelta(days=365)).timestamp() * 1000,
    )
    for wrong in ("", "26", "2026-13", "2026-Q5", "0000", "2026-11-24", "٢٠٢٦"):
        with pytest.raises(ValueError, match="is no period"):
            read_period(wrong, NOW)
