"""The files of a phone and the lane on which they go, as `client/js/uploads.js` drives it.

What is to be sent, what an answer means and what may be given up is decided by `client/js/lane.js` itself on phones
that run JavaScript; on the others by the same rules here. A lane asks before it sends whatever is unclear, and
remembers nothing over a start but what was kept. It never holds up an op, and a file that cannot go holds up no other.
"""

from hashlib import sha256
from typing import Any

from tests.simulation.phones import JsSession, Phone

Step = dict[str, Any]

DAY_MS = 86_400_000
KEEP_MS = 30 * DAY_MS
RESTARTS_MAX = 4
FAILED_MS, LATER_MS = 30_000, 600_000
#: States in which no file is sent any more, and those that are over for good.
STOPPED, OVER = ("3", "7", "8", "10"), ("3", "8", "10")
WAITING = ("awaited", "arriving")


def file_of(body: bytes, now: int) -> dict[str, Any]:
    """Return a file as a phone keeps it (`client/js/files.js`), with its bytes."""
    digest = sha256(body).hexdigest()
    return {
        "id": digest, "sha256": digest, "bytes": len(body), "media": "image/jpeg", "pieces": 1, "made_ms": now,
        "upload": None, "offset": 0, "sent_ms": None, "restarts": 0, "stuck": None, "done_ms": None,
        "body": body.hex(),
    }  # fmt: skip


class Rules:
    """The decisions of `client/js/lane.js`, for phones that run Python."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone

    def unsent(self) -> list[str]:
        """Return the files that are to be sent, the smallest first."""
        files, found = self.phone.files, set()
        for dossier, copy in self.phone.copies.items():
            waiting = [a for a in copy["attachments"] if a["status"] in WAITING and a["sha256"] in files]
            if not waiting or self.phone.session.expected_state(dossier) in STOPPED:
                continue
            gone = self._taken_away(dossier)
            for attachment in (a for a in waiting if a["op"] not in gone):
                file = files[attachment["sha256"]]
                if file["stuck"] is None and (file["sent_ms"] is None or copy["pulled_ms"] > file["sent_ms"]):
                    found.add((file["bytes"], file["id"]))
        return [sha for _, sha in sorted(found)]

    def meaning(self, asked: str, said: Step, size: int) -> Step:
        """Return what to do after an answer to a request of tus."""
        if said["status"] < 300:
            offset = said.get("offset")
            if offset is None:
                return {"act": "on", "offset": 0} if asked == "create" else {"act": "none"}
            return {"act": "done" if offset == size else "on", "offset": offset}
        acts = {"not-found": "anew", "upload-gone": "anew", "checksum": "anew", "upload-offset": "ask"}
        return {"act": acts.get(said["code"], "wait")}

    def settled(self, now: int) -> tuple[list[dict[str, Any]], list[str]]:
        """Return what is to be marked, and what may be given up."""
        if self.phone.meta.get("need_snapshot", True) and self.phone.meta.get("contact_ms") is not None:
            return [], []
        said: dict[str, set[str]] = {}
        for copy in self.phone.copies.values():
            for a in copy["attachments"]:
                status = "closed" if copy["state"] in OVER and a["status"] != "verified" else a["status"]
                said.setdefault(a["sha256"], set()).add(status)
        named = {r["op"]["sha256"] for r in self.phone.outbox.values() if r["op"]["type"] == "attach" and _is_open(r)}
        mark, drop = [], []
        for sha, file in self.phone.files.items():
            places = said.get(sha, set())
            if sha in named or places & {*WAITING, "bad"}:
                mark += [{**file, "done_ms": None}] if file["done_ms"] is not None else []
            elif not places:
                drop += [sha] if now - file["made_ms"] > DAY_MS else []
            elif file["done_ms"] is None:
                mark.append({**file, "done_ms": now})
            elif now - file["done_ms"] > KEEP_MS:
                drop.append(sha)
        return mark, drop

    def _taken_away(self, dossier: str) -> set[str]:
        mine = (r for r in self.phone.outbox.values() if r["dossier"] == dossier and r["op"]["type"] == "detach")
        alive = (r["op"]["saw"] for r in mine if not r["shown"] and r["status"] != "refused")
        return {op for saw in alive for op in saw}


class JsRules:
    """`client/js/lane.js`, in the process where the phone's session lives."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone

    def unsent(self) -> list[str]:
        found: list[str] = self._ask("unsent", self._files()) if self.phone.files else []
        return found

    def meaning(self, asked: str, said: Step, size: int) -> Step:
        meant: Step = self._ask("meaning", asked, said, size)
        return meant

    def settled(self, now: int) -> tuple[list[dict[str, Any]], list[str]]:
        if not self.phone.files:
            return [], []
        found = self._ask("settled", self._files(), now)
        return [{**self.phone.files[file["sha256"]], **file} for file in found["mark"]], found["drop"]

    def _files(self) -> list[dict[str, Any]]:
        return [{key: value for key, value in file.items() if key != "body"} for file in self.phone.files.values()]

    def _ask(self, name: str, *args: Any) -> Any:
        return self.phone.session.call(name, *args)


