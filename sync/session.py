"""The client session in Python: what is sent, in what order, what it says its author saw, and what an answer changes.

It is the twin of ``client/js/session.js``, whose essay holds the seven rules; names and answers are the same (protocol
§7.11). Records are plain JSON-able dicts that are replaced and never changed in place: ``outbox`` (one op each),
``copies`` (one dossier each as last pulled) and ``meta`` (one record, ``"session"``). What changes something returns
``Changes``: ``{"outbox", "copies", "meta"}`` each with ``put`` and ``delete``, to be kept in one transaction, and
``news``. Nothing here reads a clock or makes an id: ``now`` is milliseconds since 1970, ``new_id(now)`` a UUIDv7.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Self
from urllib.parse import quote

from schemas.messages import OPS_MAX
from schemas.ops import OP_BYTES_MAX, SAW_OP_MAX, SAW_PATH_MAX
from schemas.problems import PREFIX

WIRE_BYTES_MAX: Final = 1_000_000  # of 1 MiB: room for what is around the ops
KEEP_MS: Final = 30 * 86_400_000
BACKOFF_FIRST_MS: Final = 2_000
BACKOFF_MAX_MS: Final = 15 * 60_000

Record = dict[str, Any]
Changes = dict[str, Any]
Rendered = dict[str, dict[str, Any]]
NewId = Callable[[int], str]

_ON_ITS_WAY: Final = ("waiting", "form-unknown", "healing")
_LISTS: Final = ("attachments", "held", "notes", "steps", "trace", "conflicts")
_UNANSWERED: Final = ("note", "accept", "decline")
_NATIONAL: Final = {
    "1": "received", "2": "office", "3": "closed", "4": "office", "7": "office", "8": "closed", "9": "ready",
    "10": "closed",
}  # fmt: skip


class LocalProtocolError(Exception):
    """A call that would break the protocol: a fault of the caller, nothing was changed."""


def canonical(value: object) -> str:
    """Return a value as canonical JSON, in which equal values are equal."""
    return json.dumps(_whole(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def row_of(path: str) -> str | None:
    """Return the row path ``section/{row id}`` that a path lies in or is, or null outside rows."""
    parts = path.split("/")
    return f"{parts[0]}/{parts[1]}" if len(parts) > 1 and "." not in parts[0] else None


def backoff(failures: int, jitter: float) -> int:
    """Return how long to wait after a number of failures in a row, in ms. ``jitter`` is in [0, 1)."""
    full = min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** min(failures - 1, 20))
    return int(full * (0.5 + jitter / 2))


def is_alive(record: Record) -> bool:
    """Return whether an own op is in, or may still come in by itself."""
    if record["status"] == "held":
        return (record["result"] or {}).get("reason") in _ON_ITS_WAY
    return record["status"] in ("waiting", "acked")


class Session:
    """One account on one device. ``boot`` is any text that is new at each start."""

    def __init__(self, device: str | None = None, boot: str = "") -> None:
        self.outbox: dict[str, Record] = {}
        self.copies: dict[str, Record] = {}
        self.meta: Record = _new_meta(device)
        self.boot = boot
        self.turn = 0
        self.inflight: Record | None = None
        self._draft = _Draft()

    @classmethod
    def load(
        cls,
        outbox: Iterable[Record] = (),
        copies: Iterable[Record] = (),
        meta: Iterable[Record] = (),
        *,
        device: str | None = None,
        boot: str = "",
    ) -> Self:
        """Start from the records that were kept."""
        session = cls(device, boot)
        session.outbox = {record["id"]: record for record in outbox}
        session.copies = {copy["id"]: copy for copy in copies}
        for kept in meta:
            session.meta = session.meta | kept | {"device": device if device is not None else kept["device"]}
        return session

    def absorb(self, changes: Changes) -> None:
        """Take over what another tab of this account has kept."""
        for name, store in (("outbox", self.outbox), ("copies", self.copies)):
            for key in changes[name]["delete"]:
                store.pop(key, None)
            store.update((record["id"], record) for record in changes[name]["put"])
        for kept in changes["meta"]["put"]:
            self.meta = kept

    # ---- what a form shows, and has therefore seen

    def rendered(self, dossier: str, paths: Iterable[str] | None = None) -> Rendered:
        """Return what a form shows now for each path, with the ops that are thereby seen. Keep it with the form."""
        own = self.own_writes(dossier)
        cells = self._cells(dossier)
        wanted = paths if paths is not None else dict.fromkeys([*cells, *own])
        shown: Rendered = {}
        for path in wanted:
            write = own.get(path)
            if write is not None:
                shown[path] = {"value": write["op"]["set"][path], "saw": self.chain(write, path), "op": write["id"]}
            else:
                cell = cells.get(path) or [[None, None]]
                shown[path] = {"value": cell[0][0], "saw": self.siblings_of(dossier, path)}
        return shown

    def siblings_of(self, dossier: str, path: str) -> list[str]:
        """Return the ops whose values the copy shows in a path: all siblings, also those that the fold hides."""
        return [op for _, op in self._cells(dossier).get(path, []) if op is not None]

    def chain(self, write: Record, path: str) -> list[str]:
        """Return what an own write stands for where it is shown instead of the copy: itself and all it had seen."""
        return _unique([write["id"], *_saw(write["op"], path)])[:SAW_PATH_MAX]

    def own_writes(self, dossier: str) -> dict[str, Record]:
        """Return, for each path, the own write that is shown instead of the copy."""
        cells = self._cells(dossier)
        own: dict[str, Record] = {}
        replaced: dict[str, set[str]] = {}
        for record in self.records_of(dossier):
            if record["op"]["type"] != "patch" or not is_alive(record):
                continue
            for path in record["op"]["set"]:
                replaced.setdefault(path, set()).update(_saw(record["op"], path))
                if not record["shown"]:
                    own[path] = record
        return {
            path: record
            for path, record in own.items()
            if record["id"] not in replaced[path] and all(op != record["id"] for _, op in cells.get(path, []))
        }

    def records_of(self, dossier: str) -> list[Record]:
        """Return the records of a dossier in the order they were made, those no longer in the outbox too."""
        return sorted((r for r in self.outbox.values() if r["dossier"] == dossier), key=lambda r: int(r["n"]))

    def reopen(self, dossier: str) -> dict[str, Any]:
        """Return the text of refused ops as a form: values, and the ``rendered`` that a write from them carries."""
        values: dict[str, Any] = {}
        rendered = self.rendered(dossier)
        for record in self.records_of(dossier):
            if record["op"]["type"] != "patch" or record["status"] != "refused" or record["dismissed"]:
                continue
            for path, value in record["op"]["set"].items():
                values[path] = value
                before = rendered.get(path, {}).get("value")
                rendered[path] = {"value": before, "saw": [*_saw(record["op"], path)]}
        return {"values": values, "rendered": rendered}

    # ---- an account begun on the phone

    def begin_account(
        self, *, name: str, secret: str, citizen_id: str | None = None, phone: str | None = None
    ) -> Changes:
        """Begin an account with no network, or correct one that the server refused. All else waits for it (rule 7)."""
        body = {"name": name, "secret": secret, "citizen_id": citizen_id, "phone": phone}
        body = {key: value for key, value in body.items() if value is not None}
        self._set_meta(account={"body": body, "person": None, "known": None, "asked_again": False})
        return self.resume()

    def account_begun(self, token: str, answer: object, now: int, jitter: float = 0.5) -> Changes | None:
        """Take the answer of ``POST /accounts``. Null: it was thrown away, being no answer to the latest request."""
        request, account = self.inflight, self.meta["account"]
        if request is None or request["token"] != token or request["kind"] != "account":
            return None
        person = answer.get("person") if isinstance(answer, dict) else None
        if not isinstance(person, str):
            return self.failed(token, {}, now, jitter)
        self.inflight = None
        other = account["known"] not in (None, person)
        paused = "unauthenticated" if other else self.meta["paused"]
        kept = account | {"person": account["known"] if other else person}
        self._set_meta(account=kept, paused=paused, failures=0, next_try_ms=0, contact_ms=now)
        return self._commit()

    def _account_is_due(self) -> bool:
        account = self.meta["account"]
        return account is not None and account["person"] is None

    def _account_is_known(self) -> None:
        account = self.meta["account"]
        if account is not None and account["asked_again"]:
            self._set_meta(account=account | {"asked_again": False})

    def _unauthenticated(self) -> None:
        """Begin the account again where it was begun on this phone, once: a restore may have lost it; else pause."""
        account = self.meta["account"]
        if account is None or account["person"] is None or account["asked_again"]:
            self._set_meta(paused="unauthenticated")
        else:
            again = {"person": None, "known": account["person"], "asked_again": True}
            self._set_meta(account=account | again)

    # ---- making ops

    def begin(
        self,
        *,
        procedure: str,
        form: str,
        unit: str,
        now: int,
        new_id: NewId,
        channel: str = "online",
        on_behalf: Any = None,
    ) -> Record:
        """Begin a draft. Nothing is queued and nothing needs keeping but the draft itself, by the shell."""
        return {
            "dossier": new_id(now), "procedure": procedure, "form": form, "unit": unit, "channel": channel,
            "on_behalf": on_behalf, "values": {}, "rendered": {},
        }  # fmt: skip

    def send(self, draft: Mapping[str, Any], *, now: int, new_id: NewId) -> dict[str, Any]:
        """Turn a form into ops: "Gửi".

        ``draft`` has the keys of ``begin`` and perhaps ``attach``, ``detach``, ``settle``, ``submit`` and ``reason``,
        as the argument of the JavaScript ``send``. What was refused is answered by it; a refused ``attach`` only
        where the form brought its papers (``attach``). Returns ``{"ops", "rendered", "changes"}``.
        """
        dossier = draft["dossier"]
        ops = self._ops_of(draft, now, new_id)
        state = self.expected_state(dossier)
        if draft.get("submit", True) and state in ("draft", "5"):
            after = _unique([*self.not_yet_in(dossier), *(op["id"] for op in ops)])[-SAW_OP_MAX:]
            base = _base(new_id(now), dossier, "submit", now, draft["form"])
            ops.append(base | {"expect": {"state": state}, "after": after})
        self._append(ops)
        for record in self.records_of(dossier) if ops else []:
            kind = record["op"]["type"]
            answers = kind not in _UNANSWERED and (kind != "attach" or draft.get("attach") is not None)
            if record["status"] == "refused" and answers:
                self._put(record | {"dismissed": True})
        rendered = dict(draft["rendered"])
        for op in ops:
            for path, value in op.get("set", {}).items():
                saw = _unique([op["id"], *_saw(op, path)])[:SAW_PATH_MAX]
                rendered[path] = {"value": value, "saw": saw, "op": op["id"]}
        return {"ops": ops, "rendered": rendered, "changes": self._commit()}

    def _ops_of(self, draft: Mapping[str, Any], now: int, new_id: NewId) -> list[Record]:
        dossier, form = draft["dossier"], draft["form"]
        ops: list[Record] = []
        if not self.is_known(dossier):
            create = _base(new_id(now), dossier, "create", now, form)
            create |= {"procedure": draft["procedure"], "unit": draft["unit"]}
            create["channel"] = draft.get("channel", "online")
            if draft.get("on_behalf") is not None:
                create["on_behalf"] = draft["on_behalf"]
            ops.append(create)
        ops += self._patches_of(draft, now, new_id)
        ops += [_base(new_id(now), dossier, "detach", now, form) | gone for gone in draft.get("detach") or []]
        ops += [_base(new_id(now), dossier, "attach", now, form) | file for file in draft.get("attach") or []]
        return ops

    def _patches_of(self, draft: Mapping[str, Any], now: int, new_id: NewId) -> list[Record]:
        """Return one patch of what changed; several only where one would pass a limit of the protocol."""
        patches: list[Record] = []
        ids = size = 0
        for path, value in sorted(draft["values"].items()):
            saw = self.saw_of(draft["dossier"], path, value, draft["rendered"])
            if not _is_changed(draft, path, saw):
                continue
            more = _bytes_of([path, value, path, saw])
            if not patches or ids + len(saw) > SAW_OP_MAX or size + more > OP_BYTES_MAX - 16_384:
                patch = _base(new_id(now), draft["dossier"], "patch", now, draft["form"])
                reason = {} if draft.get("reason") is None else {"reason": draft["reason"]}
                patches.append(patch | {"set": {}, "saw": {}} | reason)
                ids = size = 0
            patches[-1]["set"][path] = value
            if saw:
                patches[-1]["saw"][path] = saw
            ids, size = ids + len(saw), size + more
        return patches

    def saw_of(self, dossier: str, path: str, value: object, rendered: Rendered) -> list[str]:  # noqa: ARG002 - JS twin
        """Return what a write of a path saw, from what the form had rendered and nothing else."""
        saw = list(rendered.get(path, {}).get("saw", []))
        if row_of(path) == path and value == "gone":
            for inside, shown in sorted(rendered.items()):
                if inside.startswith(path + "/"):
                    saw += shown["saw"]
        return _unique(saw)[:SAW_PATH_MAX]

    def withdraw(self, dossier: str, *, now: int, new_id: NewId, reason: str | None = None) -> dict[str, Any]:
        """Ask for the dossier back."""
        op = _base(new_id(now), dossier, "withdraw", now)
        op |= {"expect": {"state": self.expected_state(dossier)}, "after": self.not_yet_in(dossier)}
        return self._queue(op if reason is None else op | {"reason": reason})

    def note(self, dossier: str, text: str, *, now: int, new_id: NewId, visible: str = "all") -> dict[str, Any]:
        """Say something about the dossier."""
        return self._queue(_base(new_id(now), dossier, "note", now) | {"text": text, "visible": visible})

    def command(
        self, dossier: str, name: str, *, now: int, new_id: NewId, args: Record | None = None, rev: bool = True
    ) -> dict[str, Any]:
        """Give an officer's command, expecting what the copy shows; without ``rev`` the state alone.

        Raises:
            LocalProtocolError: the dossier is not on this device.
        """
        copy = self.copies.get(dossier)
        if copy is None:
            raise LocalProtocolError("a command is for a dossier that is on this device")
        expect = {"state": copy["state"], "rev": copy["rev"]} if rev else {"state": copy["state"]}
        op = _base(new_id(now), dossier, "command", now)
        return self._queue(op | {"name": name, "expect": expect, "after": self.not_yet_in(dossier), "args": args or {}})

    def settle(
        self, dossier: str, op: str, *, take: bool, now: int, new_id: NewId, reason: str | None = None
    ) -> dict[str, Any]:
        """Accept or decline a held op, as an officer."""
        settling = _base(new_id(now), dossier, "accept" if take else "decline", now) | {"op": op}
        return self._queue(settling if reason is None else settling | {"reason": reason})

    def dismiss(self, op: str) -> Changes:
        """Put a refusal away: it was read and nothing more is to be done about it."""
        record = self.outbox.get(op)
        if record is not None and record["status"] == "refused":
            self._put(record | {"dismissed": True})
        return self._commit()

    def is_known(self, dossier: str) -> bool:
        """Return whether the server knows the dossier or will once the outbox is empty."""
        creates = (r for r in self.records_of(dossier) if r["op"]["type"] == "create")
        return dossier in self.copies or any(is_alive(record) for record in creates)

    def not_yet_in(self, dossier: str) -> list[str]:
        """Return the own ops of a dossier not yet known to be in: what an op made now comes after."""
        return [
            record["id"]
            for record in self.records_of(dossier)
            if record["op"]["type"] not in _UNANSWERED
            and (record["status"] == "waiting" or (record["status"] == "held" and is_alive(record)))
        ][-SAW_OP_MAX:]

    def expected_state(self, dossier: str) -> str:
        """Return the state the dossier will be in once the own ops on their way are in."""
        copy = self.copies.get(dossier, {})
        state: str = copy.get("state", "draft")
        for record in self.records_of(dossier):
            op = record["op"]
            if not is_alive(record) or record["shown"] or op.get("expect", {}).get("state") != state:
                continue
            if op["type"] == "withdraw":
                state = "7"
            elif op["type"] == "submit":
                state = "1" if state == "draft" else _back_to(copy.get("steps", []))
        return state

    # ---- the round trip

    def next_request(
        self,
        now: int,
        *,
        limit: int = 200,
        app: str | None = None,
        force: bool = False,
        stats: Mapping[str, Any] | None = None,
    ) -> Record | None:
        """Return the next request; null: one is under way, the session is paused, or it is too early."""
        if self.inflight or self.meta["paused"] or (not force and now < self.meta["next_try_ms"]):
            return None
        queue = self.queued(now, force=force)
        self.turn += 1
        token = f"{self.boot}.{self.turn}"
        if self._account_is_due():
            self.inflight = _request(token, "account", [], None)
            return {"token": token, "kind": "account", "body": self.meta["account"]["body"]}
        if not queue and self.meta["need_snapshot"]:
            return self._snapshot_request(token)
        batch = self._batch(queue)
        cursor = None if self.meta["need_snapshot"] else self.meta["cursor"]
        ids = [record["id"] for record in batch]
        self.inflight = _request(token, "sync", ids, cursor)
        waiting = [record for record in self.outbox.values() if record["status"] == "waiting"]
        oldest = min([now, *(record["op"]["at"] for record in waiting)])
        body: Record = {"v": 1, "device": self.meta["device"], "app": app, "cursor": cursor, "limit": limit}
        body = {key: value for key, value in body.items() if value is not None}
        body["ops"] = [_wire_op(record) for record in batch]
        body["stats"] = {"outbox": len(waiting), "oldest_s": (now - oldest) // 1000} | dict(stats or {})
        return {"token": token, "kind": "sync", "body": body}

    def queued(self, now: int | None = None, *, force: bool = False) -> list[Record]:
        """Return the records to be sent: again after an epoch change, then those waiting, then those asked about.

        Last come those that were too large alone, where ``force`` or the time says that they are tried again.
        """
        due = ((_large_ms(record), _turn(record), record["n"], record) for record in self.outbox.values())
        tried = (d for d in due if d[1] is not None and (not d[0] or force or (now is not None and d[0] <= now)))
        return [record for *_, record in sorted(tried, key=lambda d: (d[0] > 0, *d[1:3]))]

    def _batch(self, queue: Sequence[Record]) -> list[Record]:
        batch: list[Record] = []
        size = 0
        for record in queue[: self.meta["batch_max"]]:
            size += record["bytes"]
            if batch and (size > WIRE_BYTES_MAX or _large_ms(record)):
                break
            batch.append(record)
        return batch

    def _snapshot_request(self, token: str) -> Record:
        self.inflight = _request(token, "snapshot", [], None)
        part = self.meta["snapshot"]
        query = f"?after={part['after']}&cursor={quote(part['cursor'], safe='')}" if part and part["after"] else ""
        return {"token": token, "kind": "snapshot", "url": f"/sync/v1/snapshot{query}"}

    def receive(self, token: str, answer: object, now: int, jitter: float = 0.5) -> Changes | None:
        """Take an answer. Null: it was thrown away, being no answer to the latest request."""
        request = self.inflight
        if request is None or request["token"] != token or request["kind"] != "sync":
            return None
        if not isinstance(answer, dict) or not _is_answer(answer):
            return self.failed(token, {}, now, jitter)
        self.inflight = None
        server_ms = answer["server_time"]
        self._meet_epoch(answer["epoch"], now)
        for result in answer.get("results") or []:
            if result["id"] in request["ids"]:
                self._settle_result(result, now, server_ms)
        for result in answer.get("outcomes") or []:
            self._settle_result(result, now, server_ms)
        for dossier in answer.get("dossiers") or []:
            self._keep_copy(dossier, now, None)
        for gone in answer.get("gone") or []:
            self._lose_copy(gone["id"], gone["why"])
        pulled = request["cursor"] is not None and not self.meta["need_snapshot"]
        wait = answer.get("retry_after") or 0
        self._account_is_known()
        self._set_meta(
            cursor=(answer.get("cursor") or self.meta["cursor"]) if pulled else self.meta["cursor"],
            more=pulled and answer.get("more") is True,
            failures=0,
            batch_max=min(OPS_MAX, self.meta["batch_max"] * 2),
            next_try_ms=now + wait * 1000 if wait else 0,
            contact_ms=now,
            server_ms=server_ms,
        )
        if pulled and answer.get("more") is not True:
            self._meet_out_of_sight(request["ids"])
        self._forget_old(now)
        return self._commit()

    def failed(self, token: str, failure: Mapping[str, Any], now: int, jitter: float) -> Changes | None:
        """Take a failure: no answer or not the protocol's (``{}``), or ``{"status", "code", "retry_after_s"}``."""
        request = self.inflight
        if request is None or request["token"] != token:
            return None
        self.inflight = None
        status, code = failure.get("status", 0), failure.get("code", "")
        if (status, code) == (401, "unauthenticated"):
            self._unauthenticated()
        elif (status, code) == (426, "client-too-old") or (request["kind"], status, code) == (
            "account",
            400,
            "invalid",
        ):
            self._set_meta(paused=code)
        elif code == "epoch-changed":
            self.heal(None, now)
        elif code == "cursor-expired":
            self._set_meta(cursor=None, need_snapshot=True, snapshot=None)
        elif status == 413 and request["ids"]:  # noqa: PLR2004 - an HTTP status
            self._send_less(request["ids"], now)
        else:
            failures = self.meta["failures"] + 1
            asked = (failure.get("retry_after_s") or 0) * 1000 if status in (429, 503) else 0
            self._set_meta(failures=failures, next_try_ms=now + max(asked, backoff(failures, jitter)))
        return self._commit()

    def resume(self) -> Changes:
        """Go on after a sign-in or an update of the app."""
        self._set_meta(paused=None, failures=0, next_try_ms=0)
        return self._commit()

    def _send_less(self, ids: Sequence[str], now: int) -> None:
        """Send fewer at once; one that is too large alone waits apart (no op blocks another) and is seen to."""
        self._set_meta(batch_max=max(1, len(ids) // 2), failures=self.meta["failures"] + 1)
        record = self.outbox.get(ids[0])
        if len(ids) == 1 and record is not None:
            self._put(record | {"too_large_ms": now + BACKOFF_MAX_MS})

    # ---- snapshots

    def snapshot_line(self, token: str, line: object, now: int) -> Changes | None:
        """Take one line of a snapshot, parsed: a mark, then dossiers, then the mark again. Null: thrown away."""
        request = self.inflight
        if request is None or request["token"] != token or request["kind"] != "snapshot" or request["done"]:
            return None
        if not isinstance(line, dict):
            return self._commit()
        if not isinstance(line.get("id"), str):
            return self._snapshot_mark(request, line, now)
        part = self.meta["snapshot"]
        if request["marked"] and part:
            self._keep_copy(line | {"whole": True}, now, part["cursor"])
            self._set_meta(snapshot=part | {"after": line["id"]})
        return self._commit()

    def _snapshot_mark(self, request: Record, mark: Record, now: int) -> Changes:
        cursor, epoch = mark.get("cursor"), mark.get("epoch")
        if not isinstance(cursor, str) or not isinstance(epoch, str):
            return self._commit()
        part = self.meta["snapshot"]
        if not request["marked"]:
            request["marked"] = True
            if self._meet_epoch(epoch, now):
                request["done"] = True
            elif not part or part["epoch"] != epoch:
                self._set_meta(snapshot={"cursor": cursor, "epoch": epoch, "after": None})
            return self._commit()
        request["done"] = True
        cursor = part["cursor"] if part else cursor
        for copy in list(self.copies.values()):
            if copy["snap"] != cursor:
                self._lose_copy(copy["id"], "moved")
        self._set_meta(
            cursor=cursor, need_snapshot=False, snapshot=None, more=True, failures=0, next_try_ms=0, contact_ms=now
        )
        self._ask_about_held()
        self._meet_snapshot()
        return self._commit()

    def snapshot_end(self, token: str, now: int, jitter: float) -> Changes | None:
        """Take the end of an answer to a snapshot request, whole or cut; a cut one goes on where it stopped."""
        if self.inflight is None or self.inflight["token"] != token:
            return None
        if not self.inflight["done"]:
            return self.failed(token, {}, now, jitter)
        self.inflight = None
        return self._commit()

    def _ask_about_held(self) -> None:
        for record in list(self.outbox.values()):
            listed = _listed(self.copies.get(record["dossier"]), record["id"])
            if record["status"] == "held" and listed is None and record["again"] is None:
                self._put(record | {"again": "ask"})

    def _meet_snapshot(self) -> None:
        """Let the copies of a whole snapshot speak for ops that were acknowledged after their line was read.

        A snapshot that was cut goes on later; what was sent meanwhile was answered while its copies were not yet sure.
        """
        for record in list(self.outbox.values()):
            copy = self.copies.get(record["dossier"])
            if copy is None or record["status"] != "acked" or record["shown"] or record["again"] is not None:
                continue
            if ((record["result"] or {}).get("rev") or 0) <= copy["rev"]:
                self._put(record | {"shown": True})

    # ---- what an answer changes

    def _meet_epoch(self, epoch: str, now: int) -> bool:
        changed = self.meta["epoch"] is not None and self.meta["epoch"] != epoch
        if changed:
            self.heal(epoch, now)
        else:
            self._set_meta(epoch=epoch)
        return changed

    def heal(self, epoch: str | None, now: int) -> None:
        """The server was restored: send again what it acknowledged in the last 30 days, then take a snapshot."""
        for record in list(self.outbox.values()):
            if record["status"] != "waiting" and (record["acked_ms"] or 0) >= now - KEEP_MS:
                self._put(record | {"again": "was"})
        self._set_meta(epoch=epoch, cursor=None, need_snapshot=True, snapshot=None, more=False)
        self._draft.news.append({"kind": "epoch", "dossier": None})

    def _settle_result(self, result: Record, now: int, server_ms: int) -> None:
        record = self.outbox.get(result["id"])
        if record is None:
            return
        outcome = result["outcome"]
        status = outcome if outcome in ("held", "refused") else "acked"
        if status == "held" and record["again"] is None and record["status"] in ("acked", "refused"):
            return  # a final outcome stays
        known = self.copies.get(record["dossier"])
        old = record["result"] or {}
        current = (
            known is not None and not self.meta["need_snapshot"]
        )  # before a snapshot, copies may be of another epoch
        reached = known is not None and current and (result.get("rev") or 0) <= known["rev"]
        shown = status == "acked" and (record["shown"] or reached)
        code = {"code": old["code"], "proof": old.get("proof")} if "code" in old else {}
        kept = {key: value for key, value in record.items() if key != "too_large_ms"}
        kept |= {"status": status, "result": code | result, "acked_ms": now, "server_ms": server_ms}
        kept |= {"again": None, "shown": record["shown"] if record["again"] == "was" else shown}
        self._put(kept | {"dismissed": record["dismissed"] and status == "refused"})
        if old.get("outcome") != outcome:
            base = {"dossier": record["dossier"], "op": record["id"]}
            self._draft.news.append({"kind": "result", **base, "outcome": outcome})
            overridden = result.get("overridden") or []
            self._draft.news += [{"kind": "overridden", **base, "path": path} for path in overridden]

    def _keep_copy(self, wire: Record, now: int, snap: str | None) -> None:
        old = self.copies.get(wire["id"])
        base: Record = {} if wire.get("whole") or old is None else old
        by = wire.get("by") or []
        cells = dict(base.get("cells", {}))
        for path, siblings in (wire.get("cells") or {}).items():
            if siblings:
                cells[path] = [[value, None if index is None else by[index]] for value, index in siblings]
            else:
                cells.pop(path, None)
        copy = {key: wire[key] for key in ("id", "rev", "state", "form", "unit", "procedure")}
        copy |= {key: wire.get(key) for key in ("code", "due", "channel")}
        theirs = {*base.get("office", []), *(by[index] for index in wire.get("office") or [])}
        theirs &= {op for cell in cells.values() for _, op in cell}
        copy |= {"office": sorted(theirs)} if theirs else {}
        copy |= {"cells": cells, "snap": snap if snap is not None else base.get("snap"), "pulled_ms": now}
        for name in _LISTS:
            given = wire.get(name)
            copy[name] = given if given is not None else base.get(name, [])
        self._warn_hidden(old, copy)
        self.copies[copy["id"]] = copy
        self._draft.copies[copy["id"]] = copy
        self._meet_copy(copy, anew=snap is not None)

    def _warn_hidden(self, old: Record | None, copy: Record) -> None:
        """Tell of own values that stopped showing."""
        for path, cell in copy["cells"].items() if old is not None else ():
            before = old["cells"].get(path) if old is not None else None
            op = before[0][1] if before else None
            if op is None or op not in self.outbox or cell[0][1] == op:
                continue
            shows = canonical(cell[0][0])
            if any(by == op and canonical(value) != shows for value, by in cell):
                self._draft.news.append({"kind": "overridden", "dossier": copy["id"], "op": op, "path": path})

    def _meet_copy(self, copy: Record, *, anew: bool) -> None:
        """Let a new copy speak for the own ops of its dossier."""
        for record in self.records_of(copy["id"]):
            result = record["result"] or {}
            reached = record["status"] == "acked" and (result.get("rev") or 0) <= copy["rev"]
            listed = _listed(copy, record["id"])
            if record["status"] == "held":
                if listed is None and record["again"] is None:
                    self._put(record | {"again": "ask", "shown": False})
                elif record["shown"] or (listed or {}).get("reason") != result.get("reason"):
                    reason = result.get("reason") if listed is None else listed["reason"]
                    self._put(record | {"result": result | {"reason": reason}, "shown": False})
            elif reached != record["shown"] and (reached or anew):
                self._put(record | {"shown": reached})

    def _lose_copy(self, dossier: str, why: str) -> None:
        if self.copies.pop(dossier, None) is not None:
            self._draft.copies[dossier] = None
        for record in self.records_of(dossier):
            if record["status"] == "acked" and not record["shown"]:
                self._put(record | {"shown": True})
        self._draft.news.append({"kind": "gone", "dossier": dossier, "why": why})

    def _meet_out_of_sight(self, sent: Sequence[str]) -> None:
        """Let go of acknowledged ops whose dossier is not in sight at the end of a pull: no copy will come for them.

        Their answer was lost, and by the time it came again the dossier had been claimed, moved, or the right taken.
        What was ``sent`` with this very request waits for the next pull.
        """
        for record in list(self.outbox.values()):
            waits = record["status"] == "acked" and not record["shown"] and record["again"] is None
            if waits and record["dossier"] not in self.copies and record["id"] not in sent:
                self._put(record | {"shown": True})

    def _forget_old(self, now: int) -> None:
        for record in list(self.outbox.values()):
            done = (record["status"] == "acked" and record["shown"]) or (
                record["status"] == "refused" and record["dismissed"]
            )
            if done and record["again"] is None and (record["acked_ms"] or now) < now - KEEP_MS:
                del self.outbox[record["id"]]
                self._draft.outbox[record["id"]] = None

    # ---- what the person is told

    def state_of(self, dossier: str) -> Record:
        """Return the most pressing state of a dossier (ux.md §3) with its facts."""
        copy = self.copies.get(dossier)
        records = self.records_of(dossier)
        facts = _facts(copy, records)
        refused = [r for r in records if r["status"] == "refused" and not r["dismissed"]]
        if refused:
            return facts | {"id": "refused"} | _refusal(refused)
        waiting = [record for record in records if record["status"] == "waiting"]
        if waiting:
            return facts | self._waiting_state(waiting)
        state = self.expected_state(dossier)
        if state in ("5", "6"):
            steps = copy["steps"] if copy else []
            return facts | {"id": "needs_you", "reason": steps[-1].get("reason") if steps else None}
        paths = [c["path"] for c in (copy["conflicts"] if copy else []) if c["level"] == "blocking"]
        if paths:
            return facts | {"id": "two_versions", "paths": paths}
        held = next((record for record in records if record["status"] == "held"), None)
        if held is not None:
            return facts | {"id": "held", "op": held["id"], "reason": (held["result"] or {}).get("reason")}
        files = copy["attachments"] if copy else []
        left = [file for file in files if file["status"] != "verified"]
        if state == "1" and left:
            bad = sum(file["status"] == "bad" for file in left)
            return facts | {"id": "partly", "count": len(left), "total": len(files), "bad": bad}
        return facts | {"id": _NATIONAL.get(state, "saved")}

    def _waiting_state(self, waiting: Sequence[Record]) -> Record:
        at = min(record["op"]["at"] for record in waiting)
        if self.meta["paused"] == "unauthenticated":
            return {"id": "locked", "at": at, "count": len(waiting)}
        ids = self.inflight["ids"] if self.inflight else []
        sending = any(record["id"] in ids for record in waiting)
        large_ms = max(map(_large_ms, waiting))
        reason = self.meta["paused"] or ("too-large" if large_ms else "no-answer" if self.meta["failures"] else None)
        next_try_ms = large_ms or self.meta["next_try_ms"]
        return {"id": "sending" if sending else "waiting", "at": at, "reason": reason, "next_try_ms": next_try_ms}

    def dossiers(self) -> list[str]:
        """Return the ids of every dossier that the session knows, newest first."""
        open_ones = (r["dossier"] for r in self.outbox.values() if not r["shown"] and not r["dismissed"])
        return sorted({*self.copies, *open_ones}, reverse=True)

    def is_busy(self) -> bool:
        """Return whether anything is to be sent or fetched before the session is at rest."""
        waits = self.meta["need_snapshot"] or self.meta["more"] or self._account_is_due()
        return self.inflight is not None or waits or bool(self.queued())

    # ---- keeping records

    def _cells(self, dossier: str) -> dict[str, Any]:
        cells: dict[str, Any] = self.copies.get(dossier, {}).get("cells", {})
        return cells

    def _queue(self, op: Record) -> dict[str, Any]:
        self._append([op])
        return {"ops": [op], "changes": self._commit()}

    def _append(self, ops: Sequence[Record]) -> None:
        sizes = [_bytes_of(op) for op in ops]
        if any(size > OP_BYTES_MAX for size in sizes):
            raise LocalProtocolError("an op is larger than the protocol allows")
        for op, size in zip(ops, sizes, strict=True):
            record = {"id": op["id"], "dossier": op["dossier"], "n": self._next_n(), "bytes": size, "op": op}
            record |= {"status": "waiting", "result": None, "acked_ms": None, "server_ms": None}
            self._put(record | {"shown": False, "again": None, "dismissed": False})

    def _next_n(self) -> int:
        n: int = self.meta["next_n"]
        self._set_meta(next_n=n + 1)
        return n

    def _put(self, record: Record) -> None:
        self.outbox[record["id"]] = record
        self._draft.outbox[record["id"]] = record

    def _set_meta(self, **values: Any) -> None:
        self.meta = self.meta | values
        self._draft.meta["session"] = self.meta

    def _commit(self) -> Changes:
        changes = self._draft.changes()
        self._draft = _Draft()
        return changes


class _Draft:
    """What changed in one call; the last word on each record counts, and null deletes it."""

    def __init__(self) -> None:
        self.outbox: dict[str, Record | None] = {}
        self.copies: dict[str, Record | None] = {}
        self.meta: dict[str, Record | None] = {}
        self.news: list[Record] = []

    def changes(self) -> Changes:
        stores = (("outbox", self.outbox), ("copies", self.copies), ("meta", self.meta))
        return {
            name: {
                "put": [record for record in store.values() if record is not None],
                "delete": [key for key, record in store.items() if record is None],
            }
            for name, store in stores
        } | {"news": self.news}


def _new_meta(device: str | None) -> Record:
    return {
        "id": "session", "device": device, "cursor": None, "epoch": None, "need_snapshot": True, "snapshot": None,
        "next_n": 1, "batch_max": OPS_MAX, "failures": 0, "next_try_ms": 0, "paused": None, "more": False,
        "contact_ms": None, "server_ms": None, "account": None,
    }  # fmt: skip


def _base(op: str, dossier: str, kind: str, now: int, form: str | None = None) -> Record:
    base = {"id": op, "dossier": dossier, "type": kind, "at": now}
    return base if form is None else base | {"form": form}


def _request(token: str, kind: str, ids: list[str], cursor: str | None) -> Record:
    return {"token": token, "kind": kind, "ids": ids, "cursor": cursor, "marked": False, "done": False}


def _saw(op: Record, path: str) -> Sequence[str]:
    ids: Sequence[str] = op.get("saw", {}).get(path, ())
    return ids


def _is_changed(draft: Mapping[str, Any], path: str, saw: Sequence[str]) -> bool:
    values, row = draft["values"], row_of(path)
    if row is not None and row != path and values.get(row) == "gone":
        return False
    if row == path and values[path] == "gone" and not saw:
        return False
    before = draft["rendered"].get(path, {}).get("value")
    if before is None and row == path:
        before = "here"
    return path in (draft.get("settle") or ()) or canonical(values[path]) != canonical(before)


def _large_ms(record: Record) -> int:
    """Return when a record that was too large alone is tried again, else 0."""
    return int(record.get("too_large_ms", 0))


def _turn(record: Record) -> int | None:
    if record["again"] == "was":
        return 0
    if record["status"] == "waiting":
        return 1
    return 2 if record["again"] == "ask" else None


def _wire_op(record: Record) -> Record:
    """Return an op as it goes out: with the outcome it had, and its code, when sent again after an epoch change."""
    op: Record = record["op"]
    result = record["result"]
    if record["again"] != "was" or not result:
        return op
    code = {key: result[key] for key in ("code", "proof") if result.get(key) is not None}
    return op | {"was": result["outcome"]} | (code if op["type"] == "submit" and "proof" in code else {})


def _listed(copy: Record | None, op: str) -> Record | None:
    return next((held for held in copy["held"] if held["op"] == op), None) if copy else None


def _facts(copy: Record | None, records: Sequence[Record]) -> Record:
    submits = (r for r in reversed(records) if r["op"]["type"] == "submit" and r["status"] == "acked")
    submit = next(submits, None)
    step = next((s for s in (copy["steps"] if copy else []) if s["command"] == "submit"), None)
    code = copy["code"] if copy else None
    if code is None and submit is not None:
        code = submit["result"].get("code")
    at = step["at"] if step is not None else submit["server_ms"] if submit is not None else None
    due, state = (copy["due"], copy["state"]) if copy else (None, None)
    return {"code": code, "due": due, "at": at, "reason": None, "state": state}


def _refusal(refused: Sequence[Record]) -> Record:
    """Return the refusal to show: one that says why, before one that only follows from it."""
    follows = PREFIX + "predecessor-refused"
    problems = [(record, record["result"].get("problem")) for record in refused]
    first, problem = next((p for p in problems if (p[1] or {}).get("type") != follows), problems[0])
    code = problem["type"].replace(PREFIX, "") if problem else None
    return {"op": first["id"], "problem": problem, "reason": first["result"].get("officer_reason") or code}


def _back_to(steps: Sequence[Record]) -> str:
    """Return the state that answering a supplement request leads to: 1 if asked in 1, else 4."""
    asked = max((at for at, step in enumerate(steps) if step["command"] == "ask_more"), default=0)
    return "1" if asked > 0 and steps[asked - 1]["state"] == "1" else "4"


def _is_answer(answer: Record) -> bool:
    return isinstance(answer.get("epoch"), str) and isinstance(answer.get("server_time"), int | float)


def _whole(value: object) -> object:
    """Return a value with whole numbers as JavaScript writes them: without a fraction."""
    if isinstance(value, dict):
        return {key: _whole(inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [_whole(inside) for inside in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _bytes_of(value: object) -> int:
    return len(json.dumps(_whole(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def _unique(ids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(ids))
