"""The figures of an officer's units: each figure opens the dossiers that it counts."""

from typing import Any, Final, Protocol

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from schemas.problems import RequestProblem
from server.desk.posting import NO_STORE, Render
from server.desk.words import Say, local
from sync.ledger import Actor

FIGURES: Final = "motcua.figures"
#: The figures of the table, in the order of its columns.
COLUMNS: Final = ("new", "online", "assisted", "finished", "early", "on_time", "overdue", "open", "open_overdue")


class FiguresStore(Protocol):
    """The figures of one signed-in officer's units."""

    @property
    def officer(self) -> Actor:
        """Return who is signed in."""

    async def shown(self, period: str) -> dict[str, Any]:
        """Return what the page shows of a period.

        Raises:
            ValueError: there is no such period.
        """

    async def opened(self, figure: str, period: str, unit: str | None) -> list[dict[str, Any]]:
        """Return the dossiers that a figure counts."""

    def unit_name(self, unit: str) -> str:
        """Return what a unit is called."""


class Figures:
    """The handlers, with how they speak and draw."""

    def __init__(self, render: Render, say: Say) -> None:
        """Take the templates and the texts."""
        self._render, self._say = render, say

    async def show(self, request: Request) -> Response:
        """Show the figures of a period."""
        store = figures_of(request)
        try:
            values = await store.shown(request.query_params.get("ky", "all"))
        except ValueError:
            raise RequestProblem("not-found") from None
        rows = {"units": [with_cells(row) for row in values["units"]], "total": with_cells(values["total"])}
        page = self._render(
            "desk/figures.html", officer=store.officer.name, columns=COLUMNS,
            **{**values, **rows},
        )  # fmt: skip
        return HTMLResponse(page, headers=NO_STORE)

    async def open(self, request: Request) -> Response:
        """Show the dossiers behind a figure."""
        store, asked = figures_of(request), request.query_params
        figure, period, unit = asked.get("so", ""), asked.get("ky", "all"), asked.get("la")
        if figure not in COLUMNS:
            raise RequestProblem("not-found")
        try:
            found = await store.opened(figure, period, unit)
        except ValueError:
            raise RequestProblem("not-found") from None
        rows = [{**each, "day": f"{local(each['submitted_ms']):%d/%m/%Y}"} for each in found]
        page = self._render(
            "desk/figure.html", officer=store.officer.name, figure=figure, period=period, rows=rows,
            unit=None if unit is None else store.unit_name(unit),
        )  # fmt: skip
        return HTMLResponse(page, headers=NO_STORE)


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
