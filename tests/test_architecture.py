"""The house rules a machine can keep: directions of import, pure rooms, locked packages, documents that are true."""

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("server", "sync", "schemas", "client")
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
#: What reads a clock, draws at random or reaches outside; `datetime` itself is a value and may be imported.
IMPURE_CALLS = {"now", "today", "utcnow", "open", "print", "input", "uuid1", "uuid4", "uuid6", "uuid7", "urlopen"}
README_LINES_MAX = 150


def tracked() -> list[Path]:
    """List what the repository holds."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def words_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the packages in a folder."""
    command = [
        sys.executable,
        "-c",
        "import sys; sys.path.insert(0, ''); from importlinter.cli import lint_imports_command as go; go()",
    ]
    return subprocess.run([*command, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def copy_of_rooms(folder: Path) -> Path:
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=lambda *_: ["node_modules", "dist", "__pycache__"])
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_imports_keep_their_direction() -> None:
    checked = contracts(ROOT)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("room", "planted"),
    [
        ("sync", "import time"),
        ("sync", "import random"),
        ("sync", "import sqlite3"),
        ("sync", "import server.settings"),
        ("schemas", "import sync.merge"),
        ("schemas", "import litestar"),
        ("client", "import schemas.ops"),
    ],
)
def test_a_planted_import_is_caught(room: str, planted: str, tmp_path: Path) -> None:
    rooms = copy_of_rooms(tmp_path)
    (rooms / room / "planted.py").write_text(f"{planted}\n")
    checked = contracts(rooms)
    assert checked.returncode == 1
    assert "BROKEN" in checked.stdout, checked.stdout + checked.stderr


def impure_calls(source: str) -> list[str]:
    """Name the calls in a module that would reach for a clock, randomness or the world outside."""
    calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    names = [
        call.id if isinstance(call, ast.Name) else call.attr
        for call in calls
        if isinstance(call, ast.Name | ast.Attribute)
    ]
    return [name for name in names if name in IMPURE_CALLS]


def test_the_engine_calls_no_clock_and_touches_nothing() -> None:
    found = {path.name: names for path in (ROOT / "sync").rglob("*.py") if (names := impure_calls(path.read_text()))}
    assert found == {}


def test_a_planted_clock_is_caught() -> None:
    assert impure_calls("from datetime import datetime\nmoment = datetime.now()\n") == ["now"]


def test_package_inits_are_empty() -> None:
    assert [room for room in ("server", "sync", "schemas") if (ROOT / room / "__init__.py").read_text().strip()] == []


def test_no_module_is_named_after_nothing() -> None:
    assert [path for path in tracked() if path.stem.split(".")[0].lower() in NO_NAMES] == []


@pytest.mark.parametrize(
    "name",
    [
        "requirements.txt",
        ".ci/requirements.txt",
        ".ci/pyodide/requirements.txt",
        ".ci/pyodide/package-lock.json",
        "client/package-lock.json",
        "tests/bench/peers/requirements.txt",
        "tests/bench/peers/package-lock.json",
    ],
)
def test_locked_packages_have_hashes_and_no_addresses(name: str) -> None:
    locked = words_of(name)
    assert re.findall(r"\S*://\S*", locked) == []
    if name.endswith(".txt"):
        blocks = re.findall(r"^[a-z].*?(?=^[a-z]|\Z)", locked, flags=re.MULTILINE | re.DOTALL)
        assert len(blocks) > 10
        assert [block for block in blocks if "==" not in block or "--hash=sha256:" not in block] == []
    else:
        packages = len(json.loads(locked)["packages"]) - 1  # the first is the client itself
        assert locked.count('"integrity"') == packages > 2


def test_what_runs_is_locked_the_same_for_tests() -> None:
    pins = [
        set(re.findall(r"^(\S+==\S+)", words_of(name), flags=re.MULTILINE))
        for name in ("requirements.txt", ".ci/requirements.txt")
    ]
    assert pins[0] - pins[1] == set()


def test_every_dependency_is_locked() -> None:
    declared = re.findall(r'^    "([a-z-]+)[>=]', words_of("pyproject.toml").split("[tool.")[0], flags=re.MULTILINE)
    assert len(declared) > 15
    assert [
        name for name in declared if not re.search(rf"^{name}==", words_of(".ci/requirements.txt"), re.MULTILINE)
    ] == []


def targets() -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+):", words_of("Makefile"), flags=re.MULTILINE))


def test_readme_and_makefile_name_the_same_commands() -> None:
    assert {"setup", "run", "test", "check", "e2e", "bench"} <= targets()
    assert set(re.findall(r"make ([a-z0-9-]+)", words_of("README.md"))) == targets()


def test_ci_runs_what_the_readme_says() -> None:
    said = re.search(r"`\.ci/run` says exactly this:\n\n((?:    .*\n)+)", words_of("README.md"))
    assert said is not None
    commands = [line.strip() for line in said.group(1).splitlines()]
    assert "make test" in commands
    ci = [line for line in words_of(".ci/run").splitlines() if line and not line.startswith(("#", "set ", "cd "))]
    assert ci == commands


def test_readme_is_short_and_its_files_are_there() -> None:
    readme = words_of("README.md")
    assert len(readme.splitlines()) <= README_LINES_MAX
    named = re.findall(r"!\[.*?\]\((.+?)\)", readme) + re.findall(r"`([A-Z]+(?:\.md)?|[.\w-]*/[\w/.-]*\.\w+)`", readme)
    assert "LICENSE" in named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_commands_in_the_readme_are_known_to_the_program() -> None:
    from server.cli import main  # noqa: PLC0415 - the rest of this file holds without the server

    assert callable(main)
    for command in set(re.findall(r"`motcua ([a-z]+)", words_of("README.md"))):
        helped = subprocess.run(
            [sys.executable, "-m", "server.cli", command, "--help"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert helped.returncode == 0, helped.stderr


def test_nothing_tracked_names_a_machine_or_a_registry() -> None:
    # Put together here, so that this file does not name them itself.
    places = [f"/{folder}/" for folder in ("work", "root", "home")]
    hosts = [".".join(host) for host in (("pypi", "org"), ("registry", "npmjs"), ("files", "pythonhosted"))]
    found = [
        (str(path.relative_to(ROOT)), word)
        for path in tracked()
        for word in (*places, *hosts)
        if word.encode() in path.read_bytes()
    ]
    assert found == []


def test_root_holds_only_what_the_house_lists() -> None:
    listed = {path.relative_to(ROOT).parts[0] for path in tracked()}
    files = {
        "README.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "LICENSE",
        "Makefile",
        "pyproject.toml",
        "requirements.txt",
    }
    assert listed - files - {".ci", ".gitignore", "tests", "e2e", *ROOMS} == set()


def test_no_built_or_vendored_file_is_tracked() -> None:
    built = re.compile(r"\.min\.(js|css)$|\.(whl|tgz|pyc)$|node_modules/|^client/dist/")
    assert [str(path) for path in tracked() if built.search(str(path.relative_to(ROOT)))] == []
