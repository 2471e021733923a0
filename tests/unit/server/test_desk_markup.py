"""Every template of the desk, with markup in every value: none of it becomes an element or an attribute."""

import asyncio
import re
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from typing import Any, Final

import msgspec
import pytest
from msgspec import Struct
from starlette.applications import Starlette

import client
from schemas.forms import Form, decode_form
from server.desk.app import desk_app
from server.desk.days import DAYS
from server.desk.drawing import environment, renderer
from server.desk.ended import ENDED, Ended, Left
from server.desk.figures import COLUMNS, FIGURES, WORDS
from server.desk.overrides import Effect, Moved, Override
from server.desk.posting import Render
from server.desk.store import Machine
from server.figures.chart import columns
from server.texts import text
from sync.deadlines import Calendar
from sync.ledger import Actor, File
from tests.bundle.life import UNIT, Answer, Morning
from tests.unit.sync.bench import FORM

TEMPLATES: Final = client.ROOT / "templates"
MARK: Final = """ data-marked=1 '"><i data-marked>&amp;"""
ROW: Final = "members/01a1ee00-0000-7000-8000-0000000000d1"
PAPER: Final = "ab" * 32
CHOICE: Final = {
    "kind": "choice", "policy": "ask", "options": [{"value": each, "label": {"vi": each}} for each in ("dan", "xa")],
}  # fmt: skip
#: What a template made is no value.
MADE: Final = frozenset({"html", "chart"})
#: By what templates choose what they show: these stay in one run, so that it shows what people see.
CHOSEN_BY: Final = MADE | {
    "args",
    "kind",
    "level",
    "main",
    "name",
    "outcome",
    "stand",
    "state",
    "status",
    "figure",
    "light",
}


