"""The merge rule: an observed-remove multi-value register for each path (protocol §2).

A write names what its author had in front of them: ``saw``, the ids of the ops whose values were rendered in that
field. Everything else follows from five rules.

Rule 1. What the author saw is replaced; what they did not see stays.

Rule 2. A write that an applied write of the same path has already seen does not enter. It may arrive late, after the
write that replaced it, so the look-up is in the log and not only in the cell: ids named in a ``saw`` that are not yet
applied or refused are remembered as *named* until they are.

Rule 3. The rule is order-free. Ops may come late, twice, in any order, from a cloned phone or after a restore: the
same applied writes, with their times of first receipt, give the same cells.

Rule 4. The policy only folds. It decides which sibling shows and whether several of them are a conflict, and never
throws one away: ``latest`` shows the newest, ``ask`` asks a person, ``office`` shows what the officer verified,
``computed`` knows one value that no op wrote.

Rule 5. Under ``office`` an applicant's ``saw`` of an officer's op counts in neither rule 1 nor rule 2.

Rows are the same register with the values ``gone`` and ``here``: ``gone`` hides a row and removes nothing from its
cells, and the row is in conflict while a cell in it holds a value that no ``gone`` saw. Several choices are one
register an option, where true wins. Files are a register a slot whose values are never folded.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Literal

import msgspec

from sync.dossier import Cell, Dossier, Mark, Sibling

Policy = Literal["latest", "ask", "office", "computed", "option", "row"]
Level = Literal["blocking", "advisory"]

GONE: Final = "gone"
HERE: Final = "here"
APPLICANT: Final = "applicant"
MARKS_SPARE: Final = 8


def is_office(role: str) -> bool:
    """Return whether a role is one of the office's."""
    return role != APPLICANT


def write_time(at_ms: int, seen_ms: Iterable[int], received_ms: int) -> int:
    """Return the time of a write: the greatest of its own and those inside the ids it saw, at most its receipt."""
    return min(max(at_ms, 0, *seen_ms), received_ms)


def merged(
    siblings: list[Sibling],
    by: list[Mark],
    new: Sibling,
    saw: frozenset[str],
    policy: Policy,
    *,
    named_by_office: bool | None,
) -> list[Sibling]:
    """Return the siblings of a cell after a write.

    ``named_by_office`` is null when no applied write of this path has seen this op, else whether an officer's has.
    """
    office_writes = is_office(by[_mark(new)].role)
    deaf = policy == "office" and not office_writes

    def replaced(sibling: Sibling) -> bool:
        mark = by[_mark(sibling)]
        return mark.op in saw and not (deaf and is_office(mark.role))

    kept = [sibling for sibling in siblings if sibling.mark is not None and not replaced(sibling)]
    hindered = named_by_office is not None
    if policy == "office" and office_writes:
        hindered = named_by_office is True
    if not hindered:
        kept.append(new)
    return kept


def folded(siblings: list[Sibling], by: list[Mark], policy: Policy) -> list[Sibling]:
    """Return the siblings in the order of the fold: the one that shows comes first."""
    if len(siblings) < 2:  # noqa: PLR2004 - one sibling is in order
        return siblings

    def age(sibling: Sibling) -> tuple[bool, int, str]:
        mark = by[_mark(sibling)]
        first = (policy == "office" and is_office(mark.role)) or (policy == "option" and sibling.value is True)
        return first, sibling.time_ms, mark.op

    return sorted(siblings, key=age, reverse=True)


def conflict_level(siblings: list[Sibling], by: list[Mark], policy: Policy) -> Level | None:
    """Return whether folded siblings are a conflict, and of which kind."""
    if len(siblings) < 2 or policy not in ("ask", "office"):  # noqa: PLR2004 - one value is no conflict
        return None
    shown = canonical_value(siblings[0].value)
    if policy == "ask":
        return "blocking" if any(canonical_value(s.value) != shown for s in siblings[1:]) else None
    if not is_office(by[_mark(siblings[0])].role):
        return None
    applicants = (s for s in siblings if not is_office(by[_mark(s)].role))
    return "advisory" if any(canonical_value(s.value) != shown for s in applicants) else None


