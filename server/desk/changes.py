"""What an officer does becomes ops, from what the page carried: the same road as from a phone (protocol §2, §3)."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from schemas.forms import Form
from schemas.ids import is_id
from schemas.steps import ARGS
from server.desk.store import DeskStore
from server.desk.typed import typed_value
from sync.dossier import Dossier
from sync.merge import GONE, HERE
from sync.workflow import COMMANDS

OTHER: Final = "other"
Posted = Mapping[str, str]


class Unusable(Exception):
    """What was posted makes no op; the argument is the key of the sentence that says why."""


def step_op(store: DeskStore, dossier: Dossier, name: str, posted: Posted) -> bytes:
    """Return a command for a dossier as the page showed it.

    Raises:
        Unusable: there is no such step.
    """
    if name not in COMMANDS:
        raise Unusable("desk.fault.step")
    expect: dict[str, Any] = {"state": posted.get("state", dossier.state)}
    rev = posted.get("rev", "")
    if rev.isascii() and rev.isdigit() and len(rev) < 16:  # noqa: PLR2004 - digits of a rev
        expect["rev"] = int(rev)
    return _op(store, dossier, "command", name=name, expect=expect, args=_args(name, posted))


def settle_op(store: DeskStore, dossier: Dossier, form: Form | None, posted: Posted) -> bytes:
    """Return the patch that settles a field: one of the versions seen, or a third one, with a reason.

    Raises:
        Unusable: no version was chosen, the reason is missing, or the field cannot be typed.
    """
    path, chosen, reason = posted.get("path", ""), posted.get("choice", ""), posted.get("reason", "").strip()
    cell = dossier.cells.get(path)
    if cell is None or not chosen:
        raise Unusable("desk.fault.choose")
    if not reason:
        raise Unusable("desk.fault.reason")
    if chosen == OTHER:
        field = form.plan.field(path) if form is not None else None
        if field is None:
            raise Unusable("desk.fault.choose")
        value = typed_value(field, posted.get("value", ""))
        if value is None:
            raise Unusable("desk.fault.third")
    else:
        named = {dossier.by[s.mark].op: s.value for s in cell.siblings if s.mark is not None}
        if chosen not in named:
            raise Unusable("desk.fault.moved")
        value = named[chosen]
    return _op(store, dossier, "patch", set={path: value}, saw={path: _ids(posted)}, reason=reason)


def row_op(store: DeskStore, dossier: Dossier, posted: Posted) -> bytes:
    """Return the patch that keeps or removes a row that one removed and another edited.

    Raises:
        Unusable: nothing was chosen, or the reason is missing.
    """
    path, chosen, reason = posted.get("path", ""), posted.get("choice", ""), posted.get("reason", "").strip()
    if path not in dossier.cells or chosen not in (GONE, HERE):
        raise Unusable("desk.fault.choose")
    if not reason:
        raise Unusable("desk.fault.reason")
    return _op(store, dossier, "patch", set={path: chosen}, saw={path: _ids(posted)}, reason=reason)


def write_op(store: DeskStore, dossier: Dossier, form: Form | None, posted: Posted) -> bytes:
    """Return the patch of one field that the officer corrects.

    Raises:
        Unusable: the field cannot be typed here.
    """
    path = posted.get("path", "")
    field = form.plan.field(path) if form is not None else None
    if field is None:
        raise Unusable("desk.fault.field")
    value, reason = typed_value(field, posted.get("value", "")), posted.get("reason", "").strip()
    return _op(
        store, dossier, "patch", set={path: value}, saw={path: _ids(posted)}, **({"reason": reason} if reason else {})
    )


def earlier_op(store: DeskStore, dossier: Dossier, value: Any, posted: Posted) -> bytes:
    """Return the patch that brings an earlier value of a field back."""
    path = posted.get("path", "")
    return _op(
        store,
        dossier,
        "patch",
        set={path: value},
        saw={path: _ids(posted)},
        reason=posted.get("reason", "").strip() or None,
    )


def held_op(store: DeskStore, dossier: Dossier, kind: str, posted: Posted) -> bytes:
    """Return the op that accepts or declines a held one.

    Raises:
        Unusable: it is no longer held here, or the reason of a decline is missing.
    """
    reason = posted.get("reason", "").strip()
    if posted.get("op") not in {held.op for held in dossier.held}:
        raise Unusable("desk.fault.moved")
    if kind == "decline" and not reason:
        raise Unusable("desk.fault.reason")
    return _op(store, dossier, kind, op=posted.get("op", ""), **({"reason": reason} if reason else {}))


def note_op(store: DeskStore, dossier: Dossier, posted: Posted) -> bytes:
    """Return a note.

    Raises:
        Unusable: it says nothing.
    """
    text = posted.get("text", "").strip()
    if not text:
        raise Unusable("desk.fault.note")
    return _op(store, dossier, "note", text=text, visible="all" if posted.get("visible") == "all" else "office")


def _args(name: str, posted: Posted) -> dict[str, Any]:
    wanted = {field.name for field in msgspec.structs.fields(ARGS[name])}
    args: dict[str, Any] = {key: posted[key].strip() for key in wanted if posted.get(key, "").strip()}
    if "amount" in args:
        digits = args["amount"].replace(".", "").replace(" ", "")
        args["amount"] = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 14 else digits  # noqa: PLR2004
    if "items" in wanted:
        args["items"] = _items(posted)
    return args


def _items(posted: Posted) -> list[dict[str, str]]:
    """Return what is asked for: each ticked field or paper with its words, and what is asked in words alone."""
    items = []
    for key, value in posted.items():
        kind, _, name = key.partition(":")
        if kind in ("path", "slot") and value:
            items.append({kind: name, "text": posted.get(f"text:{name}", "").strip() or value})
    free = posted.get("text", "").strip()
    return [*items, {"text": free}] if free else items


def _ids(posted: Posted) -> list[str]:
    return [each for each in posted.get("saw", "").split() if is_id(each)]


def _op(store: DeskStore, dossier: Dossier, kind: str, **keys: Any) -> bytes:
    said = {key: value for key, value in keys.items() if value is not None}
    op = {"id": store.new_id(), "dossier": dossier.id, "type": kind, "at": store.now_ms(), **said}
    if kind == "patch":
        op["form"] = dossier.form
    return msgspec.json.encode(op)
