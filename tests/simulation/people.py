"""People at their phones and at the desk: they open forms, type into them later, and remember what was displayed."""

import random
from typing import Any

import msgspec

from schemas.ids import id_from
from sync.rights import may_see
from sync.workflow import CLOSED, COMMANDS
from tests.simulation.lane import file_of
from tests.simulation.office import (
    ASK,
    EXTRA,
    FILE_BYTES_MAX,
    LATEST,
    MUST,
    OFFICE,
    OPTIONS,
    PROCEDURE,
    ROWS,
    SHORT,
    UNITS,
    Office,
)
from tests.simulation.oracle import Oracle, token
from tests.simulation.phones import Phone

UNIT = next(iter(UNITS))
WHY = {"reason": "vì"}
#: How an officer begins a dossier for somebody.
TAKEN_IN = {
    "channel": "field",
    "on_behalf": {
        "name": "Lý Văn Bình", "relation": "self", "seen": "card",
        "consent": {"text": "Tôi đồng ý.", "version": "1", "at": 1_795_000_000_000},
    },
}  # fmt: skip
#: What an officer says with each command of theirs; the head's and a charge are left to other tests.
ARGS: dict[str, dict[str, Any]] = {
    "receive": {}, "start": {}, "reject": WHY, "hand_over": {"to": "Lan"}, "stop": WHY, "agree_withdrawal": WHY,
    "refuse_withdrawal": WHY, "finish": {"result": "Cấp"}, "give": {"how": "tại quầy", "to": "An"},
    "ask_more": {"items": [{"text": "Tên", "path": ASK}, {"text": "Giấy", "slot": "paper"}], "until": "2027-01-15"}
    | WHY,
}  # fmt: skip


