"""Phones of the simulation: a session in either language, the store that survives a crash, and the screens."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sync.session import Rendered, Session

MADE = ("send", "withdraw", "note", "command", "settle")


class NoChain(Session):
    def chain(self, write: dict[str, Any], path: str) -> list[str]:
        del path
        return [write["id"]]


class MovedByPull(Session):
    def saw_of(self, dossier: str, path: str, value: object, rendered: Rendered) -> list[str]:
        return super().saw_of(dossier, path, value, {**rendered, **self.rendered(dossier)})


class OwnNotCounted(Session):
    def chain(self, write: dict[str, Any], path: str) -> list[str]:
        if write["status"] == "acked":
            return self.siblings_of(write["dossier"], path)
        return super().chain(write, path)


class NothingAgain(Session):
    def heal(self, epoch: str | None, now: int) -> None:
        kept = list(self.outbox.values())
        super().heal(epoch, now)
        for record in kept:
            self._put(record)


class AccountNotFirst(Session):
    def _account_is_due(self) -> bool:
        return False


class AccountNotAgain(Session):
    def _unauthenticated(self) -> None:
        self._set_meta(paused="unauthenticated")


PLANTS: dict[str, type[Session]] = {
    "none": Session,
    "saw without its chain": NoChain,
    "saw moved by a pull under an open form": MovedByPull,
    "own acknowledged value not counted as displayed": OwnNotCounted,
    "nothing sent again after an epoch change": NothingAgain,
    "an account that does not go before its ops": AccountNotFirst,
    "an account that a restore lost is not begun again": AccountNotAgain,
}


class NodeProcess:
    """The one Node process in which the phones that run session.js live."""

    def __init__(self) -> None:
        node = shutil.which("node")
        if node is None:
            raise RuntimeError("the simulation needs Node 20 or newer on the PATH")
        script = Path(__file__).with_name("device.mjs")
        self.process = subprocess.Popen(
            [node, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def ask(self, **message: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()
        reply = json.loads(self.process.stdout.readline())
        if "error" in reply:
            raise AssertionError(reply["error"])
        return reply["value"]

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=10)


class JsSession:
    """The Python names of a session that lives in the Node process."""

    def __init__(self, node: NodeProcess, phone: str, plant: str, records: dict[str, Any], boot: str) -> None:
        self.node, self.phone = node, phone
        node.ask(phone=phone, call="load", args={"plant": plant, "records": records, "boot": boot})

    def call(self, name: str, *args: Any) -> Any:
        return self.node.ask(phone=self.phone, call=name, args=args)

    def make(self, name: str, what: dict[str, Any], now: int, ids: list[str]) -> Any:
        return self.node.ask(phone=self.phone, call=name, args=[{**what, "now": now}], ids=ids)

    def rendered(self, dossier: str) -> Rendered:
        shown: Rendered = self.call("rendered", dossier)
        return shown

    def reopen(self, dossier: str) -> Any:
        return self.call("reopen", dossier)

    def next_request(self, now: int, limit: int) -> Any:
        return self.call("nextRequest", {"now": now, "limit": limit})

    def receive(self, token: str, answer: Any, now: int) -> Any:
        return self.call("receive", token, answer, now)

    def failed(self, token: str, failure: Any, now: int, jitter: float) -> Any:
        return self.call("failed", token, failure, now, jitter)

    def snapshot_line(self, token: str, line: Any, now: int) -> Any:
        return self.call("snapshotLine", token, line, now)

    def snapshot_end(self, token: str, now: int, jitter: float) -> Any:
        return self.call("snapshotEnd", token, now, jitter)

    def begin_account(self, **body: Any) -> Any:
        return self.call("beginAccount", body)

    def account_begun(self, token: str, answer: Any, now: int) -> Any:
        return self.call("accountBegun", token, answer, now)

    def is_busy(self) -> Any:
        return self.call("isBusy")

    def expected_state(self, dossier: str) -> Any:
        return self.call("expectedState", dossier)

    def state_of(self, dossier: str) -> Any:
        return self.call("stateOf", dossier)


class PySession:
    """A Python session behind the same face."""

    def __init__(self, phone: str, plant: str, records: dict[str, Any], boot: str) -> None:
        self.session = PLANTS[plant].load(**records, device=phone, boot=boot)

    def make(self, name: str, what: dict[str, Any], now: int, ids: list[str]) -> Any:
        left: Iterator[str] = iter(ids)

        def new_id(_: int) -> str:
            return next(left)

        if name == "send":
            return self.session.send(what, now=now, new_id=new_id)
        return getattr(self.session, name)(**what, now=now, new_id=new_id)

    def next_request(self, now: int, limit: int) -> Any:
        return self.session.next_request(now, limit=limit)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.session, name)


class Phone:
    """A phone: what it has kept, files among it, the session over it, and the forms open on its screen."""

    def __init__(self, name: str, person: str, node: NodeProcess | None, plant: str) -> None:
        self.name, self.person, self.node, self.plant = name, person, node, plant
        self.kept: dict[str, dict[str, Any]] = {"outbox": {}, "copies": {}, "meta": {}}
        self.files: dict[str, Any] = {}
        self.boots = 0
        self.forms: dict[str, dict[str, Any]] = {}
        self.session: Any = None
        self.start()

    def start(self) -> None:
        """Start from what was kept; what was on the screen is lost."""
        self.boots += 1
        self.forms = {}
        records = {store: list(kept.values()) for store, kept in self.kept.items()}
        boot = f"{self.name}-{self.boots}"
        if self.node is None:
            self.session = PySession(self.name, self.plant, json.loads(json.dumps(records)), boot)
        else:
            self.session = JsSession(self.node, self.name, self.plant, records, boot)

    def keep(self, changes: dict[str, Any] | None) -> None:
        """Write changes in one transaction."""
        for store in self.kept if changes else ():
            for key in changes[store]["delete"]:  # type: ignore[index] # not null, as just asked
                self.kept[store].pop(key, None)
            for record in changes[store]["put"]:  # type: ignore[index] # as above
                self.kept[store][record["id"]] = json.loads(json.dumps(record))

    @property
    def copies(self) -> dict[str, Any]:
        return self.kept["copies"]

    @property
    def outbox(self) -> dict[str, Any]:
        return self.kept["outbox"]

    @property
    def meta(self) -> dict[str, Any]:
        return self.kept["meta"].get("session", {})

    def whole(self) -> str:
        """Return all that this phone has kept."""
        return json.dumps([self.kept, self.files])

    def go_back(self, whole: str) -> tuple[set[str], set[str]]:
        """Become an old copy of this phone; return the ops and the files that are lost with what came after it."""
        ops, files = set(self.outbox), set(self.files)
        self.kept, self.files = json.loads(whole)
        self.start()
        return ops - set(self.outbox), files - set(self.files)

    def clone(self, name: str) -> "Phone":
        """Return another phone with all that this one has kept."""
        other = Phone(name, self.person, self.node, self.plant)
        other.go_back(self.whole())
        return other
