"""The round trip against a real server: every limit and every problem of a request, and what becomes of hostile ops."""

import gzip
import json
import socket
import threading
import zlib
from typing import Any

import msgspec
import pytest

from tests.bench.submission import answers
from tests.integration.caller import Caller, code_of, create, new_id, now_ms, op, patch, problem, submit


@pytest.fixture(scope="session")
def values(nobody: Caller) -> dict[str, Any]:
    """Thirty answers that the shipped form accepts."""
    return answers(nobody.http.get("/forms/1.004873").content)[1]


def test_a_submission_gets_its_code_and_the_officer_sees_every_value(
    citizen: Caller, officer: Caller, values: dict[str, Any]
) -> None:
    dossier, results = citizen.submitted(values)
    assert [result["outcome"] for result in results] == ["applied"] * 3
    assert results[2]["code"].startswith("LS-06154-")
    seen = officer.sees(dossier)
    assert seen is not None
    assert {path: cell[0][0] for path, cell in seen["cells"].items() if path in values} == values
    assert (seen["state"], seen["code"]) == ("1", results[2]["code"])


def test_a_replay_answers_the_same_again_and_adds_nothing(citizen: Caller, values: dict[str, Any]) -> None:
    dossier = new_id()
    ops = [create(dossier), patch(dossier, values)]
    ops.append(submit(dossier, *ops))
    first = citizen.push(*ops)
    cursor = citizen.pull()["cursor"]
    again = citizen.push(*ops)
    assert again == [{**result, "again": True} for result in first]
    quiet = citizen.pull(cursor)
    assert (quiet["dossiers"], quiet["outcomes"], quiet["gone"], quiet["cursor"]) == ([], [], [], cursor)


def test_the_same_id_with_another_content_is_refused(citizen: Caller) -> None:
    dossier = new_id()
    first = create(dossier)
    citizen.push(first)
    result = citizen.push({**first, "unit": "06151"})[0]
    assert (result["outcome"], code_of(result)) == ("refused", "idempotency-mismatch")


def test_a_squatted_id_tells_nothing(citizen: Caller, stranger: Caller) -> None:
    first = create(new_id())
    citizen.push(first)
    result = stranger.push(first)[0]
    assert (result["outcome"], code_of(result)) == ("refused", "forbidden-op")
    assert set(result) == {"id", "outcome", "problem"}


def test_a_foreign_dossier_and_an_unknown_one_look_alike(citizen: Caller, stranger: Caller) -> None:
    dossier = new_id()
    citizen.push(create(dossier))
    held = stranger.push(
        patch(dossier, {"applicant.full_name": "Kẻ Lạ"}), patch(new_id(), {"applicant.full_name": "Kẻ Lạ"})
    )
    assert [(result["outcome"], result["reason"]) for result in held] == [("held", "waiting")] * 2
    mine = citizen.sees(dossier)
    assert mine is not None
    assert not mine.get("held")
    assert stranger.sees(dossier) is None


def test_what_an_op_says_wrong_is_said_for_it_alone(citizen: Caller) -> None:
    dossier = new_id()
    begin = create(dossier)
    wanted = {
        "form-unknown": op("patch", dossier, form="9.999999@1", set={"applicant.full_name": "An"}),
        "field-unknown": patch(dossier, {"applicant.shoe_size": "41"}),
        "field-invalid": patch(dossier, {"applicant.full_name": 7}),
        "unit-unknown": create(new_id(), unit="99999"),
        "slot-unknown": op("attach", dossier, slot="nothing", sha256="0" * 64, bytes=1, media="image/jpeg"),
        "rule-broken": submit(dossier, begin),
        "forbidden-op": op("command", dossier, name="receive", expect={"state": "1"}),
        "malformed": {**patch(dossier, {}), "surprise": 1},
    }
    results = citizen.push(begin, *wanted.values())
    assert results[0]["outcome"] == "applied"
    assert [code_of(result) for result in results[1:]] == list(wanted)
    missing = next(result for result in results if result["id"] == wanted["rule-broken"]["id"])
    assert {error["code"] for error in missing["problem"]["errors"]} >= {"required"}


def test_a_form_newer_than_the_server_is_held(citizen: Caller) -> None:
    dossier = new_id()
    citizen.push(create(dossier))
    result = citizen.push(op("patch", dossier, form="1.004873@99", set={"applicant.full_name": "An"}))[0]
    assert (result["outcome"], result["reason"]) == ("held", "form-unknown")


@pytest.mark.parametrize("count", [501, 5_000])
def test_thousands_of_ids_in_saw_are_malformed(citizen: Caller, count: int) -> None:
    dossier = new_id()
    saw = {"applicant.full_name": [new_id() for _ in range(count)]}
    result = citizen.push(create(dossier), patch(dossier, {"applicant.full_name": "An"}, saw=saw))[1]
    assert code_of(result) == "malformed"


