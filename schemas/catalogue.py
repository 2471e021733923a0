"""A procedure (thủ tục hành chính) as the catalogue knows it: what one gets, brings, waits for and pays, and where.

Nothing is made up: what a source does not say is null, "unknown" or empty, and its words stay its words.
"""

from typing import Literal

from msgspec import Struct

Level = Literal["xa", "tinh", "bo", "khac"]
Channel = Literal["counter", "online", "post"]
#: ``unknown``: the source gives a number without a unit, or a unit that nobody can read; ``Time.text`` has its words.
TimeUnit = Literal["hour", "working_day", "calendar_day", "month", "unknown"]
#: Decree 42/2022: thông tin, một phần, toàn trình. ``online`` where the source does not tell the last two apart.
Service = Literal["information", "partial", "full", "online"]
Identity = Literal["none", "shown", "account"]


class Time(Struct, frozen=True, omit_defaults=True):
    """How long the office may take; ``text`` is the source's own wording where there is one."""

    count: int | None = None
    unit: TimeUnit = "unknown"
    text: str = ""


class Fee(Struct, frozen=True, omit_defaults=True):
    """What is paid: ``note`` has the conditions and exemptions, word for word, and goes wherever the amount goes."""

    vnd: int | None = None
    note: str = ""
    kind: str = ""


class Method(Struct, frozen=True, omit_defaults=True):
    """A way to file, with its own time and fees."""

    channel: Channel
    time: Time | None = None
    fees: tuple[Fee, ...] = ()


class Paper(Struct, frozen=True, omit_defaults=True):
    """A paper to bring in a case; ``case`` is empty where it is always asked for, ``is_note`` where it is advice."""

    name: str
    case: str = ""
    originals: int = 0
    copies: int = 0
    form: str = ""
    is_note: bool = False


class Served(Struct, frozen=True, omit_defaults=True):
    """A service level since a day: ``service`` of Decree 42/2022 and ``level`` (2, 3, 4) of the years before it."""

    service: Service
    level: int | None = None
    since: str | None = None


class Procedure(Struct, frozen=True, omit_defaults=True):
    """A record of the catalogue.

    ``provided``: the province provides it; ``published``: it stands on the national portal; ``linked``: what the
    province provides is joined to the national portal. Three facts, each null while unknown.
    """

    code: str
    name: str
    field: str = ""
    levels: tuple[Level, ...] = ()
    agencies: tuple[str, ...] = ()
    agency_kind: str = ""
    gives: str = ""
    time: Time | None = None
    methods: tuple[Method, ...] = ()
    fee: Fee | None = None
    papers: tuple[Paper, ...] = ()
    where: str = ""
    identity: Identity | None = None
    in_person: str = ""
    results: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    legal: tuple[str, ...] = ()
    served: tuple[Served, ...] = ()
    provided: bool | None = None
    published: bool | None = None
    linked: bool | None = None
    local: bool = False
    promulgator: str = ""
    decision: str = ""
    kind: str = ""
    state: str = ""
    portal_id: str = ""
    beside: str = ""
    checked: str | None = None
    source: str = ""
    quality: str = ""
    note: str = ""

    @property
    def present(self) -> Served | None:
        """Return how it is served now, the latest that is known; null where nothing is."""
        return max(self.served, key=lambda each: each.since or "", default=None)
