"""Who may ask what: a policy for every route, and a walk that asks each route as each role in each scope.

The default is no: a route without a policy here, or whose policy says something else than the route, is a breach.
"""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
from litestar import Litestar
from msgspec import Struct

from schemas.slips import LETTERS
from server.app import create_app
from server.cli import transaction
from server.demo import seed
from server.desk_gate import DeskGate
from server.routes.gate import WHO
from server.routes.portal import assets
from server.settings import Settings
from server.shipped import FORMS
from server.store.database import migrate
from server.store.people import find_user
from server.store.sessions import add_session, sessions_of
from server.store.store import Store, now_ms
from server.uploads.override import MethodOverride
from tests.bench.submission import answers
from tests.integration.caller import PASSWORD, UNIT, create, new_id, op, patch, submit
from tests.integration.tus import CHUNK, TUS, attach, digest, pdf, picture

USERS: Final[dict[str, str | None]] = {
    "nobody": None, "stranger": "demo-2", "owner": "demo-1", "officer elsewhere": "officer-06151",
    "officer": f"officer-{UNIT}", "head": f"head-{UNIT}", "inspector": "inspector-1", "admin": "admin-1",
}  # fmt: skip
CITIZENS: Final = ("stranger", "owner")
OF_THE_UNIT: Final = ("officer", "head", "inspector")
#: For whom an officer takes in a dossier.
BEHALF: Final = {
    "name": "Lý Văn Bình", "relation": "self", "seen": "card", "citizen_id": "999186001234",
    "consent": {"text": "Tôi đồng ý để cán bộ ghi và gửi giúp.", "version": "1", "at": 1_795_485_000_000},
}  # fmt: skip
VALUES: Final = answers((FORMS / "1.004873.json").read_bytes())[1]
#: What an answer says: yes · sign-in · forbidden · hidden (as if there were nothing) · refused (no op was applied).
Verdict = str
Expected = Mapping[str, Verdict]


class Asked(Struct):
    """One request to send."""

    method: str
    path: str
    json: Any = None
    form: dict[str, str] | None = None
    headers: dict[str, str] = {}
    content: bytes | None = None


class World:
    """A served data directory with people, and dossiers of the owner made as they are needed."""

    def __init__(self, shield: MethodOverride, litestar: Litestar, desk: DeskGate) -> None:
        self.litestar, self.desk = litestar, desk
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(shield), base_url="http://test")
        self.sessions: dict[str, str] = {}

    @property
    def store(self) -> Store:
        store: Store = self.litestar.state.store
        return store

    def person(self, role: str) -> str:
        """Return a role's person id."""
        found = find_user(self.store.conn, USERS[role] or "")
        assert found is not None
        return found.id

    async def token(self, role: str) -> str:
        """Open a new session for a role."""
        token, person = secrets.token_urlsafe(32), self.person(role)
        await self.store.write(lambda conn, _: add_session(conn, token, person, now_ms()))
        return token

    async def ask(self, role: str, asked: Asked) -> httpx.Response:
        """Send one request as a role, through a session of its own."""
        headers = {"Accept": "application/json", **asked.headers}
        if USERS[role] is not None:
            headers["Authorization"] = f"Bearer {await self.token(role)}"
        body = (
            {"data": asked.form}
            if asked.form is not None
            else {"json": asked.json}
            if asked.json is not None
            else {"content": asked.content}
        )
        return await self.http.request(asked.method, asked.path, headers=headers, **body)

    async def dossier(self, state: str) -> str:
        """Make a dossier of the owner in a state: draft, 1 or 2."""
        dossier = new_id()
        begin, write = create(dossier), patch(dossier, VALUES)
        await self.push("owner", begin, write)
        if state != "draft":
            await self.push("owner", submit(dossier, begin, write))
        if state == "2":
            await self.push("officer", receive(dossier))
        return dossier

    async def upload(self, content: bytes, length: int | None = None) -> str:
        """Send a file, or its beginning, as the owner; return where the upload is."""
        sent = {**TUS, "Upload-Length": str(len(content) if length is None else length), "Content-Type": CHUNK}
        answer = await self.ask("owner", Asked("POST", "/files", headers=sent, content=content))
        assert answer.status_code == 201, answer.text
        return str(answer.headers["location"])

    async def file(self, state: str) -> str:
        """Make a file in a dossier of the owner's, in a state; return its digest."""
        return (await self.paper(state))[2]

    async def paper(self, state: str, paper: bytes | None = None) -> tuple[str, str, str]:
        """Make a file in a dossier of the owner's, in a state; return the dossier, the ``attach`` and the digest."""
        content = paper or picture(secrets.randbelow(1_000_000), (40, 50))
        dossier = await self.dossier(state)
        await self.upload(content)
        said = attach(dossier, content, media="image/jpeg" if paper is None else "application/pdf")
        results = await self.push("owner", said)
        assert results[0]["outcome"] in ("applied", "held"), results
        return dossier, said["id"], digest(content)

    async def push(self, role: str, *ops: dict[str, Any]) -> list[dict[str, Any]]:
        """Push ops as a role; return the results."""
        answer = await self.ask(role, Asked("POST", "/sync/v1", json={"v": 1, "ops": list(ops)}))
        assert answer.status_code == 200, answer.text
        return list(answer.json()["results"])


