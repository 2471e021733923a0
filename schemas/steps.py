"""What an officer's steps say besides their name (protocol §3, names and arguments of commands)."""

from datetime import date, datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

ITEMS_MAX: Final = 100

Words = Annotated[str, Meta(min_length=1, max_length=2_000, pattern=r"\S")]
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
Day = Annotated[str, Meta(min_length=10, max_length=40)]


def read_day(text: str) -> date | datetime:
    """Return a day, or a moment with its offset.

    Raises:
        ValueError: the text is neither.
    """
    if len(text) == len("2026-11-24"):
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment has an offset")
    return moment


class _Args(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Arguments of one command; a key that it does not know is a fault."""


class Nothing(_Args):
    """A step that needs no words: ``receive``, ``start``, ``paid``."""


class Reason(_Args):
    """A step that the applicant is told the reason of."""

    reason: Words


class HandOver(_Args):
    """Give a dossier to somebody else, a person or a room, within the unit."""

    to: Name


class Item(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One thing that is asked for: a field, a paper, or in words alone."""

    text: Words
    path: Annotated[str, Meta(max_length=200)] | None = None
    slot: Annotated[str, Meta(max_length=40)] | None = None


class AskMore(_Args):
    """Ask for all that is missing, once, until a day."""

    items: Annotated[list[Item], Meta(min_length=1, max_length=ITEMS_MAX)]
    until: Day
    reason: Words

    def __post_init__(self) -> None:
        """Refuse what is no day."""
        read_day(self.until)


class Charge(_Args):
    """Ask for money, in đồng."""

    amount: Annotated[int, Meta(ge=0, le=10**12)]
    item: Name


class Finish(_Args):
    """End with a result."""

    result: Name
    reason: Words | None = None


class Give(_Args):
    """Hand the result to somebody, in some way."""

    how: Name
    to: Name


class Reappoint(_Args):
    """Promise another day, once, with an apology and the reason."""

    due: Day
    reason: Words

    def __post_init__(self) -> None:
        """Refuse what is no day."""
        read_day(self.due)


class Transfer(_Args):
    """Move a dossier to another unit."""

    unit: Annotated[str, Meta(min_length=1, max_length=40)]
    reason: Words


ARGS: Final[dict[str, type[_Args]]] = {
    "receive": Nothing, "reject": Reason, "start": Nothing, "hand_over": HandOver, "ask_more": AskMore,
    "charge": Charge, "paid": Nothing, "stop": Reason, "agree_withdrawal": Reason, "refuse_withdrawal": Reason,
    "finish": Finish, "give": Give, "reappoint": Reappoint, "transfer": Transfer,
}  # fmt: skip


def read_args(name: str, args: dict[str, Any]) -> Any:
    """Return the arguments of a command, typed.

    Raises:
        KeyError: there is no such command.
        msgspec.ValidationError: the arguments do not fit it.
    """
    return msgspec.convert(args, ARGS[name])
