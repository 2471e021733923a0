"""The dossier's states as data (domain A5; the ten states of the national portal and ``draft`` before them)."""

from typing import Final, Literal

State = Literal["draft", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]

#: After a restore, revs and the day's numbers go on above any that an earlier epoch may have given out.
REVS_AN_EPOCH: Final = 1_000_000
NUMBERS_AN_EPOCH: Final = 1_000

CLOSED: Final = frozenset({"3", "8", "10"})
#: States in which the applicant still writes freely; afterwards a write is held for an officer.
OPEN_TO_APPLICANT: Final = frozenset({"draft", "1"})
WITHDRAWABLE: Final = frozenset({"1", "2", "4", "5", "6"})

#: Commands an officer may give: name → (states it leaves from, state it leads to).
COMMANDS: Final[dict[str, tuple[frozenset[str], str]]] = {"receive": (frozenset({"1"}), "2")}


def revs_of(epoch: int) -> int:
    """Return above which rev a dossier goes on in an epoch."""
    return epoch * REVS_AN_EPOCH if epoch > 1 else 0


def numbers_of(epoch: int) -> int:
    """Return how far an epoch sets the numbers of a day."""
    return epoch * NUMBERS_AN_EPOCH if epoch > 1 else 0