class Seen(HTMLParser):
    """Finds what of the mark became markup, and how often it is there as words."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.marked: list[str] = []
        self.words = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.marked += [f"<{tag} {name}>" for name, _ in attrs if "data-marked" in name]
        self.words += sum("data-marked" in (value or "") for _, value in attrs)

    def handle_data(self, data: str) -> None:
        self.words += data.count("<i data-marked>&amp;")


def labelled(document: Any) -> Any:
    """Mark every text of a form that people read; a note is asked about where it differs."""
    if isinstance(document, dict):
        document = document | {"policy": "ask"} if document.get("key") == "note" else document
        document = document | CHOICE if document.get("key") == "checked" else document
        return {k: v + MARK if k == "vi" else labelled(v) for k, v in document.items()}
    return [labelled(each) for each in document] if isinstance(document, list) else document


def marked(value: Any, kept: frozenset[str]) -> Any:
    """Mark every text in the values of a page, whatever it is for, but for those under the keys that are kept."""
    if isinstance(value, str):
        return value + MARK
    if isinstance(value, Struct):
        value = {name: getattr(value, name) for name in value.__struct_fields__}
    if isinstance(value, dict):
        return {key: each if key in kept else marked(each, kept) for key, each in value.items()}
    return [marked(each, kept) for each in value] if isinstance(value, list | tuple) else value


class MarkedDays:
    """A calendar whose every word is marked, as an administrator has it."""

    calendar = Calendar("v" + MARK, date(2026, 1, 1), date(2026, 12, 31), {date(2026, 11, 24): "nghỉ" + MARK}, {})
    person = Actor("p", "Quản trị" + MARK, {UNIT: ("admin", "inspector")})
    administers = True

    def now_ms(self) -> int:
        return 1_795_485_600_000

    def unit_name(self, unit: str) -> str:
        return unit + MARK

    async def overrides(self) -> list[Override]:
        words = {"why": "nghỉ" + MARK, "decision": "QĐ" + MARK, "by": "Quản trị" + MARK}
        return [Override(date(2026, 11, 24), working=False, at_ms=self.now_ms(), **words)]

    async def effect(self, override: Override) -> Effect:
        moved = Moved("LS" + MARK, override.why, "2026-11-27T17:00:00+07:00", "2026-11-28T17:00:00+07:00")
        return Effect("v" + MARK, "w" + MARK, 1, [moved])


class MarkedFigures:
    """Figures whose every word is marked."""

    officer = Actor("p", "Cán bộ" + MARK, {UNIT: ("handler",)})

    async def shown(self, period: str, _: object) -> dict[str, Any]:
        counts = dict.fromkeys(COLUMNS, 7) | {"online_percent": 28.87}
        row = counts | {"unit": UNIT + MARK, "name": "Xã" + MARK, "light": "reached", "target": 50}
        said = {"says": "báo cáo" + MARK, "period": "2022", "source": "nguồn" + MARK, "of": "new"}
        wrong = said | {"percent": "57.24", "reckoned": "57.87", "mismatch": ["percent"], "computed": None}
        return {
            "units": [row, row | {"target": None}], "total": counts, "months_of": [{"label": "11/2026", "new": 7}],
            "chart": columns([("11", 7)], "tên" + MARK, "mô tả" + MARK), "reported": [wrong], "period": period,
            "periods_of": [{"name": "all", "label": "all"}, {"name": "2026", "label": "2026"}],
            "day": "09:14, 24/11/2026" + MARK, "opens": [UNIT + MARK] if period == "all" else [], "inbox": True,
            "choices": {by: [{"name": "a" + MARK, "words": "Hộ tịch" + MARK}] for by in WORDS}, "sees_all": True,
        }  # fmt: skip

    async def opened(self, *_: object) -> tuple[list[dict[str, Any]], str]:
        row = {"id": "x", "code": "LS" + MARK, "title": "Tờ khai" + MARK, "state": "1", "submitted_ms": 1}
        return [row], "1.x" + MARK

    def unit_name(self, unit: str) -> str:
        return unit + MARK


class MarkedEnded:
    """Units that ended whose every word is marked."""

    officer = MarkedFigures.officer

    async def units(self) -> list[Ended]:
        after = [("06151" + MARK, "Xã" + MARK), ("06154", "Phường" + MARK)]
        left = Left("x" + MARK, "LS" + MARK, "Tờ khai" + MARK, "An" + MARK, "1", 3)
        return [Ended("u" + MARK, "Xã cũ" + MARK, "2025-06-30", after[:n], [left], more=n == 1) for n in (1, 2)]

    async def move(self, chosen: Any, reason: str) -> tuple[int, list[str]]:
        raise AssertionError((chosen, reason))


class Marked(Morning):
    """A desk where everybody and everything is called by markup."""

    def __init__(self, form: Form, app: Starlette) -> None:
        super().__init__(form, app)
        self.an, self.officer = (
            Actor(actor.person, actor.name + MARK, dict.fromkeys(actor.units, ("head",)))
            for actor in (self.an, self.officer)
        )
        self.memory.ledger.actors = {actor.person: actor for actor in (self.an, self.officer)}
        self.memory.unit_names = {UNIT: "Xã" + MARK, "06151": "Phường" + MARK}
        self.memory.world.calendar = Calendar(
            "test" + MARK, date(2026, 1, 1), date(2026, 12, 31), {date(2026, 11, 25): "nghỉ" + MARK}, {}
        )
        self.app = self._with_days(app)
        self.pages: list[Answer] = []

    @staticmethod
    def _with_days(app: Starlette) -> Any:
        async def asked(scope: Any, receive: Any, send: Any) -> None:
            await app({**scope, DAYS: MarkedDays(), FIGURES: MarkedFigures(), ENDED: MarkedEnded()}, receive, send)

        return asked

    async def see(self, method: str, path: str, form: dict[str, str] | None = None, **headers: str) -> Answer:
        """Ask, and keep the page."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await self.ask(method, path, form, sent)
        assert answer.status in (200, 303, 404, 422), (path, answer)
        self.pages.append(answer)
        return answer

    def done(self, actor: Actor, kind: str, dossier: str, **keys: Any) -> None:
        """Push an op that must change something."""
        result = self.push(actor, kind, dossier, **keys)
        assert result.outcome != "refused", (kind, keys, result.problem)

    def command(self, dossier: str, name: str, state: str, **args: Any) -> None:
        with self.memory.ledger.transaction() as ledger:
            found = ledger.find_dossier(dossier)
        assert found is not None
        self.done(self.officer, "command", dossier, name=name, expect={"state": state, "rev": found.rev}, args=args)

    def disputed(self) -> str:
        """File a dossier with two versions of a field and a row removed against edited."""
        dossier = self.filed(**{"a.name": "An", "a.phone": "0912345678", f"{ROW}/name": "Bé"})
        row = list(self.memory.ledger.ops)[-2]
        self.done(self.an, "patch", dossier, set={"a.note": "một" + MARK, ROW: "gone"}, saw={ROW: [row]})
        self.done(
            self.officer, "patch", dossier, set={"a.note": "hai" + MARK, f"{ROW}/name": "Bi"},
            saw={f"{ROW}/name": [row]}, reason="vì" + MARK,
        )  # fmt: skip
        self.done(self.an, "patch", dossier, set={"a.checked": "dan"})
        self.done(self.officer, "patch", dossier, set={"a.checked": "xa"})
        self.done(self.officer, "note", dossier, text="ghi" + MARK, visible="all")
        self.memory.ledger.files[PAPER] = File(PAPER, 9, "image")
        self.memory.ledger.senders.add((self.an.person, PAPER))
        self.done(
            self.an, "attach", dossier, slot="paper", page=1, sha256=PAPER, bytes=9, media="image/jpeg",
            name="a" + MARK,
        )  # fmt: skip
        return dossier

    def handled(self) -> str:
        """File a dossier that was received, handed over and asked about; late edits wait."""
        dossier = self.filed(**{"a.name": "Bình", "a.note": "cũ" + MARK, "a.ways/x": True})
        self.command(dossier, "receive", "1")
        self.done(self.an, "patch", dossier, set={"a.note": "muộn" + MARK})
        self.command(dossier, "start", "2")
        self.command(dossier, "hand_over", "4", to="Phòng" + MARK)
        self.command(
            dossier, "ask_more", "4", until="2026-12-01", reason="vì" + MARK,
            items=[{"text": "thiếu" + MARK}, {"path": "a.note", "text": "x" + MARK}],
        )  # fmt: skip
        return dossier


