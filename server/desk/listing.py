"""What a list of the desk says of a dossier, in which lists it is, and by which words and numbers it is found.

One place for every store: what a row says does not depend on where the dossiers are kept.
"""

from datetime import datetime
from typing import Final

from schemas.folding import folded
from schemas.forms import Form
from server.desk.store import List, Row
from sync.dossier import Dossier
from sync.merge import conflicts
from sync.view import policy_of, whose

OPEN: Final = ("1", "2", "4", "5", "6", "7", "9")
DECIDED_NEXT: Final = ("1", "2", "4", "7")
RUNNING: Final = ("2", "4")
#: "Due" means: until the end of tomorrow, roughly; and what is late is in the list of its own.
DUE_WITHIN_MS: Final = 2 * 86_400_000
EVER: Final = (0, 2**62)
WORDS_MAX: Final = 12
NUMBER_DIGITS_MIN: Final = 9


def row_of(dossier: Dossier, form: Form | None) -> Row:
    """Return a submitted dossier's row; disputes and coming files count while it is open."""
    if dossier.sent_ms is None:
        raise AssertionError("a draft is nobody's work yet")
    due = None if dossier.due is None else int(datetime.fromisoformat(dossier.due).timestamp() * 1000)
    open_ = dossier.state in OPEN
    several = any(len(cell.siblings) > 1 or "/" in path for path, cell in dossier.cells.items())
    disputes = _disputes(dossier, form) if several and open_ else 0
    files = sum(file.status in ("awaited", "arriving") for file in dossier.attachments) if open_ else 0
    return Row(
        dossier.id, dossier.code or "", dossier.procedure, whose(dossier), dossier.state, dossier.unit,
        dossier.sent_ms, due, disputes, len(dossier.held), files,
    )  # fmt: skip


def belongs(name: List, row: Row) -> bool:
    """Return whether a row is in a list, whose span of time aside."""
    if name == "all":
        return True
    if name == "decide":
        return row.state in DECIDED_NEXT
    if name in ("due", "overdue"):
        return row.due_ms is not None and row.state in RUNNING
    return {"files": row.files, "two": row.conflicts, "held": row.held}[name] > 0


def order_of(name: List, row: Row) -> int:
    """Return where a row stands in a list: by when it came, or by when it is due."""
    return row.submitted_ms if name == "all" else row.due_ms or row.submitted_ms


def span_of(name: List, now_ms: int) -> tuple[int, int]:
    """Return from which order on and below which a list goes."""
    if name == "overdue":
        return 0, now_ms
    return (now_ms, now_ms + DUE_WITHIN_MS) if name == "due" else EVER


def number_in(words: str) -> str | None:
    """Return the citizen ID or phone that the words are, as it is stored, or null where they are something else."""
    digits = "".join(letter for letter in words if letter.isdigit())
    bare = words.replace(" ", "").replace(".", "").lstrip("+")
    if len(digits) < NUMBER_DIGITS_MIN or len(digits) != len(bare):
        return None
    return "0" + digits[2:] if words.strip().startswith("+84") else digits


def words_in(text: str) -> list[str]:
    """Return the words of a text without diacritics, as they are compared."""
    return "".join(letter if letter.isalnum() else " " for letter in folded(text)).split()


def words_of(dossier: Dossier, form: Form | None, procedure: str = "") -> str:
    """Return the words by which a dossier is found: its code, the names in it, its procedure's name and its form's."""
    names = [str(dossier.on_behalf.get("name", ""))] if dossier.on_behalf else []
    names += _values(dossier, form, ("name",))
    title = form.title.vi if form is not None else ""
    return folded(" ".join([dossier.code or "", *names, title, procedure, dossier.procedure]))


def numbers_of(dossier: Dossier, form: Form | None) -> list[str]:
    """Return the citizen IDs and phones by which a dossier is found."""
    named = dossier.on_behalf or {}
    numbers = [str(named[key]) for key in ("citizen_id", "phone") if named.get(key)]
    return numbers + _values(dossier, form, ("citizen_id", "phone"))


def _values(dossier: Dossier, form: Form | None, kinds: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    for path, cell in dossier.cells.items():
        field = form.plan.field(path) if form is not None and cell.siblings else None
        if field is not None and field.kind in kinds:
            found += [str(sibling.value) for sibling in cell.siblings if sibling.value]
    return found


def _disputes(dossier: Dossier, form: Form | None) -> int:
    found = conflicts(dossier, lambda path: policy_of(form, path))
    return sum(level == "blocking" for _, level, _ in found)
