"""``kill -9`` of the real server under load, again and again: nothing acknowledged is lost, nothing is there twice."""

import os
import threading
from pathlib import Path
from typing import Any

import httpx

from e2e.office import Office
from tests.bench.submission import answers
from tests.integration.caller import Caller, create, new_id, patch, submit

ROUNDS = int(os.environ.get("KILL_ROUNDS", "8"))
CLIENTS = 4
ACKNOWLEDGED_A_ROUND = 40


class Sender(threading.Thread):
    """Sends submissions until the server is gone; keeps what it sent and what was acknowledged."""

    def __init__(self, caller: Caller, values: dict[str, Any], enough: threading.Semaphore) -> None:
        super().__init__()
        self._caller, self._values, self._enough = caller, values, enough
        self.sent: list[list[dict[str, Any]]] = []
        self.acknowledged: dict[str, dict[str, Any]] = {}

    def run(self) -> None:
        while True:
            dossier = new_id()
            begin, write = create(dossier), patch(dossier, self._values)
            ops = [begin, write, submit(dossier, begin, write)]
            self.sent.append(ops)
            try:
                answer = self._caller.sync(ops=ops)
            except httpx.HTTPError:
                return
            assert answer.status_code == 200, answer.text
            self.acknowledged |= {result["id"]: result for result in answer.json()["results"]}
            self._enough.release()


def test_nothing_acknowledged_is_lost_or_doubled(tmp_path: Path) -> None:
    office = Office(tmp_path / "data")
    office.start()
    callers = [Caller.signed_in(office, f"demo-{number + 1}") for number in range(CLIENTS)]
    values = answers(callers[0].http.get("/forms/1.004873").content)[1]
    officer = Caller.signed_in(office, "officer-06154")
    sent: list[tuple[int, list[dict[str, Any]]]] = []
    acknowledged: dict[str, dict[str, Any]] = {}
    for _ in range(ROUNDS):
        enough = threading.Semaphore(0)
        senders = [Sender(caller, values, enough) for caller in callers]
        for sender in senders:
            sender.start()
        for _ in range(ACKNOWLEDGED_A_ROUND):
            assert enough.acquire(timeout=30)
        office.kill()
        for number, sender in enumerate(senders):
            sender.join()
            sent += [(number, ops) for ops in sender.sent]
            acknowledged |= sender.acknowledged
        office.start()
    try:
        check(callers, officer, sent, acknowledged, values)
    finally:
        office.stop()


def check(
    callers: list[Caller],
    officer: Caller,
    sent: list[tuple[int, list[dict[str, Any]]]],
    acknowledged: dict[str, dict[str, Any]],
    values: dict[str, Any],
) -> None:
    """Send everything again, as phones do, and compare with what was acknowledged."""
    codes = set()
    for number, ops in sent:
        for result in callers[number].push(*ops):
            assert result["outcome"] == "applied"
            known = acknowledged.get(result["id"])
            assert known is None or result == {**known, "again": True}
            if "code" in result:
                codes.add(result["code"])
    assert len(codes) == len(sent), "one code a dossier"
    cursor, seen = "", {}
    while True:
        page = officer.pull(cursor)
        seen |= {dossier["id"]: dossier for dossier in page["dossiers"]}
        cursor = page["cursor"]
        if not page["more"]:
            break
    assert set(seen) == {ops[0]["dossier"] for _, ops in sent}
    assert {dossier["code"] for dossier in seen.values()} == codes
    for dossier in seen.values():
        assert dossier["rev"] == 3
        assert {path: cell[0][0] for path, cell in dossier["cells"].items() if path in values} == values
