"""The dossiers that a dissolved unit left: the head of a unit that came after it moves each to where it belongs.

After a split nobody but a person knows which of the new units a dossier is for, so nothing moves by itself. Where one
unit alone came after, it is chosen already.
"""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from schemas.ids import is_id
from schemas.problems import RequestProblem
from server.desk.bar import bar
from server.desk.posting import NO_STORE, Render, posted
from server.desk.words import Say, day
from sync.ledger import Actor

ENDED: Final = "motcua.ended"
ADDRESS: Final = "/desk/don-vi-cu"
REASON_MAX: Final = 500
REV_DIGITS: Final = 16
#: What a move of several may end in; anything else in the address is not said.
SAID: Final = ("reason", "none", "done", "partly")


class Choice(Struct, frozen=True):
    """Where a dossier goes, from the state and rev that the page showed."""

    unit: str
    state: str
    rev: int


class Left(Struct, frozen=True):
    """An open dossier of a unit that ended."""

    id: str
    code: str
    title: str
    name: str
    state: str
    rev: int


class Ended(Struct, frozen=True):
    """A unit that ended on the day ``until``, who came after it by id and name, and its open dossiers.

    ``more`` says that there are others besides.
    """

    id: str
    name: str
    until: str
    after: list[tuple[str, str]]
    rows: list[Left]
    more: bool


class EndedStore(Protocol):
    """What one head may see and move."""

    @property
    def officer(self) -> Actor:
        """Return who is signed in."""

    async def units(self) -> list[Ended]:
        """Return the units that ended, that one of theirs came after, and that left open dossiers."""

    async def move(self, chosen: Mapping[str, Choice], reason: str) -> tuple[int, list[str]]:
        """Move dossiers on; return how many went, and the codes of problems of those that did not."""


class EndedUnits:
    """The handlers, with how they speak and draw."""

    def __init__(self, render: Render, say: Say) -> None:
        """Take the templates and the texts."""
        self._render, self._say = render, say

    async def show(self, request: Request) -> Response:
        """Show what was left, by unit."""
        store = ended_of(request)
        units = [
            {
                "id": each.id, "name": each.name, "until": day(each.until), "after": each.after, "more": each.more,
                "names": ", ".join(name for _, name in each.after),
                "rows": [{**_values(row), "words": self._say(f"desk.state.{row.state}")} for row in each.rows],
            }
            for each in await store.units()
        ]  # fmt: skip
        said = self._said(request.query_params)
        page = self._render("desk/ended.html", **bar(store.officer), units=units, said=said)
        return HTMLResponse(page, headers=NO_STORE)

    async def move(self, request: Request) -> Response:
        """Move what was chosen."""
        store, said = ended_of(request), await posted(request)
        chosen, reason = _chosen(said), said.get("reason", "").strip()[:REASON_MAX]
        if not reason or not chosen:
            return RedirectResponse(f"{ADDRESS}?sai={'none' if reason else 'reason'}", 303, NO_STORE)
        went, problems = await store.move(chosen, reason)
        word = "sai=partly" if problems or went < len(chosen) else "xong=done"
        return RedirectResponse(f"{ADDRESS}?{word}&n={went}&con={len(chosen) - went}", 303, NO_STORE)

    def _said(self, query: Mapping[str, str]) -> dict[str, Any] | None:
        """Return what became of the last move."""
        word = query.get("sai") or query.get("xong")
        if word not in SAID:
            return None
        counts = {name: _number(query.get(key, "")) for name, key in (("n", "n"), ("left", "con"))}
        wanted = {"done": ("n",), "partly": ("n", "left")}.get(word, ())
        return {"words": self._say(f"ended.{word}", **{name: counts[name] for name in wanted}), "good": word == "done"}


def ended_of(request: Request) -> EndedStore:
    """Return what this request may move.

    Raises:
        RequestProblem: ``not-found``, where the desk has none.
    """
    store: EndedStore | None = request.scope.get(ENDED)
    if store is None:
        raise RequestProblem("not-found")
    return store


def _chosen(said: Mapping[str, str]) -> dict[str, Choice]:
    """Return what a page chose: ``to:{dossier}`` a unit, ``at:{dossier}`` the state and rev that it showed."""
    found = {}
    for key, unit in said.items():
        kind, _, dossier = key.partition(":")
        state, _, rev = said.get(f"at:{dossier}", "").partition(".")
        if kind == "to" and unit and is_id(dossier) and state and _number(rev):
            found[dossier] = Choice(unit, state, _number(rev))
    return found


def _number(digits: str) -> int:
    fits = digits.isascii() and digits.isdigit() and len(digits) < REV_DIGITS
    return int(digits) if fits else 0


def _values(row: Left) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__struct_fields__}
