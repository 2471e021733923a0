"""What a new data directory begins with."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx

from e2e.office import ROOT, free_port
from server.store.store import Store


def test_demo_people_have_a_citizen_id_of_their_own(store: Store) -> None:
    ids = [row[0] for row in store.conn.execute("SELECT citizen_id FROM person WHERE citizen_id IS NOT NULL")]
    assert len(ids) == len(set(ids)) > 0
    assert all(len(each) == 12 and each.isdigit() and each.startswith("999") for each in ids)


def test_serve_on_a_new_directory_has_the_shipped_form_and_the_communes(tmp_path: Path) -> None:
    port, data = free_port(), tmp_path / "data"
    command = [sys.executable, "-m", "server.cli", "serve", "--port", str(port), "--data", str(data)]
    with subprocess.Popen(command, cwd=ROOT) as server:
        try:
            transport = httpx.HTTPTransport(retries=20)  # the client's own back-off, while the server starts
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", transport=transport) as http:
                assert http.get("/forms/1.004873").json()["procedure"] == "1.004873"
                assert 'data-procedure="1.004873"' in http.get("/thu-tuc").text
        finally:
            server.terminate()
    with sqlite3.connect(data / "motcua.db") as conn:
        in_force = "SELECT count(*) FROM unit WHERE kind IN ('commune', 'ward') AND valid_to IS NULL"
        assert conn.execute(in_force).fetchone() == (65,)
        assert conn.execute("SELECT count(*) FROM person").fetchone() == (0,)
