"""The submission that is measured: the marital-status certificate with 30 fields, valid by its own form."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, Final

import msgspec

from schemas.checking import faults
from schemas.forms import Field, Form, decode_form
from schemas.ids import id_from

UNIT: Final = "06154"
FIELDS: Final = 30
_TEXT: Final = "Hoàng Thị Bích Phượng, thôn Kéo Van, xã Quốc Khánh"
_SAMPLES: Final[dict[str, Any]] = {
    "text": _TEXT,
    "long_text": f"{_TEXT}. {_TEXT}.",
    "name": "Hoàng Thị Bích Phượng",
    "integer": 2,
    "decimal": "1.5",
    "money": 15_000,
    "date": "1988-03-14",
    "partial_date": "1988-03",
    "time": "08:30",
    "yes_no": True,
    "citizen_id": "999088001234",
    "passport": "B1234567",
    "phone": "0987654321",
    "email": "phuong@example.vn",
    "address": {"province": "20", "commune": UNIT, "detail": "Thôn Kéo Van"},
    "unit": UNIT,
}


def new_id() -> str:
    """Return a UUIDv7 of now."""
    return id_from(time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10)))


def answers(document: bytes) -> tuple[str, dict[str, Any]]:
    """Return the form's name on the wire and 30 answers that it accepts.

    Raises:
        ValueError: the form does not accept them.
    """
    form = decode_form(document)
    asked = [
        (f"{section.key}.{field.key}", field)
        for section in form.sections
        if not section.rows
        for field in section.fields
    ]
    chosen = {path: sample(form, path, field) for path, field in asked if field.required is True and field.when is None}
    while missing := _missing(form, chosen, dict(asked)):
        chosen |= missing
    for path, field in asked:
        if len(chosen) < FIELDS and path not in chosen and field.compute is None:
            tried = chosen | {path: sample(form, path, field)}
            chosen = chosen if faults(form, tried, _today()) else tried
    left = faults(form, chosen, _today())
    if left:
        raise ValueError(f"the form does not accept the bench's answers: {left}")
    return f"{form.procedure}@{form.version}", chosen


def sample(form: Form, path: str, field: Field) -> Any:
    """Return a valid answer for a field."""
    if field.kind == "choice":
        spec = form.plan.field(path)
        return min(spec.values) if spec and spec.values else None
    return _SAMPLES[field.kind]


def _missing(form: Form, chosen: dict[str, Any], asked: dict[str, Field]) -> dict[str, Any]:
    wanted = [fault.path for fault in faults(form, chosen, _today()) if fault.code == "required"]
    return {path: sample(form, path, asked[path]) for path in wanted if path not in chosen and path in asked}


def _today() -> date:
    return datetime.now(UTC).date()


class Maker:
    """Makes submissions: three ops each, fresh ids, the rest of the bytes prepared once."""

    def __init__(self, form: str, values: dict[str, Any]) -> None:
        self.values = msgspec.json.encode(values)
        self._form, self._procedure = form, form.split("@", maxsplit=1)[0]
        self._set = self.values.decode()

    def ops(self) -> str:
        """Return the JSON of ``create``, ``patch`` and ``submit`` of one new dossier."""
        dossier, create, patch, submit = (new_id() for _ in range(4))
        common = f'"dossier":"{dossier}","at":{time.time_ns() // 1_000_000},"form":"{self._form}"'
        return (
            f'{{"id":"{create}","type":"create",{common},"procedure":"{self._procedure}","unit":"{UNIT}","channel":"online"}},'
            f'{{"id":"{patch}","type":"patch",{common},"set":{self._set}}},'
            f'{{"id":"{submit}","type":"submit",{common},"expect":{{"state":"draft"}},"after":["{create}","{patch}"]}}'
        )

    def push(self, batch: int) -> bytes:
        """Return the body of a push of ``batch`` submissions."""
        return f'{{"v":1,"ops":[{",".join(self.ops() for _ in range(batch))}]}}'.encode()

    def pushes(self, batch: int) -> Iterator[bytes]:
        """Return pushes without end."""
        while True:
            yield self.push(batch)
