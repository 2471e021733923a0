"""A backup beside a server under load, ``kill -9``, a restore: phones heal what they were told, nothing twice."""

import json
import resource
import shutil
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from e2e.office import ROOT, Office
from tests.bench.submission import answers
from tests.integration.caller import Caller, op, problem
from tests.integration.phone import Phone
from tests.integration.test_commands import motcua

CLIENTS = 4
ACKNOWLEDGED = 12


class Sender(threading.Thread):
    """Somebody who sends one dossier after the other until the server is gone."""

    def __init__(self, phone: Phone, values: dict[str, Any], acknowledged: threading.Semaphore) -> None:
        super().__init__()
        self._phone, self._values, self._acknowledged = phone, values, acknowledged

    def run(self) -> None:
        while True:
            self._phone.submit(self._values)
            try:
                self._phone.drain()
            except httpx.HTTPError:
                return
            self._acknowledged.release()


def wait_for(acknowledged: threading.Semaphore) -> None:
    for _ in range(ACKNOWLEDGED):
        assert acknowledged.acquire(timeout=60)


def restored(office: Office, file: Path, data: Path | None = None) -> dict[str, Any]:
    return dict(json.loads(motcua("restore", str(file), "--data", str(data or office.data), "--json").stdout))


def backed_up(office: Office, file: Path, *words: str) -> dict[str, Any]:
    return dict(json.loads(motcua("backup", "--data", str(office.data), str(file), "--json", *words).stdout))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path / "data") as office:
        yield office


def values_of(office: Office) -> dict[str, Any]:
    return answers(httpx.get(f"{office.address}/forms/1.004873").content)[1]


def test_what_phones_were_told_comes_back_and_nothing_twice(running: Office, tmp_path: Path) -> None:
    values = values_of(running)
    phones = [Phone(Caller.signed_in(running, f"demo-{number + 1}")) for number in range(CLIENTS)]
    officer = Caller.signed_in(running, "officer-06154")
    acknowledged = threading.Semaphore(0)
    senders = [Sender(phone, values, acknowledged) for phone in phones]
    for sender in senders:
        sender.start()
    wait_for(acknowledged)
    made = backed_up(running, tmp_path / "backup")
    wait_for(acknowledged)
    [seen, *_] = officer.pull()["dossiers"]
    [received] = officer.push(op("command", seen["id"], name="receive", expect={"state": "1"}))
    running.kill()
    for sender in senders:
        sender.join()
    told = {phone: phone.told() for phone in phones}
    done = restored(running, tmp_path / "backup")
    running.start()
    for phone in phones:
        phone.drain()

    check_healed(told, officer, values)
    check_lost(made, done, officer, seen["id"])
    assert received["outcome"] == "applied"
    check_once(running)
    _, results = Caller.signed_in(running, "demo-9").submitted(values)
    codes = {result["code"] for results in told.values() for result in results.values() if "code" in result}
    assert results[2]["code"] not in codes
    assert int(results[2]["code"].rpartition("-")[2]) > int(done["epoch"][1:]) * 1_000


def check_healed(told: dict[Phone, dict[str, Any]], officer: Caller, values: dict[str, Any]) -> None:
    """Every outcome and every code that anybody was told stands again, and what waited has arrived too."""
    codes: dict[str, str] = {}
    for phone, results in told.items():
        now = phone.told()
        assert {record["status"] for record in phone.session.outbox.values()} == {"acked"}
        for identifier, result in results.items():
            assert now[identifier]["outcome"] == result["outcome"]
            assert now[identifier].get("code") == result.get("code")
        for record in phone.session.outbox.values():
            if record["op"]["type"] == "submit":
                codes[record["dossier"]] = record["result"]["code"]
    assert len(set(codes.values())) == len(codes), "one code a dossier"
    cursor, seen = "", {}
    while True:
        page = officer.pull(cursor)
        seen |= {dossier["id"]: dossier for dossier in page["dossiers"]}
        cursor = page["cursor"]
        if not page["more"]:
            break
    assert {dossier["id"]: dossier["code"] for dossier in seen.values()} == codes
    for dossier in seen.values():
        assert {path: cell[0][0] for path, cell in dossier["cells"].items() if path in values} == values


