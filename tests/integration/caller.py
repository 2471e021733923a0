"""A client that speaks the protocol plainly, and ops to speak it with."""

import secrets
import time
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Self

import httpx
import msgspec

from e2e.office import Office
from schemas.ids import id_from

PASSWORD = "motcua-demo"
FORM = "1.004873@1"
UNIT = "06154"


def new_id() -> str:
    """Return a UUIDv7 of now."""
    return id_from(now_ms(), secrets.randbits(74))


def now_ms() -> int:
    """Return the time in milliseconds."""
    return time.time_ns() // 1_000_000


def op(kind: str, dossier: str, **keys: Any) -> dict[str, Any]:
    """Return an op made now."""
    return {"id": new_id(), "dossier": dossier, "type": kind, "at": now_ms(), "form": FORM, **keys}


def create(dossier: str, **keys: Any) -> dict[str, Any]:
    """Return a ``create`` for the demo's commune."""
    return op("create", dossier, **{"procedure": FORM.partition("@")[0], "unit": UNIT, "channel": "online", **keys})


def patch(dossier: str, values: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """Return a ``patch``."""
    return op("patch", dossier, set=values, **keys)


def submit(dossier: str, *after: dict[str, Any]) -> dict[str, Any]:
    """Return a ``submit`` made after others."""
    return op("submit", dossier, expect={"state": "draft"}, after=[one["id"] for one in after])


def code_of(result: dict[str, Any]) -> str:
    """Return the code of a refused op's problem."""
    return str(result["problem"]["type"]).removeprefix("urn:motcua:problem:")


class Caller:
    """Somebody with a token, or nobody."""

    def __init__(self, address: str, token: str | None) -> None:
        self.token = token
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self.http = httpx.Client(base_url=address, headers=headers, timeout=30)
        self.http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # nobody stays nobody

    @classmethod
    def signed_in(cls, office: Office, user: str) -> Self:
        """Sign in with the demo's password."""
        answer = httpx.post(
            f"{office.address}/dang-nhap",
            json={"user": user, "password": PASSWORD},
            headers={"Accept": "application/json"},
        )
        answer.raise_for_status()
        return cls(office.address, answer.cookies["motcua_session"])

    def sync(self, **keys: Any) -> httpx.Response:
        """Make one round trip."""
        return self.http.post("/sync/v1", json={"v": 1, **keys})

    def push(self, *ops: dict[str, Any]) -> list[dict[str, Any]]:
        """Push ops; return the results."""
        answer = self.sync(ops=list(ops))
        assert answer.status_code == 200, answer.text
        return list(answer.json()["results"])

    def pull(self, cursor: str = "", limit: int = 500) -> dict[str, Any]:
        """Pull from a cursor."""
        answer = self.sync(cursor=cursor, limit=limit)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def sees(self, dossier: str) -> dict[str, Any] | None:
        """Return a dossier as this caller may see it now."""
        cursor, found = "", None
        while True:
            page = self.pull(cursor)
            found = next((d for d in page["dossiers"] if d["id"] == dossier), found)
            cursor = page["cursor"]
            if not page["more"]:
                return found

    def submitted(self, values: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
        """Create, fill in and submit a new dossier; return its id and the results."""
        dossier = new_id()
        begin, write = create(dossier), patch(dossier, values)
        return dossier, self.push(begin, write, submit(dossier, begin, write))

    def raw(self, body: bytes, **headers: str) -> httpx.Response:
        """Post bytes as they are."""
        sent = {"Content-Type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.post("/sync/v1", content=body, headers=sent)


def problem(answer: httpx.Response) -> str:
    """Return the code of a problem document."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    document = msgspec.json.decode(answer.content)
    assert document["status"] == answer.status_code
    return str(document["type"]).removeprefix("urn:motcua:problem:")