def receive(dossier: str) -> dict[str, Any]:
    """Return the op of reception."""
    return op("command", dossier, name="receive", expect={"state": "1"})


def litestar_of(app: Any) -> Litestar:
    """Return the application behind all that stands in front of it."""
    while not isinstance(app, Litestar):
        app = app._rest if hasattr(app, "_rest") else app._app
    return app


def desk_of(app: Any) -> DeskGate:
    """Return the desk's gate, beside the application."""
    while not hasattr(app, "_mounted"):
        app = app._app
    gate: DeskGate = app._mounted[0][1]
    return gate


@asynccontextmanager
async def world(data: Path, *planted: Any, served: Settings | None = None) -> AsyncIterator[World]:
    """Serve a new data directory in this process, as ``served`` says, with routes planted beside the others."""
    migrate(data)
    with transaction(data) as conn:
        seed(conn, now_ms())
    shield = create_app(served or Settings(data=data))
    litestar, desk = litestar_of(shield), desk_of(shield)
    for route in planted:
        litestar.register(route)
    async with litestar.lifespan():
        made = World(shield, litestar, desk)
        async with made.http:
            yield made


class Policy(Struct):
    """What a route is for, how to ask it, and what each role is to hear in each scope."""

    who: str | None
    ask: Callable[[World, str, str], Any]
    expected: dict[str, Expected]
    holds: Callable[[World, str, str], bool] | None = None


def everyone(verdict: Verdict = "yes", **other: Verdict) -> Expected:
    """Return one verdict for all roles but those named."""
    return {role: other.get(role.replace(" ", "_"), verdict) for role in USERS}


SIGNED_IN: Final = everyone(nobody="sign-in")
OFFICERS: Final = everyone(nobody="sign-in", stranger="forbidden", owner="forbidden", admin="forbidden")
#: The calendar: all of the office reads it, who administers decides over it (422: a decision that says nothing).
OF_THE_OFFICE: Final = {**OFFICERS, "admin": "yes"}
ADMINISTRATORS: Final = {role: {"yes": "forbidden"}.get(verdict, verdict) for role, verdict in OFFICERS.items()} | {
    "admin": "422"
}
#: A dossier of the unit on the desk; and one that nobody has handed in.
OF_UNIT: Final = {**OFFICERS, "officer elsewhere": "hidden"}
REFUSED: Final = {role: "refused" if verdict == "yes" else verdict for role, verdict in OF_UNIT.items()}
OF_NOBODY: Final = {**OF_UNIT, **dict.fromkeys(OF_THE_UNIT, "hidden")}


def simply(method: str, path: str, **body: Any) -> Callable[[World, str, str], Any]:
    """Return how to ask a route that needs nothing made first."""

    async def asked(_world: World, _role: str, _scope: str) -> Asked:
        return Asked(method, path, **body)

    return asked


