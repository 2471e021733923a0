"""The phone's own lane of files against the real server: two phones of one person finish one file between them."""

import json
import subprocess
from pathlib import Path

from e2e.office import Office
from tests.integration.caller import Caller
from tests.integration.test_uploads_clients import content, is_kept, token_of

SCRIPT = Path(__file__).with_name("lane_client.mjs")
FILE_BYTES = 3_000_000
CHUNK_BYTES = 32 * 1024


def test_two_phones_send_one_file_at_once_and_it_is_there_once_and_whole(
    office: Office, citizen: Caller, tmp_path: Path
) -> None:
    body = content(7, FILE_BYTES)
    (tmp_path / "paper").write_bytes(body)
    asked = {
        "address": office.address,
        "token": token_of(citizen),
        "path": str(tmp_path / "paper"),
        "chunk": CHUNK_BYTES,
    }
    ran = subprocess.run(["node", str(SCRIPT), json.dumps(asked)], capture_output=True, check=False, timeout=110)
    assert ran.returncode == 0, ran.stderr.decode()
    said = json.loads(ran.stdout)
    for phone in said["phones"]:
        assert phone == {"status": "verified", "sent": True, "stuck": None, "reason": None}
    assert is_kept(citizen, body)
    assert said["statuses"].count("POST 201") == 1
    assert "PATCH 409" in said["statuses"], "they were in each other's way"
    assert not {"500", "400", "460"} & {each.split()[1] for each in said["statuses"]}, said["statuses"]
