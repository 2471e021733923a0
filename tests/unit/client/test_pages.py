"""The portal's pages: made from any form, with markup in every value, and the same for everybody."""

import json
from pathlib import Path
from typing import Any

import pytest

import client
from schemas.catalogue import Fee, Method, Paper, Procedure, Served, Time
from server.english import labels_in
from server.routes import portal
from server.shield import HEADERS
from server.shipped import documents
from server.store.procedures import Known

MARKUP = '</script><b onmouseover="x">"\'&'


@pytest.fixture(autouse=True)
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A client that was built, as far as the pages know."""
    for name in ("templates", "icons", "locale", "css", "manifest.webmanifest"):
        (tmp_path / name).symlink_to(client.ROOT / name)
    for folder in ("assets", "icons"):
        (tmp_path / "dist" / folder).mkdir(parents=True)
    names = {
        "app.js": "/assets/app.1.js",
        "app.css": "/assets/app.2.css",
        "desk.css": "/assets/desk.5.css",
    }
    (tmp_path / "dist" / "manifest.json").write_text(json.dumps(names | {"app.later": []}))
    for name in names.values():
        (tmp_path / "dist" / name.lstrip("/")).write_text("content of " + name)
    (tmp_path / "dist" / "sw.js").write_text("worker")
    (tmp_path / "dist" / "en.json").write_text('{"app.name": "One Door"}')
    monkeypatch.setattr(client, "ROOT", tmp_path)
    for cached in (portal.assets, portal.templates, portal.shipped):
        cached.cache_clear()
    return tmp_path


@pytest.fixture(autouse=True)
def forget_the_built_client() -> object:
    yield
    for cached in (portal.assets, portal.templates, portal.shipped):
        cached.cache_clear()


def hostile_form() -> bytes:
    """A form whose every text is markup."""
    label = {"vi": MARKUP, "en": MARKUP}
    field = {"key": "words", "kind": "text", "label": label, "help": label}
    choice = {"key": "one", "kind": "choice", "label": label, "options": [{"value": "a", "label": label}]}
    return json.dumps({
        "procedure": "9.999999", "version": 1, "title": label, "source": MARKUP, "verified": False,
        "sections": [{"key": "part", "title": label, "help": label, "fields": [field, choice]}],
        "slots": [{"key": "paper", "title": label, "help": label}],
    }).encode()  # fmt: skip


def test_markup_in_every_value_stays_text() -> None:
    made = portal.Portal([hostile_form()])
    for path, document in {**made.documents, "search": made.search(MARKUP)}.items():
        if document.media == portal.HTML:
            assert b"<b onmouseover" not in document.body, path


def embedded(made: portal.Portal, procedure: str) -> Any:
    """Read the form that a page carries."""
    body = made.documents[f"/to-khai/{procedure}"].body.decode()
    return json.loads(body.split('id="form-data">')[1].split("</script>")[0])


def in_english(made: portal.Portal, document: Any) -> Any:
    """Put the English of the file beside back into a document."""
    words = json.loads(made.documents[made.english_url].body)["labels"]
    for label in labels_in(document):
        if not label.setdefault("en", words.get(label["vi"])):
            del label["en"]
    return document


def test_the_embedded_form_and_the_file_with_english_are_the_form() -> None:
    made = portal.Portal([hostile_form()])
    assert in_english(made, embedded(made, "9.999999")) == json.loads(hostile_form())
    for doc in documents():
        form = json.loads(doc)
        assert in_english(portal.shipped(), embedded(portal.shipped(), form["procedure"])) == form
    lists = json.loads(portal.shipped().documents[portal.shipped().lists_url].body)
    assert in_english(portal.shipped(), lists) == json.loads(portal.shared_lists())


def test_who_reads_vietnamese_carries_no_english() -> None:
    made = portal.shipped()
    english = json.loads(made.documents[made.english_url].body)
    assert english["texts"] == {"app.name": "One Door"}
    titles = [form.title.en for _, form in made.forms]
    assert all(titles)
    assert set(titles) <= set(english["labels"].values())
    for path, each in made.documents.items():
        if path != made.english_url:
            assert not [title for title in titles if title and title.encode() in each.body], path


def test_the_worker_changes_when_and_only_when_something_it_keeps_has_changed(built: Path) -> None:
    before = portal.shipped().documents["/sw.js"]
    assert portal.Portal(documents()).documents["/sw.js"] == before
    (built / "dist" / "assets" / "app.2.css").write_text("other")
    assert portal.Portal(documents()).documents["/sw.js"] != before


def test_the_worker_keeps_no_page_with_a_person_in_it() -> None:
    head = portal.shipped().documents["/sw.js"].body.split(b"\n")[0]
    kept = json.loads(head.removeprefix(b"self.MOTCUA=").removesuffix(b";"))["files"]
    assert {"/", "/thu-tuc", "/cua-toi", "/dang-nhap", "/cai-dat", "/to-khai/1.004873"} <= set(kept)
    assert not [path for path in kept if path.startswith(("/sync", "/accounts", "/desk", "/sw.js"))]


def test_the_worker_gets_all_pages_together_with_the_headers_they_have_alone() -> None:
    made = portal.shipped()
    together = [json.loads(made.documents[url].body) for url in (made.pages_url, made.last_url)]
    pages = {path: page.body.decode() for path, page in made.documents.items() if page.media == portal.HTML}
    assert together[0]["pages"] | together[1]["pages"] == pages
    assert together[1]["pages"].keys() == made.last
    assert {"/thu-tuc/1.004873/giay-to", "/giup-do", "/rieng-tu", "/tiep-can", "/gioi-thieu"} <= made.last
    assert not together[0]["pages"].keys() & made.last
    for each in together:
        assert each["headers"].items() >= {name.decode(): value.decode() for name, value in HEADERS}.items()
        assert each["headers"]["content-type"] == "text/html; charset=utf-8"
    head = json.loads(made.documents["/sw.js"].body.split(b"\n")[0].removeprefix(b"self.MOTCUA=").removesuffix(b";"))
    assert [each["path"] for each in head["pages"]] == [made.pages_url, made.last_url]
    assert not {made.pages_url, made.last_url} & head["files"].keys()
    assert set(pages) <= set(head["files"])
    assert made.last <= set(head["later"])


@pytest.mark.parametrize("words", ["hon nhan", "HÔN NHÂN", "tình trạng", "1.004873", "to khai tinh trang hon nhan"])
def test_a_form_is_found_with_and_without_diacritics(words: str) -> None:
    assert portal.shipped().finder.find(words)[0].record.code == "1.004873"


def test_what_is_not_there_is_not_found() -> None:
    assert portal.shipped().finder.find("đất đai") == []
    assert "Không thấy thủ tục nào" in portal.shipped().search("đất đai").body.decode()


def test_a_page_is_compressed_once_and_has_an_etag_of_its_content() -> None:
    page = portal.shipped().documents["/to-khai/1.004873"]
    assert page.br is not None
    assert len(page.br) < len(page.gz or b"") < len(page.body)
    assert portal.document(page.body, page.media).etag == page.etag


def test_no_page_has_an_inline_script_or_style() -> None:
    for path, page in portal.Portal([hostile_form()]).documents.items():
        if page.media == portal.HTML:
            text = page.body.decode()
            assert "<style" not in text, path
            assert text.count("<script") == text.count("<script type="), path


def test_symbols_are_small_enough_to_be_in_every_page() -> None:
    assert len((client.ROOT / "icons" / "symbols.svg").read_bytes()) < 3_072


def test_a_procedure_without_a_form_has_a_page_with_every_text_as_text() -> None:
    many = (MARKUP,)
    fee = Fee(5, MARKUP, MARKUP)
    record = Procedure(
        "9.999998", MARKUP * 300, MARKUP, ("xa",), many, MARKUP, MARKUP, Time(None, "unknown", MARKUP),
        (Method("counter", Time(1), (fee,)), Method("post")), fee, (Paper(MARKUP, MARKUP, 1, 1, MARKUP),), MARKUP,
        "shown", MARKUP, many, many, many, (Served("full", 4),), checked="2026-11", quality="parsed_from_text",
    )  # fmt: skip
    page = portal.Portal(documents()).procedure("9.999998", Known(record, 1)).body.decode()
    assert MARKUP not in page
    assert "onmouseover=&quot;x" in page
    assert "11/2026" in page.replace("&#x2f;", "/")
    assert "/to-khai/" not in page
