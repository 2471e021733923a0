"""Slips, claims and following without an account, against the real server and in this process."""

import asyncio
import json
import secrets
from typing import Any

import msgspec
import pytest

from schemas.messages import HandOverItem, WireItem, WireStep
from schemas.problems import RequestProblem
from schemas.slips import LETTERS
from server.services.attempts import ADDRESS_SLIPS_AN_HOUR, HOUR_MS, SLIP_FAILURES, Limits, Locks, lock_ms
from server.services.following import standing
from server.services.handovers import claim_dossier, follow, keep_slips
from server.services.syncing import push_ops
from server.store.people import find_user
from server.store.store import Store
from sync.dossier import Attachment, Dossier
from tests.integration.caller import UNIT, Caller, create, new_id, now_ms, patch, problem, submit
from tests.integration.rights import BEHALF, VALUES


def drawn(count: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(count))


def slip(dossier: str, **more: Any) -> dict[str, Any]:
    return {"dossier": dossier, "code": f"TN-{drawn(4)}-{drawn(8)}", "secret": drawn(8), **more}


def announced(officer: Caller, *slips: dict[str, Any]) -> list[str]:
    answer = officer.http.post("/handovers", json={"handovers": list(slips)})
    assert answer.status_code == 200, answer.text
    return [each["outcome"] for each in answer.json()["results"]]


def taken_in(officer: Caller, *, send: bool = True) -> tuple[str, list[dict[str, Any]]]:
    dossier = new_id()
    begin, write = create(dossier, channel="field", on_behalf=BEHALF), patch(dossier, VALUES)
    ops = [begin, write, *([submit(dossier, begin, write)] if send else [])]
    results = officer.push(*ops)
    assert {each["outcome"] for each in results} == {"applied"}, results
    return dossier, results


def claiming(who: Caller, code: str) -> Any:
    return who.http.post("/claims", json={"code": code})


def asked(who: Caller, code: str, secret: str) -> Any:
    return who.http.post("/tra-cuu", data={"code": code, "secret": secret})


def test_a_slip_is_kept_once_and_waits_for_its_dossier(officer: Caller, citizen: Caller) -> None:
    dossier = new_id()
    given = slip(dossier)
    assert announced(officer, given) == ["waiting"]
    begin = create(dossier, channel="field", on_behalf=BEHALF)
    assert officer.push(begin)[0]["outcome"] == "applied"
    assert announced(officer, given, given) == ["kept", "kept"]
    assert announced(officer, {**given, "secret": drawn(8)}) == ["refused"]
    assert announced(officer, {**slip(new_id()), "code": given["code"]}) == ["refused"]
    assert announced(officer, {**given, "code": "TN-1"}) == ["refused"]
    assert citizen.http.post("/handovers", json={"handovers": []}).status_code == 403
    assert problem(officer.http.post("/handovers", json={"handovers": [given] * 101})) == "invalid"


def test_a_slip_of_somebody_elses_dossier_is_refused_and_one_in_the_way_gives_way(office: Any, officer: Caller) -> None:
    other = Caller.signed_in(office, "officer-06151")
    dossier = new_id()
    in_the_way, given = slip(dossier), slip(dossier)
    assert announced(other, in_the_way) == ["waiting"]
    officer.push(create(dossier, channel="field", on_behalf=BEHALF))
    assert announced(other, in_the_way) == ["refused"]
    assert announced(officer, given) == ["kept"]
    assert announced(officer, *[slip(dossier) for _ in range(5)]) == ["kept"] * 4 + ["refused"]


def test_a_claim_moves_the_dossier_whole_and_only_once(officer: Caller, citizen: Caller, stranger: Caller) -> None:
    dossier, results = taken_in(officer)
    given = slip(dossier)
    assert announced(officer, given) == ["kept"]
    cursor = citizen.pull()["cursor"]
    for _ in range(2):
        answer = claiming(citizen, f" {given['code'].lower()} {given['secret']}")
        assert (answer.status_code, answer.json()) == (200, {"dossier": dossier})
    got = [each for each in citizen.pull(cursor)["dossiers"] if each["id"] == dossier]
    assert got[0]["whole"] is True
    assert got[0]["secret"] == results[-1]["secret"]
    assert "secret" not in (officer.sees(dossier) or {})
    assert problem(claiming(stranger, f"{given['code']}-{given['secret']}")) == "not-found"
    assert stranger.sees(dossier) is None
    assert [line["id"] for line in map(dict, _snapshot(citizen)) if line.get("id") == dossier] == [dossier]