class Lane:
    """One phone's lane since its last start; ``phone.files`` is what it has kept, by hash."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.rules = JsRules(phone) if isinstance(phone.session, JsSession) else Rules(phone)
        self.turn = 0
        self.next_try_ms = 0
        self.piece = 8
        self.under_way: Step | None = None
        self.sure: set[str] = set()

    @property
    def files(self) -> dict[str, Any]:
        return self.phone.files

    def next_step(self, now: int) -> Step | None:
        """Return what to ask for next; null: something is under way, or nothing is to be sent now."""
        unsent = self.rules.unsent() if self.under_way is None and now >= self.next_try_ms else []
        if not unsent:
            return None
        file = self.files[unsent[0]]
        self.turn += 1
        self.under_way = self._step(file) | {"sha256": file["id"], "token": f"{self.phone.boots}.{self.turn}"}
        return self.under_way

    def took(self, token: str, answer: Step | None, now: int) -> None:
        """Take an answer, or that none came. One that is no answer to the latest step is thrown away."""
        step = self.under_way
        if step is None or step["token"] != token:
            return
        self.under_way = None
        file = self.files.get(step["sha256"])
        if file is None:
            return
        if answer is None:
            self.sure.discard(file["id"])
            self.piece = max(1, self.piece // 2)
            self.next_try_ms = now + FAILED_MS
        elif step["kind"] == "probe" and answer["status"] < 300:
            self._probed(file, answer["body"][file["id"]], now)
        else:
            asked = "head" if step["kind"] == "probe" else step["kind"]
            self._answered(file, answer, self.rules.meaning(asked, answer, file["bytes"]), now)

    def house(self, now: int) -> list[str]:
        """Mark what is done and give up what may go; return what went."""
        mark, drop = self.rules.settled(now)
        for file in mark:
            self.files[file["id"]] = file
        for sha in drop:
            del self.files[sha]
        return drop

    def _step(self, file: dict[str, Any]) -> Step:
        known = file["id"] in self.sure
        if file["upload"] is None:
            return {"kind": "create" if known else "probe"}
        if not known:
            return {"kind": "head", "url": file["upload"]}
        return {"kind": "patch", "url": file["upload"], "offset": file["offset"], "length": self.piece}

    def _probed(self, file: dict[str, Any], said: Any, now: int) -> None:
        if said == "have":
            self._done(file, now)
            return
        self.sure.add(file["id"])
        if said != "need":
            file["upload"], file["offset"] = said["partial"], said["offset"]

    def _answered(self, file: dict[str, Any], said: Step, meant: Step, now: int) -> None:
        self.sure.discard(file["id"])
        file["upload"] = said.get("location", file["upload"])
        if meant["act"] == "on":
            self.sure.add(file["id"])
            self.piece = min(64, self.piece * 2)
            file["offset"] = meant["offset"]
        elif meant["act"] == "done":
            self._done(file, now)
        elif meant["act"] == "anew":
            file["restarts"] += said["code"] == "checksum"
            stuck = "checksum" if file["restarts"] >= RESTARTS_MAX else None
            file |= {"upload": None, "offset": 0, "stuck": stuck}
        elif meant["act"] == "stuck":
            file["stuck"] = meant["why"]
        elif meant["act"] != "ask":
            self.next_try_ms = now + LATER_MS

    def _done(self, file: dict[str, Any], now: int) -> None:
        """All of it is there; what the office thinks of it comes by the pull."""
        file["sent_ms"], file["restarts"] = now, 0
        self.sure.discard(file["id"])


def _is_open(record: dict[str, Any]) -> bool:
    if record["status"] == "refused":
        return not record["dismissed"]
    return not record["shown"] or (record["result"] or {}).get("outcome") == "held"


class FreedAtTheEnd(Lane):
    """Planted: gives up the copy when the last byte was taken."""

    def _done(self, file: dict[str, Any], now: int) -> None:
        super()._done(file, now)
        self.files.pop(file["id"], None)


class FreedWhenVerified(Lane):
    """Planted: gives up the copy as soon as a pull says verified, so that a restore finds nobody who has it."""

    def house(self, now: int) -> list[str]:
        for file in self.files.values():
            if file["done_ms"] is not None:
                file["done_ms"] = now - KEEP_MS - 1
        return super().house(now)


class OwnOffset(Lane):
    """Planted: goes on where it thinks it was, also after a start, and asks nobody."""

    def _step(self, file: dict[str, Any]) -> Step:
        if file["upload"] is not None:
            self.sure.add(file["id"])
        return super()._step(file)

    def _answered(self, file: dict[str, Any], said: Step, meant: Step, now: int) -> None:
        offset = file["offset"]
        super()._answered(file, said, meant, now)
        if meant["act"] in ("on", "ask") and offset:
            file["offset"] = offset + self.piece


LANES: dict[str, type[Lane]] = {
    "none": Lane,
    "a copy freed before verified": FreedAtTheEnd,
    "a copy freed as soon as it is verified": FreedWhenVerified,
    "an offset of the phone's own": OwnOffset,
}
