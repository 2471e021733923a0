"""The office's view, thin: a unit's dossiers newest first, one dossier with every value, and reception.

The desk with its worklists, conflicts and steps is an application of its own; this page is its door.
"""

from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qs, quote

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

import client
from schemas.ids import is_id
from schemas.moments import HO_CHI_MINH
from schemas.problems import RequestProblem
from server.ids import new_id
from server.routes.gate import OFFICER, officer_asking, store_of
from server.routes.portal import css_url, icons, templates
from server.routes.wire import Answer, AnyRequest, read_body
from server.services.reading import Sheet, sheet_of
from server.services.syncing import push_ops
from server.store.feed import newest_of_units
from server.store.ledger import load_dossier
from server.store.store import now_ms
from sync.dossier import Dossier
from sync.ledger import Actor
from sync.rights import WRITING, office_role

PAGE: Final = 50
BODY_BYTES_MAX: Final = 4_096
HTML: Final = "text/html; charset=utf-8"


@get("/desk", include_in_schema=False, opt=OFFICER)
async def inbox(request: AnyRequest, before: int | None = None) -> Answer:
    """Show the dossiers of the officer's units, newest first."""
    store, actor = store_of(request), officer_asking(request)
    found = newest_of_units(store.conn, list(actor.units_seen), before, PAGE + 1)
    catalogue = store.shelf.fresh(store.conn)
    rows = [_row(dossier, catalogue.named(dossier.form)) for dossier in found[:PAGE]]
    older = found[PAGE - 1].submitted_ms if len(found) > PAGE else None
    units = [catalogue.units[unit].name for unit in actor.units_seen if unit in catalogue.units]
    return _page("desk/inbox.html", actor=actor, rows=rows, older=older, units=units, first=before is None)


@get("/desk/d/{dossier:str}", include_in_schema=False, opt=OFFICER)
async def dossier_page(request: AnyRequest, dossier: str, sai: str = "") -> Answer:
    """Show one dossier with every value under its label."""
    store, actor = store_of(request), officer_asking(request)
    found = _visible(request, actor, dossier)
    catalogue = store.shelf.fresh(store.conn)
    sheet: Sheet = sheet_of(found, catalogue.named(found.form), catalogue)
    may_receive = found.state == "1" and office_role(actor, found) in WRITING
    return _page(
        "desk/dossier.html", actor=actor, dossier=found, sheet=sheet, may_receive=may_receive,
        stale=sai == "stale-state", state=state_id(found), received=_moment(found.submitted_ms),
        steps=[_step(step) for step in found.steps],
    )  # fmt: skip


@post("/desk/d/{dossier:str}/receive", status_code=303, include_in_schema=False, opt=OFFICER)
async def receive(request: AnyRequest, dossier: str) -> Answer:
    """Accept a dossier (1 → 2): the same op, by the same road, as from a device."""
    actor = officer_asking(request)
    found = _visible(request, actor, dossier)
    fields = parse_qs((await read_body(request, BODY_BYTES_MAX)).decode("utf-8", "replace"), max_num_fields=10)
    rev = fields.get("rev", [""])[0]
    expect: dict[str, Any] = {"state": "1"}
    if rev.isascii() and rev.isdigit() and len(rev) < 16:  # noqa: PLR2004 - digits of a rev
        expect["rev"] = int(rev)
    now = now_ms()
    op = {"id": new_id(now), "dossier": found.id, "type": "command", "at": now, "name": "receive", "expect": expect}
    result = (await push_ops(store_of(request), actor.person, [msgspec.json.encode(op)]))[0]
    said = "" if result.problem is None else "?sai=" + quote(result.problem.code)
    return _see_other(f"/desk/d/{found.id}{said}")


def page_of_problem(request: AnyRequest, fault: RequestProblem) -> Answer | None:
    """Return what a person sees where the desk refuses them; null where a program asked."""
    if not request.url.path.startswith("/desk"):
        return None
    if fault.status == 401:  # noqa: PLR2004 - of HTTP
        return _see_other("/dang-nhap?next=" + quote(request.url.path))
    return _page("desk/refused.html", status=fault.status, code=fault.problem.code)


def state_id(dossier: Dossier) -> str:
    """Return the state of ux.md that a dossier's national state shows as, at the office."""
    names = {
        "1": "received",
        "5": "needs_you",
        "6": "needs_you",
        "9": "ready",
        "3": "closed",
        "8": "closed",
        "10": "closed",
    }
    return names.get(dossier.state, "office")


def _visible(request: AnyRequest, actor: Actor, dossier: str) -> Dossier:
    store = store_of(request)
    found = load_dossier(store.conn, dossier) if is_id(dossier) else None
    if found is None or office_role(actor, found) is None:
        raise RequestProblem("not-found")
    return found


def _row(dossier: Dossier, form: Any) -> dict[str, Any]:
    names = [
        cell.siblings[0].value for path, cell in dossier.cells.items() if path.endswith(".full_name") and cell.siblings
    ]
    return {
        "id": dossier.id,
        "code": dossier.code,
        "title": form.title.vi if form is not None else dossier.procedure,
        "name": names[0] if names and isinstance(names[0], str) else dossier.people.get(dossier.applicant, ""),
        "state": dossier.state,
        "state_id": state_id(dossier),
        "at": _moment(dossier.submitted_ms),
        "held": len(dossier.held),
    }


def _step(step: Any) -> dict[str, Any]:
    return {"command": step.command, "state": step.state, "at": _moment(step.at), "reason": step.reason}


def _moment(at_ms: int | None) -> str:
    if at_ms is None:
        return ""
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(HO_CHI_MINH):%H:%M, %d/%m/%Y}"


def _page(template: str, *, status: int = 200, **values: Any) -> Answer:
    body = templates().render_template(template, css=_style(), icons=icons(), **values)
    return Response(body.encode(), status_code=status, media_type=HTML, headers={"cache-control": "no-store"})


def _style() -> str:
    """Return the stylesheet's address; the desk can be read before the client is built."""
    return css_url() if (client.ROOT / "dist" / "manifest.json").exists() else ""


def _see_other(address: str) -> Answer:
    return Response(b"", status_code=303, headers={"location": address, "cache-control": "no-store"})


DESK_ROUTES: Final[list[HTTPRouteHandler]] = [inbox, dossier_page, receive]
