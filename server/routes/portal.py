"""The portal's pages: anonymous documents, the same for everybody, made once from the forms there are.

Rule 1. Nothing personal is in a page. Who is signed in, and their work, is on the phone and drawn there.
Rule 2. A page is bytes with an ETag by content and its compressed twins, all made when the portal is built; a request
only chooses. New forms mean a new portal.
Rule 3. `/sw.js` begins with the list of what the phone keeps for the days without network, each with the hash of its
content, so that the worker changes when, and only when, something it keeps has changed. English, which is one file
(``server/english.py``), is kept by its readers.
The worker gets pages in two files, the second with those that come last: alike as they are, together they are half as
long, and they cost one request.
Rule 4. What several pages need, the lists that forms share and the symbols, is one file beside them, not in each.
"""

import gzip
import hashlib
import json
from collections.abc import Callable, Iterable
from functools import cache, lru_cache, partial
from typing import Any, Final

import brotli
import minijinja
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

import client
from schemas import lists
from schemas.checklists.definitions import decode_checklist
from schemas.checklists.definitions import documents as checklists
from schemas.finding.vocabulary import everyday, near
from schemas.forms import Form, decode_form
from schemas.problems import RequestProblem
from server.catalogue.telling import told_of
from server.checklists import page_values
from server.desk.drawing import environment
from server.english import english_of, without_english
from server.finder import SHOWN_MAX, Finder, Listed, Narrowed, listed_of, places_of
from server.offices import Offices
from server.public_pages import PUBLIC, parts_of
from server.routes.gate import ANYONE
from server.routes.wire import holds
from server.shield import HEADERS
from server.shipped import documents
from server.store.procedures import Known, procedure
from server.texts import text