class People:
    """What is done by hand in a run. A ``Run`` adds the network and the world."""

    rng: random.Random
    now: int
    office: Office
    oracle: Oracle
    phones: list[Phone]
    wild: dict[str, bool]
    faults: bool
    published: bool
    texts: int
    pages: list[dict[str, Any]]
    papers: set[bytes]
    used: set[tuple[str, bytes]]
    happened: set[str]

    # ---- small things

    def new_id(self) -> str:
        return id_from(self.now + self.rng.randrange(3), self.rng.getrandbits(80))

    def text(self) -> str:
        self.texts += 1
        return f"v{self.texts}"

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    # ---- forms on phones

    def open_form(self, phone: Phone, dossier: str) -> None:
        """Draw a form, and remember what its screen displays, field by field."""
        rendered = phone.session.rendered(dossier)
        own = {token(path, shown["value"], shown["op"]) for path, shown in rendered.items() if "op" in shown}
        phone.forms[dossier] = {"rendered": rendered, "screen": self.screen(phone, dossier, rendered), "own": own}

    def screen(self, phone: Phone, dossier: str, rendered: dict[str, Any]) -> dict[str, set[str]]:
        copy = phone.copies.get(dossier, {"cells": {}, "attachments": []})
        screen: dict[str, set[str]] = {"@paper": {file["sha256"] for file in copy["attachments"]}}
        for path, shown in rendered.items():
            there = copy["cells"].get(path, [])
            pairs = [[shown["value"], shown["op"]]] if "op" in shown else there
            screen[path] = {token(path, *pair) for pair in pairs}
        return screen

    def reopen(self, phone: Phone, dossier: str) -> None:
        """Bring refused text back into a form."""
        again = phone.session.reopen(dossier)
        screen = self.screen(phone, dossier, phone.session.rendered(dossier))
        refused = [r for r in phone.outbox.values() if r["dossier"] == dossier and r["status"] == "refused"]
        own: set[str] = set()
        for record in sorted(refused, key=lambda record: int(record["n"])):
            for path, value in record["op"].get("set", {}).items():
                if path in again["values"] and not record["dismissed"]:
                    screen[path] = {token(path, value, record["id"])}
                    own |= screen[path]
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
        version = self.version()
        draft = {"dossier": dossier, "procedure": PROCEDURE, "unit": UNIT, "form": f"{PROCEDURE}@{version}"}
        draft |= {"values": self.values(form, version), "rendered": form["rendered"]}
        copy = phone.copies.get(dossier)
        takes_in = phone.person == "officer" and (copy is None or copy["state"] == "draft")
        draft |= TAKEN_IN if takes_in else {}
        if takes_in and self.chance(0.8):
            draft["values"].setdefault(MUST, self.text())
        draft["submit"] = (phone.person != "officer" or takes_in) and self.chance(0.6)
        draft |= self.files(phone, dossier, form)
        return draft

    def version(self) -> int:
        """Return the form version a person has: a draft may be older than what is published, a client newer."""
        newer = self.wild["newer forms"] and self.chance(0.2)
        return 2 if newer or (self.published and self.chance(0.6)) else 1

    def values(self, form: dict[str, Any], version: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for path in self.rng.sample([LATEST, ASK, ASK, OFFICE], self.rng.randrange(1, 4)):
            values[path] = self.text()
        if self.chance(0.5):
            values[MUST] = self.text()
        if version == 2 and self.chance(0.4):
            values[EXTRA] = self.text()
        if self.chance(0.12 if version == 1 else 0.04):
            values[SHORT] = self.text() + ("" if self.chance(0.3) else " is too long")
        if self.chance(0.25):
            values[self.rng.choice(OPTIONS)] = self.chance(0.6)
        for path in (path for path in (LATEST, ASK, OFFICE) if path in form["rendered"]):
            if self.chance(0.08):
                values[path] = None
        self.fill_rows(form, values)
        return values

    def fill_rows(self, form: dict[str, Any], values: dict[str, Any]) -> None:
        rows = sorted(
            {path.rpartition("/")[0] for path in form["rendered"] if path.startswith(ROWS) and "name" in path}
        )
        if self.chance(0.12):
            values[f"{ROWS}/{self.new_id()}/name"] = self.text()
        for row in rows:
            if self.chance(0.15):
                values[row] = self.rng.choice(["gone", "here"])
            elif self.chance(0.15):
                values[row + "/name"] = self.text() if self.chance(0.8) else None

    def files(self, phone: Phone, dossier: str, form: dict[str, Any]) -> dict[str, Any]:
        files: dict[str, Any] = {}
        if self.chance(0.2):
            files["attach"] = [self.picked(phone, dossier)]
        copy = phone.copies.get(dossier)
        seen = [f["op"] for f in (copy or {}).get("attachments", []) if f["sha256"] in form["screen"]["@paper"]]
        if seen and self.chance(0.1):
            form["screen"]["@paper"] = {f["sha256"] for f in copy["attachments"] if f["op"] in seen}  # type: ignore[index]
            files["detach"] = [{"slot": "paper", "saw": seen}]
        return files

    def picked(self, phone: Phone, dossier: str) -> dict[str, Any]:
        """Pick a file, which the phone keeps before anything is said of it; some are on several people's phones."""
        others = sorted(body for body in self.papers if (dossier, body) not in self.used)
        body = self.rng.choice(others) if others and self.chance(0.3) else self.paper()
        self.papers.add(body)
        self.used.add((dossier, body))
        file = file_of(body, self.now)
        if self.chance(0.02):  # changed after it was picked
            file["body"] = bytes([body[0] ^ 1, *body[1:]]).hex()
        phone.files.setdefault(file["id"], file)
        size = len(body) + (1 if self.chance(0.03) else 0)
        return {"slot": "paper", "sha256": file["id"], "bytes": size, "media": "image/jpeg", "name": "a", "page": 1}

    def paper(self) -> bytes:
        self.texts += 1
        kind = self.rng.choices("JPXB", [80, 10, 5, 5])[0]
        size = self.rng.choice([0, 1, 7, 30, FILE_BYTES_MAX - 8, FILE_BYTES_MAX - 8, FILE_BYTES_MAX])
        return f"{kind}{self.texts:06}".encode() + self.rng.randbytes(size)

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
                typed = {path: {token(path, value, op["id"])} for path, value in op.get("set", {}).items()}
                form["screen"] |= typed
                form["own"] |= {name for names in typed.values() for name in names}

    def some_dossier(self, phone: Phone) -> str | None:
        known = sorted({*phone.copies, *phone.forms, *(r["dossier"] for r in phone.outbox.values())})
        if phone.person == "officer":
            if self.chance(0.4 if self.wild["rights"] else 0.05):
                return self.new_id()  # somebody comes to the tablet
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
            name = "withdraw" if copy["state"] in ("1", "2", "4", "5") and self.chance(0.3) else "note"
            self.make(phone, name, {"dossier": dossier} | ({"text": "lời"} if name == "note" else {}))
        elif copy["held"] and self.chance(0.8):
            held = self.rng.choice(copy["held"])["op"]
            settling = {"dossier": dossier, "op": held, "take": self.chance(0.6), "reason": "vì"}
            self.make(phone, "settle", settling)
        else:
            self.take_step(phone, dossier, copy["state"])

    def take_step(self, phone: Phone, dossier: str, state: str) -> None:
        """Give one of the commands that an officer may give in a state; what ends a dossier is rarer."""
        name = self.step_in(state)
        if name is not None:
            what = {"dossier": dossier, "name": name, "args": ARGS[name]}
            self.make(phone, "command", what | {"rev": COMMANDS[name].names_rev or self.chance(0.5)})

    def step_in(self, state: str) -> str | None:
        names = [name for name, step in COMMANDS.items() if state in step.leaves and name in ARGS]
        name = self.rng.choice(names) if names else None
        return None if name is None or (COMMANDS[name].to in CLOSED and self.chance(0.7)) else name

    # ---- the online desk

    def open_page(self) -> None:
        """Draw a dossier's page for the officer: it carries what it displays and the id of the op it may become."""
        actor = self.office.actors["officer"]
        seen = sorted(i for i, d in self.office.dossiers().items() if d.state != "draft" and may_see(actor, d))
        if not seen:
            return
        dossiers = self.office.dossiers()
        under_way = [identifier for identifier in seen if dossiers[identifier].state in ("2", "4", "5", "7", "9")]
        dossier = dossiers[self.rng.choice(under_way if under_way and self.chance(0.7) else seen)]
        screen, saw = {}, {}
        for path in (path for path in (LATEST, ASK, OFFICE, *OPTIONS) if path in dossier.cells):
            ops = [(s.value, dossier.by[s.mark].op) for s in dossier.cells[path].siblings if s.mark is not None]
            screen[path], saw[path] = {token(path, *pair) for pair in ops}, [op for _, op in ops]
        page = {"op": self.new_id(), "dossier": dossier.id, "form": dossier.form, "screen": screen, "saw": saw}
        page["expect"] = {"state": dossier.state, "rev": dossier.rev}
        self.pages.append(page)

    def claim_something(self) -> None:
        """Somebody claims with a slip, their own or one that they found; the officer may try it too."""
        taken_in = sorted(i for i, d in self.office.dossiers().items() if d.on_behalf is not None)
        if taken_in:
            person = self.rng.choice(["an", "binh", "chi", "officer"])
            claimed = self.office.claim(person, self.rng.choice(taken_in), self.now)
            self.happened |= {"claimed"} if claimed and person != "officer" else {"claim refused"}

    def head_decides(self) -> None:
        """A head takes or declines what a moved officer took in, or moves a dossier to another unit."""
        for dossier in self.office.dossiers().values():
            waits = [held for held in dossier.held if held.reason == "right-lost" and dossier.state == "draft"]
            op: dict[str, Any] = {"id": self.new_id(), "dossier": dossier.id, "at": self.now}
            if waits and self.chance(0.5):
                kind = self.rng.choice(["accept", "accept", "decline"])
                self.head_posts(op | {"type": kind, "op": waits[0].op, "reason": "vì"})
            elif self.wild["transfers"] and dossier.state in ("1", "2", "4") and self.chance(0.04):
                units = [unit for unit in UNITS if unit != dossier.unit]
                expect = {"state": dossier.state, "rev": dossier.rev}
                args = {"unit": self.rng.choice(units)} | WHY
                self.head_posts(op | {"type": "command", "name": "transfer", "expect": expect, "args": args})

    def head_posts(self, op: dict[str, Any]) -> None:
        _, answer = self.office.sync("head", self.posted(op, {}), self.now)
        self.happened |= {f"head: {op['type']} {result['outcome']}" for result in answer["results"]}
        for result in answer["results"]:
            self.oracle.told(result, answer["epoch"])

    def page_posted(self) -> bytes | None:
        """Change a field on an open page; return what the browser sends, perhaps several times."""
        if not self.pages:
            return None
        page = self.pages.pop(self.rng.randrange(len(self.pages)))
        name = self.step_in(page["expect"]["state"])
        if name is not None and self.chance(0.6):
            op = {"id": page["op"], "dossier": page["dossier"], "type": "command", "at": self.now, "name": name}
            return self.posted(op | {"expect": page["expect"], "args": ARGS[name]}, {})
        path = self.rng.choice([LATEST, ASK, OFFICE, *OPTIONS[:1]])
        value = True if path in OPTIONS else None if page["saw"].get(path) and self.chance(0.1) else self.text()
        op = {key: page[key] for key in ("dossier", "form")}
        op |= {"id": page["op"], "type": "patch", "at": self.now, "set": {path: value}, "saw": {}}
        if page["saw"].get(path):
            op["saw"] = {path: page["saw"][path]}
        return self.posted(op, page["screen"])

    def posted(self, op: dict[str, Any], screen: dict[str, Any]) -> bytes:
        """Return what a desk's page sends; it may never arrive."""
        self.oracle.typed(op, screen, set())
        self.oracle.lost("desk", [op["id"]])
        return msgspec.json.encode({"v": 1, "ops": [op]})
