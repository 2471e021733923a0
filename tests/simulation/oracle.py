"""The causal oracle: what each screen displayed, kept apart from what the wire says (protocol §7).

It never looks at ``saw``. Every text typed in the simulation is one of its own, so a text on a screen *is* the write
that typed it; an emptied field and a ticked option are told apart by the op beside them (``token``). From what was
displayed where a value was typed, and from the ops that the server says it has applied, follows what every cell must
hold: the applied writes that no applied write has displayed, directly or through a chain of values displayed.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from schemas.ops import Attach, Detach
from sync.dossier import Cell, Dossier
from sync.ledger import Entry
from sync.merge import is_office, row_hidden, row_in_conflict, row_of
from tests.simulation.office import OFFICE, Office


def token(path: str, value: object, op: str | None) -> str:
    """Return what a value on a screen is known by: a text is its own name."""
    return value if isinstance(value, str) else f"{path} {json.dumps(value)} of {op}"


class Broken(AssertionError):
    """Something that must hold does not."""


class Write(Struct):
    """A value typed into a path of a dossier, with the values that were on the screen in that field.

    ``own`` are those that were there as the person's own, not yet in the copy or not taken by the office.
    """

    op: str
    dossier: str
    path: str
    displayed: frozenset[str]
    own: frozenset[str]


class Oracle:
    """What the screens displayed and what people were told."""

    def __init__(self) -> None:
        self.writes: dict[str, Write] = {}
        self.rows: dict[tuple[str, str], tuple[str, frozenset[str]]] = {}
        self.removed_files: dict[str, frozenset[str]] = {}
        self.made: dict[str, str] = {}
        self.codes: dict[tuple[str, str], str] = {}
        self.given: dict[str, str] = {}
        self.revs: dict[tuple[str, int], str] = {}
        self.may_be_lost: set[str] = set()
        self.unaware: set[str] = set()
        self.cursors: dict[str, tuple[str, int]] = {}

    # ---- what is told to it

    def typed(self, op: dict[str, Any], screen: dict[str, Iterable[str]], own: set[str]) -> None:
        """An op was made on a screen that displayed these values, by path."""
        self.made[op["id"]] = op["dossier"]
        for path, value in op.get("set", {}).items():
            if row_of(path) == path:
                inside = (v for p, values in screen.items() if p.startswith(path + "/") for v in values)
                self.rows[op["id"], path] = (value, frozenset(inside))
            else:
                name = token(path, value, op["id"])
                displayed = frozenset(screen.get(path, ())) - {name}
                self.writes[name] = Write(op["id"], op["dossier"], path, displayed, displayed & own)
        if op["type"] == "detach":
            self.removed_files[op["id"]] = frozenset(screen.get("@" + op["slot"], ()))

    def told(self, result: dict[str, Any], epoch: str) -> None:
        """An answer of an epoch: a code never changes in it, and codes and revs are given once over all epochs."""
        dossier = self.made.get(result["id"] or "")
        code = result.get("code") if result["outcome"] == "applied" else None
        if code and dossier and self.given.setdefault(code, dossier) != dossier:
            raise Broken(f"one code, two dossiers: {code}")
        rev = result.get("rev")
        if rev and dossier and self.revs.setdefault((dossier, rev), result["id"]) != result["id"]:
            raise Broken(f"{dossier}: rev {rev} was given twice")
        if code and dossier and self.codes.setdefault((dossier, epoch), code) != code:
            raise Broken(f"one dossier, two codes: {self.codes[dossier, epoch]} and {code}")

    def healed(self, ops: list[dict[str, Any]], results: dict[str, dict[str, Any]], office: Office) -> None:
        """Submits were sent again with their codes, after a restore; each gets its code back.

        Unless the dossier was handed in, after the restore, by a phone that was never told the code: then the code that
        this one got stands, and all are told it.
        """
        for op in (op for op in ops if op["type"] == "submit" and office.restores):
            result = results[op["id"]]
            if "code" not in op:
                self.unaware.add(op["dossier"])
            elif (result.get("problem") or {}).get("type", "").endswith("rule-broken"):
                raise Broken(f"{op['id']} was received before the restore and is refused for what is missing now")
            elif result["outcome"] == "applied" and result.get("code") != op["code"]:
                others = (e for e in office.entries().values() if e.dossier == op["dossier"] and e.op != op["id"])
                if op["dossier"] not in self.unaware and not any(e.code == result["code"] for e in others):
                    raise Broken(f"sent again with {op['code']}, got {result.get('code')}")

    def stands_at(self, phone: str, cursor: str | None) -> None:
        """A phone keeps a cursor; within an epoch it never goes back."""
        if not cursor:
            return
        epoch, seq, _ = cursor.split(".")
        before = self.cursors.get(phone)
        if before and before[0] == epoch and int(seq) < before[1]:
            raise Broken(f"{phone}: cursor went back from {before[1]} to {seq}")
        self.cursors[phone] = (epoch, int(seq))

    def lost(self, phone: str, ops: Iterable[str]) -> None:
        """A phone went back to an old copy of itself, or a desk's page was never posted: these may never arrive."""
        self.may_be_lost |= set(ops)
        self.cursors.pop(phone, None)

    # ---- what must hold

    def check(self, office: Office) -> None:
        """Check the server's dossiers against the screens."""
        entries = office.entries()
        dossiers = office.dossiers()
        self._check_counts(office, entries, dossiers)
        cells: dict[tuple[str, str], set[str]] = {}
        for value, write in self.writes.items():
            if _is_in(entries.get(write.op)):
                cells.setdefault((write.dossier, write.path), set()).add(value)
        for (identifier, path), applied in cells.items():
            cell = dossiers[identifier].cells.get(path)
            has = set(_tokens(dossiers[identifier], {path: cell})) if cell else set()
            self._check_cell(f"{identifier} {path}", has, applied, entries)
        for dossier in dossiers.values():
            self._check_rows(dossier, entries)
            self._check_files(dossier, office, entries)

    def _check_cell(self, where: str, has: set[str], applied: set[str], entries: dict[str, Entry]) -> None:
        must = applied - {v for w in applied for v in self._replaced(w, applied, entries, lenient=True)}
        may = applied - {v for w in applied for v in self._replaced(w, applied, entries, lenient=False)}
        if must - has:
            raise Broken(f"lost update at {where}: {sorted(must - has)} gone from {sorted(has)}")
        if has - may:
            raise Broken(f"false conflict at {where}: {sorted(has - may)} displayed, still in {sorted(has)}")

    def _replaced(self, value: str, applied: set[str], entries: dict[str, Entry], *, lenient: bool) -> set[str]:
        """Return what a write replaces: all it displayed, and what had been displayed where those were typed.

        Not ``lenient``: a chain leads on only through writes that are applied, or were the author's own on the screen;
        what else it led through was lost in a restore, and what that had replaced may show until it is healed.
        """
        office_writes = _is_officers(value, self.writes, entries)
        seen: set[str] = set()
        queue = [(value, shown) for shown in self.writes[value].displayed]
        while queue:
            after, shown = queue.pop()
            if shown in seen or shown not in self.writes:
                continue
            seen.add(shown)
            if lenient or shown in applied or shown in self.writes[after].own:
                queue += [(shown, before) for before in self.writes[shown].displayed]
        if self.writes[value].path == OFFICE and not office_writes:
            return {v for v in seen if not _is_officers(v, self.writes, entries)}
        return seen

    def _check_counts(self, office: Office, entries: dict[str, Entry], dossiers: dict[str, Dossier]) -> None:
        applied: dict[str, int] = {}
        for entry in entries.values():
            if _is_in(entry):
                applied[entry.dossier] = applied.get(entry.dossier, 0) + 1
        for identifier, dossier in dossiers.items():
            if not office.restores and dossier.rev != applied[identifier]:
                raise Broken(f"{identifier}: {applied[identifier]} ops applied {dossier.rev} times")
        codes = [dossier.code for dossier in dossiers.values() if dossier.code]
        if len(codes) != len(set(codes)):
            raise Broken("one code, two dossiers")
        for (identifier, epoch), code in self.codes.items():
            if epoch == f"e{office.epoch}" and dossiers[identifier].code != code:
                raise Broken(f"{identifier}: was told {code}, has {dossiers[identifier].code}")

    def _check_rows(self, dossier: Dossier, entries: dict[str, Entry]) -> None:
        for row in {r for r in map(row_of, dossier.cells) if r}:
            inside = {path: cell for path, cell in dossier.cells.items() if path.startswith(row + "/")}
            values = set(_tokens(dossier, inside))
            ours = [told for (op, r), told in self.rows.items() if r == row and _is_in(entries.get(op))]
            gone = frozenset().union(*(seen for v, seen in ours if v == "gone"))
            covered = set(gone)
            for value in gone & self.writes.keys():
                covered |= self._replaced(value, values, entries, lenient=True)
            if row_hidden(dossier, row) and values - covered:
                raise Broken(f"{dossier.id} {row}: removed unseen {sorted(values - covered)}")
            if row_in_conflict(dossier, row) and not values - gone and all(v == "gone" for v, _ in ours):
                raise Broken(f"{dossier.id} {row}: false conflict")

    def _check_files(self, dossier: Dossier, office: Office, entries: dict[str, Entry]) -> None:
        ops = office.ops().items()
        mine = {i: op for i, op in ops if op.dossier == dossier.id and _is_in(entries[i])}
        added = {op.sha256 for op in mine.values() if isinstance(op, Attach)}
        gone = {sha for i, op in mine.items() if isinstance(op, Detach) for sha in self.removed_files.get(i, ())}
        has = [file.sha256 for file in dossier.attachments]
        if sorted(has) != sorted(added - gone):
            raise Broken(f"{dossier.id}: has files {sorted(has)}, not {sorted(added - gone)}")

    def check_all_arrived(self, office: Office) -> None:
        """Check that every op that was kept on a phone is in the log, with an outcome."""
        entries = office.entries()
        missing = [op for op in self.made if op not in entries and op not in self.may_be_lost]
        if missing:
            raise Broken(f"{len(missing)} ops that were saved never arrived: {missing[:3]}")


def _tokens(dossier: Dossier, cells: dict[str, Cell]) -> Iterator[str]:
    for path, cell in cells.items():
        for sibling in cell.siblings:
            yield token(path, sibling.value, None if sibling.mark is None else dossier.by[sibling.mark].op)


def _is_in(entry: Entry | None) -> bool:
    return entry is not None and entry.outcome in ("applied", "conflict")


def _is_officers(value: str, writes: dict[str, Write], entries: dict[str, Entry]) -> bool:
    entry = entries.get(writes[value].op)
    return entry is not None and entry.role is not None and is_office(entry.role)