IMMUTABLE: Final = "public, max-age=31536000, immutable"
REVALIDATE: Final = "no-cache"
#: A page fetched ahead of the tap that asks for it: good for that tap, else it would come twice.
AHEAD: Final = "max-age=300"
#: What a browser asks for beside each page, and nothing hangs on.
A_DAY: Final = "public, max-age=86400"
COMPRESSED_BYTES_MIN: Final = 256
#: Bodies whose compressed twins are remembered: a new portal is mostly what the old one was.
TWINS_KEPT: Final = 512
#: Without a charset: Litestar writes it behind every `text/`.
MEDIA: Final = {
    ".css": "text/css",
    ".js": "application/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
#: Told from other scripts by its media type: pages' policies go with it (``server/shield.py``).
WORKER_MEDIA: Final = "text/javascript"
HTML: Final = "text/html"
#: How many procedures the first page shows.
EVERYDAY_MAX: Final = 6
#: Which of the tabs at the foot a page belongs to.
TABS: Final = {
    "procedures.html": "/thu-tuc",
    "procedure.html": "/thu-tuc",
    "not-here.html": "/thu-tuc",
    "giay-to.html": "/thu-tuc",
    "cua-toi.html": "/cua-toi",
    "cai-dat.html": "/cai-dat",
}


#: Pages that few open: the worker keeps them once the application is ready offline.
SELDOM: Final = frozenset({"/di-ban", "/phieu"})


class Document(Struct, frozen=True):
    """A body ready to be sent, with its compressed twins."""

    body: bytes
    media: str
    cache: str
    etag: str
    br: bytes | None
    gz: bytes | None


def document(body: bytes, media: str, cache_control: str = REVALIDATE) -> Document:
    """Prepare a body: its ETag and, where it pays, its compressed twins."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    small = len(body) < COMPRESSED_BYTES_MIN or media == MEDIA[".png"]
    br, gz = (None, None) if small else _twins(body)
    return Document(body, media, cache_control, etag, br, gz)


@lru_cache(TWINS_KEPT)
def _twins(body: bytes) -> tuple[bytes, bytes]:
    return brotli.compress(body, quality=11), gzip.compress(body, 9, mtime=0)


def _data(value: str) -> str:
    """Mark JSON as safe inside a script element: nothing in it can end the element."""
    return minijinja.safe(value.replace("<", "\\u003c"))


@cache
def templates(language: str = "vi") -> minijinja.Environment:
    """Return the templates of the portal in a language; an undefined value is an error."""
    folder = client.ROOT / "templates"
    return environment(lambda name: (folder / name).read_text(encoding="utf-8"), partial(text, language=language))


@cache
def assets() -> dict[str, Any]:
    """Return the built files by their plain name: ``app.css`` → ``/assets/app.3F2A….css``.

    ``app.later`` lists the scripts that few ever ask for.
    """
    manifest: dict[str, Any] = json.loads((client.ROOT / "dist" / "manifest.json").read_bytes())
    return manifest


def css_urls() -> list[str]:
    """Return the addresses of the stylesheets of the office's pages."""
    return [assets()["app.css"], assets()["desk.css"]]


def desk_scripts() -> list[str]:
    """Return the address of the script of the office's pages, which work without it."""
    return [assets()["desk.js"]]


def icons() -> str:
    """Return the inline SVG symbols, for pages that others make."""
    return minijinja.safe((client.ROOT / "icons" / "symbols.svg").read_text(encoding="utf-8"))


def shared_lists() -> bytes:
    """Return all lists that forms share as one JSON object: one file beside every form, not a copy in each."""
    return b"{%s}" % b",".join(b'"%s":%s' % (name.encode(), lists.raw(name)) for name in sorted(lists.NAMES))


class Portal:
    """All pages for the forms there are."""

    def __init__(
        self,
        forms: Iterable[bytes],
        closed: Iterable[bytes] = (),
        others: Iterable[bytes] = (),
        listed: Callable[[Iterable[Form]], Iterable[Listed]] = listed_of,
        known: Callable[[str], Known | None] = lambda _: None,
        offices: Offices | None = None,
    ) -> None:
        """Take the document of each procedure in force, as JSON, and the last one of each that is withdrawn.

        A withdrawn procedure is in no list and begins no dossier, but its pages stay, for the drafts there are. Of
        ``others``, versions that drafts may still be on, only the English is told. ``listed`` says what can be found,
        given the forms in force, ``known`` what the catalogue has of a procedure.
        """
        read = [(raw, decode_form(raw)) for raw in forms]
        self.forms = sorted(read, key=lambda each: each[1].title.vi)
        self.closed = [(raw, decode_form(raw)) for raw in closed]
        self.documents = {f"/assets/{name}": built for name, built in _built("assets", IMMUTABLE)}
        self.documents |= {f"/icons/{name}": built for name, built in _built("icons", A_DAY)}
        self.finder = Finder(listed((form for _, form in self.forms)), offices)
        self.checklists = checklists()
        #: Pages that come last: no form needs them.
        self.last: set[str] = set()
        whole = [shared_lists(), *(raw for raw, _ in (*self.forms, *self.closed)), *others]
        self.names = {form.procedure: self._name(form, known) for _, form in (*self.forms, *self.closed)}
        named = [
            {"vi": self.names[form.procedure], "en": form.title.en}
            for _, form in (*self.forms, *self.closed)
            if form.title.en
        ]
        self.english = english_of(
            [*(json.loads(each) for each in (*whole, *self.checklists.values())), everyday(), places_of(), named]
        )
        self.lists_url = self._add("lists.json", without_english(shared_lists(), self.english).encode())
        self.english_url = self._add("english.json", self._all_english())
        finding = json.dumps(self.finder.for_phones(), ensure_ascii=False, separators=(",", ":"))
        self.finding_url = self._add("finding.json", finding.encode())
        self.icons_url = self._add("symbols.svg", (client.ROOT / "icons" / "symbols.svg").read_bytes())
        manifest = client.ROOT / "manifest.webmanifest"
        self.documents["/manifest.webmanifest"] = document(manifest.read_bytes(), MEDIA[".webmanifest"], A_DAY)
        self._add_pages(known)
        self.pages_url = self._add_pages_together("pages.json", lambda path: path not in self.last)
        self.last_url = self._add_pages_together("last.json", self.last.__contains__)
        self.documents["/sw.js"] = self._worker()

    def _name(self, form: Form, known: Callable[[str], Known | None]) -> str:
        """Return what a procedure with a form is called: by its own name, where that is known."""
        listed, found = self.finder.listed.get(form.procedure), known(form.procedure)
        return (
            listed.record.name if listed is not None else found.procedure.name if found is not None else form.title.vi
        )

    def _add(self, name: str, body: bytes) -> str:
        """Add a file that never changes under its address; return that."""
        stem, suffix = name.split(".")
        made = document(body, MEDIA[f".{suffix}"], IMMUTABLE)
        url = f"/assets/{stem}.{made.etag[1:11]}.{suffix}"
        self.documents[url] = made
        return url

    def _all_english(self) -> bytes:
        texts = json.loads((client.ROOT / "dist" / "en.json").read_bytes())
        return json.dumps({"texts": texts, "labels": self.english}, ensure_ascii=False, separators=(",", ":")).encode()

    def search(self, words: str, narrowed: Narrowed | None = None) -> Document:
        """Make the page of hits."""
        return self._hits(words, narrowed or Narrowed(), asked=True)

    def _hits(self, words: str, narrowed: Narrowed, *, asked: bool) -> Document:
        hits, place = self.finder.look(words, narrowed)
        return self.drawn(
            "procedures.html",
            procedures=hits[:SHOWN_MAX],
            count=len(hits),
            total=len(self.finder.listed),
            near=[] if hits else near(words),
            place=place,
            query=words,
            narrowed=narrowed,
            asked=asked,
            events=everyday()["events"],
            fields=self.finder.fields(),
            units=self.finder.units(),
            finding=self.finding_url,
        )

    def procedure(self, code: str, known: Known | None, form: Form | None = None, *, closed: bool = False) -> Document:
        """Make the page of a procedure: of its form, of what the catalogue has of it, or of both."""
        record = known.procedure if known is not None else None
        return self.drawn(
            "procedure.html",
            code=code,
            name=self.names.get(code) or (record.name if record is not None else code),
            form=form,
            closed=closed,
            known=record,
            told=told_of(record) if record is not None else None,
            withdrawn=known is not None and known.withdrawn is not None,
            has_checklist=form is not None and code in self.checklists,
        )

    def _add_pages(self, known: Callable[[str], Known | None]) -> None:
        pages = self.documents
        pages["/"] = self.drawn("home.html", procedures=self.finder.in_order()[:EVERYDAY_MAX])
        pages["/chua-tai"] = self.drawn("not-here.html")
        pages["/can-mang"] = self.drawn("need-network.html")
        self.last |= {"/chua-tai", "/can-mang"}
        pages["/thu-tuc"] = self._hits("", Narrowed(), asked=False)
        for page in ("cua-toi", "dang-nhap", "cai-dat", "may-cua-ai", "phieu"):
            pages[f"/{page}"] = self.drawn(f"{page}.html")
        begun = [{"value": form.procedure, "label": {"vi": self.names[form.procedure]}} for _, form in self.forms]
        self.last |= SELDOM
        pages["/di-ban"] = self.drawn("di-ban.html", forms_json=_data(json.dumps(begun, ensure_ascii=False)))
        pages["/tra-cuu"] = self.drawn("tra-cuu.html", found=None, mistake=None)
        self.last.add("/tra-cuu")
        for path, name in PUBLIC.items():
            self.last.add(path)
            pages[path] = self.drawn("public.html", name=name, heading=text(f"{name}.title"), parts=parts_of(name))
        for raw, form in (*self.forms, *self.closed):
            code, closed = form.procedure, (raw, form) in self.closed
            self.last.add(f"/thu-tuc/{code}")
            pages[f"/thu-tuc/{code}"] = self.procedure(code, known(code), form, closed=closed)
            self._add_checklist(form)
            pages[f"/to-khai/{form.procedure}"] = self.drawn(
                "form.html",
                form=form,
                form_json=_data(without_english(raw, self.english)),
            )

    def _add_checklist(self, form: Form) -> None:
        raw = self.checklists.get(form.procedure)
        if raw is not None:
            path = f"/thu-tuc/{form.procedure}/giay-to"
            self.last.add(path)
            self.documents[path] = self.drawn(
                "giay-to.html",
                list_json=_data(without_english(raw, self.english)),
                **page_values(decode_checklist(raw), self.names[form.procedure]),
            )

    def drawn(self, template: str, language: str = "vi", **values: Any) -> Document:
        """Make a page, the same for everybody, as a document."""
        return document(self.draw(template, language, **values), HTML)

    def draw(self, template: str, language: str = "vi", **values: Any) -> bytes:
        """Make a page."""
        built = assets()
        names = {
            "css": built["app.css"],
            "js": built["app.js"],
            "english": self.english_url,
            "lists": self.lists_url,
            "icons": self.icons_url,
            "tab": TABS.get(template, ""),
        }
        return templates(language).render_template(template, **names, **values).encode()

    def _add_pages_together(self, name: str, among: Callable[[str], bool]) -> str:
        """Add the file that brings the worker pages, with the headers they are to have; return its address."""
        pages = {
            path: each.body.decode() for path, each in self.documents.items() if each.media == HTML and among(path)
        }
        headers = {name.decode(): value.decode() for name, value in HEADERS} | {
            "content-type": f"{HTML}; charset=utf-8"
        }
        body = json.dumps({"headers": headers, "pages": pages}, ensure_ascii=False, separators=(",", ":"))
        return self._add(name, body.encode())

    def _worker(self) -> Document:
        hashes = {
            path: each.etag.strip('"')
            for path, each in sorted(self.documents.items())
            if not path.endswith((".png", ".webmanifest"))
            and not path.startswith("/assets/desk.")
            and path not in (self.pages_url, self.last_url)
        }
        kept = {
            "files": hashes,
            "pages": [
                {"path": url, "hash": self.documents[url].etag.strip('"')} for url in (self.pages_url, self.last_url)
            ],
            "later": [*assets()["app.later"], self.finding_url, *sorted(self.last)],
            "english": self.english_url,
        }
        script = (client.ROOT / "dist" / "sw.js").read_bytes()
        version = hashlib.sha256(json.dumps(kept).encode() + script).hexdigest()[:12]
        head = f"self.MOTCUA={json.dumps({'version': version, **kept}, separators=(',', ':'))};\n"
        return document(head.encode() + script, WORKER_MEDIA)


def _built(folder: str, cache_control: str) -> Iterable[tuple[str, Document]]:
    for path in sorted((client.ROOT / "dist" / folder).iterdir()):
        if path.suffix in MEDIA:
            yield path.name, document(path.read_bytes(), MEDIA[path.suffix], cache_control)


@cache
def shipped() -> Portal:
    """Return the portal of the forms this project ships."""
    return Portal(documents())


def portal_of(request: Request[Any, Any, Any]) -> Portal:
    """Return the portal in force: the one the application put into its state, else that of the shipped forms."""
    portal: Portal = request.app.state.get("portal") or shipped()
    return portal


def answer(request: Request[Any, Any, Any], found: Document | None) -> Response[bytes]:
    """Send a document in the best encoding the caller takes, or 304 where they have it.

    Raises:
        RequestProblem: ``not-found``, there is no such document.
    """
    if found is None:
        raise RequestProblem("not-found")
    ahead = found.cache == REVALIDATE and request.headers.get("sec-purpose", "").startswith("prefetch")
    headers = {"Cache-Control": AHEAD if ahead else found.cache, "Vary": "Accept-Encoding"}
    if found.cache != IMMUTABLE:  # nobody asks again for what never changes
        headers["ETag"] = found.etag
    if request.url.path == "/sw.js":
        headers["Service-Worker-Allowed"] = "/"
    if holds(request, found.etag):
        return Response(b"", status_code=304, headers=headers)
    accepted = request.headers.get("accept-encoding", "")
    body = found.body
    for name, twin in (("br", found.br), ("gzip", found.gz)):
        if twin is not None and name in accepted:
            body = twin
            headers["Content-Encoding"] = name
            break
    return Response(body, media_type=found.media, headers=headers)


@get(
    [
        "/",
        "/cua-toi",
        "/dang-nhap",
        "/cai-dat",
        "/may-cua-ai",
        "/di-ban",
        "/phieu",
        "/chua-tai",
        "/can-mang",
        *PUBLIC,
        "/sw.js",
        "/manifest.webmanifest",
    ],
    include_in_schema=False,
    sync_to_thread=False,
    opt=ANYONE,
)
def page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Answer one of the pages that stand at a fixed address."""
    return answer(request, portal_of(request).documents.get(request.url.path))


@get(
    ["/thu-tuc/{name:str}/giay-to", "/to-khai/{name:str}", "/assets/{name:str}", "/icons/{name:str}"],
    include_in_schema=False,
    sync_to_thread=False,
    opt=ANYONE,
)
def named_page(request: Request[Any, Any, Any], name: str) -> Response[bytes]:  # noqa: ARG001 - it is in the path
    """Answer a page of one form, or a built file."""
    return answer(request, portal_of(request).documents.get(request.url.path))


@get("/thu-tuc/{name:str}", include_in_schema=False, sync_to_thread=False, opt=ANYONE)
def procedure_page(request: Request[Any, Any, Any], name: str) -> Response[bytes]:
    """Answer the page of a procedure: those with forms are made, the others when somebody asks."""
    portal = portal_of(request)
    made = portal.documents.get(f"/thu-tuc/{name}")
    if made is None and "store" in request.app.state:
        known = procedure(request.app.state.store.conn, name)
        made = portal.procedure(name, known) if known is not None else None
    return answer(request, made)


PORTAL_ROUTES: Final[list[HTTPRouteHandler]] = [page, named_page, procedure_page]
