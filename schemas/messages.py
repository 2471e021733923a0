"""Messages of the one round trip, ``POST /sync/v1`` (protocol §4)."""

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from schemas.ops import HeldReason, Outcome
from schemas.problems import Problem

VERSION: Final = 1
#: What a bearer token may be made of (RFC 6750).
BEARER: Final = r"\A[A-Za-z0-9._~+/-]+=*\Z"
OPS_MAX: Final = 500
WIRE_BYTES_MAX: Final = 1024 * 1024
INFLATED_BYTES_MAX: Final = 8 * 1024 * 1024
DOSSIERS_DEFAULT: Final = 200
DOSSIERS_MAX: Final = 500


class DeviceStats(Struct, omit_defaults=True):
    """What a device says of itself, for the page of silent devices."""

    outbox: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    oldest_s: Annotated[float, Meta(ge=0, le=2**53)] | None = None
    blobs: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    free_mb: Annotated[float, Meta(ge=0, le=2**53)] | None = None


class SyncRequest(Struct, omit_defaults=True):
    """A push, a pull, or both. ``ops`` stay raw, so that a bad one fails alone.

    ``person``: in whose name all of it was made, where the device knows it; another's credential is none for it.
    """

    v: int
    person: Annotated[str, Meta(max_length=100)] | None = None
    device: Annotated[str, Meta(max_length=100)] | None = None
    app: Annotated[str, Meta(max_length=40)] | None = None
    cursor: Annotated[str, Meta(max_length=500)] | None = None
    limit: int = DOSSIERS_DEFAULT
    ops: list[msgspec.Raw] = []
    stats: DeviceStats | None = None


class OpResult(Struct, omit_defaults=True):
    """What became of one op, as things stand at the end of the request."""

    id: str | None
    outcome: Outcome
    rev: int | None = None
    reason: HeldReason | None = None
    problem: Problem | None = None
    paths: list[str] | None = None
    overridden: list[str] | None = None
    code: str | None = None
    proof: str | None = None
    officer_reason: str | None = None
    again: bool = False
    secret: str | None = None


class WireAttachment(Struct, omit_defaults=True):
    """A file of a dossier; ``received`` counts bytes, ``why`` says what is wrong with a ``bad`` one."""

    op: str
    slot: str
    sha256: str
    bytes: int
    page: int
    status: str
    received: int = 0
    media: str | None = None
    name: str | None = None
    role: str | None = None
    why: str | None = None


class WireHeld(Struct, omit_defaults=True):
    """An op that the office looks at; not yet in the dossier."""

    op: str
    reason: str
    role: str
    at: int | None = None


class WireNote(Struct, omit_defaults=True):
    """A note that its reader may see. ``paths`` are the fields it gives the reason of: an officer wrote them."""

    op: str
    text: str
    at: int
    role: str
    name: str
    visible: str = "all"
    paths: list[str] | None = None


class WireItem(Struct, omit_defaults=True):
    """One thing asked for in a supplement request."""

    text: str
    path: str | None = None
    slot: str | None = None


class WireStep(Struct, omit_defaults=True):
    """One step of the dossier's life."""

    op: str
    command: str
    state: str
    at: int
    unit: str
    reason: str | None = None
    until: str | None = None
    items: list[WireItem] | None = None
    role: str | None = None
    args: dict[str, Any] | None = None


class WireSibling(Struct, omit_defaults=True):
    """One of several values of a path in conflict."""

    op: str
    value: Any
    role: str
    name: str
    at: int


class WireConflict(Struct, omit_defaults=True):
    """A path (or a row) whose siblings a person must choose from."""

    path: str
    level: str
    siblings: list[WireSibling]


class WireTrace(Struct, omit_defaults=True):
    """One day of a due date's reckoning."""

    date: str
    counted: bool
    why: str | None = None


class WireDossier(Struct, omit_defaults=True):
    """A dossier as one reader sees it: whole, or what changed since their cursor.

    ``cells`` maps a path to ``[value, index into by]`` in the order of the fold; the index is null for a computed one.
    ``office`` are the indices of those ops in ``by`` that the office wrote. With ``secret``, beside ``code``, anybody
    asks for its state; it is told to its owner alone.
    """

    id: str
    rev: int
    state: str
    form: str
    unit: str
    procedure: str
    whole: bool = False
    code: str | None = None
    due: str | None = None
    channel: str | None = None
    by: list[str] = msgspec.field(default_factory=list)
    office: list[int] = msgspec.field(default_factory=list)
    cells: dict[str, list[tuple[Any, int | None]]] = msgspec.field(default_factory=dict)
    attachments: list[WireAttachment] | None = None
    held: list[WireHeld] | None = None
    notes: list[WireNote] | None = None
    steps: list[WireStep] | None = None
    trace: list[WireTrace] | None = None
    conflicts: list[WireConflict] | None = None
    secret: str | None = None


