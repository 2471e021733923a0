"""The one-stop desk: an application that knows a ``DeskStore``, the engine and its templates, and nothing else.

It runs beside the portal in the server and, with another store, in a browser that has no network. Each change is an op.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from schemas.ids import is_id
from schemas.messages import OpResult
from schemas.ops import decode_op
from schemas.problems import RequestProblem
from server.desk import changes, pages, told
from server.desk.days import Days
from server.desk.ended import EndedUnits
from server.desk.figures import Figures
from server.desk.htmx import HtmxHeaders
from server.desk.machines import machines
from server.desk.posting import NO_STORE, Render, posted
from server.desk.store import LISTS, DeskStore, List
from server.desk.words import Say
from sync.dossier import Dossier

STORE: Final = "motcua.desk"
#: What a form's id may be: the answer names it as a place in the page.
PLACE: Final = re.compile(r"[a-z][a-z0-9_-]{0,200}", re.ASCII)
UNPROCESSABLE: Final = 422
#: Where a change leads after which the dossier is another unit's.
GONE: Final = f"/desk?xong={told.MOVED}"


class Desk:
    """The handlers, with how they speak and draw."""

    def __init__(self, render: Render, say: Say) -> None:
        """Take the templates and the texts."""
        self.render, self.say = render, say

    async def inbox(self, request: Request) -> Response:
        """Show one worklist with the counts of all."""
        store = store_of(request)
        wanted: List = next((name for name in LISTS if name == request.query_params.get("viec")), "decide")
        listed = await store.listed(wanted, request.query_params.get("tu"))
        counts = await store.counts()
        moved = request.query_params.get("xong") == told.MOVED
        said = {"words": self.say(told.MOVED), "good": True} if moved else None
        return self._inbox(request, pages.inbox(store, wanted, listed, counts, self.say) | {"said": said})

    async def search(self, request: Request) -> Response:
        """Find dossiers by words, or by a citizen ID or phone, which never stand in an address."""
        store = store_of(request)
        words = (await posted(request)).get("q", "").strip()
        if not words:
            return RedirectResponse("/desk", 303, NO_STORE)
        found, counts = await store.found(words[:200]), await store.counts()
        return self._inbox(request, pages.inbox(store, None, found, counts, self.say) | {"words": words, "said": None})

    def _inbox(self, request: Request, values: dict[str, Any]) -> Response:
        """Show the inbox, or of it the list alone, or only more rows."""
        htmx = request.state.htmx
        more = "desk/part_rows.html" if htmx.target == "more" else "desk/part_work.html"
        return self._page(more if htmx.wants_part else "desk/inbox.html", **values)

    async def dossier(self, request: Request) -> Response:
        """Show one dossier: its values and their versions, what waits, how much time is left, what can be done."""
        store = store_of(request)
        found = await self._found(request)
        said = request.query_params.get("sai") or request.query_params.get("xong")
        return self._page("desk/dossier.html", **await pages.dossier(store, found, self.say, said))

    async def history(self, request: Request) -> Response:
        """Show all that was ever written into one field."""
        store, path = store_of(request), request.query_params.get("muc", "")
        found = await self._found(request)
        return self._page("desk/history.html", **await pages.history(store, found, path, self.say))

    async def paper(self, request: Request) -> Response:
        """Show one page of a paper, large, beside what the dossier says."""
        store, found = store_of(request), await self._found(request)
        values = await pages.paper(store, found, request.path_params["op"], self.say)
        if values is None:
            raise RequestProblem("not-found")
        return self._page("desk/paper.html", **values)

    async def machines(self, request: Request) -> Response:
        """Show a head the devices of the unit's officers."""
        store = store_of(request)
        found = await store.machines()
        if found is None:
            raise RequestProblem("forbidden")
        return self._page("desk/machines.html", **machines(store, found, self.say))

    async def step(self, request: Request) -> Response:
        """Take a step."""
        name = request.path_params["name"]
        return await self._change(request, lambda store, found, said: changes.step_op(store, found, name, said))

    async def receive(self, request: Request) -> Response:
        """Receive a dossier (1 → 2)."""
        return await self._change(request, lambda store, found, said: changes.step_op(store, found, "receive", said))

    async def settle(self, request: Request) -> Response:
        """Settle a field that has two versions."""
        return await self._change(
            request, lambda store, found, said: changes.settle_op(store, found, store.form(found.form), said)
        )

    async def settle_row(self, request: Request) -> Response:
        """Settle a row that one removed and another edited."""
        return await self._change(request, changes.row_op)

    async def write(self, request: Request) -> Response:
        """Correct a field."""
        return await self._change(
            request, lambda store, found, said: changes.write_op(store, found, store.form(found.form), said)
        )

    async def bring_back(self, request: Request) -> Response:
        """Bring an earlier value of a field back."""
        store, found, said = store_of(request), await self._found(request), await posted(request)
        entry = await store.op(said.get("op", ""))
        op = decode_op(entry.body) if entry is not None and entry.body is not None else None
        written = getattr(op, "set", {})
        if entry is None or entry.dossier != found.id or said.get("path") not in written:
            return await self._answer(request, found, said, "desk.fault.moved")
        earlier = changes.earlier_op(store, found, written[said["path"]], said)
        return await self._push(request, found, said, earlier)

    async def accept(self, request: Request) -> Response:
        """Use a held op."""
        return await self._change(request, lambda store, found, said: changes.held_op(store, found, "accept", said))

    async def decline(self, request: Request) -> Response:
        """Do not use a held op."""
        return await self._change(request, lambda store, found, said: changes.held_op(store, found, "decline", said))

    async def note(self, request: Request) -> Response:
        """Write a note."""
        return await self._change(request, changes.note_op)

    async def refused(self, _: Request, fault: Exception) -> Response:
        """Show why a page is not shown."""
        if not isinstance(fault, RequestProblem):
            raise fault
        page = self.render("desk/refused.html", code=fault.problem.code)
        return HTMLResponse(page, fault.status, NO_STORE)

    async def _change(
        self, request: Request, make: Callable[[DeskStore, Dossier, Mapping[str, str]], bytes]
    ) -> Response:
        store, found, said = store_of(request), await self._found(request), await posted(request)
        try:
            op = make(store, found, said)
        except changes.Unusable as fault:
            return await self._answer(request, found, said, str(fault))
        return await self._push(request, found, said, op)

    async def _push(self, request: Request, found: Dossier, said: Mapping[str, str], op: bytes) -> Response:
        result = (await store_of(request).push([op]))[0]
        return await self._answer(request, found, said, said_of(result))

    async def _answer(self, request: Request, before: Dossier, said: Mapping[str, str], key: str) -> Response:
        """Lead back to the dossier's page, or send of it what is different now and what became of the change."""
        good, now = key.startswith(told.DONE), await store_of(request).dossier(before.id)
        if now is None:  # it has moved out of sight
            to_script = request.state.htmx.wants_part  # a script follows a redirect unseen: it is told to go
            return (
                Response(headers={**NO_STORE, "hx-redirect": GONE})
                if to_script
                else RedirectResponse(GONE, 303, NO_STORE)
            )
        if key == told.STALE and said.get("state") == now.state:
            key = told.STALE_REV
        if not request.state.htmx.wants_part:
            back = f"/desk/d/{before.id}?{'xong' if good else 'sai'}={quote(key)}"
            return RedirectResponse(back, 303, NO_STORE)
        store = store_of(request)
        after = self._parts(await pages.dossier(store, now, self.say, None))
        shown = self._parts(await pages.dossier(store, before, self.say, None)) if _shows(said, before) else {}
        changed = [{"name": name, "html": html} for name, html in after.items() if shown.get(name) != html]
        source = request.state.htmx.source or ""
        there = not good and PLACE.fullmatch(source) and any(f' id="{source}"' in html for html in after.values())
        page = self.render(
            "desk/part_answer.html", changed=changed, place=f"{source}-said" if there else "said",
            said=told.told(key, now, store, self.say),
        )  # fmt: skip
        return HTMLResponse(page, 200 if good else UNPROCESSABLE, NO_STORE)

    def _parts(self, values: dict[str, Any]) -> dict[str, str]:
        return {name: self.render(f"desk/part_{name}.html", **values) for name in pages.PARTS}

    async def _found(self, request: Request) -> Dossier:
        identifier = request.path_params["dossier"]
        found = await store_of(request).dossier(identifier) if is_id(identifier) else None
        if found is None:
            raise RequestProblem("not-found")
        return found

    def _page(self, template: str, **values: Any) -> Response:
        return HTMLResponse(self.render(template, **values), headers=NO_STORE)


