"""A matrix role × route × scope, walked over every route there is; the default is no."""

from functools import cache
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

import pytest
from litestar import get
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.routes.gate import ANYONE, OFFICER
from server.routes.portal import Portal
from server.shipped import documents
from sync.dossier import Dossier
from sync.ledger import Actor
from tests.integration.caller import new_id, op, patch
from tests.integration.rights import (
    OFFICERS,
    POLICIES,
    USERS,
    Asked,
    Policy,
    World,
    all_routes,
    breaches,
    everyone,
    receive,
    run,
    simply,
    undeclared,
)


@cache
def _portal() -> Portal:
    return Portal(documents())


@pytest.fixture(autouse=True)
def one_portal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compress the pages once for all these worlds: they are the same in each."""
    monkeypatch.setattr("server.app.portal_of", lambda *_: _portal())


async def walk(made: World) -> list[str]:
    return await breaches(made, POLICIES)


async def routes(made: World) -> list[tuple[str, str]]:
    return undeclared(all_routes(made), POLICIES)


def test_every_route_has_a_policy_and_says_the_same(tmp_path: Path) -> None:
    assert run(tmp_path, routes) == []


def test_every_role_hears_in_every_scope_what_the_policy_says(tmp_path: Path) -> None:
    assert run(tmp_path, walk) == []


async def guards(made: World) -> list[str]:
    handlers = [handler for route in made.litestar.routes for handler in getattr(route, "route_handlers", ())]
    found = {guard for handler in handlers for guard in handler.resolve_guards()}
    assert found, "there is a gate"
    return sorted(str(guard) for guard in found if not iscoroutinefunction(getattr(guard, "func", guard)))


def test_the_gate_looks_at_the_store_on_the_event_loop(tmp_path: Path) -> None:
    """A plain function would be called on a thread, where what was just committed may not be seen (``Store.conn``)."""
    assert run(tmp_path, guards) == []


@get("/planted")
async def undeclared_route() -> str:
    return "everything about everybody"


@get("/office/planted", opt=ANYONE)
async def unguarded_route() -> str:
    return "everything about everybody"


@get("/office/planted-too", opt=OFFICER)
async def guarded_route() -> str:
    return "what officers may read"


def test_a_planted_route_that_says_nothing_is_found_and_answers_nobody(tmp_path: Path) -> None:
    async def look(made: World) -> tuple[Any, Any]:
        closed = {("GET", "/planted"): Policy(None, simply("GET", "/planted"), {"": everyone("forbidden")})}
        return await routes(made), await breaches(made, closed)

    assert run(tmp_path, look, undeclared_route) == ([("GET", "/planted")], [])


def test_a_planted_unguarded_route_for_officers_is_found(tmp_path: Path) -> None:
    meant = {
        ("GET", path): Policy("officer", simply("GET", path), {"": OFFICERS})
        for path in ("/office/planted", "/office/planted-too")
    }

    async def look(made: World) -> tuple[Any, Any]:
        return undeclared(all_routes(made), POLICIES | meant), await breaches(made, meant)

    declared, found = run(tmp_path, look, unguarded_route, guarded_route)
    assert declared == [("GET", "/office/planted")]
    assert [line.partition(" as ")[2] for line in found] == [
        "nobody: yes, not sign-in", "stranger: yes, not forbidden", "owner: yes, not forbidden",
        "admin: yes, not forbidden",
    ]  # fmt: skip


def test_a_planted_route_of_the_desk_application_is_found(tmp_path: Path) -> None:
    async def everything(_request: Request) -> Response:
        return Response("everything about everybody")

    async def look(made: World) -> list[tuple[str, str]]:
        made.desk._desk.routes.append(Route("/planted", everything))
        return await routes(made)

    assert run(tmp_path, look) == [("GET", "/desk/planted")]


def test_a_desk_that_forgets_the_unit_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(_actor: Actor, _dossier: Dossier) -> str:
        return "handler"

    monkeypatch.setattr("server.services.desk.office_role", careless)
    found = run(tmp_path, walk)
    assert any("as officer elsewhere: yes, not hidden" in line for line in found)


def test_a_session_that_anybody_can_end_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(conn: Any, _person: str, session: str) -> bool:
        return conn.execute("DELETE FROM session WHERE hex(id) = ?", (session.replace("-", "").upper(),)) is not None

    monkeypatch.setattr("server.services.devices.end_one", careless)
    assert any("it had an effect" in line for line in run(tmp_path, walk))


#: role → outcome, by op and by the state of the owner's dossier. Who cannot see it is told nothing: their op waits.
UNSEEN = "held waiting"
BARRED = "refused forbidden-op"
OUTCOMES: dict[tuple[str, str], dict[str, str]] = {
    ("patch", "draft"): {"owner": "applied"},
    ("patch", "1"): {"owner": "applied", "officer": "applied", "head": "applied", "inspector": BARRED},
    ("patch", "2"): {"owner": "held late", "officer": "applied", "head": "applied", "inspector": BARRED},
    ("note", "1"): {"owner": "applied", "officer": "applied", "head": "applied", "inspector": "applied"},
    ("receive", "1"): {
        "owner": BARRED, "officer": "applied", "head": "applied", "inspector": BARRED,
    },
    ("withdraw", "1"): {
        "owner": "applied", "officer": BARRED, "head": BARRED,
        "inspector": BARRED,
    },
}  # fmt: skip


def made_op(kind: str, dossier: str, state: str) -> dict[str, Any]:
    if kind == "receive":
        return receive(dossier)
    if kind == "note":
        return op("note", dossier, text="Một lời", visible="all")
    if kind == "withdraw":
        return op("withdraw", dossier, expect={"state": state}, reason="đổi ý")
    return patch(dossier, {"applicant.phone": "0987654321"})


def said(result: dict[str, Any]) -> str:
    more = result.get("reason") or str((result.get("problem") or {}).get("type", "")).rpartition(":")[2]
    return f"{result['outcome']} {more}".strip()


def test_every_role_gets_for_every_op_what_its_right_says(tmp_path: Path) -> None:
    async def look(made: World) -> dict[tuple[str, str], dict[str, str]]:
        found: dict[tuple[str, str], dict[str, str]] = {}
        for kind, state in OUTCOMES:
            found[kind, state] = {}
            for role in USERS:
                if USERS[role] is not None:
                    sent = made_op(kind, await made.dossier(state), state)
                    found[kind, state][role] = said((await made.push(role, sent))[0])
        return found

    expected = {
        case: {role: outcomes.get(role, UNSEEN) for role in USERS if USERS[role] is not None}
        for case, outcomes in OUTCOMES.items()
    }
    assert run(tmp_path, look) == expected


SEEN_BY = {
    "draft": {"owner"},
    "1": {"owner", "officer", "head", "inspector"},
    "2": {"owner", "officer", "head", "inspector"},
}


@pytest.mark.parametrize("road", ["pull", "snapshot"])
def test_a_dossier_is_delivered_to_its_scopes_and_no_others(tmp_path: Path, road: str) -> None:
    async def look(made: World) -> dict[str, set[str]]:
        found = {}
        for state in SEEN_BY:
            dossier = await made.dossier(state)
            asked = {
                "pull": Asked("POST", "/sync/v1", json={"v": 1, "cursor": "", "limit": 500}),
                "snapshot": Asked("GET", "/sync/v1/snapshot"),
            }[road]
            found[state] = {role for role in USERS if dossier in (await made.ask(role, asked)).text}
        return found

    assert run(tmp_path, look) == SEEN_BY


def test_an_id_nobody_knows_is_not_told_from_one_that_is_somebody_elses(tmp_path: Path) -> None:
    async def look(made: World) -> list[tuple[int, str]]:
        answers = []
        for dossier in (new_id(), await made.dossier("1"), await made.dossier("draft")):
            page = await made.ask("officer elsewhere", Asked("GET", f"/desk/d/{dossier}"))
            answers.append((page.status_code, page.text))
        return answers

    unknown, elsewhere, draft = run(tmp_path, look)
    assert unknown == elsewhere == draft
