"""The client session: golden traces shared with JavaScript, and the limits that traces would be long for."""

import json
from typing import Any

import pytest

from sync.session import KEEP_MS, LocalProtocolError, Session, backoff, canonical, row_of
from tests.unit.session.traces import replay_call, traces

NOW = 1_795_000_000_000
DOSSIER = "01a1ee00-0000-7000-8000-0000000000d1"


def new_ids() -> Any:
    made = iter(range(1, 10_000))
    return lambda _: f"01a1ee00-0000-7000-8000-{next(made):012x}"


def draft(values: dict[str, Any], rendered: dict[str, Any] | None = None) -> dict[str, Any]:
    base = {"dossier": DOSSIER, "procedure": "1.004873", "unit": "06154", "form": "1.004873@2"}
    return {**base, "values": values, "rendered": rendered or {}}


@pytest.mark.parametrize("trace", traces(), ids=lambda trace: trace["name"])
def test_a_golden_trace(trace: dict[str, Any]) -> None:
    session = Session("phone-1", "b")
    for call in trace["calls"]:
        assert json.loads(json.dumps(replay_call(session, call))) == call["gives"], call


@pytest.mark.parametrize("trace", traces(), ids=lambda trace: trace["name"])
def test_records_are_all_there_is_to_keep(trace: dict[str, Any]) -> None:
    """What the changes said, kept and loaded, or absorbed by another tab, is the session itself."""
    session, tab = Session("phone-1", "b"), Session("phone-1", "c")
    kept: dict[str, dict[str, Any]] = {"outbox": {}, "copies": {}, "meta": {}}
    for call in trace["calls"]:
        given = replay_call(session, call)
        changes = given.get("changes", given) if isinstance(given, dict) else {}
        for store in kept if "outbox" in changes else ():
            for key in changes[store]["delete"]:
                del kept[store][key]
            kept[store].update((record["id"], record) for record in changes[store]["put"])
        if "outbox" in changes:
            tab.absorb(changes)
    records = {store: json.loads(json.dumps(list(held.values()))) for store, held in kept.items()}
    loaded = Session.load(**records, device="phone-1", boot="d")
    for other in (loaded, tab):
        assert (other.outbox, other.copies, other.meta) == (session.outbox, session.copies, session.meta)


def test_an_op_over_256_kib_is_a_fault_of_the_caller_and_changes_nothing() -> None:
    session = Session()
    with pytest.raises(LocalProtocolError):
        session.note(DOSSIER, "ă" * 140_000, now=NOW, new_id=new_ids())
    assert not session.outbox


def test_a_command_needs_the_dossier_on_the_device() -> None:
    with pytest.raises(LocalProtocolError):
        Session().command(DOSSIER, "receive", now=NOW, new_id=new_ids())


def test_one_patch_becomes_several_only_where_a_limit_is_passed() -> None:
    """At most 500 ids a path and 2,000 an op, at most 256 KiB an op."""
    seen = [f"01a1ee00-0000-7000-8001-{n:012x}" for n in range(600)]
    rendered = {f"s.f{n}": {"value": None, "saw": seen} for n in range(9)}
    sent = Session().send(draft(dict.fromkeys(rendered, "v"), rendered), now=NOW, new_id=new_ids())
    patches = [op for op in sent["ops"] if op["type"] == "patch"]
    assert [len(patch["set"]) for patch in patches] == [4, 4, 1]
    assert all(len(ids) == 500 for patch in patches for ids in patch["saw"].values())
    large = Session().send(draft({f"s.f{n}": "x" * 10_000 for n in range(60)}), now=NOW, new_id=new_ids())
    assert all(record["bytes"] <= 256 * 1024 for record in large["changes"]["outbox"]["put"])
    assert sum(len(op.get("set", {})) for op in large["ops"]) == 60


def test_a_request_carries_at_most_500_ops_and_a_megabyte() -> None:
    session, new_id = Session(), new_ids()
    for _ in range(600):
        session.note(DOSSIER, "lời", now=NOW, new_id=new_id)
    request = session.next_request(NOW)
    assert request is not None
    assert len(request["body"]["ops"]) == 500
    session, new_id = Session(), new_ids()
    for _ in range(200):
        session.note(DOSSIER, "x" * 9_900, now=NOW, new_id=new_id)
    request = session.next_request(NOW)
    assert request is not None
    assert 900_000 < len(json.dumps(request["body"])) < 1024 * 1024


def test_what_was_acknowledged_more_than_30_days_ago_is_not_sent_again() -> None:
    session, new_id = Session(), new_ids()
    note = session.note(DOSSIER, "lời", now=NOW, new_id=new_id)["ops"][0]
    request = session.next_request(NOW)
    assert request is not None
    result = {"id": note["id"], "outcome": "applied", "rev": 1}
    session.receive(request["token"], {"server_time": NOW, "epoch": "e1", "results": [result]}, NOW)
    session.heal("e2", NOW + KEEP_MS + 1)
    assert not session.queued()
    session.heal("e3", NOW + KEEP_MS)
    assert [record["id"] for record in session.queued()] == [note["id"]]


def test_backoff_is_capped_and_jittered() -> None:
    assert [backoff(n, 0.0) for n in (1, 2, 3)] == [1_000, 2_000, 4_000]
    assert backoff(99, 0.999) <= 15 * 60_000


def test_values_are_equal_as_json_is() -> None:
    assert canonical({"b": 1.0, "a": [True]}) == canonical({"a": [True], "b": 1}) == '{"a":[true],"b":1}'
    assert canonical(1) != canonical(True)
    assert row_of("members/x/name") == row_of("members/x") == "members/x"
    assert row_of("person.papers/a") is None
    assert row_of("person.name") is None
