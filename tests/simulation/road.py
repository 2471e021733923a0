"""The road that files go: cut at any byte, answers lost, requests twice, a server that stops between any two steps."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from schemas.problems import RequestProblem
from tests.simulation.files import FilesOracle
from tests.simulation.lane import LANES, Lane, Step
from tests.simulation.papers import ServerDied, Writer
from tests.simulation.people import People
from tests.simulation.phones import Phone

STEPS_A_ROUND = 60


class FileRoad(People):
    """What a ``Run`` does with files. Data goes its own way: nothing here is asked before an op is sent."""

    loss: float
    lane_plant: str
    lanes: dict[str, tuple[int, Lane]]
    paper_oracle: FilesOracle
    happened: set[str]
    post: Callable[..., None]

    def lane(self, phone: Phone) -> Lane:
        """Return a phone's lane, which begins anew with each start."""
        boots, lane = self.lanes.get(phone.name, (0, None))
        if lane is None or boots != phone.boots:
            lane = LANES[self.lane_plant](phone)
            self.lanes[phone.name] = (phone.boots, lane)
        return lane

    def send_file(self, phone: Phone) -> None:
        """Let a phone take the next step on its lane."""
        lane = self.lane(phone)
        self.free(phone, lane)
        step = lane.next_step(self.now)
        if step is None:
            return
        times = 0 if self.chance(self.loss) else 2 if self.chance(0.1) else 1
        for _ in range(times):
            self.post(self.rng.randrange(30_000), lambda: self.file_arrives(phone, lane, step))
        self.post(90_000, lambda: self.answer_file(phone, lane, step, None))

    def free(self, phone: Phone, lane: Lane) -> None:
        """Let a phone give up the copies that it need not keep any more."""
        for digest in lane.house(self.now):
            self.happened.add("freed")
            self.paper_oracle.freed(phone, digest, self.office)

    def answer_file(self, phone: Phone, lane: Lane, step: Step, answer: Step | None) -> None:
        """Bring an answer to a phone that may have started again meanwhile: then nobody waits for it."""
        if self.lane(phone) is lane:
            lane.took(step["token"], answer, self.now)

    def reply(self, phone: Phone, lane: Lane, step: Step, answer: Step) -> None:
        times = 0 if self.chance(self.loss) else 2 if self.chance(0.1) else 1
        for _ in range(times):
            self.post(self.rng.randrange(30_000), lambda: self.answer_file(phone, lane, step, answer))

    def file_arrives(self, phone: Phone, lane: Lane, step: Step) -> None:
        """A request reaches the office; a body comes in two parts, and between them anything may happen."""
        body = self.body(lane, step)
        if body is None:
            answer = self.asked(phone, lane, step)
            if answer is not None:
                self.reply(phone, lane, step, answer)
            return
        cut = self.rng.randrange(len(body) + 1) if self.chance(0.3) else None
        arriving = body if cut is None else body[:cut]
        if self.chance(0.04) and arriving:
            arriving = bytes([arriving[0] ^ 1]) + arriving[1:]
            self.happened.add("a byte changed")
        half = self.rng.randrange(len(arriving) + 1)
        writer = self.opened(phone, step, body)
        if not isinstance(writer, Writer):
            if writer is not None:
                self.reply(phone, lane, step, writer)
            return
        self.office.papers.take(writer, arriving[:half])
        rest = arriving[half:]
        later = self.rng.randrange(40_000)
        self.post(later, lambda: self.file_ends(phone, lane, step, writer, rest, cut=cut is not None))

    def file_ends(self, phone: Phone, lane: Lane, step: Step, writer: Writer, rest: bytes, *, cut: bool) -> None:
        """The rest of a body comes, unless a newer request sent this one away or the server stopped meanwhile."""
        papers = self.office.papers
        if writer.sent_away:
            self.happened.add("sent away")
            self.reply(phone, lane, step, {"status": 409, "code": "upload-offset"})
            return
        if papers.writers.get(writer.upload.id) is not writer:
            return
        self.happened |= {"cut"} if cut else set()
        papers.take(writer, rest)
        answer = self.ended(writer, cut=cut)
        if answer and not cut:
            self.reply(phone, lane, step, answer)

    # ---- at the office

    def guarded(self, ask: Callable[[], Any]) -> Any:
        """Ask the office; null where it died of it, an answer where it says no."""
        try:
            return ask()
        except ServerDied:
            self.stop_office()
            return None
        except RequestProblem as problem:
            self.happened.add(f"file {problem.problem.code}")
            return {"status": problem.status, "code": problem.problem.code}

    def stop_office(self) -> None:
        self.happened.add("office stopped")
        self.office.papers.stop(self.now)

    def dies(self) -> None:
        """Stop now and then, between two steps."""
        if self.faults and self.chance(0.03):
            raise ServerDied

    def asked(self, phone: Phone, lane: Lane, step: Step) -> Step | None:
        """Answer a request that carries no bytes."""
        papers, person, now = self.office.papers, phone.person, self.now
        if person == "chi" and "chi" not in self.office.accounts:
            return {"status": 401, "code": "unauthenticated"}

        def ask() -> Step:
            if step["kind"] == "probe":
                said = papers.probe(person, [step["sha256"]], now)
                for name in papers.rows.uploads:
                    self.note_sent(name)
                self.paper_oracle.probed(person, said, self.office)
                return {"status": 200, "body": said}
            if step["kind"] == "create":
                length = lane.files[step["sha256"]]["bytes"] if step["sha256"] in lane.files else 1
                location = papers.create(person, self.new_id(), length, step["sha256"], now)
                return {"status": 201, "location": location, "offset": 0}
            name = step["url"].rpartition("/")[2]
            offset = papers.state(person, name, now)
            self.paper_oracle.told(name, offset, self.office)
            self.note_sent(name)
            return {"status": 200, "offset": offset}

        answer: Step | None = self.guarded(ask)
        return answer

    def opened(self, phone: Phone, step: Step, body: bytes) -> Any:
        name = step["url"].rpartition("/")[2]
        checksum = sha256(body).hexdigest() if self.chance(0.2) else None
        return self.guarded(
            lambda: self.office.papers.write(phone.person, name, step["offset"], len(body), checksum, self.now)
        )

    def ended(self, writer: Writer, *, cut: bool) -> Step | None:
        name = writer.upload.id

        def end() -> Step:
            offset = self.office.papers.close(writer, self.now, cut=cut)
            self.paper_oracle.told(name, offset, self.office)
            return {"status": 204, "offset": offset}

        answer: Step | None = self.guarded(end)
        self.note_sent(name)
        return answer

    def note_sent(self, name: str) -> None:
        """Remember who sent what whole, also where the answer never came to be."""
        upload = self.office.papers.rows.uploads.get(name)
        if upload is not None and upload.state == "done":
            self.paper_oracle.sent(upload.person, str(upload.sha256))

    def body(self, lane: Lane, step: Step) -> bytes | None:
        """Return the bytes that a step carries, from the phone's own copy."""
        file = lane.files.get(step["sha256"])
        if step["kind"] != "patch" or file is None:
            return None
        return bytes.fromhex(file["body"])[step["offset"] : step["offset"] + step["length"]]

    # ---- when the faults are over

    def drain_files(self, phone: Phone) -> bool:
        """Take steps until nothing can be sent now; return whether any was taken."""
        lane, moved = self.lane(phone), False
        self.free(phone, lane)
        for _ in range(STEPS_A_ROUND):
            step = lane.next_step(self.now)
            if step is None:
                return moved
            moved = True
            body = self.body(lane, step)
            if body is None:
                lane.took(step["token"], self.asked(phone, lane, step), self.now)
                continue
            writer = self.opened(phone, step, body)
            if isinstance(writer, Writer):
                self.office.papers.take(writer, body)
                writer = self.ended(writer, cut=False)
            lane.took(step["token"], writer, self.now)
        return moved
