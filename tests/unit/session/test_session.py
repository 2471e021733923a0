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


def begun() -> tuple[Session, Any]:
    """Return a session that has taken an empty snapshot."""
    session, mark = Session(), {"cursor": "e1.5.aaaaaaaa", "epoch": "e1"}
    request = session.next_request(NOW)
    assert request is not None
    for line in (mark, mark):
        session.snapshot_line(request["token"], line, NOW)
    session.snapshot_end(request["token"], NOW, 0.5)
    return session, new_ids()


def answered(session: Session, **answer: Any) -> dict[str, Any]:
    request = session.next_request(NOW, app="1.0.0")
    assert request is not None
    changes = session.receive(request["token"], {"server_time": NOW, "epoch": "e1", **answer}, NOW)
    assert changes is not None
    return changes


def wire(rev: int, **more: Any) -> dict[str, Any]:
    base = {"id": DOSSIER, "rev": rev, "state": "1", "form": "1.004873@2", "unit": "06154", "procedure": "1.004873"}
    return {**base, **more}


def test_an_officers_create_says_for_whom() -> None:
    session, new_id = begun()
    for_whom = {"name": "An", "relation": "self", "seen": "known"}
    sent = session.send(draft({}) | {"channel": "counter", "on_behalf": for_whom}, now=NOW, new_id=new_id)
    assert (sent["ops"][0]["channel"], sent["ops"][0]["on_behalf"]) == ("counter", for_whom)


def test_only_a_refusal_can_be_put_away() -> None:
    session, new_id = begun()
    note = session.note(DOSSIER, "lời", now=NOW, new_id=new_id)["ops"][0]
    assert session.dismiss(note["id"])["outbox"]["put"] == []
    assert session.dismiss("unknown")["outbox"]["put"] == []


def test_a_result_nobody_asked_for_is_no_result() -> None:
    """Neither one of an op that this phone does not have, nor one in ``results`` that was not sent."""
    session, new_id = begun()
    waiting = session.note(DOSSIER, "lời", now=NOW, new_id=new_id)["ops"][0]
    other = {"id": "01a1ee00-0000-7000-8000-00000000ffff", "outcome": "applied", "rev": 1}
    answered(session, results=[other, {"id": waiting["id"], "outcome": "applied", "rev": 1}], outcomes=[other])
    assert list(session.outbox) == [waiting["id"]]


def test_a_final_outcome_stays() -> None:
    session, new_id = begun()
    note = session.note(DOSSIER, "lời", now=NOW, new_id=new_id)["ops"][0]
    answered(session, results=[{"id": note["id"], "outcome": "applied", "rev": 1}])
    answered(session, outcomes=[{"id": note["id"], "outcome": "held", "reason": "late"}])
    assert session.outbox[note["id"]]["status"] == "acked"


def test_lines_of_a_snapshot_that_say_nothing_are_passed_over() -> None:
    session = Session()
    request = session.next_request(NOW)
    assert request is not None
    token = request["token"]
    for line in ("<html>", {"cursor": 5}, wire(1)):
        assert session.snapshot_line(token, line, NOW) is not None
    assert not session.copies
    assert session.snapshot_line("another", wire(1), NOW) is None
    assert session.snapshot_end("another", NOW, 0.5) is None


def test_a_snapshot_of_another_epoch_is_left_until_all_is_sent_again() -> None:
    session, new_id = begun()
    note = session.note(DOSSIER, "lời", now=NOW, new_id=new_id)["ops"][0]
    answered(session, results=[{"id": note["id"], "outcome": "applied", "rev": 1}])
    request = session.next_request(NOW)
    assert request is not None
    session.failed(request["token"], {"status": 410, "code": "cursor-expired"}, NOW, 0.5)
    request = session.next_request(NOW)
    assert request is not None
    session.snapshot_line(request["token"], {"cursor": "e2.5.aaaaaaaa", "epoch": "e2"}, NOW)
    assert session.snapshot_line(request["token"], wire(1), NOW) is None
    session.snapshot_end(request["token"], NOW, 0.5)
    assert [record["id"] for record in session.queued()] == [note["id"]]


def test_what_is_not_in_a_complete_snapshot_is_gone_and_waits_for_no_pull() -> None:
    session, new_id = begun()
    answered(session, dossiers=[wire(1)], cursor="e1.6.aaaaaaaa")
    note = session.note(DOSSIER, "lời", now=NOW, new_id=new_id)["ops"][0]
    answered(session, results=[{"id": note["id"], "outcome": "applied", "rev": 2}], cursor="e1.7.aaaaaaaa")
    request = session.next_request(NOW)
    assert request is not None
    session.failed(request["token"], {"status": 410, "code": "cursor-expired"}, NOW, 0.5)
    request = session.next_request(NOW)
    assert request is not None
    mark = {"cursor": "e1.9.aaaaaaaa", "epoch": "e1"}
    for line in (mark, mark):
        session.snapshot_line(request["token"], line, NOW)
    assert not session.copies
    assert session.outbox[note["id"]]["shown"]
    session.snapshot_end(request["token"], NOW, 0.5)
    lost = answered(session, gone=[{"id": DOSSIER, "why": "moved"}])
    assert lost["copies"]["delete"] == []