async def everywhere(render: Render) -> list[Answer]:
    """Visit all that the desk can show; return the answers."""
    form = decode_form(msgspec.json.encode(labelled(FORM)))
    at = Marked(form, desk_app(render, text))
    for _ in range(41):
        at.filed(**{"a.name": "Sen"})
    first, second = at.disputed(), at.handled()
    part = {"HX_Request": "true", "HX_Request_Type": "partial"}
    inbox = await at.see("GET", "/?viec=all")
    for name in ("decide", "two", "held", "files", "due"):
        await at.see("GET", f"/?viec={name}", None, HX_Target="div#work", **part)
    onward = re.search(r"viec=all&amp;tu=([\w.-]+)", inbox.body)
    if onward is not None:
        await at.see("GET", f"/?viec=all&tu={onward[1]}", None, HX_Target="p#more", **part)
    await at.see("POST", "/tim", {"q": "hai" + MARK})
    for dossier in (first, second):
        await at.see("GET", f"/d/{dossier}")
        for path in ("a.note", "a.checked", "a.phone"):
            await at.see("GET", f"/d/{dossier}/lich-su?muc={path}")
        await at.see(
            "POST", f"/d/{dossier}/notes", {"text": "mới" + MARK, "seen": "0"}, HX_Source="form#" + MARK, **part
        )
        await at.see("POST", f"/d/{dossier}/receive", {"state": "9"}, HX_Source="form#take-receive", **part)
    attach = next(op for op, entry in _ops(at) if entry.type == "attach")
    await at.see("GET", f"/d/{first}/giay/{attach}")
    await at.see("GET", "/d/nowhere" + "%3Ci%3E")
    await at.see("GET", "/lich")
    await at.see("GET", "/may")
    at.memory.machines[at.officer.person, "d"] = Machine(
        "Cán bộ" + MARK, "0987" + MARK, "máy" + MARK, "1" + MARK, at.now - 9 * 86_400_000, 3, 60.0, 1, 9.0
    )
    await at.see("GET", "/may")
    await at.see("GET", "/don-vi-cu?sai=partly&n=1&con=2")
    await at.see("GET", "/so-lieu")
    await at.see("GET", "/so-lieu?ky=2026-Q4&lv=x%3Ci%3E&kenh=online&muc=none")
    await at.see("GET", "/so-lieu/ho-so?so=new&la=x")
    await at.see("POST", "/lich/xem", {"day": "2026-12-01", "why": "vì" + MARK, "decision": "QĐ" + MARK, "kind": "off"})
    return at.pages


