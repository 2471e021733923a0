"""Inside Pyodide: lock the bundle's wheels and byte-compile them for the Python that will run them."""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

BUNDLE = Path("/bundle")
sys.path[:0] = [str(tool) for tool in sorted((BUNDLE / "tools").iterdir())]

from packaging.utils import parse_wheel_filename  # noqa: E402 - the tools are found only now
from pyodide_build.cli.py_compile import main as py_compile  # noqa: E402
from pyodide_lock import PackageSpec, PyodideLockSpec, parse_top_level_import_name  # noqa: E402
from pyodide_lock.utils import add_wheels_to_spec  # noqa: E402


def written(wheel: Path) -> PackageSpec:
    """Return the entry of a wheel with a platform's tag (PEP 783), which the tool does not take."""
    name, version, _, _ = parse_wheel_filename(wheel.name)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return PackageSpec(
        name, str(version), wheel.name, "site", digest, imports=parse_top_level_import_name(wheel) or []
    )  # fmt: skip


def built() -> dict[str, Any]:
    """Leave in the bundle's folder its wheels and the lock file that names them; return that file."""
    wheels = sorted(BUNDLE.glob("*.whl"))
    binary = [wheel for wheel in wheels if not wheel.name.endswith("-none-any.whl")]
    lock = PyodideLockSpec.from_json(BUNDLE / "pyodide.json")
    lock.packages = {entry.name: entry for entry in map(written, binary)}
    lock = add_wheels_to_spec(lock, [wheel for wheel in wheels if wheel not in binary], BUNDLE)
    lock.to_json(BUNDLE / "pyodide-lock.json")
    py_compile(["--silent", "--compression-level", "9", str(BUNDLE)], standalone_mode=False)
    made: dict[str, Any] = json.loads((BUNDLE / "pyodide-lock.json").read_text())
    return made


async def answer() -> dict[str, Any]:
    """Build, as the caller waits for every script."""
    return built()
