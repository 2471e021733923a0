"""Make the desk's bundle: desk, engine and schemas with all that they import, locked and byte-compiled for Pyodide.

It is what a browser would run without a server; here it is built and tried. Nothing of it is needed to run or serve.
"""

import gzip
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

import house

TOOLS = house.ROOT / ".ci" / "pyodide"
HOME = house.VENV / "bundle"
PYODIDE = HOME / "npm" / "node_modules" / "pyodide"
BUILT = HOME / "built"
LOCK = TOOLS / "requirements.txt"
#: What the bundle runs with: the server's own versions by its own lock file, and an anyio that Pyodide can import.
RUNS_WITH = ("idna", "minijinja", "msgspec", "starlette", "starlette-htmx", "typing-extensions")
ANYIO = ("anyio",)
#: What it is built with, inside Pyodide, whose Python is the one that the byte code must fit.
BUILT_WITH = (
    "attrs", "cattrs", "click", "markdown-it-py", "mdurl", "packaging", "pkginfo", "platformdirs", "pygments",
    "pyodide-build", "pyodide-lock", "rich", "typing-extensions",
)  # fmt: skip
PLATFORM = ["--platform", "pyemscripten_2026_0_wasm32", "--python-version", "3.14", "--only-binary=:all:"]
#: What Pyodide itself sends to a browser.
RUNTIME = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
WHEEL = "motcua_desk-0.1.0-py3-none-any.whl"
METADATA = """Metadata-Version: 2.4
Name: motcua-desk
Version: 0.1.0
Requires-Dist: minijinja
Requires-Dist: msgspec
Requires-Dist: starlette
Requires-Dist: starlette-htmx
"""
WHEEL_METADATA = "Wheel-Version: 1.0\nGenerator: motcua\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
STARTS = 5
#: Of `schemas/` what only the developers' commands use.
LEFT_OUT = ("schemas/tables/", "schemas/typescript.py")


def prepare() -> None:
    """Install Pyodide and the wheels, once for each content of the lock files."""
    locked = [TOOLS / "package.json", TOOLS / "package-lock.json", TOOLS / ".npmrc", LOCK, house.RUNTIME]
    content = house.digest(locked, *RUNS_WITH, *ANYIO, *BUILT_WITH, *PLATFORM)
    if house.stamped("bundle", content):
        return
    print("motcua: installing Pyodide and its wheels", flush=True)
    shutil.rmtree(HOME, ignore_errors=True)
    (HOME / "npm").mkdir(parents=True)
    for path in locked[:3]:
        shutil.copy(path, HOME / "npm")
    npm, env = house.node()
    house.run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], HOME / "npm", env)
    download(house.RUNTIME, RUNS_WITH, HOME / "wheels")
    download(LOCK, ANYIO, HOME / "wheels")
    download(LOCK, BUILT_WITH, HOME / "tools")
    house.stamp("bundle", content)


def download(lock: Path, names: Iterable[str], into: Path) -> None:
    """Bring the wheels for Pyodide that a lock file names, each with the hash that it says.

    Raises:
        Missing: the lock file does not name one, or it cannot be had.
    """
    locked, wanted = lock.read_text(), ""
    for name in names:
        block = re.search(rf"^{re.escape(name)}==(.*\\\n)+.*\n", locked, flags=re.MULTILINE)
        if block is None:
            raise house.Missing(f"{lock.name} does not lock {name}")
        wanted += re.sub(r"\s*;[^\\\n]*", "", block.group())
    (into.parent / "wanted.txt").write_text(wanted)
    house.pip(
        "download", "--require-hashes", "--no-deps", *PLATFORM, "-d", str(into), "-r", f"{into.parent}/wanted.txt"
    )