def check_lost(made: dict[str, Any], done: dict[str, Any], officer: Caller, received: str) -> None:
    """The lost window is told, and what the officer did in it on the desk; that alone is not healed."""
    lost = done["lost"]
    assert (lost["known"], lost["other_log"], lost["since"]) == (True, False, made["made"])
    assert lost["until"] >= lost["since"]
    assert lost["submitted"] >= 1
    assert [(step["user"], step["dossier"], step["what"]) for step in lost["office"]] == [
        ("officer-06154", received, "command receive")
    ]
    assert (made["epoch"], done["epoch"]) == ("e1", "e2")
    found = officer.sees(received)
    assert found is not None
    assert found["state"] == "1"


def check_once(office: Office) -> None:
    """No op is applied twice, and revs of what was begun again lie above those of the epoch before."""
    with sqlite3.connect(office.data / "motcua.db") as conn:
        revs = conn.execute("SELECT rev FROM dossier").fetchall()
        assert {rev for (rev,) in revs} == {3, 2_000_003}
        [(twice,)] = conn.execute("SELECT count(*) - count(DISTINCT op) FROM log WHERE kind = 'op'").fetchall()
        assert twice == 0
    conn.close()


def test_a_cut_snapshot_goes_on_where_it_stopped(running: Office, tmp_path: Path) -> None:
    values = values_of(running)
    phone = Phone(Caller.signed_in(running, "demo-1"))
    mine = {phone.submit(values) for _ in range(7)}
    phone.drain()
    backed_up(running, tmp_path / "backup")
    running.stop()
    restored(running, tmp_path / "backup")
    running.start()
    assert phone.exchange(), "its cursor is of another epoch"
    assert phone.exchange(), "what it was told is sent again"
    had: list[str | None] = []
    while phone.session.meta["need_snapshot"]:
        assert phone.exchange(lines_max=3), "the mark and two dossiers, then the signal is gone"
        had.append((phone.session.meta["snapshot"] or {}).get("after"))
    assert had == [*sorted(mine)[1:6:2], None], "two more each time"
    phone.drain()
    assert set(phone.session.copies) == mine
    assert all(record["shown"] for record in phone.session.outbox.values())


def test_no_epoch_comes_twice(running: Office, tmp_path: Path) -> None:
    backed_up(running, tmp_path / "backup")
    running.stop()
    again = [restored(running, tmp_path / "backup") for _ in range(2)]
    assert [done["epoch"] for done in again] == ["e2", "e3"]
    assert all(Path(done["aside"]).is_file() for done in again), "nothing is destroyed"
    assert again[0]["aside"] != again[1]["aside"]
    fresh = [restored(running, tmp_path / "backup", tmp_path / name) for name in ("one", "two")]
    assert not any(done["lost"]["known"] for done in fresh)
    assert fresh[0]["epoch"] != fresh[1]["epoch"], "two machines that know nothing of each other"
    assert all(int(done["epoch"][1:]) > 1 for done in fresh)


def test_a_served_directory_is_left_alone(running: Office, tmp_path: Path) -> None:
    backed_up(running, tmp_path / "backup")
    assert "already runs" in motcua("restore", str(tmp_path / "backup"), "--data", str(running.data), code=1).stderr
    assert httpx.get(f"{running.address}/health").status_code == 200


