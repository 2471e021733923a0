"""Problem documents (RFC 9457). Clients read the code in ``type``, never the text."""

from typing import Final

from msgspec import Struct

PREFIX: Final = "urn:motcua:problem:"

#: Problems of a request, with the HTTP status each is answered with (protocol §6).
REQUEST: Final[dict[str, tuple[int, str]]] = {
    "invalid": (400, "The request cannot be read"),
    "unauthenticated": (401, "Sign in first"),
    "forbidden": (403, "Not allowed"),
    "not-found": (404, "Not found"),
    "upload-offset": (409, "The offset is not the one the server has"),
    "cursor-expired": (410, "The cursor no longer leads anywhere: take a snapshot"),
    "epoch-changed": (410, "The server was restored: send again, then take a snapshot"),
    "upload-gone": (410, "The upload has ended or expired"),
    "too-large": (413, "Too large"),
    "unsupported-type": (415, "Unsupported media type or encoding"),
    "client-too-old": (426, "Update the application first"),
    "slow-down": (429, "Too many requests"),
    "checksum": (460, "The bytes do not match their checksum"),
    "internal": (500, "Something broke here"),
    "unavailable": (503, "Busy: try again later"),
    "storage-full": (507, "The server has no room left"),
}

#: Problems of one op, which never fail the request that carried it (protocol §6).
OP: Final[dict[str, str]] = {
    "idempotency-mismatch": "This id was used for another content",
    "form-unknown": "There is no such form",
    "field-unknown": "The form has no such field",
    "field-invalid": "The value does not fit its field",
    "rule-broken": "Required fields are empty or rules are broken",
    "forbidden-field": "This field is not yours to write",
    "forbidden-op": "Not allowed",
    "stale-state": "The dossier has moved on",
    "dossier-closed": "The dossier is closed",
    "dossier-unknown": "There is no such dossier",
    "predecessor-refused": "Something this depends on was refused or never came",
    "conflict-open": "Two versions are still open",
    "slot-unknown": "The form has no such paper",
    "unit-unknown": "There is no such unit",
    "form-closed": "The form is no longer accepted",
    "declined": "The office did not take it",
    "malformed": "The op cannot be read",
}


class FieldError(Struct, omit_defaults=True):
    """One fault of a refused ``submit``: an empty required field or a broken rule."""

    path: str
    code: str
    rule: str | None = None
    detail: str | None = None


class Problem(Struct, omit_defaults=True):
    """A problem document; ``path`` and ``errors`` are set for problems of an op only."""

    type: str
    title: str = ""
    status: int | None = None
    detail: str | None = None
    path: str | None = None
    errors: list[FieldError] | None = None

    @property
    def code(self) -> str:
        """Return the code that clients act on."""
        return self.type.removeprefix(PREFIX)


class RequestProblem(Exception):
    """A request that is answered with a problem document."""

    def __init__(self, code: str, detail: str | None = None, *, retry_after_s: int | None = None) -> None:
        """Take a code of ``REQUEST``, an optional sentence and seconds for ``Retry-After``."""
        super().__init__(code)
        self.status, title = REQUEST[code]
        self.problem = Problem(PREFIX + code, title, self.status, detail)
        self.retry_after_s = retry_after_s


def op_problem(
    code: str, detail: str | None = None, path: str | None = None, errors: list[FieldError] | None = None
) -> Problem:
    """Build the problem of a refused op from a code of ``OP``."""
    return Problem(PREFIX + code, OP[code], None, detail, path, errors)
