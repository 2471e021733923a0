"""A phone that keeps to the protocol: the session of ``sync/`` over real HTTP. What it was told stays told."""

import json
from typing import Any

import httpx

from sync.session import Session
from tests.integration.caller import FORM, UNIT, Caller, new_id, now_ms

ROUNDS_MAX = 200


class Phone:
    """One account on one device."""

    def __init__(self, caller: Caller) -> None:
        self.caller, self.session = caller, Session("d" * 32, new_id())

    def submit(self, values: dict[str, Any]) -> str:
        """Fill in a new dossier and press "Gửi"; return its id."""
        draft = self.session.begin(procedure=FORM.partition("@")[0], form=FORM, unit=UNIT, now=now_ms(), new_id=_id)
        self.session.send({**draft, "values": values}, now=now_ms(), new_id=_id)
        return str(draft["dossier"])

    def exchange(self, *, lines_max: int | None = None) -> bool:
        """Make one round trip at once; a snapshot may be cut. Return whether there was anything to do."""
        request = self.session.next_request(now_ms(), force=True)
        if request is None:
            return False
        token = request["token"]
        try:
            if request["kind"] == "snapshot":
                self._snapshot(token, request["url"], lines_max)
            else:
                answer = self.caller.http.post("/sync/v1", json=request["body"])
                if answer.status_code == 200:
                    self.session.receive(token, answer.json(), now_ms())
                else:
                    self._failed(token, answer.status_code, answer.json())
        except httpx.HTTPError:
            self.session.failed(token, {}, now_ms(), 0.5)
            raise
        return True

    def drain(self) -> None:
        """Go on until there is nothing left to say."""
        for _ in range(ROUNDS_MAX):
            if not self.exchange() or not self.session.is_busy():
                return
        raise AssertionError(f"not at rest after {ROUNDS_MAX} rounds")

    def told(self) -> dict[str, dict[str, Any]]:
        """Return the result of each op that was answered."""
        return {op: record["result"] for op, record in self.session.outbox.items() if record["result"]}

    def _snapshot(self, token: str, url: str, lines_max: int | None) -> None:
        with self.caller.http.stream("GET", url) as answer:
            if answer.status_code != 200:
                answer.read()
                self._failed(token, answer.status_code, answer.json())
                return
            for number, line in enumerate(answer.iter_lines()):
                if number == lines_max:
                    break
                self.session.snapshot_line(token, json.loads(line), now_ms())
        self.session.snapshot_end(token, now_ms(), 0.5)

    def _failed(self, token: str, status: int, problem: dict[str, Any]) -> None:
        self.session.failed(token, {"status": status, "code": problem["type"].rpartition(":")[2]}, now_ms(), 0.5)


def _id(_: int) -> str:
    return new_id()
