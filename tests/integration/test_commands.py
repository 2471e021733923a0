"""The commands, as people type them, also beside a running server."""

import json
import signal
import socket
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from e2e.office import ROOT, Office
from server.calendar import Override
from server.data_dir import transaction
from server.store.catalogue import decide_day
from tests.integration.caller import Caller, problem


def motcua(*words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == code, done.stderr
    return done


def test_tokens_are_given_beside_a_running_server(office: Office) -> None:
    given = json.loads(
        motcua("token", "--data", str(office.data), "--person", "demo-1", "--days", "2", "--json").stdout
    )
    assert [set(each) >= {"token", "person", "expires"} for each in given] == [True]
    assert Caller(office.address, given[0]["token"]).http.get("/accounts/me").json()["user"] == "demo-1"


def test_many_tokens_are_each_for_another_account(office: Office) -> None:
    words = ("token", "--data", str(office.data), "--person", "demo-1", "--count", "12", "--json")
    given = json.loads(motcua(*words).stdout)
    names = {Caller(office.address, each["token"]).http.get("/accounts/me").json()["user"] for each in given}
    assert len(given) == len(names) == 12
    officers = json.loads(
        motcua("token", "--data", str(office.data), "--officer", "officer-06154", "--count", "2", "--json").stdout
    )
    assert all(Caller(office.address, each["token"]).http.get("/desk").status_code == 200 for each in officers)


def test_nobody_unknown_gets_a_token(office: Office, tmp_path: Path) -> None:
    assert "no account" in motcua("token", "--data", str(office.data), "--person", "nobody", code=1).stderr
    assert motcua("token", "--data", str(tmp_path / "nowhere"), "--person", "demo-1", code=1).stderr


def test_an_officer_comes_moves_and_goes_while_the_server_runs(office: Office) -> None:
    def officer(*words: str) -> Any:
        return json.loads(motcua("officer", *words, "--data", str(office.data), "--id", "officer-new", "--json").stdout)

    officer("add", "--unit", "06154")
    token = json.loads(motcua("token", "--data", str(office.data), "--officer", "officer-new", "--json").stdout)[0][
        "token"
    ]
    caller = Caller(office.address, token)
    cursor = caller.pull()["cursor"]
    assert caller.http.get("/accounts/me").json()["roles"][0]["unit"] == "06154"
    officer("move", "--unit", "06151", "--role", "head")
    assert caller.http.get("/accounts/me").json()["roles"] == [{"unit": "06151", "role": "head"}]
    assert problem(caller.sync(cursor=cursor)) == "cursor-expired", "other scopes, another cursor"
    officer("end")
    assert caller.http.get("/desk").status_code == 403
    assert (
        "no unit"
        in motcua("officer", "add", "--data", str(office.data), "--id", "x", "--unit", "nowhere", code=1).stderr
    )


def test_a_second_server_on_the_same_data_is_refused(office: Office) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", "serve", "--data", str(office.data), "--port", "0"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode != 0
    assert "already runs" in done.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.org"])
def test_the_demo_stays_on_this_machine(tmp_path: Path, host: str) -> None:
    assert "--demo-public" in motcua("demo", "--host", host, "--data", str(tmp_path), code=1).stderr


def test_the_demo_takes_the_next_free_port_and_ends_cleanly(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [
            sys.executable,
            "-u",
            "-m",
            "server.cli",
            "demo",
            "--port",
            str(port),
            "--data",
            str(tmp_path / "Một Cửa"),
        ]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as demo:
            assert demo.stdout is not None
            address = demo.stdout.readline().split()[-1]
            assert f":{port}/" not in address
            with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
                assert client.get(address + "health").status_code == 200
            demo.send_signal(signal.SIGINT)
            rest = demo.stdout.read()
            assert demo.wait(30) == 0
            assert "Traceback" not in rest


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    assert "first_tables" in motcua("migrate", "--data", str(tmp_path / "new")).stdout
    assert motcua("migrate", "--data", str(tmp_path / "new")).stdout.strip() == "up to date"


def test_forms_are_checked(tmp_path: Path) -> None:
    motcua("form", "check", "schemas/procedures/1.004873.json")
    broken = tmp_path / "broken.json"
    broken.write_text('{"procedure": "1.1", "version": 0}')
    assert motcua("form", "check", str(broken), code=1).stdout


def test_a_due_date_says_why(tmp_path: Path) -> None:
    asked = ("due", "--at", "2026-11-20T15:00:00+07:00", "--for", "2", "--unit", "working_day", "--data", str(tmp_path))
    answer = json.loads(motcua(*asked, "--json").stdout)
    assert answer["due"] == "2026-11-25T17:00:00+07:00"
    assert answer["trace"][4] == {"date": "2026-11-24", "counted": False, "why": "Ngày Văn hóa Việt Nam"}
    assert "Ngày Văn hóa Việt Nam" in motcua(*asked).stdout
    with transaction(tmp_path) as conn:
        decide_day(
            conn, Override(date(2026, 11, 25), working=False, why="nghỉ vì lũ", decision="QĐ 9/QĐ-UBND"), 0, None
        )
    assert json.loads(motcua(*asked, "--json").stdout)["due"] == "2026-11-26T17:00:00+07:00"
    for wrong in ("2026-11-20", "2026-11-20T15:00:00", "2099-11-20T15:00:00+07:00"):
        assert "motcua: " in motcua("due", "--at", wrong, "--for", "1", "--unit", "month", code=1).stderr
