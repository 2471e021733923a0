"""The oracle is worth something: each fault planted on purpose is caught (quality.md §2)."""

from collections.abc import Callable
from typing import Any

import pytest

import sync.effects
import sync.memory
import sync.push
import sync.uploads
import tests.simulation.office
from sync.ledger import Entry
from sync.memory import MemoryLedger
from sync.merge import merged
from sync.push import _Reconciler
from tests.simulation.oracle import Broken
from tests.simulation.papers import Papers
from tests.simulation.phones import PLANTS, NodeProcess, Phone
from tests.simulation.run import Run

SEEDS = 400


def caught(node: NodeProcess, says: str, **plants: str) -> bool:
    """Return whether some run breaks, in the way that the fault should."""
    for seed in range(SEEDS):
        try:
            Run(seed, node, **plants).play()
        except Broken as broken:
            if says in str(broken):
                return True
    return False


SAYS = {
    "saw without its chain": "false conflict",
    "saw moved by a pull under an open form": "lost update",
    "own acknowledged value not counted as displayed": "false conflict",
    "nothing sent again after an epoch change": "never arrived",
    "an account that does not go before its ops": "not at rest",
    "an account that a restore lost is not begun again": "never arrived",
}


@pytest.mark.parametrize("language", ["py", "js"])
@pytest.mark.parametrize("plant", [plant for plant in PLANTS if plant != "none"])
def test_a_fault_in_a_phone_is_caught(plant: str, language: str, node: NodeProcess) -> None:
    assert caught(node, SAYS[plant], **{language: plant})


def test_no_dedupe_is_caught(node: NodeProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Reconciler, "_replay", lambda *_: None)
    monkeypatch.setattr(MemoryLedger, "add_op", MemoryLedger.move_op)
    assert caught(node, "times")


def test_an_op_already_seen_that_enters_is_caught(node: NodeProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, lambda *cell, **_: merged(*cell, named_by_office=None))
    assert caught(node, "false conflict")


def test_always_overwrite_is_caught(node: NodeProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, lambda _siblings, _by, new, *_, **__: [new])
    assert caught(node, "lost update")


def plant(monkeypatch: pytest.MonkeyPatch, rule: Callable[..., Any]) -> None:
    monkeypatch.setattr(sync.effects, "merged", rule)


def test_an_op_lost_by_the_server_is_caught(node: NodeProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not asked for, and the simplest of all: what was acknowledged is not there."""
    kept = MemoryLedger.add_op

    def forget(ledger: MemoryLedger, entry: Entry) -> None:
        kept(ledger, entry)
        if entry.type == "note":
            ledger._moved.pop(entry.op, None)

    monkeypatch.setattr(MemoryLedger, "add_op", forget)
    assert caught(node, "")


def test_numbers_that_begin_again_after_a_restore_are_caught(
    node: NodeProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync.memory, "numbers_of", lambda _: 0)
    monkeypatch.setattr(tests.simulation.office, "numbers_of", lambda _: 0)
    monkeypatch.setattr(MemoryLedger, "has_code", lambda *_: False)
    assert caught(node, "one code, two dossiers")


def test_a_claim_that_nobody_is_told_of_is_caught(node: NodeProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    def give(reconciler: Any, dossier: Any, claimer: Any) -> None:
        dossier.begun_by, dossier.applicant = dossier.applicant, claimer.person
        reconciler.ledger.save_dossier(dossier)

    monkeypatch.setattr(sync.push._Reconciler, "give", give)
    assert caught(node, "may see")


def test_revs_that_begin_again_after_a_restore_are_caught(node: NodeProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync.push, "revs_of", lambda _: 0)
    assert caught(node, "was given twice")


@pytest.mark.parametrize(
    ("lane", "says"),
    [
        ("a copy freed before verified", "nowhere any more"),
        ("a copy freed as soon as it is verified", "nowhere any more"),
        ("an offset of the phone's own", "not at rest"),
    ],
)
def test_a_fault_in_a_lane_is_caught(lane: str, says: str, node: NodeProcess) -> None:
    assert caught(node, says, lane=lane)


def test_an_offset_told_from_memory_and_lost_by_a_stop_is_caught(
    node: NodeProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Papers, "settle", lambda _, part: len(part.data))
    assert caught(node, "an offset fell")


def test_an_offset_trusted_from_memory_after_a_stop_is_caught(
    node: NodeProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory that outlives the disk: the office takes bytes for a place that its part does not reach."""
    stop = Papers.stop

    def remembers(papers: Papers, now: int) -> None:
        ends = dict(papers.ends)
        stop(papers, now)
        papers.ends = {upload: end for upload, end in ends.items() if upload in papers.parts}

    monkeypatch.setattr(Papers, "stop", remembers)
    monkeypatch.setattr(Papers, "settle", lambda _, part: len(part.data))
    assert caught(node, "")


def test_verified_without_a_hash_is_caught(node: NodeProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync.uploads, "is_right", lambda *_: True)
    assert caught(node, "not what its name says")


def test_files_that_hold_up_data_are_caught(node: NodeProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    drain = Run.drain

    def waits(run: Run, phone: Phone) -> None:
        if not run.lane(phone).rules.unsent():
            drain(run, phone)

    monkeypatch.setattr(Run, "drain", waits)
    assert caught(node, "not at rest")


def test_have_of_what_only_others_have_is_caught(node: NodeProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync.uploads, "is_known", lambda **_: True)
    assert caught(node, "only others have")


def test_a_named_file_that_is_let_go_is_caught(node: NodeProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync.uploads, "keeps", lambda _: False)
    assert caught(node, "a file that is named is gone")