def test_what_is_acknowledged_while_a_snapshot_is_cut_is_shown_once_the_snapshot_is_whole() -> None:
    session, new_id, mark = Session(), new_ids(), {"cursor": "e1.5.aaaaaaaa", "epoch": "e1"}
    request = session.next_request(NOW)
    assert request is not None
    for line in (mark, wire(2)):
        session.snapshot_line(request["token"], line, NOW)
    session.snapshot_end(request["token"], NOW, 0.5)  # cut: the last mark never came
    early = session.note(DOSSIER, "lời", now=NOW, new_id=new_id)["ops"][0]
    later = session.note(DOSSIER, "lời", now=NOW, new_id=new_id)["ops"][0]
    results = [{"id": early["id"], "outcome": "applied", "rev": 2}, {"id": later["id"], "outcome": "applied", "rev": 3}]
    request = session.next_request(NOW + 60_000)
    assert request is not None
    session.receive(request["token"], {"server_time": NOW, "epoch": "e1", "results": results}, NOW, 0.5)
    request = session.next_request(NOW + 120_000)
    assert request is not None
    for line in (mark, mark):
        session.snapshot_line(request["token"], line, NOW)
    session.snapshot_end(request["token"], NOW, 0.5)
    assert session.outbox[early["id"]]["shown"]
    assert not session.outbox[later["id"]]["shown"], "its dossier is not here at that rev yet"


@pytest.mark.parametrize(("code", "paused"), [("invalid", "invalid"), ("", None)])
def test_an_account_waits_for_its_person_only_where_the_server_itself_refused_it(code: str, paused: str | None) -> None:
    session = Session()
    session.begin_account(name="An", secret="s" * 43)
    request = session.next_request(NOW)
    assert request is not None
    session.failed(request["token"], {"status": 400, "code": code}, NOW, 0.5)
    assert session.meta["paused"] == paused
    assert (session.meta["next_try_ms"] > NOW) == (paused is None), "anybody else's 400 is asked again, and not at once"


def test_a_withdrawal_on_its_way_counts() -> None:
    session, new_id = begun()
    answered(session, dossiers=[wire(1)], cursor="e1.6.aaaaaaaa")
    session.withdraw(DOSSIER, now=NOW, new_id=new_id)
    assert session.expected_state(DOSSIER) == "7"


def test_held_ops_that_a_snapshot_does_not_list_are_sent_again() -> None:
    session, new_id = begun()
    note = session.note(DOSSIER, "lời", now=NOW, new_id=new_id)["ops"][0]
    answered(session, results=[{"id": note["id"], "outcome": "held", "reason": "waiting"}], cursor="e1.6.aaaaaaaa")
    request = session.next_request(NOW)
    assert request is not None
    session.failed(request["token"], {"status": 410, "code": "cursor-expired"}, NOW, 0.5)
    request = session.next_request(NOW)
    assert request is not None
    for line in ({"cursor": "e1.9.aaaaaaaa", "epoch": "e1"},) * 2:
        session.snapshot_line(request["token"], line, NOW)
    assert [record["id"] for record in session.queued()] == [note["id"]]


def test_a_copy_says_which_of_its_values_the_office_wrote_as_long_as_they_stand() -> None:
    session, _ = begun()
    one, other, mine = (f"01a1ee00-0000-7000-8000-00000000fff{n}" for n in range(3))
    cells = {"a.b": [["v", 0]], "a.c": [["w", 1]], "a.d": [[7, None]]}
    answered(session, dossiers=[wire(2, by=[one, mine], office=[0], cells=cells)], cursor="e1.6.aaaaaaaa")
    assert session.copies[DOSSIER]["office"] == [one]
    cells = {"a.c": [["x", 0], ["w", 1]]}
    answered(session, dossiers=[wire(3, by=[other, mine], office=[0], cells=cells)], cursor="e1.7.aaaaaaaa")
    assert session.copies[DOSSIER]["office"] == [one, other]
    cells = {"a.b": [["y", 0]], "a.c": [["x", 0]]}
    answered(session, dossiers=[wire(4, by=[mine], cells=cells)], cursor="e1.8.aaaaaaaa")
    assert "office" not in session.copies[DOSSIER]


def test_an_own_value_that_agrees_with_the_one_that_shows_is_no_news() -> None:
    session, new_id = begun()
    patch = session.send(draft({"a.b": "v"}) | {"submit": False}, now=NOW, new_id=new_id)["ops"][1]
    theirs = "01a1ee00-0000-7000-8000-00000000ffff"
    answered(session, dossiers=[wire(2, by=[patch["id"]], cells={"a.b": [["v", 0]]})], cursor="e1.6.aaaaaaaa")
    cells = {"a.b": [["v", 0], ["v", 1]]}
    changes = answered(session, dossiers=[wire(3, by=[theirs, patch["id"]], cells=cells)], cursor="e1.7.aaaaaaaa")
    assert changes["news"] == []
    removed = {"members/x": "gone"}
    rendered = {"members/x/name": {"value": "v", "saw": [theirs]}, "other": {"value": "v", "saw": ["no"]}}
    sent = session.send(draft(removed, rendered), now=NOW, new_id=new_id)
    assert sent["ops"][0]["saw"] == {"members/x": [theirs]}