def _ops(at: Marked) -> list[tuple[str, Any]]:
    with at.memory.ledger.transaction() as ledger:
        return [(op, ledger.find_op(op)) for op in ledger.ops]


class Drawn:
    """Draws, and notes which templates were read."""

    def __init__(self, change: Callable[[str, str], str] = lambda _, source: source) -> None:
        self.read: set[str] = set()

        def load(name: str) -> str:
            self.read.add(name)
            return change(name, (TEMPLATES / name).read_text(encoding="utf-8"))

        made = environment(load, text)
        self.plain = renderer(lambda: made, lambda: {"css": [], "js": [], "icons": ""})
        free = environment(load, lambda key, **values: key + "".join(f" {value}" for value in values.values()) + MARK)
        draw = renderer(lambda: free, lambda: {"css": [MARK], "js": [MARK], "icons": MARK})
        self.all_marked: Render = lambda template, **values: draw(template, **marked(values, MADE))
        self.most_marked: Render = lambda template, **values: draw(template, **marked(values, CHOSEN_BY))


@pytest.fixture(scope="module")
def drawn() -> tuple[Drawn, list[list[Answer]]]:
    draws = Drawn()
    return draws, [asyncio.run(everywhere(each)) for each in (draws.plain, draws.all_marked, draws.most_marked)]


def test_every_template_is_drawn(drawn: tuple[Drawn, list[list[Answer]]]) -> None:
    every = {path.relative_to(TEMPLATES).as_posix() for path in (TEMPLATES / "desk").glob("*.html")}
    assert every - drawn[0].read == set()


@pytest.mark.parametrize("run", range(3), ids=["what people write", "every value", "most values"])
def test_no_value_becomes_markup(run: int, drawn: tuple[Drawn, list[list[Answer]]]) -> None:
    pages = drawn[1][run]
    found = [Seen(page.body) for page in pages if page.body]
    assert len(found) > 15
    assert [seen.marked for seen in found if seen.marked] == []
    assert sum(seen.words for seen in found) > 200
    assert not any("<i data-marked" in page.body for page in pages)


@pytest.mark.parametrize(
    ("escaped", "planted"),
    [
        ("{{ note.text }}", "{{ note.text|safe }}"),
        ("{{ value.before }}", "{{ value.before|safe }}"),
        ("{{ piece[0] }}", "{{ piece[0]|safe }}"),
        ("{{ each.line.label }}", "{{ each.line.label|safe }}"),
        ('value="{{ words }}"', "value={{ words }}"),
    ],
)
def test_what_is_planted_unescaped_is_found(escaped: str, planted: str) -> None:
    draws = Drawn(lambda _, source: source.replace(escaped, planted))
    assert any(Seen(page.body).marked for page in asyncio.run(everywhere(draws.plain)))
