"""A dossier as one reader sees it: whole, or the cells that changed since their cursor (protocol §4)."""

from typing import Any

from schemas.forms import Form
from schemas.messages import WireAttachment, WireConflict, WireDossier, WireHeld, WireSibling
from sync.dossier import Dossier, Sibling
from sync.ledger import Actor
from sync.merge import Policy, conflicts, is_office, row_of
from sync.rights import office_role


def policy_of(form: Form | None, path: str) -> Policy:
    """Return the policy under which a path folds. A path that its form does not know folds as ``latest``."""
    known = form.plan.policies.get(path) if form is not None else None
    if known is not None:
        return known
    if "/" in path and row_of(path) == path:
        return "row"
    field = form.plan.field(path) if form is not None else None
    if field is None:
        return "latest"
    if field.option is not None:
        return "option"
    policy: Policy = field.policy
    return policy


def whose(dossier: Dossier) -> str:
    """Return for whom a dossier is: whom an officer named, else the first full name in it, else who filed it."""
    if dossier.on_behalf is not None:
        return str(dossier.on_behalf.get("name", ""))
    for path, cell in dossier.cells.items():
        if path.endswith("full_name") and row_of(path) is None and cell.siblings and cell.siblings[0].value:
            return str(cell.siblings[0].value)
    return dossier.people.get(dossier.applicant, "")


def wire(dossier: Dossier, reader: Actor, form: Form | None, since_seq: int | None = None) -> WireDossier:
    """Return the dossier for one reader; ``since_seq`` null means whole, else only cells that changed after it."""
    by: dict[int, int] = {}
    cells: dict[str, list[tuple[Any, int | None]]] = {}
    for path, cell in dossier.cells.items():
        if since_seq is None or cell.seq > since_seq:
            cells[path] = [(s.value, _index(by, s)) for s in cell.siblings]
    office = office_role(reader, dossier) is not None
    return WireDossier(
        id=dossier.id,
        rev=dossier.rev,
        state=dossier.state,
        form=dossier.form,
        unit=dossier.unit,
        procedure=dossier.procedure,
        whole=since_seq is None,
        code=dossier.code,
        due=dossier.due,
        channel=dossier.channel,
        secret=dossier.secret if reader.person == dossier.applicant else None,
        by=[dossier.by[old].op for old in by],
        office=[place for old, place in by.items() if is_office(dossier.by[old].role)],
        cells=cells,
        attachments=[_attachment(a) for a in dossier.attachments],
        held=[WireHeld(h.op, h.reason, h.role, h.since) for h in dossier.held],
        notes=[note for note in dossier.notes if office or note.visible == "all"],
        steps=list(dossier.steps),
        trace=list(dossier.trace),
        conflicts=[
            WireConflict(path, level, [_sibling(dossier, s) for s in siblings])
            for path, level, siblings in conflicts(dossier, lambda path: policy_of(form, path))
        ],
    )


def _index(by: dict[int, int], sibling: Sibling) -> int | None:
    return None if sibling.mark is None else by.setdefault(sibling.mark, len(by))


def _attachment(file: Any) -> WireAttachment:
    return WireAttachment(
        op=file.op,
        slot=file.slot,
        sha256=file.sha256,
        bytes=file.bytes,
        page=file.page,
        status=file.status,
        received=file.received,
        media=file.media,
        name=file.name,
        role=file.role,
        why=file.why,
    )


def _sibling(dossier: Dossier, sibling: Sibling) -> WireSibling:
    if sibling.mark is None:
        raise AssertionError("a computed value is never in conflict")
    mark = dossier.by[sibling.mark]
    return WireSibling(mark.op, sibling.value, mark.role, dossier.people.get(mark.actor, ""), mark.at)