def desk_app(render: Render, say: Say) -> Starlette:
    """Return the desk; each request brings its store as ``scope["motcua.desk"]``, already the officer's."""
    desk, days, figures, ended = Desk(render, say), Days(render, say), Figures(render, say), EndedUnits(render, say)

    def at(path: str, endpoint: Callable[[Request], Awaitable[Response]], method: str = "GET") -> Route:
        return Route(path, endpoint, methods=[method])

    routes = [
        at("/", desk.inbox), at("/tim", desk.search, "POST"), at("/may", desk.machines),
        at("/d/{dossier}", desk.dossier),
        at("/d/{dossier}/giay/{op}", desk.paper), at("/d/{dossier}/lich-su", desk.history),
        at("/d/{dossier}/receive", desk.receive, "POST"),
        at("/d/{dossier}/steps/{name}", desk.step, "POST"), at("/d/{dossier}/resolve", desk.settle, "POST"),
        at("/d/{dossier}/resolve-row", desk.settle_row, "POST"), at("/d/{dossier}/write", desk.write, "POST"),
        at("/d/{dossier}/bring-back", desk.bring_back, "POST"), at("/d/{dossier}/accept", desk.accept, "POST"),
        at("/d/{dossier}/decline", desk.decline, "POST"), at("/d/{dossier}/notes", desk.note, "POST"),
        at("/so-lieu", figures.show), at("/so-lieu/ho-so", figures.open),
        at("/don-vi-cu", ended.show), at("/don-vi-cu", ended.move, "POST"),
        at("/lich", days.show), at("/lich", days.decide, "POST"), at("/lich/xem", days.try_out, "POST"),
    ]  # fmt: skip
    return Starlette(
        routes=routes, middleware=[Middleware(HtmxHeaders)], exception_handlers={RequestProblem: desk.refused}
    )


def store_of(request: Request) -> DeskStore:
    """Return the store that this request may use."""
    store: DeskStore = request.scope[STORE]
    return store


def _shows(said: Mapping[str, str], dossier: Dossier) -> bool:
    """Return whether the page that asks shows a dossier as it stood before the change."""
    return said.get("seen") == str(dossier.rev)


def said_of(result: OpResult) -> str:
    """Return the key of the sentence that says what became of an op."""
    if result.problem is not None:
        return "desk.refused." + result.problem.code
    return f"desk.done.{result.outcome}"
