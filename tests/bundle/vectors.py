"""What the engine and the schemas answer to fixed questions, for CPython and Pyodide to be compared.

The questions are the golden traces of the phone's session, the vectors of deadlines, random forms with random answers,
and lives of dossiers pushed out of order. Nothing here is imported that the bundle does not have.
"""

import json
from datetime import datetime
from typing import Any

import msgspec

from schemas.checking import compute, faults, hidden, required_slots, warnings
from schemas.forms import decode_form
from schemas.moments import HO_CHI_MINH
from sync.deadlines import UNITS, due
from sync.pull import pull
from sync.push import push
from sync.session import Session
from tests.contract.pushes import random_pushes
from tests.property.random_forms import Maker
from tests.unit.session.traces import replay_call, traces
from tests.unit.sync.bench import Office
from tests.unit.sync.days import CALENDAR, WORKING_DAYS

LIVES, FORMS = 20, 60
NOW = 1_795_485_000_000


def all_answers() -> dict[str, Any]:
    """Return every answer by its question, as JSON keeps it."""
    asked: dict[str, Any] = {}
    asked |= {f"trace {trace['name']}": _trace(trace) for trace in traces()}
    for received, count, _ in WORKING_DAYS:
        for unit in UNITS:
            moment = datetime.fromisoformat(f"{received} 09:14").replace(tzinfo=HO_CHI_MINH)
            answer = due(moment, 1 if unit == "month" else count, unit, CALENDAR)
            asked[f"due {received} {count} {unit}"] = msgspec.to_builtins(answer)
    asked |= {f"form {seed}": _verdict(Maker(seed)) for seed in range(FORMS)}
    asked |= {f"life {seed}": _life(seed) for seed in range(LIVES)}
    return dict(json.loads(json.dumps(asked)))


def _trace(trace: dict[str, Any]) -> list[bool]:
    """Return of each call whether it gave what the trace says."""
    session = Session("phone-1", "b")
    return [json.loads(json.dumps(replay_call(session, call))) == call["gives"] for call in trace["calls"]]


def _verdict(maker: Maker) -> dict[str, Any]:
    document = maker.form()
    form, values, today = decode_form(json.dumps(document).encode()), maker.values(document), maker.today()
    return {
        "faults": msgspec.to_builtins(faults(form, values, today)),
        "warnings": msgspec.to_builtins(warnings(form, values, today)),
        "hidden": sorted(hidden(form, values, today)),
        "compute": compute(form, values, today),
        "slots": sorted(required_slots(form, values, today)),
    }


def _life(seed: int) -> list[Any]:
    office = Office()
    said: list[Any] = []
    for number, (who, ops) in enumerate(random_pushes(office, seed)):
        with office.ledger.transaction() as ledger:
            said.append(push(ledger, office.world, who, ops, NOW + number))
    readers = (office.an, office.officer, office.binh)
    said += [pull(office.ledger, who, office.world.named, "", 500, "e1") for who in readers]
    return list(msgspec.to_builtins(said))