def canonical_value(value: object) -> bytes:
    """Return a value as canonical JSON, in which equal values are equal and true is not 1."""
    return msgspec.json.encode(value, order="sorted")


def row_of(path: str) -> str | None:
    """Return the row path ``section/{row id}`` that a path lies in or is, or null outside rows.

    Outside rows a path holds a dot before any slash (``section.field/option``); row paths begin ``section/``.
    """
    section, slash, rest = path.partition("/")
    return f"{section}/{rest.partition('/')[0]}" if slash and "." not in section else None


def row_in_conflict(dossier: Dossier, row: str) -> bool:
    """Return whether a row was removed by somebody who had not seen all of it."""
    cell = dossier.cells.get(row)
    gone = [s for s in cell.siblings if s.value == GONE] if cell else []
    if not cell or not gone:
        return False
    if len(gone) != len(cell.siblings):
        return True
    named = {op for sibling in gone for op in sibling.names}
    named.update(dossier.by[_mark(sibling)].op for sibling in gone)
    return any(
        sibling.mark is not None and dossier.by[sibling.mark].op not in named
        for path, inside in dossier.cells.items()
        if path.startswith(row + "/")
        for sibling in inside.siblings
    )


def row_hidden(dossier: Dossier, row: str) -> bool:
    """Return whether a row is removed. A row in conflict stays visible until a person has chosen."""
    cell = dossier.cells.get(row)
    if not cell or not cell.siblings or cell.siblings[0].value != GONE:
        return False
    return not row_in_conflict(dossier, row)


def shown(dossier: Dossier) -> dict[str, Any]:
    """Return the value that shows of each path, without empty ones and without rows that are gone."""
    values: dict[str, Any] = {}
    hidden: dict[str, bool] = {}
    for path, cell in dossier.cells.items():
        if not cell.siblings or cell.siblings[0].value is None:
            continue
        row = row_of(path) if "/" in path else None
        if row is not None:
            if row == path:
                continue
            if row not in hidden:
                hidden[row] = row_hidden(dossier, row)
            if hidden[row]:
                continue
        values[path] = cell.siblings[0].value
    return values


def conflicts(dossier: Dossier, policy_of: Callable[[str], Policy]) -> Iterator[tuple[str, Level, list[Sibling]]]:
    """Yield each path or row in conflict with its level and its siblings."""
    for path, cell in dossier.cells.items():
        if row_of(path) == path:
            if row_in_conflict(dossier, path):
                yield path, "blocking", cell.siblings
        elif len(cell.siblings) > 1:
            level = conflict_level(cell.siblings, dossier.by, policy_of(path))
            if level:
                yield path, level, cell.siblings


def put(dossier: Dossier, path: str, siblings: list[Sibling], seq: int) -> None:
    """Set the siblings of a path, changed at a log position."""
    dossier.cells[path] = Cell(seq, siblings)


def put_computed(dossier: Dossier, values: Mapping[str, Any], seq: int) -> bool:
    """Set the computed cells whose value changed; return whether any did."""
    changed = False
    for path, value in values.items():
        cell = dossier.cells.get(path)
        if cell is None or not cell.siblings or canonical_value(cell.siblings[0].value) != canonical_value(value):
            put(dossier, path, [Sibling(value, None)], seq)
            changed = True
    return changed


def compact(dossier: Dossier) -> None:
    """Drop marks that no sibling points at, once they are more than half."""
    if len(dossier.by) <= MARKS_SPARE:
        return
    live = sorted({s.mark for cell in dossier.cells.values() for s in cell.siblings if s.mark is not None})
    if len(dossier.by) <= 2 * len(live) + MARKS_SPARE:
        return
    index = {old: new for new, old in enumerate(live)}
    dossier.by = [dossier.by[old] for old in live]
    for cell in dossier.cells.values():
        for sibling in cell.siblings:
            if sibling.mark is not None:
                sibling.mark = index[sibling.mark]


def _mark(sibling: Sibling) -> int:
    if sibling.mark is None:
        raise AssertionError("a computed value has no writer")
    return sibling.mark
