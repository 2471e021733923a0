"""What each page of the desk shows, as plain values for its template."""

import re
from collections import Counter
from typing import Any, Final

from schemas.messages import WireNote
from schemas.ops import Attach, Command, Detach, Patch, Submit, Withdraw, decode_op
from schemas.steps import ARGS
from server.desk.bar import bar
from server.desk.difference import pieces
from server.desk.papers import opened, pages_by_paper
from server.desk.sheet import Line, Reader, Sheet, line_of, sheet_of
from server.desk.store import COUNT_MAX, LISTS, DeskStore, List, Listed, Row
from server.desk.told import told
from server.desk.typed import TYPABLE, as_typed
from server.desk.words import Say, device_words, in_words, moment, options_of, plain
from server.desk.work import (
    BOLD_AFTER_DAYS,
    RESULTS,
    SHOWN,
    WAYS,
    hands,
    lawful_steps,
    life,
    state_id,
    sub_state,
    time_of,
    waits_days,
)
from sync.dossier import Dossier, Held
from sync.ledger import HEIR, Entry
from sync.merge import APPLICANT
from sync.rights import WRITING, office_role
from sync.view import whose
from sync.workflow import COMMANDS

#: The parts of a dossier's page that a change may leave different, in their order.
PARTS: Final = ("head", "disputes", "held", "steps", "sheet", "papers", "notes", "life")
#: How the head looks by the state of ux.md §3.
TONES: Final = {"received": " tone-ok", "needs_you": " tone-wait", "office": " tone-accent", "ready": " tone-accent"}


def inbox(store: DeskStore, wanted: List | None, listed: Listed, counts: dict[List, int], say: Say) -> dict[str, Any]:
    """Return the values of the inbox."""
    filters = [
        {"name": name, "words": say(f"desk.list.{name}"), "count": _count(counts[name]), "here": name == wanted}
        for name in LISTS
    ]
    units = [store.unit_name(unit) for unit in store.officer.units_seen if set(store.officer.units[unit]) != {HEIR}]
    return {
        **bar(store.officer), "units": units, "filters": filters, "wanted": wanted, "words": "",
        "rows": [_row(store, row, say) for row in listed.rows], "next": listed.next,
    }  # fmt: skip


async def dossier(store: DeskStore, found: Dossier, say: Say, said: str | None) -> dict[str, Any]:
    """Return the values of a dossier's page."""
    form = store.form(found.form)
    reader = Reader(found, form, store, say)
    sheet = sheet_of(reader)
    first, others = lawful_steps(found, store.officer)
    role = office_role(store.officer, found)
    return {
        **bar(store.officer), "dossier": found, "state": state_id(found), "sub": sub_state(found),
        "tone": TONES.get(state_id(found), ""), "usual": _usual(sheet),
        "papers": await pages_by_paper(store, reader, sheet),
        "title": store.title(found.procedure), "whom": whose(found), "sheet": sheet,
        "said": told(said, found, store, say),
        "submitted": moment(found.submitted_ms), "received": moment(found.received_ms),
        "time": time_of(found, store.calendar, store.now_ms(), say), "unit": store.unit_name(found.unit),
        "disputes": [await _dispute(store, reader, part, line) for part, line in sheet.disputes],
        "held": [await _held(store, reader, held) for held in found.held],
        "steps": [_form_of_step(store, reader, name, sheet) for name in ([first] if first else []) + others],
        "main": first, "life": life(found, say, store),
        "hands": hands(found, store.calendar, store.now_ms(), say, store), "writes": role in WRITING,
        "moves_only": role == HEIR,
        "notes": [_note(reader, note) for note in found.notes],
        "officers": await store.officers(found.unit), "typable": TYPABLE,
    }  # fmt: skip


async def paper(store: DeskStore, found: Dossier, op: str, say: Say) -> dict[str, Any] | None:
    """Return one page of a paper beside the dossier's values; null where there is nothing to be opened."""
    values = await dossier(store, found, say, None)
    shown = opened(values["papers"], op)
    return None if shown is None else values | {"shown": shown}


