"""Nothing lost, nothing twice (protocol §7), over many seeds. ``SIM_RUNS=20000`` for more, ``SIM_SEED=`` for one."""

import os
from itertools import pairwise

import pytest

from tests.simulation.office import PROCEDURE
from tests.simulation.phones import NodeProcess
from tests.simulation.run import Run

RUNS = int(os.environ.get("SIM_RUNS", "2000"))
CHUNK = 100
SEEDS = [int(os.environ["SIM_SEED"])] if "SIM_SEED" in os.environ else range(RUNS)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", SEEDS[::CHUNK])
def test_seeds(first: int, node: NodeProcess) -> None:
    ops = 0
    for seed in SEEDS[:1] if len(SEEDS) == 1 else range(first, min(first + CHUNK, RUNS)):
        run = Run(seed, node)
        try:
            run.play()
        except Exception as fault:
            raise AssertionError(f"SIM_SEED={seed}: {fault}") from fault
        assert {phone.node is None for phone in run.phones} == {True, False}, "a phone in each language"
        ops += len(run.oracle.made)
    print(f"seeds {first} to {first + CHUNK - 1}: {ops} ops")


def test_what_may_happen_does(node: NodeProcess) -> None:
    """The runs are wild enough to be worth something: what is named at its end happens in them."""
    seen: set[str] = set()
    for seed in range(250):
        run = Run(seed, node)
        run.play()
        seen |= {"clone" for phone in run.phones if "clone" in phone.name}
        seen |= {"moved"} if run.office.actors["officer"].former_units else set()
        seen |= run.happened
        for op in run.office.ops().values():
            values = getattr(op, "set", {}).values()
            seen |= {
                f"a value {value}" for value in values if value is None or value is True or value in ("gone", "here")
            }
            seen |= {f"form {op.form}"} if op.form else set()
        files = [file for dossier in run.office.dossiers().values() for file in dossier.attachments]
        steps = [step for dossier in run.office.dossiers().values() for step in dossier.steps]
        seen |= {"answered" for before, step in pairwise(steps) if (before.state, step.command) == ("5", "submit")}
        seen |= {f"file {file.status}" for file in files} | {f"a file {file.why}" for file in files}
        seen |= {f"stuck {file['stuck']}" for phone in run.phones for file in phone.files.values()}
        for entry in run.office.entries().values():
            if entry.type == "command" and entry.outcome == "applied":
                seen.add(f"step {run.office.ops()[entry.op].name}")  # type: ignore[attr-defined]
            seen |= {entry.outcome, entry.type, f"{entry.type} {entry.outcome}", entry.reason or ""}
            seen |= {entry.problem.code} if entry.problem else set()
            seen |= {"overridden"} if entry.overridden else set()
            seen |= {"was"} if entry.was else set()
    wanted = {"clone", "restore", "moved", "applied", "conflict", "held", "refused", "overridden", "was", "attach"}
    wanted |= {"detach", "withdraw", "command", "accept", "decline", "note", "late", "field-invalid", "rule-broken"}
    wanted |= {"predecessor-refused", "stale-state", "dossier-unknown", "field-unknown", "form-unknown"}
    wanted |= {
        "account begun",
        "unauthenticated",
        "snapshot cut",
        "snapshot continued",
        "cursor-expired",
        "epoch-changed",
    }
    wanted |= {f"file {status}" for status in ("awaited", "arriving", "verified", "bad")}
    wanted |= {f"a file {why}" for why in ("size", "type", "too-large", "unreadable")}
    wanted |= {f"file {code}" for code in ("checksum", "upload-offset", "upload-gone")}
    wanted |= {"cut", "sent away", "a byte changed", "office stopped", "stuck checksum", "freed"}
    wanted |= {f"step {name}" for name in ("receive", "reject", "start", "ask_more", "finish")}
    wanted |= {"answered", "dossier-closed"}
    wanted |= {"old copy", "in place", "fresh machine", "restore 3", "month", "desk page", "right-lost"}
    wanted |= {"claimed", "claim refused", "head: accept applied", "head: decline applied", "head: command applied"}
    wanted |= {
        "a value None",
        "a value True",
        "a value gone",
        "a value here",
        f"form {PROCEDURE}@1",
        f"form {PROCEDURE}@2",
    }
    assert wanted <= seen, wanted - seen