def open_to_all(method: str, path: str, **body: Any) -> Policy:
    """Return the policy of what everybody may ask."""
    return Policy("anyone", simply(method, path, **body), {"": everyone()})


def own(method: str, path: str, **body: Any) -> Policy:
    """Return the policy of what everybody may ask about themselves."""
    return Policy("person", simply(method, path, **body), {"": SIGNED_IN})


def on_dossier(method: str, path: str, expected: dict[str, Expected], **body: Any) -> Policy:
    """Return the policy of a dossier's page; the scope is its state."""

    async def asked(world: World, _role: str, scope: str) -> Asked:
        return Asked(method, path.format(dossier=await world.dossier(scope)), **body)

    return Policy("officer", asked, expected)


async def _begin(_world: World, _role: str, _scope: str) -> Asked:
    return Asked("POST", "/accounts", json={"name": "Ai", "secret": secrets.token_urlsafe(32)})


async def _sign_in(_world: World, role: str, _scope: str) -> Asked:
    return Asked("POST", "/dang-nhap", json={"user": USERS[role] or "demo-3", "password": PASSWORD})


async def _end_device(world: World, role: str, scope: str) -> Asked:
    """Try to end a new session of the owner's, or one's own."""
    whose = "owner" if scope == "the owner's" or USERS[role] is None else role
    person = world.person(whose)
    await world.token(whose)
    world.sessions[scope] = sessions_of(world.store.conn, person, now_ms())[0].id
    return Asked("DELETE", f"/accounts/devices/{world.sessions[scope]}")


def _device_holds(world: World, role: str, scope: str) -> bool:
    """Only its owner ends a session."""
    whose = "owner" if scope == "the owner's" or USERS[role] is None else role
    lives = any(row.id == world.sessions[scope] for row in sessions_of(world.store.conn, world.person(whose), now_ms()))
    return lives is (USERS[role] is None or role != whose)


#: A file of a dossier, in the dossier's state. Who may not see it hears what who asks for nothing hears.
FILES: Final[dict[str, Expected]] = {
    "draft": {**everyone("hidden", nobody="sign-in"), "owner": "yes"},
    "1": {**everyone("hidden", nobody="sign-in"), "owner": "yes", **dict.fromkeys(OF_THE_UNIT, "yes")},
}


def on_file(path: str) -> Policy:
    """Return the policy of a file; the scope is the state of its dossier."""

    async def asked(world: World, _role: str, scope: str) -> Asked:
        return Asked("GET", path.format(digest=await world.file(scope)))

    return Policy("person", asked, FILES)


async def _page_of_pdf(world: World, _role: str, scope: str) -> Asked:
    name = (await world.paper(scope, pdf(seed=secrets.randbelow(200))))[2]
    return Asked("GET", f"/files/{name}/pages/1")


async def _opened_paper(world: World, _role: str, scope: str) -> Asked:
    dossier, op_id, _ = await world.paper(scope)
    return Asked("GET", f"/desk/d/{dossier}/giay/{op_id}")


