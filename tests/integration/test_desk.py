"""The office's view: who sees what, and receiving a dossier by the same road as every other op."""

import asyncio
import re
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from server.services.desk import list_all
from server.store.keys import blob
from server.store.store import Store
from server.store.worklist import UNLISTED
from sync.dossier import Dossier
from tests.bench.submission import answers
from tests.integration.caller import Caller, code_of, new_id, op


@pytest.fixture(scope="session")
def values(nobody: Caller) -> dict[str, Any]:
    return answers(nobody.http.get("/forms/1.004873").content)[1]


def page(caller: Caller, path: str) -> httpx.Response:
    return caller.http.get(path, headers={"Accept": "text/html"})


def test_nobody_is_sent_to_sign_in_and_a_citizen_is_refused(nobody: Caller, citizen: Caller) -> None:
    away = page(nobody, "/desk")
    assert (away.status_code, away.headers["location"]) == (303, "/dang-nhap?next=/desk")
    assert page(citizen, "/desk").status_code == 403


def test_a_dossier_is_listed_with_its_values_and_received_once(
    citizen: Caller, officer: Caller, values: dict[str, Any]
) -> None:
    old, _ = citizen.submitted(values)
    new, _ = citizen.submitted(values)
    asked = re.findall(r'data-dossier="([^"]+)"', page(officer, "/desk").text)
    assert asked.index(old) < asked.index(new), "what came first is decided first"
    inbox = re.findall(r'data-dossier="([^"]+)"', page(officer, "/desk?viec=all").text)
    assert inbox.index(new) < inbox.index(old)
    shown = unescape(page(officer, f"/desk/d/{new}").text)
    assert f'data-dossier="{new}"' in shown
    assert 'data-action="receive"' in shown
    assert values["applicant.full_name"] in shown
    assert re.search(r"(tháng )?0?3(/| năm )1988", shown), "a date as people read it"
    assert re.search(r"Thôn Kéo Van, [xX]ã Văn Lãng", shown), "an address as people read it"
    rev = re.findall(r'name="rev" value="(\d+)"', shown)[0]
    done = officer.http.post(f"/desk/d/{new}/receive", data={"rev": rev})
    assert (done.status_code, done.headers["location"]) == (303, f"/desk/d/{new}?xong=desk.done.applied")
    twice = officer.http.post(f"/desk/d/{new}/receive", data={"rev": rev})
    assert "stale-state" in twice.headers["location"]
    seen = citizen.sees(new)
    assert seen is not None
    assert seen["state"] == "2"
    assert seen["due"].endswith("T17:00:00+07:00"), "reception promises a day"
    assert 'data-action="receive"' not in page(officer, f"/desk/d/{new}").text


def test_only_the_unit_sees_a_dossier(office: Any, citizen: Caller, values: dict[str, Any]) -> None:
    dossier, _ = citizen.submitted(values)
    other = Caller.signed_in(office, "officer-06151")
    assert page(other, f"/desk/d/{dossier}").status_code == 404
    assert other.http.post(f"/desk/d/{dossier}/receive").status_code == 404
    assert dossier not in page(other, "/desk").text
    inspector = Caller.signed_in(office, "inspector-1")
    assert 'data-action="receive"' not in page(inspector, f"/desk/d/{dossier}").text
    refused = inspector.push(op("command", dossier, name="receive", expect={"state": "1"}))[0]
    assert code_of(refused) == "forbidden-op"


def test_a_step_that_the_state_does_not_allow_changes_nothing(
    citizen: Caller, officer: Caller, values: dict[str, Any]
) -> None:
    dossier, _ = citizen.submitted(values)
    expect = {"state": "1", "rev": 3}
    for name, args, problem in (
        ("start", {}, "stale-state"),
        ("finish", {"result": "granted"}, "stale-state"),
        ("finish", {}, "malformed"),
        ("no-such-command", {}, "forbidden-op"),
    ):
        result = officer.push(op("command", dossier, name=name, expect=expect, args=args))[0]
        assert (result["outcome"], code_of(result)) == ("refused", problem)


@pytest.mark.parametrize(
    "path",
    ["/desk/d/x", "/desk/d/%00", "/desk?before=-1", "/desk?before=x", "/desk/d/0192f0c4-7a1b-7c3d-8e5f-00000000abcd"],
)
def test_addresses_that_lead_nowhere_never_break_it(officer: Caller, path: str) -> None:
    assert page(officer, path).status_code < 500


def test_markup_in_a_value_stays_text(citizen: Caller, officer: Caller, values: dict[str, Any]) -> None:
    dossier, results = citizen.submitted({**values, "applicant.residence": {"commune": "06154", "detail": "<b>&\"'"}})
    assert results[2]["outcome"] == "applied"
    shown = page(officer, f"/desk/d/{dossier}").text
    assert "<b>&" not in shown
    assert "&lt;b&gt;&amp;" in shown


def found(officer: Caller, words: str) -> list[str]:
    answer = officer.http.post("/desk/tim", data={"q": words}, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    return re.findall(r'<a class="card[^>]*data-dossier="([^"]+)"', answer.text)


def test_a_dossier_is_found_by_any_of_its_words_without_marks_and_by_whole_numbers(
    citizen: Caller, officer: Caller, values: dict[str, Any]
) -> None:
    name = "Đặng Thị Khuê Mộc"
    dossier, results = citizen.submitted({**values, "applicant.full_name": name, "applicant.phone": "0977000123"})
    for words in (
        "khue dang",
        "KHUÊ",
        "moc khu",
        results[-1]["code"],
        "xac nhan hon nhan dang",
        "0977000123",
        "+84 977 000 123",
    ):
        assert dossier in found(officer, words), words
    for words in ("khue sinh vien", "097700012", "0977 000 124"):
        assert dossier not in found(officer, words), words


def test_no_name_leads_another_unit_to_a_dossier(
    office: Any, citizen: Caller, officer: Caller, values: dict[str, Any]
) -> None:
    dossier, _ = citizen.submitted({**values, "applicant.full_name": "Vi Thị Lò u06151u 06151"})
    assert dossier in found(officer, "vi thi lo")
    other = Caller.signed_in(office, "officer-06151")
    assert all(dossier not in found(other, words) for words in ("vi thi lo", "u06151u", "06151"))


def test_a_directory_from_before_there_were_lists_is_listed_at_the_next_start(tmp_path: Path) -> None:
    made = Store(tmp_path)
    try:
        dossier = Dossier(
            id=new_id(), procedure="1.004873", form="1.004873@1", unit="06154", channel="online", applicant=new_id(),
            state="1", submitted_ms=1, code="LS-06154-261124-0001",
        )  # fmt: skip
        kept = msgspec.msgpack.encode(dossier)
        made.writer.submit(
            lambda conn, _: (
                conn.execute(
                    "INSERT INTO dossier (id, code, applicant, unit, state, procedure, rev, submitted, blob)"
                    " VALUES (?, ?, ?, '06154', '1', '1.004873', 1, 1, ?)",
                    (blob(dossier.id), dossier.code, blob(dossier.applicant), kept),
                ),
                conn.execute("INSERT INTO meta VALUES (?, '1')", (UNLISTED,)),
            )
        ).result()
        asyncio.run(list_all(made))
        assert [row[0] for row in made.conn.execute("SELECT code FROM work")] == [dossier.code]
        assert made.conn.execute("SELECT 1 FROM meta WHERE key = ?", (UNLISTED,)).fetchone() is None
    finally:
        made.close()
