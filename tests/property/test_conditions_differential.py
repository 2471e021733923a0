"""Python and JavaScript agree on every (form, values, today): 10,000 random ones beside fixed vectors (forms.md §2)."""

import json
from datetime import date
from typing import Any

import msgspec

from schemas.checking import check_document, compute, faults, hidden, required_slots, warnings
from schemas.forms import decode_form
from tests.property.phone import ask
from tests.property.random_forms import Maker

CASES = 10_000
FORMS = 1_000


def verdict(raw: bytes, values: dict[str, Any], today: date) -> dict[str, Any]:
    form = decode_form(raw)
    return {
        "faults": msgspec.to_builtins(faults(form, values, today)),
        "warnings": msgspec.to_builtins(warnings(form, values, today)),
        "hidden": sorted(hidden(form, values, today)),
        "compute": compute(form, values, today),
        "slots": sorted(required_slots(form, values, today)),
    }


def test_ten_thousand_random_cases_get_the_same_verdicts_on_phone_and_server() -> None:
    questions: list[dict[str, Any]] = []
    for seed in range(FORMS):
        maker = Maker(seed)
        form = maker.form()
        questions += [
            {"ask": "form", "form": form, "values": maker.values(form), "today": maker.today().isoformat()}
            for _ in range(CASES // FORMS)
        ]
    verdicts = [verdict(json.dumps(q["form"]).encode(), q["values"], date.fromisoformat(q["today"])) for q in questions]
    for question, here, there in zip(questions, verdicts, ask(questions), strict=True):
        assert here == there, json.dumps(question, ensure_ascii=False)
    seen = [{what: bool(one[what]) for what in one} for one in verdicts]
    for what in ("faults", "warnings", "hidden", "compute", "slots"):
        assert sum(one[what] for one in seen) > CASES // 20, f"too few cases reach {what}"


def test_the_random_forms_are_ones_that_could_be_published() -> None:
    odd = {"no such field"}  # a leaf that found nothing to read
    for seed in range(FORMS):
        reasons = {fault.reason for fault in check_document(json.dumps(Maker(seed).form()).encode())}
        assert reasons <= odd, (seed, reasons)
