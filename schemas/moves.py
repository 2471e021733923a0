"""Moving a draft to a newer version of its form: what goes where, and what has no place (forms.md §1, ``moves``).

Rule 1. Nothing is dropped in silence: every answer of the draft is in ``values``, in ``dropped`` (the form says so), or
in ``left`` (it has no place). What is shown to the person is made from these three.
Rule 2. A path keeps its name unless ``rename`` gives it another. What has a name of its own in the new form comes
before what is renamed to it; the second that comes to a path is ``left``.
Rule 3. A row keeps its id. What stood in rows goes to rows, what stood outside goes outside.
Rule 4. An answer goes only where it fits: an option that is gone, a text that is too long now, is ``left``. One that
did not fit before (a draft may hold such) goes with its field as long as that is of the same kind.
Rule 5. A page of a paper goes to the slot of the same key, while there is room and the slot takes its kind and size;
every other page is ``apart`` with its reason and the key it had, and goes back by itself where a version has the place.
What was sent already stays in its slot: the office has it there. ``moves`` renames fields and no papers.
Rule 6. `client/js/moves.js` moves in the same way; a differential test compares the two.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field

from schemas.conditions import dotted
from schemas.forms import FieldSpec, Form, Slot, options_of
from schemas.values import fault_of


class Moved(Struct):
    """A draft in another version. Paths of ``renamed``'s ``from``, ``dropped`` and ``left`` are those of the draft.

    ``renamed`` has ``{from, to}``; ``dropped`` ``{path, value}``; ``left`` ``{path, value, why}`` with ``why`` one of
    ``no-field``, ``taken``, ``no-fit``.
    """

    values: dict[str, Any]
    renamed: list[dict[str, str]] = field(default_factory=list)
    dropped: list[dict[str, Any]] = field(default_factory=list)
    left: list[dict[str, Any]] = field(default_factory=list)


class Placed(Struct):
    """The pages of a draft's papers in another version: by slot, and those that have no place there.

    ``apart`` has ``{slot, page, why}`` with ``why`` one of ``no-slot``, ``no-fit`` (kind or size), ``full``.
    """

    papers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    apart: list[dict[str, Any]] = field(default_factory=list)


def place_papers(
    slots: Sequence[Slot], papers: dict[str, list[dict[str, Any]]], apart: Sequence[dict[str, Any]] = ()
) -> Placed:
    """Return where the pages of a draft stand among the slots of a form (rule 5).

    A page has ``bytes``, ``media``, and ``op`` where it was sent; one that is ``gone`` takes no room.
    """
    known = {slot.key: slot for slot in slots}
    placed = Placed()
    for key in sorted({*papers, *(each["slot"] for each in apart)}):
        count = 0
        for page in [*papers.get(key, []), *(each["page"] for each in apart if each["slot"] == key)]:
            why = _why_not(known.get(key), page, count)
            if why is not None:
                placed.apart.append({"slot": key, "page": page, "why": why})
                continue
            placed.papers.setdefault(key, []).append(page)
            count += 0 if page.get("gone") else 1
    return placed


def unplaced_slots(old: Form, new: Form) -> list[str]:
    """Return the keys of slots whose papers have no place in a newer version, in the order of the form."""
    kept = {slot.key for slot in new.slots}
    return [slot.key for slot in old.slots if slot.key not in kept]


def _why_not(slot: Slot | None, page: dict[str, Any], count: int) -> str | None:
    if slot is None:
        return "no-slot"
    if page.get("op") or page.get("gone"):
        return None
    kind = "image" if page["media"].startswith("image/") else "pdf"
    if kind not in slot.kinds or page["bytes"] > slot.bytes_max:
        return "no-fit"
    return "full" if count >= slot.pages_max else None


def move(old: Form, new: Form, values: dict[str, Any]) -> Moved:
    """Return what becomes of a draft's values, by path of the wire, in a newer version of its form.

    What is null, computed or a row's mark (``gone``, ``here``) is no answer: it goes where it can and is not told of.
    """
    moves = new.moves if new.moves is not None and new.moves.from_ == old.version else None
    rename = {dotted(one): dotted(other) for one, other in moves.rename.items()} if moves is not None else {}
    drop = {dotted(path) for path in moves.drop} if moves is not None else set()
    moved = Moved({})
    renamed: list[tuple[str, str]] = []
    for path in sorted(values):
        pattern = pattern_of(path)
        target = _renamed(pattern, rename)
        if _among(pattern, drop):
            if _tells(old, path, values[path]):
                moved.dropped.append({"path": path, "value": values[path]})
        elif target is not None:
            renamed.append((path, target))
        else:
            _place(old, new, values, path, path, moved)
    for path, target in renamed:
        row = path.split("/")[1] if _in_row(path) else None
        _place(old, new, values, path, _at(target, row), moved)
    moved.left.sort(key=lambda each: str(each["path"]))
    return moved


def move_on(forms: Sequence[Form], values: dict[str, Any]) -> Moved:
    """Return what becomes of a draft over several versions: the first is the draft's own, the last the one it moves to.

    Where a later version's ``moves.from`` names an earlier one, those in between are passed over.
    """
    moved = Moved(dict(values))
    origin = {path: path for path in values}
    for old, new in _steps(forms):
        step = move(old, new, moved.values)
        changed = {each["from"]: each["to"] for each in step.renamed}
        moved.dropped += [each | {"path": origin[each["path"]]} for each in step.dropped]
        moved.left += [each | {"path": origin[each["path"]]} for each in step.left]
        origin = {
            changed.get(path, path): first
            for path, first in origin.items()
            if changed.get(path, path) in step.values and (path in changed or path not in changed.values())
        }
        moved.values = step.values
    moved.renamed = [{"from": first, "to": path} for path, first in sorted(origin.items()) if path != first]
    moved.dropped.sort(key=lambda each: str(each["path"]))
    moved.left.sort(key=lambda each: str(each["path"]))
    return moved


def unplaced(old: Form, new: Form) -> list[str]:
    """Return the paths of a form that lead nowhere in a newer version, though it does not say that they are dropped."""
    moves = new.moves if new.moves is not None and new.moves.from_ == old.version else None
    rename = {dotted(one): dotted(other) for one, other in moves.rename.items()} if moves is not None else {}
    drop = {dotted(path) for path in moves.drop} if moves is not None else set()
    found = []
    for section in old.sections:
        for asked in section.fields:
            name = f"{section.key}.{asked.key}"
            options = [option.value for option in options_of(asked)] if asked.kind == "choices" else [""]
            for option in options if asked.kind != "computed" else ():
                path = f"{name}/{option}" if option else name
                target = _renamed(path, rename) or path
                row = "*" if section.rows is not None else None
                if not _among(path, drop) and _spec(new, _at(target, row)) is None:
                    found.append(path)
    return found


def pattern_of(path: str) -> str:
    """Return a path of the wire without its row id, in its one spelling: ``section.field``, perhaps ``/option``."""
    if not _in_row(path):
        return path
    section, _, *rest = path.split("/")
    return section + "." + "/".join(rest) if rest else section


def _in_row(path: str) -> bool:
    return "." not in path and "/" in path


def _renamed(pattern: str, rename: dict[str, str]) -> str | None:
    """Return where a pattern is renamed to: by its own name, else an option along with its field."""
    if pattern in rename:
        return rename[pattern]
    name, slash, option = pattern.partition("/")
    return rename[name] + slash + option if slash and name in rename else None


def _among(pattern: str, names: set[str]) -> bool:
    return pattern in names or pattern.partition("/")[0] in names


def _at(pattern: str, row: str | None) -> str:
    """Return the path of the wire for a pattern, in a row or outside."""
    return pattern if row is None else pattern.replace(".", f"/{row}/", 1)


def _spec(form: Form, path: str) -> FieldSpec | None:
    """Return the field at a path of the wire; ``*`` stands for any row."""
    return form.plan.field(path.replace("*", "00000000-0000-7000-8000-000000000000"))


def _tells(old: Form, path: str, value: Any) -> bool:
    """Return whether there is an answer, so that the person must hear of it."""
    spec = old.plan.field(path)
    return value is not None and value != "" and (spec is None or spec.kind not in ("computed", "row"))


def _place(old: Form, new: Form, values: dict[str, Any], path: str, target: str, moved: Moved) -> None:
    """Put an answer where it goes, or among those that have no place."""
    spec, was, value = new.plan.field(target), old.plan.field(path), values[path]
    if spec is None:
        why = "no-field"
    elif target in moved.values:
        why = "taken"
    elif spec.kind == "computed":
        why = "no-fit"
    elif fault_of(spec, value) is None or _still_in_work(spec, was, value):
        moved.values[target] = value
        if target != path:
            moved.renamed.append({"from": path, "to": target})
        return
    else:
        why = "no-fit"
    if _tells(old, path, value):
        moved.left.append({"path": path, "value": value, "why": why})


def _still_in_work(spec: FieldSpec, was: FieldSpec | None, value: Any) -> bool:
    return was is not None and was.kind == spec.kind and fault_of(was, value) is not None


def _steps(forms: Sequence[Form]) -> list[tuple[Form, Form]]:
    steps = []
    current = 0
    while current < len(forms) - 1:
        version = forms[current].version
        leaps = [
            number
            for number, form in enumerate(forms)
            if number > current and form.moves is not None and form.moves.from_ == version
        ]
        following = max(leaps, default=current + 1)
        steps.append((forms[current], forms[following]))
        current = following
    return steps
