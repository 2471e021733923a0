"""People at other screens, over the wire: a second device of a citizen, an officer with their commands."""

import os
import time
from typing import Any, Self

import httpx

from e2e.office import UNIT, Office
from e2e.pages import FORM, PASSWORD


def new_id() -> str:
    """Make a UUIDv7."""
    value = (time.time_ns() // 1_000_000) << 80 | 0x7 << 76 | int.from_bytes(os.urandom(10), "big") & ~(0xF << 76)
    digits = f"{value & ~(0x3 << 62) | 0x2 << 62:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


class Other:
    """Somebody who is signed in elsewhere and speaks the protocol."""

    def __init__(self, office: Office, token: str) -> None:
        self.http = httpx.Client(base_url=office.address, headers={"authorization": f"Bearer {token}"}, timeout=30)

    @classmethod
    def signed_in(cls, office: Office, user: str, password: str = PASSWORD) -> Self:
        """Sign in with a password, as on a second device."""
        answer = httpx.post(
            f"{office.address}/dang-nhap",
            json={"user": user, "password": password},
            headers={"accept": "application/json"},
        )
        return cls(office, str(answer.raise_for_status().json()["token"]))

    @classmethod
    def officer(cls, office: Office) -> Self:
        """Be the officer of the demo unit."""
        return cls.signed_in(office, f"officer-{UNIT}")

    def end_others(self) -> int:
        """Sign out every other device of this account."""
        return int(self.http.delete("/accounts/devices").raise_for_status().json()["ended"])

    def dossiers(self) -> dict[str, dict[str, Any]]:
        """Pull everything in sight, by id."""
        body = {"v": 1, "device": new_id(), "cursor": "", "limit": 500}
        answer = self.http.post("/sync/v1", json=body).raise_for_status().json()
        return {each["id"]: each for each in answer["dossiers"]}

    def push(self, dossier: str, kind: str, **keys: Any) -> dict[str, Any]:
        """Send one op and return what became of it."""
        op = {"id": new_id(), "dossier": dossier, "type": kind, "at": int(time.time() * 1000), **keys}
        if kind in ("create", "patch", "submit"):
            op.setdefault("form", f"{FORM}@1")
        answer = self.http.post("/sync/v1", json={"v": 1, "device": new_id(), "ops": [op]}).raise_for_status()
        return dict(answer.json()["results"][0])

    def write(self, dossier: str, path: str, value: Any, *, blind: bool = False) -> dict[str, Any]:
        """Write one field, having seen what it shows; ``blind``, having seen what was there at its first op."""
        stored = self.dossiers()[dossier]
        saw = [] if blind else [stored["by"][at] for _, at in stored["cells"].get(path, []) if at is not None]
        return self.push(dossier, "patch", set={path: value}, **({"saw": {path: saw}} if saw else {}))

    def command(self, dossier: str, name: str, **args: Any) -> dict[str, Any]:
        """Give a command, expecting the dossier as it is."""
        stored = self.dossiers()[dossier]
        expect = {"state": stored["state"], "rev": stored["rev"]}
        return self.push(dossier, "command", name=name, expect=expect, args=args)