def on_upload(method: str, **headers: str) -> Policy:
    """Return the policy of an upload under way: it belongs to who began it."""

    async def asked(world: World, _role: str, _scope: str) -> Asked:
        place = await world.upload(b"abc", 10)
        sent = {**TUS, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return Asked(method, place, headers=sent, content=b"d" if method == "PATCH" else None)

    return Policy("person", asked, {"": FILES["draft"]})


async def _claim(world: World, _role: str, _scope: str) -> Asked:
    """Claim a new dossier that another officer took in."""
    dossier, drawn = new_id(), "".join(secrets.choice(LETTERS) for _ in range(20))
    begin, write = create(dossier, channel="field", on_behalf=BEHALF), patch(dossier, VALUES)
    await world.push("head", begin, write, submit(dossier, begin, write))
    slip = {"dossier": dossier, "code": f"TN-{drawn[:4]}-{drawn[4:12]}", "secret": drawn[12:]}
    kept = await world.ask("head", Asked("POST", "/handovers", json={"handovers": [slip]}))
    assert kept.json()["results"][0]["outcome"] == "kept", kept.text
    return Asked("POST", "/claims", json={"code": f"TN-{drawn}"})


def _drawn() -> dict[str, str]:
    drawn = "".join(secrets.choice(LETTERS) for _ in range(20))
    return {"code": f"TN-{drawn[:4]}-{drawn[4:12]}", "secret": drawn[12:]}


async def _begin_for(_world: World, _role: str, _scope: str) -> Asked:
    return Asked("POST", "/accounts/assisted", json={"account": new_id(), "name": "Lý Văn Bình", **_drawn()})


async def _finish(world: World, _role: str, _scope: str) -> Asked:
    slip = _drawn()
    begun = Asked("POST", "/accounts/assisted", json={"account": new_id(), "name": "Lý Văn Bình", **slip})
    assert (await world.ask("officer", begun)).status_code == 201
    code = f"{slip['code']}-{slip['secret']}"
    return Asked("POST", "/accounts/finish", json={"code": code, "password": "bản xa mây trắng"})


CLOSED: Final = Policy(None, simply("GET", "/openapi"), {"": everyone("forbidden")})
FORM_PAGE: Final = "1.004873"
POLICIES: Final[dict[tuple[str, str], Policy]] = {
    **{
        ("GET", path): open_to_all("GET", path)
        for path in (
            "/", "/di-ban", "/may-cua-ai", "/cua-toi", "/dang-nhap", "/cai-dat", "/sw.js", "/manifest.webmanifest",
            "/thu-tuc", "/tim", "/phieu", "/health", "/metrics", "/openapi.json", "/tra-cuu", "/chua-tai", "/can-mang",
            "/gioi-thieu", "/giup-do", "/rieng-tu", "/tiep-can",
        )
    },
    ("GET", "/thu-tuc/{name:str}"): open_to_all("GET", f"/thu-tuc/{FORM_PAGE}"),
    ("GET", "/thu-tuc/{name:str}/giay-to"): open_to_all("GET", f"/thu-tuc/{FORM_PAGE}/giay-to"),
    ("GET", "/to-khai/{name:str}"): open_to_all("GET", f"/to-khai/{FORM_PAGE}"),
    ("GET", "/assets/{name:str}"): open_to_all("GET", "/assets"),
    ("GET", "/icons/{name:str}"): open_to_all("GET", "/icons/192.png"),
    ("GET", "/forms/{code:str}"): open_to_all("GET", f"/forms/{FORM_PAGE}"),
    ("GET", "/forms/lists/{name:str}"): open_to_all("GET", "/forms/lists/provinces"),
    ("POST", "/accounts"): Policy("anyone", _begin, {"": everyone()}),
    ("POST", "/accounts/finish"): Policy("anyone", _finish, {"": everyone()}),
    ("POST", "/dang-nhap"): Policy("anyone", _sign_in, {"": everyone()}),
    ("POST", "/dang-xuat"): open_to_all("POST", "/dang-xuat"),
    ("POST", "/accounts/assisted"): Policy("officer", _begin_for, {"": OFFICERS}),
    ("GET", "/accounts/me"): own("GET", "/accounts/me"),
    ("POST", "/accounts/token"): own("POST", "/accounts/token"),
    ("POST", "/accounts/password"): own("POST", "/accounts/password", json={"password": PASSWORD}),
    ("GET", "/accounts/devices"): own("GET", "/accounts/devices"),
    ("DELETE", "/accounts/devices"): own("DELETE", "/accounts/devices"),
    ("DELETE", "/accounts/devices/{device:str}"): Policy(
        "person", _end_device, {"own": SIGNED_IN, "the owner's": SIGNED_IN}, _device_holds
    ),
    ("POST", "/files"): own("POST", "/files", headers={**TUS, "Upload-Length": "3"}),
    ("POST", "/files/probe"): own("POST", "/files/probe", json={"sha256": ["0" * 64]}),
    ("HEAD", "/files/{name:str}"): on_upload("HEAD"),
    ("PATCH", "/files/{name:str}"): on_upload("PATCH", Upload_Offset="3", Content_Type=CHUNK),
    ("DELETE", "/files/{name:str}"): on_upload("DELETE"),
    ("GET", "/files/{name:str}"): on_file("/files/{digest}"),
    ("GET", "/files/{name:str}/thumb"): on_file("/files/{digest}/thumb"),
    ("GET", "/files/{name:str}/pages/{number:int}"): Policy("person", _page_of_pdf, FILES),
    ("POST", "/tra-cuu"): Policy(
        "anyone", simply("POST", "/tra-cuu", form={"code": "TN-0000-00000000", "secret": "00000000"}),
        {"": everyone("hidden")},
    ),
    **{
        (method, "/pack/{unit:str}"): Policy("officer", simply(method, f"/pack/{UNIT}"), {"": OF_UNIT})
        for method in ("GET", "HEAD")
    },
    ("POST", "/handovers"): Policy("officer", simply("POST", "/handovers", json={"handovers": []}), {"": OFFICERS}),
    ("POST", "/claims"): Policy("person", _claim, {"": {**SIGNED_IN, "officer elsewhere": "yes"}}),
    ("POST", "/sync/v1"): own("POST", "/sync/v1", json={"v": 1, "cursor": ""}),
    ("GET", "/sync/v1/snapshot"): own("GET", "/sync/v1/snapshot"),
    ("GET", "/desk"): Policy("officer", simply("GET", "/desk"), {"": OF_THE_OFFICE}),
    ("GET", "/desk/d/{dossier}"): on_dossier(
        "GET", "/desk/d/{dossier}", {"draft": OF_NOBODY, "1": OF_UNIT, "2": OF_UNIT}
    ),
    ("POST", "/desk/d/{dossier}/receive"): on_dossier(
        "POST", "/desk/d/{dossier}/receive",
        {"draft": OF_NOBODY, "1": {**OF_UNIT, "inspector": "refused"}, "2": dict.fromkeys(USERS, "refused") | {
            role: verdict for role, verdict in OF_UNIT.items() if verdict != "yes"
        }},
        form={},
    ),
    ("GET", "/desk/may"): Policy(
        "officer", simply("GET", "/desk/may"),
        {"": {**OFFICERS, **dict.fromkeys(("officer", "officer elsewhere", "inspector"), "forbidden")}},
    ),
    ("GET", "/desk/don-vi-cu"): Policy("officer", simply("GET", "/desk/don-vi-cu"), {"": OFFICERS}),
    ("POST", "/desk/don-vi-cu"): Policy(
        "officer", simply("POST", "/desk/don-vi-cu", form={}),
        {"": {who: "refused" if said == "yes" else said for who, said in OFFICERS.items()}},
    ),
    ("GET", "/so-lieu"): Policy("anyone", simply("GET", "/so-lieu"), {"": everyone()}),
    ("GET", "/desk/so-lieu"): Policy("officer", simply("GET", "/desk/so-lieu"), {"": OF_THE_OFFICE}),
    ("GET", "/desk/so-lieu/ho-so"): Policy("officer", simply("GET", "/desk/so-lieu/ho-so?so=new"), {"": OF_THE_OFFICE}),
    ("GET", "/desk/lich"): Policy("officer", simply("GET", "/desk/lich"), {"": OF_THE_OFFICE}),
    **{
        ("POST", path): Policy("officer", simply("POST", path, form={}), {"": ADMINISTRATORS})
        for path in ("/desk/lich", "/desk/lich/xem")
    },
    ("POST", "/desk/tim"): Policy("officer", simply("POST", "/desk/tim", form={"q": "an"}), {"": OFFICERS}),
    ("GET", "/desk/d/{dossier}/giay/{op}"): Policy("officer", _opened_paper, {"draft": OF_NOBODY, "1": OF_UNIT}),
    ("GET", "/desk/d/{dossier}/lich-su"): on_dossier(
        "GET", "/desk/d/{dossier}/lich-su?muc=applicant.phone", {"draft": OF_NOBODY, "1": OF_UNIT, "2": OF_UNIT}
    ),
    ("POST", "/desk/d/{dossier}/notes"): on_dossier(
        "POST", "/desk/d/{dossier}/notes", {"draft": OF_NOBODY, "1": OF_UNIT}, form={"text": "Một lời"}
    ),
    ("POST", "/desk/d/{dossier}/write"): on_dossier(
        "POST", "/desk/d/{dossier}/write", {"draft": OF_NOBODY, "1": {**OF_UNIT, "inspector": "refused"}},
        form={"path": "applicant.phone", "value": "0987000111"},
    ),
    # What is posted here leads to nothing: whom it is refused and from whom the dossier is hidden is the question.
    **{
        ("POST", "/desk/d/{dossier}/" + word): on_dossier(
            "POST", "/desk/d/{dossier}/" + word.format(name="finish"), {"draft": OF_NOBODY, "1": REFUSED}, form={}
        )
        for word in ("accept", "decline", "resolve", "resolve-row", "bring-back", "steps/{name}")
    },
    # What the framework adds by itself is open to nobody; the description of the routes is at /openapi.json.
    **{
        ("GET", path): CLOSED
        for path in ("/openapi", "/openapi/document.json", "/openapi/openapi.json", "/openapi/{path:str}")
    },
}  # fmt: skip


def routes_of(litestar: Litestar) -> dict[tuple[str, str], str | None]:
    """Return every method and path that Litestar answers, with who may ask; OPTIONS tells the methods only."""
    return {
        (method, route.path): handler.opt.get(WHO)
        for route in litestar.routes
        for handler in getattr(route, "route_handlers", [getattr(route, "route_handler", None)])
        for method in getattr(handler, "http_methods", {"?"})
        if method != "OPTIONS"
    }


def all_routes(made: World) -> dict[tuple[str, str], str | None]:
    """Return the routes of Litestar and of the desk, whose gate asks for officers."""
    desk: dict[tuple[str, str], str | None] = dict.fromkeys(made.desk.routes, "officer")
    return desk | routes_of(made.litestar)


def undeclared(
    routes: Mapping[tuple[str, str], str | None], policies: Mapping[tuple[str, str], Policy]
) -> list[tuple[str, str]]:
    """Return the routes without a policy, those that differ from it, and policies of routes that are not there.

    ``routes`` may come from any application; where it has no gate of its own, give each what its policy says.
    """
    wrong = [route for route, who in routes.items() if route not in policies or policies[route].who != who]
    return sorted([*wrong, *(policies.keys() - routes.keys())])


def verdict_of(answer: httpx.Response) -> Verdict:
    """Return what an answer says."""
    location = answer.headers.get("location", "")
    named = {401: "sign-in", 403: "forbidden", 404: "hidden"}
    if answer.status_code in named:
        return named[answer.status_code]
    if location.startswith("/dang-nhap?next="):
        return "sign-in"
    if "?sai=" in location:
        return "refused"
    return "yes" if answer.status_code < 400 else str(answer.status_code)


async def breaches(made: World, policies: Mapping[tuple[str, str], Policy]) -> list[str]:
    """Ask every route as every role in every scope; return where the answer or the effect is not what it should be."""
    found = []
    for (method, path), policy in policies.items():
        for scope, expected in policy.expected.items():
            for role in USERS:
                asked = await policy.ask(made, role, scope)
                if path.startswith("/assets/"):
                    asked.path = assets()["app.css"]
                elif policy is CLOSED:
                    asked.path = re.sub(r"\{.*?\}", "x", path)
                said = verdict_of(await made.ask(role, asked))
                if said != expected[role]:
                    found.append(f"{method} {path} {scope} as {role}: {said}, not {expected[role]}")
                elif policy.holds is not None and not policy.holds(made, role, scope):
                    found.append(f"{method} {path} {scope} as {role}: it had an effect")
    return found


def run(data: Path, look: Callable[[World], Any], *planted: Any, served: Settings | None = None) -> Any:
    """Run a look at a world of its own."""

    async def go() -> Any:
        async with world(data, *planted, served=served) as made:
            return await look(made)

    return asyncio.run(go())
