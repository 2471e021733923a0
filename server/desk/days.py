"""The calendar's pages: the days of a year for all of the office, deciding over one for administrators.

A decision is made in two steps: what it would change is shown, with the version of the calendar it was worked out for;
it is put in force only while that version is.
"""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, Protocol

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from schemas.problems import RequestProblem
from server.desk.overrides import Effect, Override
from server.desk.posting import NO_STORE, Render, posted
from server.desk.words import Say, day, local
from sync.deadlines import Calendar
from sync.ledger import Actor

DAYS: Final = "motcua.days"
WORDS_MAX: Final = 200


class DaysStore(Protocol):
    """The calendar in force, as one signed-in person may see and change it."""

    @property
    def person(self) -> Actor:
        """Return who is signed in, with the rights they have now."""

    @property
    def administers(self) -> bool:
        """Return whether they may decide over it."""

    @property
    def calendar(self) -> Calendar:
        """Return the calendar in force."""

    def now_ms(self) -> int:
        """Return the moment, in milliseconds since 1970."""

    def unit_name(self, unit: str) -> str:
        """Return what a unit is called; its id where nothing else is known."""

    async def overrides(self) -> list[Override]:
        """Return what was decided over the calendar, in the order it was."""

    async def effect(self, override: Override) -> Effect:
        """Return what a decision would change."""

    async def decide(self, override: Override, seen: str) -> bool:
        """Put a decision in force; false where the calendar is no longer the one that was seen."""


class Decision(Struct):
    """What the form of a decision says."""

    day: date
    why: Annotated[str, Meta(min_length=1, max_length=WORDS_MAX, pattern=r"\S")]
    decision: Annotated[str, Meta(min_length=1, max_length=WORDS_MAX, pattern=r"\S")]
    kind: Literal["off", "working"]


class Days:
    """The handlers, with how they speak and draw."""

    def __init__(self, render: Render, say: Say) -> None:
        """Take the templates and the texts."""
        self._render, self._say = render, say

    async def show(self, request: Request) -> Response:
        """Show the days of a year that are not as the week says."""
        said = request.query_params.get("sai") or request.query_params.get("xong")
        return await self._page(request, said=said)

    async def try_out(self, request: Request) -> Response:
        """Show what a decision would change, and change nothing."""
        store, override = days_of(request), read_override(await administering(request))
        if override is None or not covers(store.calendar, override.day):
            return await self._page(request, said="desk.days.fault", status=422)
        effect = await store.effect(override)
        return await self._page(request, override=override, effect=effect)

    async def decide(self, request: Request) -> Response:
        """Put a decision in force."""
        store, said = days_of(request), await administering(request)
        override = read_override(said)
        if override is None or not covers(store.calendar, override.day):
            return await self._page(request, said="desk.days.fault", status=422)
        done = await store.decide(override, said.get("seen", ""))
        word = "xong=desk.days.done" if done else "sai=desk.days.moved"
        return RedirectResponse(f"/desk/lich?nam={override.day.year}&{word}", 303, NO_STORE)

    async def _page(
        self,
        request: Request,
        *,
        said: str | None = None,
        override: Override | None = None,
        effect: Effect | None = None,
        status: int = 200,
    ) -> Response:
        store = days_of(request)
        calendar, this_year = store.calendar, local(store.now_ms()).year
        asked = request.query_params.get("nam", "")
        year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == len("2026") else this_year
        year = min(max(override.day.year if override else year, calendar.first.year), calendar.last.year)
        values: dict[str, Any] = {
            "officer": store.person.name, "inbox": bool(store.person.units_seen),
            "sees_all": store.administers, "year": year,
            "earlier": year - 1 if year > calendar.first.year else None,
            "later": year + 1 if year < calendar.last.year else None, "version": calendar.version,
            "days": days_in(calendar, year, await store.overrides()), "administers": store.administers,
            "said": _told(said, self._say), "override": _shown(override), "effect": _effect(effect, store),
        }  # fmt: skip
        return HTMLResponse(self._render("desk/days.html", **values), status, NO_STORE)


def days_of(request: Request) -> DaysStore:
    """Return the calendar that this request may use.

    Raises:
        RequestProblem: ``not-found``, where the desk has none to change.
    """
    store: DaysStore | None = request.scope.get(DAYS)
    if store is None:
        raise RequestProblem("not-found")
    return store


async def administering(request: Request) -> dict[str, str]:
    """Return what an administrator posted.

    Raises:
        RequestProblem: ``forbidden`` for anybody else.
    """
    if not days_of(request).administers:
        raise RequestProblem("forbidden")
    return await posted(request)


def read_override(said: dict[str, str]) -> Override | None:
    """Return the decision that a form says, null where it says none."""
    try:
        made = msgspec.convert(said, Decision)
    except msgspec.ValidationError:
        return None
    return Override(made.day, made.kind == "working", made.why.strip(), made.decision.strip(), verified=True)


def covers(calendar: Calendar, wanted: date) -> bool:
    """Return whether a calendar knows a day."""
    return calendar.first <= wanted <= calendar.last


def days_in(calendar: Calendar, year: int, overrides: list[Override]) -> list[dict[str, Any]]:
    """Return the days off and the make-up days of a year in their order, with the decision where there was one."""
    decided = {each.day: each for each in overrides}
    days = {each: (False, why) for each, why in calendar.days_off.items()}
    days |= {each: (True, why) for each, why in calendar.make_up_days.items()}
    return [
        {"day": day(each.isoformat()), "weekday": each.weekday(), "working": on, "why": why,
         **_decided(decided.get(each))}
        for each, (on, why) in sorted(days.items())
        if each.year == year
    ]  # fmt: skip


def _decided(override: Override | None) -> dict[str, Any]:
    """Return of a decided day by which decision, and who put it in force and when."""
    if override is None:
        return {"decision": None}
    at = None if override.at_ms is None else f"{local(override.at_ms):%H:%M, %d/%m/%Y}"
    return {"decision": override.decision, "by": override.by, "at": at}


def _shown(override: Override | None) -> dict[str, Any] | None:
    if override is None:
        return None
    iso = override.day.isoformat()
    return {
        "iso": iso,
        "day": day(iso),
        "working": override.working,
        "why": override.why,
        "decision": override.decision,
    }


def _effect(effect: Effect | None, store: DaysStore) -> dict[str, Any] | None:
    if effect is None:
        return None
    rows = [
        {"code": each.code, "unit": store.unit_name(each.unit), "before": _at(each.before), "after": _at(each.after)}
        for each in effect.moved
    ]
    return {"before": effect.before, "after": effect.after, "count": effect.count, "rows": rows}


def _at(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%H:%M, %d/%m/%Y}"


def _told(key: str | None, say: Say) -> dict[str, Any] | None:
    if key not in ("desk.days.done", "desk.days.moved", "desk.days.fault"):
        return None
    return {"words": say(key), "good": key == "desk.days.done"}