def test_saw_of_other_dossiers_counts_for_nothing(citizen: Caller) -> None:
    one, two = new_id(), new_id()
    written = patch(one, {"applicant.full_name": "An"})
    citizen.push(create(one), create(two), written)
    citizen.push(patch(two, {"applicant.full_name": "Bình"}, saw={"applicant.full_name": [written["id"]]}))
    first, second = citizen.sees(one), citizen.sees(two)
    assert first is not None
    assert second is not None
    assert first["cells"]["applicant.full_name"][0][0] == "An"
    assert second["cells"]["applicant.full_name"][0][0] == "Bình"


def test_an_op_over_its_limit_is_malformed_and_its_neighbours_are_not(citizen: Caller) -> None:
    dossier = new_id()
    big = op("note", dossier, text="x" * 9_000, reason="y" * 300_000)
    results = citizen.push(create(dossier), big, op("note", dossier, text="ngắn"))
    assert [result["outcome"] for result in results] == ["applied", "refused", "applied"]
    assert code_of(results[1]) == "malformed"


def test_two_submits_at_once_give_one_code(office: Any, citizen: Caller, values: dict[str, Any]) -> None:
    dossier = new_id()
    citizen.push(create(dossier), patch(dossier, values))
    tabs, said = [Caller.signed_in(office, "demo-1") for _ in range(6)], []
    threads = [threading.Thread(target=lambda tab=tab: said.extend(tab.push(submit(dossier)))) for tab in tabs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 6
    assert len([result for result in said if result["outcome"] == "applied"]) == 1
    assert {code_of(result) for result in said if result["outcome"] == "refused"} == {"stale-state"}


# --- what is wrong with the request -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"", b"nothing", b"[]", b"null", b"{}", b'{"v":0}', b'{"v":2}', b'{"v":"1"}', b'{"v":1,"limit":0}',
        b'{"v":1,"limit":501}', b'{"v":1,"limit":-1}', b'{"v":1,"cursor":"e1.x"}', b'{"v":1,"cursor":7}',
        b'{"v":1,"ops":{}}', b'{"v":1,"ops":null}', b'{"v":1,"device":"' + b"d" * 200 + b'"}', b"\xff\xfe{}",
        b'{"v":1' + b"0" * 5_000 + b"}", b"[" * 100_000, b'{"v":1,"ops":[' + b"[" * 90_000, b'{"v":1} {"v":1}',
        b'{"v":1,"stats":{"outbox":-1}}', b'{"v":1,"cursor":"\\ud800"}', b'{"v":1e400}',
    ],
)  # fmt: skip
def test_a_request_that_cannot_be_read_is_invalid(citizen: Caller, body: bytes) -> None:
    assert problem(citizen.raw(body)) == "invalid"


def test_unknown_keys_of_the_request_are_ignored(citizen: Caller) -> None:
    answer = citizen.sync(something={"new": [1]})
    assert answer.status_code == 200
    assert answer.json()["results"] == []


def test_no_cursor_means_no_pull(citizen: Caller) -> None:
    assert "cursor" not in citizen.sync().json()
    assert citizen.sync(cursor="").json()["cursor"].startswith("e1.")


def test_bytes_over_the_limits_are_too_large(citizen: Caller) -> None:
    assert problem(citizen.raw(b" " * (1024 * 1024 + 1))) == "too-large"
    assert problem(citizen.raw(iter([b" " * 700_000, b" " * 700_000]))) == "too-large"  # type: ignore[arg-type]
    bomb = gzip.compress(b'{"v":1,"x":"' + b"0" * (9 * 1024 * 1024) + b'"}')
    assert problem(citizen.raw(bomb, Content_Encoding="gzip")) == "too-large"
    assert problem(citizen.sync(ops=[{}] * 501)) == "too-large"
    fits = gzip.compress(b'{"v":1,"x":"' + b"0" * (7 * 1024 * 1024) + b'"}')
    assert citizen.raw(fits, Content_Encoding="gzip").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"not gzip", gzip.compress(b'{"v":1}', mtime=0)[:-3], gzip.compress(b'{"v":1}', mtime=0) + b"rest",
        gzip.compress(b'{"v":1}', mtime=0) * 2, zlib.compress(b'{"v":1}'), b"",
    ],
)  # fmt: skip
def test_gzip_that_is_none_is_invalid(citizen: Caller, body: bytes) -> None:
    assert problem(citizen.raw(body, Content_Encoding="gzip")) == "invalid"


def test_other_types_and_encodings_are_unsupported(citizen: Caller) -> None:
    assert problem(citizen.raw(b'{"v":1}', Content_Type="text/plain")) == "unsupported-type"
    assert problem(citizen.raw(b'{"v":1}', Content_Encoding="br")) == "unsupported-type"
    assert problem(citizen.raw(b'{"v":1}', Content_Encoding="gzip, gzip")) == "unsupported-type"
    assert citizen.raw(b'{"v":1}', Content_Type="application/json; charset=utf-8").status_code == 200


