"""The pack of a commune: its size is known before, what changed comes alone, and it is small."""

import gzip
import json
from typing import Any

import httpx
import msgspec

from server.services.packing import PARTS, etag_of, pack_of, parts_of
from server.shipped import documents
from server.store.store import Store
from tests.integration.caller import UNIT, Caller, problem

PACK_BYTES_MAX = 500_000
DAY = "2026-11-24"


def asked(who: Caller, method: str = "GET", query: str = "", **headers: str) -> httpx.Response:
    sent = {"Accept-Encoding": "gzip", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return who.http.request(method, f"/pack/{UNIT}{query}", headers=sent)


def test_a_pack_has_units_calendar_procedures_and_forms(officer: Caller) -> None:
    answer = asked(officer)
    told = answer.json()
    assert set(told) == {"unit", "etag", "made", *PARTS}
    assert (told["unit"], told["etag"]) == (UNIT, answer.headers["etag"])
    assert {"id": UNIT, "name": "Xã Văn Lãng", "kind": "commune"} in told["units"]
    assert told["calendar"]["days"]["2026-09-02"]["off"] is True
    assert told["calendar"]["hours"] == {"spans": [[450, 690], [780, 1020]], "cutoff": 900}
    assert "1.004873@1" in told["forms"]
    marital = next(each for each in told["procedures"] if each["code"] == "1.004873")
    assert marital["name"]
    assert marital["days_text"]
    assert marital["times"][""] == {"count": 3, "unit": "working_day"}
    assert marital["field"] == "Hộ tịch"
    assert marital["fee_text"]
    assert {"key", "name", "always"} == set(marital["documents"][0])


def test_its_size_is_said_before_and_who_has_it_gets_nothing(officer: Caller) -> None:
    before, got = asked(officer, "HEAD"), asked(officer)
    assert before.status_code == 200
    assert before.content == b""
    assert before.headers["content-encoding"] == "gzip"
    assert abs(int(before.headers["content-length"]) - int(got.headers["content-length"])) <= 8, "a minute went by"
    sizes = dict(each.split(" ") for each in before.headers["pack-forms"].split(", "))
    assert list(sizes) == got.json()["forms"]
    form = officer.http.get("/forms/1.004873@1", headers={"Accept-Encoding": "gzip"})
    assert sizes["1.004873@1"] == form.headers["content-length"]
    nothing = asked(officer, "HEAD", f"?have={got.headers['etag'].strip(chr(34))}")
    assert 0 < int(nothing.headers["content-length"]) < 300
    same = asked(officer, if_none_match=got.headers["etag"])
    assert (same.status_code, same.content) == (304, b"")


def test_a_delta_has_the_parts_that_changed(officer: Caller, store: Store) -> None:
    etag = asked(officer).headers["etag"]
    nothing = asked(officer, query=f"?have={etag.strip(chr(34))}").json()
    assert nothing["parts"] == {}
    parts = parts_of(store.shelf.fresh(store.conn), DAY)
    other = parts | {"calendar": {"version": "x", "days": {}}}
    delta = pack_of(UNIT, other, etag_of(parts), 0)
    assert (delta["parts"], delta["base"]) == ({"calendar": other["calendar"]}, etag_of(parts))
    assert set(pack_of(UNIT, parts, "x-y", 0)) == {"unit", "etag", "made", *PARTS}


def test_it_is_for_officers_of_the_unit(office: Any, citizen: Caller) -> None:
    other = Caller.signed_in(office, "officer-06151")
    assert problem(asked(other)) == "not-found"
    assert problem(asked(citizen)) == "forbidden"


def test_ten_forms_and_two_hundred_procedures_fit_into_half_a_megabyte(store: Store) -> None:
    """Beside those that ship, procedures and forms are made up as long as the longest there are."""
    parts = parts_of(store.shelf.fresh(store.conn), DAY)
    longest = max(parts["procedures"], key=lambda each: len(json.dumps(each)))
    made = [
        {
            **longest, "code": f"9.{n:06d}", "name": f"{longest['name']} {n * 7919 % 10007} trường hợp {n}",
            "field": f"Lĩnh vực {n % 17}", "fee_text": f"{n * 1000} đồng; miễn cho hộ nghèo, người có công, trẻ em {n}",
            "documents": [
                {"key": f"p{k}", "name": f"Giấy tờ {n * 31 + k} theo mẫu số {k}", "always": True} for k in range(9)
            ],
        }
        for n in range(200)
    ]  # fmt: skip
    pack = pack_of(UNIT, parts | {"procedures": parts["procedures"] + made}, None, 0)
    forms = [bytes(each) for each in documents()]
    forms += [max(forms, key=len)] * (10 - len(forms))
    sent = [gzip.compress(msgspec.json.encode(pack)), *map(gzip.compress, forms)]
    assert len(parts["procedures"]) + len(made) >= 200
    assert len(sent) >= 11
    assert sum(map(len, sent)) <= PACK_BYTES_MAX
