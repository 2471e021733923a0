"""One officer's morning at a desk in memory: the same pages in CPython and in Pyodide, byte for byte.

Nothing here is imported that the bundle does not have.
"""

import itertools
import re
from collections.abc import Mapping
from datetime import date
from html import unescape
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from msgspec import Struct
from starlette.applications import Starlette

from schemas import lists
from schemas.forms import Form
from schemas.ids import id_from
from schemas.messages import OpResult
from server.desk.app import STORE, desk_app
from server.desk.drawing import environment, renderer
from server.desk.memory import Memory, MemoryDeskStore
from sync.deadlines import Calendar
from sync.ledger import Actor, Allowed
from sync.memory import MemoryLedger, MemoryWorld

MORNING: Final = 1_795_485_600_000  # 2026-11-24, 09:00 in Lạng Sơn
UNIT: Final = "06154"
PATH: Final = "a.name"


class Answer(Struct):
    """What the desk answered."""

    status: int
    location: str
    body: str


class Morning:
    """A desk in memory with one form, a citizen and an officer."""

    def __init__(self, form: Form, app: Starlette) -> None:
        """Open the office."""
        self._serial, self.now, self.form, self.app = itertools.count(1), MORNING, form, app
        self.an = Actor(self._draw(MORNING), "Hoàng Thị An")
        self.officer = Actor(self._draw(MORNING), "Cán bộ một cửa", {UNIT: ("counter", "handler")})
        world = MemoryWorld([form], {UNIT: "LS-06154"})
        world.calendar = Calendar("test", date(2026, 1, 1), date(2026, 12, 31), {}, {})
        world.times = {form.procedure: Allowed(3, "working_day")}
        people = {actor.person: actor for actor in (self.an, self.officer)}
        self.memory = Memory(
            MemoryLedger(people), world, lambda: self.now, self._draw, {UNIT: "Xã Văn Lãng"},
            {name: msgspec.json.decode(lists.raw(name)) for name in lists.OPTION_LISTS},
        )  # fmt: skip

    def _draw(self, at_ms: int) -> str:
        return id_from(at_ms, next(self._serial) << 40 | 7)

    def push(self, actor: Actor, kind: str, dossier: str, **keys: Any) -> OpResult:
        """Push one op a second later; return what became of it."""
        self.now += 1000
        op = {
            "id": self._draw(self.now),
            "dossier": dossier,
            "type": kind,
            "at": self.now,
            "form": self.form.id,
            **keys,
        }
        return self.memory.push(actor.person, [msgspec.json.encode(op)])[0]

    def filed(self, **values: Any) -> str:
        """Have An file a dossier."""
        dossier = self._draw(self.now)
        self.push(self.an, "create", dossier, procedure=self.form.procedure, unit=UNIT, channel="online")
        self.push(self.an, "patch", dossier, set=values)
        self.push(self.an, "submit", dossier, expect={"state": "draft"})
        return dossier

    async def ask(
        self, method: str, path: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask the desk as the officer's browser does."""
        self.now += 1000
        where, _, query = path.partition("?")
        sent = {"content-type": "application/x-www-form-urlencoded", **(headers or {})}
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "https",
            "path": "/desk" + where, "raw_path": ("/desk" + where).encode(), "root_path": "/desk",
            "query_string": query.encode(), "headers": [(k.lower().encode(), v.encode()) for k, v in sent.items()],
            "client": None, "server": ("desk.invalid", 443), STORE: MemoryDeskStore(self.memory, self.officer),
        }  # fmt: skip
        said: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": urlencode(form or {}).encode(), "more_body": False}

        async def send(message: Any) -> None:
            said.append(message)

        await self.app(scope, receive, send)
        location = dict(said[0]["headers"]).get(b"location", b"").decode()
        return Answer(said[0]["status"], location, b"".join(each.get("body", b"") for each in said).decode())

    async def press(self, dossier: str, form: str, **filled: str) -> Answer:
        """Send a form that stands in a dossier's page, with what the page carries."""
        page = await self.ask("GET", f"/d/{dossier}")
        found = re.search(rf'<form id="{form}" method="post" action="/desk([^"]+)".*?</form>', page.body, re.DOTALL)
        if found is None:
            raise LookupError(f"{form} is not in the page")
        return await self.ask("POST", found[1], hidden(found[0]) | filled)


def hidden(form: str) -> dict[str, str]:
    """Return what a form carries unseen."""
    return {k: unescape(v) for k, v in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)}


def desk(templates: Mapping[str, str], texts: Mapping[str, str]) -> Starlette:
    """Return a desk that draws from templates and texts given as values."""

    def say(key: str, **values: object) -> str:
        return texts[key].format(**values)

    made = environment(lambda name: templates[name], say)
    return desk_app(renderer(lambda: made, lambda: {"css": [], "js": [], "icons": ""}), say)


async def morning(form: Form, app: Starlette) -> dict[str, Any]:
    """See the inbox and a dossier, settle a conflict, have a command refused; return every answer."""
    at = Morning(form, app)
    first, second = at.filed(**{PATH: "Lý Văn Páo"}), at.filed(**{PATH: "Nông Thị Sen"})
    for actor, name in ((at.an, "Lý Văn Báo"), (at.officer, "Lý Văn Pao")):
        at.push(actor, "patch", first, set={PATH: name})
    pages = {"inbox": await at.ask("GET", "/"), "two versions": await at.ask("GET", f"/d/{first}")}
    versions = re.findall(r'name="choice" value="([0-9a-f-]{36})"', pages["two versions"].body)
    pages["settled"] = await at.press(first, "settle-a-name", choice=versions[0], reason="Theo căn cước")
    pages["after"] = await at.ask("GET", f"/d/{first}")
    pages["none left"] = await at.ask("GET", "/?viec=two")
    stale = await at.ask("GET", f"/d/{second}")
    pages["received"] = await at.press(second, "take-receive")
    pages["refused"] = await at.ask("POST", f"/d/{second}/receive", {"state": "1"} | hidden(stale.body))
    pages["why"] = await at.ask("GET", pages["refused"].location.removeprefix("/desk"))
    part = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Source": "form#take-receive"}
    pages["part"] = await at.ask("POST", f"/d/{second}/receive", hidden(stale.body), part)
    pages["found"] = await at.ask("POST", "/tim", {"q": "sen nong"})
    pages["history"] = await at.ask("GET", f"/d/{first}/lich-su?muc={PATH}")
    return {"first": first, "second": second, "pages": msgspec.to_builtins(pages)}