async def history(store: DeskStore, found: Dossier, path: str, say: Say) -> dict[str, Any]:
    """Return all that was written into one field, newest first."""
    reader = Reader(found, store.form(found.form), store, say)
    line, field = line_of(reader, path), _field(reader.form, path)
    shown = {version.op for version in line.versions} if line is not None else set()
    past = [
        {**_author(found, entry), "words": in_words(field, op.set[path], store, say) or say("desk.empty"),
         "reason": op.reason, "op": entry.op, "device": device_words(entry, say),
         "outcome": entry.outcome, "shows": entry.op in shown}
        for entry in await store.history(found.id)
        if entry.body is not None and isinstance(op := decode_op(entry.body), Patch) and path in op.set
    ]  # fmt: skip
    return {
        **bar(store.officer), "dossier": found, "path": path, "past": past[::-1], "known": field is not None,
        "label": line.label if line is not None else _label(reader, path),
        "saw_ids": line.saw if line is not None else "", "first": line.versions[0].op if line is not None else None,
        "writes": office_role(store.officer, found) in WRITING, **_correction(reader, field, line),
    }  # fmt: skip


def _correction(reader: Reader, field: Any, line: Line | None) -> dict[str, Any]:
    """Return how a field is corrected: what stands there as it is typed, among which options, or not here."""
    value = line.versions[0].value if line is not None else None
    typable = field is not None and field.kind in TYPABLE
    options = options_of(field, reader.names) if typable and field.kind == "choice" else []
    if typable and field.kind == "yes_no" and value is not None:
        value = plain(value)
    if typable and field.kind == "yes_no":
        options = [("true", reader.say("desk.yes")), ("false", reader.say("desk.no"))]
    elif typable and not options and value is not None:
        value = as_typed(field.kind, value)
    return {"typable": typable, "options": options, "value": "" if value is None else value}


def _field(form: Any, path: str) -> Any:
    """Return a field's definition, which knows its options."""
    for section in form.sections if form is not None else []:
        for field in section.fields:
            if path == f"{section.key}.{field.key}" or (
                section.rows and path.startswith(section.key + "/") and path.endswith("/" + field.key)
            ):
                return field
    return None


def _row(store: DeskStore, row: Row, say: Say) -> dict[str, Any]:
    return {
        "id": row.id, "code": row.code, "title": store.title(row.procedure), "name": row.name, "state": row.state,
        "state_id": SHOWN.get(row.state, "office"), "submitted": moment(row.submitted_ms), "due": moment(row.due_ms),
        "late": row.due_ms is not None and row.due_ms < store.now_ms() and row.state in ("2", "4"),
        "conflicts": row.conflicts, "held": row.held, "files": row.files, "words": say(f"desk.state.{row.state}"),
    }  # fmt: skip


def _count(count: int) -> str:
    return f"{COUNT_MAX}+" if count > COUNT_MAX else str(count)


async def _dispute(store: DeskStore, reader: Reader, part: Any, line: Line | None) -> dict[str, Any]:
    field = _field(reader.form, line.path) if line is not None else None
    options = options_of(field, reader.names) if field is not None and field.kind == "choice" else []
    versions = line.versions if line is not None else []
    for each in versions:
        entry = await store.op(each.op) if each.op is not None else None
        each.device = device_words(entry, reader.say) if entry is not None else ""
    return {
        "part": part, "line": line, "typable": line is not None and line.kind in TYPABLE, "options": options,
        "slug": slug("settle", line.path if line is not None else part.row),
        "pieces": [pieces(each.words, versions[n == 0].words) for n, each in enumerate(versions)],
    }  # fmt: skip


def slug(word: str, path: str) -> str:
    """Return an id for the page's element about a path."""
    return f"{word}-" + re.sub(r"[^a-z0-9_]", "-", path.lower())


def _usual(sheet: Sheet) -> dict[str, str] | None:
    """Return who wrote most of a dossier and when: said once, so that what others wrote stands out."""
    authors = Counter(
        (line.versions[0].name, line.versions[0].at)
        for part in sheet.parts
        for line in part.lines
        if line.versions[0].at
    )
    return dict(zip(("name", "at"), authors.most_common(1)[0][0], strict=True)) if authors else None


