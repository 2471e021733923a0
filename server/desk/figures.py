"""The figures of an officer's units: each figure opens the dossiers that it counts."""

from typing import Any, Final, Protocol
from urllib.parse import quote

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from schemas.problems import RequestProblem
from server.desk.bar import bar
from server.desk.posting import NO_STORE, Render
from server.desk.words import Say, local
from sync.ledger import Actor

FIGURES: Final = "motcua.figures"
#: What is chosen by, and its word in addresses.
WORDS: Final = {"field": "lv", "channel": "kenh", "level": "muc"}
CHOSEN_MAX: Final = 200
#: The figures of the table, in the order of its columns.
COLUMNS: Final = ("new", "online", "assisted", "finished", "early", "on_time", "overdue", "open", "open_overdue")


class Filters(Struct, frozen=True):
    """Of which field, channel and service level figures are; empty is of all."""

    field: str = ""
    channel: str = ""
    level: str = ""

    def __bool__(self) -> bool:
        """Return whether anything is chosen."""
        return bool(self.field or self.channel or self.level)

    @property
    def query(self) -> str:
        """Return them as an address says them, to go on behind other words."""
        return "".join(f"&{WORDS[name]}={quote(value)}" for name in WORDS if (value := getattr(self, name)))


class FiguresStore(Protocol):
    """The figures of one signed-in officer's units."""

    @property
    def officer(self) -> Actor:
        """Return who is signed in."""

    async def shown(self, period: str, filters: Filters) -> dict[str, Any]:
        """Return what the page shows of a period, of what is chosen.

        Raises:
            ValueError: there is no such period.
        """

    async def opened(
        self, figure: str, period: str, unit: str | None, filters: Filters, after: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Return a page of the dossiers that a figure counts, and where the next one begins, null at the end."""

    def unit_name(self, unit: str) -> str:
        """Return what a unit is called."""


class Figures:
    """The handlers, with how they speak and draw."""

    def __init__(self, render: Render, say: Say) -> None:
        """Take the templates and the texts."""
        self._render, self._say = render, say

    async def show(self, request: Request) -> Response:
        """Show the figures of a period."""
        store, filters = figures_of(request), filters_in(request)
        try:
            values = await store.shown(request.query_params.get("ky", "all"), filters)
        except ValueError:
            raise RequestProblem("not-found") from None
        rows = {"units": [with_cells(row) for row in values["units"]], "total": with_cells(values["total"])}
        page = self._render(
            "desk/figures.html", **bar(store.officer), columns=COLUMNS,
            filters={name: getattr(filters, name) for name in WORDS}, words=WORDS, onward=filters.query,
            **{**values, **rows},
        )  # fmt: skip
        return HTMLResponse(page, headers=NO_STORE)

    async def open(self, request: Request) -> Response:
        """Show the dossiers behind a figure."""
        store, asked = figures_of(request), request.query_params
        figure, period, unit = asked.get("so", ""), asked.get("ky", "all"), asked.get("la")
        filters = filters_in(request)
        if figure not in COLUMNS:
            raise RequestProblem("not-found")
        try:
            found, after = await store.opened(figure, period, unit, filters, asked.get("tu"))
        except ValueError:
            raise RequestProblem("not-found") from None
        rows = [{**each, "day": f"{local(each['submitted_ms']):%d/%m/%Y}"} for each in found]
        page = self._render(
            "desk/figure.html", **bar(store.officer), figure=figure, period=period, rows=rows,
            unit=None if unit is None else store.unit_name(unit), unit_id=unit, onward=filters.query, after=after,
        )  # fmt: skip
        return HTMLResponse(page, headers=NO_STORE)


def filters_in(request: Request) -> Filters:
    """Return what an address chooses."""
    asked = request.query_params
    return Filters(**{name: asked.get(word, "")[:CHOSEN_MAX] for name, word in WORDS.items()})


def figures_of(request: Request) -> FiguresStore:
    """Return the figures that this request may see.

    Raises:
        RequestProblem: ``not-found``, where the desk has none.
    """
    store: FiguresStore | None = request.scope.get(FIGURES)
    if store is None:
        raise RequestProblem("not-found")
    return store


def with_cells(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its cells in the order of the columns."""
    return {**row, "cells": [{"name": name, "count": row[name]} for name in COLUMNS]}
