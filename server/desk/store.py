"""What the desk asks of whoever keeps the dossiers: all it knows comes through here, already scoped to the officer.

The desk has no clock, no randomness and no input or output of its own, so that the same application runs in the server
and in a browser that has no network. The moment and new ids are asked for here too.
"""

from collections.abc import Sequence
from typing import Any, Final, Literal, Protocol

from msgspec import Struct

from schemas.forms import Form
from schemas.messages import OpResult
from sync.deadlines import Calendar
from sync.dossier import Dossier
from sync.ledger import Actor, Entry

List = Literal["decide", "due", "overdue", "files", "two", "held", "all"]
LISTS: Final[tuple[List, ...]] = ("decide", "due", "overdue", "files", "two", "held", "all")
#: Counts stop here: "999+" says enough, and costs the same at any size.
COUNT_MAX: Final = 999
PAGE: Final = 40


class Row(Struct, frozen=True):
    """One dossier in a list. ``due_ms`` and ``received_ms`` are milliseconds since 1970."""

    id: str
    code: str
    procedure: str
    name: str
    state: str
    unit: str
    submitted_ms: int
    due_ms: int | None
    conflicts: int
    held: int
    files: int


class Listed(Struct, frozen=True):
    """A page of a list; ``next`` leads to the one after it, null at the end."""

    rows: list[Row]
    next: str | None


class Machine(Struct, frozen=True):
    """A device of an officer, as it was heard of last, at ``seen_ms``. What it did not say is null.

    ``outbox`` counts what waited to be sent, ``oldest_s`` how long the oldest had, ``blobs`` photographs on their way.
    """

    owner: str
    phone: str | None
    device: str
    app: str | None
    seen_ms: int
    outbox: int | None = None
    oldest_s: float | None = None
    blobs: int | None = None
    free_mb: float | None = None


#: For how long a former officer's device is asked about.
FORMER_DAYS: Final = 90


class DeskStore(Protocol):
    """The dossiers that one signed-in officer may see."""

    @property
    def officer(self) -> Actor:
        """Return who is signed in, with the rights they have now."""

    @property
    def calendar(self) -> Calendar:
        """Return the calendar of working days in force."""

    def now_ms(self) -> int:
        """Return the moment, in milliseconds since 1970."""

    def new_id(self) -> str:
        """Return a new id, made now."""

    def form(self, name: str) -> Form | None:
        """Return a form by ``procedure@version``, or null."""

    def title(self, procedure: str) -> str:
        """Return what a procedure is called; its code where nothing else is known."""

    def unit_name(self, unit: str) -> str:
        """Return what a unit is called; its id where nothing else is known."""

    def units(self) -> list[tuple[str, str]]:
        """Return all units by id and name, in order of name."""

    def options(self, name: str) -> list[dict[str, Any]]:
        """Return a shared list of options."""

    async def counts(self) -> dict[List, int]:
        """Return how many dossiers each list has, at most ``COUNT_MAX`` + 1."""

    async def listed(self, name: List, after: str | None) -> Listed:
        """Return a page of a list. An ``after`` that leads nowhere is the first page."""

    async def found(self, words: str) -> Listed:
        """Return the dossiers that have all the words, or a citizen ID or phone exactly; newest first, one page."""

    async def dossier(self, dossier: str) -> Dossier | None:
        """Return a dossier for reading, and record who looked; null where there is none that may be seen."""

    async def op(self, op: str) -> Entry | None:
        """Return an op of a visible dossier with its body, or null."""

    async def history(self, dossier: str) -> list[Entry]:
        """Return the ops of a visible dossier in the order they were received."""

    async def files(self, dossier: Dossier) -> dict[str, tuple[int | None, int]]:
        """Return, by ``attach``, how many pages a file has (null: not counted), and when it was announced here.

        The moment is in milliseconds since 1970.
        """

    async def officers(self, unit: str) -> list[tuple[str, str]]:
        """Return who handles dossiers in a unit, by id and name."""

    async def machines(self) -> list[Machine] | None:
        """Return the devices of the officers of units that the reader heads; null for who heads none.

        Those who left the unit within ``FORMER_DAYS`` are among them: their work may still be on its way.
        """

    async def push(self, ops: Sequence[bytes]) -> list[OpResult]:
        """Give each op its outcome; when this returns it is durable.

        Raises:
            RequestProblem: nothing was received.
        """