async def _held(store: DeskStore, reader: Reader, held: Held) -> dict[str, Any]:
    entry = await store.op(held.op)
    op = decode_op(entry.body) if entry is not None and entry.body is not None else None
    days = waits_days(held.since, store.now_ms())
    values: list[dict[str, Any]] = []
    if isinstance(op, Patch):
        for path, value in op.set.items():
            line = line_of(reader, path)
            before = line.versions[0].words if line is not None else reader.say("desk.empty")
            after = in_words(_field(reader.form, path), value, store, reader.say) or reader.say("desk.empty")
            label = line.label if line is not None else _label(reader, path)
            values.append({"label": label, "before": before, "after": after, "pieces": pieces(after, before)})
    words: dict[Any, str] = {
        Attach: "desk.held.attach",
        Detach: "desk.held.detach",
        Submit: "desk.held.submit",
        Withdraw: "desk.held.withdraw",
    }
    what = (
        f"desk.step.{op.name}"
        if isinstance(op, Command) and op.name in COMMANDS
        else words.get(type(op), "desk.held.patch")
    )
    return {
        "op": held.op, "reason": held.reason, "name": reader.dossier.people.get(held.actor, ""),
        "since": moment(held.since),
        "role": "applicant" if held.role == APPLICANT else "office", "days": days, "bold": days >= BOLD_AFTER_DAYS,
        "values": values, "what": reader.say(what), "acceptable": held.reason != "form-unknown",
        "slug": slug("held", held.op),
    }  # fmt: skip


def _note(reader: Reader, note: WireNote) -> dict[str, str]:
    items = ", ".join(_label(reader, path) for path in note.paths or ())
    text = reader.say("desk.settled", item=items, reason=note.text) if items else note.text
    return {"text": text, "name": note.name, "at": moment(note.at), "visible": note.visible}


def _label(reader: Reader, path: str) -> str:
    """Return what a field is called, or the section that a row belongs to; the path where the form knows neither."""
    field = _field(reader.form, path)
    if field is not None:
        return str(field.label.vi)
    sections = reader.form.sections if reader.form is not None else []
    titles: dict[str, str] = {each.key: each.title.vi for each in sections}
    return titles.get(path.partition("/")[0], path)


def _form_of_step(store: DeskStore, reader: Reader, name: str, sheet: Sheet) -> dict[str, Any]:
    """Return what a step asks the officer for."""
    wanted = ARGS[name].__struct_fields__
    asked: dict[str, Any] = {
        "name": name,
        "words": reader.say(f"desk.step.{name}"),
        "args": list(wanted),
        "choices": {},
        "chosen": {},
    }
    if name == "ask_more":
        asked["parts"] = _askable(reader)
        asked["slots"] = [(paper.key, paper.title) for paper in sheet.papers]
    if name == "transfer":
        asked["choices"]["unit"] = [each for each in store.units() if each[0] != reader.dossier.unit]
    if name == "finish":
        asked["choices"]["result"] = [(each, reader.say(f"desk.result.{each}")) for each in RESULTS]
    if name == "give":
        asked["choices"]["how"] = [(each, reader.say(f"desk.way.{each}")) for each in WAYS]
        asked["chosen"] = {"how": next((each for each in _wanted_ways(reader) if each in WAYS), None)}
    return asked


def _askable(reader: Reader) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what may be asked for by section, filled in or not: each field, of rows the list as a whole."""
    return [
        (
            section.title.vi,
            [(section.key, section.title.vi)]
            if section.rows is not None
            else [(f"{section.key}.{field.key}", field.label.vi) for field in section.fields if field.compute is None],
        )
        for section in (reader.form.sections if reader.form is not None else [])
    ]


def _wanted_ways(reader: Reader) -> list[Any]:
    """Return how the applicant wants the result, where the form asks (``channel``)."""
    cells = reader.dossier.cells
    return [cell.siblings[0].value for path, cell in cells.items() if path.endswith(".channel") and cell.siblings]


def _author(found: Dossier, entry: Entry) -> dict[str, str]:
    role = "applicant" if (entry.role or APPLICANT) == APPLICANT else "office"
    return {
        "name": found.people.get(entry.person, ""),
        "role": role,
        "at": moment(entry.at),
        "received": moment(entry.received_ms),
    }
