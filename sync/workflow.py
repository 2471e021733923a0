"""A dossier's way through the office, as data (domain A5; the ten states of the national portal and ``draft``).

Rule 1. A step leads from the states it may leave to the one it names; without a name the state stays, and
``refuse_withdrawal`` leads back to where the dossier was. Only ``submit`` and ``withdraw`` change a state besides.
Rule 2. Who may take a step is said by role; a head may whatever a handler may, a handler whatever the counter may.
Rule 3. A step that leaves the state as it is, a hand-over, a supplement request and a decision name the rev they saw.
"""

from typing import Final, Literal

from msgspec import Struct

from sync.dossier import Dossier
from sync.ledger import HEIR

State = Literal["draft", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]

#: After a restore, revs and the day's numbers go on above any that an earlier epoch may have given out.
REVS_AN_EPOCH: Final = 1_000_000
NUMBERS_AN_EPOCH: Final = 1_000

CLOSED: Final = frozenset({"3", "8", "10"})
#: States in which the applicant still writes freely; afterwards a write is held for an officer.
OPEN_TO_APPLICANT: Final = frozenset({"draft", "1"})
WITHDRAWABLE: Final = frozenset({"1", "2", "4", "5", "6"})
#: States in which the office's time runs, and those in which it stands still.
RUNNING: Final = frozenset({"2", "4"})
PAUSED: Final = frozenset({"5", "6", "7"})

COUNTER: Final = ("counter", "handler", "head")
HANDLER: Final = ("handler", "head")
HEAD: Final = ("head",)
#: Who moves a dossier on: its own head, or one of a unit that came after it.
MOVING: Final = (*HEAD, HEIR)
BACK: Final = "back"


class Step(Struct, frozen=True):
    """One command: the states it leaves, each with the roles that may take it there, and the state it leads to.

    ``to`` null leaves the state as it is, ``back`` leads to where the dossier was before it was asked back.
    """

    leaves: dict[str, tuple[str, ...]]
    to: str | None
    names_rev: bool = False
    decides: bool = False


def _from(states: str, roles: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(states.split(), roles)


COMMANDS: Final[dict[str, Step]] = {
    "receive": Step(_from("1", COUNTER), "2"),
    "reject": Step(_from("1", COUNTER), "3"),
    "start": Step(_from("2", COUNTER), "4"),
    "hand_over": Step(_from("4", HANDLER), None, names_rev=True),
    "ask_more": Step(_from("1 2 4", COUNTER), "5", names_rev=True),
    "charge": Step(_from("2 4", HANDLER), "6"),
    "paid": Step(_from("6", COUNTER), "4"),
    "stop": Step(_from("4", HEAD) | _from("5", COUNTER), "8"),
    "agree_withdrawal": Step(_from("7", COUNTER), "8"),
    "refuse_withdrawal": Step(_from("7", COUNTER), BACK),
    "finish": Step(_from("4", HANDLER), "9", names_rev=True, decides=True),
    "give": Step(_from("9", COUNTER), "10"),
    "reappoint": Step(_from("1 2 4 5 6 7", HEAD), None, names_rev=True),
    "transfer": Step(_from("1 2 4 5 6 7", MOVING), None, names_rev=True),
}


def lawful(dossier: Dossier, role: str | None) -> list[str]:
    """Return the commands that a role may give in the state the dossier is in, in the order of the table."""
    return [name for name, step in COMMANDS.items() if role in step.leaves.get(dossier.state, ())]


def taken(dossier: Dossier, command: str) -> int:
    """Return how often a step was taken with this dossier."""
    return sum(step.command == command for step in dossier.steps)


def before_withdrawal(dossier: Dossier) -> str:
    """Return the state a dossier was in when its applicant asked for it back."""
    asked = [n for n, step in enumerate(dossier.steps) if step.command == "withdraw"]
    return dossier.steps[asked[-1] - 1].state if asked and asked[-1] > 0 else dossier.state


def revs_of(epoch: int) -> int:
    """Return above which rev a dossier goes on in an epoch."""
    return epoch * REVS_AN_EPOCH if epoch > 1 else 0


def numbers_of(epoch: int) -> int:
    """Return how far an epoch sets the numbers of a day."""
    return epoch * NUMBERS_AN_EPOCH if epoch > 1 else 0
