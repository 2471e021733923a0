"""One seeded run: phones, people at them, a network that does its worst, and an office that may be restored."""

import json
import random
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from schemas.ids import id_from
from sync.ledger import Actor
from sync.rights import may_see
from sync.view import wire
from tests.simulation.office import ASK, LATEST, OFFICE, PROCEDURE, ROLES, ROWS, UNITS, Office
from tests.simulation.oracle import Broken, Oracle
from tests.simulation.phones import NodeProcess, Phone

STEPS = 150
ROUNDS = 40
EXCHANGES = 40
UNIT, OTHER_UNIT = UNITS


class Run:
    """A run of one seed. ``plants`` names the fault planted in the phones of a language, ``none`` for no fault."""

    def __init__(self, seed: int, node: NodeProcess, *, py: str = "none", js: str = "none") -> None:
        self.rng = random.Random(seed)
        self.now = 1_795_000_000_000
        self.node, self.plants = node, {"py": py, "js": js}
        self.oracle = Oracle()
        people = {
            "an": Actor("an", "An"),
            "binh": Actor("binh", "Bình"),
            "officer": Actor("officer", "Cán bộ", {UNIT: ROLES}),
        }
        self.office = Office(people)
        first, second = self.rng.sample(["py", "js"], 2)
        self.phones = [self.phone("an-1", "an", first), self.phone("an-2", "an", second)]
        self.phones.append(self.phone("officer-1", "officer", self.rng.choice(["py", "js"])))
        if self.rng.random() < 0.3:
            self.phones.append(self.phone("binh-1", "binh", self.rng.choice(["py", "js"])))
        self.faults = True
        self.wild = {name: self.rng.random() < share for name, share in WILD.items()}
        self.loss = self.rng.choice([0.02, 0.15, 0.35])
        self.published = False
        self.mail: list[tuple[int, int, Callable[[], None]]] = []
        self.tokens = 0

    # ---- small things

    def phone(self, name: str, person: str, language: str) -> Phone:
        return Phone(name, person, self.node if language == "js" else None, self.plants[language])

    def new_id(self) -> str:
        return id_from(self.now + self.rng.randrange(3), self.rng.getrandbits(80))

    def token(self) -> str:
        self.tokens += 1
        return f"v{self.tokens}"

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    # ---- people at their phones

    def open_form(self, phone: Phone, dossier: str) -> None:
        """Draw a form, and remember what its screen displays, field by field."""
        rendered = phone.session.rendered(dossier)
        screen = self.screen(phone, dossier, rendered)
        own = {shown["value"] for shown in rendered.values() if {shown["value"]} != {None}}
        phone.forms[dossier] = {"rendered": rendered, "screen": screen, "own": own - self.copied(phone, dossier)}

    def copied(self, phone: Phone, dossier: str) -> set[str]:
        """Return every value in a phone's copy."""
        cells = phone.copies.get(dossier, {"cells": {}})["cells"].values()
        return {value for cell in cells for value, _ in cell}

    def screen(self, phone: Phone, dossier: str, rendered: dict[str, Any]) -> dict[str, set[str]]:
        copy = phone.copies.get(dossier, {"cells": {}, "attachments": []})
        screen: dict[str, set[str]] = {"@paper": {file["sha256"] for file in copy["attachments"]}}
        for path, shown in rendered.items():
            values = {value for value, _ in copy["cells"].get(path, [])}
            shows_copy = shown["value"] in values or shown["value"] is None
            screen[path] = values - {None} if shows_copy else {shown["value"]}
        return screen

    def reopen(self, phone: Phone, dossier: str) -> None:
        """Bring refused text back into a form."""
        again = phone.session.reopen(dossier)
        screen = self.screen(phone, dossier, phone.session.rendered(dossier))
        screen |= {path: {value} for path, value in again["values"].items()}
        own = set(again["values"].values())
        phone.forms[dossier] = {"rendered": again["rendered"], "screen": screen, "own": own}

    def edit(self, phone: Phone) -> None:
        """Somebody types into a form that was opened earlier, or opens one, and presses "Gửi"."""
        dossier = self.some_dossier(phone)
        if dossier is None:
            return
        form = phone.forms.get(dossier)
        if form is None or self.chance(0.15):
            self.open_form(phone, dossier)
            form = phone.forms[dossier]
            if self.chance(0.6):
                return  # the form stays open for a while
        draft = self.fill(phone, dossier, form)
        self.make(phone, "send", draft, form)
        if self.chance(0.4):
            phone.forms.pop(dossier, None)

    def fill(self, phone: Phone, dossier: str, form: dict[str, Any]) -> dict[str, Any]:
        values: dict[str, str] = {}
        for path in self.rng.sample([LATEST, ASK, ASK, OFFICE], self.rng.randrange(1, 4)):
            values[path] = self.token()
        if self.chance(0.5):
            values["person.must"] = self.token()
        if self.chance(0.12):
            values["person.short"] = self.token() + " is too long"
        self.fill_rows(form, values)
        draft = {"dossier": dossier, "procedure": PROCEDURE, "unit": UNIT, "form": f"{PROCEDURE}@1"}
        if self.wild["newer forms"] and self.chance(0.2):
            draft["form"] = f"{PROCEDURE}@2"
        draft |= {"values": values, "rendered": form["rendered"]}
        draft["submit"] = phone.person != "officer" and self.chance(0.6)
        draft |= self.files(phone, dossier, form)
        return draft

    def fill_rows(self, form: dict[str, Any], values: dict[str, str]) -> None:
        rows = sorted(
            {path.rpartition("/")[0] for path in form["rendered"] if path.startswith(ROWS) and "name" in path}
        )
        if self.chance(0.12):
            values[f"{ROWS}/{self.new_id()}/name"] = self.token()
        for row in rows:
            if self.chance(0.15):
                values[row] = self.rng.choice(["gone", "here"])
            elif self.chance(0.15):
                values[row + "/name"] = self.token()

    def files(self, phone: Phone, dossier: str, form: dict[str, Any]) -> dict[str, Any]:
        sha = f"{self.rng.getrandbits(256):064x}"
        files: dict[str, Any] = {}
        if self.chance(0.1):
            files["attach"] = [
                {"slot": "paper", "sha256": sha, "bytes": 7, "media": "image/jpeg", "name": "a", "page": 1}
            ]
        copy = phone.copies.get(dossier)
        seen = [f["op"] for f in (copy or {}).get("attachments", []) if f["sha256"] in form["screen"]["@paper"]]
        if seen and self.chance(0.1):
            form["screen"]["@paper"] = {f["sha256"] for f in copy["attachments"] if f["op"] in seen}  # type: ignore[index]
            files["detach"] = [{"slot": "paper", "saw": seen}]
        return files

    def make(self, phone: Phone, name: str, what: dict[str, Any], form: dict[str, Any] | None = None) -> None:
        """Make ops; they are lost with the phone, or kept and then told to the person."""
        sent = phone.session.make(name, what, self.now, [self.new_id() for _ in range(16)])
        if self.faults and self.chance(0.03):
            phone.start()
            return
        phone.keep(sent["changes"])
        on_screen = form or {"screen": {}, "own": set()}
        for op in sent["ops"]:
            self.oracle.typed(op, on_screen["screen"], on_screen["own"])
        if form is not None:
            form["rendered"] = sent["rendered"]
            for op in sent["ops"]:
                form["screen"] |= {path: {value} for path, value in op.get("set", {}).items()}
                form["own"] |= set(op.get("set", {}).values())

    def some_dossier(self, phone: Phone) -> str | None:
        known = sorted({*phone.copies, *phone.forms, *(r["dossier"] for r in phone.outbox.values())})
        if phone.person == "officer":
            known = sorted(phone.copies)
        elif len(known) < 2 and self.chance(0.1 if known else 1.0):
            return self.new_id()
        return self.rng.choice(known) if known else None

    def act_otherwise(self, phone: Phone) -> None:
        """Do one of the rarer things: correct what was refused, withdraw, note, receive, settle."""
        dossier = self.some_dossier(phone)
        if dossier is None or dossier not in phone.copies:
            return
        copy = phone.copies[dossier]
        refused = [r for r in phone.outbox.values() if r["dossier"] == dossier and r["status"] == "refused"]
        if refused:
            self.reopen(phone, dossier)
        elif phone.person != "officer":
            name = "withdraw" if copy["state"] in ("1", "2") and self.chance(0.3) else "note"
            self.make(phone, name, {"dossier": dossier} | ({"text": "lời"} if name == "note" else {}))
        elif copy["held"] and self.chance(0.8):
            held = self.rng.choice(copy["held"])["op"]
            settling = {"dossier": dossier, "op": held, "take": self.chance(0.6), "reason": "vì"}
            self.make(phone, "settle", settling)
        elif copy["state"] == "1":
            self.make(phone, "command", {"dossier": dossier, "name": "receive", "rev": self.chance(0.5)})

    # ---- the network

    def post(self, delay_ms: int, deliver: Callable[[], None]) -> None:
        self.mail.append((self.now + delay_ms, len(self.mail) + self.rng.randrange(1_000_000), deliver))

    def send_request(self, phone: Phone) -> None:
        request = phone.session.next_request(self.now, self.rng.choice([1, 2, 200]))
        if request is None:
            return
        boot = phone.boots
        times = 0 if self.chance(self.loss) else 2 if self.chance(0.1) else 1
        for _ in range(times):
            self.post(self.rng.randrange(30_000), lambda: self.arrive(phone, request, boot))
        self.post(60_000, lambda: self.give_up(phone, request, boot))

    def give_up(self, phone: Phone, request: dict[str, Any], boot: int) -> None:
        if phone.boots == boot:
            phone.keep(phone.session.failed(request["token"], {}, self.now, self.rng.random()))

    def arrive(self, phone: Phone, request: dict[str, Any], boot: int) -> None:
        if self.chance(0.02):
            self.crash_in_transaction(phone, request)
            return
        status, answer = self.ask(phone, request)
        times = 0 if self.chance(self.loss) else 2 if self.chance(0.1) else 1
        for _ in range(times):
            self.post(self.rng.randrange(40_000), lambda: self.answer(phone, request, status, answer, boot))

    def ask(self, phone: Phone, request: dict[str, Any]) -> tuple[int, Any]:
        if request["kind"] == "sync":
            status, answer = self.office.sync(phone.person, msgspec.json.encode(request["body"]), self.now)
            if status == 200:
                results = {result["id"]: result for result in answer.get("results", ())}
                self.oracle.healed(request["body"]["ops"], results, self.office)
            return status, answer
        query = parse_qs(urlsplit(request["url"]).query)
        return self.office.snapshot(phone.person, query.get("after", [""])[0], query.get("cursor", [None])[0])

    def crash_in_transaction(self, phone: Phone, request: dict[str, Any]) -> None:
        """The server dies before it commits: nothing of the request may remain."""
        before = (dict(self.office.ledger.ops), dict(self.office.ledger.dossiers), self.office.ledger.seq)
        transaction = self.office.ledger.transaction
        try:
            with transaction():
                self.office.ledger.transaction = _joined(self.office.ledger)  # type: ignore[method-assign]
                self.ask(phone, request)
                raise ServerDied  # noqa: TRY301 - the death is the test
        except ServerDied:
            pass
        finally:
            del self.office.ledger.transaction
        after = (self.office.ledger.ops, self.office.ledger.dossiers, self.office.ledger.seq)
        if before != after:
            raise Broken("a transaction that was thrown away left something")

    def answer(self, phone: Phone, request: dict[str, Any], status: int, answer: Any, boot: int) -> None:
        """Bring an answer to a phone, whole, cut, or as what a captive portal makes of it."""
        if phone.boots != boot and self.chance(0.5):
            return  # else: an answer to a request made before the phone restarted
        token, jitter = request["token"], self.rng.random()
        if status != 200:
            code = answer["type"].rpartition(":")[2]
            self.keep(phone, phone.session.failed(token, {"status": status, "code": code}, self.now, jitter))
        elif request["kind"] == "sync":
            if self.faults and self.chance(0.03):
                answer = "<html>Chào mừng đến Wi-Fi</html>"
            self.keep(phone, phone.session.receive(token, answer, self.now))
            for result in answer["results"] if isinstance(answer, dict) and "results" in answer else ():
                self.oracle.told(result, answer["epoch"])
        else:
            whole = len(answer) if not self.faults or self.chance(0.7) else self.rng.randrange(len(answer) + 1)
            for line in answer[:whole]:
                self.keep(phone, phone.session.snapshot_line(token, line, self.now))
            self.keep(phone, phone.session.snapshot_end(token, self.now, jitter))

    def keep(self, phone: Phone, changes: dict[str, Any] | None) -> None:
        """Keep what an answer changed; or the phone dies first and it is as if no answer had come."""
        if changes is None:
            return
        if self.faults and self.chance(0.02):
            phone.start()
            return
        phone.keep(changes)
        self.oracle.stands_at(phone.name, phone.meta.get("cursor"))

    # ---- the world

    def upset(self) -> None:
        """Let something rare happen."""
        what = self.rng.choice(list(WILD))
        if not self.wild[what]:
            return
        if what == "clones" and len(self.phones) < 5:
            phone = self.rng.choice(self.phones)
            self.phones.append(phone.clone(f"{phone.name}-clone{len(self.phones)}"))
        elif what == "restores" and self.office.saved is None:
            self.office.backup()
        elif what == "restores" and self.office.restores < 2 and self.chance(0.5):
            self.office.restore()
        elif what == "rights":
            self.move_officer(self.rng.choice([(UNIT,), (UNIT, OTHER_UNIT), (OTHER_UNIT,)]))
        elif what == "newer forms" and not self.published and self.chance(0.3):
            self.publish()

    def move_officer(self, units: tuple[str, ...]) -> None:
        old = self.office.actors["officer"]
        former = (old.former_units | set(old.units)) - set(units)
        self.office.actors["officer"] = Actor("officer", "Cán bộ", dict.fromkeys(units, ROLES), frozenset(former))

    def publish(self) -> None:
        self.published = True
        self.office.publish(self.now)

    def step(self) -> None:
        self.now += self.rng.choice([500, 5_000, 60_000, 1_200_000])
        for mail in sorted(m for m in self.mail if m[0] <= self.now):
            self.mail.remove(mail)
            mail[2]()
        phone = self.rng.choice(self.phones)
        roll = self.rng.random()
        if roll < 0.34:
            self.edit(phone)
        elif roll < 0.44:
            self.act_otherwise(phone)
        elif roll < 0.9:
            self.send_request(phone)
        elif roll < 0.92:
            phone.start()
        else:
            self.upset()

    def play(self) -> None:
        """Play the whole run and check what must hold."""
        for at in range(STEPS):
            self.step()
            if at % 20 == 19:
                self.oracle.check(self.office)
        self.calm()
        self.oracle.check(self.office)
        self.oracle.check_all_arrived(self.office)
        self.check_phones()

    def calm(self) -> None:
        """Let the faults stop, and every phone come to rest in a bounded number of rounds."""
        self.faults, self.loss, self.mail = False, 0.0, []
        if not self.published:
            self.publish()
        for phone in self.phones:
            phone.start()
        quiet = 0
        for _ in range(ROUNDS):
            self.now += 1_200_000
            seq = self.office.ledger.seq
            for phone in self.phones:
                self.drain(phone)
            still = self.office.ledger.seq == seq and not any(phone.session.is_busy() for phone in self.phones)
            quiet = quiet + 1 if still else 0
            if quiet == 2:
                return
        raise Broken(f"not at rest after {ROUNDS} rounds")

    def drain(self, phone: Phone) -> None:
        for _ in range(EXCHANGES):
            request = phone.session.next_request(self.now, 200)
            if request is None:
                return
            status, answer = self.ask(phone, request)
            self.answer(phone, request, status, answer, phone.boots)
            if not phone.session.is_busy():
                return

    def check_phones(self) -> None:
        """Check that every phone shows what the server shows and waits for nothing."""
        dossiers = self.office.dossiers()
        for phone in self.phones:
            actor = self.office.actors[phone.person]
            seen = {i: d for i, d in dossiers.items() if may_see(actor, d)}
            if set(seen) != set(phone.copies):
                raise Broken(f"{phone.name} has {sorted(phone.copies)}, may see {sorted(seen)}")
            for identifier, dossier in seen.items():
                there = json.loads(msgspec.json.encode(wire(dossier, actor, self.office.world.named(dossier.form))))
                self.check_copy(phone, phone.copies[identifier], there)
            for record in phone.outbox.values():
                self.check_record(phone, record)

    def check_copy(self, phone: Phone, copy: dict[str, Any], there: dict[str, Any]) -> None:
        by = there.get("by", [])
        cells = {
            path: [[value, None if index is None else by[index]] for value, index in cell]
            for path, cell in there.get("cells", {}).items()
            if cell
        }
        if copy["cells"] != cells:
            raise Broken(f"{phone.name} shows {copy['cells']} where the server shows {cells}")
        for key in ("rev", "state", "code", "attachments", "held", "notes", "steps", "conflicts"):
            if (copy[key] or None) != (there.get(key) or None):
                raise Broken(f"{phone.name}: {key} is {copy[key]}, the server has {there.get(key)}")
        pending = any(r["status"] == "held" and r["dossier"] == copy["id"] for r in phone.outbox.values())
        rendered = {} if pending else phone.session.rendered(copy["id"])
        for path, shown in rendered.items():
            if shown["value"] != (cells[path][0][0] if path in cells else None) or "op" in shown:
                raise Broken(f"{phone.name}: {path} still shows {shown}")

    def check_record(self, phone: Phone, record: dict[str, Any]) -> None:
        entry = self.office.ledger.find_op(record["id"])
        if entry is None:
            raise Broken(f"{phone.name}: {record['id']} is unknown to the server")
        outcome = "acked" if entry.outcome in ("applied", "conflict") else entry.outcome
        if record["status"] != outcome or record["again"] is not None:
            raise Broken(f"{phone.name}: {record['id']} is {record['status']}, the server says {entry.outcome}")
        if outcome == "acked" and not record["shown"]:
            raise Broken(f"{phone.name}: {record['id']} never left the outbox")
        if phone.session.state_of(record["dossier"])["id"] in ("waiting", "sending", "locked"):
            raise Broken(f"{phone.name}: {record['dossier']} still says it waits")


class ServerDied(Exception):
    """The server died before it committed."""


def _joined(ledger: Any) -> Callable[[], Any]:
    """Return a ``transaction`` that joins the one under way."""
    return lambda: nullcontext(ledger)


#: Things that happen only in a share of the runs.
WILD = {"clones": 0.3, "restores": 0.4, "rights": 0.2, "newer forms": 0.4}