def _snapshot(who: Caller) -> list[dict[str, Any]]:
    return [json.loads(line) for line in who.http.get("/sync/v1/snapshot").text.splitlines()]


def test_a_claimed_draft_stays_in_the_officers_snapshot_until_it_is_sent(officer: Caller, citizen: Caller) -> None:
    dossier, _ = taken_in(officer, send=False)
    given = slip(dossier)
    announced(officer, given)
    assert claiming(citizen, f"{given['code']}-{given['secret']}").status_code == 200
    for who in (officer, citizen):
        assert dossier in [line.get("id") for line in _snapshot(who)]
    assert officer.push(submit(dossier))[0]["outcome"] == "applied"
    assert dossier in [line.get("id") for line in _snapshot(officer)]


@pytest.mark.parametrize("mistake", ["secret", "code", "nonsense"])
def test_every_mistake_in_a_claim_is_not_found(officer: Caller, stranger: Caller, mistake: str) -> None:
    dossier, _ = taken_in(officer)
    given = slip(dossier)
    announced(officer, given)
    wrong = {"secret": f"{given['code']}-{drawn(8)}", "code": f"TN-{drawn(12)}-{given['secret']}", "nonsense": "tôi"}
    answer = claiming(stranger, wrong[mistake])
    assert (answer.status_code, problem(answer)) == (404, "not-found")


def test_the_officer_who_tries_a_slip_does_not_use_it_up(officer: Caller, citizen: Caller) -> None:
    dossier, _ = taken_in(officer)
    given = slip(dossier)
    announced(officer, given)
    assert claiming(officer, f"{given['code']}-{given['secret']}").status_code == 200
    assert claiming(citizen, f"{given['code']}-{given['secret']}").status_code == 200


def test_the_state_is_told_to_who_has_the_slip_and_nothing_else(officer: Caller, nobody: Caller) -> None:
    dossier, results = taken_in(officer)
    given, code = slip(dossier), results[-1]["code"]
    announced(officer, given)
    for each in (given["code"], code, code.replace("-", "").lower()):
        answer = asked(nobody, each, given["secret"].lower())
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert 'data-state="received"' in answer.text
        for hidden in ("Lý Văn Bình", "999186001234", code, given["code"], given["secret"], "1.004873"):
            assert hidden not in answer.text
    assert 'data-state="received"' in asked(nobody, code, results[-1]["secret"]).text


def test_every_mistake_has_the_same_answer_byte_for_byte(officer: Caller, nobody: Caller) -> None:
    dossier, results = taken_in(officer)
    given = slip(dossier)
    announced(officer, given)
    tries = [
        (given["code"], drawn(8)), (results[-1]["code"], drawn(8)), (f"TN-{drawn(4)}-{drawn(8)}", given["secret"]),
        ("", ""), ("x" * 100, "x"),
    ]  # fmt: skip
    answers = [asked(nobody, *each) for each in tries]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert nobody.http.post("/tra-cuu", content=b"{}", headers={"content-type": "application/json"}).status_code == 415


def test_the_words_follow_the_dossier_through_the_office() -> None:
    made = Dossier(id=new_id(), procedure="1.004873", form="1.004873@1", unit=UNIT, channel="field", applicant=new_id())
    assert (standing(made).state, standing(made).label) == ("waiting", "Chưa gửi xong")
    at, page = now_ms(), Attachment("o", "s", "0" * 64, 1, "image/jpeg", "a.jpg", 1, "applicant")
    for state, command, shown in (
        ("1", "submit", "received"), ("2", "receive", "office"), ("4", "start", "office"),
        ("5", "ask_more", "needs_you"), ("1", "submit", "received"), ("6", "charge", "needs_you"),
        ("7", "withdraw", "office"),
        ("9", "finish", "ready"), ("10", "give", "closed"), ("3", "reject", "closed"), ("8", "stop", "closed"),
    ):  # fmt: skip
        made.state = state
        asked_for = [WireItem("Giấy", slot="s")] if command == "ask_more" else None
        made.steps.append(WireStep("o", command, state, at, UNIT, "Lý do riêng", "2026-12-01", asked_for))
        said = standing(made)
        assert said.state == shown
        assert said.words
        assert "Lý do riêng" not in said.label + said.words
    made.state, made.due = "4", "2026-12-03T17:00:00+07:00"
    assert standing(made).words == "Hẹn trả 03/12/2026."
    made.state, made.attachments = "1", [page]
    assert standing(made).label == "Đã nhận tờ khai, còn 1 ảnh"