def test_answers_are_packed_where_that_is_accepted(citizen: Caller) -> None:
    body = json.dumps({"v": 1, "ops": [create(new_id()) for _ in range(20)]}).encode()
    packed = citizen.raw(gzip.compress(body, mtime=0), Content_Encoding="gzip", Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert len(packed.json()["results"]) == 20
    plain = citizen.raw(body, Accept_Encoding="gzip;q=0")
    assert "content-encoding" not in plain.headers


def test_a_cursor_of_another_epoch_or_scope_is_gone(citizen: Caller, officer: Caller) -> None:
    cursor = citizen.pull()["cursor"]
    dossier = new_id()
    answer = citizen.sync(cursor="e9" + cursor[2:], ops=[create(dossier)])
    assert (answer.status_code, problem(answer)) == (410, "epoch-changed")
    assert citizen.sees(dossier) is None, "no op of a refused request was looked at"
    assert problem(officer.sync(cursor=cursor)) == "cursor-expired"
    epoch, seq, scopes = cursor.split(".")
    assert problem(citizen.sync(cursor=f"{epoch}.{int(seq) + 10**9}.{scopes}")) == "cursor-expired"


@pytest.mark.parametrize("said", ["", "Bearer", "Bearer x", "Basic eDp4", "Bearer " + "x" * 5_000, "Bearer đ"])
def test_nobody_is_let_in(nobody: Caller, said: str) -> None:
    headers = {b"authorization": said.encode()} if said else {}
    for answer in (
        nobody.http.post("/sync/v1", json={"v": 1}, headers=headers),
        nobody.http.get("/sync/v1/snapshot", headers=headers),
        nobody.http.get("/accounts/me", headers=headers),
    ):
        assert (answer.status_code, problem(answer)) == (401, "unauthenticated")


def test_what_the_framework_refuses_is_a_problem_too(nobody: Caller) -> None:
    assert problem(nobody.http.get("/nothing/here")) == "not-found"
    assert problem(nobody.http.get("/forms/9.999999")) == "not-found"
    wrong = nobody.http.get("/sync/v1")
    assert (wrong.status_code, problem(wrong)) == (405, "invalid")
    assert "POST" in wrong.headers["allow"]


def test_pages_of_changes_lose_nothing(citizen: Caller) -> None:
    cursor = citizen.pull()["cursor"]
    made = {new_id() for _ in range(7)}
    for dossier in sorted(made):
        citizen.push(create(dossier))
    found: list[str] = []
    while True:
        page = citizen.pull(cursor, limit=2)
        found += [dossier["id"] for dossier in page["dossiers"]]
        cursor = page["cursor"]
        if not page["more"]:
            break
    assert sorted(found) == sorted(made)


def test_a_snapshot_is_whole_and_can_be_taken_up_again(office: Any) -> None:
    caller = Caller.signed_in(office, "demo-3")
    made = sorted(new_id() for _ in range(120))
    for start in range(0, 120, 40):
        caller.push(*(create(dossier) for dossier in made[start : start + 40]))
    answer = caller.http.get("/sync/v1/snapshot")
    lines = [msgspec.json.decode(line) for line in answer.content.splitlines()]
    assert answer.headers["content-encoding"] == "gzip"
    assert lines[0] == lines[-1]
    assert set(lines[0]) == {"cursor", "epoch"}
    assert [line["id"] for line in lines[1:-1]] == made
    assert all(line["whole"] for line in lines[1:-1])
    rest = caller.http.get("/sync/v1/snapshot", params={"after": made[99], "cursor": lines[0]["cursor"]})
    more = [msgspec.json.decode(line) for line in rest.content.splitlines()]
    assert [line["id"] for line in more[1:-1]] == made[100:]
    assert more[0]["cursor"] == lines[0]["cursor"]
    assert caller.pull(lines[0]["cursor"])["dossiers"] == []
    assert problem(caller.http.get("/sync/v1/snapshot", params={"after": "nothing"})) == "invalid"
    assert problem(caller.http.get("/sync/v1/snapshot", params={"cursor": "e7.1.00000000"})) == "epoch-changed"


def test_times_are_milliseconds_or_rfc_3339(citizen: Caller) -> None:
    dossier = new_id()
    results = citizen.push(
        {**create(dossier), "at": "2026-11-24T08:30:00+07:00"},
        {**op("note", dossier, text="a"), "at": "2026-11-24T08:30:00"},
        {**op("note", dossier, text="b"), "at": -1},
        {**op("note", dossier, text="c"), "at": now_ms() + 10**12},
    )
    assert [result["outcome"] for result in results] == ["applied", "refused", "refused", "applied"]


def test_a_connection_cut_in_the_body_leaves_nothing(office: Any, citizen: Caller) -> None:
    dossier = new_id()
    body = json.dumps({"v": 1, "ops": [create(dossier)]}).encode()
    head = (
        f"POST /sync/v1 HTTP/1.1\r\nHost: x\r\nAuthorization: {citizen.http.headers['authorization']}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body) + 50}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", office.port)) as cut:
        cut.sendall(head.encode() + body)
        cut.shutdown(socket.SHUT_WR)
        cut.recv(65_536)
    assert citizen.sees(dossier) is None
