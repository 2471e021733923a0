"""Ops: immutable intentions, the only way a dossier changes (protocol §3)."""

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from schemas.moments import Moment

SAW_PATH_MAX: Final = 500
SAW_OP_MAX: Final = 2_000
OP_BYTES_MAX: Final = 256 * 1024

Text = Annotated[str, Meta(max_length=10_000)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Sha256 = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Outcome = Literal["applied", "conflict", "held", "refused"]
HeldReason = Literal["waiting", "late", "form-unknown", "stale-state", "right-lost", "healing"]


class Consent(Struct, omit_defaults=True, forbid_unknown_fields=True):
    """What was read aloud and agreed to, with the version of its text."""

    text: Text
    version: Name
    at: Moment


class OnBehalf(Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """For whom an officer takes in a dossier, and how the person's identity was seen."""

    name: Name
    citizen_id: Annotated[str, Meta(pattern=r"\A[0-9]{12}\Z")] | None = None
    phone: Annotated[str, Meta(pattern=r"\A0[0-9]{9,10}\Z")] | None = None
    relation: Literal["self", "family", "authorised", "other"]
    seen: Literal["card", "known", "witness"]
    seen_note: Text | None = None
    consent: Consent


class Expect(Struct, omit_defaults=True, forbid_unknown_fields=True):
    """What a compare-and-set op expects to find."""

    state: Literal["draft", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]
    rev: Annotated[int, Meta(ge=0, le=2**53)] | None = None


class OpCommon(Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag_field="type"):
    """Keys that every op has. ``id`` and ``dossier`` are UUIDv7 text, checked by the engine.

    ``was`` is there only on an op sent again after the server was restored: the outcome it had.
    """

    id: str
    dossier: str
    at: Moment
    form: Annotated[str, Meta(max_length=60)] | None = None
    was: Outcome | None = None


class Create(OpCommon, tag="create"):
    """Begin a dossier under the id its draft was begun with."""

    procedure: Annotated[str, Meta(max_length=40)]
    unit: Annotated[str, Meta(max_length=40)]
    channel: Literal["online", "counter", "field", "post"]
    on_behalf: OnBehalf | None = None


class Patch(OpCommon, tag="patch"):
    """Write values, naming for each path the ops whose values its author had in front of them."""

    set: dict[str, Any]
    saw: dict[str, list[str]] = {}
    reason: Text | None = None


class Attach(OpCommon, tag="attach"):
    """Add a file to a slot; its bytes follow on their own lane."""

    slot: Annotated[str, Meta(max_length=40)]
    sha256: Sha256
    bytes: Annotated[int, Meta(ge=0, le=2**40)]
    media: Annotated[str, Meta(max_length=200)]
    name: Annotated[str, Meta(max_length=4_000)] = ""
    page: Annotated[int, Meta(ge=0, le=10_000)] = 1


class Detach(OpCommon, tag="detach"):
    """Take away the attach ops it saw."""

    slot: Annotated[str, Meta(max_length=40)]
    saw: list[str] = []


class Submit(OpCommon, tag="submit"):
    """Hand the dossier to the office. ``code`` and ``proof`` are there only when sent again (§4, epochs)."""

    expect: Expect
    after: list[str] = []
    code: Annotated[str, Meta(max_length=80)] | None = None
    proof: Annotated[str, Meta(max_length=200)] | None = None


class Withdraw(OpCommon, tag="withdraw"):
    """Ask for the dossier back; it stops when the office agrees."""

    expect: Expect
    after: list[str] = []
    reason: Text | None = None


class Command(OpCommon, tag="command"):
    """A step of an officer, by right and state."""

    name: Annotated[str, Meta(max_length=40)]
    expect: Expect
    after: list[str] = []
    args: dict[str, Any] = {}


class Accept(OpCommon, tag="accept"):
    """Apply a held op, waiving only the reason it was held for."""

    op: str
    reason: Text | None = None


class Decline(OpCommon, tag="decline"):
    """Refuse a held op, with a reason its author reads."""

    op: str
    reason: Text | None = None


class Note(OpCommon, tag="note"):
    """Say something about the dossier."""

    text: Annotated[str, Meta(min_length=1, max_length=10_000)]
    visible: Literal["office", "all"] = "all"


Op = Create | Patch | Attach | Detach | Submit | Withdraw | Command | Accept | Decline | Note

_decoder: msgspec.json.Decoder[Op] = msgspec.json.Decoder(Op)
_canonical = msgspec.json.Encoder(order="sorted")
_NOT_CONTENT: Final = ("was", "code", "proof")


def decode_op(raw: bytes | msgspec.Raw) -> Op:
    """Read one op from JSON.

    Raises:
        msgspec.MsgspecError: it is not JSON, or not an op of this version.
    """
    op: Op = _decoder.decode(raw)
    return op


def canonical(raw: bytes | msgspec.Raw) -> bytes:
    """Return an op's content as canonical JSON, without the keys that a re-sent op may gain."""
    content = msgspec.json.decode(raw)
    for key in _NOT_CONTENT:
        content.pop(key, None)
    return _canonical.encode(content)