def _person(store: Store, user: str) -> str:
    found = find_user(store.conn, user)
    assert found is not None
    return found.id


def _taken_in_here(store: Store) -> tuple[str, HandOverItem]:
    officer, dossier = _person(store, f"officer-{UNIT}"), new_id()
    begin, write = create(dossier, channel="field", on_behalf=BEHALF), patch(dossier, VALUES)
    ops = [msgspec.json.encode(each) for each in (begin, write, submit(dossier, begin, write))]
    assert all(each.outcome == "applied" for each in asyncio.run(push_ops(store, officer, ops)))
    item = HandOverItem(**slip(dossier))
    assert asyncio.run(keep_slips(store, officer, [item]))[0].outcome == "kept"
    return dossier, item


def test_a_code_is_locked_after_ten_failures_and_then_the_right_secret_is_a_mistake_too(store: Store) -> None:
    dossier, item = _taken_in_here(store)
    limits, citizen = Limits(), _person(store, "demo-1")
    for n in range(SLIP_FAILURES):
        assert follow(store, limits, item.code, drawn(8), f"192.0.2.{n}") is None
    assert follow(store, limits, item.code, item.secret, "192.0.2.99") is None
    with pytest.raises(RequestProblem, match="not-found"):
        asyncio.run(claim_dossier(store, limits, citizen, f"{item.code}-{item.secret}", "192.0.2.99"))
    found = follow(store, Limits(), item.code, item.secret, "192.0.2.99")
    assert found is not None
    assert found.id == dossier


def test_one_address_has_a_budget_of_mistakes_and_right_ones_cost_nothing(store: Store) -> None:
    _, item = _taken_in_here(store)
    limits = Limits()
    for _ in range(400):
        assert follow(store, limits, item.code, item.secret, "192.0.2.1") is not None
    for n in range(ADDRESS_SLIPS_AN_HOUR):
        assert follow(store, limits, f"TN-0000-0000{n:04d}", drawn(8), "192.0.2.1") is None
    with pytest.raises(RequestProblem, match="slow-down"):
        follow(store, limits, item.code, item.secret, "192.0.2.1")


def test_locks_last_an_hour_then_two_and_are_forgotten_after_a_week() -> None:
    locks, now = Locks(), 1_000_000_000
    for _ in range(SLIP_FAILURES):
        assert locks.admit("a", now)
    assert not locks.admit("a", now + HOUR_MS - 1)
    now += HOUR_MS
    for _ in range(SLIP_FAILURES):
        assert locks.admit("a", now)
    assert not locks.admit("a", now + 2 * HOUR_MS - 1)
    assert locks.admit("a", now + 2 * HOUR_MS)
    locks.forget("a")
    assert [locks.admit("a", now) for _ in range(SLIP_FAILURES + 1)] == [True] * SLIP_FAILURES + [False]
    assert locks.admit("a", now + 8 * 24 * HOUR_MS)
    assert lock_ms(SLIP_FAILURES * 30) == 7 * 24 * HOUR_MS


def test_a_restart_that_forgets_locks_helps_nobody_to_guess(store: Store) -> None:
    """Locks are in memory: each start of the server gives a code ten tries more, and that is next to nothing."""
    _, item = _taken_in_here(store)
    limits = Limits()
    while limits.slips.admit(item.code, now_ms()):
        assert follow(store, Limits(), item.code, drawn(8), "192.0.2.1") is None
    assert follow(store, limits, item.code, item.secret, "192.0.2.2") is None
    assert follow(store, Limits(), item.code, item.secret, "192.0.2.2") is not None, "a new process has forgotten"
    starts_a_year = 365 * 24 * 60  # one a minute, all year
    assert starts_a_year * SLIP_FAILURES / len(LETTERS) ** len(item.secret) < 0.00001