def test_a_backup_is_not_overwritten_unasked(running: Office, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    backed_up(running, file)
    before = file.read_bytes()
    assert "already" in motcua("backup", "--data", str(running.data), str(file), code=1).stderr
    assert file.read_bytes() == before
    assert backed_up(running, file, "--overwrite")["made"] > 0
    assert file.stat().st_mode & 0o077 == 0, "it holds people's data"


def test_a_full_disk_leaves_the_old_backup_and_nothing_half(running: Office, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    file = folder / "backup"
    backed_up(running, file)
    before = file.read_bytes()
    for limit in (4_096, len(before) - 1):
        command = [sys.executable, "-m", "server.cli", "backup", "--data", str(running.data), str(file), "--overwrite"]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
            preexec_fn=lambda room=limit: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
        )  # fmt: skip
        assert done.returncode == 1
        assert "no backup was made" in done.stderr
        assert list(folder.iterdir()) == [file]
        assert file.read_bytes() == before


def damaged(file: Path, how: str) -> Path:
    """Return a copy of a backup that is not what it should be."""
    other = file.with_name(how)
    raw = file.read_bytes()
    if how == "cut":
        other.write_bytes(raw[: len(raw) // 2])
    elif how == "flipped":
        at = len(raw) // 2
        other.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
    elif how == "something else":
        other.write_bytes(b"SQLite format 3\0")
    else:
        with zipfile.ZipFile(file) as old, zipfile.ZipFile(other, "w") as new:
            manifest = json.loads(old.read("manifest.json"))
            changes = {
                "another database": {"sha256": "0" * 64},
                "later version": {"version": 2},
                "newer program": {"migrations": [*manifest["migrations"], "tables_of_tomorrow"]},
                "another program": {"format": "zip"},
            }
            new.writestr("manifest.json", json.dumps(manifest | changes[how]))
            new.writestr("motcua.db", old.read("motcua.db"))
    return other


@pytest.mark.parametrize(
    "how", ["cut", "flipped", "something else", "another database", "later version", "newer program", "another program"]
)
def test_what_is_no_good_backup_touches_nothing(office: Office, tmp_path: Path, how: str) -> None:
    backed_up(office, tmp_path / "backup")
    data = tmp_path / "data"
    restored(office, tmp_path / "backup", data)
    before = {path.name: path.read_bytes() for path in data.iterdir() if path.name != "serve.lock"}
    said = motcua("restore", str(damaged(tmp_path / "backup", how)), "--data", str(data), code=1).stderr
    assert "Traceback" not in said
    assert "backup" in said
    assert {path.name: path.read_bytes() for path in data.iterdir() if path.name != "serve.lock"} == before


def test_a_database_that_cannot_be_read_is_replaced_and_kept(office: Office, tmp_path: Path) -> None:
    backed_up(office, tmp_path / "backup")
    data = tmp_path / "data"
    data.mkdir()
    (data / "motcua.db").write_bytes(b"not a database at all, " * 300)
    done = restored(office, tmp_path / "backup", data)
    assert not done["lost"]["known"]
    assert Path(done["aside"]).read_bytes().startswith(b"not a database")
    with Office(data) as served:
        assert served.dossiers() is not None


def test_codes_are_proven_after_a_restore(running: Office, tmp_path: Path) -> None:
    """The key of proofs is in the backup: a dossier lost with the machine gets its code back on another one."""
    values = values_of(running)
    backed_up(running, tmp_path / "backup")
    phone = Phone(Caller.signed_in(running, "demo-1"))
    dossier = phone.submit(values)
    phone.drain()
    code = phone.session.state_of(dossier)["code"]
    running.kill()
    shutil.rmtree(running.data)
    done = restored(running, tmp_path / "backup")
    running.start()
    given = motcua("token", "--data", str(running.data), "--person", "demo-1", "--json").stdout
    phone.caller = Caller(running.address, json.loads(given)[0]["token"])
    phone.drain()
    assert phone.session.state_of(dossier)["code"] == code
    assert phone.session.copies[dossier]["rev"] == int(done["epoch"][1:]) * 1_000_000 + 3
    text = motcua("restore", str(tmp_path / "backup"), "--data", str(tmp_path / "other")).stdout
    assert "lost window" in text


def test_a_lost_window_is_told_in_words(running: Office, tmp_path: Path) -> None:
    values, officer = values_of(running), Caller.signed_in(running, "officer-06154")
    dossier, [begin, write, _] = Caller.signed_in(running, "demo-1").submitted(values)
    backed_up(running, tmp_path / "backup")
    officer.push(op("command", dossier, name="receive", expect={"state": "1"}))
    motcua("officer", "add", "--data", str(running.data), "--id", "officer-late", "--unit", "06154")
    running.stop()
    text = motcua("restore", str(tmp_path / "backup"), "--data", str(running.data)).stdout
    assert "1 new accounts, 2 changes of roles" in text
    assert "officer-06154" in text
    assert "command receive" in text
    assert begin["outcome"] == write["outcome"] == "applied"


def test_an_old_cursor_is_told_of_the_new_epoch(running: Office, tmp_path: Path) -> None:
    caller = Caller.signed_in(running, "demo-1")
    cursor = caller.pull()["cursor"]
    backed_up(running, tmp_path / "backup")
    running.stop()
    restored(running, tmp_path / "backup")
    running.start()
    assert problem(caller.sync(cursor=cursor)) == "epoch-changed"
    assert problem(caller.http.get("/sync/v1/snapshot", params={"after": "", "cursor": cursor})) == "epoch-changed"
    assert caller.pull()["cursor"].startswith("e2.")
