"""Run in Pyodide over the bundle: import all of it, answer the vectors, spend a morning at the desk."""

import importlib
import importlib.resources
import json
import pkgutil
import sys
from typing import Any

import schemas
import server.desk
import sync

sys.path.append("/house")

OURS = ("schemas", "server", "sync")


def import_all() -> list[str]:
    """Import every module of the bundle; return their names."""
    rooms = (schemas, server.desk, sync)
    names = [each.name for room in rooms for each in pkgutil.walk_packages(room.__path__, room.__name__ + ".")]
    for name in names:
        importlib.import_module(name)
    return sorted(names)


def sources() -> list[str]:
    """Return the modules of ours that were not loaded from byte code."""
    mine = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in OURS}
    return sorted(name for name, module in mine.items() if not str(module.__file__ or "x.pyc").endswith(".pyc"))


def brought() -> list[str]:
    """Return the packages that were imported and are neither Python's own nor the runtime's."""
    own = {*sys.stdlib_module_names, "_pyodide", "_pyodide_core", "pyodide", "pyodide_js", "js", "__main__"}
    return sorted({name.partition(".")[0] for name in sys.modules} - own)


async def answer() -> dict[str, Any]:
    """Return what was imported and what was answered."""
    names = import_all()
    audit = {"modules": names, "sources": sources(), "brought": brought()}
    from tests.bundle.life import desk, morning  # noqa: PLC0415 - what tests bring is no part of the audit
    from tests.bundle.vectors import all_answers  # noqa: PLC0415
    from tests.unit.sync.bench import form  # noqa: PLC0415

    bundled = json.loads(importlib.resources.files("motcua_desk").joinpath("desk.json").read_text(encoding="utf-8"))
    app = desk(bundled["templates"], bundled["texts"])
    return {**audit, "morning": await morning(form(), app), "vectors": all_answers(), "python": sys.version}
