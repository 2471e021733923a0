"""Each shipped form goes its whole way: begun, filled in, sent, and read by the commune's officer."""

from html import unescape
from typing import Any

import pytest

from e2e.office import values_of
from tests.integration.caller import Caller, create, new_id, patch, submit
from tests.unit.schemas.samples import ROW
from tests.unit.schemas.test_procedures import HER_CHILD, MARRIAGE_EXTRACT, SCHOOL_PAPERS

JOURNEYS: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    (
        "1.001193@1",
        HER_CHILD,
        {"child.born_words": "Ngày mười lăm tháng mười một năm hai nghìn không trăm hai mươi sáu"},
        "Ngày mười lăm tháng mười một",
    ),
    ("2.000635@1", MARRIAGE_EXTRACT, {}, "UBND xã Bắc Việt"),
    (
        "2.000815@1",
        SCHOOL_PAPERS,
        {f"papers/{ROW}/fee": 21_000, "visit.fee": 25_000, "visit.fee_words": "Hai mươi lăm nghìn đồng"},
        "25.000 đ",
    ),
]


@pytest.mark.parametrize(("form", "values", "computed", "read"), JOURNEYS, ids=[each[0] for each in JOURNEYS])
def test_a_shipped_form_is_submitted_and_read_with_what_it_computes(
    citizen: Caller, officer: Caller, form: str, values: dict[str, Any], computed: dict[str, Any], read: str
) -> None:
    dossier = new_id()
    begin = create(dossier, procedure=form.partition("@")[0], form=form)
    write = patch(dossier, values, form=form)
    sent = citizen.push(begin, write, submit(dossier, begin, write) | {"form": form})
    assert [each["outcome"] for each in sent] == ["applied"] * 3, sent
    seen = officer.sees(dossier)
    assert seen is not None
    assert values_of(seen) == values | values_of(seen) | computed
    assert seen["form"] == form
    page = unescape(officer.http.get(f"/desk/d/{dossier}", headers={"Accept": "text/html"}).text)
    assert read in page


@pytest.mark.parametrize(("form", "values"), [each[:2] for each in JOURNEYS], ids=[each[0] for each in JOURNEYS])
def test_a_shipped_form_that_lacks_something_is_refused_with_every_place(
    citizen: Caller, form: str, values: dict[str, Any]
) -> None:
    dossier = new_id()
    begin = create(dossier, procedure=form.partition("@")[0], form=form)
    write = patch(dossier, {"applicant.full_name": values["applicant.full_name"]}, form=form)
    refused = citizen.push(begin, write, submit(dossier, begin, write) | {"form": form})[2]
    assert refused["problem"]["type"].endswith(":rule-broken")
    lacking = {each["path"] for each in refused["problem"]["errors"]}
    always = {"1.001193@1": "child.full_name", "2.000635@1": "event.kind", "2.000815@1": "papers"}
    assert {always[form]} <= lacking
