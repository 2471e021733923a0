"""The client's own code on a tablet, driven line by line: its drawers, codes, accounts for others, and rounds."""

import json
import subprocess
from pathlib import Path
from typing import Any, Self

from e2e.office import Office
from tests.integration.caller import UNIT, Caller
from tests.integration.rights import BEHALF, VALUES

SCRIPT = Path(__file__).with_name("tablet.mjs")


class Tablet:
    """One device in memory; each drawer is somebody's."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._node = subprocess.Popen(["node", str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._node.terminate()
        self._node.communicate()

    def does(self, what: str, slot: str, **keys: Any) -> Any:
        """Ask for one thing and wait until it is done."""
        if self._node.stdin is None or self._node.stdout is None:
            raise AssertionError("both ends are pipes")
        self._node.stdin.write(json.dumps({"do": what, "slot": slot, "address": self._office.address, **keys}) + "\n")
        self._node.stdin.flush()
        line = self._node.stdout.readline()
        assert line, "the tablet has stopped"
        return json.loads(line)["result"]

    def sign(self, slot: str, who: Caller, *roles: tuple[str, str]) -> None:
        """Open a drawer for somebody who is signed in."""
        me = who.http.get("/accounts/me").json()
        account = {key: me[key] for key in ("person", "name")} | {
            "short": me["name"].rpartition(" ")[2], "user": "", "key": who.token,
            "roles": [{"unit": unit, "role": role} for unit, role in roles],
        }  # fmt: skip
        self.does("sign", slot, account=account)

    def take_in(self, slot: str, **more: Any) -> str:
        """Take in a dossier and press "Gửi hồ sơ"; return its id."""
        asked = {"unit": UNIT, "form": "1.004873@1", "on_behalf": BEHALF, "values": VALUES} | more
        return str(self.does("take_in", slot, **asked))

    def told(self, slot: str, dossier: str) -> list[str]:
        """Return what became of a dossier's ops: each type with its outcome."""
        ops = [each for each in self.does("seen", slot)["ops"] if each["dossier"] == dossier]
        return [f"{each['op']['type']} {(each['result'] or {}).get('outcome', each['status'])}" for each in ops]
