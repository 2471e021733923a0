"""The desk runs where there is no server: in Pyodide, from the bundle, with the answers of CPython."""

import asyncio
import importlib.util
import pkgutil
import re
from html import unescape
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import schemas
import server.desk
import sync
from server.texts import catalogue
from tests.bundle.life import desk, morning
from tests.bundle.vectors import all_answers
from tests.unit.sync.bench import form

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = ROOT / "client" / "templates"


def bundling(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return `.ci/bundle.py`."""
    monkeypatch.syspath_prepend(str(ROOT / ".ci"))
    spec = importlib.util.spec_from_file_location("bundle", ROOT / ".ci" / "bundle.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def inside() -> dict[str, Any]:
    """Return what the bundle answered in Pyodide, from one start; `.ci/bundle.py` has built it."""
    with pytest.MonkeyPatch.context() as patch:
        said = bundling(patch).pyodide(ROOT / "tests" / "bundle" / "inside.py", "motcua-desk")
    answer: dict[str, Any] = said["answer"]
    return answer


@pytest.fixture(scope="module")
def outside() -> dict[str, Any]:
    """Return the same morning in this Python, from the server's own templates and texts."""
    names = [path.relative_to(TEMPLATES).as_posix() for path in (TEMPLATES / "desk").glob("*.html")]
    templates = {name: (TEMPLATES / name).read_text(encoding="utf-8") for name in names}
    return asyncio.run(morning(form(), desk(templates, catalogue("vi"))))


@pytest.fixture
def pages(inside: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = inside["morning"]["pages"]
    return found


def test_every_module_is_there_as_byte_code_and_brings_only_what_is_locked(inside: dict[str, Any]) -> None:
    rooms = (schemas, server.desk, sync)
    known = {each.name for room in rooms for each in pkgutil.walk_packages(room.__path__, room.__name__ + ".")}
    assert set(inside["modules"]) == {
        name for name in known if not name.startswith(("schemas.tables", "schemas.typesc"))
    }
    assert inside["sources"] == []
    assert inside["brought"] == [
        "anyio", "minijinja", "msgspec", "schemas", "server", "starlette", "starlette_htmx", "sync",
        "typing_extensions",
    ]  # fmt: skip


def test_the_engines_vectors_have_the_answers_of_cpython(inside: dict[str, Any]) -> None:
    here, there = all_answers(), inside["vectors"]
    assert len(here) > 100
    assert [name for name in here if here[name] != there.get(name)] == []
    assert all(all(given) for name, given in there.items() if name.startswith("trace "))
    assert here.keys() == there.keys()


def test_every_page_is_the_one_that_the_server_draws(inside: dict[str, Any], outside: dict[str, Any]) -> None:
    assert inside["morning"] == outside


def test_the_inbox_lists_what_waits(inside: dict[str, Any], pages: dict[str, dict[str, Any]]) -> None:
    inbox = pages["inbox"]
    assert inbox["status"] == 200
    both = [inside["morning"]["first"], inside["morning"]["second"]]
    assert re.findall(r'data-dossier="([^"]+)"', inbox["body"]) == both
    assert re.findall(r'data-dossier="([^"]+)"', pages["found"]["body"]) == both[1:]


def test_a_conflict_is_settled(inside: dict[str, Any], pages: dict[str, dict[str, Any]]) -> None:
    assert 'data-dispute="a.name"' in pages["two versions"]["body"]
    versions = re.findall(r'<label class="side">.*?<b>(.*?)</b>', pages["two versions"]["body"])
    said = [re.sub("<.*?>", "", version) for version in versions]
    assert sorted(said) == ["Lý Văn Báo", "Lý Văn Pao", "Lý Văn Páo"]
    chosen = re.search(r'<div data-path="a.name">.*?<dd>(.*?)<', pages["after"]["body"], re.DOTALL)
    assert chosen is not None
    assert chosen[1] == said[0]
    assert pages["settled"]["status"] == 303
    assert pages["settled"]["location"].endswith("?xong=desk.done.applied")
    assert "data-dispute" not in pages["after"]["body"]
    assert "Theo căn cước" in unescape(pages["history"]["body"])
    assert inside["morning"]["first"] not in pages["none left"]["body"]


def test_a_command_on_a_stale_page_is_refused_with_its_reason(pages: dict[str, dict[str, Any]]) -> None:
    assert pages["received"]["location"].endswith("?xong=desk.done.applied")
    assert pages["refused"]["status"] == 303
    assert pages["refused"]["location"].endswith("?sai=desk.refused.stale-state")
    assert 'role="alert"' in pages["why"]["body"]
    assert pages["part"]["status"] == 422
    assert "<html" not in pages["part"]["body"]
