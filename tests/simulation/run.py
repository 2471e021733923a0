"""One seeded run: phones, people at them, a network that does its worst, and an office that may be restored."""

import json
import random
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from sync.ledger import Actor
from sync.rights import may_see
from sync.view import wire
from tests.simulation.files import FilesOracle
from tests.simulation.office import DAY_MS, ROLES, UNITS, Office
from tests.simulation.oracle import Broken, Oracle
from tests.simulation.papers import ServerDied
from tests.simulation.people import UNIT
from tests.simulation.phones import NodeProcess, Phone
from tests.simulation.road import FileRoad

STEPS = 150
ROUNDS = 40
EXCHANGES = 40
PHONES_MAX = 6
RESTORES_MAX = 3
OTHER_UNIT = list(UNITS)[1]
HOUR_MS = 3_600_000


class Run(FileRoad):
    """A run of one seed. ``py``, ``js`` and ``lane`` name a fault planted in phones, ``none`` for no fault."""

    def __init__(self, seed: int, node: NodeProcess, *, py: str = "none", js: str = "none", lane: str = "none") -> None:
        self.rng = random.Random(seed)
        self.now = 1_795_000_000_000
        self.node, self.plants = node, {"py": py, "js": js}
        self.oracle, self.paper_oracle = Oracle(), FilesOracle()
        self.lane_plant = lane
        self.lanes = {}
        self.papers, self.used = set(), set()
        people = {
            "an": Actor("an", "An"),
            "binh": Actor("binh", "Bình"),
            "chi": Actor("chi", "Chi"),
            "officer": Actor("officer", "Cán bộ", {UNIT: ROLES}),
            "head": Actor("head", "Lãnh đạo", dict.fromkeys(UNITS, ("head",))),
        }
        life_ms = 3 * HOUR_MS if self.rng.random() < 0.2 else 30 * DAY_MS
        self.office = Office(people, self.rng, life_ms)
        self.office.papers.may_die = self.dies
        self.office.papers.busy = self.rng.choice([0.0, 0.0, 0.5])
        first, second = self.rng.sample(["py", "js"], 2)
        self.phones = [self.phone("an-1", "an", first), self.phone("an-2", "an", second)]
        self.phones.append(self.phone("officer-1", "officer", self.rng.choice(["py", "js"])))
        if self.rng.random() < 0.3:
            self.phones.append(self.phone("binh-1", "binh", self.rng.choice(["py", "js"])))
        self.joins_at = self.rng.randrange(STEPS) if self.rng.random() < 0.5 else None
        self.faults = True
        self.wild = {name: self.rng.random() < share for name, share in WILD.items()}
        if self.wild["restores"] and self.rng.random() < 0.5:
            self.office.backup()  # of nothing: all of it can be lost
        self.loss = self.rng.choice([0.02, 0.15, 0.35])
        self.published = False
        self.mail: list[tuple[int, int, Callable[[], None]]] = []
        self.texts = 0
        self.pages: list[dict[str, Any]] = []
        self.copies: dict[str, str] = {}
        self.happened: set[str] = set()

    def phone(self, name: str, person: str, language: str) -> Phone:
        return Phone(name, person, self.node if language == "js" else None, self.plants[language])

    def joining(self) -> Phone:
        """Return a phone on which an account was begun with no network; its first ops wait for it."""
        phone = self.phone("chi-1", "chi", self.rng.choice(["py", "js"]))
        phone.keep(phone.session.begin_account(name="Chi", secret="s" * 43))
        return phone

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
            if phone.person == "chi" and "chi" not in self.office.accounts:
                return 401, {"type": "urn:motcua:problem:unauthenticated"}
            status, answer = self.office.sync(phone.person, msgspec.json.encode(request["body"]), self.now)
            if status == 200:
                results = {result["id"]: result for result in answer.get("results", ())}
                self.oracle.healed(request["body"]["ops"], results, self.office)
            return status, answer
        if request["kind"] == "account":
            return self.office.begin_account(phone.person)
        query = parse_qs(urlsplit(request["url"]).query)
        return self.office.snapshot(phone.person, query.get("after", [""])[0], query.get("cursor", [None])[0])

    def crash_in_transaction(self, phone: Phone, request: dict[str, Any]) -> None:
        """The server dies before it commits: nothing of the request may remain."""
        self.office.papers.stop(self.now)
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
        if status not in (200, 201):
            code = answer["type"].rpartition(":")[2]
            self.happened.add(code)
            self.keep(phone, phone.session.failed(token, {"status": status, "code": code}, self.now, jitter))
        elif request["kind"] != "snapshot" and self.faults and self.chance(0.03):
            take = phone.session.receive if request["kind"] == "sync" else phone.session.account_begun
            self.keep(phone, take(token, "<html>Chào mừng đến Wi-Fi</html>", self.now))
        elif request["kind"] == "account":
            self.happened.add("account begun")
            self.keep(phone, phone.session.account_begun(token, answer, self.now))
        elif request["kind"] == "sync":
            self.keep(phone, phone.session.receive(token, answer, self.now))
            for result in answer.get("results", ()):
                self.happened.add(result.get("reason") or "")
                self.oracle.told(result, answer["epoch"])
        else:
            whole = len(answer) if not self.faults or self.chance(0.7) else self.rng.randrange(len(answer) + 1)
            self.happened |= {"snapshot cut"} if whole < len(answer) else set()
            self.happened |= {"snapshot continued"} if "after" in request["url"] else set()
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
        what = self.rng.choice([name for name, may in self.wild.items() if may] or ["nothing"])
        phone = self.rng.choice(self.phones)
        if what == "clones" and len(self.phones) < PHONES_MAX:
            self.phones.append(phone.clone(f"{phone.name}-clone{len(self.phones)}"))
        elif what == "old copies":
            self.go_back(phone)
        elif what == "restores":
            self.restore()
        elif what == "rights":
            self.move_officer(self.rng.choice([(UNIT,), (UNIT, OTHER_UNIT), (OTHER_UNIT,), ()]))
        elif what == "claims":
            self.claim_something()
        elif what == "newer forms" and not self.published and self.chance(0.3):
            self.publish()
        elif what == "short logs":
            ledger = self.office.ledger
            ledger.forget(self.rng.randint(ledger.floor(), ledger.head()))
        elif what == "months" and not self.office.restores and self.chance(0.2):
            self.happened.add("month")
            self.pass_month()

    def restore(self) -> None:
        """Back up, or go back to one of the backups: in place, or on a machine that knows of nothing else."""
        if len(self.office.saved) < 2 and (not self.office.saved or self.chance(0.4)):
            self.office.backup()
        elif self.office.restores < RESTORES_MAX and self.chance(0.5):
            self.back_to_backup()

    def restore_late(self) -> None:
        """Go back to a backup when all is at rest: what phones have given up by now is nowhere else."""
        if self.office.saved and self.office.restores < RESTORES_MAX and self.chance(0.8):
            self.back_to_backup()
            self.calm(files=True)

    def back_to_backup(self) -> None:
        above = self.rng.randrange(1, 9) if self.chance(0.3) else 0
        self.happened |= {"restore", "fresh machine" if above else "in place", f"restore {self.office.restores + 1}"}
        self.office.restore(self.rng.randrange(len(self.office.saved)), above, self.now, self.not_copied(above))

    def not_copied(self, above: int) -> set[str]:
        """Return files that do not come along to a fresh machine; what phones may have given up was copied long ago."""
        papers = self.office.papers
        young = [digest for digest in sorted(papers.blobs) if self.now - papers.kept_ms[digest] < 30 * DAY_MS]
        return {digest for digest in young if above and self.chance(0.3)}

    def go_back(self, phone: Phone) -> None:
        """Keep a copy of a phone, or make it again what an older copy says."""
        if phone.name not in self.copies or self.chance(0.3):
            self.copies[phone.name] = phone.whole()
        else:
            self.happened.add("old copy")
            ops, files = phone.go_back(self.copies[phone.name])
            self.oracle.lost(phone.name, ops)
            self.paper_oracle.lost |= files

    def pass_month(self) -> None:
        """Whoever waited for 30 days waits no longer; copies of phones and backups are no older than that."""
        self.now += 31 * DAY_MS
        self.copies = {}
        self.office.pass_month(self.now)

    def move_officer(self, units: tuple[str, ...]) -> None:
        old = self.office.actors["officer"]
        former = (old.former_units | set(old.units)) - set(units)
        self.office.actors["officer"] = Actor("officer", "Cán bộ", dict.fromkeys(units, ROLES), frozenset(former))

    def publish(self) -> None:
        self.published = True
        self.office.publish(self.now)

    def use_the_desk(self) -> None:
        """Open a page at the online desk, or send one that was opened earlier: once, twice, or never to arrive."""
        body = self.page_posted() if self.chance(0.6) else None
        if body is None:
            self.open_page()
            return
        for _ in range(self.rng.choice([0, 1, 1, 2])):
            self.post(self.rng.randrange(30_000), lambda: self.arrive_at_desk(body))

    def arrive_at_desk(self, body: bytes) -> None:
        self.happened.add("desk page")
        _, answer = self.office.sync("officer", body, self.now)
        for result in answer["results"]:
            self.oracle.told(result, answer["epoch"])

    def step(self) -> None:
        self.now += self.rng.choice([500, 5_000, 60_000, 1_200_000])
        for mail in sorted(m for m in self.mail if m[0] <= self.now):
            self.mail.remove(mail)
            mail[2]()
        for phone in self.rng.choices(self.phones, k=2):
            self.send_file(phone)
        self.send_request(self.rng.choice(self.phones))
        phone = self.rng.choice(self.phones)
        roll = self.rng.random()
        if roll < 0.31 and phone.person == "officer" and self.chance(0.6):
            self.act_otherwise(phone)
        elif roll < 0.31:
            self.edit(phone)
        elif roll < 0.41:
            self.act_otherwise(phone)
        elif roll < 0.82:
            self.send_request(phone)
        elif roll < 0.84:
            phone.start()
        elif roll < 0.95:
            self.use_the_desk()
        elif roll < 0.97:
            self.keep_house()
        else:
            self.upset()

    def keep_house(self) -> None:
        """Let the office stop, look at what waits, or let go of what has expired; and its head decide."""
        self.head_decides()
        roll = self.rng.random()
        if roll < 0.4:
            self.stop_office()
        elif roll < 0.7:
            self.guarded(lambda: self.office.papers.look(self.now))
        else:
            self.guarded(lambda: self.office.papers.sweep(self.now))

    def play(self) -> None:
        """Play the whole run and check what must hold."""
        if self.chance(0.8):
            self.begin_quietly()
        for at in range(STEPS):
            if at == self.joins_at:
                self.phones.append(self.joining())
            self.step()
            if at % 20 == 19:
                self.oracle.check(self.office)
                self.paper_oracle.check(self.office)
        self.calm(files=False)
        self.oracle.check_all_arrived(self.office)  # though no file has moved meanwhile
        if self.chance(0.5):
            self.calm(files=True)
            self.restore_late()
        self.pass_month()
        self.calm(files=True)
        self.oracle.check(self.office)
        self.oracle.check_all_arrived(self.office)
        self.check_phones()
        self.paper_oracle.check(self.office)
        self.paper_oracle.check_all_sent(self.office, self.phones)

    def begin_quietly(self) -> None:
        """Let phones have their first snapshot before anything happens: else most of a run passes without one."""
        self.faults = False
        for phone in self.phones:
            self.drain(phone)
        self.faults = True

    def calm(self, *, files: bool) -> None:
        """Let the faults stop, and every phone come to rest in a bounded number of rounds; ``files`` may go or not."""
        self.faults, self.loss, self.mail = False, 0.0, []
        if not self.published:
            self.publish()
        for phone in self.phones:
            phone.start()
        quiet = 0
        for _ in range(ROUNDS):
            self.now += 1_200_000
            seq = self.office.ledger.seq
            self.office.papers.look(self.now)
            for phone in self.phones:
                self.drain(phone)
            moved = [self.drain_files(phone) for phone in self.phones] if files else []
            busy = any(moved) or any(phone.session.is_busy() for phone in self.phones)
            still = self.office.ledger.seq == seq and not busy
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
            mine, theirs = (_as_told(key, each.get(key)) for each in (copy, there))
            if (mine or None) != (theirs or None):
                raise Broken(f"{phone.name}: {key} is {mine}, the server has {theirs}")
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


def _as_told(key: str, value: Any) -> Any:
    """Return a list as a phone must have it: how much has arrived of a file is as of the last read."""
    if key != "attachments" or value is None:
        return value
    return [{k: v for k, v in file.items() if k != "received"} for file in value]


def _joined(ledger: Any) -> Callable[[], Any]:
    """Return a ``transaction`` that joins the one under way."""
    return lambda: nullcontext(ledger)


#: Things that happen only in a share of the runs.
WILD = {
    "clones": 0.3, "old copies": 0.2, "restores": 0.5, "rights": 0.3, "newer forms": 0.4, "short logs": 0.2,
    "months": 0.2, "claims": 0.5, "transfers": 0.2,
}  # fmt: skip