class Gone(Struct):
    """A dossier that left the reader's scope: ``moved``, ``revoked`` or ``purged``."""

    id: str
    why: str


class SyncAnswer(Struct, omit_defaults=True):
    """The answer to a push, a pull, or both."""

    server_time: int
    epoch: str
    results: list[OpResult] = msgspec.field(default_factory=list)
    outcomes: list[OpResult] = msgspec.field(default_factory=list)
    dossiers: list[WireDossier] = msgspec.field(default_factory=list)
    gone: list[Gone] = msgspec.field(default_factory=list)
    cursor: str | None = None
    more: bool = False
    retry_after: int = 0


class SnapshotMark(Struct):
    """First and last line of a snapshot."""

    cursor: str
    epoch: str


class BeginAccount(Struct, forbid_unknown_fields=True):
    """``POST /accounts``: an account begun on a phone, also with no network."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    secret: Annotated[str, Meta(min_length=43, max_length=128, pattern=BEARER)]
    citizen_id: Annotated[str, Meta(max_length=20)] | None = None
    phone: Annotated[str, Meta(max_length=20)] | None = None


class AccountBegun(Struct):
    """The answer to ``POST /accounts``; the same when repeated with the same secret."""

    person: str
    status: str


class OfficerRole(Struct):
    """A right of an officer in a unit."""

    unit: str
    role: str


class Account(Struct, omit_defaults=True):
    """``GET /accounts/me``: who is signed in."""

    person: str
    name: str
    user: str
    status: str
    roles: list[OfficerRole] = msgspec.field(default_factory=list)
    password: bool = False


class SignedIn(Account, kw_only=True, omit_defaults=True):
    """``POST /dang-nhap`` to a program: the account, and a session's token, which the phone keeps sealed."""

    token: str
    expires: int


class AccountToken(Account, kw_only=True, omit_defaults=True):
    """``POST /accounts/token``: whose session a cookie is, and the same session as a bearer token."""

    token: str


class SetPassword(Struct, forbid_unknown_fields=True):
    """``POST /accounts/password``; ``old`` is the present password, where there is one."""

    password: Annotated[str, Meta(min_length=1, max_length=1_000)]
    old: Annotated[str, Meta(max_length=1_000)] | None = None


class Device(Struct, omit_defaults=True):
    """A device that is signed in to an account. ``first``, ``last`` and ``expires`` in milliseconds since 1970.

    ``device`` is what it calls itself in sync; ``this`` is the one that asks; without ``expires`` it never ends.
    """

    id: str
    label: str
    first: int
    last: int
    device: str | None = None
    expires: int | None = None
    this: bool = False


class DeviceList(Struct):
    """``GET /accounts/devices``: the newest contact first."""

    devices: list[Device]


class DevicesEnded(Struct):
    """``DELETE /accounts/devices``: how many others were signed out."""

    ended: int


class HandOverItem(Struct, forbid_unknown_fields=True):
    """A slip that was given out with a dossier taken in; ``account`` is the one that was begun with it."""

    dossier: Annotated[str, Meta(max_length=40)]
    code: Annotated[str, Meta(max_length=60)]
    secret: Annotated[str, Meta(max_length=40)]
    account: Annotated[str, Meta(max_length=40)] | None = None


class HandOvers(Struct):
    """``POST /handovers``."""

    handovers: Annotated[list[HandOverItem], Meta(max_length=100)]


class HandOverResult(Struct):
    """``kept``; ``waiting``: kept too, and its dossier has not come; ``refused``."""

    dossier: str
    outcome: Literal["kept", "waiting", "refused"]


class HandOverResults(Struct):
    """The answer, in the order sent."""

    results: list[HandOverResult]


class ClaimAsked(Struct):
    """``POST /claims``: a hand-over code."""

    code: Annotated[str, Meta(max_length=100)]


class Claimed(Struct):
    """Which dossier is whose now: the one of who asked."""

    dossier: str


class AssistedAccount(Struct, forbid_unknown_fields=True):
    """``POST /accounts/assisted``: an account that an officer begins for somebody, with what finishes it."""

    account: Annotated[str, Meta(max_length=40)]
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    code: Annotated[str, Meta(max_length=60)]
    secret: Annotated[str, Meta(max_length=40)]
    citizen_id: Annotated[str, Meta(max_length=20)] | None = None
    phone: Annotated[str, Meta(max_length=20)] | None = None


class FinishAccount(Struct, forbid_unknown_fields=True):
    """``POST /accounts/finish``: the code from the slip and a password of one's own."""

    code: Annotated[str, Meta(max_length=100)]
    password: Annotated[str, Meta(min_length=1, max_length=1_000)]