def make_wheel(into: Path) -> None:
    """Write the wheel of desk, engine and schemas, with templates and texts; the same content gives the same bytes."""
    rooms = [house.ROOT / "schemas", house.ROOT / "sync", house.ROOT / "server" / "desk"]
    sources = [house.ROOT / "server" / "__init__.py", *house.files_under(*rooms)]
    names = {path.relative_to(house.ROOT).as_posix(): path.read_text(encoding="utf-8") for path in sources}
    files = {name: text for name, text in names.items() if not name.startswith(LEFT_OUT)}
    templates = house.CLIENT / "templates"
    drawn = {
        path.relative_to(templates).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((templates / "desk").glob("*.html"))
    }
    texts = house.answer([house.PYTHON, "-c", "import json, server.texts as t; print(json.dumps(t.catalogue('vi')))"])
    if texts is None:
        raise house.Missing("the texts cannot be read")
    spoken = ("desk.", "app.", "figures.", "ended.")
    said = {key: words for key, words in json.loads(texts).items() if key.startswith(spoken)}
    files["motcua_desk/__init__.py"] = ""
    files["motcua_desk/desk.json"] = json.dumps({"templates": drawn, "texts": said}, ensure_ascii=False)
    about = "motcua_desk-0.1.0.dist-info"
    files |= {f"{about}/METADATA": METADATA, f"{about}/WHEEL": WHEEL_METADATA, f"{about}/RECORD": ""}
    with zipfile.ZipFile(into / WHEEL, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, text in sorted(files.items()):
            wheel.writestr(zipfile.ZipInfo(name), text)


def pyodide(script: Path, *packages: str) -> dict[str, object]:
    """Run a script in Pyodide; return how many milliseconds the start took and what the script answers.

    Raises:
        Missing: it failed; what it said is above.
    """
    _, env = house.node()
    command = ["node", str(TOOLS / "run.mjs"), str(PYODIDE), str(BUILT), str(script), *packages]
    done = subprocess.run(command, cwd=house.ROOT, env=env, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise house.Missing(f"Pyodide failed with {script.name}")
    said: dict[str, object] = json.loads(done.stdout)
    return said


def build() -> None:
    """Build the bundle: wheels and the lock file that Pyodide loads them by."""
    shutil.rmtree(BUILT, ignore_errors=True)
    shutil.copytree(HOME / "wheels", BUILT)
    shutil.copytree(HOME / "tools", BUILT / "tools")
    shutil.copy(PYODIDE / "pyodide-lock.json", BUILT / "pyodide.json")
    make_wheel(BUILT)
    pyodide(TOOLS / "compile.py")
    shutil.rmtree(BUILT / "tools")
    (BUILT / "pyodide.json").unlink()


def sizes() -> list[tuple[str, int]]:
    """Return each file that a browser would load and its bytes gzipped."""
    files = [*(PYODIDE / name for name in RUNTIME), *sorted(BUILT.iterdir())]
    return [(path.name, len(gzip.compress(path.read_bytes(), 9))) for path in files]


def report() -> None:
    """Print what a browser would load."""
    counted = sizes()
    for name, size in counted:
        print(f"{size:>10,}  {name}")
    ours = sum(size for name, size in counted if name not in RUNTIME)
    print(f"{ours:>10,}  bytes gzipped in {len(counted) - len(RUNTIME)} files beside Pyodide's {len(RUNTIME)}")
    print(f"{sum(size for _, size in counted):>10,}  in all {len(counted)}", flush=True)


def time_starts() -> None:
    """Print how long Pyodide with the bundle takes to start in Node, and then to import the desk."""
    runs = [pyodide(TOOLS / "start.py", "motcua-desk") for _ in range(STARTS)]
    for what, key in (("Pyodide with the bundle's wheels", "started"), ("and then the desk imported", "answer")):
        times = sorted(float(str(run[key])) for run in runs)
        print(
            f"{what}: {times[0]:.0f} / {times[STARTS // 2]:.0f} / {times[-1]:.0f} ms (min / median / max of {STARTS})"
        )


def main() -> int:
    """Build the bundle and say what is in it; then ``test`` it, or ``bench`` its start."""
    try:
        prepare()
        build()
        report()
        if sys.argv[1:] == ["bench"]:
            time_starts()
        if sys.argv[1:] == ["test"]:
            tests = [house.PYTHON, "-m", "pytest", "-q", "tests/bundle"]
            return subprocess.run(tests, cwd=house.ROOT, check=False).returncode
    except house.Missing as missing:
        print(f"motcua: {missing}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
