"""The catalogue is taken by a real process: killed in the middle of its writing, and with files of any size."""

import json
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from e2e.office import ROOT
from server.store.database import FILE, connect, migrate
from server.store.procedures import procedures

RECORDS = 3_500
#: Longer than what SQLite keeps in memory of a transaction, so that it writes before it commits.
LETTERS = 14_000
LARGE_BYTES = 200 * 1024 * 1024
LARGE_RECORDS = 10_000
#: What a file of 200 MB may take in memory: Python, this program, and SQLite's own cache.
MEMORY_BYTES_MAX = 320 * 1024 * 1024
MOTCUA = [sys.executable, "-m", "server.cli"]


def record(number: int, letters: int) -> dict[str, Any]:
    return {
        "code": f"1.{number:06}", "name_vi": f"Thủ tục {number}", "field": "Hộ tịch", "levels": ["xa"], "agency": [],
        "documents": [], "methods": [], "legal_note": "ă" * letters,
    }  # fmt: skip


def written(file: Path, count: int, letters: int) -> Path:
    """Write a file of as many records, never the whole of it in memory."""
    with file.open("w", encoding="utf-8") as out:
        for number in range(count):
            out.write("[" if number == 0 else ",")
            out.write(json.dumps(record(number, letters), ensure_ascii=False))
        out.write("]")
    return file


def words(data: Path, file: Path) -> list[str]:
    return [*MOTCUA, "catalogue", "import", str(file), "--data", str(data), "--json"]


def imported(data: Path, file: Path) -> dict[str, Any]:
    done = subprocess.run(words(data, file), cwd=ROOT, capture_output=True, check=True)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.fixture
def data(tmp_path: Path) -> Path:
    migrate(tmp_path / "data")
    return tmp_path / "data"


def kept(data: Path) -> list[tuple[Any, ...]]:
    with closing(connect(data)) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        tables = ("procedure_record", "procedure_change", "procedure_file", "tip")
        return [row for table in tables for row in conn.execute(f"SELECT * FROM {table}")]


def wait_for_writing(data: Path, process: subprocess.Popen[bytes]) -> None:
    """Return once the process has written to the log beside the database, which it does before it commits."""
    log = data / f"{FILE}-wal"
    while not log.exists() or log.stat().st_size == 0:
        assert process.poll() is None, "it ended before it wrote"
        time.sleep(0.001)


def test_killed_while_it_writes_it_has_changed_nothing(data: Path, tmp_path: Path) -> None:
    assert imported(data, written(tmp_path / "old.json", RECORDS, 10))["added"] == RECORDS
    before, file = kept(data), written(tmp_path / "new.json", RECORDS, LETTERS)
    process = subprocess.Popen(words(data, file), cwd=ROOT, stdout=subprocess.PIPE)
    wait_for_writing(data, process)
    process.kill()
    out, _ = process.communicate()
    assert (process.returncode, out) == (-signal.SIGKILL, b"")
    assert (data / f"{FILE}-wal").stat().st_size > 0
    assert kept(data) == before
    file.unlink()
    half = written(tmp_path / "half.json", RECORDS // 2, 20)
    report = imported(data, half)
    assert (report["changed"], report["withdrawn"], report["refused"]) == (RECORDS // 2, RECORDS // 2, [])
    with closing(connect(data)) as conn:
        assert len(list(procedures(conn))) == RECORDS // 2


MEASURED = """
import resource, sys
from server.cli import main
code = main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.long
def test_two_hundred_megabytes_take_no_more_memory_than_a_small_file(data: Path, tmp_path: Path) -> None:
    file = written(tmp_path / "large.json", LARGE_RECORDS, LARGE_BYTES // LARGE_RECORDS // 2)
    assert file.stat().st_size >= LARGE_BYTES
    for expected in ("added", "unchanged"):
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, *words(data, file)[3:]], cwd=ROOT, capture_output=True, check=True
        )
        report = json.loads(done.stdout)
        assert (report[expected], report["refused"]) == (LARGE_RECORDS, [])
        assert int(done.stderr) < MEMORY_BYTES_MAX


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(data: Path, tmp_path: Path) -> None:
    before, file = kept(data), tmp_path / "huge.json"
    with file.open("wb") as out:
        out.truncate(513 * 1024 * 1024)
    done = subprocess.run(words(data, file), cwd=ROOT, capture_output=True, check=False, text=True)
    assert done.returncode == 1
    assert "larger than 512 MB" in done.stderr
    assert "nothing was changed" in done.stderr
    assert kept(data) == before
