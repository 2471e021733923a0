"""``motcua audit verify``: records that were changed, put in, taken out or cut off are found, and where."""

import shutil
from pathlib import Path

import pytest

from server import cli
from server.store.audit import Verified, verify
from server.store.database import connect
from server.store.look_chain import BEGINNING, chain_all
from server.store.looks import note_look
from tests.integration.caller import new_id, op, patch
from tests.integration.rights import Asked, World, run
from tests.integration.test_commands import motcua


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with work of every kind in it: applied, held and used, refused, malformed, a step, looks."""

    async def fill(made: World) -> None:
        dossier = await made.dossier("2")
        late = patch(dossier, {"applicant.phone": "0912345678"})
        await made.push("owner", late, patch(dossier, {"no.such": 1}), {"id": new_id(), "type": "nothing"})
        await made.push("officer", op("accept", dossier, op=late["id"]), op("note", dossier, text="một", visible="all"))
        await made.push("officer", op("command", dossier, name="start", expect={"state": "2"}))
        for role in ("officer", "head", "inspector"):
            assert (await made.ask(role, Asked("GET", f"/desk/d/{dossier}"))).status_code == 200

    made = tmp_path_factory.mktemp("audit")
    run(made, fill)
    return made


@pytest.fixture
def data(filled: Path, tmp_path: Path) -> Path:
    """A copy of it, to be tampered with."""
    return shutil.copytree(filled, tmp_path / "data")


def found_in(data: Path) -> Verified:
    conn = connect(data, readonly=True)
    try:
        return verify(conn)
    finally:
        conn.close()


def test_records_as_they_were_written_are_whole_and_say_their_ends(data: Path) -> None:
    found = found_in(data)
    assert found.breaks == []
    assert found.looks == 3
    assert found.lines >= found.ops > 8
    assert found.log_end in motcua("audit", "verify", "--data", str(data)).stdout


SECOND = "(SELECT seq FROM log ORDER BY seq LIMIT 1 OFFSET 1)"
LAST = "(SELECT max(seq) FROM log)"


@pytest.mark.parametrize(
    ("words", "record", "what"),
    [
        (f"UPDATE log SET person = zeroblob(16) WHERE seq = {SECOND}", "log", "not what was written"),
        (f"UPDATE log SET at = at + 1 WHERE seq = {LAST}", "log", "not what was written"),
        (f"DELETE FROM log WHERE seq = {SECOND}", "log", "not what was written"),
        (f"DELETE FROM log WHERE seq = {LAST}", "log", "lines after this one are missing"),
        ("UPDATE op SET body = CAST(body || ' ' AS BLOB) WHERE type = 'patch'", "op", "its body"),
        ("UPDATE op SET person = zeroblob(16) WHERE type = 'command'", "op", "author"),
        ("UPDATE op SET outcome = 'applied' WHERE outcome = 'refused'", "op", "outcome"),
        ("DELETE FROM op WHERE type = 'note'", "op", "is gone"),
        ("UPDATE looked SET person = zeroblob(16) WHERE n = 2", "look", "not what was written"),
        ("UPDATE looked SET at = -1 WHERE n = 1", "look", "not what was written"),
        ("DELETE FROM looked WHERE n = 1", "look", "not what was written"),
        ("DELETE FROM looked WHERE n = 3", "look", "records after this one are missing"),
        ("DELETE FROM looked", "look", "records after this one are missing"),
    ],
)
def test_what_was_tampered_with_is_found_and_named(
    data: Path, capsys: pytest.CaptureFixture[str], words: str, record: str, what: str
) -> None:
    conn = connect(data)
    changed = conn.execute(words).rowcount
    conn.close()
    assert changed > 0
    assert {each.record for each in found_in(data).breaks} >= {record}
    assert cli.main(["audit", "verify", "--data", str(data)]) == 1
    said = capsys.readouterr().out
    assert said.startswith("BROKEN")
    assert f"  {record} " in said
    assert what in said


def test_the_first_break_says_where(data: Path) -> None:
    conn = connect(data)
    (second,) = conn.execute(f"SELECT {SECOND}").fetchone()
    conn.execute("UPDATE log SET outcome = 'refused' WHERE seq = ?", (second,))
    conn.close()
    assert [(each.record, each.at) for each in found_in(data).breaks if each.record == "log"] == [("log", str(second))]


def test_a_body_that_was_erased_breaks_nothing(data: Path) -> None:
    conn = connect(data)
    conn.execute("UPDATE op SET body = NULL WHERE type = 'patch'")
    conn.close()
    assert found_in(data).breaks == []


def test_looks_from_before_there_was_a_chain_get_their_links(data: Path) -> None:
    conn = connect(data)
    conn.execute("UPDATE looked SET chain = NULL")
    conn.execute("DELETE FROM meta WHERE key = 'looked_end'")
    assert {each.record for each in verify(conn).breaks} == {"look"}
    chain_all(conn)
    assert verify(conn).breaks == []
    note_look(conn, new_id(), new_id(), 1)
    assert verify(conn).breaks == []
    assert verify(conn).looks_end != BEGINNING.hex()
    conn.close()
